"""How far the model moves beside how far the record moved: ratios with their intervals between the lines they keep."""

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.spread import INSIDE, Spread
from sim.figures.style import ABOVE, BELOW, FAINT, GRID, STYLE, finish, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOWEST, _HIGHEST = 0.004, 6.0  # beyond these a ratio is drawn at the edge


def draw_spread(found: Spread, folder: Path | str) -> Path:
    """Draw model against record; write PNG, SVG and the data as CSV. Returns the folder."""
    place = Path(folder)
    with mpl.rc_context(STYLE):
        write_figure(*_figure(found), place, "spread")
    return place


def _figure(found: Spread) -> tuple[Figure, pd.DataFrame]:
    data = found.table
    ratios, others = data[data["ratio"].notna()], data[data["ratio"].isna()]
    figure = Figure(figsize=(9.5, 2.2 + 0.27 * len(ratios)), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
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
