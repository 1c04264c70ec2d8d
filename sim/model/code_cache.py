"""Where the machine code of the turn is kept between runs, so that it is compiled once a machine and not once a run.

The compiler's own store watches only the file of the outermost function and would go on using old rules, and where it
writes is one setting for the whole process, which is the host's. So our functions have a store of their own, one file a
function, signature and processor, in a folder named by a hash of every source the code was made from. The same sources
in another folder find the same code. A file that is damaged counts as none and is written anew; where nothing can be
written, nothing is kept and everything works.

What is kept runs as a program when it is read. So folder and files are made for their user alone, and what another user
owns or may write is never read; a line says so once. Where nothing is kept yet, code that came with the package is used
if it was made for these sources and for such a processor (`sim.model.shipped`).
"""

import contextlib
import functools
import hashlib
import inspect
import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim.io.errors import shown_path
from sim.io.own import NotOursError, close_own, make_own, read_own, refuse_if_shared
from sim.io.words_once import say_once
from sim.io.writers import sources_hash, write_bytes
from sim.model.fields import FIELDS
from sim.model.parameters import row_names

try:  # where the compiler is not to be had, everything is played without
    import llvmlite
    import numba
    from numba.core.caching import NullCache
    from numba.core.compiler import CompileResult
    from numba.core.registry import cpu_target
    from numba.core.runtime import rtsys
    from numba.core.serialize import dumps

    from sim.model import shipped
except ImportError:
    COMPILER = False
    NullCache = object  # type: ignore[assignment, misc]
else:
    COMPILER = True

PLAIN = bool(os.environ.get("MULTIVECTOR_PLAIN"))  # no hints for the compiler; only speed should tell
_MARK = hashlib.sha256().digest_size  # bytes at the head of a kept file: the hash of what follows
_MOST = 1 << 28  # bytes of one file; the turn takes two million
_OURS_ALONE = 0o600

_Read = Callable[[Path, int], bytes]  # raises `OSError` for what cannot be read or trusted


def cache_home() -> Path:
    """The folder under which compiled code is kept.

    MULTIVECTOR_CACHE, else a folder of ours in the one that the user gave the compiler (NUMBA_CACHE_DIR), else in the
    user's cache folder.
    """
    named = os.environ.get("MULTIVECTOR_CACHE")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    base = base or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    return Path(base) / "multivector" if base else Path.home() / ".cache" / "multivector"


# Taken now: what is compiled later in this process are the sources as they are now, even if one changes on the disk.
_SOURCES = sources_hash(Path(__file__).parent)


@functools.cache
def compile_hash() -> str:
    """A hash of all that the compiled code depends on: the model's sources, names of numbers and fields, versions."""
    compiler = (numba.__version__, llvmlite.__version__) if COMPILER else ()
    versions = (*compiler, np.__version__, sys.version_info[:2])
    return _hashed(_SOURCES, row_names(), FIELDS, versions)[:16]


def warm() -> bool:
    """Whether compiled code for these very sources is already kept or came along, so that nothing needs compiling."""
    if not COMPILER:
        return False
    folder, turn = _folder(), "turn.advance-*.nbc"
    if folder is not None and any(_read(path) is not None for path in folder.glob(turn)):
        return True
    coming = (shipped.PLACE / compile_hash()).glob(turn)
    fits = shipped.made_for(cpu_target.target_context.codegen()) is not None
    return fits and any(_read(path, shipped.read_shipped) is not None for path in coming)


def compiles() -> bool:
    """Whether anything is compiled in this process: the compiler is to be had, and the user has not turned it off."""
    return COMPILER and not getattr(numba.config, "DISABLE_JIT", False)


def can_keep() -> bool:
    """Whether compiled code can be kept for other processes."""
    return _folder(make=True) is not None


def keep_code(dispatcher: Any) -> None:
    """Let what is compiled for a function be kept with us.

    Without compilation there is nothing to keep; nor is anything kept by a compiler that has no such place for it.
    """
    if hasattr(dispatcher, "_cache"):
        dispatcher._cache = _CodeCache(dispatcher.py_func)


class _CodeCache(NullCache):
    """The store of one function, in the place of the compiler's own."""

    def __init__(self, function: Callable[..., Any]) -> None:
        """Remember the function, and its file as it is now; no file is written or looked for yet."""
        self._name = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
        self._source = hashlib.sha256(Path(inspect.getfile(function)).read_bytes()).hexdigest()

    @property
    def cache_path(self) -> str:
        """The folder of the kept files, empty where there is none that can be used."""
        return str(_folder() or "")

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was compiled for a signature, or None where nothing usable is kept."""
        _make_ready(target_context)
        for path, read in self._places(sig, target_context.codegen()):
            kept = _read(path, read)
            if kept is None:
                continue
            try:
                return CompileResult._rebuild(target_context, *pickle.loads(kept))
            except Exception:  # whatever is the matter with what is kept, it can be made anew
                _say_damaged(path)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for a signature, whole or not at all."""
        if data.library.has_dynamic_globals:  # addresses of this process stand in it
            return
        code = dumps(data._reduce())
        folder = _folder(make=True)
        if folder is None:
            return
        try:
            path = folder / self._file(sig, data.codegen.magic_tuple())
            if path.exists() and not path.is_file():  # a pipe, say, which is never written to
                path.unlink()
            write_bytes(path, hashlib.sha256(code).digest() + code, mode=_OURS_ALONE)
        except OSError as error:
            _say_not_kept(folder, error)

    def _places(self, sig: Any, codegen: Any) -> Iterator[tuple[Path, _Read]]:
        """Where the code for a signature may be kept, and how it is read there."""
        folder, coming = _folder(), shipped.made_for(codegen)
        if folder is not None:
            yield folder / self._file(sig, codegen.magic_tuple()), read_own
        if coming is not None:
            yield shipped.PLACE / compile_hash() / self._file(sig, coming), shipped.read_shipped

    def _file(self, sig: Any, made_for: Any) -> str:
        """The file for a signature on a processor. `repr` tells types with all that the code was made for."""
        return f"{self._name}-{_hashed(self._source, sig, made_for, PLAIN)[:16]}.nbc"


def _make_ready(target_context: Any) -> None:
    """What kept code needs to run. All that the compiler knows takes 0.3 s to load, and is when something is compiled.

    Where this compiler has no such door, it is told to make everything ready.
    """
    try:
        rtsys.initialize(target_context)
    except AttributeError:
        target_context.refresh()


def _folder(*, make: bool = False) -> Path | None:
    """The folder of the kept files, if it is there and nobody else's; make: make it where it is missing."""
    place = None
    try:
        home = cache_home()
        _close(home, home / compile_hash())
        for place in (home, home / compile_hash()):
            if make:
                make_own(place)
            else:
                refuse_if_shared(place.stat(), place)
    except NotOursError as error:
        _say_not_kept(place or Path(), error)
        return None
    except (OSError, RuntimeError) as error:  # RuntimeError: this user has no home
        if make:
            _say_not_kept(place, error)
        return None
    return place


def _close(home: Path, folder: Path) -> None:
    """Close what is ours by name and stood open to others; what was kept there in the meantime is thrown away."""
    for place in (folder,) if os.environ.get("MULTIVECTOR_CACHE") else (home, folder):
        with contextlib.suppress(OSError):  # it is not there, or whoever can close it has to be told
            if close_own(place):
                shutil.rmtree(folder, ignore_errors=True)
                say_once(f"others could write in {shown_path(place)}: what was kept there is thrown away and made anew")


def _say_not_kept(place: Path | None, error: OSError | RuntimeError) -> None:
    where = "anywhere" if place is None else f"in {shown_path(place)}"
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    say_once(
        f"compiled code is not kept {where} ({reason}), so each start compiles anew; MULTIVECTOR_CACHE may name "
        "a folder that is yours alone"
    )


def _say_damaged(path: Path) -> None:
    say_once(f"compiled code kept in {shown_path(path)} is damaged or not ours; it is not used, and made anew")


def _hashed(*parts: Any) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _read(path: Path, read: _Read = read_own) -> bytes | None:
    """What is kept in a file; None where there is none that can be read, it is not as it was written, or not ours."""
    try:
        kept = read(path, _MOST)
    except FileNotFoundError:
        return None
    except OSError:
        _say_damaged(path)
        return None
    mark, code = kept[:_MARK], kept[_MARK:]
    if hashlib.sha256(code).digest() != mark:
        _say_damaged(path)
        return None
    return code
