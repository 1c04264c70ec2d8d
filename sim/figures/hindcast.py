"""Fans against what came: the share of each partner in the trade of each state, from the record into years foretold."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.hindcast.results import Hindcast
from sim.analysis.observed import TRADE_SHARE
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure
from sim.figures.style import ABOVE, FAINT, INK, finish, house_style, mixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 100.0
_BANDS = {"low": ("high", 0.7), "low_half": ("high_half", 0.4)}  # from, to, and how pale


def draw_hindcast(found: Hindcast, folder: Path | str) -> Path:
    """Draw the fans of each way as PNG and SVG, with the data as CSV; returns the folder."""
    place = Path(folder)
    with house_style():
        for game in found.mine:
            name = f"pairs-{game.way.variant}-{game.way.kind}"
            write_figure(*_fan_figure(found, game.way.variant, game.way.kind), place, name)
    return place


def _fan_figure(found: Hindcast, variant: str, kind: str) -> tuple[Figure, pd.DataFrame]:
    fans = found.fans
    mine = (fans["variant"] == variant) & (fans["kind"] == kind) & ~fans["null"].astype(bool)
    data = fans[mine & (fans["measure"] == TRADE_SHARE)].drop(columns=["null", "yes", "no", "away"])
    came = {} if found.came is None else {one.key: one.value for one in found.came.rows if one.measure == TRADE_SHARE}
    data = data.assign(
        came=[came.get((row.state, row.partner, row.period, row.measure), np.nan) for row in data.itertuples()]
    )
    states, powers = found.record.states, found.record.powers
    figure = Figure(figsize=(1.75 * len(powers) + 0.8, 1.35 * len(states) + 1.4), layout="constrained")
    panels = figure.subplots(len(states), len(powers), sharex=True, squeeze=False, subplot_kw=PANELS)
    for i, state in enumerate(states):
        for j, power in enumerate(powers):
            axes = panels[i][j]
            fan_panel(data[(data["state"] == state) & (data["partner"] == power)], found, (i, j), axes)
            if i == 0:
                axes.set_title(power)
            if j == 0:
                axes.set_ylabel(f"{state}, %")
    subtitle = "Bands: middle half and 90 % of runs. Line: the record to the origin. Dots: what came"
    finish(figure, f"Shares of goods turnover, {variant}, {kind}", subtitle, found.question.plain.title, found.caption)
    return figure, data


def fan_panel(data: pd.DataFrame, found: Hindcast, at: tuple[int, int], axes: "Axes") -> "Axes":
    """One pair: the record to the origin, the fan after it, and what came."""
    record, origin = found.record, found.question.origin
    past = [year for year in record.years if found.question.plain.start // 4 <= year <= origin]
    axes.plot(past, [_POINTS * record.shares[(*at, record.at(year))] for year in past], color=INK, linewidth=1.0)
    years = data["period"].astype(int)
    for low, (high, pale) in _BANDS.items():
        axes.fill_between(years, _POINTS * data[low], _POINTS * data[high], color=mixed(ABOVE, pale), linewidth=0)
    axes.plot(years, _POINTS * data["middle"], color=ABOVE, linewidth=1.0)
    axes.plot(years, _POINTS * data["came"], color=INK, linestyle="", marker=".", markersize=4)
    axes.axvline(origin, color=FAINT, linewidth=0.6)
    axes.set_ylim(bottom=0.0)
    axes.set_xticks([past[0], origin, found.question.last])
    axes.margins(x=0.02)
    return axes
