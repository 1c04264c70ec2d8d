"""How far long work has come, shown: a bar in a terminal or a notebook, else a plain line now and then.

Every function that takes `progress` is `watched`: it takes True for a bar as well. Where it is called, the bar is made
of what stands ready: IPython's display in a notebook, which needs no widgets, or rich in a terminal.
"""

import functools
import importlib
import inspect
import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from html import escape
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sim.io.letters import printable
from sim.io.text import counted, duration

if TYPE_CHECKING:
    from rich.console import Console

    from sim.batch.worker import Progress

P = ParamSpec("P")
R = TypeVar("R")
_NOTEBOOK_EVERY = 0.2  # seconds between two pictures of a bar in a notebook, each of which is a message to a browser


def watched(door: Callable[P, R]) -> Callable[P, R]:
    """A function whose `progress` may also be True, for a bar while it works, or False, for none."""
    signature = inspect.signature(door)

    @functools.wraps(door)
    def called(*given: P.args, **named: P.kwargs) -> R:
        try:
            bound = signature.bind(*given, **named)
        except TypeError:
            return door(*given, **named)  # which says so in its own words
        if not isinstance(bound.arguments.get("progress"), bool):
            return door(*given, **named)
        with shown_here() if bound.arguments["progress"] else nullcontext() as tell:
            bound.arguments["progress"] = tell
            return door(*bound.args, **bound.kwargs)

    return called


def shown_here() -> AbstractContextManager[Any]:
    """What to call with progress from Python: a bar in the notebook or terminal that this is, else plain lines."""
    display = notebook_display()
    return watching(_console, _say) if display is None else NotebookBar(display)


def watching(console: "Callable[[], Console]", say: Callable[[str], None]) -> AbstractContextManager[Any]:
    """What to call with progress: a bar where a person is watching standard error, else a plain line now and then."""
    watched_by_a_person = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return Bar(console()) if watched_by_a_person else nullcontext(PlainLines(say))


def notebook_display() -> Callable[..., Any] | None:
    """What shows something in the cell of a notebook that is running; None where there is no notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if getattr(shell, "kernel", None) is None:  # no IPython, or one in a terminal
        return None
    display: Callable[..., Any] = importlib.import_module("IPython.display").display
    return display


def _console() -> "Console":
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False, markup=False, force_jupyter=False)


def _say(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")


# --- what is said ----------------------------------------------------------------------------------------------------


class _Course:
    """How the work goes: which stage it is at, and how fast it has been there."""

    def __init__(self) -> None:
        self.stage: Any = None
        self.clock, self.start = time.monotonic(), 0
        self.words, self.figures = "", ""
        self.done, self.total = 0, 0  # of what is counted; nothing is while the total is 0

    def follow(self, progress: "Progress | str") -> bool:
        """Take note; returns whether a stage has begun. Text stands for a stage of which nothing is counted."""
        stage = progress if isinstance(progress, str) else (progress.scenario, progress.stage)
        begins: bool = stage != self.stage
        self.stage = stage
        if isinstance(progress, str):
            self.words, self.figures, self.done, self.total = printable(progress), "", 0, 0
            return begins
        if begins:
            self.clock, self.start = time.monotonic(), progress.done
        name = printable(progress.scenario)
        self.words, self.figures = f"{name}: {progress.stage.value}", ""
        self.done, self.total = progress.done, 0
        if progress.stage.name == "RUN":
            rate = (progress.done - self.start) / max(time.monotonic() - self.clock, 1e-9)
            self.words, self.total = name, progress.total
            self.figures = f"{progress.done:,} of {progress.total:,} {progress.counted}, {pace(rate)} a second"
        return begins


def pace(rate: float) -> str:
    """How many a second, with a digit behind the point where there are few."""
    return f"{rate:,.0f}" if rate >= 10.0 else f"{rate:.1f}"


# --- where it is said ------------------------------------------------------------------------------------------------


class PlainLines:
    """One plain line every ten seconds, for logs; and one before the long silence of a first compilation."""

    every = 10.0

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.clock: float | None = None
        self.said = time.monotonic()
        self.start = 0
        self.what = ""

    def __call__(self, progress: "Progress | str") -> None:
        """Take note of progress; speak if it is time."""
        if isinstance(progress, str):
            self.say(f"{printable(progress)} ...")
            return
        now = time.monotonic()
        if progress.stage.name == "RUN" and (self.clock is None or progress.scenario != self.what):
            self.clock, self.start, self.said, self.what = now, progress.done, now, progress.scenario
        if now - self.said < self.every and progress.stage.name not in {"COMPILE", "BEHIND"}:
            return
        self.said = now
        line = f"{progress.scenario}: {progress.stage.value}"
        if self.clock is not None and now > self.clock:
            rate = (progress.done - self.start) / (now - self.clock)
            left = duration((progress.total - progress.done) / rate) if rate > 0 else "unknown time"
            line = f"{progress.scenario}: {progress.done:,} of {progress.total:,} {progress.counted}"
            line += f", {pace(rate)} a second, {left} left"
        self.say(line)


class Bar:
    """A progress bar in a terminal, gone when the work is done."""

    def __init__(self, console: "Console") -> None:
        self.console = console

    def __enter__(self) -> "Bar":
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[figures]}", markup=False),
            TimeRemainingColumn(compact=True),
            console=self.console,
            transient=True,
        )
        self.bar.start()
        self.task: Any = None
        self.course = _Course()
        return self

    def __call__(self, progress: "Progress | str") -> None:
        """Move the bar."""
        course = self.course
        if course.follow(progress):
            if self.task is not None:
                self.bar.remove_task(self.task)
            self.task = self.bar.add_task(course.words, total=course.total or None, figures="")
        self.bar.update(self.task, completed=course.done, figures=course.figures)

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


class NotebookBar:
    """A progress bar in the cell of a notebook; in its place one line stays, which says how far it came."""

    def __init__(self, display: Callable[..., Any]) -> None:
        self.display = display
        self.handle: Any = None
        self.course = _Course()
        self.shown_at = 0.0
        self.ran: dict[str, Progress] = {}  # how far each scenario was when last heard of

    def __enter__(self) -> "NotebookBar":
        return self

    def __call__(self, progress: "Progress | str") -> None:
        """Move the bar, at most a few times a second."""
        begins, now = self.course.follow(progress), time.monotonic()
        if not isinstance(progress, str):
            self.ran[progress.scenario] = progress
        if begins or now - self.shown_at >= _NOTEBOOK_EVERY:
            self.shown_at = now
            self._show(_Line(f"{self.course.words} {self.course.figures}".strip(), self.course.done, self.course.total))

    def __exit__(self, kind: object, *_: object) -> None:
        if self.handle is not None:
            self._show(_Line("; ".join(map(_came_to, self.ran.values())) or ("done" if kind is None else "stopped")))

    def _show(self, line: "_Line") -> None:
        if self.handle is None:
            self.handle = self.display(line, display_id=True)
        else:
            self.handle.update(line)


def _came_to(progress: "Progress") -> str:
    """How far one scenario came, in words."""
    name, what = printable(progress.scenario), progress.counted
    if progress.done >= progress.total:
        return f"{name}: {counted(progress.total, 'run') if what == 'runs' else f'{progress.total:,} {what}'}"
    return f"{name}: stopped after {progress.done:,} of {progress.total:,} {what}"


class _Line:
    """One line of a notebook, with a bar before it while something is counted; colours are the notebook's own."""

    def __init__(self, text: str, done: int = 0, total: int = 0) -> None:
        self.text, self.done, self.total = text, done, total

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        bar = f'<progress value="{self.done}" max="{self.total}"></progress> ' if self.total else ""
        return f'<div style="font-size:.9em">{bar}{escape(self.text)}</div>'
