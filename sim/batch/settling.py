"""Files that are made to survive a power cut while the next ones are worked on.

Whoever writes a file of some MB would wait for the disk as long as the writing took. Nobody believes a file before the
notes or the manifest tell of it; so it is enough that all files are settled before those are written.
"""

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from sim.io.writers import settle


class Settling:
    """One thread that settles files; `add` and `wait` may be called from any."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="multivector-disk")
        self._waiting: list[Future[None]] = []

    def add(self, path: Path) -> None:
        """A file that was written just now."""
        self._waiting.append(self._pool.submit(settle, path))

    def wait(self) -> None:
        """Until every file that was added is settled. Raises OSError where one could not be, as for want of room."""
        for one in tuple(self._waiting):
            try:
                one.result()
            finally:
                with contextlib.suppress(ValueError):  # another thread waited too
                    self._waiting.remove(one)
