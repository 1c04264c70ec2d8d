"""Checks that every file needs: each looks at one entry, notes what is wrong with it, and gives what can be used."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

from sim.io.errors import MOST_QUOTED, Entry, Problems, listed, nearest_to, quoted

_NOT_BOOLEAN = frozenset(("on", "off", "yes", "no", "y", "n"))


def check_group(entry: Entry, problems: Problems, allowed: str = "a group of keys") -> dict[str, Entry]:
    """The keys of a mapping; a problem and an empty dict for anything else."""
    if isinstance(entry.value, dict):
        return entry.value
    problems.about(entry, allowed=allowed)
    return {}


def check_list(entry: Entry, problems: Problems, allowed: str = "a list") -> list[Entry]:
    """The items of a list; a problem and an empty list for anything else."""
    if isinstance(entry.value, list):
        return entry.value
    problems.about(entry, allowed=allowed)
    return []


def check_keys(entry: Entry, required: Collection[str], optional: Collection[str], problems: Problems) -> bool:
    """A mapping has every required key and no unknown one. False when the keys cannot be used at all."""
    if not isinstance(entry.value, dict):
        problems.about(entry, allowed="a group of keys: " + listed([*required, *optional]))
        return False
    check_unknown_keys(entry, [*required, *optional], problems)
    check_missing_keys(entry, required, problems)
    return True


def check_unknown_keys(entry: Entry, known: Sequence[str], problems: Problems) -> None:
    """No key that nobody reads; says so when the key is a word that older YAML takes for true or false."""
    for key, value in entry.value.items():
        if key in known:
            continue
        hint = f"{quoted(key)} is plain text in YAML 1.2, not true or false" if key.lower() in _NOT_BOOLEAN else ""
        shown = key[:MOST_QUOTED]
        path = f"{entry.key}.{shown}" if entry.key else shown
        problems.about(
            value,
            key=path,
            found=f"the unknown key {quoted(key)}",
            allowed=listed(known),
            nearest=nearest_to(key, known),
            message=hint,
        )


def check_missing_keys(entry: Entry, required: Iterable[str], problems: Problems) -> None:
    """Every required key is there."""
    for key in required:
        if key not in entry.value:
            problems.about(entry, found="", message=f"'{key}' is missing")


def check_text(entry: Entry | None, problems: Problems, allowed: str = "text") -> str:
    """Text that says something; a number or a date counts as the text that was written. Empty on a problem."""
    if entry is None:
        return ""
    if entry.text is not None and entry.value is not None and entry.text.strip():
        return " ".join(entry.text.split())
    problems.about(entry, allowed=allowed)
    return ""


def check_number(
    entry: Entry | None,
    problems: Problems,
    low: float = -math.inf,
    high: float = math.inf,
    allowed: str = "",
) -> float | None:
    """A finite number within low..high; None on a problem."""
    if entry is None:
        return None
    value = entry.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.about(entry, allowed=allowed or range_in_words(low, high))
        return None
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        problems.about(entry, allowed="a finite number")
        return None
    if not low <= number <= high:
        problems.about(entry, allowed=allowed or range_in_words(low, high))
        return None
    return number


def check_whole_number(entry: Entry | None, problems: Problems, low: int, high: int) -> int | None:
    """A whole number within low..high; None on a problem."""
    if entry is None:
        return None
    value = entry.value
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        problems.about(entry, allowed=f"a whole number from {low} to {high}")
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


def check_choice(entry: Entry | None, choices: Iterable[str], problems: Problems) -> str | None:
    """One of the choices; None on a problem that names the nearest."""
    if entry is None:
        return None
    options = choices if isinstance(choices, Collection) else list(choices)
    if entry.text is not None and entry.text in options:
        return entry.text
    close = nearest_to(entry.text, options) if entry.text else None
    problems.about(entry, allowed=listed(options), nearest=close)
    return None


def check_choices(entry: Entry | None, choices: Collection[str], problems: Problems) -> tuple[str, ...]:
    """A list of choices, each once; wrong ones are left out with a problem."""
    if entry is None:
        return ()
    chosen: list[str] = []
    for item in check_list(entry, problems):
        name = check_choice(item, choices, problems)
        if name in chosen:
            problems.about(item, message="this is named twice")
        elif name is not None:
            chosen.append(name)
    return tuple(chosen)
