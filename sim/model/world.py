"""The state of the world for a block of runs: arrays whose last, contiguous axis is the run ("lane").

Letters of the axes: i state, j power, k kind of offer, d domain of rivalry (economic, security), c corridor,
l pipeline, u term of utility.
Every field is float64 and carries the lane as its last axis, also what never changes, so that a batch can give every
run its own numbers. One actor owns each row: in a phase an actor writes only rows of its own, so that the order in
which actors are asked cannot matter.
"""

import functools
import itertools
from collections import namedtuple
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.evidence.evidence import Evidence
from sim.model.chance import name_key
from sim.model.fields import AXES, DOMAINS, DRAFT, FIELDS, HAND, KEYS, KINDS, LISTS, STRIDE, TERMS, Field
from sim.model.parameters import aligned, fill_rows
from sim.model.rules.arithmetic import YEARS_A_QUARTER
from sim.model.scratch import register_of

World: Any = namedtuple("World", (*KEYS, *(field.name for field in FIELDS)))  # type: ignore[misc]

Store: Any = namedtuple("Store", (*KEYS, *(f"by_{axes}" for axes in AXES)))  # type: ignore[misc]


def place_of(name: str, phase: str = "") -> str:
    """Where a store `s` holds a field, or the working space of that name of a phase, as an expression."""
    name = register_of(phase, name) or name
    if name in KEYS:
        return f"s.{name}"
    axes = next(field.axes for field in FIELDS if field.name == name)
    return f"s.by_{axes}[{[field.name for field in FIELDS if field.axes == axes].index(name)}]"


_COUNT = {axes: itertools.count() for axes in AXES}
_PLACES = tuple((AXES.index(field.axes), next(_COUNT[field.axes])) for field in FIELDS)  # of all fields in a store


def unpack(store: Any) -> Any:
    """A world as a named tuple of views into a store."""
    groups = [list(array) for array in store[len(KEYS) :]]
    return World(*store[: len(KEYS)], *(groups[group][place] for group, place in _PLACES))


def axes_of(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """The names along each axis of a world."""
    return {
        "i": tuple(actor.code for actor in evidence.states),
        "j": tuple(actor.code for actor in evidence.powers),
        "k": KINDS,
        "d": DOMAINS,
        "c": tuple(corridor.code for corridor in evidence.corridors),
        "l": tuple(pipeline.code for pipeline in evidence.pipelines),
        "u": TERMS,
    }


def build(
    evidence: Evidence, values: Mapping[str, Any], lucks: np.ndarray, explain: bool = False, again: Any = None
) -> Any:
    """A store with a world at its start, one lane a key of luck; `unpack` gives its fields.

    values: every number by name, a float or one float a lane; lucks: uint64 [lanes]; explain: keep the terms of every
    decision (only sensible for few lanes); again: a store of as large a world that nobody needs any more, whose memory
    is taken. Fields with the same axes share one array, because handing a hundred separate arrays to compiled code
    costs more than a short run.
    """
    axes = axes_of(evidence)
    store: Any = _room(axes, len(lucks), explain) if again is None else _wiped(again)
    store.state_key[:] = [name_key(code) for code in axes["i"]]
    store.power_key[:] = [name_key(code) for code in axes["j"]]
    store.luck[:] = lucks
    for group, array in zip(AXES, store[len(KEYS) :], strict=True):
        _fill(array, group, tuple(axes.items()), values)
    reset(unpack(store), values)
    return store


def _room(axes: Mapping[str, tuple[str, ...]], lanes: int, explain: bool) -> Any:
    """A store for a world with nothing in it."""
    arrays = []
    for group in AXES:
        shape = [len(axes[axis]) for axis in group]
        if "u" in group and not explain:
            shape[0] = 0
        arrays.append(aligned((sum(field.axes == group for field in FIELDS), *shape, lanes)))
    states, powers = len(axes["i"]), len(axes["j"])
    keys = [np.zeros(states, np.uint64), np.zeros(powers, np.uint64), aligned((lanes,), np.uint64)]
    return Store._make((*keys, *_lists(states, powers, lanes), *arrays))


def _wiped(store: Any) -> Any:
    """A store with nothing in it, in the same memory."""
    names: tuple[str, ...] = Store._fields
    for name, array in zip(names, store, strict=True):
        array.fill(1.0 if name in LISTS and array.dtype == np.float64 else 0)
    return Store._make(store)


def _lists(states: int, powers: int, lanes: int) -> list[Any]:
    """Room for the lists of offers, in the order of LISTS, for as many offers as there can be at most.

    A list has room up to a whole number of strides; what stands behind its end is worked on and never used, and starts
    at one so that nothing is divided by nought. Positions are unsigned, because the compiler would otherwise provide
    for negative ones, which count from the end, at every look into an array.
    """
    kinds, place = len(KINDS), np.uint64
    drafts = -(-states * kinds * lanes // STRIDE) * STRIDE
    seats = -(-powers * lanes // STRIDE) * STRIDE * kinds
    draft: list[Any] = [np.zeros((states, kinds), place), np.zeros((states, kinds), place), aligned((drafts,), place)]
    draft += [aligned((2, drafts), np.uint64), aligned((len(DRAFT), drafts), fill=1.0), aligned((drafts,), fill=1.0)]
    laid: list[Any] = [np.zeros((powers, states, kinds), place), np.zeros((powers, states, kinds), place)]
    laid += [aligned((powers, states * kinds * lanes), place)]
    table: list[Any] = [np.zeros((states, powers, kinds), place), np.zeros((states, powers, kinds), place)]
    table += [aligned((states, powers * kinds * lanes), place)]
    seat: list[Any] = [np.zeros(kinds, np.int64), *(aligned((seats,), place) for _ in range(3))]
    seat += [
        aligned((2, seats), np.uint64),
        aligned((len(HAND), seats), fill=1.0),
        *(aligned((seats,), fill=1.0) for _ in range(4)),
    ]
    return draft + laid + table + seat


def reset(world: Any, values: Mapping[str, Any]) -> None:
    """Set what starts as a consequence of other fields: rivalry at its usual level, purses at one year of budget."""
    world.anchor[:] = np.clip(world.anchor * values["climate.rivalry_level"], -1.0, 1.0)
    world.rivalry[:] = world.anchor
    world.heat[:] = np.maximum(world.rivalry, 0.0).max(axis=1)
    world.heat_start[:] = world.heat
    world.contained[:] = world.heat
    world.vigour[:] = 1.0
    world.dealing[:] = 1.0
    world.mass[:] = world.might
    for open_now in (world.corridor_open, world.line_open, world.border_open):
        open_now[:] = 1.0
    world.purse[:] = world.budget / YEARS_A_QUARTER
    world.flowing[:] = 1.0
    world.renumbered[:] = 1.0
    world.rerouted[:] = 1.0
    world.welcome[:] = values["offers.first_guess"]
    world.forced_exclusivity[:] = -1.0
    world.forced_strings[:] = -1.0


def _fill(
    array: np.ndarray, group: str, axes: tuple[tuple[str, tuple[str, ...]], ...], values: Mapping[str, Any]
) -> None:
    """Read the starting numbers of all fields with the same axes, which share one array, in one go.

    Commerce starts from trade, nobody rivals itself or borders on itself.
    """
    names, rows = _rows_of(group, axes)
    # whom a corridor or a pipeline does not reach is not listed
    listed = len(group) > 1 and not {"c", "l"}.isdisjoint(group)
    started = [values.get(name, 0.0) for name in names] if listed else [values[name] for name in names]
    if names:
        fill_rows(array.reshape(-1, array.shape[-1]), started, rows)


@functools.lru_cache(maxsize=256)
def _rows_of(group: str, axes: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, ...], np.ndarray]:
    """The numbers that fields with the same axes start from, and their places in the rows of all: int64 [numbers]."""
    members, names, rows = dict(axes), list[str](), list[int]()
    shape = tuple(len(members[axis]) for axis in group)
    for at, field in enumerate(field for field in FIELDS if field.axes == group):
        for place, name in number_places(field, axes) if field.start else ():
            names.append(name)
            rows.append(int(np.ravel_multi_index((at, *place), (at + 1, *shape))))
    return tuple(names), np.array(rows, dtype=np.int64)


@functools.lru_cache(maxsize=512)
def number_places(
    field: Field, axes: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[tuple[tuple[int, ...], str], ...]:
    """Every place of a field that starts from a number, and the name of that number.

    Kept, because a batch asks for the same thousand names again for every filling of the lanes.
    """
    members = dict(axes)
    found = []
    for place in np.ndindex(*(len(members[axis]) for axis in field.axes)):
        names = {axis: members[axis][at] for axis, at in zip(field.axes, place, strict=True)}
        twice = next((axis for axis in "ij" if field.axes.count(axis) > 1), "")
        if twice:
            one, two = (members[twice][at] for at in place[:2])
            if one == two:
                continue
            names[twice], names[f"{twice}2"] = sorted((one, two))
        name = field.start.format(**names)
        found.append((place, name.replace(".deal", ".trade") if field.name == "stock" else name))
    return tuple(found)


def check_invariants(world: Any) -> list[str]:
    """What is wrong with a world, in words; an empty list when every field is finite and inside its unit's range."""
    faults = []
    for field in FIELDS:
        array = getattr(world, field.name)
        if not np.all(np.isfinite(array)):
            faults.append(f"{field.name} is not finite")
            continue
        low, high = _range_of(field)
        if array.size and (array.min() < low or array.max() > high):
            faults.append(f"{field.name} leaves {low:g}..{high:g}: {array.min():g}..{array.max():g}")
    shares = world.alignment.sum(axis=1)
    if shares.size and shares.max() > 1.0 + 1e-12:
        faults.append(f"alignment sums to {shares.max():.15g}")
    return faults


def _range_of(field: Field) -> tuple[float, float]:
    """The bounds that a field's unit promises."""
    if field.unit in ("0..1", "share", "0 or 1"):
        return 0.0, 1.0 + 1e-12
    if field.unit == "-1..1":
        return -1.0, 1.0
    if field.unit in (
        "amount",
        "stock",
        "unit",
        "bn USD",
        "bn USD a year",
        "bn USD",
        "offers",
        "powers",
        "promises",
        "gain",
        "weight",
    ):
        return 0.0, np.inf
    return -np.inf, np.inf
