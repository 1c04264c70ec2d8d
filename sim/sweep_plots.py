"""Figures of sweeps: (data, axes) -> axes, and one function that draws and writes all that a sweep allows.

A drawing function takes a tidy table and the axes to draw on, and gives the axes back. Everything else, how a figure is
framed, coloured and written, is the house style of `sim.plots`.
"""

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.canvas import DASHES, FAINT, GRID, INK, PALETTE, look
from sim.canvas import STYLE as _STYLE
from sim.canvas import as_year as _as_year
from sim.canvas import finish as _finish_with
from sim.canvas import mixed as _mixed
from sim.canvas import outcome_fill as _fill
from sim.canvas import panels_for as _panels
from sim.canvas import write_figure as _write
from sim.experiment import DesignKind
from sim.factors import DUMMY
from sim.measures import OUTCOMES
from sim.plots import draw_triangle as _triangle
from sim.plots import to_triangle
from sim.record import write_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.discovery import Discovery
    from sim.sweeps import Sweep

CAPTIONS = "captions.csv"
MOST_BARS = 15  # factors in one panel: more cannot be read in print
_LETTER, _LINE = 0.068, 0.24  # inches a letter and a line of a legend take
_ROOM = "room_for_legend"
MOST_PANELS = 6
MOST_IN_MAP = 12
_NAME_LETTER, _NAME_HIGH, _GAP = 0.0136, 0.042, 0.015  # of a point's name in a scatter, in parts of the axes
_SIDE_PAD = 0.1  # inches beside each panel, so that long names of rows end inside the picture
_SMOOTH = 9  # levels of both factors from which a grid is drawn as a map and not as lines
_ABOVE, _BELOW = PALETTE[1], PALETTE[0]
_DIVERGING = mpl.colors.LinearSegmentedColormap.from_list("two-sided", [_BELOW, "#F7F7F7", _ABOVE])
_RISING = mpl.colors.LinearSegmentedColormap.from_list("rising", ["#F7F7F7", "#56B4E9", "#0072B2", "#00304D"])


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
        for end, colour in (("first", _BELOW), ("last", _ABOVE)):
            value = float(ends.loc[factor, ("value", end)])
            low, high = (float(ends.loc[factor, (side, end)]) for side in ("low", "high"))
            axes.barh(place, value, height=0.66, color=_mixed(colour, 0.35), edgecolor=colour, linewidth=0.7)
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
    return _factors_down(axes, shown)


def index_bars(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw first and total order indices with their intervals, largest total on top; the dummy always last.

    `data` has the columns factor, index (`first` or `total`), value, low, high.
    """
    total = data[data["index"] == "total"].set_index("factor")
    first = data[data["index"] == "first"].set_index("factor")
    shown = _largest(total["value"], MOST_BARS)
    for place, factor in enumerate(shown):
        for row, height, colour in ((total.loc[factor], 0.72, _mixed(_ABOVE, 0.62)), (first.loc[factor], 0.38, _ABOVE)):
            value = max(float(row["value"]), 0.0)
            axes.barh(place, value, height=height, color=colour, edgecolor=_ABOVE, linewidth=0.5)
        for row, shift in ((total.loc[factor], -0.28), (first.loc[factor], 0.0)):
            ends = [max(float(row["low"]), 0.0), max(float(row["high"]), 0.0)]
            axes.plot(ends, [place + shift] * 2, color=INK, linewidth=1.0, solid_capstyle="butt", zorder=3)
    axes.set_xlim(left=0.0)
    return _factors_down(axes, shown)


def ranked_bars(data: pd.DataFrame, axes: "Axes", most: int = MOST_BARS) -> "Axes":
    """Draw one signed or unsigned index a factor with its interval, largest on top; the dummy always last.

    `data` has the columns factor, value, low, high.
    """
    rows = data.set_index("factor")
    shown = _largest(rows["value"].abs(), most)
    for place, factor in enumerate(shown):
        row = rows.loc[factor]
        colour = _ABOVE if row["value"] >= 0 else _BELOW
        axes.barh(place, row["value"], height=0.66, color=_mixed(colour, 0.35), edgecolor=colour, linewidth=0.7)
        if np.isfinite(row["low"]):
            axes.plot([row["low"], row["high"]], [place] * 2, color=INK, linewidth=1.0, solid_capstyle="butt")
    axes.axvline(0.0, color=INK, linewidth=0.8)
    return _factors_down(axes, shown)


def noise_bars(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw how the variance of each outcome divides between parameters, luck, and both together.

    `data` has the columns outcome, parameters, luck, together (shares that sum to one).
    """
    rows = data.dropna(subset=["parameters"])
    start = np.zeros(len(rows))
    looks = (("parameters", _ABOVE, ""), ("together", "#B9B9B9", "///"), ("luck", "#E9ECEF", "..."))
    for part, colour, hatch in looks:
        width = 100 * rows[part].to_numpy()
        axes.barh(range(len(rows)), width, left=start, height=0.7, color=colour, hatch=hatch, edgecolor=FAINT, lw=0.5)
        start += width
    axes.set_xlim(0, 100)
    return _factors_down(axes, rows["outcome"])


def _largest(values: "pd.Series[float]", most: int) -> list[str]:
    """The factors with the largest values, and the dummy behind them: the yardstick is always shown."""
    order = values.sort_values(ascending=False, kind="stable").index
    return [*[str(name) for name in order if name != DUMMY][: most - 1], *([DUMMY] if DUMMY in order else [])]


def _factors_down(axes: "Axes", names: Iterable[str]) -> "Axes":
    """Name the rows of a bar chart from top to bottom."""
    names = list(names)
    axes.set_yticks(range(len(names)), [textwrap.shorten(str(name), 34, placeholder="…") for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=7.5)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(nbins=5))
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


# --- points, lines and maps ------------------------------------------------------------------------------------------


def interaction_map(data: pd.DataFrame, axes: "Axes", names: Sequence[str]) -> "Axes":
    """Draw second order indices of some factors as a triangle of cells; a cell whose interval covers zero is dotted.

    `data` has the columns factor_a, factor_b, value, low, high; `names` are the factors to show, in order.
    """
    place = {name: at for at, name in enumerate(names)}
    rows = data[data["factor_a"].isin(names) & data["factor_b"].isin(names)]
    cells = np.full((max(len(names) - 1, 1), max(len(names) - 1, 1)), np.nan)
    for row in rows.itertuples():
        across, down = sorted((place[row.factor_a], place[row.factor_b]))
        cells[down - 1, across] = row.value
        if row.low <= 0.0 <= row.high:
            axes.plot(across, down - 1, ".", color=FAINT, markersize=2.5)
    limit = max(float(np.nanmax(np.abs(cells))) if np.isfinite(cells).any() else 0.0, 1e-12)
    picture = axes.imshow(cells, cmap=_DIVERGING, vmin=-limit, vmax=limit, aspect="equal")
    axes.set_xticks(range(len(names) - 1), names[:-1], rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names) - 1), names[1:])
    axes.tick_params(length=0, labelsize=6.5, labelcolor=INK)
    for side in axes.spines.values():
        side.set_visible(False)
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
    axes.plot(real["mu_star"], real["sigma"], "o", markersize=3.2, color=_ABOVE, alpha=0.6, mew=0, rasterized=True)
    if DUMMY in wide.index:
        axes.plot(wide.loc[DUMMY, "mu_star"], wide.loc[DUMMY, "sigma"], "x", color=_BELOW, markersize=6, clip_on=False)
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
        when = [_as_year(quarter) for quarter in rows["quarter"]]
        colour = PALETTE[(place + 1) % len(PALETTE)]
        axes.fill_between(when, rows["p5"], rows["p95"], color=colour, alpha=0.10, linewidth=0)
        axes.fill_between(when, rows["p25"], rows["p75"], color=colour, alpha=0.20, linewidth=0)
        axes.plot(when, rows["p50"], color=colour, linestyle=DASHES[place % len(DASHES)], linewidth=1.6)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(nbins=5, integer=True))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.margins(x=0)
    return axes


def phase_diagram(data: pd.DataFrame, axes: "Axes", fill: Any = None) -> "Axes":
    """Draw which outcome word is the most frequent over two numbers, with the borders between regimes.

    `data` has the columns x, y, word, share; every combination of x and y has the share of every word. Colour tells the
    word and fades where its lead is thin; `fill` gives the look of a word.
    """
    look_of = fill or (lambda word: _fill(word, look({})))
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


def heat_map(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw an outcome over two numbers, with lines of equal height.

    `data` has the columns x, y, value.
    """
    table = data.pivot_table(index="y", columns="x", values="value")
    across, up = table.columns.to_numpy(), table.index.to_numpy()
    picture = axes.pcolormesh(_edges(across), _edges(up), table.to_numpy(), cmap=_RISING, rasterized=True)
    if np.ptp(table.to_numpy()) > 0:
        lines = axes.contour(across, up, table.to_numpy(), levels=5, colors=INK, linewidths=0.6)
        axes.clabel(lines, fontsize=6)
    bar = axes.figure.colorbar(picture, ax=axes, shrink=0.85, pad=0.02)
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)
    return axes


def ternary_density(data: pd.DataFrame, axes: "Axes", corners: tuple[str, str, str]) -> "Axes":
    """Draw where in the triangle of three shares the runs of a sweep end, darker where more do.

    `data` has the columns left, right, top (shares 0..1 that need not sum to one).
    """
    _triangle(axes, corners)
    across, up = to_triangle(data[["left", "right", "top"]].to_numpy())
    cells = axes.hexbin(
        across, up, gridsize=42, extent=(0, 1, 0, 1), mincnt=1, bins="log", cmap=_RISING, linewidths=0.1, zorder=2
    )
    cells.set_rasterized(True)
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
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


# --- scenario discovery ----------------------------------------------------------------------------------------------


def discovery_box(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Draw the limits of a box found by PRIM, each restricted factor from the low to the high end of its range.

    `data` has the columns factor, low, high, least, most (limits of the box, ends of the range), quasi_p.
    """
    for place, row in enumerate(data.itertuples()):
        width = row.most - row.least
        left, right = (row.low - row.least) / width, (row.high - row.least) / width
        axes.plot([0, 1], [place, place], color=GRID, linewidth=5, solid_capstyle="butt", zorder=1)
        axes.plot([left, right], [place, place], color=_ABOVE, linewidth=9, solid_capstyle="butt", zorder=2)
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
    _factors_down(axes, data["factor"])
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([0, 1], ["low end", "high end"])
    axes.grid(visible=False)
    return axes


def discovery_path(data: pd.DataFrame, axes: "Axes", chosen: int) -> "Axes":
    """Draw the peeling path: coverage against density, the chosen box marked, darker where more factors are restricted.

    `data` has the columns coverage, density, restricted.
    """
    points = axes.scatter(data["coverage"], data["density"], c=data["restricted"], cmap=_RISING, s=16, vmin=0)
    axes.plot(
        data["coverage"].iloc[chosen], data["density"].iloc[chosen], "o", markersize=10, mfc="none", mec=_BELOW, mew=1.8
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


# --- whole figures ---------------------------------------------------------------------------------------------------


def draw_sweep(sweep: "Sweep", folder: Path | str | None = None, found: Sequence["Discovery"] = ()) -> list[Path]:
    """Draw every figure a sweep allows; write PNG, SVG and the data as CSV. Returns the paths, PNG first for each."""
    folder = sweep.folder / "figures" if folder is None else Path(folder)
    with mpl.rc_context(_STYLE):
        drawn: list[tuple[str, Figure, pd.DataFrame]] = []
        for draw in _BY_DESIGN[sweep.kind]:
            drawn += draw(sweep)
        drawn += _shared(sweep)
        for number, one in enumerate(found, start=1):
            drawn += _discovery_figures(sweep, one, number)
        captions = pd.DataFrame([{"figure": name, **_caption(figure)} for name, figure, _ in drawn])
        write_text(folder / CAPTIONS, captions.to_csv(index=False, lineterminator="\n"))
        return [path for name, figure, data in drawn for path in _write(figure, data, folder, name)]


_Drawn = list[tuple[str, Figure, pd.DataFrame]]


def _caption(figure: Figure) -> dict[str, str]:
    """The title of a figure and what it shows, as they stand above it."""
    title, shows = (text.get_text() for text in figure.texts[:2])
    return {"title": title, "shows": shows}


def _analysed(sweep: "Sweep", index: str) -> list[str]:
    """The outcomes for which there is such an index; courses, one outcome a quarter, are drawn elsewhere."""
    rows = sweep.indices[(sweep.indices["index"] == index) & ~sweep.indices["outcome"].str.contains("@", regex=False)]
    return list(dict.fromkeys(rows["outcome"]))[:MOST_PANELS]


def _one_a_panel(sweep: "Sweep", index: str, height: float, width: float = 4.7) -> tuple[Figure, Any, Any, list[str]]:
    outcomes = _analysed(sweep, index)
    figure, panels, spare = _frame(max(len(outcomes), 1), width, height)
    for axes, outcome in zip(panels, outcomes, strict=False):
        axes.set_title(outcome)
    return figure, panels, spare, outcomes


def _tornado_figure(sweep: "Sweep") -> _Drawn:
    data = sweep.indices[sweep.indices["index"] == "effect"]
    figure, panels, spare, outcomes = _one_a_panel(sweep, "effect", 3.9)
    for axes, outcome in zip(panels, outcomes, strict=False):
        tornado(data[data["outcome"] == outcome], axes)
    handles: list[Any] = [
        Patch(facecolor=_mixed(_BELOW, 0.35), edgecolor=_BELOW, label="factor at its low end"),
        Patch(facecolor=_mixed(_ABOVE, 0.35), edgecolor=_ABOVE, label="factor at its high end"),
        Line2D([], [], color=INK, label="95 % interval over luck"),
    ]
    _keys(figure, spare, handles)
    subtitle = "Difference from where everything stands as it is, on the same luck. Figures: values of the factor"
    return _finished(figure, "One factor at a time", subtitle, sweep, "tornado", data)


def _index_figure(sweep: "Sweep") -> _Drawn:
    data = sweep.indices[sweep.indices["index"].isin(["first", "total"])]
    if data.empty:
        return []
    figure, panels, spare, outcomes = _one_a_panel(sweep, "total", 3.9)
    for axes, outcome in zip(panels, outcomes, strict=False):
        index_bars(data[data["outcome"] == outcome], axes)
    handles: list[Any] = [
        Patch(facecolor=_ABOVE, label="first order: alone"),
        Patch(facecolor=_mixed(_ABOVE, 0.62), edgecolor=_ABOVE, label="total: with all it works together with"),
        Line2D([], [], color=INK, label="95 % interval"),
    ]
    _keys(figure, spare, handles)
    subtitle = f"Parts of the variance between points; the {MOST_BARS - 1} largest, and the dummy that moves nothing"
    return _finished(figure, "What the outcomes depend on", subtitle, sweep, "indices", data)


def _interaction_figure(sweep: "Sweep") -> _Drawn:
    data = sweep.interactions
    if data.empty:
        return []
    figure, panels, _, outcomes = _one_a_panel(sweep, "total", 3.9, 4.6)
    drawn = []
    for axes, outcome in zip(panels, outcomes, strict=False):
        totals = sweep.indices[(sweep.indices["index"] == "total") & (sweep.indices["outcome"] == outcome)]
        names = _largest(totals.set_index("factor")["value"], MOST_IN_MAP)
        mine = data[data["outcome"] == outcome]
        interaction_map(mine, axes, names)
        drawn.append(mine[mine["factor_a"].isin(names) & mine["factor_b"].isin(names)])
    subtitle = "Second order indices: what two do together beyond what each does alone. Dot: the interval covers zero"
    return _finished(figure, "What works together", subtitle, sweep, "interactions", pd.concat(drawn))


def _morris_figure(sweep: "Sweep") -> _Drawn:
    table = sweep.screening if sweep.manifest["screen"] else sweep.indices
    data = table[table["index"].isin(["mu_star", "sigma"])]
    if data.empty:
        return []
    outcomes = [name for name in dict.fromkeys(data["outcome"]) if "@" not in name][:MOST_PANELS]
    figure, panels, spare = _frame(len(outcomes), 4.6, 3.7)
    for axes, outcome in zip(panels, outcomes, strict=True):
        morris_scatter(data[data["outcome"] == outcome], axes)
        axes.set_title(outcome)
        axes.set_xlabel("μ*: mean size of the effect over the whole range")
        axes.set_ylabel("σ: spread of the effect")
    handles: list[Any] = [
        Line2D([], [], marker="o", linestyle="none", color=_ABOVE, markersize=4, label="a factor"),
        Line2D([], [], marker="x", linestyle="none", color=_BELOW, label="the dummy, which moves nothing"),
    ]
    _keys(figure, spare, handles)
    count = data["factor"].nunique() - 1
    subtitle = f"Elementary effects of {count:,} factors; high above the lines, an effect depends on where others stand"
    drawn = data[data["outcome"].isin(outcomes)]
    wide = drawn.pivot_table(index=["outcome", "factor"], columns="index", values="value", sort=False).reset_index()
    return _finished(figure, "Screening", subtitle, sweep, "screening", wide)


def _correlation_figure(sweep: "Sweep") -> _Drawn:
    data = sweep.indices[sweep.indices["index"] == "rank_correlation"]
    if data.empty:
        return []
    figure, panels, _, outcomes = _one_a_panel(sweep, "rank_correlation", 3.9)
    data = data[data["outcome"].isin(outcomes)]  # what is drawn; the rest stands in the tables
    for axes, outcome in zip(panels, outcomes, strict=False):
        ranked_bars(data[data["outcome"] == outcome], axes)
    subtitle = "Spearman's rank correlation with 95 % interval; the last is the dummy, which moves nothing"
    return _finished(figure, "What goes with what", subtitle, sweep, "correlations", data)


# --- grids -----------------------------------------------------------------------------------------------------------


def _asks(sweep: "Sweep") -> list[dict[str, Any]]:
    return [ask for ask in sweep.manifest["outcomes"] if not isinstance(ask, str)]


def _axes_of(sweep: "Sweep") -> list[str]:
    """The factors of a grid, the dummy left out."""
    return [name for name in sweep.factors if name != DUMMY]


def _is_map(sweep: "Sweep") -> bool:
    names = _axes_of(sweep)
    return len(names) >= 2 and all(sweep.design[name].nunique() >= _SMOOTH for name in names[:2])


def _maps(sweep: "Sweep") -> _Drawn:
    if not _is_map(sweep):
        return []
    drawn: _Drawn = []
    groups: dict[str, list[dict[str, Any]]] = {}
    for ask in _asks(sweep):
        if "word" in ask["labels"]:
            groups.setdefault(ask["group"], []).append(ask)
    for group, asks in groups.items():
        drawn += _phase_figure(sweep, group, asks)
    plain = [ask["name"] for ask in _asks(sweep) if not {"word", "quarter"} & set(ask["labels"])][:MOST_PANELS]
    if plain:
        drawn += _heat_figure(sweep, plain)
    return drawn


def _over_two(sweep: "Sweep") -> pd.DataFrame:
    x, y = _axes_of(sweep)[:2]
    return sweep.means.groupby([x, y], as_index=False).mean().rename(columns={x: "x", y: "y"})


def _phase_figure(sweep: "Sweep", group: str, asks: list[dict[str, Any]]) -> _Drawn:
    states = list(dict.fromkeys(ask["labels"].get("state", "") for ask in asks))
    means, parts = _over_two(sweep), []
    for ask in asks:
        labels = {"state": ask["labels"].get("state", ""), "word": ask["labels"]["word"]}
        parts.append(means[["x", "y"]].assign(**labels, share=means[ask["name"]]))
    data = pd.concat(parts, ignore_index=True)
    figure, panels, spare = _frame(len(states), 4.0, 3.5)
    x, y = _axes_of(sweep)[:2]
    for axes, state in zip(panels, states, strict=True):
        phase_diagram(data[data["state"] == state], axes)
        axes.set_title(sweep.manifest["states"].get(state, "all states"))
        axes.set_xlabel(x)
        axes.set_ylabel(y)
    won = data.loc[data.groupby(["state", "x", "y"])["share"].idxmax(), "word"]
    plain = lambda word: _fill(word, look({}))  # noqa: E731
    handles = [Patch(facecolor=regime_colour(word, plain), label=word) for word in dict.fromkeys(won)]
    _keys(figure, spare, handles)
    subtitle = "The most frequent outcome word at each point; pale where its lead is thin. Lines: borders of regimes"
    return _finished(figure, "Which regime rules where", subtitle, sweep, f"phases-{_file_name(group)}", data)


def _heat_figure(sweep: "Sweep", names: list[str]) -> _Drawn:
    means = _over_two(sweep)
    figure, panels, _ = _frame(len(names), 4.6, 3.5)
    x, y = _axes_of(sweep)[:2]
    for axes, name in zip(panels, names, strict=True):
        heat_map(means.assign(value=means[name]), axes)
        axes.set_title(name)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
    data = means[["x", "y", *names]]
    return _finished(figure, "The outcomes over two numbers", "Mean over replicates", sweep, "maps", data)


def _responses(sweep: "Sweep") -> _Drawn:
    """Outcomes against the first factor, one line a combination of levels of the others."""
    if _is_map(sweep):
        return []
    names = [ask["name"] for ask in _asks(sweep) if not {"word", "quarter"} & set(ask["labels"])]
    names = (names or [name for name in sweep.outcomes if "@" not in name])[: 2 * MOST_PANELS]
    if not names:
        return []
    first, *others = _axes_of(sweep)
    data = _response_table(sweep, names, first, others)
    figure, panels, spare = _frame(len(names), 3.9, 3.0)
    for axes, name in zip(panels, names, strict=True):
        response_lines(data[data["outcome"] == name], axes)
        axes.set_title(name)
        axes.set_xlabel(first)
    _series_legend(figure, spare, list(dict.fromkeys(data["series"])))
    subtitle = "Mean over replicates, with the 95 % interval that luck leaves"
    return _finished(figure, "How the outcomes respond", subtitle, sweep, "responses", data)


def _response_table(sweep: "Sweep", names: list[str], first: str, others: list[str]) -> pd.DataFrame:
    runs = sweep.runs.merge(sweep.design, on="point")
    series = [_level_text(sweep, others, row) for row in runs[others].itertuples(index=False)] if others else "all"
    runs = runs.assign(series=series)
    tables = []
    for name in names:
        by = runs.groupby(["series", first], sort=False)[name].agg(["mean", "std", "count"]).reset_index()
        half = 1.959963984540054 * by["std"].fillna(0.0) / np.sqrt(by["count"])
        limits = {"value": by["mean"], "low": by["mean"] - half, "high": by["mean"] + half}
        tables.append(pd.DataFrame({"outcome": name, "series": by["series"], "x": by[first]} | limits))
    return pd.concat(tables, ignore_index=True)


def _level_text(sweep: "Sweep", names: Sequence[str], values: Iterable[float]) -> str:
    """Levels in words: a switch is on or off."""
    words = []
    for name, value in zip(names, values, strict=True):
        switch = sweep.factors[name]["kind"] == "switch"
        words.append(f"{name} {'on' if value > 0 else 'off'}" if switch else f"{name} = {value:.3g}")
    return ", ".join(words)


def _courses(sweep: "Sweep") -> _Drawn:
    """Courses over time, one fan a level of the first factor; the other factors are pooled."""
    asks = [ask for ask in _asks(sweep) if "quarter" in ask["labels"]]
    if not asks:
        return []
    first = _axes_of(sweep)[0]
    runs = sweep.runs.merge(sweep.design[["point", first]], on="point")
    rows = []
    for ask in asks:
        name = ask["name"].partition("@")[0]
        for level, values in runs.groupby(first, sort=True)[ask["name"]]:
            quantiles = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
            row = {"outcome": name, "level": level, "quarter": ask["labels"]["quarter"]}
            rows.append(row | dict(zip(("p5", "p25", "p50", "p75", "p95"), quantiles, strict=True)))
    data = pd.DataFrame(rows)
    names = list(dict.fromkeys(data["outcome"]))[:MOST_PANELS]
    figure, panels, spare = _frame(len(names), 4.2, 3.1)
    for axes, name in zip(panels, names, strict=True):
        fans(data[data["outcome"] == name], axes)
        axes.set_title(name)
    _series_legend(figure, spare, [_level_text(sweep, [first], [level]) for level in dict.fromkeys(data["level"])])
    subtitle = "One fan a level: median, half of the runs, nine runs in ten"
    return _finished(figure, f"The course of things, by {first}", subtitle, sweep, "courses", data)


def _frame(count: int, width: float, height: float) -> tuple[Figure, list["Axes"], "Axes | None"]:
    """Panels as in every figure of the house, without the margin on the right that a legend would need there."""
    figure, panels, spare = _panels(count, width, height)
    if spare is None:
        figure.set_figwidth(max(figure.get_figwidth() - 1.6, 6.4))
    return figure, panels, spare


def _keys(figure: Figure, spare: "Axes | None", handles: list[Any]) -> None:
    """What the marks mean: in the spare panel where there is one, else in lines between title and panels."""
    if spare is not None:
        spare.legend(handles=handles, loc="center", handlelength=2.6, labelspacing=0.7)
        return
    longest = max(len(handle.get_label()) for handle in handles)
    columns = max(1, min(len(handles), int(figure.get_figwidth() / (0.6 + _LETTER * longest))))
    lines = -(-len(handles) // columns)
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.005, 1 - 0.58 / figure.get_figheight()),
        ncols=columns,
        handlelength=2.6,
        columnspacing=1.4,
        borderpad=0.2,
    )
    room = _LINE * lines
    figure.set_figheight(figure.get_figheight() + room)
    figure.legends[0].set_bbox_to_anchor((0.005, 1 - 0.58 / figure.get_figheight()))
    setattr(figure, _ROOM, room)


def _series_legend(figure: Figure, spare: "Axes | None", names: Sequence[str]) -> None:
    if len(names) < 2:
        return
    handles = [
        Line2D([], [], color=PALETTE[(at + 1) % len(PALETTE)], linestyle=DASHES[at % len(DASHES)], label=name)
        for at, name in enumerate(names)
    ]
    _keys(figure, spare, handles)


# --- what every sweep has --------------------------------------------------------------------------------------------


def _shared(sweep: "Sweep") -> _Drawn:
    return [*_noise_figure(sweep), *_convergence_figure(sweep), *_ternary_figures(sweep)]


def _noise_figure(sweep: "Sweep") -> _Drawn:
    data = sweep.noise[~sweep.noise["outcome"].str.contains("@", regex=False)]
    if data["parameters"].isna().all():
        return []
    count = int(data["parameters"].notna().sum())
    figure = Figure(figsize=(7.6, 1.9 + 0.27 * count), layout="constrained")
    axes = noise_bars(data, figure.subplots())
    axes.set_xlabel("% of the variance over all runs")
    handles = [
        Patch(facecolor=_ABOVE, label="parameters"),
        Patch(facecolor="#B9B9B9", hatch="///", edgecolor=FAINT, label="luck that depends on them"),
        Patch(facecolor="#E9ECEF", hatch="...", edgecolor=FAINT, label="luck"),
    ]
    _keys(figure, None, handles)
    subtitle = f"{sweep.manifest['replicates']} replicates a point, the same luck at every point"
    return _finished(figure, "Parameters or luck?", subtitle, sweep, "luck", data)


def _convergence_figure(sweep: "Sweep") -> _Drawn:
    data = sweep.convergence[~sweep.convergence["outcome"].str.contains("@", regex=False)]
    if data.empty or data.groupby("outcome")["points"].nunique().max() < 2:
        return []
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = convergence_lines(data, figure.subplots())
    axes.set_xlabel("base points" if sweep.kind is DesignKind.SOBOL else "trajectories")
    axes.set_ylabel("half of the widest 95 % interval")
    _keys(figure, None, axes.get_lines()[:-1])
    subtitle = "Dashed: the target. Where a line ends above it, the sample is too small"
    return _finished(figure, "Was the sample large enough?", subtitle, sweep, "convergence", data)


def _ternary_figures(sweep: "Sweep") -> _Drawn:
    """Densities of alignment at the end, where it was asked for by power."""
    drawn: _Drawn = []
    groups: dict[str, list[dict[str, Any]]] = {}
    for ask in _asks(sweep):
        if ask["what"] == ["alignment"] and ask["at"] == "end" and "power" in ask["labels"]:
            groups.setdefault(ask["group"], []).append(ask)
    for group, asks in groups.items():
        powers = list(dict.fromkeys(ask["labels"]["power"] for ask in asks))
        if len(powers) >= 3:
            drawn += _ternary_figure(sweep, group, asks, powers)
    return drawn


def _ternary_figure(sweep: "Sweep", group: str, asks: list[dict[str, Any]], powers: list[str]) -> _Drawn:
    mean = {power: sum(sweep.runs[a["name"]].mean() for a in asks if a["labels"]["power"] == power) for power in powers}
    left, right = sorted(sorted(mean, key=lambda power: -float(mean[power]))[:2], key=powers.index)
    states = list(dict.fromkeys(ask["labels"].get("state", "") for ask in asks))
    tables = []
    for state in states:
        names = {a["labels"]["power"]: a["name"] for a in asks if a["labels"].get("state", "") == state}
        others = sum(sweep.runs[name] for power, name in names.items() if power not in {left, right})
        columns = {"left": sweep.runs[names[left]], "right": sweep.runs[names[right]], "top": others}
        tables.append(pd.DataFrame(columns).assign(state=state))
    data = pd.concat(tables, ignore_index=True)
    named = sweep.manifest["powers"]
    figure, panels, _ = _frame(len(states), 3.6, 3.3)
    for axes, state in zip(panels, states, strict=True):
        ternary_density(data[data["state"] == state], axes, (named[left], named[right], "all other powers"))
        axes.set_title(sweep.manifest["states"].get(state, "all states"))
    subtitle = "Shares among the powers at the end of every run, at every point; the darker, the more runs end there"
    title = "Where the states end, in all these worlds"
    kept = data.sample(min(len(data), 5_000), random_state=0).sort_index()  # the whole is in outcomes.parquet
    return _finished(figure, title, subtitle, sweep, f"ternary-{_file_name(group)}", kept)


def _discovery_figures(sweep: "Sweep", found: "Discovery", number: int) -> _Drawn:
    figure = Figure(figsize=(10.5, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
    discovery_box(found.box, left)
    discovery_path(found.path, right, found.chosen)
    right.set_xlabel("coverage: part of such worlds inside the box")
    right.set_ylabel("density: part of the box that is such worlds")
    subtitle = f"{found.words}: coverage {found.coverage:.2f}, density {found.density:.2f}, base rate {found.rate:.2f}"
    drawn = _finished(figure, "In which worlds?", subtitle, sweep, f"box-{number}", found.box)
    figure = Figure(figsize=(6.6, 4.4), layout="constrained")
    axes = ranked_bars(found.scores.assign(low=np.nan, high=np.nan), figure.subplots())
    axes.set_xlabel("importance in a forest of extremely randomised trees")
    title = "Which factors tell such worlds apart?"
    return drawn + _finished(figure, title, found.words, sweep, f"scores-{number}", found.scores)


def _finished(figure: Figure, title: str, subtitle: str, sweep: "Sweep", name: str, data: pd.DataFrame) -> _Drawn:
    counted = f"{sweep.number_of_runs:,} runs, seed {sweep.manifest['seed']}"
    names = f"{sweep.title} ({sweep.name})"
    layout = figure.get_layout_engine()
    if isinstance(layout, ConstrainedLayoutEngine):
        layout.set(w_pad=_SIDE_PAD)
    _finish_with(figure, title, subtitle, names, counted, above=getattr(figure, _ROOM, 0.0))
    return [(name, figure, data)]


def _file_name(group: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in group.lower())


_BY_DESIGN: dict[DesignKind, tuple[Any, ...]] = {
    DesignKind.ONE_AT_A_TIME: (_tornado_figure,),
    DesignKind.GRID: (_maps, _responses, _courses),
    DesignKind.LATIN_HYPERCUBE: (_correlation_figure,),
    DesignKind.SOBOL: (_morris_figure, _index_figure, _interaction_figure),
    DesignKind.MORRIS: (_morris_figure,),
    DesignKind.FAST: (_index_figure,),
}
