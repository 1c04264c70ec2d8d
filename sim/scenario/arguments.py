"""Numbers, seeds and runs given in Python, checked as scenario files are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.evidence.dates import is_day
from sim.evidence.needed import check_needed
from sim.evidence.posterior import TAKEN
from sim.evidence.story import span
from sim.io.checks import check_choice, check_number
from sim.io.errors import listed, nearest_to
from sim.io.letters import is_on_one_line
from sim.io.limits import FIRST_YEAR, LARGEST_SEED, LAST_YEAR, MOST_RUNS
from sim.scenario.events import FORMS, LASTING, Event, EventKind
from sim.scenario.reading_choice import check_taken
from sim.scenario.units import (
    ONE_FOR_ALL,
    Range,
    Shape,
    check_ends,
    check_in_unit,
    check_number_name,
    check_peak,
    read_override,
)

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence
    from sim.evidence.numbers import Number
    from sim.io.arguments import Arguments
    from sim.scenario.scenario import Scenario


def given_fitted(arguments: Arguments, value: Any) -> str | None:
    """How fitted numbers are taken, `posterior` or `fixed`; None for as the scenario says."""
    return None if value is None else arguments.choice("fitted", value, TAKEN)


def given_numbers(arguments: Arguments, numbers: Any, evidence: Evidence) -> dict[str, Any]:
    """Numbers by name, each a value or one value a run: a float, or float64 [runs].

    As in a file, a value stands in the unit of its number or says its own (`"25 %"`), lies within the number's range,
    or gives the reason for leaving it: `{"value": 3.0, "beyond": "to see what happens"}`. What is wrong is noted.
    """
    if numbers is None:
        return {}
    if not isinstance(numbers, Mapping):
        arguments.entry("numbers", numbers).refuse(allowed="values by the name of their number")
        return {}
    found: dict[str, Any] = {}
    for written, value in numbers.items():
        if not isinstance(written, str):
            name = arguments.entry("numbers", written)
            name.refuse(allowed="the name of a number of the evidence, as text")
            continue
        known = check_number_name(arguments.entry(f"numbers.{written}", written), written, evidence)
        if known is None:
            continue
        number = _read(arguments, f"numbers.{written}", value, evidence.numbers[known])
        if number is not None:
            found[known] = number
    return found


def _read(arguments: Arguments, key: str, value: Any, number: Number) -> Any:
    """One value or one a run; None when it is wrong."""
    inner, beyond = value, False
    if isinstance(value, Mapping) and _is_array(value.get("value")):
        inner, beyond = value["value"], bool(str(value.get("beyond") or "").strip())
    if _is_array(inner):
        return _read_array(arguments, key, inner, number, beyond)
    entry = arguments.entry(key, value)
    read, _ = read_override(entry, number)
    if isinstance(read, Range):
        entry.refuse(found="a range", allowed="a value, or one a run; ranges are drawn for the runs of a scenario")
        return None
    return read


def _is_array(value: Any) -> bool:
    return getattr(value, "ndim", 0) > 0


def _read_array(arguments: Arguments, key: str, values: Any, number: Number, beyond: bool) -> Any:
    """One value a run, as float64; every one of them finite and within the range of its number."""
    entry = arguments.entry(key, values)
    if values.ndim != 1 or getattr(values.dtype, "kind", "") not in "fiu" or not values.size:
        entry.refuse(allowed="one number, or an array with one number a run")
        return None
    low, high = float(values.min()), float(values.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        entry.refuse(allowed="finite numbers")
        return None
    if not beyond and not number.low <= low <= high <= number.high:
        entry.refuse(
            found=f"{low:g} to {high:g}",
            allowed=f"{span(number.low, number.high, number.unit)}; to go outside on purpose give "
            '{"value": ..., "beyond": "the reason"}',
        )
        return None
    return values.astype("float64")


def check_setting(scenario: Scenario, evidence: Evidence, arguments: Arguments) -> Scenario:
    """A scenario made or changed in Python says nothing that a file could not say; one from a file has passed already.

    A value may leave the range of its number where `beyond` gives the reason. Gives back the scenario with plain
    numbers in place of those of other libraries, and in the units of the evidence; what is wrong is noted.
    """
    check_needed(evidence, arguments.problems)
    if not _sound(scenario, arguments):
        return scenario
    found: dict[str, Any] = {
        "runs": arguments.whole(f"{scenario.name}.runs", scenario.runs, 1, MOST_RUNS),
        "lucks_per_draw": arguments.whole(f"{scenario.name}.lucks_per_draw", scenario.lucks_per_draw, 1, MOST_RUNS),
        "seed": arguments.whole(f"{scenario.name}.seed", scenario.seed, 0, LARGEST_SEED),
    }
    start = arguments.whole(f"{scenario.name}.start", scenario.start, FIRST_YEAR * 4, LAST_YEAR * 4 + 3)
    end = arguments.whole(f"{scenario.name}.end", scenario.end, start, LAST_YEAR * 4 + 3)
    events = []
    for number, event in enumerate(scenario.events):
        events.append(_check_event(f"{scenario.name}.events[{number}]", event, arguments))
        _check_settings(f"{scenario.name}.events[{number}]", event, evidence, arguments)
    numbers = _check_numbers(scenario, evidence, arguments)
    check_taken(scenario, evidence, arguments)
    arguments.choice(f"{scenario.name}.fitted", scenario.fitted, TAKEN)
    _check_sampled(scenario, evidence, arguments)
    for system in scenario.without:
        check_choice(arguments.entry(f"{scenario.name}.without", system), evidence.systems, "list systems")
    found |= {key: tuple(getattr(scenario, key)) for key in _LISTS} | {"events": tuple(events)}
    return replace(scenario, **found, start=start, end=end, numbers=numbers)


def _check_numbers(scenario: Scenario, evidence: Evidence, arguments: Arguments) -> dict[str, float]:
    """Numbers that have one value in all runs, plain and in their units."""
    numbers: dict[str, float] = {}
    for written, value in scenario.numbers.items():
        entry = arguments.entry(f"{scenario.name}.numbers.{written}", value)
        known = check_number_name(entry, written, evidence)
        if known is None:
            continue
        if written in scenario.beyond:
            read: Any = check_in_unit(entry, evidence.numbers[known])
        else:
            read, _ = read_override(entry, evidence.numbers[known])
        if isinstance(read, Range):
            entry.refuse(found="a range", allowed="a value; a range stands in `sampled`")
        elif read is not None:
            numbers[known] = value if type(value) in (int, float) else read
    return numbers


def _check_sampled(scenario: Scenario, evidence: Evidence, arguments: Arguments) -> None:
    """Ranges from which numbers are drawn."""
    sampled: Mapping[str, Any] = scenario.sampled
    for written, drawn in sampled.items():
        key = f"{scenario.name}.sampled.{written}"
        known = check_number_name(arguments.entry(key, written), written, evidence)
        if known is None:
            continue
        if not isinstance(drawn, Range) or not isinstance(drawn.shape, Shape):
            arguments.entry(key, drawn).refuse(allowed="a Range of `sim.scenario.units`, with a Shape")
            continue
        number = evidence.numbers[known]
        ends = check_ends(arguments.entry(key, [drawn.low, drawn.high]), number, written in scenario.beyond)
        if written.startswith(ONE_FOR_ALL):
            arguments.entry(key, written).refuse(allowed="a value: a line between outcome words is the same for all")
        if ends is not None and drawn.shape is Shape.TRIANGULAR:
            check_peak(arguments.entry(f"{key}.peak", drawn.peak), drawn.shape, ends, number)


_TEXTS = ("name", "title", "question", "world")
_GROUPS = ("numbers", "sampled", "beyond", "readings", "by_reading")
_LISTS = ("without", "events", "evidence", "extends")


def _sound(scenario: Scenario, arguments: Arguments) -> bool:
    """Every field of a scenario holds what it is for; a name that leads nowhere but into its own folder."""
    before = len(arguments.problems)
    for key in _TEXTS:
        value = getattr(scenario, key)
        if not isinstance(value, str) or not value.strip() or not is_on_one_line(value):
            arguments.entry(f"scenario.{key}", value).refuse(allowed="text on one line")
    if isinstance(scenario.name, str) and (set(scenario.name) & set("/\\:") or scenario.name.strip(". ") == ""):
        arguments.entry("scenario.name", scenario.name).refuse(
            allowed="a name without / \\ or :, since results lie under it"
        )
    if not isinstance(scenario.knows_until, str) or (scenario.knows_until and not is_day(scenario.knows_until)):
        entry = arguments.entry(f"{scenario.name}.knows_until", scenario.knows_until)
        entry.refuse(allowed="a day such as 2019-12-31, or '' for none")
    for key in _GROUPS:
        value = getattr(scenario, key)
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            entry = arguments.entry(f"{scenario.name}.{key}", f"<{type(value).__name__}>")
            entry.refuse(allowed="values by the name of their number")
    for key in _LISTS:
        value = getattr(scenario, key)
        if isinstance(value, str) or not isinstance(value, Sequence):
            arguments.entry(f"{scenario.name}.{key}", value).refuse(allowed="a tuple")
    if len(arguments.problems) == before:
        for key, said in (
            ("notes", scenario.notes),
            *((f"beyond.{name}", why) for name, why in scenario.beyond.items()),
        ):
            _check_said(f"{scenario.name}.{key}", said, arguments)
    return len(arguments.problems) == before


def _check_said(key: str, said: object, arguments: Arguments) -> None:
    """What is said to readers beside is text, with no letter that has no place in it; it may be empty."""
    entry = arguments.entry(key, said)
    if not isinstance(said, str):
        entry.refuse(allowed="text")
    else:
        entry.has_hidden()


def _check_event(key: str, event: Any, arguments: Arguments) -> Any:
    """An event made in Python is of a kind, falls into a quarter, and says what its kind needs and nothing else.

    It may fall outside the run, as where a scenario is shortened: then it does not happen. Gives it back with plain
    whole numbers.
    """
    if not isinstance(event, Event) or not isinstance(event.kind, EventKind):
        arguments.entry(key, f"<{type(event).__name__}>").refuse(allowed="an Event of one of the kinds of EventKind")
        return event
    fields: Any = event.fields
    if not isinstance(fields, Mapping):
        arguments.entry(f"{key}.fields", fields).refuse(allowed="what the event says, by the name of its field")
        return event
    first = arguments.whole(f"{key}.at", event.at, FIRST_YEAR * 4, LAST_YEAR * 4 + 3)
    latest, until = event.latest, event.until
    if latest is not None:
        latest = arguments.whole(f"{key}.latest", event.latest, first, LAST_YEAR * 4 + 3)
    if until is not None:
        until = arguments.whole(f"{key}.until", until, first if latest is None else latest, LAST_YEAR * 4 + 3)
        if not FORMS[event.kind].lasts:
            entry = arguments.entry(f"{key}.until", event.until)
            entry.refuse(allowed=f"None, save where an event lasts: {listed(LASTING)}")
    if event.afterwards not in (True, False):
        arguments.entry(f"{key}.afterwards", event.afterwards).refuse(allowed="True or False")
    _check_said(f"{key}.note", event.note, arguments)
    form = FORMS[event.kind]
    known = [*form.needs, *form.may]
    missing = [name for name in form.needs if name not in event.fields]
    if missing:
        arguments.entry(f"{key}.fields", listed(event.fields) or "nothing").refuse(allowed=f"with {listed(missing)}")
    for name in event.fields:
        if name not in known:
            entry = arguments.entry(f"{key}.fields.{name}", name)
            entry.refuse(allowed=listed(known), nearest=nearest_to(name, known))
    return replace(event, at=first, latest=latest, until=until)


def _check_settings(key: str, event: Any, evidence: Evidence, arguments: Arguments) -> None:
    """An event that sets numbers names those of the evidence, with a finite value each; of ranges a file is asked."""
    if not isinstance(event, Event) or event.kind is not EventKind.SET:
        return
    fields: Any = event.fields
    if not isinstance(fields, Mapping):
        return
    names, values = fields.get("number"), fields.get("to")
    entry = arguments.entry(f"{key}.fields", "number and to")
    if not isinstance(names, tuple) or not isinstance(values, tuple) or not names or len(names) != len(values):
        entry.refuse(allowed="a tuple of names of numbers, and a tuple of as many values")
        return
    for name, value in zip(names, values, strict=True):
        named = arguments.entry(f"{key}.fields.number", name)
        if not isinstance(name, str):
            named.refuse(allowed="the name of a number of the evidence, as text")
        elif name.startswith(ONE_FOR_ALL):
            named.refuse(allowed="a number of the world; a line between outcome words holds for the whole run")
        elif check_number_name(named, name, evidence) is not None:
            check_number(arguments.entry(f"{key}.fields.to", value))
