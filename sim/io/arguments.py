"""Arguments of Python functions, checked as the same things are in files and on the command line.

A function that takes counts, seeds, names, shares or paths makes one `Arguments`, asks it for each of them, and calls
`refuse_if_wrong` before it does anything: several mistakes are told at once, in the words of the file doors. Whole
numbers of any kind that count as such (`operator.index`) are taken, NumPy's among them; `True`, `1.0` and `"1"` not.
"""

from __future__ import annotations

import errno
import math
import operator
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar

from sim.io.checks import check_choice, check_number, check_whole_number
from sim.io.errors import Entry, Problems, listed, nearest_to
from sim.io.limits import LARGEST_SEED, MOST_RUNS, MOST_WORKERS

_Made = TypeVar("_Made")

_DEEPEST = 8
"""Groups in groups that are looked into: no argument has more, and one that holds itself has no end of them."""


class Arguments:
    """What one call was given; `function` is what its user calls it, as problems name their place."""

    def __init__(self, function: str) -> None:
        self.function = function
        self.problems = Problems()

    def refuse_if_wrong(self) -> None:
        """Raise `InputError` with everything that is wrong with the arguments; do nothing when nothing is."""
        self.problems.raise_if_any()

    def entry(self, key: str, value: Any, deep: int = 0) -> Entry:
        """A value as the checks of files take it: scalars of any library as plain ones, groups and lists of entries."""
        inside: Any = None
        if deep < _DEEPEST and isinstance(value, Mapping):
            inside = {
                str(_plain(name)): self.entry(f"{key}.{_written(_plain(name))}", one, deep + 1)
                for name, one in value.items()
            }
        elif deep < _DEEPEST and isinstance(value, list | tuple):
            inside = [self.entry(f"{key}[{at}]", one, deep + 1) for at, one in enumerate(value)]
        if inside is not None:
            return Entry(inside, self.problems, self.function, 0, 0, key)
        plain = _plain(value)
        return Entry(plain, self.problems, self.function, 0, 0, key, None if plain is None else _written(plain))

    def whole(self, key: str, value: Any, low: int, high: int) -> int:
        """A whole number within low..high; `low` where it is none, which `refuse_if_wrong` then tells."""
        checked = check_whole_number(self.entry(key, value), low, high)
        return low if checked is None else checked

    def whole_or_none(self, key: str, value: Any, low: int, high: int) -> int | None:
        """The same, where None stands for what is usual."""
        return None if value is None else self.whole(key, value, low, high)

    def runs(self, value: Any, low: int = 1) -> int | None:
        """How many runs; None for as many as the scenario says."""
        return self.whole_or_none("runs", value, low, MOST_RUNS)

    def seed(self, value: Any) -> int | None:
        """A seed; None for the scenario's own. 0 is a seed."""
        return self.whole_or_none("seed", value, 0, LARGEST_SEED)

    def run(self, value: Any) -> int:
        """The number of one run of a batch, counted from 0."""
        return self.whole("run", value, 0, MOST_RUNS - 1)

    def workers(self, value: Any) -> int | None:
        """How many threads or processes; None for as many as there are cores."""
        return self.whole_or_none("workers", value, 1, MOST_WORKERS)

    def inside(self, key: str, value: Any, low: float, high: float) -> float:
        """A number strictly between low and high, such as how much an interval covers."""
        entry = self.entry(key, value)
        number = check_number(entry)
        if number is not None and not low < number < high:
            entry.refuse(allowed=f"a number between {low:g} and {high:g}, neither of them")
        return low if number is None else number

    def share(self, key: str, value: Any) -> float:
        """A number from 0 to 1, both of them among it."""
        checked = check_number(self.entry(key, value), 0.0, 1.0)
        return 0.0 if checked is None else checked

    def level(self, value: Any) -> float:
        """How much an interval covers."""
        return self.inside("level", value, 0.0, 1.0)

    def flag(self, key: str, value: Any) -> bool:
        """True or False, and nothing that merely counts as one of them."""
        if isinstance(value, bool) or (getattr(getattr(value, "dtype", None), "kind", "") == "b" and value.ndim == 0):
            return bool(value)
        self.entry(key, value).refuse(allowed="True or False")
        return False

    def called(self, key: str, value: Any, *, none: bool = True) -> None:
        """What is called now and then: a function; or None, for nothing, where that may be."""
        if not callable(value) and (value is not None or not none):
            bar = "True for a bar, " if key == "progress" else ""  # which `sim.batch.watching` has put in its place
            self.entry(key, value).refuse(allowed=f"{bar}a function{', or None' if none else ''}")

    def made(self, key: str, value: Any, kind: type[_Made] | UnionType, allowed: str) -> _Made:
        """What was made by something else; allowed: what that is, in words. Tells at once where it is none."""
        if not isinstance(value, kind):
            self.entry(key, value).refuse(allowed=allowed)
            self.refuse_if_wrong()
        return value  # type: ignore[no-any-return]

    def text(self, key: str, value: Any) -> str:
        """Text, which may say nothing."""
        if isinstance(value, str):
            return value
        self.entry(key, value).refuse(allowed="text")
        return ""

    def choice(self, key: str, value: Any, choices: Collection[str]) -> str:
        """One of some words."""
        checked = check_choice(self.entry(key, value), choices)
        return next(iter(choices)) if checked is None else checked

    def choices(self, key: str, value: Any, choices: Collection[str]) -> tuple[str, ...]:
        """Some of some words, each once and in the order of `choices`; one word by itself is not a list of letters."""
        given = self.names(key, value, f"a list of: {listed(choices)}")
        for at, one in enumerate(given):
            if one in given[:at]:
                self.entry(f"{key}[{at}]", one).refuse(message="this is named twice")
            elif one not in choices:
                entry = self.entry(f"{key}[{at}]", one)
                entry.refuse(allowed=listed(choices), nearest=nearest_to(one, choices) if one else None)
        return tuple(name for name in choices if name in given)

    def names(self, key: str, value: Any, allowed: str = "a list of names") -> list[str]:
        """Some names, as they are given; one name by itself is not a list of letters. What is no text is left out."""
        several: Any = [value] if isinstance(value, str) else value
        try:
            if isinstance(several, Mapping | bytes | bytearray):
                raise TypeError
            given = list(several)
        except TypeError:
            self.entry(key, value).refuse(allowed=allowed)
            return []
        for at, one in enumerate(given):
            if not isinstance(one, str):
                self.entry(f"{key}[{at}]", one).refuse(allowed=f"text, since this is {allowed}")
        return [str(one) for one in given if isinstance(one, str)]

    def names_or_none(self, key: str, value: Any) -> list[str] | None:
        """The same, where None stands for all of them; none at all are refused."""
        if value is None:
            return None
        before = len(self.problems)
        given = self.names(key, value)
        if not given and len(self.problems) == before:
            self.entry(key, value).refuse(found="no names", allowed="one name or more, or None for all there are")
        return given

    def path(self, key: str, value: Any) -> Path:
        """A path that the system could have; `~` at its beginning is the home of the user."""
        try:
            written = os.fspath(value)
            if not isinstance(written, str) or not written.strip() or "\0" in written:
                raise ValueError
            if not _is_text(written):
                self.entry(key, value).refuse(allowed="a path that is text in UTF-8, since it is noted in files")
                return Path()
            path = Path(written).expanduser()
            if not _too_long(path):
                return path
            self.entry(key, value).refuse(allowed="a path; this one is too long for the system")
        except (TypeError, ValueError):
            self.entry(key, value).refuse(allowed="a path, as text or as a pathlib.Path")
        except RuntimeError:  # no home is known
            self.entry(key, value).refuse(allowed="a path; the home folder of this user is not known")
        return Path()

    def path_or_none(self, key: str, value: Any) -> Path | None:
        """The same, where None stands for what is usual."""
        return None if value is None else self.path(key, value)


def path_given(function: str, key: str, value: Any) -> Path:
    """The one path that a function takes; raises `InputError` where it is none."""
    arguments = Arguments(function)
    path = arguments.path(key, value)
    arguments.refuse_if_wrong()
    return path


def functions_given(function: str, none: Collection[str] = (), **given: Any) -> None:
    """What a function takes to be called by it, by key, where it takes nothing else that is checked beside them.

    none: keys that may be None. Raises `InputError` where one is no function.
    """
    arguments = Arguments(function)
    for key, value in given.items():
        arguments.called(key, value, none=key in none)
    arguments.refuse_if_wrong()


def _too_long(path: Path) -> bool:
    """Whether a path has a part, or has parts in all, that the system cannot name."""
    try:
        path.lstat()
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG
    return False


def _is_text(path: str) -> bool:
    """Whether all letters of a path are letters; the system allows bytes that are none."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _written(plain: Any) -> str:
    """A scalar as text; a number that would fill the screen by its size."""
    if isinstance(plain, int) and plain.bit_length() > _MOST_BITS:
        return f"{'-' if plain < 0 else ''}a number of some {plain.bit_length() * 3 // 10:,} digits"
    return str(plain)


_MOST_BITS = 1000


def _plain(value: Any) -> Any:
    """A scalar of another library as a plain one, where it is one without loss; else what it is, in words."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if getattr(value, "ndim", 0) == 0:
        try:
            return operator.index(value)
        except (TypeError, ValueError, ArithmeticError):
            pass
        try:
            number = float(value)
        except (TypeError, ValueError, ArithmeticError):
            number = math.nan
        # what merely can be turned into a float, such as text, is none; a library's float compares equal to it
        if hasattr(value, "dtype") and getattr(value.dtype, "kind", "") == "f":
            return number
    shape = getattr(value, "shape", None)
    return f"<{type(value).__name__}{'' if not shape else f' of shape {tuple(shape)}'}>"
