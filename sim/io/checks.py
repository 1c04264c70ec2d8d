"""Checks that every file needs: each looks at one entry, notes what is wrong with it, and gives what can be used."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable

from sim.io.errors import Entry, listed, nearest_to, quoted


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
    """Text that says something; a number or a date counts as the text that was written. Empty on a problem.

    Control characters and marks that cannot be seen are a problem: text is shown in terminals, pages and pictures.
    """
    text = entry.text
    if text is not None and not text.isprintable() and entry.has_hidden():
        return ""
    if text is not None and entry.value is not None and (written := " ".join(text.split())):
        return written
    entry.refuse(allowed=allowed)
    return ""


def check_number(entry: Entry, low: float = -math.inf, high: float = math.inf, allowed: str = "") -> float | None:
    """A finite number within low..high; None on a problem."""
    value = entry.value
    if isinstance(value, str):
        _refuse_text(entry, allowed or range_in_words(low, high), number_meant(value))
        return None
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
    value, allowed = entry.value, f"a whole number from {low} to {high}"
    if isinstance(value, str):
        meant = number_meant(value)
        _refuse_text(entry, allowed, meant if meant is not None and meant == int(meant) else None)
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        whole = isinstance(value, float) and value.is_integer() and low <= value <= high
        entry.refuse(allowed=allowed, nearest=str(int(value)) if whole else None)
        return None
    return value


_WHOLE = re.compile(r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:_[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+)")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?")
_COMMA = re.compile(r"[-+]?[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})")  # where a point should be, and no thousands are parted
_MOST_DIGITS = 40


def whole_written(text: str) -> int | None:
    """The whole number that a person wrote, who may part groups of three digits: 10000, 10_000 or 10,000.

    None where none is written, or the groups are no groups: nobody knows what 1,5 or 1,2,3 is.
    """
    if len(text) > _MOST_DIGITS or _WHOLE.fullmatch(text.strip()) is None:
        return None
    return int(text.replace("_", "").replace(",", ""))


def number_meant(text: str) -> float | None:
    """The number that somebody meant who wrote it as text; None where nobody knows."""
    whole = whole_written(text)
    if whole is not None:
        return whole
    written = text.strip()
    if _COMMA.fullmatch(written) is not None:
        written = written.replace(",", ".")
    return float(written) if _NUMBER.fullmatch(written) is not None else None


def _refuse_text(entry: Entry, allowed: str, meant: float | None) -> None:
    """Text stands where a number should; says so, since on paper the two look alike, and how to write the number."""
    written = str(entry.value)
    message, nearest = "", None
    if meant is not None and _NUMBER.fullmatch(written) is not None:
        message = f"in quotation marks this is text; write {written} without them"
    elif meant is not None:
        nearest = f"{meant:.15g}"
    found = f"the text {quoted(written)}" if message else None
    entry.refuse(found=found, allowed=allowed, message=message, nearest=nearest)


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
