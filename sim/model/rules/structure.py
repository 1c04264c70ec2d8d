"""The shape of a state's ties: shares, concentration, balance. Definitions, not claims: they carry no numbers."""

from .arithmetic import clamp, log

EVEN = 50.0  # the middle of the score, by definition
NEXT_TO_NOTHING = 1e-300  # what a number cannot be divided by without leaving the range of doubles


def share_of(stock: float, total: float) -> float:
    """A power's share of a kind, 0..1; 0 where there is nothing, or next to nothing."""
    return stock / total if total > NEXT_TO_NOTHING else 0.0


def entropy_of(share: float) -> float:
    """One power's part of the Shannon entropy of ties, in nats: -s ln s, and 0 at s = 0."""
    return -share * log(share) if share > 0.0 else 0.0


def autonomy_of(coerced: float, promised: float) -> float:
    """What freedom of choice a state keeps, 0..1: 1 less dependence under pressure, less exclusive promises.

    coerced: sum over powers of dependence x pressure; promised: the largest exclusive promise, 0..1.
    """
    return clamp((1.0 - coerced) * (1.0 - promised), 0.0, 1.0)


def balance_of(lean: float) -> float:
    """Balance score 0..100 in the manner of published alignment indices: 50 = even, 45-55 = hedging.

    lean in -1..1: alignment-weighted position of the state's partners between the two poles of rivalry.
    """
    return clamp(EVEN + EVEN * lean, 0.0, EVEN + EVEN)
