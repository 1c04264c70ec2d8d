"""Numbers, seeds and runs given in Python, checked as scenario files are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.evidence.dates import is_day
from sim.evidence.documents import FACT_IDS
from sim.evidence.needed import check_needed
from sim.evidence.posterior import TAKEN
from sim.evidence.story import span
from sim.io.checks import check_choice
from sim.io.letters import is_on_one_line
from sim.io.limits import FIRST_YEAR, LARGEST_SEED, LAST_YEAR, MOST_RUNS
from sim.scenario.event_arguments import check_event, check_said
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
        events.append(check_event(f"{scenario.name}.events[{number}]", event, evidence, arguments))
    numbers = _check_numbers(scenario, evidence, arguments)
    check_taken(scenario, evidence, arguments)
    FACT_IDS.read(arguments.entry(f"{scenario.name}.evidence", list(scenario.evidence)), evidence)
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
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            arguments.entry(f"{scenario.name}.{key}", value).refuse(allowed="a tuple")
    arguments.path_or_none(f"{scenario.name}.path", scenario.path)
    if len(arguments.problems) == before:
        for key, said in (
            ("notes", scenario.notes),
            *((f"extends[{at}]", name) for at, name in enumerate(scenario.extends)),
            *((f"beyond.{name}", why) for name, why in scenario.beyond.items()),
        ):
            check_said(f"{scenario.name}.{key}", said, arguments)
    return len(arguments.problems) == before
