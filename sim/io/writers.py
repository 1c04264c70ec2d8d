"""Files that land whole or not at all, and their hashes."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sim.io.arguments import Arguments, path_given


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A file as the manifest lists it; `name` is relative to the results folder, `rows` is None for text."""

    name: str
    sha256: str
    rows: int | None = None


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file so that it is there complete or not at all, even if the machine stops half-way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.draft")
    try:
        with draft.open("wb") as handle:
            write(handle)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
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


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole."""
    write_whole(path, lambda handle: _put(handle, data))


def write_text(path: Path | str, text: str) -> None:
    """Write a text file whole, in UTF-8 with Unix line ends. Raises `InputError` for what is no path or no text."""
    arguments = Arguments("write_text")
    place, text = arguments.path("path", path), arguments.text("text", text)
    arguments.refuse_if_wrong()
    write_bytes(place, text.encode("utf-8"))


def file_hash(path: Path | str) -> str:
    """SHA-256 of a file. Raises `InputError` for what is no path."""
    with path_given("file_hash", "path", path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _put(handle: BinaryIO, data: bytes) -> None:
    handle.write(data)


def sources_hash(package: Path, parts: Iterable[str] = ("",)) -> str:
    """A hash of the names and bytes of every Python source in a package, or in some folders of it."""
    digest = hashlib.sha256()
    for path in sorted(path for part in parts for path in (package / part).rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
