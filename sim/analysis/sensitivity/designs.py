"""Designs: where in the space of its factors an experiment is run. The points come from SALib.

Every point is drawn in the unit cube, one coordinate a factor, and then taken to values; so all designs treat ranges,
levels and switches alike. A dummy factor, which moves nothing, always stands last: whatever is found for it is error.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sensitivity.design_kinds import Design, DesignKind
from sim.analysis.sensitivity.factors import DUMMY, Factor, FactorKind
from sim.io.extras import optional

Floats = NDArray[np.float64]

_DESIGN_STREAM, _SCREEN_STREAM = 1, 2  # so that two designs of one seed do not share their draws


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Points of a design. The order of the rows is what the analysis relies on."""

    factors: tuple[Factor, ...]  # D, the dummy last
    design: Design
    unit: Floats  # [rows, D], in the unit cube
    values: Floats  # [rows, D], in the units of the factors

    @property
    def rows(self) -> int:
        """How many points there are."""
        return int(self.values.shape[0])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the factors, the dummy last."""
        return tuple(factor.name for factor in self.factors)


def with_dummy(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """The factors and behind them one that moves nothing."""
    return (*factors, Factor(name=DUMMY, kind=FactorKind.DUMMY))


def salib(part: str) -> Any:
    """A module of SALib, such as `sample.sobol`; says how to get it where it is missing."""
    return optional(f"SALib.{part}", "sweep", "sweep", "sweeps need")


def salib_problem(factors: tuple[Factor, ...], unit: bool = False) -> dict[str, Any]:
    """The factors as SALib writes a problem; with `unit`, as they are drawn, each from 0 to 1."""
    bounds = [[0.0, 1.0] if unit else [factor.low, factor.high] for factor in factors]
    return {"num_vars": len(factors), "names": [factor.name for factor in factors], "bounds": bounds}


def lay_out(factors: tuple[Factor, ...], design: Design, seed: int, screening: bool = False) -> Sample:
    """The points of a design over some factors; the same seed gives the same points, and 0 is a seed like any other.

    Parameters
    ----------
    factors
        Without the dummy, which is added here.
    screening
        Whether this is a first pass, whose draws are other than those of the design itself.

    Raises
    ------
    sim.io.errors.InputError
        If SALib is not installed.
    """
    everyone = with_dummy(factors)
    draws = np.random.default_rng([seed, _SCREEN_STREAM if screening else _DESIGN_STREAM])
    if design.kind is DesignKind.ONE_AT_A_TIME:
        return _one_at_a_time(everyone, design)
    if design.kind is DesignKind.TABLE:
        return _own_points(everyone, design, draws)
    unit = _grid(everyone, design, draws) if design.kind is DesignKind.GRID else _from_salib(everyone, design, draws)
    values = np.column_stack([value_at(factor, unit[:, place]) for place, factor in enumerate(everyone)])
    return Sample(factors=everyone, design=design, unit=unit, values=values)


def value_at(factor: Factor, unit: Floats) -> Floats:
    """The value at each place 0..1 between low and high; with levels, each gets an equal part of the way."""
    if factor.levels:
        levels = np.asarray(factor.levels)
        picked: Floats = levels[np.minimum((unit * len(levels)).astype(int), len(levels) - 1)]
        return picked
    between: Floats = factor.low + unit * (factor.high - factor.low)
    return np.clip(between, factor.low, factor.high)


def levels_of(factor: Factor, design: Design) -> Floats:
    """The values a factor takes in a grid or one at a time: its own levels, or evenly from end to end."""
    return np.asarray(factor.levels) if factor.levels else np.linspace(factor.low, factor.high, design.points)


def _from_salib(factors: tuple[Factor, ...], design: Design, draws: np.random.Generator) -> Floats:
    problem = salib_problem(factors, unit=True)
    drawn: Any
    if design.kind is DesignKind.SOBOL:
        sample = salib("sample.sobol").sample
        drawn = sample(problem, design.points, calc_second_order=design.second_order, seed=draws)
    elif design.kind is DesignKind.MORRIS:
        drawn = salib("sample.morris").sample(problem, design.points, num_levels=design.levels, seed=draws)
    elif design.kind is DesignKind.FAST:
        sample = salib("sample.fast_sampler").sample
        drawn = np.vstack([sample(problem, design.points, seed=draws) for _ in range(design.curves)])
    else:
        drawn = salib("sample.latin").sample(problem, design.points, seed=draws)
    return np.clip(np.asarray(drawn, dtype=np.float64), 0.0, 1.0)


def _grid(factors: tuple[Factor, ...], design: Design, draws: np.random.Generator) -> Floats:
    """Every combination of levels, the last factor fastest; the dummy is drawn at random, since it costs nothing."""
    counts = [len(levels_of(factor, design)) for factor in factors[:-1]]
    places = np.array(list(product(*(range(count) for count in counts))), dtype=np.float64)
    unit = np.empty((len(places), len(factors)))
    for column, (factor, count) in enumerate(zip(factors, counts, strict=False)):
        # in the middle of each level's part of the way, or from end to end where the range has no levels of its own
        unit[:, column] = (places[:, column] + 0.5) / count if factor.levels else places[:, column] / (count - 1)
    unit[:, -1] = (draws.permutation(len(places)) + 0.5) / len(places)
    return unit


def _one_at_a_time(factors: tuple[Factor, ...], design: Design) -> Sample:
    """First the point where every factor stands at its base, then each factor at each of its levels."""
    base = np.array([factor.base for factor in factors])
    rows = [base]
    for column, factor in enumerate(factors):
        for value in levels_of(factor, design):
            rows.append(base.copy())
            rows[-1][column] = value
    values = np.array(rows)
    return Sample(factors=factors, design=design, unit=_between_ends(factors, values), values=values)


def _own_points(factors: tuple[Factor, ...], design: Design, draws: np.random.Generator) -> Sample:
    """The points of a table, in its order; the dummy is spread at random."""
    assert design.own is not None, "the table of a design is read with the experiment"
    dummy = (draws.permutation(len(design.own)) + 0.5) / len(design.own)
    values = np.column_stack([design.own.values, dummy])
    return Sample(factors=factors, design=design, unit=_between_ends(factors, values), values=values)


def _between_ends(factors: tuple[Factor, ...], values: Floats) -> Floats:
    """Where values lie between the low and the high end of their factors, 0..1."""
    low = np.array([factor.low for factor in factors])
    high = np.array([factor.high for factor in factors])
    unit: Floats = np.clip((values - low) / (high - low), 0, 1)
    return unit


def base_points(sample: Sample, values: Floats) -> Floats:
    """The two base samples of a Sobol design; all other points mix them."""
    step = sample.rows // sample.design.points
    return np.concatenate([values[::step], values[step - 1 :: step]])
