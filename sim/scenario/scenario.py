"""Scenarios: questions put to the model, written as short YAML files.

A scenario says which world, from when to when, how many runs; which numbers differ from the evidence, which systems are
switched off, and what happens from outside (events). It may extend another scenario and then states only what differs.
Everything is checked before anything runs, and every mistake is told with its file and line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.dates import DAY
from sim.evidence.documents import FACT_IDS
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.posterior import FIXED, TAKEN
from sim.evidence.worlds import HOME_WORLD, list_worlds, seeds_folder
from sim.io.checks import check_choice
from sim.io.errors import Entry, InputError, Problems, input_error, quoted
from sim.io.forms import (
    NAME_SCHEMA,
    TEXT,
    Form,
    Reader,
    Values,
    as_written,
    group,
    items,
    names_of,
    part,
    read_form,
    whole_number,
    word,
)
from sim.io.limits import LARGEST_SEED, MOST_RUNS
from sim.scenario.calendar import QUARTER, quarter_text
from sim.scenario.events import Event
from sim.scenario.family import Member, find_scenario, read_family
from sim.scenario.following import check_computes
from sim.scenario.inherited import events_in_run, refuse_world
from sim.scenario.known import check_events_known, check_numbers_known, check_readings_known
from sim.scenario.readings import check_readings, moved_by
from sim.scenario.timeline import EventSpec, read_events, unfold
from sim.scenario.unions import check_one_union
from sim.scenario.units import Range, check_number_name, read_override

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario with everything it inherits. `start` and `end` (inclusive) are quarters, year * 4 + quarter - 1.

    `numbers` have one value in all runs; `sampled` are drawn anew for every run and go before `numbers` of that name.
    So many runs one after the other as `lucks_per_draw` says share a draw, each on its own luck.
    `fitted` says how numbers that calibration fitted are taken: `fixed`, one value of each, or `posterior`, one row of
    the posterior for every run.
    `readings` are those taken where sources contradict each other, by switch; what they make of numbers stands in
    `numbers`, and `by_reading` says which of them a switch has moved.
    `knows_until` is the last day of which the scenario may know, its own or its world's ("2019-12-31"; "" for none):
    what it holds beside that are events that say that they are known only afterwards.
    `seeds` is the folder from which its world is read; None for the seeds that come with the package.
    `origins` says where each thing that was stated stands (`from`, `numbers.<name>`, `without.<system>` and so on ->
    `file:line`); it is no part of what is asked.
    """

    name: str
    title: str
    question: str
    world: str
    start: int
    end: int
    runs: int
    seed: int
    numbers: Mapping[str, float] = field(default_factory=dict)
    sampled: Mapping[str, Range] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    by_reading: Mapping[str, str] = field(default_factory=dict)
    lucks_per_draw: int = 1
    fitted: str = FIXED
    without: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    evidence: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    notes: str = ""
    beyond: Mapping[str, str] = field(default_factory=dict)
    knows_until: str = ""
    path: Path | None = None
    seeds: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def quarters(self) -> int:
        """How many quarters the scenario runs."""
        return self.end - self.start + 1


# --- loading a scenario ----------------------------------------------------------------------------------------------


def load_scenario(
    name_or_path: str | Path, *, folder: Path | str | None = None, seeds: Path | str | None = None
) -> Scenario:
    """Read, check and resolve a scenario.

    `name_or_path` is the name of a scenario in `folder` (or of those that come with the package), or the path of a YAML
    file. `seeds` is the folder from which its world is read, in place of the seeds that come with the package; the
    scenario remembers it, so that whatever is asked about it afterwards reads the same numbers. Raises `InputError`
    with every problem of the file and of those it extends.
    """
    path = find_scenario(name_or_path, folder)
    seeds = None if seeds is None else seeds_folder(seeds, "load_scenario")
    problems = Problems()
    family = read_family(path, SCENARIO, problems)
    if not family:
        problems.raise_if_any()
    evidence = _load_world(family, seeds, problems)
    if evidence is None:
        problems.raise_if_any()
        raise AssertionError("a world that cannot be read has been complained about")
    scenario = _resolve(_drafts(family, evidence), evidence)
    problems.raise_if_any()
    assert scenario is not None
    return scenario if seeds is None else replace(scenario, seeds=seeds)


def evidence_of(scenario: Scenario, seeds: Path | str | None = None) -> Evidence:
    """The evidence for the world of a scenario, from the folder from which the scenario itself was read.

    `seeds` is another folder in its place. Raises `InputError` with every problem found.
    """
    return load_evidence(scenario.world, scenario.seeds if seeds is None else seeds)


def scenario_of(what: str | Path | Scenario, seeds: Path | str | None = None, door: str = "load_scenario") -> Scenario:
    """A scenario as it is, or read by its name or path, with its world from the folder `seeds`.

    `door` is what its user calls the function that was given both. Raises `InputError`, also where a scenario comes
    from another folder than this.
    """
    if not isinstance(what, Scenario):
        return load_scenario(what, seeds=seeds)
    if seeds is None or seeds_folder(seeds, door) == (what.seeds or seeds_folder()):
        return what
    found, allowed = quoted(str(seeds)), f"the folder from which {what.name} was read, or none"
    raise input_error(f"{door}: seeds", "this scenario was read already", found=found, allowed=allowed)


def with_number(scenario: Scenario, name: str, value: float | Range, beyond: str = "") -> Scenario:
    """The scenario with one number set, or drawn from a range, in place of whatever it said before.

    `beyond` is the reason for leaving the number's range; the value itself is not checked here.
    """
    numbers = {known: one for known, one in scenario.numbers.items() if known != name}
    sampled = {known: one for known, one in scenario.sampled.items() if known != name}
    reasons = {known: why for known, why in scenario.beyond.items() if known != name}
    if isinstance(value, Range):
        sampled[name] = value
    else:
        numbers[name] = value
    by_reading = {known: switch for known, switch in scenario.by_reading.items() if known != name}
    beyond_it = reasons | ({name: beyond} if beyond else {})
    return replace(scenario, numbers=numbers, sampled=sampled, beyond=beyond_it, by_reading=by_reading)


def with_fitted(scenario: Scenario, fitted: str | None) -> Scenario:
    """The scenario with fitted numbers taken from the `posterior`, or `fixed`; as it says itself if None.

    The word is checked where the scenario is played.
    """
    return scenario if fitted is None else replace(scenario, fitted=fitted)


def _load_world(family: list[Member], seeds: Path | None, problems: Problems) -> Evidence | None:
    """The evidence of the world that the nearest member names; problems about the evidence are passed on."""
    entry = next((member.top.value["world"] for member in family if "world" in member.top.value), None)
    world = HOME_WORLD if entry is None else check_choice(entry, list_worlds(seeds), "list worlds")
    if world is None:
        return None
    try:
        return load_evidence(world, seeds)
    except InputError as error:
        for problem in error.problems:
            problems.add(problem)
        return None


# --- one file --------------------------------------------------------------------------------------------------------

_SYSTEMS: Reader[Evidence] = names_of(lambda evidence: evidence.systems, "list systems")
SCENARIO: Form[Evidence] = Form(
    needs={"title": TEXT.says("what this is, in a line"), "question": TEXT.says("what is asked")},
    may={
        "extends": as_written(NAME_SCHEMA).says("the scenario this one starts from: a name, never a path"),
        "world": as_written(NAME_SCHEMA).says("whose states and powers; the home world unless told otherwise"),
        "from": QUARTER.says("the first quarter, such as 2026-Q1"),
        "to": QUARTER.says("the last quarter, such as 2035-Q4"),
        "runs": whole_number(1, MOST_RUNS).says("how many times chance is played through"),
        "seed": whole_number(0, LARGEST_SEED).says("which luck; the same seed gives the same results, and 0 is a seed"),
        "readings": group({"type": "string"}, "readings by switch").says(
            "which reading to take where sources contradict each other, by switch"
        ),
        "numbers": group(part("setting"), "numbers by name").says(
            "numbers that differ from the evidence, by name: a value, a level, or a range drawn for every run"
        ),
        "fitted": word(TAKEN).says(
            "how numbers that were fitted are taken: posterior, a row of the posterior sample for every run, or fixed, "
            "the single value of each"
        ),
        "without": _SYSTEMS.says("systems of the model switched off, by id"),
        "events": items(part("event"), "a list of events").says("what happens from outside"),
        "evidence": FACT_IDS.says("the facts behind the question, by id"),
        "knows_until": DAY.says("the last day of which it may know; what came later is an event with 'afterwards'"),
        "notes": TEXT.says("anything a reader should know"),
    },
    schema={"anyOf": [{"required": ["extends"]}, {"required": ["from", "to", "runs", "seed"]}]},
)
SCENARIO_KEYS = tuple(SCENARIO.keys)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Draft:
    """What one file of the chain states, checked on its own: values by key, numbers and their places and reasons."""

    path: Path
    top: Entry
    values: Values
    numbers: dict[str, float | Range]
    places: dict[str, Entry]
    beyond: dict[str, str]
    readings: dict[str, str]
    events: tuple[EventSpec, ...]


def _drafts(family: list[Member], evidence: Evidence) -> list[_Draft]:
    """What each file of a chain states; what an older one says of another world is told where that world is named."""
    worlds = [member.top.value.get("world") for member in family]
    place = next((at for at, world in enumerate(worlds) if world is not None), len(family))
    drafts = [_draft(member, evidence) for member in family[: place + 1]]
    wrong = Problems()
    for member in family[place + 1 :]:
        apart = Member(path=member.path, top=member.top.noted_in(wrong))
        drafts.append(_draft(apart, evidence))
    named = None if place == len(family) else worlds[place]
    theirs = next((world.text or "" for world in worlds[place + 1 :] if world is not None), HOME_WORLD)
    if named is None or theirs == evidence.world:
        family[0].top.problems.take(wrong)
    elif len(wrong):
        refuse_world(named, family[place + 1].path, theirs, wrong)
    return drafts


def _draft(member: Member, evidence: Evidence) -> _Draft:
    values = read_form(member.top, SCENARIO, evidence)
    assert values is not None  # its keys have been looked at when the family was read
    numbers: dict[str, float | Range] = {}
    places: dict[str, Entry] = {}
    beyond: dict[str, str] = {}
    for written, item in values["numbers"].items():
        name = check_number_name(item, written, evidence)
        if name is None:
            continue
        if name in places:
            item.refuse(message=f"'{name}' is set twice")
            continue
        places[name] = item
        value, reason = read_override(item, evidence.numbers[name])
        if value is not None:
            numbers[name] = value
        if reason:
            beyond[name] = reason
    events = read_events(values["events"], evidence)
    return _Draft(
        path=member.path,
        top=member.top,
        values=values,
        numbers=numbers,
        places=places,
        beyond=beyond,
        readings=check_readings(values["readings"], evidence),
        events=events,
    )


# --- the chain put together ------------------------------------------------------------------------------------------


def _resolve(drafts: list[_Draft], evidence: Evidence) -> Scenario | None:
    """The scenario: what the file says, and for the rest what those it extends say."""
    own = drafts[0]
    start, end, runs, seed = (_nearest(drafts, key) for key in ("from", "to", "runs", "seed"))
    if start is None or end is None or runs is None or seed is None:
        return None
    check_order(drafts, start, end)
    oldest_first = drafts[::-1]
    numbers: dict[str, float | Range] = {}
    beyond: dict[str, str] = {}
    readings: dict[str, str] = {}
    for draft in oldest_first:
        numbers |= draft.numbers
        beyond = {name: why for name, why in beyond.items() if name not in draft.numbers} | draft.beyond
        readings |= draft.readings
    moved = moved_by(readings, evidence, numbers)
    numbers = {**moved.numbers, **numbers}
    without = tuple(dict.fromkeys(chain.from_iterable(draft.values["without"] for draft in oldest_first)))
    events = unfold(events_in_run(drafts, start, end), start, end)
    until = _check_known(drafts, evidence, end)
    places = {name: entry for draft in oldest_first for name, entry in draft.places.items()}
    check_one_union(events, numbers, places, evidence, own.top.problems)
    off = {strength for system in without for strength in evidence.systems[system].strengths}
    scenario = Scenario(
        name=own.path.stem,
        title=own.values["title"],
        question=own.values["question"],
        world=evidence.world,
        start=start,
        end=end,
        runs=runs,
        seed=seed,
        numbers={name: value for name, value in numbers.items() if not isinstance(value, Range)},
        sampled={name: value for name, value in numbers.items() if isinstance(value, Range) and name not in off},
        readings=readings,
        by_reading=moved.switches,
        fitted=_nearest_or(drafts, "fitted", FIXED),
        without=without,
        events=events,
        evidence=tuple(dict.fromkeys(chain.from_iterable(draft.values["evidence"] for draft in oldest_first))),
        extends=tuple(draft.path.stem for draft in drafts[1:]),
        notes=own.values["notes"],
        beyond={**moved.beyond, **beyond},
        knows_until=until,
        path=own.path,
        origins=_origins(oldest_first),
    )
    check_computes(scenario, evidence, places, own.top)
    return scenario


def _check_known(drafts: list[_Draft], evidence: Evidence, end: int) -> str:
    """The last day of which the scenario may know, by the nearest that says it, or else its world; "" for none.

    What it holds is checked against that day.
    """
    own = next((draft for draft in drafts if "knows_until" in draft.top.value), None)
    until: str = evidence.knows_until if own is None else own.values["knows_until"]
    if own is not None and not until:
        return ""  # which has been told
    if own is not None and until != evidence.knows_until:
        said = {name for draft in drafts for name in draft.numbers}
        check_numbers_known(own.top.value["knows_until"], until, evidence, said)
    for draft in drafts:
        check_events_known(draft.events, until, evidence, end)
        if until:
            check_readings_known(draft.values["readings"], draft.readings, until, evidence)
    return until


def _origins(oldest_first: list[_Draft]) -> dict[str, str]:
    """Where each thing stands: for what replaces, in the last file that states it; for what adds up, in the first."""
    places: dict[str, str] = {}
    added: dict[str, str] = {}
    for draft in oldest_first:
        keys = draft.top.value
        for key in ("world", "from", "to", "runs", "seed", "fitted", "knows_until", "title", "question", "notes"):
            if key in keys:
                places[key] = keys[key].place
        for name, entry in draft.places.items():
            places[f"numbers.{name}"] = entry.place
        for switch in draft.readings:
            places[f"readings.{switch}"] = draft.values["readings"][switch].place
        for key in ("without", "evidence"):
            for entry in keys[key].value if key in keys and isinstance(keys[key].value, list) else ():
                added.setdefault(f"{key}.{entry.text}", entry.place)
    return places | added


def _nearest(drafts: list[_Draft], key: str) -> int | None:
    """What the scenario, or else the nearest it extends, says; a problem when none says it and all could be read."""
    for draft in drafts:
        if key in draft.top.value:
            value: int | None = draft.values[key]
            return value
    if "extends" not in drafts[-1].top.value:
        drafts[0].top.refuse(found="", message=f"'{key}' is missing, here and in what is extended")
    return None


def _nearest_or(drafts: list[_Draft], key: str, usual: str) -> str:
    """What the scenario, or else the nearest it extends, says in a word; `usual` where none does."""
    return next((draft.values[key] for draft in drafts if key in draft.top.value), None) or usual


def check_order(drafts: list[_Draft], start: int, end: int) -> None:
    """A run ends no sooner than it starts."""
    if end < start:
        entry = next(draft.top.value["to"] for draft in drafts if "to" in draft.top.value)
        entry.refuse(allowed=f"{quarter_text(start)} or later, when the run starts")
