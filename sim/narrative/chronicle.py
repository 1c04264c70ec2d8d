"""One run told as a story: who is who, what each year brought, how it ends, and what changed and why.

Every sentence is derived from the run; nothing is embroidered. The same scenario, seed and run give the same text.
`sim.narrative.portraits` says who is who, `sim.narrative.observer` follows the run, `sim.narrative.paragraphs` puts the
years of a state into words.
"""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sim.batch.outcomes import split_word
from sim.engine.agents import Model, State
from sim.evidence.evidence import Evidence
from sim.io.text import CAUTION, capital, listing, page_width
from sim.model.fields import KINDS
from sim.model.rules.diplomacy import ABSTAINS, NO, STAYS_AWAY, YES
from sim.model.vocabulary import DOMAIN_WORDS, KIND_WORDS, term_words
from sim.narrative.event_sentences import SEVERAL, event_sentence, number_told
from sim.narrative.levels import is_most, rivalry_of_two
from sim.narrative.observer import ObservedOffer, Observer, Visit, Year
from sim.narrative.paragraphs import Paragraphs, moved, times_told, why_visited
from sim.narrative.portraits import how_portraits_are_known, portrait_of_power, portrait_of_state
from sim.scenario.calendar import quarter_text
from sim.scenario.events import JOIN, Event, EventKind
from sim.scenario.scenario import Scenario

SHIFT = 0.12  # a change of rivalry below this in a year is not told
LEAST = 0.01  # nor a change of shares over the run
TOLD = 5  # numbers drawn for a run that are told one by one
FEW = 3  # offers from which it is told how a power fared
OFTEN = 0.25  # the part of its offers that a power must have refused to be named for it
VOTES = {  # by code, for one state and for several
    int(YES): ("says yes", "say yes"),
    int(NO): ("says no", "say no"),
    int(ABSTAINS): ("abstains", "abstain"),
    int(STAYS_AWAY): ("stays away", "stay away"),
}
_BARRED = "barred"  # marks what neutral states are asked into and may not do
DUE, POOR = 1.0, 0.5  # works that fell due, in absorptive scales, and the part of them that counts as poor


def tell(
    scenario: str | Path | Scenario, seed: int | None = None, run: int = 0, *, seeds: str | Path | None = None
) -> str:
    """One run as readable prose.

    scenario: a name, a path or a `Scenario`; seed: the scenario's own if None; run: which run of that seed; seeds: the
    folder of a world of one's own, where the scenario is not loaded yet. Raises `InputError` where one is wrong.
    """
    model = Model(scenario, seed=seed, run=run, seeds=seeds)
    story = _Story(model)
    lines = [*story.opening(), *story.who_is_who()]
    while model.running:
        model.step()
        story.listener.listen()
        if (model.quarter + 1) % 4 == 0 or not model.running:
            lines += story.year()
    lines += story.ending()
    return "\n".join(lines) + "\n"


class _Story:
    """The frame of a story, and its years."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.evidence: Evidence = model.evidence
        actors = (*self.evidence.states, *self.evidence.powers)
        self.name = {actor.code: actor.spoken or actor.name for actor in actors}
        self.name |= {way.code: way.spoken for way in (*self.evidence.corridors, *self.evidence.pipelines)}
        capitals = {actor.code: actor.capital for actor in actors}
        self.listener = Observer(model)
        self.tellers = {state.code: Paragraphs(state.code, self.name, capitals) for state in model.states}
        self.heard: list[ObservedOffer] = []
        self.visits: list[Visit] = []
        self.taken_sides: Counter[str] = Counter()

    # --- before the first year ---

    def opening(self) -> Iterator[str]:
        """Title, question, and what kind of text this is."""
        setting = self.model.setting
        yield from (setting.title, "=" * len(setting.title), "")
        yield from _fill(setting.question)
        yield ""
        first, last = quarter_text(setting.start), quarter_text(setting.end)
        yield from _fill(
            f"{first} to {last}, seed {self.model.prepared.seed}, run {self.model.run_number}: one of many possible "
            f"courses, {CAUTION}. Shares are shares of all ties, weighted by kind; money is in billion dollars; "
            "security help is in index points, of which one is a guarantee by treaty."
        )
        if setting.sampled:
            yield from ("", *_fill(f"Drawn for this run: {self._all_drawn(tuple(setting.sampled))}."))
        fitted = self.model.prepared.fitted
        if fitted is not None:
            yield from ("", *_fill(f"One row of what was fitted to the record: {self._all_drawn(fitted.names)}."))

    def _all_drawn(self, drawn: tuple[str, ...]) -> str:
        """The first of the numbers drawn, and how many there are beside."""
        more = f"; and {len(drawn) - TOLD} more (`multivector run` keeps all)" if len(drawn) > TOLD else ""
        return "; ".join(map(self._drawn, drawn[:TOLD])) + more

    def _drawn(self, name: str) -> str:
        """A number drawn from its range, by what it means."""
        number = self.evidence.numbers[name]
        value = float(self.model.values[name][0])
        return f"{' '.join(number.meaning.split())}, {value:.3g} {number.unit}"

    def who_is_who(self) -> Iterator[str]:
        """A sentence or two on every state and every power, as they stand at the start."""
        yield from ("", "Who is who", "----------")
        yield from _fill(how_portraits_are_known(self.model))
        yield ""
        for state in self.model.states:
            yield from _fill(portrait_of_state(self.model, state, self.name))
        yield ""
        for power in self.model.powers:
            yield from _fill(portrait_of_power(self.model, power, self.name))

    # --- the years ---

    def year(self) -> Iterator[str]:
        """The year that has just ended: what came from outside, the region at a glance, and state by state."""
        year = self.listener.turn_page()
        number = str(self.model.quarter // 4)
        yield from ("", number, "-" * len(number))
        for sentence in self._events(year):
            yield from _fill(sentence)
        yield from _fill(
            " ".join(
                [
                    self._glance(year),
                    *self._votes(year),
                    *self._answers(year),
                    *self._works(year),
                    *self._rivalries(year),
                ]
            )
        )
        quiet = []
        for code, of_state in year.states.items():
            self.heard += of_state.heard
            self.visits += of_state.visits
            self.taken_sides.update(side for _, side, _ in of_state.sides if side)
            paragraph = self.tellers[code].paragraph(of_state)
            if not paragraph:
                quiet.append(self.tellers[code].quiet(of_state))
                continue
            yield ""
            yield from _paragraph(paragraph)
        if quiet:
            yield ""
            yield from _paragraph(f"A quiet year for {listing(quiet)}.")

    def _events(self, year: Year) -> Iterator[str]:
        """The events of the year in their own sentences; the same thing done to several is told once."""
        now = self.model.quarter
        dated = [*zip((int(date) for date in self.model.dates), self.model.setting.events, strict=True)]
        orders = {(date + 1, str(event.fields)) for date, event in dated if "say" in event.fields}
        news = (pair for pair in dated if (pair[0], str(pair[1].fields)) not in orders)  # an order that stands is none
        events = sorted((pair for pair in news if now // 4 * 4 <= pair[0] <= now), key=lambda pair: pair[0])
        groups: dict[tuple[object, ...], list[tuple[int, Event]]] = {}
        for date, event in events:
            one = SEVERAL.get(event.kind, "")
            same = sorted((key, str(value)) for key, value in event.fields.items() if key != one)
            alone = () if one else (len(groups),)
            barred = (_BARRED,) if self._is_barred(date, event, year) else ()
            groups.setdefault((date, event.kind, event.note, *same, *alone, *barred), []).append((date, event))
        for about, together in groups.items():
            date, event = together[0]
            if about[-1] is _BARRED:
                yield f"{quarter_text(date)}: {self._barred([event for _, event in together])}"
                continue
            one = SEVERAL.get(event.kind, "")
            targets = {one: tuple(str(each.fields[one]) for _, each in together)} if len(together) > 1 else {}
            sentence = event_sentence(event, self._names(event), targets)
            yield f"{quarter_text(date)}: {sentence}{self._fate(date, event, year)}"

    def _is_barred(self, date: int, event: Event, year: Year) -> bool:
        """Whether an event asks a state into a pact that is too neutral to join it."""
        joins = event.kind is EventKind.PACT and event.fields["move"] == JOIN
        return joins and date in year.states[str(event.fields["in"])].neutral

    def _barred(self, events: list[Event]) -> str:
        """What becomes of a pact that neutral states are asked into."""
        asked = listing(self.name[str(event.fields["in"])] for event in events)
        verb, none = ("is", "joins") if len(events) == 1 else ("are", "join")
        pact = f"the security pact of {self.name[str(events[0].fields['of'])]}"
        return f"{asked} {verb} asked into {pact}, but {verb} neutral and {none} no alliance."

    def _names(self, event: Event) -> Mapping[str, str]:
        """Names of states and powers, and of the numbers that an event sets: what they are, up to the first pause."""
        if event.kind is not EventKind.SET:
            return self.name
        numbers = (self.evidence.numbers[str(name)] for name in event.fields["number"])  # type: ignore[union-attr]
        return {**self.name, **{one.name: number_told(one.name, one.meaning) for one in numbers}}

    def _fate(self, date: int, event: Event, year: Year) -> str:
        """How an offer that a scenario lays on the table was answered."""
        if event.kind is not EventKind.OFFER:
            return ""
        asked = date, event.fields["by"], event.fields["kind"]
        for heard in year.states[str(event.fields["to"])].heard:
            offer = heard.offer
            if (offer.quarter, offer.by, offer.kind) == asked:
                verb = "takes it" if offer.accepted else "refuses the offer"
                return f" {self.name[offer.to]} {verb}, because {self.tellers[offer.to].reason(heard)}."
        return ""

    def _glance(self, year: Year) -> str:
        """The year of the region in a sentence or two."""
        heard = [one for of_state in year.states.values() for one in of_state.heard]
        signed = Counter(one.offer.by for one in heard if one.offer.accepted)
        said = f"{len(heard)} offers are made and {sum(signed.values())} signed"
        if signed:
            count = max(signed.values())
            first = listing(self.name[code] for code, number in signed.items() if number == count)
            many = "most of them" if is_most(count, sum(signed.values())) else "the largest number"
            each = "" if list(signed.values()).count(count) == 1 else " each"
            said += f", {many} with {first} ({count}{each})"
        if year.summits:
            hosts = listing(
                f"{self.name[code]} ({', '.join(quarter_text(at)[-2:] for at in when)})"
                for code, when in year.summits.items()
            )
            said += f". The region's leaders are received by {hosts}"
        return said + "."

    def _votes(self, year: Year) -> Iterator[str]:
        """How the states voted, vote by vote."""
        votes: dict[int, dict[int, list[str]]] = {}
        for code, of_state in year.states.items():
            for when, vote in of_state.votes:
                votes.setdefault(when, {}).setdefault(vote, []).append(self.name[code])
        for when, cast in sorted(votes.items()):
            said = [f"{listing(names)} {VOTES[vote][len(names) > 1]}" for vote, names in sorted(cast.items())]
            yield f"In the vote of {quarter_text(when)[-2:]} {'; '.join(said)}."

    def _answers(self, year: Year) -> Iterator[str]:
        """Who answered the gains of rivals most, where it did so more than once or twice."""
        answers = [one.offer for of_state in year.states.values() for one in of_state.heard if one.answering]
        code, count = max(Counter(offer.by for offer in answers).items(), key=lambda many: many[1], default=("", 0))
        if count >= FEW:
            theirs = [offer for offer in answers if offer.by == code]
            where = listing(self.name[to] for to in dict.fromkeys(offer.to for offer in theirs))
            signed = sum(bool(offer.accepted) for offer in theirs)
            fate = f"{signed or 'none'} of them signed"
            yield capital(f"{self.name[code]} answers the gains of rivals with {count} offers to {where}, {fate}.")

    def _works(self, year: Year) -> Iterator[str]:
        """Who delivered most of what fell due in the region, and who kept its word least."""
        kept, due = Counter[str](), Counter[str]()
        worst: dict[str, str] = {}
        for code, of_state in year.states.items():
            for power, done in of_state.kept.items():
                failed = of_state.failed[power]
                kept[power] += done  # type: ignore[assignment]
                due[power] += done + failed  # type: ignore[assignment]
                if power not in worst or failed > year.states[worst[power]].failed[power]:
                    worst[power] = code
        owing = {power: kept[power] / owed for power, owed in due.items() if owed >= DUE}
        if not owing:
            return
        best, least = max(owing, key=lambda power: kept[power]), min(owing, key=lambda power: owing[power])
        said = f"{self.name[best]} delivers most, {owing[best]:.0%} of what falls due from it"
        if least != best and owing[least] < POOR:
            part = f"{owing[least]:.0%}"
            said += f"; {self.name[least]} delivers no more than {part}, least in {self.name[worst[least]]}"
        yield capital(f"{said}.")

    def _rivalries(self, year: Year) -> Iterator[str]:
        """The sharpest change of a rivalry, where one is worth telling."""
        changes = list(self.listener.rivalries(year.rivalry))
        if not changes:
            return
        one, two, domain, before, now = max(changes, key=lambda change: abs(change[4] - change[3]))
        if abs(now - before) >= SHIFT:
            way = "apart" if now > before else "closer"
            pair = f"{self.name[one]} and {self.name[two]}"
            stand = f"and {rivalry_of_two(now)} {DOMAIN_WORDS[domain]} at the end of the year"
            yield capital(f"{pair} move {way} {stand} (from {before:.2f} to {now:.2f} on a scale from -1 to 1).")

    # --- after the last year ---

    def ending(self) -> Iterator[str]:
        """How each state came out, in the words that batches count, and what changed and why."""
        yield from ("", "How it ends", "-----------")
        words = self.listener.words()
        alike: dict[str, list[str]] = {}
        for state, word in zip(self.model.states, words, strict=True):
            alike.setdefault(word, []).append(state.name)
        for word, names in alike.items():
            kind, about = split_word(word)
            whom = f" ({self.name[about]})" if about else ""
            each = "It" if len(names) == 1 else "Each"
            yield from _fill(f"{listing(names)}: {kind.word}{whom}. {each} {kind.value}.")
        yield ""
        for state in self.model.states:
            start = self.listener.start[state.code]
            since = ", ".join(moved(start.alignment, state.alignment, self.name, LEAST)) or "hardly a share has moved"
            partners = (
                f"{start.partners:.1f} effective partners at the start, {state.measure('effective_partners'):.1f} now"
            )
            yield from _fill(f"{state.name} since the start: {since}; {partners}.")
        yield from ("", "What changed, and why", "---------------------")
        yield from _fill(self._whole(words))
        for state in self.model.states:
            yield from _fill(self._why(state))

    def _whole(self, words: list[str]) -> str:
        """The region over the whole run."""
        shares = Counter[str]()
        for state in self.model.states:
            for code, share in state.alignment.items():
                shares[code] += (share - self.listener.start[state.code].alignment[code]) / len(words)
        up, down = (pick(shares, key=lambda code: shares[code]) for pick in (max, min))
        signed = sum(bool(one.offer.accepted) for one in self.heard)
        ended = sum(split_word(word)[0].ends_multi_vectorism for word in words)
        said = [
            f"Of {len(self.heard)} offers {signed} were signed.",
            f"In the mean of the states, {self.name[up]} moved by {100 * shares[up]:+.1f} points and "
            f"{self.name[down]} by {100 * shares[down]:+.1f}.",
        ]
        if self.visits:
            why, often = why_visited(self.visits), times_told(len(self.visits))
            said.append(f"Leaders went off the calendar {often}{why}.")
        if self.taken_sides:
            sides = listing(f"{self.name[code]} ({count})" for code, count in self.taken_sides.items())
            said.append(f"Sides were taken openly, with {sides}.")
        kept = "All states still balance" if not ended else f"{ended} of {len(words)} states no longer balance"
        return " ".join([*said, f"{kept}."])

    def _why(self, state: State) -> str:
        """What the largest moves of a state rest on: offers signed and refused, and trade that grows by itself."""
        start, now = self.listener.start[state.code].alignment, state.alignment
        ranked = sorted(now, key=lambda code: start[code] - now[code])
        mine = [one for one in self.heard if one.offer.to == state.code]
        parts, told = [], set()
        for code, way in ((ranked[0], "gained"), (ranked[-1], "lost")):
            change = now[code] - start[code]
            if abs(change) >= LEAST and (change > 0.0) == (way == "gained"):
                told.add(code)
                parts.append(self._how(state, code, way, [one for one in mine if one.offer.by == code]))
        said = ""
        if parts:
            k = KINDS.index("deal")
            grown = float(self.model.world.total[state.place, k, 0] / self.listener.trade[1][state.place] - 1.0)
            said = f"In {state.name} {', while '.join(parts)}; all its trade together {grown:+.0%}."
        refused = Counter(one.offer.by for one in mine if not one.offer.accepted and one.offer.by not in told)
        if refused:
            code, count = max(refused.items(), key=lambda many: many[1])
            theirs = [one for one in mine if one.offer.by == code]
            if count >= FEW and count > OFTEN * len(theirs):
                reason = self._main_reason([one for one in theirs if not one.offer.accepted])
                every = "all" if count == len(theirs) else f"{count} of"
                refusals = f"{every} {len(theirs)} offers from {self.name[code]}{reason}"
                said = f"{said} {state.name} turned down {refusals}.".strip()
        return said

    def _how(self, state: State, code: str, way: str, theirs: list[ObservedOffer]) -> str:
        signed = [one for one in theirs if one.offer.accepted]
        moved_so = f"{self.name[code]} {way} ground"
        if not signed:
            return f"{moved_so} without {'signing' if theirs else 'offering'} anything{self._trade(state, code)}"
        money = sum(one.offer.size for one in signed if one.offer.kind != "security")
        most, count = Counter(one.offer.kind for one in signed).most_common(1)[0]
        mostly = f", mostly {KIND_WORDS[most].need}" if 2 * count > len(signed) > 1 else ""
        worth = f" worth {money:.1f} bn USD" if money else ""
        many = 2 * len(signed) > len(theirs)
        link = "with" if (way == "gained") == many else "in spite of" if many else "with no more than"
        return (
            f"{moved_so} {link} {len(signed)} of {len(theirs)} offers signed{worth}{mostly}{self._trade(state, code)}"
        )

    def _trade(self, state: State, code: str) -> str:
        """How trade with a power grew."""
        i, j, k = state.place, self.model.power(code).place, KINDS.index("deal")
        start = float(self.listener.trade[0][i, j])
        grown = float(self.model.world.stock[i, j, k, 0]) / start - 1.0 if start > 0.0 else 0.0
        return f" (trade {grown:+.0%})" if abs(grown) >= LEAST else ""

    def _main_reason(self, refused: list[ObservedOffer]) -> str:
        reasons = Counter(one.reason for one in refused if one.reason)
        if not reasons:
            return ""
        name, alike = max(reasons.items(), key=lambda many: many[1])
        offer = next(one.offer for one in refused if one.reason == name)
        said = term_words(name).short(offer.terms[name])
        often = "mostly" if is_most(alike, len(refused)) else "most often"
        return f", {often} because {said.format(by=self.name[offer.by], to=self.name[offer.to])}"


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, page_width(), break_long_words=False, break_on_hyphens=False)


def _fill(sentence: str) -> Iterable[str]:
    return textwrap.wrap(sentence, page_width(), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
