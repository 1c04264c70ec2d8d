"""One pass gives the pixels that Matplotlib would draw by itself, and lines that say the same as its own.

Letters alone stand elsewhere in pixels: see test_forms.
"""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.text import Text

from sim.figures.one_pass import DPI, in_both_forms, in_pixels, lay_out
from sim.figures.style import house_style

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def bands(axes):
    axes.fill_between([0, 1, 2], [0, 1, 0], [1, 2, 3], alpha=0.3, linewidth=0)
    axes.plot([0, 1, 2], [0.5, 1.5, 1.5], linestyle=(0, (6, 1.5)), marker="s")
    axes.set_title("Bands")
    axes.set_xlabel("years")


def bars(axes):
    axes.barh([0, 1], [3, 4], hatch="///", edgecolor="red", facecolor="white")
    axes.text(2, 0.5, "told\nin lines", bbox={"boxstyle": "round", "alpha": 0.5}, rotation=30)


def points(axes):
    axes.scatter(np.linspace(0, 1, 40), np.linspace(1, 0, 40) ** 2, s=7, alpha=0.4, linewidths=0)
    axes.hlines([0.2, 0.4], 0, [0.5, 0.7], colors=["red", "blue"])


def a_map(axes):
    axes.imshow([[0.0, 1.0], [0.5, 0.2]], aspect="auto")
    axes.figure.colorbar(axes.images[0], ax=axes)


def cells(axes):
    axes.hexbin([0, 0.5, 1], [0, 0.5, 1], gridsize=5, mincnt=1).set_rasterized(True)


def a_mesh(axes):
    axes.pcolormesh([[0.0, 1.0], [0.5, 0.2]], rasterized=True)
    axes.contour([[0.0, 1.0], [0.5, 0.2]], levels=[0.3])


def a_plain_mesh(axes):
    axes.pcolormesh([[0.0, 1.0], [0.5, 0.2]])


def cut(axes):
    (line,) = axes.plot([0, 1], [0, 1])
    line.set_clip_path(Circle((0.5, 0.5), 0.3, transform=axes.transData))


@pytest.fixture(params=[bands, bars, points, a_map, cells, a_mesh, a_plain_mesh, cut])
def figure(request):
    with house_style():
        drawn = Figure(figsize=(4.3, 3.1), layout="constrained")
        request.param(drawn.subplots())
        lay_out(drawn)
        yield drawn


def test_the_pixels_are_those_of_a_pass_for_them_alone(figure):
    pixels, _ = in_both_forms(figure)
    assert (in_pixels(figure) == pixels).all()
    assert (pixels[..., 3] == 255).all()


def test_all_but_letters_is_what_matplotlib_draws_by_itself(figure):
    for text in figure.findobj(Text):
        text.set_alpha(0.0)
    pixels, _ = in_both_forms(figure)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert pixels.shape == (round(3.1 * DPI), round(4.3 * DPI), 4)
    assert (pixels == np.asarray(canvas.buffer_rgba())).all()


def told(lines):
    """The marks of a picture in lines, and the numbers of their places; of pictures among them, that there are some."""
    marks, places = [], []
    for one in ElementTree.fromstring(lines).iter():
        name = one.tag.rpartition("}")[2]
        if name == "image":
            marks.append(name)
        elif name in {"path", "use"}:
            marks.append(name)
            places.append([float(n) for key in ("d", "x", "y", "transform") for n in NUMBER.findall(one.get(key, ""))])
    return marks, places


def test_the_lines_say_what_those_of_a_pass_for_them_alone_say(figure):
    _, lines = in_both_forms(figure)
    file = io.BytesIO()
    figure.set_dpi(DPI)
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    (marks, places), (expected, at) = told(lines), told(file.getvalue())
    assert marks == expected
    assert [len(one) for one in places] == [len(one) for one in at]
    for one, other in zip(places, at, strict=True):
        assert one == pytest.approx(other, abs=0.6)  # points: letters are measured in pixels there


def test_lines_are_the_same_each_time(figure):
    assert in_both_forms(figure)[1] == in_both_forms(figure)[1]
