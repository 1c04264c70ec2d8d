"""Panels look as Matplotlib's axes do, and make no tick that nobody asked for."""

import pytest
from matplotlib.axis import Tick
from matplotlib.figure import Figure

from sim.figures.one_pass import in_both_forms, lay_out
from sim.figures.panels import PANELS
from sim.figures.style import house_style


def named(axes):
    axes.set_yticks([0, 1], ["one", "two"])
    axes.tick_params(axis="y", length=0, labelcolor="red", labelsize=9)
    axes.barh([0, 1], [3, 4])


def with_a_grid(axes):
    axes.plot([0, 1], [5, 2])
    axes.grid(axis="y", color="grey", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_ylim(0, 3)


def with_minor_ticks(axes):
    axes.set_yscale("log")
    axes.set_ylim(1, 1000)
    axes.set_xticks([0.5], minor=True)
    axes.grid(which="minor", color="blue")


def turned(axes):
    axes.set_xticks([0, 1], ["one", "two"])
    axes.tick_params(axis="x", labelrotation=60)
    axes.xaxis.set_ticks_position("top")


def begun_again(axes):
    with_a_grid(axes)
    axes.clear()
    axes.minorticks_on()
    axes.plot([0, 1])


def with_ticks_looked_at(axes):
    assert not axes.xaxis.get_minor_ticks()
    axes.minorticks_on()
    assert axes.xaxis.minorTicks[0] in axes.xaxis.get_minor_ticks()
    assert axes.xaxis.get_ticks_position() == "bottom"
    axes.set_title("moved out of the way")


def hidden(axes):
    axes.set_axis_off()
    axes.text(0.5, 0.5, "no axes")


def drawn(draw, options):
    with house_style():
        figure = Figure(figsize=(3.0, 2.5), layout="constrained")
        for axes in figure.subplots(1, 2, sharey=True, **options):
            draw(axes)
        lay_out(figure)
        return in_both_forms(figure)


@pytest.mark.parametrize(
    "draw", [named, with_a_grid, with_minor_ticks, turned, begun_again, with_ticks_looked_at, hidden]
)
def test_a_panel_looks_as_axes_of_matplotlib_do(draw):
    (pixels, lines), (as_they_are, by_matplotlib) = drawn(draw, {"subplot_kw": PANELS}), drawn(draw, {})
    assert (pixels == as_they_are).all()
    assert lines == by_matplotlib


def test_panels_without_axes_make_no_ticks(monkeypatch):
    made = []
    begin = Tick.__init__
    monkeypatch.setattr(
        Tick, "__init__", lambda self, *given, **more: (made.append(self), begin(self, *given, **more))[1]
    )
    drawn(hidden, {"subplot_kw": PANELS})
    assert not made
    drawn(named, {"subplot_kw": PANELS})
    assert 0 < len(made) < 20
