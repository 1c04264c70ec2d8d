"""Scenarios: questions put to the model, written as short YAML files.

A scenario says which world, from when to when, how many runs; which numbers differ from the evidence, which systems are
switched off, and what happens from outside (events). It may extend another scenario and then states only what differs.
Everything is checked before anything runs, and every mistake is told with its file and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.worlds import HOME_WORLD, list_worlds, shipped_folder
from sim.io.checks import check_choice, check_choices, check_group, check_keys, check_text, check_whole_number
from sim.io.errors import Entry, InputError, Problems, input_error, listed, nearest_to, quoted, shown_path
from sim.io.readers import read_yaml
from sim.scenario.calendar import check_quarter, quarter_text
from sim.scenario.events import Event
from sim.scenario.timeline import check_facts, read_events, unfold
from sim.scenario.units import Range, read_override

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_RUNS = 10_000_000
LARGEST_SEED = 2**63 - 1
MOST_FILES = 16
"""Files in a chain of scenarios that extend each other; a question nobody can follow is no question."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario with everything it inherits. `start` and `end` (inclusive) are quarters, year * 4 + quarter - 1.

    `numbers` have one value in all runs; `sampled` are drawn anew for every run and go before `numbers` of that name.
    So many runs one after the other as `lucks_per_draw` says share a draw, each on its own luck.
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
    lucks_per_draw: int = 1
    without: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    evidence: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    notes: str = ""
    beyond: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def quarters(self) -> int:
        """How many quarters the scenario runs."""
        return self.end - self.start + 1


# --- finding scenarios -----------------------------------------------------------------------------------------------

NAME_TEXT = "^[a-z0-9][a-z0-9-]*$"  # how a JSON Schema says it
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
    problems = Problems()
    family = _read_family(path, problems)
    if not family:
        problems.raise_if_any()
    evidence = _load_world(family, seeds, problems)
    if evidence is None:
        problems.raise_if_any()
        raise AssertionError("a world that cannot be read has been complained about")
    drafts = [_Draft(member, evidence, problems) for member in family]
    scenario = _resolve(drafts, evidence, problems)
    problems.raise_if_any()
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


def _read_family(path: Path, problems: Problems) -> list[_Member]:
    """The scenario and those it extends, the scenario itself first; empty when the file cannot be read."""
    family: list[_Member] = []
    following: Path | None = path
    while following is not None:
        top = read_yaml(following, problems)
        if top is None or not check_keys(top, ("title", "question"), SCENARIO_KEYS, problems):
            break
        family.append(_Member(path=following, top=top))
        parent = top.value.get("extends")
        following = None if parent is None else check_parent(parent, following, family, problems)
    return family


def check_parent(entry: Entry, child: Path, family: list[_Member], problems: Problems) -> Path | None:
    """What is extended is the name of a scenario beside this one or of a shipped one, and not one of its own heirs."""
    folders = (child.parent, shipped_folder("scenarios"))
    known = list(dict.fromkeys(name for place in folders for name in list_scenarios(place)))
    name = check_choice(entry, known, problems)
    if name is None or not check_name(entry, name, problems):
        return None
    path = next(place / f"{name}.yaml" for place in folders if name in list_scenarios(place))
    if not check_stays_inside(entry, path, problems) or not check_length(entry, family, problems):
        return None
    if path.resolve() in [member.path.resolve() for member in family]:
        circle = " -> ".join([*(member.path.stem for member in family), name])
        problems.about(entry, message=f"scenarios extend each other in a circle: {circle}")
        return None
    return path


def is_name(text: str) -> bool:
    """Whether this can be the name of a scenario: small letters, digits and hyphens, never a path."""
    return _NAME.match(text) is not None


def check_name(entry: Entry, name: str, problems: Problems) -> bool:
    """What is extended is a name."""
    if is_name(name):
        return True
    problems.about(entry, allowed="the name of a scenario: small letters, digits and hyphens, no path")
    return False


def check_stays_inside(entry: Entry, path: Path, problems: Problems) -> bool:
    """A link does not lead out of the folder; what was shipped may lie wherever it was installed."""
    try:
        home = path.parent.resolve()
        if home == shipped_folder("scenarios").resolve() or path.resolve().parent == home:
            return True
    except (OSError, RuntimeError):  # a link that leads to itself
        pass
    problems.about(entry, message="this is a link that leads out of its folder, and is not followed")
    return False


def check_length(entry: Entry, family: list[_Member], problems: Problems) -> bool:
    """A chain of scenarios has an end."""
    if len(family) < MOST_FILES:
        return True
    problems.about(entry, found=f"a chain of more than {MOST_FILES} files", allowed=f"at most {MOST_FILES}")
    return False


def _load_world(family: list[_Member], seeds: Path | str | None, problems: Problems) -> Evidence | None:
    """The evidence of the world that the nearest member names; problems about the evidence are passed on."""
    entry = next((member.top.value["world"] for member in family if "world" in member.top.value), None)
    world = HOME_WORLD if entry is None else check_choice(entry, list_worlds(seeds), problems)
    if world is None:
        return None
    try:
        return load_evidence(world, seeds)
    except InputError as error:
        for problem in error.problems:
            problems.add(problem)
        return None


# --- one file --------------------------------------------------------------------------------------------------------

SCENARIO_KEYS = ("extends", "world", "from", "to", "runs", "seed", "numbers", "without", "events", "evidence", "notes")


class _Draft:
    """What one file of the chain states, checked on its own."""

    def __init__(self, member: _Member, evidence: Evidence, problems: Problems) -> None:
        keys = member.top.value
        self.path = member.path
        self.top = member.top
        self.title = check_text(keys.get("title"), problems)
        self.question = check_text(keys.get("question"), problems)
        self.notes = check_text(keys.get("notes"), problems)
        self.start = check_quarter(keys.get("from"), problems)
        self.end = check_quarter(keys.get("to"), problems)
        self.runs = check_whole_number(keys.get("runs"), problems, 1, MOST_RUNS)
        self.seed = check_whole_number(keys.get("seed"), problems, 0, LARGEST_SEED)
        self.numbers: dict[str, float | Range] = {}
        self.places: dict[str, Entry] = {}
        self.beyond: dict[str, str] = {}
        self._read_numbers(keys.get("numbers"), evidence, problems)
        self.without = check_choices(keys.get("without"), evidence.systems, problems)
        self.evidence = check_facts(keys.get("evidence"), evidence, problems)
        self.events = read_events(keys.get("events"), evidence, problems)

    def _read_numbers(self, entry: Entry | None, evidence: Evidence, problems: Problems) -> None:
        if entry is None:
            return
        for written, item in check_group(entry, problems, "numbers by name").items():
            name = check_number_name(item, written, evidence, problems)
            if name is None:
                continue
            if name in self.places:
                problems.about(item, message=f"'{name}' is set twice")
                continue
            self.places[name] = item
            value, reason = read_override(item, evidence.numbers[name], problems)
            if value is not None:
                self.numbers[name] = value
            if reason:
                self.beyond[name] = reason


def check_number_name(entry: Entry, written: str, evidence: Evidence, problems: Problems) -> str | None:
    """The name of a number of the evidence; the two powers of a rivalry may stand in either order."""
    parts = written.split(".")
    if len(parts) == 4 and parts[0] == "rivalry":
        parts[1:3] = sorted(parts[1:3])
    name = ".".join(parts)
    if name in evidence.numbers:
        return name
    problems.about(
        entry,
        found=f"the unknown number {quoted(written)}",
        allowed="the name of a number of the evidence ('multivector list' names them)",
        nearest=nearest_to(name, evidence.numbers),
    )
    return None


# --- the chain put together ------------------------------------------------------------------------------------------


def _resolve(drafts: list[_Draft], evidence: Evidence, problems: Problems) -> Scenario | None:
    """The scenario: what the file says, and for the rest what those it extends say."""
    own = drafts[0]
    start = _nearest(drafts, "start", "from", problems)
    end = _nearest(drafts, "end", "to", problems)
    runs = _nearest(drafts, "runs", "runs", problems)
    seed = _nearest(drafts, "seed", "seed", problems)
    if start is None or end is None or runs is None or seed is None:
        return None
    check_order(drafts, start, end, problems)
    oldest_first = drafts[::-1]
    written = (item for draft in oldest_first for item in draft.events)
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
        events=unfold(written, start, end, problems),
        evidence=_union(draft.evidence for draft in oldest_first),
        extends=tuple(draft.path.stem for draft in drafts[1:]),
        notes=own.notes,
        beyond=beyond,
        path=own.path,
        origins=_origins(oldest_first),
    )


def _origins(oldest_first: list[_Draft]) -> dict[str, str]:
    """Where each thing stands: for what replaces, in the last file that states it; for what adds up, in the first."""
    places: dict[str, str] = {}
    added: dict[str, str] = {}
    for draft in oldest_first:
        keys = draft.top.value
        for key in ("world", "from", "to", "runs", "seed", "title", "question", "notes"):
            if key in keys:
                places[key] = _place(keys[key])
        for name, entry in draft.places.items():
            places[f"numbers.{name}"] = _place(entry)
        for key in ("without", "evidence"):
            for entry in keys[key].value if key in keys and isinstance(keys[key].value, list) else ():
                added.setdefault(f"{key}.{entry.text}", _place(entry))
    return places | added


def _place(entry: Entry) -> str:
    return f"{entry.file}:{entry.line}"


def _nearest(drafts: list[_Draft], attribute: str, key: str, problems: Problems) -> int | None:
    """What the scenario, or else the nearest it extends, says; a problem when none says it and all could be read."""
    for draft in drafts:
        if key in draft.top.value:
            value: int | None = getattr(draft, attribute)
            return value
    if "extends" not in drafts[-1].top.value:
        problems.about(drafts[0].top, found="", message=f"'{key}' is missing, here and in what is extended")
    return None


def _union(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def check_order(drafts: list[_Draft], start: int, end: int, problems: Problems) -> None:
    """A run ends no sooner than it starts."""
    if end < start:
        entry = next(draft.top.value["to"] for draft in drafts if "to" in draft.top.value)
        problems.about(entry, allowed=f"{quarter_text(start)} or later, when the run starts")
