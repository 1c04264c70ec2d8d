"""Where a command writes: paths as they are given, and whether it can be written there, found out before it begins."""

import argparse
import contextlib
import errno
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile

from sim.io.arguments import path_given
from sim.io.errors import InputError, input_error, shown_path

_OF_THE_SYSTEM = frozenset(
    getattr(errno, name)
    for name in (
        *("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM", "EIO", "ENXIO"),
        *("ENOTDIR", "EISDIR", "ENAMETOOLONG", "ELOOP", "EMFILE", "ENFILE", "ESTALE"),
    )
    if hasattr(errno, name)
)


def a_path(text: str) -> Path:
    """A reader of paths for the parser; `~` at the beginning is the home folder of the user."""
    if text == "-":
        allowed = "a path; where nothing is said of it a table is printed, and ./- is a file of this name"
        raise argparse.ArgumentTypeError(f"found '-'; allowed: {allowed}")
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


def there_or_writable(out: Path) -> Path:
    """The folder for results: one that is there may hold finished ones, opened even where none can be added."""
    return out if out.is_dir() else writable(out)


def followed(place: Path) -> Path:
    """The file that a link leads to, so that the link stays; raises OSError where it leads to itself."""
    end = Path(os.path.realpath(place))
    if end.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(place))
    return end


def writable_file(place: Path) -> Path:
    """The file that is asked for; refused before anything is worked out where it cannot be written."""
    with telling(place, "this file cannot be written"):
        if place.is_dir():
            raise input_error(shown_path(place), "the name of a file is wanted", found="a folder")
        if place.exists() and not place.is_file():
            raise input_error(shown_path(place), "the name of a file is wanted", found="a device or a pipe")
        end = followed(place)
        made = [folder for folder in end.parents if not folder.exists()]
        try:
            end.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=end.parent, prefix=f".{end.name}.", suffix=".draft"):
                return place
        finally:
            for folder in made:  # nothing has been written yet, and perhaps nothing will be
                with contextlib.suppress(OSError):
                    folder.rmdir()


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
                return f"{part} is a link that leads nowhere"
            if part != place and part.exists() and not part.is_dir():
                return f"{part} is no folder"
    if isinstance(error, FileExistsError) and place.exists():
        return "there is a file of that name"
    return getattr(error, "strerror", None) or str(error)


def check_working_folder() -> None:
    """Refuse to begin in a folder that is no longer there: what is named by less than its whole path is nowhere."""
    try:
        Path.cwd()
    except OSError as error:
        what = "the folder in which this was started cannot be reached any more"
        raise input_error("multivector", f"{what} ({error.strerror or error}); go to another one") from error


def is_of_the_system(error: OSError) -> bool:
    """Whether an error is the doing of disk, permissions or limits, and not of this program."""
    return error.errno in _OF_THE_SYSTEM


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
