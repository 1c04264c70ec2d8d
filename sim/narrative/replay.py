"""A run played again from its start, to be stopped at a quarter and tried once more with one thing changed."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.engine.ensemble import PreparedEnsemble
from sim.engine.offer import Offer, offer_at
from sim.model.chance import lucks
from sim.model.parameters import vector
from sim.model.schedule import QUARTER, Phase
from sim.model.variables import BY_POWER, BY_STATE
from sim.model.world import axes_of, build, unpack


class Moment:
    """One quarter of a run played again, kept as it was before states look around, before they choose, and after."""

    def __init__(self, replay: "Replay", quarter: int, looking: Any, choosing: Any, answered: Any) -> None:
        self.replay, self.quarter = replay, quarter
        self.looking, self.choosing = looking, choosing
        self.numbers = replay.numbers.copy()  # as they are now; an event may set them later
        self.world = unpack(answered)

    def offers(self) -> Iterator[tuple[tuple[int, int, int], Offer]]:
        """Every offer of the quarter with its place, in the order of states, powers and kinds."""
        for i, j, k in np.argwhere(self.world.size[..., 0] > 0.0).tolist():
            yield (i, j, k), offer_at(self.world, self.quarter, self.replay.axes, (i, j, k))

    def again(self, at: tuple[int, int, int], what: str, value: float, *, own: bool = False) -> Any:
        """The world after the state has chosen once more, with one thing about the offer changed.

        own: whether it goes by its own rule, whatever it was told about that offer.
        Trust is changed before the state looks around, because what it believes follows from it; size and clauses just
        before it chooses.
        """
        i, j, k = at
        early = what == "trust"
        store = copied(self.looking if early else self.choosing)
        world = unpack(store)
        if own:
            world.told[i, j, k, 0] = 0.0
        if early:
            world.trust[i, j, 0] = value
            for phase in QUARTER:
                if Phase.PERCEIVE <= phase < Phase.CHOOSE:
                    self.replay.everyone(store, self.quarter, phase, self.numbers)
        else:
            {"size": world.size, "exclusivity": world.signed}[what][i, j, k, 0] = value
        self.replay.play(store, self.quarter, Phase.CHOOSE, i, self.numbers)
        return world


class Replay:
    """A run played again from its start, to be stopped at."""

    def __init__(self, prepared: PreparedEnsemble, run: int) -> None:
        self.prepared = prepared
        self.axes = axes_of(prepared.evidence)
        values = prepared.values_of(run, 1)
        self.values, self.happenings = values, prepared.happenings(run, 1)
        self.numbers = vector(values, 1)
        self.settings = prepared.settings(run, 1)
        self.store = build(prepared.evidence, values, lucks(prepared.seed, run, 1), explain=True)
        states, powers = len(self.axes["i"]), len(self.axes["j"])
        self.actors = {"states": states, "powers": powers}
        self.pages = np.zeros((1, states, powers, len(BY_POWER), 1)), np.zeros((1, states, len(BY_STATE), 1))
        self.played = prepared.scenario.start - 1
        self.everyone(self.store, self.played, Phase.START)

    def play(self, store: Any, quarter: int, phase: Phase, place: int, numbers: Any = None) -> None:
        """One phase of one actor; with the numbers of the run as they stand, unless others are given."""
        numbers = self.numbers if numbers is None else numbers
        with np.errstate(over="ignore"):  # addresses wrap round on purpose when nothing is compiled
            turn, pole = self.prepared.way_for(1).advance, self.prepared.pole
            turn(store, numbers, self.happenings, quarter, 1, int(phase), place, pole, *self.pages)

    def everyone(self, store: Any, quarter: int, phase: Phase, numbers: Any = None) -> None:
        """One phase of all actors; what comes from outside happens once."""
        for place in range(self.actors.get(phase.owner, 1)):
            self.play(store, quarter, phase, place, numbers)

    def moment(self, quarter: int) -> Moment:
        """Go on to a quarter and through it; quarters are asked for in order."""
        looking = choosing = answered = self.store
        while self.played < quarter:
            self.played += 1
            self.settings.apply(self.store, self.numbers, self.played)
            for phase in QUARTER:
                if phase is Phase.PERCEIVE and self.played == quarter:
                    looking = copied(self.store)
                if phase is Phase.CHOOSE and self.played == quarter:
                    choosing = copied(self.store)
                self.everyone(self.store, self.played, phase)
                if phase is Phase.CHOOSE and self.played == quarter:
                    answered = copied(self.store)
        return Moment(self, quarter, looking, choosing, answered)


def copied(store: Any) -> Any:
    """A store of its own with the same world in it."""
    return type(store)._make(array.copy() for array in store)
