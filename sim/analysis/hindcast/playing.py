"""Runs of every way of foretelling, and what they would leave in the record."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.backtest.against import Against
from sim.analysis.hindcast.ways import Question, Way, scenario_of
from sim.analysis.kept_arrays import KeptArrays
from sim.analysis.observed import Observed, joined, observe
from sim.analysis.record import Record
from sim.batch.worker import Work
from sim.engine.ensemble import LANES, prepare
from sim.engine.fitted import posterior_of, rows_of_runs
from sim.evidence.calibration import ARMS_EXPONENT
from sim.evidence.evidence import Evidence
from sim.evidence.history import History
from sim.evidence.posterior import POSTERIOR
from sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Game:
    """What runs of one way would leave in the record, from the year in which they begin; see `observed.arms_shares`."""

    way: Way
    seen: Observed
    exponent: Floats  # [R]

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self.exponent)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question with all that it takes to answer it."""

    question: Question
    runs: int  # of each way
    evidence: Evidence
    history: History
    record: Record
    workers: int
    came: Against | None  # None where nothing is there to be scored
    notes: tuple[str, ...] = ()


def play_ways(asked: Asked, ways: Sequence[Way], work: Work, kept: KeptArrays) -> list[Game]:
    """Play some ways on the luck of the scenario; `work` hears how far it is.

    kept: where finished blocks are kept. All ways share their luck run by run, so that what differs between two of them
    owes little to chance.
    """
    question, evidence, runs = asked.question, asked.evidence, asked.runs
    prepared = [prepare(scenario_of(question, way, evidence, asked.record), evidence) for way in ways]
    starts = list(range(0, runs, LANES))
    parts: dict[int, Observed] = {}
    seed = question.plain.seed

    def one(number: int) -> None:
        way, block = divmod(number, len(starts))
        count = min(LANES, runs - starts[block])
        parts[number] = kept.thing(
            f"block-{number:05d}",
            Observed,
            lambda: observe(prepared[way].run_block(starts[block], count), asked.history, seed),
        )
        work.done += count

    work.play(range(len(ways) * len(starts)), one, asked.workers)
    exponent = arms_exponents(question.plain, evidence, runs)
    return [
        Game(
            way=way,
            seen=joined([parts[place * len(starts) + block] for block in range(len(starts))]),
            exponent=exponent,
        )
        for place, way in enumerate(ways)
    ]


def arms_exponents(scenario: Scenario, evidence: Evidence, runs: int) -> Floats:
    """The exponent of arms of each run [R]: that of its row of the posterior, 1 where fitted numbers are not taken."""
    if scenario.fitted != POSTERIOR:
        return np.ones(runs)
    posterior = posterior_of(evidence)
    if ARMS_EXPONENT not in posterior.about.columns:
        return np.ones(runs)
    column: Floats = np.asarray(posterior.column(ARMS_EXPONENT), dtype=np.float64)
    return column[rows_of_runs(len(column), scenario.seed, 0, runs)]
