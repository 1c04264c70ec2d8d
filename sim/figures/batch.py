"""Figures of results: (data, axes) -> axes, and one function that draws and writes them all.

A drawing function takes a tidy table and the axes to draw on, and gives the axes back, so any of them can be put into a
figure of one's own. Colours, style and layout are those of `sim.figures.style`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from sim.batch.naming import names_apart, titles_apart
from sim.batch.outcomes import split_word
from sim.batch.results import Results
from sim.batch.rows import final_rows
from sim.batch.tables import value_unit
from sim.figures.calendar_axis import calendar_axis, course
from sim.figures.columns import Columns, Table, numbers, read_columns, read_first, rows_of, stacked, texts
from sim.figures.given import beside_each_other, drawn_of
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure
from sim.figures.style import (
    FAINT,
    GRID,
    INK,
    PALETTE,
    Look,
    apart,
    finish,
    house_style,
    in_lines,
    look,
    mixed,
    outcome_fill,
    outcome_order,
    panels_for,
    put_legend,
)
from sim.figures.ternary import ternary_path
from sim.io.text import percent_in_cell
from sim.model.variables import BY_NAME, OFFER_TOTALS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_LABEL, _WIDEST_LABEL = 30, 50  # letters in a line of a name beside a bar
_BAR = 0.74  # of its row that a bar is high
_SHORTER = 8  # by so many letters a line may end early, where a name can be broken

# --- alignment over time ---------------------------------------------------------------------------------------------


def alignment_over_time(data: Table, axes: "Axes", how: Look, top: float | None = None) -> "Axes":
    """Draw alignment of one state over time: median, and bands with 50 % and 90 % of the runs.

    `data` has one row a quarter and power with the columns quarter, power, p5, p25, p50, p75, p95 (shares 0..1); `top`
    is where the axis ends, in per cent, just above the bands unless given.
    """
    ends: dict[str, float] = {}
    bands, fills = [], []
    quarters, powers = texts(data, "quarter"), texts(data, "power")
    shares = [100 * numbers(data, name) for name in ("p5", "p25", "p50", "p75", "p95")]
    for power in how.name:
        mine = powers == power
        if not mine.any():
            continue
        when, low, below, middle, above, high = course(quarters[mine], *(share[mine] for share in shares))
        bands += [_between(when, low, high), _between(when, below, above)]
        fills += [to_rgba(how.colour[power], alpha) for alpha in (0.13, 0.26)]
        axes.plot(when, middle, color=how.colour[power], linestyle=how.dash[power], linewidth=1.7)
        ends[power] = float(middle[-1])
    axes.add_collection(PolyCollection(bands, facecolors=fills, linewidths=0), autolim=False)
    calendar_axis(axes, quarters)
    axes.set_ylim(0, (1.06 * float(shares[-1].max()) if top is None else top) or 1.0)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    first, last = axes.get_xlim()
    _label_ends(axes, ends, last, last - first, how)
    return axes


def _between(when: Any, low: Any, high: Any) -> "NDArray[np.float64]":
    """The outline of a band."""
    return np.concatenate([np.column_stack([when, low]), np.column_stack([when, high])[::-1]])


def _label_ends(axes: "Axes", ends: dict[str, float], last: float, span: float, how: Look) -> None:
    """Name each line at its end; names that would meet are moved apart and tied to their line."""
    bottom, top = axes.get_ylim()
    places = apart(ends, 0.062 * (top - bottom), bottom + 0.02 * (top - bottom), top)
    ties = [[(last, value), (last + 0.035 * span, places[power])] for power, value in ends.items()]
    colours = [how.colour[power] for power in ends]
    axes.add_collection(LineCollection(ties, colors=colours, linewidths=0.7, clip_on=False), autolim=False)
    for power in ends:
        axes.text(
            last + 0.045 * span,
            places[power],
            power,
            color=how.colour[power],
            fontsize=8,
            fontweight="bold",
            va="center",
            clip_on=False,
        )


# --- outcomes --------------------------------------------------------------------------------------------------------


def outcome_bars(data: Table, axes: "Axes", how: Look) -> "Axes":
    """Draw outcome frequencies as stacked bars, one a row of `label`, from top to bottom in order of appearance.

    `data` has the columns label, outcome (word), share (0..1).
    """
    rank = outcome_order(how)
    rows = list(zip(texts(data, "label"), texts(data, "outcome"), (100 * numbers(data, "share")).tolist(), strict=True))
    labels = list(dict.fromkeys(label for label, _, _ in rows))
    for place, label in enumerate(labels):
        start = 0.0
        for _, word, width in sorted((row for row in rows if row[0] == label), key=lambda row: rank(row[1])):
            axes.add_patch(Rectangle((start, place - _BAR / 2), width, _BAR, **outcome_fill(word, how)))
            _write_inside(axes, start + width / 2, place, word, width)
            start += width
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=9)
    axes.spines["left"].set_visible(False)
    return axes


def _write_inside(axes: "Axes", across: float, place: int, word: str, width: float) -> None:
    """Name a segment as fully as its width (in per cent) allows."""
    if width < 4.5:
        return
    outcome, power = split_word(word)
    text, size = f"{width:.0f} %", 6.8
    if width >= 17:
        text, size = f"{word} {width:.0f} %", 7.5
    elif width >= 9.5:
        text = f"{power or outcome.word}\n{width:.0f} %"
    box = {"boxstyle": "round,pad=0.18", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
    axes.text(across, place, text, ha="center", va="center", fontsize=size, bbox=box).set_in_layout(False)


# --- offers ----------------------------------------------------------------------------------------------------------


def offer_bars(data: Table, axes: "Axes", how: Look) -> "Axes":
    """Draw what each power offered, and how much of it was accepted, as bars one inside the other.

    `data` has one row a power with the columns power, made, accepted (per run).
    """
    powers, lengths = texts(data, "power"), {name: numbers(data, name) for name in ("made", "accepted")}
    longest = float(lengths["made"].max()) or 1.0
    colours = [how.colour[power] for power in powers]
    pale = [mixed(colour, 0.78) for colour in colours]
    for values, height, faces, edges in (("made", 0.72, pale, colours), ("accepted", 0.42, colours, "none")):
        bars = _bars(lengths[values], height)
        axes.add_collection(PolyCollection(bars, facecolors=faces, edgecolors=edges, linewidths=1.0), autolim=False)
    for place, (made, taken) in enumerate(zip(*(one.tolist() for one in lengths.values()), strict=True)):
        if made > 0.005 * longest:
            said = percent_in_cell(taken / made)
            axes.text(made + 0.02 * longest, place, said, va="center", fontsize=7.5).set_in_layout(False)
    axes.yaxis.set_major_locator(mpl.ticker.FixedLocator(range(len(powers))))
    axes.yaxis.set_major_formatter(mpl.ticker.FixedFormatter([how.name[power] for power in powers]))
    axes.set_ylim(len(powers) - 0.5, -0.5)
    axes.set_xlim(0, 1.17 * longest)
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=9)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(nbins=4))
    return axes


def _bars(lengths: "NDArray[np.float64]", height: float) -> "NDArray[np.float64]":
    """The outlines [bar, corner, 2] of bars that begin at nought, one a row."""
    low, high = (np.arange(len(lengths)) + side * height / 2 for side in (-1, 1))
    nought = np.zeros(len(lengths))
    corners = ((nought, low), (lengths, low), (lengths, high), (nought, high))
    return np.stack([np.column_stack(corner) for corner in corners], axis=1)


# --- whole figures ---------------------------------------------------------------------------------------------------


def draw_figures(results: Results, folder: Path | str | None = None) -> list[Path]:
    """Draw every figure of one scenario; write PNG, SVG and the data as CSV. Returns the paths, PNG first for each."""
    place = drawn_of("sim.draw_figures", "results", results, Results, "sim.run", folder)
    folder = results.folder / "figures" if place is None else place
    with house_style():
        alignment = _alignment_of(results)
        drawn = [
            ("alignment", *_alignment_figure(results, alignment)),
            ("ternary", *_ternary_figure(results, alignment)),
            ("outcomes", *_outcome_figure([results])),
            ("offers", *_offer_figure(results)),
        ]
        return [path for name, figure, data in drawn for path in write_figure(figure, data, folder, name)]


def draw_comparison(several: Sequence[Results], folder: Path | str | None = None) -> Path:
    """Draw the outcomes of several scenarios side by side; returns the folder with the figure and its data."""
    folder = drawn_of("sim.figures.draw_comparison", "several", several, Results, "sim.run", folder)
    if folder is None:
        folder = beside_each_other(several)
    with house_style():
        write_figure(*_outcome_figure(several), folder, "outcomes")
    return folder


def _alignment_of(results: Results) -> Columns:
    """How alignment went over all runs, by quarter, state and power."""
    bands = read_columns(results.path_of("bands.parquet"))
    data = rows_of(bands, bands["measure"] == "alignment")
    del data["measure"]
    return data


def _alignment_figure(results: Results, data: Columns) -> tuple[Figure, Columns]:
    how = look(results.powers)
    figure, panels, spare = panels_for(len(results.states), 4.3, 3.25)
    top = 106 * float(data["p95"].max())
    for axes, (state, name) in zip(panels, results.states.items(), strict=True):
        alignment_over_time(rows_of(data, data["state"] == state), axes, how, top)
        axes.set_title(name, y=1.0)
    handles: list[Any] = [
        Line2D([], [], color=how.colour[power], linestyle=how.dash[power], linewidth=1.7, label=f"{power}  {name}")
        for power, name in how.name.items()
    ]
    handles += [
        Patch(facecolor=FAINT, alpha=0.42, label="half of the runs"),
        Patch(facecolor=FAINT, alpha=0.16, label="nine runs in ten"),
    ]
    put_legend(figure, spare, handles)
    subtitle = "Share of each state's whole engagement, in %; line: median"
    _finish(figure, "Whom each state is aligned with", subtitle, results)
    return figure, data


def _ways(results: Results, means: Columns, most: int) -> tuple[Columns, str, str]:
    """The way of the means of each state and the ends of its first runs, and the two powers that matter most."""
    first, last = results.manifest["quarters"][0], results.manifest["quarters"][-1]
    begins = rows_of(means, means["quarter"] == first)
    weight = {power: begins["mean"][begins["power"] == power].mean() for power in sorted(set(begins["power"]))}
    left, right = sorted(sorted(weight, key=lambda power: -weight[power])[:2], key=list(results.powers).index)
    corners = {"left": [left], "right": [right], "top": [code for code in results.powers if code not in {left, right}]}
    columns = [f"alignment_{state}_{power}" for state in results.states for power in results.powers]
    ends = read_first(results.path_of("runs.parquet"), most, columns)
    tables = []
    for state in results.states:
        mine = rows_of(means, means["state"] == state)
        by_power = {power: mine["mean"][mine["power"] == power] for power in results.powers}
        quarters = mine["quarter"][mine["power"] == left]
        path = {name: np.sum([by_power[power] for power in powers], axis=0) for name, powers in corners.items()}
        tables.append(_told(state, "mean", quarters, path))
        of_runs = {
            name: np.sum([ends[f"alignment_{state}_{power}"] for power in powers], axis=0)
            for name, powers in corners.items()
        }
        tables.append(_told(state, "run", np.array([last], dtype=object), of_runs))
    return stacked(tables), left, right


def _told(state: str, what: str, quarters: "NDArray[np.object_]", shares: Columns) -> Columns:
    rows = len(shares["left"])
    said = {"state": [state], "what": [what], "quarter": quarters}
    return {name: np.resize(np.array(words, dtype=object), rows) for name, words in said.items()} | shares


def _ternary_figure(results: Results, alignment: Columns, most: int = 1000) -> tuple[Figure, Columns]:
    data, left, right = _ways(results, alignment, most)
    figure, panels, spare = panels_for(len(results.states), 3.6, 3.3)
    corners = (results.powers[left], results.powers[right], "all other powers")
    for axes, (state, name) in zip(panels, results.states.items(), strict=True):
        ternary_path(rows_of(data, data["state"] == state), axes, corners, PALETTE[1])
        axes.set_title(name, y=1.0)
    quarters = results.manifest["quarters"]
    handles = [
        Line2D([], [], marker="o", markerfacecolor="white", color=INK, label=f"{quarters[0]}, mean"),
        Line2D([], [], marker="o", color=INK, label=f"{quarters[-1]}, mean"),
        Line2D([], [], marker="o", markersize=3, linestyle="none", color=PALETTE[1], label="single runs at their end"),
        Line2D([], [], marker="+", linestyle="none", color=FAINT, label="equal thirds"),
    ]
    put_legend(figure, spare, handles)
    subtitle = "Shares among the powers only; the nearer a corner, the larger its share. Grid: quarters"
    _finish(figure, "The way of each state between the powers", subtitle, results)
    return figure, data


_TOLD_OF_OUTCOMES = ("scenario", "label", "state", "outcome", "power")


def _outcome_figure(several: Sequence[Results]) -> tuple[Figure, Columns]:
    powers: dict[str, str] = {}
    rows = []
    names, titles = names_apart(several), titles_apart(several)
    longest = max(map(len, titles))
    width = max(_LABEL, min(_WIDEST_LABEL, _SHORTER + longest // 2))  # so that two lines do
    height = max(0.34, 0.17 * -(-longest // (width - _SHORTER)))
    for one, name, title in zip(several, names, titles, strict=True):
        powers |= one.powers
        more = {"scenario": name, "label": in_lines(title, width)}
        rows += [row | more for mine in final_rows(one).values() for row in mine]
    data = {name: np.array([row[name] for row in rows]) for name in ("runs", "share")}
    data |= {name: np.array([row[name] for row in rows], dtype=object) for name in _TOLD_OF_OUTCOMES}
    how = look(powers)
    states: dict[str, str] = {}
    for one in several:
        states |= one.states
    figure = Figure(figsize=(10.5, 1.75 + len(states) * (0.36 + height * len(several))), layout="constrained")
    rows = figure.subplots(len(states), 1, sharex=True, squeeze=False, subplot_kw=PANELS)[:, 0]
    for axes, (state, name) in zip(rows, states.items(), strict=True):
        mine = rows_of(data, data["state"] == state)
        if len(several) == 1:
            mine["label"][:] = name
        outcome_bars(mine, axes, how)
        if len(several) > 1:
            axes.set_title(name, y=1.0, fontsize=9.5)
        axes.xaxis.set_visible(axes is rows[-1])
        axes.spines["bottom"].set_visible(axes is rows[-1])
    rows[-1].set_xlabel("% of runs")
    found = sorted(set(data["outcome"]), key=outcome_order(how))
    handles = [Patch(label=word, **outcome_fill(word, how)) for word in found]
    figure.legend(handles=handles, loc="outside right upper", handlelength=2.2, handleheight=1.2)
    subtitle = "Share of runs with each outcome word, judged over the last quarters of each run"
    _finish(figure, "How the runs end for each state", subtitle, *several)
    return figure, {name: data[name] for name in ("scenario", "state", "outcome", "power", "runs", "share")}


_MADE_AND_TAKEN = tuple((whole, name) for name in OFFER_TOTALS if (whole := BY_NAME[name].part_of))


def _offer_totals(results: Results) -> Columns:
    """Offers by power and kind, over all states and runs."""
    offers = read_columns(results.path_of("offers.parquet"))
    if "unit" not in offers:  # as folders of before were written
        offers["unit"] = np.array([value_unit(kind) for kind in offers["kind"]], dtype=object)
    about = list(zip(*(offers[name] for name in ("power", "kind", "unit")), strict=True))
    places = {one: place for place, one in enumerate(dict.fromkeys(about))}
    which = np.array([places[one] for one in about], dtype=np.intp)
    data = {
        name: np.array(words, dtype=object)
        for name, words in zip(("power", "kind", "unit"), zip(*places, strict=True), strict=True)
    }
    for name in OFFER_TOTALS:
        data[name] = np.zeros(len(places), dtype=offers[name].dtype)
        np.add.at(data[name], which, offers[name])
    return data


def _offer_figure(results: Results) -> tuple[Figure, Columns]:
    data, runs = _offer_totals(results), results.number_of_runs
    how = look(results.powers)
    kinds = results.manifest["kinds"]
    figure = Figure(figsize=(3.1 * len(kinds) + 1.0, 6.4), layout="constrained")
    grid = figure.subplots(2, len(kinds), sharey=True, squeeze=False, subplot_kw=PANELS)
    for column, kind in enumerate(kinds):
        mine = rows_of(data, data["kind"] == kind)
        for row, (made, taken) in enumerate(_MADE_AND_TAKEN):
            scale = runs if row == 0 else 1000 * runs
            one = {"power": mine["power"], "made": mine[made] / scale, "accepted": mine[taken] / scale}
            axes = offer_bars(one, grid[row, column], how)
            axes.set_title(kind if row == 0 else "", y=1.0)
            axes.yaxis.set_visible(column == 0)  # the names stand on the left alone
            amount = "index points per run" if kind == "security" else "bn USD per run"
            axes.set_xlabel("offers per run" if row == 0 else amount)
    _finish(
        figure,
        "Who offers what, and what is accepted",
        "Pale bar: offered. Solid bar: accepted. The figure beside it: accepted share. Above: number; below: value",
        results,
    )
    return figure, data | {"runs": np.full(len(data["power"]), runs)}


def _finish(figure: Figure, title: str, subtitle: str, *results: Results) -> None:
    """Put the title and what the picture shows above, and the results it rests on below."""
    named = zip(results, names_apart(results), strict=True)
    names = "; ".join(f"{one.title} ({name})" for one, name in named)
    counted = " / ".join(sorted({f"{one.number_of_runs:,} runs, seed {one.manifest['seed']}" for one in results}))
    finish(figure, title, subtitle, names, counted)
