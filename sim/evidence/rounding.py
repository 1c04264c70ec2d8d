"""Whether a value that is written is what a formula gives, rounded to the digits that are written."""

from decimal import Decimal

FURTHEST = 0.05
"""Rounding may hide at most this part of a value, however few digits are written."""

_NOISE = 1e-9


def is_rounded(written: str, computed: float) -> bool:
    """Whether text of a number is the computed value within half a unit of its last digit, and within a twentieth.

    Raises `decimal.InvalidOperation` for text that is no number.
    """
    value = Decimal(written)
    exponent = value.as_tuple().exponent
    half = 0.5 * 10.0 ** (exponent if isinstance(exponent, int) else 0)
    room = min(half, FURTHEST * max(abs(float(value)), abs(computed)))
    return abs(float(value) - computed) <= room * (1.0 + _NOISE) + _NOISE * _NOISE
