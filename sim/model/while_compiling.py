"""What is done otherwise as long as one of our functions is compiled.

The compiler makes millions of small things and keeps most of them until it is done; looking through them for what may be
thrown away takes a fifth of its time and frees next to nothing. And it works out for each of its steps which
variables are still wanted where, which is asked once, in the end, of functions that yield.

All of it happens under the compiler's own lock, so that no two threads do it at once, and is undone at the end.
"""

import contextlib
import gc
import inspect
from collections.abc import Iterator
from typing import Any

from numba.core import postproc, transforms

_SELDOM = (100_000, 50, 100)  # new things between looks through the young ones, those between looks through older ones
_busy = False


@contextlib.contextmanager
def compiling() -> Iterator[None]:
    """Compile with this: what is compiled on the way stands within."""
    global _busy
    if _busy:
        yield
        return
    _busy = True
    often, tidy = gc.get_threshold(), postproc.PostProcessor.run
    try:
        if often[0]:  # 0 where the user has switched it off
            gc.set_threshold(*_SELDOM)
        if as_we_know_it():
            postproc.PostProcessor.run = _tidied
        yield
    finally:
        postproc.PostProcessor.run = tidy
        if gc.get_threshold() == _SELDOM:
            gc.set_threshold(*often)
        _busy = False


_AS_IT_WAS = postproc.PostProcessor.run


def as_we_know_it() -> bool:
    """Whether the step is built as we take it to be."""
    parameters = tuple(inspect.signature(_AS_IT_WAS).parameters)
    return parameters == ("self", "emit_dels", "extend_lifetimes")


def _tidied(self: Any, emit_dels: bool = False, extend_lifetimes: bool = False) -> None:
    """Tidy a function; what is wanted where is worked out when it is asked for."""
    function = self.func_ir
    if emit_dels or function.is_generator:
        _AS_IT_WAS(self, emit_dels, extend_lifetimes)
        return
    function.blocks = transforms.canonicalize_cfg(function.blocks)
    function.variable_lifetime = postproc.VariableLifetime(function.blocks)
    function.generator_info = None
