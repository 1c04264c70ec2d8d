"""The value that a question asks about (`sim.batch.asks`): a number in the unit of its measure, a word or a quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.batch.outcomes import OUTCOMES, split_word
from sim.evidence.numbers import LEVELS
from sim.io.checks import check_choice, check_number
from sim.io.errors import listed, nearest_to
from sim.model.variable import Scale
from sim.model.variables import BY_NAME, FIRST_ENDED, OUTCOME
from sim.scenario.calendar import quarter_text, read_quarter
from sim.scenario.units import MONEY, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Collection

    from sim.io.errors import Entry

NEVER, NOBODY = "never", "nobody"
EQUAL = ("=", "!=")
_YES_OR_NO = {"yes": 1.0, "no": 0.0, "1": 1.0, "0": 0.0}
_SHARE, _EITHER, _POINTS = "0..1", "0 or 1", "0..100"


@dataclass(frozen=True, kw_only=True)
class AskedValue:
    """What is asked about: a number in the unit of its measure, or a word (an outcome, a power, a quarter)."""

    said: str  # as it is told, with its unit
    number: float | None = None
    word: str = ""


def check_asked_value(entry: Entry, measure: str, sign: str, powers: Collection[str]) -> AskedValue | None:
    """The value behind a comparison; None, with a problem, where the measure cannot have it."""
    if not entry.text:
        entry.refuse(found="nothing behind the comparison", allowed=_allowed(measure))
        return None
    variable = BY_NAME[measure]
    if measure == FIRST_ENDED:
        return _quarter(entry, sign)
    if variable.counted_by is Scale.WORD:
        value = _outcome(entry, powers) if measure == OUTCOME else _power(entry, powers)
        if value is not None and sign not in EQUAL:
            entry.refuse(found=f"the comparison {sign}", allowed="= or != with a word")
            return None
        return value
    return _number(entry, measure)


def _quarter(entry: Entry, sign: str) -> AskedValue | None:
    if entry.text == NEVER and sign in EQUAL:
        return AskedValue(said=NEVER)
    quarter = read_quarter(entry)
    return None if quarter is None else AskedValue(said=quarter_text(quarter), word=quarter_text(quarter))


def _outcome(entry: Entry, powers: Collection[str]) -> AskedValue | None:
    """An outcome word; one that is completed by a power may stand without it, and then means any."""
    text = entry.text or ""
    known = [one.word for one in OUTCOMES]
    about = [f"{one.word}-{power}" for one in OUTCOMES if one.names_power for power in powers]
    meant = {word.lower(): word for word in (*known, *about)}.get(text.lower().replace(" ", "-"))
    if meant is None:
        allowed = (
            f"{listed(known, 'list outcomes')}, or a word with its power such as {about[0] if about else known[0]}"
        )
        entry.refuse(allowed=allowed, nearest=nearest_to(text.lower(), (*known, *about)))
        return None
    return AskedValue(said=meant, word=meant)


def is_word(asked: str, found: str) -> bool:
    """Whether a run that ended under one word is meant by another, which may leave the power open."""
    return found == asked or split_word(found)[0].word == asked


def _power(entry: Entry, powers: Collection[str]) -> AskedValue | None:
    if (entry.text or "").lower() in (NOBODY, "none"):
        return AskedValue(said=NOBODY)
    code = check_choice(entry, (*powers, NOBODY), "list actors")
    return None if code is None else AskedValue(said=code, word=code)


def _number(entry: Entry, measure: str) -> AskedValue | None:
    """A number in the unit of its measure, or in one that can be turned into it."""
    text, unit = entry.text or "", BY_NAME[measure].unit
    if unit == _EITHER:
        found = _YES_OR_NO.get(text.lower())
        if found is None:
            entry.refuse(allowed=_allowed(measure))
        return None if found is None else AskedValue(said="yes" if found else "no", number=found)
    if unit == _SHARE and text in LEVELS:
        return AskedValue(said=_share_text(LEVELS[text]), number=LEVELS[text])
    quantity = parse_quantity(text)
    factor = None if quantity is None else _factor(quantity.unit, unit)
    if quantity is None or factor is None:
        entry.refuse(allowed=_allowed(measure))
        return None
    number = check_number(entry.with_value(quantity.amount * factor))
    if number is None:
        return None
    high = {_SHARE: 1.0, _POINTS: 100.0}.get(unit)
    if high is not None and not 0.0 <= number <= high:
        plain = unit == _SHARE and not quantity.unit and 0.0 <= quantity.amount <= 100.0
        near = f"{quantity.amount:g} %" if plain else None
        entry.refuse(allowed=_allowed(measure), nearest=near)
        return None
    return AskedValue(said=_said(number, unit), number=number)


def _factor(written: str, unit: str) -> float | None:
    """By what an amount is multiplied to have it in the unit of its measure; None where that is another sort."""
    if written in ("", unit):
        return 1.0
    if unit == _SHARE:
        return 0.01 if written == "%" else None
    if unit.startswith("bn USD"):
        return MONEY.get(written.removesuffix(" a year"))
    if unit == "index points" and written in ("point", "points"):
        return 1.0
    return 1.0 if written.rstrip("s") == unit.rstrip("s") else None


def _share_text(share: float) -> str:
    return f"{100 * share:g} %"


def _said(number: float, unit: str) -> str:
    if unit == _SHARE:
        return _share_text(number)
    return f"{number:g} bn USD" if unit.startswith("bn USD") else f"{number:g}"


def _allowed(measure: str) -> str:
    """What may stand behind the comparison, in words."""
    unit = BY_NAME[measure].unit
    if measure == FIRST_ENDED:
        return f"a quarter such as 2030-Q4, or {NEVER}"
    if measure == OUTCOME:
        return "an outcome word such as multi-vector"
    special = {
        _SHARE: f"a share such as 30 %, from 0 to 100 %, or a level: {listed(LEVELS)}",
        _EITHER: "yes or no",
        _POINTS: "a number from 0 to 100",
        "power": f"a power, or {NOBODY}",
    }
    if unit.startswith("bn USD"):
        return "money such as 4.2 bn USD or 300 mn USD"
    return special.get(unit, f"a number in {unit}")
