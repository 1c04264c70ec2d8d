"""How the rulebook and the turn become machine code.

Rules, helpers and phases stay plain Python for whoever calls them. Where machine code of the turn is kept, it is played
without loading the compiler (`sim.model.door`); where none is, the compiler is handed copies of them that call each
other compiled, and rules are inlined. Without compilation (`NUMBA_DISABLE_JIT=1`) everything runs, slowly, line by
line. The compiler's settings belong to the whole process and are left alone: what our code needs is told of our
functions alone (`sim.model.pipeline`), and kept by `sim.model.code_cache`.
"""

import ast
import functools
import inspect
import sys
import textwrap
import threading
import types
from collections import namedtuple
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.model import chance
from sim.model.code_cache import PLAIN
from sim.model.door import Door
from sim.model.fields import FIELDS
from sim.model.machine_code import Code
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


@functools.cache
def compiler() -> Any:
    """The compiler, loaded, and told of rules and row numbers: compiled code may call rules from then on."""
    import numba
    from numba.extending import register_jitable, typeof_impl

    from sim.model.pipeline import Inner

    @typeof_impl.register(Rows)
    def _typeof_rows(rows: Rows, context: Any) -> Any:
        """Row numbers are constants of compiled code, looked up when it is compiled."""
        return typeof_impl(rows.numbered(), context)

    inlined_whole = register_jitable(
        error_model="numpy", forceinline=True, pipeline_class=Inner, no_cfunc_wrapper=True, _nrt=False
    )
    for module, names in (*((module, None) for module in RULEBOOK), (chance, _FROM_CHANCE)):
        for name, value in vars(module).items():
            ours = inspect.isfunction(value) and value.__module__ == module.__name__
            if ours and (names is None or name in names):
                inlined_whole(value)
    return numba


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
    """A phase of the turn, as `sim.model.turn.advance` calls it.

    The returned function takes the store instead of the world, and in the place of one actor the first and the one
    behind the last: what a phase looks up of its fields it looks up for all actors at once.
    """
    PHASES[function.__name__] = function
    of_actors = list(inspect.signature(function).parameters)[3] in ("i", "j")

    @functools.wraps(function)
    def door(store: Any, *arguments: Any) -> None:
        world = _look(function, store)
        if not of_actors:
            function(world, *arguments)
            return
        p, t, first, last, *more = arguments
        for actor in range(first, last):
            function(world, p, t, actor, *more)

    return door


_LOOKED = threading.local()


def _look(phase: Callable[..., Any], store: Any) -> Any:
    """The fields of a store that a phase touches, kept by each thread while it plays the same store."""
    if getattr(_LOOKED, "store", None) is not store:
        _LOOKED.store, _LOOKED.views = store, {}
    views: dict[str, Any] = _LOOKED.views
    if phase.__name__ not in views:
        names = fields_used(phase)
        line = f"view({', '.join(f'{name}={place_of(name, phase.__name__)}' for name in names)})"
        views[phase.__name__] = eval(line, {"view": SimpleNamespace, "s": store})
    return views[phase.__name__]


def _compiled_phase(function: Callable[..., Any], made: dict[Any, Any]) -> Any:
    """A phase for the compiler: no interpreter lock, no checks that stop vectorising.

    The phase is handed a named tuple with just the fields it touches, as views into the store: a world of a hundred
    arrays at every call would take minutes to compile.
    """
    names, own = fields_used(function), list(inspect.signature(function).parameters)
    view: Any = namedtuple("View", list(names))  # type: ignore[misc]
    alike = _alike(names, function.__name__)
    scope: dict[str, Any] = {"view": view, "alike": alike}
    scope["played"] = _inner(_as_compiled(function, made), inline="always")
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
    return _inner(scope["door"])


def _as_compiled(function: Any, made: dict[Any, Any]) -> Any:
    """A copy of a function that calls compiled helpers and phases; made: those that are compiled already."""
    scope: dict[str, Any] = {}
    copy = types.FunctionType(function.__code__, scope, function.__name__, function.__defaults__, function.__closure__)
    copy.__qualname__ = function.__qualname__
    scope |= function.__globals__
    for name in function.__code__.co_names:
        called = scope.get(name)
        if not inspect.isfunction(called):
            continue
        if called not in made:
            phase: Any = getattr(called, "__wrapped__", None)
            if HELPERS.get((called.__module__, called.__name__)) is called:
                made[called] = _inner(_as_compiled(called, made), inline="always")
            elif phase in PHASES.values():
                made[called] = _compiled_phase(phase, made)
            else:
                continue
        scope[name] = made[called]
    return copy


def _alike(names: tuple[str, ...], phase: str) -> Any:
    """What tells the compiler that all fields of a phase have the same states, powers and lanes, and so on.

    It would otherwise work out for each array anew where a row begins, and keep the sizes of each at hand. Every field
    gets the sizes of the first one with such axes, which are the same. None where the compiler is told nothing.
    """
    axes = {field.name: (*field.axes, "lane") for field in FIELDS if "u" not in field.axes}  # terms may not be kept
    axes |= {one.name: (*one.axes, "lane") for one in SCRATCH.get(phase, ())}
    axes |= {"luck": ("lane",), "state_key": ("i",), "power_key": ("j",)}
    if PLAIN:
        return None
    from numba.extending import intrinsic

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
    numba = compiler()
    from sim.model.pipeline import Inner, Unaliased

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
    return Door(function, _machine_code, _called_plainly)


def _machine_code(function: Callable[..., Any], given: tuple[Any, ...]) -> Code:
    """Compile a function for such arguments. Raises `AttributeError` or `ValueError` where the compiler differs."""
    numba = compiler()
    from sim.model.pipeline import Outer

    kinds = tuple(_kind(numba, value) for value in given)
    names = ", ".join(f"given_{at}" for at in range(len(kinds)))
    scope = {"called": _inner(_as_compiled(function, {}), inline="always"), "handed_over": _handed_over(kinds)}
    lines = f"def door(words):\n {names}, = handed_over(words)\n return called({names})\n"
    exec(compile(lines, f"<{function.__module__}.{function.__name__}>", "exec"), scope)
    options = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    compiled = numba.njit(pipeline_class=Outer, **options)(scope["door"])
    compiled.compile((numba.types.uintp,))
    (made,) = compiled.overloads.values()
    gives = {numba.types.none: "none", numba.types.int64: "int", numba.types.float64: "float"}
    if made.library.has_dynamic_globals or made.signature.return_type not in gives:
        raise ValueError(f"{function.__name__} cannot be kept")
    return Code(made.fndesc.llvm_func_name, gives[made.signature.return_type], made.library._get_compiled_object())


def _kind(numba: Any, value: Any) -> Any:
    """What the compiler calls the kind of a value."""
    if isinstance(value, float):
        return numba.types.float64
    return numba.typeof(value) if isinstance(value, np.ndarray | tuple) else numba.types.int64


def _handed_over(kinds: tuple[Any, ...]) -> Any:
    """What tells the compiler how arguments of some kinds lie in the words that a door is handed: see `Door`."""
    from llvmlite import ir
    from numba.core.types import Tuple
    from numba.extending import intrinsic

    def handed_over(_typing: Any, words: Any) -> Any:
        def write(context: Any, builder: Any, sign: Any, arguments: Any) -> Any:
            word, loaded = ir.IntType(64), []
            packer = context.get_arg_packer(kinds)
            begin = builder.inttoptr(arguments[0], word.as_pointer())
            for at, kind in enumerate(packer.argument_types):
                value = builder.load(builder.gep(begin, [ir.Constant(word, at)]))
                if isinstance(kind, ir.PointerType):
                    value = builder.inttoptr(value, kind)
                elif kind != word:
                    value = builder.bitcast(value, kind)
                loaded.append(value)
            return context.make_tuple(builder, sign.return_type, packer.from_arguments(builder, tuple(loaded)))

        return Tuple(kinds)(words), write

    told: Any = intrinsic(handed_over)
    return told


def _called_plainly(function: Callable[..., Any]) -> Any:
    """What the compiler itself makes of a function."""
    from sim.model.pipeline import Outer

    return compiler().njit(nogil=True, error_model="numpy", pipeline_class=Outer)(_as_compiled(function, {}))


def inlined(function: Callable[..., Any]) -> Any:
    """Write a helper into the phase that calls it, so that its loops are compiled as part of the phase.

    Inlined by the compiler's back end alone, it would not know that the arrays of a phase do not overlap: a turn then
    takes a tenth more time.
    """
    HELPERS[function.__module__, function.__name__] = function
    return function
