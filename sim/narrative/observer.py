"""Following a run quarter by quarter and noting, state by state and year by year, what a chronicle may tell.

Nothing is put into words here, and nothing is noted that is not in the run.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.batch.outcomes import classify, outcome_words, thresholds
from sim.engine.agents import Model, State
from sim.engine.offer import Offer
from sim.model.fields import DOMAINS, KINDS
from sim.model.rules.diplomacy import vote_offence
from sim.model.variables import BY_POWER, BY_STATE
from sim.model.vocabulary import term_words
from sim.narrative.levels import NEUTRAL

PRESSED = 0.08  # a change of pressure below this is not noted
UNREST = 0.1  # nor one of unrest
ANSWERED = 0.2  # extra effort from which an offer counts as an answer to somebody's gain
HARDLY = 0.02  # a share of a kind of ties below this is next to none
WEIGHTY = 0.3  # a reason must weigh this part of the weightiest to be named in its place


@dataclass(frozen=True, kw_only=True)
class ObservedOffer:
    """One answered offer with what it was in this run: relative size, the first of its sort, an answer to a rival."""

    offer: Offer
    relative: float  # over what the state can absorb well over the years it takes
    first: bool  # the first of its kind since the start, from a power with which the state had hardly any such ties
    answering: bool
    reason: (
        str  # the term that set this answer apart from the state's other answers; "" where a veto or an order decided
    )

    @property
    def close(self) -> float:
        """How far the draw was from the odds; 1 where neither decided."""
        return 1.0 if self.offer.settled else abs(self.offer.probability - self.offer.draw)


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where a state stands at the end of a quarter: by power, and the outcome word as if the run ended here."""

    alignment: Mapping[str, float] = field(default_factory=dict)
    trust: Mapping[str, float] = field(default_factory=dict)
    standing: Mapping[str, float] = field(default_factory=dict)
    partners: float = 0.0
    refines: float = 0.0  # part of what it mines that it can refine at home
    word: str = ""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit beyond the calendar, to a power that the state had provoked: what it had signed with a rival, or a vote.

    after: the largest offer of a rival of that power that was signed in the quarter; None where there was none.
    """

    quarter: int
    power: str
    after: Offer | None
    voted: bool  # whether the state had voted otherwise than the power asked


@dataclass(kw_only=True)
class StateYear:
    """What happened to one state in one year. Quarters as year * 4 + quarter - 1, powers by code."""

    heard: list[ObservedOffer] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)  # off the calendar
    pressed: list[tuple[int, str, Offer | None]] = field(default_factory=list)  # and after what was signed with a rival
    eased: list[tuple[int, str]] = field(default_factory=list)
    sides: list[tuple[int, str | None, float]] = field(default_factory=list)  # and how far promises bind it, 0..1
    unrest: list[tuple[int, dict[str, float], float, bool]] = field(
        default_factory=list
    )  # and who helped how much (0..1), how much of it there is (0..1), and whether that is less than before
    neutral: list[int] = field(default_factory=list)  # quarters in which it may join no alliance
    votes: list[tuple[int, int]] = field(
        default_factory=list
    )  # and the code of the vote, see `sim.model.rules.diplomacy`
    clashes: list[tuple[int, str]] = field(default_factory=list)  # and with which neighbour
    kept: dict[str, float] = field(default_factory=dict)  # fell due and was delivered, in absorptive scales
    failed: dict[str, float] = field(default_factory=dict)  # fell due and was not
    delivered: float = 0.0  # bn USD
    before: Stand = field(default_factory=Stand)
    after: Stand = field(default_factory=Stand)

    @property
    def taken(self) -> list[ObservedOffer]:
        """What was signed, the largest first."""
        return sorted((one for one in self.heard if one.offer.accepted), key=lambda one: -one.relative)

    @property
    def refused(self) -> list[ObservedOffer]:
        """What was not, the largest first."""
        return sorted((one for one in self.heard if not one.offer.accepted), key=lambda one: -one.relative)


@dataclass(kw_only=True)
class Year:
    """One year of the region: summits by host, rivalries as they were, and its states."""

    summits: dict[str, list[int]] = field(default_factory=dict)
    rivalry: np.ndarray  # [powers, powers, domains] at the start of the year
    states: dict[str, StateYear] = field(default_factory=dict)


class Observer:
    """Follows a model; `listen` after every step, `turn_page` after every year."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.codes = [power.code for power in model.powers]
        self.known = 0
        self.signed: set[tuple[str, str, str]] = set()
        self.sums: dict[str, dict[str, float]] = {state.code: {} for state in model.states}
        self.counts: Counter[str] = Counter()
        self.unrest = dict.fromkeys((state.code for state in model.states), 0.0)
        self.pressure: dict[tuple[str, str], float] = {}
        self.sides: dict[str, str | None] = {state.code: None for state in model.states}
        self.effort = model.world.carrot[..., 0].copy()
        k = KINDS.index("deal")
        self.trade = model.world.stock[:, :, k, 0].copy(), model.world.total[:, k, 0].copy()  # at the start
        self.start = {state.code: self.stand(state) for state in model.states}
        self.year = self._new_year(self.start)

    def _new_year(self, stands: Mapping[str, Stand]) -> Year:
        states = {code: StateYear(before=stand, after=stand) for code, stand in stands.items()}
        return Year(rivalry=self.model.world.rivalry[..., 0].copy(), states=states)

    def turn_page(self) -> Year:
        """The year that has just ended; a new one begins."""
        ended = self.year
        stands = {state.code: self.stand(state) for state in self.model.states}
        for code, stand in stands.items():
            ended.states[code].after = stand
        self.year = self._new_year(stands)
        return ended

    def listen(self) -> None:
        """Take note of the quarter that has just been played."""
        for power in self.model.powers:
            if self.model.world.summit[:, power.place, 0].max() > 0.0:
                self.year.summits.setdefault(power.code, []).append(self.model.quarter)
        for offer in self.model.offers[self.known :]:
            self.year.states[offer.to].heard.append(self._hear(offer))
        self.known = len(self.model.offers)
        for state in self.model.states:
            self._visit(state, self.year.states[state.code])
        self.effort = self.model.world.carrot[..., 0].copy()

    def _hear(self, offer: Offer) -> ObservedOffer:
        i, j, k = self.model.state(offer.to).place, self.model.power(offer.by).place, KINDS.index(offer.kind)
        pair = offer.to, offer.by, offer.kind
        heard = ObservedOffer(
            offer=offer,
            relative=offer.size / float(self.model.world.span[i, k, 0]),
            first=bool(offer.accepted)
            and pair not in self.signed
            and bool(self.model.world.share[i, j, k, 0] < HARDLY),
            answering=bool(self.effort[i, j, k] > ANSWERED),
            reason=self._reason(offer),
        )
        if offer.accepted:
            self.signed.add(pair)
        sums = self.sums[offer.to]
        for name, worth in offer.terms.items():
            sums[name] = sums.get(name, 0.0) + worth
        self.counts[offer.to] += 1
        return heard

    def _reason(self, offer: Offer) -> str:
        """The weighty term by which this answer differs most from the state's other answers so far."""
        if offer.settled:
            return ""
        sign = 1.0 if offer.accepted else -1.0
        count = max(1, self.counts[offer.to])
        speaking = {name: sign * worth for name, worth in offer.terms.items() if term_words(name).short(worth)}
        most = max(speaking.values(), default=0.0)
        weighty = [name for name, worth in speaking.items() if worth > 0.0 and worth >= WEIGHTY * most]
        usual = self.sums[offer.to]
        return max(weighty, key=lambda name: speaking[name] - sign * usual.get(name, 0.0) / count, default="")

    def _visit(self, state: State, year: StateYear) -> None:
        """What the quarter brought to one state beside its offers."""
        world, i, now = self.model.world, state.place, self.model.quarter
        unrest = float(world.unrest[i, 0])
        helpers = {power.code: float(world.helped[i, power.place, 0]) for power in self.model.powers}
        helpers = {code: help_ for code, help_ in helpers.items() if help_ > 0.0}
        if helpers or unrest > self.unrest[state.code] + UNREST:
            calmer = unrest < self.unrest[state.code]
            year.unrest.append((now, helpers, unrest, calmer))
        if world.neutrality[i, 0] >= NEUTRAL:
            year.neutral.append(now)
        self.unrest[state.code] = unrest
        if world.vote[i, 0] > 0.0:
            year.votes.append((now, round(float(world.vote[i, 0]))))
        year.clashes += [  # told of the first of the two alone
            (now, other.code)
            for other in self.model.states
            if other.place > i and world.clashed[i, other.place, 0] > 0.0
        ]
        for code, extra in state.visits.items():
            if extra:
                ballot = float(world.ballot[self.model.power(code).place, 0])
                voted = vote_offence(float(world.vote[i, 0]), ballot, 1.0) > 0.0
                after = self._gain_of_a_rival(state, code)
                year.visits.append(Visit(quarter=now, power=code, after=after, voted=voted))
        for code, level in state.pressure.items():
            known = self.pressure.get((state.code, code), 0.0)
            if abs(level - known) > PRESSED:
                if level > known:
                    year.pressed.append((now, code, self._gain_of_a_rival(state, code)))
                else:
                    year.eased.append((now, code))
                self.pressure[state.code, code] = level
        if state.side != self.sides[state.code]:
            bound = float(world.commitment[i, self.codes.index(state.side), 0]) if state.side else 0.0
            year.sides.append((now, state.side, bound))
            self.sides[state.code] = state.side
        for j, code in enumerate(self.codes):
            year.kept[code] = year.kept.get(code, 0.0) + float(world.fulfilled[i, j, 0])
            year.failed[code] = year.failed.get(code, 0.0) + float(world.failed[i, j, 0])
        year.delivered += float(world.delivered[i, 0])

    def _gain_of_a_rival(self, state: State, code: str) -> Offer | None:
        """The largest offer of a rival of a power that the state has just signed, measured by what it can absorb."""
        world, i, j = self.model.world, state.place, self.model.power(code).place

        def rivals(offer: Offer) -> bool:
            domain = DOMAINS.index("security" if offer.kind == "security" else "economic")
            return bool(world.rivalry[j, self.model.power(offer.by).place, domain, 0] > 0.0)

        def relative(offer: Offer) -> float:
            return offer.size / float(world.scale[i, KINDS.index(offer.kind), 0])

        return max((offer for offer in state.answered if offer.accepted and rivals(offer)), key=relative, default=None)

    def stand(self, state: State) -> Stand:
        """Where a state stands now."""
        standing = self.model.world.standing[state.place, :, 0]
        return Stand(
            alignment=state.alignment,
            trust=state.trust,
            standing={code: float(standing[j]) for j, code in enumerate(self.codes)},
            partners=float(self.model.world.partners[state.place, 0]),
            refines=float(self.model.world.plants[state.place, 0]),
            word=self.words()[state.place] if self.model.steps else "",
        )

    def words(self) -> list[str]:
        """The outcome word of every state if the run ended now."""
        lines = thresholds(self.model.prepared.values)
        quarters = max(1, round(lines.final_quarters))
        page = slice(max(0, self.model.page + 1 - quarters), self.model.page + 1)
        by_power = self.model.by_power[page, ..., 0].mean(axis=0)
        by_state = self.model.by_state[page, ..., 0].mean(axis=0)
        outcome, power = classify(
            by_power[..., BY_POWER.index("alignment")],
            by_power[..., BY_POWER.index("pressure")],
            by_state[..., BY_STATE.index("effective_partners")],
            self.model.by_state[self.model.page, :, BY_STATE.index("sided"), 0],
            lines,
        )
        return [str(word) for word in outcome_words(outcome, power, tuple(self.codes))]

    def rivalries(self, before: np.ndarray) -> Iterator[tuple[str, str, str, float, float]]:
        """Every pair of powers and domain: names, rivalry before and now."""
        now = self.model.world.rivalry[..., 0]
        for one, code in enumerate(self.codes):
            for two in range(one + 1, len(self.codes)):
                for d, domain in enumerate(DOMAINS):
                    yield code, self.codes[two], domain, float(before[one, two, d]), float(now[one, two, d])
