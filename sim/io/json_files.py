"""JSON that was kept on disk, read as if a stranger had written it."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sim.io.errors import InputError, Problem, shown_path
from sim.io.letters import SEEN, hidden_in
from sim.io.regular import read_regular

MOST_JSON_BYTES = 64_000_000
MOST_JSON_DEPTH = 64


def read_json(path: Path | str, most: int = MOST_JSON_BYTES) -> Any:
    """What a JSON file in UTF-8 holds; raises `InputError` where it is no such file.

    Refused are, beside what is no JSON: a key that stands twice in a group, numbers that are not finite, control
    characters, text nested deeper than 64 levels, and a file of more than `most` bytes.
    """
    return parse_json(read_regular(path, most), shown_path(path))


def read_json_group(path: Path | str, most: int = MOST_JSON_BYTES) -> dict[str, Any]:
    """The same, where a group of keys is wanted at the top."""
    told = read_json(path, most)
    if not isinstance(told, dict):
        raise InputError([Problem(file=shown_path(path), found=in_words(told), allowed="a group of keys")])
    return told


def parse_json(raw: bytes, file: str) -> Any:
    """What JSON in UTF-8 says; `file` is the name used in problems."""
    try:
        told = json.loads(
            raw.decode("utf-8"), parse_constant=_not_finite, parse_float=_finite, object_pairs_hook=_each_key_once
        )
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError([Problem(file=file, line=line, message="this is not text in UTF-8")]) from error
    except json.JSONDecodeError as error:
        said = f"this is not valid JSON: {error.msg}"
        raise InputError([Problem(file=file, line=error.lineno, column=error.colno, message=said)]) from error
    except ValueError as error:  # numbers of thousands of digits among them
        raise InputError([Problem(file=file, message=f"this is not JSON that is read here: {error}")]) from error
    except RecursionError as error:
        raise _too_deep(file) from error
    if _depth(told) > MOST_JSON_DEPTH:
        raise _too_deep(file)
    hidden = next(filter(None, map(hidden_in, _texts(told))), None)
    if hidden is not None:
        raise InputError([Problem(file=file, found=f"the character {hidden}", allowed=SEEN)])
    return told


def in_words(value: Any) -> str:
    """What kind of thing a value is, for a message."""
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"'{str(value)[:60]}'"


def _too_deep(file: str) -> InputError:
    return InputError(
        [Problem(file=file, found="deeper nesting than that", allowed=f"at most {MOST_JSON_DEPTH} levels")]
    )


def _not_finite(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:60]} is too large a number")
    return number


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    group = dict(pairs)
    if len(group) < len(pairs):
        counted = Counter(key for key, _ in pairs)
        raise ValueError(f"the key '{next(key for key, times in counted.items() if times > 1)[:60]}' stands twice")
    return group


def _depth(told: Any) -> int:
    """How deep lists and groups are nested, found without recursion."""
    deepest, groups = 0, _groups([told])
    while groups:
        deepest += 1
        groups = _groups(one for group in groups for one in (group.values() if isinstance(group, dict) else group))
    return deepest


def _texts(told: Any) -> Iterator[str]:
    """Every key and every text."""
    groups = _groups([{"": told}])
    while groups:
        inner = [one for group in groups for one in (group.values() if isinstance(group, dict) else group)]
        yield from (key for group in groups if isinstance(group, dict) for key in group)
        yield from (one for one in inner if isinstance(one, str))
        groups = _groups(inner)


def _groups(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, dict | list)]
