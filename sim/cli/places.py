"""Where a command writes: paths as they are given, and whether it can be written there, found out before it begins."""

import argparse
import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile

from sim.io.arguments import path_given
from sim.io.errors import InputError, input_error, shown_path


def a_path(text: str) -> Path:
    """A reader of paths for the parser; `~` at the beginning is the home folder of the user."""
    try:
        return path_given("", "", text)
    except InputError as error:
        problem = error.problems[0]
        raise argparse.ArgumentTypeError(f"found {problem.found}; allowed: {problem.allowed}") from None


def writable(out: Path) -> Path:
    """The folder for results, which is there from now on; refused before anything is played where it cannot be."""
    with telling(out, "results cannot be written there"):
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out):
            return out


def writable_file(place: Path) -> Path:
    """The file that is asked for; refused before anything is worked out where it cannot be written."""
    with telling(place, "this file cannot be written"):
        if place.is_dir():
            raise input_error(shown_path(place), "the name of a file is wanted", found="a folder")
        if place.exists() and not place.is_file():
            raise input_error(shown_path(place), "the name of a file is wanted", found="a device or a pipe")
        place.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=place.parent, prefix=f".{place.name}.", suffix=".draft"):
            return place


@contextlib.contextmanager
def telling(place: Path, what: str, help_: str = "") -> Iterator[None]:
    """Say in words what keeps a place from being written: no such folder, no permission, no room.

    what: what cannot be done; help_: what would help.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        told = f"{what} ({reason(place, error)}){f'; {help_}' if help_ else ''}"
        raise input_error(shown_path(place), told) from error


def reason(place: Path, error: OSError | RuntimeError) -> str:
    """Why something could not be done with a place, in the words of the system; a link that leads nowhere is named."""
    for part in (place, *place.parents):
        with contextlib.suppress(OSError, RuntimeError):
            if part.is_symlink() and not part.exists():
                return f"{shown_path(part)} is a link that leads nowhere"
            if part != place and part.exists() and not part.is_dir():
                return f"{shown_path(part)} is no folder"
            if part == place and isinstance(error, FileExistsError):
                return "there is a file of that name"
    return getattr(error, "strerror", None) or str(error)


def check_working_folder() -> None:
    """Refuse to begin in a folder that is no longer there: whatever is named without its whole path would be nowhere."""
    try:
        os.getcwd()
    except OSError as error:
        what = "the folder in which this was started cannot be reached any more"
        raise input_error("multivector", f"{what} ({error.strerror or error}); go to another one") from error


def trouble(error: OSError) -> str:
    """What the system has to say about a file, in words; the last resort where a command did not expect it."""
    where = f"{shown_path(str(error.filename))}: " if error.filename else ""
    return f"{where}the system would not have it: {error.strerror or error}"


def each_once(names: Iterable[str], find: Callable[[str], Path]) -> list[str]:
    """The names of things, each thing once however it is written: by name, by path, through a link.

    find: the path of what a name stands for; where it finds none the name stands for itself.
    """
    known: dict[object, str] = {}
    for name in names:
        try:
            key: object = os.path.realpath(find(name))
        except (InputError, OSError, RuntimeError, ValueError):
            key = (name,)
        known.setdefault(key, name)
    return list(known.values())
