"""The turn played line by line by Python itself: the very sources, as the compiler would be handed them.

For a single run, or for whoever wants to stop in the middle of a rule: no compiler is needed, and a run takes about a
second. Every number is the same to the last bit as in the other ways of playing a turn.
"""

import functools
import inspect
import threading
import types
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.model import turn
from sim.model.compiling import PHASES, fields_used
from sim.model.world import place_of


def advance(*arguments: Any) -> None:
    """Play quarters, or one phase of one actor: what `sim.model.turn.advance` does, with the same arguments."""
    with np.errstate(over="ignore"):  # addresses wrap round on purpose
        _advance()(*arguments)


@functools.cache
def _advance() -> Callable[..., None]:
    source = _source(turn.advance)
    doors = {name: _door(phase) for name, phase in PHASES.items()}
    return types.FunctionType(source.__code__, source.__globals__ | doors)


def _source(function: Any) -> Any:
    return getattr(function, "py_func", function)


_KEPT = threading.local()


def _door(phase: Callable[..., None]) -> Callable[..., None]:
    """A phase that takes the store in place of the world, and in place of one actor the first and the one behind."""
    names, played = fields_used(phase), _plain(phase, {})
    line = f"view({', '.join(f'{name}={place_of(name, phase.__name__)}' for name in names)})"
    look = compile(line, f"<{phase.__module__}.{phase.__name__}>", "eval")
    of_actors = list(inspect.signature(phase).parameters)[3] in ("i", "j")

    def door(store: Any, *arguments: Any) -> None:
        if getattr(_KEPT, "store", None) is not store:
            _KEPT.store, _KEPT.views = store, {}
        views: dict[str, Any] = _KEPT.views
        if phase.__name__ not in views:
            views[phase.__name__] = eval(look, {"view": SimpleNamespace, "s": store})
        world = views[phase.__name__]
        if not of_actors:
            played(world, *arguments)
            return
        p, t, first, last, *more = arguments
        for actor in range(first, last):
            played(world, p, t, actor, *more)

    return door


def _plain(function: Any, made: dict[Any, Any]) -> Any:
    """A phase or helper as its source is, and so are those that it calls; made: what has been written out already."""
    source = _source(function)
    if source not in made:
        scope: dict[str, Any] = {}
        made[source] = types.FunctionType(source.__code__, scope, source.__name__, source.__defaults__)
        scope |= source.__globals__
        called = {name: scope[name] for name in source.__code__.co_names if name in scope}
        scope |= {name: _plain(found, made) for name, found in called.items() if hasattr(found, "py_func")}
    return made[source]
