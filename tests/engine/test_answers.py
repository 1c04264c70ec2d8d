"""An answer given from outside: it is given, it lasts a quarter, vetoes stand, and nobody else moves by a bit."""

import dataclasses

import numpy as np
import pytest

from sim.engine import agents, ensemble
from sim.engine.agents import Model
from sim.model.fields import KINDS
from sim.narrative.chronicle import tell
from sim.narrative.counterfactual import explain
from sim.scenario.event_keys import EVERYTHING
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

YEAR = 4
TOY = load_scenario("toy")
TOY = dataclasses.replace(TOY, end=TOY.start + 2 * YEAR - 1, seed=3)
ALL = ("NOR", "OST", "SUD")
ARRAYS = ("by_power", "by_state", "offers")


def answer(at, by, to, say, kind=EVERYTHING):
    return Event(at=at, kind=EventKind.ANSWER, fields={"by": by, "to": tuple(to), "kind": kind, "say": say})


def with_events(*events, scenario=TOY):
    return dataclasses.replace(scenario, events=(*scenario.events, *events))


def always(by, to, say, scenario=TOY, kind=EVERYTHING):
    return [answer(at, by, to, say, kind) for at in range(scenario.start, scenario.end + 1)]


def played(scenario):
    return Model(scenario).run_model()


def said(offer):
    return "yes" if offer.accepted else "no"


@pytest.fixture(scope="module")
def usual():
    return played(TOY)


def test_the_rules_own_answers_given_from_outside_change_nothing(usual):
    orders = [answer(o.quarter, o.to, (o.by,), said(o), o.kind) for o in usual.offers]
    assert {event.fields["say"] for event in orders} == {"yes", "no"}
    ordered = with_events(*orders)
    mine, other = ensemble.prepare(TOY).run_block(0, 1), ensemble.prepare(ordered).run_block(0, 1)
    for array in ARRAYS:
        assert np.array_equal(getattr(mine, array), getattr(other, array)), array


def test_agents_and_lanes_agree_where_answers_are_given():
    scenario = with_events(*always("ALD", ALL, "no"), *always("ALD", ("NOR",), "yes"), *always("BEK", ALL, "yes"))
    by_agents, in_lanes = agents.prepare(scenario).run_block(1, 2), ensemble.prepare(scenario).run_block(0, 4)
    for array in ARRAYS:
        assert np.array_equal(getattr(by_agents, array), getattr(in_lanes, array)[1:3]), array


def test_an_order_is_followed_and_the_later_one_holds():
    model = played(with_events(*always("ALD", ALL, "no"), *always("ALD", ("NOR",), "yes")))
    mine = [offer for offer in model.offers if offer.to == "ALD"]
    assert {offer.by for offer in mine if offer.permitted and offer.accepted} == {"NOR"}
    assert all(offer.accepted == (offer.by == "NOR" and offer.permitted) for offer in mine)
    assert {offer.told for offer in mine} == {"yes", "no"}
    assert {offer.told for offer in model.offers if offer.to == "BEK"} == {""}


def test_an_order_about_one_kind_leaves_the_others_to_the_rule():
    model = played(with_events(*always("ALD", ALL, "no", kind="deal")))
    told = {offer.kind: offer.told for offer in model.offers if offer.to == "ALD"}
    assert told["deal"] == "no"
    assert set(told) > {"deal"}
    assert {told[kind] for kind in told if kind != "deal"} == {""}


def test_nobody_else_moves_by_a_bit_in_the_quarter_and_the_order_is_gone_after_it(usual):
    when = next(offer.quarter for offer in usual.offers if offer.to == "ALD" and offer.accepted)
    model = played(with_events(answer(when, "ALD", ALL, "no")))
    until = {True: [], False: []}
    for one in (usual, model):
        until[one is model] = [
            offer for offer in one.offers if offer.quarter < when or (offer.quarter == when and offer.to != "ALD")
        ]
    assert until[True] == until[False]
    before, after = (
        [dataclasses.replace(o, accepted=None, told="") for o in one.offers if o.quarter == when and o.to == "ALD"]
        for one in (usual, model)
    )
    assert [(o.by, o.kind, o.size, o.draw) for o in before] == [(o.by, o.kind, o.size, o.draw) for o in after]
    assert {offer.told for offer in model.offers if offer.quarter != when} == {""}
    assert not any(offer.accepted for offer in model.offers if offer.quarter == when and offer.to == "ALD")


@pytest.fixture(scope="module")
def alliance():
    """A treaty guarantee laid before a neutral state that is told to sign it."""
    scenario = load_scenario("baseline")
    start = scenario.start
    fields = {"by": "RUS", "to": "TKM", "kind": "security", "size": 1.0, "exclusivity": None, "governance": None}
    events = (Event(at=start, kind=EventKind.OFFER, fields=fields), answer(start, "TKM", ("RUS",), "yes"))
    return Model(dataclasses.replace(scenario, end=start, events=events)).run_model()


def test_a_neutral_state_cannot_be_told_into_an_alliance(alliance):
    offer = next(one for one in alliance.offers if one.to == "TKM" and one.by == "RUS" and one.kind == "security")
    assert (offer.told, offer.permitted, offer.accepted) == ("yes", False, False)
    told = " ".join(str(explain(alliance, state="TKM", by="RUS", kind="security")[0]).split())
    assert "could not do otherwise whatever it was told: a neutral state joins no alliance" in told


def test_explain_says_what_the_rule_would_have_said(usual):
    offer = next(one for one in usual.offers if one.accepted)
    told = played(with_events(answer(offer.quarter, offer.to, (offer.by,), "no", offer.kind)))
    one = explain(told, state=offer.to, at=offer.quarter, by=offer.by, kind=offer.kind)[0]
    text = " ".join(str(one).split())
    assert "was told to refuse; its own rule would have said yes: the odds of a yes were" in text
    assert "What would have turned the answer of its own rule, all else and the draw the same:" in text
    asked = {"state": offer.to, "at": offer.quarter, "by": offer.by, "kind": offer.kind}
    assert one.flips == explain(usual, **asked)[0].flips
    assert one.offer.probability == offer.probability
    assert one.offer.reasons == ("it was told to",)
    assert one.as_dict()["told"] == "no"


def test_a_chronicle_tells_an_order_once_while_it_stands():
    text = tell(with_events(*always("ALD", ALL, "no")))
    assert text.count("An order goes to") == 1


def test_every_kind_of_offer_may_be_ordered():
    model = played(with_events(*(event for kind in KINDS for event in always("BEK", ALL, "no", kind=kind))))
    mine = [offer for offer in model.offers if offer.to == "BEK"]
    assert {offer.told for offer in mine} == {"no"}
    assert not any(offer.accepted for offer in mine)
