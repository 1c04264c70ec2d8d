"""The door to a function that is compiled: whatever the interpreter calls goes through it.

Machine code is handed one address, of whole words in which everything lies that the function is handed, as the compiler
takes arguments apart: for an array two words for its owner, its numbers and the bytes of each, where they begin, its
shape and its strides. So it can be called without the compiler, which is loaded only where nothing is kept yet.
"""

import ctypes
import functools
import hashlib
import inspect
import struct
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sim.io.words_once import say_once
from sim.model.code_cache import compiler_works, compiles, keep_code, kept_code
from sim.model.machine_code import Code, Loaded

_DOUBLE, _WORD = struct.Struct("=d"), struct.Struct("=q")
_BYTE, _ADDRESS = ctypes.c_char, ctypes.addressof


class Door:
    """A function that is compiled for each kind of arguments, once a machine. Any thread may call it.

    It takes arrays, whole numbers, floats and tuples of arrays, gives back a number or nothing, and does not make
    arrays. Where nothing is compiled it is the function itself.
    """

    def __init__(self, function: Callable[..., Any], make: Callable[..., Code], plainly: Callable[..., Any]) -> None:
        """Remember the function, and its file as it is now; nothing is read or made yet.

        make: compiles it for some arguments; plainly: gives what the compiler itself makes of it.
        """
        self.function = function
        self.found = self.made = 0  # how often code was kept already, and how often it was compiled
        self.__doc__, self.__name__, self.__module__ = function.__doc__, function.__name__, function.__module__
        self._name = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
        self._source = hashlib.sha256(Path(inspect.getfile(function)).read_bytes()).hexdigest()
        self._make, self._plainly = make, plainly
        self._loaded: dict[Any, Callable[..., Any]] = {}
        self._lock, self._kept = threading.Lock(), _Kept()

    def __call__(self, *given: Any) -> Any:
        """What the function gives back."""
        laid = self._kept.laid_out(given)
        handed = tuple([kind for kind, _ in laid])
        code = self._loaded.get(handed)
        if code is None:
            with self._lock:
                code = self._loaded[handed] = self._loaded.get(handed) or self._code(handed, given)
        return code(b"".join([words for _, words in laid])) if isinstance(code, Loaded) else code(*given)

    def _code(self, handed: Any, given: Any) -> Callable[..., Any]:
        kept = kept_code(self._name, self._source, handed)
        if kept is not None:
            self.found += 1
            return kept
        if not compiles() or not compiler_works():
            return self.function
        self.made += 1
        try:
            code = self._make(self.function, given)
            loaded = Loaded(code)
        except (AttributeError, ValueError) as error:  # a compiler that is built otherwise
            say_once(f"compiled code is called the slow way and not kept, because this compiler differs: {error}")
            made: Callable[..., Any] = self._plainly(self.function)
            return made
        keep_code(self._name, self._source, handed, code)
        return loaded


class _Kept(threading.local):
    """Arrays and tuples of them as they were laid out last: a world is handed over again for every phase.

    A tuple is held on to until another comes in its place; of an array it is only known whether it is the same.
    """

    def __init__(self) -> None:
        self._arrays: dict[int, tuple[Callable[[], Any], tuple[Any, bytes]]] = {}
        self._tuples: dict[int, tuple[Any, tuple[Any, bytes]]] = {}

    def laid_out(self, given: tuple[Any, ...]) -> list[tuple[Any, bytes]]:
        """The kinds of arguments, and their words."""
        laid, arrays = [], self._arrays
        for at, value in enumerate(given):
            if isinstance(value, np.ndarray):
                last = arrays.get(at)
                if last is None or last[0]() is not value:
                    last = arrays[at] = weakref.ref(value), _laid_out(value)
                laid.append(last[1])
            else:
                laid.append(self._of_tuple(at, value) if isinstance(value, tuple) else _laid_out(value))
        return laid

    def _of_tuple(self, at: int, value: Any) -> tuple[Any, bytes]:
        last = self._tuples.get(at)
        if last is not None:
            members, laid = last
            if members is value or (
                type(members) is type(value)
                and len(members) == len(value)
                and all(one is other for one, other in zip(members, value, strict=True))
            ):
                return laid
        parts = [_laid_out(member) for member in value]
        kind = (type(value).__name__, getattr(value, "_fields", None), tuple(kind for kind, _ in parts))
        laid = kind, b"".join([words for _, words in parts])
        self._tuples[at] = value, laid
        return laid


def _laid_out(value: Any) -> tuple[Any, bytes]:
    """The kind of a value, which tells what code it needs, and its words."""
    if isinstance(value, np.ndarray):
        flags, kind, size, axes = value.flags, value.dtype, value.size, value.ndim
        order = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
        if size and order == "C" and flags.writeable:  # asked for in a fifth of the time
            begin = _ADDRESS(_BYTE.from_buffer(value))  # type: ignore[arg-type]
        else:
            begin = value.__array_interface__["data"][0]
        words = _of_array(axes)(0, 0, size, kind.itemsize, begin, *value.shape, *value.strides)
        return (kind.str, axes, order, flags.writeable, flags.aligned), words
    if isinstance(value, float):
        return "float", _DOUBLE.pack(value)
    if isinstance(value, int | np.integer):
        return "int", _WORD.pack(int(value))
    raise TypeError(f"compiled code is not handed a {type(value).__name__}")


@functools.cache
def _of_array(axes: int) -> Callable[..., bytes]:
    """What lays out an array with so many axes."""
    return struct.Struct(f"={5 + 2 * axes}q").pack
