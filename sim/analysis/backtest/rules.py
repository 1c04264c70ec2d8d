"""Scores of one fan for one value, each named and each the same for the model and for every opponent.

Smaller is better, for all of them. Sharp fans in the right place win; fans that say more than they know are punished.

- CRPS: `scoringrules.crps_ensemble`, estimator `qd` (quantile decomposition): the score of the distribution that the
  members are, as the mean distance from the value less half of that between members; of one member, the distance. Of
  votes (0, 0.5, 1) it is the ranked probability score over its largest value.
- interval score: the width, and for a miss 2 / (1 - level) times the distance (Gneiting and Raftery 2007), by hand.
- logarithmic score: less the logarithm of a density: a normal kernel round every member, as wide as Silverman's rule
  says, on the odds of shares and the logarithm of amounts, and never below `FLOOR`. Points have none, nor have arms,
  whose shares are often exactly nought or one.
- Brier score of votes: squared distances of the chances of no, abstention (or absence) and yes from what came.
- energy score: CRPS for whole vectors, `scoringrules.es_ensemble`, estimator `nrg`.
"""

from typing import Any

import numpy as np

from sim.analysis.observed import ARMS, TURNOVER, VOTE
from sim.analysis.record import Floats
from sim.analysis.scores import logit
from sim.io.extras import optional

LEVELS = (0.5, 0.8, 0.9)
FLOOR = 1e-4
"""The least density that a logarithmic score is taken of: no single surprise may decide a comparison."""

MOST = 500
"""Members of a vector that an energy score is taken of: it compares every two of them."""

_LEAST = 0.01  # million USD, to which draws are rounded
_EDGE = 1e-6  # shares are kept so far from 0 and 1, where their odds end
_ANSWERS = (0.0, 0.5, 1.0)
_BACKEND = "numpy"  # the same digits whether or not a compiler is there


def scoringrules() -> Any:
    """The library of scores; says how to get it where it is missing."""
    return optional("scoringrules", "history", "backtest", "scores need")


def scale_of(measure: str, values: Floats | float) -> Floats:
    """Values on the scale on which they are scored: logarithms of turnover, everything else as it is."""
    plain = np.asarray(values, dtype=np.float64)
    return np.log(np.maximum(plain, _LEAST)) if measure == TURNOVER else plain


def crps_of(members: Floats, value: float) -> float:
    """The continuous ranked probability score of members [M]."""
    members = np.ascontiguousarray(members, dtype=np.float64)  # whole numbers would be cut by some estimators
    if len(members) == 1:
        return abs(float(members[0]) - value)
    return float(scoringrules().crps_ensemble(float(value), members, estimator="qd", backend=_BACKEND))


def energy_of(members: Floats, value: Floats) -> float:
    """The energy score of the first members [M, D], `MOST` at most, for a vector [D]."""
    members = np.ascontiguousarray(members[:MOST], dtype=np.float64)
    if len(members) == 1:
        return float(np.linalg.norm(members[0] - value))
    return float(scoringrules().es_ensemble(np.asarray(value, float), members, estimator="nrg", backend=_BACKEND))


def interval_of(members: Floats, level: float) -> tuple[float, float]:
    """The middle `level` of members."""
    low, high = np.quantile(members, [(1.0 - level) / 2, (1.0 + level) / 2])
    return float(low), float(high)


def interval_score(low: float, high: float, value: float, level: float) -> float:
    """The width of an interval, and how far and how surely it missed."""
    missed = max(low - value, value - high, 0.0)
    return high - low + 2.0 / (1.0 - level) * missed


def log_score(measure: str, members: Floats, value: float) -> float:
    """Less the logarithm of the density at the value; nan for a point and for arms."""
    if measure.startswith(VOTE):
        return -float(np.log(max(chances(members)[_ANSWERS.index(value)], FLOOR)))
    if len(members) == 1 or measure == ARMS:
        return np.nan
    if measure != TURNOVER:  # whose scale is that of logarithms already
        members, value = logit(np.clip(members, _EDGE, 1.0 - _EDGE)), float(logit(np.clip(value, _EDGE, 1.0 - _EDGE)))
    quarter = np.diff(np.quantile(members, [0.25, 0.75]))[0] / 1.34
    spread = min(float(np.std(members, ddof=1)), float(quarter)) or float(np.std(members, ddof=1))
    if spread <= 0.0:
        return np.nan
    width = 0.9 * spread * len(members) ** -0.2
    density = float(np.mean(np.exp(-0.5 * ((value - members) / width) ** 2)) / (width * np.sqrt(2.0 * np.pi)))
    return -float(np.log(max(density, FLOOR)))


def chances(members: Floats) -> Floats:
    """Chances of no, neither and yes [3] among answers; one answer more is spread evenly over them."""
    counted = np.array([(members == answer).sum() for answer in _ANSWERS], dtype=np.float64)
    spread: Floats = (counted + 1.0 / len(_ANSWERS)) / (len(members) + 1.0)
    return spread if len(members) > 1 else counted


def brier_of(members: Floats, value: float) -> float:
    """The Brier score of the three answers, 0 to 2."""
    came = np.array([answer == value for answer in _ANSWERS], dtype=np.float64)
    counted = np.array([(members == answer).mean() for answer in _ANSWERS])
    return float(((counted - came) ** 2).sum())


def pit_of(members: Floats, value: float, luck: float) -> float:
    """Where a value falls among members, 0..1; anywhere between neighbours, and among equals, as luck (0..1) has it.

    Of a fan that knows what it says these are spread evenly, also where there are few members or few answers.
    """
    below, same = float((members < value).sum()), float((members == value).sum())
    return (below + luck * (same + 1.0)) / (len(members) + 1.0)
