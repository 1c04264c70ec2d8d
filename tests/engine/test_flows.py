"""Ways that close and open again, pipelines, borders, sanctions and customs unions, as a turn plays them."""

import dataclasses

import numpy as np
import pytest

from sim.engine import agents, ensemble
from sim.engine.agents import Model
from sim.model.variables import BY_POWER, BY_STATE
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
QUIET = dataclasses.replace(TOY, events=(), end=TOY.start + 19, sampled={})
CLOSED, OPENED, LAST = 4, 8, 19  # quarters from the start
RUNS = 4


def event(kind, quarter, **fields):
    return Event(at=TOY.start + quarter, kind=kind, fields=fields)


def shut_road(**more):
    return event(EventKind.CORRIDOR, CLOSED, of="ROAD", capacity=0.0, cost=0.0, **{"open": 0.0, "by": None} | more)


def open_road():
    return event(EventKind.CORRIDOR, OPENED, of="ROAD", capacity=0.0, cost=0.0, open=1.0, by=None)


def border(quarter, share, by=None):
    return event(EventKind.BORDER, quarter, of="BEK", open=share, by=by, **{"with": ("SUD",)})


def pipe(quarter, share, by=None):
    return event(EventKind.PIPELINE, quarter, of="PIPE", open=share, by=by)


def sanction(quarter, against, hard=1.0):
    return event(EventKind.SANCTION, quarter, by=("SUD",), against=(against,), level=hard)


def union(quarter, power, state, part):
    return event(EventKind.UNION, quarter, of=power, level=part, **{"in": state})


EVERYTHING = (
    *(shut_road(by="OST"), open_road(), border(2, 0.3, "SUD"), border(7, 1.0), pipe(3, 0.0, "OST"), pipe(6, 1.0)),
    *(sanction(5, "OST", 0.75), sanction(9, "OST", 0.0), sanction(6, "ALD", 0.5)),
    *(union(3, "OST", "BEK", 0.0), union(5, "NOR", "BEK", 1.0), union(5, "NOR", "ALD", 0.5)),
)


def played(*events, numbers=None, without=()):
    scenario = dataclasses.replace(QUIET, events=events, numbers=numbers or {}, without=without)
    return ensemble.prepare(scenario).run_block(0, RUNS)


def change(state, power, measure, quarter, *events, **more):
    """By how much a measure differs from the same runs without the events, as a mean over runs; trade as a share."""
    with_, without = played(*events, **more), played(**more)
    one, two = (
        block.by_power[:, quarter, block.states.index(state), block.powers.index(power), BY_POWER.index(measure)]
        for block in (with_, without)
    )
    return float(np.mean(one / two - 1.0 if measure == "trade" else one - two))


def test_agents_and_lanes_agree_on_all_of_it():
    scenario = dataclasses.replace(QUIET, events=EVERYTHING)
    one, two = agents.prepare(scenario).run_block(1, 2), ensemble.prepare(scenario).run_block(0, 5)
    for array in ("by_power", "by_state", "offers"):
        assert np.array_equal(getattr(one, array), getattr(two, array)[1:3]), array


def test_a_quiet_world_flows_as_usual():
    model = Model(QUIET).run_model()
    w = model.world
    assert np.all(w.flowing == 1.0)
    assert not w.energy_lost.any()
    assert not w.imposed.any()
    assert not w.detoured.any()
    assert not w.level[0].any()  # the other state is in a union from the start, and its trade has that in it
    assert len(set(w.level[1, :, 0])) > 1


class TestRoad:
    def test_what_used_it_stops_at_once(self):
        assert change("ALD", "OST", "trade", CLOSED - 1, shut_road()) == 0.0
        assert change("ALD", "OST", "trade", CLOSED, shut_road()) < -0.5

    def test_who_does_not_use_it_loses_less(self):
        assert change("ALD", "SUD", "trade", CLOSED, shut_road()) > change("ALD", "OST", "trade", CLOSED, shut_road())

    def test_it_comes_back_when_the_road_opens(self):
        lost = [change("ALD", "OST", "trade", at, shut_road(), open_road()) for at in (CLOSED, OPENED, LAST)]
        assert lost[0] < lost[1] < lost[2]
        assert lost[2] > -0.1

    def test_nobody_is_blamed_where_nobody_is_named(self):
        assert change("ALD", "OST", "pressure", CLOSED, shut_road()) == pytest.approx(0.0, abs=0.01)
        assert change("ALD", "OST", "pressure", CLOSED, shut_road(by="OST")) > 0.05
        assert change("ALD", "OST", "trust", CLOSED, shut_road(by="OST")) < -0.01

    def test_its_lever_is_not_lost_with_the_road(self):
        """Leverage goes with trade that has found another way, not with trade that has none."""
        usual, shut = Model(QUIET), Model(dataclasses.replace(QUIET, events=(shut_road(),)))
        for _ in range(CLOSED + 1):
            usual.step()
            shut.step()
        assert np.all(shut.world.grip >= 0.8 * usual.world.grip)

    def test_closing_is_switched_off(self):
        for kind in ("trade", "energy_sold"):
            assert change(
                "ALD", "NOR", kind, CLOSED, shut_road(), without=("corridor-bottlenecks-rivalry",)
            ) == pytest.approx(0.0)

    def test_capacity_that_nobody_needs_may_go(self):
        little = event(EventKind.CORRIDOR, CLOSED, of="ROAD", capacity=-0.02, cost=0.0, open=None, by=None)
        assert abs(change("ALD", "OST", "trade", CLOSED, little)) < 0.02

    def test_a_better_way_carries_new_trade(self):
        ferry = event(EventKind.CORRIDOR, CLOSED, of="FERRY", capacity=9.0, cost=0.0, open=None, by=None)
        gained = change("ALD", "SUD", "trade", LAST, ferry)
        assert gained > 0.01
        assert gained > change("ALD", "SUD", "trade", LAST, ferry, numbers={"flows.corridor_trade": 0.0})


class TestPipeline:
    def test_its_outlet_goes_at_once_and_trade_with_it(self):
        assert change("ALD", "NOR", "energy_sold", CLOSED, pipe(CLOSED, 0.0)) < -0.2
        assert change("ALD", "NOR", "trade", CLOSED, pipe(CLOSED, 0.0)) < -0.02
        assert change("BEK", "NOR", "trade", CLOSED, pipe(CLOSED, 0.0)) == pytest.approx(0.0, abs=1e-3)

    def test_part_of_it_finds_another_way(self):
        model = Model(dataclasses.replace(QUIET, events=(pipe(CLOSED, 0.0), pipe(OPENED + 4, 1.0))))
        lost = []
        while model.running:
            model.step()
            lost.append(float(model.world.energy_lost[0, 0]))
        assert lost[CLOSED - 1] == 0.0
        assert lost[CLOSED] > lost[CLOSED + 1] > lost[CLOSED + 2] > 0.1
        assert lost[LAST] < 0.05

    def test_who_shuts_it_is_blamed(self):
        assert change("ALD", "OST", "pressure", CLOSED, pipe(CLOSED, 0.0, "OST")) > 0.05
        assert change("ALD", "NOR", "pressure", CLOSED, pipe(CLOSED, 0.0, "OST")) == pytest.approx(0.0, abs=0.01)


def test_a_border_stops_goods_of_one_power_and_gives_them_back():
    events = (border(CLOSED, 0.0), border(OPENED, 1.0))
    lost = [change("BEK", "SUD", "trade", at, *events) for at in (CLOSED - 1, CLOSED, OPENED, LAST)]
    assert lost[0] == 0.0
    assert lost[1] < -0.6
    assert lost[1] < lost[2] < lost[3]
    assert change("ALD", "SUD", "trade", CLOSED, *events) == pytest.approx(0.0, abs=1e-3)


class TestSanctions:
    def test_goods_go_round_by_the_states_between(self):
        assert change("BEK", "SUD", "trade", LAST, sanction(CLOSED, "OST")) > 0.01
        shy = {"flows.sanction_transit": 0.0}
        assert change("BEK", "OST", "trade", LAST, sanction(CLOSED, "OST"), numbers=shy) < -0.01

    def test_a_state_under_sanctions_trades_with_others(self):
        assert change("ALD", "SUD", "trade", LAST, sanction(CLOSED, "ALD")) < -0.3
        assert change("ALD", "OST", "trade", LAST, sanction(CLOSED, "ALD")) > 0.005

    def test_none_lifts_them(self):
        events = (sanction(1, "ALD"), sanction(3, "ALD", 0.0))
        assert change("ALD", "SUD", "trade", LAST, *events) == pytest.approx(0.0, abs=0.05)


class TestUnion:
    def test_joining_draws_trade_in_and_keeps_others_out(self):
        joins = union(CLOSED, "NOR", "ALD", 1.0)
        assert change("ALD", "NOR", "trade", LAST, joins) > 0.1
        assert change("ALD", "SUD", "trade", LAST, joins) < -0.02

    def test_leaving_reverses_it(self):
        leaves = union(CLOSED, "OST", "BEK", 0.0)
        assert change("BEK", "OST", "trade", LAST, leaves) < -0.1
        assert change("BEK", "SUD", "trade", LAST, leaves) > 0.0

    def test_it_comes_over_some_quarters(self):
        joins = union(CLOSED, "NOR", "ALD", 1.0)
        grown = [change("ALD", "NOR", "trade", at, joins) for at in (CLOSED, CLOSED + 2, CLOSED + 6)]
        assert 0.0 < grown[0] < grown[1] < grown[2]


def test_every_state_measure_stays_finite():
    block = played(*EVERYTHING)
    assert np.isfinite(block.by_state).all()
    assert len(BY_STATE) == block.by_state.shape[-1]


@pytest.mark.parametrize(
    ("ends", "begins", "undone"),
    [
        (pipe(CLOSED, 0.0, "OST"), pipe(CLOSED, 0.0, "OST"), pipe(OPENED, 1.0)),
        (border(CLOSED, 0.25, "SUD"), border(CLOSED, 0.25, "SUD"), border(OPENED, 1.0)),
        (sanction(CLOSED, "OST"), sanction(CLOSED, "OST"), sanction(OPENED, "OST", 0.0)),
        (sanction(CLOSED, "ALD"), sanction(CLOSED, "ALD"), sanction(OPENED, "ALD", 0.0)),
        (union(CLOSED, "NOR", "ALD", 1.0), union(CLOSED, "NOR", "ALD", 1.0), union(OPENED, "NOR", "ALD", 0.0)),
        (shut_road(), shut_road(), open_road()),
    ],
    ids=["pipeline", "border", "sanction", "sanctioned", "union", "corridor"],
)
def test_what_ends_by_itself_is_what_is_undone_by_an_event(ends, begins, undone):
    one = played(dataclasses.replace(ends, until=TOY.start + OPENED - 1))
    two = played(begins, undone)
    for array in ("by_power", "by_state", "offers"):
        assert np.array_equal(getattr(one, array), getattr(two, array)), array
