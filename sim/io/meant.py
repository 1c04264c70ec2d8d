"""What somebody meant who wrote a quarter, a day, a span of time or an amount in a way of his own.

Nothing here is ever taken for what is written: files and commands ask for one way of writing, and a message that
refuses another names what would have been right, where only one thing can have been meant.
"""

from __future__ import annotations

import re
from datetime import date

_QUARTERS = (
    re.compile(r"(?P<year>\d{4})\W*q\W*(?P<quarter>[1-4])"),  # 2026Q1, 2026 q1, 2026/Q1
    re.compile(r"q(?:uarter)?\W*(?P<quarter>[1-4])\W*(?:of\W+)?(?P<year>\d{4})"),  # Q1 2026
    re.compile(r"(?P<quarter>[1-4])(?:st|nd|rd|th)?\W*q(?:uarter)?\W*(?:of\W+)?(?P<year>\d{4})"),  # 1Q2026
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>0[1-9]|1[0-2])(?:[-/.](?:0[1-9]|[12]\d|3[01]))?"),  # 2026-02, 2026-02-15
    re.compile(r"(?P<year>\d{4})[-/.:](?P<quarter>1)"),  # 2026-1: the first quarter or the first month
)
_DAYS = (
    re.compile(r"(?P<year>\d{4})\W(?P<month>\d{1,2})\W(?P<day>\d{1,2})"),  # 2019/12/31, 2019-2-3
    re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})"),  # 31.12.2019
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),  # 20191231
)
_SPAN = re.compile(r"(\d{1,4})\W*(q|qs|qtr|qtrs|quarter|quarters|y|ys|yr|yrs|year|years)\.?")


def quarter_meant(text: str) -> str | None:
    """`2026-Q1` for 2026Q1, Q1 2026, 2026-02 or 2026-02-15; None for what leaves the quarter open."""
    written = text.strip().lower()
    for pattern in _QUARTERS:
        found = pattern.fullmatch(written)
        if found is not None:
            parts = found.groupdict()
            quarter = parts.get("quarter") or (int(parts["month"]) + 2) // 3
            return f"{parts['year']}-Q{quarter}"
    return None


def day_meant(text: str) -> str | None:
    """`2019-12-31` for 2019/12/31, 31.12.2019 or 20191231; None for what leaves the day open, such as 1/2/2019."""
    for pattern in _DAYS:
        found = pattern.fullmatch(text.strip())
        if found is not None:
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
            except ValueError:
                return None
    return None


def span_meant(text: str) -> str | None:
    """`2 years` for 2y or 2 yrs, `4 quarters` for 4q."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        return None
    word = "quarter" if found[2].startswith("q") else "year"
    return f"{int(found[1])} {word}{'' if int(found[1]) == 1 else 's'}"


# --- amounts ---------------------------------------------------------------------------------------------------------

_AMOUNT = re.compile(r"(?P<before>us\$|\$|usd)?\s*(?P<number>[-+]?\d[\d.,_ ]*)\s*(?P<unit>[^\d.,_ ].*)?")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}([.,_ ])\d{3}(\1\d{3})*")
_COMMA = re.compile(r"[-+]?\d+,\d+")
_PLAIN = re.compile(r"[-+]?\d+(\.\d+)?")
_HOW_MUCH = {
    "mn USD": ("m", "mn", "mln", "mio", "million", "millions"),
    "bn USD": ("b", "bn", "bln", "mrd", "billion", "billions"),
    "trn USD": ("t", "tn", "trn", "trillion", "trillions"),
}
_UNITS = {
    **{word: unit for unit, words in _HOW_MUCH.items() for word in words},
    **dict.fromkeys(("%", "percent", "per cent", "pct"), "%"),
    **dict.fromkeys(("point", "points", "pt", "pts"), "points"),
}
_MONEY_WORDS = re.compile(r"\b(us dollars?|us\$|usd|dollars?)|\$")


def amount_meant(text: str) -> str | None:
    """`1500 mn USD` for 1,500 mn USD, `1.5 bn USD` for $1.5bn or 1,5 bn USD; None where nobody knows."""
    found = _AMOUNT.fullmatch(text.strip().lower())
    if found is None:
        return None
    number = found["number"].strip(" ")
    groups = _THOUSANDS.fullmatch(number)
    if groups is not None and (groups[1] != "." or groups[2] is not None):
        number = number.replace(groups[1], "")
    elif groups is None and _COMMA.fullmatch(number) is not None:
        number = number.replace(",", ".")
    if _PLAIN.fullmatch(number) is None or either_way(text):
        return None
    unit = " ".join(_MONEY_WORDS.sub(" ", found["unit"] or "").split())
    return f"{number} {_UNITS[unit]}" if unit in _UNITS else None


_EITHER = re.compile(r"\s*([-+]?[1-9]\d{0,2})\.(\d{3})\s*((?:mn|bn|trn) USD.*)", re.IGNORECASE)


def either_way(text: str) -> str:
    """What would be clear in place of money whose point may part thousands, such as 1.500 mn USD; "" where it is."""
    found = _EITHER.fullmatch(text)
    if found is None:
        return ""
    whole, rest, unit = found.groups()
    less = f"{whole}.{rest}".rstrip("0").rstrip(".") if rest.endswith("0") else f"{whole}.{rest}0"
    return f"{less} {unit} or {whole}{rest} {unit}"
