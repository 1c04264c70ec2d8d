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
    from collections.abc import Iterable, Iterator, Mapping

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
        if parts[0] == "ties" and parts[-1] == "union" and _too_many(held[parts[1]]):
            found = f"memberships of '{parts[1]}' that sum to more than 1: {_told(held[parts[1]])}"
            place.refuse(found=found, allowed=_ALLOWED)
    refused = {code for code, parts in held.items() if _too_many(parts)}
    changes = list(_changes(events, {code: dict(parts) for code, parts in held.items()}))
    for event, when, state, power, level in sorted(changes, key=lambda change: change[1]):
        held[state][power] = level
        if _too_many(held[state]) and state not in refused:
            refused.add(state)
            many = f"'{state}' in {len(_in(held[state]))} customs unions"
            found = f"{many} from {quarter_text(when)} on: {_told(held[state])}"
            problems.add(Problem(file=event.file, line=event.line, key="union", found=found, allowed=_ALLOWED))


def _changes(
    events: Iterable[Event], start: Mapping[str, Mapping[str, float]]
) -> Iterator[tuple[Event, int, str, str, float]]:
    """What events make of memberships: the event, the quarter, the state, the power, and the level from then on."""
    for event in events:
        if event.kind is not EventKind.UNION:
            continue
        state, power = str(event.fields["in"]), str(event.fields["of"])
        yield event, event.at, state, power, float(str(event.fields.get("level", 1.0)))
        if event.until is not None:  # it goes back to what it was
            yield event, event.until + 1, state, power, start[state][power]


def _too_many(held: Mapping[str, float]) -> bool:
    return sum(held.values()) > 1.0 + _ROUNDING


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
