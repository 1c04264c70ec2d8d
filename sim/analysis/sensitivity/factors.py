"""What an experiment varies: numbers, policy switches, and several numbers scaled together. Read and checked here."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sim.analysis.sensitivity.problems import read_problem
from sim.analysis.sensitivity.response_forms import NAME, NAME_IN_WORDS, Subject, check_one_of
from sim.evidence.story import span
from sim.io.checks import check_list
from sim.io.errors import Entry, listed, nearest_to, quoted
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    Schema,
    Values,
    as_written,
    items,
    list_of,
    list_schema,
    name_of,
    number,
    read_form,
    schema_of,
)
from sim.scenario.units import AMOUNT_SCHEMA, check_in_unit, check_number_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sim.evidence.numbers import Number
    from sim.scenario.scenario import Scenario

DUMMY = "dummy"
MOST_LEVELS = 1000


class FactorKind(Enum):
    """What a factor moves."""

    NUMBER = "a number of the model, from the low to the high end of its range"
    SWITCH = "a system of the model, on or off"
    SCALE = "several numbers at once, each multiplied by the same factor"
    DUMMY = "nothing at all: what is found for it is error"


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One thing that is varied between `low` and `high`, or over `levels` if there are any.

    A switch has the levels 0 (off) and 1 (on). `base` is where it stands when others are varied; `targets` are the
    numbers a scale multiplies, or the strengths a switch sets to nought.
    """

    name: str
    kind: FactorKind = FactorKind.NUMBER
    low: float = 0.0
    high: float = 1.0
    base: float = 0.5
    levels: tuple[float, ...] = ()
    targets: tuple[str, ...] = ()
    unit: str = ""
    beyond: str = ""


# --- how factors are written -----------------------------------------------------------------------------------------

_NAME: Schema = {"type": "string"}
_BEYOND = TEXT.says("why it leaves the ranges of the evidence")
_LOW, _HIGH = "the low end, in place of that of the evidence", "the high end, in place of that of the evidence"
_AMOUNT = as_written(AMOUNT_SCHEMA)
_NUMBERS = items(_NAME, "a list of patterns")
_SYSTEM: Reader[Subject] = name_of(lambda subject: subject.evidence.systems, where="list systems")

NUMBER: Form[Subject] = Form(
    needs={"number": as_written(_NAME).says("the name of a number")},
    may={
        "low": _AMOUNT.says(_LOW),
        "high": _AMOUNT.says(_HIGH),
        "levels": as_written(list_schema(AMOUNT_SCHEMA, minItems=2)).says("the values it takes, in place of limits"),
        "beyond": _BEYOND,
    },
)
NUMBERS: Form[Subject] = Form(
    needs={"numbers": _NUMBERS.says("names of numbers, or patterns such as choice.*, each within its own range")},
    may={"except": _NUMBERS.says("those of them that are left out")},
)
SWITCH: Form[Subject] = Form(needs={"switch": _SYSTEM.says("the id of a system, which is switched off and on")})
SCALE: Form[Subject] = Form(
    needs={
        "scale": items(_NAME, "a list of names or patterns of numbers").says("numbers that are multiplied together"),
        "name": TEXT.says("what this factor is called"),
    },
    may={
        "low": number(0.0).says("the least by which they are multiplied"),
        "high": number(0.0).says("the most by which they are multiplied"),
        "levels": list_of(number(0.0), "a list of factors to multiply by")
        .says("what they are multiplied by")
        .but(minItems=2),
        "beyond": _BEYOND,
    },
    schema={"oneOf": [{"required": ["levels"]}, {"required": ["low", "high"]}]},
)
PROBLEM: Form[Subject] = Form(
    needs={"problem": as_written(_NAME).says("a problem of SALib as JSON, a file beside this one: names and bounds")},
    may={"beyond": _BEYOND},
)
FACTOR_FORMS: Mapping[str, Form[Subject]] = {
    "number": NUMBER,
    "numbers": NUMBERS,
    "switch": SWITCH,
    "scale": SCALE,
    "problem": PROBLEM,
}
_FACTOR_WORDS = "the name of a number, a pattern such as choice.*, or a group with one of " + listed(FACTOR_FORMS)


def factor_schema() -> dict[str, Any]:
    """The factors of an experiment, as a part of a JSON Schema."""
    groups = {"type": "object", "oneOf": [schema_of(form) for form in FACTOR_FORMS.values()]}
    return list_schema({"anyOf": [_NAME, groups]}, minItems=1)


# --- reading them ----------------------------------------------------------------------------------------------------


def read_factors(entry: Entry | None, subject: Subject) -> tuple[Factor, ...]:
    """The factors of an experiment, in the order of the file, each once."""
    if entry is None:
        return ()
    found: dict[str, Factor] = {}
    for item in check_list(entry, "a list of factors"):
        for factor in _factor(item, subject):
            if factor.name in found:
                item.refuse(message=f"'{factor.name}' is a factor already")
            found[factor.name] = factor
    if not found and entry.value == []:
        entry.refuse(found="an empty list", allowed="at least one factor")
    check_moved_once(entry, tuple(found.values()))
    return tuple(found.values())


def check_moved_once(entry: Entry, factors: tuple[Factor, ...]) -> None:
    """Two scales do not move the same number (a switch or a number of its own may go with one)."""
    owner: dict[str, str] = {}
    for factor in factors:
        if factor.kind is FactorKind.SCALE:
            for target in factor.targets:
                if target in owner:
                    both = f"'{owner[target]}' and '{factor.name}'"
                    entry.refuse(found=f"{both} both scale {target}", allowed="one scale a number")
                owner[target] = factor.name


def _factor(item: Entry, subject: Subject) -> list[Factor]:
    if isinstance(item.value, str):
        return _by_pattern([item], [], subject)
    form = check_one_of(item, FACTOR_FORMS, _FACTOR_WORDS)
    values = None if form is None else read_form(item, form, subject)
    if values is None:
        return []
    if form is NUMBERS:
        return _by_pattern(values["numbers"], values["except"], subject)
    if form is PROBLEM:
        return _problem_factors(values["problem"], values["beyond"], subject)
    readers: Mapping[str, Callable[[Entry, Values, Subject], Factor | None]] = {
        "number": _number_factor,
        "switch": _switch_factor,
        "scale": _scale_factor,
    }
    factor = next(read for key, read in readers.items() if key in values)(item, values, subject)
    return [] if factor is None else [factor]


def _base(number: Number, scenario: Scenario) -> float:
    return scenario.numbers.get(number.name, number.value)


def _plain_factor(number: Number, scenario: Scenario) -> Factor:
    base = _base(number, scenario)
    return Factor(name=number.name, low=number.low, high=number.high, base=base, unit=number.unit)


def _matching(entry: Entry, subject: Subject) -> list[str]:
    """The numbers a name or a pattern stands for; a problem when it stands for none."""
    written, numbers = entry.text or "", subject.evidence.numbers
    if not any(sign in written for sign in "*?["):
        name = check_number_name(entry, written, subject.evidence)
        return [] if name is None else [name]
    names = fnmatch.filter(numbers, written)
    if not names:
        rooms = dict.fromkeys(f"{name.split('.')[0]}.*" for name in numbers)
        entry.refuse(
            found=f"{quoted(written)}, which no number matches",
            allowed=f"a pattern such as {listed(rooms, 'list numbers')}",
            nearest=nearest_to(written, rooms),
        )
    return names


def _by_pattern(patterns: Iterable[Entry], leave: Iterable[Entry], subject: Subject) -> list[Factor]:
    """Every number that is named, within its own range; one that has none, or only that of its inputs, is left out."""
    left = {name for entry in leave for name in _matching(entry, subject)}
    named = {name: entry for entry in patterns for name in _matching(entry, subject)}
    factors = []
    for name, entry in named.items():
        number = subject.evidence.numbers[name]
        if name in left:
            continue
        if number.follows and len(named) > 1:  # what can vary of it varies with its inputs
            continue
        if number.low < number.high:
            factors.append(_plain_factor(number, subject.scenario))
        elif len(named) == 1:
            entry.refuse(found=f"'{name}', whose range is the single value {number.low:g}")
    return factors


def _number_factor(item: Entry, values: Values, subject: Subject) -> Factor | None:
    written, beyond = values["number"], values["beyond"]
    name = check_number_name(written, written.text or "", subject.evidence)
    if name is None:
        return None
    number = subject.evidence.numbers[name]
    low, high = (_limit(values[key], number, beyond) for key in ("low", "high"))
    levels = _levels(values["levels"], number, beyond)
    if levels:
        check_no_limits_beside_levels(item)
        low, high = min(levels), max(levels)
    else:
        low, high = number.low if low is None else low, number.high if high is None else high
        check_limits(item, low, high)
    return replace(_plain_factor(number, subject.scenario), low=low, high=high, levels=levels, beyond=beyond)


def _problem_factors(entry: Entry, beyond: str, subject: Subject) -> list[Factor]:
    """A number between its bounds for each variable of a problem; the dummy is added to every design anyway."""
    factors = []
    for written, low, high in read_problem(entry, subject.folder):
        name = None if written == DUMMY else check_number_name(entry, written, subject.evidence)
        if name is None:
            continue
        number = subject.evidence.numbers[name]
        if not beyond and not number.low <= low < high <= number.high:
            allowed = f"{number.low:g} to {number.high:g} {number.unit}; to go outside on purpose add"
            entry.refuse(found=f"{name} from {low:g} to {high:g}", allowed=f'{allowed} beyond: "the reason"')
        factors.append(replace(_plain_factor(number, subject.scenario), low=low, high=high, beyond=beyond))
    return factors


def check_no_limits_beside_levels(item: Entry) -> None:
    """Levels say the limits themselves."""
    for key in ("low", "high"):
        if key in item.value:
            item.value[key].refuse(message=f"'{key}' and 'levels' exclude each other")


def check_limits(item: Entry, low: float, high: float) -> None:
    """The low end lies below the high end."""
    if not low < high:
        item.refuse(found=f"low {low:g} and high {high:g}", allowed="low < high")


def _limit(entry: Entry | None, number: Number, beyond: str) -> float | None:
    """A value in the unit of the number and within its range, unless there is a reason to go beyond."""
    if entry is None:
        return None
    value = check_in_unit(entry, number)
    if value is not None and not beyond and not number.low <= value <= number.high:
        allowed = f"{span(number.low, number.high, number.unit)}; to go outside on purpose add"
        entry.refuse(allowed=f'{allowed} beyond: "the reason"')
        return None
    return value


def _levels(entry: Entry | None, number: Number, beyond: str) -> tuple[float, ...]:
    if entry is None:
        return ()
    return check_rising(entry, [_limit(item, number, beyond) for item in check_list(entry, "a list of values")])


def check_rising(entry: Entry, values: Iterable[float | None]) -> tuple[float, ...]:
    """Two levels or more, each above the one before; those that could not be read are left out."""
    levels = tuple(value for value in values if value is not None)
    if isinstance(entry.value, list) and len(entry.value) < 2:
        entry.refuse(found=f"{len(entry.value)} level(s)", allowed="two levels or more")
    if len(levels) > MOST_LEVELS:
        entry.refuse(found=f"{len(levels)} levels", allowed=f"at most {MOST_LEVELS}")
    for before, after in pairwise(levels):
        if not before < after:
            entry.refuse(found=f"{after:g} after {before:g}", allowed="levels that rise")
            break
    return levels


def _switch_factor(item: Entry, values: Values, subject: Subject) -> Factor | None:
    system = values["switch"]
    if system is None:
        return None
    if system in subject.scenario.without:
        item.value["switch"].refuse(message=f"the scenario '{subject.scenario.name}' has switched it off already")
    strengths = subject.evidence.systems[system].strengths
    kind = FactorKind.SWITCH
    return Factor(name=system, kind=kind, base=1.0, levels=(0.0, 1.0), targets=strengths, unit="0 off, 1 on")


def _scale_factor(item: Entry, values: Values, subject: Subject) -> Factor:
    keys, name, beyond = item.value, values["name"], values["beyond"]
    if "name" in keys:
        check_factor_name(keys["name"], name, subject)
    targets = tuple(dict.fromkeys(one for entry in values["scale"] for one in _matching(entry, subject)))
    levels: tuple[float, ...] = ()
    if "levels" in keys:
        check_no_limits_beside_levels(item)
        levels = check_rising(keys["levels"], values["levels"])
        low, high = (min(levels), max(levels)) if levels else (0.0, 1.0)
    else:
        for key in ("low", "high"):
            if key not in keys:
                item.refuse(found="", message=f"'{key}' is missing")
        low, high = (usual if values[key] is None else values[key] for key, usual in (("low", 0.0), ("high", 1.0)))
        if "low" in keys and "high" in keys:
            check_limits(item, low, high)
    if not beyond:
        check_scaled_within(item, targets, (low, high), subject)
    kind = FactorKind.SCALE
    return Factor(
        name=name, kind=kind, low=low, high=high, base=1.0, levels=levels, targets=targets, unit="times", beyond=beyond
    )


def check_factor_name(entry: Entry, name: str, subject: Subject) -> None:
    """A name of its own, which no number or system bears."""
    if name in subject.evidence.numbers or name in subject.evidence.systems or name == DUMMY:
        entry.refuse(allowed="a name that no number and no system has")
    elif name and not NAME.match(name):
        entry.refuse(allowed=NAME_IN_WORDS)


def check_scaled_within(item: Entry, targets: Iterable[str], ends: tuple[float, float], subject: Subject) -> None:
    """Multiplied by the low and the high end, every number stays within its range."""
    for name in targets:
        number = subject.evidence.numbers[name]
        low, high = sorted(_base(number, subject.scenario) * factor for factor in ends)
        if low < number.low or high > number.high:
            item.refuse(
                found=f"{name} scaled to {low:g} .. {high:g}",
                allowed=f"{span(number.low, number.high, number.unit)}; to go outside on purpose add"
                ' beyond: "the reason"',
            )
            return
