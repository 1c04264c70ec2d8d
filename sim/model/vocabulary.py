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

    Short reasons know nothing but the sign, so they hold at every level; full sentences take the word for the level
    from `sim.narrative.levels`. An empty text stands where the sign cannot occur. {by} and {to} are the names of the
    power and the state; what else a full sentence may use stands in `sim.narrative.facts.facts_of`.
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
        "It would deepen dependence: {to} depends on {by} to {dependence} now, and would do so to more than "
        "{tolerance}, past which each further step hurts more than the last.",
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
        "{to} stands on another side than {by}",
        "",
        "{to} has taken the side of {side}, and {by} is {side_rival}.",
    ),
    "displeasure": TermWords(
        "displeasure of rivals",
        "",
        "others could make {to} pay for it",
        "",
        "It would displease others who could make {to} pay for it{rival}.",
    ),
    "governance": TermWords(
        "strings about government",
        "",
        "it comes with strings about government",
        "",
        "It comes with strings about how {to} is governed ({strings} of the tightest there could be), which {minds}.",
    ),
    "balancing": TermWords(
        "another partner beside a larger one",
        "it brings {by} in beside a larger partner",
        "",
        "It brings {by} in beside {top}, on which {to} depends most ({top_share}, and {dependence} on {by}).",
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
        "{by} is trusted more than half",
        "{by} is trusted less than half",
        "{to} {trusts}: {trust} on a scale from 0 to 1, more than the middle.",
        "{to} {trusts}: {trust} on a scale from 0 to 1, less than the middle.",
    ),
    "parallel": TermWords(
        "keeping step with others",
        "it keeps step with gains taken from others",
        "",
        "It keeps step: {to} has lately taken more from the mean of the other powers than from {by}, and evens "
        "that out.",
        "",
    ),
    "resentment": TermWords(
        "resentment",
        "",
        "tariffs, pressure or closed ways by {by} are resented",
        "",
        "{by} has used tariffs or pressure against {to} or shut its ways, and that is {resented}.",
    ),
    "agenda": TermWords(
        "objection to outside militaries",
        "",
        "another power in its security minds outside militaries",
        "",
        "{guard} there, and {by} is {guard_rival}.",
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
        "{by} stands in the first half of the usual order of partners",
        "{by} stands in the second half of the usual order of partners",
        "In the usual order of partners of {to}, {by} {order}: {affinity}, where 1 is first.",
        "In the usual order of partners of {to}, {by} {order}: {affinity}, where 1 is first.",
    ),
    "energy": TermWords(
        "oil and gas",
        "its oil and gas call for it",
        "",
        "Oil and gas are {rent} of what {to} sells abroad; {by} buys {sold} of them, and that {energy}.",
        "",
    ),
    "kinship": TermWords(
        "kinship and culture",
        "language, culture or kinship draw {to} to {by}",
        "",
        "{kin}, and that makes agreeing easier.",
        "",
    ),
    "solidarity": TermWords(
        "solidarity with a neighbour",
        "",
        "{by} presses a neighbour that {to} stands with",
        "",
        "{by} puts {neighbour}.",
    ),
    "union": TermWords(
        "customs union",
        "",
        "ties to another's customs union make dealing with {by} dearer",
        "",
        "{to} is {unions}, and dealing with {by} costs it part of what that brings.",
    ),
    "vacuum": TermWords(
        "strain on those who protect it",
        "strain on those who protect it makes other protection count for more",
        "",
        "{strained}, so that protection by {by} is worth more.",
        "",
    ),
    "second_tier": TermWords(
        "a middle power beside the great",
        "a middle power counts for more the more great ones quarrel or loom large",
        "",
        "{by} is {tier}, and such powers count for more the sharper the rivalries (the sharpest of all stands at "
        "{heat}, where 1 is the sharpest there could be) and the more {to} depends on one power "
        "({top_share} on {top}).",
        "",
    ),
}


def term_words(name: str) -> TermWords:
    """The words of a term; one the table does not know goes by its own name."""
    return TERM_WORDS.get(name) or TermWords(name.replace("_", " "))
