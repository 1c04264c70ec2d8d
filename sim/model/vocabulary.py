"""Words for what the model counts: kinds of offer, and every term of a state's utility, in short and in full.

One table serves the reasons of an offer, chronicles and explanations, so that the same thing is said in the same words
everywhere. A term that the model gains needs a row here; a test asks for it.
"""

from collections.abc import Mapping
from typing import NamedTuple


class KindWords(NamedTuple):
    """A kind of offer: as one offer, without its article, and as what a state needs."""

    one: str
    bare: str
    need: str


KIND_WORDS = {
    "deal": KindWords("a trade deal", "trade deal", "trade"),
    "minerals": KindWords("a minerals deal", "minerals deal", "minerals projects"),
    "infrastructure": KindWords("an infrastructure project", "infrastructure project", "infrastructure"),
    "security": KindWords("security help", "security help", "security"),
}
DOMAIN_WORDS = {"economic": "in trade", "security": "in security"}


class TermWords(NamedTuple):
    """A term of the utility: its name for readers; short reasons and full sentences for (+) and against (-) an offer.

    An empty text stands where the sign cannot occur. {by} and {to} are the names of the power and the state; what else
    a full sentence may use stands in `sim.narrative.counterfactual.facts_of`.
    """

    label: str
    short_for: str = ""
    short_against: str = ""
    long_for: str = ""
    long_against: str = ""

    def short(self, worth: float) -> str:
        """The reason in a few words."""
        return self.short_for if worth > 0.0 else self.short_against

    def full(self, worth: float) -> str:
        """The reason as a sentence; never empty."""
        said = self.long_for if worth > 0.0 else self.long_against
        return said or f"The {self.label} speaks {'for' if worth > 0.0 else 'against'} it."


TERM_WORDS: Mapping[str, TermWords] = {
    "benefit": TermWords(
        "benefit",
        "it serves a need",
        "it brings little",
        "It serves a need: {unmet} of the need for {need} is unmet{ordered}. The offer is {times} what {to} can absorb "
        "well in the {years} that such things take, and {to} believes that {believed} of it will come{worth}.",
        "It brings {to} nothing that it needs.",
    ),
    "dependence": TermWords(
        "fear of dependence",
        "",
        "it would deepen dependence on {by}",
        "",
        "It would deepen dependence: {to} already leans on {by} for {dependence} of its ties, and past {tolerance} "
        "each further step hurts more than the last.",
    ),
    "exclusivity": TermWords(
        "price of exclusive clauses",
        "",
        "it asks to leave others out",
        "",
        "It asks to leave others out: clauses of {signed} (100% would exclude all rivals of {by}) cost {to} part of "
        "what it has with them.",
    ),
    "loyalty": TermWords(
        "loyalty to the side taken",
        "",
        "a rival of {by} has been chosen as the side to stand on",
        "",
        "{to} has taken the side of {side}, and {by} is a rival of that side.",
    ),
    "displeasure": TermWords(
        "displeasure of rivals",
        "",
        "rivals of {by} could make {to} pay",
        "",
        "Rivals of {by} could make {to} pay for it{rival}.",
    ),
    "governance": TermWords(
        "strings about government",
        "",
        "it comes with strings about government",
        "",
        "It comes with strings about how {to} is governed ({strings} of the tightest there could be), which its "
        "government does not like.",
    ),
    "balancing": TermWords(
        "second partner beside a dominant one",
        "it brings {by} in beside a dominant partner",
        "",
        "It brings {by} in as a second partner beside {top}, on which {to} depends most ({top_share}).",
        "",
    ),
    "shelter": TermWords(
        "counterweight to pressure",
        "{by} is a counterweight to those who press {to}",
        "",
        "{to} is under {pressing}, and {by} is a counterweight to that.",
        "",
    ),
    "trust": TermWords(
        "trust",
        "{by} keeps its word",
        "{by} is not trusted",
        "{by} keeps its word: {to} trusts it {trust} on a scale from 0 to 1, more than the middle.",
        "{by} is not trusted: {trust} on a scale from 0 to 1, less than the middle.",
    ),
    "parallel": TermWords(
        "keeping step with others",
        "it keeps step with gains taken from others",
        "",
        "It keeps step: {to} has lately taken more from other powers than from {by}, and evens that out.",
        "",
    ),
    "resentment": TermWords(
        "resentment",
        "",
        "tariffs or pressure by {by} are resented",
        "",
        "{by} has used tariffs or pressure against {to}, and that is resented.",
    ),
    "agenda": TermWords(
        "a guarantor's objection",
        "",
        "a guarantor resists outside militaries",
        "",
        "A power with a hand in the security of {to} wants no outside militaries there, and {by} is its rival.",
    ),
    "entrenched": TermWords(
        "works that stand already",
        "it builds on what {by} has built before",
        "",
        "It builds on what is there: {by} holds {share} of all {to} has in {need}.",
        "",
    ),
    "summit": TermWords(
        "summit",
        "it was ready to be signed at a summit",
        "",
        "It can be signed before the cameras at a summit of {by} with the region's leaders.",
        "",
    ),
    "order": TermWords(
        "usual order of partners",
        "{by} is one of the partners who usually come first",
        "usual partners come before {by}",
        "Usual partners come first, and {by} is one of them.",
        "Usual partners come first, and {by} is not one of them.",
    ),
    "energy": TermWords(
        "oil and gas",
        "its oil and gas call for it",
        "its oil and gas bind it to another buyer",
        "{to} lives by oil and gas, of which {by} buys {sold}, and that {energy}.",
        "{to} lives by oil and gas, of which {by} buys {sold}, and another buyer would mind.",
    ),
    "kinship": TermWords(
        "kinship and culture",
        "language, culture or kinship draw {to} to {by}",
        "language and culture keep {to} from {by}",
        "{kin}, and that makes agreeing easier.",
        "Language and culture stand between {to} and {by}.",
    ),
    "solidarity": TermWords(
        "solidarity with a neighbour",
        "{by} stands by a neighbour that {to} stands with",
        "{by} presses a neighbour that {to} stands with",
        "{by} stands by a neighbour that {to} feels close to.",
        "{by} presses a neighbour that {to} feels close to.",
    ),
    "union": TermWords(
        "customs union",
        "it fits the customs union that {to} is in",
        "joining another's deal costs preferences in the customs union",
        "It fits the customs union that {to} is in.",
        "{to} is in a customs union with another power, and dealing with {by} costs it preferences there.",
    ),
    "vacuum": TermWords(
        "a guarantor tied down elsewhere",
        "its guarantor is tied down elsewhere, so that other protection counts for more",
        "its guarantor needs no replacement",
        "The guarantor of {to} is tied down elsewhere, so that protection by {by} is worth more.",
        "The guarantor of {to} is there, so that protection by {by} is worth less.",
    ),
    "second_tier": TermWords(
        "a middle power beside the great",
        "a middle power counts for more while great powers press or dominate",
        "great powers leave little room for a middle power",
        "{by} is no great power, and counts for more because great powers press {to} or dominate there.",
        "{by} is no great power, and great powers leave little room for it.",
    ),
}


def term_words(name: str) -> TermWords:
    """The words of a term; one the table does not know goes by its own name."""
    return TERM_WORDS.get(name) or TermWords(name.replace("_", " "))


def opening_words(open_now: float) -> str:
    """How far a way is open, in words; 0 closed, 1 open."""
    if open_now <= 0.0:
        return "closed"
    return "open again" if open_now >= 1.0 else f"open to {open_now:.0%}"


def weight_words(level: float) -> str:
    """How heavy a war or a quarrel is, in words; level 0..1, 0 when it is over."""
    return next(words for above, words in _WEIGHTS if level <= above)


_WEIGHTS = ((0.0, "over"), (0.3, "light"), (0.6, "of middling weight"), (0.9, "heavy"), (1.0, "all there is"))
