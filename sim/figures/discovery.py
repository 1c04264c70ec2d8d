"""Boxes of scenario discovery."""

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from sim.figures.sensitivity_panels import factors_down
from sim.figures.style import ABOVE, BELOW, FAINT, GRID, INK, RISING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def discovery_box(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw the limits of a box found by PRIM, each restricted factor from the low to the high end of its range.

    `data` has the columns factor, low, high, least, most (limits of the box, ends of the range), quasi_p.
    """
    for place, row in enumerate(data.itertuples()):
        width = row.most - row.least
        left, right = (row.low - row.least) / width, (row.high - row.least) / width
        axes.plot([0, 1], [place, place], color=GRID, linewidth=5, solid_capstyle="butt", zorder=1)
        axes.plot([left, right], [place, place], color=ABOVE, linewidth=9, solid_capstyle="butt", zorder=2)
        for share, value in ((left, row.low), (right, row.high)):
            if 0.001 < share < 0.999:
                above = {"xytext": (0, 9), "textcoords": "offset points", "ha": "center"}
                axes.annotate(f"{value:.3g}", (share, place), fontsize=7, color=INK, **above)
        axes.annotate(
            f"p = {row.quasi_p:.1g}" if np.isfinite(row.quasi_p) else "",
            (1.0, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            color=FAINT,
        )
    factors_down(axes, data["factor"])
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([0, 1], ["low end", "high end"])
    axes.grid(visible=False)
    return axes


def discovery_path(data: pd.DataFrame, axes: "Axes", chosen: int) -> "Axes":
    """Draw the peeling path: coverage against density, the chosen box marked, darker where more factors are restricted.

    `data` has the columns coverage, density, restricted.
    """
    points = axes.scatter(data["coverage"], data["density"], c=data["restricted"], cmap=RISING, s=16, vmin=0)
    axes.plot(
        data["coverage"].iloc[chosen], data["density"].iloc[chosen], "o", markersize=10, mfc="none", mec=BELOW, mew=1.8
    )
    axes.set_xlim(0, 1.03)
    axes.set_ylim(0, 1.03)
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    bar = axes.figure.colorbar(points, ax=axes, shrink=0.85, pad=0.02, label="restricted factors")
    bar.ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)
    return axes
