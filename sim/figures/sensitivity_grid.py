"""Figures of a sweep over a grid: maps over two numbers, responses to one, and courses over time."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.sensitivity.factors import DUMMY
from sim.figures.phase_diagram import OWN_VALUE, heat_map, mark_own_value, phase_diagram, regime_colour
from sim.figures.sensitivity_frame import (
    MOST_PANELS,
    PANEL_TITLE,
    SweepFigure,
    asks_of,
    factor_label,
    finished,
    frame,
    own_value,
    put_keys,
    series_legend,
    unit_of,
)
from sim.figures.sensitivity_panels import fans, response_lines
from sim.figures.style import FAINT, file_name, in_lines, look, outcome_fill

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.analysis.sensitivity.sweep_results import Sweep

_SMOOTH = 9  # levels of both factors from which a grid is drawn as a map and not as lines


def _axes_of(sweep: "Sweep") -> list[str]:
    """The factors of a grid, the dummy left out."""
    return [name for name in sweep.factors if name != DUMMY]


def _is_map(sweep: "Sweep") -> bool:
    names = _axes_of(sweep)
    return len(names) >= 2 and all(sweep.design[name].nunique() >= _SMOOTH for name in names[:2])


def maps(sweep: "Sweep") -> list[SweepFigure]:
    """Outcomes over the first two factors: which word leads where, and the mean of each measure."""
    if not _is_map(sweep):
        return []
    drawn: list[SweepFigure] = []
    groups: dict[str, list[dict[str, Any]]] = {}
    for ask in asks_of(sweep):
        if "word" in ask["labels"]:
            groups.setdefault(ask["group"], []).append(ask)
    for group, asks in groups.items():
        drawn += _phase_figure(sweep, group, asks)
    plain = [ask["name"] for ask in asks_of(sweep) if not {"word", "quarter"} & set(ask["labels"])][:MOST_PANELS]
    if plain:
        drawn += _heat_figure(sweep, plain)
    return drawn


def _over_two(sweep: "Sweep") -> pd.DataFrame:
    x, y = _axes_of(sweep)[:2]
    return sweep.means.groupby([x, y], as_index=False).mean().rename(columns={x: "x", y: "y"})


def _phase_figure(sweep: "Sweep", group: str, asks: list[dict[str, Any]]) -> list[SweepFigure]:
    states = list(dict.fromkeys(ask["labels"].get("state", "") for ask in asks))
    means, parts = _over_two(sweep), []
    for ask in asks:
        labels = {"state": ask["labels"].get("state", ""), "word": ask["labels"]["word"]}
        parts.append(means[["x", "y"]].assign(**labels, share=means[ask["name"]]))
    data = pd.concat(parts, ignore_index=True)
    figure, panels, spare = frame(len(states), 4.0, 3.5)
    for axes, state in zip(panels, states, strict=True):
        phase_diagram(data[data["state"] == state], axes)
        _over_numbers(sweep, axes, sweep.manifest["states"].get(state, "all states"))
    won = data.loc[data.groupby(["state", "x", "y"])["share"].idxmax(), "word"]
    plain = lambda word: outcome_fill(word, look({}))  # noqa: E731
    handles = [Patch(facecolor=regime_colour(word, plain), label=word) for word in dict.fromkeys(won)]
    put_keys(figure, spare, [*handles, _own_key()])
    subtitle = "The most frequent outcome word at each point; pale where its lead is thin. Lines: borders of regimes"
    return finished(figure, "Which regime rules where", subtitle, sweep, f"phases-{file_name(group)}", data)


def _heat_figure(sweep: "Sweep", names: list[str]) -> list[SweepFigure]:
    means = _over_two(sweep)
    figure, panels, spare = frame(len(names), 4.6, 3.5)
    for axes, name in zip(panels, names, strict=True):
        heat_map(means.assign(value=means[name]), axes, unit_of(sweep, name))
        _over_numbers(sweep, axes, name)
    put_keys(figure, spare, [_own_key()])
    data = means[["x", "y", *names]]
    return finished(figure, "The outcomes over two numbers", "Mean over replicates", sweep, "maps", data)


def _over_numbers(sweep: "Sweep", axes: "Axes", title: str) -> None:
    """What stands around a map over the first two factors, and in it: where the model itself is."""
    x, y = _axes_of(sweep)[:2]
    mark_own_value(axes, (own_value(sweep, x), own_value(sweep, y)))
    axes.set_title(in_lines(title, PANEL_TITLE))
    axes.set_xlabel(factor_label(sweep, x))
    axes.set_ylabel(factor_label(sweep, y))


def _own_key() -> Line2D:
    return Line2D([], [], label="the model's own values", **OWN_VALUE)


def responses(sweep: "Sweep") -> list[SweepFigure]:
    """Outcomes against the first factor, one line a combination of levels of the others."""
    if _is_map(sweep):
        return []
    names = [ask["name"] for ask in asks_of(sweep) if not {"word", "quarter"} & set(ask["labels"])]
    names = (names or [name for name in sweep.outcomes if "@" not in name])[: 2 * MOST_PANELS]
    if not names:
        return []
    first, *others = _axes_of(sweep)
    data = _response_table(sweep, names, first, others)
    figure, panels, spare = frame(len(names), 3.9, 3.0)
    for axes, name in zip(panels, names, strict=True):
        response_lines(data[data["outcome"] == name], axes)
        axes.set_title(in_lines(name, PANEL_TITLE))
        axes.axvline(own_value(sweep, first), color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        axes.set_xlabel(factor_label(sweep, first))
        axes.set_ylabel(unit_of(sweep, name))
    series_legend(figure, spare, list(dict.fromkeys(data["series"])))
    subtitle = "Mean over replicates, with the 95 % interval that luck leaves. Dotted: the model's own value"
    return finished(figure, "How the outcomes respond", subtitle, sweep, "responses", data)


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


def courses(sweep: "Sweep") -> list[SweepFigure]:
    """Courses over time, one fan a level of the first factor; the other factors are pooled."""
    asks = [ask for ask in asks_of(sweep) if "quarter" in ask["labels"]]
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
    figure, panels, spare = frame(len(names), 4.2, 3.1)
    for axes, name in zip(panels, names, strict=True):
        fans(data[data["outcome"] == name], axes)
        axes.set_title(in_lines(name, PANEL_TITLE))
        axes.set_ylabel(unit_of(sweep, name))
    series_legend(figure, spare, [_level_text(sweep, [first], [level]) for level in dict.fromkeys(data["level"])])
    subtitle = "One fan a level: median, half of the runs, nine runs in ten"
    return finished(figure, f"The course of things, by {first}", subtitle, sweep, "courses", data)
