"""A number that a world changed: which world, how, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.evidence.numbers import Number


class How(Enum):
    """How a number became another than in the extended world."""

    ROW = "by a row of its own"
    KEPT = "value and range as before, and assumed"
    COMPUTED = "computed again, because what it is computed from changed"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A number that a world changed: which world, how, and what it was before.

    moved: the last world that gave it another value, by its place among those that extend each other (the oldest is 0),
    -1 for none; first: the file in which the number first stood.
    """

    number: str
    how: How
    world: str
    moved: int
    before: Number
    first: str
