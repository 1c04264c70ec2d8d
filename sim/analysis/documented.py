"""Documents as a test: what they report as done is laid in the world of its date, and what was seen next is looked for.

All entries of `seeds/documented.yaml` are laid together, in one world that begins in the file's first quarter, since
that is how it happened; those that say `alone` are laid by themselves, without the others. In how many runs the thing
seen is seen has a 95 % interval; an entry holds where the whole of it lies on or above the line, nine runs in ten
unless the entry says otherwise. What does not hold is said so, and no number is moved to make it hold.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.analysis.documented_file import (
    Documented,
    Reported,
    Seen,
    Sight,
    load_documented,
    offers_to,
)
from sim.analysis.observables import cut
from sim.batch.outcomes import OUTCOMES, summarise, thresholds
from sim.batch.tables import share_range
from sim.engine.block import Block
from sim.engine.ensemble import PreparedEnsemble, prepare
from sim.engine.laid_offers import REFUSED, TAKEN, offers_among
from sim.evidence.evidence import Evidence, load_evidence
from sim.io.arguments import Arguments
from sim.model.variable import Scale
from sim.model.variables import BY_NAME, BY_POWER
from sim.scenario.arguments import given_fitted
from sim.scenario.scenario import Scenario, load_scenario, with_fitted

Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

BASE = "baseline"
LEAST = 0.01
"""The least by which an outcome from 0 to 1 has to differ before it counts as seen: what a table would show."""

_CHUNK = 2000  # runs held in memory at a time


class Verdict(Enum):
    """What can be said of one thing seen; the value is the sentence for it."""

    HOLDS = "the whole interval lies on or above the line"
    MISSES = "the whole interval lies below the line"
    UNCLEAR = "the interval lies on both sides of the line; more runs would tell"

    @property
    def word(self) -> str:
        """As written in tables."""
        return self.name.lower()

    def counted(self, number: int) -> str:
        """So many of them, in words."""
        one, more = {
            "HOLDS": ("holds", "hold"),
            "MISSES": ("is missed", "are missed"),
            "UNCLEAR": ("is unclear", "are unclear"),
        }[self.name]
        return f"{number} {one if number == 1 else more}"


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What the model says to one thing seen: in what share of runs it is seen (0..1), with the 95 % interval."""

    entry: Reported
    sight: Sight
    states: tuple[str, ...]  # one, or all that are added up
    runs: int
    share: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Whether the interval lies on the right side of the line."""
        return verdict_of(self.low, self.high, self.sight.line)

    @property
    def reason(self) -> str:
        """Why it is missed, as far as the file says; "" where it holds."""
        return "" if self.verdict is Verdict.HOLDS else self.sight.miss


def verdict_of(low: float, high: float, line: float) -> Verdict:
    """Whether an interval of a share lies on the right side of a line."""
    if math.isnan(low):
        return Verdict.UNCLEAR
    return Verdict.HOLDS if low >= line else Verdict.MISSES if high < line else Verdict.UNCLEAR


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
            beside = stage(self.book, others, self.prepared.seed, self.prepared.scenario.fitted)
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
    places = [at for at, one in enumerate(offers_among(view.prepared.events)) if id(one) in mine]
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


def _visited(view: View, _: Reported, sight: Sight, states: Sequence[str]) -> Bools:
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
    Seen.VISITED: _visited,
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


# --- asking the model ------------------------------------------------------------------------------------------------


def replay(
    runs: int | None = None,
    *,
    seed: int | None = None,
    fitted: str | None = None,
    file: Path | str | None = None,
    seeds: Path | str | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Replayed, ...]:
    """Play what documents report as done, and look for what was seen next.

    Parameters
    ----------
    runs
        Runs of every entry, in place of what the file says; journeys, which are played one run at a time, are looked at
        in no more than the file says.
    seed
        On which luck, in place of that of the baseline.
    fitted
        How fitted numbers are taken, `posterior` or `fixed`, in place of what the baseline says.
    file
        Entries in place of `seeds/documented.yaml`.
    seeds
        A folder of seeds in place of the shipped ones, with a home world of its own.
    progress
        Told in a word what is played next.

    Raises
    ------
    sim.io.errors.InputError
        If the file or an argument is wrong.
    """
    arguments = Arguments("replay")
    arguments.called("progress", progress)
    runs, seed = arguments.runs(runs), arguments.seed(seed)
    fitted = given_fitted(arguments, fitted)
    file = arguments.path_or_none("file", file)
    arguments.refuse_if_wrong()
    evidence = load_evidence(folder=seeds)
    book = load_documented(evidence, file)
    runs = book.runs if runs is None else runs
    together = tuple(entry for entry in book.entries if not entry.alone)
    found: dict[str, list[Replayed]] = {}
    for entries in (together, *((entry,) for entry in book.entries if entry.alone)):
        if progress is not None and entries:
            progress(entries[0].id if len(entries) == 1 else f"{len(entries)} entries in one world")
        _play(book, entries, evidence, (runs, seed, fitted, seeds), found)
    return tuple(one for entry in book.entries for one in found.get(entry.id, []))


def _play(
    book: Documented,
    entries: tuple[Reported, ...],
    evidence: Evidence,
    asked: tuple[int, int | None, str | None, Path | str | None],
    found: dict[str, list[Replayed]],
) -> None:
    """Play one stage and add what is found on it, by entry."""
    runs, seed, fitted, seeds = asked
    prepared = prepare(stage(book, entries, seed, fitted, seeds), evidence)
    rows = [(entry, sight, of) for entry in entries for sight in entry.sights for of in sight.subjects]
    seen, looked = [0] * len(rows), [0] * len(rows)
    for first in range(0, runs, _CHUNK):
        view = View(book=book, entries=entries, prepared=prepared, first=first, runs=min(_CHUNK, runs - first))
        for place, (entry, sight, of) in enumerate(rows):
            if sight.seen is Seen.VISITED:
                continue
            told = TELLERS[sight.seen](view, entry, sight, of)
            seen[place] += int(told.sum())
            looked[place] += len(told)
    few = View(book=book, entries=entries, prepared=prepared, first=0, runs=min(runs, book.looked_at))
    for place, (entry, sight, of) in enumerate(rows):
        if sight.seen is Seen.VISITED:
            told = _visited(few, entry, sight, of)
            seen[place], looked[place] = int(told.sum()), len(told)
    for place, (entry, sight, of) in enumerate(rows):
        low, high = share_range(seen[place], looked[place])
        one = Replayed(
            entry=entry,
            sight=sight,
            states=of,
            runs=looked[place],
            share=seen[place] / looked[place],
            low=low,
            high=high,
        )
        found.setdefault(entry.id, []).append(one)
