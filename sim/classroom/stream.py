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

    def ring(self) -> None:
        """Wake it; from any thread."""
        with contextlib.suppress(RuntimeError):  # its loop is closed: the server stops
            self.loop.call_soon_threadsafe(self.rung.set)


class Stream:
    """Events, from any thread to all who listen; `event` names the kind of each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listening: list[_Listener] = []
        self._closed = False

    @property
    def listening(self) -> int:
        """Pages that listen now."""
        return len(self._listening)

    def tell(self, event: Mapping[str, Any]) -> None:
        """Put an event before everyone who listens."""
        with self._lock:
            for one in self._listening:
                one.waiting.pop(event["event"], None)  # the newest stands last, in the order in which things happened
                one.waiting[event["event"]] = dict(event)
                one.ring()

    def close(self) -> None:
        """Let everyone go who listens, and who comes later, too."""
        with self._lock:
            self._closed = True
            for one in self._listening:
                one.ring()

    async def listen(self, pause: float = PAUSE, beat: float = BEAT) -> AsyncIterator[Event]:
        """First `here`, then what is told, in its order; an empty event after a silence. pause, beat: seconds."""
        listener = _Listener(asyncio.get_running_loop())
        with self._lock:
            self._listening.append(listener)
        try:
            yield {"event": "here"}
            self._count()
            while not self._closed:
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
            self._count()

    def _count(self) -> None:
        self.tell({"event": "people", "listening": self.listening})

    def _taken(self, listener: _Listener) -> list[Event]:
        with self._lock:
            listener.rung.clear()
            events, listener.waiting = list(listener.waiting.values()), {}
        return events


def sent(event: Event) -> str:
    """An event as the line of a stream of server-sent events; an empty one as a remark, which pages pass over."""
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n" if event else ": still there\n\n"
