"""What runs had come to after some quarters: all that comparisons know, and with whom a state trades and signs.

A run that is cut off says what it would have said had it ended there, so an effect can be looked at after a year, three
and ten without playing anything twice.
"""

from dataclasses import replace

import numpy as np

from sim.analysis.paired import Finals, Floats, Label, finals_of_block
from sim.batch.outcomes import Thresholds, last_mean
from sim.engine.block import Block
from sim.model.fields import KINDS
from sim.model.variable import Reduction, Scale
from sim.model.variables import (
    ACCEPTANCE,
    BALANCING_ENDED,
    BY_NAME,
    BY_POWER,
    COMBINED_PRESSURE,
    MEAN_TRUST,
    OUTCOME_CHANGED,
    PRESSED_QUARTERS,
    SECURES,
    in_words,
    kept_of_a_run,
    percent_scale,
)

TRADE_SHARE, SIGNED_VALUE = "trade_share", "signed_value"
_OURS = {
    TRADE_SHARE: ("share of turnover", 100.0),
    SIGNED_VALUE: ("value signed", 1.0),
}  # label, and what it is shown in

OBSERVED_BY_POWER = (*BY_POWER, TRADE_SHARE, SIGNED_VALUE)
"""What is observed of a state and a power."""

_RECORDED = (*kept_of_a_run("i", Reduction.MEAN), *kept_of_a_run("i", Reduction.SUM))
_WORKED_OUT = (COMBINED_PRESSURE, PRESSED_QUARTERS, MEAN_TRUST, ACCEPTANCE, BALANCING_ENDED, OUTCOME_CHANGED)
OBSERVED_BY_STATE = (*_RECORDED, *_WORKED_OUT, SIGNED_VALUE)
"""What is observed of a state alone."""


def words_of(measure: str, power: str = "") -> str:
    """An observable as tables call it, with the power that it is about."""
    if measure in _OURS:
        return f"{_OURS[measure][0]} {power}".strip()
    return in_words(measure, power)


def scale_of(measure: str) -> float:
    """What a value is multiplied with before it is shown: 100 where it is told in per cent."""
    return _OURS[measure][1] if measure in _OURS else percent_scale(measure)


def cut(block: Block, quarters: int) -> Block:
    """The same runs as if they had ended after so many quarters; totals by offer stay those of the whole run."""
    return replace(
        block,
        quarters=block.quarters[:quarters],
        by_power=block.by_power[:, :quarters],
        by_state=block.by_state[:, :quarters],
    )


def observed(block: Block, lines: Thresholds) -> Finals:
    """What the runs of a block came to: what `finals_of_block` says, and every other measure by power.

    Stocks, trade and shares are means over the last quarters; what is signed and delivered in a quarter is summed up.
    `trade_share` is the power's part of the turnover of goods, `signed_value` (bn USD) what was signed in money, by
    power and, without one, in all.
    """
    finals = finals_of_block(block, lines)
    last = max(1, round(lines.final_quarters))
    known = {label.measure for label in finals.labels}
    found: dict[str, Floats] = {}
    for name in BY_POWER:
        if name not in known:
            values = block.power_measure(name)
            flows = BY_NAME[name].counted_by is Scale.KEPT
            found[name] = values.sum(axis=1) if flows else last_mean(values, last)
    found[TRADE_SHARE] = last_mean(_trade_shares(block), last)
    money = [f"signed_{kind}" for kind in KINDS if kind != SECURES]
    found[SIGNED_VALUE] = np.sum([found[name] for name in money], axis=0)
    labels, parts = list(finals.labels), [finals.values]
    for name, values in found.items():
        labels += [Label(state, name, power) for state in block.states for power in block.powers]
        parts.append(values.reshape(len(values), -1))
    labels += [Label(state, SIGNED_VALUE, "") for state in block.states]
    parts.append(found[SIGNED_VALUE].sum(axis=2))
    return replace(finals, labels=tuple(labels), values=np.ascontiguousarray(np.concatenate(parts, axis=1)))


def _trade_shares(block: Block) -> Floats:
    """Share of each power in the turnover of goods of a state, quarter by quarter."""
    trade = block.power_measure("trade")
    turnover = trade.sum(axis=3) + block.state_measure("trade_rest")
    shares: Floats = trade / np.maximum(turnover, np.finfo(np.float64).tiny)[..., None]
    return shares
