"""How far trade steps in a year: the estimates behind the facts `trade-steps-*`, made anew from the record.

1. The yearly change of the logarithm of trade of all pairs, less two per cent of American inflation, is laid on real
   growth of both sides and on the price of oil (exporters of oil and gas by themselves), by a robust regression without
   a constant.
2. What is left, less its mean for each pair, is taken for a level that steps and a figure that errs: `LEVELS` of both
   spreads are tried, and their likelihoods kept.
3. The pairs of a class of partner are drawn towards each other by empirical Bayes: the logarithms of both spreads are
   normal within the class, with the means and widths that make all of its pairs likeliest.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.record import Record

Floats = NDArray[np.float64]

INFLATION = 0.02  # of the dollar a year
EXPORTERS = ("KAZ", "TKM")  # of oil and gas
CLASSES = (("CHN", "RUS", "EU"), ("TUR",), ("USA", "JPN", "IND"))
LEVELS = np.geomspace(0.01, 1.2, 40)  # spreads a year that are tried
_ROBUST, _SIGMA = 1.345, 0.6745  # Huber's bound in spreads; the median size of a standard normal variable
_NARROWEST = 0.05  # width of a class


class Steps(NamedTuple):
    """What the record says of one pair."""

    step: float  # spread of the yearly step of the level
    error: float  # spread of the error of a year's figure


class ClassSteps(NamedTuple):
    """What the record says of a class of partners: medians of its pairs."""

    step: float
    error: float


def panel(record: Record) -> dict[tuple[str, str], tuple[Floats, Floats, Floats]]:
    """Of each pair: years [n], changes of the logarithm of trade [n], and what explains them [n, 4]."""
    price = np.diff(np.log(record.price))
    found = {}
    for i, state in enumerate(record.states):
        sells = float(state in EXPORTERS)
        for j, power in enumerate(record.powers):
            moved = np.diff(np.log(record.trade[i, j]))
            causes = [record.growth[i, 1:], record.power_growth[j, 1:], sells * price, (1.0 - sells) * price]
            known = np.isfinite(moved)
            found[state, power] = (np.array(record.years[1:])[known], moved[known], np.column_stack(causes)[known])
    return found


def elasticities(record: Record) -> Floats:
    """On own growth, the partner's, and the price of oil for exporters and for others [4]."""
    pairs = panel(record).values()
    return _robust(np.concatenate([x for _, _, x in pairs]), np.concatenate([y for _, y, _ in pairs]) - INFLATION)


def trade_steps(record: Record) -> tuple[dict[tuple[str, str], Steps], dict[tuple[str, ...], ClassSteps]]:
    """Steps by pair, and medians by class of partner."""
    beta = elasticities(record)
    likely = {}
    for pair, (years, moved, causes) in panel(record).items():
        left = moved - INFLATION - causes @ beta
        likely[pair] = _likelihoods(left - left.mean(), years)
    by_pair, by_class = {}, {}
    for powers in CLASSES:
        mine = {pair: table for pair, table in likely.items() if pair[1] in powers}
        by_class[powers], steps = _pooled(mine)
        by_pair |= steps
    return by_pair, by_class


def rest_steps(record: Record) -> dict[str, float]:
    """Of each state: spread of yearly changes of trade with all others beyond own growth and the price of oil."""
    found = {}
    for i, state in enumerate(record.states):
        moved = np.diff(np.log(record.turnover[i] - record.trade[i].sum(axis=0)))
        causes = np.column_stack([np.ones(len(moved)), record.growth[i, 1:], np.diff(np.log(record.price))])
        known = np.isfinite(moved)
        beta = np.linalg.lstsq(causes[known], moved[known], rcond=None)[0]
        found[state] = float((moved[known] - causes[known] @ beta).std(ddof=1))
    return found


def growth_swings(record: Record) -> dict[str, float]:
    """Of each state: spread of yearly growth, for exporters of oil and gas beyond the price of oil."""
    price = np.diff(np.log(record.price))
    found = {}
    for i, state in enumerate(record.states):
        growth = record.growth[i]
        if state in EXPORTERS:
            causes = np.column_stack([np.ones(len(price)), price])
            growth = growth[1:] - causes @ np.linalg.lstsq(causes, growth[1:], rcond=None)[0]
        found[state] = float(growth.std(ddof=1))
    return found


def _robust(causes: Floats, moved: Floats) -> Floats:
    """Huber's regression, by weights until they settle."""
    weights = np.ones(len(moved))
    beta = np.zeros(causes.shape[1])
    for _ in range(60):
        root = np.sqrt(weights)
        beta = np.linalg.lstsq(causes * root[:, None], moved * root, rcond=None)[0]
        left = moved - causes @ beta
        spread = np.median(np.abs(left - np.median(left))) / _SIGMA
        weights = np.minimum(1.0, _ROBUST * spread / np.maximum(np.abs(left), 1e-9))
    return beta


def _likelihoods(left: Floats, years: Floats) -> Floats:
    """Log-likelihood [step, error] over `LEVELS` of a level that steps and a figure that errs."""
    follows = (np.abs(years[:, None] - years[None, :]) == 1).astype(float)

    def one(step: float, error: float) -> float:
        spread = np.eye(len(left)) * (step**2 + 2.0 * error**2) - follows * error**2
        root = np.linalg.cholesky(spread)
        white = np.linalg.solve(root, left)
        return float(-0.5 * white @ white - np.log(np.diag(root)).sum())

    return np.array([[one(step, error) for error in LEVELS] for step in LEVELS])


def _pooled(likely: Mapping[tuple[str, str], Floats]) -> tuple[ClassSteps, dict[tuple[str, str], Steps]]:
    """Pairs drawn towards their class."""
    from scipy.optimize import minimize

    logs = np.log(LEVELS)

    def prior(about: Sequence[float]) -> Floats:
        widths = np.exp(about[1]) + _NARROWEST, np.exp(about[3]) + _NARROWEST
        steps = -0.5 * ((logs - about[0]) / widths[0]) ** 2 - np.log(widths[0])
        errors = -0.5 * ((logs - about[2]) / widths[1]) ** 2 - np.log(widths[1])
        return steps[:, None] + errors[None, :]

    def unlikely(about: Sequence[float]) -> float:
        given = prior(about)
        return -sum(float(np.logaddexp.reduce(table + given, axis=None)) for table in likely.values())

    starts = ([-1.5, -1.0, -2.0, -1.0], [-1.0, -1.0, -1.2, -1.0])
    tries = [minimize(unlikely, start, method="Nelder-Mead", options={"maxiter": 1500}) for start in starts]
    best = min(tries, key=lambda tried: tried.fun).x
    steps = {}
    for pair, table in likely.items():
        weights = np.exp((table + prior(best)) - (table + prior(best)).max())
        weights /= weights.sum()
        squares = (weights.sum(axis=1) @ LEVELS**2, weights.sum(axis=0) @ LEVELS**2)
        steps[pair] = Steps(*(float(np.sqrt(square)) for square in squares))
    return ClassSteps(float(np.exp(best[0])), float(np.exp(best[2]))), steps
