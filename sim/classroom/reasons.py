"""Why an offer is worth what it is, and what a yes would change, as pieces of HTML for the page.

Bars go from nought to either side with their sentence beside them, so nothing is told by colour or length alone.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.classroom.words import say
from sim.figures.markup import Markup, element, joined, one_sided, said, table
from sim.figures.play_cards import effects_table
from sim.figures.style import ABOVE, BELOW
from sim.io.text import CAUTION, capital, percent_in_cell, signed
from sim.model.vocabulary import KIND_WORDS, term_words
from sim.narrative.explanation import POINTS, points_of
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    from sim.analysis.previews import Preview
    from sim.engine.offer import Offer
    from sim.narrative.explanation import Explanation


def why_so(explanation: "Explanation") -> Markup:
    """An offer weighed term by term: what counts less than a tenth of a point is left to the full text."""
    offer = explanation.offer
    points = points_of(offer.terms, offer.utility)
    reach = max((abs(one) for one in points.values()), default=0.0)
    rows = [(_weight(name, points[name], reach), sentence) for name, _, sentence in explanation.weighed if points[name]]
    worth, beaten = POINTS * offer.utility, POINTS * offer.reservation
    sums = say("play.sums", worth=signed(worth, 1), beaten=signed(beaten, 1), odds=percent_in_cell(offer.probability))
    heads = (say("play.against_for"), say("play.because"))
    return element(
        "div",
        element("h3", say("play.why_title", offer=_named(offer, explanation.names))),
        element("p", explanation.answer),
        table("", heads, rows),
        element("p", sums),
        element("h4", say("play.turned_rule" if offer.told else "play.turned")),
        element("ul", *(element("li", sentence) for sentence in explanation.turned_by)),
        element("details", element("summary", say("play.in_full")), element("pre", _lines(explanation))),
    )


def _weight(term: str, points: float, reach: float) -> Markup:
    """A term with its points, and the bar below; reach: where bars end on either side."""
    bar = one_sided(points, reach, ABOVE if points > 0.0 else BELOW)
    return joined([capital(term_words(term).label), signed(points, 1), bar])


def _lines(explanation: "Explanation") -> Markup:
    """The explanation as it stands in a terminal, line by line."""
    return Markup("\n".join(said(line) for line in str(explanation).split("\n")))


def if_signed(preview: "Preview", names: Mapping[str, str]) -> Markup:
    """What a yes would change, against a no; names: of the state and the powers, by code."""
    offer, last = preview.offer, quarter_text(preview.quarters[-1])
    head = element("h3", say("play.if_title", offer=_named(offer, names), quarter=last))
    parts = [element("p", say("play.pairs", count=preview.runs))]
    if preview.clauses != offer.exclusivity_signed:
        tried, there = percent_in_cell(preview.clauses), percent_in_cell(offer.exclusivity_signed)
        odds, usual = percent_in_cell(preview.probability), percent_in_cell(offer.probability)
        parts.append(element("p", say("play.tried", clauses=tried, there=there, odds=odds, usual=usual)))
    if not preview.allowed:
        return element("div", head, *parts, element("p", say("play.cannot", name=names[offer.to], why=offer.veto)))
    foot = element("p", say("play.later", caution=capital(CAUTION)), class_="quiet")
    return element("div", head, *parts, effects_table(preview.effects, names), foot)


def _named(offer: "Offer", names: Mapping[str, str]) -> str:
    return say("play.named", what=KIND_WORDS[offer.kind].one, size=offer.amount, power=names[offer.by])
