"""The codebook: for each coded field what every level means, with cases from the region (`seeds/codebook.yaml`).

A coded number is a judgement in words put on a scale. The codebook says beforehand what would count as each level, so
that a second reader of the same documents would give the same code; how far that holds is measured (docs/codebook.md).
"""

from __future__ import annotations

import fnmatch
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.evidence.numbers import LEVELS
from sim.io.checks import check_group
from sim.io.errors import Entry, Problems, listed, nearest_to, quoted
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
    read_file,
    read_form,
    schema_of,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sim.evidence.numbers import Coded


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A case from the region that shows what a level means."""

    level: str
    number: str
    passage: str


@dataclass(frozen=True, kw_only=True)
class CodedField:
    """A field of coded numbers: which they are, what is asked, what each level means, and what would settle it."""

    id: str
    numbers: tuple[str, ...]
    asks: str
    levels: Mapping[str, str]
    anchors: tuple[Anchor, ...]
    settle: str
    signed: bool = False
    file: str = ""
    line: int = 0

    def covers(self, name: str) -> bool:
        """Whether a number is one of this field."""
        return self._pattern.match(name) is not None

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(fnmatch.translate(pattern) for pattern in self.numbers) or r"(?!)")


# --- how it is written -----------------------------------------------------------------------------------------------

ANCHOR: Form[object] = Form(
    needs={
        "level": word(LEVELS).says("the level it shows"),
        "number": TEXT.says("the number that has it"),
        "passage": TEXT.says("the fact that shows it"),
    }
)
_LEVELS: Reader[object] = Reader(
    read=lambda entry, _: {
        level: TEXT.read(said, None) for level, said in check_group(entry, "a meaning for each level").items()
    },
    schema={
        "type": "object",
        "minProperties": 2,
        "additionalProperties": False,
        "properties": dict.fromkeys(LEVELS, TEXT.schema),
    },
)
CODED_FIELD: Form[object] = Form(
    needs={
        "numbers": list_of(TEXT, "a list of patterns").says("the numbers of this field, as patterns").but(minItems=1),
        "asks": TEXT.says("the question a coder answers"),
        "levels": _LEVELS.says("what counts as each level; those that mean nothing here are left out"),
        "anchors": items(schema_of(ANCHOR), "a list of cases").says("cases from the region").but(minItems=1),
        "settle": TEXT.says("what measurement or source would replace this judgement"),
    },
    may={"signed": YES_OR_NO.says("whether levels below nought mean the opposite", missing=False)},
)
CODEBOOK: Form[object] = Form(
    needs={"fields": group(schema_of(CODED_FIELD), "coded fields by id").says("the coded fields by id")}
)


def read_codebook(path: Path, problems: Problems) -> dict[str, CodedField]:
    """The coded fields by id."""
    found: dict[str, CodedField] = {}
    if not path.is_file():
        return found
    for name, entry in (read_file(path, CODEBOOK, None, problems)["fields"] or {}).items():
        values = read_form(entry, CODED_FIELD, None)
        if values is not None:
            check_levels(entry, values)
            anchors = [read_form(item, ANCHOR, None) for item in values.pop("anchors")]
            known = tuple(Anchor(**anchor) for anchor in anchors if anchor is not None)
            found[name] = CodedField(id=name, anchors=known, file=entry.file, line=entry.line, **values)
    return found


def check_levels(entry: Entry, values: Values) -> None:
    """A field covers numbers, defines two levels or more of the scale, and shows one case at least."""
    for key, wanted in (("anchors", "one case or more"), ("numbers", "one pattern or more")):
        if key in entry.value and entry.value[key].value == []:
            entry.value[key].refuse(found="an empty list", allowed=wanted)
    written = entry.value.get("levels")
    for level in values["levels"] or ():
        if level not in LEVELS and written is not None:
            written.refuse(found=quoted(level), allowed=listed(LEVELS), nearest=nearest_to(level, LEVELS))
    if written is not None and len(values["levels"] or ()) < 2:
        written.refuse(found="fewer levels than two", allowed="a meaning for two levels or more")


# --- codes against the book ------------------------------------------------------------------------------------------


def field_of(name: str, codebook: Mapping[str, CodedField]) -> CodedField | None:
    """The field of a coded number; None where the book has none."""
    return next((one for one in codebook.values() if one.covers(name)), None)


def check_codes(codebook: Mapping[str, CodedField], coded: Iterable[Coded]) -> None:
    """Every code has one field of the book, stands at a level that the book defines, and halfway only on two facts."""
    for code in coded:
        fields = [one for one in codebook.values() if one.covers(code.name)]
        if len(fields) != 1:
            told = f"'{code.name}', which {'no field' if not fields else listed(one.id for one in fields)} covers"
            code.level.refuse(found=told, allowed="a coded number that exactly one field of seeds/codebook.yaml covers")
            continue
        check_code(code, fields[0])


def check_code(code: Coded, one: CodedField) -> None:
    """The level of one code is a level of its field."""
    text = code.level.text or ""
    parts = text.removeprefix("-").split("/")
    unknown = [part for part in parts if part not in one.levels]
    if unknown:
        code.level.refuse(found=f"the level '{unknown[0]}'", allowed=f"a level of {one.id}: {listed(one.levels)}")
    if text.startswith("-") and not one.signed:
        code.level.refuse(allowed=f"a level of {one.id}, which knows none below nought: {listed(one.levels)}")
    if len(parts) > 1 and len(code.facts) < len(parts):
        message = "halfway between two levels needs two facts, one for each"
        code.level.refuse(found=f"{quoted(text)} on {len(code.facts)} fact", message=message)


def codebook_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `codebook.yaml`."""
    return file_schema("The codebook of multivector", "What each level of each coded field means.", schema_of(CODEBOOK))
