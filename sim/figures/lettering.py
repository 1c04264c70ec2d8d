"""The letters of figures: none that has no place in text, and a word where the font lacks one."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text

from sim.io.letters import cleaned
from sim.io.words_once import say_once

FONT = "DejaVu Sans"


@contextmanager
def boxes_for_letters() -> Iterator[None]:
    """Let boxes stand in the place of letters that the font lacks, without a warning for each."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"(?s).*(?:missing from|natively)", UserWarning)
        yield


@contextmanager
def lettered(figure: Figure) -> Iterator[None]:
    """A figure as it can be drawn: no letter in it that has no place in text; what the font lacks is said once."""
    written: set[str] = set()
    for text in _texts(figure):
        if not text.get_text().isprintable():
            text.set_text(cleaned(text.get_text()))
        written.update(text.get_text())
    known = get_font(findfont(FontProperties(family=FONT))).get_charmap()
    missing = sorted(letter for letter in written if not letter.isspace() and ord(letter) not in known)
    if missing:
        say_once(f"figures: {FONT} has no letters for {' '.join(missing)}; boxes stand in their place")
    with boxes_for_letters():
        yield


def _texts(artist: Artist) -> Iterator[Text]:
    """All texts that are drawn with an artist; what is hidden is not looked into, which would make what it lacks."""
    if not artist.get_visible():
        return
    if isinstance(artist, Text):
        yield artist
    hidden = (artist.xaxis, artist.yaxis) if isinstance(artist, Axes) and not artist.axison else ()
    for child in artist.get_children():
        if child not in hidden:
            yield from _texts(child)
