"""What each system does, one figure a scenario."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.ablation_results import strongest_systems
from sim.analysis.effect_tables import that_counts
from sim.batch.naming import apart
from sim.figures.comparison import effect_cell, effect_map
from sim.figures.given import table_drawn
from sim.figures.panels import PANELS
from sim.figures.pictures import write_figure
from sim.figures.style import file_name, finish, house_style, in_lines
from sim.io.arguments import Arguments
from sim.model.variables import in_words

_NO_TITLES: Mapping[str, str] = MappingProxyType({})
_STRONG = 2.0  # effects beyond this many spreads between runs have the darkest colour
_LETTERS = 26  # of a title, above the column of one state


def draw_ablation(
    table: pd.DataFrame, folder: Path | str, caption: str = "", titles: Mapping[str, str] = _NO_TITLES
) -> list[Path]:
    """Draw what each system does out of a table of `sim.analysis.ablation.effects`, one figure a scenario.

    Gives back the paths of the PNGs.
    """
    columns = ("scenario", "system", "state", "measure", "difference", "moved", "clear")
    place = table_drawn("sim.figures.draw_ablation", table, columns, "sim.analysis.effects", folder, caption)
    Arguments("sim.figures.draw_ablation").made("titles", titles, Mapping, "titles by the name of their scenario")
    paths = []
    with house_style():
        scenarios = list(dict.fromkeys(table["scenario"].astype(str)))
        for scenario, name in zip(scenarios, apart([f"ablation-{file_name(one)}" for one in scenarios]), strict=True):
            mine = that_counts(table[table["scenario"] == scenario])
            title = f"{titles[scenario]} ({scenario})" if scenario in titles else scenario
            figure, data = _ablation_figure(mine, title, caption)
            paths.append(next(iter(write_figure(figure, data, place, name))))
    return paths


def _ablation_figure(mine: pd.DataFrame, title: str, caption: str) -> tuple[Figure, pd.DataFrame]:
    systems, states = list(dict.fromkeys(mine["system"])), list(dict.fromkeys(mine["state"]))
    partners = mine[mine["measure"] == "effective_partners"]
    largest = strongest_systems(mine)
    height = 2.1 + 0.235 * len(systems)
    figure = Figure(figsize=(4.0 + 2.55 * len(states), height), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(0.62, 1.9), subplot_kw=PANELS)
    words = [effect_cell(row.difference, bool(row.counts)) if row.moved else "" for row in partners.itertuples()]
    values = partners["difference"].abs().to_numpy()
    shade = float(np.quantile(values, 0.95)) if len(values) and values.max() > 0 else 1.0
    effect_map(
        _grid(partners, partners["difference"], systems, states),
        left,
        max(shade, 1e-9),
        _grid(partners, pd.Series(words, index=partners.index), systems, states, ""),
        6.5,
        _grid(partners, partners["counts"], systems, states, False),
    )
    left.set_title("Effective partners", pad=22)
    words = [
        f"{in_words(str(row.measure), str(row.power))} {effect_cell(row.effect, bool(row.counts))}"
        for row in largest.itertuples()
    ]
    picture = effect_map(
        _grid(largest, largest["effect"], systems, states),
        right,
        _STRONG,
        _grid(largest, pd.Series(words, index=largest.index), systems, states, ""),
        6.5,
        _grid(largest, largest["counts"], systems, states, False),
    )
    told = "The outcome that differs most, in units of the spread between runs"
    right.set_title(in_lines(told, _LETTERS * len(states)), pad=22)
    right.tick_params(axis="y", labelleft=False)
    figure.colorbar(picture, ax=right, shrink=0.5, pad=0.01, extend="both")
    subtitle = "Without the system less with it, same luck; * and colour: clear and large enough; empty: nothing"
    runs = f"{int(mine['runs'].iloc[0]):,} runs with and without each system"
    finish(figure, "What each system does", subtitle, caption or title, runs)
    return figure, pd.concat([partners.assign(panel="partners"), largest.assign(panel="strongest")], ignore_index=True)


def _grid(
    rows: pd.DataFrame, cells: pd.Series, systems: Sequence[str], states: Sequence[str], empty: Any = np.nan
) -> pd.DataFrame:
    """Cells laid out by system and state."""
    wide = rows.assign(cell=cells).pivot(index="system", columns="state", values="cell")
    return wide.reindex(index=systems, columns=states).where(lambda found: found.notna(), empty)
