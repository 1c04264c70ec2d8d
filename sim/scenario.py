"""Scenarios: questions put to the model, written as short YAML files.

A scenario says which world, from when to when, how many runs; which numbers differ from the evidence, which systems are
switched off, and what happens from outside (events). It may extend another scenario and then states only what differs.
Everything is checked before anything runs, and every mistake is told with its file and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sim.amounts import Range, check_level, check_percentage, check_size, parse_quantity, read_override
from sim.complaints import (
    Complaint,
    Complaints,
    Entry,
    InputError,
    check_choice,
    check_choices,
    check_group,
    check_keys,
    check_list,
    check_number,
    check_text,
    check_unknown_keys,
    check_whole_number,
    input_error,
    listed,
    nearest_to,
    quoted,
    read_yaml,
    shown_path,
)
from sim.evidence import (
    DOMAINS,
    HOME_WORLD,
    Evidence,
    check_usable_fact,
    list_worlds,
    load_evidence,
    shipped_folder,
)
from sim.quarters import check_quarter, parse_quarter, quarter_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "Event",
    "EventKind",
    "Scenario",
    "check_number_name",
    "list_scenarios",
    "load_scenario",
    "parse_quantity",
    "parse_quarter",
    "quarter_text",
    "read_override",
    "with_number",
]

MOST_RUNS = 10_000_000
LARGEST_SEED = 2**63 - 1
EVERYTHING = "all"

FieldValue: TypeAlias = str | float | tuple[str, ...] | None


class EventKind(Enum):
    """What can happen from outside; the value is the sentence a chronicle makes of it."""

    SUMMIT = "{host} receives the leaders of {guests} at a summit."
    OFFER = "{by} lays an offer before {to}: {kind}, {size}."
    TARIFF = "{by} puts a tariff of {rate} on goods from {against}."
    CRISIS = "A crisis breaks out in {in}, of severity {severity}."
    VISIT = "The leader of {by} visits {to}."
    CAPACITY = "The capacity of {of} changes by {change} {kind}."
    RIVALRY = "The rivalry of {between} shifts {domain}."


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happens from outside in quarter `at` (year * 4 + quarter - 1).

    `fields` by kind (sizes in bn USD, for security in index points; rates and changes as fractions):

    - summit: host, guests (a tuple)
    - offer: by, to, kind, size, exclusivity and governance (0..1, or None for what the power asks anyway)
    - tariff: by, against, rate
    - crisis: in, severity (0..1)
    - visit: by, to; one a state, the other a power
    - capacity: of, kind (or "all"), change
    - rivalry: between (two codes, or "all"), domain (or "all"), to, by (one of the two is None)
    """

    at: int
    kind: EventKind
    fields: Mapping[str, FieldValue]
    evidence: tuple[str, ...] = ()
    note: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario with everything it inherits. `start` and `end` (inclusive) are quarters, year * 4 + quarter - 1.

    `numbers` have one value in all runs; `sampled` are drawn anew for every run and go before `numbers` of that name.
    So many runs one after the other as `lucks_per_draw` says share a draw, each on its own luck.
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
    lucks_per_draw: int = 1
    without: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    evidence: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    notes: str = ""
    beyond: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None

    @property
    def quarters(self) -> int:
        """How many quarters the scenario runs."""
        return self.end - self.start + 1


# --- finding scenarios -----------------------------------------------------------------------------------------------

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\Z")


def list_scenarios(folder: Path | str | None = None) -> tuple[str, ...]:
    """The names of the scenarios in `folder`, or of those that come with the package."""
    place = shipped_folder("scenarios") if folder is None else Path(folder)
    return tuple(sorted(path.stem for path in place.glob("*.yaml")))


def load_scenario(
    name_or_path: str | Path, *, folder: Path | str | None = None, seeds: Path | str | None = None
) -> Scenario:
    """Read, check and resolve a scenario.

    `name_or_path` is the name of a scenario in `folder` (or of those that come with the package), or the path of a YAML
    file. Raises `InputError` with every problem of the file and of those it extends.
    """
    path = _find(name_or_path, folder)
    complaints = Complaints()
    family = _read_family(path, complaints)
    if not family:
        complaints.raise_if_any()
    evidence = _load_world(family, seeds, complaints)
    if evidence is None:
        complaints.raise_if_any()
        raise AssertionError("a world that cannot be read has been complained about")
    drafts = [_Draft(member, evidence, complaints) for member in family]
    scenario = _resolve(drafts, evidence, complaints)
    complaints.raise_if_any()
    assert scenario is not None
    return scenario


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
    return replace(scenario, numbers=numbers, sampled=sampled, beyond=reasons | ({name: beyond} if beyond else {}))


def _find(name_or_path: str | Path, folder: Path | str | None) -> Path:
    written = str(name_or_path)
    if isinstance(name_or_path, Path) or written.endswith((".yaml", ".yml")) or "/" in written or "\\" in written:
        return Path(name_or_path)
    place = shipped_folder("scenarios") if folder is None else Path(folder)
    known = list_scenarios(place)
    if written in known:
        return place / f"{written}.yaml"
    raise input_error(
        shown_path(place),
        "there is no such scenario",
        found=quoted(written),
        allowed=f"{listed(known)}, or the path of a YAML file",
        nearest=nearest_to(written, known),
    )


@dataclass(frozen=True, kw_only=True)
class _Member:
    """One file of a chain of scenarios."""

    path: Path
    top: Entry


def _read_family(path: Path, complaints: Complaints) -> list[_Member]:
    """The scenario and those it extends, the scenario itself first; empty when the file cannot be read."""
    family: list[_Member] = []
    following: Path | None = path
    while following is not None:
        top = read_yaml(following, complaints)
        if top is None or not check_keys(top, ("title", "question"), _KEYS, complaints):
            break
        family.append(_Member(path=following, top=top))
        parent = top.value.get("extends")
        following = None if parent is None else check_parent(parent, following, family, complaints)
    return family


def check_parent(entry: Entry, child: Path, family: list[_Member], complaints: Complaints) -> Path | None:
    """What is extended is the name of a scenario beside this one or of a shipped one, and not one of its own heirs."""
    folders = (child.parent, shipped_folder("scenarios"))
    known = list(dict.fromkeys(name for place in folders for name in list_scenarios(place)))
    name = check_choice(entry, known, complaints)
    if name is None or not check_name(entry, name, complaints):
        return None
    path = next(place / f"{name}.yaml" for place in folders if name in list_scenarios(place))
    chain = [member.path.resolve() for member in family]
    if path.resolve() in chain:
        circle = " -> ".join([*(member.path.stem for member in family), name])
        complaints.about(entry, message=f"scenarios extend each other in a circle: {circle}")
        return None
    return path


def check_name(entry: Entry, name: str, complaints: Complaints) -> bool:
    """The name of a scenario is small letters, digits and hyphens; never a path."""
    if _NAME.match(name):
        return True
    complaints.about(entry, allowed="the name of a scenario: small letters, digits and hyphens, no path")
    return False


def _load_world(family: list[_Member], seeds: Path | str | None, complaints: Complaints) -> Evidence | None:
    """The evidence of the world that the nearest member names; complaints about the evidence are passed on."""
    entry = next((member.top.value["world"] for member in family if "world" in member.top.value), None)
    world = HOME_WORLD if entry is None else check_choice(entry, list_worlds(seeds), complaints)
    if world is None:
        return None
    try:
        return load_evidence(world, seeds)
    except InputError as error:
        for complaint in error.complaints:
            complaints.add(complaint)
        return None


# --- one file --------------------------------------------------------------------------------------------------------

_KEYS = ("extends", "world", "from", "to", "runs", "seed", "numbers", "without", "events", "evidence", "notes")


class _Draft:
    """What one file of the chain states, checked on its own."""

    def __init__(self, member: _Member, evidence: Evidence, complaints: Complaints) -> None:
        keys = member.top.value
        self.path = member.path
        self.top = member.top
        self.title = check_text(keys.get("title"), complaints)
        self.question = check_text(keys.get("question"), complaints)
        self.notes = check_text(keys.get("notes"), complaints)
        self.start = check_quarter(keys.get("from"), complaints)
        self.end = check_quarter(keys.get("to"), complaints)
        self.runs = check_whole_number(keys.get("runs"), complaints, 1, MOST_RUNS)
        self.seed = check_whole_number(keys.get("seed"), complaints, 0, LARGEST_SEED)
        self.numbers: dict[str, float | Range] = {}
        self.beyond: dict[str, str] = {}
        self._read_numbers(keys.get("numbers"), evidence, complaints)
        self.without = check_choices(keys.get("without"), evidence.systems, complaints)
        self.evidence = check_facts(keys.get("evidence"), evidence, complaints)
        self.events = read_events(keys.get("events"), evidence, complaints)

    def _read_numbers(self, entry: Entry | None, evidence: Evidence, complaints: Complaints) -> None:
        if entry is None:
            return
        for written, item in check_group(entry, complaints, "numbers by name").items():
            name = check_number_name(item, written, evidence, complaints)
            if name is None:
                continue
            if name in self.numbers:
                complaints.about(item, message=f"'{name}' is set twice")
                continue
            value, reason = read_override(item, evidence.numbers[name], complaints)
            if value is not None:
                self.numbers[name] = value
            if reason:
                self.beyond[name] = reason


def check_facts(entry: Entry | None, evidence: Evidence, complaints: Complaints) -> tuple[str, ...]:
    """A list of ids of facts that may serve as evidence."""
    if entry is None:
        return ()
    items = check_list(entry, complaints, "a list of ids of facts")
    facts = evidence.facts
    return tuple(item.text or "" for item in items if check_usable_fact(item, item.text or "", facts, complaints))


def check_number_name(entry: Entry, written: str, evidence: Evidence, complaints: Complaints) -> str | None:
    """The name of a number of the evidence; the two powers of a rivalry may stand in either order."""
    parts = written.split(".")
    if len(parts) == 4 and parts[0] == "rivalry":
        parts[1:3] = sorted(parts[1:3])
    name = ".".join(parts)
    if name in evidence.numbers:
        return name
    complaints.about(
        entry,
        found=f"the unknown number {quoted(written)}",
        allowed="the name of a number of the evidence ('multivector list' names them)",
        nearest=nearest_to(name, evidence.numbers),
    )
    return None


# --- events ----------------------------------------------------------------------------------------------------------

_EVENT_KINDS = tuple(kind.name.lower() for kind in EventKind)
_EVENT_MORE = ("evidence", "note")


@dataclass(frozen=True, kw_only=True)
class _Actors:
    """The codes an event may name."""

    states: tuple[str, ...]
    powers: tuple[str, ...]
    kinds: tuple[str, ...]


def read_events(entry: Entry | None, evidence: Evidence, complaints: Complaints) -> tuple[Event, ...]:
    """The events of one file, in its order; an event that names several states becomes one event for each."""
    if entry is None:
        return ()
    actors = _Actors(
        states=tuple(state.code for state in evidence.states),
        powers=tuple(power.code for power in evidence.powers),
        kinds=evidence.kinds,
    )
    events: list[Event] = []
    for item in check_list(entry, complaints, "a list of events"):
        kind = check_event_kind(item, complaints)
        at = check_quarter(item.value.get("at"), complaints) if isinstance(item.value, dict) else None
        if kind is None:
            continue
        facts = check_facts(item.value.get("evidence"), evidence, complaints)
        note = check_text(item.value.get("note"), complaints)
        before = len(complaints)
        fields = _EVENT_READERS[kind](item.value[kind.name.lower()], actors, complaints)
        if len(complaints) == before and at is not None:
            events += [
                Event(at=at, kind=kind, fields=each, evidence=facts, note=note, file=item.file, line=item.line)
                for each in fields
            ]
    return tuple(events)


def check_event_kind(entry: Entry, complaints: Complaints) -> EventKind | None:
    """An event has a date and exactly one kind, and no key beyond that."""
    if not isinstance(entry.value, dict):
        complaints.about(entry, allowed="an event: at, and one of " + listed(_EVENT_KINDS))
        return None
    check_unknown_keys(entry, ("at", *_EVENT_KINDS, *_EVENT_MORE), complaints)
    if "at" not in entry.value:
        complaints.about(entry, found="", message="'at' is missing: the quarter in which it happens")
    kinds = [key for key in entry.value if key in _EVENT_KINDS]
    if len(kinds) != 1:
        found = f"{len(kinds)} kinds: {listed(kinds)}" if kinds else "no kind of event"
        complaints.about(entry, found=found, allowed="exactly one of " + listed(_EVENT_KINDS))
        return None
    return EventKind[kinds[0].upper()]


_Fields: TypeAlias = list[dict[str, FieldValue]]


def _read_summit(entry: Entry, actors: _Actors, complaints: Complaints) -> _Fields:
    if not check_keys(entry, ("host", "guests"), (), complaints):
        return []
    host = check_choice(entry.value.get("host"), actors.powers, complaints)
    guests = check_one_or_more(entry.value.get("guests"), actors.states, complaints)
    return [{"host": host, "guests": guests}]


def _read_offer(entry: Entry, actors: _Actors, complaints: Complaints) -> _Fields:
    if not check_keys(entry, ("by", "to", "kind", "size"), ("exclusivity", "governance"), complaints):
        return []
    keys = entry.value
    kind = check_choice(keys.get("kind"), actors.kinds, complaints)
    shared: dict[str, FieldValue] = {
        "kind": kind,
        "size": check_size(keys.get("size"), kind, complaints),
        "exclusivity": check_level(keys.get("exclusivity"), 0, 1, complaints),
        "governance": check_level(keys.get("governance"), 0, 1, complaints),
    }
    by = check_choice(keys.get("by"), actors.powers, complaints)
    return [{"by": by, "to": to, **shared} for to in check_one_or_more(keys.get("to"), actors.states, complaints)]


def _read_tariff(entry: Entry, actors: _Actors, complaints: Complaints) -> _Fields:
    if not check_keys(entry, ("by", "against", "rate"), (), complaints):
        return []
    by = check_choice(entry.value.get("by"), actors.powers, complaints)
    rate = check_percentage(entry.value.get("rate"), 0, 10, complaints)
    against = check_one_or_more(entry.value.get("against"), actors.states, complaints)
    return [{"by": by, "against": each, "rate": rate} for each in against]


def _read_crisis(entry: Entry, actors: _Actors, complaints: Complaints) -> _Fields:
    if not check_keys(entry, ("in", "severity"), (), complaints):
        return []
    severity = check_level(entry.value.get("severity"), 0, 1, complaints)
    places = check_one_or_more(entry.value.get("in"), actors.states, complaints)
    return [{"in": place, "severity": severity} for place in places]


def _read_visit(entry: Entry, actors: _Actors, complaints: Complaints) -> _Fields:
    if not check_keys(entry, ("by", "to"), (), complaints):
        return []
    everyone = (*actors.states, *actors.powers)
    by = check_choice(entry.value.get("by"), everyone, complaints)
    to = check_choice(entry.value.get("to"), everyone, complaints)
    check_visit_sides(entry, by, to, actors, complaints)
    return [{"by": by, "to": to}]


def check_visit_sides(entry: Entry, by: str | None, to: str | None, actors: _Actors, complaints: Complaints) -> None:
    """A visit joins a state and a power."""
    if by is not None and to is not None and (by in actors.states) == (to in actors.states):
        both = "two states" if by in actors.states else "two powers"
        complaints.about(entry, found=f"a visit between {both}, '{by}' and '{to}'", allowed="a state and a power")


def _read_capacity(entry: Entry, actors: _Actors, complaints: Complaints) -> _Fields:
    if not check_keys(entry, ("of", "change"), ("kind",), complaints):
        return []
    kind = check_or_everything(entry.value.get("kind"), actors.kinds, complaints)
    change = check_percentage(entry.value.get("change"), -1, 10, complaints)
    return [{"of": check_choice(entry.value.get("of"), actors.powers, complaints), "kind": kind, "change": change}]


def _read_rivalry(entry: Entry, actors: _Actors, complaints: Complaints) -> _Fields:
    if not check_keys(entry, ("between",), ("domain", "to", "by"), complaints):
        return []
    keys = entry.value
    if ("to" in keys) == ("by" in keys):
        found = "both 'to' and 'by'" if "to" in keys else "neither 'to' nor 'by'"
        complaints.about(entry, found=found, allowed="one of them")
    return [
        {
            "between": check_pair(keys.get("between"), actors, complaints),
            "domain": check_or_everything(keys.get("domain"), DOMAINS, complaints),
            "to": check_level(keys.get("to"), -1, 1, complaints),
            "by": check_number(keys.get("by"), complaints, -2, 2),
        }
    ]


_EVENT_READERS: Mapping[EventKind, Callable[[Entry, _Actors, Complaints], _Fields]] = {
    EventKind.SUMMIT: _read_summit,
    EventKind.OFFER: _read_offer,
    EventKind.TARIFF: _read_tariff,
    EventKind.CRISIS: _read_crisis,
    EventKind.VISIT: _read_visit,
    EventKind.CAPACITY: _read_capacity,
    EventKind.RIVALRY: _read_rivalry,
}


def check_or_everything(entry: Entry | None, choices: tuple[str, ...], complaints: Complaints) -> str | None:
    """One of the choices, or `all`, which is also meant when nothing is said."""
    return EVERYTHING if entry is None else check_choice(entry, (*choices, EVERYTHING), complaints)


def check_pair(entry: Entry | None, actors: _Actors, complaints: Complaints) -> FieldValue:
    """Two different powers, or `all`."""
    if entry is None:
        return None
    if entry.text == EVERYTHING:
        return EVERYTHING
    pair = check_choices(entry, actors.powers, complaints) if isinstance(entry.value, list) else ()
    if not isinstance(entry.value, list) or len(entry.value) != 2:
        complaints.about(entry, allowed="two powers, such as [A, B], or all")
    return pair


def check_one_or_more(entry: Entry | None, codes: tuple[str, ...], complaints: Complaints) -> tuple[str, ...]:
    """One code, a list of codes, or `all`."""
    if entry is None:
        return ()
    if entry.text == EVERYTHING:
        return codes
    if not isinstance(entry.value, list):
        code = check_choice(entry, (*codes, EVERYTHING), complaints)
        return () if code is None else (code,)
    if not entry.value:
        complaints.about(entry, found="an empty list", allowed=listed((*codes, EVERYTHING)))
    return check_choices(entry, codes, complaints)


# --- the chain put together ------------------------------------------------------------------------------------------


def _resolve(drafts: list[_Draft], evidence: Evidence, complaints: Complaints) -> Scenario | None:
    """The scenario: what the file says, and for the rest what those it extends say."""
    own = drafts[0]
    start = _nearest(drafts, "start", "from", complaints)
    end = _nearest(drafts, "end", "to", complaints)
    runs = _nearest(drafts, "runs", "runs", complaints)
    seed = _nearest(drafts, "seed", "seed", complaints)
    if start is None or end is None or runs is None or seed is None:
        return None
    check_order(drafts, start, end, complaints)
    oldest_first = drafts[::-1]
    events = tuple(event for draft in oldest_first for event in draft.events)
    for event in events:
        check_date_in_run(event, start, end, complaints)
    numbers: dict[str, float | Range] = {}
    beyond: dict[str, str] = {}
    for draft in oldest_first:
        numbers |= draft.numbers
        beyond = {name: why for name, why in beyond.items() if name not in draft.numbers} | draft.beyond
    without = _union(draft.without for draft in oldest_first)
    off = {strength for system in without for strength in evidence.systems[system].strengths}
    return Scenario(
        name=own.path.stem,
        title=own.title,
        question=own.question,
        world=evidence.world,
        start=start,
        end=end,
        runs=runs,
        seed=seed,
        numbers={name: value for name, value in numbers.items() if not isinstance(value, Range)},
        sampled={name: value for name, value in numbers.items() if isinstance(value, Range) and name not in off},
        without=without,
        events=events,
        evidence=_union(draft.evidence for draft in oldest_first),
        extends=tuple(draft.path.stem for draft in drafts[1:]),
        notes=own.notes,
        beyond=beyond,
        path=own.path,
    )


def _nearest(drafts: list[_Draft], attribute: str, key: str, complaints: Complaints) -> int | None:
    """What the scenario, or else the nearest it extends, says; a complaint when none says it and all could be read."""
    for draft in drafts:
        if key in draft.top.value:
            value: int | None = getattr(draft, attribute)
            return value
    if "extends" not in drafts[-1].top.value:
        complaints.about(drafts[0].top, found="", message=f"'{key}' is missing, here and in what is extended")
    return None


def _union(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def check_order(drafts: list[_Draft], start: int, end: int, complaints: Complaints) -> None:
    """A run ends no sooner than it starts."""
    if end < start:
        entry = next(draft.top.value["to"] for draft in drafts if "to" in draft.top.value)
        complaints.about(entry, allowed=f"{quarter_text(start)} or later, when the run starts")


def check_date_in_run(event: Event, start: int, end: int, complaints: Complaints) -> None:
    """An event happens within the run."""
    if not start <= event.at <= end:
        complaints.add(
            Complaint(
                file=event.file,
                line=event.line,
                key="at",
                found=f"'{quarter_text(event.at)}'",
                allowed=f"a quarter within the run, {quarter_text(start)} to {quarter_text(end)}",
            )
        )
