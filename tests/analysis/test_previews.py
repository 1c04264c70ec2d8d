"""Yes against no on paired futures: what is signed is seen, what luck hides is said to be hidden."""

import dataclasses
import json

import numpy as np
import pytest

import sim
from sim.engine.ensemble import prepare
from sim.engine.ways import OVER_LANES
from sim.io.errors import InputError
from sim.narrative.replay import Replay
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
START = TOY.start
WORKS = {"by": "OST", "to": "BEK", "kind": "infrastructure", "size": 20.0, "exclusivity": 0.0, "governance": 0.0}
LAID = dataclasses.replace(
    TOY, end=START + 12, events=(*TOY.events, Event(at=START + 1, kind=EventKind.OFFER, fields=WORKS))
)


def offer_of(scenario, **asked):
    model = sim.Model(scenario, run=4).run_model()
    return model, next(o for o in model.offers if all(getattr(o, name) == value for name, value in asked.items()))


@pytest.fixture(scope="module")
def tried():
    model, offer = offer_of(LAID, quarter=START + 1, kind="infrastructure", by="OST", to="BEK")
    return model, offer, sim.preview(model, offer, runs=24)


def test_what_is_built_is_seen(tried):
    _, offer, found = tried
    works = next(effect for effect in found.effects if effect.measure == "works_stock")
    assert found.allowed
    assert works.power == offer.by
    assert works.seen
    assert works.low <= works.change <= works.high
    assert works.change == pytest.approx(works.yes - works.no)
    assert found.quarters == tuple(range(START + 2, START + 13))
    assert all(course.shape == (len(found.quarters), 3) for course in found.courses.values())


def test_a_model_and_a_scenario_made_ready_say_the_same_and_are_left_alone(tried):
    model, offer, found = tried
    before = model.by_state.copy()
    assert sim.preview(prepare(LAID), offer, 4, runs=24).as_dict() == found.as_dict()
    assert np.array_equal(before, model.by_state)
    assert json.loads(json.dumps(found.as_dict()))["quarter"] == "2026-Q2"


@pytest.mark.parametrize("clauses", [None, 0.3])
def test_everything_is_played_in_the_way_that_is_best_now(tried, clauses):
    _, offer, _ = tried
    played = []

    def turn(store, numbers, *more):
        played.append(numbers.shape[1])
        OVER_LANES.advance(store, numbers, *more)

    ready = prepare(LAID)
    lanes = dataclasses.replace(ready, way=OVER_LANES._replace(advance=turn))
    assert Replay(lanes, 4).moment(offer.quarter).world.size.any()
    alone = len(played)
    asked = {"runs": 24, "clauses": clauses}
    assert sim.preview(lanes, offer, 4, **asked).as_dict() == sim.preview(ready, offer, 4, **asked).as_dict()
    assert set(played[:alone]) == {1}
    assert set(played[alone:]) == {1, 24}


def test_what_straddles_nought_cannot_be_seen(tried):
    for effect in tried[2].effects:
        assert effect.seen == (effect.low > 0.0 or effect.high < 0.0)


def test_an_offer_that_cannot_be_taken_changes_nothing():
    scenario = load_scenario("baseline")
    pact = {"by": "RUS", "to": "TKM", "kind": "security", "size": 1.0, "exclusivity": None, "governance": None}
    laid = Event(at=scenario.start, kind=EventKind.OFFER, fields=pact)
    model, vetoed = offer_of(dataclasses.replace(scenario, end=scenario.start + 2, events=(laid,)), to="TKM", by="RUS")
    assert not vetoed.permitted
    found = sim.preview(model, vetoed, runs=4)
    assert not found.allowed
    assert not any(course.any() for course in found.courses.values())


def test_other_clauses_can_be_tried_and_those_that_are_there_change_nothing(tried):
    model, offer, found = tried
    assert found.clauses == offer.exclusivity_signed
    assert found.probability == offer.probability
    again = sim.preview(model, offer, runs=24, clauses=offer.exclusivity_signed)
    assert again.as_dict() == found.as_dict()
    bound = sim.preview(model, offer, runs=24, clauses=1.0)
    assert (bound.clauses, bound.allowed) == (1.0, True)
    assert bound.probability < found.probability
    assert [effect.no for effect in bound.effects] == [effect.no for effect in found.effects]
    assert [effect.yes for effect in bound.effects] != [effect.yes for effect in found.effects]


def test_an_offer_that_nobody_makes_is_refused(tried):
    model, offer, _ = tried
    for change, said in (
        ({"quarter": START + 12}, "nothing of the run comes after"),
        ({"by": "SUD", "quarter": START + 1, "kind": "security"}, "no such offer"),
        ({"to": "ADL"}, "no offer is made like this"),
    ):
        with pytest.raises(InputError, match=said):
            sim.preview(model, dataclasses.replace(offer, **change), runs=2)
