"""Notes on what is finished of a folder that is not complete yet, so that whoever is stopped can go on.

They lie in `partial/` below the folder, beside the lock of whoever is at work there, and go when it is complete. Notes
are believed only as far as the files they tell of are still what they were.
"""

import contextlib
import dataclasses
import errno
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from sim.batch.identity import versions
from sim.batch.manifest import MOST_ROWS, PARTIAL, Damaged, set_aside_and_say
from sim.io.errors import InputError, input_error, shown_path
from sim.io.json_files import read_json_group
from sim.io.locks import hold
from sim.io.sealed import seal
from sim.io.shapes import HASH, INNER_PATH, TEXT, check_shape, group, list_of, map_of, or_nothing, whole
from sim.io.writers import WrittenFile, file_hash, is_draft, mark_of, write_text

NOTES = "blocks.json"
"""The list of finished blocks among the notes of a batch."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

_Opened = TypeVar("_Opened")
_Files = dict[int, tuple[WrittenFile, ...]]


class Notebook:
    """Which blocks of one piece of work are finished, with the files of each; `add` may be called from several threads.

    Whoever keeps something that has to agree with the notes adds to both while holding `lock`.
    """

    def __init__(
        self, path: Path, folder: Path, blocks: range, libraries: Mapping[str, str] | None = None, of: str = ""
    ) -> None:
        """Begin with nothing finished.

        path: where notes are written; folder: what the names of files are relative to; blocks: the numbers there are;
        libraries: versions of what the bytes of blocks depend on, by name, if it is more than all results depend on;
        of: hash of what the blocks depend on beside them, so that notes of another seed are not believed.
        """
        self.path = path
        self.folder = folder
        self.of = of
        self.blocks = blocks
        self.libraries = dict(versions() if libraries is None else libraries)
        self.files: _Files = {}
        self.marks: dict[str, tuple[int, ...]] = {}  # of files that were as they should be when they were looked at
        self.lock = threading.RLock()

    def add(self, number: int, files: Sequence[WrittenFile]) -> None:
        """Count a block as finished, whose files are as they should be."""
        self.seen(files)
        with self.lock:
            self.files[number] = tuple(files)

    def seen(self, files: Iterable[WrittenFile]) -> None:
        """Note that these files are as they should be: none is looked through again unless its size or date changes."""
        marks = {file.name: mark_of(self.folder / file.name) for file in files}
        with self.lock:
            self.marks |= marks

    def missing(self) -> list[int]:
        """Those blocks that are not there yet."""
        return [number for number in self.blocks if number not in self.files]

    def in_order(self) -> list[Path]:
        """The first file of each finished block, by number."""
        return [self.folder / self.files[number][0].name for number in sorted(self.files)]

    def save(self) -> None:
        """Write down what is finished, whole or not at all."""
        with self.lock:
            files = {str(number): [dataclasses.asdict(file) for file in made] for number, made in self.files.items()}
            told = {"of": self.of, "versions": self.libraries, "blocks": files}
            write_text(self.path, json.dumps({**told, "seal": seal(told)}, indent=1))

    def noted(self, path: Path | None = None) -> _Files:
        """What is written down, here or in notes elsewhere; nothing where other versions wrote it.

        Notes that are not what they were are set aside.
        """
        return noted_blocks(path or self.path, self.libraries, self.of, put_away=self.folder)

    def take_up(self, noted: Mapping[int, Sequence[WrittenFile]] | None = None) -> None:
        """Count what an earlier process finished; a block of which a file is not as it was is made again."""
        for number, files in sorted((self.noted() if noted is None else noted).items()):
            if number in self.blocks and files:
                spoilt = self.spoilt(files)
                if spoilt:
                    set_aside_and_say(self.folder, spoilt, f"{', '.join(spoilt)} is not what it was")
                else:
                    self.add(number, files)

    def spoilt(self, files: Sequence[WrittenFile]) -> list[str]:
        """The names of files that are not what they were, or are gone."""
        return [file.name for file in files if not intact(self.folder, file)]

    def touched(self, files: Iterable[WrittenFile]) -> list[WrittenFile]:
        """Those files that may be others than were counted, by their size and date, or were not counted at all."""
        return [file for file in files if mark_of(self.folder / file.name) != self.marks.get(file.name)]

    def made_again(self, make: Callable[[int], Sequence[WrittenFile]]) -> None:
        """See that every finished block is still there before all are joined; what was spoilt meanwhile is made again.

        make: makes the files of a block, and counts nothing. A file is looked through where its size or date says that
        it may be another than the one that was counted.
        """
        for number, files in sorted(self.files.items()):
            spoilt = self.spoilt(self.touched(files))
            if spoilt:
                set_aside_and_say(self.folder, spoilt, f"{', '.join(spoilt)} was spoilt or taken away meanwhile")
                self.add(number, make(number))


_NOTES = group(
    {
        "of": TEXT,
        "versions": map_of(TEXT),
        "blocks": map_of(list_of(group({"name": INNER_PATH, "sha256": HASH, "rows": or_nothing(whole(0, MOST_ROWS))}))),
        "seal": HASH,
    }
)


def noted_blocks(
    path: Path, libraries: Mapping[str, str] | None = None, of: str | None = None, *, put_away: Path | None = None
) -> _Files:
    """Files by block as an earlier process noted them; nothing where it cannot be read, or other versions wrote it.

    of: what the blocks have to depend on, if it matters; put_away: the folder in which notes are set aside that are not
    what they were.
    """
    if not os.path.lexists(path):
        return {}
    try:
        noted = read_json_group(path)
        check_shape(noted, _NOTES, shown_path(path))
        if noted["seal"] != seal(noted) or of not in {None, noted["of"]}:
            raise input_error(shown_path(path), "these notes were changed, or belong to something else")
        if noted["versions"] != (versions() if libraries is None else dict(libraries)):
            return {}
        return {int(number): tuple(WrittenFile(**file) for file in made) for number, made in noted["blocks"].items()}
    except (InputError, ValueError, TypeError) as error:
        if put_away is not None:
            why = str(error) if isinstance(error, InputError) else f"{shown_path(path)} is not what it was"
            set_aside_and_say(put_away, [path.relative_to(put_away).as_posix()], why)
        return {}


def intact(folder: Path, file: WrittenFile) -> bool:
    """Whether a file is there with the bytes it had."""
    try:
        return file_hash(folder / file.name) == file.sha256
    except OSError:
        return False


# --- the folder they are about ---------------------------------------------------------------------------------------


def notes_folder(folder: Path) -> Path:
    """Where the notes on a folder lie."""
    return folder / PARTIAL


def part_folders(folder: Path) -> list[Path]:
    """Where the parts of a job array keep their notes, in the order of their numbers."""
    return sorted(notes_folder(folder).glob("part-*-of-*"))


def tidy(folder: Path) -> None:
    """Take away what only an unfinished folder needs, and what killed processes began to write."""
    shutil.rmtree(notes_folder(folder), ignore_errors=True)
    for path in folder.rglob(".*.draft"):
        if is_draft(path):
            path.unlink(missing_ok=True)


def opened_or_made(
    folder: Path, opened: Callable[[], _Opened | None], make: Callable[[], _Opened], room: str = ""
) -> _Opened:
    """What lies finished in a folder, or what is made there now, by one process at a time.

    Parameters
    ----------
    folder
        Where it belongs.
    opened
        Gives what is finished, or None where nothing is; what is not what it was (`Damaged`) is set aside.
    make
        Makes it, while the folder is held.
    room
        What would help where the disk is full.

    Raises
    ------
    sim.io.errors.InputError
        If another process is at work there, or it cannot be written.
    """
    with contextlib.suppress(Damaged):  # which is looked into once nobody else is at work there
        found = opened()
        if found is not None and not notes_folder(folder).exists():
            return found
    with held(folder, room):
        try:
            found = opened()
        except Damaged as error:
            set_aside_and_say(folder, error.names, "\n".join(map(str, error.problems[:-1])))
            found = None
        if found is not None:  # by another process in the meantime, or all but the tidying
            tidy(folder)
            return found
        return make()


@contextlib.contextmanager
def held(folder: Path, room: str = "") -> Iterator[None]:
    """Be alone at work in a folder, and say plainly when it cannot be written."""
    with telling_of_trouble(folder, room), hold(notes_folder(folder) / "lock", shown_path(folder)):
        yield


@contextlib.contextmanager
def telling_of_trouble(folder: Path, room: str = "", *, noted: bool = True) -> Iterator[None]:
    """Say plainly when results cannot be written: no such place, no permission, no room; noted: what was done is."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        hint = f"; {room}" if room and error.errno in _NO_ROOM else ""
        kept = "; what was noted is kept, the same command goes on" if noted else ""
        message = f"results cannot be written there ({reason}){kept}{hint}"
        raise input_error(shown_path(folder), message) from error
