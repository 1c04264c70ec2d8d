"""Amounts as people write them: numbers with units, percentages, money, levels, and ranges to draw from.

`25 %`, `4.2 bn USD`, `300 mn USD`, `0.2 points`, `high`, and `{between: [1.0, 2.5]}` for what nobody knows exactly.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from sim.evidence.numbers import LEVEL_SCHEMA, LEVELS, Basis, Number
from sim.evidence.story import span, spoken
from sim.io.checks import check_number, number_meant, range_in_words
from sim.io.errors import MOST_QUOTED, Entry, listed, nearest_to, quoted
from sim.io.forms import TEXT, Form, Reader, as_written, list_schema, member, number_schema, part, read_form, schema_of
from sim.io.meant import amount_meant, either_way

if TYPE_CHECKING:
    from collections.abc import Mapping

# The lines between outcome words are drawn once for a whole batch, or its runs could not be counted together.
ONE_FOR_ALL = "measures."


class Shape(Enum):
    """How values are spread over a range."""

    UNIFORM = "every value is as likely as any other"
    TRIANGULAR = "most likely at the peak, falling in straight lines to nothing at both ends"


@dataclass(frozen=True, kw_only=True)
class Range:
    """What is not known exactly: a value is drawn from `low` to `high` for every run. `peak` matters to a triangle."""

    low: float
    high: float
    shape: Shape = Shape.UNIFORM
    peak: float = 0.0

    def __str__(self) -> str:
        words = f"{self.low:g} to {self.high:g}, {self.shape.name.lower()}"
        return f"{words}, peak {self.peak:g}" if self.shape is Shape.TRIANGULAR else words


_QUANTITY = re.compile(r"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?)\s*(.*)\Z")
MONEY = {"mn USD": 0.001, "bn USD": 1.0, "trn USD": 1000.0}

# How a JSON Schema says the same.
_NUMBER_TEXT = r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?"
MONEY_TEXT = rf"^{_NUMBER_TEXT} *({'|'.join(MONEY)})$"
POINTS_TEXT = rf"^{_NUMBER_TEXT} *points?$"
QUANTITY_TEXT = rf"^{_NUMBER_TEXT}( *[^ ].*)?$"
PERCENT_TEXT = rf"^{_NUMBER_TEXT} *%$"


@dataclass(frozen=True, kw_only=True)
class _Quantity:
    """An amount as written: `4.2 bn USD` is 4.2 with the unit `bn USD`; a bare number has the unit ''."""

    amount: float
    unit: str


def parse_quantity(text: str | None) -> _Quantity | None:
    """The amount and the unit of text such as `25 %` or `300 mn USD`; None when there is no number in front."""
    match = _QUANTITY.match(text or "")
    return None if match is None else _Quantity(amount=float(match[1]), unit=" ".join(match[2].split()))


# --- the name of a number --------------------------------------------------------------------------------------------


class Numbered(Protocol):
    """What knows the numbers of a world: evidence, or what an event may name."""

    @property
    def numbers(self) -> Mapping[str, Number]:
        """Every number by name."""


def check_number_name(entry: Entry, written: str, evidence: Numbered) -> str | None:
    """The name of a number of the evidence; the two powers of a rivalry may stand in either order."""
    parts = written.split(".")
    if len(parts) == 4 and parts[0] == "rivalry":
        parts[1:3] = sorted(parts[1:3])
    name = ".".join(parts)
    if name in evidence.numbers:
        return name
    entry.refuse(
        found=f"the unknown number {quoted(written)}",
        allowed="the name of a number of the evidence ('multivector list' names them)",
        nearest=nearest_to(name, evidence.numbers),
    )
    return None


# --- in the unit of a number ----------------------------------------------------------------------------------------


def check_in_unit(entry: Entry, number: Number) -> float | None:
    """The value in the unit of its number: bare, with that unit, as a percentage, in money, or as a level."""
    if entry.text in LEVELS and takes_levels(number):
        return LEVELS[entry.text]
    if _refused_either_way(entry):
        return None
    quantity = parse_quantity(entry.text)
    factor = None if quantity is None else unit_factor(quantity.unit, number)
    if quantity is None or factor is None or isinstance(entry.value, bool):
        entry.refuse(allowed=units_in_words(number), nearest=_amount_in_unit(entry, number))
        return None
    value = quantity.amount * factor
    return check_number(entry.with_value(value))


def _refused_either_way(entry: Entry) -> bool:
    """Whether this is money that may be a thousand times as much, as the point is read; then that is told."""
    clear = either_way(entry.text or "")
    if clear:
        entry.refuse(message="a point may stand before decimals or part thousands", allowed=clear)
    return bool(clear)


def takes_levels(number: Number) -> bool:
    """Whether the levels none .. dominant mean something: a coded number, or one that lies between 0 and 1 anyway."""
    share = number.low >= 0.0 and number.high <= 1.0 and "USD" not in number.unit and "point" not in number.unit
    return number.basis is Basis.CODED or share


def unit_factor(unit: str, number: Number) -> float | None:
    """By what to multiply an amount written in `unit` to have it in the unit of the number; None when that is wrong."""
    if unit in ("", number.unit):
        return 1.0
    if unit == "%":
        return None if "USD" in number.unit or "point" in number.unit else 0.01
    own = next((money for money in MONEY if number.unit.startswith(money)), None)
    written = next((money for money in MONEY if unit.startswith(money)), None)
    if own is None or written is None:
        return None
    rest, own_rest = unit.removeprefix(written).strip(), number.unit.removeprefix(own).strip()
    if rest and rest != own_rest:
        return None
    return MONEY[written] / MONEY[own]


def units_in_words(number: Number) -> str:
    """What may be written for a number."""
    plain = spoken(number.unit) == number.unit
    words = f"a number in {number.unit}, {number.low:g} to {number.high:g}"
    if not plain:  # such as a scale, which is no unit that a number could be in
        words = f"a number, {span(number.low, number.high, number.unit)}"
    return f"{words}, or a level: {listed(LEVELS)}" if takes_levels(number) else words


def _amount_in_unit(entry: Entry, number: Number) -> str | None:
    """What was meant by an amount or a level that is written in another way."""
    written = entry.text or ""
    amount, bare = amount_meant(written), number_meant(written)
    if amount is not None and unit_factor(amount.partition(" ")[2], number) is not None:
        return amount
    return f"{bare:.15g}" if bare is not None else _nearest_level(entry, number)


def _nearest_level(entry: Entry, number: Number) -> str | None:
    return nearest_to(entry.text, LEVELS) if takes_levels(number) and entry.text else None


# --- a value or a range for a number ---------------------------------------------------------------------------------

AMOUNT_SCHEMA: dict[str, Any] = {
    "description": "a number, with its unit if you like (25 %, 300 mn USD), or a level (none, low, ... dominant)",
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": QUANTITY_TEXT}, LEVEL_SCHEMA],
}
"""The definition of `amount`: a value of a number, bare, with its unit, as a percentage, in money, or as a level."""

_BEYOND = TEXT.says("why it leaves the range of the evidence")
VALUE: Form[Number] = Form(needs={"value": Reader(read=check_in_unit, schema=part("amount")), "beyond": _BEYOND})
_ENDS = as_written(list_schema(part("amount"), minItems=2, maxItems=2))
RANGE: Form[Number] = Form(
    needs={"between": _ENDS.says("the lowest and the highest value drawn")},
    may={
        "shape": member(Shape, Shape.UNIFORM).says("how values are spread between them"),
        "peak": as_written(part("amount")).says("where a triangle is highest"),
        "beyond": _BEYOND,
    },
)
SETTING_SCHEMA: dict[str, Any] = {"anyOf": [part("amount"), schema_of(VALUE), schema_of(RANGE)]}
"""What may be said about a number: its value, a value outside its range with a reason, or a range to draw from."""


def read_override(entry: Entry, number: Number) -> tuple[float | Range | None, str]:
    """What a scenario gives a number, a value or a range, and the reason for leaving its range ('' within it)."""
    if not isinstance(entry.value, dict):
        return check_within(entry, check_in_unit(entry, number), number), ""
    if "between" in entry.value:
        return _read_range(entry, number)
    if "value" not in entry.value and "beyond" not in entry.value:
        entry.refuse(
            found=f"neither 'value' nor 'between', but {listed(entry.value) or 'nothing'}",
            allowed='{value: ..., beyond: "the reason"} or {between: [the lowest, the highest]}',
        )
        return None, ""
    values = read_form(entry, VALUE, number) or {}
    return values.get("value"), values.get("beyond", "")


def _read_range(entry: Entry, number: Number) -> tuple[Range | None, str]:
    """A range: `{between: [1.0, 2.5]}`, and if wanted `shape`, `peak` and the reason for going `beyond`."""
    values = read_form(entry, RANGE, number)
    if values is None:
        return None, ""
    shape: Shape = values["shape"]
    ends = check_ends(values["between"], number, "beyond" in entry.value)
    if number.name.startswith(ONE_FOR_ALL):
        allowed = "one value: a line between outcome words is the same for all runs"
        entry.refuse(found="a range", allowed=allowed)
    if ends is None:
        return None, ""
    peak = check_peak(values["peak"], shape, ends, number)
    low, high = ends
    return (None if peak is None else Range(low=low, high=high, shape=shape, peak=peak)), values["beyond"]


def check_ends(entry: Entry, number: Number, beyond: bool) -> tuple[float, float] | None:
    """Two values, the lower one first, within the range of the number unless a reason is given for going beyond."""
    if not isinstance(entry.value, list) or len(entry.value) != 2:
        entry.refuse(allowed="two values, the lower one first, such as [1.0, 2.5]")
        return None
    low, high = (check_in_unit(item, number) for item in entry.value)
    if low is None or high is None:
        return None
    if not low < high or not math.isfinite(high - low):
        found = f"{quoted(entry.value[0].text or '')} and {quoted(entry.value[1].text or '')}"
        entry.refuse(found=found, allowed="two values, the lower one first")
        return None
    if not beyond and not number.low <= low < high <= number.high:
        entry.refuse(
            found=f"{low:g} to {high:g}",
            allowed=f"within {span(number.low, number.high, number.unit)}; "
            'to go outside on purpose add beyond: "the reason"',
        )
        return None
    return low, high


def check_peak(entry: Entry | None, shape: Shape, ends: tuple[float, float], number: Number) -> float | None:
    """Where a triangle is highest, within its ends: the number's usual value or the nearer end when nothing is said."""
    low, high = ends
    if shape is not Shape.TRIANGULAR:
        if entry is not None:
            entry.refuse(found="a peak", allowed="a peak only with shape: triangular")
            return None
        return (low + high) / 2.0
    if entry is None:
        return min(max(number.value, low), high)
    peak = check_in_unit(entry, number)
    if peak is None or low <= peak <= high:
        return peak
    entry.refuse(allowed=f"a value from {low:g} to {high:g}, the ends of the range")
    return None


def check_within(entry: Entry, value: float | None, number: Number) -> float | None:
    """A value within the range of its number."""
    if value is None or number.low <= value <= number.high:
        return value
    entry.refuse(
        allowed=f"{span(number.low, number.high, number.unit)}; to go outside on purpose write "
        + "{value: "
        + f"{(entry.text or '')[:MOST_QUOTED]}"
        + ', beyond: "the reason"}',
    )
    return None


# --- amounts of events -----------------------------------------------------------------------------------------------


def percentage(low: float, high: float) -> Reader[object]:
    """A percentage written with its sign, such as `25 %`, as a fraction; low and high are fractions."""

    def read(entry: Entry, _: object) -> float | None:
        quantity = parse_quantity(entry.text)
        if quantity is None or quantity.unit != "%" or not low <= quantity.amount / 100 <= high:
            wanted = f"a percentage with its sign, such as 25 %, from {100 * low:g} % to {100 * high:g} %"
            meant = amount_meant(entry.text or "") or ""
            fits = meant.endswith("%") and (quantity is None or quantity.unit != "%")
            entry.refuse(allowed=wanted, nearest=meant if fits else None)
            return None
        return quantity.amount / 100

    said = "a percentage with its sign, such as 25 %"
    schema = {"type": "string", "pattern": PERCENT_TEXT, "description": said}
    return Reader(read=read, schema=schema, percent=True, made=lambda entry, _: check_number(entry, low, high))


def level(low: float, high: float) -> Reader[object]:
    """A level (none .. dominant) or a bare number within low..high."""

    def read(entry: Entry, _: object) -> float | None:
        if entry.text in LEVELS:
            return LEVELS[entry.text]
        words = f"{range_in_words(low, high)} or a level: {listed(LEVELS)}"
        if isinstance(entry.value, str):
            entry.refuse(allowed=words, nearest=nearest_to(entry.text, LEVELS))
            return None
        return check_number(entry, low, high, words)

    said = f"a level, or a number from {low:g} to {high:g}"
    schema = {"anyOf": [LEVEL_SCHEMA, number_schema(low, high)], "description": said}
    return Reader(read=read, schema=schema, made=lambda entry, _: check_number(entry, low, high))


LARGEST_SIZE = 10_000
"""Of an offer: bn USD, or points of an index."""


def _check_made_size(entry: Entry) -> float | None:
    """The size of an offer as it is kept: a number above 0."""
    size = check_number(entry, 0.0, LARGEST_SIZE)
    if size == 0.0:
        entry.refuse(allowed=f"a number above 0, up to {LARGEST_SIZE}")
    return size


OFFER_SIZE: Reader[object] = replace(
    as_written(
        {
            "anyOf": [{"type": "string", "pattern": MONEY_TEXT}, {"type": "string", "pattern": POINTS_TEXT}],
            "description": "money, such as 4.2 bn USD or 300 mn USD; for security points, such as 0.2 points",
        }
    ),
    made=lambda entry, _: _check_made_size(entry),
)
"""The size of an offer; what it means depends on the kind of offer, so `check_size` reads it."""


def check_size(entry: Entry, kind: str) -> float | None:
    """The size of an offer of one kind: money in bn USD, for security index points; above 0."""
    if _refused_either_way(entry):
        return None
    quantity = parse_quantity(entry.text)
    units = {"points": 1.0, "point": 1.0} if kind == "security" else MONEY
    if quantity is None or quantity.unit not in units or not 0 < quantity.amount * units[quantity.unit] <= LARGEST_SIZE:
        example = "points, such as 0.2 points" if kind == "security" else "money, such as 4.2 bn USD or 300 mn USD"
        meant = amount_meant(entry.text or "") or ""
        fits = meant.partition(" ")[2] in units and meant != entry.text
        entry.refuse(allowed=f"{example}, above 0", nearest=meant if fits else None)
        return None
    return quantity.amount * units[quantity.unit]
