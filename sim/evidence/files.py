"""Files that are read once, and marks by which a changed one is noticed."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, TypeAlias

from sim.io.errors import Problems
from sim.io.readers import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sim.io.errors import Entry

MOST_WORLD_BYTES = 4_000_000
"""A file of who is in a world: a hundred states and a hundred powers say several thousand numbers."""

Stamps: TypeAlias = tuple[tuple[str, int, int], ...]
"""Names, sizes and times of files: what was read from files with these marks holds as long as they are the same."""


def stamps_of(files: Iterable[str]) -> Stamps:
    """Names, sizes and times of files, so that a changed file is read again. A missing one has size -1."""
    stamps = []
    for path in files:
        try:
            about = os.stat(path)  # noqa: PTH116  a hundred paths are looked at for every scenario that is read
            stamps.append((path, about.st_size, about.st_mtime_ns))
        except OSError:
            stamps.append((path, -1, 0))
    return tuple(stamps)


@functools.lru_cache(maxsize=64)
def read_once(path: Path, _stamps: Stamps) -> tuple[Entry | None, Problems]:
    """What stands in a YAML file, None where nothing could be read, and the notebook of its entries.

    stamps: of all files on which it depends what is found to be wrong with it, since that is kept in the notebook too.
    """
    noted = Problems()
    return read_yaml(path, noted, MOST_WORLD_BYTES), noted
