"""What Mesa's collector asks of a model and its states after every quarter, so that Mesa's own batches find it too."""

from __future__ import annotations

import inspect
import warnings
from collections import defaultdict
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sim.io.arguments import Arguments
from sim.io.limits import LARGEST_SEED
from sim.model.variables import BY_STATE
from sim.scenario.calendar import quarter_text

with warnings.catch_warnings():  # in a notebook Mesa asks for widgets, which nothing here needs
    warnings.filterwarnings("ignore", "IProgress not found")
    import mesa as mesa  # noqa: PLC0414 (the agents have it from here)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sim.evidence.evidence import Evidence


class _Counts(WeakKeyDictionary[Any, Any]):
    """The number that the next agent gets, by model, for as long as the model lives."""

    def __getitem__(self, model: Any) -> Iterator[int]:
        counted: Iterator[int] = self.setdefault(model, count(1))
        return counted


if isinstance(getattr(mesa.Agent, "_ids", None), defaultdict):  # up to Mesa 3.3 it keeps every model that had an agent
    mesa.Agent._ids = _Counts(mesa.Agent._ids)


class Collector(mesa.DataCollector):
    """Mesa's collector, with a row a quarter and a row a quarter and state.

    `mesa.batch_run` of Mesa 3.3 knows no rows by type of agent, and looks for rows of agents by the place of the row of
    the model, counted from 0, while its collector keeps them by the step, counted from 1. There they are kept twice.
    """

    def __init__(self, states: type[mesa.Agent], evidence: Evidence) -> None:
        asked = _asked_of_states(evidence)
        super().__init__(
            model_reporters={"quarter": _quarter, "offers_answered": _offers_answered},
            agenttype_reporters={states: asked},
        )
        self._states = states
        self._twice = not hasattr(self, "_collection_steps")  # as in Mesa 3.3
        if self._twice:
            self.agent_reporters = dict(asked)

    def collect(self, model: Any) -> None:
        """One more row of everything."""
        super().collect(model)
        if self._twice:
            rows = self._agent_records.pop(model.steps)
            self._agent_records[len(self._agent_records)] = rows

    def _record_agents(self, model: Any) -> Any:
        """Rows of the states alone; powers have other columns."""
        return self._record_agenttype(model, self._states) if self._twice else super()._record_agents(model)


def measure_place(name: str) -> int:
    """Where a measure of states stands in the record, by its name. Raises `InputError` where there is none."""
    arguments = Arguments("State.measure")
    name = arguments.choice("name", name, BY_STATE)
    arguments.refuse_if_wrong()
    return BY_STATE.index(name)


def one_seed(arguments: Arguments, seed: int | None, rng: int | None) -> int | None:
    """The seed under either of its names; both at once are refused."""
    if seed is None or rng is None:
        return arguments.seed(seed) if rng is None else arguments.whole_or_none("rng", rng, 0, LARGEST_SEED)
    arguments.entry("rng", rng).refuse(allowed="None beside a seed: it is the same, under Mesa's name")
    return None


def as_batches_see_it(made_by: Callable[..., None]) -> inspect.Signature:
    """With `rng` in the place of `seed`: `batch_run` of Mesa 3.5 empties every `seed` of a model that names one."""
    told = inspect.signature(made_by)
    known = dict(told.parameters)
    rng = known.pop("rng").replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return told.replace(parameters=[rng if name == "seed" else parameter for name, parameter in known.items()])


# Functions of a module, and parts of them, so that a model can be pickled.


def _quarter(model: Any) -> str:
    return quarter_text(model.quarter)


def _offers_answered(model: Any) -> int:
    return len(model.offers)


def _code(state: Any) -> Any:
    return state.code


def _measure(name: str, state: Any) -> Any:
    return state.measure(name)


def _alignment(power: str, state: Any) -> Any:
    return state.alignment[power]


def _asked_of_states(evidence: Evidence) -> dict[str, Any]:
    """The code of a state, its measures, and its alignment by power."""
    measures = {name: partial(_measure, name) for name in BY_STATE}
    return {"state": _code} | measures | {f"alignment_{p.code}": partial(_alignment, p.code) for p in evidence.powers}
