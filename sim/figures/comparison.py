"""Figures of differences: by how much, how surely, when, and which runs end under another word.

The house style is that of `sim.figures.style`: (data, axes) -> axes, colours and marks that can be told apart by people
who see colours differently and in grey print, and the data beside every picture.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.comparison import Comparison
from sim.analysis.effect_tables import shown_outcomes
from sim.analysis.kept_comparison import KeptComparison
from sim.figures.calendar_axis import calendar_axis, course
from sim.figures.columns import Columns, Table, columns_of, numbers, rows_of, texts
from sim.figures.flows import flow
from sim.figures.given import drawn_of
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure
from sim.figures.style import (
    DASHES,
    FAINT,
    GRID,
    INK,
    PALETTE,
    finish,
    house_style,
    in_lines,
    look,
    panels_for,
    put_legend,
)
from sim.io.text import percent_in_cell
from sim.model.variables import in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")
_DIVERGING = "PuOr_r"  # told apart by people who see colours differently; pale where nothing differs
_NARROWEST = 9.6  # inches that the line below the title needs
_LABEL, _HEADING = 34, 44  # letters in a line of a title, in a legend and above a panel
_FEW = 0.05  # of the runs fill the height where no panel has more, so that a few do not look like many
_OF_FLOWS = ("scenario", "state", "before", "after", "runs")
_UNIT_OF_EFFECT = "in units of the spread between runs"

# --- how far apart ---------------------------------------------------------------------------------------------------


def difference_marks(data: Table, axes: "Axes", rows: Sequence[str], scenarios: Sequence[str]) -> "Axes":
    """Draw differences with their intervals, one row a label and one mark a scenario.

    `data` has the columns scenario, label, difference, low, high, counts; `rows` are labels from top to bottom.
    """
    axes.axvline(0.0, color=FAINT, linewidth=0.8, zorder=1)
    step = 0.7 / max(len(scenarios), 1)
    named, labels, counts = texts(data, "scenario"), texts(data, "label"), np.asarray(data["counts"], dtype=bool)
    middle, low, high = (numbers(data, name) for name in ("difference", "low", "high"))
    row_of = {label: row for row, label in enumerate(rows)}
    heights = np.array([row_of.get(label, np.nan) for label in labels], dtype=float)
    for place, scenario in enumerate(scenarios):
        mine = (named == scenario) & np.isfinite(heights) & ~np.isnan(middle)
        where = heights - 0.35 + step * (place + 0.5)
        colour = PALETTE[place % len(PALETTE)]
        axes.hlines(where[mine], low[mine], high[mine], color=colour, linewidth=1.5, zorder=2)
        for chosen, face in ((mine & counts, colour), (mine & ~counts, "white")):
            axes.plot(
                middle[chosen],
                where[chosen],
                MARKS[place % len(MARKS)],
                color=colour,
                markerfacecolor=face,
                markersize=4.5,
                linestyle="none",
                zorder=3,
            )
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=8.5)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(nbins=5))
    return axes


def effect_map(
    values: pd.DataFrame,
    axes: "Axes",
    largest: float,
    written: pd.DataFrame | None = None,
    size: float = 7.0,
    counts: pd.DataFrame | None = None,
) -> Any:
    """Draw a table as colours, from -`largest` to `largest`; gives back the picture, for a colour bar.

    written: what stands in the cells; counts: whether what a cell says counts, and is not what chance may bring; both
    of the same shape as `values`. A cell that does not count is left white, and so is one without a value.
    """
    says = np.isfinite(values.to_numpy(dtype=float))
    if counts is not None:
        says &= counts.to_numpy(dtype=bool)
    shown = np.where(says, values.to_numpy(dtype=float), np.nan)
    down, across = (np.arange(count + 1) - 0.5 for count in shown.shape)
    shades = {"cmap": _DIVERGING, "vmin": -largest, "vmax": largest}
    picture = axes.pcolormesh(across, down, np.ma.masked_invalid(shown), **shades)
    axes.set_xlim(across[0], across[-1])
    axes.set_ylim(down[-1], down[0])
    axes.set_xticks(range(values.shape[1]), [str(name) for name in values.columns])
    axes.set_yticks(range(values.shape[0]), [str(name) for name in values.index])
    axes.tick_params(axis="both", length=0, labelcolor=INK, labelsize=8)
    axes.xaxis.set_ticks_position("top")
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    between = [[(place, down[0]), (place, down[-1])] for place in across[1:-1]]
    between += [[(across[0], place), (across[-1], place)] for place in down[1:-1]]
    axes.add_collection(LineCollection(between, colors="white", linewidths=1.2, zorder=1.5), autolim=False)
    for (row, column), word in np.ndenumerate(() if written is None else written.to_numpy()):
        dark = says[row, column] and abs(shown[row, column]) >= 0.5 * largest
        colour = "white" if dark else INK if says[row, column] else FAINT
        cell = axes.text(column, row, word, ha="center", va="center", fontsize=size, color=colour)
        cell.set_in_layout(False)
    return picture


# --- when ------------------------------------------------------------------------------------------------------------


def difference_over_time(data: Table, axes: "Axes", scenarios: Sequence[str]) -> "Axes":
    """Draw a difference quarter by quarter with its band, one line a scenario.

    `data` has the columns scenario, quarter, difference, low, high.
    """
    axes.axhline(0.0, color=FAINT, linewidth=0.8, zorder=1)
    named, quarters = texts(data, "scenario"), texts(data, "quarter")
    bands = [numbers(data, name) for name in ("low", "difference", "high")]
    for place, scenario in enumerate(scenarios):
        mine = named == scenario
        if not mine.any():
            continue
        when, low, middle, high = course(quarters[mine], *(band[mine] for band in bands))
        colour = PALETTE[place % len(PALETTE)]
        axes.fill_between(when, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(when, middle, color=colour, linestyle=DASHES[place % len(DASHES)], linewidth=1.6)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    calendar_axis(axes, quarters)
    return axes


# --- whole figures ---------------------------------------------------------------------------------------------------


def draw_differences(comparison: Comparison | KeptComparison, folder: Path | str | None = None) -> Path:
    """Draw every figure of a comparison; write PNG, SVG and the data as CSV. Returns the folder."""
    made = Comparison | KeptComparison
    place = drawn_of("sim.figures.draw_differences", "comparison", comparison, made, "sim.compare", folder)
    folder = comparison.folder / "figures" if place is None else place
    with house_style():
        drawn = [
            ("differences", *_difference_figure(comparison)),
            ("effects", *_effect_figure(comparison)),
            ("flows", *_flow_figure(comparison)),
        ]
        if not comparison.course.empty:
            drawn.append(("course", *_course_figure(comparison)))
        for name, figure, data in drawn:
            write_figure(figure, data, folder, name)
    return folder


def _rest(comparison: Comparison | KeptComparison) -> tuple[str, str]:
    """What stands below a figure: the scenarios, and how many runs."""
    named = zip(comparison.titles, comparison.names, strict=True)
    names = "; ".join(title if title.endswith(f"({name})") else f"{title} ({name})" for title, name in named)
    return names, comparison.caption


def _scenario_handles(comparison: Comparison | KeptComparison, marks: bool) -> list[Any]:
    handles: list[Any] = []
    for place, title in enumerate(comparison.titles[1:]):
        style = {"color": PALETTE[place % len(PALETTE)], "label": in_lines(title, _LABEL)}
        if marks:
            handles.append(Line2D([], [], marker=MARKS[place % len(MARKS)], markersize=5, **style))
        else:
            handles.append(Line2D([], [], linestyle=DASHES[place % len(DASHES)], linewidth=1.6, **style))
    return handles


def _widest(data: Columns) -> float:
    """How far an axis goes to either side to hold all intervals."""
    return 1.05 * float(np.nanmax(np.abs([data["low"], data["high"]]))) or 1.0


def _difference_figure(comparison: Comparison | KeptComparison) -> tuple[Figure, Columns]:
    left_out = {"effect", "z", "p", "moved", "needed"}
    data = columns_of(comparison.effects, [name for name in comparison.effects if name not in left_out])
    data = rows_of(data, data["measure"] == "alignment")
    shown = data | {"label": data["power"]} | {name: 100 * data[name] for name in ("difference", "low", "high")}
    scenarios, rows = comparison.names[1:], list(comparison.powers)
    height = 0.7 + (0.14 + 0.12 * len(scenarios)) * len(rows)
    figure, panels, spare = panels_for(len(comparison.states), 4.0, max(2.6, height))
    widest = _widest(shown)
    for axes, (state, name) in zip(panels, comparison.states.items(), strict=True):
        difference_marks(rows_of(shown, shown["state"] == state), axes, rows, scenarios)
        axes.set_xlim(-widest, widest)
        axes.set_title(name, y=1.0)
        axes.set_xlabel("% points")
    handles = _scenario_handles(comparison, marks=True)
    plain = {"color": FAINT, "linestyle": "none", "marker": "o", "markersize": 5}
    handles += [
        Line2D([], [], label="clear, and large enough to count", **plain),
        Line2D([], [], markerfacecolor="white", label="may be chance, or too small", **plain),
    ]
    put_legend(figure, spare, handles)
    level = round(100 * comparison.level)
    subtitle = (
        f'Difference from "{comparison.titles[0]}" in each share of alignment at the end, with {level} % intervals'
    )
    finish(figure, "Whom each state turns to, and from", subtitle, *_rest(comparison))
    return figure, data


def _effect_figure(comparison: Comparison | KeptComparison) -> tuple[Figure, Columns]:
    scenarios, states = comparison.names[1:], list(comparison.states)
    rows = shown_outcomes(comparison.effects, list(comparison.powers))
    names = [in_words(*row) for row in rows]
    told = columns_of(comparison.effects)
    place = {row: place for place, row in enumerate(rows)}
    at = np.array([place.get(row, -1) for row in zip(told["measure"], told["power"], strict=True)])
    order = np.argsort(at, kind="stable")[np.count_nonzero(at < 0) :]
    data = {name: told[name][order] for name in dict.fromkeys(("measure", "power", *told))}
    at = at[order]
    finite = np.abs(data["effect"])
    largest = max(0.2, float(np.quantile(finite[np.isfinite(finite)], 0.97))) if np.isfinite(finite).any() else 1.0
    figure = Figure(figsize=(max(_NARROWEST, 2.4 + 3.3 * len(scenarios)), 1.9 + 0.3 * len(rows)), layout="constrained")
    panels = figure.subplots(1, len(scenarios), sharey=True, squeeze=False, subplot_kw=PANELS)[0]
    picture = None
    for axes, scenario, title in zip(panels, scenarios, comparison.titles[1:], strict=True):
        mine = data["scenario"] == scenario
        cells = (at[mine], [states.index(state) for state in data["state"][mine]])
        says = [
            effect_cell(*cell) for cell in zip(data["effect"][mine], data["counts"][mine].astype(bool), strict=True)
        ]
        values, written, counts = (
            _laid_out(cells, what, empty, names, states)
            for what, empty in ((data["effect"][mine], np.nan), (says, ""), (data["counts"][mine], False))
        )
        picture = effect_map(values, axes, largest, written, counts=counts)
        axes.set_title(in_lines(title, _HEADING), pad=22)
    figure.colorbar(picture, ax=list(panels), shrink=0.7, pad=0.02, label=_UNIT_OF_EFFECT)
    subtitle = f'Difference from "{comparison.titles[0]}", {_UNIT_OF_EFFECT}; * and colour: {comparison.counting}'
    finish(figure, "How strongly each outcome differs", subtitle, *_rest(comparison))
    return figure, data


def _laid_out(
    cells: tuple[Any, Any], what: Any, empty: Any, rows: Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    """A table of what stands in some cells (row, column)."""
    grid = np.full((len(rows), len(columns)), empty, dtype=object if empty == "" else None)
    grid[cells] = what
    return pd.DataFrame(grid, rows, columns)


def effect_cell(effect: float, clear: bool) -> str:
    """An effect as a cell of the table says it; a star where it is clear."""
    if not np.isfinite(effect):
        return "" if not clear else "*"
    text = f"{effect:+.2f}".replace("-", "−") if abs(effect) >= 0.005 else "0"
    return text + ("*" if clear else "")


def _flow_figure(comparison: Comparison | KeptComparison) -> tuple[Figure, Columns]:
    scenarios, how = comparison.names[1:], look(comparison.powers)
    data = columns_of(comparison.changes)
    down, across = len(comparison.states), len(scenarios)
    figure = Figure(figsize=(max(_NARROWEST, 2.4 + 5.2 * across), 1.3 + 1.75 * down), layout="constrained")
    grid = figure.subplots(down, across, squeeze=False, subplot_kw=PANELS)
    moved: dict[tuple[str, str], int] = {}
    for scenario, state, before, after, runs in zip(*(data[name] for name in _OF_FLOWS), strict=True):
        moved[scenario, state] = moved.get((scenario, state), 0) + (int(runs) if before != after else 0)
    most = max([*moved.values(), round(_FEW * comparison.runs)])
    for column, (scenario, title) in enumerate(zip(scenarios, comparison.titles[1:], strict=True)):
        changed = comparison.changed(scenario)
        for row, (state, name) in enumerate(comparison.states.items()):
            axes = grid[row, column]
            flow(rows_of(data, (data["scenario"] == scenario) & (data["state"] == state)), axes, how, most)
            heading = f"{name}: {percent_in_cell(changed[state])} end under another word"
            axes.set_title(
                f"{in_lines(title, _HEADING)}\n{heading}" if row == 0 and across > 1 else heading, y=1.0, fontsize=9.5
            )
    subtitle = (
        f'Left: word in "{comparison.titles[0]}". Right: word in the scenario, same luck. Only runs that change, and '
        "how many, all to one scale"
    )
    finish(figure, "Which runs end under another word", subtitle, *_rest(comparison))
    return figure, data


def _course_figure(comparison: Comparison | KeptComparison) -> tuple[Figure, Columns]:
    data = columns_of(comparison.course)
    mine = rows_of(data, data["measure"] == "effective_partners")
    figure, panels, spare = panels_for(len(comparison.states), 4.0, 2.7)
    widest = _widest(mine)
    for axes, (state, name) in zip(panels, comparison.states.items(), strict=True):
        difference_over_time(rows_of(mine, mine["state"] == state), axes, comparison.names[1:])
        axes.set_ylim(-widest, widest)
        axes.set_title(name, y=1.0)
    handles = _scenario_handles(comparison, marks=False)
    level = round(100 * comparison.level)
    handles.append(Patch(facecolor=FAINT, alpha=0.3, label=f"{level} % interval of the mean"))
    put_legend(figure, spare, handles)
    runs = int(mine["runs"][0])
    subtitle = f'Difference from "{comparison.titles[0]}" in effective partners, quarter by quarter; {runs:,} runs'
    finish(figure, "When the scenarios part", subtitle, *_rest(comparison))
    return figure, data


# --- what each system does -------------------------------------------------------------------------------------------
