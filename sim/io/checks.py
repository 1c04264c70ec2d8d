"""Checks that every file needs: each looks at one entry, notes what is wrong with it, and gives what can be used."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable

from sim.io.errors import Entry, listed, nearest_to


def check_group(entry: Entry, allowed: str = "a group of keys") -> dict[str, Entry]:
    """The keys of a mapping; a problem and an empty dict for anything else."""
    if isinstance(entry.value, dict):
        return entry.value
    entry.refuse(allowed=allowed)
    return {}


def check_list(entry: Entry, allowed: str = "a list") -> list[Entry]:
    """The items of a list; a problem and an empty list for anything else."""
    if isinstance(entry.value, list):
        return entry.value
    entry.refuse(allowed=allowed)
    return []


def check_text(entry: Entry, allowed: str = "text") -> str:
    """Text that says something; a number or a date counts as the text that was written. Empty on a problem."""
    if entry.text is not None and entry.value is not None and entry.text.strip():
        return " ".join(entry.text.split())
    entry.refuse(allowed=allowed)
    return ""


def check_number(entry: Entry, low: float = -math.inf, high: float = math.inf, allowed: str = "") -> float | None:
    """A finite number within low..high; None on a problem."""
    value = entry.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        entry.refuse(allowed=allowed or range_in_words(low, high))
        return None
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        entry.refuse(allowed="a finite number")
        return None
    if not low <= number <= high:
        entry.refuse(allowed=allowed or range_in_words(low, high))
        return None
    return number


def check_whole_number(entry: Entry, low: int, high: int) -> int | None:
    """A whole number within low..high; None on a problem."""
    value = entry.value
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        entry.refuse(allowed=f"a whole number from {low} to {high}")
        return None
    return value


def range_in_words(low: float, high: float) -> str:
    """`a number from 0 to 1`, `a number of 0 or more`, and so on."""
    if low == -math.inf and high == math.inf:
        return "a number"
    if high == math.inf:
        return f"a number of {low:g} or more"
    if low == -math.inf:
        return f"a number of {high:g} or less"
    return f"a number from {low:g} to {high:g}"


def check_choice(entry: Entry, choices: Iterable[str], where: str = "list") -> str | None:
    """One of the choices; None on a problem that names the nearest. where: as in `sim.io.errors.listed`."""
    options = choices if isinstance(choices, Collection) else list(choices)
    if entry.text is not None and entry.text in options:
        return entry.text
    entry.refuse(allowed=listed(options, where), nearest=nearest_to(entry.text, options) if entry.text else None)
    return None


def check_choices(entry: Entry, choices: Collection[str], where: str = "list") -> tuple[str, ...]:
    """A list of choices, each once; wrong ones are left out with a problem. where: as in `sim.io.errors.listed`."""
    chosen: dict[str, None] = {}
    for item in check_list(entry):
        name = check_choice(item, choices, where)
        if name in chosen:
            item.refuse(message="this is named twice")
        elif name is not None:
            chosen[name] = None
    return tuple(chosen)


_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\Z")


def is_name(text: str) -> bool:
    """Whether this can be the name of a scenario or an event: small letters, digits and hyphens, never a path."""
    return _NAME.match(text) is not None
