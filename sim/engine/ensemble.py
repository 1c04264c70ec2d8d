"""Many worlds at once: drives `sim.model.turn` over blocks of lanes.

A block is some runs side by side in the lanes of one world. Blocks share nothing, so they can be played by as many
threads as there are cores; `Prepared.run_block` may be called from any of them. The same run gives the same bits
whatever block, lane or thread it is played in.
"""

import functools
import math
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from sim.engine.block import Block, Pages
from sim.engine.event_rows import rows_of
from sim.engine.fitted import Fitted, fitted_numbers
from sim.engine.laid_offers import LaidOffers, offers_among
from sim.engine.sampling import event_dates, sampled_numbers
from sim.engine.settings import Settings
from sim.engine.ways import COMPILED, Way, chosen
from sim.evidence.evidence import Evidence
from sim.io.arguments import Arguments
from sim.model.chance import lucks
from sim.model.fields import AXES, DOMAINS, KINDS
from sim.model.parameters import aligned, number_values, vector
from sim.model.schedule import GO_ON, Phase
from sim.model.variables import BY_POWER, BY_STATE, OFFER_TOTALS
from sim.model.world import axes_of, build, unpack
from sim.scenario.arguments import check_setting, given_fitted, given_numbers
from sim.scenario.events import Event
from sim.scenario.following import Following, following
from sim.scenario.scenario import Scenario, evidence_of, with_fitted

LANES = COMPILED.lanes


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
    way: Way | None = None  # how runs are played; None: as is best whenever some are to be played

    @functools.cached_property
    def _by_run(self) -> tuple[str, ...]:
        """The numbers that have a value for each run before any is drawn."""
        return tuple(name for name, value in self.values.items() if isinstance(value, np.ndarray))

    @property
    def quarters(self) -> tuple[int, ...]:
        """The quarters played, as year * 4 + quarter - 1."""
        return tuple(range(self.scenario.start, self.scenario.end + 1))

    def run_block(self, first: int, count: int, lanes: int | None = None) -> Block:
        """Play runs `first` .. `first + count - 1`; any count, also one, or none.

        lanes: so many side by side, any number; as many as suit the way of playing if None.
        """
        lanes = self.way_for(count).lanes if lanes is None else lanes
        whole = self._room(first, 1, count)
        if 0 < count <= lanes:
            self._play(whole, 0, self.values_of(first, count))
            return whole.blocks()[0]
        for start in range(0, count, lanes):
            some = min(lanes, count - start)
            page = self._room(first + start, 1, some, _kept(self._sizes(some)))
            self._play(page, 0, self.values_of(first + start, some))
            for name in ("by_power", "by_state", "offers", "answers"):
                getattr(whole, name)[..., start : start + some] = getattr(page, name)
        return whole.blocks()[0]

    def run_pages(self, first: int, count: int, lanes: int | None = None) -> list[Pages]:
        """The same runs as they are played, without a copy: full lanes together, then the last if they are not full.

        The arrays belong to the thread, which writes over them when it plays again.
        """
        lanes = self.way_for(count).lanes if lanes is None else lanes
        sizes = self._sizes(count)
        room, full = _kept(sizes), count // lanes
        pages = [self._room(first, full, lanes, room)] if full else []
        if count % lanes:
            begun = self._sizes(full * lanes)
            rest = [array[size:] for array, size in zip(room, begun, strict=True)]
            pages.append(self._room(first + full * lanes, 1, count % lanes, rest))
        values = self.values_of(first, count)
        apart = [name for name, value in values.items() if isinstance(value, np.ndarray)]
        for page in pages:
            for at in range(page.by_state.shape[0]):
                begun = page.first - first + at * page.by_state.shape[-1]
                here = slice(begun, begun + page.by_state.shape[-1])
                self._play(page, at, {**values, **{name: values[name][here] for name in apart}})
        return pages

    def run_blocks(self, first: int, count: int) -> Iterator[Block]:
        """The same runs in blocks of as many as are played side by side, one after the other, which need no copy."""
        for start, end in pairwise([*range(0, count, self.way_for(count).lanes), count]):
            yield self.run_block(first + start, end - start, end - start)

    def way_for(self, count: int) -> Way:
        """How so many runs are played now."""
        return chosen(count) if self.way is None else self.way

    def _sizes(self, runs: int) -> tuple[int, int]:
        """How many numbers are recorded of so many runs, by power and by state."""
        axes = axes_of(self.evidence)
        cells = len(self.quarters) * len(axes["i"]) * runs
        return cells * len(axes["j"]) * len(BY_POWER), cells * len(BY_STATE)

    def _room(self, first: int, fillings: int, lanes: int, room: Sequence[np.ndarray] = ()) -> Pages:
        """Pages for runs that are yet to be played; room: what they are written into, new where none is given."""
        axes = axes_of(self.evidence)
        states, powers = len(axes["i"]), len(axes["j"])
        by_power = (fillings, len(self.quarters), states, powers, len(BY_POWER), lanes)
        by_state = (fillings, len(self.quarters), states, len(BY_STATE), lanes)
        by_offer = (fillings, states, powers, len(KINDS), len(OFFER_TOTALS), lanes)
        filled = [
            array[: math.prod(shape)].reshape(shape) for array, shape in zip(room, (by_power, by_state), strict=False)
        ] or [aligned(by_power, fill=None), aligned(by_state, fill=None)]
        return Pages(
            first=first,
            states=axes["i"],
            powers=axes["j"],
            kinds=KINDS,
            quarters=self.quarters,
            by_power=filled[0],
            by_state=filled[1],
            offers=np.empty(by_offer, dtype=np.int64),
            answers=np.empty((fillings, len(offers_among(self.events)), lanes), dtype=np.int8),
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
        values = dict(self.values)
        values |= {name: values[name][first : first + lanes] for name in self._by_run}
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

    def _play(self, pages: Pages, at: int, values: Mapping[str, Any]) -> None:
        """Play one filling of the lanes; what lies between two quarters is done there, the rest in one go.

        values: the numbers of these runs.
        """
        lanes = pages.by_state.shape[-1]
        first = pages.first + at * lanes
        with np.errstate(over="ignore"):  # addresses wrap round on purpose when nothing is compiled
            luck = self._by_luck(lucks, self.seed, first, lanes)
            store = _KEPT.store = build(self.evidence, values, luck, again=_store_kept(self.evidence, lanes))
            p, happenings = vector(values, lanes), self.happenings(first, lanes)
            settings = self.settings(first, lanes, values)
            laid = LaidOffers(self.events, self.dates(first, lanes), self.evidence)
            turn = self.way_for(lanes).advance
            course = pages.by_power[at], pages.by_state[at]

            def go(start: int, quarters: int, phase: Phase, actor: int) -> None:
                begin = start - self.scenario.start
                here = (page[begin : begin + quarters] for page in course)
                turn(store, p, happenings, start, quarters, int(phase), actor, self.pole, *here)

            start, end = self.scenario.start, self.scenario.end + 1
            for quarter in play_on(go, settings, store, p, (start, end), looked_at=laid.quarters):
                if quarter in laid.quarters:
                    laid.look(unpack(store), quarter)
        pages.offers[at] = offer_totals(unpack(store))
        pages.answers[at] = laid.answers


def play_on(
    go: Callable[[int, int, Phase, int], None],
    settings: Settings,
    store: Any,
    p: np.ndarray,
    span: tuple[int, int],
    *,
    begun: bool = False,
    looked_at: Collection[int] = (),
) -> Iterator[int]:
    """Play quarters in as few goes as can be, and set what events change in between; yields the last one of each go.

    go: plays so many quarters from one on, or one phase of an actor; span: the first quarter, and the one behind the
    last; begun: whether the world has started before; looked_at: quarters with which a go has to end.
    """
    first, end = span
    stops = {quarter for quarter in settings.quarters if first <= quarter < end}
    if not begun and first in stops:  # before anything is set
        for place in range(store.state_key.shape[0]):
            go(first, 1, Phase.START, place)
        begun = True
    stops |= {quarter + 1 for quarter in looked_at if first <= quarter < end}
    for now, after in pairwise(sorted({first, end} | stops)):
        settings.apply(store, p, now)
        go(now, after - now, Phase.ALL, GO_ON if begun else 0)
        begun = True
        yield after - 1


_KEPT = threading.local()


def _kept(sizes: tuple[int, int]) -> list[np.ndarray]:
    """Room for so many numbers, whatever is in it: every place is written.

    A thread keeps it for its next runs, since getting fresh memory costs as much as a third of the playing.
    """
    room: list[np.ndarray] = getattr(_KEPT, "room", [])
    if not room or any(array.size < size for array, size in zip(room, sizes, strict=True)):
        room = _KEPT.room = [aligned((size,), fill=None) for size in sizes]
    return room


def _store_kept(evidence: Evidence, lanes: int) -> Any:
    """The store that the thread has played last, where it has the size of this one; else None.

    A world is some MB: taken anew for each filling of the lanes, it costs a tenth of the playing.
    """
    store, axes = getattr(_KEPT, "store", None), axes_of(evidence)
    if store is None or store.luck.shape != (lanes,):
        return None
    sizes = {group: tuple(len(axes[axis]) for axis in group) for group in AXES if "u" not in group}
    return store if all(getattr(store, f"by_{group}").shape[1:-1] == size for group, size in sizes.items()) else None


def offer_totals(world: Any) -> np.ndarray:
    """Offers made and accepted and their values so far: int64 [states, powers, kinds, len(OFFER_TOTALS), lanes].

    Values in million USD (security: thousandths of a point): whole numbers, so that sums do not depend on their order.
    """
    fields = (world.made_count, 1.0), (world.taken_count, 1.0), (world.made_value, 1000.0), (world.taken_value, 1000.0)
    *slots, lanes = world.made_count.shape
    totals = np.empty((*slots, len(fields), lanes), np.int64)
    for at, (field, unit) in enumerate(fields):
        totals[..., at, :] = np.rint(unit * field)
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
