"""The numbers of the model: what each means, its unit, value and range, and on what it rests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.documents import Fact, check_usable_fact, optional_text, usable_facts
from sim.io.checks import check_choice, check_group, check_keys, check_list, check_number, check_text
from sim.io.errors import Entry, Problems
from sim.io.readers import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

OFFER_KINDS = ("deal", "minerals", "infrastructure", "security")
LEVELS = {"none": 0.0, "low": 0.25, "medium": 0.5, "high": 0.75, "dominant": 1.0}

_INFINITY = float("inf")
ANY = (-_INFINITY, _INFINITY)
AMOUNT = (0.0, _INFINITY)
SHARE = (0.0, 1.0)
LEANING = (-1.0, 1.0)


class Basis(Enum):
    """On what a number rests."""

    FIGURE = "taken from a fact, by the formula given"
    CODED = "a statement in words, put on the five-point scale none, low, medium, high, dominant"
    FITTED = "found by calibration against the record"
    ASSUMED = "no source states its size, so the range is wide; vary it"


_BASES = tuple(basis.name.lower() for basis in Basis)


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number of the model; low <= value <= high, all three in `unit`."""

    name: str
    meaning: str
    unit: str
    value: float
    low: float
    high: float
    basis: Basis
    evidence: tuple[str, ...]
    formula: str = ""
    note: str = ""
    file: str
    line: int


_NUMBER_KEYS = ("meaning", "unit", "value", "low", "high", "basis")
_NUMBER_MORE = ("evidence", "formula", "note")


class NumberReader:
    """Reads numbers one after the other and keeps them by name; every one passes the same checks."""

    def __init__(self, facts: Mapping[str, Fact], problems: Problems) -> None:
        self.facts = facts
        self.problems = problems
        self.read: dict[str, Number] = {}

    def from_group(self, name: str, entry: Entry, widest: tuple[float, float] = ANY) -> Number | None:
        """A number written as a group of keys in YAML."""
        if not check_keys(entry, _NUMBER_KEYS, _NUMBER_MORE, self.problems):
            return None
        keys = entry.value
        meaning = check_text(keys.get("meaning"), self.problems) if "meaning" in keys else ""
        unit = check_text(keys.get("unit"), self.problems) if "unit" in keys else ""
        evidence = self._ids(keys.get("evidence"))
        return self._keep(name, entry, keys, meaning, unit, evidence, widest)

    def from_row(
        self, name: str, row: Mapping[str, Entry], meaning: str, unit: str, widest: tuple[float, float]
    ) -> None:
        """A number written as a row of a table; the ids of its evidence are separated by semicolons."""
        cell = row["evidence"]
        evidence = tuple(part.strip() for part in (cell.text or "").split(";") if part.strip())
        for fact in evidence:
            check_usable_fact(cell, fact, self.facts, self.problems)
        place = Entry(None, cell.file, cell.line, 1, name)
        self._keep(name, place, row, meaning, unit, evidence, widest)

    def _ids(self, entry: Entry | None) -> tuple[str, ...]:
        if entry is None:
            return ()
        return usable_facts(check_list(entry, self.problems, "a list of ids of facts"), self.facts, self.problems)

    def _keep(
        self,
        name: str,
        place: Entry,
        keys: Mapping[str, Entry],
        meaning: str,
        unit: str,
        evidence: tuple[str, ...],
        widest: tuple[float, float],
    ) -> Number | None:
        problems = self.problems
        basis = self._basis(keys)
        formula = (keys["formula"].text or "").strip() if "formula" in keys else ""
        coded = basis is Basis.CODED
        value, low, high = (check_amount(keys.get(key), coded, widest, problems) for key in ("value", "low", "high"))
        check_has_evidence(place, keys, basis, problems)
        check_has_formula(place, basis, formula, problems)
        if name in self.read:
            problems.about(place, found=f"the number '{name}' a second time", allowed="each number once")
            return None
        if basis is None or value is None or low is None or high is None:
            return None
        if not check_range(keys, value, low, high, problems):
            return None
        number = Number(
            name=name,
            meaning=meaning,
            unit=unit,
            value=value,
            low=low,
            high=high,
            basis=basis,
            evidence=evidence,
            formula=" ".join(formula.split()),
            note=optional_text(keys, "note", problems),
            file=place.file,
            line=place.line,
        )
        self.read[name] = number
        return number

    def _basis(self, keys: Mapping[str, Entry]) -> Basis | None:
        word = check_choice(keys.get("basis"), _BASES, self.problems)
        return None if word is None else Basis[word.upper()]


def check_amount(entry: Entry | None, coded: bool, widest: tuple[float, float], problems: Problems) -> float | None:
    """A finite number in the widest range that makes sense; a coded one may be written as a level."""
    if entry is not None and coded and entry.text in LEVELS:
        return LEVELS[entry.text]
    return check_number(entry, problems, *widest)


def check_has_evidence(place: Entry, keys: Mapping[str, Entry], basis: Basis | None, problems: Problems) -> None:
    """Only an assumed number may go without evidence."""
    entry = keys.get("evidence")
    empty = entry is None or entry.value is None or entry.value == []
    if basis is not None and basis is not Basis.ASSUMED and empty:
        problems.about(
            place if entry is None else entry,
            found="",
            message=f"a number of basis '{basis.name.lower()}' needs evidence: the ids of facts",
        )


def check_has_formula(place: Entry, basis: Basis | None, formula: str, problems: Problems) -> None:
    """A figure says how it follows from its facts."""
    if basis is Basis.FIGURE and not formula:
        problems.about(place, found="", message="a number of basis 'figure' needs a formula")


def check_range(keys: Mapping[str, Entry], value: float, low: float, high: float, problems: Problems) -> bool:
    """The low end, the value and the high end stand in that order."""
    if low > high:
        problems.about(keys["low"], found=f"low {low:g} above high {high:g}", allowed="low <= high")
        return False
    if not low <= value <= high:
        problems.about(keys["value"], allowed=f"a value within low..high, that is {low:g} to {high:g}")
        return False
    return True


def read_parameters(path: Path, numbers: NumberReader) -> None:
    """The numbers of one rule file, named `<file>.<number>`."""
    top = read_yaml(path, numbers.problems)
    if top is None:
        return
    groups = check_group(top, numbers.problems, "numbers by name")
    for name, entry in groups.items():
        if is_by_kind(entry):
            read_by_kind(f"{path.stem}.{name}", entry, ANY, numbers)
        else:
            numbers.from_group(f"{path.stem}.{name}", entry)


def is_by_kind(entry: Entry) -> bool:
    """Whether there is one number for each kind of offer here, and not one number."""
    return isinstance(entry.value, dict) and any(kind in entry.value for kind in OFFER_KINDS)


def read_by_kind(name: str, entry: Entry, widest: tuple[float, float], numbers: NumberReader) -> None:
    """One number for each kind of offer, named `<name>.<kind>`."""
    if check_keys(entry, OFFER_KINDS, (), numbers.problems):
        for kind in OFFER_KINDS:
            if kind in entry.value:
                numbers.from_group(f"{name}.{kind}", entry.value[kind], widest)
