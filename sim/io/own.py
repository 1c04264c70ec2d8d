"""Files and folders that nobody else may write, for what would run as a program when it is read: kept machine code."""

import errno
import os
import stat
from pathlib import Path

from sim.io.regular import open_regular

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class NotOursError(PermissionError):
    """A file or folder that somebody else owns or may write; `strerror` says which, in words."""


def read_own(path: Path, most: int) -> bytes:
    """The bytes of an ordinary file, no link, that nobody else owns or may write.

    Raises
    ------
    OSError
        If there is none, it is another kind of thing, larger than `most` bytes, or (`NotOursError`) not ours.
    """
    with open_regular(path, links=False) as handle:
        about = os.fstat(handle.fileno())
        refuse_if_shared(about, path)
        if about.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return handle.read(most)


def read_beside(path: Path, source: Path, most: int) -> bytes:
    """The bytes of an ordinary file, no link, that nobody else owns or may write than a source of ours.

    The folders in which it lies, up to that which holds them both, have to be so too.

    Raises
    ------
    OSError
        If there is none, it is another kind of thing, larger than `most` bytes, or (`NotOursError`) of others.
    """
    as_it_is, shared = source.stat(), {*source.parents}
    for folder in path.parents:
        if folder in shared:
            break
        _refuse_if_of_others(folder.lstat(), as_it_is, folder)
    with open_regular(path, links=False) as handle:
        about = os.fstat(handle.fileno())
        _refuse_if_of_others(about, as_it_is, path)
        if about.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return handle.read(most)


def _refuse_if_of_others(about: os.stat_result, as_it_is: os.stat_result, path: Path) -> None:
    if os.name != "posix":
        return
    if about.st_uid not in {as_it_is.st_uid, 0}:
        raise NotOursError(errno.EPERM, "it belongs to another user than the package", str(path))
    more = about.st_mode & ~as_it_is.st_mode & _OTHERS_WRITE
    if more or (about.st_mode & stat.S_IWGRP and about.st_gid != as_it_is.st_gid):
        raise NotOursError(errno.EPERM, "others may write it than may write the package", str(path))


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


def close_own(folder: Path) -> bool:
    """Close a folder of ours that others could write; whether it was such a one, so that what is in it is not trusted.

    OSError where it is not there or cannot be closed.
    """
    about = folder.lstat()
    open_to_others = os.name == "posix" and about.st_uid == os.geteuid() and bool(about.st_mode & _OTHERS_WRITE)
    if not (open_to_others and stat.S_ISDIR(about.st_mode)):
        return False
    folder.chmod(stat.S_IRWXU)
    return True


def refuse_if_shared(about: os.stat_result, path: Path) -> None:
    """Raise `NotOursError` for what others may write, or another user owns; the machine's owner can do anything anyway.

    Where the system has other ways of saying who may write (Windows), the user's folders are trusted.
    """
    if os.name != "posix":
        return
    if about.st_uid not in {os.geteuid(), 0}:
        raise NotOursError(errno.EPERM, "it belongs to another user", str(path))
    if about.st_mode & _OTHERS_WRITE:
        raise NotOursError(errno.EPERM, "others may write it", str(path))
