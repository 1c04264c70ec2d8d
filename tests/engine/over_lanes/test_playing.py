"""The turn played by NumPy over lanes: every number as the compiled turn has it, to the last bit."""

import dataclasses

import numpy as np
import pytest

from sim.engine import ensemble
from sim.engine.over_lanes import playing
from sim.engine.ways import COMPILED, OVER_LANES
from sim.model.chance import lucks
from sim.model.compiling import PHASES
from sim.model.fields import FIELDS
from sim.model.parameters import vector
from sim.model.schedule import QUARTER, Phase
from sim.model.turn import advance
from sim.model.variables import BY_POWER, BY_STATE
from sim.model.world import build, unpack
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import load_scenario

ARRAYS = ("by_power", "by_state", "offers", "answers")
WORKING_SPACE = {
    field.name for field in FIELDS if "working space" in field.meaning or field.name.startswith("register")
}


def assert_same_bits(scenario, runs=9):
    prepared = ensemble.prepare(scenario)
    compiled = dataclasses.replace(prepared, way=COMPILED).run_block(3, runs)
    over_lanes = dataclasses.replace(prepared, way=OVER_LANES).run_block(3, runs, lanes=7)
    assert compiled.offers.sum() > 0
    for name in ARRAYS:
        assert getattr(compiled, name).tobytes() == getattr(over_lanes, name).tobytes(), name


@pytest.mark.parametrize(("name", "quarters"), [("toy", 16), ("secondary-sanctions", 8), ("archipelago-blockade", 10)])
def test_blocks_are_the_same_to_the_last_bit(name, quarters):
    scenario = load_scenario(name)
    assert_same_bits(dataclasses.replace(scenario, end=scenario.start + quarters - 1))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", list_scenarios())
def test_whole_runs_of_every_scenario_are_the_same_to_the_last_bit(name):
    assert_same_bits(load_scenario(name))


@pytest.mark.parametrize(("lanes", "explain"), [(1, True), (3, False)])
def test_every_phase_of_every_actor_leaves_the_same_world(lanes, explain):
    scenario = load_scenario("toy")
    prepared = ensemble.prepare(scenario)
    evidence, quarters = prepared.evidence, 2
    states, powers = len(evidence.states), len(evidence.powers)
    values, happenings = prepared.values_of(0, lanes), prepared.happenings(0, lanes)
    ours, theirs = (build(evidence, values, lucks(7, 0, lanes), explain) for _ in range(2))
    p = vector(values, lanes)

    def play(turn, store, t, phase, actor):
        pages = np.zeros((1, states, powers, len(BY_POWER), lanes)), np.zeros((1, states, len(BY_STATE), lanes))
        turn(store, p, happenings, t, 1, int(phase), actor, prepared.pole, *pages)
        return b"".join(page.tobytes() for page in pages)

    for t in range(scenario.start, scenario.start + quarters):
        for phase in QUARTER if t > scenario.start else (Phase.START, *QUARTER):
            for actor in range({"states": states, "powers": powers, "events": 1}[phase.owner]):
                with np.errstate(over="ignore"):
                    pages = [play(*how, t, phase, actor) for how in ((advance, theirs), (playing.advance, ours))]
                assert pages[0] == pages[1], phase
            for name in (field.name for field in FIELDS if field.name not in WORKING_SPACE):
                one, other = (getattr(unpack(store), name) for store in (ours, theirs))
                assert one.tobytes() == other.tobytes(), (phase, name)
            for name in ("table_first", "table_last"):
                assert np.array_equal(getattr(ours, name), getattr(theirs, name)), (phase, name)


def test_every_phase_is_converted_and_played():
    converted = {playing.converted(phase).name for phase in (Phase.START, *QUARTER)}
    assert converted == set(PHASES), "a phase of the turn that `sim.engine.over_lanes.playing` does not know"
