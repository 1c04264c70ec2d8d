"""The level behind figures that err: a level with noise, filtered, and what that leaves open."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MEDIAN_OF_SQUARES = 0.4549  # of a standard normal variable; a few shipments must not make a class look restless


class Level(NamedTuple):
    """Levels behind figures, and how far each of them is open: the sd of its logarithm."""

    level: Floats
    open: float


def level_behind(figures: Floats, error: float) -> Level:
    """The last level behind yearly figures [..., Y] of one class, nan where nothing is known.

    What a year adds is weighed by how far levels move against how far figures err. How far levels move is taken from
    yearly changes of the whole class, less what errors make of them.

    figures: above 0, nan where a year has none; error: sd of the logarithm of a figure over what there was.
    """
    logs, square = np.log(figures), error**2
    yearly = (logs[..., 1:] - logs[..., :-1]) ** 2
    usual = float(np.median(yearly[np.isfinite(yearly)])) / _MEDIAN_OF_SQUARES if np.isfinite(yearly).any() else 0.0
    moved = max(usual - 2.0 * square, 0.25 * square)
    ahead = 0.5 * (moved + np.sqrt(moved**2 + 4.0 * moved * square))  # variance of what next year brings, steady
    gain = ahead / (ahead + square) if square > 0.0 else 1.0
    return Level(np.exp(_filtered(logs, gain)), float(np.sqrt(gain * square)))


def _filtered(logs: Floats, gain: float) -> Floats:
    """The last level [...] of figures [..., Y], beginning with the first that is known."""
    level = np.full(logs.shape[:-1], np.nan)
    for year in range(logs.shape[-1]):
        seen = logs[..., year]
        moved = np.where(np.isfinite(level), level + gain * (seen - level), seen)
        level = np.where(np.isfinite(seen), moved, level)
    return level
