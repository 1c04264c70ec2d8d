"""Putting a year of one state into a short paragraph: the turning points first, small things together.

What is told is chosen by weight, never by chance: every sentence has one, and a paragraph has room for few.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sim.batch.outcomes import split_word
from sim.engine.offer import Offer
from sim.io.text import capital, listing, percent_in_sentence
from sim.model.vocabulary import KIND_WORDS, term_words
from sim.narrative.levels import HELP, OUT, UNREST, is_most
from sim.narrative.observer import ObservedOffer, StateYear, Visit
from sim.scenario.calendar import quarter_text

ROOM = 5  # sentences a paragraph has room for
TRIVIAL = 2.0  # weight below which a sentence is told only where there would be hardly anything else
LEAST = 2  # what counts as hardly anything
LARGE = 3.0  # an offer of so many absorptive scales is large
CLOSE = 0.05  # a draw so near the odds is a close call
UNLIKELY = 0.3  # odds of an answer below this make it a surprise
STRICT = 0.33  # exclusive clauses above this are told
TRUST = 0.05  # changes below these in a year are not told
STANDING = 0.1
MOVED = 0.008
DUE = 0.5  # works that fell due, in absorptive scales, from which delivery is told
HALF = 0.5  # of what fell due
OFTEN = 3  # so many refusals of one power in a year are told together
SEVERAL = 2
REMEMBERED = 4  # years for which a reader remembers a reason
NAMED = 3  # names in a row
NEW_PLANTS = 0.03  # a rise of what can be refined at home below this is not told
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Sentence:
    """A sentence with its place in the paragraph and its weight; {who} and {whose} stand for the state."""

    place: float
    weight: float
    text: str


class Paragraphs:
    """Tells of one state, and remembers what it has told so that it need not say it twice."""

    def __init__(self, state: str, names: Mapping[str, str], capitals: Mapping[str, str]) -> None:
        self.state, self.names, self.capitals = state, names, capitals
        self.told: dict[tuple[str, str, str], int] = {}  # when a reason was last given for an answer to a power
        self.bound: set[str] = set()  # to whom exclusive promises have been told
        self.slighted: set[str] = set()  # where a loss of standing has been told

    def paragraph(self, year: StateYear) -> str:
        """The year in a paragraph; empty where it was too quiet for one."""
        sentences = [*self._turns(year), *self._deals(year), *self._refusals(year), *self._reactions(year)]
        sentences += [*self._works(year), *self._moves(year)]
        ranked = sorted(sentences, key=lambda one: -one.weight)
        chosen = [one for n, one in enumerate(ranked[:ROOM]) if one.weight >= TRIVIAL or n < LEAST]
        if not any(one.weight > TRIVIAL for one in ranked):
            return ""
        chosen.sort(key=lambda one: one.place)
        return self._said(chosen)

    def quiet(self, year: StateYear) -> str:
        """A quiet year in a few words: the state, and what it signed."""
        name, taken = self.names[self.state], year.taken
        if not taken:
            return f"{name} ({_count(len(year.heard), 'offer')}, nothing signed)"
        by = listing(dict.fromkeys(self.names[one.offer.by] for one in taken))
        return f"{name} ({_count(len(taken), 'small signature')}, with {by})"

    def _said(self, sentences: Iterable[Sentence]) -> str:
        """Sentences in a row; the state has its name where it comes first, and is `it` from there on."""
        name, known = self.names[self.state], False

        def named(mark: re.Match[str]) -> str:
            nonlocal known
            first, later = {"who": (name, "it"), "whose": (f"{name}'s", "its")}[mark[1]]
            said, known = (later if known else first), True
            return said

        return " ".join(capital(re.sub(r"{(who|whose)}", named, one.text)) for one in sentences)

    # --- turning points ---

    def _turns(self, year: StateYear) -> Iterator[Sentence]:
        for when, side, promised in year.sides:
            season = _season(when)
            if side is None:
                yield Sentence(_early(when), 9.0, f"From {season} on {{who}} stands on nobody's side any more.")
                continue
            ties = f"{percent_in_sentence(year.before.alignment[side])} of its ties"
            bound = (
                f"{ties} and exclusive promises ({promised:.0%}) bind it" if promised > STRICT else f"{ties} bind it"
            )
            yield Sentence(
                _early(when), 10.0, f"In {season} {{who}} openly takes the side of {self.names[side]}: {bound}."
            )
        for when, helpers, level, calmer in year.unrest:
            calm = ", and the streets calm down" if calmer else ""
            sent = listing(f"{self.names[code]} sends {HELP.of(much)}" for code, much in helpers.items())
            helped = f"; {sent}{calm}" if helpers else ""
            yield Sentence(_early(when), 6.0, f"In {_season(when)} {{who}} faces {UNREST.of(level)}{helped}.")
        for when, other in year.clashes:
            yield Sentence(_early(when), 7.0, f"In {_season(when)} {{who}} clashes with {self.names[other]}.")
        if year.after.refines - year.before.refines > NEW_PLANTS:
            yield Sentence(6, 4.0, f"New plants let {{who}} refine {year.after.refines:.0%} of what it mines.")
        before, after = year.before.word, year.after.word
        if before and after and before != after and not year.sides:
            outcome, about = split_word(after)
            whom = f" ({self.names[about]})" if about else ""
            yield Sentence(8, 8.0, f"By the end of the year {{who}} {outcome.value}{whom}.")
        first, now = _leader(year.before.alignment), _leader(year.after.alignment)
        if first != now:
            share, former = year.after.alignment[now], year.after.alignment[first]
            over = f"{self.names[now]} overtakes {self.names[first]} as {{whose}} largest partner"
            yield Sentence(7, 7.0, capital(f"{over} ({share:.1%} to {former:.1%})."))

    # --- what was signed, and what was not ---

    def _deals(self, year: StateYear) -> Iterator[Sentence]:
        taken, count = year.taken, len(year.heard)
        if not count:
            yield Sentence(1, 1.0, "Nobody makes {who} an offer.")
            return
        if not taken:
            none = (
                f"signs none of {_number(count)} offers" if count > 1 else "does not sign the one offer that it hears"
            )
            yield Sentence(1, TRIVIAL, f"{{who}} {none}.")
            return
        largest = taken[0]
        weight = 3.0 if largest.relative >= LARGE else TRIVIAL
        what = self._what(largest)
        if count == 1:
            how = "signs"
        elif len(taken) == 1:
            how = f"signs one of {_number(count)} offers,"
        elif len(taken) == count:
            how = f"signs {'both' if count == SEVERAL else f'all {_number(count)}'} offers, above all"
        else:
            how = f"signs {_number(len(taken))} of {_number(count)} offers, above all"
        why = self._why("deal", largest)
        yield Sentence(1, weight + 2.0 if len(taken) > 1 else weight, f"{{who}} {how} {what}{why}{self._rest(taken)}.")
        bound = [one for one in taken if one.offer.exclusivity_signed > STRICT and one.offer.by not in self.bound]
        if bound:
            powers = list(dict.fromkeys(one.offer.by for one in bound))
            self.bound.update(powers)
            whom = listing(self.names[code] for code in powers)
            verb = "brings costs" if len(powers) == 1 else "bring costs"
            far = OUT.of(max(one.offer.exclusivity_signed for one in bound))
            text = f"What {whom} {verb} {{who}} a promise to keep rivals away {far}."
            yield Sentence(2, 3.5, text)

    def _what(self, heard: ObservedOffer) -> str:
        """An offer as the object of a sentence; firsts and surprises are marked."""
        offer = heard.offer
        kind = KIND_WORDS[offer.kind]
        first = ", the first since the start" if heard.first and kind.one != kind.bare else ""
        surprise = (
            f", against odds of {percent_in_sentence(offer.probability)}"
            if offer.accepted and offer.probability < UNLIKELY and not offer.told
            else ""
        )
        return f"{kind.one} of {offer.amount} from {self.names[offer.by]}{first}{surprise}"

    def _why(self, sort: str, heard: ObservedOffer) -> str:
        """The reason, unless the same was said of the same power not long ago."""
        offer = heard.offer
        mark, year = (sort, offer.by, heard.reason), offer.quarter // 4
        again = year - self.told.get(mark, -REMEMBERED) < REMEMBERED
        if again or not (heard.reason or offer.settled):
            return ""
        self.told[mark] = year
        return f", because {self.reason(heard)}"

    def reason(self, heard: ObservedOffer) -> str:
        """What set the answer apart, in a few words; a veto or an order where there is one."""
        offer = heard.offer
        said = term_words(heard.reason).short(offer.terms[heard.reason]) if heard.reason else offer.settled
        return said.format(by=self.names[offer.by], to=self.names[offer.to])

    def _rest(self, taken: list[ObservedOffer]) -> str:
        """Who signed the others, with how many where it is more than one."""
        counts = Counter(one.offer.by for one in taken[1:]).most_common()
        if not counts:
            return ""
        if len(counts) == 1:
            code, number = counts[0]
            return f"; the {'other comes' if number == 1 else 'others come'} {self._it_too(code, taken[0])}"
        parts = [f"{self.names[code]} ({number})" if number > 1 else self.names[code] for code, number in counts]
        named = parts if len(parts) <= NAMED + 1 else [*parts[:NAMED], f"{_number(len(parts) - NAMED)} others"]
        return f"; the others come from {listing(named)}"

    def _it_too(self, code: str, largest: ObservedOffer) -> str:
        return "from there too" if code == largest.offer.by else f"from {self.names[code]}"

    def _refusals(self, year: StateYear) -> Iterator[Sentence]:
        refused = year.refused
        if not refused:
            return
        counts = Counter(one.offer.by for one in refused)
        code, most = max(counts.items(), key=lambda count: count[1])
        largest = refused[0]
        if most >= OFTEN:
            mine = [one for one in refused if one.offer.by == code]
            reason, alike = Counter(one.reason for one in mine).most_common(1)[0]
            largest = next(one for one in mine if one.reason == reason)
            why = self._why("refusal", largest)
            often = "mostly" if is_most(alike, most) else "most often"
            mostly = f", {often}{why.removeprefix(',')}" if why else " once more"
            yield Sentence(3, 3.0 if why else 1.5, f"{{who}} turns {self.names[code]} down {times_told(most)}{mostly}.")
            return
        if largest.close < CLOSE:
            odds = percent_in_sentence(largest.offer.probability)
            text = f"{{who}} turns down {self._what(largest)}, a close call (odds of a yes {odds})."
            yield Sentence(3, 4.0 if largest.relative >= LARGE else 2.0, text)
            return
        unlikely = largest.offer.probability > 1.0 - UNLIKELY and not largest.offer.told
        why = self._why("refusal", largest)
        weight = (3.0 if why else 1.0) if largest.relative >= LARGE else 1.0
        against = f", against odds of {percent_in_sentence(largest.offer.probability)}" if unlikely else ""
        yield Sentence(
            3, weight + (1.0 if unlikely else 0.0), f"{{who}} turns down {self._what(largest)}{against or why}."
        )

    # --- who reacted ---

    def _reactions(self, year: StateYear) -> Iterator[Sentence]:
        if year.pressed:
            powers = dict.fromkeys(code for _, code, _ in year.pressed)
            when, _, offer = year.pressed[0]
            after = f" after {{who}} took {self._thing(offer)}" if offer else ""
            whom = listing(self.names[code] for code in powers)
            verb = "put" if len(powers) > 1 else "puts"
            yield Sentence(4, 5.0, f"From {_season(when)} {whom} {verb} pressure on {{who}}{after}.")
        eased = dict.fromkeys(code for _, code in year.eased if code not in {other for _, other, _ in year.pressed})
        if eased:
            yield Sentence(4, 2.0, f"{listing(self.names[code] for code in eased)} {_let(len(eased))} up on {{who}}.")
        answers = Counter(one.offer.by for one in year.heard if one.answering)
        code, count = max(answers.items(), key=lambda answer: answer[1], default=("", 0))
        mine = [one.offer for one in year.heard if one.answering and one.offer.by == code]
        signed = sum(bool(offer.accepted) for offer in mine)
        if count >= (SEVERAL if signed else OFTEN):  # fewer are told for the whole region
            fate = {0: "without success", count: "and signs them all"}.get(signed, f"and signs {_number(signed)}")
            what = f"{fate}: {listing(dict.fromkeys(KIND_WORDS[offer.kind].need for offer in mine))}"
            text = f"{self.names[code]} answers the gains of rivals with {_number(count)} offers to {{who}}, {what}."
            yield Sentence(5, 1.5 + 0.5 * count, text)
        yield from self._visits(year)
        fallen = {code: year.after.standing[code] - level for code, level in year.before.standing.items()}
        worst = min(fallen, key=lambda code: fallen[code])
        if fallen[worst] < -STANDING and worst not in self.slighted:  # once for a power is enough
            self.slighted.add(worst)
            text = f"In {self.capitals[worst]} {{whose}} standing suffers over what it signs with rivals."
            yield Sentence(6, 1.0 - 10.0 * fallen[worst], text)

    def _visits(self, year: StateYear) -> Iterator[Sentence]:
        if not year.visits:
            return
        if len(year.visits) == 1:
            visit = year.visits[0]
            where = f"{self.capitals[visit.power]} off the calendar"
            text = f"In {_season(visit.quarter)} {{whose}} leader travels to {where}{self._after(visit)}."
            yield Sentence(5, 2.5, text)
            return
        places = Counter(visit.power for visit in year.visits)
        where = listing(
            f"{self.capitals[code]} {times_told(count)}" if count > 1 else self.capitals[code]
            for code, count in places.items()
        )
        text = f"{{whose}} leader travels off the calendar to {where}{why_visited(year.visits)}."
        yield Sentence(5, 3.0, text)

    def _after(self, visit: Visit) -> str:
        if visit.after is not None:
            return f", after taking {self._thing(visit.after)}"
        return ", after voting otherwise than was asked there" if visit.voted else ""

    def _thing(self, offer: Offer) -> str:
        return f"{KIND_WORDS[offer.kind].one} from {self.names[offer.by]}"

    # --- what was built, and how the state stands ---

    def _works(self, year: StateYear) -> Iterator[Sentence]:
        """Broken promises that cost trust; what else was built is told for the whole region."""
        trust = {code: year.after.trust[code] - level for code, level in year.before.trust.items()}
        worst = min(trust, key=lambda code: trust[code])
        due = year.kept[worst] + year.failed[worst]
        if trust[worst] > -TRUST or due < DUE or year.failed[worst] < HALF * due:
            return
        lost, level = (
            percent_in_sentence(year.failed[worst] / due),
            f"{year.before.trust[worst]:.2f} to {year.after.trust[worst]:.2f}",
        )
        text = f"Of what {self.names[worst]} owes {{who}} this year, {lost} falls through; trust falls from {level}."
        yield Sentence(6, 2.0 + 20.0 * abs(trust[worst]), text)

    def _moves(self, year: StateYear) -> Iterator[Sentence]:
        trust = {code: level - year.before.trust[code] for code, level in year.after.trust.items()}
        code = max(trust, key=lambda code: abs(trust[code]))
        broken = year.failed[code] >= HALF * (year.kept[code] + year.failed[code]) >= HALF * DUE and trust[code] < 0.0
        if abs(trust[code]) >= TRUST and not broken:
            way = "grows" if trust[code] > 0.0 else "falls"
            level = f"{year.before.trust[code]:.2f} to {year.after.trust[code]:.2f}"
            text = f"{{whose}} trust in {self.names[code]} {way} from {level}."
            yield Sentence(7, 1.5 + 25.0 * abs(trust[code]), text)
        parts = moved(year.before.alignment, year.after.alignment, self.names, MOVED)
        if parts:
            largest = max(abs(year.after.alignment[code] - share) for code, share in year.before.alignment.items())
            yield Sentence(9, 1.0 + 100.0 * largest, f"{{whose}} ties move: {', '.join(parts)}.")


def why_visited(visits: Iterable[Visit]) -> str:
    """What all the powers have in common that were visited off the calendar; empty where that is not known of each."""
    visits = list(visits)
    if not all(visit.after is not None or visit.voted for visit in visits):
        return ""
    by_deal = any(visit.after is not None for visit in visits)
    by_vote = any(visit.after is None for visit in visits)
    said = [
        *(["whose rivals had gained"] if by_deal else []),
        *(["that had asked for another vote"] if by_vote else []),
    ]
    return f", to powers {' or '.join(said)}"


def moved(before: Mapping[str, float], after: Mapping[str, float], names: Mapping[str, str], least: float) -> list[str]:
    """The largest moves of shares in words, at most three."""
    changes = sorted(((code, after[code] - share) for code, share in before.items()), key=lambda move: -abs(move[1]))
    return [
        f"{names[code]} {'up' if change > 0 else 'down'} {100 * abs(change):.1f} points to {after[code]:.0%}"
        for code, change in changes[: LEAST + 1]
        if abs(change) >= least
    ]


def _leader(shares: Mapping[str, float]) -> str:
    return max(shares, key=lambda code: shares[code])


def _early(quarter: int) -> float:
    """The place of a turning point: before everything else, in the order of quarters."""
    return (quarter % 4) / 4.0 - 1.0


def _season(quarter: int) -> str:
    return quarter_text(quarter)[-2:]


def _number(count: int) -> str:
    return NUMBER_WORDS[count] if count < len(NUMBER_WORDS) else str(count)


def _count(count: int, noun: str) -> str:
    return f"{_number(count)} {noun}{'' if count == 1 else 's'}"


def times_told(count: int) -> str:
    """How often, as a reader says it."""
    return {1: "once", 2: "twice"}.get(count, f"{_number(count)} times")


def _let(count: int) -> str:
    return "lets" if count == 1 else "let"
