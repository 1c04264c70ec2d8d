"""Words and numbers as readers see them: lists, shares, differences, spans of time, amounts of memory, lines."""

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

CAUTION = "conditional exploration, not a forecast"


def listing(parts: Iterable[str], last: str = "and") -> str:
    """Parts in a row, the last one joined by a word."""
    listed = list(parts)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def counted(count: int, what: str) -> str:
    """How many of something: `1 run`, `2 runs`, `10,000 runs`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def capital(sentence: str) -> str:
    """The sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


WIDTH = 100
NARROWEST = 20  # on fewer columns than that nobody reads, and lines are made for so many
_PAGE: ContextVar[int] = ContextVar("page", default=WIDTH)


def page_width() -> int:
    """How many columns a line of a story may have."""
    return _PAGE.get()


@contextmanager
def pages_of(columns: int | None) -> Iterator[None]:
    """Stories told inside have lines of at most so many columns, and of the usual number where None is known."""
    kept = _PAGE.set(WIDTH if columns is None else max(NARROWEST, min(columns, WIDTH)))
    try:
        yield
    finally:
        _PAGE.reset(kept)


def percent_in_sentence(share: float) -> str:
    """A share in words, honest about small ones."""
    return "less than 1%" if 0.0 < share < 0.01 else f"{share:.0%}"


def wrapped(sentence: str, first: str = "", rest: str = "") -> list[str]:
    """The sentence in lines, with what the first and the others begin with."""
    return textwrap.wrap(
        sentence,
        page_width(),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes; wide letters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def signed(value: float, digits: int = 2) -> str:
    """A difference as text: its sign always shown, and no minus nought."""
    text = f"{value:+.{digits}f}" if abs(value) < 100 else f"{value:+.0f}"
    return f"{0:.{digits}f}" if float(text) == 0.0 else text.replace("-", "−")


def percent_in_cell(share: float) -> str:
    """A share as text, honest about very small and very large ones: below 1, above 99."""
    if share <= 0.0 or share >= 1.0:
        return f"{100 * share:.0f}\u00a0%"
    if share < 0.01:
        return "<1\u00a0%"
    return ">99\u00a0%" if share > 0.99 else f"{100 * share:.0f}\u00a0%"


def duration(seconds: float) -> str:
    """Seconds as a person would say them."""
    if seconds < 1:
        return "under a second"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """Bytes as a person would say them."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
