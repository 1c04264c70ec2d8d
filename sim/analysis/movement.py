"""How shares move: the estimators by which model and record are compared, each tested on data whose answer is known.

Shares stand in arrays [..., I, J, Y] (states, powers, years), nan where nothing is known. Every estimator takes any
number of leading axes, such as runs, and gives one number for each.
"""

import warnings
from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sim.analysis.record import resamples

Floats = NDArray[np.float64]

RESAMPLES = 1000
"""How often the record is resampled for an interval."""

LEAST_TOGETHER = 6  # changes that two states must share before they are said to move together or apart


def changes(shares: Floats, years: int) -> Floats:
    """Changes over so many years [..., I, J, Y - years]."""
    moved: Floats = shares[..., years:] - shares[..., :-years]
    return moved


def spread_of(shares: Floats, years: int) -> Floats:
    """Standard deviation of changes over so many years, all pairs and years together."""
    moved = changes(shares, years)
    found: Floats = _quiet(lambda: np.nanstd(moved, axis=(-3, -2, -1), ddof=1))
    return found


def lag_one(shares: Floats) -> Floats:
    """Lag-1 autocorrelation of yearly changes, all pairs together, about nought.

    About nought and not about the mean of each pair: a mean of few years takes a part of every change with it, and the
    answer would depend on how many years there are.
    """
    before, after = _pairs_of_changes(shares)
    found: Floats = _quiet(lambda: _summed(before * after) / np.sqrt(_summed(before**2) * _summed(after**2)))
    return found


def comovement(shares: Floats) -> Floats:
    """Correlation of yearly changes between two states, for one partner at a time: mean over states and partners."""
    return comovement_of(changes(shares, 1))


def comovement_of(moved: Floats) -> Floats:
    """The same, of changes [..., I, J, T]; two states count where they share `LEAST_TOGETHER` changes or more."""
    found = []
    for one, two in combinations(range(moved.shape[-3]), 2):
        known = np.isfinite(moved[..., one, :, :]) & np.isfinite(moved[..., two, :, :])
        a, b = (np.where(known, moved[..., state, :, :], 0.0) for state in (one, two))
        count = known.sum(axis=-1)
        enough = np.maximum(count, 1)
        a, b = (np.where(known, x - (x.sum(axis=-1) / enough)[..., None], 0.0) for x in (a, b))
        scale = np.sqrt((a**2).sum(axis=-1) * (b**2).sum(axis=-1))
        fine = (count >= LEAST_TOGETHER) & (scale > 0.0)
        found.append(np.where(fine, (a * b).sum(axis=-1) / np.where(fine, scale, 1.0), np.nan))
    together = np.stack(found, axis=-1)  # [..., J, pairs of states]
    mean: Floats = _quiet(lambda: np.nanmean(together, axis=(-2, -1)))
    return mean


def growth_spread(growth: Floats) -> Floats:
    """Standard deviation of yearly growth over the last axis, of each state by itself."""
    found: Floats = _quiet(lambda: np.nanstd(growth, axis=-1, ddof=1))
    return found


def _pairs_of_changes(shares: Floats) -> tuple[Floats, Floats]:
    """Each change and the one after it, nought where either is not known."""
    moved = changes(shares, 1)
    before, after = moved[..., :-1], moved[..., 1:]
    known = np.isfinite(before) & np.isfinite(after)
    return np.where(known, before, 0.0), np.where(known, after, 0.0)


def _summed(values: Floats) -> Floats:
    total: Floats = values.sum(axis=(-3, -2, -1))
    return total


def _quiet(work: Callable[[], Floats]) -> Floats:
    """Where nothing is known the answer is nan, and no warning is needed to say so."""
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        return work()


# --- how sure the record is -------------------------------------------------------------------------------------------


def interval(values: Floats, level: float) -> tuple[float, float]:
    """The middle `level` of some values, those that are not finite left out."""
    kept = values[np.isfinite(values)]
    if not kept.size:
        return np.nan, np.nan
    low, high = np.quantile(kept, [(1.0 - level) / 2, (1.0 + level) / 2])
    return float(low), float(high)


def over_pairs(shares: Floats, estimate: Callable[[Floats], Floats], level: float) -> tuple[float, float]:
    """The interval of an estimate of shares [I, J, Y], whole pairs resampled: what moved a pair stays in one piece."""
    flat = shares.reshape(-1, shares.shape[-1])
    drawn = resamples(len(flat), RESAMPLES)
    return interval(estimate(flat[drawn][:, :, None, :]), level)


def over_years(shares: Floats, level: float, block: int = 2) -> tuple[float, float]:
    """The interval of `comovement`, years resampled in blocks for all states at once."""
    moved = changes(shares, 1)
    drawn = resamples(moved.shape[-1], RESAMPLES, block=block)
    return interval(comovement_of(np.moveaxis(moved[..., drawn], -2, 0)), level)


def growth_interval(growth: Floats, level: float, block: int = 3) -> tuple[float, float]:
    """The interval of `growth_spread` of one state [Y], years resampled in blocks."""
    known = growth[np.isfinite(growth)]
    return interval(growth_spread(known[resamples(len(known), RESAMPLES, block=block)]), level)
