"""What cannot be played over lanes is refused, with the line and the reason; what can is played as it is written."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.engine.over_lanes.playing import Converted
from sim.engine.over_lanes.source import NotUnderstoodError
from sim.model.compiling import HELPERS
from sim.model.rules.arithmetic import positive


def chained(w, p, t, i):
    for lane in range(w.gdp.shape[1]):
        w.trade[i, 0, lane] = 1.0 if 0.0 < w.gdp[i, lane] < 1.0 else 0.0


def read_after_the_loop(w, p, t, i):
    for lane in range(w.gdp.shape[1]):
        last = w.gdp[i, lane]
    w.trade[i, 0, 0] = last


def while_something_holds(w, p, t, i):
    while w.gdp[i, 0] > 0.0:
        w.gdp[i, 0] = 0.0


def branch_on_a_lane(w, p, t, i):
    for lane in range(w.gdp.shape[1]):
        if w.gdp[i, lane] > 0.0:
            w.trade[i, 0, lane] = 0.0


def another_lane(w, p, t, i):
    for lane in range(w.gdp.shape[1]):
        w.gdp[i, lane] = w.gdp[i, lane + 1]


def unknown_call(w, p, t, i):
    for lane in range(w.gdp.shape[1]):
        w.gdp[i, lane] = np.exp(w.gdp[i, lane])


def total_over_lanes(w, p, t, i):
    total = 0.0
    for lane in range(w.gdp.shape[1]):
        total += w.gdp[i, lane]
    for lane in range(w.gdp.shape[1]):
        w.gdp[i, lane] = total


def rows_of_others(w, p, t, i):
    for other in range(w.gdp.shape[0]):
        for lane in range(w.gdp.shape[1]):
            w.gdp[other, lane] = 0.0
            w.gdp[i, lane] = 1.0


def other_growth(w, p, t, i):
    n = 0
    for lane in range(w.gdp.shape[1]):
        w.table_lane[i, n] = lane
        n += 2 if w.gdp[i, lane] > 0.0 else 0


def loop_over_values(w, p, t, i):
    for lane, gdp in enumerate(w.gdp[i]):
        w.trade[i, 0, lane] = gdp


def handed_on_whole(w, p, t, i):
    for lane in range(w.gdp.shape[1]):
        w.gdp[i, lane] = positive(w.trade)


def otherwise_than_the_actor(w, p, t, i):
    for other in range(w.gdp.shape[0]):
        if other != i:
            for lane in range(w.gdp.shape[1]):
                w.cohesion[i, other, lane] = 0.0
        else:
            for lane in range(w.gdp.shape[1]):
                w.cohesion[i, other, lane] = 1.0


REFUSED = {
    chained: "chained",
    read_after_the_loop: "`last` is written in a loop over lanes and used elsewhere",
    while_something_holds: "`While`",
    branch_on_a_lane: "`pick` chooses",
    another_lane: "the last place of a field is the lane",
    unknown_call: "`np.exp` is no rule",
    total_over_lanes: "asked more than whether there is any",
    rows_of_others: "written at the rows of its actor and at others: gdp",
    other_growth: "a list grows by",
    loop_over_values: "loops run over `range`",
    handed_on_whole: "`w.trade` is handed on whole",
    otherwise_than_the_actor: "no `else`",
}


@pytest.mark.parametrize("source", REFUSED, ids=lambda source: source.__name__)
def test_what_cannot_be_played_over_lanes_is_refused_with_its_line(source):
    with pytest.raises(NotUnderstoodError) as refused:
        Converted(source, acted=True)
    said = str(refused.value)
    assert REFUSED[source] in said
    file, line, _ = said.split(":", 2)
    first = source.__code__.co_firstlineno
    assert file == __file__
    assert first <= int(line) <= first + 12


# --- what is played ---------------------------------------------------------------------------------------------------


def list_of_a_list(w, p, t, i):
    lanes = w.gdp.shape[1]
    n = 0
    w.table_first[i, 0, 0] = n
    for lane in range(lanes):
        w.table_lane[i, n] = lane
        n += 1 if w.gdp[i, lane] > 1.0 else 0
    w.table_last[i, 0, 0] = n
    w.table_first[i, 0, 1] = n
    for at in range(w.table_first[i, 0, 0], w.table_last[i, 0, 0]):
        lane = w.table_lane[i, at]
        w.gdp_start[i, lane] += w.gdp[i, lane]
        w.table_lane[i, n] = lane
        n += 1 if w.gdp[i, lane] > 2.0 else 0
    w.table_last[i, 0, 1] = n


def anything(w, p, t, i):
    many = 0
    for lane in range(w.gdp.shape[1]):
        many += 1 if w.gdp[i, lane] > 2.0 else 0
    if many == 0:
        for lane in range(w.gdp.shape[1]):
            w.gdp_start[i, lane] = 7.0


def others_only(w, p, t, i):
    for other in range(w.gdp.shape[0]):
        if other == i:
            continue
        for lane in range(w.gdp.shape[1]):
            before = w.gdp_start[i, lane]
            w.gdp_start[i, lane] = positive(before - w.gdp[other, lane])
            w.cohesion[i, other, lane] += before


def what_it_has(w, i, lane):
    return w.gdp[i, lane]


def put(w, i, lane, much):
    w.gdp[i, lane] = 0.0
    w.gdp_start[i, lane] += much


def old_values(w, p, t, i):
    for lane in range(w.gdp.shape[1]):
        before = what_it_has(w, i, lane)
        put(w, i, lane, w.gdp[i, lane])
        w.cohesion[i, 0, lane] = before


def world(actors=2, lanes=5):
    gdp = np.array([[0.5, 1.5, 2.5, 3.5, 0.0], [2.5, 0.0, 1.5, 0.0, 9.0]])[:actors, :lanes]
    place = {"table_first": (actors, 1, 2), "table_last": (actors, 1, 2), "table_lane": (actors, 2 * lanes)}
    fields = {name: np.zeros(shape, np.int64) for name, shape in place.items()}
    return SimpleNamespace(gdp=gdp.copy(), gdp_start=gdp + 5.0, cohesion=np.ones((actors, actors, lanes)), **fields)


@pytest.mark.parametrize(
    "source", [list_of_a_list, anything, others_only, old_values], ids=lambda source: source.__name__
)
@pytest.mark.parametrize("empty", [False, True])
def test_what_is_played_over_lanes_is_what_is_played_line_by_line(source, empty, monkeypatch):
    for helper in (what_it_has, put):
        monkeypatch.setitem(HELPERS, (helper.__module__, helper.__name__), helper)
    line_by_line, over_lanes = world(), world()
    for one in (line_by_line, over_lanes):
        one.gdp *= 0.0 if empty else 1.0
    for i in range(2):
        source(line_by_line, None, 0, i)
    looked = SimpleNamespace(**vars(over_lanes), gdp_shape=over_lanes.gdp.shape)
    looked.table_first, looked.table_last = looked.table_first[..., None], looked.table_last[..., None]
    everybody = np.arange(2)[:, None]
    Converted(source, acted=True).play(looked, None, 0, everybody, slice(None), everybody, None, 5)
    for name in ("gdp", "gdp_start", "cohesion", "table_first", "table_last"):
        assert np.array_equal(getattr(line_by_line, name), getattr(over_lanes, name)), name
    for i in range(2):
        lanes = [one.table_lane[i, : one.table_last[i, 0, 1]].tolist() for one in (line_by_line, over_lanes)]
        assert lanes[0] == lanes[1]
