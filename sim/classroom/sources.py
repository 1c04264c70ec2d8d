"""On what a number rests, as a piece of a page: its story, told in place, with every name a way to that thing's own."""

from dataclasses import replace
from functools import cached_property

from sim.classroom.searching import Shelf, shelf
from sim.classroom.words import say
from sim.evidence.evidence import Evidence
from sim.evidence.influence import read_influence
from sim.evidence.numbers import Basis, Number
from sim.evidence.provenance import known_names, story_of
from sim.evidence.story import Kind, Link, Piece, Role, Row, clean, spoken
from sim.evidence.teller import Teller
from sim.figures.markup import Markup, element, joined
from sim.io.text import capital
from sim.narrative.story_markup import StoryMarkup

_PERCENT = 100.0
_UNITS = {"utility": "", "factor": "×"}


def label_of(number: Number) -> str:
    """What stands beside a slider: the plain wording where a number has one, else what it means."""
    return capital(clean(number.plain or number.meaning))


def scale_of(unit: str) -> float:
    """By what a value is multiplied to be read by a class: shares and rates are read in per cent."""
    return _PERCENT if unit.startswith(("share", "1/")) else 1.0


def unit_of(unit: str) -> str:
    """A unit as a class reads it behind an amount; empty where it says nothing to who has not read the description."""
    if scale_of(unit) != 1.0:
        return f"% {spoken(unit).removeprefix('share').strip()}".strip()
    return _UNITS.get(unit, spoken(unit))


def read(value: float, unit: str, digits: int = 4) -> str:
    """An amount as a class reads it."""
    return clean(f"{scale_of(unit) * value:.{digits}g} {unit_of(unit)}")


def badge(basis: Basis) -> Markup:
    """On what a number rests, in a word; the sentence is for those who point at it."""
    word = basis.name.lower()
    return element("span", say(f"dispute.{word}"), class_=f"badge {word}", title=basis.value)


def lead(kind: Kind, name: str, text: object) -> Markup:
    """A name as a button that opens the panel of what is so called."""
    what = {"data_do": "source", "data_kind": kind.name.lower(), "data_name": name}
    return element("button", text, type="button", class_="lead", **what)


def panel(evidence: Evidence, kind: Kind, name: str) -> Markup:
    """Everything told of a thing of this world, as a piece of a page.

    Documents are told where they are cited: nobody has to open one to see which way it leans.
    """
    teller = desk(evidence).teller
    known = known_names(teller)
    story = story_of(teller, Link(kind, name))
    title, what = clean(name), [element("span", kind.value, class_="quiet")]
    if kind is Kind.NUMBER:
        number = evidence.numbers[name]
        title = label_of(number)
        what = [element("code", clean(name)), badge(number.basis)]
        if title == capital(clean(number.meaning)):
            story = replace(story, about=())  # which the heading has said
        story = replace(story, rows=tuple(_as_read(row, number) for row in story.rows if row.label != "plainly"))

    def led(link: Link, text: str) -> str:
        return lead(link.kind, link.name, Markup(text)) if link.name in known[link.kind] else ""

    body = Markup(StoryMarkup(led, "h3").told(story))
    return element(
        "article", element("h2", title), element("p", joined(what), class_="what"), body, class_="source", tabindex=-1
    )


def _as_read(row: Row, number: Number) -> Row:
    """A row of a number with its unit as beside the slider."""
    if row.label != "value":
        return row
    value, *others = row.line
    told = read(number.value, number.unit)
    written = (Piece(f", written {number.value:g}", Role.QUIET),) if scale_of(number.unit) != 1.0 else ()
    return replace(row, line=(Piece(told, value.role), *written, *others))


# --- kept ------------------------------------------------------------------------------------------------------------


class Desk:
    """What stories and searches of one world need, made once and then kept."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.teller = Teller(evidence)

    @cached_property
    def shelf(self) -> Shelf:
        """The words by which numbers are found; of two that are as near the one that moves more comes first."""
        influence, numbers = read_influence(), self.evidence.numbers
        order = sorted(numbers, key=lambda name: influence[name].rank if name in influence else len(influence))
        return shelf(self.evidence, order, {name: label_of(number) for name, number in numbers.items()})


_DESKS: dict[int, Desk] = {}  # by which evidence it is: that is read once, and cannot be a key itself
_MOST_DESKS = 8


def desk(evidence: Evidence) -> Desk:
    """The desk of a world."""
    kept = _DESKS.get(id(evidence))
    if kept is None or kept.evidence is not evidence:
        if len(_DESKS) >= _MOST_DESKS:
            _DESKS.clear()
        kept = _DESKS[id(evidence)] = Desk(evidence)
    return kept
