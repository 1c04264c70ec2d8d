"""The house style of figures: colours, dashes, panels, legends, and what stands above and below.

Colours go to the powers in the order of the evidence. They can be told apart by people who see colours differently, and
every line has a dash of its own besides, for print and for grey.
"""

import contextlib
import gc
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure

from sim.batch.outcomes import OUTCOMES, Outcome, split_word
from sim.figures.lettering import FONT, boxes_for_letters
from sim.figures.one_pass import lay_out
from sim.figures.panels import PANELS
from sim.io.text import CAUTION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PALETTE = (
    "#D55E00", "#0072B2", "#009E73", "#7A3E9D", "#E69F00", "#56B4E9", "#CC79A7", "#4D4D4D", "#8C6D1F", "#1B1B1B",
)  # fmt: skip
DASHES: tuple[Any, ...] = (
    "solid", (0, (6, 1.5)), (0, (6, 1.5, 1.2, 1.5)), (0, (1.2, 1.2)), (0, (9, 2)), (0, (3, 1.2)),
    (0, (6, 1.5, 1.2, 1.5, 1.2, 1.5)), (0, (2, 2)), (0, (9, 2, 2, 2)), (0, (4, 3)),
)  # fmt: skip
INK, FAINT, GRID = "#222222", "#6E6E6E", "#DADADA"
ABOVE, BELOW = PALETTE[1], PALETTE[0]  # more and less than something
DIVERGING = LinearSegmentedColormap.from_list("two-sided", [BELOW, "#F7F7F7", ABOVE])
RISING = LinearSegmentedColormap.from_list("rising", ["#F7F7F7", "#56B4E9", "#0072B2", "#00304D"])

STYLE = {
    "axes.edgecolor": FAINT,
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "figure.facecolor": "white",
    "font.family": FONT,
    "font.size": 9,
    "hatch.linewidth": 0.7,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "text.hinting": "none",  # letters are as wide in pixels as in lines, and cost half as much
    "text.parse_math": False,  # a title may have a dollar sign
    "text.usetex": False,
    "svg.hashsalt": "multivector",
    "text.color": INK,
    "xtick.color": FAINT,
    "xtick.labelsize": 8,
    "ytick.color": FAINT,
    "ytick.labelsize": 8,
}

_TITLE_LETTER, _SUBTITLE_LETTER, _FOOT_LETTER = 0.118, 0.074, 0.0615  # inches that a letter takes, on the whole
_TITLE_LINE, _SUBTITLE_LINE, _FOOT_LINE = 0.25, 0.17, 0.14  # inches that a line takes
_WIDEST_FOOT = 150  # letters: longer lines are hard to follow


@contextlib.contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style, whatever style the user has set; that is as it was afterwards."""
    collecting = gc.isenabled()
    gc.disable()  # all parts of a figure know each other: going through them for what is done with costs a tenth
    try:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(STYLE)
            yield
    finally:
        if collecting:
            gc.enable()


@dataclass(frozen=True, kw_only=True)
class Look:
    """How each power is drawn: code -> colour and dash, in the order of the evidence."""

    colour: dict[str, str]
    dash: dict[str, Any]
    name: dict[str, str]


def look(powers: dict[str, str]) -> Look:
    """The look of some powers (code -> name); with more powers than colours the dashes go on telling them apart."""
    codes = list(powers)
    return Look(
        colour={code: PALETTE[index % len(PALETTE)] for index, code in enumerate(codes)},
        dash={code: DASHES[(index + index // len(PALETTE)) % len(DASHES)] for index, code in enumerate(codes)},
        name=dict(powers),
    )


def apart(values: dict[str, float], gap: float, bottom: float, top: float) -> dict[str, float]:
    """Places at least `gap` apart, in the same order and as near to the values as that allows, inside bottom..top."""
    order = sorted(values, key=lambda key: values[key])
    # Once the gaps are taken off, places only must not fall: neighbours that would are pooled at their mean.
    pools: list[tuple[float, int]] = []
    for rank, key in enumerate(order):
        mean, size = values[key] - rank * gap, 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean, size = (other * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    flat = [mean for mean, size in pools for _ in range(size)]
    highest = top - (len(order) - 1) * gap
    return {key: max(min(flat[rank], highest), bottom) + rank * gap for rank, key in enumerate(order)}


def outcome_order(how: Look) -> Callable[[str], int]:
    """A key that sorts outcome words: by outcome, then by power in the order of the evidence."""
    powers = list(how.name)

    def rank(word: str) -> int:
        outcome, power = split_word(word)
        return OUTCOMES.index(outcome) * (len(powers) + 1) + (powers.index(power) if power in powers else 0)

    return rank


def outcome_fill(word: str, how: Look) -> dict[str, Any]:
    """Colour tells the power, shade and hatching tell the outcome; so grey print still tells outcomes apart."""
    outcome, power = split_word(word)
    colour = how.colour.get(power, FAINT)
    dark = mixed(colour, 0.35, "#000000")
    looks: dict[Outcome, dict[str, Any]] = {
        Outcome.MULTI_VECTOR: {"facecolor": "#E9ECEF", "edgecolor": FAINT},
        Outcome.LEANING: {"facecolor": mixed(colour, 0.55), "edgecolor": FAINT},
        Outcome.LOCKED_IN: {"facecolor": colour, "edgecolor": mixed(colour, 0.65), "hatch": "///"},
        Outcome.SQUEEZED: {"facecolor": "#9A9A9A", "edgecolor": INK, "hatch": "..."},
        Outcome.SIDED: {"facecolor": dark, "edgecolor": mixed(colour, 0.35), "hatch": "xx"},
        Outcome.ISOLATED: {"facecolor": "white", "edgecolor": FAINT, "hatch": "---"},
    }
    return {"linewidth": 0.6} | looks[outcome]


def mixed(colour: str, share: float, other: str = "#FFFFFF") -> tuple[float, float, float]:
    """A colour mixed with a share of another; white makes it paler."""
    red, green, blue = (a + (b - a) * share for a, b in zip(to_rgb(colour), to_rgb(other), strict=True))
    return red, green, blue


@lru_cache(maxsize=4096)
def web_colour(colour: Any, percent: int = 0, other: str = "#FFFFFF") -> str:
    """A colour as pages write it, `#d55e00`, mixed with so many per cent of another."""
    return str(to_hex(mixed(colour, percent / 100.0, other)))


def panels_for(count: int, width: float, height: float) -> tuple[Figure, list["Axes"], "Axes | None"]:
    """A figure with one panel a state and, if there is room, a spare one for the legend."""
    across = min(3, count) if count != 4 else 2
    down = -(-count // across)
    spare = count % across != 0
    figure = Figure(figsize=(width * across + (0 if spare else 1.6), height * down + 0.9), layout="constrained")
    grid = [axes for row in figure.subplots(down, across, squeeze=False, subplot_kw=PANELS) for axes in row]
    for axes in grid[count:]:
        axes.set_axis_off()
    return figure, grid[:count], grid[count] if spare else None


def put_legend(figure: Figure, spare: "Axes | None", handles: list[Any]) -> None:
    """The legend in the spare panel, or to the right of all panels where there is none."""
    for handle in handles:
        if str(handle.get_label()).startswith("_"):  # such a label would be left out
            handle.set_label(f" {handle.get_label()}")
    if spare is None:
        figure.legend(handles=handles, loc="outside right upper", handlelength=3.2)
    else:
        spare.legend(handles=handles, loc="center", handlelength=3.2, labelspacing=0.7)


def finish(figure: Figure, title: str, subtitle: str, names: str, counted: str, above: float = 0.0) -> None:
    """Put the title and what the picture shows above; below, the names of what it rests on and how much that is.

    `above` leaves room between the two, in inches, for a legend that stands there. What is too long for a line goes on
    in the next, and the figure grows by it.
    """
    across = figure.get_figwidth() - 0.1
    heads = textwrap.wrap(title, int(across / _TITLE_LETTER))
    shows = textwrap.wrap(subtitle, int(across / _SUBTITLE_LETTER))
    more = _TITLE_LINE * max(len(heads) - 1, 0) + _SUBTITLE_LINE * max(len(shows) - 1, 0)
    if more:
        _make_room(figure, more, above)
    inch = 1.0 / figure.get_figheight()
    below = 0.38 + _TITLE_LINE * max(len(heads) - 1, 0)
    top: dict[str, Any] = {"ha": "left", "va": "top"}
    figure.text(0.01, 1 - 0.1 * inch, "\n".join(heads), fontsize=13.5, fontweight="bold", **top)
    figure.text(0.01, 1 - below * inch, "\n".join(shows), fontsize=9.5, color=FAINT, **top)
    foot: dict[str, Any] = {"ha": "left", "va": "bottom", "fontsize": 8, "color": FAINT}
    letters = min(_WIDEST_FOOT, int(across / _FOOT_LETTER))
    rests_on = [
        *textwrap.wrap(names, letters, break_on_hyphens=False),
        *textwrap.wrap(f"{counted}; {CAUTION}", letters),
    ]
    figure.text(0.01, 0.08 * inch, "\n".join(rests_on), **foot)
    layout = figure.get_layout_engine()
    if layout is not None:
        margin = (0.2 + _FOOT_LINE * len(rests_on)) * inch
        layout.set(rect=(0.005, margin, 0.99, 1 - (0.7 + above + more) * inch - margin), h_pad=0.07)
        with boxes_for_letters():
            lay_out(figure)


def _make_room(figure: Figure, more: float, above: float) -> None:
    """Make a figure higher by so many inches, and move the legend down that stands between title and panels."""
    figure.set_figheight(figure.get_figheight() + more)
    for legend in figure.legends if above else ():
        legend.set_bbox_to_anchor((0.005, 1 - (0.58 + more) / figure.get_figheight()))


def in_lines(name: str, width: int) -> str:
    """A name in lines of at most so many letters, broken behind blanks, points, hyphens and underlines; never cut."""
    lines, line = [], ""
    for piece in re.split(r"(?<=[\s._/@-])", name):
        if len(line) + len(piece.rstrip()) > width and line:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while len(line.rstrip()) > width:
            lines.append(line[:width])
            line = line[width:]
    return "\n".join([*lines, line.rstrip()] if line.strip() else lines)


def file_name(text: str) -> str:
    """What something is called, as part of the name of a file."""
    return "".join(sign if sign.isalnum() else "-" for sign in text.lower())
