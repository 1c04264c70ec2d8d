"""The record: what is known of the past, one observation a row, and how it may be read.

`seeds/history/` holds tables of one form and `record.yaml`, which says where the record ends, which rows may not come
from which source, with what error trade is observed, and the lines that the model is held to. A row that falls into a
trap is refused as a misspelt word is: with file, line, what was found and why.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.worlds import shipped_folder
from sim.io.checks import check_choice, check_list
from sim.io.errors import Entry, Problems, listed, nearest_to, quoted
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    file_schema,
    group,
    inner,
    list_schema,
    name_of,
    names_of,
    number,
    read_file,
    read_form,
    read_rows,
    schema_of,
    whole_number,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILES = ("trade.csv", "output.csv", "price.csv")
RULES = "record.yaml"

_FIRST_YEAR, _LAST_YEAR = 1900, 2100


class MeasureForm(NamedTuple):
    """Of whom a measure of the record is (see `check_whose`), its unit, and whether it can be nought or less."""

    whose: str
    unit: str
    signed: bool = False


MEASURES: Mapping[str, MeasureForm] = {
    "trade": MeasureForm("pair", "million USD"),
    "turnover": MeasureForm("state", "million USD"),
    "output": MeasureForm("one", "bn USD"),
    "growth": MeasureForm("one", "percent", signed=True),
    "price": MeasureForm("nobody", "USD a barrel"),
}
_WHOSE: Mapping[str, tuple[str, ...]] = {
    "pair": ("state and partner",),
    "state": ("state",),
    "one": ("state", "partner"),
    "nobody": ("neither",),
}


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One row of the record; `state` and `partner` are codes, "" where it is not about one."""

    state: str
    partner: str
    period: int  # year
    measure: str
    value: float
    unit: str
    source: tuple[str, ...]  # ids of documents
    known_since: int  # the first year in which somebody could have known it


@dataclass(frozen=True, kw_only=True)
class Trap:
    """Rows that may not come from some sources; a field that is empty holds for all."""

    id: str
    state: str
    partner: str
    first: int
    last: int
    sources: tuple[str, ...]
    why: str

    def catches(self, state: str, partner: str, period: int) -> bool:
        """Whether a row of trade or turnover is of the kind that is meant."""
        meant = state == self.state and self.partner in ("", partner)
        return meant and self.first <= period <= self.last


@dataclass(frozen=True, kw_only=True)
class PartnerClass:
    """Partners whose trade is observed alike; `error`: sd of the logarithm of what is recorded over what flowed."""

    id: str
    powers: tuple[str, ...]
    group: str  # classes of one group are compared together
    error: float
    low: float
    high: float
    why: str


class Line(NamedTuple):
    """Between which values a ratio of model and record has to lie."""

    low: float
    high: float
    why: str


@dataclass(frozen=True, kw_only=True)
class History:
    """The record and how it may be read."""

    first: int
    last: int
    rows: tuple[Observation, ...]
    traps: tuple[Trap, ...]
    classes: tuple[PartnerClass, ...]
    lines: Mapping[str, Line]

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Powers by group, in the order of the file."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.classes:
            found[one.group] = (*found.get(one.group, ()), *one.powers)
        return found

    def error_of(self, power: str) -> float:
        """The observation error of trade with a power; 0 for one that no class names."""
        return next((one.error for one in self.classes if power in one.powers), 0.0)


# --- how it is written -----------------------------------------------------------------------------------------------


def _read_sources(entry: Entry, evidence: Evidence) -> tuple[str, ...]:
    """The ids of documents in a cell, separated by semicolons."""
    ids = tuple(part.strip() for part in (entry.text or "").split(";") if part.strip())
    if not ids:
        entry.refuse(allowed="the id of a document in seeds/documents.yaml")
    for name in ids:
        if name not in evidence.documents:
            near = nearest_to(name, evidence.documents)
            entry.refuse(found=quoted(name), allowed="the id of a document in seeds/documents.yaml", nearest=near)
    return ids


def _codes(states: bool) -> Reader[Evidence]:
    def read(cell: Entry, evidence: Evidence) -> str:
        known = [actor.code for actor in (evidence.states if states else evidence.powers)]
        return "" if cell.text == "" else check_choice(cell, known) or "?"

    return Reader(read=read, schema={"type": "string"}, missing="")


_STATE: Reader[Evidence] = name_of(lambda evidence: [state.code for state in evidence.states], "")
_POWER: Reader[Evidence] = name_of(lambda evidence: [power.code for power in evidence.powers], "")
_POWERS: Reader[Evidence] = names_of(lambda evidence: [power.code for power in evidence.powers])
_YEAR = whole_number(_FIRST_YEAR, _LAST_YEAR)


def check_row(row: Entry, values: dict[str, Any], _: Evidence) -> None:
    """A row is about whom its measure is about, in its unit, with a value that can be, and was known afterwards."""
    measure = MEASURES.get(values["measure"] or "")
    if measure is None:
        return
    check_whose(row, values, measure)
    if values["unit"] != measure.unit:
        row.value["unit"].refuse(allowed=measure.unit)
    if values["value"] is not None and not measure.signed and values["value"] <= 0.0:
        row.value["value"].refuse(allowed="a number above 0; a year without a figure has no row")
    period, known = values["period"], values["known_since"]
    if period is not None and known is not None and known <= period:
        row.value["known_since"].refuse(allowed=f"a year after {period}: no figure of a year is known within it")


def check_whose(row: Entry, values: dict[str, Any], measure: MeasureForm) -> None:
    """Trade is of a state and a partner, turnover of a state, output of one of the two, a price of nobody."""
    given = " and ".join(key for key in ("state", "partner") if values[key]) or "neither"
    if given not in _WHOSE[measure.whose]:
        allowed = " or ".join(_WHOSE[measure.whose])
        row.value["measure"].refuse(found=f"{values['measure']} of {given}", allowed=f"of {allowed}")


ROW: Form[Evidence] = Form(
    needs={
        "state": _codes(states=True),
        "partner": _codes(states=False),
        "period": _YEAR,
        "measure": word(MEASURES),
        "value": number(),
        "unit": TEXT,
        "source": Reader(read=_read_sources, schema={"type": "string"}, missing=()),
        "known_since": _YEAR,
    },
    check=check_row,
)
_DOCUMENTS: Reader[Evidence] = Reader(
    read=lambda entry, evidence: tuple(
        check_choice(item, evidence.documents) or "" for item in check_list(entry, "a list of ids of documents")
    ),
    schema=list_schema({"type": "string"}, minItems=1),
    missing=(),
)
TRAP: Form[Evidence] = Form(
    needs={
        "state": _STATE.says("whose trade is meant"),
        "sources": _DOCUMENTS.says("the documents from which such rows may not come"),
        "why": TEXT.says("what is wrong with them"),
    },
    may={
        "partner": _POWER.says("with whom; with all, and the turnover, where none is named", ""),
        "from": whole_number(_FIRST_YEAR, _LAST_YEAR, _FIRST_YEAR).says("the first year that is meant"),
        "to": whole_number(_FIRST_YEAR, _LAST_YEAR, _LAST_YEAR).says("the last year that is meant"),
    },
)


def check_error_range(entry: Entry, values: dict[str, Any], _: object) -> None:
    """What is taken lies within what the evidence allows."""
    low, error, high = (values[key] for key in ("low", "error", "high"))
    if None not in (low, error, high) and not low <= error <= high:
        entry.value["error"].refuse(allowed=f"a number from low ({low:g}) to high ({high:g})")


CLASS: Form[Evidence] = Form(
    needs={
        "powers": _POWERS.says("the partners of the class"),
        "group": TEXT.says("with which classes it is compared together: classes with the same word here"),
        "error": number(0, 1).says("sd of the logarithm of recorded over real trade"),
        "low": number(0, 1).says("the least it may be"),
        "high": number(0, 1).says("the most it may be"),
        "why": TEXT.says("how it was found"),
    },
    check=check_error_range,
)
LINE: Form[object] = Form(
    needs={
        "low": number(0).says("the least ratio of model and record"),
        "high": number(0).says("the largest"),
        "why": TEXT.says("why the lines lie there"),
    }
)
LINES: Form[object] = Form(
    needs={
        "spread": inner(LINE).says("for changes of trade shares"),
        "output": inner(LINE).says("for yearly growth of output"),
    }
)
RECORD: Form[Evidence] = Form(
    needs={
        "first": whole_number(_FIRST_YEAR, _LAST_YEAR, _FIRST_YEAR).says("the first year of the record"),
        "last": whole_number(_FIRST_YEAR, _LAST_YEAR, _LAST_YEAR).says("the last year; a later row is refused"),
        "traps": group(schema_of(TRAP)).says("rows that may not come from which source, by name"),
        "classes": group(schema_of(CLASS)).says("classes of partners by name, and with what error their trade is seen"),
        "lines": inner(LINES).says("between which ratios of model and record the model has to lie"),
    }
)


# --- reading it ------------------------------------------------------------------------------------------------------


def load_history(folder: Path | str | None = None) -> History:
    """Read and check the record that is shipped, or another folder laid out like it.

    Raises
    ------
    sim.io.errors.InputError
        With every mistake: unknown actors, measures, units, sources; years outside the record; rows in a trap; rows
        that stand twice; parts of a turnover larger than the whole.
    """
    place = shipped_folder("seeds") / "history" if folder is None else Path(folder)
    stamps = tuple((path.stat().st_mtime_ns if path.is_file() else 0) for path in map(place.joinpath, (RULES, *FILES)))
    return _read_history(place, stamps)


@functools.lru_cache(maxsize=4)
def _read_history(folder: Path, _stamps: tuple[int, ...]) -> History:
    problems, evidence = Problems(), load_evidence()
    rules = read_file(folder / RULES, RECORD, evidence, problems)
    traps = _read_traps(rules["traps"], evidence)
    classes = _read_classes(rules["classes"], evidence)
    rows, seen = [], set[tuple[str, str, int, str]]()
    for row, values in read_rows([folder / name for name in FILES], ROW, evidence, problems):
        if None in values.values():
            continue
        one = Observation(**values)
        check_years(row, one, rules["first"], rules["last"])
        check_traps(row, one, traps)
        key = (one.state, one.partner, one.period, one.measure)
        if key in seen:
            row.refuse(key="period", found=f"a second row of {_told(one)}", allowed="each once")
        seen.add(key)
        rows.append((row, one))
    check_wholes(rows)
    problems.raise_if_any()
    return History(
        first=rules["first"],
        last=rules["last"],
        rows=tuple(one for _, one in rows),
        traps=traps,
        classes=classes,
        lines={name: Line(**line) for name, line in rules["lines"].items()},
    )


def _told(one: Observation) -> str:
    whose = " with ".join(code for code in (one.state, one.partner) if code)
    return f"{one.measure} {'of ' + whose + ' ' if whose else ''}in {one.period}"


def _read_traps(groups: Mapping[str, Entry], evidence: Evidence) -> tuple[Trap, ...]:
    found = []
    for name, entry in groups.items():
        values = read_form(entry, TRAP, evidence)
        if values is not None:
            found.append(Trap(id=name, first=values.pop("from"), last=values.pop("to"), **values))
    return tuple(found)


def _read_classes(groups: Mapping[str, Entry], evidence: Evidence) -> tuple[PartnerClass, ...]:
    found: list[PartnerClass] = []
    for name, entry in groups.items():
        values = read_form(entry, CLASS, evidence)
        if values is None:
            continue
        twice = [code for code in values["powers"] for one in found if code in one.powers]
        if twice:
            entry.value["powers"].refuse(found=listed(twice), message="this partner is in another class already")
        found.append(PartnerClass(id=name, **values))
    return tuple(found)


def check_years(row: Entry, one: Observation, first: int, last: int) -> None:
    """A row lies within the record, which ends before anything that is to be foretold."""
    if not first <= one.period <= last:
        allowed = f"a year from {first} to {last}; the record ends there, so that nothing later is fitted"
        row.value["period"].refuse(allowed=allowed)


def check_traps(row: Entry, one: Observation, traps: Iterable[Trap]) -> None:
    """A row of trade comes from no source that is known to be wrong there."""
    if MEASURES[one.measure].whose not in ("pair", "state"):
        return
    for trap in traps:
        wrong = [name for name in one.source if name in trap.sources]
        if wrong and len(wrong) == len(one.source) and trap.catches(one.state, one.partner, one.period):
            row.value["source"].refuse(allowed=f"another source ({trap.id})", message=trap.why)


def check_wholes(rows: Iterable[tuple[Entry, Observation]]) -> None:
    """What a state trades with the powers is part of its turnover, which must be there."""
    wholes: dict[tuple[str, int], tuple[Entry, Observation]] = {}
    parts: dict[tuple[str, int], list[tuple[Entry, Observation]]] = {}
    for row, one in rows:
        if one.measure == "turnover":
            wholes[one.state, one.period] = (row, one)
        elif one.measure == "trade":
            parts.setdefault((one.state, one.period), []).append((row, one))
    for key, mine in parts.items():
        if key not in wholes:
            mine[0][0].refuse(key="state", found=f"trade of {key[0]} in {key[1]}", message="its turnover is missing")
            continue
        row, whole = wholes[key]
        total = sum(one.value for _, one in mine)
        if total > whole.value:
            row.value["value"].refuse(allowed=f"the sum of its parts ({total:g}) or more")


def record_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `record.yaml`."""
    return file_schema("Record of multivector", "How the record of the past may be read.", schema_of(RECORD))
