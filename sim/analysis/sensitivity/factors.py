"""What an experiment varies: numbers, policy switches, and several numbers scaled together. Read and checked here."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

from sim.analysis.sensitivity.responses import NAME, NAME_IN_WORDS
from sim.io.checks import check_choice, check_keys, check_list, check_number, check_text, check_unknown_keys
from sim.io.errors import Entry, Problems, listed, nearest_to, quoted
from sim.scenario.scenario import check_number_name
from sim.scenario.units import check_in_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.evidence.evidence import Evidence
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


# --- reading ---------------------------------------------------------------------------------------------------------

_FACTOR_FORMS = ("number", "numbers", "switch", "scale")
_FACTOR_WORDS = "the name of a number, a pattern such as choice.*, or a group with one of " + listed(_FACTOR_FORMS)


def read_factors(entry: Entry | None, scenario: Scenario, evidence: Evidence, problems: Problems) -> tuple[Factor, ...]:
    """The factors of an experiment, in the order of the file, each once."""
    if entry is None:
        return ()
    found: dict[str, Factor] = {}
    for item in check_list(entry, problems, "a list of factors"):
        for factor in _factor(item, scenario, evidence, problems):
            if factor.name in found:
                problems.about(item, message=f"'{factor.name}' is a factor already")
            found[factor.name] = factor
    if not found and entry.value == []:
        problems.about(entry, found="an empty list", allowed="at least one factor")
    check_moved_once(entry, tuple(found.values()), problems)
    return tuple(found.values())


def check_moved_once(entry: Entry, factors: tuple[Factor, ...], problems: Problems) -> None:
    """Two scales do not move the same number (a switch or a number of its own may go with one)."""
    owner: dict[str, str] = {}
    for factor in factors:
        if factor.kind is FactorKind.SCALE:
            for target in factor.targets:
                if target in owner:
                    both = f"'{owner[target]}' and '{factor.name}'"
                    problems.about(entry, found=f"{both} both scale {target}", allowed="one scale a number")
                owner[target] = factor.name


def _factor(item: Entry, scenario: Scenario, evidence: Evidence, problems: Problems) -> list[Factor]:
    if not isinstance(item.value, dict):
        if item.text is None or not isinstance(item.value, str):
            problems.about(item, allowed=_FACTOR_WORDS)
            return []
        return _by_pattern([item], [], scenario, evidence, problems)
    forms = [form for form in _FACTOR_FORMS if form in item.value]
    if len(forms) != 1:
        found = listed(forms) + " together" if forms else "none of them"
        problems.about(item, found=found, allowed="exactly one of " + listed(_FACTOR_FORMS))
        return []
    if forms[0] == "numbers":
        check_unknown_keys(item, ("numbers", "except"), problems)
        patterns = check_list(item.value["numbers"], problems, "a list of patterns")
        leave = check_list(item.value["except"], problems, "a list of patterns") if "except" in item.value else []
        return _by_pattern(patterns, leave, scenario, evidence, problems)
    readers = {"number": _number_factor, "switch": _switch_factor, "scale": _scale_factor}
    factor = readers[forms[0]](item, scenario, evidence, problems)
    return [] if factor is None else [factor]


def _base(number: Number, scenario: Scenario) -> float:
    return scenario.numbers.get(number.name, number.value)


def _plain_factor(number: Number, scenario: Scenario) -> Factor:
    base = _base(number, scenario)
    return Factor(name=number.name, low=number.low, high=number.high, base=base, unit=number.unit)


def _matching(entry: Entry, evidence: Evidence, problems: Problems) -> list[str]:
    """The numbers a name or a pattern stands for; a problem when it stands for none."""
    written = entry.text or ""
    if not any(sign in written for sign in "*?["):
        name = check_number_name(entry, written, evidence, problems)
        return [] if name is None else [name]
    names = fnmatch.filter(evidence.numbers, written)
    if not names:
        rooms = dict.fromkeys(f"{name.split('.')[0]}.*" for name in evidence.numbers)
        problems.about(
            entry,
            found=f"{quoted(written)}, which no number matches",
            allowed=f"a pattern such as {listed(rooms)}",
            nearest=nearest_to(written, rooms),
        )
    return names


def _by_pattern(
    patterns: list[Entry], leave: list[Entry], scenario: Scenario, evidence: Evidence, problems: Problems
) -> list[Factor]:
    """Every number that is named, within its own range; one that has no range cannot vary and is left out."""
    left = {name for entry in leave for name in _matching(entry, evidence, problems)}
    names = dict.fromkeys(name for entry in patterns for name in _matching(entry, evidence, problems))
    factors = []
    for name in names:
        number = evidence.numbers[name]
        if name in left:
            continue
        if number.low < number.high:
            factors.append(_plain_factor(number, scenario))
        elif len(names) == 1:
            problems.about(patterns[0], found=f"'{name}', whose range is the single value {number.low:g}")
    return factors


def _number_factor(item: Entry, scenario: Scenario, evidence: Evidence, problems: Problems) -> Factor | None:
    check_unknown_keys(item, ("number", "low", "high", "levels", "beyond"), problems)
    keys = item.value
    written = keys["number"]
    name = check_number_name(written, written.text or "", evidence, problems)
    if name is None:
        return None
    number = evidence.numbers[name]
    beyond = check_text(keys["beyond"], problems) if "beyond" in keys else ""
    read = {key: _limit(keys.get(key), number, beyond, problems) for key in ("low", "high")}
    levels = _levels(keys.get("levels"), number, beyond, problems)
    if levels:
        check_no_limits_beside_levels(item, problems)
        low, high = min(levels), max(levels)
    else:
        low = number.low if read["low"] is None else read["low"]
        high = number.high if read["high"] is None else read["high"]
        if not low < high:
            problems.about(item, found=f"low {low:g} and high {high:g}", allowed="low < high")
    return replace(_plain_factor(number, scenario), low=low, high=high, levels=levels, beyond=beyond)


def check_no_limits_beside_levels(item: Entry, problems: Problems) -> None:
    """Levels say the limits themselves."""
    for key in ("low", "high"):
        if key in item.value:
            problems.about(item.value[key], message=f"'{key}' and 'levels' exclude each other")


def _limit(entry: Entry | None, number: Number, beyond: str, problems: Problems) -> float | None:
    """A value in the unit of the number and within its range, unless there is a reason to go beyond."""
    if entry is None:
        return None
    value = check_in_unit(entry, number, problems)
    if value is not None and not beyond and not number.low <= value <= number.high:
        allowed = f"{number.low:g} to {number.high:g} {number.unit}; to go outside on purpose add"
        problems.about(entry, allowed=f'{allowed} beyond: "the reason"')
        return None
    return value


def _levels(entry: Entry | None, number: Number, beyond: str, problems: Problems) -> tuple[float, ...]:
    if entry is None:
        return ()
    items = check_list(entry, problems, "a list of values")
    levels = [_limit(item, number, beyond, problems) for item in items]
    return check_rising(entry, [level for level in levels if level is not None], problems)


def check_rising(entry: Entry, levels: list[float], problems: Problems) -> tuple[float, ...]:
    """Two levels or more, each above the one before."""
    if isinstance(entry.value, list) and len(entry.value) < 2:
        problems.about(entry, found=f"{len(entry.value)} level(s)", allowed="two levels or more")
    if len(levels) > MOST_LEVELS:
        problems.about(entry, found=f"{len(levels)} levels", allowed=f"at most {MOST_LEVELS}")
    for before, after in pairwise(levels):
        if not before < after:
            problems.about(entry, found=f"{after:g} after {before:g}", allowed="levels that rise")
            break
    return tuple(levels)


def _switch_factor(item: Entry, scenario: Scenario, evidence: Evidence, problems: Problems) -> Factor | None:
    check_unknown_keys(item, ("switch",), problems)
    system = check_choice(item.value["switch"], evidence.systems, problems)
    if system is None:
        return None
    if system in scenario.without:
        problems.about(item.value["switch"], message=f"the scenario '{scenario.name}' has switched it off already")
    strengths = evidence.systems[system].strengths
    kind = FactorKind.SWITCH
    return Factor(name=system, kind=kind, base=1.0, levels=(0.0, 1.0), targets=strengths, unit="0 off, 1 on")


def _scale_factor(item: Entry, scenario: Scenario, evidence: Evidence, problems: Problems) -> Factor | None:
    check_keys(item, ("scale", "name"), ("low", "high", "levels", "beyond"), problems)
    keys = item.value
    name = check_text(keys.get("name"), problems)
    if "name" in keys:
        check_factor_name(keys["name"], name, evidence, problems)
    patterns = check_list(keys["scale"], problems, "a list of names or patterns of numbers")
    targets = tuple(dict.fromkeys(one for entry in patterns for one in _matching(entry, evidence, problems)))
    beyond = check_text(keys["beyond"], problems) if "beyond" in keys else ""
    levels: tuple[float, ...] = ()
    if "levels" in keys:
        check_no_limits_beside_levels(item, problems)
        items = check_list(keys["levels"], problems, "a list of factors to multiply by")
        values = [check_number(one, problems, 0.0) for one in items]
        levels = check_rising(keys["levels"], [value for value in values if value is not None], problems)
        low, high = (min(levels), max(levels)) if levels else (0.0, 1.0)
    else:
        limits = [check_number(keys.get(key), problems, 0.0) for key in ("low", "high")]
        for key in ("low", "high"):
            if key not in keys:
                problems.about(item, found="", message=f"'{key}' is missing")
        low, high = (0.0 if limits[0] is None else limits[0]), (1.0 if limits[1] is None else limits[1])
        if "low" in keys and "high" in keys and not low < high:
            problems.about(item, found=f"low {low:g} and high {high:g}", allowed="low < high")
    if not beyond:
        check_scaled_within(item, targets, low, high, scenario, evidence, problems)
    kind = FactorKind.SCALE
    return Factor(
        name=name, kind=kind, low=low, high=high, base=1.0, levels=levels, targets=targets, unit="times", beyond=beyond
    )


def check_factor_name(entry: Entry, name: str, evidence: Evidence, problems: Problems) -> None:
    """A name of its own, which no number or system bears."""
    if name in evidence.numbers or name in evidence.systems or name == DUMMY:
        problems.about(entry, allowed="a name that no number and no system has")
    elif name and not NAME.match(name):
        problems.about(entry, allowed=NAME_IN_WORDS)


def check_scaled_within(
    item: Entry,
    targets: Iterable[str],
    low: float,
    high: float,
    scenario: Scenario,
    evidence: Evidence,
    problems: Problems,
) -> None:
    """Multiplied by the low and the high end, every number stays within its range."""
    for name in targets:
        number = evidence.numbers[name]
        ends = sorted(_base(number, scenario) * factor for factor in (low, high))
        if ends[0] < number.low or ends[1] > number.high:
            problems.about(
                item,
                found=f"{name} scaled to {ends[0]:g} .. {ends[1]:g}",
                allowed=f"{number.low:g} to {number.high:g} {number.unit}; to go outside on purpose add"
                ' beyond: "the reason"',
            )
            return
