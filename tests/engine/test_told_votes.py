"""A vote told from outside: the state votes so where powers ask for a vote, once, and nothing else is told."""

import dataclasses

import numpy as np
import pytest

from sim.engine import agents, ensemble
from sim.engine.agents import Model
from sim.engine.remarks import remarks
from sim.engine.ways import COMPILED, OVER_LANES
from sim.io.errors import InputError
from sim.model.variables import BY_STATE
from sim.narrative.chronicle import tell
from sim.scenario.events import VOTE_WORDS, Event, EventKind
from sim.scenario.scenario import evidence_of, load_scenario

VOTE = BY_STATE.index("vote")
ARRAYS = ("by_power", "by_state", "offers")


def asked(at, **sides):
    return Event(at=at, kind=EventKind.VOTE, fields={"for": sides.get("yes", ()), "against": sides.get("no", ())})


def told(at, by, how):
    return Event(at=at, kind=EventKind.ANSWER, fields={"by": by, "vote": how})


def with_events(*events):
    return dataclasses.replace(TOY, events=(*TOY.events, *events))


TOY = load_scenario("toy")
TOY = dataclasses.replace(TOY, end=TOY.start + 7, seed=3)
WHEN = range(TOY.start, TOY.start + 4)
TOY = with_events(*(asked(at, yes=("NOR",), no=("SUD",)) for at in WHEN))


def block(scenario):
    return ensemble.prepare(scenario).run_block(0, 4)


def same(one, other):
    return all(np.array_equal(getattr(one, array), getattr(other, array)) for array in ARRAYS)


@pytest.fixture(scope="module")
def usual():
    return block(TOY)


def test_the_rules_own_vote_given_from_outside_changes_nothing(usual):
    mine = ensemble.prepare(TOY).run_block(0, 1)
    votes = mine.by_state[0, :, :, VOTE]
    orders = [
        told(at, code, VOTE_WORDS[int(votes[at - TOY.start, i]) - 1])
        for at in WHEN
        for i, code in enumerate(mine.states)
    ]
    assert same(ensemble.prepare(with_events(*orders)).run_block(0, 1), mine)


@pytest.mark.parametrize("how", VOTE_WORDS)
def test_a_state_votes_as_it_is_told_and_only_then(usual, how):
    found = block(with_events(told(TOY.start + 1, "ALD", "no"), told(TOY.start + 1, "ALD", how)))
    i = found.states.index("ALD")
    assert set(found.by_state[:, 1, i, VOTE]) == {VOTE_WORDS.index(how) + 1.0}
    assert np.array_equal(found.by_state[:, 0], usual.by_state[:, 0])
    others = [at for at in range(len(found.states)) if at != i]
    assert np.array_equal(found.by_state[:, 1][:, others, VOTE], usual.by_state[:, 1][:, others, VOTE])
    assert len(set(found.by_state[:, 2, i, VOTE])) > 1 or how != "no"


def test_a_vote_that_nobody_asks_for_does_nothing_and_is_not_kept_for_the_next(usual):
    quiet = TOY.start + 5
    scenario = with_events(told(quiet, "ALD", "no"))
    assert same(block(scenario), usual)
    assert remarks(scenario, evidence_of(scenario)) == [
        "answer: it changes nothing: no power asks for a vote in this quarter"
    ]
    later = with_events(asked(quiet + 1, yes=("NOR",), no=("SUD",)))
    again = dataclasses.replace(later, events=(*later.events, told(quiet, "ALD", "no")))
    assert same(block(again), block(later))


def test_a_vote_and_an_answer_of_one_quarter_leave_each_other_alone():
    answer = Event(
        at=TOY.start, kind=EventKind.ANSWER, fields={"by": "ALD", "to": ("OST",), "kind": "all", "say": "no"}
    )
    vote = told(TOY.start, "ALD", "yes")
    assert same(block(with_events(answer, vote)), block(with_events(vote, answer)))
    found = block(with_events(answer, vote))
    assert set(found.by_state[:, 0, found.states.index("ALD"), VOTE]) == {1.0}


def test_votes_are_told_alike_however_a_turn_is_played():
    drawn = dataclasses.replace(told(TOY.start + 2, "BEK", "no"), chance=0.5)
    prepared = ensemble.prepare(with_events(told(TOY.start, "ALD", "away"), drawn))
    compiled = dataclasses.replace(prepared, way=COMPILED).run_block(3, 9)
    over_lanes = dataclasses.replace(prepared, way=OVER_LANES).run_block(3, 9, lanes=7)
    assert same(compiled, over_lanes)
    assert set(compiled.by_state[:, 0, compiled.states.index("ALD"), VOTE]) == {4.0}


def test_a_game_with_votes_replays_to_the_bit_in_both_engines():
    scenario = with_events(told(TOY.start + 1, "ALD", "yes"))
    model = Model(scenario, run=2, players={"BEK": lambda model, offer: model.vote("BEK", "abstain")})
    for how in (*VOTE_WORDS, "no"):
        model.vote("ALD", "yes")
        model.vote("ALD", how)  # the later holds, over the scenario's own too
        model.step()
    model.run_model()
    i = model.prepared.evidence.states.index(model.state("ALD").actor)
    assert model.by_state[:5, i, VOTE, 0].tolist() == [1.0, 2.0, 3.0, 4.0, 0.0]
    again = Model(model.as_played.scenario, run=2).run_model()
    lanes = ensemble.prepare(model.as_played.scenario).run_block(0, 4)
    by_agents = agents.prepare(model.as_played.scenario).run_block(2, 1)
    for array in ("by_power", "by_state"):
        mine = getattr(model, array)[..., 0]
        assert np.array_equal(mine, getattr(again, array)[..., 0])
        assert np.array_equal(mine, getattr(lanes, array)[2])
        assert np.array_equal(mine, getattr(by_agents, array)[0])
    with pytest.raises(InputError, match="the run is over"):
        model.vote("ALD", "no")


def test_what_is_no_vote_is_told():
    model = Model(TOY)
    with pytest.raises(InputError, match=r"how.*yes, no, abstain"):
        model.vote("ALD", "maybe")
    assert model.moves == []


def test_a_chronicle_says_that_a_vote_was_told():
    text = " ".join(tell(with_events(told(TOY.start, "ALD", "away"), told(TOY.start + 1, "ALD", "away"))).split())
    assert text.count("to stay away from the vote.") == 2


FILE = """\
title: Told
question: What of it?
extends: toy
events:
  - {at: 2026-Q1, vote: {for: NOR, against: SUD}}
  - {at: 2026-Q1, answer: {%s}}
"""


def read(tmp_path, said):
    path = tmp_path / "told.yaml"
    path.write_text(FILE % said, encoding="utf-8")
    return load_scenario(path)


def test_a_file_tells_several_states_how_to_vote(tmp_path):
    events = read(tmp_path, "by: [ALD, BEK], vote: no").events
    assert [event.fields for event in events[-2:]] == [{"by": "ALD", "vote": "no"}, {"by": "BEK", "vote": "no"}]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("by: ALD, vote: maybe", "'maybe'"),
        ("by: ALD, vote: yes, to: NOR, say: yes", "'vote' with 'to', 'say'"),
        ("by: ALD, vote: yes, kind: all", "'vote' with 'kind'"),
        ("by: ALD, say: yes", "'to' is missing"),
        ("by: ALD", "'say' is missing"),
    ],
)
def test_an_answer_is_to_an_offer_or_a_vote(tmp_path, said, problem):
    with pytest.raises(InputError, match=problem):
        read(tmp_path, said)
