"""What is wrong with a file, said so that a person can mend it.

Every reader of files in this package works the same way: it reads what it can (`sim.io.readers`) into entries, checks
them by a declared form (`sim.io.forms`), and only at the end raises one `InputError` that lists every problem with its
file, line and key. An entry knows the notebook in which problems with it are noted, so nobody has to hand it on.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.io.letters import SEEN, hidden_in, printable

MOST_LISTED = 20
MOST_QUOTED = 60
MOST_PROBLEMS = 100


# --- problems ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One problem: where it is, what was found there, what is allowed, and the nearest thing that would do."""

    file: str
    line: int | None = None
    column: int | None = None
    key: str = ""
    found: str = ""
    allowed: str = ""
    nearest: str | None = None
    message: str = ""

    @property
    def place(self) -> str:
        """`file:line: key`, leaving out what is not known."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}" if self.key else where

    @property
    def said(self) -> str:
        """What is wrong, without the place."""
        parts = []
        if self.found:
            parts.append(f"found {self.found}")
        if self.message:
            parts.append(self.message)
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        said = "; ".join(parts)
        return said if self.nearest is None else f"{said.rstrip('.')}. Did you mean '{self.nearest}'?"

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.said}")


class InputError(Exception):
    """The input is wrong. Holds every problem; `str()` gives one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class Problems:
    """A notebook of problems, kept while a file is read."""

    def __init__(self) -> None:
        self._noted: dict[Problem, None] = {}

    def __len__(self) -> int:
        return len(self._noted)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._noted)

    def add(self, problem: Problem) -> None:
        """Note one problem; the same one is not noted twice. Gives up when there are very many."""
        self._noted[problem] = None
        if len(self._noted) > MOST_PROBLEMS:
            raise InputError([*self._noted, Problem(file=problem.file, message="and more; reading stopped here")])

    def take(self, others: Iterable[Problem]) -> None:
        """Note what stands in another notebook."""
        for problem in others:
            self.add(problem)

    def raise_if_any(self) -> None:
        """Raise `InputError` with everything noted, in order of file and line; do nothing when there is nothing."""
        if self._noted:
            raise InputError(sorted(self._noted, key=lambda c: (c.file, c.line or 0, c.column or 0)))


def nearest_to(word: object, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, or None when none is like it."""
    options = list(choices)
    written = str(word)[:MOST_QUOTED]
    for candidate in dict.fromkeys((written, written.lower(), written.upper())):
        close = difflib.get_close_matches(candidate, options, n=1, cutoff=0.6)
        if close:
            return close[0]
    return None


def quoted(written: str) -> str:
    """The text in quotes, on one line, cut when it is long."""
    if len(written) > MOST_QUOTED:
        written = written[: MOST_QUOTED - 3] + "..."
    return "'" + " ".join(written.split("\n")) + "'"


def listed(choices: Iterable[str], where: str = "list") -> str:
    """The choices as words for a message; a long list is cut, saying how many were left out and where all are.

    where: the command that shows them all, such as `list events`; empty for what stands in a file of the user's own.
    """
    options = list(choices)
    if len(options) <= MOST_LISTED:
        return ", ".join(options)
    place = f"`multivector {where}` shows all" if where else "all of them stand there"
    return f"{', '.join(options[:MOST_LISTED])} and {len(options) - MOST_LISTED} more ({place})"


def shown_path(path: Path | str) -> str:
    """The path as a person at this prompt would write it: relative when it lies below the working directory."""
    try:
        return Path(path).resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):
        return str(path)


def input_error(
    file: str, message: str, *, found: str = "", allowed: str = "", nearest: str | None = None
) -> InputError:
    """An `InputError` with one problem that concerns a whole file or no file at all."""
    return InputError([Problem(file=file, message=message, found=found, allowed=allowed, nearest=nearest)])


# --- entries: values that know where they stand ----------------------------------------------------------------------


class Entry:
    """One value of a file with its place, and the notebook for what is wrong with it.

    `value` is a scalar, a list of entries or a dict from text to entries; `text` is a scalar as it was written. Lines
    and columns count from 1; 0 stands where there are none, as in a call from Python (`sim.io.arguments`).
    """

    __slots__ = ("column", "file", "key", "line", "problems", "text", "value")

    def __init__(
        self, value: Any, problems: Problems, file: str, line: int, column: int, key: str, text: str | None = None
    ) -> None:
        self.value = value
        self.problems = problems
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.text = text

    def __repr__(self) -> str:
        return f"Entry({self.key or '(top)'} at {self.file}:{self.line})"

    @property
    def place(self) -> str:
        """`file:line`, for what is said of it later."""
        return f"{self.file}:{self.line}"

    def quoted(self) -> str:
        """What was found here, as a message says it: text in quotes and cut short, the rest by what it is."""
        if isinstance(self.value, dict):
            return "a group of keys"
        if isinstance(self.value, list):
            return "a list"
        if self.value is None:
            return "nothing"
        return quoted(str(self.value) if self.text is None else self.text)

    def at_key(self, key: str) -> Entry:
        """The same value at the same place, known by another key."""
        return Entry(self.value, self.problems, self.file, self.line, self.column, key, self.text)

    def with_value(self, value: Any) -> Entry:
        """Another value for what is written at the same place, such as an amount in another unit."""
        return Entry(value, self.problems, self.file, self.line, self.column, self.key, self.text)

    def noted_in(self, problems: Problems) -> Entry:
        """The same value, with all that is in it, with another notebook for what is still found to be wrong with it."""
        value = self.value
        if type(value) is dict:
            value = {key: inner.noted_in(problems) for key, inner in value.items()}
        elif type(value) is list:
            value = [inner.noted_in(problems) for inner in value]
        return Entry(value, problems, self.file, self.line, self.column, self.key, self.text)

    def has_hidden(self) -> bool:
        """Whether the text has a letter that has no place in it, which then is a problem."""
        hidden = None if self.text is None else hidden_in(self.text)
        if hidden is not None:
            self.refuse(found=f"the character {hidden}", allowed=SEEN)
        return hidden is not None

    def refuse(
        self,
        *,
        key: str | None = None,
        found: str | None = None,
        allowed: str = "",
        nearest: str | None = None,
        message: str = "",
    ) -> None:
        """Note what is wrong here; `found` is what stands here unless told otherwise (empty: do not say)."""
        self.problems.add(
            Problem(
                file=self.file,
                line=self.line or None,
                column=self.column or None,
                key=self.key if key is None else key,
                found=self.quoted() if found is None else found,
                allowed=allowed,
                nearest=nearest,
                message=message,
            )
        )
