"""What a scenario inherits and cannot use: told at the line that does not go with it, not at the file it extends.

A file that others extend is right as it stands. Where a scenario ends before its events, or plays in a world without
its actors, it is the scenario that has to be mended, or has to start from another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sim.io.errors import quoted
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sim.io.errors import Entry, Problems
    from sim.scenario.timeline import EventSpec

_FEW = 3  # of what does not fit, told one by one
_REST = "or no 'extends': a copy of what is wanted of it"


class Stated(Protocol):
    """One file of a chain: its place, what it says by key, and its events as they are written."""

    @property
    def path(self) -> Path:
        """Where it lies."""

    @property
    def top(self) -> Entry:
        """What it says, by key."""

    @property
    def events(self) -> tuple[EventSpec, ...]:
        """Its events."""


def events_in_run(chain: Sequence[Stated], start: int, end: int) -> Iterator[EventSpec]:
    """The events of all files, those of the oldest first; without those from which a later file has cut the run short.

    chain: the scenario itself first. That file is told of the events it has lost, at its own 'from' or 'to'.
    """
    first, last = (_nearest(chain, key) for key in ("from", "to"))
    early: list[EventSpec] = []
    late: list[EventSpec] = []
    for place, one in reversed(list(enumerate(chain))):
        for item in one.events:
            if item.at < start and first < place:
                early.append(item)
            elif _last(item) > end and last < place:
                late.append(item)
            else:
                yield item
    if early:
        entry, names = chain[first].top.value["from"], [_told(item, item.at) for item in early]
        edge = quarter_text(min(item.at for item in early))
        _refuse_cut(entry, "begins after", chain[first + 1].path, names, f"{edge} or earlier")
    if late:
        entry, names = chain[last].top.value["to"], [_told(item, _last(item)) for item in late]
        edge = quarter_text(max(map(_last, late)))
        _refuse_cut(entry, "ends before", chain[last + 1].path, names, f"{edge} or later")


def _nearest(chain: Sequence[Stated], key: str) -> int:
    return next(place for place, one in enumerate(chain) if key in one.top.value)


def _last(item: EventSpec) -> int:
    """The last quarter that is written for an event, whatever is drawn."""
    return max(quarter for quarter in (item.at, item.latest, item.until) if quarter is not None)


def _told(item: EventSpec, quarter: int) -> str:
    return f"{item.kind.name.lower()} in {quarter_text(quarter)} ({item.place.file}:{item.place.line})"


def _few(told: Sequence[str]) -> str:
    return "; ".join([*told[:_FEW], *([f"and {len(told) - _FEW} more"] if len(told) > _FEW else [])])


def _refuse_cut(entry: Entry, when: str, parent: Path, told: Sequence[str], edge: str) -> None:
    """A scenario that begins later, or ends sooner, than events it inherits."""
    entry.refuse(
        message=f"the run {when} what it inherits from {parent.stem}: {_few(told)}",
        allowed=f"{edge}; or to extend a scenario without these events, {_REST}",
    )


def refuse_world(entry: Entry, parent: Path, theirs: str, wrong: Problems) -> None:
    """A scenario that plays in another world than the one it extends, and inherits what that world does not have."""
    told = [f"{one.place}: found {one.found}" if one.found else str(one) for one in wrong]
    entry.refuse(
        message=f"what it inherits from {parent.stem} does not fit this world: {_few(told)}",
        allowed=f"{quoted(theirs)}, the world of {parent.stem}, or one that extends it; or to extend another, {_REST}",
    )
