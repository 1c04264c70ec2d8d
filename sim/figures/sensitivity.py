"""Whole figures of a sweep: which of them it allows, framed, titled and written with their data beside them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.analysis.sensitivity.design_kinds import DesignKind
from sim.figures.discovery import discovery_box, discovery_path
from sim.figures.given import drawn_of
from sim.figures.kept import noted
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure, write_light
from sim.figures.sensitivity_frame import (
    MOST_PANELS,
    PANEL_TITLE,
    SweepFigure,
    asks_of,
    finished,
    frame,
    put_keys,
)
from sim.figures.sensitivity_grid import courses, maps, responses
from sim.figures.sensitivity_panels import (
    MOST_BARS,
    convergence_lines,
    index_bars,
    interaction_map,
    largest,
    morris_scatter,
    noise_bars,
    ranked_bars,
    tornado,
)
from sim.figures.style import ABOVE, BELOW, FAINT, INK, file_name, house_style, in_lines, mixed
from sim.figures.ternary import ternary_density
from sim.io.writers import table_as_csv, write_text

if TYPE_CHECKING:
    from sim.analysis.sensitivity.discovery import Discovery
    from sim.analysis.sensitivity.sweep_results import Sweep

CAPTIONS = "captions.csv"
MOST_IN_MAP = 12


def draw_sweep(sweep: "Sweep", folder: Path | str | None = None, found: Sequence["Discovery"] = ()) -> list[Path]:
    """Draw every figure a sweep allows; write PNG, SVG and the data as CSV. Returns the paths, PNG first for each."""
    from sim.analysis.sensitivity.sweep_results import Sweep

    place = drawn_of("sim.figures.draw_sweep", "sweep", sweep, Sweep, "sim.sweep", folder)
    folder = sweep.folder / "figures" if place is None else place
    with house_style():
        drawn = _all_figures(sweep, found)
        _write_captions([one.caption for one in drawn], folder)
        return [path for one in drawn for path in write_figure(one.figure, one.data, folder, one.name)]


def publish_figures(
    sweep: "Sweep", folder: Path, found: Sequence["Discovery"] = ()
) -> tuple[list[Path], dict[str, pd.DataFrame]]:
    """Draw every figure a sweep allows as one light PNG each, with captions that name the tables of their rows.

    Returns
    -------
    tuple
        The paths, and by name the rows that stand in no table of the sweep, for the caller to put beside its tables.
    """
    with house_style():
        drawn = _all_figures(sweep, found)
        _write_captions([one.caption | {"table": one.table} for one in drawn], folder)
        paths = [write_light(one.figure, folder / f"{one.name}.png") for one in drawn]
    return paths, {one.name: one.data for one in drawn if one.table == one.name}


def _all_figures(sweep: "Sweep", found: Sequence["Discovery"]) -> list[SweepFigure]:
    drawn = [one for draw in _BY_DESIGN[sweep.kind] for one in draw(sweep)]
    drawn += _shared(sweep)
    for number, discovery in enumerate(found, start=1):
        drawn += _discovery_figures(sweep, discovery, number)
    return drawn


def _write_captions(captions: list[dict[str, str]], folder: Path) -> None:
    write_text(noted(folder / CAPTIONS), table_as_csv(pd.DataFrame(captions)))


def _analysed(sweep: "Sweep", index: str) -> list[str]:
    """The outcomes for which there is such an index; courses, one outcome a quarter, are drawn elsewhere."""
    rows = sweep.indices[(sweep.indices["index"] == index) & ~sweep.indices["outcome"].str.contains("@", regex=False)]
    return list(dict.fromkeys(rows["outcome"]))[:MOST_PANELS]


def _one_a_panel(sweep: "Sweep", index: str, height: float, width: float = 4.7) -> tuple[Figure, Any, Any, list[str]]:
    outcomes = _analysed(sweep, index)
    figure, panels, spare = frame(max(len(outcomes), 1), width, height)
    for axes, outcome in zip(panels, outcomes, strict=False):
        axes.set_title(in_lines(outcome, PANEL_TITLE))
    return figure, panels, spare, outcomes


def _tornado_figure(sweep: "Sweep") -> list[SweepFigure]:
    data = sweep.indices[sweep.indices["index"] == "effect"]
    figure, panels, spare, outcomes = _one_a_panel(sweep, "effect", 3.9)
    for axes, outcome in zip(panels, outcomes, strict=False):
        tornado(data[data["outcome"] == outcome], axes)
    handles: list[Any] = [
        Patch(facecolor=mixed(BELOW, 0.35), edgecolor=BELOW, label="factor at its low end"),
        Patch(facecolor=mixed(ABOVE, 0.35), edgecolor=ABOVE, label="factor at its high end"),
        Line2D([], [], color=INK, label="95 % interval over luck"),
    ]
    put_keys(figure, spare, handles)
    subtitle = "Difference from where everything stands as it is, on the same luck. Figures: values of the factor"
    return finished(figure, "One factor at a time", subtitle, sweep, "tornado", data, "indices")


def _index_figure(sweep: "Sweep") -> list[SweepFigure]:
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
    put_keys(figure, spare, handles)
    subtitle = f"Parts of the variance between points; the {MOST_BARS - 1} largest, and the dummy that moves nothing"
    return finished(figure, "What the outcomes depend on", subtitle, sweep, "indices", data, "indices")


def _interaction_figure(sweep: "Sweep") -> list[SweepFigure]:
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
    subtitle = "Second order indices: what two do together beyond each alone. Only a dot: the interval covers zero"
    return finished(figure, "What works together", subtitle, sweep, "interactions", pd.concat(drawn), "interactions")


def _morris_figure(sweep: "Sweep") -> list[SweepFigure]:
    table = sweep.screening if sweep.manifest["screen"] else sweep.indices
    data = table[table["index"].isin(["mu_star", "sigma"])]
    if data.empty:
        return []
    outcomes = [name for name in dict.fromkeys(data["outcome"]) if "@" not in name][:MOST_PANELS]
    figure, panels, spare = frame(len(outcomes), 4.6, 3.7)
    for axes, outcome in zip(panels, outcomes, strict=True):
        morris_scatter(data[data["outcome"] == outcome], axes)
        axes.set_title(in_lines(outcome, PANEL_TITLE))
        axes.set_xlabel("μ*: mean size of the effect over the whole range")
        axes.set_ylabel("σ: spread of the effect")
    handles: list[Any] = [
        Line2D([], [], marker="o", linestyle="none", color=ABOVE, markersize=4, label="a factor"),
        Line2D([], [], marker="x", linestyle="none", color=BELOW, label="the dummy, which moves nothing"),
    ]
    put_keys(figure, spare, handles)
    count = data["factor"].nunique() - 1
    subtitle = f"Elementary effects of {count:,} factors; high above the lines, an effect depends on where others stand"
    drawn = data[data["outcome"].isin(outcomes)]
    wide = drawn.pivot_table(index=["outcome", "factor"], columns="index", values="value", sort=False).reset_index()
    return finished(
        figure, "Screening", subtitle, sweep, "screening", wide, "" if sweep.manifest["screen"] else "indices"
    )


def _correlation_figure(sweep: "Sweep") -> list[SweepFigure]:
    data = sweep.indices[sweep.indices["index"] == "rank_correlation"]
    if data.empty:
        return []
    figure, panels, _, outcomes = _one_a_panel(sweep, "rank_correlation", 3.9)
    data = data[data["outcome"].isin(outcomes)]  # what is drawn; the rest stands in the tables
    for axes, outcome in zip(panels, outcomes, strict=False):
        ranked_bars(data[data["outcome"] == outcome], axes)
    subtitle = "Spearman's rank correlation with 95 % interval; the last is the dummy, which moves nothing"
    return finished(figure, "What goes with what", subtitle, sweep, "correlations", data, "indices")


# --- what every sweep has --------------------------------------------------------------------------------------------


def _shared(sweep: "Sweep") -> list[SweepFigure]:
    return [*_noise_figure(sweep), *_convergence_figure(sweep), *_ternary_figures(sweep)]


def _noise_figure(sweep: "Sweep") -> list[SweepFigure]:
    data = sweep.noise[~sweep.noise["outcome"].str.contains("@", regex=False)]
    if data["parameters"].isna().all():
        return []
    count = int(data["parameters"].notna().sum())
    figure = Figure(figsize=(7.6, 1.9 + 0.27 * count), layout="constrained")
    axes = noise_bars(data, figure.subplots(subplot_kw=PANELS))
    axes.set_xlabel("% of the variance over all runs")
    handles = [
        Patch(facecolor=ABOVE, label="parameters"),
        Patch(facecolor="#B9B9B9", hatch="///", edgecolor=FAINT, label="luck that depends on them"),
        Patch(facecolor="#E9ECEF", hatch="...", edgecolor=FAINT, label="luck"),
    ]
    put_keys(figure, None, handles)
    subtitle = f"{sweep.manifest['replicates']} replicates a point, the same luck at every point"
    return finished(figure, "Parameters or luck?", subtitle, sweep, "luck", data, "noise")


def _convergence_figure(sweep: "Sweep") -> list[SweepFigure]:
    data = sweep.convergence[~sweep.convergence["outcome"].str.contains("@", regex=False)]
    if data.empty or data.groupby("outcome")["points"].nunique().max() < 2:
        return []
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = convergence_lines(data, figure.subplots(subplot_kw=PANELS))
    axes.set_xlabel("base points" if sweep.kind is DesignKind.SOBOL else "trajectories")
    axes.set_ylabel("half of the widest 95 % interval")
    put_keys(figure, None, axes.get_lines()[:-1])
    subtitle = "Dashed: the target. Where a line ends above it, the sample is too small"
    return finished(figure, "Was the sample large enough?", subtitle, sweep, "convergence", data, "convergence")


def _ternary_figures(sweep: "Sweep") -> list[SweepFigure]:
    """Densities of alignment at the end, where it was asked for by power."""
    drawn: list[SweepFigure] = []
    groups: dict[str, list[dict[str, Any]]] = {}
    for ask in asks_of(sweep):
        if ask["what"] == ["alignment"] and ask["at"] == "end" and "power" in ask["labels"]:
            groups.setdefault(ask["group"], []).append(ask)
    for group, asks in groups.items():
        powers = list(dict.fromkeys(ask["labels"]["power"] for ask in asks))
        if len(powers) >= 3:
            drawn += _ternary_figure(sweep, group, asks, powers)
    return drawn


def _ternary_figure(sweep: "Sweep", group: str, asks: list[dict[str, Any]], powers: list[str]) -> list[SweepFigure]:
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
    figure, panels, _ = frame(len(states), 3.6, 3.3)
    for axes, state in zip(panels, states, strict=True):
        ternary_density(data[data["state"] == state], axes, (named[left], named[right], "all other powers"))
        axes.set_title(sweep.manifest["states"].get(state, "all states"))
    subtitle = "Shares among the powers at the end of every run, at every point; the darker, the more runs end there"
    title = "Where the states end, in all these worlds"
    kept = data.sample(min(len(data), 5_000), random_state=0).sort_index()  # the whole is in outcomes.parquet
    return finished(figure, title, subtitle, sweep, f"ternary-{file_name(group)}", kept)


def _discovery_figures(sweep: "Sweep", found: "Discovery", number: int) -> list[SweepFigure]:
    figure = Figure(figsize=(10.5, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1), subplot_kw=PANELS)
    discovery_box(found.box, left)
    discovery_path(found.path, right, found.chosen)
    right.set_xlabel("coverage: part of such worlds inside the box")
    right.set_ylabel("density: part of the box that is such worlds")
    subtitle = f"{found.words}: coverage {found.coverage:.2f}, density {found.density:.2f}, base rate {found.rate:.2f}"
    drawn = finished(figure, "In which worlds?", subtitle, sweep, f"box-{number}", found.box)
    figure = Figure(figsize=(6.6, 4.4), layout="constrained")
    axes = ranked_bars(found.scores.assign(low=np.nan, high=np.nan), figure.subplots(subplot_kw=PANELS))
    axes.set_xlabel("importance in a forest of extremely randomised trees")
    title = "Which factors tell such worlds apart?"
    return drawn + finished(figure, title, found.words, sweep, f"scores-{number}", found.scores)


_BY_DESIGN: dict[DesignKind, tuple[Any, ...]] = {
    DesignKind.ONE_AT_A_TIME: (_tornado_figure,),
    DesignKind.GRID: (maps, responses, courses),
    DesignKind.LATIN_HYPERCUBE: (_correlation_figure,),
    DesignKind.TABLE: (_correlation_figure,),
    DesignKind.SOBOL: (_morris_figure, _index_figure, _interaction_figure),
    DesignKind.MORRIS: (_morris_figure,),
    DesignKind.FAST: (_index_figure,),
}
