"""What a run that starts in the past is told: trade, turnover, output and growth as the record had them then."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.record import STARTED, Record, normals
from sim.analysis.scores import logit, pair_spread
from sim.engine.behind_figures import level_behind
from sim.evidence.evidence import Evidence
from sim.evidence.history import History

Floats = NDArray[np.float64]

HORIZON = 4
"""Years ahead that are scored, and of which a run may be told the growth."""

TRAILING = 5
"""Years whose mean growth, and whose mean change of shares, is taken to go on."""

_BEYOND = "a past year"
_AVERAGED = 5 / 16  # years of a walk by quarters that are lost between two means of years, one or several apart


def start_of(
    record: Record, history: History, evidence: Evidence, origin: int, runs: int, seed: int, *, told: bool
) -> dict[str, Any]:
    """Numbers in place of the world's own: what was known at the origin; `told`: and growth in the years after it.

    What the record does not know is left as the world has it. The level of trade is the one behind the figures: where
    figures err, last year's is weighed with those before it, and each run begins within what that leaves open.
    """
    now, numbers = record.at(origin), dict[str, Any]()

    def put(name: str, value: Any) -> None:
        if name in evidence.numbers and np.isfinite(value).all():
            numbers[name] = {"value": value, "beyond": _BEYOND}

    level, open_ = level_of(record, history, origin)
    drawn = normals(seed, runs, (record.states, record.powers), 1, STARTED)[..., 0]
    trade = level * record.turnover[:, now, None] * np.exp(open_ * drawn - 0.5 * open_**2)  # [R, I, J]
    swing = swing_of(record, history, origin)
    window = slice(now + 1, now + 1 + HORIZON) if told else slice(now + 1 - TRAILING, now + 1)
    for i, state in enumerate(record.states):
        for j, power in enumerate(record.powers):
            put(f"ties.{state}.{power}.trade", trade[:, i, j])
            put(f"ties.{state}.{power}.fit", 0.0)
            put(f"ties.{state}.{power}.swing", float(min(swing[i, j], 1.0)) if np.isfinite(level[i, j]) else np.nan)
        put(f"states.{state}.other.deal", float(record.turnover[i, now] - record.trade[i, :, now].sum()))
        if np.isfinite(record.turnover[i, now]):
            put(f"states.{state}.gdp", float(record.output[i, now]))
        put(f"states.{state}.growth", float(record.growth[i, window].mean()))
    for j, power in enumerate(record.powers):
        put(f"powers.{power}.growth", float(record.power_growth[j, window].mean()))
    return numbers


def level_of(record: Record, history: History, origin: int) -> tuple[Floats, Floats]:
    """The share behind the figures to the origin [I, J], and the sd of its logarithm that they leave open [J]."""
    past = record.shares[..., : record.at(origin) + 1]
    level, open_ = past[..., -1].copy(), np.zeros(len(record.powers))
    for one in history.classes:
        members = record.members(one.powers)
        level[:, members], left = level_behind(past[:, members], one.error)
        open_[members] = left
    return level, open_


def swing_of(record: Record, history: History, origin: int) -> Floats:
    """The sd of yearly steps of trade [I, J] that could be read off the record before the origin.

    What shares moved on the logit, each pair drawn towards its class, less what the errors of figures make of it. Steps
    of a quarter move means of years by less in one year than in several; the factor makes changes over the middle one
    of the years that are scored come out right.
    """
    odds = logit(record.shares[..., : record.at(origin) + 1])
    swing = np.full(odds.shape[:2], np.nan)
    middle = 0.5 * (1 + HORIZON)
    for one in history.classes:
        members, square = record.members(one.powers), one.error**2
        moved = np.maximum(pair_spread(odds[:, members]) ** 2 - 2.0 * square, 0.25 * square)
        swing[:, members] = np.sqrt(moved * middle / (middle - _AVERAGED))
    return swing
