"""How sure the sign of a difference is.

A share of runs is compared run by run: only runs that changed say anything, and if nothing were behind it they would
change either way as a coin falls (McNemar's test, exactly).
"""

from __future__ import annotations

import math
from enum import Enum


class Sureness(Enum):
    """How sure it is that a difference has the sign that it has; the value is how a sentence says it."""

    CERTAIN = "as good as certain"
    LIKELY = "likely"
    OPEN = "not to be told from luck"
    NONE = "the same in every world"

    @property
    def word(self) -> str:
        """The word in tables."""
        return self.name.lower()


CERTAIN, LIKELY = 0.001, 0.05
"""Chances, corrected for the number of outcomes, below which a sign is as good as certain, or likely."""

_EXACT = 1000  # runs that changed, up to which the coin is counted out; beyond, the normal curve is as good


def sureness(corrected: float, moved: float) -> Sureness:
    """How sure a sign is, by its corrected chance and by the share of runs that differ at all."""
    if not moved:
        return Sureness.NONE
    if corrected < CERTAIN:
        return Sureness.CERTAIN
    return Sureness.LIKELY if corrected < LIKELY else Sureness.OPEN


def coin(one: int, other: int) -> float:
    """The chance that a fair coin falls as unevenly as this, or more so, either way."""
    count, few = one + other, min(one, other)
    if not count or one == other:
        return 1.0
    if count <= _EXACT:
        return float(min(1.0, 2 * sum(math.comb(count, k) for k in range(few + 1)) / 2**count))
    return math.erfc((abs(one - other) - 1) / math.sqrt(2 * count))
