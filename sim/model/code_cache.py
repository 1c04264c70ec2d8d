"""Where the machine code of the turn is kept between runs, so that it is compiled once a machine and not once a run.

The compiler's own store watches only the file of the outermost function and would go on using old rules, and where it
writes is one setting for the whole process, which is the host's. So our functions have a store of their own, one file a
function, what it is handed, and processor, in a folder named by a hash of every source the code was made from. The same
sources in another folder find the same code. A file that is damaged counts as none and is written anew; where nothing
can be written, nothing is kept and everything works. Looking for code, and reading it, does not load the compiler.

What is kept runs as a program when it is read. So folder and files are made for their user alone, and what another user
owns or may write is never read; a line says so once. Where nothing is kept yet, code that came with the package is used
if it was made for these sources and for such a processor (`sim.model.shipped`).
"""

import contextlib
import functools
import hashlib
import importlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from sim.io.errors import shown_path
from sim.io.own import NotOursError, close_own, make_own, read_own, refuse_if_shared
from sim.io.words_once import say_once
from sim.io.writers import sources_hash, write_bytes
from sim.model import shipped
from sim.model.fields import FIELDS
from sim.model.machine_code import Code, Loaded, llvm, unpacked
from sim.model.parameters import row_names


def _installed() -> bool:
    try:
        return all(importlib.util.find_spec(name) is not None for name in ("numba", "llvmlite"))
    except (ImportError, ValueError):
        return False


COMPILER = _installed()  # where it is not to be had, everything is played without
PLAIN = bool(os.environ.get("MULTIVECTOR_PLAIN"))  # no hints for the compiler; only speed should tell
_MARK = hashlib.sha256().digest_size  # bytes at the head of a kept file: the hash of what follows
_MOST = 1 << 28  # bytes of one file; the turn takes half a million
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
    compiler = tuple(_version(name) for name in ("numba", "llvmlite")) if COMPILER else ()
    versions = (*compiler, np.__version__, sys.version_info[:2])
    return _hashed(_SOURCES, row_names(), FIELDS, versions)[:16]


def _version(library: str) -> str:
    """Its version as it was installed, which is known without loading it."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return str(importlib.import_module(library).__version__)


def warm() -> bool:
    """Whether compiled code for these very sources is already kept or came along, so that nothing needs compiling."""
    if not COMPILER:
        return False
    folder, turn = _folder(), "turn.advance-*.nbc"
    if folder is not None and any(_read(path) is not None for path in folder.glob(turn)):
        return True
    coming = (shipped.PLACE / compile_hash()).glob(turn)
    return _coming() is not None and any(_read(path, shipped.read_shipped) is not None for path in coming)


def compiles() -> bool:
    """Whether anything is compiled in this process: the compiler is to be had, and the user has not turned it off."""
    return COMPILER and not _turned_off()


@functools.cache
def compiler_works() -> bool:
    """Whether code is there already, or else the compiler can be loaded: it may not go with another library.

    Loading it takes half a second, so this is asked where nothing else is to be done.
    """
    if warm():
        return True
    try:
        importlib.import_module("sim.model.pipeline")
    except ImportError:
        return False
    return True


def can_keep() -> bool:
    """Whether compiled code can be kept for other processes."""
    return _folder(make=True) is not None


def kept_code(name: str, source: str, handed: Any) -> Loaded | None:
    """The machine code of a function, ready to be called, or None where nothing usable is kept.

    name, source: of the function, and the hash of its file; handed: what kinds of arguments it is handed, whose `repr`
    tells them from others.
    """
    if not compiles():
        return None
    for path, read in _places(name, source, handed):
        kept = _read(path, read)
        if kept is None:
            continue
        try:
            return Loaded(unpacked(kept))
        except ValueError:  # whatever is the matter with what is kept, it can be made anew
            _say_damaged(path)
    return None


def keep_code(name: str, source: str, handed: Any, code: Code) -> None:
    """Keep the machine code of a function, whole or not at all."""
    folder, packed = _folder(make=True), code.packed()
    if folder is None:
        return
    try:
        path = folder / _file(name, source, handed, _processor())
        if path.exists() and not path.is_file():  # a pipe, say, which is never written to
            path.unlink()
        write_bytes(path, hashlib.sha256(packed).digest() + packed, mode=_OURS_ALONE)
    except OSError as error:
        _say_not_kept(folder, error)


def _places(name: str, source: str, handed: Any) -> Iterator[tuple[Path, _Read]]:
    """Where the code of a function may be kept, and how it is read there."""
    folder, coming = _folder(), _coming()
    if folder is not None:
        yield folder / _file(name, source, handed, _processor()), read_own
    if coming is not None:
        yield shipped.PLACE / compile_hash() / _file(name, source, handed, coming), shipped.read_shipped


def _file(name: str, source: str, handed: Any, processor: tuple[str, ...]) -> str:
    return f"{name}-{_hashed(source, handed, processor, PLAIN)[:16]}.nbc"


def _coming() -> tuple[str, str, str] | None:
    """What the code was made for that came with the package, if it may run here."""
    system, _, able = _host()
    return shipped.made_for(system, able) if _said() == (None, None) else None


@functools.cache
def _host() -> tuple[str, str, str]:
    """The system, the processor, and all that it can."""
    binding = llvm()
    return binding.get_process_triple(), binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()


def _processor() -> tuple[str, ...]:
    """What code is made for: this processor, unless the user has said another; the compiler goes by nothing else."""
    system, *here = _host()
    said = [one if one is not None else own for one, own in zip(_said(), here, strict=True)]
    return (system, *said, *filter(None, [os.environ.get("NUMBA_ENABLE_AVX")]))


def _said() -> tuple[str | None, str | None]:
    """What the user has said of the processor to the compiler: its name, and what it can."""
    return _setting("CPU_NAME"), _setting("CPU_FEATURES")


def _turned_off() -> bool:
    try:
        return bool(int(_setting("DISABLE_JIT") or 0))
    except ValueError:  # the compiler says so, and goes on
        return False


def _setting(name: str) -> Any:
    """A setting of the compiler, which it takes from the environment or from a file in the working folder."""
    if Path(".numba_config.yaml").is_file():
        importlib.import_module("numba.core.config")
    loaded = sys.modules.get("numba.core.config")
    return os.environ.get(f"NUMBA_{name}") if loaded is None else getattr(loaded, name, None)


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
