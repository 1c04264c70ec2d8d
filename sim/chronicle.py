"""One run told as a story: what came from outside, what was offered, taken and why, who pressed, who travelled.

Every sentence is derived from the run; nothing is embroidered. The same scenario, seed and run give the same text.
"""

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from sim.agents import Model, Offer, State
from sim.evidence import Evidence
from sim.measures import classify, outcome_words, split_word, thresholds
from sim.record import BY_POWER, BY_STATE
from sim.scenario import Event, EventKind, Scenario, quarter_text
from sim.world import KINDS

WIDTH = 100
CAUTION = "conditional exploration, not a forecast"
KIND_WORDS = {
    "deal": "a trade deal",
    "minerals": "a minerals deal",
    "infrastructure": "an infrastructure project",
    "security": "security help",
}
FIELD_WORDS = {"economic": "in trade", "security": "in security"}
TOLD = 2  # offers taken, and refused, that are told one by one for each state and year: the largest
STRICT = 0.33  # exclusive clauses below this are not told
VISIBLE = 0.1  # a change of pressure or unrest below this is not told


def tell(scenario: str | Path | Scenario, seed: int | None = None, run: int = 0) -> str:
    """One run as readable prose.

    scenario: a name, a path or a `Scenario`; seed: the scenario's own if None; run: which run of that seed. Raises
    `InputError` where the scenario is wrong.
    """
    model = Model(scenario, seed=seed, run=run)
    teller = _Teller(model)
    paragraphs = [*teller.opening()]
    while model.running:
        model.step()
        teller.listen()
        if (model.quarter + 1) % 4 == 0 or not model.running:
            paragraphs += teller.year()
    paragraphs += teller.ending()
    return "\n".join(paragraphs) + "\n"


class _Teller:
    """Follows a model quarter by quarter and puts a year into words."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.evidence: Evidence = model.evidence
        actors = (*self.evidence.states, *self.evidence.powers)
        self.name = {actor.code: actor.spoken or actor.name for actor in actors}
        self.capital = {actor.code: actor.capital for actor in actors}
        self.events: list[str] = []
        self.hosts: dict[str, list[str]] = {}
        self.of_state: dict[str, list[str]] = {state.code: [] for state in model.states}
        self.offers: list[Offer] = []
        self.told = 0
        self.unrest = dict.fromkeys((state.code for state in model.states), 0.0)
        self.pressed: dict[tuple[str, str], float] = {}
        self.sides: dict[str, str | None] = {state.code: None for state in model.states}
        self.before = {state.code: state.alignment for state in model.states}
        self.start = dict(self.before)

    # --- the frame of the story ---

    def opening(self) -> Iterator[str]:
        """Title, question, and how things stand."""
        setting = self.model.setting
        yield setting.title
        yield "=" * len(setting.title)
        yield ""
        yield from _fill(setting.question)
        yield ""
        first, last = quarter_text(setting.start), quarter_text(setting.end)
        yield from _fill(
            f"{first} to {last}, seed {self.model.prepared.seed}, run {self.model.run_number}: one of many possible "
            f"courses, {CAUTION}. Shares are shares of all ties, weighted by kind; money is in billion dollars."
        )
        yield ""
        for state in self.model.states:
            leading = _ranked(state.alignment)[:3]
            shares = ", ".join(f"{self.name[code]} {share:.0%}" for code, share in leading)
            yield from _fill(f"{state.name} begins with {shares}; {self._partners(state):.1f} effective partners.")

    def ending(self) -> Iterator[str]:
        """How each state came out, in the words that batches count."""
        lines = thresholds(self.model.prepared.values)
        quarters = max(1, round(lines.final_quarters))
        page = slice(max(0, self.model.page + 1 - quarters), self.model.page + 1)
        by_power = self.model.by_power[page, ..., 0].mean(axis=0)
        by_state = self.model.by_state[page, ..., 0].mean(axis=0)
        sided = self.model.by_state[self.model.page, :, BY_STATE.index("sided"), 0]
        outcome, power = classify(
            by_power[..., BY_POWER.index("alignment")],
            by_power[..., BY_POWER.index("pressure")],
            by_state[..., BY_STATE.index("effective_partners")],
            sided,
            lines,
        )
        words = outcome_words(outcome, power, tuple(actor.code for actor in self.evidence.powers))
        yield ""
        yield "How it ends"
        yield "-----------"
        for state, word in zip(self.model.states, words, strict=True):
            kind, about = split_word(str(word))
            whom = f" ({self.name[about]})" if about else ""
            moved = ", ".join(self._moves(self.start[state.code], state.alignment)) or "hardly a share has moved"
            yield from _fill(
                f"{state.name}: {kind.word}{whom}. It {kind.value}. Since the start: {moved}; "
                f"{state.measure('effective_partners'):.1f} effective partners."
            )

    # --- listening ---

    def listen(self) -> None:
        """Take note of a quarter."""
        when = quarter_text(self.model.quarter)
        self.events += [f"{when}: {self._event(event)}" for event in self.model.happening]
        for power in self.model.powers:
            if self.model.world.summit[:, power.place, 0].max() > 0.0:
                self.hosts.setdefault(self.name[power.code], []).append(when[-2:])
        for state in self.model.states:
            self.of_state[state.code] += self._of_state(state)
        self.offers += self.model.offers[self.told :]
        self.told = len(self.model.offers)

    def _of_state(self, state: State) -> Iterator[str]:
        world, i = self.model.world, state.place
        unrest = float(world.unrest[i, 0])
        helpers = [power for power in self.model.powers if world.helped[i, power.place, 0] > 0.0]
        if helpers or unrest > self.unrest[state.code] + VISIBLE:
            came = f" {_capital(self.name[helpers[0].code])} sends help, and the streets calm down." if helpers else ""
            yield f"In {self._season} unrest breaks out.{came}"
        self.unrest[state.code] = unrest
        for code, extra in state.visits.items():
            if extra:
                yield self._visit(state, code)
        for code, level in state.pressure.items():
            known = self.pressed.get((state.code, code), 0.0)
            if level > known + VISIBLE:
                yield f"From {self._season} {self.name[code]} presses it over its dealings with others."
                self.pressed[state.code, code] = level
            elif level < known - VISIBLE:
                self.pressed[state.code, code] = level
        if state.side != self.sides[state.code]:
            side = state.side
            yield (
                f"In {self._season} it openly takes the side of {self.name[side]}."
                if side
                else f"From {self._season} it stands on nobody's side any more."
            )
            self.sides[state.code] = side

    def _visit(self, state: State, code: str) -> str:
        """A visit off the calendar, and what it answers."""
        taken = [offer for offer in state.answered if offer.accepted and offer.by != code]
        after = f" after taking {KIND_WORDS[taken[0].kind]} from {self.name[taken[0].by]}" if taken else ""
        return f"In {self._season} its leader travels to {self.capital[code]}{after}, which was not on the calendar."

    @property
    def _season(self) -> str:
        return quarter_text(self.model.quarter)[-2:]

    def _event(self, event: Event) -> str:
        """An event of the scenario in its own sentence, with names for codes."""
        said = dict(event.fields)
        for key, value in said.items():
            if isinstance(value, tuple):
                said[key] = _and(self.name.get(code, code) for code in value)
            elif isinstance(value, str):
                said[key] = self.name.get(value, KIND_WORDS.get(value, value))
            elif isinstance(value, float):
                said[key] = f"{value:.0%}" if key in ("rate", "change") else f"{value:g}"
        if event.kind is EventKind.OFFER:
            said["size"] = f"{said['size']} {'points' if event.fields['kind'] == 'security' else 'bn USD'}"
        if event.kind is EventKind.CAPACITY:
            said["kind"] = "in everything" if event.fields["kind"] == "all" else f"in {event.fields['kind']}"
        if event.kind is EventKind.RIVALRY:
            domain = event.fields["domain"]
            said["domain"] = "in trade and in security" if domain == "all" else FIELD_WORDS[str(domain)]
            said["between"] = "all powers" if event.fields["between"] == "all" else said["between"]
        return _capital(event.kind.value.format(**said)) + (f" {event.note}" if event.note else "")

    # --- a year in words ---

    def year(self) -> Iterator[str]:
        """The year that has just ended: what was heard, the offers, and how each state's position moved."""
        year = str(self.model.quarter // 4)
        yield ""
        yield year
        yield "-" * len(year)
        for sentence in self.events:
            yield from _fill(sentence)
        if self.hosts:
            held = _and(f"{host} ({', '.join(seasons)})" for host, seasons in self.hosts.items())
            yield from _fill(f"The region's leaders are received by {held}.")
        for state in self.model.states:
            mine = [offer for offer in self.offers if offer.to == state.code]
            sentences = (
                *self._taken(state, mine),
                *self._refused(mine),
                *self.of_state[state.code],
                *self._position(state),
            )
            yield ""
            yield from textwrap.wrap(" ".join(sentences), WIDTH, break_long_words=False, break_on_hyphens=False)
        self.events, self.hosts, self.offers = [], {}, []
        self.of_state = {state.code: [] for state in self.model.states}
        self.before = {state.code: state.alignment for state in self.model.states}

    def _taken(self, state: State, offers: list[Offer]) -> Iterator[str]:
        taken = sorted((offer for offer in offers if offer.accepted), key=lambda offer: -self._weight(offer))
        if not taken:
            yield f"{state.name} signs nothing this year, with {len(offers)} offers on the table."
            return
        for offer in taken[:TOLD]:
            why = f", because {_and(offer.reasons)}" if offer.reasons else ""
            terms = self._price(offer)
            who = state.name if offer is taken[0] else "It"
            what = f"{KIND_WORDS[offer.kind]} of {offer.amount} from {self.name[offer.by]}"
            yield f"{who} takes {what}{self._named(why)}.{terms}"
        if len(taken) > TOLD:
            others = _and(dict.fromkeys(self.name[offer.by] for offer in taken[TOLD:]))
            count = len(taken) - TOLD
            yield f"{'One smaller one follows' if count == 1 else f'{count} smaller ones follow'}, from {others}."

    def _price(self, offer: Offer) -> str:
        """What the state gave for it, where that is worth telling."""
        if offer.exclusivity_signed > STRICT:
            return f" The price is a promise to keep rivals of {self.name[offer.by]} at a distance."
        return ""

    def _refused(self, offers: list[Offer]) -> Iterator[str]:
        refused = sorted((offer for offer in offers if not offer.accepted), key=lambda offer: -self._weight(offer))
        for offer in refused[:1]:
            why = f" because {_and(offer.reasons)}" if offer.reasons else ""
            yield (
                f"It turns down {KIND_WORDS[offer.kind]} of {offer.amount} from {self.name[offer.by]}{self._named(why)}"
                f" (the odds of a yes were {offer.odds:.0%})."
            )

    def _position(self, state: State) -> Iterator[str]:
        moves = list(self._moves(self.before[state.code], state.alignment, least=0.004))
        if moves:
            yield f"Its ties move: {', '.join(moves)}."

    def _moves(self, before: dict[str, float], after: dict[str, float], least: float = 0.01) -> Iterator[str]:
        for code, change in sorted(((c, after[c] - before[c]) for c in after), key=lambda move: -abs(move[1]))[:3]:
            if abs(change) >= least:
                way = "up" if change > 0 else "down"
                yield f"{self.name[code]} {way} {100 * abs(change):.1f} points to {after[code]:.0%}"

    def _weight(self, offer: Offer) -> float:
        """How large an offer is for the state it is made to."""
        at = self.model.state(offer.to).place, KINDS.index(offer.kind), 0
        return offer.size / float(self.model.world.scale[at])

    def _partners(self, state: State) -> float:
        return float(self.model.world.partners[state.place, 0])

    def _named(self, text: str) -> str:
        for code, name in self.name.items():
            text = text.replace(code, name)
        return text


def _ranked(shares: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda share: -share[1])


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _and(parts: Iterable[str]) -> str:
    listed = list(parts)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def _fill(sentence: str) -> list[str]:
    return textwrap.wrap(sentence, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
