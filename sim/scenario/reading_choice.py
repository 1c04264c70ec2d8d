"""A scenario in another reading of contradicting sources: the choice made in Python and on the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sim.evidence.conflicts import check_reading
from sim.io.arguments import Arguments
from sim.scenario.readings import moved_by
from sim.scenario.scenario import evidence_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sim.evidence.evidence import Evidence
    from sim.scenario.scenario import Scenario


def with_reading(scenario: Scenario, switch: str, reading: str, *, seeds: Path | str | None = None) -> Scenario:
    """The scenario with another reading where sources contradict each other.

    switch, reading: their names; `multivector list readings` tells them all. What the scenario says itself of a number
    stands. `seeds`: where the evidence is read from, if not where the scenario was. Raises `InputError` for a name that
    the world does not know.
    """
    arguments = Arguments("with_reading")
    check_asked(arguments, scenario, {"switch": switch, "reading": reading})
    evidence = evidence_of(scenario, seeds)
    check_reading(arguments.entry("reading", reading), switch, evidence.switches, scenario.world)
    arguments.refuse_if_wrong()
    return take_reading(scenario, switch, reading, evidence)


def take_reading(scenario: Scenario, switch: str, reading: str, evidence: Evidence) -> Scenario:
    """The same for a switch and a reading that are known to be there."""
    before = {name for name, mover in scenario.by_reading.items() if mover == switch}
    numbers = {name: value for name, value in scenario.numbers.items() if name not in before}
    beyond = {name: why for name, why in scenario.beyond.items() if name not in before}
    by_reading = {name: mover for name, mover in scenario.by_reading.items() if name not in before}
    moved = moved_by({switch: reading}, evidence, {*numbers, *scenario.sampled})
    return replace(
        scenario,
        numbers={**numbers, **moved.numbers},
        beyond={**beyond, **moved.beyond},
        by_reading={**by_reading, **moved.switches},
        readings={**scenario.readings, switch: reading},
        origins={key: place for key, place in scenario.origins.items() if key != f"readings.{switch}"},
    )


def readings_taken(scenario: Scenario, evidence: Evidence) -> dict[str, str]:
    """The reading of every switch of the world: the one the scenario takes, and else the default."""
    return {name: scenario.readings.get(name, one.default) for name, one in evidence.switches.items()}


def check_asked(arguments: Arguments, scenario: object, names: Mapping[str, object]) -> None:
    """A scenario is a scenario and not its name, and names are text. Raises `InputError`."""
    if not hasattr(scenario, "by_reading"):
        entry = arguments.entry("scenario", f"<{type(scenario).__name__}>")
        entry.refuse(allowed="a scenario, as `load_scenario` gives it")
    for key, name in names.items():
        if not isinstance(name, str):
            arguments.entry(key, f"<{type(name).__name__}>").refuse(allowed="text")
    arguments.refuse_if_wrong()


def each_reading(
    scenario: Scenario, switch: str, *, seeds: Path | str | None = None, door: str = "each_reading"
) -> tuple[Scenario, ...]:
    """The scenario once for every reading of a switch, the one it takes itself first; the others bear its name.

    For `compare`, which sets them side by side; door: what its user calls this. Raises `InputError` for a switch that
    the world does not know.
    """
    arguments = Arguments(door if isinstance(door, str) else "each_reading")
    check_asked(arguments, scenario, {"switch": switch, "door": door})
    evidence = evidence_of(scenario, seeds)
    usual = evidence.switches[switch].default if switch in evidence.switches else ""
    taken = scenario.readings.get(switch, usual)
    check_reading(arguments.entry("switch", taken or switch), switch, evidence.switches, scenario.world)
    arguments.refuse_if_wrong()
    others = (name for name in evidence.switches[switch].readings if name != taken)
    named = (
        replace(take_reading(scenario, switch, name, evidence), name=f"{scenario.name}-{switch}-{name}")
        for name in others
    )
    return (scenario, *named)


def check_taken(scenario: Scenario, evidence: Evidence, arguments: Arguments) -> None:
    """A scenario made in Python says of its readings what is true: that its numbers are as they make them."""
    before = len(arguments.problems)
    for switch, reading in scenario.readings.items():
        entry = arguments.entry(f"{scenario.name}.readings.{switch}", reading)
        check_reading(entry, switch, evidence.switches, scenario.world)
    if len(arguments.problems) > before:
        return
    moved = moved_by(scenario.readings, evidence, ())
    for name, switch in moved.switches.items():
        if name not in scenario.numbers and name not in scenario.sampled:
            reading = scenario.readings[switch]
            entry = arguments.entry(f"{scenario.name}.readings.{switch}", reading)
            entry.refuse(found=f"{reading!r}, and nothing said of '{name}'", allowed="what `with_reading` gives")
            return
    for name, switch in scenario.by_reading.items():
        told = name in moved.switches and moved.switches[name] == switch
        if not told or scenario.numbers.get(name) != moved.numbers[name]:
            entry = arguments.entry(f"{scenario.name}.by_reading", name)
            entry.refuse(found=f"'{name}' by '{switch}'", allowed="what `with_reading` gives")
