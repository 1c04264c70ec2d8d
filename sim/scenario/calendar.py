"""Quarters of a year, the model's steps of time: year * 4 + quarter - 1, so that two can be subtracted."""

from __future__ import annotations

import re

from sim.io.errors import Entry
from sim.io.forms import Reader
from sim.io.limits import FIRST_YEAR, LAST_YEAR, LONGEST
from sim.io.meant import quarter_meant, span_meant


def parse_quarter(text: str) -> int | None:
    """The quarter index of text such as `2026-Q1`, that is year * 4 + quarter - 1; None when it is none."""
    match = re.fullmatch(r"([0-9]{4})-Q([1-4])", text)
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return None
    return int(match[1]) * 4 + int(match[2]) - 1


def quarter_text(quarter: int) -> str:
    """`2026-Q1` for a quarter index."""
    return f"{quarter // 4}-Q{quarter % 4 + 1}"


def read_quarter(entry: Entry) -> int | None:
    """A quarter written as YYYY-Qn."""
    quarter = parse_quarter(entry.text or "")
    if quarter is None:
        meant = quarter_meant(entry.text or "")
        nearest = None if meant is None or parse_quarter(meant) is None else meant
        allowed = f"a quarter such as 2026-Q1, from {FIRST_YEAR}-Q1 to {LAST_YEAR}-Q4"
        entry.refuse(allowed=allowed, nearest=nearest)
    return quarter


_SPAN = re.compile(r"([0-9]{1,4}) *(quarters?|years?)\Z", re.ASCII)


def read_span(entry: Entry) -> int | None:
    """A span of time written as `4 quarters` or `2 years`, in quarters."""
    match = _SPAN.match(entry.text or "")
    quarters = 0 if match is None else int(match[1]) * (4 if match[2].startswith("year") else 1)
    if 1 <= quarters <= LONGEST:
        return quarters
    allowed = f"a span of time such as 4 quarters or 2 years, at most {LONGEST} quarters"
    entry.refuse(allowed=allowed, nearest=span_meant(entry.text or "") if match is None else None)
    return None


QUARTER: Reader[object] = Reader(
    read=lambda entry, _: read_quarter(entry), schema={"type": "string", "pattern": "^[0-9]{4}-Q[1-4]$"}
)
SPAN: Reader[object] = Reader(
    read=lambda entry, _: read_span(entry), schema={"type": "string", "pattern": "^[0-9]{1,4} *(quarters?|years?)$"}
)
