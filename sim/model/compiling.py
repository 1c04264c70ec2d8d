"""How the rulebook and the turn become machine code.

Rules stay plain Python for whoever calls them; inside compiled code they are inlined. Without compilation
(`NUMBA_DISABLE_JIT=1`) everything runs, slowly, line by line. The compiler's settings belong to the whole process and
are left alone: what our code needs is told of our functions alone (`sim.model.pipeline`), and kept by
`sim.model.code_cache`.
"""

import ast
import functools
import inspect
import sys
import textwrap
from collections import namedtuple
from collections.abc import Callable
from types import ModuleType
from typing import Any

from sim.model import chance
from sim.model.code_cache import COMPILER, PLAIN, keep_code
from sim.model.fields import FIELDS
from sim.model.parameters import Rows
from sim.model.rules import (
    arithmetic,
    camps,
    choice,
    climate,
    delivery,
    diplomacy,
    economy,
    flows,
    identity,
    minds,
    offers,
    reactions,
    region,
    routes,
    security,
    structure,
    terms,
)
from sim.model.scratch import SCRATCH
from sim.model.world import World, place_of

RULEBOOK = (
    *(arithmetic, camps, choice, climate, delivery, diplomacy, economy, flows, identity, minds),
    *(offers, reactions, region, routes, security, structure, terms),
)
_FROM_CHANCE = ("mix", "address", "uniform")

if COMPILER:
    import numba
    from numba.extending import intrinsic, register_jitable, typeof_impl

    from sim.model.pipeline import Inner, Outer, Unaliased

    _OPTIONS = {"error_model": "numpy", "forceinline": True, "pipeline_class": Inner}
    _OPTIONS |= {"no_cfunc_wrapper": True, "_nrt": False}

    @typeof_impl.register(Rows)
    def _typeof_rows(rows: Rows, context: Any) -> Any:
        """Row numbers are constants of compiled code, looked up when it is compiled."""
        return typeof_impl(rows.numbered(), context)


def _register(module: ModuleType, names: tuple[str, ...] | None = None) -> None:
    for name, value in vars(module).items():
        ours = inspect.isfunction(value) and value.__module__ == module.__name__
        if ours and (names is None or name in names):
            register_jitable(**_OPTIONS)(value)


if COMPILER:
    for _module in RULEBOOK:
        _register(_module)
    _register(chance, _FROM_CHANCE)


def fields_used(function: Callable[..., Any]) -> tuple[str, ...]:
    """What a phase and the helpers it calls touch of the world (argument `w`): fields, then its working space."""
    seen: set[str] = set()
    waiting, known = [function], {function}
    while waiting:
        current = waiting.pop()
        touched, calls = _named_in(current)
        seen |= touched
        for name in calls:
            called = HELPERS.get((current.__module__, name)) or HELPERS.get(
                (getattr(current.__globals__.get(name), "__module__", ""), name)
            )
            if called is not None and called not in known:
                known.add(called)
                waiting.append(called)
    every = (*World._fields, *(one.name for one in SCRATCH.get(function.__name__, ())))
    return tuple(name for name in every if name in seen)


@functools.cache
def _named_in(function: Callable[..., Any]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The fields of `w` that a function names itself, and the names of what it calls."""
    definition = _definitions(function.__module__).get(function.__code__.co_firstlineno)
    nodes = list(ast.walk(definition or ast.parse(textwrap.dedent(inspect.getsource(function)))))
    touched = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "w"
    }
    calls = [node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return frozenset(touched), tuple(dict.fromkeys(calls))


@functools.cache
def _definitions(module: str) -> dict[int, ast.AST]:
    """The functions of a module by their first line: a module is read once, which every start waits for."""
    functions = [
        node for node in ast.parse(inspect.getsource(sys.modules[module])).body if isinstance(node, ast.FunctionDef)
    ]
    return {min(node.lineno, *(one.lineno for one in node.decorator_list), node.lineno): node for node in functions}


HELPERS: dict[tuple[str, str], Callable[..., Any]] = {}

PHASES: dict[str, Callable[..., Any]] = {}
"""The sources of the phases by their names, for `sim.engine.over_lanes`."""


def phase(function: Callable[..., Any]) -> Any:
    """Compile a phase of the turn: no interpreter lock, no checks that stop vectorising.

    The phase is handed a named tuple with just the fields it touches, as views into the store: a world of a hundred
    arrays at every call would take minutes to compile. The returned function takes the store instead of the world, and
    in the place of one actor the first and the one behind the last: what a phase looks up of its fields it looks up for
    all actors at once. It has no wrapper for the interpreter; `sim.model.turn.advance` calls phases for everyone.
    """
    PHASES[function.__name__] = function
    names, own = fields_used(function), list(inspect.signature(function).parameters)
    view: Any = namedtuple("View", list(names))  # type: ignore[misc]
    alike = _alike(names, function.__name__)
    scope: dict[str, Any] = {"view": view, "alike": alike}
    scope["played"] = _inner(function, inline="always")
    given, play = ", ".join(own[1:]), f"played({', '.join(own)})"
    if own[3] in ("i", "j"):  # whose phase it is; the compiler need not provide for places that count from the end
        given = ", ".join((*own[1:3], "first", "last", *own[4:]))
        play = f"for {own[3]} in range(first, last):\n  if {own[3]} >= 0:\n   {play}"
    parts = ", ".join(place_of(name, function.__name__) for name in names)
    where = f"<{function.__module__}.{function.__name__}>"
    begin = " w = alike(w)\n" if alike is not None else ""
    exec(compile(f"def core(w, {given}):\n{begin} {play}\n", where, "exec"), scope)
    scope["core"] = _inner(scope["core"], unaliased=True)
    exec(compile(f"def door(s, {given}):\n core(view({parts}), {given})\n", where, "exec"), scope)
    # the door is copied into `advance`: compiled by itself, the core behind it would be gone through once more
    door = _inner(scope["door"])
    door.__doc__ = function.__doc__
    return door


def _alike(names: tuple[str, ...], phase: str) -> Any:
    """What tells the compiler that all fields of a phase have the same states, powers and lanes, and so on.

    It would otherwise work out for each array anew where a row begins, and keep the sizes of each at hand. Every field
    gets the sizes of the first one with such axes, which are the same. None where the compiler is told nothing.
    """
    axes = {field.name: (*field.axes, "lane") for field in FIELDS if "u" not in field.axes}  # terms may not be kept
    axes |= {one.name: (*one.axes, "lane") for one in SCRATCH.get(phase, ())}
    axes |= {"luck": ("lane",), "state_key": ("i",), "power_key": ("j",)}
    if not COMPILER or PLAIN or numba.config.DISABLE_JIT:
        return None

    def alike(_typing: Any, w: Any) -> Any:
        def write(context: Any, builder: Any, sign: Any, arguments: Any) -> Any:
            made, sizes = arguments[0], dict[str, Any]()
            for at, (name, kind) in enumerate(zip(names, sign.args[0], strict=True)):
                shape = context.data_model_manager[kind].get_field_position("shape")
                for place, axis in enumerate(axes.get(name, ())):
                    if axis in sizes:
                        made = builder.insert_value(made, sizes[axis], (at, shape, place))
                    else:
                        sizes[axis] = builder.extract_value(made, (at, shape, place))
            return made

        return w(w), write

    told: Any = intrinsic(alike)
    return told


def _inner(function: Callable[..., Any], unaliased: bool = False, **options: Any) -> Any:
    if not COMPILER:
        return function
    return numba.njit(
        nogil=True,
        error_model="numpy",
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        _nrt=False,
        pipeline_class=Unaliased if unaliased else Inner,
        **options,
    )(function)


def entry(function: Callable[..., Any]) -> Any:
    """Compile what the interpreter calls, and keep the machine code between runs."""
    if not COMPILER:
        return function
    compiled = numba.njit(nogil=True, error_model="numpy", pipeline_class=Outer)(function)
    keep_code(compiled)
    return compiled


def inlined(function: Callable[..., Any]) -> Any:
    """Write a helper into the phase that calls it, so that its loops are compiled as part of the phase.

    Inlined by the compiler's back end alone, it would not know that the arrays of a phase do not overlap: a turn then
    takes a tenth more time.
    """
    HELPERS[function.__module__, function.__name__] = function
    return _inner(function, inline="always")
