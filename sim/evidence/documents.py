"""Documents, and the facts they state: what numbers rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sim.io.checks import check_choice, check_group, check_keys, check_list, check_number, check_text
from sim.io.errors import Entry, Problem, Problems, nearest_to, quoted
from sim.io.readers import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class FactKind(Enum):
    """What sort of thing a fact is."""

    FIGURE = "a figure"
    EVENT = "something that happened"
    CLAIM = "a claim about cause and effect"
    RULE = "a rule of behaviour"
    MEMBERSHIP = "a membership"
    STANCE = "a position someone takes"
    CAPABILITY = "a capability"
    FORECAST = "a forecast"


_FACT_KINDS = tuple(kind.name.lower() for kind in FactKind)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A source: how to cite it, how far it is to be believed (0..1), and which way it leans."""

    id: str
    citation: str
    kind: str
    reliability: float
    bias: str
    language: str = ""
    date: str = ""
    used_for: str = ""
    file: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing a document says, in our words; `use` is False for what is kept for the record only."""

    id: str
    kind: FactKind
    says: str
    document: str
    locator: str
    confidence: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    date: str = ""
    note: str = ""
    use: bool = True
    file: str
    line: int


_DOCUMENT_KEYS = ("citation", "kind", "reliability", "bias")
_DOCUMENT_MORE = ("language", "date", "used_for", "author", "note", "url", "licence")
_FACT_KEYS = ("id", "kind", "says", "document", "locator", "confidence")
_FACT_MORE = ("value", "low", "high", "unit", "date", "note", "use")


def read_documents(path: Path, problems: Problems) -> dict[str, Document]:
    """The documents by id."""
    documents = {}
    for name, entry in read_section(path, "documents", problems).items():
        if not check_keys(entry, _DOCUMENT_KEYS, _DOCUMENT_MORE, problems):
            continue
        keys = entry.value
        documents[name] = Document(
            id=name,
            citation=check_text(keys.get("citation"), problems),
            kind=check_text(keys.get("kind"), problems),
            reliability=check_number(keys.get("reliability"), problems, 0, 1) or 0.0,
            bias=check_text(keys.get("bias"), problems),
            language=optional_text(keys, "language", problems),
            date=optional_text(keys, "date", problems),
            used_for=optional_text(keys, "used_for", problems),
            file=entry.file,
            line=entry.line,
        )
    return documents


def read_facts(paths: Iterable[Path], documents: Mapping[str, Document], problems: Problems) -> dict[str, Fact]:
    """The facts of all themes by id; each id once in all files."""
    facts: dict[str, Fact] = {}
    for path in paths:
        top = read_yaml(path, problems)
        if top is None or not check_keys(top, ("facts",), (), problems) or "facts" not in top.value:
            continue
        for entry in check_list(top.value["facts"], problems, "a list of facts"):
            fact = _fact(entry, documents, problems)
            if fact is not None and check_new_fact(fact, facts, problems):
                facts[fact.id] = fact
    return facts


def _fact(entry: Entry, documents: Mapping[str, Document], problems: Problems) -> Fact | None:
    if not check_keys(entry, _FACT_KEYS, _FACT_MORE, problems):
        return None
    keys = entry.value
    kind = check_choice(keys.get("kind"), _FACT_KINDS, problems)
    check_figure_has_value(entry, kind, problems)
    return Fact(
        id=check_text(keys.get("id"), problems),
        kind=FactKind[(kind or "claim").upper()],
        says=check_text(keys.get("says"), problems),
        document=check_choice(keys.get("document"), documents, problems) or "",
        locator=check_text(keys.get("locator"), problems),
        confidence=check_number(keys.get("confidence"), problems, 0, 1) or 0.0,
        value=check_number(keys.get("value"), problems),
        low=check_number(keys.get("low"), problems),
        high=check_number(keys.get("high"), problems),
        unit=optional_text(keys, "unit", problems),
        date=optional_text(keys, "date", problems),
        note=optional_text(keys, "note", problems),
        use=_yes_or_no(keys.get("use"), problems),
        file=entry.file,
        line=entry.line,
    )


def check_new_fact(fact: Fact, facts: Mapping[str, Fact], problems: Problems) -> bool:
    """An id stands for one fact only."""
    if fact.id not in facts:
        return bool(fact.id)
    first = facts[fact.id]
    problems.add(
        Problem(
            file=fact.file,
            line=fact.line,
            key="id",
            found=f"'{fact.id}' a second time (first in {first.file}:{first.line})",
            allowed="each id once",
        )
    )
    return False


def check_figure_has_value(entry: Entry, kind: str | None, problems: Problems) -> None:
    """A fact that is a figure states its value and unit."""
    if kind == "figure":
        for key in ("value", "unit"):
            if key not in entry.value:
                problems.about(entry, found="", message=f"a fact of kind figure needs '{key}'")


def _yes_or_no(entry: Entry | None, problems: Problems) -> bool:
    if entry is None:
        return True
    return check_choice(entry, ("yes", "no", "true", "false"), problems) not in ("no", "false")


def optional_text(keys: Mapping[str, Entry], key: str, problems: Problems) -> str:
    """Text that may be left out: empty where there is none."""
    return check_text(keys[key], problems) if key in keys else ""


def read_section(path: Path, name: str, problems: Problems) -> dict[str, Entry]:
    """The mapping under the one top-level key of a file."""
    top = read_yaml(path, problems)
    if top is None or not check_keys(top, (name,), (), problems) or name not in top.value:
        return {}
    return check_group(top.value[name], problems)


def usable_facts(items: Iterable[Entry], facts: Mapping[str, Fact], problems: Problems) -> tuple[str, ...]:
    """The ids among the items that can be evidence; the others are left out with a problem."""
    return tuple(item.text or "" for item in items if check_usable_fact(item, item.text or "", facts, problems))


def check_usable_fact(entry: Entry, fact: str, facts: Mapping[str, Fact], problems: Problems) -> bool:
    """Evidence is the id of a fact that is known and not set aside."""
    if fact not in facts:
        nearest = nearest_to(fact, facts)
        problems.about(entry, found=quoted(fact), allowed="the id of a fact in seeds/facts", nearest=nearest)
        return False
    if not facts[fact].use:
        problems.about(entry, found=quoted(fact), message="this fact is marked 'use: no' and cannot be evidence")
        return False
    return True
