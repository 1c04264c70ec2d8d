"""Numbered blocks of anything, made by threads, told as they come, noted now and then, so that a stop costs little.

A batch, a sweep and an ablation are such work. What a block is, and what is noted of it, is theirs to say; whoever
makes a block also writes down that it is there, so that no finished block is lost between two threads.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

CHECKPOINT_SECONDS = 2.0  # work that a kill may cost, unless taking notes takes long
_CHECKPOINT_SHARE = 0.05  # of the time, at most, goes into notes
_LOOK_UP_EVERY = 0.5  # seconds, so that Ctrl-C is heard while blocks last long


class Stage(Enum):
    """What the work is at."""

    PREPARE = "getting ready"
    COMPILE = "compiling the rulebook, first time only"
    BEHIND = "compiling the rulebook, first time only; until it is there, runs are played without, more slowly"
    RUN = "running"
    WRITE = "writing bands and totals"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the work is; `done` and `total` count runs of this scenario or experiment, or what `counted` says."""

    scenario: str
    stage: Stage
    done: int
    total: int
    counted: str = "runs"


Tell = Callable[[Progress], None] | bool
"""What is called with a `Progress`; from whoever calls a function of ours also True, for a bar (`watching`)."""


class Interrupted(KeyboardInterrupt):
    """The work was stopped by hand; what was finished is kept, and asking for the same again continues there."""

    def __init__(self, folder: Path, done: int, total: int, counted: str = "runs") -> None:
        super().__init__(f"interrupted after {done} of {total} {counted}; kept in {folder}")
        self.folder, self.done, self.total, self.counted = folder, done, total, counted


def play_blocks(
    numbers: Iterable[int], make: Callable[[int], None], workers: int, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Make each numbered block once, in threads.

    Parameters
    ----------
    numbers
        Which blocks; taken in this order, one more than there are workers at a time.
    make
        Makes one block and writes down that it is there; called from several threads at once.
    workers
        Threads.
    meanwhile
        Called from this thread after some blocks, and at least twice a second.

    Raises
    ------
    BaseException
        What `make` or `meanwhile` raised, Ctrl-C among it. Blocks that had begun have come to their end by then; those
        that had not are given up.
    """
    coming = iter(numbers)
    waiting: set[Future[None]] = set()
    with ThreadPoolExecutor(workers) as pool:
        try:
            while True:
                while len(waiting) <= workers and (number := next(coming, None)) is not None:
                    waiting.add(pool.submit(make, number))
                if not waiting:
                    return
                done, _ = wait(waiting, timeout=_LOOK_UP_EVERY, return_when=FIRST_COMPLETED)
                waiting -= done
                for future in done:
                    future.result()
                meanwhile()
        finally:
            for future in waiting:
                future.cancel()
            wait(waiting)


class Work:
    """One piece of work while it is done: how far it is, when it is noted, and what is left when it is stopped."""

    def __init__(
        self, name: str, folder: Path | None, tell: Tell | None, keep: Callable[[], None], total: int = 0
    ) -> None:
        """Begin the clock.

        name: what progress is told of; folder: where what is finished is kept, if it is; tell: called with a `Progress`
        from the thread that does the work; keep: notes what is finished; total: runs, which may be set later.
        """
        self.name = name
        self.folder = folder
        self.total = total
        self.counted = "runs"  # what `done` counts, in words
        self.done = 0  # runs that are there; whoever finishes a block adds to it
        self.resumed = 0  # of them those that an earlier process had finished
        self.unkept = 0  # of them those that nobody could take up, and would have to be run again
        self._tell, self._keep = tell if callable(tell) else (lambda _: None), keep
        self._started, self._clock = datetime.now(UTC), time.perf_counter()
        self._noted_at, self._noting_took = self._clock, 0.0

    def prepare(self, *, compiled: bool = True) -> bool:
        """Say that it is getting ready; whether the compiled rulebook is there, or comes before anything is played.

        Where it has to be compiled, that is done in a process of its own while runs are played without, if it can be.
        compiled: False where it is not needed.
        """
        from sim.model.code_cache import warm

        if not compiled or warm():
            self.tell(Stage.PREPARE)
            return compiled
        from sim.batch.identity import allowed_cores
        from sim.engine.ways import compile_behind, interpreted

        if interpreted():
            self.tell(Stage.PREPARE)
            return False
        behind = compile_behind("sim.batch.first_time", self.total, allowed_cores())
        self.tell(Stage.BEHIND if behind else Stage.COMPILE)
        return not behind

    def tell(self, stage: Stage) -> None:
        """Say how far it is."""
        self._tell(Progress(scenario=self.name, stage=stage, done=self.done, total=self.total, counted=self.counted))

    def play(self, numbers: Iterable[int], make: Callable[[int], None], workers: int) -> None:
        """Make numbered blocks in threads; tell and note them now and then (see `play_blocks`)."""
        with self.kept_whatever_happens():
            self.tell(Stage.RUN)
            play_blocks(numbers, make, workers, self.look_up)

    def look_up(self) -> None:
        """Say how far it is, and note it if it is time."""
        self.tell(Stage.RUN)
        now = time.perf_counter()
        if now - self._noted_at > max(CHECKPOINT_SECONDS, self._noting_took / _CHECKPOINT_SHARE):
            self._keep()
            self._noted_at = time.perf_counter()
            self._noting_took = self._noted_at - now

    @contextlib.contextmanager
    def kept_whatever_happens(self) -> Iterator[None]:
        """Note what is finished if anything goes wrong inside; Ctrl-C then says how far it came.

        Raises
        ------
        Interrupted
            In place of a KeyboardInterrupt, where there is a folder to go on from.
        """
        try:
            yield
        except BaseException as error:
            with contextlib.suppress(OSError):  # no room for notes either: those from before hold
                self._keep()
            if isinstance(error, KeyboardInterrupt) and self.folder is not None:
                raise Interrupted(self.folder, self.done - self.unkept, self.total, self.counted) from None
            raise

    def times(self) -> dict[str, Any]:
        """What a manifest says of when and how long."""
        return {
            "started": self._started.isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - self._clock, 3),
            "runs_taken_up": self.resumed,
        }
