__version__: str

from .analysis.calibration.fitting import calibrate as calibrate
from .analysis.comparison import Comparison as Comparison
from .analysis.comparison import compare as compare
from .analysis.lever_effects import levers as levers
from .analysis.policy_effects import policies as policies
from .analysis.previews import preview as preview
from .analysis.sensitivity.runner import sweep as sweep
from .analysis.spread import spread as spread
from .batch.outcomes import Outcome as Outcome
from .batch.peeking import peek as peek
from .batch.results import Results as Results
from .batch.results import load_results as load_results
from .batch.runner import run as run
from .engine.agents import Model as Model
from .evidence.evidence import load_evidence as load_evidence
from .evidence.provenance import trace_number as trace_number
from .figures.batch import draw_figures as draw_figures
from .figures.cards import card as card
from .io.errors import InputError as InputError
from .narrative.chronicle import tell as tell
from .narrative.counterfactual import explain as explain
from .narrative.games import Game as Game
from .scenario.family import list_scenarios as list_scenarios
from .scenario.scenario import load_scenario as load_scenario
