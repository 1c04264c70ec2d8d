"""Multivector: great powers make offers, states balance among them, and the evidence says with which numbers.

The front door. Everything else is found in the room of its name: `sim.rules` for the rulebook, `sim.plots` for single
figures, `sim.record` for what a run leaves.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.agents import Model
    from sim.batch import run
    from sim.chronicle import tell
    from sim.comparison import Comparison, compare
    from sim.complaints import InputError
    from sim.evidence import load_evidence
    from sim.measures import Outcome
    from sim.plots import draw_figures
    from sim.results import Results, load_results
    from sim.scenario import list_scenarios, load_scenario
    from sim.sweeps import sweep
    from sim.trace import trace_number

__version__ = "0.1.0"

# A name is looked up in its room when it is first used, so that `import sim` and `multivector --help` stay quick.
_ROOMS = {
    "Comparison": "comparison",
    "InputError": "complaints",
    "Model": "agents",
    "Outcome": "measures",
    "Results": "record",
    "compare": "comparison",
    "draw_figures": "plots",
    "list_scenarios": "scenario",
    "load_evidence": "evidence",
    "load_results": "record",
    "load_scenario": "scenario",
    "run": "batch",
    "sweep": "sweeps",
    "tell": "chronicle",
    "trace_number": "trace",
}

__all__ = [
    "Comparison",
    "InputError",
    "Model",
    "Outcome",
    "Results",
    "compare",
    "draw_figures",
    "list_scenarios",
    "load_evidence",
    "load_results",
    "load_scenario",
    "run",
    "sweep",
    "tell",
    "trace_number",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"sim.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
