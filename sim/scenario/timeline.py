"""Timelines: when events happen, how often, and with what chance.

An item of the list of events may have a date, a date drawn between two quarters, repetitions, and a chance. What is
written becomes a list of single events (`unfold`), each for one quarter or one stretch of quarters. What is left to
luck is drawn for every run by `sim.engine.sampling`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.evidence.documents import usable_facts
from sim.evidence.evidence import Evidence
from sim.io.checks import check_keys, check_list, check_text, check_unknown_keys
from sim.io.errors import Entry, Problem, Problems, listed
from sim.scenario.calendar import check_quarter, check_span, quarter_text
from sim.scenario.events import EVENT_KINDS, FORMS, Event, EventKind, Fields, Reading, read_fields
from sim.scenario.units import check_percentage

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_EVENTS = 10_000
"""Events of one scenario, repetitions and states counted one by one: more than a question needs, few enough to hold."""

EVENT_KEYS = ("at", *EVENT_KINDS, "every", "until", "chance", "name", "evidence", "note")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\Z")


@dataclass(frozen=True, kw_only=True)
class EventSpec:
    """One item of the list of events as a file states it, before it is repeated and split up by states."""

    kind: EventKind
    fields: Fields
    at: int
    latest: int | None  # the end of a random date
    every: int  # quarters from one repetition to the next; 0 when it happens once
    until: int | None  # None: to the end of the run
    chance: float
    name: str
    evidence: tuple[str, ...]
    note: str
    file: str
    line: int


def read_events(entry: Entry | None, evidence: Evidence, problems: Problems) -> tuple[EventSpec, ...]:
    """The events of one file as they are written, in its order."""
    if entry is None:
        return ()
    states = tuple(state.code for state in evidence.states)
    powers = tuple(power.code for power in evidence.powers)
    written = []
    for item in check_list(entry, problems, "a list of events"):
        before = len(problems)
        kind = check_event_kind(item, problems)
        if not isinstance(item.value, dict):
            continue
        keys = item.value
        at, latest = _read_date(keys.get("at"), problems)
        every = check_span(keys.get("every"), problems)
        until = check_quarter(keys.get("until"), problems)
        check_repetition(item, at, until, problems)
        chance = check_percentage(keys.get("chance"), 0, 1, problems)
        name = check_event_name(keys.get("name"), problems)
        if kind is None:
            continue
        facts = check_facts(keys.get("evidence"), evidence, problems)
        note = check_text(keys.get("note"), problems)
        inner = keys[kind.name.lower()]
        beside = inner.value if isinstance(inner.value, dict) else {}
        reading = Reading(
            states=states,
            powers=powers,
            corridors=tuple(corridor.code for corridor in evidence.corridors),
            kinds=evidence.kinds,
            keys=beside,
            problems=problems,
        )
        fields = read_fields(kind, inner, reading)
        if len(problems) == before and at is not None and fields is not None:
            written.append(
                EventSpec(
                    kind=kind,
                    fields=fields,
                    at=at,
                    latest=latest,
                    every=every or 0,
                    until=until,
                    chance=1.0 if chance is None else chance,
                    name=name,
                    evidence=facts,
                    note=note,
                    file=item.file,
                    line=item.line,
                )
            )
    return tuple(written)


def check_event_kind(entry: Entry, problems: Problems) -> EventKind | None:
    """An event has a date and exactly one kind, and no key beyond that."""
    if not isinstance(entry.value, dict):
        problems.about(entry, allowed="an event: at, and one of " + listed(EVENT_KINDS))
        return None
    check_unknown_keys(entry, EVENT_KEYS, problems)
    if "at" not in entry.value:
        problems.about(entry, found="", message="'at' is missing: the quarter in which it happens")
    kinds = [key for key in entry.value if key in EVENT_KINDS]
    if len(kinds) != 1:
        found = f"{len(kinds)} kinds: {listed(kinds)}" if kinds else "no kind of event"
        problems.about(entry, found=found, allowed="exactly one of " + listed(EVENT_KINDS))
        return None
    return EventKind[kinds[0].upper()]


def _read_date(entry: Entry | None, problems: Problems) -> tuple[int | None, int | None]:
    """A quarter, or the first and the last of those among which one is drawn."""
    if entry is None or not isinstance(entry.value, dict):
        return check_quarter(entry, problems), None
    if not check_keys(entry, ("between",), (), problems) or "between" not in entry.value:
        return None, None
    return check_window(entry.value["between"], problems)


def check_window(entry: Entry, problems: Problems) -> tuple[int | None, int | None]:
    """Two quarters, the earlier one first."""
    if not isinstance(entry.value, list) or len(entry.value) != 2:
        problems.about(entry, allowed="two quarters, the earlier one first, such as [2026-Q1, 2028-Q4]")
        return None, None
    first, last = (check_quarter(item, problems) for item in entry.value)
    if first is None or last is None:
        return None, None
    if not first < last:
        found = f"{quarter_text(first)} and {quarter_text(last)}"
        problems.about(entry, found=found, allowed="two quarters, the earlier one first")
        return None, None
    return first, last


def check_repetition(entry: Entry, at: int | None, until: int | None, problems: Problems) -> None:
    """Only what repeats has an end, an end is no sooner than the start, and a random date is not repeated."""
    keys = entry.value
    if "until" in keys and "every" not in keys:
        problems.about(keys["until"], found="'until' without 'every'", allowed="'until' where an event repeats")
    elif at is not None and until is not None and until < at:
        problems.about(keys["until"], allowed=f"{quarter_text(at)} or later, when it first happens")
    if "every" in keys and "at" in keys and isinstance(keys["at"].value, dict):
        problems.about(
            keys["every"],
            found="'every' beside a random date",
            allowed="one of them; write an event for each stretch of time",
        )


def check_event_name(entry: Entry | None, problems: Problems) -> str:
    """The name of an event is small letters, digits and hyphens."""
    if entry is None:
        return ""
    if isinstance(entry.value, str) and _NAME.match(entry.value):
        return entry.value
    problems.about(entry, allowed="a name in small letters, digits and hyphens, such as border-closure")
    return ""


def check_facts(entry: Entry | None, evidence: Evidence, problems: Problems) -> tuple[str, ...]:
    """A list of ids of facts that may serve as evidence."""
    if entry is None:
        return ()
    return usable_facts(check_list(entry, problems, "a list of ids of facts"), evidence.facts, problems)


# --- from what is written to what happens ----------------------------------------------------------------------------


def unfold(written: Iterable[EventSpec], start: int, end: int, problems: Problems) -> tuple[Event, ...]:
    """What happens in a run from `start` to `end`: repeated where it repeats, one event for each state it splits."""
    events: list[Event] = []
    seen: dict[str, int] = {}
    for item in written:
        if not check_dates_in_run(item, start, end, problems):
            continue
        each = FORMS[item.kind].each
        several = item.fields[each] if each else None
        targets = several if isinstance(several, tuple) else ()
        dates = range(item.at, (end if item.until is None else item.until) + 1, item.every) if item.every else [item.at]
        if not check_how_many(item, len(events) + len(dates) * max(1, len(targets)), problems):
            break
        luck = _luck_of(item, seen)
        once = Event(
            at=item.at,
            latest=item.latest,
            kind=item.kind,
            fields=item.fields,
            chance=item.chance,
            evidence=item.evidence,
            note=item.note,
            file=item.file,
            line=item.line,
        )
        for number, at in enumerate(dates):
            draw = f"{luck}, time {number + 1}" if luck and number else luck
            fields = [{**item.fields, each: target} for target in targets] if each else [item.fields]
            events += [replace(once, at=at, fields=one, draw=draw) for one in fields]
    return tuple(events)


def _luck_of(item: EventSpec, seen: dict[str, int]) -> str:
    """The name of the luck that decides on an event; '' where nothing is left to luck.

    Without a name of its own it is called by what it is and when it is first due, not by its place in the file and not
    by its chance: so an event more moves no other, and a larger chance only adds runs to those in which it happens.
    """
    if item.latest is None and item.chance >= 1.0:
        return ""
    if item.name:
        return item.name
    said = " ".join(f"{key}={item.fields[key]}" for key in sorted(item.fields))
    luck = f"{item.kind.name.lower()} {said} at {quarter_text(item.at)}"
    seen[luck] = seen.get(luck, 0) + 1
    return luck if seen[luck] == 1 else f"{luck}, number {seen[luck]}"


def check_dates_in_run(item: EventSpec, start: int, end: int, problems: Problems) -> bool:
    """An event happens within the run, whatever is drawn."""
    fine = True
    for key, quarter in (("at", item.at), ("at", item.latest), ("until", item.until)):
        if quarter is not None and not start <= quarter <= end:
            fine = False
            problems.add(
                Problem(
                    file=item.file,
                    line=item.line,
                    key=key,
                    found=f"'{quarter_text(quarter)}'",
                    allowed=f"a quarter within the run, {quarter_text(start)} to {quarter_text(end)}",
                )
            )
    return fine


def check_how_many(item: EventSpec, count: int, problems: Problems) -> bool:
    """The events of a scenario can be counted."""
    if count <= MOST_EVENTS:
        return True
    problems.add(
        Problem(
            file=item.file,
            line=item.line,
            key="events",
            found=f"{count} events by here, repetitions and states counted one by one",
            allowed=f"at most {MOST_EVENTS}",
        )
    )
    return False
