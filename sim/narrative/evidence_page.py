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
from sim.evidence.story import Kind, Link, Piece, Role, Story, clean
from sim.evidence.support import SEVERAL
from sim.evidence.teller import Teller
from sim.io.text import CAUTION, capital
from sim.narrative.page_style import STYLE
from sim.narrative.story_markup import MANY, StoryMarkup

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence

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
        self.markup = StoryMarkup(self._lead)

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
            start = self.markup.piece(Piece(clean(self.of.name), Role.NAME, self.of))
            yield f"<p>Start: {start}. Only what it rests on is here; a name without a link is on the page of all"
            yield "(<code>multivector trace --html FILE</code>).</p>"
        else:
            starts = [link for link in self.stories if link.kind is Kind.OUTCOME]
            links = " · ".join(self.markup.piece(Piece(clean(link.name), Role.NAME, link)) for link in starts)
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
        if len(mine) > MANY:
            yield "<details><summary>All by name</summary><p>"
            yield ", ".join(self.markup.piece(Piece(clean(one.link.name), Role.NAME, one.link)) for one in mine)
            yield "</p></details>"
        for story in mine:
            yield self._story(story)
        yield "</section>"

    def _story(self, story: Story) -> str:
        name = escape(clean(story.link.name))
        return f'<article id="{self.anchors[story.link]}"><h3>{name}</h3>{self.markup.told(story)}</article>'

    def _lead(self, link: Link, text: str) -> str:
        anchor = self.anchors.get(link)
        return "" if anchor is None else f'<a href="#{anchor}">{text}</a>'


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
