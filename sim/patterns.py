"""Stylised patterns and extremes: what the model has to show before its other answers deserve a hearing.

The patterns stand in `seeds/patterns.yaml`, each with its claim, its sources, what is looked at and the line it has to
stay above or below. Here stands how each is measured: a function that gives one number a run. The mean of these numbers
over runs has a 95 % interval; where the whole of it lies on the right side of the line the pattern holds. What does not
hold is said so, and no number is moved to make it hold.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.checks import (
    check_choice,
    check_choices,
    check_group,
    check_keys,
    check_list,
    check_number,
    check_text,
    check_whole_number,
)
from sim.complaints import Complaints, Entry, input_error, listed, nearest_to, quoted
from sim.ensemble import Prepared, prepare
from sim.evidence import Evidence, load_evidence, shipped_folder
from sim.measures import OUTCOMES, summarise, thresholds
from sim.pairing import LEVEL, Resampling, paired
from sim.quarters import check_quarter
from sim.reading import read_yaml
from sim.record import Block
from sim.scenario import MOST_RUNS, Scenario, load_scenario
from sim.timeline import check_facts

if TYPE_CHECKING:
    import pandas as pd

Floats: TypeAlias = NDArray[np.float64]

SEVERAL = 3
"""Suitors that count as several."""

_KEPT = 3  # blocks of runs held in memory at a time
_KEYS = ("id", "claim", "evidence", "measure", "scenario", "why")
_MORE = ("against", "states", "powers", "from", "quarters", "above", "below", "runs", "needs")


class Verdict(Enum):
    """What can be said of a pattern; the value is the sentence for it."""

    HOLDS = "the whole interval lies on the right side of the line"
    FAILS = "the whole interval lies on the wrong side of the line"
    UNCLEAR = "the interval lies on both sides of the line; more runs would tell"
    MISSING = "the model has not yet got the part that this needs"

    @property
    def words(self) -> str:
        """As written in the table."""
        return {"HOLDS": "holds", "FAILS": "does not hold", "UNCLEAR": "unclear", "MISSING": "not built yet"}[self.name]


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One statement the model is held to; see the head of `seeds/patterns.yaml`."""

    id: str
    claim: str
    evidence: tuple[str, ...]
    measure: str  # name of a function in MEASURES
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
class Finding:
    """What the model says to a pattern: the mean over runs of what is measured, with its interval."""

    pattern: Pattern
    verdict: Verdict
    value: float
    low: float
    high: float
    runs: int


# --- reading ---------------------------------------------------------------------------------------------------------


def load_patterns(path: Path | str | None = None) -> tuple[Pattern, ...]:
    """Read and check `seeds/patterns.yaml`, or another file laid out like it.

    Raises
    ------
    sim.complaints.InputError
        With every mistake in the file: unknown facts, actors, scenarios, measures, keys.
    """
    path = shipped_folder("seeds") / "patterns.yaml" if path is None else Path(path)
    complaints = Complaints()
    top = read_yaml(path, complaints)
    patterns: list[Pattern] = []
    if top is not None and check_keys(top, ("runs", "looked_at", "patterns"), (), complaints):
        runs, looked_at = (
            check_whole_number(top.value.get(key), complaints, 2, MOST_RUNS) or 2 for key in ("runs", "looked_at")
        )
        listed_there = top.value.get("patterns")
        for entry in [] if listed_there is None else check_list(listed_there, complaints, "a list of patterns"):
            pattern = _read_pattern(entry, load_evidence(), (runs, looked_at), complaints)
            if pattern is not None:
                check_new(entry, pattern, patterns, complaints)
                patterns.append(pattern)
    complaints.raise_if_any()
    return tuple(patterns)


def _read_pattern(entry: Entry, evidence: Evidence, usual: tuple[int, int], complaints: Complaints) -> Pattern | None:
    if not check_keys(entry, _KEYS, _MORE, complaints):
        return None
    keys = check_group(entry, complaints)
    states, powers = ([actor.code for actor in actors] for actors in (evidence.states, evidence.powers))
    above, below = (check_number(keys.get(side), complaints) for side in ("above", "below"))
    check_one_line(entry, keys, complaints)
    whole = {key: check_whole_number(keys.get(key), complaints, 1, MOST_RUNS) for key in ("runs", "quarters")}
    return Pattern(
        id=check_text(keys.get("id"), complaints),
        claim=check_text(keys.get("claim"), complaints),
        evidence=check_facts(keys.get("evidence"), evidence, complaints),
        measure=check_choice(keys.get("measure"), MEASURES, complaints) or "",
        scenario=check_scenario(keys.get("scenario"), complaints),
        against=check_scenario(keys.get("against"), complaints),
        states=check_choices(keys.get("states"), states, complaints) or tuple(states),
        powers=check_choices(keys.get("powers"), powers, complaints),
        start=check_quarter(keys.get("from"), complaints),
        quarters=whole["quarters"],
        above=above,
        below=below,
        runs=whole["runs"] or usual[0],
        looked_at=usual[1],
        needs=tuple(item.text or "" for item in check_list(keys["needs"], complaints)) if "needs" in keys else (),
        why=check_text(keys.get("why"), complaints),
    )


def check_new(entry: Entry, pattern: Pattern, before: Sequence[Pattern], complaints: Complaints) -> None:
    """Every pattern has a name of its own."""
    if pattern.id in {one.id for one in before}:
        complaints.about(entry.value["id"], message=f"'{pattern.id}' is there twice")


def check_one_line(entry: Entry, keys: dict[str, Entry], complaints: Complaints) -> None:
    """A pattern has one line to stay above or below."""
    given = [side for side in ("above", "below") if side in keys]
    if len(given) != 1:
        complaints.about(entry, found=" and ".join(given) or "neither", allowed="one of above and below")


def check_scenario(entry: Entry | None, complaints: Complaints) -> str:
    """A scenario that comes with the program, such as `baseline` or `patterns/crisis`."""
    if entry is None:
        return ""
    name = check_text(entry, complaints)
    folder = shipped_folder("scenarios")
    known = sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))
    if name not in known:
        complaints.about(entry, found=quoted(name), allowed=listed(known), nearest=nearest_to(name, known))
    return name


# --- asking the model ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was seen in one run that was played offer by offer."""

    offers: tuple[Any, ...]  # `sim.agents.Offer`
    before: Floats  # [I, J, K] share of each power in the ties of a kind, at the start
    after: Floats  # and at the end


class Lab:
    """Plays what patterns ask for, and remembers the last few answers."""

    def __init__(self, without: Sequence[str] = ()) -> None:
        """`without`: systems to switch off everywhere, to see which pattern rests on them."""
        self.without = tuple(without)
        self._blocks: dict[tuple[str, int, tuple[str, ...]], tuple[Block, Prepared]] = {}
        self._looks: dict[tuple[str, int], tuple[Look, ...]] = {}

    def scenario(self, name: str, without: Sequence[str] = ()) -> Scenario:
        """A scenario with some systems off."""
        scenario = load_scenario(shipped_folder("scenarios") / f"{name}.yaml")
        off = tuple(dict.fromkeys((*scenario.without, *self.without, *without)))
        return replace(scenario, without=off)

    def play(self, name: str, runs: int, without: Sequence[str] = ()) -> tuple[Block, Prepared]:
        """Many runs of a scenario at once."""
        key = (name, runs, tuple(without))
        if key not in self._blocks:
            prepared = prepare(self.scenario(name, without))
            while len(self._blocks) >= _KEPT:
                del self._blocks[next(iter(self._blocks))]
            self._blocks[key] = (prepared.run_block(0, runs), prepared)
        self._blocks[key] = self._blocks.pop(key)  # what was asked for last is forgotten last
        return self._blocks[key]

    def look(self, name: str, runs: int) -> tuple[Look, ...]:
        """Some runs of a scenario, played one at a time so that every offer can be looked at."""
        if (name, runs) not in self._looks:
            from sim.agents import Model

            looks = []
            for run in range(runs):
                model = Model(self.scenario(name), run=run)
                before = model.world.share[..., 0].copy()
                model.run_model()
                looks.append(Look(offers=tuple(model.offers), before=before, after=model.world.share[..., 0].copy()))
            self._looks[name, runs] = tuple(looks)
        return self._looks[name, runs]


Measure: TypeAlias = Callable[[Pattern, Lab], Floats]

MEASURES: dict[str, Measure] = {}


def _measure(function: Measure) -> Measure:
    MEASURES[function.__name__] = function
    return function


def find(pattern: Pattern, lab: Lab | None = None, runs: int | None = None, level: float = LEVEL) -> Finding:
    """Ask the model about one pattern.

    runs: in place of what the file says, also for what is played offer by offer; level: what the interval covers.
    """
    known = load_evidence().systems
    if any(system not in known for system in pattern.needs):
        nothing = math.nan
        return Finding(pattern=pattern, verdict=Verdict.MISSING, value=nothing, low=nothing, high=nothing, runs=0)
    if runs is not None:
        pattern = replace(pattern, runs=runs, looked_at=min(runs, pattern.looked_at))
    values = MEASURES[pattern.measure](pattern, lab or Lab())
    values = values[np.isfinite(values), None]  # a run without a case to look at says nothing
    if len(values) < 2:
        raise input_error(pattern.id, "hardly any run has a case to look at; ask for more runs", found=f"{len(values)}")
    found = paired(np.zeros_like(values), values, Resampling(len(values), 0), level)
    value, low, high = (float(number[0]) for number in (found.difference, found.low, found.high))
    return Finding(
        pattern=pattern, verdict=verdict_of(pattern, low, high), value=value, low=low, high=high, runs=len(values)
    )


def verdict_of(pattern: Pattern, low: float, high: float) -> Verdict:
    """Whether an interval lies on the right side of the line of a pattern."""
    if pattern.above is not None:
        right, wrong = low > pattern.above, high <= pattern.above
    else:
        assert pattern.below is not None
        right, wrong = high < pattern.below, low >= pattern.below
    return Verdict.HOLDS if right else Verdict.FAILS if wrong else Verdict.UNCLEAR


def find_all(runs: int | None = None, progress: Callable[[str], None] | None = None) -> "list[Finding]":
    """Ask the model about every pattern; `progress` is told the id of each before it is asked."""
    lab, findings = Lab(), []
    for pattern in load_patterns():
        if progress is not None:
            progress(pattern.id)
        findings.append(find(pattern, lab, runs))
    return findings


def table_of(findings: Sequence[Finding]) -> "pd.DataFrame":
    """Findings as a table, one row a pattern."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "pattern": one.pattern.id,
                "claim": one.pattern.claim,
                "evidence": " ".join(one.pattern.evidence),
                "measured": one.pattern.measure,
                "line": one.pattern.line,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "runs": one.runs,
                "verdict": one.verdict.words,
            }
            for one in findings
        ]
    )


# --- how each is measured: one number a run --------------------------------------------------------------------------


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
    plain, other = _pair(pattern, lab)
    lost = {}
    for name in ("trust", "trade"):
        was, now = (
            block.power_measure(name)[:, _window(pattern, block)][..., _powers(pattern, block)].mean(axis=(1, 3))
            for block in (plain, other)
        )
        lost[name] = 1.0 - now / was
    chosen = _states(pattern, plain)
    beyond: Floats = (lost["trust"] - lost["trade"])[:, chosen].mean(axis=1)
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
    evidence = load_evidence()
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
    evidence = load_evidence()
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
    largest = int(other.offers[:, :, :, money, 3].sum(axis=(0, 1, 3)).argmax())
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
    block, _ = lab.play(pattern.scenario, pattern.runs, tuple(load_evidence().systems))
    alignment = block.power_measure("alignment")
    moved: Floats = np.abs(alignment - alignment[:, :1]).max(axis=(1, 2, 3))
    return moved
