"""Limits on memory: little is asked for where they are tight, and what runs into one is told as what it is.

A library that gets no more threads or memory while it is loaded may stop the whole process, and one of them does so by
the signal of Ctrl-C. So what is known beforehand is told beforehand.
"""

import ctypes
import os
import sys

from sim.io.errors import InputError, input_error
from sim.io.text import size

LEAST_ADDRESSES = 1_200_000_000
"""Bytes of addresses that the libraries, the compiled rulebook and a few blocks of runs take, sparingly."""

_SPARING = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
_ARENA_MAX = -8  # of mallopt: how many heaps there may be; each sets addresses aside
_SIGNS = ("can't start new thread", "cannot allocate memory", "failed to map segment", "libllvmlite")


def limit_on_addresses() -> int | None:
    """How many bytes of addresses this process may have (`ulimit -v`); None where there is no limit."""
    try:
        import resource
    except ImportError:
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def prepare_for_limits() -> None:
    """Before heavy libraries are loaded: ask for little where addresses are limited.

    Raises `InputError` where there are too few for anything.
    """
    limit = limit_on_addresses()
    if limit is None:
        return
    if limit < LEAST_ADDRESSES:
        allowed = f"{size(LEAST_ADDRESSES)} or more, or no limit"
        raise input_error("memory", "too little of it may be used here (ulimit -v)", found=size(limit), allowed=allowed)
    for name, value in _SPARING.items():
        os.environ.setdefault(name, value)
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:  # not every C library has it
            mallopt(_ARENA_MAX, 2)


def multiply_in_one_thread() -> None:
    """Before heavy libraries are loaded: what a command multiplies is too small for several threads.

    They wait for one another longer than they work: the resamples of a comparison took five times the time of the
    processor, and on a busy machine six times the time of the clock. What the user has said of it stands.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def ran_out(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, says that there was no more memory, or no more threads."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _SIGNS):
            return True
        error = error.__cause__ or error.__context__
    return False


def out_of_memory() -> InputError:
    """What is said where that happened."""
    limit = limit_on_addresses()
    found = "no more memory or threads" if limit is None else f"a limit of {size(limit)} (ulimit -v)"
    message = "the system gave no more memory or threads; what was finished and noted is kept, the same command goes on"
    return input_error("memory", message, found=found, allowed="fewer --workers, fewer --runs, or more memory")
