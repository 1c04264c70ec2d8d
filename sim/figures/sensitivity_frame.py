"""What figures of a sweep have in common: the frame with its panels, the keys, and what stands above and below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from sim.figures.style import DASHES, PALETTE, finish, in_lines, panels_for
from sim.model.variables import BY_NAME

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.analysis.sensitivity.sweep_results import Sweep

MOST_PANELS = 6
PANEL_TITLE = 42  # letters in a line above a panel
_AXIS_WIDTH = 52  # letters in a line beside an axis
_LETTER, _LINE = 0.068, 0.24  # inches a letter and a line of a legend take
_ROOM = "room_for_legend"
_SIDE_PAD = 0.1  # inches beside each panel, so that long names of rows end inside the picture


@dataclass(frozen=True, kw_only=True)
class SweepFigure:
    """A figure of a sweep, its rows, and the table of the sweep in which they stand.

    Where they stand in no other, that is a table of the figure's own name.
    """

    name: str
    figure: Figure
    data: pd.DataFrame
    table: str

    @property
    def caption(self) -> dict[str, str]:
        """The title of the figure and what it shows, as they stand above it."""
        title, shows = (" ".join(text.get_text().split()) for text in self.figure.texts[:2])
        return {"figure": self.name, "title": title, "shows": shows}


def asks_of(sweep: "Sweep") -> list[dict[str, Any]]:
    """The outcomes that were asked for as measures or words, by state, power or quarter where that was said."""
    return [ask for ask in sweep.manifest["outcomes"] if not isinstance(ask, str)]


def factor_label(sweep: "Sweep", name: str) -> str:
    """What stands beside the axis of a factor: its name, and the unit of its values where they have one."""
    unit = str(sweep.factors[name]["unit"])
    return in_lines(f"{name}, {unit}" if unit else name, _AXIS_WIDTH)


def own_value(sweep: "Sweep", name: str) -> float:
    """Where a factor stands in the model itself: the value it has while others are varied."""
    return float(sweep.factors[name]["base"])


def unit_of(sweep: "Sweep", outcome: str) -> str:
    """The unit of an outcome that was asked for as one measure; empty for any other."""
    asked: list[str] = next((ask["what"] for ask in asks_of(sweep) if ask["name"] == outcome), [])
    known = BY_NAME.get(asked[0]) if len(asked) == 1 else None
    return known.unit if known is not None else ""


def frame(count: int, width: float, height: float) -> tuple[Figure, list["Axes"], "Axes | None"]:
    """Panels as in every figure of the house, without the margin on the right that a legend would need there."""
    figure, panels, spare = panels_for(count, width, height)
    if spare is None:
        figure.set_figwidth(max(figure.get_figwidth() - 1.6, 6.4))
    return figure, panels, spare


def put_keys(figure: Figure, spare: "Axes | None", handles: list[Any]) -> None:
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


def series_legend(figure: Figure, spare: "Axes | None", names: Sequence[str]) -> None:
    """Which line is which; nothing where there is only one."""
    if len(names) < 2:
        return
    handles = [
        Line2D([], [], color=PALETTE[(at + 1) % len(PALETTE)], linestyle=DASHES[at % len(DASHES)], label=name)
        for at, name in enumerate(names)
    ]
    put_keys(figure, spare, handles)


def finished(
    figure: Figure, title: str, subtitle: str, sweep: "Sweep", name: str, data: pd.DataFrame, table: str = ""
) -> list[SweepFigure]:
    """A figure with what stands above and below it; `table` names the table that has its rows, if there is one."""
    counted = f"{sweep.number_of_runs:,} runs, seed {sweep.manifest['seed']}"
    names = f"{sweep.title} ({sweep.name})"
    layout = figure.get_layout_engine()
    if isinstance(layout, ConstrainedLayoutEngine):
        layout.set(w_pad=_SIDE_PAD)
    finish(figure, title, subtitle, names, counted, above=getattr(figure, _ROOM, 0.0))
    return [SweepFigure(name=name, figure=figure, data=data, table=table or name)]
