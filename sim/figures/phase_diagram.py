"""Maps over two factors: which word wins, or how large an outcome is."""

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from sim.batch.outcomes import OUTCOMES
from sim.figures.style import INK, PALETTE, RISING, look, outcome_fill

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OWN_VALUE: dict[str, Any] = {
    "marker": "o", "markersize": 7, "markerfacecolor": "white", "markeredgecolor": INK, "markeredgewidth": 1.6,
    "linestyle": "none",
}  # fmt: skip
"""How the model's own values are marked on a map."""


def phase_diagram(data: pd.DataFrame, axes: "Axes", fill: Any = None) -> "Axes":
    """Draw which outcome word is the most frequent over two numbers, with the borders between regimes.

    `data` has the columns x, y, word, share; every combination of x and y has the share of every word. Colour tells the
    word and fades where its lead is thin; `fill` gives the look of a word.
    """
    look_of = fill or (lambda word: outcome_fill(word, look({})))
    words = list(dict.fromkeys(data["word"]))
    table = data.pivot_table(index=["y", "x"], columns="word", values="share")[words]
    shape = [table.index.get_level_values(level).nunique() for level in ("y", "x")]
    winner = table.to_numpy().argmax(axis=1).reshape(shape)
    share = table.to_numpy().max(axis=1).reshape(shape)
    across, up = (np.sort(data[axis].unique()) for axis in ("x", "y"))
    colours = np.array([mpl.colors.to_rgb(regime_colour(word, look_of)) for word in words])
    strength = np.clip((share - 1 / len(words)) / (1 - 1 / len(words)), 0.25, 1.0)[..., None]
    axes.pcolormesh(_edges(across), _edges(up), colours[winner] * strength + (1 - strength), rasterized=True)
    _borders(axes, winner, _edges(across), _edges(up))
    for code, word in enumerate(words):
        if (winner == code).mean() > 0.03:
            _name_region(axes, word, winner == code, across, up)
    axes.set_xlim(_edges(across)[[0, -1]])
    axes.set_ylim(_edges(up)[[0, -1]])
    return axes


def mark_own_value(axes: "Axes", own: tuple[float, float]) -> None:
    """Mark where the model itself stands on a map: its own values of the two numbers; nothing where that is outside."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    if left <= own[0] <= right and bottom <= own[1] <= top:
        axes.plot(*own, **OWN_VALUE, zorder=5, clip_on=False)


def regime_colour(word: str, look_of: Any) -> Any:
    """The colour a word has in a map: that of its bars, or a plain one where bars are told apart by power."""
    plain = {outcome.word: PALETTE[at] for at, outcome in enumerate(OUTCOMES)}
    plain |= {"multi-vector": "#56B4E9", "leaning": "#E69F00", "sided": "#7A3E9D", "isolated": "#8C6D1F"}
    return plain.get(word, look_of(word)["facecolor"])


def _edges(levels: Any) -> Any:
    """Edges of cells around levels."""
    middle = (levels[1:] + levels[:-1]) / 2
    return np.r_[levels[0] - (middle[0] - levels[0]), middle, levels[-1] + (levels[-1] - middle[-1])]


def _borders(axes: "Axes", winner: Any, across: Any, up: Any) -> None:
    """A line wherever two neighbouring cells belong to different regimes."""
    for down, left in zip(*np.nonzero(winner[:, 1:] != winner[:, :-1]), strict=True):
        axes.plot([across[left + 1]] * 2, up[[down, down + 1]], color=INK, linewidth=1.3, solid_capstyle="round")
    for down, left in zip(*np.nonzero(winner[1:] != winner[:-1]), strict=True):
        axes.plot(across[[left, left + 1]], [up[down + 1]] * 2, color=INK, linewidth=1.3, solid_capstyle="round")


def _name_region(axes: "Axes", word: str, inside: Any, across: Any, up: Any) -> None:
    """Write the word at the cell of its region that lies farthest from the region's border."""
    from scipy.ndimage import distance_transform_edt

    depth = distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
    down, left = np.unravel_index(int(depth.argmax()), depth.shape)
    box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    axes.text(across[left], up[down], word, ha="center", va="center", fontsize=7.5, bbox=box)


def heat_map(data: pd.DataFrame, axes: "Axes", unit: str = "") -> "Axes":
    """Draw an outcome over two numbers, with lines of equal height; `unit` is that of the outcome.

    `data` has the columns x, y, value.
    """
    table = data.pivot_table(index="y", columns="x", values="value")
    across, up = table.columns.to_numpy(), table.index.to_numpy()
    picture = axes.pcolormesh(_edges(across), _edges(up), table.to_numpy(), cmap=RISING, rasterized=True)
    if np.ptp(table.to_numpy()) > 0:
        lines = axes.contour(across, up, table.to_numpy(), levels=5, colors=INK, linewidths=0.6)
        axes.clabel(lines, fontsize=6)
    bar = axes.figure.colorbar(picture, ax=axes, shrink=0.85, pad=0.02, label=unit)
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)
    return axes
