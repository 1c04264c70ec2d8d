"""Who turns settings of the numbers into outcomes: the ensemble, many settings side by side."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sensitivity.experiment import Experiment
from sim.analysis.sensitivity.factors import Factor, FactorKind
from sim.analysis.sensitivity.responses import Response, answers
from sim.engine.sampling import sampled_numbers
from sim.evidence.evidence import Evidence
from sim.evidence.numbers import OFFER_KINDS
from sim.scenario.scenario import Scenario, evidence_of

Floats = NDArray[np.float64]


LANES = 288  # runs by which work is measured: a sweep is judged by so many, and a file holds some times as many


class Evaluator(Protocol):
    """What turns settings into outcomes; may be called from several threads at once.

    One with an attribute `name` can be interrupted and go on, and its results are opened again when they are asked for
    a second time; so the name should change when the answers do.
    """

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The names of what it answers."""

    def __call__(self, values: Mapping[str, Floats], replicate: NDArray[np.int64]) -> Floats:
        """Answers float64 [R, outcomes] for R runs: the value of each factor [R], and the number of the replicate [R].

        The same values and replicate give the same answers, whatever runs beside them.
        """


class Ensemble:
    """The compiled model as an evaluator: every run has its own numbers, and the luck of its replicate."""

    def __init__(self, experiment: Experiment) -> None:
        from sim.engine.ensemble import prepare

        assert experiment.scenario is not None
        self.scenario: Scenario = experiment.scenario
        self.evidence: Evidence = evidence_of(self.scenario)
        self.factors = {factor.name: factor for factor in experiment.factors}
        self.asks: tuple[Response, ...] = experiment.outcomes
        self.prepared = prepare(self.scenario, self.evidence, seed=experiment.seed)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The questions by name."""
        return tuple(ask.name for ask in self.asks)

    def __call__(self, values: Mapping[str, Floats], replicate: NDArray[np.int64]) -> Floats:
        """Play every run and keep its answers."""
        numbers = self.numbers(values, replicate)
        found = np.empty((len(replicate), len(self.asks)))
        prepared = dataclasses.replace(
            self.prepared, values=numbers, luck_of=replicate, fixed=frozenset(numbers), fitted=None
        )
        lines = {name: value for name, value in numbers.items() if name.startswith("measures.")}
        for block in prepared.run_blocks(0, len(replicate)):
            part = slice(block.first, block.first + block.runs)
            cut = {name: value[part] if isinstance(value, np.ndarray) else value for name, value in lines.items()}
            found[part] = answers(block, self.asks, cut)
        return found

    def numbers(self, values: Mapping[str, Floats], replicate: NDArray[np.int64]) -> dict[str, Any]:
        """Every number of the model by name: a float, or one float a run where a factor or the scenario moves it.

        What the scenario leaves to luck is drawn once a replicate, like all luck; a factor comes after it.
        """
        numbers: dict[str, Any] = dict(self.prepared.values)
        drawn = sampled_numbers(self.scenario, self.prepared.seed, 0, 1 + int(replicate.max()), self.prepared.fitted)
        numbers |= {name: value[replicate] for name, value in drawn.items() if name not in self.prepared.fixed}
        known = {name: value for name, value in values.items() if name in self.factors}
        by_kind: dict[FactorKind, list[tuple[Factor, Floats]]] = {kind: [] for kind in FactorKind}
        for name, value in known.items():
            by_kind[self.factors[name].kind].append((self.factors[name], value))
        for factor, value in by_kind[FactorKind.NUMBER]:
            numbers[factor.name] = value
        for factor, value in by_kind[FactorKind.SCALE]:
            numbers.update({target: numbers[target] * value for target in factor.targets})
        # The switches last: what is off is off, whatever strength it was given.
        for factor, value in by_kind[FactorKind.SWITCH]:
            numbers.update({target: np.where(value > 0, numbers[target], 0.0) for target in factor.targets})
        for system in self.scenario.without:
            numbers.update(dict.fromkeys(self.evidence.systems[system].strengths, 0.0))
        for state in self.evidence.states:
            _share_out(numbers, [f"states.{state.code}.weight.{kind}" for kind in OFFER_KINDS])
        return numbers


def _share_out(numbers: dict[str, Any], names: list[str]) -> None:
    """Bring weights back to a sum of one in proportion, where they vary: the model has no state without it."""
    if any(isinstance(numbers[name], np.ndarray) for name in names):
        total = sum(numbers[name] for name in names)
        even = 1.0 / len(names)
        share = {name: np.where(total > 0, numbers[name] / np.where(total > 0, total, 1.0), even) for name in names}
        numbers.update(share)
