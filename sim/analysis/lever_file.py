"""Levers: what is pulled, by how much, and what it should move (`seeds/levers.yaml`).

A lever is a question whose direction is known beforehand: from the record, from a document, or because a thing that is
shut cannot be used. It holds events and numbers as a scenario does, after how many years it is looked at, and what it
is expected to move, which way, and where the record says so by how much.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from sim.analysis.observables import OBSERVED_BY_POWER, OBSERVED_BY_STATE
from sim.evidence.documents import FACT_IDS
from sim.evidence.evidence import Evidence
from sim.io.arguments import path_given
from sim.io.errors import Entry, Problems
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    Values,
    file_schema,
    group,
    items,
    member,
    name_of,
    part,
    read_each,
    read_file,
    read_form,
    schema_of,
    whole_number,
)
from sim.scenario.calendar import QUARTER
from sim.scenario.event_keys import POWERS, STATES, Codes, codes_of
from sim.scenario.scenario import SCENARIO
from sim.scenario.timeline import EventSpec, event_definitions, read_events
from sim.scenario.units import AMOUNT_SCHEMA, SETTING_SCHEMA, check_number_name, percentage, read_override

MOST_YEARS = 50


class Way(Enum):
    """Which way a lever should move an outcome."""

    UP = "should rise"
    DOWN = "should fall"
    EITHER = "should move, one way or the other"

    @property
    def sign(self) -> int:
        """1 up, -1 down, 0 either."""
        return {"UP": 1, "DOWN": -1, "EITHER": 0}[self.name]


@dataclass(frozen=True, kw_only=True)
class Move:
    """What a lever should move: an outcome, of which states, with which powers, which way, and by which part of it.

    powers is empty for an outcome of a state alone; change: the relative change, as fractions, where the record gives
    one.
    """

    what: str
    states: tuple[str, ...]
    powers: tuple[str, ...]
    way: Way
    change: tuple[float, float] | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Lever:
    """One lever: what it is, what is pulled, after how many years it is looked at, and what it should move."""

    id: str
    says: str
    years: int
    moves: tuple[Move, ...]
    why: str
    numbers: Mapping[str, tuple[float, str]]  # by name: the value, and the reason for leaving its range
    events: tuple[EventSpec, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of events it pulls."""
        return frozenset(event.kind.name.lower() for event in self.events)


# --- how a lever is written ------------------------------------------------------------------------------------------

_OBSERVED = tuple(dict.fromkeys((*OBSERVED_BY_STATE, *OBSERVED_BY_POWER)))
_WHAT: Reader[object] = name_of(lambda _: _OBSERVED, "", {"enum": list(_OBSERVED)}, "list measures")
CHANGE: Form[object] = Form(
    needs={
        "from": percentage(-1, 100).says("the one end"),
        "to": percentage(-1, 100).says("the other"),
    }
)


def _read_change(entry: Entry, context: object) -> tuple[float, float] | None:
    values = read_form(entry, CHANGE, context)
    if values is None or values["from"] is None or values["to"] is None:
        return None
    return min(values["from"], values["to"]), max(values["from"], values["to"])


def check_with_a_power(entry: Entry, values: Values, _: Codes) -> None:
    """What is between a state and a power needs one; what is a state's own has none."""
    what, powers = values["what"], values["with"]
    if what and powers and what not in OBSERVED_BY_POWER:
        entry.value["with"].refuse(found=f"a power beside '{what}'", allowed="an outcome of a state and a power")
    if what and not powers and what not in OBSERVED_BY_STATE:
        entry.refuse(found=f"'{what}' without 'with'", allowed="the power, a list of powers, or all")


_CHANGE: Reader[Codes] = Reader(read=_read_change, schema=schema_of(CHANGE))
MOVE: Form[Codes] = Form(
    needs={
        "what": _WHAT.says("the outcome"),
        "of": STATES.says("of which states"),
        "way": member(Way).says("which way it should move"),
    },
    may={
        "with": replace(POWERS, missing=()).says("with which powers, where it is about a power"),
        "change": _CHANGE.says("by which part of it, where the record says so"),
        "evidence": FACT_IDS.says("the facts behind the size, by id"),
    },
    check=check_with_a_power,
)


def check_pulls_something(entry: Entry, _values: Values, _: object) -> None:
    """A lever pulls an event or a number."""
    if not {"events", "numbers"} & set(entry.value):
        entry.refuse(found="neither 'events' nor 'numbers'", allowed="what is pulled")


LEVER: Form[Evidence] = Form(
    needs={
        "says": TEXT.says("what is pulled, in a line"),
        "years": whole_number(1, MOST_YEARS).says("after how many years it is looked at"),
        "moves": items(schema_of(MOVE), "a list of what it moves").says("what it should move"),
        "why": TEXT.says("why one should expect that"),
    },
    may={
        "numbers": SCENARIO.keys["numbers"],
        "events": items(part("event"), "a list of events").says("what happens, as in a scenario"),
    },
    check=check_pulls_something,
    schema={"anyOf": [{"required": ["events"]}, {"required": ["numbers"]}]},
)
LEVERS_FILE = "levers.yaml"
LEVERS: Form[object] = Form(
    needs={
        "from": QUARTER.says("the first quarter: in a scenario that begins in another, all dates move along"),
        "levers": group(schema_of(LEVER), "levers by id").says("the levers by id"),
    }
)


def load_levers(evidence: Evidence, start: int, path: Path | str | None = None) -> tuple[Lever, ...]:
    """Read and check `seeds/levers.yaml`, or another file laid out like it, for a run that begins in quarter `start`.

    Raises
    ------
    sim.io.errors.InputError
        With every mistake in the file: unknown actors, outcomes, facts, numbers, keys, and wrong events.
    """
    path = evidence.folder / LEVERS_FILE if path is None else path_given("load_levers", "file", path)
    problems, codes = Problems(), codes_of(evidence)
    values = read_file(path, LEVERS, None, problems)
    first = values["from"]
    levers = []
    for name, entry in values["levers"].items():
        read = read_form(entry, LEVER, evidence)
        if read is None:
            continue
        moves = tuple(_move(values) for _, values in read_each(read["moves"], MOVE, codes))
        events = read_events(read["events"], evidence)
        levers.append(
            Lever(
                id=name,
                says=read["says"],
                years=read["years"] or 1,
                moves=moves,
                why=read["why"],
                numbers=_numbers(read["numbers"], evidence),
                events=tuple(_shifted(event, 0 if first is None else start - first) for event in events),
            )
        )
    problems.raise_if_any()
    return tuple(levers)


def _move(values: Values) -> Move:
    return Move(
        what=values["what"],
        states=values["of"],
        powers=values["with"],
        way=values["way"] or Way.EITHER,
        change=values["change"],
        evidence=values["evidence"],
    )


def _numbers(entries: Mapping[str, Entry], evidence: Evidence) -> dict[str, tuple[float, str]]:
    found = {}
    for written, entry in entries.items():
        name = check_number_name(entry, written, evidence)
        if name is None:
            continue
        value, reason = read_override(entry, evidence.numbers[name])
        if isinstance(value, float):
            found[name] = (value, reason)
        elif value is not None:
            entry.refuse(found="a range", allowed="one value: a lever is pulled by a stated step")
    return found


def _shifted(event: EventSpec, by: int) -> EventSpec:
    """The event so many quarters later."""
    latest = None if event.latest is None else event.latest + by
    until = None if event.until is None else event.until + by
    return replace(event, at=event.at + by, latest=latest, until=until)


def lever_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `levers.yaml`."""
    said = "What is pulled, and what it should move."
    definitions = {"amount": AMOUNT_SCHEMA, "setting": SETTING_SCHEMA, **event_definitions()}
    return file_schema("Levers of multivector", said, schema_of(LEVERS), definitions)
