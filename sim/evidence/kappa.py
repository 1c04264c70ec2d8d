"""Cohen's weighted kappa of two readers' codes, over fields, with an interval.

Our own, because halfway codes and signs need distances as they are: scikit-learn 1.7 weighs by the place of a label
among those that occur, words in the order of the alphabet (findings/weighted-kappa-counts-labels-not-levels.sh).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ENOUGH = 10
"""With fewer judgements than this no interval is given."""
_TWO_SIDED_95 = 1.96
_TINY = 1e-9

Pair: TypeAlias = tuple[float, float]
"""The first and the second code of one number, as what their levels stand for."""


def weighted_kappa(pairs: Sequence[Pair], power: int = 1) -> float | None:
    """Cohen's weighted kappa; power: 1 for linear weights, 2 for squares. None where no two codes differ by chance."""
    expected = expected_difference(pairs, power)
    return None if expected <= _TINY else 1.0 - observed_difference(pairs, power) / expected


def observed_difference(pairs: Sequence[Pair], power: int = 1) -> float:
    """The mean difference of the two codes of a number, to the power."""
    return sum(abs(one - two) ** power for one, two in pairs) / max(len(pairs), 1)


def expected_difference(pairs: Sequence[Pair], power: int = 1) -> float:
    """The same where each reader deals out the same codes at random."""
    every = ((one, two) for one, _ in pairs for _, two in pairs)
    return sum(abs(one - two) ** power for one, two in every) / max(len(pairs), 1) ** 2


def kappa_within(groups: Iterable[Sequence[Pair]]) -> float | None:
    """Kappa over several fields, chance being reckoned field by field.

    Readers get nothing for knowing that one field stands higher than another, as they do where all are thrown together.
    A field with one number tells nothing and is left out. In a field with few, chance is reckoned from the very codes
    it is held against, so that many small fields pull kappa down.
    """
    groups = [pairs for pairs in groups if len(pairs) > 1]
    expected = sum(len(pairs) * expected_difference(pairs) for pairs in groups)
    observed = sum(len(pairs) * observed_difference(pairs) for pairs in groups)
    return None if expected <= _TINY else 1.0 - observed / expected


def interval(
    parts: Sequence[Sequence[tuple[str, Pair]]], kappa: Callable[[Sequence[tuple[str, Pair]]], float | None]
) -> Pair | None:
    """A 95 % interval of kappa, leaving out one part at a time (jackknife); None where it would mean nothing.

    parts: the numbers, each with its field, that one judgement decided.
    """
    whole = [pair for part in parts for pair in part]
    middle = kappa(whole)
    if len(parts) < ENOUGH or middle is None:
        return None
    without = [kappa([pair for other in parts if other is not part for pair in other]) for part in parts]
    values = [value for value in without if value is not None]
    mean = math.fsum(values) / len(values)
    spread = math.fsum((value - mean) ** 2 for value in values) * (len(values) - 1) / len(values)
    half = _TWO_SIDED_95 * math.sqrt(spread)
    return (max(middle - half, -1.0), min(middle + half, 1.0)) if half > _TINY else None
