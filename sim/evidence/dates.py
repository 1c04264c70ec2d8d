"""Dates as people write them: `2024`, `2025-11`, `2019-12-31`, `2010-2019`, `2025-12-21/22`."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from sim.io.errors import quoted
from sim.io.forms import Reader
from sim.io.meant import day_meant

if TYPE_CHECKING:
    from sim.io.errors import Entry

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
_NUMBERS = r"(?<!\d)(\d{4})(?:(s)|-(\d{2})(?:-(\d{2})(?:/(\d{2}))?)?)?(?!\d)"
_WRITTEN = re.compile(_NUMBERS, re.ASCII)
_LAST_MONTH, _LAST_OF_MONTH = 12, 31


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar: `2019-12-31`."""
    try:
        return bool(_DAY.match(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _read_day(entry: Entry, _: object) -> str:
    if entry.text is not None and is_day(entry.text):
        return entry.text
    entry.refuse(allowed="a day such as 2019-12-31", nearest=day_meant(entry.text or ""))
    return ""


DAY: Reader[object] = Reader(
    read=_read_day, schema={"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}, missing=""
)
"""A day of the calendar; "" for none."""


def last_day(text: str) -> str:
    """The last day that a text of dates may mean, to compare with others; "" where no year stands in it.

    `2019` is 2019-12-31, `2025-11` is 2025-11-31 (later than every day of it), `2010-2019` and `2000 to 2019` are
    2019-12-31, `1990s` is 1999-12-31.
    """
    return max((_end(*found.groups()) for found in _WRITTEN.finditer(text)), default="")


def _end(year: str, decade: str | None, month: str | None, day: str | None, to: str | None) -> str:
    if decade:
        return f"{year[:3]}9-12-31"
    return f"{year}-{month or _LAST_MONTH}-{to or day or _LAST_OF_MONTH}"


def check_dates(entry: Entry) -> None:
    """What looks like a day or a month in a text of dates is one of the calendar."""
    for found in _WRITTEN.finditer(entry.text or ""):
        year, _, month, day, to = found.groups()
        for last in (day, to):
            if month is not None and not is_day(f"{year}-{month}-{last or '01'}"):
                entry.refuse(found=quoted(found[0]), allowed="days and months of the calendar, such as 2019-12-31")
                break
