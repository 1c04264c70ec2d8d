"""Fitted numbers as runs have them: one row of the posterior for every run, all numbers of it together.

A fit knows more of numbers together than of each by itself, so they are never drawn one by one. Which row a run gets is
addressed by seed and run alone: two scenarios of one seed are compared on the same rows, whatever each sets itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.evidence.posterior import POSTERIOR, Posterior, check_numbers, load_posterior
from sim.model.chance import Stream, address, lucks, uniform
from sim.scenario.scenario import evidence_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.evidence.evidence import Evidence
    from sim.scenario.scenario import Scenario

_NOBODY = np.uint64(0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """The numbers that a scenario leaves to the posterior; `values`: float64 [numbers, rows], in units of the model."""

    names: tuple[str, ...]
    values: NDArray[np.float64]
    sha256: str

    def drawn(self, seed: int, first: int, count: int, shared: int = 1) -> dict[str, NDArray[np.float64]]:
        """The values in runs `first` .. `first + count - 1` by number, float64 [count]; `shared` runs share a row."""
        values = self.values[:, rows_of_runs(self.values.shape[1], seed, first, count, shared)]
        return dict(zip(self.names, values, strict=True))

    def interval(self, name: str) -> tuple[float, float]:
        """The ends of the interval that holds 90 % of the values of a number."""
        low, high = np.quantile(self.values[self.names.index(name)], (0.05, 0.95)).tolist()
        return low, high


def rows_of_runs(rows: int, seed: int, first: int, count: int, shared: int = 1) -> NDArray[np.int64]:
    """Which of so many rows each run gets: int64 [count]. So many runs one after the other as `shared` get the same."""
    draws = first // shared, (first + count - 1) // shared + 1
    keys = lucks(seed, draws[0], draws[1] - draws[0])
    with np.errstate(over="ignore"):  # addresses wrap round on purpose
        where = np.asarray(uniform(keys, address(0, Stream.POSTERIOR, _NOBODY, _NOBODY, 0)))
    row = np.minimum(np.floor(where * rows), rows - 1).astype(np.int64)
    found: NDArray[np.int64] = row[np.arange(first, first + count) // shared - draws[0]]
    return found


def fitted_numbers(scenario: Scenario, evidence: Evidence | None = None) -> Fitted | None:
    """What a scenario takes from the posterior; None where it takes single values, or none is left.

    A number that the scenario sets, samples or reads otherwise, or that is a strength of a system it switches off, is
    the scenario's. Raises `InputError` where there is no posterior in the seeds, or none that fits the world.
    """
    if scenario.fitted != POSTERIOR:
        return None
    evidence = evidence_of(scenario) if evidence is None else evidence
    posterior = posterior_of(evidence)
    off = {name for system in scenario.without for name in evidence.systems[system].strengths}
    said = off.union(scenario.numbers, scenario.sampled)
    names = tuple(name for name in posterior.names if name not in said)
    if not names:
        return None
    places = [posterior.about.columns.index(name) for name in names]
    return Fitted(names=names, values=posterior.values[places], sha256=posterior.sha256)


def posterior_of(evidence: Evidence) -> Posterior:
    """The posterior of the seeds of a world, checked against its numbers. Raises `InputError`."""
    posterior = load_posterior(evidence.folder)
    check_numbers(posterior, evidence.numbers, evidence.folder, evidence.world)
    return posterior
