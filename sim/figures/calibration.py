"""What the record tells of each number, whether the procedure covers known truths, and what worlds miss."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.calibration.results import INFORMED, Calibration
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure
from sim.figures.style import ABOVE, BELOW, FAINT, GRID, finish, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BINS = 10


def draw_calibration(found: Calibration, folder: Path | str) -> Path:
    """Draw posteriors within their priors, ranks of simulated truths, and targets; write PNG, SVG, CSV of each."""
    place = Path(folder)
    with house_style():
        write_figure(*_posterior_figure(found), place, "posterior")
        write_figure(*_rank_figure(found), place, "simulated-truths")
        write_figure(*_target_figure(found), place, "targets")
    return place


def _posterior_figure(found: Calibration) -> tuple[Figure, pd.DataFrame]:
    data = found.numbers
    figure = Figure(figsize=(8.6, 1.9 + 0.3 * len(data)), layout="constrained")
    axes = figure.subplots(subplot_kw=PANELS)
    for place, row in enumerate(data.itertuples()):
        width = row.prior_high - row.prior_low
        low, median, high = ((value - row.prior_low) / width for value in (row.low, row.median, row.high))
        colour = ABOVE if row.says == INFORMED else FAINT
        axes.fill_betweenx([place - 0.36, place + 0.36], 0.0, 1.0, color=GRID, linewidth=0)
        axes.plot([low, high], [place, place], color=colour, linewidth=3.0, solid_capstyle="butt")
        axes.plot(median, place, marker="o", color=colour, markersize=5)
        axes.text(1.02, place, f"{row.prior_low:g} to {row.prior_high:g}", va="center", fontsize=8, color=FAINT)
    axes.set_yticks(range(len(data)), list(data["number"]))
    axes.set_xlim(-0.02, 1.2)
    axes.set_ylim(len(data) - 0.4, -0.6)
    axes.set_xticks([0.0, 0.5, 1.0], ["low end of the prior", "middle", "high end"])
    subtitle = "Band: the flat prior. Bar: 90 % of the posterior; grey where the record says little or nothing"
    finish(figure, "What the record can tell", subtitle, found.scenario.title, found.caption)
    return figure, data


def _rank_figure(found: Calibration) -> tuple[Figure, pd.DataFrame]:
    names = list(found.numbers["number"])
    columns = 4
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(10.5, 1.6 + 1.5 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False, subplot_kw=PANELS).ravel()
    edges = np.linspace(0.0, 1.0, _BINS + 1)
    truths = len(found.ranks)
    expected, error = truths / _BINS, np.sqrt(truths / _BINS * (1.0 - 1.0 / _BINS))
    counted = []
    for place, name in enumerate(names):
        axes = panels[place]
        counts, _ = np.histogram(found.ranks[:, place], edges)
        counted.append(counts)
        axes.fill_between([0.0, 1.0], expected - 1.96 * error, expected + 1.96 * error, color=GRID, linewidth=0)
        axes.stairs(counts, edges, color=ABOVE if bool(found.checks["sound"].iloc[place]) else BELOW, linewidth=1.4)
        axes.set_title(f"{name}\ncovers {100 * found.checks['cover'].iloc[place]:.0f} %", fontsize=8)
        axes.set_ylim(0.0, 2.4 * expected)
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    subtitle = "Where each truth lies among its draws: even steps are right. Band: what luck allows. Orange: not sound"
    finish(figure, "Simulated truths", subtitle, found.scenario.title, found.caption)
    data = pd.DataFrame(np.transpose(counted), columns=names)
    data.insert(0, "from", edges[:-1])
    return figure, data


def _target_figure(found: Calibration) -> tuple[Figure, pd.DataFrame]:
    data = found.predicted.sort_values(["target", "place"], kind="stable").reset_index(drop=True)
    targets = list(dict.fromkeys(data["target"]))
    figure = Figure(figsize=(8.6, 1.9 + 0.34 * len(targets)), layout="constrained")
    axes = figure.subplots(subplot_kw=PANELS)
    axes.axvspan(0.05, 0.95, color=GRID, linewidth=0)
    for place, target in enumerate(targets):
        _places(data[data["target"] == target], place, axes)
    axes.set_yticks(range(len(targets)), targets)
    axes.invert_yaxis()
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("place of the record among worlds drawn from the posterior")
    subtitle = "One dot a state and partner. Band: the middle 90 %. Named where outside"
    finish(figure, "What worlds miss", subtitle, found.scenario.title, found.caption)
    return figure, data


def _places(mine: pd.DataFrame, place: int, axes: "Axes") -> None:
    for row in mine.itertuples():
        axes.plot(row.place, place, marker="o", markersize=4.5, color=ABOVE if row.inside else BELOW, alpha=0.75)
    for side, ends in (("left", mine["place"] < 0.5), ("right", mine["place"] >= 0.5)):
        out = mine[ends & ~mine["inside"]]
        names = ", ".join(f"{row.state} {row.of}".strip() for row in out.itertuples())
        where, align = (0.06, "left") if side == "left" else (0.94, "right")
        axes.text(where, place - 0.3, names, ha=align, va="center", fontsize=6.5, color=FAINT)
