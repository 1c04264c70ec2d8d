"""An offer, and how its explanation reads: sentences, points, bars, and what would have turned the answer."""

import dataclasses
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.model.vocabulary import KINDS, capital, term_words
from sim.scenario.scenario import quarter_text

WIDTH = 100
BAR = 8  # the longest bar on either side of the middle, in characters
POINTS = 100.0  # points are hundredths of utility: easier to read, and the same thing
TENTHS = 10.0  # points are printed to a tenth
REASONS = 3  # as many as a sentence can carry


# --- offers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One offer, from being laid on the table to its answer.

    size in bn USD, for security in index points; exclusivity, strings and local are shares 0..1; terms are the parts of
    the utility, signed, by name (`sim.model.world.TERMS`); accepted is None while the offer is unanswered.
    """

    quarter: int  # year * 4 + quarter - 1
    by: str
    to: str
    kind: str
    size: float
    exclusivity_asked: float
    strings: float
    exclusivity_signed: float = 0.0
    local: float = 0.0
    accepted: bool | None = None
    odds: float = 0.0
    draw: float = 0.0
    utility: float = 0.0
    reservation: float = 0.0
    permitted: bool = True
    terms: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def amount(self) -> str:
        """The size in words, with its unit."""
        return _amount(self.size, self.kind)

    @property
    def veto(self) -> str:
        """Why the offer could not be taken at all; empty where it could."""
        if self.permitted:
            return ""
        return "a neutral state joins no alliance" if self.terms["benefit"] > 0.0 else "there is nothing in it"

    @property
    def reasons(self) -> tuple[str, ...]:
        """What spoke most for the answer, in plain words, the weightiest first; a veto stands alone."""
        return self.reasons_with({})

    def reasons_with(self, names: Mapping[str, str], most: int = REASONS) -> tuple[str, ...]:
        """The same with names in place of codes, at most so many."""
        if self.veto:
            return (self.veto,)
        sign = 1.0 if self.accepted else -1.0
        ranked = sorted(self.terms.items(), key=lambda term: -sign * term[1])
        words = [term_words(name).short(worth) for name, worth in ranked if sign * worth > 0.0]
        by, to = names.get(self.by, self.by), names.get(self.to, self.to)
        return tuple(word.format(by=by, to=to) for word in words if word)[:most]


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
    relative: float  # size over what the state can absorb well at once
    margin: float
    flips: Mapping[str, Flip]

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    @property
    def weighed(self) -> tuple[tuple[str, float, str], ...]:
        """Terms that count: name, utility, sentence; for the offer first, each side with the weightiest first."""
        said = [(name, worth, self._sentence(name, worth)) for name, worth in self.offer.terms.items() if worth]
        return tuple(sorted(said, key=lambda term: -term[1]))

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


def percent(share: float) -> str:
    """A share in words, honest about small ones."""
    return "less than 1%" if 0.0 < share < 0.01 else f"{share:.0%}"


# --- as text ---------------------------------------------------------------------------------------------------------


def _unit(kind: str) -> str:
    return "index points" if kind == "security" else "bn USD"


def _amount(size: float, kind: str, decimals: int = 2) -> str:
    return f"{size:.{decimals}f} {_unit(kind)}"


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
    kind = KINDS[offer.kind]
    title = f"{quarter_text(offer.quarter)}: {kind.one} of {offer.amount}, offered to {to} by {by}"
    yield title
    yield "-" * len(title)
    yield from wrapped(_answer(one))
    yield from wrapped(_bargained(one))
    yield ""
    shown = points_of(offer.terms, offer.utility)
    longest = max((abs(points) for points in shown.values()), default=0.0)
    silent = []
    for name, _, sentence in one.weighed:
        if shown[name] == 0.0:
            silent.append(term_words(name).label)
            continue
        first, *rest = textwrap.wrap(sentence, WIDTH - BAR - BAR - 13)
        yield f"{shown[name]:+8.1f}  {_bar(shown[name], longest)}  {first}"
        yield from (f"{' ' * (BAR + BAR + 13)}{line}" for line in rest)
    silent += [term_words(name).label for name, worth in offer.terms.items() if not worth]
    total = round(POINTS * TENTHS * offer.utility) / TENTHS
    beaten = round(POINTS * TENTHS * offer.reservation) / TENTHS
    yield f"{'------':>8}"
    yield f"{total:+8.1f}  points is what the offer is worth to {to}, all in all."
    yield f"{beaten:+8.1f}  points is what it has to beat: what {to} can do without it."
    yield f"{total - beaten:+8.1f}  points is the difference: odds of a yes {_odds(offer.odds)}."
    if silent:
        yield from wrapped(f"Of no weight here: {', '.join(silent)}.")
    yield ""
    yield from wrapped("What would have turned the answer, all else and the draw the same:")
    for sentence in _turned(one):
        yield from wrapped(sentence, "- ", "  ")


def wrapped(sentence: str, first: str = "", rest: str = "") -> list[str]:
    """The sentence in lines, with what the first and the others begin with."""
    return textwrap.wrap(
        sentence, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _answer(one: Explanation) -> str:
    offer, to = one.offer, one.names[one.offer.to]
    if not offer.permitted:
        return f"{capital(to)} refuses, and could not do otherwise: {offer.veto}."
    verb, way, rest = ("accepts", "below", "to spare") if offer.accepted else ("refuses", "not below", "short")
    return (
        f"{capital(to)} {verb}. The odds of a yes were {_odds(offer.odds)}; the number drawn was {offer.draw:.3f}, "
        f"{way} {offer.odds:.3f} ({POINTS * one.margin:.1f} points {rest})."
    )


def _odds(odds: float) -> str:
    if odds < 0.005:
        return "under 1%"
    return "over 99%" if odds > 0.995 else f"{odds:.0%}"


def _bargained(one: Explanation) -> str:
    offer, by, to = one.offer, one.names[one.offer.by], one.names[one.offer.to]
    asked, signed = percent(offer.exclusivity_asked), percent(offer.exclusivity_signed)
    if offer.exclusivity_asked <= 0.0:
        clauses = f"{capital(by)} asks for no exclusive clauses"
    else:
        clauses = (
            f"{capital(by)} asks for clauses that exclude its rivals by {asked}; {to} bargains that down to {signed}"
        )
    local = f" and obtains that {percent(offer.local)} of the work is done at home" if offer.local > 0.0 else ""
    strings = f" Strings about government: {percent(offer.strings)}." if offer.strings > 0.0 else ""
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
    kind, taken = one.offer.kind, one.offer.accepted
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
        return f"Clauses: nothing to change, since they stand at {percent(flip.was)}."
    if flip.to is None:
        end = "if all rivals were excluded" if one.offer.accepted else "if nobody were excluded"
        return f"Clauses: not even {end}."
    return f"Clauses: {flip.to:.1%} {'or more' if one.offer.accepted else 'or less'}, in place of {flip.was:.1%}."


def _turned_trust(one: Explanation, flip: Flip) -> str:
    by, to = one.names[one.offer.by], one.names[one.offer.to]
    taken = one.offer.accepted
    if flip.to is None:
        return f"Trust: not even if {to} {f'did not trust {by} at all' if taken else f'fully trusted {by}'}."
    return f"Trust: {flip.to:.3f} {'or less' if taken else 'or more'} (from 0 to 1), in place of {flip.was:.3f}."


_TURNED: Mapping[str, Callable[[Explanation, Flip], str]] = {
    "size": _turned_size,
    "gift": _turned_gift,
    "exclusivity": _turned_clauses,
    "trust": _turned_trust,
}
