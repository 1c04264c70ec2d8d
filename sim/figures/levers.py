"""What levers move where they should move something: a table of colours, expectation by state."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.lever_results import Answer, MeasuredLevers
from sim.analysis.observables import words_of
from sim.figures.comparison import effect_cell, effect_map
from sim.figures.given import drawn_of
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure
from sim.figures.style import finish, house_style

_STRONG = 2.0  # effects beyond this many spreads between runs have the darkest colour
_SIGNS = {"up": 1.0, "down": -1.0, "either": 1.0}


def draw_levers(found: MeasuredLevers, folder: Path | str, caption: str = "") -> list[Path]:
    """Draw what was expected of the levers and found; gives back the paths of the PNGs.

    Effects are in units of the spread between runs, so signed that the expected way is above nought.
    """
    maker = "sim.analysis.lever_results.measured"
    place = drawn_of("sim.figures.draw_levers", "found", found, MeasuredLevers, maker, folder)
    assert place is not None
    data = found.expected.copy()
    names = [words_of(str(row.measure), str(row.power)) for row in data.itertuples()]
    ways = data["way"].map({"up": "rise", "down": "fall", "either": "move"})
    data["row"] = data["lever"] + ": " + pd.Series(names, index=data.index) + " " + ways
    data["along"] = data["effect"] * data["way"].map(_SIGNS)
    told = data["answer"] != Answer.NOTHING.word
    data["text"] = [effect_cell(one, bool(clear)) for one, clear in zip(data["along"], told, strict=True)]
    rows, states = list(dict.fromkeys(data["row"])), list(dict.fromkeys(data["state"]))
    with house_style():
        figure = Figure(figsize=(7.4 + 0.75 * len(states), 2.0 + 0.2 * len(rows)), layout="constrained")
        axes = figure.subplots(subplot_kw=PANELS)
        wide = data.pivot_table(index="row", columns="state", values="along", dropna=False).reindex(rows)[states]
        text = data.pivot(index="row", columns="state", values="text").reindex(rows)[states].fillna("")
        told = data.assign(told=told).pivot(index="row", columns="state", values="told").reindex(rows)[states]
        picture = effect_map(wide, axes, _STRONG, text, 6.0, told.map(lambda one: one is True))
        figure.colorbar(picture, ax=axes, shrink=0.5, pad=0.01, extend="both")
        subtitle = "In spreads between runs, same luck; above nought is the expected way; * interval leaves nought out"
        runs = f"{found.runs:,} runs with and without each"
        finish(figure, "What levers move where they should", subtitle, caption or found.scenario, runs)
        return [next(iter(write_figure(figure, data, place, "levers")))]
