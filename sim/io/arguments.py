"""Arguments of Python functions, checked as the same things are in files and on the command line.

A function that takes counts, seeds, names, shares or paths makes one `Arguments`, asks it for each of them, and calls
`refuse_if_wrong` before it does anything: several mistakes are told at once, in the words of the file doors. Whole
numbers of any kind that count as such (`operator.index`) are taken, NumPy's among them; `True`, `1.0` and `"1"` not.
"""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sim.io.checks import check_choice, check_number, check_whole_number
from sim.io.errors import Entry, Problems, listed, nearest_to

MOST_WORKERS = 1024
"""Threads or processes that may be asked for: more than any one machine has cores, fewer than would bring it down."""


class Arguments:
    """What one call was given; `function` is what its user calls it, as problems name their place."""

    def __init__(self, function: str) -> None:
        self.function = function
        self.problems = Problems()

    def refuse_if_wrong(self) -> None:
        """Raise `InputError` with everything that is wrong with the arguments; do nothing when nothing is."""
        self.problems.raise_if_any()

    def entry(self, key: str, value: Any) -> Entry:
        """A value as the checks of files take it: scalars of any library as plain ones, groups and lists of entries."""
        if isinstance(value, Mapping):
            inner = {str(name): self.entry(f"{key}.{name}", one) for name, one in value.items()}
            return Entry(inner, self.problems, self.function, 0, 0, key)
        if isinstance(value, list | tuple):
            items = [self.entry(f"{key}[{at}]", one) for at, one in enumerate(value)]
            return Entry(items, self.problems, self.function, 0, 0, key)
        plain = _plain(value)
        return Entry(plain, self.problems, self.function, 0, 0, key, None if plain is None else str(plain))

    def whole(self, key: str, value: Any, low: int, high: int) -> int:
        """A whole number within low..high; `low` where it is none, which `refuse_if_wrong` then tells."""
        checked = check_whole_number(self.entry(key, value), low, high)
        return low if checked is None else checked

    def whole_or_none(self, key: str, value: Any, low: int, high: int) -> int | None:
        """The same, where None stands for what is usual."""
        return None if value is None else self.whole(key, value, low, high)

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

    def choice(self, key: str, value: Any, choices: Collection[str]) -> str:
        """One of some words."""
        checked = check_choice(self.entry(key, value), choices)
        return next(iter(choices)) if checked is None else checked

    def choices(self, key: str, value: Any, choices: Collection[str]) -> tuple[str, ...]:
        """Some of some words, each once and in the order of `choices`; one word by itself is not a list of letters."""
        if isinstance(value, str):
            value = (value,)
        try:
            given = list(value)
        except TypeError:
            self.entry(key, value).refuse(allowed=f"a list of: {listed(choices)}")
            return ()
        for at, one in enumerate(given):
            entry = self.entry(f"{key}[{at}]", one)
            if entry.value in given[:at]:
                entry.refuse(message="this is named twice")
            elif entry.text not in choices:
                near = nearest_to(entry.text, choices) if entry.text else None
                entry.refuse(allowed=listed(choices), nearest=near)
        return tuple(name for name in choices if name in given)

    def path(self, key: str, value: Any) -> Path:
        """A path that the system could have; `~` at its beginning is the home of the user."""
        try:
            written = os.fspath(value)
            if not isinstance(written, str) or not written.strip() or "\0" in written:
                raise ValueError
            return Path(written).expanduser()
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


def _plain(value: Any) -> Any:
    """A scalar of another library as a plain one, where it is one without loss; else what it is, in words."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if getattr(value, "ndim", 0) == 0:
        try:
            return operator.index(value)
        except TypeError:
            pass
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        # what merely can be turned into a float, such as text, is none; a library's float compares equal to it
        if hasattr(value, "dtype") and getattr(value.dtype, "kind", "") == "f":
            return number
    shape = getattr(value, "shape", None)
    return f"<{type(value).__name__}{'' if not shape else f' of shape {tuple(shape)}'}>"
