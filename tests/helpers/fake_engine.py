"""A stand-in for the engine: quick, smooth and deterministic, so that what follows an engine can be tested without one.

Every run draws from a generator of its own, so blocks can be cut anywhere.
"""

import os
from types import SimpleNamespace

import numpy as np

from sim.engine.block import Block
from sim.evidence.actors import Actor
from sim.evidence.numbers import OFFER_KINDS
from sim.model.variables import BY_POWER, BY_STATE, COUNTS
from sim.scenario.scenario import Scenario

STATES = {"ALD": "Aldara", "BEK": "Bekmar"}
POWERS = {"NOR": "Nordheim", "OST": "Ostria", "SUD": "Sudmark"}
LINES = {
    "measures.leaning_share": 0.40,
    "measures.locked_share": 0.60,
    "measures.multi_vector_partners": 2.5,
    "measures.squeezed_pressure": 0.5,
    "measures.isolated_alignment": 0.25,
    "measures.final_quarters": 4.0,
}


def fake_scenario(name="fake", **changes):
    said = {
        "name": name,
        "title": "A made-up world",
        "question": "Does what comes after the engine work?",
        "world": "toy",
        "start": 2025 * 4,
        "end": 2028 * 4 + 3,
        "runs": 300,
        "seed": 7,
    }
    return Scenario(**(said | changes))


def fake_evidence(states=STATES, powers=POWERS):
    def actors(names):
        return tuple(Actor(code=code, name=name, adjective=name, capital=name) for code, name in names.items())

    return SimpleNamespace(
        world="toy",
        region="Nowhere",
        together="the two",
        states=actors(states),
        powers=actors(powers),
        kinds=OFFER_KINDS,
        numbers={name: SimpleNamespace(name=name, value=value) for name, value in LINES.items()},
        systems={},
    )


class FakePrepared:
    def __init__(self, scenario, evidence):
        self.seed = scenario.seed
        self.quarters = tuple(range(scenario.start, scenario.end + 1))
        self.states = tuple(actor.code for actor in evidence.states)
        self.powers = tuple(actor.code for actor in evidence.powers)

    def run_block(self, first, count):
        runs = [self.one_run(number) for number in range(first, first + count)]
        by_power, by_state, offers = (np.stack(parts) for parts in zip(*runs, strict=True))
        return Block(
            first=first,
            states=self.states,
            powers=self.powers,
            kinds=OFFER_KINDS,
            quarters=self.quarters,
            by_power=by_power,
            by_state=by_state,
            offers=offers,
            answers=np.zeros((count, 0), dtype=np.int8),
        )

    def one_run(self, number):
        times, states, powers = len(self.quarters), len(self.states), len(self.powers)
        luck = np.random.default_rng([self.seed, number])
        start = np.random.default_rng(5).normal(0.0, 0.7, (states, powers))
        drift = luck.normal(0.0, 1.4, (states, powers)) / times
        steps = luck.normal(0.0, 0.05, (times, states, powers)).cumsum(axis=0)
        weight = np.exp(start + drift * np.arange(1, times + 1)[:, None, None] + steps)
        alignment = weight / (weight.sum(axis=-1, keepdims=True) + 0.6)
        among = alignment / alignment.sum(axis=-1, keepdims=True)
        hhi = (among**2).sum(axis=-1)
        share = np.clip(0.5 + steps, 0.0, 1.0)
        told_by_power = {
            "alignment": alignment,
            "trade": 40.0 * alignment * np.exp(0.01 * np.arange(times))[:, None, None],
            "trust": share,
            "pressure": np.clip(luck.normal(0.02, 0.09, (times, states, powers)), 0.0, 1.0),
        }
        by_power = np.stack([told_by_power.get(name, share) for name in BY_POWER], axis=-1)
        by_state = np.zeros((times, states, len(BY_STATE)))
        offers = luck.poisson(2.0, (times, states))
        accepted = luck.binomial(offers, 0.6)
        told = {
            "effective_partners": 1.0 / hhi,
            "hhi": hhi,
            "entropy": -(among * np.log(among)).sum(axis=-1),
            "autonomy": 1.0 - alignment.max(axis=-1),
            "balance": 50.0 + 50.0 * (alignment[..., 0] - alignment[..., 1]),
            "threat": np.clip(0.3 + steps[..., 0], 0.0, 1.0),
            "delivered": luck.gamma(2.0, 0.4, (times, states)),
            "visits": luck.poisson(1.0, (times, states)),
            "compensating_visits": luck.poisson(0.2, (times, states)),
            "offers": offers,
            "accepted": accepted,
            "sided": np.where(np.arange(times)[:, None] > times // 2, luck.random(states) > 0.9, 0),
        }
        for index, name in enumerate(BY_STATE):  # a measure that nobody thought of here is some share, or a count
            other = np.clip(0.5 + steps[..., index % powers], 0.0, 1.0)
            by_state[..., index] = told.get(name, np.rint(4.0 * other) if name in COUNTS else other)
        made = luck.poisson(6.0, (states, powers, len(OFFER_KINDS)))
        taken = luck.binomial(made, 0.6)
        return by_power, by_state, np.stack([made, taken, made * 300, taken * 280], axis=-1)


class Deadly(FakePrepared):
    """Takes its process with it as soon as it is asked for a whole block."""

    def run_block(self, first, count):
        if count > 1:
            os._exit(1)
        return super().run_block(first, count)


def fake_block(first=0, count=20, states=STATES, powers=POWERS, **changes):
    return FakePrepared(fake_scenario(**changes), fake_evidence(states, powers)).run_block(first, count)
