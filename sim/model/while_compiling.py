"""What is done otherwise as long as one of our functions is compiled.

- The compiler makes millions of small things and keeps most of them until it is done. Looking through them for what may
  be thrown away takes a fifth of its time and frees next to nothing.
- It works out after each of its steps which variables are still wanted where, which is asked once, in the end, of
  functions that yield.
- It asks some thirty kinds of things, lists and texts among them, what they have to say of `a * b`, for every product
  anew.

All of it happens under the compiler's own lock, so that no two threads do it at once, and is undone at the end.
"""

import contextlib
import gc
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from numba.core import postproc, transforms, types
from numba.core.targetconfig import ConfigStack
from numba.core.typing.context import BaseContext

_SELDOM = (100_000, 50, 100)  # new things between looks through the young ones, looks between those through older ones
_PLACES: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (postproc.PostProcessor, "run", ("self", "emit_dels", "extend_lifetimes")),
    (types.BaseFunction, "get_call_type", ("self", "context", "args", "kws")),
    (BaseContext, "resolve_getattr", ("self", "typ", "attr")),
)
_within: list[str] = []  # what has begun to be compiled and is not done


def as_we_know_it() -> bool:
    """Whether what is done otherwise is built as this file takes it to be."""
    try:
        return all(
            tuple(inspect.signature(vars(owner)[name]).parameters) == parameters for owner, name, parameters in _PLACES
        )
    except (KeyError, TypeError, ValueError):
        return False


@contextlib.contextmanager
def compiling() -> Iterator[None]:
    """Compile within this; what is compiled on the way stands within it too."""
    often = gc.get_threshold()
    if _within:
        yield
        return
    _within.append("one of ours")
    try:
        if 0 < often[0] < _SELDOM[0]:  # nought where somebody has switched it off
            gc.set_threshold(*_SELDOM)
        with _otherwise():
            yield
    finally:
        if gc.get_threshold() == _SELDOM:
            gc.set_threshold(*often)
        _within.clear()


@contextlib.contextmanager
def _otherwise() -> Iterator[None]:
    if not as_we_know_it():
        yield
        return
    usual = [vars(owner)[name] for owner, name, _ in _PLACES]
    instead = (_tidied(usual[0]), _typed_once(usual[1]), _named_once(usual[2]))
    try:
        for (owner, name, _), one in zip(_PLACES, instead, strict=True):
            setattr(owner, name, one)
        yield
    finally:
        for (owner, name, _), one in zip(_PLACES, usual, strict=True):
            setattr(owner, name, one)


def _tidied(usual: Callable[..., None]) -> Callable[..., None]:
    def run(self: Any, emit_dels: bool = False, extend_lifetimes: bool = False) -> None:
        """Tidy a function; what is wanted where is worked out when it is asked for."""
        function = self.func_ir
        if emit_dels or function.is_generator:
            usual(self, emit_dels, extend_lifetimes)
            return
        function.blocks = transforms.canonicalize_cfg(function.blocks)
        function.variable_lifetime = postproc.VariableLifetime(function.blocks)
        function.generator_info = None

    return run


def _typed_once(usual: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[Any, Any] = {}

    def get_call_type(self: Any, context: Any, args: Any, kws: Any) -> Any:
        """The types of a call, worked out once for the types that are given."""
        if kws:
            return usual(self, context, args, kws)
        flags = ConfigStack.top_or_none()
        told = (flags.error_model, bool(flags.fastmath), flags.boundscheck, flags.nrt) if flags is not None else ()
        # types that are equal are the same one; they are kept, so that their places in memory stay theirs
        key = (id(self), id(context), *map(id, args), *told)
        if key not in known:
            known[key] = (usual(self, context, args, kws), self, context, args)
        return known[key][0]

    return get_call_type


def _named_once(usual: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[Any, Any] = {}

    def resolve_getattr(self: Any, typ: Any, attr: str) -> Any:
        """The type of an attribute, looked for once where it is a field of a named tuple."""
        if not isinstance(typ, types.BaseNamedTuple):
            return usual(self, typ, attr)
        key = (id(self), id(typ), attr)
        if key not in known:
            known[key] = (usual(self, typ, attr), self, typ)
        return known[key][0]

    return resolve_getattr
