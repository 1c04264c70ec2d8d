"""A table of what came as entries, however it was saved: which sign parts its cells, and how its numbers are written.

Programs and countries save tables in their own ways. What one look at the file settles is read, and said; only what
could mean two things is refused.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sim.analysis.observed import TURNOVER
from sim.io.errors import Entry, Problem, Problems, input_error, listed, nearest_to, shown_path
from sim.io.readers import plain_scalar, read_text

NEEDED = ("state", "partner", "period", "measure", "value")
OPTIONAL = ("unit", "source")

MOST = 20_000_000
"""Bytes that a table of what came may have: some hundred thousand rows with long sources."""

_PARTED = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}
_UNKNOWN = frozenset(("na", "n/a", "#n/a", "nan", "none", "null", "..", "...", ".", "-", "–", "—", "?"))
_NUMBER = re.compile(r"[-+]?[0-9.,]+(?:[eE][-+]?[0-9]+)?")
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_SPACED = re.compile(r"(?<=[0-9])[ '\u00a0\u2009\u202f](?=[0-9]{3}(?:[^0-9]|$))")

Rows = list[tuple[int, dict[str, tuple[int, str]]]]  # line, and by column its place and text


def read_entries(path: Path, problems: Problems, remarks: list[str]) -> list[Entry]:
    """The rows of a file, each a group of cells; what had to be guessed is added to the remarks.

    A cell's key is its column. Cells that say that nothing is known are empty, and a number is one however it is
    written; `text` is what stands in the file.

    Raises
    ------
    sim.io.errors.InputError
        With every mistake: no such file, no table, columns that are missing or stand twice, rows of another length.
    """
    text = read_text(path, problems, MOST)
    problems.raise_if_any()
    before, lines = _without_heading(text or "")
    if before:
        remarks.append(f"{before} {'line' if before == 1 else 'lines'} before the names of columns are not read")
    sign = _parted_by(lines)
    if sign != ",":
        remarks.append(f"cells are parted by {_PARTED[sign]}")
    rows = list(_rows(path, lines, sign, before, problems, remarks))
    problems.raise_if_any()
    decimal = _decimal_commas(rows, remarks)
    unknown = sum(row["value"][1].strip().lower() in _UNKNOWN for _, row in rows)
    if unknown:
        words = listed(sorted({row["value"][1].strip() for _, row in rows if _is_unknown(row["value"][1])}))
        remarks.append(f"values that say nothing is known are read as missing: {words}")
    return [_entry(line, row, shown_path(path), decimal, problems) for line, row in rows]


def _without_heading(text: str) -> tuple[int, str]:
    """How many lines stand before the names of columns (empty ones, and remarks that begin with #), and the rest."""
    lines = text.splitlines(keepends=True)
    before = 0
    while before < len(lines) and (not lines[before].strip(" \t\r\n,;") or lines[before].startswith("#")):
        before += 1
    return before, "".join(lines[before:])


def _parted_by(text: str) -> str:
    """The sign by which most of the needed columns stand apart."""
    first = text.splitlines()[0] if text else ""
    found = {sign: set(_header(first, sign)) & set(NEEDED) for sign in _PARTED}
    return max(_PARTED, key=lambda sign: len(found[sign]))


def _header(line: str, sign: str) -> list[str]:
    return [name.strip().lower() for name in next(csv.reader([line], delimiter=sign), [])]


def _rows(
    path: Path, text: str, sign: str, before: int, problems: Problems, remarks: list[str]
) -> Iterator[tuple[int, dict[str, tuple[int, str]]]]:
    """Line and cells of each row that is not empty; columns that mean nothing here are named and left out."""
    file = shown_path(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        written = next(reader, [])
        if not written:
            raise input_error(file, "the file is empty", allowed=f"a header with {listed(NEEDED)}")
        places = _places(file, before + 1, written, problems, remarks)
        for row in reader:
            line = before + reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if len(row) < len(written) or any(cell.strip() for cell in row[len(written) :]):
                found, allowed = f"{len(row)} cells", f"{len(written)} cells"
                problems.add(Problem(file=file, line=line, found=found, allowed=allowed))
            elif places:
                yield line, {name: (place, row[place].strip()) for name, place in places.items()}
    except csv.Error as error:
        said = f"this is not valid CSV: {error}"
        problems.add(Problem(file=file, line=before + reader.line_num, message=said))


def _places(file: str, line: int, written: Sequence[str], problems: Problems, remarks: list[str]) -> Mapping[str, int]:
    """The place of each column that is read; none where one is missing or stands twice."""
    header, wrong = [name.strip().lower() for name in written], False
    others = [name for name in header if name not in (*NEEDED, *OPTIONAL)]
    for column in (*NEEDED, *OPTIONAL):
        said = ""
        if column in NEEDED and column not in header:
            said = f"the column '{column}' is missing"
        elif header.count(column) > 1:
            said = f"the column '{column}' stands twice"
        if said:
            wrong, near = True, nearest_to(column, [name for name in others if name])
            about = {"file": file, "line": line, "key": "header", "found": listed(written, where=""), "message": said}
            problems.add(Problem(**about, allowed=listed((*NEEDED, *OPTIONAL)), nearest=near))  # type: ignore[arg-type]
    if others:
        remarks.append(
            f"columns that are not read: {listed([name or 'one without a name' for name in others], where='')}"
        )
    return {} if wrong else {name: header.index(name) for name in (*NEEDED, *OPTIONAL) if name in header}


# --- numbers ---------------------------------------------------------------------------------------------------------


def _decimal_commas(rows: Rows, remarks: list[str]) -> Mapping[bool, bool]:
    """Whether a comma stands before decimals, of turnover (True) and of all else; the guess is told.

    One comma that cannot part thousands shows the habit of the whole file. Where none does, those of turnover part
    thousands, and those of shares, which are no thousands, stand before decimals.
    """
    with_comma = [
        (row["measure"][1].lower().startswith(TURNOVER), plain)
        for _, row in rows
        if "," in (plain := _plain(row["value"][1])) and _NUMBER.fullmatch(plain)
    ]
    decimal = any(not _THOUSANDS.fullmatch(plain) for _, plain in with_comma)
    found = {True: decimal, False: True}
    for money in dict.fromkeys(money for money, _ in with_comma):
        whose = TURNOVER if money else "other values"
        remarks.append(f"commas in {whose} {'stand before decimals' if found[money] else 'part thousands'}")
    return found


def _plain(text: str) -> str:
    """A number without the spaces that part its thousands, and without a sign for per cent."""
    return _SPACED.sub("", text.strip().removesuffix("%").strip())


def _is_unknown(text: str) -> bool:
    return text.strip().lower() in _UNKNOWN


def _entry(
    line: int, row: Mapping[str, tuple[int, str]], file: str, decimal: Mapping[bool, bool], problems: Problems
) -> Entry:
    """A row as a group of cells."""
    cells = {
        name: Entry(plain_scalar(text), problems, file, line, place + 1, name, text)
        for name, (place, text) in row.items()
    }
    for cell in cells.values():
        cell.has_hidden()
    value = cells["value"]
    text, percent = value.text or "", (value.text or "").endswith("%")
    if _is_unknown(text):
        cells["value"] = Entry(None, problems, file, line, value.column, "value", text)
    elif _NUMBER.fullmatch(plain := _plain(text)):
        money = (cells["measure"].text or "").lower().startswith(TURNOVER)
        if "," in plain:
            plain = plain.replace(".", "").replace(",", ".") if decimal[money] else plain.replace(",", "")
        cells["value"] = value.with_value(plain_scalar(plain))
    if percent and not (cells["unit"].text if "unit" in cells else ""):
        cells["unit"] = Entry("%", problems, file, line, value.column, "unit", "%")
    return Entry(cells, problems, file, line, 1, "")


def is_missing(cell: Entry) -> bool:
    """Whether a cell is empty, or says that nothing is known."""
    return not (cell.text or "") or _is_unknown(cell.text or "")
