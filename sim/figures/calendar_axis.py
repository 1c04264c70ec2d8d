"""Time across a figure: quarters as places on an axis of years, with the ticks of a calendar, however long the run."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HALF = 0.125  # half a quarter, in years
_FEW_YEARS = 2.0  # runs shorter than this have their quarters named, not their years
_MOST_TICKS = 6
_STEPS = (1, 2, 5, 10, 20, 50, 100)  # years from tick to tick


def as_year(quarter: str) -> float:
    """The end of a quarter written `2026-Q1` as a place on the axis of years."""
    return int(quarter[:4]) + int(quarter[6:]) / 4


def calendar_axis(axes: "Axes", quarters: Iterable[str]) -> None:
    """Let an axis go from the first of some quarters to the last, and mark it as a calendar does.

    Years where there are enough of them, every so many; else the quarters themselves. One quarter alone has a place of
    its own width.
    """
    names = sorted(dict.fromkeys(quarters), key=as_year)
    first, last = as_year(names[0]), as_year(names[-1])
    axes.set_xlim(*((first, last) if first < last else (first - _HALF, last + _HALF)))
    if last - first < _FEW_YEARS:
        shown = names[:: -(-len(names) // _MOST_TICKS)]
        axes.set_xticks([as_year(name) for name in shown], shown)
        return
    years = range(math.ceil(first), math.floor(last) + 1)
    step = next(step for step in _STEPS if len(years) <= _MOST_TICKS * step)
    axes.set_xticks([year for year in years if year % step == 0])


def course(quarters: Iterable[str], *values: Any) -> tuple[NDArray[np.float64], ...]:
    """Where the quarters lie on the axis of years, and the values beside them; one quarter alone becomes a short line.

    values: arrays [T], in the order of the quarters.
    """
    when = np.array([as_year(quarter) for quarter in quarters])
    rows = [np.asarray(one, dtype=np.float64) for one in values]
    if len(when) > 1:
        return (when, *rows)
    return (np.array([when[0] - _HALF, when[0] + _HALF]), *(np.repeat(one, 2) for one in rows))
