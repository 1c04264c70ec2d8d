"""What matters: indices of influence with intervals, and whether the sample was large enough.

The indices come from SALib, which answers a constant output or a single value that is not a number with zeros for
everything; both are refused here, by name, before it is asked. Luck is common to all points: replicate r is the same
luck everywhere, so two points differ by their numbers alone, and a factor that does nothing shows exactly nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.sensitivity.design_kinds import DesignKind
from sim.analysis.sensitivity.designs import Sample, base_points, levels_of, salib, salib_problem
from sim.analysis.sensitivity.noise import CONFIDENCE, RESAMPLES, TARGET, noise_shares, points_for_noise
from sim.io.errors import InputError, input_error

Floats = NDArray[np.float64]

_NORMAL = 1.959963984540054  # half of the interval of a normal distribution that holds 95 %
_HARMONICS = 4  # of the search curve of the extended FAST, as it is sampled
_SAME = 1e-12  # differences smaller than this part of the values are rounding

INDICES = {
    "first": "part of the variance that goes away when this factor alone is known",
    "total": "part of the variance that is left when everything but this factor is known",
    "mu_star": "mean size of the elementary effects over the whole range",
    "mu": "mean elementary effect, with its sign",
    "sigma": "spread of the elementary effects: interaction, or a bent response",
    "rank_correlation": "Spearman's rank correlation",
    "main_effect": "part of the variance between points that the level of this factor alone accounts for",
    "swing": "difference between its highest and its lowest level, averaged over everything else",
    "effect": "difference from the point where everything stands as it is",
}


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What was found for the outcomes of a sweep, as tidy tables.

    - indices: outcome, factor, index (a key of `INDICES`), at (value of the factor, for `effect`), value, low, high
    - interactions: outcome, factor_a, factor_b, value, low, high (second order)
    - noise: outcome, mean, parameters, luck_alone, together, low, high, left, replicates, replicates_needed
    - convergence: outcome, points, half_width, target, enough, points_needed
    - refused: outcome, why
    """

    indices: pd.DataFrame
    interactions: pd.DataFrame
    noise: pd.DataFrame
    convergence: pd.DataFrame
    refused: pd.DataFrame


TABLES = ("indices", "interactions", "noise", "convergence", "refused")
_COLUMNS = {
    "indices": ("outcome", "factor", "index", "at", "value", "low", "high"),
    "interactions": ("outcome", "factor_a", "factor_b", "value", "low", "high"),
    "noise": (
        *("outcome", "mean", "parameters", "luck_alone", "together", "low", "high"),
        *("left", "replicates", "replicates_needed"),
    ),
    "convergence": ("outcome", "points", "half_width", "target", "enough", "points_needed"),
    "refused": ("outcome", "why"),
}


def analyse(sample: Sample, outputs: dict[str, Floats], seed: int = 0) -> Analysis:
    """Find out what matters for each outcome.

    Parameters
    ----------
    sample
        The points that were run.
    outputs
        Outcome -> float64 [rows, replicates]. An outcome that cannot be analysed is listed under `refused`.
    seed
        For the resampling behind the intervals.
    """
    rows: dict[str, list[Any]] = {table: [] for table in TABLES}
    for place, (outcome, values) in enumerate(outputs.items()):
        rows["noise"].append({"outcome": outcome} | noise_shares(points_for_noise(sample, values), seed))
        draws = np.random.default_rng([seed, place, 3])
        try:
            check_output(outcome, values, sample)
            found = _READERS[sample.design.kind](sample, values, draws)
        except InputError as error:
            rows["refused"].append({"outcome": outcome, "why": "; ".join(c.message for c in error.problems)})
            continue
        for table in ("indices", "interactions", "convergence"):
            rows[table] += [{"outcome": outcome} | row for row in found.get(table, ())]
    frames = {table: pd.DataFrame(rows[table], columns=list(_COLUMNS[table])) for table in TABLES}
    return Analysis(**frames)


def check_output(outcome: str, values: Floats, sample: Sample) -> None:
    """Every value is a number, and they are not all the same.

    Raises
    ------
    sim.io.errors.InputError
        Naming the outcome and, for what is not a number, the first point where it is none.
    """
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        count = int((~finite).sum())
        where = f"{count:,} of {len(values):,} points gave no finite number, the first of them point {row}"
        raise input_error(outcome, f"'{outcome}' cannot be analysed: {where}")
    means = values.mean(axis=1)
    if _constant(means):
        constant = f"it is {means[0]:.6g} at every one of {sample.rows:,} points, so there is nothing to explain"
        raise input_error(outcome, f"'{outcome}' cannot be analysed: {constant}")
    if sample.design.kind is DesignKind.SOBOL and _constant(base_points(sample, means)):
        rare = f"it is {means[0]:.6g} at all {2 * sample.design.points:,} base points and differs only between them"
        raise input_error(outcome, f"'{outcome}' cannot be analysed: {rare}; it is too rare for so small a sample")


def _constant(means: Floats) -> bool:
    return float(np.ptp(means)) <= _SAME * max(1.0, float(np.abs(means).max()))


# --- indices by design -----------------------------------------------------------------------------------------------

_Found = dict[str, list[dict[str, Any]]]


def _index(factor: str, index: str, value: float, half: float | None = None, at: float = np.nan) -> dict[str, Any]:
    low, high = (np.nan, np.nan) if half is None else (value - half, value + half)
    return {"factor": factor, "index": index, "at": at, "value": float(value), "low": float(low), "high": float(high)}


def _sobol(sample: Sample, values: Floats, draws: np.random.Generator) -> _Found:
    means, second = values.mean(axis=1), sample.design.second_order
    problem = salib_problem(sample.factors, unit=True)
    analyse_ = salib("analyze.sobol").analyze

    def indices(points: int, second_order: bool) -> Any:
        cut = means[: points * (sample.rows // sample.design.points)]
        if second and not second_order:
            step = 2 * len(sample.factors) + 2
            keep = np.r_[0 : len(sample.factors) + 1, step - 1]
            cut = cut.reshape(points, step)[:, keep].ravel()
        return analyse_(problem, cut, calc_second_order=second_order, num_resamples=RESAMPLES, seed=draws)

    whole = indices(sample.design.points, second)
    found: _Found = {"indices": [], "interactions": [], "convergence": []}
    for place, name in enumerate(sample.names):
        for index, key in (("first", "S1"), ("total", "ST")):
            found["indices"].append(_index(name, index, whole[key][place], whole[f"{key}_conf"][place]))
    if second:
        for a, one in enumerate(sample.names):
            for b in range(a + 1, len(sample.names)):
                value, half = float(whole["S2"][a, b]), float(whole["S2_conf"][a, b])
                row = {"factor_a": one, "factor_b": sample.names[b], "value": value}
                found["interactions"].append(row | {"low": value - half, "high": value + half})
    widths = {sample.design.points: float(np.max(whole["ST_conf"]))}
    for part in (2, 4, 8):
        points = sample.design.points // part
        base = base_points(sample, means).reshape(2, -1)[:, :points]
        if points >= 8 and not _constant(base.ravel()):
            widths[points] = float(np.max(indices(points, second_order=False)["ST_conf"]))
    found["convergence"] = _convergence(widths, power_of_two=True)
    return found


def _convergence(widths: dict[int, float], power_of_two: bool = False, target: float = TARGET) -> list[dict[str, Any]]:
    """How the widest interval shrinks with the number of points, and how many it would take to reach the target."""
    rows = []
    for points in sorted(widths):
        half = widths[points]
        needed = max(1.0, np.ceil(points * (half / target) ** 2))
        needed = 2.0 ** np.ceil(np.log2(needed)) if power_of_two else needed
        enough = half <= target
        row = {"points": points, "half_width": half, "target": target, "enough": bool(enough)}
        rows.append(row | {"points_needed": float(points if enough else max(needed, points))})
    return rows


def _morris(sample: Sample, values: Floats, draws: np.random.Generator) -> _Found:
    means = values.mean(axis=1)
    problem = salib_problem(sample.factors, unit=True)
    found: _Found = {"indices": []}

    def effects(trajectories: int) -> Any:
        cut = trajectories * (len(sample.factors) + 1)
        options = {"num_levels": sample.design.levels, "num_resamples": RESAMPLES, "seed": draws}
        return salib("analyze.morris").analyze(problem, sample.unit[:cut], means[:cut], **options)

    whole = effects(sample.design.points)
    for place, name in enumerate(sample.names):
        half = float(whole["mu_star_conf"][place])
        found["indices"] += [
            _index(name, "mu_star", whole["mu_star"][place], half),
            _index(name, "mu", whole["mu"][place]),
            _index(name, "sigma", whole["sigma"][place]),
        ]
    widths = {sample.design.points: _relative_width(whole)}
    for part in (2, 4):
        if sample.design.points // part >= 4:
            widths[sample.design.points // part] = _relative_width(effects(sample.design.points // part))
    found["convergence"] = _convergence(widths, target=2 * TARGET)
    return found


def _relative_width(found: Any) -> float:
    """The widest interval of a mean elementary effect, as part of the largest of them."""
    return float(np.max(found["mu_star_conf"]) / max(float(np.max(found["mu_star"])), 1e-300))


def _fast(sample: Sample, values: Floats, _: np.random.Generator) -> _Found:
    # SALib resamples half a curve for an interval, which it warns is unreliable. Whole curves with other phases are
    # independent estimates, so the spread between them is what the interval rests on.
    count, points, curves = len(sample.factors), sample.design.points, sample.design.curves
    orders = salib("analyze.fast").compute_orders
    frequency = (points - 1) // (2 * _HARMONICS)
    by_curve = values.mean(axis=1).reshape(curves, count, points)
    found: _Found = {"indices": []}
    each = np.array([[_orders(orders, curve, points, frequency) for curve in one] for one in by_curve])
    mean, half = each.mean(axis=0), _student(curves) * each.std(axis=0, ddof=1) / np.sqrt(curves)
    for place, name in enumerate(sample.names):
        for column, index in enumerate(("first", "total")):
            row = _index(name, index, mean[place, column], half[place, column])
            # Curves that interfere lift all of these indices alike, and the dummy shows by how much: no factor can be
            # told from one without effect by less than that.
            found["indices"].append(row | {"low": row["low"] - float(max(mean[-1, column], 0.0))})
    found["convergence"] = _convergence({points * curves: float(half.max())})
    return found


def _orders(orders: Callable[..., Any], curve: Floats, points: int, frequency: int) -> tuple[float, float]:
    """First and total order from one search curve; a curve on which nothing moves has neither."""
    if np.ptp(curve) <= _SAME * max(1.0, float(np.abs(curve).max())):
        return 0.0, 0.0
    first, total = orders(curve, points, _HARMONICS, frequency)
    return float(first), float(total)


def _student(count: int) -> float:
    """Half of the interval of Student's t for the mean of so many values, in standard errors."""
    from scipy.stats import t

    return float(t.ppf((1 + CONFIDENCE) / 2, max(count - 1, 1)))


def _latin_hypercube(sample: Sample, values: Floats, draws: np.random.Generator) -> _Found:
    means = values.mean(axis=1)
    found: _Found = {"indices": []}
    again = draws.integers(sample.rows, size=(RESAMPLES, sample.rows))
    ranks = _ranks(sample.values)
    outcome = _ranks(means[:, None])[:, 0]
    correlations = _correlations(ranks, outcome)
    resampled = np.array([_correlations(ranks[pick], outcome[pick]) for pick in again])
    half = _NORMAL * resampled.std(axis=0, ddof=1)
    for place, name in enumerate(sample.names):
        found["indices"].append(_index(name, "rank_correlation", correlations[place], half[place]))
    found["convergence"] = _convergence({sample.rows: float(half.max())})
    return found


def _ranks(values: Floats) -> Floats:
    from scipy.stats import rankdata

    ranks: Floats = np.asarray(rankdata(values, axis=0), dtype=np.float64)
    return ranks


def _correlations(ranks: Floats, outcome: Floats) -> Floats:
    """Correlation of each column with the outcome; nought for a column that does not vary."""
    left, right = ranks - ranks.mean(axis=0), outcome - outcome.mean()
    size = np.sqrt((left**2).sum(axis=0) * (right**2).sum())
    correlations: Floats = np.divide(left.T @ right, size, out=np.zeros(ranks.shape[1]), where=size > 0)
    return correlations


def _grid(sample: Sample, values: Floats, draws: np.random.Generator) -> _Found:
    replicates = values.shape[1]
    found: _Found = {"indices": []}
    picks = draws.integers(replicates, size=(RESAMPLES, replicates))
    for place, factor in enumerate(sample.factors[:-1]):
        level = np.unique(sample.values[:, place], return_inverse=True)[1]
        share = _between_levels(level, values.mean(axis=1))
        again = [_between_levels(level, values[:, pick].mean(axis=1)) for pick in picks] if replicates > 1 else [share]
        half = _NORMAL * float(np.std(again))
        found["indices"].append(_index(factor.name, "main_effect", share, half if replicates > 1 else None))
        ends = values[level == level.max()].mean(axis=0) - values[level == 0].mean(axis=0)  # on the same luck
        apart = _student(replicates) * float(ends.std(ddof=1)) / np.sqrt(replicates) if replicates > 1 else None
        found["indices"].append(_index(factor.name, "swing", float(ends.mean()), apart))
    found["convergence"] = _luck_convergence(values)
    return found


def _between_levels(level: NDArray[Any], means: Floats) -> float:
    """The part of the variance of the means that lies between levels."""
    count = np.bincount(level)
    by_level = np.bincount(level, weights=means) / count
    whole = float(means.var())
    return float((count * (by_level - means.mean()) ** 2).sum() / len(means) / whole) if whole > 0 else 0.0


def _luck_convergence(values: Floats) -> list[dict[str, Any]]:
    """Whether there were replicates enough to know each point within `TARGET` of the range of the outcome."""
    replicates = values.shape[1]
    if replicates < 2:
        return []
    spread = float(np.ptp(values.mean(axis=1)))
    half = _student(replicates) * values.std(axis=1, ddof=1) / np.sqrt(replicates)
    return _convergence({replicates: float(np.quantile(half, CONFIDENCE)) / spread})


def _one_at_a_time(sample: Sample, values: Floats, _: np.random.Generator) -> _Found:
    base, row = values[0], 0
    replicates = values.shape[1]
    found: _Found = {"indices": []}
    for factor in sample.factors:
        for level in levels_of(factor, sample.design):
            row += 1
            apart = values[row] - base  # on the same luck, so that luck falls out of the difference
            half = _student(replicates) * float(apart.std(ddof=1)) / np.sqrt(replicates) if replicates > 1 else None
            found["indices"].append(_index(factor.name, "effect", float(apart.mean()), half, float(level)))
    found["convergence"] = _luck_convergence(values)
    return found


_READERS: dict[DesignKind, Callable[[Sample, Floats, np.random.Generator], _Found]] = {
    DesignKind.SOBOL: _sobol,
    DesignKind.MORRIS: _morris,
    DesignKind.FAST: _fast,
    DesignKind.LATIN_HYPERCUBE: _latin_hypercube,
    DesignKind.TABLE: _latin_hypercube,
    DesignKind.GRID: _grid,
    DesignKind.ONE_AT_A_TIME: _one_at_a_time,
}


# --- screening -------------------------------------------------------------------------------------------------------


def strongest_factors(analysis: Analysis, outputs: dict[str, Floats], keep: int) -> tuple[str, ...]:
    """The factors that matter most for any outcome, by mean elementary effect in standard deviations of the outcome.

    The dummy is never among them. Ties, and factors without effect, keep the order of the design.
    """
    effects = analysis.indices[analysis.indices["index"] == "mu_star"]
    spread = {outcome: float(values.mean(axis=1).std()) for outcome, values in outputs.items()}
    sized = effects["value"] / effects["outcome"].map(spread)
    largest = sized.groupby(effects["factor"], sort=False).max()
    order = largest.drop("dummy", errors="ignore").sort_values(ascending=False, kind="stable")
    return tuple(str(name) for name in order.index[:keep])
