"""Values of a table of what came: per cent or parts of one, money in some unit, votes in words or numbers.

What a unit does not say is guessed by one rule a measure, for all rows of a file alike, and the guess is told.
"""

import re
from collections.abc import Mapping, Sequence
from math import isfinite, nan

from sim.analysis.backtest.cells import Row
from sim.analysis.backtest.tables import is_missing
from sim.analysis.observed import TURNOVER, VOTE
from sim.io.errors import Entry, nearest_to

_PERCENT = ("%", "percent", "per cent", "pct", "percentage")
_PARTS = ("share", "shares", "fraction", "ratio", "proportion", "index", "score", "part of one", "parts of one", "1")
_FROM_NOUGHT = re.compile(r"[\[(]?0(?:\.0)?(?: ?(?:-|–|\.\.|…|,|to) ?)1(?:\.0)?")
_MONEY = ("million USD", "bn USD", "thousand USD", "USD")
_SIZES = {  # million USD in one of it
    **dict.fromkeys(("thousand", "thousands", "k", "000"), 1e-3),
    **dict.fromkeys(("million", "millions", "mn", "mln", "mio", "m"), 1.0),
    **dict.fromkeys(("billion", "billions", "bn", "bln", "b"), 1e3),
}
_DOLLARS = frozenset(("usd", "us$", "$", "dollar", "dollars"))
_BESIDE = frozenset(("us", "current", "nominal", "prices", "of", "the", "year", "at", "in", "a"))
_WORDS = {
    "yes": 1.0, "y": 1.0, "for": 1.0, "in favour": 1.0, "in favor": 1.0,
    "abstain": 0.5, "abstained": 0.5, "abstains": 0.5, "abstention": 0.5, "a": 0.5,
    "no": 0.0, "n": 0.0, "against": 0.0,
    "absent": nan, "away": nan, "did not vote": nan, "not voting": nan, "non-voting": nan,
}  # fmt: skip
_PLAIN = {1.0: 1.0, 0.5: 0.5, 0.0: 0.0}
_SIGNED = {1.0: 1.0, 0.0: 0.5, -1.0: 0.0}
_COUNTED = {1.0: 1.0, 2.0: 0.5, 3.0: 0.0, 8.0: nan, 9.0: nan}  # as political scientists number them
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
    """Answers; a blank one is that of who stayed away, and where nothing is known there is none."""
    numbers = {row.entry.line: number for row in rows if (number := _number(row.entry.value["value"])) is not None}
    scale, said = _scale(set(numbers.values()))
    found: dict[int, float] = {}
    for row in rows:
        cell = row.entry.value["value"]
        written = (cell.text or "").strip().lower()
        if not written:
            found[row.entry.line] = nan
        elif is_missing(cell):
            continue
        elif written in _WORDS:
            found[row.entry.line] = _WORDS[written]
        elif numbers.get(row.entry.line) in scale:
            found[row.entry.line] = scale[numbers[row.entry.line]]
        else:
            allowed = f"yes, no, abstain, absent, nothing (absent), {', '.join(f'{one:g}' for one in scale)}"
            near = None if row.entry.line in numbers else nearest_to(written, _WORDS)
            cell.refuse(allowed=allowed, nearest=near)
    if numbers:
        remarks.append(f"votes in numbers are read as {said}; words say it better")
    if any(not (row.entry.value["value"].text or "").strip() for row in rows):
        remarks.append("a vote without a value is read as absent")
    return found


def _scale(numbers: set[float]) -> tuple[Mapping[float, float], str]:
    """What votes in numbers mean, and why."""
    if any(number < 0.0 for number in numbers):
        return _SIGNED, "1 yes, 0 abstained, -1 no, since one is negative"
    if any(number > 1.0 for number in numbers) and numbers <= set(_COUNTED):
        return _COUNTED, "1 yes, 2 abstained, 3 no, 8 and 9 absent, since none is 0 or 0.5 and one is above 1"
    said = "1 yes, 0.5 abstained, 0 no, since none is negative"
    unsure = 0.0 in numbers and 0.5 not in numbers
    return _PLAIN, said + (" (none is 0.5 either: if 0 means abstained, write words)" if unsure else "")


# --- shares and money ------------------------------------------------------------------------------------------------


def _parts(rows: Sequence[Row], measure: str, remarks: list[str]) -> dict[int, float]:
    """Shares and agreement as parts of one."""
    numbers = _numbers(rows)
    by_unit: dict[int, float] = {}  # what one of the unit is
    for row in rows:
        unit = _unit(row)
        if any(word in unit for word in _PERCENT):
            by_unit[row.entry.line] = 1.0 / _HUNDRED
        elif _FROM_NOUGHT.search(unit) or any(re.search(rf"\b{word}\b", unit) for word in _PARTS):
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
    """Turnover in million USD; none has no logarithm, on which turnover is scored, and is taken as not given."""
    found: dict[int, float] = {}
    numbers, nothing = _numbers(rows), 0
    for row in rows:
        unit, number = _unit(row), numbers.get(row.entry.line)
        size = _size_of(unit)
        if size is None:
            _refuse_unit(row, _MONEY, "million USD, bn USD, thousand USD, USD, or nothing")
        elif number is not None and number < 0.0:
            row.entry.value["value"].refuse(allowed="a number above 0")
        elif number is not None:
            nothing += number == 0.0
            found |= {row.entry.line: number * size} if number > 0.0 else {}
    if any(not _unit(row) for row in rows):
        remarks.append(f"{TURNOVER} without a unit is read as million USD")
    if nothing:
        remarks.append(f"{TURNOVER} of 0 has no logarithm, on which it is scored, and is read as missing")
    return found


def _size_of(unit: str) -> float | None:
    """Million USD in one of a unit; those of the file that are not told are taken for that. None for other money."""
    plain = re.sub(r"\(.*?\)|[,;].*$", " ", unit)
    plain = re.sub(r"\b(m|mn|bn)?usd(m|mn|bn)?\b", r"\1 usd \2", plain)
    words = [word for word in plain.replace("us$", " usd ").replace("$", " usd ").split() if word not in _BESIDE]
    if not words:
        return 1.0 if not unit else None
    sizes = [_SIZES[word] for word in words if word in _SIZES]
    if len(sizes) > 1 or any(word not in _SIZES and word not in _DOLLARS for word in words):
        return None
    return sizes[0] if sizes else 1e-6


def _numbers(rows: Sequence[Row]) -> dict[int, float]:
    """Numbers by line; a blank cell has none, and text is refused."""
    found = {}
    for row in rows:
        cell = row.entry.value["value"]
        number = _number(cell)
        if number is not None:
            found[row.entry.line] = number
        elif not is_missing(cell):
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
