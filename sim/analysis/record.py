"""The record as arrays, and resampling of it: what is known of I states, J powers, Y years and W times five years.

Shares are parts of goods turnover, 0..1. A pair-year without a figure is nan and stays so through every estimator.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.evidence.history import History, Observation
from sim.evidence.record_forms import WINDOW
from sim.model.chance import address, luck, lucks, name_key, uniform

Floats = NDArray[np.float64]
Codes = tuple[Sequence[str], Sequence[str]]

_MILLION = 0.001  # of bn USD
_PERCENT = 0.01
_SCALES = {"million USD": _MILLION, "percent": _PERCENT, "percent of output": _PERCENT}
_OUTSIDE = 0  # no quarter of any run: these draws meet none of the model's
_RESAMPLED, _OBSERVED, STARTED, _NAMED = 1, 2, 3, 4


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is known, as arrays."""

    states: tuple[str, ...]
    powers: tuple[str, ...]
    years: tuple[int, ...]
    trade: Floats  # [I, J, Y] bn USD a year
    turnover: Floats  # [I, Y] bn USD a year
    output: Floats  # [I, Y] bn USD a year, current
    growth: Floats  # [I, Y] real, 0.05 for 5 %
    power_growth: Floats  # [J, Y]
    price: Floats  # [Y] USD a barrel
    windows: tuple[tuple[int, int], ...]  # W times five years, the first and the last of each
    arms: Floats  # [I, J, W] deliveries, million TIV (a volume, not money)
    arms_total: Floats  # [I, W] from all suppliers, those that are no agents among them
    agreement: Floats  # [I, J, Y] in UN votes, 0..1
    distance: Floats  # [I, J, Y] between ideal points of all UN votes
    remittances: Floats  # [I, Y] parts of output, 0..1
    memberships: Mapping[str, Floats]  # by organisation [I, Y]: 1.0 for a member at the end of the year, else 0.0

    @cached_property
    def shares(self) -> Floats:
        """Shares of turnover [I, J, Y]."""
        shares: Floats = self.trade / self.turnover[:, None, :]
        return shares

    @cached_property
    def arms_shares(self) -> Floats:
        """Shares of all that was delivered in a window [I, J, W]; nan where nothing was."""
        whole = np.where(self.arms_total > 0.0, self.arms_total, np.nan)
        shares: Floats = self.arms / whole[:, None, :]
        return shares

    def members(self, powers: Sequence[str]) -> list[int]:
        """Places of some powers on the axis J."""
        return [self.powers.index(code) for code in powers]

    def at(self, year: int) -> int:
        """The place of a year on the axis Y."""
        return self.years.index(year)

    def until(self, year: int) -> "Record":
        """The record as it stood at the end of a year: nothing later is in it."""
        kept, windows = self.at(year) + 1, sum(last <= year for _, last in self.windows)
        cut: dict[str, Any] = {
            name: getattr(self, name)[..., : windows if name in _BY_WINDOW else kept] for name in _ARRAYS
        }
        memberships = {name: inside[:, :kept] for name, inside in self.memberships.items()}
        return replace(self, years=self.years[:kept], windows=self.windows[:windows], memberships=memberships, **cut)


def record_of(history: History, states: Sequence[str], powers: Sequence[str]) -> Record:
    """The record of some states and powers, in this order; nan where nothing is known."""
    years = tuple(range(history.first, history.last + 1))
    ends = sorted({one.period for one in history.rows if one.measure in _BY_WINDOW})
    rows, columns = ({code: place for place, code in enumerate(codes)} for codes in (states, powers))
    sizes = {"pair": (len(states), len(powers)), "state": (len(states),), "power": (len(powers),), "": ()}
    arrays = {
        name: np.full((*sizes[kind], len(ends if name in _BY_WINDOW else years)), np.nan)
        for name, kind in _ARRAYS.items()
    }
    for one in history.rows:
        name = "power_growth" if one.measure == "growth" and one.partner else _NAMES.get(one.measure, one.measure)
        if (one.state and one.state not in rows) or (one.partner and one.partner not in columns):
            continue
        if name not in arrays or (one.measure == "output" and one.partner):
            continue
        where = tuple(place for place in (rows.get(one.state), columns.get(one.partner)) if place is not None)
        when = ends.index(one.period) if name in _BY_WINDOW else one.period - history.first
        arrays[name][(*where, when)] = one.value * _scale(one)
    return Record(
        states=tuple(states),
        powers=tuple(powers),
        years=years,
        windows=tuple((end - WINDOW + 1, end) for end in ends),
        memberships={name: _membership(history, name, states, years) for name in history.organisations},
        **arrays,
    )


_ARRAYS: Mapping[str, str] = {
    **dict.fromkeys(("trade", "arms", "agreement", "distance"), "pair"),
    **dict.fromkeys(("turnover", "output", "growth", "arms_total", "remittances"), "state"),
    "power_growth": "power",
    "price": "",
}
_BY_WINDOW = ("arms", "arms_total")
_NAMES: Mapping[str, str] = {"un_agreement": "agreement", "un_distance": "distance"}
"""Measures of the record that have a shorter name here."""


def _membership(history: History, organisation: str, states: Sequence[str], years: Sequence[int]) -> Floats:
    inside = [history.members(organisation, f"{year}-12-31") for year in years]
    return np.array([[float(state in members) for members in inside] for state in states])


def _scale(one: Observation) -> float:
    """From the unit of the file to that of the arrays."""
    return _SCALES.get(one.unit, 1.0)


# --- what is observed ------------------------------------------------------------------------------------------------


def observed_shares(trade: Floats, rest: Floats, errors: Floats, seed: int, codes: Codes, first: int = 0) -> Floats:
    """Shares of turnover as they would be recorded.

    Parameters
    ----------
    trade
        What flowed [R, I, J, Y], any unit.
    rest
        Trade with everybody else [R, I, Y], taken as it is.
    errors
        By power [J]: sd of the logarithm of what is recorded over what flowed. The error has mean one.
    seed, codes, first
        By the seed, the number of the run (that of the first is `first`) and the names of states and powers the errors
        are addressed: a run is seen with the same ones whatever other runs stand beside it.
    """
    seen = observed_trade(trade, errors, seed, codes, first)
    shares: Floats = seen / (seen.sum(axis=2, keepdims=True) + rest[:, :, None, :])
    return shares


def observed_trade(trade: Floats, errors: Floats, seed: int, codes: Codes, first: int = 0) -> Floats:
    """Trade as it would be recorded, in the unit it has; arguments as in `observed_shares`."""
    drawn = normals(seed, trade.shape[0], codes, trade.shape[-1], _OBSERVED, first)
    seen: Floats = trade * np.exp(errors[:, None] * drawn - 0.5 * errors[:, None] ** 2)
    return seen


def normals(seed: int, runs: int, codes: Codes, years: int, what: int, first: int = 0) -> Floats:
    """Addressed draws from the normal distribution [R, I, J, Y], mean 0 and sd 1; `what` they are for tells them apart.

    States and powers are addressed by their names, so another state moves no draw, and runs by their number.
    """
    names = (tuple(codes[0]), tuple(codes[1]))
    with np.errstate(over="ignore"):
        keys: Any = lucks(seed, first, runs)[:, None, None, None]
        one, two = (np.asarray(uniform(keys, where)) for where in _addresses(names, years, what))
    found: Floats = np.sqrt(-2.0 * np.log(one)) * np.cos(2.0 * np.pi * two)  # Box and Muller
    return found


@functools.lru_cache(maxsize=16)  # a fit asks for the same ones thousands of times
def _addresses(codes: tuple[tuple[str, ...], tuple[str, ...]], years: int, what: int) -> tuple[Any, Any]:
    """Where the two uniform draws behind each normal one are found, uint64 [1, I, J, Y] each."""
    states, powers = (np.array([name_key(code) for code in of], dtype=np.uint64) for of in codes)
    with np.errstate(over="ignore"):
        one, two = (
            np.array(
                [
                    [[address(_OUTSIDE, what, i, j, 2 * year + part) for year in range(years)] for j in powers]
                    for i in states
                ],
                dtype=np.uint64,
            )[None]
            for part in (0, 1)
        )
    return one, two


def addressed(seed: int, *names: str) -> float:
    """A number strictly between 0 and 1 that names and a seed address."""
    with np.errstate(over="ignore"):
        key = name_key("|".join(names))
        return float(uniform(luck(seed, 0), address(_OUTSIDE, _NAMED, key, key, 0)))


def shuffled(count: int, *names: str) -> NDArray[np.int64]:
    """Places 0..count-1 in an order that names address, each once."""
    with np.errstate(over="ignore"):
        key = name_key("|".join(names))
        drawn = np.asarray(uniform(lucks(0, 0, count), address(_OUTSIDE, _NAMED, key, key, 1)))
    return np.argsort(drawn, kind="stable")


def resamples(count: int, times: int, seed: int = 0, block: int = 1) -> NDArray[np.int64]:
    """Places 0..count-1 drawn with replacement, int64 [times, count]; in runs of `block` neighbours, round the end."""
    blocks = -(-count // block)
    with np.errstate(over="ignore"):
        every: Any = np.arange(blocks, dtype=np.uint64)
        where: Any = address(_OUTSIDE, _RESAMPLED, every, np.uint64(count), block)
        keys: Any = lucks(seed, 0, times)[:, None]
        starts = np.asarray(uniform(keys, where[None])) * count
    places = starts.astype(np.int64)[:, :, None] + np.arange(block)
    drawn: NDArray[np.int64] = places.reshape(times, -1)[:, :count] % count
    return drawn
