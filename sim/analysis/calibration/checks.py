"""Simulation-based calibration: whether intervals cover truths that are known because they were simulated.

A truth is a point of the last wave; what would be recorded is one of its own runs. The procedure is put to it as to the
record, and says where among its draws the truth lies. Over many truths these places must be spread evenly, and 90 per
cent intervals must hold the truth nine times in ten (Talts and others 2018). A likelihood that looks fine and is too
sure of itself is found out here and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration.likelihood import Likelihood
from sim.analysis.calibration.sampler import sample
from sim.analysis.paired import holm
from sim.evidence.calibration import Plan
from sim.model.chance import address, luck, uniform

if TYPE_CHECKING:
    import pandas as pd

    from sim.batch.worker import Work

Floats = NDArray[np.float64]

LEVEL = 0.9
BINS = 10
_OUTSIDE, _CHOSEN = 0, 102  # no quarter of any run, and a use of luck of its own
_THIN = 5


class Judge(Protocol):
    """A likelihood made from a design: the synthetic one, or the naive one that must be found out."""

    def of(self, targets: Floats) -> Likelihood:
        """The likelihood of targets [K]."""


def ranks_of(
    judge: Judge,
    points: Floats,
    targets: Floats,
    holds: Callable[[Floats], NDArray[np.bool_]],
    plan: Plan,
    truths: int,
    work: Work,
    workers: int,
) -> Floats:
    """Where each truth lies among the draws of its own posterior, 0 to 1: [truths, D].

    points: [P, D] of the last wave, targets: [P, R, K] of its runs. Points are taken in turn, and of each a run by luck
    that is addressed, so that the first truths are the same however many follow.
    """
    found = np.empty((truths, points.shape[1]))
    runs = targets.shape[1]

    def one(number: int) -> None:
        point = number % len(points)
        run = min(int(_chosen(plan.seeds.checks, number) * runs), runs - 1)
        chain = sample(
            judge.of(targets[point, run]),
            holds,
            points,
            plan.sampler.walkers,
            plan.checks.steps,
            plan.checks.steps // 3,
            plan.seeds.checks + number,
        )
        found[number] = (chain.flat(_THIN) < points[point]).mean(axis=0)
        work.done += 1

    work.play(range(truths), one, workers)
    return found


def _chosen(seed: int, number: int) -> float:
    with np.errstate(over="ignore"):
        where: Any = address(_OUTSIDE, _CHOSEN, np.uint64(0), np.uint64(0), 0)
        return float(uniform(luck(seed, number), where))


def check_table(names: tuple[str, ...], ranks: Floats, plan: Plan) -> pd.DataFrame:
    """Coverage and flatness of the ranks [truths, D] of every number.

    One row a number: `cover` of 90 % and `cover_half` of 50 % intervals, `error` (standard error of `cover`), `flat` (p
    of a chi-squared test over ten bins, corrected by Holm for so many numbers) and whether it is `sound`.
    """
    import pandas as pd

    inside = ((ranks > 0.5 * (1.0 - LEVEL)) & (ranks < 0.5 * (1.0 + LEVEL))).mean(axis=0)
    half = ((ranks > 0.25) & (ranks < 0.75)).mean(axis=0)
    flat = holm(np.array([_flatness(column) for column in ranks.T]))
    checks = plan.checks
    return pd.DataFrame(
        {
            "number": names,
            "cover": inside,
            "error": np.sqrt(LEVEL * (1.0 - LEVEL) / len(ranks)),
            "cover_half": half,
            "flat": flat,
            "sound": [
                bool(checks.least <= cover <= checks.most and p > checks.flat)
                for cover, p in zip(inside, flat, strict=True)
            ],
        }
    )


def _flatness(ranks: Floats) -> float:
    """p of a chi-squared test that ranks fall evenly into ten bins."""
    counts = np.bincount(np.minimum((ranks * BINS).astype(int), BINS - 1), minlength=BINS)
    expected = len(ranks) / BINS
    return chi_squared_tail(float(((counts - expected) ** 2 / expected).sum()), BINS - 1)


def chi_squared_tail(value: float, freedom: int) -> float:
    """The chance that a chi-squared variable with an odd number of degrees of freedom exceeds a value.

    Abramowitz and Stegun 26.4.4: twice the tail of the normal distribution and a finite sum.
    """
    root = math.sqrt(value)
    term, total = root, 0.0
    for place in range(1, (freedom - 1) // 2 + 1):
        total += term
        term *= value / (2 * place + 1)
    density = math.exp(-0.5 * value) / math.sqrt(2.0 * math.pi)
    return min(1.0, math.erfc(root / math.sqrt(2.0)) + 2.0 * density * total)
