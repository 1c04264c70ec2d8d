"""What happens in a class, told to every page that listens: thread-safe, and bounded however slowly a page reads.

Of several events of one kind that a page has not taken yet it gets the newest: a page that hears that games moved asks
for the board anyway. So thirty pupils who all decide at once cost a few messages a second, and not thirty.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

PAUSE = 0.3
"""Seconds between two deliveries to a page, in which events gather."""

BEAT = 15.0
"""Seconds of silence after which something is sent, so that a lost line is noticed at both ends."""

Event = dict[str, Any]


@dataclass(eq=False)
class _Listener:
    """One page that listens, in the loop in which it does."""

    loop: asyncio.AbstractEventLoop
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: dict[str, Event] = field(default_factory=dict)  # the newest event of each kind


class Stream:
    """Events with a `kind`, from any thread to all who listen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listening: list[_Listener] = []

    @property
    def listening(self) -> int:
        """Pages that listen now."""
        return len(self._listening)

    def tell(self, event: Mapping[str, Any]) -> None:
        """Put an event before everyone who listens; its `kind` says what it is."""
        with self._lock:
            for one in self._listening:
                one.waiting.pop(event["kind"], None)  # the newest stands last, in the order in which things happened
                one.waiting[event["kind"]] = dict(event)
                with contextlib.suppress(RuntimeError):  # its loop is closed: the server stops
                    one.loop.call_soon_threadsafe(one.rung.set)

    async def listen(self, pause: float = PAUSE, beat: float = BEAT) -> AsyncIterator[Event]:
        """Events from now on, in their order; an empty one after a silence. pause, beat: seconds, see above."""
        listener = _Listener(asyncio.get_running_loop())
        with self._lock:
            self._listening.append(listener)
        try:
            while True:
                try:
                    await asyncio.wait_for(listener.rung.wait(), beat)
                except TimeoutError:
                    yield {}
                    continue
                for event in self._taken(listener):
                    yield event
                await asyncio.sleep(pause)
        finally:
            with self._lock:
                self._listening.remove(listener)

    def _taken(self, listener: _Listener) -> list[Event]:
        with self._lock:
            listener.rung.clear()
            events, listener.waiting = list(listener.waiting.values()), {}
        return events


def sent(event: Event) -> str:
    """An event as the line of a stream of server-sent events; an empty one as a remark, which pages pass over."""
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n" if event else ": still there\n\n"
