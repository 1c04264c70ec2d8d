"""Which way runs go: bands from the words under which they ended to those under which they end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from sim.figures.columns import Table, texts
from sim.figures.style import FAINT, Look, apart, outcome_fill, outcome_order

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GAP, _BAR = 0.03, 0.05
_FULL = 0.7  # of the height that the most runs fill: what is left is for the gaps between words


def flow(data: Table, axes: "Axes", how: Look, most: int = 0) -> "Axes":
    """Draw the runs that end under another word as bands from what they were (left) to what they became (right).

    `data` has the columns before, after (words) and runs; runs that kept their word are left out of the picture. `most`
    is how many runs fill the height, the same for panels that stand beside each other; those of `data` unless given.
    """
    axes.set_axis_off()
    axes.set_xlim(-0.62, 1.62)
    axes.set_ylim(1.04, -0.04)
    columns = (texts(data, "before"), texts(data, "after"), np.asarray(data["runs"]).tolist())
    moved = [_Moved(*row) for row in zip(*columns, strict=True) if row[0] != row[1]]
    if not moved:
        axes.text(0.5, 0.5, "no run ends under another word", ha="center", va="center", fontsize=8, color=FAINT)
        return axes
    order = outcome_order(how)
    total = max(sum(row.runs for row in moved), most)
    moved.sort(key=lambda row: (order(row.before), order(row.after)))
    left = _stack(moved, "before", axes, how, total)
    moved.sort(key=lambda row: (order(row.after), order(row.before)))
    right = _stack(moved, "after", axes, how, total)
    for row in sorted(moved, key=lambda row: -row.runs):
        width = _FULL * row.runs / total
        _ribbon(axes, (left[row], width), (right[row], width), {**outcome_fill(row.after, how), "hatch": None})
    return axes


class _Moved(NamedTuple):
    """Runs that end under another word."""

    before: str
    after: str
    runs: int


def _stack(moved: Sequence[_Moved], side: str, axes: "Axes", how: Look, total: int) -> dict[_Moved, float]:
    """Draw the bar of one side, a part a word; gives back where each band begins."""
    across, way = (0.0, -1.0) if side == "before" else (1.0, 1.0)
    words: dict[str, list[_Moved]] = {}
    for row in moved:
        words.setdefault(getattr(row, side), []).append(row)
    starts: dict[_Moved, float] = {}
    names: dict[str, float] = {}
    top = 0.5 - 0.5 * (_FULL * sum(row.runs for row in moved) / total + _GAP * (len(words) - 1))
    for word, mine in words.items():
        runs = sum(row.runs for row in mine)
        height = _FULL * runs / total
        axes.add_patch(Rectangle((across - _BAR / 2, top), _BAR, height, **outcome_fill(word, how)))
        names[f"{word}  {runs:,}"] = top + height / 2
        for row in mine:
            starts[row] = top
            top += _FULL * row.runs / total
        top += _GAP
    places = apart(names, 0.085, 0.02, 0.98)
    edge, where = across + 0.5 * _BAR * way, across + (0.5 * _BAR + 0.05) * way
    ties = [[(edge, names[text]), (where - 0.01 * way, place)] for text, place in places.items()]
    lines = LineCollection(ties, colors=FAINT, linewidths=0.5, capstyle="projecting", clip_on=False, zorder=2)
    axes.add_collection(lines, autolim=False)
    for text, place in places.items():
        axes.text(where, place, text, ha="right" if way < 0 else "left", va="center", fontsize=7.5)
    return starts


def _ribbon(axes: "Axes", left: tuple[float, float], right: tuple[float, float], fill: dict[str, Any]) -> None:
    """A band from the left bar to the right one; where it begins and how wide it is at either end."""
    start, end = _BAR / 2, 1.0 - _BAR / 2
    (top, width), (goal, goal_width) = left, right
    points = [
        (start, top), (0.5, top), (0.5, goal), (end, goal),
        (end, goal + goal_width), (0.5, goal + goal_width), (0.5, top + width), (start, top + width), (start, top),
    ]  # fmt: skip
    codes = [
        Outline.MOVETO, Outline.CURVE4, Outline.CURVE4, Outline.CURVE4,
        Outline.LINETO, Outline.CURVE4, Outline.CURVE4, Outline.CURVE4, Outline.CLOSEPOLY,
    ]  # fmt: skip
    axes.add_patch(PathPatch(Outline(points, codes), alpha=0.55, **fill))
