"""The posterior over a region, drawn by an ensemble of walkers (emcee: Foreman-Mackey and others 2013).

The same draws on every machine: walkers move by sums and products alone, luck comes from a seed, and a likelihood that
differs in its last digits changes a decision to move about once in ten billion.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration.likelihood import Likelihood
from sim.io.errors import input_error

Floats = NDArray[np.float64]

_STARTS = 4096  # points of the region among which walkers are set out
_TINY = 1e-15
_SOFTENED = 4.0  # by what the likelihood is divided for that, so that not all start at one place


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Steps of all walkers [S, W, D], from -1 to 1."""

    steps: Floats
    accepted: float  # share of proposed moves

    @property
    def effective(self) -> Floats:
        """How many independent draws each number is worth [D]; one a walker where some walker never moved."""
        with np.errstate(invalid="ignore"):
            lasting = load_emcee().autocorr.integrated_time(self.steps, tol=0)
        count, walkers, _ = self.steps.shape
        worth: Floats = count * walkers / np.clip(np.where(np.isfinite(lasting), lasting, count), 1.0, count)
        return worth

    def flat(self, thin: int = 1) -> Floats:
        """All steps of all walkers one after the other."""
        thinned = self.steps[::thin]
        return thinned.reshape(-1, thinned.shape[2])


def load_emcee() -> Any:
    """The library; if it is not installed, what to do."""
    try:
        import emcee
        import threadpoolctl  # noqa: F401  needed by `one_thread`
    except ImportError as error:
        allowed = "pip install 'multivector[history]'"
        raise input_error("calibrate", f"{error.name} is not installed", allowed=allowed) from error
    return emcee


def one_thread() -> AbstractContextManager[Any]:
    """Keep products of matrices to the thread that asks: they are small, many, and asked for by several threads."""
    import threadpoolctl

    limits: AbstractContextManager[Any] = threadpoolctl.threadpool_limits(limits=1, user_api="blas")
    return limits


def sample(
    likelihood: Likelihood,
    holds: Callable[[Floats], NDArray[np.bool_]],
    starts: Floats,
    walkers: int,
    steps: int,
    discarded: int,
    seed: int,
) -> Chain:
    """Draw from a likelihood times a prior that is flat where `holds` says so.

    Walkers walk without ends (a point is the hyperbolic tangent of where one is), so that few moves lead outside.

    starts: points [M, D] of the region; walkers begin at some of them, likelier ones more often.
    """
    emcee = load_emcee()
    luck = np.random.RandomState(seed)

    def posterior(walking: Floats) -> Floats:
        points = np.tanh(walking)
        found = np.full(len(points), -np.inf)
        inside = holds(points)
        if inside.any():
            flat = np.log1p(-(points[inside] ** 2) + _TINY).sum(axis=1)  # even over points, not over where walkers are
            found[inside] = likelihood(points[inside]) + flat
        return found

    starts = starts[:_STARTS]
    first = likelihood(starts)
    chances = np.exp((first - first.max()) / _SOFTENED) + 1e-9
    begin = np.arctanh(starts)[
        luck.choice(len(starts), walkers, replace=len(starts) < walkers, p=chances / chances.sum())
    ]
    # Not its snooker move: in 3.1.6 that one draws from a distribution with six tenths of the variance it should have.
    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.StretchMove(), 0.2)]
    sampler = emcee.EnsembleSampler(walkers, starts.shape[1], posterior, vectorize=True, moves=moves)
    sampler.random_state = luck.get_state()
    sampler.run_mcmc(begin, steps, skip_initial_state_check=True)
    chain = sampler.get_chain(discard=discarded)
    return Chain(
        steps=np.tanh(chain),
        accepted=float(sampler.acceptance_fraction.mean()),
    )
