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


class ClosedError(Exception):
    """The room is closed while somebody waits."""


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
        self._closed = False
        self._over: asyncio.Future[None] | None = None  # made in the loop, by the first that waits

    async def do(self, page: str, post: str, number: int, first: bool, play: Callable[[], _Made]) -> _Made:
        """Play in a thread when it is this question's turn.

        page, post: whose question it is and at which door; number: counted up by the page; first: whether it goes
        before others. Raises `SupersededError` if the page has asked anew meanwhile, `BusyError` if too many wait, and
        `ClosedError` as soon as the room closes.
        """
        self._check_open()
        key = page, post
        if number < self._newest.get(key, number):
            raise SupersededError
        self._remember(key, number)
        await self._turn(key, first)
        try:
            self._check_open()
            return await self._unless_closed(asyncio.get_running_loop().run_in_executor(self._threads, play))
        finally:
            self._next()

    async def at_once(self, make: Callable[[], _Made]) -> _Made:
        """Make what takes no worlds, in a thread of its own; `ClosedError` as soon as the room closes."""
        self._check_open()
        return await self._unless_closed(asyncio.ensure_future(asyncio.to_thread(make)))

    async def _unless_closed(self, made: asyncio.Future[_Made]) -> _Made:
        """What is being made; when the room closes, a thread comes to its end by itself and nobody waits for it."""
        if self._over is None:
            self._over = asyncio.get_running_loop().create_future()
        made.add_done_callback(lambda one: one.cancelled() or one.exception())  # nobody has to have heard of it
        await asyncio.wait((made, self._over), return_when=asyncio.FIRST_COMPLETED)
        if not made.done():
            raise ClosedError
        return made.result()

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError

    def _remember(self, key: tuple[str, str], number: int) -> None:
        """Keep the newest number of a page; of pages that have not asked for long nothing is kept."""
        self._newest.pop(key, None)
        self._newest[key] = number
        while len(self._newest) > 4 * MOST_WAITING:
            self._newest.pop(next(iter(self._newest)))

    async def _turn(self, key: tuple[str, str], first: bool) -> None:
        older = self._waiting.pop(key, None)
        if older and not older.free.done():  # else its page has just gone
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
        while self._waiting:
            key = min(self._waiting, key=lambda one: (not self._waiting[one].first, self._waiting[one].place))
            free = self._waiting.pop(key).free
            if not free.done():  # else its page has just gone
                free.set_result(None)
                return
        self._free += 1

    def close(self) -> None:
        """Take no more, and let everybody go who waits; what is played already ends by itself."""
        self._closed = True
        for one in self._waiting.values():
            if not one.free.done():
                one.free.set_exception(ClosedError())
        self._waiting.clear()
        if self._over is not None and not self._over.done():
            self._over.set_result(None)
        self._threads.shutdown(wait=False, cancel_futures=True)
