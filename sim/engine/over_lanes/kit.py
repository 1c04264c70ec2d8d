"""What converted sources call: entries of lists side by side, choices between arrays, copies of views.

Under a name with an underscore before it, so that none of it is taken for a name of the source.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
_NONE: Places = np.empty(0, np.int64)


def own(value: Any) -> Any:
    """The value itself, or a copy where it is a view that a later line may write; of several values, each."""
    if value.__class__ is tuple:
        return tuple(map(own, value))
    return value.copy() if value.__class__ is np.ndarray and value.base is not None else value


def both(one: Any, two: Any) -> Any:
    """`one and two`, of truth values or arrays of them."""
    if one.__class__ is np.ndarray or two.__class__ is np.ndarray:
        return np.logical_and(one, two)
    return one and two


def either(one: Any, two: Any) -> Any:
    """`one or two`, of truth values or arrays of them."""
    if one.__class__ is np.ndarray or two.__class__ is np.ndarray:
        return np.logical_or(one, two)
    return one or two


def opposite(one: Any) -> Any:
    """`not one`."""
    return np.logical_not(one) if one.__class__ is np.ndarray else not one


def some(mask: Any) -> bool:
    """Whether a condition holds anywhere."""
    return bool(mask.any()) if mask.__class__ is np.ndarray else bool(mask)


def whole(value: Any) -> Any:
    """`int(value)`."""
    return value.astype(np.int64) if value.__class__ is np.ndarray else int(value)


def positions(first: Any, last: Any, actor: Places) -> tuple[Places, Places]:
    """The actor and the place of every entry of a list, actor by actor: int64 [entries] each.

    first, last: where the list begins and ends, a whole number or whole numbers [actors, 1]; actor: int64 [actors, 1].
    """
    start, end = _flat(first, actor), _flat(last, actor)
    count = end - start
    after = count.cumsum()
    if not after[-1]:
        return _NONE, _NONE
    return actor[:, 0].repeat(count), np.arange(after[-1]) + (end - after).repeat(count)


def _flat(bound: Any, actor: Places) -> Places:
    if bound.__class__ is np.ndarray and bound.ndim == 2:
        column: Places = bound[:, 0]
        return column if column.dtype == np.int64 else column.astype(np.int64)
    return np.full(len(actor), int(bound))


def occurrence(key: Places) -> Places:
    """For every place of a list of whole numbers, how often the same number stands before it."""
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    place = np.arange(len(key))
    first = np.ones(len(key), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    found = np.empty(len(key), np.int64)
    found[order] = place - np.maximum.accumulate(np.where(first, place, 0))
    return found


def rounds(of: Places, place: Places, lane: Places, once: bool = False) -> Iterator[tuple[Places, Places]]:
    """A list in rounds in which no lane of an actor comes twice, the entries of each lane in their order.

    An entry touches its own lane only. So playing one round after the other does what playing one entry after the other
    does. once: that there is one round only is relied upon, because another list grows in the order of this one.
    """
    if not len(place):
        return
    key = of * (int(lane.max()) + 1) + lane
    if (key[1:] > key[:-1]).all():
        yield of, place
        return
    turn = occurrence(key)
    if once and turn.any():
        raise RuntimeError("a list grows along another one in which a lane comes twice")
    for now in range(int(turn.max()) + 1):
        chosen = turn == now
        yield of[chosen], place[chosen]


def spread(value: Any, of: Places, actor: Places) -> Any:
    """What holds for each actor, [actors, 1], laid beside the entries of a list; anything else as it is."""
    if value.__class__ is np.ndarray and value.ndim == 2:
        return value[of - actor[0, 0], 0]
    return value


def narrowed(value: Any, chosen: NDArray[np.bool_]) -> Any:
    """What belongs to the chosen entries; what is the same for all of them as it is."""
    return value[chosen] if value.__class__ is np.ndarray and value.shape == chosen.shape else value


def extended(rows: Places, end: Any, come: Any, actor: Places, lanes: int) -> Places:
    """Write the lanes in which something comes behind the end of each actor's list; the new ends, int64 [actors, 1].

    rows: int64 [actors, places]; end: a whole number or int64 [actors, 1]; come: truth values [actors, lanes].
    """
    come = np.broadcast_to(come, (len(actor), lanes))
    of, lane = come.nonzero()
    count = come.sum(axis=1)
    end = _flat(end, actor)
    rows[of, np.arange(len(of)) + (end + count - count.cumsum())[of]] = lane
    ends: Places = (end + count)[:, None]
    return ends


def appended(rows: Places, end: Any, what: Any, come: Any, of: Places, actor: Places) -> Places:
    """Write something of each entry, or of those that come, behind the end of its actor's list; the new ends.

    rows: int64 [actors, places]; end: a whole number or int64 [actors, 1] of those that are played; what:
    int64 [entries]; come: truth values [entries], or True; of: the actor of each entry, rising; actor: int64
    [actors, 1].
    """
    if come is not True:
        of, what = of[come], narrowed(what, come)
    played = of - actor[0, 0]
    count = np.bincount(played, minlength=len(actor))
    end = _flat(end, actor)
    rows[played, np.arange(len(of)) + (end + count - count.cumsum())[played]] = what
    ends: Places = (end + count)[:, None]
    return ends


def counted(counter: Places, index: tuple[Any, ...]) -> Places:
    """What each entry finds in a counter that every entry before it has raised by one."""
    found: Places = counter[index] + occurrence(
        np.ravel_multi_index(tuple(np.broadcast_arrays(*index)), counter.shape).astype(np.int64)
    )
    return found


def count_up(counter: Places, index: tuple[Any, ...]) -> None:
    """Raise a counter by one for every entry."""
    np.add.at(counter, index, 1)


KIT: dict[str, Any] = {
    f"_{one.__name__}": one
    for one in (
        own,
        both,
        either,
        opposite,
        some,
        whole,
        positions,
        rounds,
        spread,
        narrowed,
        extended,
        appended,
        counted,
    )
} | {
    "_count_up": count_up,
    "_lesser": np.minimum,
    "_greater": np.maximum,
    "_where": np.where,
    "_copyto": np.copyto,
    "_array": np.ndarray,
    "_sqrt": np.sqrt,
    "_flatnonzero": np.flatnonzero,
    "_total": np.sum,
    "_Add": np.add,
    "_Sub": np.subtract,
    "_Mult": np.multiply,
    "_Div": np.divide,
}
"""By the name under which converted sources know it."""
