"""What a group that was kept on disk has to hold: its keys, and what kind of thing stands under each.

The forms of `sim.io.forms` are for what people write, with lines and nearest names. What the program wrote itself needs
less: it is right, or it was changed, and then one place is named.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sim.io.errors import MOST_LISTED, InputError, Problem, input_error, quoted, shown_path
from sim.io.json_files import in_words

MOST_NAME = 200
_HASHED = 6  # letters of a hash in the name of a folder


class Fault(NamedTuple):
    """A value that is not what it has to be: its place as a person would write it, the value, and what is allowed."""

    key: str
    found: Any
    allowed: str


Shape = Callable[[Any, str], Iterator[Fault]]
"""Looks at a value under a key, and tells what is wrong with it."""

_MISSING = object()
_SHA = re.compile("[0-9a-f]{64}")
_SEPARATORS = {"/", "\\", *((":",) if os.name == "nt" else ())}


def plain(allowed: str, fits: Callable[[Any], bool]) -> Shape:
    """A value that is right where `fits` says so."""

    def look(value: Any, key: str) -> Iterator[Fault]:
        if not fits(value):
            yield Fault(key, value, allowed)

    return look


def whole(lowest: int, highest: int) -> Shape:
    """A whole number between two others; true and 1.0 are none."""
    return plain(
        f"a whole number from {lowest:,} to {highest:,}",
        lambda value: type(value) is int and lowest <= value <= highest,
    )


def one_of(*choices: Any) -> Shape:
    """One of some values, of the same kind: true is not 1."""
    told = ", ".join(str(choice) for choice in choices)
    return plain(told, lambda value: any(type(value) is type(one) and value == one for one in choices))


def list_of(inner: Shape, fewest: int = 0) -> Shape:
    """A list of things of one shape, and how many there are at least."""

    def look(value: Any, key: str) -> Iterator[Fault]:
        if not isinstance(value, list) or len(value) < fewest:
            yield Fault(key, value, f"a list of {fewest} or more" if fewest else "a list")
            return
        for place, one in enumerate(value):
            yield from inner(one, f"{key}[{place}]")

    return look


def map_of(inner: Shape, name: Shape | None = None) -> Shape:
    """A group with any keys, all of one shape; `name` looks at the keys themselves."""

    def look(value: Any, key: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(key, value, "a group of keys")
            return
        for own, one in value.items():
            yield from () if name is None else name(own, f"a key of {key}")
            yield from inner(one, f"{key}.{own}")

    return look


def group(needs: Mapping[str, Shape], may: Mapping[str, Shape] | None = None) -> Shape:
    """A group with these keys, and perhaps those; others are let stand, since a later version may write more."""

    def look(value: Any, key: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(key, value, "a group of keys")
            return
        for own, shape in {**needs, **(may or {})}.items():
            place = f"{key}.{own}" if key else own
            if own in value:
                yield from shape(value[own], place)
            elif own in needs:
                yield Fault(place, _MISSING, "this key")

    return look


def or_nothing(inner: Shape) -> Shape:
    """Null, or a thing of some shape."""

    def look(value: Any, key: str) -> Iterator[Fault]:
        if value is not None:
            yield from inner(value, key)

    return look


def is_plain_name(name: Any) -> bool:
    """Whether a folder may be called after this: no path, no drive, nothing that moves a cursor."""
    return (
        isinstance(name, str)
        and 0 < len(name) <= MOST_NAME
        and name not in {".", ".."}
        and not any(letter in _SEPARATORS or ord(letter) < ord(" ") for letter in name)
    )


def is_inner_path(name: Any) -> bool:
    """Whether this leads to a file below a folder, by plain names alone."""
    return isinstance(name, str) and ":" not in name and all(map(is_plain_name, name.split("/")))


def inside(folder: Path, name: str) -> Path:
    """The place in a folder of what bears a plain name; `InputError` for a name that would lead anywhere else."""
    if not is_plain_name(name):
        raise input_error(shown_path(folder), "this cannot be the name of anything in it", found=quoted(name))
    return folder / name


def inside_by(folder: Path, name: str, said: str) -> Path:
    """The same, with the beginning of a hash of what lies there behind the name: two of one name stand apart."""
    return inside(folder, f"{name}-{hashlib.sha256(said.encode()).hexdigest()[:_HASHED]}")


TEXT = plain("text", lambda value: isinstance(value, str))
NUMBER = plain("a number", lambda value: type(value) in {int, float})
FLAG = plain("true or false", lambda value: isinstance(value, bool))
ANYTHING = plain("anything", lambda _: True)
NAME = plain("a plain name, no path", is_plain_name)
INNER_PATH = plain("a path that stays within the folder", is_inner_path)
HASH = plain("a SHA-256", lambda value: isinstance(value, str) and _SHA.fullmatch(value) is not None)


def check_shape(value: Any, shape: Shape, file: str) -> None:
    """Raise `InputError` that names the places where a value of a file is not what it has to be."""
    faults = list(islice(shape(value, ""), MOST_LISTED))
    if faults:
        raise InputError([_problem(fault, file) for fault in faults])


def _problem(fault: Fault, file: str) -> Problem:
    found = "nothing of that name" if fault.found is _MISSING else in_words(fault.found)
    return Problem(file=file, key=fault.key[:MOST_NAME], found=found, allowed=fault.allowed)
