"""How the variance of an outcome divides between parameters and luck."""

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sensitivity.design_kinds import DesignKind
from sim.analysis.sensitivity.designs import Sample, base_points

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
TARGET = 0.05  # a share or an index is known well enough when its interval reaches no further than this to either side
RESAMPLES = 100
"""Resamples behind every interval of a sweep."""

_MOST_ROWS = 4096


def points_for_noise(sample: Sample, values: Floats) -> Floats:
    """Points spread as the factors are: of a Sobol design only the two base samples, since the rest repeat them."""
    if sample.design.kind is DesignKind.SOBOL:
        values = base_points(sample, values)
    elif sample.design.kind is DesignKind.ONE_AT_A_TIME:
        values = values[1:]
    if len(values) > _MOST_ROWS:
        values = values[:: -(-len(values) // _MOST_ROWS)]
    return values


def noise_shares(values: Floats, seed: int = 0) -> dict[str, float]:
    """Split the variance of one outcome, float64 [rows, replicates], between parameters and luck.

    Returns
    -------
    dict
        `parameters`, `luck_alone` (what a replicate adds everywhere) and `together` (luck that works differently at
        different points), shares that sum to one; luck as a whole is the last two together, and `low` and `high` its
        interval; `left`, the part of the variance of the means over replicates that is still luck; and the replicates
        that would bring it to `TARGET`.
        Not a number where there is one replicate only, which cannot tell them apart.
    """
    rows, replicates = values.shape
    told_of_none = ("parameters", "luck_alone", "together", "low", "high", "left", "replicates_needed")
    nothing = dict.fromkeys(told_of_none, np.nan)
    told = {"mean": float(values.mean()), "replicates": float(replicates)}
    if replicates < 2 or rows < 2 or not np.isfinite(values).all():
        return told | nothing
    parts = _components(values)
    total = sum(parts)
    if total <= 0.0:
        return told | nothing
    draws = np.random.default_rng([seed, 5])
    shares = []
    for _ in range(RESAMPLES):
        again = _components(values[draws.integers(rows, size=rows)])
        shares.append((again[1] + again[2]) / max(sum(again), 1e-300))
    low, high = np.quantile(shares, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    left = parts[2] / replicates / max(parts[0] + parts[2] / replicates, 1e-300)
    needed = np.ceil(parts[2] * (1 - TARGET) / (TARGET * parts[0])) if parts[0] > 0 else np.inf
    return told | {
        "parameters": parts[0] / total,
        "luck_alone": parts[1] / total,
        "together": parts[2] / total,
        "low": float(low),
        "high": float(high),
        "left": left,
        "replicates_needed": float(max(needed, 1.0)),
    }


def _components(values: Floats) -> tuple[float, float, float]:
    """Variance components of points, replicates, and both together: a two-way layout with one value a cell."""
    rows, replicates = values.shape
    by_row, by_replicate, mean = values.mean(axis=1), values.mean(axis=0), values.mean()
    rest = values - by_row[:, None] - by_replicate + mean
    together = float((rest**2).sum() / max((rows - 1) * (replicates - 1), 1))
    points = max(float(by_row.var(ddof=1)) - together / replicates, 0.0)
    luck = max(float(by_replicate.var(ddof=1)) - together / rows, 0.0)
    return points, luck, together
