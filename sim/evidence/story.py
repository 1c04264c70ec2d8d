"""A story: what is told of a number, fact, document, system, rule or outcome, before it is known where it is shown.

The same story becomes plain text, lines in colour or a page: it says what belongs together and what leads where, and
nothing about how that looks. Text that came from seeds is data here and stays data; whoever shows it escapes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from sim.io.letters import on_one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(Enum):
    """What can have a story of its own."""

    OUTCOME = "an outcome"
    NUMBER = "a number"
    FACT = "a fact"
    DOCUMENT = "a document"
    FIELD = "a field of the codebook"
    CONFLICT = "a conflict of sources"
    SYSTEM = "a system"
    RULE = "a rule"


class Role(Enum):
    """What a piece of text is, so that it can be shown as such."""

    WORDS = "words"
    NAME = "a name that can be traced"
    VALUE = "an amount"
    QUIET = "what is said by the way"
    WARNING = "what a reader must not miss"
    CODE = "what is written in a file"
    HEADING = "a heading"


@dataclass(frozen=True)
class Link:
    """Where a piece leads: the story of what is so called."""

    kind: Kind
    name: str


@dataclass(frozen=True)
class Piece:
    """A piece of a line; nothing in it can move a cursor or colour a terminal, wherever the text came from."""

    text: str
    role: Role = Role.WORDS
    link: Link | None = None

    def __post_init__(self) -> None:
        if not self.text.isprintable():
            object.__setattr__(self, "text", printable(self.text.replace("\n", " ")))


Line: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True)
class Row:
    """A line with a label, such as `value`; an empty label for words that need none.

    steps: whether the line is one of several below each other, so that its end has to be seen.
    """

    label: str
    line: Line
    steps: bool = False


@dataclass(frozen=True)
class Branch:
    """Something in a list, with what is told of it, and what it is made of in turn."""

    head: Line
    rows: tuple[Row, ...] = ()
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Part:
    """What stands under one heading; the table has a heading for each column."""

    heading: str
    rows: tuple[Row, ...] = ()
    branches: tuple[Branch, ...] = ()
    columns: tuple[str, ...] = ()
    table: tuple[tuple[Line, ...], ...] = ()


@dataclass(frozen=True)
class Story:
    """Everything told of one thing."""

    link: Link
    about: Line
    rows: tuple[Row, ...]
    parts: tuple[Part, ...]


def clean(text: str) -> str:
    """Text from a file on one line, with nothing in it that could move a cursor, colour a terminal or break a page."""
    return on_one_line(text)


def words(text: str, role: Role = Role.WORDS) -> Line:
    """Text as a line of one piece; an empty line where there is none."""
    told = clean(text)
    return (Piece(told, role),) if told else ()


def name_of(kind: Kind, name: str) -> Piece:
    """A name that can be traced."""
    return Piece(clean(name), Role.NAME, Link(kind, name))


def names(kind: Kind, several: Iterable[str], none: str = "nothing") -> Line:
    """Names in a row with commas between them."""
    pieces: list[Piece] = []
    for name in several:
        if pieces:
            pieces.append(Piece(", "))
        pieces.append(name_of(kind, name))
    return tuple(pieces) or words(none, Role.QUIET)


def told(label: str, text: str, role: Role = Role.WORDS) -> tuple[Row, ...]:
    """A row where there is something to tell, else none."""
    line = words(text, role)
    return (Row(label, line),) if line else ()


_SCALES = {"0..1": "(scale 0 to 1)", "-1..1": "(scale -1 to 1)", "-1 to 1": "(scale -1 to 1)"}


def spoken(unit: str) -> str:
    """A unit as it is said behind an amount: `0.05 a quarter`, where a file has `1/quarter`."""
    return f"a {unit.removeprefix('1/')}" if unit.startswith("1/") else _SCALES.get(unit, unit)


def span(low: float, high: float, unit: str) -> str:
    """A range with its unit, as messages and pages say it: `0 to 0.4 (scale -1 to 1)`, `0.02 to 0.25 a quarter`."""
    return f"{low:g} to {high:g} {spoken(unit)}"


def amount(value: float, unit: str = "", digits: int = 6) -> str:
    """An amount with its unit."""
    return clean(f"{value:.{digits}g} {spoken(unit)}")
