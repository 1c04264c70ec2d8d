"""A story as HTML: its rows, parts and branches, every text escaped; whoever shows it says where its links lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import TypeAlias

from sim.evidence.story import Branch, Line, Link, Part, Piece, Role, Row, Story
from sim.io.text import capital

Lead: TypeAlias = Callable[[Link, str], str]
"""Makes of a link and its text, which is escaped already, what leads there; empty where nothing of it is at hand."""

MANY = 12  # names in a row beyond which a reader has to open it
_TAGS = {Role.QUIET: "small", Role.WARNING: "em", Role.CODE: "code"}


class StoryMarkup:
    """Writes stories; `lead` says where a link leads, `heading` is the element above each part."""

    def __init__(self, lead: Lead, heading: str = "h4") -> None:
        self._lead = lead
        self._heading = heading

    def told(self, story: Story) -> str:
        """What is told of a thing, without its name."""
        parts = "".join(self._part(part) for part in story.parts)
        about = f"<p>{self.line(story.about)}</p>" if story.about else ""
        return f"{about}{self._rows(story.rows)}{parts}"

    def line(self, line: Line) -> str:
        """Pieces in a row."""
        return "".join(self.piece(piece) for piece in line)

    def piece(self, piece: Piece) -> str:
        """A piece as what it is: a name that leads on, an amount, what is said by the way."""
        text = escape(piece.text, quote=False)
        led = self._lead(piece.link, text) if piece.link is not None else ""
        if led:
            return led
        tag = _TAGS.get(piece.role)
        return f"<{tag}>{text}</{tag}>" if tag else text

    def _part(self, part: Part) -> str:
        table = self._table(part) if part.table else ""
        branches = "".join(self._branch(branch) for branch in part.branches)
        inner = f"{self._rows(part.rows)}{table}" + (f"<ul>{branches}</ul>" if branches else "")
        return f"<{self._heading}>{escape(capital(part.heading))}</{self._heading}>{inner}"

    def _table(self, part: Part) -> str:
        heads = "".join(f'<th scope="col">{escape(column)}' for column in part.columns)
        rows = ["<tr>" + "".join(f"<td>{self.line(cell)}" for cell in cells) for cells in part.table]
        return f"<table><thead><tr>{heads}</thead><tbody>{''.join(rows)}</tbody></table>"

    def _branch(self, branch: Branch) -> str:
        inner = "".join(self._branch(one) for one in branch.branches)
        return f"<li>{self.line(branch.head)}{self._rows(branch.rows)}" + (f"<ul>{inner}</ul>" if inner else "")

    def _rows(self, rows: Iterable[Row]) -> str:
        """Rows with labels as a list of descriptions, those without as paragraphs; steps stay below each other."""
        told, listed = [], False
        for row in rows:
            line = self._folded(row.line)
            if row.label and not listed:
                told.append("<dl>")
            if row.label:
                told.append(f"<dt>{escape(row.label)}<dd>{f'<div>{line}</div>' if row.steps else line}")
            elif row.steps:
                told.append(f"<div>{line}</div>")
            else:
                told.append(f"</dl><p>{line}</p>" if listed else f"<p>{line}</p>")
            listed = bool(row.label) or (listed and row.steps)
        return "".join([*told, "</dl>" if listed else ""])

    def _folded(self, line: Line) -> str:
        """A line; where it is a long row of names, one that opens."""
        count = sum(piece.link is not None for piece in line)
        if count <= MANY or any(piece.link is None and piece.text != ", " for piece in line):
            return self.line(line)
        return f"<details><summary>{count} names</summary>{self.line(line)}</details>"
