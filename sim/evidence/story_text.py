"""A story as lines of text of a given width, each made of pieces, so that a terminal may colour them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.evidence.story import Branch, Line, Part, Piece, Role, Row, Story, clean
from sim.io.text import capital, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLAIN_WIDTH = 96
_LABEL = 10
_DEEPEST = 24  # beyond this depth lines would be too short to read, and are indented no further


def story_text(story: Story, width: int = PLAIN_WIDTH) -> str:
    """The story as plain text."""
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in story_lines(story, width))


def story_lines(story: Story, width: int) -> Iterator[Line]:
    """The lines of a story, none longer than the width unless a single word is."""
    yield (Piece(clean(story.link.name), Role.HEADING), Piece(f", {story.link.kind.value}", Role.QUIET))
    yield from wrapped(story.about, width, "  ")
    if story.rows:
        yield ()
        yield from _rows(story.rows, width, 2)
    for part in story.parts:
        yield ()
        yield (Piece(capital(part.heading), Role.HEADING),)
        yield from _part(part, width)


def _part(part: Part, width: int) -> Iterator[Line]:
    yield from _rows(part.rows, width, 2)
    if part.table:
        yield from _table(part, width)
    for branch in part.branches:
        yield from _branch(branch, width, 2)


def _rows(rows: Iterable[Row], width: int, depth: int) -> Iterator[Line]:
    """Rows with their labels in one column."""
    several = list(rows)
    column = max((len(row.label) + 2 for row in several if row.label), default=0)
    column = max(column, _LABEL) if column else 0
    for row in several:
        lead = " " * depth + (row.label.ljust(column) if row.label or row.steps else "")
        yield from wrapped(row.line, width, lead, len(lead) + 4 if row.steps else None)


def _branch(branch: Branch, width: int, depth: int) -> Iterator[Line]:
    depth = min(depth, _DEEPEST)
    yield from wrapped(branch.head, width, " " * depth + "- ", depth + 4)
    yield from _rows(branch.rows, width, depth + 4)
    for inner in branch.branches:
        yield from _branch(inner, width, depth + 4)


def _table(part: Part, width: int) -> Iterator[Line]:
    """Columns as wide as what stands in them; the last one is broken into lines."""
    heads = tuple((Piece(column, Role.QUIET),) for column in part.columns)
    rows = [heads, *part.table]
    wide = [max(_length(row[at]) for row in rows) for at in range(len(part.columns) - 1)]
    for row in rows:
        lead: list[Piece] = [Piece("  ")]
        for cell, room in zip(row[:-1], wide, strict=True):
            lead += [*cell, Piece(" " * (room - _length(cell) + 2))]
        yield from _after(tuple(lead), row[-1], width)


def _after(lead: Line, line: Line, width: int) -> Iterator[Line]:
    """A line behind another; below it where too little room is left."""
    taken = _length(lead)
    if taken > width - 30:
        yield lead
        yield from wrapped(line, width, " " * 6)
        return
    lines = list(wrapped(line, width, " " * taken)) or [()]
    yield (*lead, *(lines[0][1:] if lines[0] else ()))
    yield from lines[1:]


def _length(line: Line) -> int:
    """How many columns of a terminal a line takes."""
    return sum(columns_of(piece.text) for piece in line)


def wrapped(line: Line, width: int, lead: str, indent: int | None = None) -> Iterator[Line]:
    """A line broken between words; the lead begins the first one, spaces as wide as the indent the others."""
    begin = Piece(lead, Role.QUIET)
    now: list[Piece] = []
    taken = 0
    for spaced, word in _words(line):
        gap = 1 if now and spaced else 0
        if now and len(begin.text) + taken + gap + _length(word) > width:
            yield (begin, *now)
            begin = Piece(" " * (len(lead) if indent is None else indent))
            now, taken, gap = [], 0, 0
        if gap:  # the space between two words of one role belongs to them, so that a colour need not begin anew
            now.append(Piece(" ", word[0].role if now[-1].role is word[0].role else Role.WORDS))
        now += word
        taken += gap + _length(word)
    if now:
        yield (begin, *now)


def _words(line: Line) -> Iterator[tuple[bool, Line]]:
    """What stands between spaces, and whether a space is before it; a word may be made of pieces of several roles."""
    word: list[Piece] = []
    spaced = False
    for piece in line:
        for at, text in enumerate(piece.text.split(" ")):
            if at:
                if word:
                    yield spaced, tuple(word)
                word, spaced = [], True
            if text:
                word.append(Piece(text, piece.role, piece.link))
    if word:
        yield spaced, tuple(word)
