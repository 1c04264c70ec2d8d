"""A line of text is set once: what it measures, and its ink, which is put down wherever the same words stand.

Matplotlib asks the font for every letter when a text is measured, once more when it is drawn, and draws letter by
letter. Here a line is drawn as one picture that begins at a whole pixel, so it is the same picture each time.

That takes a Matplotlib that shapes text, as it does since 3.11; with another, texts are measured and drawn its own way.
"""

import math
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib import ft2font
from matplotlib.backends.backend_agg import get_hinting_flag
from matplotlib.font_manager import FontProperties, findfont, get_font
from numpy.typing import NDArray

SHAPES_TEXT = hasattr(ft2font, "LayoutItem") and hasattr(ft2font.FT2Font, "_layout")
"""Whether Matplotlib shapes text; before it did, it set letters another way."""

_POINTS = 72.0  # in an inch
_OF_A_PIXEL = 64.0  # what FreeType counts in
_FROM_RIGHT_TO_LEFT = {"R", "AL", "AN", "RLE", "RLO", "RLI"}
_ROOM = " "  # before each line, so that the ink of no letter begins left of it: pixels are cut off there


class SetLine(NamedTuple):
    """A line of text as it is set, in pixels: its size, and its ink (height, width), 0 to 255."""

    width: float
    height: float
    descent: float
    ink: NDArray[np.uint8]
    before: float
    """From the left edge of the ink to where the line begins."""
    below: int
    """Rows of ink below the one on which letters stand."""


@lru_cache(4096)
def set_line(text: str, font: FontProperties, dpi: float) -> SetLine:
    """A line of text, set; `font` must not be changed afterwards."""
    face, before = _made_ready(font, dpi), _width_of_room(font, dpi)
    face.set_text(_ROOM + text, 0.0, flags=get_hinting_flag())
    width, height = (length / _OF_A_PIXEL for length in face.get_width_height())
    descent = face.get_descent() / _OF_A_PIXEL
    face.draw_glyphs_to_bitmap(antialiased=True)
    ink = np.array(face.get_image())
    below = len(ink) - math.floor(height - descent) - 1
    return SetLine(width - before, height, descent, ink, before, below)


def can_be_set(text: str, angle: float = 0.0, formula: Any = False) -> bool:
    """Whether a text can be set as a line: it is level, no formula, and runs from left to right."""
    return SHAPES_TEXT and not angle and not formula and _runs_right(text)


@lru_cache(4096)
def _runs_right(text: str) -> bool:
    if text.isascii():
        return not text.isspace()
    return not _FROM_RIGHT_TO_LEFT.intersection(map(unicodedata.bidirectional, text))


@lru_cache(256)
def heights_of(font: FontProperties, dpi: float) -> tuple[float, float, float] | tuple[None, None, None]:
    """Ascent, descent and gap between lines of a font, in pixels; nothing where the font does not tell them."""
    face = _face(font)
    scale = font.get_size_in_points() * dpi / _POINTS
    for name, keys in (
        ("OS/2", ("sTypoAscender", "sTypoDescender", "sTypoLineGap")),
        ("hhea", ("ascent", "descent", "lineGap")),
    ):
        table: Any = face.get_sfnt_table(name)
        if table is not None:
            em = face.get_sfnt_table("head")["unitsPerEm"]
            ascent, descent, gap = (table[key] * (1 / em * scale) for key in keys)
            return ascent, -descent, gap
    return None, None, None


@lru_cache(256)
def _width_of_room(font: FontProperties, dpi: float) -> float:
    face = _made_ready(font, dpi)
    face.set_text(_ROOM, 0.0, flags=get_hinting_flag())
    return float(face.get_width_height()[0] / _OF_A_PIXEL)


def in_one_size(font: FontProperties) -> FontProperties:
    """A font in a size by which it is looked up: for every size Matplotlib would look through all fonts again."""
    looked_up = font.copy()
    looked_up.set_size(_POINTS)
    return looked_up


@lru_cache(256)
def _face(font: FontProperties) -> Any:
    return get_font(findfont(in_one_size(font)))


def _made_ready(font: FontProperties, dpi: float) -> Any:
    face = _face(font)
    face.clear()
    face.set_size(font.get_size_in_points(), dpi)
    return face
