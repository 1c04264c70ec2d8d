"""Machine code becomes something that can be called, by the compiler's back end alone.

Loading the compiler itself takes half a second, which a command that finds its code kept need not wait for: what is
kept is an object file, as a C compiler would write it, with one function that is handed an address. LLVM, which brought
it forth, puts it into memory. It stops the whole process where an object asks for something that is nowhere to be had;
so that is looked for first, as far as the object can be read (ELF); else the compiler is loaded, which brings along
whatever its code may ask for.
"""

import contextlib
import ctypes
import functools
import importlib
import json
import struct
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

_RESULTS: dict[str, Any] = {"none": None, "int": ctypes.c_int64, "float": ctypes.c_double}
_PLAY = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)

_ELF = b"\x7fELF\x02\x01\x01"  # 64 bits, the lowest byte first
_SYMBOLS, _NOWHERE = 2, 8  # the kinds of section that list symbols, and that take no room in the file
_HEADER, _SECTION, _SYMBOL = struct.Struct("<40xQ10xHHH"), struct.Struct("<4xI16xQQI12xQ"), struct.Struct("<IBBHQQ")


class Code(NamedTuple):
    """An object file, the name of its function, and what that gives back: `none`, `int` or `float`."""

    name: str
    gives: str
    made: bytes

    def packed(self) -> bytes:
        """All of it in one piece."""
        return json.dumps([self.name, self.gives]).encode() + b"\n" + self.made


def unpacked(whole: bytes) -> Code:
    """What was packed into one piece. Raises `ValueError` for what cannot be that."""
    head, _, made = whole.partition(b"\n")
    name, gives = json.loads(head)
    if not (isinstance(name, str) and name.isascii() and gives in _RESULTS and made):
        raise ValueError("no machine code")
    return Code(name, gives, made)


class Loaded:
    """Machine code in memory. Many threads may call it at once."""

    def __init__(self, code: Code) -> None:
        """Put it there. Raises `ValueError` for what cannot be."""
        engine = _engine()
        if _missing(code):
            importlib.import_module("numba.core.registry").cpu_target.target_context.refresh()
            if missing := _missing(code):
                raise ValueError(f"it asks for {', '.join(sorted(missing))}")
        binary = llvm().object_file.ObjectFileRef.from_data(code.made)
        engine.add_object_file(binary)
        engine.finalize_object()
        _KEPT.append((engine, binary, code))
        self._play = _PLAY(engine.get_function_address(code.name))
        self._result = _RESULTS[code.gives]

    def __call__(self, words: bytes) -> Any:
        """Call it with what it is handed, laid out in words of eight bytes; what it gives back."""
        result = ctypes.c_int64() if self._result is None else self._result()
        trouble = ctypes.c_void_p()
        if self._play(ctypes.addressof(result), ctypes.addressof(trouble), words):
            raise RuntimeError("machine code stopped where the same lines in Python raise an error")
        return None if self._result is None else result.value


@functools.cache
def llvm() -> Any:
    """The binding of LLVM, made ready for this processor. Raises `ImportError` where there is none."""
    binding = importlib.import_module("llvmlite.binding")
    with contextlib.suppress(RuntimeError):  # later ones are ready of themselves, and say so
        binding.initialize()
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding


_KEPT: list[Any] = []  # as long as the process: what machine code is made of, and the memory it lies in


def _engine() -> Any:
    """Room for one object file: what others of them call by the same name is no concern of it."""
    target = llvm().Target.from_default_triple().create_target_machine()
    return llvm().create_mcjit_compiler(llvm().parse_assembly(""), target)


def _missing(code: Code) -> set[str]:
    """What an object asks for that this process does not have; its own function where nothing can be said."""
    try:
        symbols = dict(_symbols(code.made))
    except (struct.error, ValueError, IndexError):
        raise ValueError("no object file that is whole") from None
    if symbols:
        if not symbols.get(code.name):
            raise ValueError("its function is not in it")
        return {name for name, there in symbols.items() if not there and not llvm().address_of_symbol(name)}
    return set() if "numba.core.registry" in sys.modules else {code.name}


def _symbols(made: bytes) -> Iterator[tuple[str, bool]]:
    """The symbols of an object file that others may see, and whether it brings them along; none where it is no ELF.

    `ValueError`, `struct.error` or `IndexError` where it is not whole.
    """
    if not made.startswith(_ELF):
        if sys.platform == "linux" and not made.startswith(_ELF[:4]):
            raise ValueError("no object file of this system")
        return
    begin, size, count, _ = _HEADER.unpack_from(made)
    sections = [_SECTION.unpack_from(made, begin + at * size) for at in range(count)]
    for kind, start, length, names_at, each in sections:
        if kind != _NOWHERE and start + length > len(made):
            raise ValueError("a section is not whole")
        if kind != _SYMBOLS:
            continue
        names = sections[names_at][1]
        for at in range(start, start + length, each):
            name, how, _, section, _, _ = _SYMBOL.unpack_from(made, at)
            if name and how >> 4:  # not of itself alone
                text = made[names + name : made.index(b"\0", names + name)]
                yield text.decode("ascii"), section != 0
