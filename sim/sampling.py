"""What differs from run to run because nobody knows it: numbers drawn from their ranges, events left to luck.

A draw is addressed by the run and by the name of what is drawn, never by the order of calls: it is the same whatever
block, lane or engine asks for it, another number or event beside it moves nothing, and two scenarios that sample one
number stand at the same place of its range in the same run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.amounts import Range, Shape
from sim.chance import Stream, address, lucks, name_key, uniform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.events import Event
    from sim.scenario import Scenario

_NOBODY = np.uint64(0)

NEVER = -1.0
"""The quarter of an event in a run in which it does not happen."""


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
    return _drawn(Stream.NUMBER, name, keys)


def _drawn(stream: Stream, name: str, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Draws strictly between 0 and 1 that depend on the run and a name alone: float64 [runs]."""
    with np.errstate(over="ignore"):  # addresses wrap round on purpose
        where = address(0, stream, name_key(name), _NOBODY, 0)
        drawn: NDArray[np.float64] = np.asarray(uniform(keys, where))  # type: ignore[arg-type]
    return drawn


def event_dates(events: Sequence[Event], seed: int, first: int, count: int) -> NDArray[np.float64]:
    """In which quarter each event happens in each run: float64 [events, count], `NEVER` where it does not.

    seed, first, count: of the batch, and runs `first` .. `first + count - 1`. A quarter is year * 4 + quarter - 1.
    """
    dates = np.empty((len(events), count))
    keys = lucks(seed, first, count)
    for at, event in enumerate(events):
        dates[at] = event.at
        if event.latest is not None:
            steps = event.latest - event.at + 1
            dates[at] += np.minimum(np.floor(_drawn(Stream.EVENT_DATE, event.draw, keys) * steps), steps - 1)
        if event.chance < 1.0:
            dates[at][_drawn(Stream.EVENT_HAPPENS, event.draw, keys) >= event.chance] = NEVER
    return dates


def values_in(spread: Range, where: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a range at quantiles `where`, 0..1, by the inverse of its distribution function; any shape."""
    low, high = spread.low, spread.high
    if spread.shape is Shape.UNIFORM:
        return np.clip(low + (high - low) * where, low, high)
    width = high - low
    before, after = (spread.peak - low) / width, (high - spread.peak) / width
    rising = low + width * np.sqrt(where * before)
    falling = high - width * np.sqrt((1.0 - where) * after)
    return np.clip(np.where(where < before, rising, falling), low, high)
