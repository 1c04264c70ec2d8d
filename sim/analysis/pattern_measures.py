"""How patterns are measured: for each measure a function that plays what it needs and gives one number a run."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.batch.outcomes import OUTCOMES, summarise, thresholds
from sim.engine.block import Block
from sim.engine.ensemble import PreparedEnsemble, prepare
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.worlds import shipped_folder
from sim.scenario.scenario import Scenario, load_scenario, with_fitted

Floats: TypeAlias = NDArray[np.float64]

SEVERAL = 3
"""Suitors that count as several."""

_KEPT = 3  # blocks of runs held in memory at a time


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One statement the model is held to; see the head of `seeds/patterns.yaml`."""

    id: str
    claim: str
    evidence: tuple[str, ...]
    measure: str  # name of a function in PATTERN_MEASURES
    scenario: str  # name of a scenario, below `scenarios/`
    against: str  # another one, compared on the same luck; "" for none
    states: tuple[str, ...]  # codes; all where none is named
    powers: tuple[str, ...]
    start: int | None  # first quarter that is looked at, year * 4 + quarter - 1
    quarters: int | None  # how many of them
    above: float | None  # the line, exactly one of the two
    below: float | None
    runs: int
    looked_at: int
    needs: tuple[str, ...]  # systems without which the pattern cannot be asked
    why: str

    @property
    def line(self) -> str:
        """The line in words."""
        return f"above {self.above:g}" if self.above is not None else f"below {self.below:g}"


@dataclass(frozen=True, kw_only=True)
class Lens:
    """What was seen in one run that was played offer by offer."""

    offers: tuple[Any, ...]  # `sim.engine.agents.Offer`
    before: Floats  # [I, J, K] share of each power in the ties of a kind, at the start
    after: Floats  # and at the end


class Lab:
    """Plays what patterns ask for, and remembers the last few answers."""

    def __init__(self, without: Sequence[str] = (), fitted: str | None = None, seeds: Path | str | None = None) -> None:
        """`without`: systems to switch off everywhere, to see which pattern rests on them.

        fitted: how fitted numbers are taken, in place of what scenarios say; seeds: a folder in place of the shipped.
        """
        self.without, self.fitted, self.seeds = tuple(without), fitted, seeds
        self._blocks: dict[tuple[str, int, tuple[str, ...]], tuple[Block, PreparedEnsemble]] = {}
        self._looks: dict[tuple[str, int], tuple[Lens, ...]] = {}

    @property
    def evidence(self) -> Evidence:
        """What is known of the home world."""
        return load_evidence(folder=self.seeds)

    def scenario(self, name: str, without: Sequence[str] = ()) -> Scenario:
        """A scenario with some systems off."""
        scenario = with_fitted(
            load_scenario(shipped_folder("scenarios") / f"{name}.yaml", seeds=self.seeds), self.fitted
        )
        off = tuple(dict.fromkeys((*scenario.without, *self.without, *without)))
        return replace(scenario, without=off)

    def play(self, name: str, runs: int, without: Sequence[str] = ()) -> tuple[Block, PreparedEnsemble]:
        """Many runs of a scenario at once."""
        key = (name, runs, tuple(without))
        if key not in self._blocks:
            prepared = prepare(self.scenario(name, without))
            while len(self._blocks) >= _KEPT:
                del self._blocks[next(iter(self._blocks))]
            self._blocks[key] = (prepared.run_block(0, runs), prepared)
        self._blocks[key] = self._blocks.pop(key)  # what was asked for last is forgotten last
        return self._blocks[key]

    def look(self, name: str, runs: int) -> tuple[Lens, ...]:
        """Some runs of a scenario, played one at a time so that every offer can be looked at."""
        if (name, runs) not in self._looks:
            from sim.engine.agents import Model

            looks = []
            for run in range(runs):
                model = Model(self.scenario(name), run=run)
                before = model.world.share[..., 0].copy()
                model.run_model()
                looks.append(Lens(offers=tuple(model.offers), before=before, after=model.world.share[..., 0].copy()))
            self._looks[name, runs] = tuple(looks)
        return self._looks[name, runs]


Measure: TypeAlias = Callable[[Pattern, Lab], Floats]

PATTERN_MEASURES: dict[str, Measure] = {}


def _measure(function: Measure) -> Measure:
    PATTERN_MEASURES[function.__name__] = function
    return function


# --- how each is measured: one number a run ---------------------------------------------------------------------------


def _states(pattern: Pattern, block: Block) -> list[int]:
    return [block.states.index(code) for code in pattern.states]


def _powers(pattern: Pattern, block: Block) -> list[int]:
    return [block.powers.index(code) for code in pattern.powers]


def _window(pattern: Pattern, block: Block) -> slice:
    """The quarters a pattern looks at."""
    first = 0 if pattern.start is None else block.quarters.index(pattern.start)
    return slice(first, None if pattern.quarters is None else first + pattern.quarters)


def _pair(pattern: Pattern, lab: Lab) -> tuple[Block, Block]:
    """The runs of the scenario, and those of the one it is set against."""
    return lab.play(pattern.scenario, pattern.runs)[0], lab.play(pattern.against, pattern.runs)[0]


@_measure
def visits_gained(pattern: Pattern, lab: Lab) -> Floats:
    """Leader visits of the states within the quarters looked at, in the other scenario less in the first.

    The calendar is the same on both sides and drops out.
    """
    plain, other = (
        block.state_measure("visits")[:, _window(pattern, block), :][:, :, _states(pattern, block)].sum(axis=(1, 2))
        for block in _pair(pattern, lab)
    )
    gained: Floats = other - plain
    return gained


@_measure
def trust_lost_beyond_trade(pattern: Pattern, lab: Lab) -> Floats:
    """The part of the trust in a power that is lost, less the part of the trade with it that is lost.

    Means over the quarters looked at, then over states.
    """
    blocks = _pair(pattern, lab)

    def lost(name: str) -> Floats:
        was, now = (
            block.power_measure(name)[:, _window(pattern, block)][..., _powers(pattern, block)].mean(axis=(1, 3))
            for block in blocks
        )
        part: Floats = 1.0 - now / was
        return part

    beyond: Floats = (lost("trust") - lost("trade"))[:, _states(pattern, blocks[0])].mean(axis=1)
    return beyond


@_measure
def trust_gained_next_door(pattern: Pattern, lab: Lab) -> Floats:
    """Trust of the states in a power, in the other scenario less in the first; means over quarters and states."""
    plain, other = (
        block.power_measure("trust")[:, _window(pattern, block)][:, :, _states(pattern, block)][
            ..., _powers(pattern, block)
        ].mean(axis=(1, 2, 3))
        for block in _pair(pattern, lab)
    )
    gained: Floats = other - plain
    return gained


@_measure
def acceptance_gained(pattern: Pattern, lab: Lab) -> Floats:
    """Share of offers accepted over the whole run and all states, in the other scenario less in the first."""
    plain, other = (
        block.state_measure("accepted").sum(axis=(1, 2)) / np.maximum(block.state_measure("offers").sum(axis=(1, 2)), 1)
        for block in _pair(pattern, lab)
    )
    gained: Floats = other - plain
    return gained


@_measure
def terms_kept_among_suitors(pattern: Pattern, lab: Lab) -> Floats:
    """Part of the exclusivity asked that is signed, with several suitors on the table less with one alone.

    A suitor is a power with an offer before the same state in the same quarter; only offers that ask for something are
    looked at. A run where either case does not occur says nothing.
    """
    apart = []
    for one in lab.look(pattern.scenario, pattern.looked_at):
        suitors = Counter((quarter, to) for quarter, to, _ in {(o.quarter, o.to, o.by) for o in one.offers})
        kept: dict[bool, list[float]] = {True: [], False: []}
        for offer in one.offers:
            count = suitors[offer.quarter, offer.to]
            if offer.exclusivity_asked > 0.0 and (count == 1 or count >= SEVERAL):
                kept[count >= SEVERAL].append(offer.exclusivity_signed / offer.exclusivity_asked)
        means = {several: sum(parts) / len(parts) if parts else math.nan for several, parts in kept.items()}
        apart.append(means[True] - means[False])
    return np.array(apart)


@_measure
def share_gained(pattern: Pattern, lab: Lab) -> Floats:
    """Share of all ties that a power holds over the last quarters, in the other scenario less in the first.

    Mean over states.
    """
    finals = []
    for name in (pattern.scenario, pattern.against):
        block, prepared = lab.play(name, pattern.runs)
        held = summarise(block, thresholds(prepared.values)).alignment
        finals.append(held[:, _states(pattern, block)][:, :, _powers(pattern, block)].sum(axis=2).mean(axis=1))
    gained: Floats = finals[1] - finals[0]
    return gained


def _trade_shares(block: Block, states: Sequence[int]) -> Floats:
    """Share of each power in the trade of the states with all powers together: [R, T, J]."""
    trade = block.power_measure("trade")[:, :, list(states)].sum(axis=2)
    shares: Floats = trade / trade.sum(axis=-1, keepdims=True)
    return shares


@_measure
def trade_share_risen(pattern: Pattern, lab: Lab) -> Floats:
    """Share of a power in the trade of all states together, in the last quarter less in the first."""
    block, _ = lab.play(pattern.scenario, pattern.runs)
    shares = _trade_shares(block, _states(pattern, block))[..., _powers(pattern, block)].sum(axis=-1)
    risen: Floats = shares[:, -1] - shares[:, 0]
    return risen


@_measure
def trade_lead(pattern: Pattern, lab: Lab) -> Floats:
    """Lead of the first power over the second in shares of trade at the end, in the state where it is smallest."""
    block, _ = lab.play(pattern.scenario, pattern.runs)
    first, second = _powers(pattern, block)
    leads = [_trade_shares(block, [state])[:, -1] for state in _states(pattern, block)]
    smallest: Floats = np.min([lead[:, first] - lead[:, second] for lead in leads], axis=0)
    return smallest


@_measure
def security_moved_beyond_trade(pattern: Pattern, lab: Lab) -> Floats:
    """Part of security ties that changed hands between start and end, less the same for trade; mean over states.

    Half the sum of all changes of shares, those held at home and elsewhere among them.
    """
    evidence = lab.evidence
    trade, security = evidence.kinds.index("deal"), evidence.kinds.index("security")
    apart = []
    for one in lab.look(pattern.scenario, pattern.looked_at):
        change = one.after - one.before
        moved = (np.abs(change).sum(axis=1) + np.abs(change.sum(axis=1))) / 2  # the rest changes by what powers lose
        apart.append(float((moved[:, security] - moved[:, trade]).mean()))
    return np.array(apart)


@_measure
def balancing_ended(pattern: Pattern, lab: Lab) -> Floats:
    """Share of the states whose balancing has ended when the run ends, by their outcome words."""
    block, prepared = lab.play(pattern.scenario, pattern.runs)
    last = summarise(block, thresholds(prepared.values)).outcome[:, -1]
    over = np.array([outcome.ends_multi_vectorism for outcome in OUTCOMES], dtype=np.float64)
    share: Floats = over[last][:, _states(pattern, block)].mean(axis=1)
    return share


@_measure
def security_gained_by_others(pattern: Pattern, lab: Lab) -> Floats:
    """Share of security ties that all powers but those named hold at the end, in the other scenario less in the first.

    Mean over states.
    """
    evidence = lab.evidence
    security = evidence.kinds.index("security")
    states = [place for place, actor in enumerate(evidence.states) if actor.code in pattern.states]
    others = [place for place, actor in enumerate(evidence.powers) if actor.code not in pattern.powers]
    held = [
        np.array(
            [one.after[states][:, others, security].sum(axis=1).mean() for one in lab.look(name, pattern.looked_at)]
        )
        for name in (pattern.scenario, pattern.against)
    ]
    gained: Floats = held[1] - held[0]
    return gained


@_measure
def largest_investor_gains(pattern: Pattern, lab: Lab) -> Floats:
    """Part of what powers hold that the largest investor has at the end, in the other scenario less in the first.

    The largest investor is whoever signed most money in the other scenario; mean over states.
    """
    plain, other = _pair(pattern, lab)
    money = [place for place, kind in enumerate(other.kinds) if kind != "security"]
    largest = int(other.offer_total("value_signed")[:, :, :, money].sum(axis=(0, 1, 3)).argmax())
    parts = []
    for block in (plain, other):
        held = block.power_measure("alignment")[:, -1]
        parts.append((held[..., largest] / held.sum(axis=-1))[:, _states(pattern, block)].mean(axis=1))
    gained: Floats = parts[1] - parts[0]
    return gained


@_measure
def exclusivity_gained(pattern: Pattern, lab: Lab) -> Floats:
    """Mean exclusivity signed in the offers of a power from the first quarter looked at, other scenario less first."""
    signed = []
    for name in (pattern.scenario, pattern.against):
        means = []
        for one in lab.look(name, pattern.looked_at):
            terms = [
                offer.exclusivity_signed
                for offer in one.offers
                if offer.by in pattern.powers and (pattern.start is None or offer.quarter >= pattern.start)
            ]
            means.append(sum(terms) / len(terms) if terms else math.nan)
        signed.append(np.array(means))
    gained: Floats = signed[1] - signed[0]
    return gained


@_measure
def moved_without_systems(pattern: Pattern, lab: Lab) -> Floats:
    """The largest change of any share of alignment over a run, with every system switched off."""
    block, _ = lab.play(pattern.scenario, pattern.runs, tuple(lab.evidence.systems))
    alignment = block.power_measure("alignment")
    moved: Floats = np.abs(alignment - alignment[:, :1]).max(axis=(1, 2, 3))
    return moved
