"""The two forms of a picture, pixels and lines, as Matplotlib makes them; what stands in many places is made once.

Both give what Matplotlib gives: lines byte for byte, pixels but for lines of text, which begin at whole pixels.
"""

from typing import Any

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from sim.figures.line_of_text import can_be_set, set_line


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
        self._set: dict[Any, Any] = {}

    def get_glyphs_with_font(
        self, font: Any, s: str, glyph_map: Any = None, return_new_glyphs_only: bool = False, **options: Any
    ) -> Any:
        """Places and outlines of the letters of a text; of the latter only what is new, if asked so."""
        key = (font.fname, font.face_index if hasattr(font, "face_index") else 0, s, *sorted(options.items()))
        if key not in self._set:
            self._set[key] = super().get_glyphs_with_font(font, s, **options)
        places, outlines, boxes = self._set[key]
        known = {} if glyph_map is None else glyph_map
        new = {name: outline for name, outline in outlines.items() if name not in known}
        return places, new if return_new_glyphs_only else {**known, **new}, boxes


_OUTLINES = _Outlines()


class Lines(RendererSVG):
    """Lines as Matplotlib writes them: a style is found once for marks that are all alike, words are set once."""

    _alike: str | None = None

    def __init__(self, width: float, height: float, file: Any, **options: Any) -> None:
        super().__init__(width, height, file, **options)
        self._text2path = _OUTLINES

    def draw_markers(self, gc: Any, *args: Any, **options: Any) -> None:
        """Draw the same mark in many places."""
        rgb = args[4] if len(args) > 4 else options.get("rgbFace")
        self._alike = super()._get_style(gc, rgb)
        try:
            super().draw_markers(gc, *args, **options)
        finally:
            self._alike = None

    def _get_style(self, gc: Any, rgbFace: Any) -> Any:  # noqa: N803 (the name is Matplotlib's)
        return super()._get_style(gc, rgbFace) if self._alike is None else self._alike
