"""Where sources contradict each other: what was made of it, as a written reason or as a switch between readings.

A switch names two or more readings; each says what it makes of some numbers. The default is what the seeds hold, so
taking it moves nothing. A scenario takes another with `readings: {china-trade: customs}`.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.evidence.documents import FACT_IDS, Fact
from sim.evidence.formulas import FormulaError, compute, facts_of, numbers_of, parse_formula, with_names
from sim.evidence.numbers import LEVEL_SCHEMA, LEVELS, Basis, Number
from sim.evidence.units import dimension_in_words, parse_unit
from sim.io.checks import check_choice, check_list, check_number, is_name
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
    read_each,
    read_file,
    read_form,
    schema_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from sim.io.errors import Problems

CONFLICTS = "conflicts.yaml"
DIGITS = 3
"""Digits to which a computed value is rounded, as values in the seeds are."""

_FURTHEST = 0.05  # the seeds may round the value of a default by so much at the most


@dataclass(frozen=True, kw_only=True)
class ReadNumber:
    """What a reading makes of one number, in the unit of the number; `beyond` says why where it leaves its range."""

    value: float
    formula: str = ""
    evidence: tuple[str, ...] = ()
    reason: str = ""
    beyond: str = ""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to read what sources contradict each other about, and what it makes of the numbers it moves."""

    name: str
    says: str
    numbers: Mapping[str, ReadNumber] = field(default_factory=dict)


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


@dataclass(frozen=True)
class _Known:
    """What a conflict may name: facts, and the numbers of this world where it is the one the file is about."""

    facts: Mapping[str, Fact]
    numbers: Mapping[str, Number]
    at_home: bool


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


def _read_known_facts(entry: Entry, known: _Known) -> tuple[str, ...]:
    """Ids of facts, those too that are kept for the record only: it is often for a contradiction that they are."""
    found = []
    for item in check_list(entry, "a list of ids of facts"):
        fact = check_choice(item, known.facts)
        if fact is not None:
            found.append(fact)
    return tuple(found)


def _read_followers(entry: Entry, known: _Known) -> tuple[str, ...]:
    """Names of numbers, or patterns of them such as `ties.*.JPN.haul`; known only to the world the file is about."""
    found = []
    for item in check_list(entry, "a list of names of numbers"):
        name = item.text or ""
        if known.at_home and not fnmatch.filter(known.numbers, name):
            nearest = nearest_to(name, known.numbers)
            item.refuse(found=quoted(name), allowed="the name of a number, or a pattern of names", nearest=nearest)
        found.append(name)
    return tuple(found)


_LISTED: Mapping[str, Any] = list_schema({"type": "string"})
READ_NUMBER: Form[_Known] = Form(
    may={
        "value": as_written({"anyOf": [{"type": "number"}, LEVEL_SCHEMA]}).says("what it is by this reading"),
        "formula": TEXT.says("how it is computed; without a value it is rounded to three digits"),
        "evidence": FACT_IDS.says("the facts it rests on, by id"),
        "reason": TEXT.says("why it is read so, in words"),
        "beyond": TEXT.says("why it leaves the range of the number"),
    },
    schema={"anyOf": [{"required": ["value"]}, {"required": ["formula"]}]},
)
READING: Form[object] = Form(
    needs={"says": TEXT.says("how the sources are read, in words")},
    may={"numbers": group(schema_of(READ_NUMBER), "numbers by name").says("what it makes of numbers, by name")},
)
CONFLICT: Form[_Known] = Form(
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
    worlds: Collection[str],
    lineage: Iterable[str],
    facts: Mapping[str, Fact],
    numbers: Mapping[str, Number],
    problems: Problems,
) -> dict[str, Conflict]:
    """The conflicts by id, for a world with this lineage; none where there is no such file.

    worlds: all there are; lineage: this world and those it extends. In a world that is not the one the file is about,
    and does not extend it, conflicts are told but there is nothing to switch.
    """
    if not path.is_file():
        return {}
    top = read_file(path, CONFLICT_FILE, None, problems)
    world = None if top["world"] is None else check_choice(top["world"], worlds)
    at_home = world is not None and world in lineage
    known = _Known(facts=facts, numbers=numbers, at_home=at_home)
    conflicts: dict[str, Conflict] = {}
    for name, entry in (top["conflicts"] or {}).items():
        if not is_name(name):
            entry.refuse(found=quoted(name), allowed="small letters, digits and hyphens")
        values = read_form(entry, CONFLICT, known)
        if values is not None:
            conflicts[name] = _conflict(name, entry, values, known)
    _check_apart(conflicts, top["conflicts"] or {})
    return conflicts


def _conflict(name: str, entry: Entry, values: Values, known: _Known) -> Conflict:
    readings = _readings(values.pop("readings"), values["default"], known)
    switch, default = values.pop("switch"), values.pop("default")
    if switch is not None and not is_name(switch.text or ""):
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


def _readings(entries: Mapping[str, Entry], default: Entry | None, known: _Known) -> dict[str, Reading]:
    if default is None or not entries:
        return {}
    usual = check_choice(default, entries)
    if len(entries) < 2:
        default.refuse(found="one reading", allowed="two or more, or a conflict that is settled")
    readings = {}
    for name, entry in entries.items():
        if not is_name(name):
            entry.refuse(found=quoted(name), allowed="small letters, digits and hyphens")
        for _, values in read_each([entry], READING, None):
            numbers = _numbers(values["numbers"], name == usual, known) if known.at_home else {}
            readings[name] = Reading(name=name, says=values["says"], numbers=numbers)
            if name != usual and not values["numbers"]:
                entry.refuse(found="a reading that moves no number", allowed="numbers, or a conflict that is settled")
    return readings


def _numbers(entries: Mapping[str, Entry], usual: bool, known: _Known) -> dict[str, ReadNumber]:
    numbers = {}
    for name, entry in entries.items():
        if name not in known.numbers:
            nearest = nearest_to(name, known.numbers)
            entry.refuse(found=quoted(name), allowed="the name of a number of the evidence", nearest=nearest)
            continue
        values = read_form(entry, READ_NUMBER, known)
        read = None if values is None else _read_number(entry, values, known.numbers[name], usual, known)
        if read is not None:
            numbers[name] = read
    return numbers


def _read_number(entry: Entry, values: Values, number: Number, usual: bool, known: _Known) -> ReadNumber | None:
    """What a reading makes of a number: its value is there or computed, in its range, and rests on something."""
    written: Entry | None = values["value"]
    computed = evidence = None
    if "formula" in entry.value:
        computed, evidence = _computed(entry.value["formula"], values["formula"], number, known)
        if computed is None:
            return None
    value = _written(written, number) if written is not None else computed
    if value is None:
        if written is None:
            entry.refuse(found="neither 'value' nor 'formula'", allowed="a value, or a formula that gives one")
        return None
    if written is not None and computed is not None and not as_rounded(value, computed):
        written.refuse(allowed=f"what the formula gives, {computed:.6g}, rounded")
        return None
    if written is None:
        value = float(f"{value:.{DIGITS}g}")
    facts = tuple(dict.fromkeys([*(evidence or ()), *values["evidence"]]))
    if computed is None and not facts and not values["reason"]:
        entry.refuse(found="a value alone", allowed="with a formula, evidence or a reason")
    if usual:
        return _as_seeds_hold(entry, value, facts, values, number)
    return _in_range(entry, value, facts, values, number)


def _written(entry: Entry, number: Number) -> float | None:
    """A value, or a level where the number is coded."""
    if number.basis is Basis.CODED and entry.text in LEVELS:
        return LEVELS[entry.text]
    return check_number(entry)


def _as_seeds_hold(
    entry: Entry, value: float, facts: tuple[str, ...], values: Values, number: Number
) -> ReadNumber | None:
    """A number by the default reading: the value the seeds hold, which what is said here has to round to."""
    if not as_rounded(number.value, value):
        allowed = f"what the seeds hold, {number.value:g}, since this is the default"
        entry.refuse(found=f"{value:.6g} for '{number.name}'", allowed=allowed)
        return None
    return ReadNumber(value=number.value, formula=values["formula"], evidence=facts, reason=values["reason"])


def _in_range(entry: Entry, value: float, facts: tuple[str, ...], values: Values, number: Number) -> ReadNumber | None:
    """A number by another reading: within its range, or with a reason for leaving it."""
    beyond = values["beyond"]
    if not number.low <= value <= number.high and not beyond:
        allowed = f"{number.low:g} to {number.high:g} {number.unit}; to go outside on purpose add beyond: the reason"
        entry.refuse(found=f"{value:g} for '{number.name}'", allowed=allowed)
        return None
    if number.low <= value <= number.high and beyond:
        entry.value["beyond"].refuse(found="a reason to leave the range", allowed="none: the value lies within it")
    return ReadNumber(value=value, formula=values["formula"], evidence=facts, reason=values["reason"], beyond=beyond)


def as_rounded(value: float, computed: float) -> bool:
    """Whether a value is what was computed, rounded to the digits that are written, by a twentieth at the most."""
    digits = f"{value:.12g}".partition("e")[0].partition(".")[2]
    half = 0.5 * 10.0 ** -len(digits)
    far = abs(value - computed)
    return far <= half * (1.0 + 1e-9) and far <= _FURTHEST * max(abs(value), abs(computed))


def _computed(entry: Entry, text: str, number: Number, known: _Known) -> tuple[float | None, tuple[str, ...]]:
    """The value of a formula in the unit of its number, and the facts it names; None with a problem."""
    try:
        node = with_names(parse_formula(text), known.numbers)
        found = compute(node, known.facts, known.numbers, {})
    except FormulaError as error:
        entry.refuse(found=error.found, allowed=error.allowed, nearest=error.nearest, message=error.message)
        return None, ()
    unit = parse_unit(number.unit)
    if unit is None or unit.dimension != found.dimension:
        entry.refuse(found=f"a formula in {dimension_in_words(found.dimension)}", allowed=f"one in {number.unit}")
        return None, ()
    named = [fact for name in numbers_of(node) for fact in known.numbers[name].evidence] if not facts_of(node) else ()
    return found.amount / unit.scale, tuple(dict.fromkeys([*facts_of(node), *named]))


# --- the switches of a world -----------------------------------------------------------------------------------------


def switches_of(conflicts: Mapping[str, Conflict]) -> dict[str, Conflict]:
    """The conflicts that can be switched in this world, by the name of the switch."""
    return {one.switch: one for one in conflicts.values() if one.switch and one.moved}


def check_reading(entry: Entry, switch: str, switches: Mapping[str, Conflict], world: str) -> str | None:
    """The reading that is written here for a switch of this world; None with a problem."""
    if switch in switches:
        return check_choice(entry, switches[switch].readings)
    allowed = listed(switches) or f"none: there are no switches in the world '{world}'"
    entry.refuse(found=f"the unknown switch {quoted(switch)}", allowed=allowed, nearest=nearest_to(switch, switches))
    return None
