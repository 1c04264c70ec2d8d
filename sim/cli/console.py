"""What the tables that close a command are printed with.

Text for a console is marked with `BOLD`, `DIM` and `END`, which are control characters and so in no text from a file:
brackets in a title are brackets. What is printed is cleaned, and fits: prose is broken between words, and a table
that is too wide for the terminal is cut into several, one below the other, each with its column of names.
"""

import os
import re
import sys
import textwrap
from collections.abc import Iterator
from typing import Any, TextIO

from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from sim.cli.streams import UNBROKEN, USUAL, Exact, columns_on
from sim.io.letters import cleaned, spelled

BOLD, DIM, END = "\x0e", "\x11", "\x0f"
_STYLES = {BOLD: "bold", DIM: "dim"}
_MARK = re.compile(f"([{BOLD}{DIM}{END}])")
_LINES = 24
_FEWEST_FOR_WORDS = 20  # columns that a column of words wants before the table is cut
_LEAST_GAP = 1  # columns between those of a table that would not fit with more


class PlainTable(Table):
    """A table without lines; the first `named` columns say what a row is about and stand in every part of it."""

    named = 1


class Screen(Console):
    """A console on which marks are ours alone, everything is cleaned, and tables fit."""

    def render_str(self, text: str, **_: Any) -> Text:
        """A text with its marks turned into styles; nothing else in it is read as markup."""
        shown, style = Text(), ""
        for piece in _MARK.split(text):
            if _MARK.fullmatch(piece):
                style = _STYLES.get(piece, "")
            else:
                shown.append(spelled(cleaned(piece), self.encoding).replace("\u00a0", UNBROKEN), style or None)
        return shown

    def print(self, *objects: Any, **how: Any) -> None:
        """Print texts and tables, each table in as many parts as it takes to fit."""
        parts: list[Any] = []
        for one in objects:
            parts += self.parts_of(one) if isinstance(one, PlainTable) else [one]
        super().print(*parts, **how)

    def parts_of(self, table: PlainTable) -> Iterator[Table]:
        """The table, or where it is too wide several of some of its columns."""
        named, others = table.columns[: table.named], table.columns[table.named :]
        table.show_header = any(column.header for column in table.columns)
        needed_by_all = sum(self._needed(column) for column in table.columns)
        for gap in dict.fromkeys((table.padding[1], _LEAST_GAP)):
            table.padding = (0, gap, 0, 0)
            if needed_by_all + gap * (len(table.columns) - 1) <= self.width or not others:
                yield table
                return
        names = min(sum(self._needed(column) + gap for column in named), self.width // 2)
        part: list[Column] = []
        taken = names
        for column in others:
            needed = min(self._needed(column), self.width - names) + gap
            if part and taken + needed - gap > self.width:
                yield self._part(table, named, part)
                part, taken = [], names
            part.append(column)
            taken += needed
        yield self._part(table, named, part)

    def _needed(self, column: Column) -> int:
        """How many columns of the terminal a column takes: all it wants, or enough for words that may be broken."""
        cells = [Measurement.get(self, self.options, cell) for cell in (*column.cells, column.header)]
        most = max(cell.maximum for cell in cells)
        if column.no_wrap:
            return most
        prose = any(cell.maximum > _FEWEST_FOR_WORDS for cell in cells[:-1])
        return min(most, max(_FEWEST_FOR_WORDS if prose else 0, *(cell.minimum for cell in cells)))

    def _part(self, table: PlainTable, named: list[Column], columns: list[Column]) -> Table:
        part = _without_lines(table.padding[1])
        for at, column in enumerate((*named, *columns)):
            widest = self.width // (2 * len(named)) if at < len(named) else None
            wraps = self._needed(column) > (widest or self.width // 2)
            part.add_column(
                column.header,
                style=column.style,
                justify=column.justify,
                no_wrap=column.no_wrap and not wraps,
                overflow="fold",
                max_width=widest if wraps else None,
            )
        part.show_header = any(column.header for column in part.columns)
        room = part.columns[0].max_width
        for first, *cells in zip(*(column.cells for column in (*named, *columns)), strict=True):
            part.add_row(first if room is None else "\n".join(textwrap.wrap(str(first), room)), *cells)
        return part


def console_for(file: TextIO | None) -> Screen:
    """A console that writes to `file`, or to standard output."""
    given: Any = sys.stdout if file is None else file
    exact: Any = Exact(given)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Screen(
        file=exact,
        width=columns_on(given) or USUAL,
        height=_LINES,  # given, or the library would look into the environment, whatever stands there
        highlight=False,
        emoji=False,
        markup=False,
        color_system=None if plain else "auto",
    )


def plain_table(named: int = 1, gap: int = 2) -> PlainTable:
    """A table without lines, with a column of names in bold; the first `named` columns say what a row is about."""
    table = _without_lines(gap)
    table.named = named
    table.add_column("", style="bold", no_wrap=True, overflow="fold")
    return table


def _without_lines(gap: int) -> PlainTable:
    return PlainTable(box=None, pad_edge=False, padding=(0, gap, 0, 0))
