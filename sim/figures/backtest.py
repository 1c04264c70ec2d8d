"""Fans against what came: every pair by itself, where values fell in their fans, and skill by years ahead."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.backtest.opponents import WALK
from sim.analysis.backtest.result import MAIN_VARIANT, Backtest
from sim.analysis.backtest.skill import EVERY
from sim.analysis.observed import TRADE_SHARE
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure
from sim.figures.style import ABOVE, DASHES, FAINT, GRID, INK, PALETTE, finish, house_style, mixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 10
_POINTS = 100.0
_BAND = 1.645  # of a normal distribution holds 90 % within
_NARROWEST = 9.5  # inches, for what stands below
_LOWEST = -1.0  # skill below is drawn at the edge


def draw_backtest(found: Backtest, folder: Path | str) -> Path:
    """Draw fans, the histogram of PIT values and skill by horizon; write PNG, SVG and CSV. Returns the folder."""
    place = Path(folder)
    with house_style():
        for variant, kind in _questions(found):
            name = "-".join(("fans", *(part for part in (variant, kind) if part)))
            mine = found.scores[_asked(found.scores, variant, kind) & (found.scores["measure"] == TRADE_SHARE)]
            if len(mine):
                write_figure(*_fans_figure(found, mine, _told(variant, kind)), place, name)
        if found.scores["measure"].eq(TRADE_SHARE).any():
            write_figure(*_pit_figure(found), place, "pit")
            write_figure(*_skill_figure(found), place, "skill_by_horizon")
    return place


def _questions(found: Backtest) -> Iterator[tuple[str, str]]:
    yield from dict.fromkeys(zip(found.scores["variant"], found.scores["kind"], strict=True))


def _asked(table: pd.DataFrame, variant: str, kind: str) -> "pd.Series[bool]":
    return (table["variant"] == variant) & (table["kind"] == kind)


def _told(variant: str, kind: str) -> str:
    return ", ".join(part for part in (variant, kind) if part)


# --- fans ------------------------------------------------------------------------------------------------------------


def _fans_figure(found: Backtest, mine: pd.DataFrame, told: str) -> tuple[Figure, pd.DataFrame]:
    states, partners = (list(dict.fromkeys(mine[name])) for name in ("state", "partner"))
    figure = Figure(
        figsize=(max(_NARROWEST, 1.75 * len(partners) + 1.0), 1.45 * len(states) + 1.7), layout="constrained"
    )
    grid = figure.subplots(len(states), len(partners), squeeze=False, sharex=True, subplot_kw=PANELS)
    for row, state in zip(grid, states, strict=True):
        for axes, partner in zip(row, partners, strict=True):
            pair = mine[(mine["state"] == state) & (mine["partner"] == partner)]
            fan_of_pair(pair.assign(year=pair["period"].astype(int)).sort_values("year"), found.origin, axes)
            if axes in grid[0]:
                axes.set_title(partner)
        row[0].set_ylabel(state, fontweight="bold", color=INK)
    handles = [
        Line2D([], [], color=INK, marker="o", markersize=4, linestyle="none", label="what came"),
        Line2D([], [], color=ABOVE, label="model, median"),
        Patch(facecolor=mixed(ABOVE, 0.7), label="model, middle 90 %"),
        Patch(facecolor="none", edgecolor=FAINT, linestyle=(0, (3, 1.2)), label=f"{WALK}, middle 90 %"),
    ]
    height = figure.get_figheight()
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.005, 1.0 - 0.56 / height), ncols=4)
    title = f"Shares of goods turnover after {found.origin}, foretold and come"
    finish(
        figure,
        title,
        f"{told + ': ' if told else ''}per cent of turnover, by state and power",
        found.sentence,
        found.caption,
        above=0.3,
    )
    columns = ["state", "partner", "period", "value", "known", *(name for name in mine if name.startswith("q"))]
    return figure, mine[columns]


def fan_of_pair(pair: pd.DataFrame, origin: int, axes: "Axes") -> "Axes":
    """One pair from the last known year on: the middle 90 % of model and opponent, the median, and what came."""
    axes.set_ylim(bottom=0.0)
    axes.tick_params(labelsize=7)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(2, integer=True))
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(3))
    if not len(pair):
        axes.set_axis_off()
        return axes
    known = pair["known"].iloc[0]
    years = np.array([origin, *pair["year"]])
    low, middle, high, walk_low, walk_high = (
        _POINTS * np.array([known, *pair[name]]) for name in ("q05", "q50", "q95", "q05_main", "q95_main")
    )
    # Worlds that were left alone were never told what is known at the origin.
    mine = slice(0 if pair["variant"].iloc[0] in ("", MAIN_VARIANT) else 1, None)
    axes.fill_between(years[mine], low[mine], high[mine], color=mixed(ABOVE, 0.7), linewidth=0)
    for edge in (walk_low, walk_high):
        axes.plot(years, edge, color=FAINT, linewidth=0.9, linestyle=(0, (3, 1.2)))
    axes.plot(years[mine], middle[mine], color=ABOVE, linewidth=1.2)
    axes.plot(origin, _POINTS * known, marker="o", color="white", markeredgecolor=INK, markersize=3.2)
    axes.plot(pair["year"], _POINTS * pair["value"], marker="o", color=INK, markersize=3.2, linewidth=0.7)
    most = np.concatenate([high, walk_high, _POINTS * pair["value"].to_numpy()])
    axes.set_ylim(bottom=0.0, top=1.08 * float(np.nanmax(most)))
    return axes


# --- where values fell -----------------------------------------------------------------------------------------------


def _pit_figure(found: Backtest) -> tuple[Figure, pd.DataFrame]:
    questions = list(_questions(found))
    figure = Figure(figsize=(max(_NARROWEST, 3.1 * len(questions) + 0.8), 4.0), layout="constrained")
    panels = figure.subplots(1, len(questions), sharey=True, squeeze=False, subplot_kw=PANELS)[0]
    rows = []
    for axes, (variant, kind) in zip(panels, questions, strict=True):
        mine = found.scores[_asked(found.scores, variant, kind) & (found.scores["measure"] == TRADE_SHARE)]
        counts = np.histogram(mine["pit"], bins=BINS, range=(0.0, 1.0))[0]
        pit_bars(counts, axes)
        axes.set_title(f"{variant}\n{kind}")
        rows += [
            {"variant": variant, "kind": kind, "bin": place, "count": int(one)} for place, one in enumerate(counts)
        ]
    panels[0].set_ylabel("figures")
    subtitle = (
        "Level: fans say what they know. High in the middle: too wide. High at the ends: too narrow. One side: off"
    )
    finish(figure, "Where shares of turnover fell in their fans", subtitle, found.sentence, found.caption)
    return figure, pd.DataFrame(rows)


def pit_bars(counts: Any, axes: "Axes") -> "Axes":
    """Counts by tenth of the fan, on the band to which independent values of a right fan keep nine times of ten."""
    whole = int(np.sum(counts))
    even, swing = whole / len(counts), _BAND * np.sqrt(whole * (1 - 1 / len(counts)) / len(counts))
    axes.axhspan(max(even - swing, 0.0), even + swing, color=GRID, linewidth=0)
    axes.bar((np.arange(len(counts)) + 0.5) / len(counts), counts, width=0.85 / len(counts), color=mixed(ABOVE, 0.25))
    axes.axhline(even, color=FAINT, linewidth=0.8)
    axes.set_xlabel("place in the fan")
    axes.set_xlim(0.0, 1.0)
    return axes


# --- skill -----------------------------------------------------------------------------------------------------------


def _skill_figure(found: Backtest) -> tuple[Figure, pd.DataFrame]:
    table = found.skill
    data = table[(table["series"] == TRADE_SHARE) & (table["of"] == EVERY) & table["horizon"].str.isdigit()]
    questions = list(_questions(found))
    figure = Figure(figsize=(max(_NARROWEST, 3.1 * len(questions) + 2.2), 4.4), layout="constrained")
    panels = figure.subplots(1, len(questions), sharey=True, squeeze=False, subplot_kw=PANELS)[0]
    for axes, (variant, kind) in zip(panels, questions, strict=True):
        opponent_lines(data[_asked(data, variant, kind)], axes)
        axes.set_title(f"{variant}\n{kind}")
    panels[0].set_ylabel("skill, %")
    panels[-1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    subtitle = "1 less the CRPS of trade shares over that of each opponent; above 0 the model is better"
    finish(figure, f"Skill by years after {found.origin}", subtitle, found.sentence, found.caption)
    return figure, data


def opponent_lines(data: pd.DataFrame, axes: "Axes") -> "Axes":
    """Skill by years ahead, a line for each opponent, with its interval; the main one thick."""
    axes.axhline(0.0, color=FAINT, linewidth=0.8)
    opponents = list(dict.fromkeys(data["opponent"]))
    for place, opponent in enumerate(opponents):
        mine = data[data["opponent"] == opponent]
        where = mine["horizon"].astype(int) + 0.11 * (place - 0.5 * (len(opponents) - 1))
        colour = PALETTE[(place + 1) % len(PALETTE)]
        heavy = 2.0 if opponent == WALK else 1.0
        low, high, middle = (_POINTS * mine[name].clip(lower=_LOWEST) for name in ("low", "high", "skill"))
        axes.vlines(where, low, high, color=colour, linewidth=heavy)
        axes.plot(where, middle, marker=".", color=colour, linestyle=DASHES[place], linewidth=heavy, label=opponent)
    axes.set_xticks(sorted(set(data["horizon"].astype(int))))
    axes.set_xlabel("years ahead")
    return axes
