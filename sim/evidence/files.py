"""The files on which the worlds of some seeds may rest, and marks by which a changed one is noticed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sim.evidence.changes import CHANGES
from sim.evidence.conflicts import CONFLICTS
from sim.evidence.relations import RELATIONS
from sim.evidence.targets import CALIBRATION
from sim.evidence.worlds import ACTORS, list_worlds

if TYPE_CHECKING:
    from collections.abc import Iterable

Stamps: TypeAlias = tuple[tuple[str, int, int], ...]
"""Names, sizes and times of files: what was read from files with these marks holds as long as they are the same."""

COEFFICIENTS = "coefficients.yaml"  # what only formulas use: parts, rates and shadings that no document gives
SHARED = ("documents.yaml", "systems.yaml", "codebook.yaml", CONFLICTS, CALIBRATION)
_FOLDERS = ("facts", "parameters")
_OF_A_WORLD = (ACTORS, COEFFICIENTS, CHANGES, *(relation.file for relation in RELATIONS))


def stamps_of_seeds(seeds: Path, worlds: Iterable[str] | None = None) -> Stamps:
    """The marks of every file on which a world may rest; those of all worlds, since any of them may be extended.

    worlds: the names of all there are, where they are known already.
    """
    folder = str(seeds)
    names = [f"{folder}/{name}" for name in SHARED]
    names += [path for inner in _FOLDERS for path in _yaml_files(f"{folder}/{inner}")]
    names += [f"{folder}/{world}/{name}" for world in worlds or list_worlds(seeds) for name in _OF_A_WORLD]
    return stamps_of(names)


def _yaml_files(folder: str) -> list[str]:
    """The YAML files of a folder by name; none where there is no such folder."""
    return sorted(str(path) for path in Path(folder).glob("*.yaml"))


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
