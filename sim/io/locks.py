"""One writer at a time: a lock file that says which process on which machine holds it.

Where the system knows advisory locks, they decide between processes of one machine: such a lock ends with its process,
however that ended, so the note of a process that was killed is recognised as stale at once. Between machines that share
a folder such locks cannot always be trusted. There the note decides: a holder renews the date of its lock file as long
as it works, and a note that has not been renewed for a while is stale; so is one from the future, which a clock left
that has been set back since. What bears the name of a lock and is none, such as a link or a folder, is set aside.
"""

import contextlib
import errno
import json
import os
import platform
import secrets
import stat
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sim.io.errors import input_error, shown_path
from sim.io.regular import open_regular
from sim.io.words_once import say_once

RENEWED_EVERY = 15.0
"""Seconds between two signs of life of a holder."""

STALE_AFTER = 120.0
"""Seconds without a sign of life after which the lock of another machine counts as left behind."""

_MOST = 10_000  # bytes of a note
_MOST_TOLD = 200  # letters of it in a message
_MOST_PID = 2**31
_TRIES = 1000  # to open a lock whose folder is tidied away again and again
_OPENING = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_OPENING |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a lock: a process, its machine, and since when."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"


@contextlib.contextmanager
def hold(path: Path, what: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file `path` while the block runs.

    Parameters
    ----------
    path
        The lock file; its folder is made where it is missing.
    what
        What is locked, for the message to whoever comes second.
    shared
        Hold it together with others who share it, against one who wants it alone. A shared lock carries no note.

    Raises
    ------
    sim.io.errors.InputError
        If a living process holds it, naming that process.
    OSError
        If the file cannot be written.
    """
    handle, sure = _open(path, what, shared)
    stop = threading.Event()
    try:
        holder = holder_of(path)
        if holder is not None and not (sure and holder.host == _host()) and alive(path, holder):
            raise _refused(path, what, holder)
        if shared:
            yield
            return
        _note(handle)
        renewing = threading.Thread(target=_renew, args=(path, stop), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            stop.set()
            renewing.join()
            _give_up(path, handle)
    finally:
        handle.close()


def holder_of(path: Path) -> Holder | None:
    """Who is noted in a lock file; None where there is none, or nothing that can be read."""
    try:
        with open_regular(path, links=False) as handle:
            noted = json.loads(handle.read(_MOST))
        pid, host, since = (noted[key] for key in ("pid", "host", "since"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if type(pid) is not int or not 0 < pid < _MOST_PID or not isinstance(host, str) or not isinstance(since, str):
        return None
    return Holder(pid=pid, host=host, since=since)


def alive(path: Path, holder: Holder) -> bool:
    """Whether the holder noted in `path` still seems to be at work, where no advisory lock can tell.

    On this machine its process has to be there too; that alone says little, since numbers of processes come again.
    """
    if holder.host == _host() and os.name == "posix" and not _runs(holder.pid):
        return False
    try:
        return abs(_age(path)) < STALE_AFTER
    except OSError:  # it has just been given up
        return False


def _open(path: Path, what: str, shared: bool) -> tuple[BinaryIO, bool]:
    """The lock file opened, and whether an advisory lock on it is ours."""
    try:
        import fcntl
    except ImportError:  # not every system knows such locks
        return _opened(path), False
    for _ in range(_TRIES):
        handle = _opened(path)
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            raise _refused(path, what, holder_of(path)) from None
        except OSError:  # a file system without locks
            return handle, False
        if _still_there(path, handle):
            return handle, True
        handle.close()  # the one we locked was given up between our opening and locking it
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))


def _opened(path: Path) -> BinaryIO:
    """The lock file opened to read and write, made with its folder where it is missing; never a link, never a pipe."""
    for _ in range(_TRIES):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _set_aside_if_odd(path)
            handle = os.open(path, _OPENING, 0o666)
        except FileNotFoundError:  # the last holder has just tidied the folder away
            continue
        except OSError as error:
            if error.errno not in {errno.ELOOP, errno.EISDIR, errno.ENXIO}:
                raise
            continue  # something odd has just taken its place
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return os.fdopen(handle, "r+b")
        os.close(handle)
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))


def _set_aside_if_odd(path: Path) -> None:
    """Give what bears the name of a lock, and can be none, another name beside it; nothing of it is lost."""
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISREG(path.lstat().st_mode):
            return
        aside = path.with_name(f"{path.name}.set-aside-{secrets.token_hex(4)}")
        path.rename(aside)
        say_once(f"{shown_path(path)} was no lock, which is a plain file; it is {aside.name} now")


def _give_up(path: Path, handle: BinaryIO) -> None:
    """Take the lock file away while it is still held, so that nobody is robbed of a new one."""
    if os.name == "nt":
        handle.close()  # there an open file cannot be taken away
    path.unlink(missing_ok=True)


def _still_there(path: Path, handle: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle.fileno()))
    except OSError:
        return False


def _note(handle: BinaryIO) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    handle.seek(0)
    handle.truncate()
    handle.write(json.dumps(asdict(Holder(pid=os.getpid(), host=_host(), since=since))).encode())
    handle.flush()


def _renew(path: Path, stop: threading.Event) -> None:
    while not stop.wait(RENEWED_EVERY):
        with contextlib.suppress(OSError):
            os.utime(path)


def _refused(path: Path, what: str, holder: Holder | None) -> Exception:
    who = "" if holder is None else f" ({str(holder)[:_MOST_TOLD]})"
    return input_error(
        what,
        f"another process is writing there now{who}; wait until it is done. Should it no longer exist, its lock "
        f"{shown_path(path)} counts as stale after {STALE_AFTER:.0f} seconds",
    )


def _host() -> str:
    return platform.node() or "unknown"


def _runs(pid: int) -> bool:
    """Whether a process of this machine exists (only where asking does it no harm)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it exists and is somebody else's
        return True
    return True


def _age(path: Path) -> float:
    """Seconds since a file was last touched, by the clock that dates the files of its folder."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".draft") as now:
        now.write(b"0")  # some systems date a file only once something is in it
        now.flush()
        return os.fstat(now.fileno()).st_mtime - path.stat().st_mtime
