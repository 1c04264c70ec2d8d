"""The systems: mechanisms that can be switched off, with their claims, rules and strengths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.documents import Fact, read_section, usable_facts
from sim.evidence.numbers import NumberReader
from sim.io.checks import check_choices, check_keys, check_list, check_text
from sim.io.errors import Entry, Problems

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, kw_only=True)
class System:
    """A mechanism that can be switched off: its strengths are the numbers then set to 0."""

    id: str
    name: str
    claim: str
    evidence: tuple[str, ...]
    rules: tuple[str, ...]
    strengths: tuple[str, ...]
    file: str
    line: int


_SYSTEM_KEYS = ("name", "claim", "evidence", "rules", "strengths")


def read_systems(path: Path, facts: Mapping[str, Fact], numbers: NumberReader, problems: Problems) -> dict[str, System]:
    """The systems by id."""
    systems = {}
    for name, entry in read_section(path, "systems", problems).items():
        if not check_keys(entry, _SYSTEM_KEYS, (), problems):
            continue
        keys = entry.value
        systems[name] = System(
            id=name,
            name=check_text(keys.get("name"), problems),
            claim=check_text(keys.get("claim"), problems),
            evidence=_evidence_of(keys.get("evidence"), facts, problems),
            rules=_texts(keys.get("rules"), problems),
            strengths=check_strengths(keys.get("strengths"), numbers.read, problems),
            file=entry.file,
            line=entry.line,
        )
    return systems


def check_strengths(entry: Entry | None, numbers: Collection[str], problems: Problems) -> tuple[str, ...]:
    """A strength is a number of the parameters; a system has at least one, or it could not be switched off."""
    strengths = check_choices(entry, numbers, problems)
    if entry is not None and entry.value == []:
        problems.about(entry, found="", message="a system needs a strength, or it could not be switched off")
    return strengths


def _evidence_of(entry: Entry | None, facts: Mapping[str, Fact], problems: Problems) -> tuple[str, ...]:
    items = [] if entry is None else check_list(entry, problems, "a list of ids of facts")
    if entry is not None and entry.value == []:
        problems.about(entry, found="", message="evidence is missing: the ids of facts")
    return usable_facts(items, facts, problems)


def _texts(entry: Entry | None, problems: Problems) -> tuple[str, ...]:
    items = [] if entry is None else check_list(entry, problems)
    return tuple(check_text(item, problems) for item in items)
