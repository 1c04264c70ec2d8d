"""Triangles: shares of three powers as places inside one."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection

from sim.figures.columns import Table, numbers, texts
from sim.figures.style import FAINT, GRID, INK, RISING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


def to_triangle(shares: Any) -> tuple[Any, Any]:
    """Where shares [..., 3] of left, right and top corner lie in a triangle of side 1."""
    total = shares.sum(axis=-1)
    across = (shares[..., 1] + 0.5 * shares[..., 2]) / total
    up = math.sqrt(0.75) * shares[..., 2] / total
    return across, up


def ternary_path(data: Table, axes: "Axes", corners: tuple[str, str, str], colour: str = INK) -> "Axes":
    """Draw the way of one state among three corners.

    `data` has the columns what ("mean" for the path of the means in order of time, "run" for the end of single runs),
    quarter, left, right, top (shares 0..1 that need not sum to one).
    """
    draw_triangle(axes, corners)
    what, shares = texts(data, "what"), _shares(data)
    runs = shares[what == "run"]
    across, up = to_triangle(runs)
    axes.scatter(across, up, s=7, color=colour, alpha=min(0.5, 30.0 / max(len(runs), 1)), linewidths=0, zorder=2)
    across, up = to_triangle(shares[what == "mean"])
    axes.plot(across, up, color=INK, linewidth=1.6, zorder=4)
    axes.plot(across[0], up[0], "o", markersize=5.5, markerfacecolor="white", markeredgecolor=INK, zorder=5)
    axes.plot(across[-1], up[-1], "o", markersize=5.5, color=INK, zorder=5)
    return axes


def _shares(data: Table) -> "NDArray[np.float64]":
    """The shares [row, corner] of left, right and top."""
    return np.column_stack([numbers(data, corner) for corner in ("left", "right", "top")])


def draw_triangle(axes: "Axes", corners: tuple[str, str, str]) -> None:
    """The empty triangle: its sides, the grid at quarters, equal thirds and the names of the corners."""
    height = math.sqrt(0.75)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_xlim(-0.08, 1.08)
    axes.set_ylim(-0.12, height + 0.1)
    grid = [
        np.column_stack(to_triangle(np.array(ends, dtype=float)))
        for step in (0.25, 0.5, 0.75)
        for ends in (
            [(step, 1 - step, 0), (step, 0, 1 - step)],
            [(1 - step, step, 0), (0, step, 1 - step)],
            [(1 - step, 0, step), (0, 1 - step, step)],
        )
    ]
    lines = LineCollection(grid, colors=GRID, linewidths=0.7, zorder=1, capstyle="projecting")
    axes.add_collection(lines, autolim=False)
    axes.plot([0, 1, 0.5, 0], [0, 0, height, 0], color=FAINT, linewidth=1.0, zorder=1)
    axes.plot(0.5, height / 3, "+", color=FAINT, markersize=7, zorder=1)
    axes.text(-0.02, -0.03, corners[0], ha="left", va="top", fontsize=8.5, color=INK)
    axes.text(1.02, -0.03, corners[1], ha="right", va="top", fontsize=8.5, color=INK)
    axes.text(0.5, height + 0.025, corners[2], ha="center", va="bottom", fontsize=8.5, color=INK)


def ternary_density(data: Table, axes: "Axes", corners: tuple[str, str, str]) -> "Axes":
    """Draw where in the triangle of three shares the runs of a sweep end, darker where more do.

    `data` has the columns left, right, top (shares 0..1 that need not sum to one).
    """
    draw_triangle(axes, corners)
    across, up = to_triangle(_shares(data))
    cells = axes.hexbin(
        across, up, gridsize=42, extent=(0, 1, 0, 1), mincnt=1, bins="log", cmap=RISING, linewidths=0.1, zorder=2
    )
    cells.set_rasterized(True)
    return axes
