"""Whatever is drawn, the world stays possible: random numbers, seeds, systems switched off, and things that happen."""

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st

from sim.engine.ensemble import prepare
from sim.evidence.evidence import load_evidence
from sim.io.arguments import Arguments
from sim.model.chance import lucks
from sim.model.fields import DOMAINS, KINDS
from sim.model.parameters import vector
from sim.model.schedule import Phase
from sim.model.turn import advance
from sim.model.variable import Scale
from sim.model.variables import BY_NAME, BY_POWER, BY_STATE, COUNTS
from sim.model.world import build, check_invariants, unpack
from sim.scenario.arguments import check_setting
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
EVIDENCE = load_evidence("toy")
STATES = tuple(actor.code for actor in EVIDENCE.states)
POWERS = tuple(actor.code for actor in EVIDENCE.powers)
CORRIDORS = tuple(corridor.code for corridor in EVIDENCE.corridors)
PIPELINES = tuple(pipeline.code for pipeline in EVIDENCE.pipelines)
LANES = 5
QUARTERS = 10
WHOLE = (*COUNTS, *(name for name in BY_STATE if not BY_NAME[name].is_quantity))
HIGHEST = {Scale.SHARE: 1.0 + 1e-12, Scale.POINTS: 100.0, Scale.POWERS: len(POWERS) + 1e-9}
VOTES = 4  # how many ways there are to answer a ballot

# The four weights of a state sum to one, so they cannot be drawn one by one.
DRAWN = sorted(name for name in EVIDENCE.numbers if ".weight." not in name and not name.startswith("measures."))

unit = st.floats(0.0, 1.0)
state, power, kind = st.sampled_from(STATES), st.sampled_from(POWERS), st.sampled_from(KINDS)
level = st.none() | unit
closer = st.none() | power | state
some_powers = st.lists(power, min_size=1, unique=True).map(tuple)
some_actors = st.lists(power | state, min_size=1, unique=True).map(tuple)
pair = st.lists(power, min_size=2, max_size=2, unique=True).map(tuple)


def event(kind_of_event, **fields):
    return st.builds(
        Event,
        at=st.integers(TOY.start, TOY.start + QUARTERS - 1),
        latest=st.none() | st.just(TOY.start + QUARTERS - 1),
        chance=st.sampled_from([1.0, 0.5]),
        draw=st.just("some event"),
        kind=st.just(kind_of_event),
        fields=st.fixed_dictionaries(fields),
    )


EVENTS = st.one_of(
    event(EventKind.SUMMIT, host=power, guests=st.lists(state, min_size=1, unique=True).map(tuple)),
    event(
        EventKind.OFFER, by=power, to=state, kind=kind, size=st.floats(1e-3, 1e3), exclusivity=level, governance=level
    ),
    event(EventKind.TARIFF, by=power, against=state, rate=st.floats(0.0, 2.0)),
    event(EventKind.CRISIS, **{"in": state, "severity": unit}),
    event(EventKind.VISIT, by=state, to=power),
    event(EventKind.CAPACITY, of=power, kind=kind | st.just("all"), change=st.floats(-1.0, 2.0)),
    event(
        EventKind.RIVALRY,
        between=pair | st.just("all"),
        domain=st.sampled_from((*DOMAINS, "all")),
        to=st.none(),
        by=st.floats(-1.0, 1.0),
    ),
    event(
        EventKind.RIVALRY,
        between=pair,
        domain=st.just("all"),
        to=st.floats(-1.0, 1.0),
        by=st.none(),
    ),
    st.permutations(POWERS).flatmap(
        lambda powers: event(
            EventKind.VOTE, **{"for": st.just(tuple(powers[:1])), "against": st.just(tuple(powers[1:2]))}
        )
    ),
    event(EventKind.WAR, of=power, level=unit),
    event(EventKind.QUARREL, between=pair, level=unit),
    event(EventKind.WEDGE, by=power, between=pair),
    event(EventKind.THAW, **{"in": state, "extent": unit}),
    event(EventKind.DOWNTURN, **{"in": state, "loss": st.floats(0.0, 0.9)}),
    event(
        EventKind.CORRIDOR,
        of=st.sampled_from(CORRIDORS),
        capacity=st.floats(-0.99, 100.0),
        cost=st.floats(-0.99, 10.0),
        open=level,
        by=closer,
    ),
    event(EventKind.BORDER, of=state, **{"with": some_powers}, open=unit, by=closer),
    event(EventKind.PIPELINE, of=st.sampled_from(PIPELINES), open=unit, by=closer),
    event(EventKind.SANCTION, by=some_powers, against=some_actors, level=unit),
    event(EventKind.UNION, of=power, **{"in": state}, level=unit),
    event(EventKind.PLANT, **{"in": state, "share": unit}),
    event(
        EventKind.ANSWER,
        by=state,
        to=st.lists(power, min_size=1, unique=True).map(tuple),
        kind=kind | st.just("all"),
        say=st.sampled_from(["yes", "no"]),
    ),
)


def can_be_said(one):
    """Whether a file could say this too: nobody sets a sanction against itself, say."""
    arguments = Arguments("test")
    check_setting(dataclasses.replace(TOY, events=(one,)), EVIDENCE, arguments)
    return not arguments.problems


EVENTS = EVENTS.filter(can_be_said)


def anywhere_inside(share):
    """Values by name, each at a share of the way from the low to the high end of its range."""
    return {
        name: (1.0 - at) * EVIDENCE.numbers[name].low + at * EVIDENCE.numbers[name].high  # never beyond either end
        for name, at in share.items()
    }


NUMBERS = st.dictionaries(st.sampled_from(DRAWN), unit | st.sampled_from([0.0, 1.0]), max_size=40).map(anywhere_inside)


def play(scenario, explain=False):
    """The world after the last quarter of a scenario, and what was recorded of it."""
    ready = prepare(scenario, EVIDENCE)
    store = build(EVIDENCE, ready.values, lucks(scenario.seed, 0, LANES), explain=explain)
    by_power = np.empty((QUARTERS, len(STATES), len(POWERS), len(BY_POWER), LANES))
    by_state = np.empty((QUARTERS, len(STATES), len(BY_STATE), LANES))
    numbers, happenings = vector(ready.values, LANES), ready.happenings(0, LANES)
    everything = int(Phase.ALL)
    advance(store, numbers, happenings, scenario.start, QUARTERS, everything, 0, ready.pole, by_power, by_state)
    return unpack(store), by_power, by_state


@given(
    numbers=NUMBERS,
    seed=st.integers(0, 2**63 - 1),
    without=st.lists(st.sampled_from(sorted(EVIDENCE.systems)), unique=True, max_size=8).map(tuple),
    events=st.lists(EVENTS, max_size=8).map(tuple),
    explain=st.booleans(),
)
@settings(
    max_examples=1000,
    deadline=None,
    derandomize=True,
    phases=[Stage.explicit, Stage.generate],  # searching for the smallest case would take minutes
    suppress_health_check=[HealthCheck.too_slow],
)
def test_the_world_stays_possible_whatever_happens(numbers, seed, without, events, explain):
    asked = {"numbers": numbers, "seed": seed, "without": without, "events": events}
    scenario = dataclasses.replace(TOY, end=TOY.start + QUARTERS - 1, **asked)
    world, by_power, by_state = play(scenario, explain)

    assert check_invariants(world) == []
    assert_ties_are_shared_out(world)
    assert_the_record_is_sound(by_power, by_state)
    assert (world.taken_count <= world.made_count).all()
    assert (world.taken_value <= world.made_value).all()
    assert (world.sided.sum(axis=1) <= 1).all()


def assert_ties_are_shared_out(world):
    """Powers and the rest hold everything between them, kind by kind and all in all."""
    there = world.total > 0.0
    rest = np.divide(world.other, world.total, out=np.zeros_like(world.total), where=there)
    assert np.allclose((world.share.sum(axis=1) + rest)[there], 1.0, rtol=0.0, atol=1e-12)
    aligned = world.alignment.sum(axis=1) + (world.weight * rest).sum(axis=1)
    assert np.allclose(aligned, (world.weight * there).sum(axis=1), rtol=0.0, atol=1e-12)


def assert_the_record_is_sound(by_power, by_state):
    assert np.isfinite(by_power).all()
    assert np.isfinite(by_state).all()
    assert (by_power >= 0.0).all()
    assert (by_state >= 0.0).all()
    measure = {name: by_state[:, :, place] for place, name in enumerate(BY_STATE)}
    measure |= {name: by_power[..., place, :] for place, name in enumerate(BY_POWER)}
    for name, values in measure.items():
        assert (values <= HIGHEST.get(BY_NAME[name].counted_by, np.inf)).all(), name
        assert not BY_NAME[name].part_of or (values <= measure[BY_NAME[name].part_of]).all(), name
    for name in BY_POWER:
        assert BY_NAME[name].unit != "0..1" or (measure[name] <= 1.0).all(), name
    assert (measure["entropy"] <= np.log(len(POWERS)) + 1e-9).all()
    for name in WHOLE:
        assert np.array_equal(measure[name], np.rint(measure[name])), name
    assert (measure["sided"] <= len(POWERS)).all()
    assert (measure["vote"] <= VOTES).all()


@pytest.mark.parametrize("end", ["low", "high"])
def test_each_number_may_stand_at_either_end_of_its_range(end):
    faults = {}
    for name in DRAWN:
        numbers = {name: getattr(EVIDENCE.numbers[name], end)}
        world, _, _ = play(dataclasses.replace(TOY, end=TOY.start + QUARTERS - 1, numbers=numbers))
        faults[name] = check_invariants(world)
    assert {name: found for name, found in faults.items() if found} == {}


def test_an_impossible_world_is_noticed():
    world, _, _ = play(dataclasses.replace(TOY, end=TOY.start + QUARTERS - 1))
    assert check_invariants(world) == []
    impossible = (("trust", 1.5), ("gdp", np.nan), ("stock", -1.0), ("alignment", 0.9), ("rivalry", -1.1))
    impossible += (("cohesion", 1.1), ("plants", -0.1), ("capacity", -1.0), ("routed", 1.1), ("strain", np.inf))
    for field, value in impossible:
        array = getattr(world, field)
        before = array.copy()
        array[..., 0] = value
        assert any(field in fault for fault in check_invariants(world)), field
        array[:] = before
