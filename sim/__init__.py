"""Multivector: great powers make offers, states balance among them, and the evidence says with which numbers.

The front door. Everything else is found in the room of its name: `sim.model.rules` for the rulebook,
`sim.figures.batch` for single figures, `sim.batch.tables` for what a run leaves.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis.comparison import Comparison, compare
    from sim.analysis.sensitivity.runner import sweep
    from sim.batch.outcomes import Outcome
    from sim.batch.results import Results, load_results
    from sim.batch.runner import run
    from sim.engine.agents import Model
    from sim.evidence.evidence import load_evidence
    from sim.evidence.provenance import trace_number
    from sim.figures.batch import draw_figures
    from sim.io.errors import InputError
    from sim.narrative.chronicle import tell
    from sim.scenario.scenario import list_scenarios, load_scenario

__version__ = "0.1.0"

# A name is looked up in its room when it is first used, so that `import sim` and `multivector --help` stay quick.
_ROOMS = {
    "Comparison": "analysis.comparison",
    "InputError": "io.errors",
    "Model": "engine.agents",
    "Outcome": "batch.outcomes",
    "Results": "batch.results",
    "compare": "analysis.comparison",
    "draw_figures": "figures.batch",
    "list_scenarios": "scenario.scenario",
    "load_evidence": "evidence.evidence",
    "load_results": "batch.results",
    "load_scenario": "scenario.scenario",
    "run": "batch.runner",
    "sweep": "analysis.sensitivity.runner",
    "tell": "narrative.chronicle",
    "trace_number": "evidence.provenance",
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
