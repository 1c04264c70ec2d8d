"""The picture of a class: every world is there once, pupils do not cover each other, and a table says the same."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from sim.classroom import dots
from sim.classroom.dots import MEASURES, Course, Dot
from sim.model.variables import OUTCOME, in_words

RUNS, QUARTERS = 200, 6


def course(seed, runs=RUNS, quarters=QUARTERS, words=("multi-vector", "leaning-China", "squeezed")):
    draw = np.random.default_rng(seed)
    spread = np.arange(1, quarters + 1)
    values = {name: 50 + spread * draw.normal(0, 1, (runs, quarters)) for name in MEASURES}
    return Course(values=values, words=draw.choice(words, (runs, quarters)))


def pupil(seat, quarters, own=False):
    return Dot(seat=seat, colour="blue", fill="#0072B2", course=course(100 + seat, 1, quarters), own=own)


WORLDS = course(1)
PUPILS = [pupil(seat, 2 + seat % 5) for seat in range(1, 31)]


def drawn(measure, at, pupils=PUPILS, worlds=WORLDS):
    return ET.fromstring(dots.picture(worlds, pupils, measure, at, "2027-Q1"))


def rings(picture):
    return {group[1].text: (float(group[0].get("cx")), float(group[0].get("cy"))) for group in picture.iter("g")}


@pytest.mark.parametrize("measure", [*MEASURES, OUTCOME])
@pytest.mark.parametrize("at", [0, 5])
def test_every_world_and_every_pupil_is_there_once(measure, at):
    picture = drawn(measure, at)
    places = re.findall(r"M([\d.]+) ([\d.]+)h0", next(picture.iter("path")).get("d"))
    assert len(places) == len(set(places)) == RUNS
    assert all(0 < float(x) < dots.WIDE and 0 < float(y) < dots.TALL for x, y in places)
    assert set(rings(picture)) == {str(one.seat) for one in PUPILS if one.course.quarters > at}
    assert in_words(measure) in picture.get("aria-label")


def test_worlds_stand_where_their_values_are():
    values = WORLDS.values["output"]
    scale = dots.scale_of(WORLDS, [], "output", QUARTERS - 1)
    assert (scale.low, scale.high) == (values.min(), values.max())
    counts = np.bincount(scale.columns(values[:, 3]), minlength=dots.COLUMNS)
    assert counts.tolist() == np.histogram(values[:, 3], dots.COLUMNS, (values.min(), values.max()))[0].tolist()
    halves = [scale.place(value) for value in (scale.low, (scale.low + scale.high) / 2, scale.high)]
    assert halves == [dots.EDGE, dots.WIDE / 2, dots.WIDE - dots.EDGE]


def test_the_scale_stands_still_while_played_quarters_are_replayed():
    played = dots.scale_of(WORLDS, PUPILS[:3], "output", 4)
    assert dots.scale_of(WORLDS, PUPILS[:3], "output", 0) == played
    assert dots.scale_of(WORLDS, PUPILS[:3], "output", 5) != played
    far = pupil(5, 2)
    far.course.values["output"][:] = 900.0
    assert dots.scale_of(WORLDS, [far], "output", 1).high == 900.0


def test_words_stand_from_many_partners_to_none():
    places = dots.scale_of(WORLDS, [], OUTCOME, 3).places
    assert places == ("multi-vector", "leaning-China", "squeezed")


@pytest.mark.parametrize("measure", ["output", OUTCOME])
def test_pupils_at_one_place_do_not_cover_each_other(measure):
    same = [Dot(seat=seat, colour="blue", fill="#0072B2", course=course(9, 1)) for seat in range(1, 31)]
    places = sorted(rings(drawn(measure, 2, same)).values())
    assert len(places) == 30
    for one in range(30):
        for other in range(one):
            apart = np.hypot(*np.subtract(places[one], places[other]))
            assert apart >= dots.PUPIL - 0.1
    lowest = dots.TALL + dots.BELOW + (dots.ROWS - 0.5) * dots.PUPIL
    assert max(y for _, y in places) < lowest


def test_worlds_that_are_all_alike_are_still_a_thousand_dots():
    alike = Course(values={"output": np.ones((1000, 2))}, words=np.full((1000, 2), "isolated"))
    for measure in ("output", OUTCOME):
        places = re.findall(r"M([\d.]+) ([\d.-]+)h0", next(drawn(measure, 1, [], alike).iter("path")).get("d"))
        assert len(places) == 1000
        assert min(float(y) for _, y in places) >= 0


def test_only_the_own_dot_is_marked():
    picture = drawn("output", 1, [pupil(3, 4, own=True), pupil(4, 4)])
    assert [group.get("class") for group in sorted(picture.iter("g"), key=lambda one: one[1].text)] == [
        "pupil own",
        "pupil",
    ]


def test_the_table_says_the_same():
    text = dots.dots_table(WORLDS, [pupil(3, 4), pupil(4, 2)], "output", 3)
    rows = re.findall(r"<tr>(.*?)</tr>", text)
    cells = [re.sub("<[^>]*>", "|", row) for row in rows]
    assert len(rows) == 3
    mine = pupil(3, 4).course.values["output"][0, 3]
    below = (WORLDS.values["output"][:, 3] < mine).mean()
    assert f"{mine:.4g} bn USD a year" in cells[2]
    assert f"{100 * below:.0f}\u00a0%" in cells[2]
    words = dots.dots_table(WORLDS, [pupil(3, 4)], OUTCOME, 3)
    assert dots.in_full(OUTCOME, pupil(3, 4).course.words[0, 3].item()) in words
    assert dots.in_full(OUTCOME, "sided-Russia") == "sided: Russia"


@pytest.mark.parametrize(("low", "high"), [(231.7, 751.8), (0.0, 1.0), (3.9, 4.5), (50.0, 50.0), (-3.2, 11.0)])
def test_ticks_are_round_and_few(low, high):
    found = dots.ticks(low, high)
    assert all(low <= tick <= high for tick in found)
    assert len(found) in range(3, 8) or low == high
    assert all(len(f"{tick:.6g}") <= 5 for tick in found)
