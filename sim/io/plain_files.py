"""Opening files that are files: no pipe, device or folder is ever waited for, and who wrote them can be asked.

Whoever opens a named pipe waits for a writer that may never come, and a device has no end. Every reader of this package
opens by `open_plain`, looks first and looks again at what it holds. What could run code when it is read, such as kept
machine code, is opened by `read_own` and kept in a folder made by `make_own`.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class NotOursError(PermissionError):
    """A file or folder that somebody else owns or may write; `strerror` says which, in words."""


def open_plain(path: Path | str, *, links: bool = True) -> BinaryIO:
    """Open an ordinary file for reading; links: whether the name may be a link to it.

    Raises
    ------
    OSError
        If there is none, or what bears the name is a folder, a pipe, a socket or a device; never waits for anybody.
    """
    _refuse_others(os.stat(path, follow_symlinks=links), path)  # opening a device may set it going: look first
    handle = os.open(path, _FLAGS | (0 if links else _NO_LINK))
    try:
        _refuse_others(os.fstat(handle), path)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _refuse_others(about: os.stat_result, path: Path | str) -> None:
    if stat.S_ISDIR(about.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(about.st_mode):
        raise OSError(errno.EINVAL, "this is not a plain file", str(path))


def read_own(path: Path, most: int) -> bytes:
    """The bytes of an ordinary file, no link, of ours (or of the machine's owner) that nobody else may write.

    Raises
    ------
    OSError
        If there is none, it is another kind of thing, larger than `most` bytes, or (`NotOursError`) not ours.
    """
    with open_plain(path, links=False) as handle:
        about = os.fstat(handle.fileno())
        refuse_if_shared(about, path)
        if about.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return handle.read(most)


def make_own(folder: Path) -> None:
    """Make a folder for its user alone, with those above it that are missing; one that is there has to be such.

    Raises
    ------
    OSError
        If it cannot be made, or (`NotOursError`) belongs to somebody else or may be written by others.
    """
    for place in reversed((folder, *folder.parents)):
        if not place.is_dir():
            try:
                place.mkdir(mode=0o700)
            except FileExistsError:  # another process was first, or something else bears the name
                if not place.is_dir():
                    raise
    refuse_if_shared(folder.stat(), folder)


def refuse_if_shared(about: os.stat_result, path: Path) -> None:
    """Raise `NotOursError` for what somebody else owns, the machine's owner left out, or may write.

    Where the system has other ways of saying who may write (Windows), the folder of the user is trusted.
    """
    if os.name != "posix":
        return
    if about.st_uid not in {os.geteuid(), 0}:
        raise NotOursError(errno.EPERM, "it belongs to another user", str(path))
    if about.st_mode & _OTHERS_WRITE:
        raise NotOursError(errno.EPERM, "others may write it", str(path))
