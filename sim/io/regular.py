"""Bytes of ordinary files: nothing that hangs, nothing without end, and every refusal in words."""

import os
import stat
from pathlib import Path

from sim.io.errors import InputError, Problem, shown_path

# A pipe without a writer would hold up whoever opens it; systems that have no such flag have no such pipes in folders.
_OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def read_regular(path: Path | str, most: int) -> bytes:
    """The bytes of an ordinary file of at most `most` bytes; raises `InputError` for anything else.

    A folder, a pipe, a socket and a device are refused unread, also where one takes the place of a file in between.
    """
    file = shown_path(path)
    try:
        about = Path(path).stat()
        if stat.S_ISDIR(about.st_mode):
            raise InputError([Problem(file=file, found="a folder", allowed="a file")])
        _refuse_odd(about, file)
        with open(os.open(path, _OPENING), "rb") as handle:  # noqa: PTH123 - a path cannot be opened with these flags
            _refuse_odd(os.fstat(handle.fileno()), file)
            raw = handle.read(most + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError([Problem(file=file, message=f"cannot be read: {reason}")]) from error
    if len(raw) > most:
        raise InputError([Problem(file=file, found="a file larger than that", allowed=f"at most {most} bytes")])
    return raw


def _refuse_odd(about: os.stat_result, file: str) -> None:
    """Only ordinary files are read, and folders are told apart before."""
    if not stat.S_ISREG(about.st_mode):
        raise InputError([Problem(file=file, found="something that is not a plain file", allowed="a file")])
