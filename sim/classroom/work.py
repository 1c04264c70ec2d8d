"""Who plays worlds now: two at once, the newest question of a page before its older ones, teachers before pupils.

A slider that is dragged asks faster than worlds can be played. Of what one page asks at one post only the newest waits;
what is played already is played to its end.
"""

import asyncio
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

_Made = TypeVar("_Made")

AT_ONCE = 2
"""Questions whose worlds are played at the same time."""

MOST_WAITING = 256
"""Questions of different pages that may wait; more than that is no class."""


class SupersededError(Exception):
    """The page has asked something newer."""


class BusyError(Exception):
    """Too many wait."""


@dataclass(eq=False)
class _Waiting:
    first: bool
    place: int
    free: asyncio.Future[None]


class Work:
    """A queue in front of threads; all of it lives in the one loop that serves."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="worlds")
        self._free = at_once
        self._count = itertools.count()
        self._waiting: dict[tuple[str, str], _Waiting] = {}
        self._newest: dict[tuple[str, str], int] = {}

    async def do(self, page: str, post: str, number: int, first: bool, play: Callable[[], _Made]) -> _Made:
        """Play in a thread when it is this question's turn.

        page, post: whose question it is and at which door; number: counted up by the page; first: whether it goes
        before others. Raises `SupersededError` if the page has asked anew meanwhile, `BusyError` if too many wait.
        """
        key = page, post
        if number < self._newest.get(key, number):
            raise SupersededError
        self._remember(key, number)
        await self._turn(key, first)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, play)
        finally:
            self._next()

    def _remember(self, key: tuple[str, str], number: int) -> None:
        """Keep the newest number of a page; of pages that have not asked for long nothing is kept."""
        self._newest.pop(key, None)
        self._newest[key] = number
        while len(self._newest) > 4 * MOST_WAITING:
            self._newest.pop(next(iter(self._newest)))

    async def _turn(self, key: tuple[str, str], first: bool) -> None:
        if older := self._waiting.pop(key, None):
            older.free.set_exception(SupersededError())
        if self._free:
            self._free -= 1
            return
        if len(self._waiting) >= MOST_WAITING:
            raise BusyError
        mine = _Waiting(first, older.place if older else next(self._count), asyncio.get_running_loop().create_future())
        self._waiting[key] = mine
        try:
            await mine.free
        except asyncio.CancelledError:  # the page has gone
            if mine.free.done() and not mine.free.cancelled() and mine.free.exception() is None:
                self._next()
            elif self._waiting.get(key) is mine:
                del self._waiting[key]
            raise

    def _next(self) -> None:
        """Give the place to whoever is next: teachers, then those who have waited longest."""
        if not self._waiting:
            self._free += 1
            return
        key = min(self._waiting, key=lambda one: (not self._waiting[one].first, self._waiting[one].place))
        self._waiting.pop(key).free.set_result(None)

    def close(self) -> None:
        """Take no more; what is played already ends by itself."""
        for one in self._waiting.values():
            one.free.cancel()
        self._waiting.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)
