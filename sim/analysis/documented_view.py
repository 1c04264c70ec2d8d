"""What documents report as done, laid in a world and played, and how each thing seen next is told from runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.documented_file import Documented, Reported, Seen, Sight, offers_to
from sim.analysis.observables import cut
from sim.batch.outcomes import OUTCOMES, summarise, thresholds
from sim.engine.block import Block
from sim.engine.ensemble import PreparedEnsemble, prepare
from sim.engine.laid_offers import REFUSED, TAKEN, offers_among
from sim.model.variable import Scale
from sim.model.variables import BY_NAME, BY_POWER
from sim.scenario.scenario import Scenario, load_scenario, with_fitted

Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

BASE = "baseline"
LEAST = 0.01
"""The least by which an outcome from 0 to 1 has to differ before it counts as seen: what a table would show."""


# --- what is played --------------------------------------------------------------------------------------------------


def stage(
    book: Documented,
    entries: Sequence[Reported],
    seed: int | None = None,
    fitted: str | None = None,
    seeds: Path | str | None = None,
) -> Scenario:
    """The home world left to itself, in the quarters of the file, with what some entries lay.

    fitted: how fitted numbers are taken, in place of what the baseline says; seeds: where the world is read.
    """
    base = with_fitted(load_scenario(BASE, seeds=seeds), fitted)
    events = tuple(event for entry in entries for event in entry.events)
    seed = base.seed if seed is None else seed
    return replace(base, start=book.start, end=book.end, events=events, seed=seed)


@dataclass(kw_only=True)
class View:
    """Some runs of a stage, and what has to be played beside them to tell what was seen."""

    book: Documented
    entries: tuple[Reported, ...]  # all that are laid on this stage
    prepared: PreparedEnsemble
    first: int
    runs: int

    @cached_property
    def block(self) -> Block:
        """The runs."""
        return self.prepared.run_block(self.first, self.runs)

    @cached_property
    def visits(self) -> Bools:
        """Whose leader travels to whom: [R, T, I, J], played one run at a time, since batches do not keep it."""
        from sim.engine.agents import Model

        seen = []
        for run in range(self.first, self.first + self.runs):
            model, quarters = Model(self.prepared.scenario, run=run), []
            while model.running:
                model.step()
                quarters.append(model.world.visit[..., 0] > 0.0)
            seen.append(quarters)
        return np.array(seen)

    def without(self, entry: Reported) -> Block:
        """The same runs without what one entry lays."""
        if self._beside is None or self._beside[0] != entry.id:
            others = [one for one in self.entries if one.id != entry.id]
            played = self.prepared.scenario
            beside = stage(self.book, others, self.prepared.seed, played.fitted, played.seeds)
            ready = prepare(beside, self.prepared.evidence)
            self._beside = entry.id, ready.run_block(self.first, self.runs)
        return self._beside[1]

    _beside: tuple[str, Block] | None = None

    def window(self, sight: Sight) -> slice:
        """The quarters that are looked at."""
        return slice(sight.start - self.book.start, sight.end - self.book.start + 1)

    def states(self, codes: Sequence[str]) -> list[int]:
        """The places of some states."""
        return [self.block.states.index(code) for code in codes]

    def powers(self, sight: Sight) -> list[int]:
        """The places of the powers it is about."""
        return [self.block.powers.index(code) for code in sight.powers]


Teller: TypeAlias = Callable[[View, Reported, Sight, Sequence[str]], Bools]


# --- how each thing seen is told from runs ---------------------------------------------------------------------------


def _answers(view: View, entry: Reported, sight: Sight, states: Sequence[str]) -> NDArray[np.int8]:
    """The answers to the offers laid here before a state: int8 [R, offers]."""
    mine = {id(one) for state in states for one in offers_to(entry.events, state, sight.powers, sight.kind)}
    laid = offers_among([event for one in view.entries for event in one.events])  # a prepared stage has copies of them
    places = [at for at, one in enumerate(laid) if id(one) in mine]
    assert places, "a sight of offers is of offers that its entry lays"
    found: NDArray[np.int8] = view.block.answers[:, places]
    return found


def _signed(view: View, entry: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    return np.asarray((_answers(view, entry, sight, states) == TAKEN).all(axis=1))


def _refused(view: View, entry: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    return np.asarray((_answers(view, entry, sight, states) == REFUSED).all(axis=1))


def _dealt(view: View, _: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    kinds = [sight.kind] if sight.kind else view.block.kinds
    signed = np.sum([view.block.power_measure(f"signed_{kind}") for kind in kinds], axis=0)
    there = signed[:, view.window(sight)][:, :, view.states(states)][..., view.powers(sight)]
    return np.asarray(there.sum(axis=(1, 2, 3)) > 0.0)


def visited(view: View, _: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    """In which runs the leader of a power travels to a state, or a state's to the power: bool [R]."""
    there = view.visits[:, view.window(sight)][:, :, view.states(states)][..., view.powers(sight)]
    return np.asarray(there.any(axis=(1, 2, 3)))


_VOTES = {
    Seen.VOTED_YES: (1,),
    Seen.VOTED_NO: (2,),
    Seen.ABSTAINED: (3,),
    Seen.STAYED_AWAY: (4,),
    Seen.STOOD_ASIDE: (3, 4),
}  # as the measure `vote` counts them


def _voted(view: View, _: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    """Every vote cast in the time, of which there is one at least, was of this kind."""
    votes = view.block.state_measure("vote")[:, view.window(sight)][:, :, view.states(states)]
    as_seen = np.isin(votes, _VOTES[sight.seen])
    return np.asarray((as_seen | (votes == 0.0)).all(axis=(1, 2)) & as_seen.any(axis=(1, 2)))


def _took_no_side(view: View, _: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    sided = view.block.state_measure("sided")[:, view.window(sight)][:, :, view.states(states)]
    return np.asarray((sided == 0.0).all(axis=(1, 2)))


def _balanced(view: View, _: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    over = np.array([outcome.ends_multi_vectorism for outcome in OUTCOMES])
    short = cut(view.block, sight.end - view.book.start + 1)
    last = summarise(short, thresholds(view.prepared.values)).outcome[:, -1]
    return np.asarray(~over[last][:, view.states(states)].any(axis=1))


def _rise(view: View, entry: Reported, sight: Sight, states: Sequence[str]) -> Floats:
    """How much higher an outcome is than in the same runs without what is laid here."""
    return _amount(view, view.block, sight, states) - _amount(view, view.without(entry), sight, states)


def _least(sight: Sight) -> float:
    """The smallest step that anybody would see: a hundredth where the outcome runs from 0 to 1, else any at all."""
    return LEAST if BY_NAME[sight.what].unit == "0..1" else 0.0


def _rose(view: View, entry: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    return np.asarray(_rise(view, entry, sight, states) > _least(sight))


def _fell(view: View, entry: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    return np.asarray(_rise(view, entry, sight, states) < -_least(sight))


def _no_higher(view: View, entry: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    return ~_rose(view, entry, sight, states)


def _amount(view: View, block: Block, sight: Sight, states: Sequence[str]) -> Floats:
    """An outcome in the last quarter that is looked at; what is counted quarter by quarter is added up over all."""
    scale = BY_NAME[sight.what].counted_by
    values = _measured(view, block, sight, states)
    return values.sum(axis=1) if scale in {Scale.KEPT, Scale.COUNT} else np.asarray(values[:, -1])


def _measured(view: View, block: Block, sight: Sight, states: Sequence[str]) -> Floats:
    """An outcome over the quarters that are looked at, of the states and with the powers together: [R, T]."""
    if sight.what in BY_POWER:
        values = block.power_measure(sight.what)[..., view.powers(sight)].sum(axis=3)
    else:
        values = block.state_measure(sight.what)
    summed: Floats = values[:, view.window(sight)][:, :, view.states(states)].sum(axis=2)
    return summed


def _grew(view: View, _: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    values = _measured(view, view.block, sight, states)
    return np.asarray(values[:, -1] > values[:, 0])


def _shrank(view: View, _: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    values = _measured(view, view.block, sight, states)
    return np.asarray(values[:, -1] < values[:, 0])


def _led(view: View, _: Reported, sight: Sight, states: Sequence[str]) -> Bools:
    values = view.block.power_measure(sight.what)[:, sight.end - view.book.start, view.states(states)].sum(axis=1)
    mine = view.powers(sight)
    named = sight.before or view.block.powers
    others = [place for place, code in enumerate(view.block.powers) if code in named and place not in mine]
    return np.asarray(values[:, mine].min(axis=1) > values[:, others].max(axis=1))


TELLERS: dict[Seen, Teller] = {
    Seen.SIGNED: _signed,
    Seen.REFUSED: _refused,
    Seen.DEALT: _dealt,
    Seen.WITHHELD: lambda *asked: ~_dealt(*asked),
    Seen.VISITED: visited,
    **dict.fromkeys(_VOTES, _voted),
    Seen.NO_SIDE: _took_no_side,
    Seen.BALANCED: _balanced,
    Seen.ROSE: _rose,
    Seen.FELL: _fell,
    Seen.NO_HIGHER: _no_higher,
    Seen.GREW: _grew,
    Seen.SHRANK: _shrank,
    Seen.LED: _led,
}
