"""What is worked out once and kept is what would come out if it were worked out every quarter."""

import dataclasses

import numpy as np
import pytest

from sim.engine.ensemble import prepare
from sim.engine.running import Running
from sim.model.chance import lucks
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

LONG = 10  # quarters, in which everything below happens


def set_to(scenario, at, number, value, until=None):
    return Event(at=scenario.start + at, kind=EventKind.SET, until=until, fields={"number": (number,), "to": (value,)})


def played(name, anew, lanes):
    """The record and the ways at the end; anew: whether all that is kept is worked out again in every quarter."""
    scenario = load_scenario(name)
    events = (
        *scenario.events,
        set_to(scenario, 3, "routes.route_choice", 5.0, until=scenario.start + 6),
        set_to(scenario, 5, "routes.distance_cost", 0.5),
    )
    run = Running(prepare(dataclasses.replace(scenario, end=scenario.start + LONG, events=events)), 0)
    run.play(scenario.start)
    run = run.forked(lucks(1, 1, lanes)) if lanes > 1 else run
    pages = []
    for quarter in range(scenario.start + 1, scenario.start + LONG):
        if anew:
            run.world.renumbered[:] = 1.0
            run.world.rerouted[:] = 1.0
        pages += run.play(quarter)
    return [*pages, run.world.ways.copy(), run.world.whole_pull.copy()]


@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("name", ["archipelago-blockade", "middle-corridor-open"])
def test_ways_are_kept_until_a_corridor_or_a_number_changes(name, lanes):
    for kept, anew in zip(played(name, False, lanes), played(name, True, lanes), strict=True):
        assert np.array_equal(kept, anew)


def test_the_ways_do_change_in_what_is_compared():
    scenario = load_scenario("middle-corridor-open")
    run = Running(prepare(scenario), 0)
    run.play(scenario.start)
    before = run.world.ways.copy()
    run.play(max(event.at for event in scenario.events) + 1)
    assert not np.array_equal(before, run.world.ways)


@pytest.mark.parametrize("name", ["baseline", "archipelago-blockade", "secondary-sanctions"])
def test_what_nobody_has_disturbed_need_not_be_looked_at(name):
    scenario = load_scenario(name)
    pages = []
    for looked_at in (False, True):
        run = Running(prepare(scenario), 0)
        for quarter in range(scenario.start, scenario.start + LONG):
            if looked_at:
                run.world.disturbed[:] = 1.0
            pages.append(run.play(quarter))
    for one, two in zip(pages[:LONG], pages[LONG:], strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
