"""How likely what was recorded is at any point: a synthetic likelihood with heavy tails, and the naive one beside it.

Both are made from the runs of a design and want nothing played. The naive one takes every target for an independent
witness; it is here because a check that cannot fail is none: it does not cover simulated truths, and a test says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration.emulator import Condenser, Emulator, fit_condenser, fit_emulator

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats], Floats]
"""Points [P, D] to logarithms of the likelihood [P]."""

NAIVE_FREEDOM = 4.0


@dataclass(frozen=True, kw_only=True)
class Synthetic:
    """Targets condensed, then multivariate t: mean and spread depend on the point, correlation does not."""

    condenser: Condenser
    emulator: Emulator  # of the summaries
    whitener: Floats  # [D, D], the inverse of the lower factor of the correlation
    freedom: float

    def of(self, targets: Floats) -> Likelihood:
        """The likelihood of targets [K]."""
        seen = self.condenser(targets[None])

        def likelihood(points: Floats) -> Floats:
            spread = self.emulator.spread(points)
            apart = ((seen - self.emulator.mean(points)) / spread) @ self.whitener.T
            square = (apart**2).sum(axis=1)
            tail = 0.5 * (self.freedom + seen.shape[1]) * np.log1p(square / (self.freedom - 2.0))
            found: Floats = -np.log(spread).sum(axis=1) - tail
            return found

        return likelihood


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
    factor = np.linalg.cholesky(emulator.correlation)
    return Synthetic(condenser=condenser, emulator=emulator, whitener=np.linalg.inv(factor), freedom=freedom)


def naive(points: Floats, targets: Floats) -> Naive:
    """The naive likelihood from the same."""
    return Naive(emulator=fit_emulator(points, targets))
