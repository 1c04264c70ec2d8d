"""The manifest of a finished folder: what it must hold, its seal, and the files that it lists, checked before use.

Every folder that this program finishes has one, written last: who finds it finds all that it lists. What is read back
was lying on a disk, where anything may have happened to it. So a manifest is believed only with the seal on what it
says, and a file only with the hash that the manifest has of it; and no name in it leads out of its folder.
"""

import itertools
import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from sim.io.errors import InputError, Problem, input_error, shown_path
from sim.io.json_files import read_json_group
from sim.io.letters import printable
from sim.io.regular import ordinary
from sim.io.sealed import seal
from sim.io.shapes import (
    HASH,
    INNER_PATH,
    NAME,
    TEXT,
    Shape,
    check_shape,
    group,
    is_inner_path,
    list_of,
    or_nothing,
    whole,
)
from sim.io.writers import WrittenFile, file_hash, write_text

MANIFEST = "manifest.json"
PARTIAL = "partial"
"""The folder of the notes, and of whatever else is needed only until all is complete."""

SET_ASIDE = "set-aside"
"""Where what is broken goes, below its folder: under its name, with a number behind it that makes it no table."""

OF_FORECASTS = "draws_sha256"
"""What only the manifest of a frozen forecast has, which is laid out in its own way."""

MOST_ROWS = 2**53

LOG = logging.getLogger("multivector")
"""Where it is said that something broken was set aside; it goes to standard error unless told otherwise."""

_MENDING = "whatever is broken is set aside, and made again, by the command that made the folder"
_FILE = group({"name": INNER_PATH, "sha256": HASH}, {"rows": or_nothing(whole(0, MOST_ROWS))})
COMMON: Mapping[str, Shape] = {
    "name": NAME,
    "title": TEXT,
    "runs": whole(0, MOST_ROWS),
    "files": list_of(_FILE),
    "seal": HASH,
}
"""What the manifest of any finished folder holds."""


class Damaged(InputError):
    """A finished folder is not what it was; `names`: the files that are to be set aside, the manifest first."""

    def __init__(self, folder: Path, problems: Sequence[Problem], names: Sequence[str] = ()) -> None:
        self.names = (MANIFEST, *names)
        super().__init__([*problems, Problem(file=shown_path(folder), message=_MENDING)])


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of finished folder: the key that says so, the layouts that are read, what else its manifest holds."""

    key: str
    layouts: tuple[int | str, ...]
    shape: Shape
    words: str  # what lies in it
    folder: str  # what it is called itself
    opens: str  # who opens it


# --- writing ---------------------------------------------------------------------------------------------------------


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write `manifest.json` with a seal on what it says; a folder that has one is complete."""
    sealed = {**manifest, "seal": seal(manifest)}
    write_text(folder / MANIFEST, json.dumps(sealed, indent=2, ensure_ascii=False) + "\n")


def close_folder(folder: Path, word: str, said: Mapping[str, Any], names: Iterable[str]) -> None:
    """Say what a command left in a folder, with a hash of each file, so that `check` can tell whether it is still so.

    word: the command; said: `name`, `title` and `runs`, and whatever else the manifest is to say; names: of the files.
    """
    files = [{"name": name, "sha256": file_hash(folder / name), "rows": None} for name in names]
    write_manifest(folder, {**said, "left_by": word, "files": files})


# --- reading ---------------------------------------------------------------------------------------------------------


def has_manifest(folder: Path) -> bool:
    """Whether there is anything under the name of the manifest, be it what it may."""
    return os.path.lexists(folder / MANIFEST)


def sealed_manifest(folder: Path) -> dict[str, Any]:
    """What the manifest of a folder says, of whatever kind it is.

    Raises `Damaged` where it is none, has no seal, or was changed after it was sealed.
    """
    try:
        manifest = read_json_group(folder / MANIFEST)
        sealed = seal(manifest)
    except InputError as error:
        raise Damaged(folder, error.problems) from None
    except (UnicodeEncodeError, RecursionError):  # half of a letter, which no text can hold
        raise Damaged(folder, [_problem(folder, MANIFEST, "this is not text in UTF-8")]) from None
    if "seal" not in manifest:
        message = "it has no seal: it was changed, or an older version wrote it"
        raise Damaged(folder, [_problem(folder, MANIFEST, message)])
    if manifest["seal"] != sealed:
        raise Damaged(folder, [_problem(folder, MANIFEST, "it was changed after it was written")])
    return manifest


def read_manifest(folder: Path, kind: Kind, others: Sequence[Kind] = ()) -> dict[str, Any]:
    """The manifest of a finished folder of a kind.

    Raises
    ------
    Damaged
        Where it is not what it was.
    sim.io.errors.InputError
        Where it is of another kind, or in a layout that this version does not read.
    """
    manifest = sealed_manifest(folder)
    if OF_FORECASTS in manifest:
        scored = "`multivector check` and `multivector score` open it"
        raise input_error(shown_path(folder), scored, found="a frozen forecast", allowed=kind.words)
    if kind.key not in manifest:
        there = next((one for one in others if one.key in manifest), None)
        found = "results, but of no kind that is known" if there is None else there.words
        opens = "" if there is None else f"it is opened with {there.opens}"
        raise input_error(shown_path(folder), opens, found=found, allowed=kind.words)
    layout = manifest[kind.key]
    if not any(type(layout) is type(one) and layout == one for one in kind.layouts):
        raise _other_layout(folder, kind, layout)
    try:
        check_shape(manifest, kind.shape, f"{shown_path(folder)}/{MANIFEST}")
    except InputError as error:
        raise Damaged(folder, error.problems) from None
    return manifest


def _other_layout(folder: Path, kind: Kind, layout: Any) -> InputError:
    found = f"{kind.words} in layout {str(layout)[:40]}"
    newest = max((one for one in kind.layouts if isinstance(one, int)), default=0)
    reads = f"this version reads layout{'' if len(kind.layouts) == 1 else 's'} {' and '.join(map(str, kind.layouts))}"
    if type(layout) is int and layout > newest:
        help_ = f"{reads}: install the newer multivector that wrote it; any reader of Parquet files opens the tables"
    else:
        help_ = f"{reads}: give the command again with another --out, which leaves this folder alone"
    return input_error(shown_path(folder), help_, found=found)


# --- files -----------------------------------------------------------------------------------------------------------


class Wrong(NamedTuple):
    """A listed file that is not what it was; `there`: something stands under its name, and can be set aside."""

    name: str
    problem: Problem
    there: bool


def listed_files(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What a manifest lists, by name."""
    return {file["name"]: file for file in manifest["files"]}


def wrong_files(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Wrong]:
    """Every listed file that is missing, was changed, or lies outside the folder."""
    for name, file in listed_files(manifest).items():
        found = wrong_file(folder, name, file)
        if found is not None:
            yield found


def wrong_file(folder: Path, name: str, file: Mapping[str, Any]) -> Wrong | None:
    """What is wrong with a listed file; None where it has the bytes it had."""
    place = folder / name
    if not os.path.lexists(place):
        return Wrong(name, _problem(folder, name, "the manifest lists this file, and it is missing"), False)
    if leads_out(folder, name):
        return Wrong(name, _problem(folder, name, "a link leads out of the folder"), True)
    try:
        same = file_hash(place) == file["sha256"]
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        return Wrong(name, _problem(folder, name, message), not isinstance(error, PermissionError))
    if same:
        return None
    found = _rows_in_words(place, file.get("rows"))
    return Wrong(name, _problem(folder, name, "it was changed after it was written", found), True)


def leads_out(folder: Path, name: str) -> bool:
    """Whether a name is that of a file outside the folder, by itself or by a link on the way."""
    try:
        return not (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a link that leads to itself
        return True


def check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise `Damaged` with every listed file that is not what it was."""
    wrong = list(wrong_files(folder, manifest))
    if wrong:
        raise Damaged(folder, [one.problem for one in wrong], [one.name for one in wrong if one.there])


def check_written(folder: Path, files: Sequence[WrittenFile]) -> None:
    """Before a manifest is written: all that it will list is there. Raises `InputError` where somebody took it away."""
    gone = [file.name for file in files if wrong_file(folder, file.name, {"sha256": file.sha256}) is not None]
    if gone:
        message = "files were changed or taken away while this was being written; the same command goes on"
        raise input_error(shown_path(folder), message, found=", ".join(gone))


def _rows_in_words(path: Path, rows: int | None) -> str:
    """What is left of a changed table, if rows were lost or added; empty where that is not what happened."""
    if rows is None:
        return ""
    try:
        there = pq.ParquetFile(ordinary(path)).metadata.num_rows
    except (OSError, ValueError, MemoryError, pa.ArrowException):
        return "a file that no reader opens"
    return "" if there == rows else f"{there:,} rows instead of {rows:,}"


def _problem(folder: Path, name: str, message: str, found: str = "") -> Problem:
    return Problem(file=f"{shown_path(folder)}/{name}", found=found, message=message)


# --- setting aside ---------------------------------------------------------------------------------------------------


def set_aside(folder: Path, names: Iterable[str]) -> list[str]:
    """Rename what is broken in a folder, so that it can be made again and is not lost; returns the new names."""
    moved = []
    for name in names:
        if not is_inner_path(name) or not os.path.lexists(folder / name):
            continue
        number = next(one for one in itertools.count(1) if not os.path.lexists(folder / _aside(name, one)))
        place = folder / _aside(name, number)
        place.parent.mkdir(parents=True, exist_ok=True)
        (folder / name).rename(place)
        moved.append(_aside(name, number))
    return moved


def _aside(name: str, number: int) -> str:
    return f"{SET_ASIDE}/{name}.{number}"


def set_aside_and_say(folder: Path, names: Iterable[str], why: str) -> None:
    """The same, and a word on it to whoever listens."""
    moved = set_aside(folder, names)
    if moved:
        said = f"{shown_path(folder)}: {why}; set aside as {', '.join(moved)}, and made again"
        LOG.warning("%s", printable(said))
