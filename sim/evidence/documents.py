"""Documents, and the facts they state: what numbers rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sim.evidence.dates import check_dates
from sim.io.checks import check_list
from sim.io.errors import Entry, Problems, nearest_to, quoted
from sim.io.forms import (
    TEXT,
    YES_OR_NO,
    Form,
    Reader,
    Values,
    file_schema,
    group,
    items,
    list_of,
    list_schema,
    member,
    name_of,
    number,
    read_each,
    read_file,
    read_form,
    schema_of,
)

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
    author: str = ""
    note: str = ""
    url: str = ""
    licence: str = ""
    country: str = ""
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
    about: tuple[str, ...] = ()
    kept: str = ""
    measures: str = ""
    differs: str = ""
    file: str
    line: int


# --- documents -------------------------------------------------------------------------------------------------------

DOCUMENT: Form[object] = Form(
    needs={
        "citation": TEXT.says("how to cite it"),
        "kind": TEXT.says("what sort of source it is"),
        "reliability": number(0, 1).says("how far it is to be believed, 0 to 1: a judgement"),
        "bias": TEXT.says("which way it leans, or what its figures leave out"),
    },
    may={
        "language": TEXT.says("the language it is written in"),
        "date": TEXT.says("when it appeared"),
        "used_for": TEXT.says("what it serves for here"),
        "author": TEXT.says("who wrote it"),
        "note": TEXT.says("what a reader should know about it"),
        "url": TEXT.says("where it can be found"),
        "licence": TEXT.says("what is known about reuse"),
        "country": TEXT.says("where it comes from; 'several' where it is not one country's voice"),
    },
)
DOCUMENTS: Form[object] = Form(needs={"documents": group(schema_of(DOCUMENT)).says("the documents by id")})


def read_documents(paths: Iterable[Path], problems: Problems) -> dict[str, Document]:
    """The documents by id; each id once in all files."""
    documents: dict[str, Document] = {}
    for path in paths:
        for name, entry in read_file(path, DOCUMENTS, None, problems)["documents"].items():
            values = read_form(entry, DOCUMENT, None)
            if values is None:
                continue
            if "date" in entry.value:
                check_dates(entry.value["date"])
            first = documents.setdefault(name, Document(id=name, **values, file=entry.file, line=entry.line))
            if (first.file, first.line) != (entry.file, entry.line):
                found = f"'{name}' a second time (first in {first.file}:{first.line})"
                entry.refuse(found=found, allowed="each id once")
    return documents


# --- facts -----------------------------------------------------------------------------------------------------------


def check_figure_has_value(entry: Entry, values: Values, _: object) -> None:
    """A fact that is a figure states its value and unit."""
    if values["kind"] is FactKind.FIGURE:
        for key in ("value", "unit"):
            if key not in entry.value:
                entry.refuse(found="", message=f"a fact of kind figure needs '{key}'")


_DOCUMENT_ID: Reader[Mapping[str, Document]] = name_of(lambda documents: documents, "", where="list documents")
FACT: Form[Mapping[str, Document]] = Form(
    needs={
        "id": TEXT.says("its name, by which numbers refer to it; each once in all files"),
        "kind": member(FactKind, FactKind.CLAIM).says("what sort of thing it is"),
        "says": TEXT.says("what the document says, in our words"),
        "document": _DOCUMENT_ID.says("the id of the document that says it"),
        "locator": TEXT.says("where in the document it stands"),
        "confidence": number(0, 1).says("how far it is believed, 0 to 1"),
    },
    may={
        "value": number().says("the figure it states"),
        "low": number().says("the lowest figure the document allows"),
        "high": number().says("the highest figure the document allows"),
        "unit": TEXT.says("the unit of the figure"),
        "date": TEXT.says("when it held"),
        "note": TEXT.says("what a reader should know about it"),
        "use": YES_OR_NO.says("whether a number may rest on it; 'no' keeps it for the record only"),
        "about": list_of(TEXT, "a list of codes").says("whom it is about, where its words do not say it"),
        "kept": TEXT.says("why it is on record though nothing rests on it"),
        "measures": TEXT.says("the numbers whose starting value it states, as a formula: sum(ties.*.CODE.trade)"),
        "differs": TEXT.says("why the world starts elsewhere than the fact says"),
    },
    check=check_figure_has_value,
    schema={"if": {"properties": {"kind": {"const": "figure"}}}, "then": {"required": ["value", "unit"]}},
)
FACTS: Form[object] = Form(needs={"facts": items(schema_of(FACT), "a list of facts").says("what documents say")})


def read_facts(paths: Iterable[Path], documents: Mapping[str, Document], problems: Problems) -> dict[str, Fact]:
    """The facts of all themes by id; each id once in all files."""
    facts: dict[str, Fact] = {}
    for path in paths:
        for entry, values in read_each(read_file(path, FACTS, None, problems)["facts"], FACT, documents):
            if "date" in entry.value:
                check_dates(entry.value["date"])
            fact = Fact(**values, file=entry.file, line=entry.line)
            first = facts.setdefault(fact.id, fact) if fact.id else fact
            if first is not fact:
                found = f"'{fact.id}' a second time (first in {first.file}:{first.line})"
                entry.refuse(key="id", found=found, allowed="each id once")
    return facts


class KnowsFacts(Protocol):
    """Whoever knows the facts by id, to look up what something rests on."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts by id."""


def usable_fact(entry: Entry, fact: str, facts: Mapping[str, Fact]) -> bool:
    """Whether this is the id of a fact that is known and not set aside, so that it can be evidence."""
    if fact not in facts:
        nearest = nearest_to(fact, facts)
        entry.refuse(found=quoted(fact), allowed="the id of a fact in seeds/facts", nearest=nearest)
        return False
    if not facts[fact].use:
        entry.refuse(found=quoted(fact), message="this fact is marked 'use: no' and cannot be evidence")
        return False
    return True


def _read_fact_ids(entry: Entry, context: KnowsFacts) -> tuple[str, ...]:
    ids = check_list(entry, "a list of ids of facts")
    return tuple(item.text or "" for item in ids if usable_fact(item, item.text or "", context.facts))


def _read_fact_cell(cell: Entry, context: KnowsFacts) -> tuple[str, ...]:
    """The ids as they stand, a wrong one too: the cell is not empty, whatever else is wrong with it."""
    ids = tuple(part.strip() for part in (cell.text or "").split(";") if part.strip())
    for fact in ids:
        usable_fact(cell, fact, context.facts)
    return ids


def _read_fact_id(entry: Entry, context: KnowsFacts) -> str:
    return entry.text if entry.text and usable_fact(entry, entry.text, context.facts) else ""


FACT_ID: Reader[KnowsFacts] = Reader(read=_read_fact_id, schema={"type": "string"}, missing="")
"""The id of one fact; "" for none, in a table as an empty cell."""
FACT_IDS: Reader[KnowsFacts] = Reader(read=_read_fact_ids, schema=list_schema({"type": "string"}), missing=())
"""A list of the ids of facts; those that cannot be evidence are left out with a problem."""
FACT_CELL: Reader[KnowsFacts] = Reader(read=_read_fact_cell, schema={"type": "string"}, missing=())
"""The same in a cell of a table, separated by semicolons."""


# --- JSON Schemas ----------------------------------------------------------------------------------------------------


def document_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `documents.yaml`."""
    return file_schema("Documents of multivector", "The sources, by id.", schema_of(DOCUMENTS))


def fact_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of a file of facts."""
    return file_schema("Facts of multivector", "What documents say, one thing each.", schema_of(FACTS))
