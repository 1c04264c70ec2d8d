"""Where the seeds are, which worlds they hold, and which world extends which."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.actors import world_form
from sim.evidence.files import read_once
from sim.io.checks import check_choice
from sim.io.errors import Entry, Problems
from sim.io.forms import check_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sim.evidence.files import Stamps

HOME_WORLD = "central-asia"
ACTORS = "actors.yaml"


@functools.cache
def shipped_folder(name: str) -> Path:
    """The folder `name` beside the package in a checkout, else the copy inside the installed package."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / name
    # An installed package may have a stranger's folder of that name beside it; a checkout has its project file there.
    in_checkout = (package.parent / "pyproject.toml").is_file() and beside.is_dir()
    return beside if in_checkout else package / "_data" / name


def list_worlds(folder: Path | str | None = None) -> tuple[str, ...]:
    """The names of the worlds that the seeds hold."""
    seeds = shipped_folder("seeds") if folder is None else Path(folder).absolute()
    worlds = (path.parent.name for path in seeds.glob(f"*/{ACTORS}"))
    return tuple(sorted(worlds, key=lambda world: (world != HOME_WORLD, world)))  # home comes first


def read_lineage(seeds: Path, world: str, stamps: Stamps, problems: Problems) -> list[tuple[Path, Entry]]:
    """The folders and actors of a world and of those it extends, the oldest first.

    A world that extends another has all that the other has, and adds to it. Empty when one of them cannot be used.
    """
    lineage, notebooks = _follow(seeds, world, stamps)
    for noted in notebooks:
        problems.take(noted)
    return lineage


def _follow(seeds: Path, world: str, stamps: Stamps) -> tuple[list[tuple[Path, Entry]], list[Problems]]:
    """A world and those it extends, the oldest first, and a notebook for each file that was read."""
    worlds = list_worlds(seeds)
    lineage: list[tuple[Path, Entry]] = []
    notebooks: list[Problems] = []
    chain: list[str] = []
    following: str | None = world
    while following is not None:
        chain.append(following)
        folder = seeds / following
        top, noted = read_once(folder / ACTORS, stamps)
        notebooks.append(noted)
        if top is None or not check_keys(top, world_form(top)):
            return [], notebooks
        lineage.append((folder, top))
        parent = top.value.get("extends")
        following = None if parent is None else check_extended(parent, worlds, chain)
        if parent is not None and following is None:
            return [], notebooks
    return lineage[::-1], notebooks


def check_extended(entry: Entry, worlds: Iterable[str], chain: Sequence[str]) -> str | None:
    """What is extended is a world of these seeds, and not one of its own heirs."""
    world = check_choice(entry, worlds, "list worlds")
    if world is not None and world in chain:
        circle = " -> ".join([*chain, world])
        entry.refuse(message=f"worlds extend each other in a circle: {circle}")
        return None
    return world
