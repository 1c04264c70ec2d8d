"""The ways to play a turn, and which one is taken. Whichever it is, every number is the same to the last bit.

Compiled, a run takes a fraction of a millisecond, once the rulebook has been compiled, which takes a minute. By NumPy
over lanes (`sim.engine.over_lanes`) it takes some hundredth of a second, and line by line (`sim.engine.line_by_line`)
about a second; neither needs a compiler. So where nothing has been compiled yet, the rulebook is compiled in a process
of its own while the first runs are played without; as soon as the code is there, what is left is played compiled. That
process goes on when nobody waits for it any more: what is asked next finds the code. Where nothing is compiled
(`NUMBA_DISABLE_JIT=1`, or the compiler cannot be imported), nothing is waited for either.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any, NamedTuple

import sim
from sim.engine import line_by_line
from sim.model import turn
from sim.model.code_cache import can_keep, compiler_works, compiles, warm

_FEW = 1000
"""Runs that are played without the compiler even where one core has to do both."""

_LONGEST = 600.0
"""Seconds after which another process that compiles is waited for no longer."""

_LOOK_EVERY = 0.5
"""Seconds between two looks whether the code is there."""


class Way(NamedTuple):
    """One way to play: the door that plays quarters, and how many worlds it had best play side by side."""

    advance: Callable[..., None]
    lanes: int


def _over_lanes(*arguments: Any) -> None:
    from sim.engine.over_lanes import playing  # what writes sources anew is not waited for where code is kept

    playing.advance(*arguments)


# Measured: fewer lanes cost more loops, more leave the cache, and at 64 or 128 rows fall on the same cache sets.
COMPILED = Way(turn.advance, 96)
"""Compiled."""

OVER_LANES = Way(_over_lanes, 288)
"""By NumPy over lanes."""

LINE_BY_LINE = Way(line_by_line.advance, 1)
"""By Python itself."""


class _Behind:
    """The process that compiles while something else is done, if there is one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: Popen[bytes] | None = None
        self.begun = self.looked = 0.0
        self.there = False  # whether the code has been seen to be kept

    def begin(self, module: str) -> None:
        """Begin to compile in a process that outlives this one; module: what it runs."""
        paths = [str(Path(sim.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        self.begun = self.looked = time.monotonic()
        self.process = Popen(
            [sys.executable, "-m", module],
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            start_new_session=True,
        )

    def over(self) -> bool:
        """Whether there is nothing to wait for: the code is kept, or will not come."""
        now = time.monotonic()
        if self.process is None or now - self.looked < _LOOK_EVERY:
            return self.process is None
        self.looked, self.there = now, warm()
        ended = self.process.poll()
        if self.there or (ended is not None and (ended != 0 or now - self.begun > _LONGEST)):
            self.process.returncode = 0 if ended is None else ended  # it goes by itself
            self.process = None
        return self.process is None


_BEHIND = _Behind()


def interpreted() -> bool:
    """Whether nothing is compiled in this process."""
    return not compiles()


def compile_behind(module: str, runs: int, cores: int) -> bool:
    """See to it that the rulebook is compiled; whether it is being done in a process of its own.

    module: what that process runs, `sim.engine.first_time` or what compiles more before that; runs: how many there are
    to play; cores: how many this process may use. One core compiles first where there is much to play; so does
    whoever cannot keep what another process compiles.
    """
    with _BEHIND.lock:
        if not _BEHIND.over():
            return True
        _BEHIND.there = _BEHIND.there or warm()
        if _BEHIND.there or interpreted() or not sys.executable or (cores == 1 and runs > _FEW) or not can_keep():
            return False
        with contextlib.suppress(OSError):  # where no process can be had, this one compiles
            _BEHIND.begin(module)
        return _BEHIND.process is not None


def chosen(runs: int) -> Way:
    """How so many runs are best played now."""
    if not interpreted():
        with _BEHIND.lock:
            if _BEHIND.over() and compiler_works():
                return COMPILED
    return OVER_LANES if runs > 1 else LINE_BY_LINE
