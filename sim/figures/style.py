"""The house style of figures: colours, dashes, panels, legends, what stands above and below, and how they are written.

Colours go to the powers in the order of the evidence. They can be told apart by people who see colours differently, and
every line has a dash of its own besides, for print and for grey.
"""

import contextlib
import io
import re
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text
from PIL import Image

from sim.batch.outcomes import OUTCOMES, Outcome, split_word
from sim.figures.kept import noted
from sim.io.letters import cleaned
from sim.io.text import CAUTION
from sim.io.words_once import say_once
from sim.io.writers import table_as_csv, write_bytes, write_text, write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PALETTE = (
    "#D55E00", "#0072B2", "#009E73", "#7A3E9D", "#E69F00", "#56B4E9", "#CC79A7", "#4D4D4D", "#8C6D1F", "#1B1B1B",
)  # fmt: skip
DASHES: tuple[Any, ...] = (
    "solid", (0, (6, 1.5)), (0, (6, 1.5, 1.2, 1.5)), (0, (1.2, 1.2)), (0, (9, 2)), (0, (3, 1.2)),
    (0, (6, 1.5, 1.2, 1.5, 1.2, 1.5)), (0, (2, 2)), (0, (9, 2, 2, 2)), (0, (4, 3)),
)  # fmt: skip
PNG = {"format": "png", "metadata": {"Software": None}}  # no version in the file: same results, same bytes
DPI = 200
COLOURS = 256  # as many as one byte a pixel can name
AS_THEY_ARE = 128  # of these, the most frequent of a picture
INK, FAINT, GRID = "#222222", "#6E6E6E", "#DADADA"
ABOVE, BELOW = PALETTE[1], PALETTE[0]  # more and less than something
DIVERGING = LinearSegmentedColormap.from_list("two-sided", [BELOW, "#F7F7F7", ABOVE])
RISING = LinearSegmentedColormap.from_list("rising", ["#F7F7F7", "#56B4E9", "#0072B2", "#00304D"])

FONT = "DejaVu Sans"

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
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


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


def panels_for(count: int, width: float, height: float) -> tuple[Figure, list["Axes"], "Axes | None"]:
    """A figure with one panel a state and, if there is room, a spare one for the legend."""
    across = min(3, count) if count != 4 else 2
    down = -(-count // across)
    spare = count % across != 0
    figure = Figure(figsize=(width * across + (0 if spare else 1.6), height * down + 0.9), layout="constrained")
    grid = [axes for row in figure.subplots(down, across, squeeze=False) for axes in row]
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
        with lettered(figure):
            figure.draw_without_rendering()
        figure.set_layout_engine("none")  # laid out once, for both files
        for axes in figure.axes:
            # The solver of the layout differs in the last digits from one time to the next, and the file would show it.
            axes.set_position([round(edge, 5) for edge in axes.get_position(original=True).bounds])


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


@contextmanager
def lettered(figure: Figure) -> Iterator[None]:
    """A figure as it can be drawn: no letter in it that has no place in text; what the font lacks is said once."""
    for text in figure.findobj(Text):
        if not text.get_text().isprintable():
            text.set_text(cleaned(text.get_text()))
    written = {letter for text in figure.findobj(Text) for letter in text.get_text() if not letter.isspace()}
    known = get_font(findfont(FontProperties(family=FONT))).get_charmap()
    missing = sorted(letter for letter in written if ord(letter) not in known)
    if missing:
        say_once(f"figures: {FONT} has no letters for {' '.join(missing)}; boxes stand in their place")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"(?s).*(?:missing from|natively)", UserWarning)
        yield


def write_figure(figure: Figure, data: pd.DataFrame, folder: Path, name: str) -> Iterable[Path]:
    """Write one figure as PNG and SVG with its data as CSV; returns the paths in that order."""

    def save(suffix: str, **options: Any) -> Path:
        def write(handle: BinaryIO) -> None:
            with lettered(figure):
                figure.savefig(handle, **options)

        write_whole(folder / f"{name}.{suffix}", write)
        return noted(folder / f"{name}.{suffix}")

    paths = [save("png", dpi=DPI, **PNG), save("svg", format="svg", metadata={"Date": None, "Creator": None})]
    return [*paths, write_rows(data, folder / f"{name}.csv")]


def write_rows(data: pd.DataFrame, path: Path) -> Path:
    """Write what a figure is drawn from as CSV; returns the path."""
    write_text(path, table_as_csv(data, "%.6g"))
    return noted(path)


def write_light(figure: Figure, path: Path) -> Path:
    """Write a figure as a PNG with a palette, about a third of the usual size; returns the path."""
    picture = io.BytesIO()
    with lettered(figure):
        figure.savefig(picture, dpi=DPI, **PNG)
    write_bytes(path, in_palette(picture.getvalue()))
    return path


def in_palette(picture: bytes) -> bytes:
    """A PNG with the 256 colours that suit it best, one byte a pixel; the same bytes for the same picture.

    The most frequent colours, those of paper, areas and lettering, stay as they are. Pillow finds the others so that
    they lie close to whatever is left, however rare it is: the shades of a colour bar, edges where two colours blend.
    Asked for all of them, either of its methods does worse: by range it tints pale areas, by median it draws colour
    bars in steps. Nothing is dithered, so lettering stays clean.
    """
    with Image.open(io.BytesIO(picture)) as image:
        pixels = np.asarray(image.convert("RGB"))
    codes = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    shades, which, counts = np.unique(codes, return_inverse=True, return_counts=True)
    colours = np.stack([shades >> 16, shades >> 8 & 255, shades & 255], axis=-1).astype(np.uint8)
    palette = colours
    if len(colours) > COLOURS:
        order = np.argsort(-counts.astype(np.int64), kind="stable")
        kept, rest = order[:AS_THEY_ARE], order[AS_THEY_ARE:]
        others = Image.fromarray(np.repeat(colours[rest], counts[rest], axis=0)[np.newaxis])
        found = others.quantize(COLOURS - AS_THEY_ARE, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
        palette = np.concatenate([colours[kept], np.array(found.getpalette(), dtype=np.uint8).reshape(-1, 3)])[:COLOURS]
    distance = ((colours[:, np.newaxis].astype(np.int32) - palette.astype(np.int32)) ** 2).sum(axis=-1)
    light = Image.fromarray(distance.argmin(axis=-1)[which].reshape(codes.shape).astype(np.uint8))
    light.putpalette(palette.tobytes())
    file = io.BytesIO()
    light.save(file, "PNG", optimize=True)
    return file.getvalue()
