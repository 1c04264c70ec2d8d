"""One pass over a figure for both of its forms: every mark goes to the picture in pixels and to the one in lines.

Matplotlib walks over a figure once for every form, and finding out where everything stands costs more than putting it
down. Here places are found once, in pixels. What goes into lines is scaled to points; line widths, dashes and letters
are told in points in either form.
"""

import io
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import Affine2D, Bbox, TransformedPath
from numpy.typing import NDArray

from sim.figures.forms import Lines, Pixels
from sim.figures.line_of_text import can_be_set, heights_of, set_line

DPI = 200
_POINTS = 72.0  # in an inch
_SAID = {"Date": None, "Creator": None}  # same results, same bytes: neither day nor version stands in the file


@lru_cache(8192)
def _extent(text: str, font: FontProperties, formula: Any, dpi: float) -> tuple[float, float, float]:
    """Width, height and descent of a line of text, in pixels; the same words stand in many places of a figure."""
    if can_be_set(text, formula=formula):
        line = set_line(text, font, dpi)
        return line.width, line.height, line.descent
    width, height, descent = _ruler(dpi).get_text_width_height_descent(text, font, formula)
    return width, height, descent


@lru_cache(4)
def _ruler(dpi: float) -> RendererAgg:
    return RendererAgg(1, 1, dpi)


class Ruler(RendererBase):
    """Measures what is to be drawn and draws nothing: all that a layout needs."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.dpi = figure.dpi
        self.width, self.height = figure.canvas.get_width_height(physical=True)

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Width, height and descent of a line of text, in pixels."""
        return _extent(s, prop, ismath, self.dpi)

    def _get_font_height_metrics(self, prop: FontProperties) -> Any:
        return heights_of(prop.copy(), self.dpi)

    def points_to_pixels(self, points: Any) -> Any:
        """Points as pixels."""
        return points * self.dpi / _POINTS

    def get_canvas_width_height(self) -> tuple[float, float]:
        """The size of the picture in pixels."""
        return self.width, self.height


class _Both(Ruler):
    """Takes every mark for both forms. What is asked to be pixels in either form goes into the lines as a picture."""

    def __init__(self, figure: Figure, lines: Any) -> None:
        super().__init__(figure)
        self.pixels = Pixels(self.width, self.height, self.dpi)
        inches = figure.get_size_inches()
        self.lines = Lines(_POINTS * inches[0], _POINTS * inches[1], lines, image_dpi=self.dpi, metadata=dict(_SAID))
        self._apart: Pixels | None = None  # pixels that become a picture among the lines
        self._share = _POINTS / self.dpi
        self._scaled = Affine2D().scale(self._share)
        self.open_group = self.lines.open_group
        self.close_group = self.lines.close_group

    def let_go(self) -> None:
        """Give the pictures up: texts go on knowing what they were drawn by as long as there is the figure."""
        del self.pixels, self.lines, self.open_group, self.close_group

    def option_image_nocomposite(self) -> bool:
        """Pictures are put down one by one."""
        return True

    def start_rasterizing(self) -> None:
        """From here on all are pixels in either form."""
        self._apart = Pixels(self.width, self.height, self.dpi)

    def stop_rasterizing(self) -> None:
        """Put what was drawn since then among the lines, as a picture no larger than it has to be."""
        assert self._apart is not None
        picture = np.asarray(self._apart.buffer_rgba())
        self._apart = None
        down, across = (np.flatnonzero(picture[..., 3].any(axis=axis)) for axis in (1, 0))
        if len(down):
            cut = picture[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
            bottom = self.height - (down[-1] + 1)
            self.lines.draw_image(self.new_gc(), across[0] * self._share, bottom * self._share, cut[::-1])

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803
        """Draw a line or an area."""
        for pixels in self._in_pixels():
            pixels.draw_path(gc, path, transform, rgbFace)
        if self._apart is None:
            self.lines.draw_path(self._in_points(gc), path, transform + self._scaled, rgbFace)

    def draw_markers(
        self,
        gc: Any,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """Draw the same mark in many places."""
        for pixels in self._in_pixels():
            pixels.draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
        if self._apart is None:
            scaled = (marker_path, marker_trans + self._scaled, path, trans + self._scaled, rgbFace)
            self.lines.draw_markers(self._in_points(gc), *scaled)

    def draw_path_collection(
        self,
        gc: Any,
        master_transform: Any,
        paths: Any,
        all_transforms: Any,
        offsets: Any,
        offset_trans: Any,
        *looks: Any,
        **options: Any,
    ) -> None:
        """Draw many lines or areas."""
        for pixels in self._in_pixels():
            pixels.draw_path_collection(
                gc, master_transform, paths, all_transforms, offsets, offset_trans, *looks, **options
            )
        if self._apart is None:
            places = ((master_transform + self._scaled).frozen(), paths, all_transforms)
            shifts = (offsets, offset_trans + self._scaled)
            self.lines.draw_path_collection(self._in_points(gc), *places, *shifts, *looks, **options)

    def draw_quad_mesh(
        self,
        gc: Any,
        master_transform: Any,
        mesh_width: Any,
        mesh_height: Any,
        coordinates: Any,
        offsets: Any,
        offset_trans: Any,
        *looks: Any,
    ) -> None:
        """Draw cells of a grid."""
        mesh = (mesh_width, mesh_height, coordinates, offsets)
        for pixels in self._in_pixels():
            pixels.draw_quad_mesh(gc, master_transform, *mesh, offset_trans, *looks)
        if self._apart is None:
            placed = ((master_transform + self._scaled).frozen(), *mesh, offset_trans + self._scaled)
            self.lines.draw_quad_mesh(self._in_points(gc), *placed, *looks)

    def draw_image(self, gc: Any, x: float, y: float, im: Any, *_: Any) -> None:
        """Put a picture down as it is, pixel for pixel."""
        for pixels in self._in_pixels():
            pixels.draw_image(gc, x, y, im)
        if self._apart is None:
            self.lines.draw_image(self._in_points(gc), x * self._share, y * self._share, im)

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
        """Write one line of text."""
        for pixels in self._in_pixels():
            pixels.draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        if self._apart is None:
            place = (x * self._share, y * self._share)
            self.lines.draw_text(self._in_points(gc), *place, s, prop, angle, ismath, mtext)

    def _in_pixels(self) -> tuple[Pixels, ...]:
        return (self.pixels,) if self._apart is None else (self.pixels, self._apart)

    def _in_points(self, gc: GraphicsContextBase) -> GraphicsContextBase:
        """How a mark looks, with that to which it is cut scaled to points."""
        edges, (path, transform) = gc.get_clip_rectangle(), gc.get_clip_path()
        if edges is None and path is None:
            return gc
        scaled = self.new_gc()
        scaled.copy_properties(gc)
        if edges is not None:
            scaled.set_clip_rectangle(Bbox(self._share * edges.get_points()))
        if path is not None:
            scaled.set_clip_path(TransformedPath(path, transform + self._scaled))
        return scaled


class _Canvas(FigureCanvasBase):
    """What a layout asks for a ruler."""

    def get_renderer(self) -> Ruler:
        """A ruler for the figure as it is now."""
        return Ruler(self.figure)


def lay_out(figure: Figure) -> None:
    """Find places for all that a figure shows, for good: it is laid out once for all forms."""
    layout = figure.get_layout_engine()
    if layout is None:
        return
    figure.set_dpi(DPI)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():  # else its place is sought among the labels of all ticks, again and again
                axis.set_label_coords(0.0, 0.0)
    _Canvas(figure)
    layout.execute(figure)
    FigureCanvasBase(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        # The solver of the layout differs in the last digits from one time to the next, and the file would show it.
        axes.set_position([round(edge, 5) for edge in axes.get_position(original=True).bounds])


def in_both_forms(figure: Figure) -> tuple[NDArray[np.uint8], bytes]:
    """A figure in pixels (height, width, 4) and as SVG."""
    figure.set_dpi(DPI)
    file = io.StringIO()
    both = _Both(figure, file)
    figure.draw(both)
    both.lines.finalize()
    pixels = np.asarray(both.pixels.buffer_rgba())
    both.let_go()
    return pixels, file.getvalue().encode()


def in_pixels(figure: Figure) -> NDArray[np.uint8]:
    """A figure in pixels (height, width, 4) alone."""
    figure.set_dpi(DPI)
    pixels = Pixels(*figure.canvas.get_width_height(physical=True), DPI)
    figure.draw(pixels)
    return np.asarray(pixels.buffer_rgba())
