"""What is drawn of sweeps: (data, axes) -> axes; `sim.figures.sensitivity` puts it into figures.

A drawing function takes a tidy table and the axes to draw on, and gives the axes back. Everything else, how a figure is
framed, coloured and written, is the house style of `sim.figures.style`.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from sim.analysis.sensitivity.factors import DUMMY
from sim.figures.calendar_axis import calendar_axis, course
from sim.figures.style import ABOVE, BELOW, DASHES, DIVERGING, FAINT, GRID, INK, PALETTE, in_lines, mixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_BARS = 15  # factors in one panel: more cannot be read in print
_NAME_LETTER, _NAME_HIGH, _GAP = 0.0136, 0.042, 0.015  # of a point's name in a scatter, in parts of the axes


_NAME_WIDTH = 34  # letters in a line of a factor's name
_SHORTER = 8  # by so many letters a line may end early, where a name can be broken


# --- bars ------------------------------------------------------------------------------------------------------------


def tornado(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw how far each factor, moved alone from end to end, moves the outcome: widest on top.

    `data` has the columns factor, at (value of the factor), value, low, high: the difference from the base point.
    """
    ends = data.sort_values("at", kind="stable").groupby("factor", sort=False).agg(["first", "last"])
    swing = ends["value"].abs().max(axis=1)
    shown = swing.sort_values(ascending=False, kind="stable").index[:MOST_BARS]
    widest = max(float(swing.max()), 1e-300)
    for place, factor in enumerate(shown):
        for end, colour in (("first", BELOW), ("last", ABOVE)):
            value = float(ends.loc[factor, ("value", end)])
            low, high = (float(ends.loc[factor, (side, end)]) for side in ("low", "high"))
            axes.barh(place, value, height=0.66, color=mixed(colour, 0.35), edgecolor=colour, linewidth=0.7)
            axes.plot([low, high], [place, place], color=INK, linewidth=1.0, solid_capstyle="butt", zorder=3)
            if abs(value) < 0.02 * widest:
                continue  # a label at the axis would say little, and hide what stands there
            text, side = f"{float(ends.loc[factor, ('at', end)]):.3g}", "right" if value < 0 else "left"
            axes.annotate(
                text,
                (low if value < 0 else high, place),
                xytext=(-3 if value < 0 else 3, 0),
                textcoords="offset points",
                ha=side,
                va="center",
                fontsize=6.5,
                color=FAINT,
            )
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.margins(x=0.16)
    return factors_down(axes, shown)


def index_bars(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw first and total order indices with their intervals, largest total on top; the dummy always last.

    `data` has the columns factor, index (`first` or `total`), value, low, high.
    """
    total = data[data["index"] == "total"].set_index("factor")
    first = data[data["index"] == "first"].set_index("factor")
    shown = largest(total["value"], MOST_BARS)
    for place, factor in enumerate(shown):
        for row, height, colour in ((total.loc[factor], 0.72, mixed(ABOVE, 0.62)), (first.loc[factor], 0.38, ABOVE)):
            value = max(float(row["value"]), 0.0)
            axes.barh(place, value, height=height, color=colour, edgecolor=ABOVE, linewidth=0.5)
        for row, shift in ((total.loc[factor], -0.28), (first.loc[factor], 0.0)):
            ends = [max(float(row["low"]), 0.0), max(float(row["high"]), 0.0)]
            axes.plot(ends, [place + shift] * 2, color=INK, linewidth=1.0, solid_capstyle="butt", zorder=3)
    axes.set_xlim(left=0.0)
    return factors_down(axes, shown)


def ranked_bars(data: pd.DataFrame, axes: "Axes", most: int = MOST_BARS) -> "Axes":
    """Draw one signed or unsigned index a factor with its interval, largest on top; the dummy always last.

    `data` has the columns factor, value, low, high.
    """
    rows = data.set_index("factor")
    shown = largest(rows["value"].abs(), most)
    for place, factor in enumerate(shown):
        row = rows.loc[factor]
        colour = ABOVE if row["value"] >= 0 else BELOW
        axes.barh(place, row["value"], height=0.66, color=mixed(colour, 0.35), edgecolor=colour, linewidth=0.7)
        if np.isfinite(row["low"]):
            axes.plot([row["low"], row["high"]], [place] * 2, color=INK, linewidth=1.0, solid_capstyle="butt")
    axes.axvline(0.0, color=INK, linewidth=0.8)
    return factors_down(axes, shown)


def noise_bars(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw how the variance of each outcome divides between parameters, luck, and both together.

    `data` has the columns outcome, parameters, luck_alone, together (shares that sum to one).
    """
    rows = data.dropna(subset=["parameters"])
    start = np.zeros(len(rows))
    looks = (("parameters", ABOVE, ""), ("together", "#B9B9B9", "///"), ("luck_alone", "#E9ECEF", "..."))
    for part, colour, hatch in looks:
        width = 100 * rows[part].to_numpy()
        axes.barh(range(len(rows)), width, left=start, height=0.7, color=colour, hatch=hatch, edgecolor=FAINT, lw=0.5)
        start += width
    axes.set_xlim(0, 100)
    return factors_down(axes, rows["outcome"])


def largest(values: "pd.Series[float]", most: int) -> list[str]:
    """The factors with the largest values, and the dummy behind them: the yardstick is always shown."""
    order = values.sort_values(ascending=False, kind="stable").index
    return [*[str(name) for name in order if name != DUMMY][: most - 1], *([DUMMY] if DUMMY in order else [])]


def factors_down(axes: "Axes", names: Iterable[str]) -> "Axes":
    """Name the rows of a bar chart from top to bottom."""
    names = [str(name) for name in names]
    width = max(_NAME_WIDTH, _SHORTER + max(map(len, names), default=0) // 2)  # so that two lines do
    axes.set_yticks(range(len(names)), [in_lines(name, width) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=7.5)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(nbins=5))
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


# --- points, lines and maps ------------------------------------------------------------------------------------------


def interaction_map(data: pd.DataFrame, axes: "Axes", names: Sequence[str]) -> "Axes":
    """Draw second order indices of some factors as a triangle of cells; one whose interval covers zero has no colour.

    `data` has the columns factor_a, factor_b, value, low, high; `names` are the factors to show, in order. The colours
    reach as far as what can be told from nought, and the dummy, which works together with nothing, is left out.
    """
    names = [name for name in names if name != DUMMY]
    place = {name: at for at, name in enumerate(names)}
    rows = data[data["factor_a"].isin(names) & data["factor_b"].isin(names)]
    cells = np.full((max(len(names) - 1, 1), max(len(names) - 1, 1)), np.nan)
    for row in rows.itertuples():
        across, down = sorted((place[row.factor_a], place[row.factor_b]))
        if row.low <= 0.0 <= row.high:
            axes.plot(across, down - 1, ".", color=FAINT, markersize=2.5)
        else:
            cells[down - 1, across] = row.value
    limit = max(float(np.nanmax(np.abs(cells))) if np.isfinite(cells).any() else 0.0, 1e-12)
    picture = axes.imshow(cells, cmap=DIVERGING, vmin=-limit, vmax=limit, aspect="equal")
    axes.set_xticks(range(len(names) - 1), names[:-1], rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names) - 1), names[1:])
    axes.tick_params(length=0, labelsize=6.5, labelcolor=INK)
    for side in axes.spines.values():
        side.set_visible(False)
    if not np.isfinite(cells).any():
        axes.text(0.98, 0.98, "nothing that can be\ntold from nought", transform=axes.transAxes, ha="right", va="top")
        return axes
    bar = axes.figure.colorbar(picture, ax=axes, shrink=0.7, pad=0.02)
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)
    return axes


def morris_scatter(data: pd.DataFrame, axes: "Axes", named: int = 8) -> "Axes":
    """Draw mean size against spread of the elementary effects; the largest are named.

    `data` has the columns factor, index (`mu_star` or `sigma`), value.
    """
    wide = data[data["index"].isin(["mu_star", "sigma"])].pivot_table(index="factor", columns="index", values="value")
    real = wide.drop(DUMMY, errors="ignore")
    limit = 1.08 * max(float(real["mu_star"].max()), 1e-12)
    for slope in (0.1, 0.5, 1.0):
        axes.plot([0, limit], [0, slope * limit], color=GRID, linewidth=0.8, zorder=1)
        axes.annotate(f"σ = {slope:g} μ*", (limit, slope * limit), fontsize=6, color=FAINT, ha="right", va="bottom")
    axes.plot(real["mu_star"], real["sigma"], "o", markersize=3.2, color=ABOVE, alpha=0.6, mew=0, rasterized=True)
    if DUMMY in wide.index:
        axes.plot(wide.loc[DUMMY, "mu_star"], wide.loc[DUMMY, "sigma"], "x", color=BELOW, markersize=6, clip_on=False)
    top = real.sort_values("mu_star", ascending=False, kind="stable").head(named)
    height = 1.16 * max(float(real["sigma"].max()), 1e-12)
    places = [(float(row["mu_star"]) / limit, float(row["sigma"]) / height) for _, row in top.iterrows()]
    for name, (x, y), (left, middle, width) in zip(top.index, places, _room_for_names(top.index, places), strict=True):
        axes.annotate(
            str(name),
            (x * limit, y * height),
            xytext=((left if left > x else left + width) * limit, middle * height),
            fontsize=6.5,
            ha="left" if left > x else "right",
            va="center",
            arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": FAINT, "shrinkA": 0, "shrinkB": 2},
        )
    axes.set_xlim(0, limit)
    axes.set_ylim(0, height)
    return axes


def _room_for_names(names: Iterable[str], places: Sequence[tuple[float, float]]) -> list[tuple[float, float, float]]:
    """Where the name of each point can stand without lying on another name or on a named point.

    All in parts of the axes; for each name its left end, its middle and its width. A name stands beside its point where
    it can, else the nearest step above or below; where nothing is free it stands beside its point all the same.
    """
    taken = [(x - 0.5 * _GAP, x + 0.5 * _GAP, y - 0.2 * _NAME_HIGH, y + 0.2 * _NAME_HIGH) for x, y in places]
    found = []
    for name, (x, y) in zip(names, places, strict=True):
        width = _NAME_LETTER * len(str(name))
        sides = [left for left in (x + _GAP, x - _GAP - width) if left > 0.0 and left + width < 1.0] or [x - width / 2]
        steps = sorted(range(-12, 13), key=abs)
        options = [(left, y + step * _NAME_HIGH / 2) for step in steps for left in sides]
        free = (
            (left, middle)
            for left, middle in options
            if 0.03 < middle < 0.98
            and all(
                left + width < west or left > east or middle + _NAME_HIGH / 2 < south or middle - _NAME_HIGH / 2 > north
                for west, east, south, north in taken
            )
        )
        left, middle = next(free, options[0])
        taken.append((left, left + width, middle - _NAME_HIGH / 2, middle + _NAME_HIGH / 2))
        found.append((left, middle, width))
    return found


def response_lines(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw an outcome against a factor, one line a series, with the interval that luck leaves.

    `data` has the columns x, series, value, low, high.
    """
    for place, series in enumerate(dict.fromkeys(data["series"])):
        rows = data[data["series"] == series].sort_values("x")
        colour = PALETTE[(place + 1) % len(PALETTE)]
        axes.fill_between(rows["x"], rows["low"], rows["high"], color=colour, alpha=0.2, linewidth=0)
        axes.plot(
            rows["x"], rows["value"], color=colour, linestyle=DASHES[place % len(DASHES)], marker="o", markersize=3
        )
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


def fans(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw the course of an outcome, one fan a level of a factor: median, half of the runs, nine runs in ten.

    `data` has the columns quarter, level, p5, p25, p50, p75, p95.
    """
    for place, level in enumerate(dict.fromkeys(data["level"])):
        rows = data[data["level"] == level]
        bands = (rows[name] for name in ("p5", "p25", "p50", "p75", "p95"))
        when, low, below, middle, above, high = course(rows["quarter"], *bands)
        colour = PALETTE[(place + 1) % len(PALETTE)]
        axes.fill_between(when, low, high, color=colour, alpha=0.10, linewidth=0)
        axes.fill_between(when, below, above, color=colour, alpha=0.20, linewidth=0)
        axes.plot(when, middle, color=colour, linestyle=DASHES[place % len(DASHES)], linewidth=1.6)
    calendar_axis(axes, data["quarter"])
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


def convergence_lines(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw how the widest interval shrinks with the sample, one line an outcome, and the target.

    `data` has the columns outcome, points, half_width, target.
    """
    for place, outcome in enumerate(dict.fromkeys(data["outcome"])):
        rows = data[data["outcome"] == outcome].sort_values("points")
        axes.plot(
            rows["points"],
            rows["half_width"],
            color=PALETTE[place % len(PALETTE)],
            linestyle=DASHES[place % len(DASHES)],
            marker="o",
            markersize=3,
            linewidth=1.3,
            label=outcome,
        )
    axes.axhline(float(data["target"].iloc[0]), color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    # Letters are drawn as they stand, so powers written for typesetting would show their commands.
    axes.set_xticks(sorted(data["points"].unique()))
    axes.yaxis.set_major_locator(mpl.ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(mpl.ticker.FormatStrFormatter("%g"))
        axis.set_minor_locator(mpl.ticker.NullLocator())
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


# --- scenario discovery ----------------------------------------------------------------------------------------------
