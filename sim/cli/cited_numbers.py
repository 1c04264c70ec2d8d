"""Numbers that a README quotes from the tables beside it, so that no sentence says anything else than its table does.

A quotation is a link: its text is the number, its target the table, and its title says which row and column it is from
and how it is written. Whoever reads the page can follow it, and `publish` writes it anew:

    [0.31](tables/indices.csv "value; outcome=balancing & factor=choice.gain & index=total; .2f")

Several columns may be named, with words between their places: `value low high; ...; {:.2f} ({:.2f} to {:.2f})`.
"""

import csv
import dataclasses
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.io.errors import InputError, Problem, listed, nearest_to, quoted, shown_path
from sim.io.regular import read_regular
from sim.io.shapes import is_inner_path

README = "README.md"
_QUOTE = re.compile(r'\[(?P<text>[^\]\n]*)\]\((?P<table>[^\s)"]+\.csv) "(?P<title>[^"\n]*)"\)')
_MOST = 100_000_000  # bytes of a table
_PARTS = 3  # of a title: columns, conditions, how it is written
_MINUS_NOUGHT = re.compile(r"-(0(?:\.0+)?)(?![\d.])")  # a number that rounds to nothing has no sign
_SAME = 1e-4  # tables keep five digits


@dataclass(frozen=True, kw_only=True)
class Quote:
    """One quotation as it stands in a text: what it says, and where that is from."""

    text: str
    table: str
    columns: tuple[str, ...]
    row: dict[str, str]
    pattern: str


def quotes_in(text: str) -> list[Quote]:
    """All quotations of a text, in order."""
    return [_read(match) for match in _QUOTE.finditer(text)]


def renewed(text: str, folder: Path, name: str = README) -> str:
    """The text with every quoted number as the tables in `folder` have it.

    Raises
    ------
    sim.io.errors.InputError
        With every quotation that names a table, a column or a row that is not there, or more rows than one.
    """
    problems: list[Problem] = []
    tables: dict[str, list[dict[str, str]]] = {}

    def fresh(match: re.Match[str]) -> str:
        try:
            said = _told(_read(match), folder, tables)
        except _WrongQuoteError as error:
            line = text.count("\n", 0, match.start()) + 1
            place = shown_path(folder / name)
            problem = dataclasses.replace(error.problem, file=place, line=line, found=quoted(match["title"]))
            problems.append(problem)
            return match[0]
        return f'[{said}]({match["table"]} "{match["title"]}")'

    fresh_text = _QUOTE.sub(fresh, text)
    if problems:
        raise InputError(problems)
    return fresh_text


class _WrongQuoteError(Exception):
    """A quotation that cannot be filled in; `problem` says why, and not yet where."""

    def __init__(self, message: str, allowed: str = "", nearest: str | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(file="", message=message, allowed=allowed, nearest=nearest)


def _read(match: re.Match[str]) -> Quote:
    parts = [part.strip() for part in match["title"].split(";")]
    if len(parts) != _PARTS:
        raise _WrongQuoteError(message="a quotation has three parts", allowed="columns; column=value & ...; .2f")
    conditions = [part.strip() for part in parts[1].split(" & ") if part.strip()]
    row = {left.strip(): right.strip() for left, _, right in (one.partition("=") for one in conditions)}
    return Quote(text=match["text"], table=match["table"], columns=tuple(parts[0].split()), row=row, pattern=parts[2])


def _told(quote: Quote, folder: Path, tables: dict[str, list[dict[str, str]]]) -> str:
    """What the table says, written as the quotation asks."""
    rows = tables.get(quote.table)
    if rows is None:
        path = folder / quote.table
        if not is_inner_path(quote.table) or not path.is_file():
            raise _WrongQuoteError(message=f"there is no {quote.table} in this folder")
        text = read_regular(path, _MOST).decode("utf-8", "replace")
        rows = tables[quote.table] = list(csv.DictReader(io.StringIO(text, newline="")))
    columns = list(rows[0]) if rows else []
    for column in (*quote.columns, *quote.row):
        if column not in columns:
            nearest = nearest_to(column, columns)
            raise _WrongQuoteError(message=f"no column '{column}'", allowed=listed(columns), nearest=nearest)
    found = [row for row in rows if all(_equal(row[key], value) for key, value in quote.row.items())]
    if len(found) != 1:
        raise _WrongQuoteError(message=f"{len(found)} rows of {quote.table} are so", allowed="exactly one")
    values = [_value(found[0][column]) for column in quote.columns]
    pattern = quote.pattern if "{" in quote.pattern else f"{{:{quote.pattern}}}"
    try:
        return _MINUS_NOUGHT.sub(r"\1", pattern.format(*values))
    except (ValueError, IndexError, KeyError):
        allowed = "a format such as .2f, or text with one {:.2f} a column"
        raise _WrongQuoteError(message="it cannot be written so", allowed=allowed) from None


def _value(text: str) -> float | str:
    """A cell as a number where it is one."""
    try:
        return float(text)
    except ValueError:
        return text


def _equal(cell: str, wanted: str) -> bool:
    """Cells are compared as text, or as numbers where both are."""
    if cell == wanted:
        return True
    try:
        return abs(float(cell) - float(wanted)) <= _SAME * max(1.0, abs(float(wanted)))
    except ValueError:
        return False


def unquoted(text: str) -> Iterator[str]:
    """Numbers with a point or a per cent sign that stand in a text without saying where they are from."""
    plain = _QUOTE.sub("", text)
    plain = re.sub(r"```.*?```|`[^`\n]*`|!\[[^\]]*\]\([^)]*\)|^ {4}.*$", "", plain, flags=re.DOTALL | re.MULTILINE)
    for match in re.finditer(r"\d[\d,]*(?:\.\d+)? ?%|\d[\d,]*\.\d+", plain):
        yield match[0]
