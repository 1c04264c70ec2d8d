from .ablation import effects as effects
from .comparison import Comparison as Comparison
from .comparison import compare as compare
from .pattern_measures import Pattern as Pattern
from .patterns import find_all as find_all
from .patterns import load_patterns as load_patterns
from .spread import Spread as Spread
from .spread import spread as compare_with_record
