"""Reading YAML and tables into entries, values that know where they stand in their file.

YAML is read as YAML 1.2 reads plain words and numbers (`no` is a word, `010` is ten, `1e-3` is a number, `1:30` is
text). Whatever could surprise a reader or run code is refused: duplicate keys, anchors and aliases, tags,
several documents in one file, files too large, too deep or too full.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from sim.io.errors import MOST_QUOTED, Entry, InputError, Problem, Problems, listed, nearest_to, quoted, shown_path
from sim.io.letters import SEEN, hidden_in
from sim.io.regular import read_regular

MOST_BYTES = 1_000_000
MOST_TABLE_BYTES = 10_000_000  # a world of many states and powers has thousands of rows
MOST_DEPTH = 24
MOST_NODES = 100_000
MOST_PATH = 240

Scalar: TypeAlias = str | int | float | bool | None

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))
_NUMBER = re.compile(  # what is in brackets is there where it is not whole, or has more digits than a whole one may
    r"[-+]?(?:[0-9]{1,400}\Z|((?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z))"
)
_NOT_FINITE = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_MAY_BE_NUMBER = frozenset("0123456789+-.")


def plain_scalar(text: str) -> Scalar:
    """What an unquoted word means in YAML 1.2: nothing, true, false, a number, or else the text itself."""
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return _plain_number(text) if text[0] in _MAY_BE_NUMBER else text


def _plain_number(text: str) -> int | float | str:
    found = _NUMBER.match(text)
    if found is None:
        return float(text.replace(".", "", 1)) if _NOT_FINITE.match(text) else text
    return int(text) if found.lastindex is None else float(text)


# --- reading files ----------------------------------------------------------------------------------------------------


def read_text(path: Path, problems: Problems, most: int = MOST_BYTES) -> str | None:
    """The text of a file in UTF-8, or None with a problem (missing, a folder, unreadable, not text, too many bytes)."""
    try:
        raw = read_regular(path, most)
    except InputError as error:
        problems.take(error.problems)
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.add(Problem(file=shown_path(path), line=line, message="this is not text in UTF-8"))
        return None


# The C parser when PyYAML was built with it, ten times as fast; both give the same events.
_EventStream: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path | str, problems: Problems, most: int = MOST_BYTES) -> Entry | None:
    """Read one YAML file into entries; problems are noted in `problems`, and None means nothing could be read.

    most: bytes that it may have.
    """
    path = Path(path)
    text = read_text(path, problems, most)
    return None if text is None else parse_yaml(text, shown_path(path), problems)


def parse_yaml(text: str, file: str, problems: Problems) -> Entry | None:
    """Read YAML text into entries; `file` is the name used in problems."""
    try:
        top = _Composer(file, problems).compose(text)
    except _TooMuchError:
        return None
    except yaml.YAMLError as error:
        problems.add(_not_yaml(file, text, error))
        return None
    if top is None:
        problems.add(Problem(file=file, message="the file is empty"))
    return top


def _not_yaml(file: str, text: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
    line = None if mark is None else mark.line + 1
    if isinstance(error, yaml.reader.ReaderError):  # it counts bytes with the C parser, letters without
        line = text.encode("utf-8", "replace")[: error.position].count(b"\n") + 1
    return Problem(
        file=file,
        line=line,
        column=None if mark is None else mark.column + 1,
        message=f"this is not valid YAML: {problem}",
    )


# --- YAML -------------------------------------------------------------------------------------------------------------

_NO_ANCHORS = "values written out; anchors and aliases are not read"


def _short(text: str) -> str:
    return text if len(text) <= MOST_QUOTED else text[: MOST_QUOTED - 3] + "..."


def _key_path(parent: str, step: str) -> str:
    """The path of keys to a value, its end only where it is long: every value keeps one, and memory is bounded."""
    path = parent + step
    return path if len(path) <= MOST_PATH else "..." + path[3 - MOST_PATH :]


class _TooMuchError(Exception):
    """The file is too deep, too full, or refers to itself; a problem has been noted."""


class _Composer:
    """Turns the parser's events into entries without recursion, so that no file can exhaust the stack."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.nodes = 0
        self.documents = 0
        self.top: Entry | None = None
        self.open: list[Entry] = []  # the lists and groups we are in, the innermost last
        self.keys: list[Any] = []  # beside each, the event of the key that waits for its value

    def compose(self, text: str) -> Entry | None:
        """The top entry, or None when the file holds nothing."""
        parser = _EventStream(text)
        following, scalar, keys, unfinished = parser.get_event, yaml.ScalarEvent, self.keys, self.open
        try:
            while (event := following()) is not None:
                if type(event) is not scalar:
                    self._take(event)
                    continue
                # nine of ten, and every start of the program waits for them
                self.nodes += 1
                if self.nodes > MOST_NODES or event.anchor is not None or event.tag is not None:
                    self._refuse_node(event)
                if keys and keys[-1] is None and type(unfinished[-1].value) is dict:
                    self._key(event)
                else:
                    self._value(event)
        finally:
            parser.dispose()
        return None if self.top is not None and self.top.text == "" else self.top

    def _take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.MappingStartEvent:
            self._group(event, {})
        elif kind is yaml.SequenceStartEvent:
            self._group(event, [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.open.pop()
            self.keys.pop()
        elif kind is yaml.AliasEvent:
            self._refuse(event, f"the alias *{_short(event.anchor)}", _NO_ANCHORS)
            raise _TooMuchError
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                self._refuse(event, "a second document ('---')", "one document in a file")
                raise _TooMuchError

    def _awaits_key(self) -> bool:
        return bool(self.open) and type(self.open[-1].value) is dict and self.keys[-1] is None

    def _key(self, event: Any) -> None:
        """A key that waits for its value."""
        text, parent = event.value, self.open[-1]
        if text in parent.value:
            self._refuse_key(event)
        if not text.isprintable() and (hidden := hidden_in(text)):
            self._refuse(event, f"the character {hidden}", SEEN, parent.key)
        self.keys[-1] = event

    def _value(self, event: Any) -> None:
        """A word or a number."""
        text, mark = event.value, event.start_mark
        value = text if event.style or not event.implicit[0] else plain_scalar(text)
        entry = Entry(value, self.problems, self.file, mark.line + 1, mark.column + 1, "", text)
        self._hang(entry)
        if not text.isprintable():
            entry.has_hidden()

    def _group(self, event: Any, value: dict[str, Entry] | list[Entry]) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES or event.anchor is not None or event.tag is not None:
            self._refuse_node(event)
        if self._awaits_key():
            self._refuse(event, "a list or group as a key", "a word")
            raise _TooMuchError
        if len(self.open) >= MOST_DEPTH:
            self._refuse(event, "deeper nesting than that", f"at most {MOST_DEPTH} levels")
            raise _TooMuchError
        # A group is found where its key stands, not where its first line does.
        mark = (self.keys[-1] if self.keys and self.keys[-1] is not None else event).start_mark
        entry = Entry(value, self.problems, self.file, mark.line + 1, mark.column + 1, "")
        self._hang(entry)
        self.open.append(entry)
        self.keys.append(None)

    def _hang(self, entry: Entry) -> None:
        """Put the entry into the list or group that is open, and give it its key path."""
        if not self.open:
            self.top = self.top or entry
            return
        parent = self.open[-1]
        if type(parent.value) is dict:
            key = self.keys[-1].value
            if len(key) > MOST_QUOTED or len(parent.key) + len(key) >= MOST_PATH:
                entry.key = _key_path(parent.key, f".{_short(key)}" if parent.key else _short(key))
            else:
                entry.key = f"{parent.key}.{key}" if parent.key else key
            parent.value.setdefault(key, entry)
            self.keys[-1] = None
        else:
            entry.key = _key_path(parent.key, f"[{len(parent.value)}]")
            parent.value.append(entry)

    def _refuse_key(self, event: Any) -> None:
        """A key stands once."""
        parent = self.open[-1]
        first = parent.value[event.value].line
        found = f"the key {quoted(event.value)} a second time (first on line {first})"
        self._refuse(event, found, "each key once", parent.key)

    def _refuse_node(self, event: Any) -> None:
        """Too many values, an anchor, a tag."""
        if self.nodes > MOST_NODES:
            self._refuse(event, "more values than that", f"at most {MOST_NODES} values in a file")
            raise _TooMuchError
        if event.anchor is not None:
            self._refuse(event, f"the anchor &{_short(event.anchor)}", _NO_ANCHORS)
        if event.tag is not None:
            self._refuse(event, f"the tag {quoted(event.tag)}", "plain values; tags are not read")

    def _refuse(self, event: Any, found: str, allowed: str, key: str = "") -> None:
        mark = event.start_mark
        self.problems.add(
            Problem(file=self.file, line=mark.line + 1, column=mark.column + 1, key=key, found=found, allowed=allowed)
        )


# --- tables -----------------------------------------------------------------------------------------------------------


def read_table(
    path: Path | str,
    columns: Collection[str],
    problems: Problems,
    may: Collection[str] = (),
    most: int = MOST_TABLE_BYTES,
) -> list[Entry]:
    """The rows of a CSV file, each a group of its cells; the header holds `columns`, all but those it `may` hold.

    A cell's key is its column, its value what `plain_scalar` makes of the text. Wrong rows are left out, with a
    problem.
    """
    path = Path(path)
    text = read_text(path, problems, most)
    if text is None:
        return []
    file = shown_path(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Entry] = []
    try:
        header = next(reader, None)
        if header is None:
            problems.add(Problem(file=file, message="the file is empty"))
            return []
        unfit = list(_unfit_for_header(header, columns, may, file))
        for problem in unfit:
            problems.add(problem)
        if unfit:
            return []
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) == len(header):
                rows.append(_row(row, header, file, reader.line_num, problems))
            else:
                found, allowed = f"{len(row)} cells", f"{len(header)} cells"
                problems.add(Problem(file=file, line=reader.line_num, found=found, allowed=allowed))
    except csv.Error as error:
        problems.add(Problem(file=file, line=reader.line_num, message=f"this is not valid CSV: {error}"))
        return []
    return rows


def _unfit_for_header(
    header: Sequence[str], columns: Collection[str], may: Collection[str], file: str
) -> Iterator[Problem]:
    """What is wrong with a header: each column stands once, none is missing that must be there, none unknown."""
    for column in header:
        if column not in columns:
            found, nearest = f"'{column}'", nearest_to(column, columns)
            yield Problem(file=file, line=1, key="header", found=found, allowed=listed(columns), nearest=nearest)
        elif list(header).count(column) > 1:
            yield Problem(file=file, line=1, key="header", message=f"the column '{column}' stands twice")
    for column in columns:
        if column not in header and column not in may:
            yield Problem(file=file, line=1, key="header", message=f"the column '{column}' is missing")


def _row(row: Sequence[str], header: Sequence[str], file: str, line: int, problems: Problems) -> Entry:
    """A row as a group of keys, one for each column; a cell with a letter that has no place in text is a problem."""
    cells = {}
    for index, (column, cell) in enumerate(zip(header, row, strict=True), 1):
        text = cell.strip()
        cells[column] = entry = Entry(plain_scalar(text), problems, file, line, index, column, text)
        if not text.isprintable():
            entry.has_hidden()
    return Entry(cells, problems, file, line, 1, "")
