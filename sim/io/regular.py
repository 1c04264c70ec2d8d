"""Ordinary files: nothing that hangs, nothing without end, and every refusal in words.

Whoever opens a named pipe waits for a writer that may never come, and a device has no end. So whatever reads a file in
this package opens it here, or has it looked at here first where a library opens it by its name.
"""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

from sim.io.errors import InputError, Problem, shown_path

# A pipe without a writer would hold up whoever opens it; systems that have no such flag have no such pipes in folders.
_OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class NotPlainError(OSError):
    """What bears the name is a folder, a pipe, a socket, a device or, where none is wanted, a link."""


def open_regular(path: Path | str, *, links: bool = True) -> BufferedReader:
    """Open an ordinary file for reading, without ever waiting for anybody; links: whether the name may be one.

    A folder, a pipe, a socket and a device are refused unopened, also where one takes the place of a file in between.

    Raises
    ------
    OSError
        If there is no such file, or (`NotPlainError`) what bears the name is none.
    """
    _refuse_odd(Path(path).stat(follow_symlinks=links), path)
    handle = os.open(path, _OPENING | (0 if links else _NO_LINK))
    try:
        _refuse_odd(os.fstat(handle), path)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def ordinary(path: Path) -> Path:
    """The path of an ordinary file, for a library that opens it itself; raises as `open_regular` does."""
    _refuse_odd(path.stat(), path)
    return path


def read_regular(path: Path | str, most: int) -> bytes:
    """The bytes of an ordinary file of at most `most` bytes; raises `InputError` for anything else."""
    try:
        with open_regular(path) as handle:
            size = os.fstat(handle.fileno()).st_size
            raw = handle.read(min(most, size) + 1)  # room is made for as much as is asked for
            if size < len(raw) <= most:  # it has grown, or is of the kind whose size nobody knows
                raw += handle.read(most + 1 - len(raw))
    except NotPlainError as error:
        raise InputError([Problem(file=shown_path(path), found=str(error.strerror), allowed="a file")]) from error
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError([Problem(file=shown_path(path), message=f"cannot be read: {reason}")]) from error
    if len(raw) > most:
        allowed = f"at most {most} bytes"
        raise InputError([Problem(file=shown_path(path), found="a file larger than that", allowed=allowed)])
    return raw


def _refuse_odd(about: os.stat_result, path: Path | str) -> None:
    if stat.S_ISDIR(about.st_mode):
        raise NotPlainError(errno.EISDIR, "a folder", str(path))
    if not stat.S_ISREG(about.st_mode):
        raise NotPlainError(errno.EINVAL, "something that is not a plain file", str(path))
