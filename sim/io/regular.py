"""Bytes of ordinary files: nothing that hangs, nothing without end, and every refusal in words."""

import errno
import os
import stat
from io import BufferedReader
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
            there = os.fstat(handle.fileno())
            _refuse_odd(there, file)
            raw = handle.read(min(most, there.st_size) + 1)  # room is made for as much as is asked for
            if there.st_size < len(raw) <= most:  # it has grown, or is of the kind whose size nobody knows
                raw += handle.read(most + 1 - len(raw))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError([Problem(file=file, message=f"cannot be read: {reason}")]) from error
    if len(raw) > most:
        raise InputError([Problem(file=file, found="a file larger than that", allowed=f"at most {most} bytes")])
    return raw


def open_regular(path: Path | str) -> BufferedReader:
    """An ordinary file opened for reading, however large; raises OSError for anything else, and never waits."""
    handle = os.open(path, _OPENING)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _refuse_odd(about: os.stat_result, file: str) -> None:
    """Only ordinary files are read, and folders are told apart before."""
    if not stat.S_ISREG(about.st_mode):
        raise InputError([Problem(file=file, found="something that is not a plain file", allowed="a file")])
