"""An offer, and how its explanation reads: sentences, points, bars, and what would have turned the answer."""

import dataclasses
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.engine.offer import Offer, _amount, _unit
from sim.io.text import capital, page_width, percent_in_sentence, wrapped
from sim.model.vocabulary import KIND_WORDS, term_words
from sim.scenario.calendar import quarter_text

BAR = 8  # the longest bar on either side of the middle, in characters
POINTS = 100.0  # points are hundredths of utility: easier to read, and the same thing
TENTHS = 10.0  # points are printed to a tenth


# --- offers ----------------------------------------------------------------------------------------------------------


# --- explanations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Flip:
    """The smallest change of one thing that turns the answer, all else and the draw as they were; to is None if none.

    what: "size", "gift" (more of it that ties nobody), "exclusivity" or "trust"; was, to and reach (how far was tried
    either way) in bn USD or index points for the first two, else 0..1; because: what moved most towards the
    other answer, such as "more benefit", or "veto" where one came or went.
    """

    what: str
    was: float
    to: float | None
    reach: tuple[float, float]
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One offer explained: `print` it, or take its parts.

    margin: utility to spare (taken) or missing (refused) at the draw, never negative, 0 where a veto decided; facts:
    what the sentences are filled with; flips by name.
    """

    offer: Offer
    names: Mapping[str, str]
    facts: Mapping[str, str]
    relative: float  # size over what the state can absorb well over the years it takes
    margin: float
    flips: Mapping[str, Flip]

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    @property
    def weighed(self) -> tuple[tuple[str, float, str], ...]:
        """Terms that count: name, utility, sentence; for the offer first, each side with the weightiest first."""
        said = [(name, worth, self._sentence(name, worth)) for name, worth in self.offer.terms.items() if worth]
        return tuple(sorted(said, key=lambda term: -term[1]))

    @property
    def answer(self) -> str:
        """What was answered, with its odds, and how close it was: a sentence or two."""
        return _answer(self)

    @property
    def terms_of_it(self) -> str:
        """What was asked for, and what bargaining left of it."""
        return _bargained(self)

    @property
    def turned_by(self) -> tuple[str, ...]:
        """What would have turned the answer, all else and the draw the same, a sentence each."""
        return tuple(_turned(self))

    def _sentence(self, name: str, worth: float) -> str:
        return capital(term_words(name).full(worth).format_map(_Known(self.facts)))

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values, numbers in full."""
        offer = {field.name: getattr(self.offer, field.name) for field in dataclasses.fields(self.offer)}
        offer |= {"quarter": quarter_text(self.offer.quarter), "unit": _unit(self.offer.kind)}
        offer["terms"] = {
            name: {"utility": worth, "words": self._sentence(name, worth) if worth else ""}
            for name, worth in self.offer.terms.items()
        }
        flips = {name: {**dataclasses.asdict(flip), "reach": list(flip.reach)} for name, flip in self.flips.items()}
        return {**offer, "veto": self.offer.veto, "margin": self.margin, "turned_by": flips}


class _Known(dict[str, str]):
    """Facts for a sentence; what nobody knows is left out rather than breaking the page."""

    def __missing__(self, key: str) -> str:
        return "some"


def points_of(terms: Mapping[str, float], total: float) -> dict[str, float]:
    """Terms in points, rounded so that they add up to the rounded total exactly; each is off by a tenth at most."""
    exact = {name: POINTS * TENTHS * worth for name, worth in terms.items()}
    whole = {name: math.floor(worth) for name, worth in exact.items()}
    missing = round(POINTS * TENTHS * total) - sum(whole.values())
    for name in sorted(exact, key=lambda name: whole[name] - exact[name])[: max(0, missing)]:
        whole[name] += 1
    return {name: count / TENTHS for name, count in whole.items()}


# --- as text ---------------------------------------------------------------------------------------------------------


def _fine(size: float, kind: str) -> str:
    """A size as finely as its turning point needs to be told."""
    return _amount(size, kind, 2 if size >= 1.0 else 3)


def _bar(points: float, longest: float) -> str:
    """A bar to the left (against) or right (for) of a middle line."""
    length = round(BAR * abs(points) / longest) if longest else 0
    length = max(length, 1) if points else 0
    return f"{'-' * length:>{BAR}}|{' ' * BAR}" if points < 0.0 else f"{' ' * BAR}|{'+' * length:<{BAR}}"


def _lines(one: Explanation) -> Iterator[str]:
    offer, to, by = one.offer, one.names[one.offer.to], one.names[one.offer.by]
    kind = KIND_WORDS[offer.kind]
    title = f"{quarter_text(offer.quarter)}: {kind.one} of {offer.amount}, offered to {to} by {by}"
    yield title
    yield "-" * len(title)
    yield from wrapped(one.answer)
    yield from wrapped(one.terms_of_it)
    yield ""
    shown = points_of(offer.terms, offer.utility)
    longest = max((abs(points) for points in shown.values()), default=0.0)
    silent = []
    for name, _, sentence in one.weighed:
        if shown[name] == 0.0:
            silent.append(term_words(name).label)
            continue
        first, *rest = textwrap.wrap(sentence, max(page_width() - BAR - BAR - 13, BAR))
        yield f"{shown[name]:+8.1f}  {_bar(shown[name], longest)}  {first}"
        yield from (f"{' ' * (BAR + BAR + 13)}{line}" for line in rest)
    silent += [term_words(name).label for name, worth in offer.terms.items() if not worth]
    total = round(POINTS * TENTHS * offer.utility) / TENTHS
    beaten = round(POINTS * TENTHS * offer.reservation) / TENTHS
    yield f"{'------':>8}"
    yield f"{total:+8.1f}  points is what the offer is worth to {to}, all in all."
    yield f"{beaten:+8.1f}  points is what it has to beat: what {to} can do without it."
    yield f"{total - beaten:+8.1f}  points is the difference: odds of a yes {_odds(offer.probability)}."
    if silent:
        yield from wrapped(f"Of no weight here: {', '.join(silent)}.")
    yield ""
    whose = "the answer of its own rule" if offer.told else "the answer"
    yield from wrapped(f"What would have turned {whose}, all else and the draw the same:")
    for sentence in one.turned_by:
        yield from wrapped(sentence, "- ", "  ")


def _answer(one: Explanation) -> str:
    offer, to = one.offer, one.names[one.offer.to]
    if not offer.permitted:
        whatever = " whatever it was told" if offer.told == "yes" else ""
        return f"{capital(to)} refuses, and could not do otherwise{whatever}: {offer.veto}."
    own = offer.by_rule
    way, rest = ("below", "to spare") if own else ("not below", "short")
    drawn = f"{offer.draw:.3f}, {way} {offer.probability:.3f} ({POINTS * one.margin:.1f} points {rest})."
    verb = "accepts" if offer.accepted else "refuses"
    if offer.told:
        rule = "yes too" if own and offer.accepted else "no too" if own == offer.accepted else "yes" if own else "no"
        return (
            f"{capital(to)} was told to {verb.removesuffix('s')}; its own rule would have said {rule}: the odds of a "
            f"yes were {_odds(offer.probability)}, and the number drawn was {drawn}"
        )
    return f"{capital(to)} {verb}. The odds of a yes were {_odds(offer.probability)}; the number drawn was {drawn}"


def _odds(odds: float) -> str:
    if odds < 0.005:
        return "under 1%"
    return "over 99%" if odds > 0.995 else f"{odds:.0%}"


def _bargained(one: Explanation) -> str:
    offer, by, to = one.offer, one.names[one.offer.by], one.names[one.offer.to]
    asked, signed = percent_in_sentence(offer.exclusivity_asked), percent_in_sentence(offer.exclusivity_signed)
    if offer.exclusivity_asked <= 0.0:
        clauses = f"{capital(by)} asks for no exclusive clauses"
    else:
        clauses = (
            f"{capital(by)} asks for clauses that exclude its rivals by {asked}; {to} bargains that down to {signed}"
        )
    local = (
        f" and obtains that {percent_in_sentence(offer.local)} of the work is done at home" if offer.local > 0.0 else ""
    )
    strings = f" Strings about government: {percent_in_sentence(offer.strings)}." if offer.strings > 0.0 else ""
    scale = (
        " One index point would be a guarantee by treaty, with standing exercises." if offer.kind == "security" else ""
    )
    return f"{clauses}{local}.{strings}{scale}"


def _turned(one: Explanation) -> Iterator[str]:
    """One sentence for every thing that was tried."""
    yield from (said for flip in one.flips.values() for said in [_TURNED[flip.what](one, flip)] if said)


def _because(one: Explanation, flip: Flip) -> str:
    """Through what a change of size works: it may work either way."""
    if flip.because == "veto":
        return "so that nothing would stand in the way" if one.offer.veto else "which could not be taken at all"
    return f"which means {flip.because}"


def _turned_size(one: Explanation, flip: Flip) -> str:
    kind, taken = one.offer.kind, one.offer.by_rule
    if flip.to is None:
        done = "put it off" if taken else "done"
        return f"Money: no other size would have {done}, from a twentieth of it to twenty times as much."
    way = "more" if flip.to > flip.was else "less"
    change = f"{_fine(flip.to, kind)} ({_fine(abs(flip.to - flip.was), kind)} {way})"
    return f"Money: {change}, {_because(one, flip)}."


def _turned_gift(one: Explanation, flip: Flip) -> str:
    kind, to = one.offer.kind, one.names[one.offer.to]
    if flip.to is None:
        return (
            f"A gift: not even {_fine(flip.reach[1], kind)} on top that ties {to} to nobody, because more of the same "
            "adds ever less."
        )
    return f"A gift: {_fine(flip.to, kind)} on top that ties {to} to nobody."


def _turned_clauses(one: Explanation, flip: Flip) -> str:
    if flip.reach[0] == flip.reach[1]:
        return f"Clauses: nothing to change, since they stand at {percent_in_sentence(flip.was)}."
    if flip.to is None:
        end = "if all rivals were excluded" if one.offer.by_rule else "if nobody were excluded"
        return f"Clauses: not even {end}."
    return f"Clauses: {flip.to:.1%} {'or more' if one.offer.by_rule else 'or less'}, in place of {flip.was:.1%}."


def _turned_trust(one: Explanation, flip: Flip) -> str:
    by, to = one.names[one.offer.by], one.names[one.offer.to]
    taken = one.offer.by_rule
    if flip.to is None:
        return f"Trust: not even if {to} {f'did not trust {by} at all' if taken else f'fully trusted {by}'}."
    return f"Trust: {flip.to:.3f} {'or less' if taken else 'or more'} (from 0 to 1), in place of {flip.was:.3f}."


_TURNED: Mapping[str, Callable[[Explanation, Flip], str]] = {
    "size": _turned_size,
    "gift": _turned_gift,
    "exclusivity": _turned_clauses,
    "trust": _turned_trust,
}
