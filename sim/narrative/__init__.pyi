from .chronicle import tell as tell
from .counterfactual import explain as explain
from .explanation import Explanation as Explanation
from .games import Game as Game
