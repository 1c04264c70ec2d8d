"""Light pictures show what the pictures they are made from show, in a third of the bytes."""

import gc
import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from sim.figures.one_pass import DPI, in_pixels
from sim.figures.pictures import COLOURS, as_png, in_palette, write_light
from sim.figures.style import DIVERGING, PALETTE, RISING, house_style


def bands():
    """Pale bands over each other, as of courses: few areas, thousands of shades where their edges blend."""
    figure, x = Figure(figsize=(4.2, 3.0)), np.linspace(0, 1, 40)
    axes = figure.subplots()
    for place, colour in enumerate(PALETTE[:6]):
        axes.fill_between(x, place * x - x**2, place * x + x**2, color=colour, alpha=0.2, linewidth=0)
        axes.plot(x, place * x, color=colour, linestyle="dashed")
    axes.set_title("Bands over each other")
    return figure


def shades():
    """A map with more shades than a palette has room for."""
    figure = Figure(figsize=(4.2, 3.0))
    figure.subplots().imshow(np.linspace(0, 1, 1200).reshape(30, 40), cmap=RISING)
    return figure


def colour_bars():
    """Few areas, much lettering, and colour bars of which each shade has a few pixels only."""
    figure = Figure(figsize=(7.2, 3.0))
    for place, axes in enumerate(figure.subplots(1, 4)):
        axes.set_title("\n".join(["much lettering"] * 8), fontsize=6)
        drawn = axes.imshow([[-1, 0.2 * place], [0, 1]], cmap=DIVERGING)
        figure.colorbar(drawn, ax=axes, shrink=0.3, aspect=24)
    return figure


def words():
    """Lettering and lines, grey and black."""
    figure = Figure(figsize=(4.2, 3.0))
    figure.subplots().set_title("Lettering, as clean as it was")
    return figure


def true_colours(figure):
    file = io.BytesIO()
    figure.savefig(file, dpi=DPI, format="png")
    return file.getvalue()


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)


@pytest.mark.parametrize("draw", [bands, shades, colour_bars, words])
def test_nobody_sees_the_difference(draw):
    picture = true_colours(draw())
    light = in_palette(picture)
    before, after = pixels(picture), pixels(light)
    off = np.abs(before - after).max(axis=2)
    _, which, sizes = np.unique(before.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    area = (sizes[which] >= off.size / 500).reshape(off.shape)
    assert off[area].max() <= 4  # of 255: areas keep their colours
    assert off.max() <= 20  # and so do, nearly, the rarest of shades, along edges and in colour bars
    assert off.mean() < 0.4
    assert len(light) < 0.6 * len(picture)


@pytest.mark.parametrize("on", [True, False])
def test_the_house_style_leaves_the_collector_of_garbage_as_it_was(on):
    (gc.enable if on else gc.disable)()
    try:
        with house_style():
            assert not gc.isenabled()
        assert gc.isenabled() is on
    finally:
        gc.enable()


def test_few_colours_are_kept_as_they_are():
    picture = true_colours(words())
    assert (pixels(in_palette(picture)) == pixels(picture)).all()


def test_a_light_picture_has_a_palette_and_is_the_same_each_time(tmp_path):
    first, second = (write_light(bands(), tmp_path / f"{name}.png").read_bytes() for name in ("one", "two"))
    assert first == second
    with Image.open(io.BytesIO(first)) as picture:
        assert (picture.mode, picture.info) == ("P", {})
        assert len(picture.getcolors()) <= COLOURS


def test_a_picture_is_what_was_drawn_pixel_for_pixel_and_knows_its_size():
    drawn = in_pixels(shades())
    with Image.open(io.BytesIO(as_png(drawn))) as picture:
        picture.verify()
    with Image.open(io.BytesIO(as_png(drawn))) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        assert picture.info["dpi"] == pytest.approx((DPI, DPI), abs=0.01)
        assert (np.asarray(picture) == drawn[..., :3]).all()
    for draw in (bands, words, colour_bars):
        assert len(as_png(in_pixels(draw()))) < 1.25 * len(true_colours(draw()))
