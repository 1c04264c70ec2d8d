"""Small work for several threads at once, on one pool that all calls of this process share.

Whoever asks works along: where the pool is busy with the work of others, a call is slower and never waits for it.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from sim.batch.identity import allowed_cores

_Made = TypeVar("_Made")

_LOCK = threading.Lock()
_POOL: list[ThreadPoolExecutor] = []


def made_together(tasks: Iterable[Callable[[], _Made]], workers: int) -> list[_Made]:
    """What each task gives, in the order of the tasks.

    workers: threads at most, this one among them. Raises what the first task raised that failed; those that had not
    begun by then are given up, and those that had have come to their end.
    """
    waiting = deque(enumerate(tasks))
    made: dict[int, _Made] = {}

    def work() -> None:
        try:
            while True:
                try:
                    number, task = waiting.popleft()
                except IndexError:
                    return
                made[number] = task()
        except BaseException:
            waiting.clear()
            raise

    count = len(waiting)
    helpers = min(workers, count) - 1
    helping = [_pool().submit(work) for _ in range(helpers)]
    try:
        work()
    finally:
        waiting.clear()
        helped = [one for one in helping if not one.cancel()]  # who has not begun finds nothing to do
        wait(helped)  # and of one who was given up it would wait until the pool is free
    for one in helped:
        one.result()
    return [made[number] for number in range(count)]


def _pool() -> ThreadPoolExecutor:
    with _LOCK:
        if not _POOL:
            _POOL.append(ThreadPoolExecutor(allowed_cores(), thread_name_prefix="multivector"))
        return _POOL[0]


def _forget() -> None:
    """A forked process has none of the threads of the one it comes from."""
    global _LOCK  # noqa: PLW0603  a lock that was held elsewhere is never given back
    _LOCK = threading.Lock()
    _POOL.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
