"""What constant policies buy and cost: for every state a table of colours, policy by outcome."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.observables import words_of
from sim.analysis.policy_effects import ENDS
from sim.analysis.policy_results import counted
from sim.figures.comparison import effect_cell, effect_map
from sim.figures.given import table_drawn
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure
from sim.figures.style import finish, house_style

_STRONG = 2.0  # effects beyond this many spreads between runs have the darkest colour


def draw_policies(table: pd.DataFrame, folder: Path | str, caption: str = "") -> list[Path]:
    """Draw a table of `sim.analysis.policy_effects.policies`, one panel a state; gives back the paths of the PNGs.

    Shown is the last quarter, in units of the spread between runs, so signed that more is better for the state.
    """
    columns = ("quarter", "state", "policy", "measure", "effect", "runs")
    place = table_drawn("sim.figures.draw_policies", table, columns, "sim.policies", folder, caption)
    last = max(table["quarter"])
    data = counted(table[table["quarter"] == last])
    data = data.assign(gain=data["effect"] * data["measure"].map(ENDS))
    states, policies = list(dict.fromkeys(data["state"])), list(dict.fromkeys(data["policy"]))
    ends = list(dict.fromkeys(data["measure"]))
    with house_style():
        figure = Figure(figsize=(2.2 + 2.9 * len(states), 3.0 + 0.27 * len(policies)), layout="constrained")
        panels = figure.subplots(1, len(states), sharey=True, squeeze=False, subplot_kw=PANELS)[0]
        picture = None
        for axes, state in zip(panels, states, strict=True):
            mine = data[data["state"] == state]
            values = mine.pivot(index="policy", columns="measure", values="gain").reindex(policies)[ends]
            text = [effect_cell(row.gain, row.better != 0) for row in mine.itertuples()]
            mine = mine.assign(text=text, counts=mine["better"] != 0)
            written, counts = (
                mine.pivot(index="policy", columns="measure", values=what).reindex(policies)[ends]
                for what in ("text", "counts")
            )
            values.columns = pd.Index([words_of(end) for end in ends])
            picture = effect_map(values, axes, _STRONG, written, 6.0, counts)
            axes.tick_params(axis="x", labelrotation=60)
            axes.set_xlabel(state)
        figure.colorbar(picture, ax=list(panels), shrink=0.6, pad=0.01, extend="both")
        subtitle = f"Policy less rule in {last}, in spreads between runs"
        runs = f"same luck; above nought is better; * counts; {int(table['runs'].iloc[0]):,} runs by each"
        finish(figure, "What constant policies buy and cost", subtitle, caption, runs)
        return [next(iter(write_figure(figure, data, place, "policies")))]
