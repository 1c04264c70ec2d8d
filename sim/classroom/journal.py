"""What a class did, kept in a file line by line, so that a class that was cut off goes on where it was.

The first line says whose file it is: the tokens of the room, what it was opened with, and what its games depend on.
Each other line is one thing that was done, in its order (`sim.classroom.going_on` does it again). A line is on the disk
before whoever did it hears of it; the last one may be half a line where a machine stopped, and is then taken away.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.classroom.desk import TOLD, VOTES
from sim.io.errors import InputError, input_error, shown_path
from sim.io.json_files import parse_json
from sim.io.locks import hold
from sim.io.regular import read_regular
from sim.io.shapes import HASH, NUMBER, TEXT, check_shape, group, one_of, or_nothing, whole
from sim.io.words_once import say_once

FORM = 1
MOST_BYTES = 64_000_000
_MOST = 2**53
_ADDING = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

_SEAT, _FOR_ALL = whole(0, 10_000), whole(0, _MOST)
_HEAD = group(
    {
        "class": one_of(FORM),
        "depends_on": HASH,
        "scenario": TEXT,
        "lesson": or_nothing(TEXT),
        "tokens": group({"teacher": TEXT, "pupil": TEXT}),
        "key": TEXT,
    }
)
_ALLOWED = "what it was opened with, or another file"
_MOVED = "its world, its numbers or the program have changed since it was opened, so its games would go otherwise"
_OF_A_GAME = {"seat": _SEAT, "game": _FOR_ALL}
SHAPES = {
    "seat": group({"seat": _SEAT, "token": TEXT}),
    "table": group({"scenario": TEXT, "state": TEXT, "seed": _FOR_ALL}),
    "phase": group({"phase": TEXT}),
    "lesson": group({"lesson": _FOR_ALL, "step": _FOR_ALL}),
    "opinion": group({"scenario": TEXT, "name": TEXT, "seat": _SEAT, "value": or_nothing(NUMBER)}),
    "begun": group({**_OF_A_GAME, "state": TEXT}),
    "answer": group({**_OF_A_GAME, "by": TEXT, "kind": TEXT, "say": one_of(*TOLD)}),
    "visit": group({**_OF_A_GAME, "power": TEXT}),
    "vote": group({**_OF_A_GAME, "how": one_of(*VOTES)}),
    "step": group(_OF_A_GAME),
}
"""What was done, by the one key of its line, and what the line tells of it."""


class Journal:
    """The file of a class, held against others for as long as it is open.

    path: where it is; head: what a new file begins with. `head` and `lines` are what was found there: of a new file the
    head alone. Raises `InputError` for what is no file of a class, and where it belongs to another class than `head`
    tells; nothing is written then.
    """

    def __init__(self, path: Path, head: Mapping[str, Any]) -> None:
        self.path, self._lock = path, threading.Lock()
        if path.is_dir():
            raise input_error(shown_path(path), "", found="a folder", allowed="a file")
        self._held = ExitStack()
        self._held.enter_context(hold(path.with_name(f".{path.name}.lock"), shown_path(path)))
        try:
            if path.is_symlink() or path.exists():
                self.head, self.lines, whole_bytes = _read(path)
                _check_same(path, self.head, head)
                handle = os.open(path, _ADDING)
                self._file = os.fdopen(handle, "ab", buffering=0)
                self._file.truncate(whole_bytes)
            else:
                handle = os.open(path, _ADDING | os.O_CREAT | os.O_EXCL, 0o600)
                self._file = os.fdopen(handle, "ab", buffering=0)
                self.head, self.lines = dict(head), []
                self._write(self.head)
        except BaseException:
            self._held.close()
            raise

    def note(self, what: str, **told: Any) -> None:
        """Keep one thing that was done. Once one cannot be written, that is said, and nothing is kept any more."""
        with self._lock:
            if self._file.closed:
                return
            end = self._file.tell()
            try:
                self._write({what: told})
            except OSError as error:  # what was done later without it would go otherwise
                with suppress(OSError):
                    self._file.truncate(end)
                self._file.close()
                say_once(
                    f"{shown_path(self.path)} cannot be written ({error.strerror}): the class is not kept any more"
                )

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let others have the file; nothing is kept any more."""
        with self._lock:
            self._file.close()
        self._held.close()


def _read(path: Path) -> tuple[dict[str, Any], list[tuple[int, str, dict[str, Any]]], int]:
    """The head of a file, its other lines by number with what was done, and its bytes up to the last whole line."""
    raw = read_regular(path, MOST_BYTES)
    end = raw.rfind(b"\n") + 1
    lines = list(_parsed(path, raw[:end]))
    file = shown_path(path)
    if not lines or not isinstance(lines[0], dict) or "class" not in lines[0]:
        raise input_error(file, "this is no file of a class", allowed="one that `classroom --keep` wrote, or none yet")
    with at_line(path, 1):
        check_shape(lines[0], _HEAD, file)
    done = []
    for number, line in enumerate(lines[1:], 2):
        with at_line(path, number):
            what = next(iter(line)) if isinstance(line, dict) and len(line) == 1 else None
            if what not in SHAPES:
                raise input_error(file, "this is nothing that a class does", allowed=", ".join(SHAPES))
            check_shape(line[what], SHAPES[what], file)
        done.append((number, str(what), line[what]))
    return lines[0], done, end


def _parsed(path: Path, raw: bytes) -> Iterator[Any]:
    for number, line in enumerate(raw.splitlines(), 1):
        with at_line(path, number):
            yield parse_json(line, shown_path(path))


@contextmanager
def at_line(path: Path, number: int) -> Iterator[None]:
    """Have whatever is refused within say that it stands in this line of a file."""
    try:
        yield
    except InputError as error:
        raise InputError(
            [replace(problem, file=shown_path(path), line=number, column=None) for problem in error.problems]
        ) from error


def _check_same(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse to go on with the file of a class that was opened with something else, or whose rules have moved since."""
    file = shown_path(path)
    for key in ("scenario", "lesson"):
        if found[key] != wanted[key]:
            why = f"this class was opened with {found[key] or 'none'} as the {key}"
            raise input_error(file, why, found=wanted[key] or "none", allowed=_ALLOWED)
    if found["depends_on"] != wanted["depends_on"]:
        raise input_error(file, _MOVED, allowed=_ALLOWED)
