"""How much of the spread of a batch is due to numbers nobody knows exactly, and how much to luck.

Where numbers are drawn, several runs share each draw and differ in their luck alone. What differs between runs of one
draw is luck; what the means of draws differ by, beyond what luck leaves in a mean of so few runs, is numbers. That is
the law of total variance, estimated as in a one-way analysis of variance with random effects:

    Var(Y) = Var(E[Y | numbers]) + E[Var(Y | numbers)]

The second part holds all that luck does, also what it does only together with some numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.batch.outcomes import ended_by
from sim.model.variables import BALANCING_ENDED, OUTCOME

LUCKS_PER_DRAW = 2
"""Runs that share a draw of the numbers. Two are the least, and leave the most draws for a given number of runs."""

FEWEST_DRAWS = 20
"""Below so many draws nothing is said about shares of variance: the interval would cover nearly everything."""

_TWO_SIDED_95 = 1.959964
_SAME = 1e-12  # spread below this share of the size of a number is rounding


@dataclass(frozen=True, kw_only=True)
class Split:
    """A variance taken apart; the two shares sum to 1."""

    draws: int
    mean: float
    variance: float  # of one run with numbers and luck of its own
    numbers: float  # share due to numbers, 0..1
    low: float  # ends of its 95 % interval, 0..1
    high: float
    estimate: float  # the same share before it was cut to 0..1: below 0 by chance where numbers hardly matter

    @property
    def luck(self) -> float:
        """Share due to luck, 0..1."""
        return 1.0 - self.numbers


def split(values: NDArray[Any]) -> Split | None:
    """Take the variance of an outcome apart.

    Parameters
    ----------
    values
        [G, R], one row a draw of the numbers, one column a luck; R at least 2. The lucks of different rows are
        independent of each other.

    Returns
    -------
    Split or None
        None where nothing varies, or there are fewer than `FEWEST_DRAWS` draws.

    Notes
    -----
    With W the mean variance within draws and B the variance of the means of draws, B - W / R estimates the variance due
    to numbers and W that due to luck, both without bias whatever the distributions. The interval comes from the
    influence of each draw on the share (the delta method), so it asks for many draws but not for normal values.
    """
    draws, lucks = values.shape
    if draws < FEWEST_DRAWS or lucks < 2:
        return None
    values = values.astype(np.float64)
    means = values.mean(axis=1)
    centre = float(means.mean())
    inside = values.var(axis=1, ddof=1)
    within, between = float(inside.mean()), float(means.var(ddof=1))
    due, total = between - within / lucks, between + within * (1.0 - 1.0 / lucks)
    if total <= (_SAME * (1.0 + abs(centre))) ** 2:
        return None
    by_between = within / total**2
    by_within = -between / total**2
    influence = by_between * ((means - centre) ** 2 - between) + by_within * (inside - within)
    half = _TWO_SIDED_95 * float(np.sqrt((influence**2).mean() / draws))
    share = due / total
    numbers, low, high = (float(np.clip(end, 0.0, 1.0)) for end in (share, share - half, share + half))
    return Split(draws=draws, mean=centre, variance=total, numbers=numbers, low=low, high=high, estimate=share)


def variance_table(runs: Path, states: tuple[str, ...], powers: tuple[str, ...], lucks_per_draw: int) -> pa.Table:
    """Shares of variance of what is kept of every run: one row a measure, state and perhaps power.

    `runs` is the table of runs of a batch in which so many runs one after the other share a draw. What does not vary is
    left out; runs of a draw that was not completed are not used.
    """
    rows = []
    for name, measure, state, power in _columns(pq.read_schema(runs), states, powers):
        values = np.asarray(pq.read_table(runs, columns=[name])[name])
        if measure == BALANCING_ENDED:
            values = ended_by(values)
        whole = len(values) // lucks_per_draw
        parted = split(values[: whole * lucks_per_draw].reshape(whole, lucks_per_draw))
        if parted is not None:
            rows.append((measure, state, power, parted))
    return pa.table(
        {
            "measure": pa.array([row[0] for row in rows], pa.string()),
            "state": pa.array([row[1] for row in rows], pa.string()),
            "power": pa.array([row[2] for row in rows], pa.string()),
            "mean": pa.array([row[3].mean for row in rows], pa.float64()),
            "variance": pa.array([row[3].variance for row in rows], pa.float64()),
            "numbers": pa.array([row[3].numbers for row in rows], pa.float64()),
            "numbers_low": pa.array([row[3].low for row in rows], pa.float64()),
            "numbers_high": pa.array([row[3].high for row in rows], pa.float64()),
            "luck": pa.array([row[3].luck for row in rows], pa.float64()),
            "estimate": pa.array([row[3].estimate for row in rows], pa.float64()),
            "draws": pa.array([row[3].draws for row in rows], pa.int64()),
        }
    )


def _columns(
    schema: pa.Schema, states: tuple[str, ...], powers: tuple[str, ...]
) -> Iterator[tuple[str, str, str, str]]:
    """Columns that tell what came out, and of which measure, state and power; not the numbers that were drawn."""
    for field in schema:
        parts = field.name.split("_")
        power = parts.pop() if parts[-1] in powers else ""
        state = parts.pop() if len(parts) > 1 and parts[-1] in states else ""
        measure = "_".join(parts)
        if state and measure == OUTCOME:
            yield field.name, BALANCING_ENDED, state, power
        elif state and (pa.types.is_integer(field.type) or pa.types.is_floating(field.type)):
            yield field.name, measure, state, power
