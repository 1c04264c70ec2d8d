"""Standard output and standard error, so that no command ends by what becomes of its words.

While a command runs, both stand behind a `Stream`. What is printed is cleaned, spelled in the letters the output knows,
and broken into lines that fit the terminal. Whoever reads may stop reading (`| head`), the disk behind an output may be
full, an output may be closed: the command goes on to its end, with all files it was asked for, and only then it is said
in a line and by the exit code that not everything could be printed.
"""

import io
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from sim.io.letters import cleaned, spelled
from sim.io.text import NARROWEST, columns_of

UNBROKEN = "\ue000"  # what libraries that break lines take for a letter
_STANDARD = (0, 1, 2)
USUAL = 80  # columns, where nobody says how many there are
_MOST_COLUMNS = 10_000
_JSON = ("{\n", "[\n", "[]", "{}")


class Stream:
    """One of the two outputs: what is written is cleaned and fits, and trouble is noted and not raised."""

    def __init__(self, behind: TextIO | None, name: str) -> None:
        self.behind = behind
        self.name = name
        self.trouble = ""
        self.left = False  # whoever read has seen enough
        self.waiting = ""  # the beginning of a line

    def __getattr__(self, name: str) -> Any:
        return getattr(self.behind, name)

    @property
    def encoding(self) -> str:
        """What letters are written as."""
        return getattr(self.behind, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Whether a person is looking."""
        return _watched(self.behind)

    def write(self, text: str) -> int:
        """Write plain text: cleaned, and in lines that fit; a page of JSON, which programs read, in its own lines."""
        if text.startswith(_JSON) and not self.waiting:
            self.write_exactly(text)
            return len(text)
        *lines, self.waiting = (self.waiting + text).split("\n")
        for line in lines:
            self._put(folded(cleaned(line), columns_for_lines(self)) + "\n")
        return len(text)

    def write_exactly(self, text: str) -> None:
        """Write text that programs read, or that fits already, as it is."""
        self._finish_line()
        self._put(text)

    def flush(self) -> None:
        """Send what was written on its way."""
        self._finish_line()
        with self._noting():
            if self.behind is not None:
                self.behind.flush()

    def _finish_line(self) -> None:
        if self.waiting:
            line, self.waiting = self.waiting, ""
            self._put(folded(cleaned(line), columns_for_lines(self)))

    def _put(self, text: str) -> None:
        if self.left or self.trouble or not text:
            return
        with self._noting():
            if self.behind is None:
                raise OSError("it is closed")
            self.behind.write(spelled(text, self.encoding))

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            self.left = True
        except (OSError, ValueError) as error:  # a ValueError: closed from within Python
            self.trouble = getattr(error, "strerror", None) or str(error)
        else:
            return
        self._let_go()

    def _let_go(self) -> None:
        """Nothing is left for the interpreter to complain of when it flushes the stream at its end."""
        with suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, cast("TextIO", self.behind).fileno())
            os.close(nowhere)


class Exact(io.TextIOBase):
    """A stream as those see it who clean and fit their words themselves, with codes for colours between them.

    They write `UNBROKEN` for a space at which no line may be broken.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self._put: Callable[[str], object] = stream.write_exactly if isinstance(stream, Stream) else stream.write

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """What letters are written as."""
        return getattr(self.stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Whether a person is looking."""
        return _watched(self.stream)

    def fileno(self) -> int:
        """The number by which the system knows the output."""
        if isinstance(self.stream, Stream) and self.stream.behind is None:
            raise io.UnsupportedOperation("fileno")
        return int(self.stream.fileno())

    def write(self, text: str) -> int:
        """Write as it is."""
        self._put(text.replace(UNBROKEN, "\u00a0"))
        return len(text)

    def flush(self) -> None:
        """Send what was written on its way."""
        self.stream.flush()

    def close(self) -> None:
        """Nothing: the stream is somebody else's."""


class Streams:
    """Both outputs while a command runs."""

    def __init__(self) -> None:
        self.out = Stream(sys.stdout, "standard output")
        self.err = Stream(sys.stderr, "standard error")

    def close_with(self, code: int, otherwise: int) -> int:
        """Send everything on its way; the exit code, which is `otherwise` where not everything could be printed."""
        self.out.flush()
        if self.out.trouble:
            self.err.write(f"{self.out.name}: not everything could be printed: {self.out.trouble}\n")
            code = code or otherwise
        self.err.flush()
        return code


@contextmanager
def guarded() -> Iterator[Streams]:
    """Standard output and error behind guarded streams, put back at the end."""
    _fill_standard_places()
    kept = sys.stdout, sys.stderr
    streams = Streams()
    sys.stdout, sys.stderr = cast("TextIO", streams.out), cast("TextIO", streams.err)
    try:
        yield streams
    finally:
        streams.out.flush()
        streams.err.flush()
        sys.stdout, sys.stderr = kept


def _fill_standard_places() -> None:
    """Where an output is closed, its place is taken, or the next file opened would get it and all that is printed."""
    for place in _STANDARD:
        try:
            os.fstat(place)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def exactly(text: str, screen: Any = None) -> None:
    """Print text that programs read, such as JSON, or a page that fits already; screen: not standard output."""
    screen = sys.stdout if screen is None else screen
    if isinstance(screen, Stream):
        screen.write_exactly(text)
    else:
        print(text, end="", file=screen)


def columns_on(file: Any) -> int | None:
    """How many columns there are, by COLUMNS or else by the terminal; None where nobody says."""
    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and 0 < int(said[:6]) <= _MOST_COLUMNS:
        return max(NARROWEST, int(said[:6]))
    if not _watched(file):
        return None
    try:
        columns = os.get_terminal_size(file.fileno()).columns
    except (OSError, ValueError, AttributeError):
        columns = shutil.get_terminal_size().columns
    return max(NARROWEST, columns) if columns > 0 else None


_WIDE = "\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uff60"  # between such letters a line may be broken
_WORD = re.compile(f" *(?:[{_WIDE}]|[^ {_WIDE}]+)")


def columns_for_lines(file: Any) -> int | None:
    """The same for lines that need not be broken: where nobody is looking, only fewer columns than usual count.

    What reads a pipe finds whole lines, though COLUMNS be set: to the usual number, as runners of tests do.
    """
    columns = columns_on(file)
    return None if columns is not None and columns >= USUAL and not _watched(file) else columns


def _watched(file: Any) -> bool:
    try:
        return bool(file.isatty())
    except (OSError, ValueError, AttributeError):
        return False


_SECOND_COLUMN = re.compile(r"\s*\S(?:.*?\S)?\s{2,}(?=\S)")


def folded(line: str, columns: int | None) -> str:
    """A line broken between words into lines that fit; what follows stands below the second column where there is one.

    A word that is too long by itself, such as a path, stays whole.
    """
    if columns is None or columns_of(line) <= columns:
        return line
    if len(set(line)) == 1:  # drawn below a title, which is broken too
        return line[:columns]
    lead = len(line) - len(line.lstrip())
    second = _SECOND_COLUMN.match(line)
    lines, now, rest, hang = [], "", line, min(lead + 4, columns // 4)
    if second is not None and second.end() <= columns // 2:
        hang = second.end()
    elif second is not None and columns_of(second[0].rstrip()) <= columns:
        lines, now, rest = [second[0].rstrip()], " " * hang, line[second.end() :]
    for word in _WORD.findall(rest):
        if columns_of(now) + columns_of(word) > columns:
            lines += [now] if now.strip() else []
            now = " " * min(hang, max(0, columns - columns_of(word.lstrip()))) + word.lstrip()
        else:
            now += word
    return "\n".join([*lines, now])
