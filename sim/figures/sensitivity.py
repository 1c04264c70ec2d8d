"""Whole figures of a sweep: which of them it allows, framed, titled and written with their data beside them."""

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

from sim.analysis.sensitivity.experiment import DesignKind
from sim.analysis.sensitivity.factors import DUMMY
from sim.figures.discovery import discovery_box, discovery_path
from sim.figures.phase_diagram import heat_map, phase_diagram, regime_colour
from sim.figures.sensitivity_panels import (
    MOST_BARS,
    convergence_lines,
    fans,
    index_bars,
    interaction_map,
    largest,
    morris_scatter,
    noise_bars,
    ranked_bars,
    response_lines,
    tornado,
)
from sim.figures.style import (
    ABOVE,
    BELOW,
    DASHES,
    FAINT,
    INK,
    PALETTE,
    STYLE,
    finish,
    look,
    mixed,
    outcome_fill,
    panels_for,
    write_figure,
)
from sim.figures.ternary import ternary_density
from sim.io.writers import write_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.analysis.sensitivity.discovery import Discovery
    from sim.analysis.sensitivity.sweep_results import Sweep

CAPTIONS = "captions.csv"
_LETTER, _LINE = 0.068, 0.24  # inches a letter and a line of a legend take
_ROOM = "room_for_legend"
MOST_PANELS = 6
MOST_IN_MAP = 12
_SIDE_PAD = 0.1  # inches beside each panel, so that long names of rows end inside the picture
_SMOOTH = 9  # levels of both factors from which a grid is drawn as a map and not as lines


def draw_sweep(sweep: "Sweep", folder: Path | str | None = None, found: Sequence["Discovery"] = ()) -> list[Path]:
    """Draw every figure a sweep allows; write PNG, SVG and the data as CSV. Returns the paths, PNG first for each."""
    folder = sweep.folder / "figures" if folder is None else Path(folder)
    with mpl.rc_context(STYLE):
        drawn: list[tuple[str, Figure, pd.DataFrame]] = []
        for draw in _BY_DESIGN[sweep.kind]:
            drawn += draw(sweep)
        drawn += _shared(sweep)
        for number, one in enumerate(found, start=1):
            drawn += _discovery_figures(sweep, one, number)
        captions = pd.DataFrame([{"figure": name, **_caption(figure)} for name, figure, _ in drawn])
        write_text(folder / CAPTIONS, captions.to_csv(index=False, lineterminator="\n"))
        return [path for name, figure, data in drawn for path in write_figure(figure, data, folder, name)]


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
        Patch(facecolor=mixed(BELOW, 0.35), edgecolor=BELOW, label="factor at its low end"),
        Patch(facecolor=mixed(ABOVE, 0.35), edgecolor=ABOVE, label="factor at its high end"),
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
        Patch(facecolor=ABOVE, label="first order: alone"),
        Patch(facecolor=mixed(ABOVE, 0.62), edgecolor=ABOVE, label="total: with all it works together with"),
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
        names = largest(totals.set_index("factor")["value"], MOST_IN_MAP)
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
        Line2D([], [], marker="o", linestyle="none", color=ABOVE, markersize=4, label="a factor"),
        Line2D([], [], marker="x", linestyle="none", color=BELOW, label="the dummy, which moves nothing"),
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
    plain = lambda word: outcome_fill(word, look({}))  # noqa: E731
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
    figure, panels, spare = panels_for(count, width, height)
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
        Patch(facecolor=ABOVE, label="parameters"),
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
    finish(figure, title, subtitle, names, counted, above=getattr(figure, _ROOM, 0.0))
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
