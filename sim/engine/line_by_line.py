"""The turn played line by line by Python itself: the very sources, as the compiler would be handed them.

For a single run, or for whoever wants to stop in the middle of a rule: no compiler is needed, and a run takes about a
second. Every number is the same to the last bit as in the other ways of playing a turn.
"""

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from sim.model import turn


def advance(*arguments: Any) -> None:
    """Play quarters, or one phase of one actor: what `sim.model.turn.advance` does, with the same arguments."""
    with np.errstate(over="ignore"):  # addresses wrap round on purpose
        _advance()(*arguments)


@functools.cache
def _advance() -> Callable[..., None]:
    plain: Callable[..., None] = _plain(turn.advance, {})
    return plain


def _plain(function: Any, made: dict[Any, Any]) -> Any:
    """A function as its source is, and so are those that it calls; made: what has been written out already."""
    source = getattr(function, "py_func", function)
    if source not in made:
        scope: dict[str, Any] = {"__builtins__": __builtins__}
        made[source] = types.FunctionType(source.__code__, scope, source.__name__, source.__defaults__)
        for name in source.__code__.co_names:
            found = source.__globals__.get(name)
            ours = hasattr(found, "py_func") or (inspect.isfunction(found) and found.__globals__ is source.__globals__)
            if name in source.__globals__:
                scope[name] = _plain(found, made) if ours else found
    return made[source]
