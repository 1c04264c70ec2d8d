"""Timelines: when events happen, how often, and with what chance.

An item of the list of events may have a date, a date drawn between two quarters, repetitions, and a chance. What is
written becomes a list of single events (`unfold`), each for one quarter or one stretch of quarters. What is left to
luck is drawn for every run by `sim.engine.sampling`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from sim.evidence.documents import FACT_IDS
from sim.io.checks import is_name
from sim.io.errors import Entry, Problem, listed
from sim.io.forms import (
    NAME_SCHEMA,
    TEXT,
    TRUE_OR_FALSE,
    Form,
    Reader,
    Values,
    as_written,
    inner,
    list_schema,
    part,
    read_form,
    schema_of,
)
from sim.scenario.calendar import QUARTER, SPAN, quarter_text, read_quarter
from sim.scenario.event_keys import Codes, codes_of
from sim.scenario.events import EVENT_KINDS, FORMS, LASTING, Event, EventKind
from sim.scenario.units import percentage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sim.evidence.evidence import Evidence

MOST_EVENTS = 10_000
"""Events of one scenario, repetitions and states counted one by one: more than a question needs, few enough to hold."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EventSpec:
    """One item of the list of events as a file states it, before it is repeated and split up by states."""

    kind: EventKind
    fields: Values
    at: int
    latest: int | None  # the end of a random date
    every: int | None  # quarters from one repetition to the next; None when it happens once
    until: int | None  # None: to the end of the run
    chance: float
    name: str
    evidence: tuple[str, ...]
    note: str
    afterwards: bool
    place: Entry


# --- how an event is written -----------------------------------------------------------------------------------------

Dates: TypeAlias = tuple[int | None, int | None]
"""A quarter and None, or the first and the last of those among which one is drawn."""

WINDOW: Form[object] = Form(needs={"between": as_written(list_schema(QUARTER.schema, minItems=2, maxItems=2))})


def _read_window(entry: Entry) -> Dates:
    """Two quarters, the earlier one first."""
    if not isinstance(entry.value, list) or len(entry.value) != 2:
        entry.refuse(allowed="two quarters, the earlier one first, such as [2026-Q1, 2028-Q4]")
        return None, None
    first, last = (read_quarter(item) for item in entry.value)
    if first is None or last is None:
        return None, None
    if not first < last:
        found = f"{quarter_text(first)} and {quarter_text(last)}"
        entry.refuse(found=found, allowed="two quarters, the earlier one first")
        return None, None
    return first, last


def _read_date(entry: Entry, _: object) -> Dates:
    if not isinstance(entry.value, dict):
        return read_quarter(entry), None
    values = read_form(entry, WINDOW, None)
    written = None if values is None else values["between"]
    return (None, None) if written is None else _read_window(written)


def _read_name(entry: Entry, _: object) -> str:
    if isinstance(entry.value, str) and is_name(entry.value):
        return entry.value
    entry.refuse(allowed="a name in small letters, digits and hyphens, such as border-closure")
    return ""


def check_event_kind(entry: Entry) -> None:
    """An event has a date and exactly one kind."""
    keys = entry.value
    if "at" not in keys:
        entry.refuse(found="", message="'at' is missing: the quarter in which it happens")
    kinds = [key for key in keys if key in EVENT_KINDS]
    if len(kinds) != 1:
        found = f"{len(kinds)} kinds: {listed(kinds)}" if kinds else "no kind of event"
        entry.refuse(found=found, allowed="exactly one of " + listed(EVENT_KINDS, "list events"))


def check_repetition(entry: Entry, values: Values, _: object) -> None:
    """Only what repeats or lasts has an end, an end is no sooner than the start, and a random date is not repeated."""
    keys, until = entry.value, values["until"]
    at = values["at"][0] if values["at"][1] is None else values["at"][1]
    if "until" in keys and "every" not in keys and not any(kind in keys for kind in LASTING):
        allowed = f"'until' where an event repeats, or lasts: {listed(LASTING)}"
        keys["until"].refuse(found="'until' without 'every'", allowed=allowed)
    elif at is not None and until is not None and until < at:
        keys["until"].refuse(allowed=f"{quarter_text(at)} or later, when it first happens")
    if "every" in keys and "at" in keys and isinstance(keys["at"].value, dict):
        keys["every"].refuse(
            found="'every' beside a random date", allowed="one of them; write an event for each stretch of time"
        )


DATE: Reader[object] = Reader(
    read=_read_date, schema={"anyOf": [QUARTER.schema, inner(WINDOW).schema]}, missing=(None, None)
)
EVENT_NAME: Reader[object] = Reader(read=_read_name, schema=NAME_SCHEMA, missing="")
EVENT: Form[Codes] = Form(
    may={
        "at": DATE.says("when: a quarter, or {between: [2026-Q1, 2028-Q4]} for one drawn for every run"),
        **{kind: as_written(part(f"event-{kind}")) for kind in EVENT_KINDS},
        "every": SPAN.says("how often it repeats, such as 4 quarters or 2 years"),
        "until": QUARTER.says("the last quarter in which it repeats, or is in force where it lasts; else with the run"),
        "chance": percentage(0, 1).says("in what share of runs it happens", 1.0),
        "name": EVENT_NAME.says("events of one name share their luck"),
        "evidence": FACT_IDS.says("the facts behind it, by id"),
        "note": TEXT.says("what a reader should know about it"),
        "afterwards": TRUE_OR_FALSE.says("whether it is known only after the day until which the rest is known", False),
    },
    first=check_event_kind,
    check=check_repetition,
    allowed="an event: at, and one of " + listed(EVENT_KINDS, "list events"),
    where="list events",
    schema={
        "required": ["at"],
        "oneOf": [{"required": [kind]} for kind in EVENT_KINDS],
        "dependencies": {"until": {"anyOf": [{"required": [key]} for key in ("every", *LASTING)]}},
    },
)
EVENT_KEYS = tuple(EVENT.keys)


def event_definitions() -> Mapping[str, Any]:
    """The definitions of an event and of each of its kinds, for a JSON Schema."""
    kinds = {f"event-{kind.name.lower()}": schema_of(form) for kind, form in FORMS.items()}
    return {"event": schema_of(EVENT), **kinds}


def read_events(items: Sequence[Entry], evidence: Evidence) -> tuple[EventSpec, ...]:
    """The events of one file as they are written, in its order; those that are wrong are left out, with a problem."""
    if not items:
        return ()
    codes = codes_of(evidence)
    written = []
    for item in items:
        before = len(item.problems)
        values = read_form(item, EVENT, codes)
        kinds = [] if values is None else [kind for kind in FORMS if kind.name.lower() in item.value]
        if values is None or len(kinds) != 1:
            continue
        kind = kinds[0]
        fields = read_form(values[kind.name.lower()], FORMS[kind], codes)
        if len(item.problems) == before and fields is not None:
            at, latest = values.pop("at")
            rest = {key: value for key, value in values.items() if key not in EVENT_KINDS}
            written.append(EventSpec(kind=kind, fields=fields, at=at, latest=latest, **rest, place=item))
    return tuple(written)


# --- from what is written to what happens ----------------------------------------------------------------------------


def unfold(written: Iterable[EventSpec], start: int, end: int) -> tuple[Event, ...]:
    """What happens in a run from `start` to `end`: repeated where it repeats, one event for each state it splits."""
    events: list[Event] = []
    seen: dict[str, int] = {}
    for item in written:
        if not check_dates_in_run(item, start, end):
            continue
        each = FORMS[item.kind].each
        several = item.fields[each] if each else None
        targets = several if isinstance(several, tuple) else ()
        dates = range(item.at, (end if item.until is None else item.until) + 1, item.every) if item.every else [item.at]
        if not check_how_many(item, len(events) + len(dates) * max(1, len(targets))):
            break
        luck = _luck_of(item, seen)
        once = Event(
            at=item.at,
            latest=item.latest,
            until=None if item.every else item.until,
            kind=item.kind,
            fields=item.fields,
            chance=item.chance,
            evidence=item.evidence,
            note=item.note,
            afterwards=item.afterwards,
            file=item.place.file,
            line=item.place.line,
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
    said = " ".join(f"{key}={item.fields[key]}" for key in sorted(item.fields) if key != "amount")
    luck = f"{item.kind.name.lower()} {said} at {quarter_text(item.at)}"
    seen[luck] = seen.get(luck, 0) + 1
    return luck if seen[luck] == 1 else f"{luck}, number {seen[luck]}"


def check_dates_in_run(item: EventSpec, start: int, end: int) -> bool:
    """An event happens within the run, whatever is drawn."""
    fine = True
    for key, quarter in (("at", item.at), ("at", item.latest), ("until", item.until)):
        if quarter is not None and not start <= quarter <= end:
            fine = False
            allowed = f"a quarter within the run, {quarter_text(start)} to {quarter_text(end)}"
            _refuse(item, key, f"'{quarter_text(quarter)}'", allowed)
    return fine


def check_how_many(item: EventSpec, count: int) -> bool:
    """The events of a scenario can be counted."""
    if count <= MOST_EVENTS:
        return True
    found = f"{count} events by here, repetitions and states counted one by one"
    _refuse(item, "events", found, f"at most {MOST_EVENTS}")
    return False


def _refuse(item: EventSpec, key: str, found: str, allowed: str) -> None:
    """Note what is wrong with an event by its line; the same thing on one line is told once."""
    place = item.place
    place.problems.add(Problem(file=place.file, line=place.line, key=key, found=found, allowed=allowed))
