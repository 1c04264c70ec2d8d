"""Values of a table of what came: per cent or parts of one, money in some unit, votes in words or numbers.

What a unit does not say is guessed by one rule a measure, for all rows of a file alike, and the guess is told.
"""

from collections.abc import Mapping, Sequence
from math import isfinite, nan

from sim.analysis.backtest.cells import Row
from sim.analysis.observed import TURNOVER, VOTE
from sim.io.errors import Entry, nearest_to

_PERCENT = ("%", "percent", "per cent", "pct", "percentage", "% of tiv delivered in window", "% of turnover")
_PARTS = ("share", "fraction", "ratio", "0..1", "0-1", "0 to 1", "1", "part of one", "parts of one")
_MONEY = {  # million USD in one of it
    "million usd": 1.0, "million usd current": 1.0, "usd million": 1.0, "mn usd": 1.0, "musd": 1.0, "million": 1.0,
    "bn usd": 1000.0, "billion usd": 1000.0, "usd billion": 1000.0,
    "usd": 1e-6, "usd current": 1e-6, "thousand usd": 1e-3,
}  # fmt: skip
_WORDS = {
    "yes": 1.0, "y": 1.0, "for": 1.0, "in favour": 1.0, "in favor": 1.0,
    "abstain": 0.5, "abstained": 0.5, "abstains": 0.5, "abstention": 0.5, "a": 0.5,
    "no": 0.0, "n": 0.0, "against": 0.0,
    "absent": nan, "away": nan, "did not vote": nan, "not voting": nan, "non-voting": nan,
}  # fmt: skip
_PLAIN = {1.0: 1.0, 0.5: 0.5, 0.0: 0.0}
_SIGNED = {1.0: 1.0, 0.0: 0.5, -1.0: 0.0}
_HUNDRED = 100.0


def values_of(rows: Sequence[Row], remarks: list[str]) -> dict[int, float]:
    """Values by line: parts of one, million USD, and votes as 1, 0.5, 0 or nan for away; none where none is given.

    Wrong values are noted as problems; what was guessed is added to the remarks.
    """
    found: dict[int, float] = {}
    votes = [row for row in rows if row.measure.startswith(VOTE)]
    found |= _votes(votes, remarks)
    for measure in dict.fromkeys(row.measure for row in rows if row.measure and row not in votes):
        mine = [row for row in rows if row.measure == measure]
        found |= _money(mine, remarks) if measure == TURNOVER else _parts(mine, measure, remarks)
    return found


# --- votes -----------------------------------------------------------------------------------------------------------


def _votes(rows: Sequence[Row], remarks: list[str]) -> dict[int, float]:
    """Answers; a blank one is that of who stayed away."""
    numbers = {row.entry.line: number for row in rows if (number := _number(row.entry.value["value"])) is not None}
    signed = any(number < 0.0 for number in numbers.values())
    scale = _SIGNED if signed else _PLAIN
    found: dict[int, float] = {}
    for row in rows:
        cell = row.entry.value["value"]
        written = (cell.text or "").strip().lower()
        if not written:
            found[row.entry.line] = nan
        elif written in _WORDS:
            found[row.entry.line] = _WORDS[written]
        elif numbers.get(row.entry.line) in scale:
            found[row.entry.line] = scale[numbers[row.entry.line]]
        else:
            allowed = "yes, no, abstain, absent, nothing (absent), " + ("1, 0 or -1" if signed else "1, 0.5 or 0")
            near = None if row.entry.line in numbers else nearest_to(written, _WORDS)
            cell.refuse(allowed=allowed, nearest=near)
    if numbers:
        words = "1 yes, 0 abstained, -1 no" if signed else "1 yes, 0.5 abstained, 0 no"
        why = "one is negative" if signed else "none is negative"
        remarks.append(f"votes in numbers are read as {words}, since {why}; words say it better")
    if any(not (row.entry.value["value"].text or "").strip() for row in rows):
        remarks.append("a vote without a value is read as absent")
    return found


# --- shares and money ------------------------------------------------------------------------------------------------


def _parts(rows: Sequence[Row], measure: str, remarks: list[str]) -> dict[int, float]:
    """Shares and agreement as parts of one."""
    numbers = _numbers(rows)
    by_unit: dict[int, float] = {}  # what one of the unit is
    for row in rows:
        unit = _unit(row)
        if unit in _PERCENT or unit.startswith("%"):
            by_unit[row.entry.line] = 1.0 / _HUNDRED
        elif unit in _PARTS or unit.startswith("0-1"):
            by_unit[row.entry.line] = 1.0
        elif unit:
            _refuse_unit(row, (*_PERCENT, *_PARTS), "%, percent, share, 0..1, or nothing")
    bare = [row.entry.line for row in rows if not _unit(row) and row.entry.line in numbers]
    if bare:
        high = any(numbers[line] > 1.0 for line in bare)
        said = "as per cent, since a value is above 1" if high else "as parts of one, since no value is above 1"
        remarks.append(f"{measure} without a unit is read {said}")
        by_unit |= dict.fromkeys(bare, 1.0 / _HUNDRED if high else 1.0)
    found = {}
    for row in rows:
        line = row.entry.line
        if line not in numbers or line not in by_unit:
            continue
        value = numbers[line] * by_unit[line]
        if 0.0 <= value <= 1.0:
            found[line] = value
        else:
            most = 1 if by_unit[line] == 1.0 else 100
            row.entry.value["value"].refuse(allowed=f"a number from 0 to {most}")
    return found


def _money(rows: Sequence[Row], remarks: list[str]) -> dict[int, float]:
    """Turnover in million USD."""
    found = {}
    for line, number in (numbers := _numbers(rows)).items():
        if number <= 0.0:
            row = next(row for row in rows if row.entry.line == line)
            row.entry.value["value"].refuse(allowed="a number above 0; a year without a figure has no row")
    for row in rows:
        unit = _unit(row)
        if unit and unit not in _MONEY:
            _refuse_unit(row, tuple(_MONEY), "million USD, bn USD, USD, or nothing")
        elif row.entry.line in numbers:
            found[row.entry.line] = numbers[row.entry.line] * _MONEY.get(unit, 1.0)
    if any(not _unit(row) for row in rows):
        remarks.append(f"{TURNOVER} without a unit is read as million USD")
    return found


def _numbers(rows: Sequence[Row]) -> dict[int, float]:
    """Numbers by line; a blank cell has none, and text is refused."""
    found = {}
    for row in rows:
        cell = row.entry.value["value"]
        number = _number(cell)
        if number is not None:
            found[row.entry.line] = number
        elif (cell.text or "").strip():
            cell.refuse(allowed="a finite number, or nothing where none is known")
    return found


def _number(cell: Entry) -> float | None:
    """The finite number in a cell, or None."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _unit(row: Row) -> str:
    cells: Mapping[str, Entry] = row.entry.value
    return " ".join((cells["unit"].text or "").lower().split()) if "unit" in cells else ""


def _refuse_unit(row: Row, known: Sequence[str], allowed: str) -> None:
    row.entry.value["unit"].refuse(allowed=allowed, nearest=nearest_to(_unit(row), known))
