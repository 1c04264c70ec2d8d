"""What the targets would be at points that were not played: a regression over those that were.

Numbers that are fitted are counted from -1 (low end of the prior) to 1 (high end), [P, D]; targets are [P, R, K], R
runs of each of P points. Means are quadratic in the numbers with all products of two, logarithms of variances quadratic
without products, and correlations over runs linear.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FARTHEST = 5.0  # spreads from the mean beyond which a target weighs no more when targets are condensed
_TINY = 1e-12
_RIDGE = 1e-6  # of the number of runs: keeps the regression of numbers on targets from dividing by nothing


def features(points: Floats, products: bool = True) -> Floats:
    """Terms of the regression at points [P, D]: one, the numbers, and their squares with or without products."""
    ones = np.ones((len(points), 1))
    if not products:
        return np.concatenate([ones, points, points**2], axis=1)
    first, second = np.triu_indices(points.shape[1])
    return np.concatenate([ones, points, points[:, first] * points[:, second]], axis=1)


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """Mean and spread of K quantities at any point."""

    means: Floats  # [terms with products, K]
    variances: Floats  # [terms without, K] of the logarithm
    explained: Floats  # [K] part of the variance of the mean over points that is reproduced, 0..1

    def mean(self, points: Floats) -> Floats:
        """Means [P, K]."""
        return features(points) @ self.means

    def spread(self, points: Floats) -> Floats:
        """Standard deviations over runs [P, K]."""
        spread: Floats = np.exp(0.5 * features(points, products=False) @ self.variances)
        return spread


def fit_emulator(points: Floats, values: Floats) -> Emulator:
    """An emulator of values [P, R, K] that were played at points [P, D]."""
    mean, variance = values.mean(axis=1), values.var(axis=1, ddof=1)
    means = _regressed(features(points), mean)
    variances = _regressed(features(points, products=False), np.log(variance + _TINY))
    fitted = features(points) @ means
    spread = np.exp(0.5 * features(points, products=False) @ variances)
    left = ((values - fitted[:, None]) / spread[:, None]).reshape(-1, values.shape[2])
    # What the mean misses counts as spread, and few runs would make its logarithm too small.
    variances[0] += np.log((left**2).mean(axis=0) + _TINY)
    chance = variance.mean(axis=0) / values.shape[1]  # what means of so many runs vary by luck alone
    between = np.maximum(mean.var(axis=0) - chance, _TINY)
    missed = np.maximum(((mean - fitted) ** 2).mean(axis=0) - chance, 0.0)
    return Emulator(
        means=means,
        variances=variances,
        explained=np.clip(1.0 - missed / between, 0.0, 1.0),
    )


def fit_correlations(points: Floats, values: Floats, emulator: Emulator) -> Floats:
    """How values [P, R, K] hang together over runs: [1 + D, K, K], at the middle of the prior and a slope a number.

    What products of deviations come to on the mean, point by point, regressed on the numbers.
    """
    left = (values - emulator.mean(points)[:, None]) / emulator.spread(points)[:, None]
    together = np.einsum("prk,prl->pkl", left, left) / values.shape[1]
    terms = np.concatenate([np.ones((len(points), 1)), points], axis=1)
    fitted = _regressed(terms, together.reshape(len(points), -1))
    return fitted.reshape(-1, values.shape[2], values.shape[2])


@dataclass(frozen=True, kw_only=True)
class Condenser:
    """Targets [..., K] made into one summary a number [..., D]: the best guess of the number from all targets.

    A regression of the numbers on the targets and their squares over all runs (Fearnhead and Prangle 2012): what two
    states have in common is not counted twice, and the summaries are closer to normal than the targets.
    """

    centre: Floats  # [K]
    scale: Floats  # [K]
    weights: Floats  # [1 + 2 K, D]
    explained: Floats  # [D] part of the variance of each number that its summary explains, over the design

    def __call__(self, targets: Floats) -> Floats:
        """Summaries of targets."""
        return self._terms(targets) @ self.weights

    def _terms(self, targets: Floats) -> Floats:
        held = np.clip((targets - self.centre) / self.scale, -_FARTHEST, _FARTHEST)
        return np.concatenate([np.ones((*held.shape[:-1], 1)), held, held**2], axis=-1)


def fit_condenser(points: Floats, targets: Floats) -> Condenser:
    """How targets [P, R, K] of points [P, D] are best condensed."""
    flat = targets.reshape(-1, targets.shape[2])
    numbers = np.repeat(points, targets.shape[1], axis=0)
    blank = Condenser(
        centre=flat.mean(axis=0),
        scale=flat.std(axis=0) + _TINY,
        weights=np.zeros((1 + 2 * flat.shape[1], points.shape[1])),
        explained=np.zeros(points.shape[1]),
    )
    terms = blank._terms(flat)
    weights = _regressed(terms, numbers)
    left: Floats = ((numbers - terms @ weights) ** 2).mean(axis=0) / numbers.var(axis=0)
    return Condenser(centre=blank.centre, scale=blank.scale, weights=weights, explained=1.0 - left)


def _regressed(terms: Floats, values: Floats) -> Floats:
    """Coefficients of a regression, held back a little where terms say the same."""
    normal = terms.T @ terms
    normal[np.diag_indices_from(normal)] += _RIDGE * len(terms)
    return np.asarray(np.linalg.solve(normal, terms.T @ values), dtype=np.float64)
