from .ablation import effects as effects
from .comparison import Comparison as Comparison
from .comparison import compare as compare
from .pattern_measures import Pattern as Pattern
from .patterns import find_all as find_all
from .patterns import load_patterns as load_patterns
from .policy_effects import policies as policies
