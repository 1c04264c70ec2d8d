"""What differs from run to run because nobody knows it: numbers drawn from their ranges, events left to luck.

A draw is addressed by the run and by the name of what is drawn, never by the order of calls: it is the same whatever
block, lane or engine asks for it, another number or event beside it moves nothing, and two scenarios that sample one
number stand at the same place of its range in the same run.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.fitted import fitted_numbers
from sim.model.chance import Stream, address, lucks, name_key, uniform
from sim.scenario.scenario import evidence_of
from sim.scenario.units import ONE_FOR_ALL, Range, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.engine.fitted import Fitted
    from sim.evidence.evidence import Evidence
    from sim.scenario.events import Event
    from sim.scenario.scenario import Scenario

_WEIGHT = re.compile(r"states\.[^.]+\.weight\.")
_NOBODY = np.uint64(0)

NEVER = -1.0
"""The quarter of an event in a run in which it does not happen."""


def sampled_numbers(
    scenario: Scenario, seed: int, first: int, count: int, fitted: Fitted | None = None
) -> dict[str, NDArray[np.float64]]:
    """The values of the numbers that differ from run to run: those a scenario samples, and those of the posterior.

    Parameters
    ----------
    scenario
        Its `sampled` says which numbers are drawn, and from which ranges.
    seed
        The seed of the batch, which may be another than the scenario's own.
    first, count
        Runs `first` .. `first + count - 1`.
    fitted
        What the scenario takes from the posterior (`sim.engine.fitted.fitted_numbers`), if it does.

    Returns
    -------
    dict
        Name of the number -> float64 [count], in the unit of the number; empty when nothing is drawn.

    Notes
    -----
    Fitted numbers come in rows, every other one is drawn by itself, with one exception: the weights of the kinds of
    offer sum to 1 in each state. Where one of them is drawn, all of that state are divided by their sum, and all are
    among what is returned. A weight may thereby leave its range a little.
    """
    shared = scenario.lucks_per_draw
    rows = {} if fitted is None else fitted.drawn(seed, first, count, shared)
    if not scenario.sampled:
        return rows | _weights(scenario, rows)
    draws = first // shared, (first + count - 1) // shared + 1
    keys = lucks(seed, draws[0], draws[1] - draws[0])
    whose = np.arange(first, first + count) // shared - draws[0]  # the draw of each run
    names, addresses, low, high, peak, triangular = _laid_out(tuple(scenario.sampled.items()))
    with np.errstate(over="ignore"):  # addresses wrap round on purpose
        where = np.asarray(uniform(keys, addresses))
    values = _values(low, high, peak, triangular, where)
    drawn = dict(zip(names, values[:, whose], strict=True)) | rows
    return drawn | _weights(scenario, drawn)


def every_number(scenario: Scenario, evidence: Evidence, lucks_per_draw: int) -> Scenario:
    """The scenario with every number drawn from the range the evidence gives it: what is not known, all at once.

    A draw follows a triangle over the number's range, highest at its value. What the scenario says itself stands: a
    number it sets, a range it gives, a system it switches off. The lines between outcome words (`measures.*`) are
    definitions, not facts, and are not drawn; nor are numbers whose range is that of their inputs, which follow. Where
    the scenario takes fitted numbers from the posterior, they come from there.
    """
    fitted = fitted_numbers(scenario, evidence)
    off = {name for system in scenario.without for name in evidence.systems[system].strengths}
    said = off.union(scenario.numbers, scenario.sampled, () if fitted is None else fitted.names)
    ranges = {
        name: Range(low=number.low, high=number.high, shape=Shape.TRIANGULAR, peak=number.value)
        for name, number in evidence.numbers.items()
        if number.low < number.high and name not in said and not name.startswith(ONE_FOR_ALL) and not number.follows
    }
    return replace(scenario, sampled={**ranges, **scenario.sampled}, lucks_per_draw=lucks_per_draw)


def _weights(scenario: Scenario, drawn: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """The weights of the states of which one is drawn, all of them, so that they sum to 1."""
    weights: dict[str, NDArray[np.float64]] = {}
    groups = sorted({name.rpartition(".")[0] for name in drawn if _WEIGHT.match(name)})
    evidence = evidence_of(scenario) if groups else None
    for group in groups:
        assert evidence is not None
        names = [f"{group}.{kind}" for kind in evidence.kinds]
        usual = {name: scenario.numbers.get(name, evidence.numbers[name].value) for name in names}
        raw = np.stack(np.broadcast_arrays(*(drawn.get(name, np.float64(usual[name])) for name in names)))
        weights |= dict(zip(names, raw / raw.sum(axis=0), strict=True))
    return weights


@functools.lru_cache(maxsize=8)
def _laid_out(sampled: tuple[tuple[str, Range], ...]) -> tuple[Any, ...]:
    """Names, addresses, ends, peaks and whether each is a triangle, all but the names [numbers, 1].

    There may be hundreds of numbers: they are drawn together, since one by one would take as long as playing the runs.
    """
    names, ranges = zip(*sampled, strict=True)
    with np.errstate(over="ignore"):
        where = [address(0, Stream.NUMBER, name_key(name), _NOBODY, 0) for name in names]
    triangular = np.array([one.shape is Shape.TRIANGULAR for one in ranges])[:, None]
    low, high, peak = (np.array([getattr(one, end) for one in ranges])[:, None] for end in ("low", "high", "peak"))
    return names, np.array(where, dtype=np.uint64)[:, None], low, high, np.clip(peak, low, high), triangular


def quantiles(name: str, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Where in its range a number stands in each run, strictly between 0 and 1.

    keys: `sim.model.chance.lucks`, [runs].
    """
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
    triangular = spread.shape is Shape.TRIANGULAR
    peak = min(max(spread.peak, spread.low), spread.high)  # a range that is no triangle need not have one
    return _values(spread.low, spread.high, peak, triangular, where)


def _values(low: Any, high: Any, peak: Any, triangular: Any, where: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same for one range or for many side by side."""
    width = high - low
    before, after = (peak - low) / width, (high - peak) / width
    rising = low + width * np.sqrt(where * before)
    falling = high - width * np.sqrt((1.0 - where) * after)
    triangle = np.where(where < before, rising, falling)
    values: NDArray[np.float64] = np.clip(np.where(triangular, triangle, low + width * where), low, high)
    return values
