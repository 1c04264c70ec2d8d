from .agents import Model as Model
from .block import Block as Block
from .offer import Offer as Offer
