"""What differs from run to run because nobody knows it: numbers drawn from their ranges.

A draw is addressed by the run and the number's name, never by the order of calls: the value is the same whatever block,
lane or engine asks for it, another number sampled beside it moves nothing, and two scenarios that sample one number
stand at the same place of its range in the same run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.amounts import Range, Shape
from sim.chance import Stream, address, lucks, name_key, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario import Scenario

_NOBODY = np.uint64(0)


def sampled_numbers(scenario: Scenario, seed: int, first: int, count: int) -> dict[str, NDArray[np.float64]]:
    """The values of the numbers a scenario samples, for some runs.

    Parameters
    ----------
    scenario
        Its `sampled` says which numbers are drawn, and from which ranges.
    seed
        The seed of the batch, which may be another than the scenario's own.
    first, count
        Runs `first` .. `first + count - 1`.

    Returns
    -------
    dict
        Name of the number -> float64 [count], in the unit of the number; empty when nothing is sampled.
    """
    keys = lucks(seed, first, count)
    return {name: values_in(spread, quantiles(name, keys)) for name, spread in scenario.sampled.items()}


def quantiles(name: str, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Where in its range a number stands in each run, strictly between 0 and 1; keys: `sim.chance.lucks`, [runs]."""
    with np.errstate(over="ignore"):  # addresses wrap round on purpose
        drawn: NDArray[np.float64] = np.asarray(
            uniform(keys, address(0, Stream.NUMBER, name_key(name), _NOBODY, 0))  # type: ignore[arg-type]
        )
    return drawn


def values_in(spread: Range, where: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a range at quantiles `where`, 0..1, by the inverse of its distribution function; any shape."""
    low, high = spread.low, spread.high
    if spread.shape is Shape.UNIFORM:
        return np.clip(low + (high - low) * where, low, high)
    width, before, after = high - low, spread.peak - low, high - spread.peak
    rising = low + np.sqrt(where * (width * before))
    falling = high - np.sqrt((1.0 - where) * (width * after))
    return np.clip(np.where(where * width < before, rising, falling), low, high)
