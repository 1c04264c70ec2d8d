"""The numbers of the model: what each means, its unit, value and range, and on what it rests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

from sim.evidence.documents import FACT_CELL, FACT_ID, FACT_IDS, Fact, KnowsFacts
from sim.evidence.number_keys import MOST_WORDS, PLAIN, TARGETS, WORDS_CELL
from sim.io.checks import check_group, check_number
from sim.io.errors import Entry, Problems, listed, nearest_to
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    Values,
    as_written,
    file_schema,
    group_schema,
    member,
    number_schema,
    part,
    read_form,
    schema_of,
)
from sim.io.readers import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

OFFER_KINDS = ("deal", "minerals", "infrastructure", "security")
LEVELS = {"none": 0.0, "low": 0.25, "medium": 0.5, "high": 0.75, "dominant": 1.0}
ONE_LEVEL = 0.25

LEVEL_SCHEMA: Mapping[str, Any] = {"enum": list(LEVELS)}
_LEVEL = "|".join(LEVELS)
CODE_SCHEMA: Mapping[str, Any] = {"type": "string", "pattern": rf"^-?({_LEVEL})(/({_LEVEL}))?$"}
"""A level as a coded number has it: one of the scale, halfway between two neighbours, or below nought."""

Span: TypeAlias = tuple[float, float]
"""The widest range in which a number makes sense at all."""

_INFINITY = float("inf")
ANY: Span = (-_INFINITY, _INFINITY)
AMOUNT: Span = (0.0, _INFINITY)
SHARE: Span = (0.0, 1.0)
LEANING: Span = (-1.0, 1.0)


class Basis(Enum):
    """On what a number rests."""

    FIGURE = "taken from a fact, by the formula given"
    CODED = "a statement in words, put on the five-point scale none, low, medium, high, dominant"
    FITTED = "found by calibration against the record"
    ASSUMED = "no source states its size, so the range is wide; vary it"


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number of the model; low <= value <= high, all three in `unit`.

    targets: what a fitted number was fitted to, by the names of `seeds/history/calibration.yaml`; follows: whether its
    range is that of the numbers in its formula, so that nothing is uncertain once those are known; plain: what it is in
    at most `MOST_WORDS` words, for a slider before a class.
    """

    name: str
    meaning: str
    unit: str
    value: float
    low: float
    high: float
    basis: Basis
    evidence: tuple[str, ...]
    passage: str = ""
    formula: str = ""
    reason: str = ""
    note: str = ""
    targets: tuple[str, ...] = ()
    follows: bool = False
    plain: str = ""
    file: str
    line: int


# --- how a number is written -----------------------------------------------------------------------------------------

# What depends on the basis: a figure is computed, a code is a level with its passage, only an assumed number may lack
# evidence; the range may be left out where a formula or the step between levels gives it.
_BARE = {"type": "number"}
_ENDS = {"required": ["low", "high"]}
_TARGETS = {"required": ["targets"]}
_BY_BASIS: Mapping[str, Mapping[str, Any]] = {
    "figure": {"required": ["formula"]},
    "coded": {"required": ["passage"], "not": {"required": ["formula"]}},
    "fitted": {"required": ["evidence"], "anyOf": [_ENDS, {"required": ["formula"]}]},
    "assumed": {"anyOf": [_ENDS, {"required": ["formula"]}]},
}


def level_value(text: str | None) -> float | None:
    """What a level stands for: `medium` 0.5, halfway between two neighbours `low/medium` 0.375, `-low` -0.25."""
    word = (text or "").removeprefix("-")
    names = word.split("/")
    if not 1 <= len(names) <= 2 or any(name not in LEVELS for name in names):
        return None
    one, two = LEVELS[names[0]], LEVELS[names[-1]]
    if len(names) == 2 and two - one != ONE_LEVEL:
        return None
    value = (one + two) / 2.0
    return -value if word != text else value


def _rules_of(basis: str) -> dict[str, Any]:
    more = dict(_BY_BASIS[basis])
    if basis != "fitted":
        more["not"] = {"anyOf": [more["not"], _TARGETS]} if "not" in more else _TARGETS
    coded = {"value": CODE_SCHEMA}
    properties: dict[str, Any] = coded if basis == "coded" else dict.fromkeys(("value", "low", "high"), _BARE)
    if basis == "fitted":
        properties["evidence"] = {"minItems": 1}
    when = {"properties": {"basis": {"const": basis}}, "required": ["basis"]}
    return {"if": when, "then": {**more, "properties": properties}}


def number_form(span: Span) -> Form[KnowsFacts]:
    """How one number is written in YAML, wherever it stands; its value and range lie within the span."""
    amount = {"anyOf": [number_schema(*span), CODE_SCHEMA]}
    return Form(
        needs={
            "meaning": TEXT.says("what it is, in words"),
            "unit": TEXT.says("in what it is counted"),
            "value": as_written(amount).says("what it is taken to be"),
            "basis": member(Basis).says("on what it rests"),
        },
        may={
            "low": as_written(amount).says("the low end of what the evidence allows"),
            "high": as_written(amount).says("the high end of what the evidence allows"),
            "evidence": FACT_IDS.says("the facts it rests on, by id"),
            "passage": FACT_ID.says("the fact that decides a coded level"),
            "formula": TEXT.says("how it is computed from facts and other numbers"),
            "reason": TEXT.says("why it is read so, in words"),
            "targets": TARGETS.says("what a fitted number was fitted to, by the names of the targets"),
            "note": TEXT.says("what a reader should know about it"),
            "plain": PLAIN.says(f"what it is in at most {MOST_WORDS} words, for a class"),
        },
        schema={"allOf": [_rules_of(basis.name.lower()) for basis in Basis]},
    )


NUMBER_COLUMNS: Mapping[str, Reader[KnowsFacts]] = {
    "value": as_written(_BARE),
    "low": as_written(_BARE),
    "high": as_written(_BARE),
    "unit": TEXT,
    "basis": member(Basis),
    "evidence": FACT_CELL,
    "passage": FACT_ID,
    "formula": WORDS_CELL,
    "reason": WORDS_CELL,
}
"""The columns of a table whose rows are numbers, after those that say which number it is."""

_NAMES: Mapping[Span, str] = {ANY: "number", AMOUNT: "amount", SHARE: "share", LEANING: "leaning"}
NUMBER_FORMS: Mapping[Span, Form[KnowsFacts]] = {span: number_form(span) for span in _NAMES}
BY_KIND_FORMS: Mapping[Span, Form[object]] = {
    span: Form(needs={kind: as_written(part(name)) for kind in OFFER_KINDS}) for span, name in _NAMES.items()
}
"""One number for each kind of offer."""


def number_part(span: Span, by_kind: bool = False) -> dict[str, Any]:
    """A number within the span, or one for each kind of offer, as a part of a JSON Schema with `definitions`."""
    return part(f"{_NAMES[span]}-by-kind" if by_kind else _NAMES[span])


def number_definitions() -> dict[str, Any]:
    """What `number_part` refers to."""
    single = {name: schema_of(NUMBER_FORMS[span]) for span, name in _NAMES.items()}
    return single | {f"{name}-by-kind": schema_of(BY_KIND_FORMS[span]) for span, name in _NAMES.items()}


def parameter_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of a file of the numbers of one rule file."""
    by_kind = {"anyOf": [{"required": [kind]} for kind in OFFER_KINDS]}
    either = {"if": by_kind, "then": number_part(ANY, by_kind=True), "else": number_part(ANY)}
    return file_schema(
        "Numbers of multivector",
        "The numbers of one file of rules, by name: one number each, or one for each kind of offer.",
        group_schema(either),
        {name: what for name, what in number_definitions().items() if name.startswith(_NAMES[ANY])},
    )


# --- reading numbers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class Written:
    """A formula as it was read: whose, where, and whether the ends of the range are left to it."""

    name: str
    text: str
    value: Entry
    place: Entry
    span: Span
    low: bool
    high: bool

    def noted_in(self, problems: Problems) -> Written:
        """The same with another notebook for what is found to be wrong with it."""
        return replace(self, value=self.value.noted_in(problems), place=self.place.noted_in(problems))


@dataclass(frozen=True, kw_only=True, eq=False)
class Coded:
    """A code as it was read: whose, the level as written, and the facts beside its passage."""

    name: str
    level: Entry
    facts: tuple[str, ...]


class NumberReader:
    """Reads numbers one after the other and keeps them by name; every one passes the same checks.

    What can only be told when all are there is left for later: `written` are the formulas, `coded` the codes. before:
    numbers that were read elsewhere, of which none may stand here a second time.
    """

    def __init__(self, facts: Mapping[str, Fact], before: Mapping[str, Number] | None = None) -> None:
        self.facts = facts
        self.before = {} if before is None else before
        self.read: dict[str, Number] = {}
        self.spans: dict[str, Span] = {}
        self.written: list[Written] = []
        self.coded: list[Coded] = []

    def from_group(self, name: str, entry: Entry, span: Span = ANY) -> None:
        """A number written as a group of keys in YAML."""
        values = read_form(entry, NUMBER_FORMS[span], self)
        if values is not None:
            self._keep(name, entry, values, span)

    def by_kind(self, name: str, entry: Entry, span: Span = ANY) -> None:
        """One number for each kind of offer, named `<name>.<kind>`."""
        for kind, inner in (read_form(entry, BY_KIND_FORMS[span], None) or {}).items():
            if inner is not None:
                self.from_group(f"{name}.{kind}", inner, span)

    def from_row(
        self, name: str, row: Entry, values: Values, meaning: str, span: Span, unit: str = "", plain: str = ""
    ) -> None:
        """A number written as a row of a table; `unit` where the table has no column for it."""
        cells = {column: values[column] for column in (*NUMBER_COLUMNS, "targets") if column in values}
        usual = {"unit": unit, "note": "", "targets": ()}
        self._keep(name, row.at_key(name), usual | cells | {"meaning": meaning, "plain": plain}, span)

    def take(self, other: NumberReader, problems: Problems) -> None:
        """The numbers that another reader has read, and their formulas; what is wrong with those goes to `problems`."""
        self.read.update(other.read)
        self.spans.update(other.spans)
        self.written += [one.noted_in(problems) for one in other.written]

    def _keep(self, name: str, place: Entry, values: Values, span: Span) -> None:
        """Keep the number if it is sound; what depends on its basis is checked here."""
        basis: Basis | None = values["basis"]
        check_basis(place, values, basis)
        if basis is None:
            return
        if basis is Basis.CODED and _is_no_level(values["value"]):
            return
        if values["value"] is not None and _is_empty(values["value"]):
            values["value"].refuse(found="", message="the value is missing")
        amounts = {key: _amount(values[key], basis, span) for key in ("value", "low", "high")}
        open_ends = [key for key in ("low", "high") if _is_empty(values[key])]
        if amounts["value"] is not None:
            amounts |= {key: _end(key, amounts["value"], basis, values, span) for key in open_ends}
        if any(amounts[key] is None for key in open_ends):
            missing = listed(f"'{key}'" for key in open_ends)
            place.refuse(found="", message=f"missing: {missing}")
        if name in self.read or name in self.before:
            self._refuse_second(name, place)
        elif check_range(values, amounts["value"], amounts["low"], amounts["high"]):
            facts = tuple(dict.fromkeys(fact for fact in (values["passage"], *values["evidence"]) if fact))
            kept = values | amounts | {"evidence": facts}
            self.read[name] = Number(name=name, **kept, file=place.file, line=place.line)
            self.spans[name] = span
            self._leave_for_later(name, place, values, span, open_ends)

    def _refuse_second(self, name: str, place: Entry) -> None:
        """A number stands once; one of the extended world is changed in a table of its own."""
        allowed = "each number once"
        first = self.read.get(name) or self.before[name]
        if PurePath(first.file).parent != PurePath(place.file).parent:
            allowed += "; a world changes numbers of the one it extends in changes.csv"
        place.refuse(found=f"the number '{name}' a second time", allowed=allowed)

    def _leave_for_later(self, name: str, place: Entry, values: Values, span: Span, open_ends: list[str]) -> None:
        if values["formula"]:
            at = place.value["formula"]
            one = Written(
                name=name,
                text=values["formula"],
                value=values["value"],
                place=Entry(at.value, at.problems, at.file, at.line, at.column, f"{name}.formula", at.text),
                span=span,
                low="low" in open_ends,
                high="high" in open_ends,
            )
            self.written.append(one)
        if values["basis"] is Basis.CODED:
            self.coded.append(Coded(name=name, level=values["value"].at_key(name), facts=self.read[name].evidence))


def _is_empty(entry: Entry | None) -> bool:
    return entry is None or (entry.value is None and not entry.text)


def _end(key: str, value: float, basis: Basis, values: Values, span: Span) -> float | None:
    """An end of the range that is not written: a level either way for a code; a formula finds it later."""
    if values["formula"]:
        return value
    if basis is not Basis.CODED:
        return None
    least = -1.0 if span == LEANING or value < 0.0 else 0.0
    return max(least, value - ONE_LEVEL) if key == "low" else min(1.0, value + ONE_LEVEL)


def _amount(entry: Entry | None, basis: Basis | None, span: Span) -> float | None:
    """A finite number in the span that makes sense; a coded one is written as a level."""
    if entry is None or _is_empty(entry):
        return None
    level = level_value(entry.text) if basis is Basis.CODED else None
    return check_number(entry, *span) if level is None else check_number(entry.with_value(level), *span)


def _is_no_level(entry: Entry | None) -> bool:
    """Whether a code is not written as a level, which is then refused."""
    if entry is None or level_value(entry.text) is not None:
        return entry is None
    allowed = f"a level: {listed(LEVELS)}, or two neighbours such as low/medium"
    entry.refuse(allowed=allowed, nearest=nearest_to(entry.text or "", LEVELS))
    return True


def check_basis(place: Entry, values: Values, basis: Basis | None) -> None:
    """Only an assumed number may go without evidence; a figure is computed from it, and a code names its passage."""
    evidence = place.value.get("evidence")
    empty = evidence is None or evidence.value is None or evidence.value == []
    if basis in (Basis.CODED, Basis.FITTED) and empty and not values["passage"]:
        message = f"a number of basis '{basis.name.lower()}' needs evidence: the ids of facts"
        (evidence or place).refuse(found="", message=message)
    if basis is not Basis.FITTED and values["targets"]:
        message = "only a number of basis 'fitted' has targets"
        place.value["targets"].refuse(found=listed(values["targets"]), message=message)
    if basis is Basis.FIGURE and not values["formula"]:
        place.refuse(found="", message="a number of basis 'figure' needs a formula")
    if basis is Basis.CODED and values["formula"]:
        message = "a coded number is judged and not computed: it has a level, a passage and a reason, and no formula"
        place.refuse(found="", message=message)
    if basis is Basis.CODED and not values["passage"]:
        message = "a number of basis 'coded' needs a passage: the id of the fact that decides it"
        place.refuse(found="", message=message)


def check_range(written: Values, value: float | None, low: float | None, high: float | None) -> bool:
    """The low end, the value and the high end are all there and stand in that order."""
    if value is None or low is None or high is None:
        return False
    if low > high:
        written["low"].refuse(found=f"low {low:g} above high {high:g}", allowed="low <= high")
    elif not low <= value <= high:
        written["value"].refuse(allowed=f"a value within low..high, that is {low:g} to {high:g}")
    return low <= value <= high


def read_parameters(path: Path, numbers: NumberReader, problems: Problems) -> None:
    """The numbers of one rule file, named `<file>.<number>`."""
    top = read_yaml(path, problems)
    for name, entry in ({} if top is None else check_group(top, "numbers by name")).items():
        several = isinstance(entry.value, dict) and any(kind in entry.value for kind in OFFER_KINDS)
        (numbers.by_kind if several else numbers.from_group)(f"{path.stem}.{name}", entry)
