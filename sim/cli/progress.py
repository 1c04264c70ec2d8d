"""How far a long command has come: a bar where a person is watching, else a plain line now and then."""

import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from sim.cli.common import say
from sim.io.letters import printable
from sim.io.text import duration

if TYPE_CHECKING:
    from sim.batch.worker import Progress


def reporter() -> AbstractContextManager[Any]:
    """What to call with a `Progress`: a bar where a person is watching, else a plain line now and then."""
    watched = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return Bar() if watched else nullcontext(PlainLines())


class PlainLines:
    """One plain line every ten seconds, for logs; and one before the long silence of a first compilation."""

    every = 10.0

    def __init__(self) -> None:
        self.clock: float | None = None
        self.said = time.monotonic()
        self.start = 0
        self.what = ""

    def __call__(self, progress: "Progress") -> None:
        """Take note of progress; speak if it is time."""
        now = time.monotonic()
        if progress.stage.name == "RUN" and (self.clock is None or progress.scenario != self.what):
            self.clock, self.start, self.said, self.what = now, progress.done, now, progress.scenario
        if now - self.said < self.every and progress.stage.name != "COMPILE":
            return
        self.said = now
        line = f"{progress.scenario}: {progress.stage.value}"
        if self.clock is not None and now > self.clock:
            rate = (progress.done - self.start) / (now - self.clock)
            left = duration((progress.total - progress.done) / rate) if rate > 0 else "unknown time"
            line = f"{progress.scenario}: {progress.done:,} of {progress.total:,} {progress.counted}"
            line += f", {pace(rate)} a second, {left} left"
        say(line)


def pace(rate: float) -> str:
    """How many a second, with a digit behind the point where there are few."""
    return f"{rate:,.0f}" if rate >= 10.0 else f"{rate:.1f}"


class Bar:
    """A progress bar on standard error."""

    def __enter__(self) -> "Bar":
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

        from sim.cli.console import console_for

        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[figures]}", markup=False),
            TimeRemainingColumn(compact=True),
            console=console_for(sys.stderr),
            transient=True,
        )
        self.bar.start()
        self.task: Any = None
        self.stage: Any = None
        self.clock = time.monotonic()
        self.start = 0
        return self

    def __call__(self, progress: "Progress") -> None:
        """Move the bar."""
        if (progress.scenario, progress.stage) != self.stage:
            self._next_stage(progress)
        figures = ""
        if progress.stage.name == "RUN":
            passed = max(time.monotonic() - self.clock, 1e-9)
            rate = (progress.done - self.start) / passed
            figures = f"{progress.done:,} of {progress.total:,} {progress.counted}, {pace(rate)} a second"
        self.bar.update(self.task, completed=progress.done, figures=figures)

    def _next_stage(self, progress: "Progress") -> None:
        if self.task is not None:
            self.bar.remove_task(self.task)
        self.stage, self.clock, self.start = (progress.scenario, progress.stage), time.monotonic(), progress.done
        counted = progress.stage.name == "RUN"
        name = printable(progress.scenario)
        words = name if counted else f"{name}: {progress.stage.value}"
        self.task = self.bar.add_task(words, total=progress.total if counted else None, figures="")

    def __exit__(self, *_: object) -> None:
        self.bar.stop()
