"""The evidence as one page that can be clicked through, from an outcome to a paragraph of a document and back.

The file needs nothing beside it: no network, no script, no font. Every text from the seeds is escaped, and the same
seeds give the same bytes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING

from sim.evidence.numbers import Basis
from sim.evidence.provenance import known_names, story_of
from sim.evidence.story import Branch, Kind, Line, Link, Part, Piece, Role, Row, Story, clean
from sim.evidence.support import SEVERAL
from sim.evidence.teller import Teller
from sim.io.text import CAUTION, capital
from sim.narrative.page_style import STYLE

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence

_MANY = 12  # names in a row beyond which a reader has to open it
_LETTERS = {
    Kind.OUTCOME: "o",
    Kind.NUMBER: "n",
    Kind.FACT: "f",
    Kind.DOCUMENT: "d",
    Kind.FIELD: "c",
    Kind.CONFLICT: "x",
    Kind.SYSTEM: "s",
    Kind.RULE: "r",
}
_SECTIONS = {
    Kind.OUTCOME: ("Outcomes", "What decides them, by the latest sweep over all numbers."),
    Kind.NUMBER: (
        "Numbers",
        "What the model is given. Where no rule or formula is named as using one, the world starts with it.",
    ),
    Kind.FACT: ("Facts", "What the documents say, one thing each, in our own words."),
    Kind.DOCUMENT: ("Documents", "The sources, with how far each is believed and which way it leans."),
    Kind.FIELD: ("Codebook", "What each level of a coded number means, so that another reader would code alike."),
    Kind.CONFLICT: (
        "Conflicts",
        "Where sources contradict each other: a written reason, or readings to choose from.",
    ),
    Kind.SYSTEM: ("Systems", "Mechanisms that can be switched off, and the facts behind their claims."),
    Kind.RULE: ("Rules", "What states and powers do with the numbers, and the facts behind it."),
}
_TAGS = {Role.QUIET: "small", Role.WARNING: "em", Role.CODE: "code"}


def evidence_page(evidence: Evidence, of: Link | None = None) -> str:
    """The page of everything, or of one thing with all that it rests on and what it moves.

    evidence: of one world; of: where the reader starts; None for everything.
    """
    teller = Teller(evidence, unfolds=False)
    names = known_names(teller)
    stories: dict[Link, Story] = {}
    if of is None:
        stories = {link: story_of(teller, link) for kind in _SECTIONS for link in (Link(kind, n) for n in names[kind])}
    else:
        _gather(teller, of, stories)
    return _Page(teller, stories, of).whole()


def _gather(teller: Teller, first: Link, stories: dict[Link, Story]) -> None:
    """The first story and all to which one comes from it on the way down, to documents."""
    todo = deque([first])
    while todo:
        link = todo.popleft()
        if link not in stories:
            stories[link] = story_of(teller, link)
            aside = link.kind is Kind.CONFLICT and link is not first  # of what it makes of other numbers nobody asked
            downs = [down for down in _down(stories[link]) if not aside or down.kind is Kind.FACT]
            todo += (down for down in downs if down not in stories)


_BACK = frozenset(
    (
        *("what uses it", "what rests on it", "its facts", "how much depends on it", "what moves it too"),
        *("cases that show the levels", "who has which level"),
    )
)
"""Headings of what leads back, or aside."""


def _down(story: Story) -> Iterator[Link]:
    """Where a story leads on the way to documents: not to what rests on it."""
    parts = [part for part in story.parts if part.heading not in _BACK]
    rows = [*story.rows, *(row for part in parts for row in part.rows)]
    lines = [row.line for row in rows] + [cell for part in parts for cells in part.table for cell in cells]
    todo = [branch for part in parts for branch in part.branches]
    while todo:
        branch = todo.pop()
        lines += [branch.head, *(row.line for row in branch.rows)]
        todo += branch.branches
    yield from (piece.link for line in lines for piece in line if piece.link is not None)


class _Page:
    """Writes the page; knows which stories it has, so that no link leads nowhere."""

    def __init__(self, teller: Teller, stories: Mapping[Link, Story], of: Link | None) -> None:
        self.teller = teller
        self.stories = stories
        self.of = of
        self.anchors = _anchors(stories)

    def whole(self) -> str:
        """The whole file."""
        title = _title(self.of)
        present = [kind for kind in _SECTIONS if any(link.kind is kind for link in self.stories)]
        if self.of is not None:  # where the reader starts stands first
            start = self.of.kind
            present.sort(key=lambda kind: kind is not start)
        lines = [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style></head>",
            '<body><a class="skip" href="#main">To the text</a>',
            f'<nav aria-label="Sections">{self._menu(present)}</nav>',
            f'<main id="main"><h1>{escape(title)}</h1>',
            *self._beginning(),
        ]
        for kind in present:
            lines += self._section(kind)
        return "\n".join([*lines, "</main></body></html>", ""])

    def _menu(self, present: Iterable[Kind]) -> str:
        links = [f'<a href="#{_SECTIONS[kind][0].lower()}">{_SECTIONS[kind][0]}</a>' for kind in present]
        return " ".join(['<a href="#main">Top</a>', *links])

    # --- the beginning -----------------------------------------------------------------------------------------------

    def _beginning(self) -> Iterator[str]:
        evidence = self.teller.evidence
        yield f"<p><strong>{capital(CAUTION)}.</strong> The world is <i>{escape(evidence.world)}</i>. Follow the links:"
        yield "an outcome names the numbers that move it, a number shows how it was computed or coded, each fact names"
        yield "the document and the place in it, and every fact and document lists what rests on it.</p>"
        yield f'<p class="note">{escape(clean(one_voice(evidence)))}</p>'
        if self.of is not None:
            start = self._piece(Piece(clean(self.of.name), Role.NAME, self.of))
            yield f"<p>Start: {start}. Only what it rests on is here; a name without a link is on the page of all"
            yield "(<code>multivector trace --html FILE</code>).</p>"
        else:
            starts = [link for link in self.stories if link.kind is Kind.OUTCOME]
            links = " · ".join(self._piece(Piece(clean(link.name), Role.NAME, link)) for link in starts)
            yield f"<p>Start with an outcome: {links}.</p>" if links else ""
        yield '<details open><summary>How to read a number</summary><dl class="key">'
        for basis in Basis:
            yield f"<dt>{basis.name.lower()}</dt><dd>{escape(basis.value)}</dd>"
        yield "</dl></details>"

    # --- sections ----------------------------------------------------------------------------------------------------

    def _section(self, kind: Kind) -> Iterator[str]:
        heading, about = _SECTIONS[kind]
        mine = [story for link, story in self.stories.items() if link.kind is kind]
        yield f'<section><h2 id="{heading.lower()}">{heading} <small>{len(mine):,}</small></h2><p>{escape(about)}</p>'
        if len(mine) > _MANY:
            yield "<details><summary>All by name</summary><p>"
            yield ", ".join(self._piece(Piece(clean(one.link.name), Role.NAME, one.link)) for one in mine)
            yield "</p></details>"
        for story in mine:
            yield self._story(story)
        yield "</section>"

    def _story(self, story: Story) -> str:
        name = escape(clean(story.link.name))
        about = self._line(story.about)
        parts = "".join(self._part(part) for part in story.parts)
        anchor = self.anchors[story.link]
        return f'<article id="{anchor}"><h3>{name}</h3><p>{about}</p>{self._rows(story.rows)}{parts}</article>'

    def _part(self, part: Part) -> str:
        table = self._table(part) if part.table else ""
        branches = "".join(self._branch(branch) for branch in part.branches)
        inner = f"{self._rows(part.rows)}{table}" + (f"<ul>{branches}</ul>" if branches else "")
        return f"<h4>{escape(capital(part.heading))}</h4>{inner}"

    def _table(self, part: Part) -> str:
        heads = "".join(f'<th scope="col">{escape(column)}' for column in part.columns)
        rows = ["<tr>" + "".join(f"<td>{self._line(cell)}" for cell in cells) for cells in part.table]
        return f"<table><thead><tr>{heads}</thead><tbody>{''.join(rows)}</tbody></table>"

    def _branch(self, branch: Branch) -> str:
        inner = "".join(self._branch(one) for one in branch.branches)
        return f"<li>{self._line(branch.head)}{self._rows(branch.rows)}" + (f"<ul>{inner}</ul>" if inner else "")

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

    # --- lines -------------------------------------------------------------------------------------------------------

    def _folded(self, line: Line) -> str:
        """A line; where it is a long row of names, one that opens."""
        count = sum(piece.link is not None for piece in line)
        if count <= _MANY or any(piece.link is None and piece.text != ", " for piece in line):
            return self._line(line)
        return f"<details><summary>{count} names</summary>{self._line(line)}</details>"

    def _line(self, line: Line) -> str:
        return "".join(self._piece(piece) for piece in line)

    def _piece(self, piece: Piece) -> str:
        text = escape(piece.text, quote=False)
        if piece.link in self.anchors:
            return f'<a href="#{self.anchors[piece.link]}">{text}</a>'
        tag = _TAGS.get(piece.role)
        return f"<{tag}>{text}</{tag}>" if tag else text


def _title(of: Link | None) -> str:
    if of is None:
        return "Where the numbers come from"
    name = clean(of.name)
    return f"What moves the outcome {name}" if of.kind is Kind.OUTCOME else f"Where {name} comes from"


def _anchors(links: Iterable[Link]) -> dict[Link, str]:
    """A name for each story by which the page can be entered: letters, digits, points and hyphens, each once."""
    found: dict[Link, str] = {}
    taken: set[str] = set()
    for link in links:
        plain = "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "-" for one in link.name)
        anchor, count = f"{_LETTERS[link.kind]}-{plain}", 1
        while anchor in taken:
            count += 1
            anchor = f"{_LETTERS[link.kind]}-{plain}~{count}"
        taken.add(anchor)
        found[link] = anchor
    return found


def one_voice(evidence: Evidence) -> str:
    """How far the facts come from documents of one country, said so that nobody takes agreement for confirmation."""
    words = Counter(evidence.documents[fact.document].country for fact in evidence.facts.values() if fact.value is None)
    countries = {country: count for country, count in words.items() if country not in ("", SEVERAL)}
    if not countries:
        return "Most documents do not say which country they come from."
    country, count = max(countries.items(), key=lambda one: (one[1], one[0]))
    return (
        f"One country, one voice: of {sum(words.values()):,} statements in words, {count:,} come from documents of one "
        f"country, {country}. Where these agree, that is one view repeated, not a confirmation."
    )
