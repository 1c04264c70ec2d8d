"""Two scenarios side by side: what differs once everything they extend is put together, and where each part stands."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.evidence.evidence import Evidence
from sim.io.arguments import Arguments
from sim.io.errors import shown_path
from sim.scenario.calendar import quarter_text
from sim.scenario.events import FORMS
from sim.scenario.scenario import Scenario, evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sim.scenario.events import Event, FieldValue
    from sim.scenario.scenario import Scenario

COLUMN, WIDTH = 68, 110
"""Where the places start, so that they stand below each other, and where a line is broken."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one of the two says about a thing, and where; a side that says nothing has no `said`."""

    said: str
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in which two scenarios differ; `what` is its name, or '' where what is said is name enough."""

    what: str
    one: Side | None
    other: Side | None


@dataclass(frozen=True, kw_only=True)
class Section:
    """Differences of one sort; `same` says how many things of the sort both scenarios have in common."""

    title: str
    differences: tuple[Difference, ...]
    same: int = 0


def differences(one: Scenario, other: Scenario, seeds: Path | str | None = None) -> tuple[Section, ...]:
    """In what two resolved scenarios differ, sort by sort; sorts without a difference are left out.

    Titles, questions and notes are not compared: two scenarios with one content ask one question. `seeds`: where the
    evidence is read from, if not where each of them was: for the units of numbers, and for what a number is where a
    scenario does not say.
    """
    sections = (
        _run(one, other),
        _readings(one, other, seeds),
        _numbers(one, other, seeds),
        _listed("Systems switched off", "without", one, other),
        _events(one, other),
        _listed("Evidence", "evidence", one, other),
    )
    return tuple(section for section in sections if section.differences)


def diff_text(one: Scenario, other: Scenario, seeds: Path | str | None = None) -> str:
    """The differences as text to read: `-` is the first scenario, `+` the second."""
    arguments = Arguments("diff_text")
    for key, value in (("one", one), ("other", other)):
        arguments.made(key, value, Scenario, "a scenario, as `load_scenario` gives it")
    seeds = arguments.path_or_none("seeds", seeds)
    arguments.refuse_if_wrong()
    lines = [*_heading("-", one), *_heading("+", other)]
    found = differences(one, other, seeds)
    if not found:
        lines += ["", "The two ask the same of the model; only their words differ."]
    for section in found:
        same = f" ({section.same} the same in both)" if section.same else ""
        lines += ["", f"{section.title}{same}"]
        for difference in section.differences:
            indent = "    " if difference.what else "  "
            lines += [f"  {difference.what}"] if difference.what else []
            for sign, side in (("-", difference.one), ("+", difference.other)):
                lines += [] if side is None else _line(f"{indent}{sign} {side.said}", side.place)
    return "\n".join(lines) + "\n"


def _line(said: str, place: str) -> list[str]:
    """One side of a difference: what is said, and behind it, or below it where there is no room, the place."""
    indent = " " * (len(said) - len(said.lstrip()) + 2)
    lines = textwrap.wrap(said, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    if not place:
        return lines
    if len(lines[-1]) > COLUMN:
        return [*lines, f"{'':<{COLUMN}}  {place}"]
    return [*lines[:-1], f"{lines[-1]:<{COLUMN}}  {place}"]


def _heading(sign: str, scenario: Scenario) -> Iterator[str]:
    yield f"{sign} {scenario.name}: {scenario.title}"
    place = "" if scenario.path is None else shown_path(scenario.path)
    yield f"    {', which extends '.join(filter(None, (place, *scenario.extends)))}"


# --- run settings, systems, evidence ---------------------------------------------------------------------------------


def _run(one: Scenario, other: Scenario) -> Section:
    def settings(scenario: Scenario) -> dict[str, str]:
        return {
            "world": scenario.world,
            "seeds": "shipped" if scenario.seeds is None else shown_path(scenario.seeds),
            "from": quarter_text(scenario.start),
            "to": quarter_text(scenario.end),
            "runs": f"{scenario.runs}",
            "seed": f"{scenario.seed}",
            "knows_until": scenario.knows_until or "no day",
            "fitted": scenario.fitted,
        }

    mine, theirs = settings(one), settings(other)
    found = tuple(
        Difference(what=key, one=_side(one, key, mine[key]), other=_side(other, key, theirs[key]))
        for key in mine
        if mine[key] != theirs[key]
    )
    return Section(title="Run", differences=found)


def _side(scenario: Scenario, key: str, said: str) -> Side:
    return Side(said=said, place=scenario.origins.get(key, "unless told otherwise"))


def _listed(title: str, key: str, one: Scenario, other: Scenario) -> Section:
    """What only one of the two has in a list of ids."""
    mine, theirs = getattr(one, key), getattr(other, key)

    def side(scenario: Scenario, name: str) -> Side:
        return Side(said=name, place=scenario.origins.get(f"{key}.{name}", ""))

    less = [Difference(what="", one=side(one, name), other=None) for name in mine if name not in theirs]
    more = [Difference(what="", one=None, other=side(other, name)) for name in theirs if name not in mine]
    return Section(title=title, differences=(*less, *more), same=len(set(mine) & set(theirs)))


# --- readings ---------------------------------------------------------------------------------------------------------


def _readings(one: Scenario, other: Scenario, seeds: Path | str | None) -> Section:
    """Which way contradicting sources are read, for the switches of which one of the two says something."""
    worlds = [evidence_of(scenario, seeds) for scenario in (one, other)]
    found, same = [], 0
    for switch in sorted({*one.readings, *other.readings}):
        mine, theirs = (_reading(scenario, switch, world) for scenario, world in zip((one, other), worlds, strict=True))
        if mine.said == theirs.said:
            same += 1
        else:
            found.append(Difference(what=switch, one=mine, other=theirs))
    return Section(title="Readings", differences=tuple(found), same=same)


def _reading(scenario: Scenario, switch: str, evidence: Evidence) -> Side:
    if switch in scenario.readings:
        return Side(said=scenario.readings[switch], place=scenario.origins.get(f"readings.{switch}", ""))
    conflict = evidence.switches.get(switch)
    if conflict is None:
        return Side(said="no such switch in this world")
    return Side(said=conflict.default, place=f"the default, {conflict.file}:{conflict.line}")


# --- numbers ---------------------------------------------------------------------------------------------------------


def _numbers(one: Scenario, other: Scenario, seeds: Path | str | None) -> Section:
    names = sorted({*one.numbers, *one.sampled, *other.numbers, *other.sampled})
    worlds = [evidence_of(scenario, seeds) for scenario in (one, other)]
    found, same = [], 0
    for name in names:
        sides = [_number(scenario, name, world) for scenario, world in zip((one, other), worlds, strict=True)]
        if sides[0].said == sides[1].said:
            same += 1
        else:
            unit = next(world.numbers[name].unit for world in worlds if name in world.numbers)
            found.append(Difference(what=f"{name} ({unit})", one=sides[0], other=sides[1]))
    return Section(title="Numbers", differences=tuple(found), same=same)


def _number(scenario: Scenario, name: str, evidence: Evidence) -> Side:
    """The value or the range of a number; where the scenario says nothing, the evidence speaks."""
    number = evidence.numbers.get(name)
    if number is None:
        return Side(said="no such number in this world")
    switch = scenario.by_reading.get(name)
    place = scenario.origins.get(f"readings.{switch}" if switch else f"numbers.{name}", "")
    if name in scenario.sampled:
        said = str(scenario.sampled[name])
    elif name in scenario.numbers:
        said = f"{scenario.numbers[name]:.12g}"
    else:
        return Side(said=f"{number.value:.12g}", place=f"the evidence, {number.file}:{number.line}")
    reason = scenario.beyond.get(name)
    return Side(said=f"{said}, beyond its range: {reason}" if reason else said, place=place)


# --- events ----------------------------------------------------------------------------------------------------------


def _events(one: Scenario, other: Scenario) -> Section:
    mine, theirs = Counter(map(_sort_of, one.events)), Counter(map(_sort_of, other.events))
    less = [Difference(what="", one=side, other=None) for side in _told(one.events, mine - theirs)]
    more = [Difference(what="", one=None, other=side) for side in _told(other.events, theirs - mine)]
    both = sorted((*less, *more), key=lambda difference: (difference.one or difference.other or Side(said="")).said[:7])
    return Section(title="Events", differences=tuple(both), same=(mine & theirs).total())


def _sort_of(event: Event) -> tuple[object, ...]:
    """What makes an event the same as another: everything but its evidence, its note and its place in a file."""
    return (
        event.kind,
        event.at,
        event.latest,
        event.until,
        event.chance,
        event.draw,
        tuple(sorted(event.fields.items(), key=str)),
    )


def _told(events: Iterable[Event], wanted: Counter[tuple[object, ...]]) -> Iterator[Side]:
    """The events that are wanted, those of one item of a file together as they were written."""
    items: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        if wanted[_sort_of(event)] > 0:
            wanted[_sort_of(event)] -= 1
            items.setdefault((event.file, event.line), []).append(event)
    for (file, line), group in items.items():
        each = FORMS[group[0].kind].each
        dates = list(dict.fromkeys(event.at for event in group))
        states = list(dict.fromkeys(event.fields[each] for event in group)) if each else []
        place = f"{file}:{line}" if file else ""
        if len(group) == len(dates) * max(1, len(states)):
            yield Side(said=_event_text(group[0], dates, [str(state) for state in states]), place=place)
        else:  # only some states of some repetitions differ, so that no short word covers them
            for event in group:
                yield Side(said=_event_text(event, [event.at], []), place=place)


def _event_text(event: Event, dates: list[int], states: list[str]) -> str:
    """`2026-Q1: tariff, by A, against B and C, rate 25 %`: when, what, and how it was left to luck."""
    each = FORMS[event.kind].each
    said = [
        f"{key} {' and '.join(states) if key == each and states else _value_text(event, key, value)}"
        for key, value in event.fields.items()
        if value is not None and value is not False
    ]
    if event.until is not None:
        said.append(f"until {quarter_text(event.until)}")
    if event.chance < 1.0:
        said.append(f"chance {100 * event.chance:.12g} %")
    return f"{_dates_text(event, dates)}: {event.kind.name.lower()}, {', '.join(said)}"


def _dates_text(event: Event, dates: list[int]) -> str:
    first = quarter_text(dates[0])
    if event.latest is not None:
        return f"{first} to {quarter_text(event.latest)}, some time"
    if len(dates) == 1:
        return first
    return f"{first} and {len(dates) - 1} times more until {quarter_text(dates[-1])}"


def _value_text(event: Event, key: str, value: FieldValue) -> str:
    """A field with its unit, as a file would say it."""
    if isinstance(value, tuple):
        return " and ".join(one if isinstance(one, str) else f"{one:.12g}" for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return str(value)
    if key in FORMS[event.kind].shares:
        return f"{100 * value:.12g} %"
    unit = {"size": " points" if event.fields.get("kind") == "security" else " bn USD"}.get(key, "")
    return f"{value:.12g}{unit}"
