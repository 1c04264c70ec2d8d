from .ablation import draw_ablation as draw_ablation
from .batch import draw_comparison as draw_comparison
from .batch import draw_figures as draw_figures
from .comparison import draw_differences as draw_differences
from .levers import draw_levers as draw_levers
from .policies import draw_policies as draw_policies
from .sensitivity import draw_sweep as draw_sweep
