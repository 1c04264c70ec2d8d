"""The two forms of a picture, pixels and lines, as Matplotlib makes them; what stands in many places is made once.

Both give what Matplotlib gives: lines byte for byte, pixels but for lines of text, which begin at whole pixels. Where
it is not built as this file takes it to be, it draws its own way.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from matplotlib import ft2font
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from sim.figures.line_of_text import SHAPES_TEXT, can_be_set, in_one_size, set_line

_PLACES = 2  # the third of what marks are drawn with says where
_MARKED = re.compile('[&<>"]')  # signs that XML writes otherwise


class Pixels(RendererAgg):
    """Pixels as Matplotlib draws them, lines of text as pictures."""

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Write one line of text, from the whole pixel that is nearest."""
        if not can_be_set(s, angle, ismath) or not gc.get_antialiased():
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        line = set_line(s, prop.copy(), self.dpi)
        place = (round(x - line.before), round(y) + line.below)
        self._renderer.draw_text_image(line.ink, *place, 0, gc)


class _Outlines(TextToPath):
    """Outlines of letters, and where they stand in a line, asked of the font once for all figures."""

    def __init__(self) -> None:
        super().__init__()
        self._faces: dict[FontProperties, Any] = {}
        self._lines: dict[Any, list[tuple[str, float, float, float]]] = {}
        self._outlines: dict[str, Any] = {}
        self._names: dict[Any, str] = {}

    def _get_font(self, prop: FontProperties) -> Any:
        face = self._faces.get(prop)
        if face is None:
            face = self._faces[prop.copy()] = super()._get_font(in_one_size(prop))
        face.set_size(self.FONT_SCALE, self.DPI)  # outlines are all of one size
        return face

    def get_glyphs_with_font(
        self, font: Any, s: str, glyph_map: Any = None, return_new_glyphs_only: bool = False, **options: Any
    ) -> Any:
        """Places and outlines of the letters of a text; of the latter only what is new, if asked so."""
        key = (font, s, *sorted(options.items()))
        if key not in self._lines:
            self._lines[key] = self._places(font, s, options)
        places, known = self._lines[key], {} if glyph_map is None else glyph_map
        new = {name: self._outlines[name] for name, *_ in places if name not in known}
        return places, new if return_new_glyphs_only else {**known, **new}, []

    def _places(self, font: Any, s: str, options: dict[str, Any]) -> list[tuple[str, float, float, float]]:
        """The name of each letter of a text, where it stands and its size; outlines that are new are kept."""
        told = []
        for letter in font._layout(s, ft2font.LoadFlags.NO_HINTING, **options):
            which = (letter.ft_object, letter.glyph_index)
            if which not in self._names:
                self._names[which] = self._get_glyph_repr(letter.ft_object, letter.glyph_index)
                letter.ft_object.load_glyph(letter.glyph_index, flags=ft2font.LoadFlags.NO_HINTING)
                self._outlines[self._names[which]] = letter.ft_object.get_path()
            told.append((self._names[which], letter.x, letter.y, 1.0))
        return told


_OUTLINES = _Outlines()


@cache
def as_we_know_it(writer: Any) -> bool:
    """Whether Matplotlib writes lines as this file takes it to: what is leaned upon, with the names of parameters."""
    leaned_upon = (
        (TextToPath, "get_glyphs_with_font", "self font s glyph_map return_new_glyphs_only features language"),
        (TextToPath, "_get_font", "self prop"),
        (TextToPath, "_get_glyph_repr", "self font glyph"),
        (RendererSVG, "draw_markers", "self gc marker_path marker_trans path trans rgbFace"),
        (writer, "start", "self tag attrib extra"),
        (writer, "element", "self tag text attrib extra"),
    )
    try:
        parameters = [inspect.signature(getattr(owner, name)).parameters for owner, name, _ in leaned_upon]
    except (AttributeError, TypeError, ValueError):
        return False
    same = all(" ".join(found) == names for found, (_, _, names) in zip(parameters, leaned_upon, strict=True))
    return SHAPES_TEXT and same


@cache
def _quick(plain: Any) -> Any:
    """A writer of XML like another, which puts an element that follows an element down in one go."""

    class Quick(plain):
        _begun = 0
        _at: int | None = None  # how deep the element lies that was written last, while nothing else was
        put: Callable[[str], object]

        def start(self, tag: str, attrib: Any = None, **extra: Any) -> Any:
            self._at = None
            self._begun = super().start(tag, attrib, **extra)
            return self._begun

        def end(self, *which: Any, **how: Any) -> None:
            self._at = None
            super().end(*which, **how)

        def element(self, tag: str, text: str | None = None, attrib: Any = None, **extra: Any) -> None:
            told = {key: value for key, value in {**(attrib or {}), **extra}.items() if value}
            if self._at is None or text or _MARKED.search("".join(told.values())):
                super().element(tag, text, attrib, **extra)
                self._at = self._begun
                return
            said = "".join([f' {key}="{value}"' for key, value in told.items()])
            self.put(f"{' ' * self._at}<{tag}{said}/>\n")

    return Quick


class _Places:
    """Places of marks, told as plain numbers, which are written in half of the time."""

    def __init__(self, path: Any) -> None:
        self.vertices, self._path = path.vertices, path

    def iter_segments(self, transform: Any, **how: Any) -> Iterator[tuple[list[float], int]]:
        """Each place that can be seen, and that it is one."""
        seen = self._path.cleaned(transform=transform, **how)
        for place, code in zip(seen.vertices.tolist(), seen.codes.tolist(), strict=True):
            if code == self._path.STOP:
                return
            yield place, code


class Lines(RendererSVG):
    """Lines as Matplotlib writes them: a style is found once for marks that are all alike, words are set once."""

    _alike: str | None = None

    def __init__(self, width: float, height: float, file: Any, **options: Any) -> None:
        super().__init__(width, height, file, **options)
        plain: Any = type(self.writer)
        self._known = as_we_know_it(plain)
        if self._known:
            self._text2path = _OUTLINES
            self.writer.__class__ = _quick(plain)
            self.writer.put = file.write

    def draw_markers(self, gc: Any, *args: Any, **options: Any) -> None:
        """Draw the same mark in many places."""
        rgb = args[4] if len(args) > 4 else options.get("rgbFace")
        self._alike = super()._get_style(gc, rgb)
        if self._known and len(args) > _PLACES and args[_PLACES].codes is None:
            args = (*args[:_PLACES], _Places(args[_PLACES]), *args[_PLACES + 1 :])
        try:
            super().draw_markers(gc, *args, **options)
        finally:
            self._alike = None

    def _get_style(self, gc: Any, rgbFace: Any) -> Any:  # noqa: N803 (the name is Matplotlib's)
        return super()._get_style(gc, rgbFace) if self._alike is None else self._alike
