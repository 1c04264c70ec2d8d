"""What the view *Look* draws is what `sim.peek` counted; a page that asks for what cannot be is told so in words."""

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.classroom import looking
from sim.classroom.looking import (
    CLOSE,
    MOST_ANSWERS,
    MOST_NUMBERS,
    PARTNERS,
    looked_at,
    measures_as_values,
    worlds_as_values,
)
from sim.classroom.opinions import numbers_of_opinions
from sim.classroom.room import Caller, Role, Room
from sim.io.errors import InputError
from sim.model.variables import BANDED, BY_POWER
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import evidence_of, load_scenario

TOY = load_scenario("toy")
TOY = dataclasses.replace(TOY, end=TOY.start + 5)
AVERSION = "choice.dependence_aversion"


def asked(scenario=TOY, most=200, **more):
    values = looked_at(scenario, more, most)
    json.dumps(values, allow_nan=False)
    return values


@pytest.mark.parametrize("name", ["toy", "baseline"])
def test_it_shows_what_was_counted(name):
    scenario = load_scenario(name)
    scenario = dataclasses.replace(scenario, end=scenario.start + 5)
    values = asked(scenario, worlds=40, seed=3, numbers={AVERSION: 0.6}, measure="trust", power="")
    seen = sim.peek(scenario, 40, seed=3, numbers={AVERSION: 0.6}, measures=(PARTNERS, "trust"))
    words = [word["word"] for word in values["words"]]
    rows = {
        (values["quarters"][at], values["states"][state]["code"], words[word]): count
        for (at, state, word), count in np.ndenumerate(np.array(values["counts"]))
        if count
    }
    table = seen.outcomes
    keys = zip(table["quarter"], table["state"], table["outcome"], strict=True)
    assert rows == dict(zip(keys, table["runs"], strict=True))
    shares = [rows[key] / values["runs"] for key in rows]
    assert sorted(shares) == sorted(table["share"])
    assert np.abs(np.array(values["partners"]) - seen.courses[PARTNERS][..., 0]).max() < 1e-4
    bands = np.array(values["fan"]["bands"])
    assert np.abs(bands - 100 * seen.courses["trust"][:, :, 0]).max() < 0.01
    assert (values["runs"], values["seed"], values["scenario"]) == (40, 3, name)
    assert values["fan"]["power"] == values["powers"][0]["code"]


def test_words_are_in_the_order_of_figures_and_filled_like_them():
    values = asked(load_scenario("baseline"), worlds=60)
    kinds = [(word["kind"], word["power"]) for word in values["words"]]
    codes = ["", *(power["code"] for power in values["powers"])]
    assert kinds == sorted(kinds, key=lambda one: (one[0], codes.index(one[1])))
    leaning = next(word for word in values["words"] if word["word"] == "leaning-CHN")
    assert leaning["text"].startswith("leans towards China")
    assert leaning["said"] == "leaning: China"
    assert not leaning["ended"]
    assert all(len(word[key]) == 7 for word in values["words"] for key in ("fill", "edge"))
    assert {word["hatch"] for word in values["words"]} <= {"", "/", ".", "x", "-"}


def test_every_measure_can_be_shown():
    evidence = evidence_of(TOY)
    seen = sim.peek(TOY, 8, measures=BANDED)
    assert {one["code"] for one in measures_as_values()} == set(BANDED)
    for one in measures_as_values():
        fan = worlds_as_values(seen, evidence, one["code"], "OST" if one["code"] in BY_POWER else "")["fan"]
        assert np.array(fan["bands"]).shape == (6, 2, 6)
        assert fan["text"].endswith(" OST") == (one["code"] in BY_POWER)


def test_the_map_is_coloured_by_the_two_largest_partners_and_striped_where_they_are_close():
    values = asked(load_scenario("baseline"), worlds=60)
    colours = {power["code"]: power["colour"].lower() for power in values["powers"]}
    seen = set()
    for shares, states in zip(values["partners"], values["mixes"], strict=True):
        for mine, (colour, told, stripes) in zip(shares, states, strict=True):
            first, second = (part.split(" ")[0] for part in told.split(" · "))
            by_size = sorted(zip(mine, colours, strict=True), key=lambda one: -one[0])
            assert abs(by_size[0][0] - mine[list(colours).index(first)]) < 1e-4
            assert (by_size[0][0] - by_size[1][0] < CLOSE) == bool(stripes)
            assert [one.lower() for one in stripes] in ([], [colours[first], colours[second]])
            assert len(colour) == 7
            seen.add(bool(stripes))
    assert seen == {True, False}
    assert values["tiles"] is None


def test_worlds_that_lie_nowhere_have_tiles_and_all_have_a_triangle():
    values = asked(worlds=16)
    assert list(values["tiles"]["states"]) == [state["code"] for state in values["states"]]
    assert asked(load_scenario("six-states"), worlds=8)["tiles"] is None
    ways = np.array(values["ways"])
    assert ways.shape == (6, 2, 2)
    assert (ways[..., 0] >= 0).all()
    assert (ways[..., 0] <= 100).all()
    assert (ways[..., 1] <= 0).all()
    assert (ways[..., 1] >= -87).all()
    assert len(set(values["corners"])) == 3


def test_worlds_are_as_many_as_a_role_may_play():
    assert asked(worlds=5000, most=30)["runs"] == 30
    assert asked()["runs"] == 96


def test_answers_and_visits_are_played():
    visit = {"at": quarter_text(TOY.start + 1), "visit": {"by": "ALD", "to": "OST"}}
    quiet, busy = (asked(worlds=16, measure="visits", answers=moves) for moves in (None, [visit]))
    means = [np.array(values["fan"]["bands"])[1, 0, 0] for values in (quiet, busy)]
    assert means[1] > means[0]


def test_numbers_may_be_what_the_class_says_they_are():
    said = {AVERSION: {1: 0.5, 2: 2.5, 7: 1.0}}
    values = looked_at(TOY, {"worlds": 30, "opinions": [AVERSION], "seed": 5}, 200, said)
    wanted = worlds_as_values(
        sim.peek(TOY, 30, seed=5, numbers=numbers_of_opinions(said, [AVERSION], 30, 5), measures=(PARTNERS,)),
        evidence_of(TOY),
        PARTNERS,
        "NOR",
    )
    assert values.pop("ms") >= 0
    assert values == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        {"worlds": 0},
        {"worlds": "many"},
        {"worlds": True},
        {"seed": -1},
        {"measure": "beauty"},
        {"measure": ["trust"]},
        {"power": 3},
        {"numbers": {AVERSION: "much"}},
        {"numbers": {AVERSION: [0.3] * 96}},
        {"numbers": {AVERSION: 1e9}},
        {"numbers": {"no.such.number": 1.0}},
        {"numbers": [1.0]},
        {"numbers": dict.fromkeys(map(str, range(MOST_NUMBERS + 1)), 1.0)},
        {"opinions": [AVERSION]},
        {"opinions": 3},
        {"opinions": 0},
        {"opinions": [AVERSION] * (MOST_NUMBERS + 1)},
        {"measure": []},
        {"measure": ""},
        {"power": {}},
        {"answers": "yes"},
        {"answers": [{}] * (MOST_ANSWERS + 1)},
    ],
)
def test_what_cannot_be_is_refused_in_words(wrong):
    with pytest.raises(InputError):
        asked(**wrong)


def test_what_is_null_is_as_usual():
    usual = asked()
    null = asked(**dict.fromkeys(("worlds", "seed", "numbers", "opinions", "answers", "measure", "power")))
    assert usual | {"ms": 0} == null | {"ms": 0}


def test_of_a_hundred_names_that_nobody_knows_the_first_is_told():
    with pytest.raises(InputError, match=r"numbers.choice.gane: .*Did you mean 'choice.gain'") as refused:
        asked(numbers={"choice.gane": 1.0, **{f"no.such{number}": 1.0 for number in range(MOST_NUMBERS - 1)}})
    assert len(refused.value.problems) == 1


def test_the_map_has_the_five_states_and_is_small():
    path = Path(looking.__file__).parent / "page" / "map.json"
    assert path.stat().st_size < 40_000
    map_of_page = json.loads(path.read_text(encoding="utf-8"))
    assert {state.code for state in evidence_of(load_scenario("baseline")).states} <= set(map_of_page["states"])
    assert all(set(shape) == {"d", "x", "y"} for shape in map_of_page["states"].values())
    assert set(re.findall("[a-zA-Z]", "".join(map_of_page["land"]))) == {"M", "l", "z"}


def test_while_the_rulebook_is_compiled_few_worlds_are_played_and_the_page_is_told(monkeypatch):
    post, room = looking.POSTS[0], Room(load_scenario("toy"))
    caller, asked = Caller(Role.TEACHER, "p"), {"worlds": 2 * looking.WORLDS}
    seen = post.answer(room, caller, asked)
    assert (seen["runs"], seen["compiling"]) == (2 * looking.WORLDS, False)
    monkeypatch.setattr("sim.classroom.looking.compiling", lambda: True)
    seen = post.answer(room, caller, asked)
    assert (seen["runs"], seen["compiling"]) == (looking.WORLDS, True)
