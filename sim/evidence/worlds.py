"""Where the seeds are, which worlds they hold, and which world extends which.

A folder of seeds is whole, or a layer: worlds of one's own laid over the shipped seeds, of which it says no more than
that (`layer.yaml`). What worlds share, and every world that the layer does not hold itself, is then read from there.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.actors import world_form
from sim.evidence.files import read_once
from sim.io.arguments import path_given
from sim.io.checks import check_choice, is_name
from sim.io.errors import Entry, Problem, Problems, input_error, listed, nearest_to, quoted, shown_path
from sim.io.forms import Form, check_keys, read_file, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sim.evidence.files import Stamps

HOME_WORLD = "central-asia"
ACTORS = "actors.yaml"
DOCUMENTS = "documents.yaml"
FACTS = "facts"
LAYER = "layer.yaml"
MOST_WORLDS = 16
"""Worlds that extend one another in a row; a world nobody can follow is no world."""

_OVER = "shipped"
_LAYER_FORM: Form[object] = Form(needs={"over": word((_OVER,)).says("what it is laid over: the shipped seeds")})
_NOT_IN_A_LAYER = ("parameters", "systems.yaml", "codebook.yaml", "conflicts.yaml", "history")
_NAMES = "small letters, digits and hyphens"


@functools.cache
def shipped_folder(name: str) -> Path:
    """The folder `name` beside the package in a checkout, else the copy inside the installed package."""
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / name
    # An installed package may have a stranger's folder of that name beside it; a checkout has its project file there.
    in_checkout = (package.parent / "pyproject.toml").is_file() and beside.is_dir()
    return beside if in_checkout else package / "_data" / name


def seeds_folder(folder: Path | str | None = None, door: str = "seeds", key: str = "") -> Path:
    """A folder of seeds that is there, absolute; the shipped one unless told otherwise.

    door, key: what its user calls the place where it was given. Raises `InputError`.
    """
    if folder is None:
        return shipped_folder("seeds")
    seeds = path_given(door, key or "seeds", folder).absolute()
    told, allowed = shown_path(seeds), "a folder of seeds; 'multivector new --world NAME' begins one"
    try:
        inside = [path.name for path in seeds.iterdir()]
    except NotADirectoryError:
        raise input_error(told, "this is no folder", allowed=allowed) from None
    except FileNotFoundError:
        raise input_error(told, "there is no such folder of seeds", allowed=allowed) from None
    except OSError as error:
        raise input_error(told, f"cannot be read: {error.strerror or error}", allowed=allowed) from error
    if ACTORS in inside:
        message = f"this is one world and not a folder of worlds: name the folder above it, {shown_path(seeds.parent)}"
        raise input_error(told, message, found=ACTORS)
    if LAYER not in inside and not any((seeds / name / ACTORS).is_file() for name in inside):
        raise input_error(told, f"no folder in it has a file {ACTORS}, so it holds no world", allowed=allowed)
    return seeds


def shared_folder(seeds: Path) -> Path:
    """Where what all worlds of these seeds share is read: the folder itself, or for a layer what it is laid over."""
    return shipped_folder("seeds") if (seeds / LAYER).is_file() else seeds


def world_folder(seeds: Path, world: str) -> Path:
    """Where the files of a world lie: in the seeds themselves, or for a layer in what it is laid over."""
    own = seeds / world
    return own if (own / ACTORS).is_file() else shared_folder(seeds) / world


def list_worlds(folder: Path | str | None = None) -> tuple[str, ...]:
    """The names of the worlds that the seeds hold; for a layer also of those that it is laid over."""
    seeds = seeds_folder(folder, "list_worlds", "folder")
    worlds = {name for place in {seeds, shared_folder(seeds)} for name in _worlds_in(place) if is_name(name)}
    return tuple(sorted(worlds, key=lambda world: (world != HOME_WORLD, world)))  # home comes first


def _worlds_in(seeds: Path) -> list[str]:
    return sorted(path.parent.name for path in seeds.glob(f"*/{ACTORS}"))


def check_world(seeds: Path, world: str) -> tuple[str, ...]:
    """The names of all worlds of these seeds, of which this must be one. Raises `InputError`."""
    worlds = list_worlds(seeds)
    if world in worlds:
        return worlds
    if isinstance(world, str) and world in _worlds_in(seeds):
        raise input_error(shown_path(seeds / world), "a world has another name", found=quoted(world), allowed=_NAMES)
    raise input_error(
        shown_path(seeds),
        "there is no such world",
        found=quoted(str(world)),
        allowed=listed(worlds),
        nearest=nearest_to(world, worlds),
    )


def check_layer(seeds: Path, problems: Problems) -> None:
    """A layer says what it is laid over, and holds nothing that would not be read."""
    shared = shared_folder(seeds)
    if shared == seeds:
        if (seeds / LAYER).exists() or any((seeds / name).exists() for name in (DOCUMENTS, FACTS, *_NOT_IN_A_LAYER)):
            return
        message = f"it has worlds and nothing they rest on; worlds laid over the shipped seeds say so in {LAYER}"
        problems.add(Problem(file=shown_path(seeds), message=message, allowed=f"a file {LAYER} with 'over: {_OVER}'"))
        return
    read_file(seeds / LAYER, _LAYER_FORM, None, problems)
    allowed = f"worlds, {DOCUMENTS} and {FACTS} of one's own; what a world changes of another stands in its changes.csv"
    for name in _NOT_IN_A_LAYER:
        if (seeds / name).exists():
            message = "worlds laid over the shipped seeds share it with them, so this is never read"
            problems.add(Problem(file=shown_path(seeds / name), message=message, allowed=allowed))
    for world in sorted({*_worlds_in(seeds)} & {*_worlds_in(shared)}):
        message = "a shipped world has this name already"
        problems.add(Problem(file=shown_path(seeds / world), message=message, allowed="a name of its own"))


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
        folder = world_folder(seeds, following)
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
    if len(chain) >= MOST_WORLDS:
        entry.refuse(found=f"a chain of more than {MOST_WORLDS} worlds", allowed=f"at most {MOST_WORLDS}")
        return None
    return world
