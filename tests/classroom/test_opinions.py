"""What a class says of a number: one opinion a seat, dots for the teacher, worlds that use all equally often."""

import re
from collections import Counter

import numpy as np
import pytest

import sim
from sim.classroom import looking, numbers, opinions
from sim.classroom.room import Caller, Role, Room
from sim.io.errors import InputError
from sim.scenario.scenario import evidence_of, load_scenario

NAME = "choice.dependence_aversion"
LINE = "measures.leaning_share"
TEACHER = Caller(Role.TEACHER, "teacher")
ASKED = {post.path: post.answer for post in opinions.POSTS}
SAID = dict(enumerate((0.2, 1.7, 1.7, 2.5, 0.0, 1.1, 0.4), start=1))


@pytest.fixture
def room():
    return Room(load_scenario("toy"))


def give(room, seat, **asked):
    return ASKED["/api/opinion"](room, Caller(Role.PUPIL, f"page {seat}", seat), {"name": NAME, **asked})


def seen(room, **asked):
    return ASKED["/api/opinions"](room, TEACHER, asked)


def said(room):
    return opinions.said_in(room, evidence_of(room.base))


# --- one a seat ------------------------------------------------------------------------------------------------------


def test_a_seat_has_one_opinion_and_may_change_it_or_take_it_back(room):
    assert give(room, 3)["mine"] is None
    assert give(room, 3, value=0.5)["mine"] == 0.5
    assert give(room, 3, value=2)["mine"] == 2.0
    assert give(room, 4, value=1.0)["mine"] == 1.0
    assert give(room, 3)["mine"] == 2.0
    assert said(room) == {NAME: {3: 2.0, 4: 1.0}}
    assert "You said 2." in give(room, 3)["html"]
    assert give(room, 3, value=None)["mine"] is None
    assert [one["dots"] for one in seen(room)["numbers"]] == [[{"seat": 4, "value": 1.0}]]


def test_a_number_that_is_another_one_in_another_world_was_not_asked_for_there(room):
    name, here, there = "states.KAZ.gdp", {"scenario": "baseline"}, {"scenario": "history-2010-2019"}
    give(room, 3, name=name, value=300.0, **here)
    give(room, 4, value=1.0)
    assert give(room, 3, name=name, **there)["mine"] is None
    assert [one["dots"] for one in seen(room, name=name, **there)["numbers"]] == [[]]
    give(room, 3, name=name, value=150.0, **there)
    assert give(room, 3, name=name, **here)["mine"] == 300.0
    for where in (here, there, {}):  # what is the same number everywhere is asked for once
        assert give(room, 4, **where)["mine"] == 1.0


def test_everybody_is_told_that_something_was_said(room, monkeypatch):
    told = []
    monkeypatch.setattr(room, "tell", told.append)
    give(room, 3)
    give(room, 3, value=0.5)
    assert told == [{"event": "opinions", "name": NAME, "count": 1}]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"value": 2.6}, "0 to 2.5"),
        ({"value": -1}, "0 to 2.5"),
        ({"value": "1"}, "0 to 2.5"),
        ({"value": float("nan")}, "finite"),
        ({"value": True}, "0 to 2.5"),
        ({"value": [1.0]}, "0 to 2.5"),
        ({"name": "choice.dependence_aversio", "value": 1.0}, "Did you mean 'choice.dependence_aversion'"),
        ({"name": None, "value": 1.0}, "text"),
    ],
)
def test_what_is_no_opinion_is_refused_and_leaves_nothing(room, asked, said):
    with pytest.raises(InputError, match=re.escape(said)):
        give(room, 1, **asked)
    assert room.opinions == {}


def test_who_has_no_seat_has_no_say(room):
    with pytest.raises(InputError, match="only who has a seat"):
        ASKED["/api/opinion"](room, TEACHER, {"name": NAME, "value": 1.0})


# --- as dots ---------------------------------------------------------------------------------------------------------


def test_the_teacher_sees_a_dot_for_each_beside_the_models_own_value(room):
    for seat, value in SAID.items():
        give(room, seat, value=value)
    told = seen(room, name=NAME)
    assert told["html"].count("<circle") == len(SAID)
    (slider,) = numbers.sliders(room.base, [NAME])
    own = f"the model&#x27;s own value is {slider['value']:g}."
    assert f"7 opinions, from 0 to 2.5, the middle one 1.1; {own}" in told["html"]
    assert 'role="img" aria-label="7 opinions' in told["html"]


def test_a_number_of_which_nobody_has_said_anything(room):
    assert "Nobody has said anything yet" in seen(room, name=NAME)["html"]
    assert seen(room) == {"numbers": [], "html": ""}
    with pytest.raises(InputError, match="Did you mean"):
        seen(room, name="choice.dependence_aversio")


def test_only_the_teacher_sees_them():
    assert {post.path: post.who for post in opinions.POSTS} == {
        "/api/opinion": Role.PUPIL,
        "/api/opinions": Role.TEACHER,
    }


def test_dots_of_a_whole_hall_stay_on_the_strip(room):
    (slider,) = numbers.sliders(room.base, [NAME])
    strip = opinions.strip(slider, dict.fromkeys(range(1, 200), 2.5), "all the same")
    heights = [float(y) for y in re.findall(r'cy="([-\d.]+)"', strip)]
    assert len(heights) == 199
    assert min(heights) >= 0.0


# --- as worlds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("runs", [1, 5, 7, 96, 500])
def test_every_opinion_is_used_equally_often(runs):
    drawn = opinions.in_turn(SAID, NAME, runs, 4)
    assert drawn.shape == (runs,)
    used = Counter(drawn.tolist())
    fewest, most = runs // len(SAID), -(-runs // len(SAID))
    assert all(fewest <= used[value] <= most for value in (0.2, 2.5, 0.0, 1.1, 0.4))
    assert 2 * fewest <= used[1.7] <= 2 * most  # which two pupils say


def test_worlds_have_the_same_opinions_every_time_and_however_many_are_played():
    many = opinions.in_turn(SAID, NAME, 500, 4)
    backwards = dict(reversed(SAID.items()))
    assert np.array_equal(opinions.in_turn(backwards, NAME, 500, 4), many)
    assert np.array_equal(opinions.in_turn(SAID, NAME, 96, 4), many[:96])
    assert not np.array_equal(opinions.in_turn(SAID, NAME, 500, 5), many)
    assert not np.array_equal(opinions.in_turn(SAID, "choice.gain", 500, 4), many)
    assert not np.array_equal(many[:7], many[7:14])


def test_a_line_between_words_has_the_middle_opinion_in_all_worlds(room):
    lines = {1: 0.34, 2: 0.5, 3: 0.36}
    found = opinions.numbers_of_opinions({NAME: SAID, LINE: lines}, [LINE, NAME], 96, 4)
    assert found[LINE] == 0.36
    assert found[NAME].shape == (96,)
    for seat, value in lines.items():
        give(room, seat, name=LINE, value=value)
    assert "must be the same in all worlds" in seen(room, name=LINE)["html"]
    with pytest.raises(InputError, match="nobody has said"):
        opinions.numbers_of_opinions({LINE: {}}, [LINE], 96, 4)


def test_worlds_are_played_with_the_spread_of_a_class():
    found = opinions.numbers_of_opinions({NAME: SAID, LINE: {1: 0.34}}, [NAME, LINE], 96, 4)
    played = sim.peek("toy", 96, numbers=found, seed=4)
    run = 17
    alone = sim.peek("toy", 96, numbers={NAME: found[NAME][run], LINE: 0.34}, seed=4)
    assert np.array_equal(played.outcome[run], alone.outcome[run])
    assert not np.array_equal(played.ends["alignment"], alone.ends["alignment"])


def test_a_page_names_the_opinions_that_its_worlds_have(room):
    for seat, value in SAID.items():
        give(room, seat, value=value)
    (look,) = (post.answer for post in looking.POSTS if post.path == "/api/look")
    told = look(room, TEACHER, {"worlds": 96, "seed": 4, "numbers": {NAME: 0.1}, "opinions": [NAME]})
    played = sim.peek("toy", 96, numbers=opinions.numbers_of_opinions(said(room), [NAME], 96, 4), seed=4)
    assert (
        told["counts"]
        == looking.worlds_as_values(played, evidence_of(room.base), "alignment", played.powers[0])["counts"]
    )
    for wrong, why in ((["choice.gain"], "nobody has said"), ([3], "a list of names"), (["no.such"], "nobody")):
        with pytest.raises(InputError, match=why):
            look(room, TEACHER, {"worlds": 96, "opinions": wrong})
