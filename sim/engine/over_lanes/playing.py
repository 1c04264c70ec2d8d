"""A turn, or one phase of it, played by NumPy: all actors side by side in the rows, all worlds in the lanes."""

import functools
import importlib
import threading
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine.over_lanes.expressions import Rules
from sim.engine.over_lanes.places import Setting, Way
from sim.engine.over_lanes.source import COUNTERS, KEYED, Function, arguments_of, own_space
from sim.engine.over_lanes.writer import Writer
from sim.model.compiling import PHASES
from sim.model.fields import LISTS
from sim.model.phases.layout import LAST
from sim.model.schedule import GO_ON, Phase
from sim.model.world import place_of

_FUNCTIONS: Mapping[Phase, str] = {
    Phase.START: "start_state",
    Phase.EVENTS: "happen",
    Phase.CLIMATE_POWER: "climate_power",
    Phase.CLIMATE_STATE: "climate_state",
    Phase.PERCEIVE: "perceive_state",
    Phase.OFFER: "offer_power",
    Phase.BARGAIN: "bargain_state",
    Phase.CHOOSE: "choose_state",
    Phase.DIPLOMACY: "diplomacy_state",
    Phase.DELIVER: "deliver_state",
    Phase.REACT: "react_power",
    Phase.FEEL_STATE: "feel_state",
    Phase.FEEL_POWER: "feel_power",
    Phase.RECORD: "record_state",
}
_RULES = Rules()
_LOCK = threading.Lock()


class Converted:
    """One phase over lanes, its helpers written anew once for every way in which they are called."""

    def __init__(self, function: Function, acted: bool) -> None:
        """Convert a phase; acted: whether it is for one actor, its fourth argument.

        Raises `NotUnderstoodError`, which names the line, where a source is written in a way that is not known.
        """
        self.name = function.__name__
        actor = arguments_of(function)[3] if acted else None
        self.private = own_space(function, actor) if actor is not None else frozenset()
        self.fields: set[str] = set()
        self._made: dict[tuple[Function, Way], tuple[str, Any]] = {}
        self._setting = Setting(self.private, acted, _RULES, self._helper, self.fields)
        self.play = Writer(self._setting, function, Way(actor)).written()

    def _helper(self, function: Function, way: Way) -> tuple[str, Any]:
        if (function, way) not in self._made:
            known = f"{function.__name__}_{len(self._made)}"
            self._made[function, way] = known, Writer(self._setting, function, way).written()
        return self._made[function, way]

    def world(self, store: Any, actors: int) -> Any:
        """The fields that the phase looks into, as it looks into them; working space is made anew, one for each actor.

        store: `sim.model.world.Store`, of which the fields are views; actors: how many there are.
        """
        w = SimpleNamespace()
        for field in self.fields:
            array = eval(place_of(field, self.name), {"s": store})
            setattr(w, f"{field}_shape", array.shape)
            if field in LISTS and array.dtype == np.uint64 and not field.endswith("_luck"):
                array = array.view(np.int64)  # places in arrays
            if field in self.private and field in COUNTERS:
                array = np.zeros((*array.shape, actors, 1), array.dtype)
            elif field in self.private:
                fill = 1 if array.dtype == np.float64 else 0  # behind the end of a list nothing is divided by nought
                array = np.full((*array.shape[:-1], actors, array.shape[-1]), fill, array.dtype)
            elif field in COUNTERS or field in KEYED:
                array = array[..., None]
            setattr(w, field, array)
        return w


@functools.cache
def _made(phase: Phase) -> Converted:
    importlib.import_module("sim.model.turn")  # phases note themselves as they are imported
    return Converted(PHASES[_FUNCTIONS[phase]], acted=phase.owner != "events")


def converted(phase: Phase) -> Converted:
    """A phase over lanes, converted once a process. Raises `NotUnderstoodError`."""
    with _LOCK:
        return _made(phase)


_KEPT = threading.local()


def _world(store: Any, phase: Phase, actors: int) -> Any:
    """The world as a phase looks into it, kept by each thread while it plays the same store."""
    if getattr(_KEPT, "store", None) is not store:
        _KEPT.store, _KEPT.worlds = store, {}
    worlds: dict[Phase, Any] = _KEPT.worlds
    if phase not in worlds:
        worlds[phase] = converted(phase).world(store, actors)
    return worlds[phase]


def advance(
    store: Any,
    p: np.ndarray,
    happenings: np.ndarray,
    first: int,
    quarters: int,
    phase: int,
    actor: int,
    pole: np.ndarray,
    by_power: np.ndarray,
    by_state: np.ndarray,
) -> None:
    """Play quarters, or one phase of one actor: what `sim.model.turn.advance` does, with the same arguments."""
    everything = phase == Phase.ALL
    with np.errstate(all="ignore"):  # where nothing is chosen from, anything may have been divided by nought
        for step in range(quarters):
            for now in Phase:
                begun = now is Phase.START and (step > 0 or actor == GO_ON)
                if now is not Phase.ALL and (not begun if everything else now == phase):
                    more = (pole, by_power[step], by_state[step]) if now is Phase.RECORD else ()
                    _play(store, p, happenings, first + step, now, None if everything else actor, more)


def _play(
    store: Any, p: np.ndarray, happenings: np.ndarray, t: int, now: Phase, actor: int | None, more: tuple[Any, ...]
) -> None:
    """One phase, for one actor or for all."""
    lanes = p.shape[1]
    if now is Phase.EVENTS:
        for row in happenings:
            if row[0] <= t <= row[LAST]:
                converted(now).play(_world(store, now, 0), p, t, row, None, None, None, lanes)
        return
    actors = len(store.power_key if now.owner == "powers" else store.state_key)
    rows = slice(None) if actor is None else slice(actor, actor + 1)
    places = np.arange(actors)[rows, None]
    converted(now).play(_world(store, now, actors), p, t, places, *more, rows, places, None, lanes)
