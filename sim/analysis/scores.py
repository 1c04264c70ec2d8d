"""How good a fan is: the continuous ranked probability score, coverage, and the fan that any model has to beat.

Scores are smaller for better fans. The opponent is persistence: the share stays what it was, on the logit, with a
random walk fitted to the record before the origin and to nothing after it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUANTILES = 401
"""Members of a fan that is given by a formula: its quantiles at the middle of as many equal steps."""

POOLED = 8.0  # yearly changes that what is known of the class of a partner is worth beside what is known of the pair
_FACTORS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3)  # on the width of the walk, of which the past chooses one
_FEWER = 101  # members while it chooses


def crps(members: Floats, value: Floats) -> Floats:
    """The continuous ranked probability score of fans [R, ...] for values [...]: nan where a value is not known.

    The mean distance of members from the value, less half their mean distance from each other, both over all pairs of
    members: the score of the distribution the members are, exactly (Gneiting and Raftery 2007, equation 21).
    """
    ordered = np.sort(members, axis=0)
    count = len(ordered)
    weights = (2.0 * np.arange(1, count + 1) - count - 1.0).reshape(-1, *([1] * value.ndim))
    apart = (weights * ordered).sum(axis=0) / count**2
    score: Floats = np.abs(members - value).mean(axis=0) - apart
    return score


def inside_of(members: Floats, value: Floats, level: float) -> Floats:
    """1 where the middle `level` of a fan holds the value, 0 where not, nan where the value is not known."""
    low, high = np.quantile(members, [(1.0 - level) / 2, (1.0 + level) / 2], axis=0)
    return np.where(np.isfinite(value), (value >= low) & (value <= high), np.nan)


def logit(share: Floats) -> Floats:
    """The logarithm of the odds."""
    odds: Floats = np.log(share) - np.log1p(-share)
    return odds


def share_of(odds: Floats) -> Floats:
    """The share whose logarithm of the odds this is."""
    share: Floats = 1.0 / (1.0 + np.exp(-odds))
    return share


class Scale(NamedTuple):
    """On which scale something walks: how values come onto it and back, and on which they are scored by the past."""

    onto: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    judged: Callable[[Floats], Floats]  # from the scale of the walk


ODDS = Scale(logit, share_of, share_of)
"""For shares."""

LOGS = Scale(np.log, np.exp, np.array)
"""For amounts: judged as logarithms, so that small ones count as large ones do."""


def normal_quantiles(count: int = QUANTILES) -> Floats:
    """Quantiles of the standard normal distribution at the middle of `count` equal steps."""
    from statistics import NormalDist

    normal = NormalDist()
    return np.array([normal.inv_cdf((place + 0.5) / count) for place in range(count)])


def fan(
    past: Floats,
    horizons: int,
    classes: list[list[int]],
    trend_years: int = 0,
    *,
    scale: Scale = ODDS,
    drift: Floats | None = None,
) -> Floats:
    """The opponent's fan of shares [QUANTILES, I, J, horizons], from shares [I, J, Y] known at the origin (the last Y).

    A random walk of the logit, as wide as the pair has moved (see `pair_spread`) times the factor that would have
    scored best on the record before the origin, for each class and horizon; so it is no strawman. `classes`: places of
    powers; `trend_years`: over how many years the mean change is taken to go on; with 0 nothing does. `scale`: that of
    amounts, for other things than shares; `drift` [I, J, horizons]: by how much the middle moves on it, where something
    else than a trend says so.
    """
    level = scale.onto(past)
    middle, width = (np.full((*past.shape[:2], horizons), np.nan) for _ in range(2))
    for members in classes:
        mine = level[:, members]
        yearly, trend = pair_spread(mine), _trend(mine, trend_years)
        for h in range(1, horizons + 1):
            walked = np.sqrt(h) * yearly
            width[:, members, h - 1] = best_factor(past[:, members], walked, h, scale) * walked
            moved = h * trend if drift is None else drift[:, members, h - 1]
            middle[:, members, h - 1] = mine[..., -1] + moved
    return scale.back(_fanned(middle, width, QUANTILES))


def pair_spread(odds: Floats) -> Floats:
    """Root mean square of yearly changes of a logit or logarithm [I, J, Y] of each pair, drawn towards that of all."""
    yearly = odds[..., 1:] - odds[..., :-1]
    known = np.isfinite(yearly).sum(axis=-1)
    squares = np.where(np.isfinite(yearly), yearly, 0.0) ** 2
    usual = squares.sum() / max(int(known.sum()), 1)
    found: Floats = np.sqrt((squares.sum(axis=-1) + POOLED * usual) / (known + POOLED))
    return found


def best_factor(past: Floats, walked: Floats, years: int, scale: Scale = ODDS) -> float:
    """By which factor on the width [I, J] forecasts over so many years within the past would have scored best."""
    level = scale.onto(past)
    began = level[..., :-years]
    came = np.where(np.isfinite(began), scale.judged(level[..., years:]), np.nan)
    if not np.isfinite(came).any():
        return 1.0
    fans = (scale.judged(_fanned(began, factor * walked[..., None], _FEWER)) for factor in _FACTORS)
    scores = [float(np.nanmean(crps(members, came))) for members in fans]
    return _FACTORS[int(np.argmin(scores))]


def _fanned(middle: Floats, width: Floats, count: int) -> Floats:
    """Quantiles of the normal distribution around the middle, on the same scale."""
    members: Floats = middle + normal_quantiles(count).reshape(-1, *([1] * middle.ndim)) * width
    return members


def _trend(level: Floats, years: int) -> Floats:
    """The mean yearly change over the last years, as far as they are known; 0 where none is asked for or known."""
    if years == 0:
        return np.zeros(level.shape[:-1])
    yearly = (level[..., 1:] - level[..., :-1])[..., -years:]
    known = np.isfinite(yearly)
    mean: Floats = np.where(known, yearly, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)
    return mean
