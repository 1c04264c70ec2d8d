"""Files spoilt at random, as people spoil them: a key lost, renamed or new, a value of another sort."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

ODD: tuple[Any, ...] = (
    *(None, True, False, "", "x", "-", "no", "yes", "true"),
    *(0, 1, -1, 5, 1.5, 0.25, 10**350, float("inf"), float("nan")),
    *([], {}, [1], ["x", "x"], {"a": 1}, [[]]),
    *("high", "hihg", "all", "each", "25 %", "300 mn USD", "2026-Q1", "2026-Q9", "4 quarters"),
    *("figure", "coded", "assumed", "sobol", "grid", "choice.gain", "toy", "baseline"),
    {"between": [0, 1]},
    {"value": 1, "beyond": "why"},
)
KEYS = ("x", "on", "note", "value", "levels", "beyond", "name", "at", "until", "extends")


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value below the top."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def at(data: Any, path: tuple[Any, ...]) -> Any:
    """The value at a path."""
    for key in path:
        data = data[key]
    return data


def spoilt(data: Any, random: Random) -> Any:
    """A copy with one thing wrong, or merely different: at any depth as often as at any other."""
    data = copy.deepcopy(data)
    paths = list(places(data))
    depth = random.choice(sorted({len(path) for path in paths}))
    path = random.choice([one for one in paths if len(one) == depth])
    parent, key = at(data, path[:-1]), path[-1]
    way = random.random()
    if way < 0.2:
        del parent[key]
    elif way < 0.7:
        parent[key] = copy.deepcopy(random.choice(ODD))
    elif way < 0.8:
        parent[key] = copy.deepcopy(at(data, random.choice(paths)))
    elif isinstance(parent, dict) and way < 0.9:
        parent[random.choice(KEYS)] = copy.deepcopy(random.choice(ODD))
    elif isinstance(parent, dict):
        parent[f"{key}x"] = parent.pop(key)
    else:
        parent.insert(key, copy.deepcopy(parent[key]))
    return data


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value at a path; `...` takes it away."""
    data = copy.deepcopy(data)
    parent = at(data, path[:-1])
    if value is ...:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return data
