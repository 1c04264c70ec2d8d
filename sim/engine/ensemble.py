"""Many worlds at once: drives `sim.model.turn` over blocks of lanes.

A block is some runs side by side in the lanes of one world. Blocks share nothing, so they can be played by as many
threads as there are cores; `Prepared.run_block` may be called from any of them. The same run gives the same bits
whatever block, lane or thread it is played in.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from sim.engine.block import Block
from sim.engine.event_rows import rows_of
from sim.engine.fitted import Fitted, fitted_numbers
from sim.engine.laid_offers import LaidOffers, offers_among
from sim.engine.sampling import event_dates, sampled_numbers
from sim.engine.settings import Settings
from sim.evidence.evidence import Evidence
from sim.io.arguments import Arguments
from sim.model.chance import lucks
from sim.model.fields import DOMAINS, KINDS
from sim.model.parameters import aligned, number_values, vector
from sim.model.schedule import GO_ON, Phase
from sim.model.turn import advance
from sim.model.variables import BY_POWER, BY_STATE, OFFER_TOTALS
from sim.model.world import axes_of, build, unpack
from sim.scenario.arguments import check_setting, given_fitted, given_numbers
from sim.scenario.events import Event
from sim.scenario.following import Following, following
from sim.scenario.scenario import Scenario, evidence_of, with_fitted

LANES = 96  # measured: fewer cost more loops, more leave the cache, and at 64 or 128 rows fall on the same cache sets


@dataclass(frozen=True, kw_only=True)
class _Arrays:
    """What a block is filled into, runs last."""

    by_power: np.ndarray
    by_state: np.ndarray
    offers: np.ndarray
    answers: np.ndarray


@dataclass(frozen=True, kw_only=True)
class PreparedEnsemble:
    """A scenario made ready: its numbers resolved, its events laid out. Safe to share between threads."""

    scenario: Scenario
    evidence: Evidence
    values: Mapping[str, Any]  # every number by name before any follows its inputs: a float, or one float a run
    events: tuple[Event, ...]  # in the order of their first quarter
    rows: np.ndarray  # float64 [rows, 9], see `sim.engine.event_rows`
    event_of: np.ndarray  # int64 [rows], the event each row belongs to
    pole: np.ndarray  # float64 [powers], -1..1
    seed: int
    following: Following
    fixed: frozenset[str] = frozenset()  # numbers that are not drawn, whatever the scenario samples
    fitted: Fitted | None = None  # numbers that come from the posterior, a row for every run
    luck_of: np.ndarray | None = None  # int64 [runs]: the run whose luck each run has, where runs share it

    @property
    def quarters(self) -> tuple[int, ...]:
        """The quarters played, as year * 4 + quarter - 1."""
        return tuple(range(self.scenario.start, self.scenario.end + 1))

    def run_block(self, first: int, count: int, lanes: int = LANES) -> Block:
        """Play runs `first` .. `first + count - 1`; any count, also one."""
        axes = axes_of(self.evidence)
        shape = (len(self.quarters), len(axes["i"]))
        arrays = _Arrays(
            by_power=np.empty((*shape, len(axes["j"]), len(BY_POWER), count)),
            by_state=np.empty((*shape, len(BY_STATE), count)),
            offers=np.empty((len(axes["i"]), len(axes["j"]), len(KINDS), len(OFFER_TOTALS), count), dtype=np.int64),
            answers=np.empty((len(offers_among(self.events)), count), dtype=np.int8),
        )
        with np.errstate(over="ignore"):  # addresses wrap round on purpose when nothing is compiled
            for start in range(0, count, lanes):
                part = slice(start, min(start + lanes, count))
                self._play(first + start, part, arrays)
        return Block(
            first=first,
            states=axes["i"],
            powers=axes["j"],
            kinds=KINDS,
            quarters=self.quarters,
            by_power=np.moveaxis(arrays.by_power, -1, 0),
            by_state=np.moveaxis(arrays.by_state, -1, 0),
            offers=np.moveaxis(arrays.offers, -1, 0),
            answers=np.moveaxis(arrays.answers, -1, 0),
        )

    def happenings(self, first: int, lanes: int) -> np.ndarray:
        """Events laid out for the turn and some runs: float64 [rows, 10 + lanes].

        What `sim.engine.event_rows` says, the last quarter in which the event may be due, and for each run the quarter
        in which it is due there. What is left to luck is drawn here and not in the turn, so that what happens can be
        told beforehand.
        """
        dates = self.dates(first, lanes)
        last = np.array([float(event.last) for event in self.events])
        return np.hstack((self.rows, last[self.event_of, None], dates[self.event_of]))

    def dates(self, first: int, lanes: int) -> np.ndarray:
        """In which quarter each event happens in some runs: float64 [events, lanes]."""
        return self._by_luck(partial(event_dates, self.events), self.seed, first, lanes)

    def settings(self, first: int, lanes: int, values: Mapping[str, Any] | None = None) -> Settings:
        """What events change between quarters in some runs; values: the numbers of these runs, where they are known."""
        values = self.values_of(first, lanes) if values is None else values
        return Settings(self.events, self.dates(first, lanes), self.evidence, values, self.scenario.start)

    def values_of(self, first: int, lanes: int) -> Mapping[str, Any]:
        """The numbers of some runs: what differs from run to run is float64 [lanes], everything else holds for all.

        Numbers that are computed from others have moved with them.
        """
        values = {
            name: value[first : first + lanes] if isinstance(value, np.ndarray) else value
            for name, value in self.values.items()
        }
        where = slice(None) if self.luck_of is None else self.luck_of[first : first + lanes]
        start, count = (first, lanes) if self.luck_of is None else (0, 1 + int(self.luck_of.max()))
        drawn = sampled_numbers(self.scenario, self.seed, start, count, self.fitted)
        values |= {name: value[where] for name, value in drawn.items() if name not in self.fixed}
        self.following.follow(values)
        return values

    def _by_luck(self, draw: Callable[[int, int, int], np.ndarray], seed: int, first: int, lanes: int) -> np.ndarray:
        """What is drawn for some runs, in the last axis; runs that share the luck of another get what that one gets."""
        if self.luck_of is None:
            return draw(seed, first, lanes)
        return draw(seed, 0, 1 + int(self.luck_of.max()))[..., self.luck_of[first : first + lanes]]

    def _play(self, first: int, part: slice, arrays: _Arrays) -> None:
        """Fill the lanes of a part; what lies between two quarters is done there, the rest in one go."""
        lanes = part.stop - part.start
        values = self.values_of(first, lanes)
        store = build(self.evidence, values, self._by_luck(lucks, self.seed, first, lanes))
        p, happenings = vector(values, lanes), self.happenings(first, lanes)
        pages = _pages((*arrays.by_power.shape[:-1], lanes), (*arrays.by_state.shape[:-1], lanes))
        settings, laid = (
            self.settings(first, lanes, values),
            LaidOffers(self.events, self.dates(first, lanes), self.evidence),
        )

        def go(start: int, quarters: int, phase: Phase, actor: int) -> None:
            at = start - self.scenario.start
            here = (page[at : at + quarters] for page in pages)
            advance(store, p, happenings, start, quarters, int(phase), actor, self.pole, *here)

        start, end = self.scenario.start, self.scenario.end + 1
        stops = {quarter for quarter in settings.quarters if start <= quarter < end}
        stops |= {quarter + 1 for quarter in laid.quarters if start <= quarter < end}
        going_on = start in stops
        if going_on:  # before anything is set
            for place in range(store.state_key.shape[0]):
                go(start, 1, Phase.START, place)
        for now, after in pairwise(sorted({start, end} | stops)):
            settings.apply(store, p, now)
            go(now, after - now, Phase.ALL, GO_ON if going_on else 0)
            laid.look(unpack(store), after - 1)
            going_on = True
        arrays.by_power[..., part], arrays.by_state[..., part] = pages
        arrays.offers[..., part] = offer_totals(unpack(store))
        arrays.answers[..., part] = laid.answers


_KEPT = threading.local()


def _pages(*shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Arrays for the record of one filling of the lanes, whatever is in them: every place is written.

    A thread keeps them for its next filling, since getting fresh memory costs as much as a third of the playing.
    """
    pages: dict[tuple[int, ...], np.ndarray] = getattr(_KEPT, "pages", {})
    if tuple(pages) != shapes:
        pages = _KEPT.pages = {shape: aligned(shape) for shape in shapes}
    return tuple(pages.values())


def offer_totals(world: Any) -> np.ndarray:
    """Offers made and accepted and their values so far: int64 [states, powers, kinds, len(OFFER_TOTALS), lanes].

    Values in million USD (security: thousandths of a point): whole numbers, so that sums do not depend on their order.
    """
    counts = [world.made_count, world.taken_count]
    values = [1000.0 * world.made_value, 1000.0 * world.taken_value]
    totals: np.ndarray = np.rint(np.stack([*counts, *values], axis=3)).astype(np.int64)
    return totals


def prepare(
    scenario: Scenario,
    evidence: Evidence | None = None,
    *,
    seed: int | None = None,
    numbers: Mapping[str, Any] | None = None,
    fitted: str | None = None,
) -> PreparedEnsemble:
    """Make a scenario ready to run.

    Parameters
    ----------
    scenario, evidence
        What is asked; the evidence of its world if None.
    seed
        In place of the scenario's own.
    numbers
        Values by name that go before the scenario's own: a float, one float a run (float64 [runs]), or, outside the
        range of a number, `{"value": ..., "beyond": "the reason"}`.
    fitted
        How fitted numbers are taken, `posterior` or `fixed`, in place of what the scenario says.

    Raises
    ------
    sim.io.errors.InputError
        For a seed, a name or a value that a scenario file could not have either.
    """
    evidence = evidence_of(scenario) if evidence is None else evidence
    arguments = Arguments("prepare")
    scenario = with_fitted(scenario, given_fitted(arguments, fitted))
    scenario = check_setting(scenario, evidence, arguments)
    seed, given = arguments.seed(seed), given_numbers(arguments, numbers, evidence)
    arguments.refuse_if_wrong()
    return prepare_checked(scenario, evidence, seed, given)


def prepare_checked(
    scenario: Scenario, evidence: Evidence, seed: int | None, numbers: Mapping[str, Any]
) -> PreparedEnsemble:
    """The same for who has checked what was given."""
    values = number_values(evidence, {**scenario.numbers, **numbers}, scenario.without)
    switched_off = {name for system in scenario.without for name in evidence.systems[system].strengths}
    events = tuple(sorted(scenario.events, key=lambda event: event.at))
    rows, event_of = rows_of(events, evidence)
    scalars = [name for name, value in numbers.items() if not getattr(value, "ndim", 0)]
    return PreparedEnsemble(
        scenario=scenario,
        evidence=evidence,
        values=values,
        events=events,
        rows=rows,
        event_of=event_of,
        pole=poles(evidence),
        seed=scenario.seed if seed is None else seed,
        following=following(scenario, evidence, scalars),
        fitted=fitted_numbers(scenario, evidence),
        fixed=frozenset(switched_off.union(numbers)),
    )


def poles(evidence: Evidence) -> np.ndarray:
    """Where each power stands between the two that rival each other most: float64 [powers].

    -1 at the first of the two, 1 at the second. Read from the starting rivalries: a power that coordinates with one
    pole and rivals the other stands near the first.
    """
    codes = [actor.code for actor in evidence.powers]
    level = np.zeros((len(codes), len(codes)))
    for a, one in enumerate(codes):
        for b, two in enumerate(codes):
            names = [f"rivalry.{one}.{two}.{domain}" for domain in DOMAINS]
            if all(name in evidence.numbers for name in names):
                level[a, b] = level[b, a] = sum(evidence.numbers[name].value for name in names) / len(names)
    if len(codes) < 2:
        return np.zeros(len(codes))
    hottest = np.argwhere(level == level.max())
    first, second = min(
        hottest.tolist(), key=lambda pair: [codes[at] for at in pair]
    )  # by name, not by place in a file
    place = np.clip((level[first] - level[second]) / max(level[first, second], 1e-12), -1.0, 1.0)
    place[first], place[second] = -1.0, 1.0
    return np.asarray(place)
