"""Files that land whole or not at all, and their hashes."""

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sim.io.letters import as_cell

if TYPE_CHECKING:
    import pandas as pd

from sim.io.arguments import Arguments, path_given
from sim.io.regular import open_regular

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

_AT_ONCE = os.name == "nt"  # where what is open for reading cannot be settled, a file is settled as it is written


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A file as the manifest lists it; `name` is relative to the results folder, `rows` is None for text."""

    name: str
    sha256: str
    rows: int | None = None


def write_whole(path: Path, write: Callable[[BinaryIO], None], *, mode: int = 0o666, settled: bool = True) -> None:
    """Write a file so that it is there complete or not at all, even if the machine stops half-way.

    mode: who may read and write it, as far as the user's mask allows; settled: False where `settle` is called later,
    and nobody believes the file before that. The draft is a new file under a name that nobody can foresee: what lies
    there already, such as a link that would lead elsewhere, is never written.

    Raises OSError for what is no ordinary file: whoever may do anything would put one in the place of a device.
    """
    if path.exists() and not path.is_file():
        wrong = errno.EISDIR if path.is_dir() else errno.ENXIO
        raise OSError(wrong, "this is a folder" if path.is_dir() else "this is a device or a pipe", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.draft")
    with os.fdopen(os.open(draft, _NEW, mode), "wb") as handle:
        try:
            write(handle)
            handle.flush()
            if settled or _AT_ONCE:
                os.fsync(handle.fileno())
            handle.close()  # where an open file cannot be renamed
            draft.replace(path)
        except BaseException:
            handle.close()
            draft.unlink(missing_ok=True)
            raise
    if settled or _AT_ONCE:
        _settle(path.parent)


def settle(path: Path) -> None:
    """Make a file that was written survive a power cut; nothing is done where it is gone."""
    if _AT_ONCE:
        return
    with contextlib.suppress(FileNotFoundError), open_regular(path) as handle:
        os.fsync(handle.fileno())
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make the new name of a file in `folder` survive a power cut, where the system allows it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # not every system lets a folder be opened
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_draft(path: Path) -> bool:
    """Whether a file is the beginning of another one, left by a process that was killed while it wrote."""
    return path.name.startswith(".") and path.name.endswith(".draft")


def write_bytes(path: Path, data: bytes, *, mode: int = 0o666, settled: bool = True) -> None:
    """Write a file whole; mode, settled: see `write_whole`."""
    write_whole(path, lambda handle: _put(handle, data), mode=mode, settled=settled)


def write_text(path: Path | str, text: str) -> None:
    """Write a text file whole, in UTF-8 with Unix line ends. Raises `InputError` for what is no path or no text."""
    arguments = Arguments("write_text")
    place, text = arguments.path("path", path), arguments.text("text", text)
    arguments.refuse_if_wrong()
    write_bytes(place, text.encode("utf-8"))


def table_as_csv(table: "pd.DataFrame", digits: str | None = None) -> str:
    """A table as CSV: texts on one line each, and none that a spreadsheet would take for a formula.

    digits: how floats are written, such as `%.6g`; in full where it is None.
    """
    texts = {
        name: table[name].map(lambda cell: as_cell(cell) if isinstance(cell, str) else cell)
        for name in table.columns[[kind.kind not in "biufcmM" for kind in table.dtypes]]
    }
    text: str = table.assign(**texts).to_csv(index=False, float_format=digits, lineterminator="\n")
    return text


def file_hash(path: Path | str) -> str:
    """SHA-256 of an ordinary file; OSError for what is none, `InputError` for what is no path."""
    with open_regular(path_given("file_hash", "path", path)) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def mark_of(path: Path) -> tuple[int, ...]:
    """What changes with a file, most of the time; empty where there is none."""
    try:
        about = path.stat()
    except OSError:
        return ()
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns


def _put(handle: BinaryIO, data: bytes) -> None:
    handle.write(data)


def sources_hash(package: Path, parts: Iterable[str] = ("",)) -> str:
    """A hash of the names and bytes of every Python source in a package, or in some folders of it."""
    digest = hashlib.sha256()
    for path in sorted(path for part in parts for path in (package / part).rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
