"""Where sources contradict each other: what was made of it, as a written reason or as a switch between readings.

A switch names two or more readings; each says what it makes of some numbers. The default is what the seeds hold, so
taking it moves nothing. A scenario takes another with `readings: {SWITCH: READING}`.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sim.evidence.documents import Fact
from sim.evidence.files import read_once
from sim.evidence.formulas import NAMED
from sim.evidence.numbers import Number
from sim.evidence.readings import READING, Known, Reading, read_readings
from sim.io.checks import check_choice, check_list, is_name
from sim.io.errors import Entry, listed, nearest_to, quoted
from sim.io.forms import (
    NAME_SCHEMA,
    TEXT,
    Form,
    Reader,
    Values,
    as_written,
    file_schema,
    group,
    list_schema,
    read_form,
    schema_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from sim.evidence.derivations import Derivations
    from sim.evidence.files import Stamps
    from sim.io.errors import Problems

CONFLICTS = "conflicts.yaml"


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Facts that do not go together: settled by a written reason, or left open with a switch between readings.

    follows: the numbers that follow a settled reading; switch, default, because, readings: of what is left open.
    """

    id: str
    question: str
    facts: tuple[str, ...]
    settled: str = ""
    follows: tuple[str, ...] = ()
    switch: str = ""
    default: str = ""
    because: str = ""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    file: str
    line: int

    @property
    def moved(self) -> tuple[str, ...]:
        """The names of the numbers that a reading of this switch may move, each once."""
        return tuple(dict.fromkeys(name for reading in self.readings.values() for name in reading.numbers))


# --- how a conflict is written ---------------------------------------------------------------------------------------

_OPEN = ("switch", "default", "because", "readings")


def check_settled_or_open(entry: Entry) -> None:
    """A conflict has a written reason, or a switch with all that belongs to it; never both, never neither."""
    keys = entry.value
    written = [key for key in _OPEN if key in keys]
    if "settled" in keys:
        for key in written:
            keys[key].refuse(found=f"'{key}' beside 'settled'", allowed="a settled conflict without a switch")
        return
    if not written:
        entry.refuse(found="neither 'settled' nor 'readings'", allowed=f"settled, or {listed(_OPEN)}")
        return
    for key in _OPEN:
        if key not in keys:
            entry.refuse(found="", message=f"'{key}' is missing: a switch needs {listed(_OPEN)}")
    if "follows" in keys:
        keys["follows"].refuse(found="'follows' beside a switch", allowed="what its readings move")


def _read_known_facts(entry: Entry, known: Known) -> tuple[str, ...]:
    """Ids of facts, those too that are kept for the record only: it is often for a contradiction that they are."""
    found = []
    for item in check_list(entry, "a list of ids of facts"):
        fact = check_choice(item, known.facts, "list facts")
        if fact is not None:
            found.append(fact)
    return tuple(found)


def _read_followers(entry: Entry, known: Known) -> tuple[str, ...]:
    """Names of numbers, or patterns of them with stars in them; known only to the world the file is about."""
    found = []
    for item in check_list(entry, "a list of names of numbers"):
        name = item.text or ""
        if known.at_home and name not in known.numbers and not fnmatch.filter(known.numbers, name):
            nearest = nearest_to(name, known.numbers)
            item.refuse(found=quoted(name), allowed="the name of a number, or a pattern of names", nearest=nearest)
        found.append(name)
    return tuple(found)


_LISTED: Mapping[str, Any] = list_schema({"type": "string"})
CONFLICT: Form[Known] = Form(
    needs={
        "question": TEXT.says("what the sources do not agree about"),
        "facts": Reader(read=_read_known_facts, schema=_LISTED, missing=()).says("the facts in conflict, by id"),
    },
    may={
        "settled": TEXT.says("why one reading holds, in words"),
        "follows": Reader(read=_read_followers, schema=_LISTED, missing=()).says("the numbers that follow it"),
        "switch": as_written(NAME_SCHEMA).says("the name of the switch"),
        "default": as_written(NAME_SCHEMA).says("the reading the seeds hold"),
        "because": TEXT.says("why that reading is the default"),
        "readings": group(schema_of(READING), "readings by name", minProperties=2).says("the readings by name"),
    },
    first=check_settled_or_open,
    schema={"oneOf": [{"required": ["settled"]}, {"required": list(_OPEN)}]},
)
CONFLICT_FILE: Form[object] = Form(
    needs={
        "world": as_written(NAME_SCHEMA).says("the world the conflicts are about; those that extend it have them too"),
        "conflicts": group(schema_of(CONFLICT), "conflicts by id").says("the conflicts by id"),
    }
)


def conflict_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `conflicts.yaml`."""
    says = "Where sources contradict each other: a written reason, or a switch between readings."
    return file_schema("Conflicts of multivector", says, schema_of(CONFLICT_FILE))


# --- reading them ----------------------------------------------------------------------------------------------------


def read_conflicts(
    path: Path,
    stamps: Stamps,
    worlds: Collection[str],
    lineage: Iterable[str],
    facts: Mapping[str, Fact],
    numbers: Mapping[str, Number],
    derivations: Derivations,
    problems: Problems,
    changed: Collection[str] = (),
) -> dict[str, Conflict]:
    """The conflicts by id, for a world with this lineage; none where there is no such file.

    worlds: all there are; lineage: this world and those it extends. In a world that is not the one the file is about,
    and does not extend it, conflicts are told but there is nothing to switch; nor is there where a reading moves, or is
    computed from, a number that this world changed.
    """
    if not path.is_file():
        return {}
    read, noted = read_once(path, stamps)
    problems.take(noted)
    top = {} if read is None else read_form(read.noted_in(problems), CONFLICT_FILE, None) or {}
    world = None if top.get("world") is None else check_choice(top["world"], worlds, "list worlds")
    at_home = world is not None and world in lineage
    known = Known(facts=facts, numbers=numbers, derivations=derivations, at_home=at_home)
    conflicts: dict[str, Conflict] = {}
    for name, entry in (top.get("conflicts") or {}).items():
        if not is_name(name):
            entry.refuse(found=quoted(name), allowed="small letters, digits and hyphens")
        values = read_form(entry, CONFLICT, known)
        if values is not None:
            stands = at_home and not (changed and touches(values["readings"], changed))
            conflicts[name] = _conflict(name, entry, values, replace(known, at_home=stands))
    _check_apart(conflicts, top.get("conflicts") or {})
    return conflicts


def touches(readings: Mapping[str, Entry], changed: Collection[str]) -> bool:
    """Whether readings move a changed number, or compute with one."""
    for reading in readings.values():
        numbers = reading.value.get("numbers") if isinstance(reading.value, dict) else None
        for name, entry in numbers.value.items() if numbers is not None and isinstance(numbers.value, dict) else ():
            formula = entry.value.get("formula") if isinstance(entry.value, dict) else None
            named = () if formula is None else NAMED.findall(formula.text or "")
            if name in changed or any(fnmatch.filter(changed, one) for one in named):
                return True
    return False


def _conflict(name: str, entry: Entry, values: Values, known: Known) -> Conflict:
    readings = read_readings(values.pop("readings"), values["default"], known)
    switch, default = values.pop("switch"), values.pop("default")
    if switch is not None and not (isinstance(switch.value, str) and is_name(switch.value)):
        switch.refuse(allowed="a name: small letters, digits and hyphens")
    return Conflict(
        id=name,
        **values,
        switch="" if switch is None else switch.text or "",
        default="" if default is None else default.text or "",
        readings=readings,
        file=entry.file,
        line=entry.line,
    )


def _check_apart(conflicts: Mapping[str, Conflict], entries: Mapping[str, Entry]) -> None:
    """Each switch has a name of its own, and no number is moved by two of them."""
    switches: dict[str, str] = {}
    movers: dict[str, str] = {}
    for conflict in conflicts.values():
        if not conflict.switch:
            continue
        place = entries[conflict.id].value["switch"]
        if switches.setdefault(conflict.switch, conflict.id) != conflict.id:
            place.refuse(found=f"the switch '{conflict.switch}' a second time", allowed="each switch once")
        for number in conflict.moved:
            first = movers.setdefault(number, conflict.switch)
            if first != conflict.switch:
                place.refuse(found=f"'{number}', which '{first}' moves too", allowed="each number in one switch")


# --- the switches of a world -----------------------------------------------------------------------------------------


def switches_of(conflicts: Mapping[str, Conflict]) -> dict[str, Conflict]:
    """The conflicts that can be switched in this world, by the name of the switch."""
    return {one.switch: one for one in conflicts.values() if one.switch and one.moved}


def check_reading(
    entry: Entry, switch: str, switches: Mapping[str, Conflict], world: str, elsewhere: Collection[str] = ()
) -> str | None:
    """The reading that is written here for a switch of this world; None with a problem.

    elsewhere: switches of the world that is extended, which have nothing to move where their numbers are changed.
    """
    if switch in switches:
        return check_choice(entry, switches[switch].readings, "list readings")
    if switch in elsewhere:
        message = f"the world '{world}' changes the numbers that this switch moves, so that it moves none there"
        entry.refuse(found=f"the switch {quoted(switch)}", message=message)
        return None
    allowed = listed(switches, "list readings") or f"none: there are no switches in the world '{world}'"
    entry.refuse(found=f"the unknown switch {quoted(switch)}", allowed=allowed, nearest=nearest_to(switch, switches))
    return None
