"""What is recorded takes the place of what was played: levels, money, what is open, and the same in both engines."""

import dataclasses

import numpy as np
import pytest

from sim.engine import agents, ensemble
from sim.engine.behind_figures import level_behind
from sim.engine.observing import in_dollars_of, recorded
from sim.evidence.history import load_history
from sim.io.errors import InputError
from sim.model.world import unpack
from sim.narrative.event_sentences import event_sentence
from sim.narrative.replay import Replay
from sim.scenario.calendar import parse_quarter
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

AT = parse_quarter("2014-Q4")


def observing(year=2014, at=AT, **changes):
    """Today's world played from 2010, set to the record of a year."""
    event = Event(at=at, kind=EventKind.OBSERVE, fields={"year": year})
    times = {"start": parse_quarter("2010-Q1"), "end": parse_quarter("2015-Q4"), "events": (event,)}
    return dataclasses.replace(load_scenario("baseline"), **{**times, **changes})


@pytest.fixture(scope="module")
def block():
    return ensemble.prepare(observing()).run_block(0, 200)


@pytest.fixture(scope="module")
def known(block):
    return recorded(2014, block.states, block.powers)


def test_trade_output_and_the_rest_are_what_was_recorded(block, known):
    now = block.quarters.index(AT)
    dollars = in_dollars_of(2014, 2010)
    trade = block.power_measure("trade")[:, now]
    # one quarter has been played since: middle runs are close; contracts can be large beside little trade
    assert np.allclose(np.log(np.median(trade, axis=0) / (dollars * known.trade)), 0.0, atol=0.12)
    assert np.allclose(block.state_measure("trade_rest")[:, now].mean(axis=0) / (dollars * known.rest), 1.0, atol=0.1)
    assert np.allclose(block.state_measure("output")[:, now].mean(axis=0) / (dollars * known.output), 1.0, atol=0.05)


def test_ratios_that_rules_use_are_those_of_the_record(block, known):
    now = block.quarters.index(AT)
    trade, output = block.power_measure("trade")[:, now].sum(axis=2), block.state_measure("output")[:, now]
    assert np.allclose(np.median(trade / output, axis=0) / (known.trade.sum(axis=1) / known.output), 1.0, atol=0.1)


def test_every_run_begins_within_what_figures_leave_open():
    replays = [Replay(ensemble.prepare(observing()), run) for run in range(40)]
    for replay in replays:
        replay.moment(AT - 1)
        replay.settings.apply(replay.store, replay.numbers, AT)
    logs = np.log(np.stack([unpack(one.store).stock[:, :, 0, 0] for one in replays]))
    history = load_history()
    axes = replays[0].axes
    now = recorded(2014, axes["i"], axes["j"])
    spread = logs.std(axis=0)
    for j, code in enumerate(axes["j"]):
        assert history.error_of(code) >= now.open[j] > 0.0
        assert np.allclose(spread[:, j] / now.open[j], 1.0, atol=0.45)
    apart = np.corrcoef(logs.reshape(40, -1).T)
    assert np.abs(apart[np.triu_indices_from(apart, 1)]).mean() < 0.25  # pairs err by themselves


def test_votes_are_observed_apart_and_become_usual(known):
    at = AT + 1
    event = Event(at=at, kind=EventKind.OBSERVE, fields={"year": 2014, "what": "votes"})
    replay = Replay(ensemble.prepare(observing(events=(event,))), 3)
    replay.moment(at - 1)
    before = unpack(replay.store).trade.copy()
    replay.settings.apply(replay.store, replay.numbers, at)
    world = unpack(replay.store)
    some = np.isfinite(known.agreement)
    assert some.any()
    assert np.array_equal(world.agreement[..., 0][some], known.agreement[some])
    assert np.allclose(world.agreement_start[..., 0][some], known.agreement[some], atol=0.1)
    assert np.array_equal(world.trade, before)


def test_nothing_before_it_is_touched():
    without = ensemble.prepare(observing(events=())).run_block(0, 3)
    with_it = ensemble.prepare(observing()).run_block(0, 3)
    before = with_it.quarters.index(AT)
    assert np.array_equal(without.by_power[:, :before], with_it.by_power[:, :before])
    assert not np.array_equal(without.by_power[:, before], with_it.by_power[:, before])


def test_agents_lanes_and_a_run_played_again_agree_to_the_last_bit():
    scenario = observing()
    by_agents, in_lanes = agents.prepare(scenario).run_block(3, 1), ensemble.prepare(scenario).run_block(0, 5)
    alone = ensemble.prepare(scenario).run_block(3, 1)
    for name in ("by_power", "by_state", "offers"):
        assert np.array_equal(getattr(by_agents, name), getattr(in_lanes, name)[3:4])
        assert np.array_equal(getattr(alone, name), getattr(in_lanes, name)[3:4])
    again = Replay(ensemble.prepare(scenario), 3)
    again.moment(AT)
    assert np.array_equal(again.pages[0][0, ..., 0], by_agents.by_power[0, AT - scenario.start])


def test_what_the_record_does_not_know_stays_as_it_was_played():
    now = recorded(2005, ("UZB", "KAZ"), ("CHN", "RUS"))
    assert np.isnan(now.trade[0]).all()  # no Uzbek trade before 2010
    assert np.isfinite(now.trade[1]).all()
    assert np.isnan(recorded(2014, ("KAZ", "XXX"), ("CHN",)).trade[1]).all()


def test_a_level_is_weighed_between_figures_that_err():
    steady = np.array([[10.0, 10.0, 10.0, 10.0, 20.0]])
    level, open_ = level_behind(steady, 0.3)
    assert 10.0 < level[0] < 20.0
    assert 0.0 < open_ < 0.3
    assert level_behind(steady, 0.0) == (pytest.approx([20.0]), 0.0)


@pytest.mark.parametrize(
    ("what", "said"), [("all", "trade, output and agreement in votes"), ("votes", ": agreement in votes.")]
)
def test_it_has_a_sentence(what, said):
    event = Event(at=AT, kind=EventKind.OBSERVE, fields={"year": 2014, "what": what})
    assert said in event_sentence(event, {}, {})
    assert "2014" in event_sentence(event, {}, {})


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("{at: 2026-Q2, observe: {year: 2024}}", "a year of the record, 2000 to 2019"),
        ("{at: 2026-Q2, observe: 2019}", "observe"),
        ("{at: 2026-Q2, observe: {}}", "'year' is missing"),
    ],
)
def test_a_year_beyond_the_record_is_refused(tmp_path, event, said):
    path = tmp_path / "x.yaml"
    path.write_text(f"title: T\nquestion: Q?\nextends: baseline\nevents:\n  - {event}\n", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_scenario(path)


def test_a_world_of_others_has_no_record(tmp_path):
    path = tmp_path / "x.yaml"
    text = "title: T\nquestion: Q?\nworld: toy\nfrom: 2026-Q1\nto: 2027-Q4\nruns: 2\nseed: 0\n"
    path.write_text(f"{text}events:\n  - {{at: 2026-Q2, observe: {{year: 2019}}}}\n", encoding="utf-8")
    with pytest.raises(InputError, match="no record is of"):
        load_scenario(path)
