from .experiment import Experiment as Experiment
from .experiment import load_experiment as load_experiment
from .runner import sweep as sweep
from .sweep_results import Sweep as Sweep
from .sweep_results import load_sweep as load_sweep
