"""One customs union at a time: nobody can have two outer tariffs.

Memberships are parts of one whole: at the start of a world (`sim.evidence.relations`), in the numbers of a scenario,
and after every event of its timeline. What is left to luck is taken as it may come at the earliest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.io.errors import Problem, Problems, listed
from sim.scenario.calendar import quarter_text
from sim.scenario.events import Event, EventKind
from sim.scenario.units import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sim.evidence.evidence import Evidence
    from sim.io.errors import Entry

_ROUNDING = 1e-9
_ALLOWED = "one customs union at a time: leave the other first, or belong to both in parts that sum to 1 or less"


def check_one_union(
    events: Iterable[Event],
    numbers: Mapping[str, float | Range],
    places: Mapping[str, Entry],
    evidence: Evidence,
    problems: Problems,
) -> None:
    """Nobody is in two customs unions, by the numbers of a scenario or by its events.

    numbers, places: what the scenario sets, and where; of a range the highest counts.
    """
    held = {state.code: _at_start(state.code, numbers, evidence) for state in evidence.states}
    for name, place in places.items():
        parts = name.split(".")
        if parts[0] == "ties" and parts[-1] == "union" and sum(held[parts[1]].values()) > 1.0 + _ROUNDING:
            found = f"memberships of '{parts[1]}' that sum to more than 1: {_told(held[parts[1]])}"
            place.refuse(found=found, allowed=_ALLOWED)
    refused: set[str] = {code for code, parts in held.items() if sum(parts.values()) > 1.0 + _ROUNDING}
    for event in sorted(events, key=lambda one: one.at):
        if event.kind is not EventKind.UNION:
            continue
        state = str(event.fields["in"])
        held[state][str(event.fields["of"])] = float(str(event.fields.get("level", 1.0)))
        if sum(held[state].values()) > 1.0 + _ROUNDING and state not in refused:
            refused.add(state)
            when = quarter_text(event.at)
            found = f"'{state}' in {len(_in(held[state]))} customs unions from {when} on: {_told(held[state])}"
            problems.add(Problem(file=event.file, line=event.line, key="union", found=found, allowed=_ALLOWED))


def _at_start(state: str, numbers: Mapping[str, float | Range], evidence: Evidence) -> dict[str, float]:
    found = {}
    for power in evidence.powers:
        name = f"ties.{state}.{power.code}.union"
        value = numbers.get(name, evidence.numbers[name].value)
        found[power.code] = value.high if isinstance(value, Range) else value
    return found


def _in(held: Mapping[str, float]) -> list[str]:
    return [code for code, part in held.items() if part > 0.0]


def _told(held: Mapping[str, float]) -> str:
    return listed(f"{code} {held[code]:g}" for code in _in(held))
