"""Readings: one way each to read what sources contradict each other about, and what it makes of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sim.evidence.documents import FACT_IDS, Fact
from sim.evidence.evaluation import compute
from sim.evidence.formulas import FormulaError, facts_of, numbers_of, parse_formula, with_names
from sim.evidence.numbers import LEVEL_SCHEMA, LEVELS, Basis, Number
from sim.evidence.rounding import is_rounded
from sim.evidence.story import span
from sim.evidence.units import dimension_in_words, parse_unit
from sim.io.checks import check_choice, check_number, is_name
from sim.io.errors import Entry, nearest_to, quoted
from sim.io.forms import TEXT, Form, Values, as_written, group, read_each, read_form, schema_of, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.evidence.derivations import Derivations

DIGITS = 3
"""Digits to which a computed value is rounded, as values in the seeds are."""


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


@dataclass(frozen=True)
class Known:
    """What a conflict may name: facts, and the numbers of this world where it is the one the file is about."""

    facts: Mapping[str, Fact]
    numbers: Mapping[str, Number]
    derivations: Derivations
    at_home: bool


# --- how a reading is written ----------------------------------------------------------------------------------------


def check_value_or_end(entry: Entry) -> None:
    """A number has a value, a formula, or both, or else it goes to one end of its range."""
    keys = entry.value
    if not {"value", "formula", "end"} & keys.keys():
        entry.refuse(found="neither 'value' nor 'formula' nor 'end'", allowed="a value, a formula, or an end")
    elif "end" in keys and {"value", "formula", "beyond"} & keys.keys():
        keys["end"].refuse(found="'end' beside other words about its value", allowed="the end alone")


READ_NUMBER: Form[Known] = Form(
    may={
        "value": as_written({"anyOf": [{"type": "number"}, LEVEL_SCHEMA]}).says("what it is by this reading"),
        "formula": TEXT.says("how it is computed; without a value it is rounded to three digits"),
        "end": word(("low", "high")).says("the end of its range that it takes"),
        "evidence": FACT_IDS.says("the facts it rests on, by id"),
        "reason": TEXT.says("why it is read so, in words"),
        "beyond": TEXT.says("why it leaves the range of the number"),
    },
    first=check_value_or_end,
    schema={"anyOf": [{"required": ["value"]}, {"required": ["formula"]}, {"required": ["end"]}]},
)
READING: Form[object] = Form(
    needs={"says": TEXT.says("how the sources are read, in words")},
    may={"numbers": group(schema_of(READ_NUMBER), "numbers by name").says("what it makes of numbers, by name")},
)


# --- reading them ----------------------------------------------------------------------------------------------------


def read_readings(entries: Mapping[str, Entry], default: Entry | None, known: Known) -> dict[str, Reading]:
    """The readings of one switch by name, two or more; `default` names the one that the seeds hold."""
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


def _numbers(entries: Mapping[str, Entry], usual: bool, known: Known) -> dict[str, ReadNumber]:
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
    if not usual:
        _check_followers(entries, numbers, known.derivations)
    return numbers


def _check_followers(entries: Mapping[str, Entry], numbers: Mapping[str, ReadNumber], derivations: Derivations) -> None:
    """No reading moves a number and one it is computed from: it follows by itself, and would move twice."""
    for name in numbers:
        inputs = list(derivations.inputs_of(name))
        for one in inputs:  # grows while it is gone through
            inputs += [more for more in derivations.inputs_of(one) if more not in inputs]
            if one in numbers:
                found = f"'{name}' beside '{one}', from which it is computed"
                entries[name].refuse(found=found, allowed="the one it is computed from")
                break


def _read_number(entry: Entry, values: Values, number: Number, usual: bool, known: Known) -> ReadNumber | None:
    """What a reading makes of a number: its value is there or computed, in its range, and rests on something."""
    written: Entry | None = values["value"]
    computed, facts = None, values["evidence"]
    if "formula" in entry.value:
        computed, named = _computed(entry.value["formula"], values["formula"], number, known)
        facts = tuple(dict.fromkeys([*named, *facts]))
    if written is not None:
        value = _written(written, number)
    elif values["end"] is not None:
        value = number.low if values["end"] == "low" else number.high
    else:
        value = None if computed is None else float(f"{computed:.{DIGITS}g}")
    if value is None:
        return None  # which has been told
    if written is not None and computed is not None and not is_rounded(f"{value:.12g}", computed):
        written.refuse(allowed=f"what the formula gives, {computed:.6g}, rounded")
        return None
    if computed is None and not facts and not values["reason"]:
        entry.refuse(found="a value alone", allowed="with a formula, evidence or a reason")
    reasons = {key: values[key] for key in ("formula", "reason", "beyond")}
    read = ReadNumber(value=value, evidence=facts, **reasons)
    return _as_seeds_hold(entry, read, number) if usual else _in_range(entry, read, number)


def _written(entry: Entry, number: Number) -> float | None:
    """A value, or a level where the number is coded."""
    if number.basis is Basis.CODED and entry.text in LEVELS:
        return LEVELS[entry.text]
    return check_number(entry)


def _as_seeds_hold(entry: Entry, read: ReadNumber, number: Number) -> ReadNumber | None:
    """A number by the default reading: the value the seeds hold, which what is said here has to round to."""
    if is_rounded(f"{number.value:.12g}", read.value):
        return replace(read, value=number.value)
    allowed = f"what the seeds hold, {number.value:g}, since this is the default"
    entry.refuse(found=f"{read.value:.6g} for '{number.name}'", allowed=allowed)
    return None


def _in_range(entry: Entry, read: ReadNumber, number: Number) -> ReadNumber | None:
    """A number by another reading: within its range, or with a reason for leaving it."""
    if not number.low <= read.value <= number.high and not read.beyond:
        allowed = f"{span(number.low, number.high, number.unit)}; to go outside on purpose add beyond: the reason"
        entry.refuse(found=f"{read.value:g} for '{number.name}'", allowed=allowed)
        return None
    return read


def _computed(entry: Entry, text: str, number: Number, known: Known) -> tuple[float | None, tuple[str, ...]]:
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
