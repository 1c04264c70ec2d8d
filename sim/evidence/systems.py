"""The systems: mechanisms that can be switched off, with their claims, rules and strengths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.documents import Fact, read_section, usable_facts
from sim.evidence.numbers import NumberReader
from sim.io.checks import check_choices, check_keys, check_list, check_text
from sim.io.errors import Complaints, Entry

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


def read_systems(
    path: Path, facts: Mapping[str, Fact], numbers: NumberReader, complaints: Complaints
) -> dict[str, System]:
    """The systems by id."""
    systems = {}
    for name, entry in read_section(path, "systems", complaints).items():
        if not check_keys(entry, _SYSTEM_KEYS, (), complaints):
            continue
        keys = entry.value
        systems[name] = System(
            id=name,
            name=check_text(keys.get("name"), complaints),
            claim=check_text(keys.get("claim"), complaints),
            evidence=_evidence_of(keys.get("evidence"), facts, complaints),
            rules=_texts(keys.get("rules"), complaints),
            strengths=check_strengths(keys.get("strengths"), numbers.read, complaints),
            file=entry.file,
            line=entry.line,
        )
    return systems


def check_strengths(entry: Entry | None, numbers: Collection[str], complaints: Complaints) -> tuple[str, ...]:
    """A strength is a number of the parameters; a system has at least one, or it could not be switched off."""
    strengths = check_choices(entry, numbers, complaints)
    if entry is not None and entry.value == []:
        complaints.about(entry, found="", message="a system needs a strength, or it could not be switched off")
    return strengths


def _evidence_of(entry: Entry | None, facts: Mapping[str, Fact], complaints: Complaints) -> tuple[str, ...]:
    items = [] if entry is None else check_list(entry, complaints, "a list of ids of facts")
    if entry is not None and entry.value == []:
        complaints.about(entry, found="", message="evidence is missing: the ids of facts")
    return usable_facts(items, facts, complaints)


def _texts(entry: Entry | None, complaints: Complaints) -> tuple[str, ...]:
    items = [] if entry is None else check_list(entry, complaints)
    return tuple(check_text(item, complaints) for item in items)
