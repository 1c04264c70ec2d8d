"""Many worlds at once: drives `sim.turn` over blocks of lanes.

A block is some runs side by side in the lanes of one world. Blocks share nothing, so they can be played by as many
threads as there are cores; `Prepared.run_block` may be called from any of them. The same run gives the same bits
whatever block, lane or thread it is played in.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.chance import lucks
from sim.evidence import Evidence, load_evidence
from sim.parameters import aligned, number_values, vector
from sim.phases.layout import (
    CAPACITY_EVENT,
    CRISIS_EVENT,
    OFFER_EVENT,
    RIVALRY_EVENT,
    SUMMIT_EVENT,
    TARIFF_EVENT,
    VISIT_EVENT,
)
from sim.record import BY_POWER, BY_STATE, Block
from sim.scenario import EventKind, Scenario
from sim.turn import Phase, advance
from sim.world import DOMAINS, KINDS, axes_of, build, unpack

LANES = 96  # measured: fewer cost more loops, more leave the cache, and at 64 or 128 rows fall on the same cache sets


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A scenario made ready: its numbers resolved, its events laid out. Safe to share between threads."""

    scenario: Scenario
    evidence: Evidence
    values: Mapping[str, Any]  # every number by name: a float, or one float a run, from run 0 on
    happenings: np.ndarray  # float64 [events, 8]
    pole: np.ndarray  # float64 [powers], -1..1
    seed: int
    luck_keys: np.ndarray | None = None  # uint64 [runs]: the luck of each run, where runs share it

    @property
    def quarters(self) -> tuple[int, ...]:
        """The quarters played, as year * 4 + quarter - 1."""
        return tuple(range(self.scenario.start, self.scenario.end + 1))

    def run_block(self, first: int, count: int, lanes: int = LANES) -> Block:
        """Play runs `first` .. `first + count - 1`; any count, also one."""
        axes = axes_of(self.evidence)
        shape = (len(self.quarters), len(axes["i"]))
        by_power = np.empty((*shape, len(axes["j"]), len(BY_POWER), count))
        by_state = np.empty((*shape, len(BY_STATE), count))
        offers = np.empty((len(axes["i"]), len(axes["j"]), len(KINDS), 4, count), dtype=np.int64)
        with np.errstate(over="ignore"):  # addresses wrap round on purpose when nothing is compiled
            for start in range(0, count, lanes):
                part = slice(start, min(start + lanes, count))
                self._play(first + start, part, by_power, by_state, offers)
        return Block(
            first=first,
            states=axes["i"],
            powers=axes["j"],
            kinds=KINDS,
            quarters=self.quarters,
            by_power=np.moveaxis(by_power, -1, 0),
            by_state=np.moveaxis(by_state, -1, 0),
            offers=np.moveaxis(offers, -1, 0),
        )

    def _values_of(self, first: int, lanes: int) -> Mapping[str, Any]:
        """The numbers of some runs: what is given run by run is cut out, everything else holds for all."""
        return {
            name: value[first : first + lanes] if isinstance(value, np.ndarray) else value
            for name, value in self.values.items()
        }

    def _play(self, first: int, part: slice, by_power: np.ndarray, by_state: np.ndarray, offers: np.ndarray) -> None:
        lanes = part.stop - part.start
        values = self._values_of(first, lanes)
        keys = lucks(self.seed, first, lanes) if self.luck_keys is None else self.luck_keys[first : first + lanes]
        store = build(self.evidence, values, keys)
        page_power = aligned((*by_power.shape[:-1], lanes))
        page_state = aligned((*by_state.shape[:-1], lanes))
        advance(
            store,
            vector(values, lanes),
            self.happenings,
            self.scenario.start,
            len(self.quarters),
            int(Phase.ALL),
            0,
            self.pole,
            page_power,
            page_state,
        )
        by_power[..., part] = page_power
        by_state[..., part] = page_state
        offers[..., part] = offer_totals(unpack(store))


def offer_totals(world: Any) -> np.ndarray:
    """Offers made and accepted and their values so far: int64 [states, powers, kinds, 4, lanes].

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
) -> Prepared:
    """Make a scenario ready to run. `numbers` overrides values by name, after the scenario's own."""
    evidence = load_evidence(scenario.world) if evidence is None else evidence
    values = number_values(evidence, {**scenario.numbers, **(numbers or {})}, scenario.without)
    return Prepared(
        scenario=scenario,
        evidence=evidence,
        values=values,
        happenings=happenings_of(scenario, evidence),
        pole=poles(evidence),
        seed=scenario.seed if seed is None else seed,
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


def happenings_of(scenario: Scenario, evidence: Evidence) -> np.ndarray:
    """Events laid out for the turn: float64 [events, 8]: quarter, code, state, power, kind or domain, three values.

    An event for several actors becomes several rows; -1 stands for an actor, kind or value that does not apply. The two
    powers of a rivalry stand in the columns of state and power.
    """
    states = {actor.code: at for at, actor in enumerate(evidence.states)}
    powers = {actor.code: at for at, actor in enumerate(evidence.powers)}
    rows: list[tuple[float, ...]] = []
    for event in sorted(scenario.events, key=lambda event: event.at):
        rows += [(float(event.at), *row) for row in _rows_of(event.kind, event.fields, states, powers)]
    return np.array(rows).reshape(-1, 8)


def _rows_of(
    kind: EventKind, fields: Mapping[str, Any], states: Mapping[str, int], powers: Mapping[str, int]
) -> list[tuple[float, ...]]:
    nothing = -1.0
    if kind is EventKind.SUMMIT:
        host = powers[fields["host"]]
        return [(SUMMIT_EVENT, states[guest], host, nothing, 0.0, 0.0, 0.0) for guest in fields["guests"]]
    if kind is EventKind.OFFER:
        terms = [nothing if fields.get(term) is None else fields[term] for term in ("exclusivity", "governance")]
        at = KINDS.index(fields["kind"])
        return [(OFFER_EVENT, states[fields["to"]], powers[fields["by"]], at, fields["size"], *terms)]
    if kind is EventKind.TARIFF:
        return [(TARIFF_EVENT, states[fields["against"]], powers[fields["by"]], nothing, fields["rate"], 0.0, 0.0)]
    if kind is EventKind.CRISIS:
        return [(CRISIS_EVENT, states[fields["in"]], nothing, nothing, fields["severity"], 0.0, 0.0)]
    if kind is EventKind.VISIT:
        state, power = (fields["by"], fields["to"]) if fields["by"] in states else (fields["to"], fields["by"])
        return [(VISIT_EVENT, states[state], powers[power], nothing, 0.0, 0.0, 0.0)]
    if kind is EventKind.CAPACITY:
        touched = range(len(KINDS)) if fields["kind"] == "all" else [KINDS.index(fields["kind"])]
        return [(CAPACITY_EVENT, nothing, powers[fields["of"]], k, fields["change"], 0.0, 0.0) for k in touched]
    return _rivalry_rows(fields, powers)


def _rivalry_rows(fields: Mapping[str, Any], powers: Mapping[str, int]) -> list[tuple[float, ...]]:
    """One row an ordered pair and domain: the level to go to (nan where it is a step) and the step."""
    if fields["between"] == "all":
        pairs = [(a, b) for a in powers.values() for b in powers.values() if a != b]
    else:
        one, two = (powers[code] for code in fields["between"])
        pairs = [(one, two), (two, one)]
    level = math.nan if fields.get("to") is None else fields["to"]
    step = 0.0 if fields.get("by") is None else fields["by"]
    domains = range(len(DOMAINS)) if fields["domain"] == "all" else [DOMAINS.index(fields["domain"])]
    return [(RIVALRY_EVENT, a, b, d, level, step, 0.0) for a, b in pairs for d in domains]
