"""A state played in place of its rule: answers and visits are events, and the events are the game to the last bit."""

import copy
import dataclasses

import numpy as np
import pytest

from sim.engine.agents import Model
from sim.engine.whole import BrokenModel
from sim.io.errors import InputError
from sim.narrative.counterfactual import explain
from sim.scenario.events import EventKind
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
TOY = dataclasses.replace(TOY, end=TOY.start + 7, seed=3)
ARRAYS = ("by_power", "by_state")


def contrary(model, offer):
    """Takes what a rule would hardly take, travels now and then, and leaves some to the rule."""
    if offer.kind == "security":
        return None
    if offer.quarter % 3 == 0:
        model.visit(offer.to, offer.by)
    return offer.by != "OST"


def played(**asked):
    return Model(TOY, **asked).run_model()


@pytest.fixture(scope="module")
def game():
    return played(run=2, players={"ALD": contrary})


def same(model, other):
    return all(np.array_equal(getattr(model, array), getattr(other, array)) for array in ARRAYS)


def test_a_player_who_leaves_everything_to_the_rule_changes_nothing():
    left = played(players={"ALD": lambda model, offer: None, "BEK": lambda model, offer: None})
    assert same(left, played())
    assert left.moves == []
    assert left.as_played is left.prepared


def test_the_rules_own_answers_given_by_a_player_change_nothing():
    usual = played()
    said = {(one.quarter, one.by, one.to, one.kind): one.accepted for one in usual.offers}

    def rule(model, offer):
        return np.bool_(said[offer.quarter, offer.by, offer.to, offer.kind])

    again = played(players={"ALD": rule, "BEK": rule})
    assert same(again, usual)
    assert len(again.moves) == len(said)


def test_a_game_replays_to_the_bit_in_both_engines(game):
    assert {move.kind for move in game.moves} == {EventKind.ANSWER, EventKind.VISIT}
    assert {move.fields.get("say") for move in game.moves} == {"yes", "no", None}
    assert not same(game, played(run=2))
    lanes = game.as_played.run_block(0, 4)
    agents = Model(game.as_played.scenario, run=2).run_model()
    assert same(agents, game)
    for array in ARRAYS:
        assert np.array_equal(getattr(lanes, array)[2], getattr(game, array)[..., 0])


def test_an_offer_is_shown_as_it_is_answered(game):
    seen = []

    def look(model, offer):
        seen.append(offer)
        assert offer.accepted is None
        return False

    model = played(players={"ALD": look})
    mine = [one for one in model.offers if one.to == "ALD"]
    shown = [(one.quarter, one.by, one.kind, one.size, one.exclusivity_signed, one.local) for one in seen]
    assert shown == [(one.quarter, one.by, one.kind, one.size, one.exclusivity_signed, one.local) for one in mine]
    assert not any(one.accepted for one in mine)


def test_a_visit_is_planned_between_two_steps():
    model = Model(TOY)
    model.step()
    model.visit("ALD", "SUD")
    model.step()
    assert "SUD" in model.state("ALD").visits
    model.run_model()
    assert same(Model(model.as_played.scenario).run_model(), model)
    with pytest.raises(InputError, match="the run is over"):
        model.visit("ALD", "SUD")


def test_explain_knows_what_players_said(game):
    offer = next(one for one in game.offers if one.told and one.accepted != (one.draw < one.probability))
    text = " ".join(str(explain(game, state="ALD", at=offer.quarter, by=offer.by, kind=offer.kind)[0]).split())
    assert "its own rule would have said" in text


def test_what_is_no_answer_is_told_and_breaks_the_step():
    model = Model(TOY, players={"ALD": lambda model, offer: "yes"})
    with pytest.raises(InputError, match=r"players\.ALD: found 'yes'.*True, False, or None"):
        model.run_model()
    with pytest.raises(BrokenModel):
        model.moves  # noqa: B018


@pytest.mark.parametrize("players", [{"ADL": contrary}, {"ALD": True}, {3: contrary}, [contrary], {"SUD": contrary}])
def test_players_who_cannot_be_are_refused(players):
    with pytest.raises(InputError, match="players"):
        Model(TOY, players=players)


def test_a_copy_has_moves_of_its_own():
    model = Model(TOY, players={"ALD": contrary})
    model.step()
    branch = copy.deepcopy(model)
    before = list(model.moves)
    branch.run_model()
    assert model.moves == before
    assert same(branch, model.run_model())


def test_a_player_that_holds_the_model_is_not_copied():
    model = Model(TOY)
    model.players = {"ALD": lambda _, offer: model.quarter > offer.quarter}
    with pytest.raises(InputError, match="a function that holds this model"):
        copy.deepcopy(model)
