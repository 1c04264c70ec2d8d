"""What a scenario may know: where it, or its world, says until when, nothing in it may rest on what came later.

What is known only afterwards may be told all the same, by an event that says so (`afterwards: true`): then a run with
it and one without can be told apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.evidence.known import facts_in_words, late_facts, told_later
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sim.evidence.evidence import Evidence
    from sim.io.errors import Entry
    from sim.scenario.timeline import EventSpec


def check_events_known(events: Iterable[EventSpec], until: str, evidence: Evidence, last: int) -> None:
    """An event that rests on a later fact, or is certain to happen later, says that it is known only afterwards.

    until: the last day of which the scenario may know, "" where there is none; last: the last quarter of the run.
    """
    late = late_facts(until, evidence) if until else frozenset()
    for event in events:
        if not until and event.afterwards:
            allowed = "'afterwards' where the scenario or its world says until when it knows (knows_until)"
            event.place.refuse(key=f"{event.place.key}.afterwards", found="'afterwards: true'", allowed=allowed)
        if not until or event.afterwards:
            continue
        facts = [fact for fact in event.evidence if fact in late]
        later = _later_quarter(event, until, last)
        told = []
        if later is not None and event.chance >= 1.0:
            told.append(f"is certain to happen in {quarter_text(later)}")
        if facts:
            told.append(f"rests on {facts_in_words(facts, evidence)}")
        if told:
            found = f"an event that {' and '.join(told)}"
            allowed = f"what was known by {until}, or 'afterwards: true' where it is known only afterwards"
            event.place.refuse(found=found, allowed=allowed)


def _later_quarter(event: EventSpec, until: str, last: int) -> int | None:
    """The first quarter later than a day in which an event is due; None where there is none."""
    dates = [event.at] if event.every is None else range(event.at, min(event.until or last, last) + 1, event.every)
    return next((at for at in dates if first_day(at) > until), None)


def first_day(quarter: int) -> str:
    """The first day of a quarter: `2020-01-01`."""
    return f"{quarter // 4}-{quarter % 4 * 3 + 1:02d}-01"


def check_numbers_known(place: Entry, until: str, evidence: Evidence, said: Collection[str]) -> None:
    """No number of the world rests on a later fact than the scenario may know, save those that it says itself.

    place: where the day is written.
    """
    where = (place.file, place.line)
    for problem in told_later(evidence, until, where, "a number that the scenario says itself, or another world", said):
        place.problems.add(problem)


def check_readings_known(
    entries: Mapping[str, Entry], readings: Mapping[str, str], until: str, evidence: Evidence
) -> None:
    """No reading that a scenario takes rests on a later fact than it may know."""
    late = late_facts(until, evidence)
    for switch, reading in readings.items():
        conflict = evidence.switches[switch]
        numbers = conflict.readings[reading].numbers.values() if reading != conflict.default else ()
        facts = sorted({fact for number in numbers for fact in number.evidence if fact in late})
        if facts:
            found = f"the reading '{reading}', which rests on {facts_in_words(facts, evidence)}"
            entries[switch].refuse(found=found, allowed=f"what was known by {until}")
