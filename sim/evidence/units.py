"""Units of amounts: what they count, and by what to multiply an amount to have it in another unit.

Units are written as people say them: `bn USD a year`, `visits a quarter`, `bn USD in five months`, `share of GDP`. What
is counted (dollars, visits, years) has a dimension; shares, indices and logarithms have none. A library of units would
do the same, and add a quarter of a second to every start: hence this table and forty lines.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Dimension: TypeAlias = tuple[tuple[str, Fraction], ...]
"""What is counted, with its power, in alphabetical order: `(("USD", 1), ("year", -1))`."""

PLAIN: Dimension = ()
"""The dimension of what counts nothing: shares, factors, indices."""


@dataclass(frozen=True)
class Unit:
    """A unit: `scale` of the base unit of its dimension (one dollar, one visit, one year)."""

    scale: float
    dimension: Dimension


_TIMES = {"year": 1.0, "quarter": 0.25, "month": 1.0 / 12.0, "day": 1.0 / 365.0}
_MONEY = ("USD", "EUR", "JPY", "CNY")
_COUNTED = frozenset(
    (
        *_MONEY,
        *("visit", "summit", "offer", "state", "partner", "power", "session", "contact", "deal", "project", "promise"),
        *(
            "tonne",
            "metre",
            "hour",
            "train",
            "format",
            "country",
            "product",
            "person",
            "kind",
            "meeting",
            "war",
            "route",
        ),
    )
)
_PLURALS = {"countries": "country", "formats": "format", "persons": "person", "people": "person"}
_MULTIPLES = {"thousand": 1e3, "mn": 1e6, "million": 1e6, "bn": 1e9, "trn": 1e12}
_COUNT = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS = {word: place + 1 for place, word in enumerate(_COUNT)}
_PLAIN_WORDS = {
    **dict.fromkeys(
        ("share", "factor", "ratio", "elasticity", "correlation", "probability", "exponent", "weight"), 1.0
    ),
    **dict.fromkeys(("log", "logarithm", "utility", "unit", "trust", "standing", "rivalry", "gain", "goodwill"), 1.0),
    **dict.fromkeys(("point", "points", "rank", "spreads", "scales", "score"), 1.0),
    "percent": 0.01,
}
_WHOLE_PHRASES = {
    **dict.fromkeys(("0..1", "-1..1", "-1 to 1", "score 1-5", "index points", "ideal-point units", "log odds"), 1.0),
    "points of 100": 0.01,
    "per cent for each per cent of output": 1.0,
}
_DIVIDES = frozenset(("a", "an", "per", "/"))
_OVER = frozenset(("in", "over"))  # an amount gathered in some time is a rate: what came in five months
_SAID = frozenset(("cumulative", "extra"))
_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)?|/|\S")


@functools.cache
def parse_unit(text: str) -> Unit | None:
    """The unit that a phrase names; None where it names none."""
    phrase = " ".join(text.split())
    if phrase in _WHOLE_PHRASES:
        return Unit(_WHOLE_PHRASES[phrase], PLAIN)
    for whole, scale in _WHOLE_PHRASES.items():  # `index points a quarter`
        if phrase.startswith(f"{whole} "):
            rest = _product(phrase.removeprefix(whole))
            return None if rest is None else Unit(scale * rest.scale, rest.dimension)
    return _product(phrase)


def _product(phrase: str) -> Unit | None:
    scale, powers, sign = 1.0, dict[str, Fraction](), 1
    for word in _without_of(_TOKEN.findall(phrase)):
        if word in _DIVIDES or word in _OVER:
            sign = -1
            continue
        factor, name = _word(word)
        if factor is None:
            return None
        scale = scale * factor if sign > 0 else scale / factor
        if name:
            powers[name] = powers.get(name, Fraction(0)) + sign
            sign = 1
    return Unit(scale, _dimension(powers))


def _without_of(words: list[str]) -> Iterator[str]:
    """The words without what only says of what: `share of GDP` is a share, `percent of world output` a percentage."""
    told = False
    for word in words:
        told = (told or word == "of") and word not in _DIVIDES
        if not told and word not in _SAID:
            yield word


def _word(word: str) -> tuple[float | None, str]:
    """The scale and the base of one word; None where it is unknown."""
    one = _PLURALS.get(word, word.removesuffix("s") if word not in _PLAIN_WORDS else word)
    if one in _TIMES:
        return _TIMES[one], "year"
    if one in _COUNTED:
        return 1.0, one
    for table in (_MULTIPLES, _WORDS, _PLAIN_WORDS):
        for form in (word, one):
            if form in table:
                return float(table[form]), ""
    return (float(word) if word[0].isdigit() else None), ""


def _dimension(powers: dict[str, Fraction]) -> Dimension:
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def is_money(dimension: Dimension) -> bool:
    """Whether money is in it."""
    return any(name in _MONEY for name, _ in dimension)


def times(one: Dimension, other: Dimension, sign: int = 1) -> Dimension:
    """The dimension of a product; of a quotient where sign is -1."""
    if not other:
        return one
    if not one and sign == 1:
        return other
    powers = dict(one)
    for name, power in other:
        powers[name] = powers.get(name, Fraction(0)) + sign * power
    return _dimension(powers)


def to_the(one: Dimension, power: Fraction) -> Dimension:
    """The dimension of a power."""
    return _dimension({name: was * power for name, was in one})


def dimension_in_words(dimension: Dimension) -> str:
    """What is counted, such as `USD / year`; `a plain number` where nothing is."""
    above = [name if power == 1 else f"{name}^{power}" for name, power in dimension if power > 0]
    below = [name if power == -1 else f"{name}^{-power}" for name, power in dimension if power < 0]
    if not dimension:
        return "a plain number"
    return " / ".join([" ".join(above) or "1", *below])


def unit_in_words(dimension: Dimension, scale: float | None = None, amount: float = 1.0) -> tuple[float, str]:
    """A unit that people use for what is counted, and its scale: the one of this scale where there are words for it.

    amount: in base units; where the scale is left open, or has no words, it decides between dollars and billions.
    """
    powers = dict(dimension)
    years = float(powers.pop("year", Fraction(0)))
    if not powers and not years:
        return (0.01, "percent") if scale is not None and _close(scale, 0.01) else (1.0, "")
    times = _TIMES if years else {"": 1.0}
    for word, length in times.items():
        for multiple, factor in {"": 1.0, **_MULTIPLES}.items():
            unit = length**years * factor
            if scale is not None and _close(scale, unit) and multiple != "million":
                return unit, _phrase(powers, years, word, multiple)
    fitting = [(multiple, factor) for multiple, factor in _MULTIPLES.items() if abs(amount) >= 0.1 * factor]
    multiple, factor = max(fitting, key=lambda one: one[1]) if fitting and powers else ("", 1.0)
    return factor, _phrase(powers, years, "year" if years else "", multiple)


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * abs(other)


def _phrase(powers: dict[str, Fraction], years: float, time: str, multiple: str) -> str:
    """The words of a unit: `bn USD a year`, `USD/EUR`, `years`."""
    above = [_counted(name, power) for name, power in powers.items() if power > 0]
    below = [_counted(name, -power, one=True) for name, power in powers.items() if power < 0]
    if years > 0:
        above.append(f"{time}s" if years == 1 else f"{time}^{years:g}")
    words = " ".join(part for part in (multiple, *above) if part)
    words = "/".join([words or "1", *below]) if below else words
    if years < 0:
        words = f"{words} a {time}".strip() if years == -1 else f"{words} / {time}^{-years:g}".strip()
    return words


def _counted(name: str, power: Fraction, one: bool = False) -> str:
    several = name if one or name.isupper() else {"country": "countries", "person": "persons"}.get(name, f"{name}s")
    return several if power == 1 else f"{several}^{power}"
