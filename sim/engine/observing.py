"""What is recorded takes the place of what was played: trade, output and agreement in votes, at a year of the record.

Money. The record counts in the dollars of each year, a run in those of the year in which it begins. Both trade and
output are brought to the dollars of the run by one rate of inflation, so that the ratios that rules use stay what was
recorded: trade over output, parts of a turnover, and sizes of offers over either. Where a currency has fallen, output
is then less than what growth alone has made of it, as it was for everyone who counted in dollars.

What is open stays open: figures of trade err, so the level behind them is filtered, and every run is set to a level of
its own within what that leaves. The draws are addressed by run, year, state and power, and meet no other draw.

Votes. Agreement goes to the record, and what is usual with it, as where a number is set that is a usual level. The
Assembly meets in the last quarter and a year's figure is that of its session, so votes of a year are observed from the
first quarter of the next on, or a second session follows at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.behind_figures import level_behind
from sim.evidence.history import load_history
from sim.model.chance import address, uniform
from sim.model.fields import Kind
from sim.model.rules.arithmetic import HALF, NEARLY_ALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.evidence.history import History

    Floats = NDArray[np.float64]

DOLLAR_INFLATION = 0.02
"""Assumed growth of prices in dollars, a year: about that of all output of the issuer in the years of the record."""

_OUTSIDE, _OBSERVED = 0, 5  # no quarter of any run, and a purpose that nothing else has there


def in_dollars_of(year: int, of: int) -> float:
    """By what dollars of one year are multiplied to be counted in those `of` another."""
    return float((1.0 + DOLLAR_INFLATION) ** (of - year))


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What is known of one year in its own dollars; nan where nothing is."""

    trade: Floats  # [I, J] bn USD a year, the level behind the figures
    open: Floats  # [J] sd of the logarithm of that level
    rest: Floats  # [I] bn USD a year, with all others
    output: Floats  # [I] bn USD a year
    agreement: Floats  # [I, J] 0..1, how often both voted alike in the Assembly


def recorded(year: int, states: tuple[str, ...], powers: tuple[str, ...]) -> Recorded:
    """What the record knows of a year, for states and powers in this order."""
    history = load_history()
    found = _by_year(history, year, states, powers)
    turnover, trade = found["turnover"], found["trade"]
    shares = trade / turnover[:, None]
    level, open_ = shares[..., -1].copy(), np.zeros(len(powers))
    for one in history.classes:
        places = [powers.index(code) for code in one.powers if code in powers]
        if places:
            level[:, places], left = level_behind(shares[:, places], one.error)
            open_[places] = left
    now = turnover[:, -1]
    return Recorded(
        trade=level * now[:, None],
        open=open_,
        rest=now - trade[..., -1].sum(axis=1),
        output=found["output"][:, -1],
        agreement=found["un_agreement"][..., -1],
    )


_MILLION = 0.001  # of bn USD


def _by_year(history: History, last: int, states: tuple[str, ...], powers: tuple[str, ...]) -> Mapping[str, Floats]:
    """Figures to a year by measure: [I, J, Y] of pairs, [I, Y] of states; money in bn USD."""
    years = last - history.first + 1
    pairs, alone = (len(states), len(powers), years), (len(states), years)
    found = {"trade": pairs, "un_agreement": pairs, "turnover": alone, "output": alone}
    arrays = {name: np.full(shape, np.nan) for name, shape in found.items()}
    for one in history.rows:
        array = arrays.get(one.measure)
        of_pair = array is not None and array.ndim == len(pairs)
        if array is None or one.state not in states or one.period > last or of_pair != (one.partner in powers):
            continue
        place = (states.index(one.state), *((powers.index(one.partner),) if of_pair else ()))
        array[(*place, one.period - history.first)] = one.value * (_MILLION if one.unit == "million USD" else 1.0)
    return arrays


def observe_trade(world: Any, now: Recorded, year: int, start: int, lanes: NDArray[np.bool_]) -> None:
    """Set trade and output to the record of a year in some lanes; start: the year in whose dollars the run counts.

    Of trade, what contracts bring at present stays (at most half), since it is part of what is recorded. What the
    record does not know stays as it was played.
    """
    dollars = in_dollars_of(year, start)
    deal = world.stock[:, :, Kind.DEAL]
    for i, j in np.argwhere(np.isfinite(now.trade)).tolist():
        open_ = now.open[j]
        drawn = _normal(world.luck, world.state_key[i], world.power_key[j], year)
        level = dollars * now.trade[i, j] * np.exp(open_ * drawn - HALF * open_ * open_)
        flowing = np.maximum(world.flowing[i, j], 1.0 - NEARLY_ALL)
        contracts = np.clip(deal[i, j] - world.trade[i, j] * world.flowing[i, j], 0.0, HALF * level)
        world.trade[i, j][lanes] = ((level - contracts) / flowing)[lanes]
        deal[i, j][lanes] = level[lanes]
    for i in np.flatnonzero(np.isfinite(now.rest)).tolist():
        world.other[i, Kind.DEAL][lanes] = dollars * now.rest[i]
    for i in np.flatnonzero(np.isfinite(now.output) & np.isfinite(now.rest)).tolist():
        world.gdp[i][lanes] = dollars * now.output[i]


def observe_votes(world: Any, now: Recorded, pull: Floats, lanes: NDArray[np.bool_]) -> None:
    """Set agreement in votes to the record of a year in some lanes, and what is usual to the same.

    pull: of dependence on usual agreement [lanes], so that what dependence has done so far is not counted twice.
    """
    for i, j in np.argwhere(np.isfinite(now.agreement)).tolist():
        moved = pull * (world.dependence[i, j] - world.dependence_start[i, j])
        world.agreement[i, j][lanes] = now.agreement[i, j]
        world.agreement_start[i, j][lanes] = np.clip(now.agreement[i, j] - moved, 0.0, 1.0)[lanes]


def _normal(luck: NDArray[np.uint64], state: np.uint64, power: np.uint64, year: int) -> Floats:
    """A draw from the normal distribution for each lane, mean 0 and sd 1 (Box and Muller)."""
    with np.errstate(over="ignore"):  # addresses wrap round on purpose
        one, two = (
            np.asarray(uniform(luck, address(_OUTSIDE, _OBSERVED, state, power, 2 * year + part)))  # type: ignore[arg-type]
            for part in (0, 1)
        )
    drawn: Floats = np.sqrt(-2.0 * np.log(one)) * np.cos(2.0 * np.pi * two)
    return drawn
