"""How likely what was recorded is at any point: a synthetic likelihood with heavy tails, and the naive one beside it.

Both are made from the runs of a design and want nothing played. The naive one takes every target for an independent
witness; it is here because a check that cannot fail is none: it does not cover simulated truths, and a test says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration.emulator import (
    Condenser,
    Emulator,
    fit_condenser,
    fit_correlations,
    fit_emulator,
)

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats], Floats]
"""Points [P, D] to logarithms of the likelihood [P]."""

NAIVE_FREEDOM = 4.0


@dataclass(frozen=True, kw_only=True)
class Synthetic:
    """Targets condensed, then multivariate t: mean, spread and correlation of the summaries depend on the point.

    The t is scaled so that at typical distances it weighs them as a normal distribution would; only its tails differ.
    """

    condenser: Condenser
    emulator: Emulator  # of the summaries
    correlations: Floats  # [1 + D, D, D]: at the middle of the prior, and how it changes with each number
    freedom: float

    def of(self, targets: Floats) -> Likelihood:
        """The likelihood of targets [K]."""
        seen = self.condenser(targets[None])

        def likelihood(points: Floats) -> Floats:
            spread = self.emulator.spread(points)
            apart = (seen - self.emulator.mean(points)) / spread
            factors = self.factors(points)
            square = (np.linalg.solve(factors, apart[..., None]) ** 2).sum(axis=(1, 2))
            size = np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
            tail = 0.5 * (self.freedom + seen.shape[1]) * np.log1p(square / self.freedom)
            found: Floats = -np.log(spread).sum(axis=1) - size - tail
            return found

        return likelihood

    def factors(self, points: Floats) -> Floats:
        """Lower factors of the correlations at points [P, D]: [P, D, D].

        A straight line through matrices may leave what a correlation can be, far from where it was fitted; there it
        goes only as far as it can.
        """
        usual, slopes = self.correlations[0], self.correlations[1:]
        leaning = np.tensordot(points, slopes, axes=1)
        for part in (1.0, 0.7, 0.4, 0.0):
            try:
                return np.linalg.cholesky(usual + part * leaning)
            except np.linalg.LinAlgError:
                if part == 0.0:
                    raise
        raise AssertionError("the correlation at the middle of the prior has a factor")


@dataclass(frozen=True, kw_only=True)
class Naive:
    """Every target an independent witness with t(4)."""

    emulator: Emulator  # of the targets

    def of(self, targets: Floats) -> Likelihood:
        """The likelihood of targets [K]."""

        def likelihood(points: Floats) -> Floats:
            spread = self.emulator.spread(points)
            apart = ((targets - self.emulator.mean(points)) / spread) ** 2
            tails = 0.5 * (NAIVE_FREEDOM + 1.0) * np.log1p(apart / (NAIVE_FREEDOM - 2.0))
            found: Floats = -(np.log(spread) + tails).sum(axis=1)
            return found

        return likelihood


def synthetic(points: Floats, targets: Floats, freedom: float) -> Synthetic:
    """The likelihood from targets [P, R, K] that were played at points [P, D]."""
    condenser = fit_condenser(points, targets)
    emulator = fit_emulator(points, condenser(targets))
    correlations = fit_correlations(points, condenser(targets), emulator)
    return Synthetic(condenser=condenser, emulator=emulator, correlations=correlations, freedom=freedom)


def naive(points: Floats, targets: Floats) -> Naive:
    """The naive likelihood from the same."""
    return Naive(emulator=fit_emulator(points, targets))
