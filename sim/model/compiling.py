"""How the rulebook and the turn become machine code, and where that code is kept.

Rules stay plain Python for whoever calls them; inside compiled code they are inlined. Without compilation
(`NUMBA_DISABLE_JIT=1`) everything runs, slowly, line by line. The machine code is kept between runs in a folder named
by a hash of every source it was made from, because the compiler itself only watches the file of the outermost function
and would go on using old rules.
"""

import ast
import hashlib
import inspect
import os
import sys
import textwrap
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
from numba.core.codegen import get_host_cpu_features
from numba.core.compiler import Compiler
from numba.extending import register_jitable

from sim.model import chance
from sim.model.fields import FIELDS
from sim.model.parameters import ROWS
from sim.model.rules import (
    arithmetic,
    camps,
    choice,
    climate,
    delivery,
    diplomacy,
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
from sim.model.world import World, place_of


def _widen() -> None:
    """Use the full width of the vector units of processors with AVX-512, of which the compiler uses half by default.

    Results are the same to the last bit: lanes do not touch each other, and nothing is contracted. What the user has
    set (`NUMBA_CPU_FEATURES`) stands.
    """
    if numba.config.CPU_FEATURES is None and numba.config.CPU_NAME is None:
        features = get_host_cpu_features()
        if "+avx512f" in features.split(","):
            numba.config.CPU_FEATURES = features + ",-prefer-256-bit"


_widen()

RULEBOOK = (
    *(arithmetic, camps, choice, climate, delivery, diplomacy, identity, minds),
    *(offers, reactions, region, routes, security, structure, terms),
)
_FROM_CHANCE = ("mix", "address", "uniform")
_OPTIONS = {"error_model": "numpy", "forceinline": True}


def cache_home() -> Path:
    """The folder under which compiled code is kept: MULTIVECTOR_CACHE, else the user's cache folder."""
    named = os.environ.get("MULTIVECTOR_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    return Path(base) / "multivector" if base else Path.home() / ".cache" / "multivector"


def source_hash() -> str:
    """A hash of all that the compiled code depends on: sources, names of numbers and fields, versions."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(
        [*folder.glob("rules/*.py"), *folder.glob("phases/*.py"), *(folder / f"{name}.py" for name in _SOURCES)]
    ):
        digest.update(path.name.encode() + path.read_bytes())
    digest.update(repr((ROWS, FIELDS, numba.__version__, np.__version__, sys.version_info[:2])).encode())
    return digest.hexdigest()[:16]


_SOURCES = ("chance", "schedule", "turn", "compiling", "world", "parameters")


class _Unaliased(Compiler):
    """Tells the compiler that the arrays handed to a phase do not overlap, which lets it work on many lanes at once.

    A hint only: results are the same to the last bit without it (tested), loops are just slower.
    """

    def __init__(
        self, typingctx: Any, targetctx: Any, library: Any, args: Any, return_type: Any, flags: Any, locals: Any
    ) -> None:
        if hasattr(flags, "noalias") and not os.environ.get("MULTIVECTOR_PLAIN"):
            flags.noalias = True
        super().__init__(typingctx, targetctx, library, args, return_type, flags, locals)


def _register(module: ModuleType, names: tuple[str, ...] | None = None) -> None:
    for name, value in vars(module).items():
        ours = inspect.isfunction(value) and value.__module__ == module.__name__
        if ours and (names is None or name in names):
            register_jitable(**_OPTIONS)(value)


for _module in RULEBOOK:
    _register(_module)
_register(chance, _FROM_CHANCE)


def _keep_code() -> bool:
    """Point the compiler's store at our folder; False where nothing can be written, and then nothing is kept."""
    folder = cache_home() / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    numba.config.CACHE_DIR = str(folder)
    return os.access(folder, os.W_OK)


KEPT = _keep_code()


def fields_used(function: Callable[..., Any]) -> tuple[str, ...]:
    """Fields of the world (argument `w`) that a phase and the helpers it calls touch, in the world's order."""
    seen: set[str] = set()
    waiting, known = [function], {function}
    while waiting:
        current = waiting.pop()
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(current)))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "w":
                seen.add(node.attr)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                called = HELPERS.get((current.__module__, node.func.id)) or HELPERS.get(
                    (getattr(current.__globals__.get(node.func.id), "__module__", ""), node.func.id)
                )
                if called is not None and called not in known:
                    known.add(called)
                    waiting.append(called)
    every: tuple[str, ...] = World._fields
    return tuple(name for name in every if name in seen)


HELPERS: dict[tuple[str, str], Callable[..., Any]] = {}


def phase(function: Callable[..., Any]) -> Any:
    """Compile a phase of the turn: no interpreter lock, no checks that stop vectorising.

    The phase is handed a named tuple with just the fields it touches, as views into the store: a world of a hundred
    arrays at every call would take minutes to compile. The returned function takes the store instead of the world. It
    has no wrapper for the interpreter; `sim.model.turn.advance` calls phases for everyone.
    """
    names = fields_used(function)
    core = _inner(function, pipeline_class=_Unaliased)
    arguments = list(inspect.signature(function).parameters)[1:]
    view: Any = namedtuple("View", list(names))  # type: ignore[misc]
    parts = ", ".join(place_of(name) for name in names)
    lines = f"def door(s, {', '.join(arguments)}):\n    core(view({parts}), {', '.join(arguments)})\n"
    scope: dict[str, Any] = {"core": core, "view": view}
    exec(compile(lines, f"<{function.__module__}.{function.__name__}>", "exec"), scope)
    # the door is copied into `advance`: compiled by itself, the core behind it would be gone through once more
    door = _inner(scope["door"])
    door.__doc__ = function.__doc__
    return door


def _inner(function: Callable[..., Any], **options: Any) -> Any:
    return numba.njit(
        nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False, **options
    )(function)


def entry(function: Callable[..., Any]) -> Any:
    """Compile what the interpreter calls, and keep the machine code between runs."""
    return numba.njit(nogil=True, error_model="numpy", cache=KEPT)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a helper of a phase into the loops that call it, so that they still vectorise."""
    HELPERS[function.__module__, function.__name__] = function
    return _inner(function, forceinline=True)


def warm() -> bool:
    """Whether compiled code for these very sources is already kept, so that nothing needs compiling."""
    folder = cache_home() / source_hash()
    return KEPT and any(folder.rglob("turn.advance-*.nbc"))
