"""Runs told year by year: what a block of quarters is as calendar years, and many blocks of it, with progress."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.analysis.identity import rests_on
from sim.analysis.kept_arrays import NOT_KEPT, KeptArrays, keeping
from sim.batch.identity import allowed_cores, digest_of
from sim.batch.plan import plain_scenario
from sim.batch.room import check_memory
from sim.batch.worker import Tell, Work
from sim.engine.block import Block
from sim.engine.ensemble import LANES, PreparedEnsemble, prepare
from sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Years:
    """R runs in Y whole years; rates a year, means over the four quarters."""

    states: tuple[str, ...]
    powers: tuple[str, ...]
    years: tuple[int, ...]
    trade: Floats  # [R, I, J, Y] bn USD a year
    rest: Floats  # [R, I, Y] bn USD a year, with all who are no agents
    output: Floats  # [R, I, Y] bn USD a year

    @property
    def growth(self) -> Floats:
        """Yearly growth of output [R, I, Y - 1]."""
        growth: Floats = self.output[..., 1:] / self.output[..., :-1] - 1.0
        return growth


def years_of(block: Block) -> Years:
    """The whole calendar years of a block; quarters of a year that is not whole are left out."""
    first = -(-block.quarters[0] // 4) * 4 - block.quarters[0]
    count = (len(block.quarters) - first) // 4

    def mean(values: Floats) -> Floats:
        kept = np.moveaxis(values[:, first : first + 4 * count], 1, -1)
        return np.ascontiguousarray(kept.reshape(*kept.shape[:-1], count, 4).mean(axis=-1))

    return Years(
        states=block.states,
        powers=block.powers,
        years=tuple((block.quarters[0] + first) // 4 + number for number in range(count)),
        trade=mean(block.power_measure("trade")),
        rest=mean(block.state_measure("trade_rest")),
        output=mean(block.state_measure("output")),
    )


def lasting(scenario: Scenario, years: int) -> Scenario:
    """The scenario, made longer where it lasts fewer whole calendar years than that."""
    first = -(-scenario.start // 4)
    return replace(scenario, end=max(scenario.end, 4 * (first + years) - 1))


def played(
    prepared: PreparedEnsemble, runs: int, work: Work, workers: int | None, kept: KeptArrays = NOT_KEPT
) -> Years:
    """Play the first runs of a scenario and tell them year by year; `work` hears how far it is.

    kept: where finished blocks are kept meanwhile.
    """
    evidence = prepared.evidence
    years = -(-len(prepared.quarters) // 4)
    check_memory(work.name, runs, years * len(evidence.states) * (len(evidence.powers) + 2))
    parts: dict[int, Years] = {}

    def one(number: int) -> None:
        first = number * LANES
        parts[number] = kept.thing(
            f"block-{number:05d}", Years, lambda: years_of(prepared.run_block(first, min(LANES, runs - first)))
        )
        work.done += len(parts[number].trade)

    work.play(range(blocks_of(runs)), one, workers or allowed_cores())
    return joined([parts[number] for number in sorted(parts)])


def play(scenario: Scenario, runs: int, workers: int | None, tell: Tell | None, out: Path | None = None) -> Years:
    """Play a scenario by itself; out: folder in which finished blocks are kept meanwhile."""
    work = Work(scenario.name, None, tell, nothing_to_keep, runs)
    work.prepare()
    prepared = prepare(scenario)
    of = digest_of([plain_scenario(scenario), runs, rests_on(prepared.evidence)])
    with keeping(out, f"spread-{scenario.name}", of, blocks_of(runs)) as kept:
        return played(prepared, runs, work, workers, kept)


def blocks_of(runs: int) -> int:
    """How many blocks so many runs are."""
    return -(-runs // LANES)


def nothing_to_keep() -> None:
    """Parts are kept as they come."""


def joined(parts: list[Years]) -> Years:
    """Runs of several blocks, one after the other."""
    trade, rest, output = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("trade", "rest", "output")
    )
    return replace(parts[0], trade=trade, rest=rest, output=output)
