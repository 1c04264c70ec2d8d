"""Runs under way: one world that is moved on quarter by quarter, and forked into many that share its past.

A fork has the world of the run it comes from, its numbers and the dates of its events; only the luck of what comes is
another in each lane. Two forks at one quarter on the same lucks are pairs: what differs between them is what was done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.block import Block
from sim.engine.ensemble import offer_totals, play_on
from sim.engine.laid_offers import NOT_LAID, offers_among
from sim.engine.settings import Settings
from sim.model.chance import lucks
from sim.model.fields import AXES, KINDS
from sim.model.parameters import aligned, vector
from sim.model.schedule import QUARTER, Phase
from sim.model.variables import BY_POWER, BY_STATE
from sim.model.world import axes_of, build, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engine.ensemble import PreparedEnsemble


class Running:
    """One run of a scenario made ready, in the lanes of a world: a single one, or after `forked` as many as were asked.

    `quarter` is the one last played, as year * 4 + quarter - 1.
    """

    def __init__(self, prepared: PreparedEnsemble, run: int, *, explain: bool = False) -> None:
        """Begin a run; nothing is played yet. explain: whether the world keeps what decided its offers."""
        self.prepared, self.run = prepared, run
        self.values = dict(prepared.values_of(run, 1))
        self.happenings, self.dates = prepared.happenings(run, 1), prepared.dates(run, 1)
        self.settings = prepared.settings(run, 1, self.values)
        self.store = build(prepared.evidence, self.values, lucks(prepared.seed, run, 1), explain)
        self.p = vector(self.values, 1)
        self.started = False
        self.quarter = prepared.scenario.start - 1

    @property
    def world(self) -> Any:
        """The world as it is now: views whose last axis is the lane."""
        return unpack(self.store)

    def play(self, until: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Go on through quarter `until`; what was recorded meanwhile by power and by state, [quarters, ..., lanes]."""
        start, end = self.quarter + 1, until + 1
        axes, lanes = axes_of(self.prepared.evidence), self.p.shape[1]
        shape = (end - start, len(axes["i"]))
        pages = aligned((*shape, len(axes["j"]), len(BY_POWER), lanes)), aligned((*shape, len(BY_STATE), lanes))

        def go(now: int, quarters: int, phase: Phase, actor: int) -> None:
            here = (page[now - start : now - start + quarters] for page in pages)
            pole, happenings = self.prepared.pole, self.happenings
            turn(self.store, self.p, happenings, now, quarters, int(phase), actor, pole, *here)

        turn = self.prepared.way_for(lanes).advance
        with np.errstate(over="ignore"):  # addresses wrap round on purpose when nothing is compiled
            for _ in play_on(go, self.settings, self.store, self.p, (start, end), begun=self.started):
                self.started = True
        self.quarter = until
        return pages

    def play_with(self, change: Callable[[Any], None]) -> None:
        """Go on by one quarter, with something done to the world just before the states choose.

        change: is given the world. What it does stays; nothing of the quarter is recorded.
        """
        now, evidence = self.quarter + 1, self.prepared.evidence
        states, powers, lanes = len(evidence.states), len(evidence.powers), self.p.shape[1]
        asked = {"states": states, "powers": powers}
        pages = np.zeros((1, states, powers, len(BY_POWER), lanes)), np.zeros((1, states, len(BY_STATE), lanes))

        def everyone(phase: Phase) -> None:
            for actor in range(asked.get(phase.owner, 1)):
                pole, happenings = self.prepared.pole, self.happenings
                turn(self.store, self.p, happenings, now, 1, int(phase), actor, pole, *pages)

        turn = self.prepared.way_for(lanes).advance
        with np.errstate(over="ignore"):  # as in `play`
            if not self.started:
                everyone(Phase.START)
            self.settings.apply(self.store, self.p, now)
            for phase in QUARTER:
                if phase is Phase.CHOOSE:
                    change(self.world)
                everyone(phase)
        self.started, self.quarter = True, now

    def forked(self, keys: NDArray[np.uint64]) -> Running:
        """As many worlds as there are keys of luck, each with this one's past; this one stays as it is.

        keys: uint64 [lanes], `sim.model.chance.lucks`. Only of a single run.
        """
        prepared, lanes = self.prepared, len(keys)
        fork = object.__new__(Running)
        vars(fork).update(vars(self))
        fork.values = {name: _spread(value, lanes) for name, value in self.values.items()}
        fork.dates = _spread(self.dates, lanes)
        fork.happenings = np.hstack((self.happenings[:, :-1], _spread(self.happenings[:, -1:], lanes)))
        fork.settings = Settings(prepared.events, fork.dates, prepared.evidence, fork.values, prepared.scenario.start)
        fork.settings.take_over(self.settings, lanes)
        fork.store = build(prepared.evidence, fork.values, keys)
        for axes in (axes for axes in AXES if "u" not in axes):  # a fork does not keep why
            getattr(fork.store, f"by_{axes}")[...] = getattr(self.store, f"by_{axes}")
        for past in (fork.world.size, fork.world.accepted):
            past[...] = 0.0  # what lay on the tables is gone; the lists that would say where are not handed on
        fork.p = vector(fork.values, lanes)
        fork.p[...] = self.p
        return fork


def _spread(value: Any, lanes: int) -> Any:
    """What differs from run to run, of one run, for as many lanes."""
    return np.repeat(value, lanes, axis=-1) if isinstance(value, np.ndarray) else value


def futures(running: Running, runs: int, until: int) -> Block:
    """What may come of a run: `runs` worlds with its past, each on another luck from the next quarter through `until`.

    The block has the quarters that come, and the offers that are made in them. The lucks are those of the runs behind
    this one, so that two worlds of one run that were led apart are paired, future by future.
    """
    fork = running.forked(lucks(running.prepared.seed, running.run + 1, runs))
    before = offer_totals(fork.world)
    axes, first = axes_of(running.prepared.evidence), running.quarter + 1
    by_power, by_state = fork.play(until)
    return Block(
        first=0,
        states=axes["i"],
        powers=axes["j"],
        kinds=KINDS,
        quarters=tuple(range(first, until + 1)),
        by_power=np.moveaxis(by_power, -1, 0),
        by_state=np.moveaxis(by_state, -1, 0),
        offers=np.moveaxis(offer_totals(fork.world) - before, -1, 0),
        answers=np.full((runs, len(offers_among(running.prepared.events))), NOT_LAID, dtype=np.int8),
    )
