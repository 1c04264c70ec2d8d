"""Lines are what Matplotlib writes, byte for byte; a line of text in pixels is what it draws from a whole pixel."""

import io

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from sim.figures import forms, line_of_text, one_pass
from sim.figures.forms import Pixels, as_we_know_it
from sim.figures.line_of_text import SHAPES_TEXT, can_be_set, set_line
from sim.figures.one_pass import DPI, in_both_forms
from sim.figures.style import house_style

pytestmark = pytest.mark.skipif(not SHAPES_TEXT, reason="this Matplotlib sets letters another way")

WORDS = [
    "European Union",
    "Türkiye jqQÄ|",
    "jj offers",
    "+",
    "—…",
    "−12.5 %",
    "Tajikistan",
    "AV To",
    "'",
    "fi ffi",
    "Жар",
]
FONTS = [("normal", 9.0), ("normal", 7.5), ("bold", 13.5)]


def letters(weight, size):
    return FontProperties(family="DejaVu Sans", weight=weight, size=size)


def ink(renderer):
    return np.asarray(renderer.buffer_rgba())[..., 3].astype(int)


@pytest.mark.parametrize(("weight", "size"), FONTS)
@pytest.mark.parametrize("words", WORDS)
def test_a_line_measures_what_matplotlib_measures(words, weight, size):
    font = letters(weight, size)
    with house_style():
        line = set_line(words, font, DPI)
        width, height, descent = RendererAgg(1, 1, DPI).get_text_width_height_descent(words, font, False)
    assert line.width == width
    assert line.height - line.descent == height - descent
    assert line.descent == max(descent, 0.0)


@pytest.mark.parametrize(("weight", "size"), FONTS)
@pytest.mark.parametrize("words", WORDS)
def test_a_line_is_what_matplotlib_draws_from_the_pixel_where_it_begins(words, weight, size):
    font = letters(weight, size)
    with house_style():
        before = set_line(words, font, DPI).before
        ours, theirs = Pixels(500, 90, DPI), RendererAgg(500, 90, DPI)
        ours.draw_text(ours.new_gc(), 20.3 + before, 50.4, words, font, 0.0)
        theirs.draw_text(theirs.new_gc(), 20.0 + before, 50.0, words, font, 0.0)
    assert ink(theirs).any()
    assert np.abs(ink(ours) - ink(theirs)).sum() < 0.002 * ink(theirs).sum()


@pytest.mark.parametrize(
    ("words", "angle"), [("turned", 90.0), ("turned", 30.0), ("שלום", 0.0), (" ", 0.0), ("\N{NO-BREAK SPACE}", 0.0)]
)
def test_what_cannot_be_set_is_drawn_as_matplotlib_draws_it(words, angle):
    font = letters("normal", 9.0)
    with house_style():
        ours, theirs = Pixels(200, 200, DPI), RendererAgg(200, 200, DPI)
        for renderer in (ours, theirs):
            renderer.draw_text(renderer.new_gc(), 80.3, 120.7, words, font, angle)
    assert (ink(ours) == ink(theirs)).all()


def test_a_formula_is_no_line():
    assert can_be_set("plain")
    assert not can_be_set("$x^2$", formula=True)
    assert not can_be_set("from right to left: שלום")


def full():
    """A figure with all that is written otherwise than Matplotlib writes it."""
    figure = Figure(figsize=(4.0, 3.0))
    left, right = figure.subplots(1, 2)
    left.plot(range(60), "o-", markersize=3)
    left.scatter(range(40), range(40), s=7, alpha=0.3, linewidths=0)
    left.set_title("Words & <signs>, twice -- twice")
    left.set_xlabel("Words & <signs>, twice -- twice")
    right.text(0.2, 0.3, "turned\nlines", rotation=40, color="red", alpha=0.5, clip_on=True)
    right.text(0.5, 0.5, "linked", url="https://example.org")
    right.set_ylabel("more offers, ﬁrst")
    return figure


class PlainLines(RendererSVG):
    """Lines as Matplotlib writes them."""


def test_lines_are_those_that_matplotlib_writes(monkeypatch):
    with house_style():
        figure = full()
        _, lines = in_both_forms(figure)
        monkeypatch.setattr(one_pass, "Lines", PlainLines)
        _, plain = in_both_forms(figure)
    assert lines == plain
    assert lines.count(b"<use") > 100


def test_matplotlib_is_built_as_the_quick_ways_take_it_to_be():
    with house_style():
        assert as_we_know_it(type(RendererSVG(10, 10, io.StringIO(), metadata={"Date": None}).writer))


class OtherWriter:
    """A writer that puts elements down another way."""

    def start(self, tag):
        """Begin an element."""


def test_where_it_is_built_otherwise_it_draws_its_own_way(monkeypatch):
    assert not as_we_know_it(OtherWriter)
    with house_style():
        figure = full()
        quick = in_both_forms(figure)
        monkeypatch.setattr(forms, "as_we_know_it", lambda _: False)
        monkeypatch.setattr(line_of_text, "SHAPES_TEXT", False)
        pixels, lines = in_both_forms(figure)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    assert lines == quick[1]
    assert (pixels != quick[0]).any()
    assert (pixels == np.asarray(canvas.buffer_rgba())).all()


def test_letters_are_measured_by_the_font_as_matplotlib_does():
    with house_style():
        figure = full()
        texts = [text for text in figure.findobj(mpl.text.Text) if text.get_text()]
        figure.set_dpi(DPI)
        ruler, theirs = one_pass.Ruler(figure), RendererAgg(*figure.canvas.get_width_height(physical=True), DPI)
        for text in texts:
            ours, expected = text.get_window_extent(ruler), text.get_window_extent(theirs)
            assert ours.bounds == pytest.approx(expected.bounds, abs=1e-6)
