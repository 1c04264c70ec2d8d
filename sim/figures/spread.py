"""How far the model moves beside how far the record moved: ratios with their intervals between the lines they keep."""

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.origins import Origins
from sim.analysis.spread import INSIDE, Spread
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure
from sim.figures.style import ABOVE, BELOW, DASHES, FAINT, GRID, PALETTE, finish, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOWEST, _HIGHEST = 0.004, 6.0  # beyond these a ratio is drawn at the edge


def draw_spread(found: Spread, folder: Path | str) -> Path:
    """Draw model against record; write PNG, SVG and the data as CSV. Returns the folder."""
    place = Path(folder)
    with house_style():
        write_figure(*_figure(found), place, "spread")
    return place


def _figure(found: Spread) -> tuple[Figure, pd.DataFrame]:
    data = found.table
    ratios, others = data[data["ratio"].notna()], data[data["ratio"].isna()]
    figure = Figure(figsize=(9.5, 2.2 + 0.27 * len(ratios)), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[3, 2], subplot_kw=PANELS)
    ratio_marks(ratios, left)
    correlation_marks(others, right)
    subtitle = "Dot: model over record. Grey: where the line lets it lie. Thin: what the interval of the record allows"
    finish(figure, "How far it moves, beside the record to 2019", subtitle, found.scenario.title, found.caption)
    return figure, data


def ratio_marks(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """One row a spread: the ratio of model and record, and what it would be at either end of the record's interval."""
    names = [
        f"{row.of}, {row.years} y" if row.measure == "spread" else f"{row.of}, output" for row in data.itertuples()
    ]
    for place, row in enumerate(data.itertuples()):
        axes.fill_betweenx([place - 0.4, place + 0.4], row.least, row.most, color=GRID, linewidth=0)
        ends = np.clip([row.model / row.high, row.model / row.low], _LOWEST, _HIGHEST)
        colour = ABOVE if row.says == INSIDE else BELOW
        axes.plot(ends, [place, place], color=colour, linewidth=1.2)
        axes.plot(np.clip(row.ratio, _LOWEST, _HIGHEST), place, marker="o", color=colour, markersize=5)
    axes.axvline(1.0, color=FAINT, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xlim(min(0.3, 0.8 * float(np.clip(data["ratio"].min(), _LOWEST, _HIGHEST))), 3.5)
    axes.xaxis.set_major_locator(mpl.ticker.FixedLocator([0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0]))
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    axes.xaxis.set_major_formatter(mpl.ticker.FormatStrFormatter("%g"))
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("model / record")
    axes.set_title("Standard deviations")
    return axes


def correlation_marks(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """One row a correlation: the model's mean on the interval of the record."""
    names = [f"{row.of}, {row.measure}" for row in data.itertuples()]
    for place, row in enumerate(data.itertuples()):
        axes.fill_betweenx([place - 0.3, place + 0.3], row.low, row.high, color=GRID, linewidth=0)
        axes.plot(row.record, place, marker="|", color=FAINT, markersize=12)
        colour = ABOVE if row.says == INSIDE else BELOW
        axes.plot(row.model, place, marker="o", color=colour, markersize=5)
    axes.axvline(0.0, color=FAINT, linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("correlation")
    axes.set_title("Dot: model. Bar: record")
    return axes


# --- rolling origins -------------------------------------------------------------------------------------------------


def draw_origins(found: Origins, folder: Path | str) -> Path:
    """Draw skill by horizon, and drift against drift; write PNG, SVG and the data as CSV. Returns the folder."""
    place = Path(folder)
    with house_style():
        write_figure(*_skill_figure(found), place, "origins")
    return place


def _skill_figure(found: Origins) -> tuple[Figure, pd.DataFrame]:
    data = found.skill[found.skill["horizon"] > 0]
    kinds = list(dict.fromkeys(data["kind"]))
    figure = Figure(figsize=(4.6 * len(kinds) + 1.2, 4.4), layout="constrained")
    panels = figure.subplots(1, len(kinds), sharey=True, squeeze=False, subplot_kw=PANELS)[0]
    for axes, kind in zip(panels, kinds, strict=True):
        skill_lines(data[data["kind"] == kind], axes)
        axes.set_title(kind)
    panels[0].set_ylabel("skill, %")
    panels[-1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    subtitle = (
        "1 less the CRPS of trade shares over that of persistence with a random-walk fan; above 0 the model is better"
    )
    finish(figure, "Started in the past, scored on the record to 2019", subtitle, found.scenario.title, found.caption)
    return figure, data


def skill_lines(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Skill by years ahead, a line for each group of partners, with its interval."""
    axes.axhline(0.0, color=FAINT, linewidth=0.8)
    groups = list(dict.fromkeys(data["of"]))
    for place, group in enumerate(groups):
        mine = data[data["of"] == group]
        where = mine["horizon"] + 0.12 * (place - 0.5 * (len(groups) - 1))
        colour = PALETTE[place % len(PALETTE)]
        axes.vlines(where, 100 * mine["low"], 100 * mine["high"], color=colour, linewidth=1.0)
        axes.plot(where, 100 * mine["skill"], marker=".", color=colour, linestyle=DASHES[place], label=group)
    axes.set_xticks(sorted(set(data["horizon"])))
    axes.set_xlabel("years ahead")
    return axes
