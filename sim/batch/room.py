"""Whether what is asked for has room, in memory and on the disk: told before anything is played."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from sim.evidence.evidence import Evidence
from sim.io.errors import input_error, shown_path
from sim.io.text import size
from sim.model.variables import BY_POWER, BY_STATE

_WORD = 8  # bytes of a number
_GROUP = Path("/sys/fs/cgroup/memory.max")  # how much the system lets the processes of this group have


def outcomes_of(evidence: Evidence) -> int:
    """Numbers that are kept of a run where every outcome of its end is looked at."""
    return len(evidence.states) * (len(BY_STATE) + len(evidence.powers) * len(BY_POWER))


def check_memory(door: str, runs: int, numbers: int) -> None:
    """Refuse more runs than this machine could hold, where so many numbers are kept of each until all are there."""
    have = memory()
    if have is not None and runs * numbers * _WORD > have:
        needed = f"{runs:,} runs, which fill {size(runs * numbers * _WORD)} of memory"
        allowed = f"at most {have // (numbers * _WORD):,} runs, since this machine has {size(have)}"
        raise input_error(door, "so many at once do not fit", found=needed, allowed=allowed)


def check_disk(door: str, runs: int, needed: float, folder: Path, help_: str) -> None:
    """Refuse what would not fit on the disk of a folder; needed: bytes; help_: what could be done about it."""
    free = shutil.disk_usage(nearest_folder(folder)).free
    if needed > free:
        found = f"{runs:,} runs, which write {size(needed)}"
        raise input_error(door, help_, found=found, allowed=f"what fits into {size(free)} at {shown_path(folder)}")


def nearest_folder(path: Path) -> Path:
    """The folder itself, or the nearest one above that exists."""
    return next((place for place in (path, *path.absolute().parents) if place.exists()), Path.cwd())


def memory() -> int | None:
    """Bytes that this process may have: those of the machine, or fewer where it is held to fewer; None if unknown."""
    return min(_limits(), default=None)


def _limits() -> Iterator[int]:
    with contextlib.suppress(AttributeError, OSError, ValueError):  # not every system tells
        yield os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):  # no group, or no limit
        yield int(_GROUP.read_text(encoding="ascii"))
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        held = resource.getrlimit(resource.RLIMIT_AS)[0]
        if held != resource.RLIM_INFINITY:
            yield held
