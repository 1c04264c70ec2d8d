"""A game: the table before it is answered, why, what a yes would do, and a file that plays the same game again."""

import dataclasses

import numpy as np
import pytest

import sim
from sim.io.errors import InputError
from sim.scenario.calendar import quarter_text
from sim.scenario.events import VOTE_WORDS, Event, EventKind
from sim.scenario.scenario import load_scenario

ALL_NUMBERS = {"choice.dependence_aversion": 2.5, "states.ALD.gdp": {"value": 400.0, "beyond": "a rich one"}}


def play(game, quarters, say=lambda offer: offer.by != "OST"):
    for _ in range(quarters):
        for offer in game.inbox:
            game.answer(offer, say(offer))
        game.step()
    return game


@pytest.fixture(scope="module")
def game():
    game = sim.Game("toy", "ALD", 5)
    game.visit("SUD")
    return play(game, 6)


def test_the_table_is_what_will_be_answered():
    game = sim.Game("toy", "ALD", 5)
    for _ in range(4):
        seen = game.inbox
        answered = game.step()
        assert seen == answered
    assert game.decisions[0]["said"] == ""


def test_what_is_decided_is_done_and_can_be_taken_back():
    game = sim.Game("toy", "BEK", 5)
    while not (offers := [one for one in game.inbox if one.permitted]):
        game.step()
    offer = offers[0]
    game.answer(offer, not offer.accepted)
    now = next(one for one in game.inbox if (one.by, one.kind) == (offer.by, offer.kind))
    assert (now.told, now.accepted) == ("no" if offer.accepted else "yes", not offer.accepted)
    game.answer(offer, None)
    assert game.inbox == tuple(one for one in game.inbox if not one.told)
    game.answer(offer, not offer.accepted)
    done = next(one for one in game.step() if (one.by, one.kind) == (offer.by, offer.kind))
    assert done.accepted != offer.accepted
    with pytest.raises(InputError, match="no such offer lies on the table"):
        game.answer(offer, True)


@pytest.fixture(scope="module")
def voting():
    """The toy world with a vote in its second quarter, and what the rule says to it."""
    toy = load_scenario("toy")
    vote = Event(at=toy.start + 1, kind=EventKind.VOTE, fields={"for": ("NOR", "OST"), "against": ("SUD",)})
    toy = dataclasses.replace(toy, events=(*toy.events, vote), end=toy.start + 3)
    game = sim.Game(toy, "ALD", 5)
    assert game.balloted is None
    with pytest.raises(InputError, match="no power asks for a vote"):
        game.vote("no")
    game.step()
    return toy, game.balloted


def test_a_vote_is_shown_before_it_is_cast(voting):
    toy, ballot = voting
    assert (ballot.yes, ballot.no, ballot.told) == (("NOR", "OST"), ("SUD",), "")
    usual = sim.Model(toy, 5)
    usual.step()
    usual.step()
    assert VOTE_WORDS[int(usual.state("ALD").measure("vote")) - 1] == ballot.rule
    left = sim.Game(toy, "ALD", 5)
    left.step()
    assert left.votes == []
    left.step()
    assert [(row["said"], row["voted"], row["rule"]) for row in left.votes] == [("", ballot.rule, ballot.rule)]


def test_a_vote_is_told_taken_back_and_kept(voting):
    toy, ballot = voting
    how = next(word for word in VOTE_WORDS if word != ballot.rule)
    game = sim.Game(toy, "ALD", 5)
    game.step()
    seen = game.inbox
    game.vote(how)
    assert game.balloted == dataclasses.replace(ballot, told=how)
    assert game.inbox == seen
    game.vote(None)
    assert game.balloted == ballot
    game.vote(how)
    game.step()
    assert game.model.state("ALD").measure("vote") == VOTE_WORDS.index(how) + 1.0
    assert [move.fields for move in game.model.moves] == [{"by": "ALD", "vote": how}]
    said = {"quarter": quarter_text(toy.start + 1), "yes": "NOR OST", "no": "SUD", "said": how, "voted": how}
    assert game.votes == [said | {"rule": ballot.rule}]
    game.step()
    game.step()
    assert game.balloted is None
    with pytest.raises(InputError, match="the game is over"):
        game.vote(how)
    again = sim.Model(game.model.as_played.scenario, 5).run_model()
    assert np.array_equal(again.by_state, game.model.by_state)


def test_a_told_vote_is_kept_in_the_file_of_a_game(tmp_path):
    game = sim.Game("divided-assembly", "KAZ", 5)
    game.vote("no")
    game.step()
    kept = load_scenario(game.save(tmp_path / "my-vote.yaml"))
    assert 'answer: {by: KAZ, vote: "no"}' in game.text(tmp_path)
    assert sim.Model(kept, run=0).prepared.rows.shape == game.model.as_played.rows.shape


def test_why_and_what_if_are_asked_of_the_coming_quarter(game):
    coming = sim.Game("toy", "ALD", 5)
    while not coming.inbox:
        coming.step()
    offer = coming.inbox[0]
    assert coming.why(offer).offer == offer
    before = coming.model.by_state.copy()
    found = coming.preview(offer, runs=4, horizon=2)
    assert found.runs == 4
    assert np.array_equal(before, coming.model.by_state)


def test_the_file_of_a_game_is_the_game(game, tmp_path):
    path = game.save(tmp_path / "my-game.yaml")
    kept = load_scenario(path)
    assert kept.runs == 1
    for model in (sim.Model(kept, run=0).run_model(), sim.Model(path).run_model()):
        page = game.model.page + 1
        assert np.array_equal(model.by_power[:page], game.model.by_power[:page])
    assert sum(event.kind.name == "ANSWER" for event in kept.events) == sum(
        move.kind.name == "ANSWER" for move in game.model.moves
    )
    assert any(event.kind.name == "VISIT" for event in kept.events)
    assert 'say: "no"' in game.text(tmp_path)


def test_numbers_that_were_given_are_kept(tmp_path):
    game = play(sim.Game("toy", "ALD", 5, numbers=ALL_NUMBERS), 3)
    kept = sim.Model(game.save(tmp_path / "rich.yaml"))
    assert kept.world.gdp[0, 0] == 400.0
    kept.run_model()
    assert np.array_equal(kept.by_state[:3], game.model.by_state[:3])


def test_a_game_ends_under_a_word(game):
    played = play(sim.Game(dataclasses.replace(load_scenario("toy"), end=load_scenario("toy").start + 1), "ALD"), 2)
    assert played.over
    assert played.inbox == ()
    assert played.ending.split("-")[0] in {"multi", "leaning", "locked", "squeezed", "sided", "isolated"}


def test_what_was_changed_in_python_has_no_file_to_extend(tmp_path):
    scenario = load_scenario("toy")
    game = sim.Game(dataclasses.replace(scenario, end=scenario.start + 3), "ALD")
    with pytest.raises(InputError, match="differs from the scenario of that name"):
        game.save(tmp_path / "shorter.yaml")
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.yaml").write_text("title: Mine\nquestion: What?\nextends: toy\nto: 2029-Q4\n", encoding="utf-8")
    game = sim.Game(own / "mine.yaml", "ALD")
    with pytest.raises(InputError, match="cannot be extended from there"):
        game.check_can_be_saved(tmp_path / "game.yaml")
    assert load_scenario(game.save(own / "game.yaml")).end == game.model.setting.end


def test_a_state_that_nobody_knows_is_refused():
    with pytest.raises(InputError, match=r"there is no such state.*Did you mean 'ALD'"):
        sim.Game("toy", "ADL")
