"""Forks: the past is the run's own to the bit, what comes has another luck, and pairs share it."""

import dataclasses

import numpy as np
import pytest

from sim.engine.ensemble import prepare
from sim.engine.players import with_moves
from sim.engine.running import Running, futures
from sim.model.chance import lucks
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
START = TOY.start
RUN, FORK, AFTER = 3, 5, 12


def event(at, sort, until=None, latest=None, draw="", **fields):
    return Event(at=START + at, kind=sort, fields=fields, until=until, latest=latest, draw=draw)


HELD = (  # settings that are in force across the fork, and one that is drawn
    event(2, EventKind.GROWTH, until=START + 8, of="ALD", rate=0.08, to=None),
    event(3, EventKind.SET, until=START + 7, number=("choice.dependence_aversion",), to=(2.0,)),
    event(1, EventKind.PRESSURE, until=START + 9, by="OST", on="BEK", level=0.6),
    event(4, EventKind.CRISIS, latest=START + 10, draw="a crisis", **{"in": "ALD", "severity": 0.7}),
)
SCENARIO = dataclasses.replace(TOY, end=START + AFTER, events=(*TOY.events, *HELD))


@pytest.fixture(scope="module")
def prepared():
    return prepare(SCENARIO)


@pytest.mark.parametrize("fork", [-1, 0, FORK, AFTER - 1])
def test_a_fork_on_its_own_luck_is_the_run(prepared, fork):
    whole = prepared.run_block(RUN, 1)
    running = Running(prepared, RUN)
    past = running.play(START + fork)
    branch = running.forked(np.repeat(lucks(prepared.seed, RUN, 1), 3))
    for begun, coming, array in zip(past, branch.play(SCENARIO.end), (whole.by_power, whole.by_state), strict=True):
        assert np.array_equal(begun[..., 0], array[0, : fork + 1])
        for lane in range(3):
            assert np.array_equal(coming[..., lane], array[0, fork + 1 :])


def test_futures_differ_and_leave_the_run_as_it_is(prepared):
    running = Running(prepared, RUN)
    running.play(START + FORK)
    coming = futures(running, 8, SCENARIO.end)
    assert coming.quarters == tuple(range(START + FORK + 1, SCENARIO.end + 1))
    assert len({one.tobytes() for one in coming.by_state}) == 8
    assert np.array_equal(futures(running, 3, SCENARIO.end).by_state, coming.by_state[:3])
    assert coming.offers.min() >= 0
    rest = running.play(SCENARIO.end)[1]
    assert np.array_equal(rest[..., 0], prepared.run_block(RUN, 1).by_state[0, FORK + 1 :])


def test_pairs_share_their_luck(prepared):
    visit = event(FORK, EventKind.VISIT, by="ALD", to="SUD")
    nothing = event(AFTER, EventKind.ANSWER, by="BEK", to=("SUD",), kind="deal", say="no")

    def coming(*moves):
        running = Running(with_moves(prepared, moves), RUN)
        running.play(START + FORK)
        return futures(running, 4, START + AFTER - 1).by_state

    assert np.array_equal(coming(), coming(nothing))  # what is told later moves nothing before
    assert not np.array_equal(coming(), coming(visit))


@pytest.mark.parametrize("at", [0, 5])
def test_a_quarter_in_which_nothing_is_changed_is_the_quarter(prepared, at):
    usual, changed = Running(prepared, RUN), Running(prepared, RUN)
    usual.play(START + at)
    if at:
        changed.play(START + at - 1)
    seen = []
    changed.play_with(lambda world: seen.append(world.signed.copy()))
    assert changed.quarter == usual.quarter
    assert len(seen) == 1
    for mine, theirs in zip(changed.store, usual.store, strict=True):
        assert np.array_equal(mine, theirs)
    assert all(map(np.array_equal, changed.play(START + at + 2), usual.play(START + at + 2)))
