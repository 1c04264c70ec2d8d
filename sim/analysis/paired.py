"""What differs between runs that had the same luck: paired differences, and how sure they are.

Two scenarios with one seed share their luck run by run, so the difference of run 17 in one and run 17 in the other owes
nothing to chance being kinder to one of them. The mean of such differences is far surer than the difference of two
unrelated means; by how much is told as the number of runs that would have been needed without pairing.

Intervals come from resampling the runs (the percentile bootstrap). The resampling is addressed like every other draw,
and sums are taken over whole numbers, so the same runs give the same intervals to the last digit, whatever the machine
and whatever the order in which it adds.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.batch.outcomes import Thresholds, ended_by, final_columns, summarise
from sim.engine.block import Block
from sim.model.chance import address, lucks, uniform
from sim.model.variables import ACCEPTANCE, BALANCING_ENDED, MEAN_TRUST, OUTCOME

Floats = NDArray[np.float64]

RESAMPLES = 1000
"""How often runs are resampled for an interval."""

LEVEL = 0.95
"""How much an interval covers, and one minus the risk that any outcome of a family is called clear by chance alone."""

_MOST_GROUPS = 20_000  # more runs than this are resampled in small groups of neighbours, which costs no precision
_AT_ONCE = 64  # resamples multiplied out together: few enough to stay in the cache
_DRAWN_AT_ONCE = 16_384  # runs drawn in one go, for several resamples where there are few
_BITS = 26  # of a difference that are kept; times the number of runs it stays a whole number that a double can hold


# --- what runs came to -----------------------------------------------------------------------------------------------


class Label(NamedTuple):
    """Which outcome a column is about; `power` is empty for an outcome of a state alone."""

    state: str
    measure: str
    power: str


@dataclass(frozen=True, kw_only=True)
class Finals:
    """What some runs came to in the end; R runs, I states, C outcomes."""

    states: tuple[str, ...]
    powers: tuple[str, ...]
    words: NDArray[np.str_] | None  # [R, I] outcome words, where they were asked for
    labels: tuple[Label, ...]  # [C]
    values: Floats  # [R, C] means over the last quarters, or sums over the run

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.values.shape[0])

    def column(self, state: str, measure: str, power: str = "") -> Floats:
        """The values [R] of one outcome."""
        column: Floats = self.values[:, self.labels.index(Label(state, measure, power))]
        return column


def finals_of(columns: Mapping[str, NDArray[Any]], states: Sequence[str], powers: Sequence[str]) -> Finals:
    """Finals out of what is kept of every run.

    Parameters
    ----------
    columns
        Name of an outcome -> values [R, I], or [R, I, J] by power, as `sim.batch.outcomes.final_columns` gives them.
        Text other than the outcome words is left aside.
    states, powers
        Codes, in the order of the axes I and J.

    Notes
    -----
    Added are the mean of trust over powers, the share of offers accepted (0 where none was made) and whether balancing
    has ended.
    """
    told = {name: values for name, values in columns.items() if np.asarray(values).dtype.kind not in "UO"}
    labels: list[Label] = []
    parts: list[Floats] = []

    def take(name: str, values: NDArray[Any]) -> None:
        flat = values.reshape(len(values), -1).astype(np.float64)
        labels.extend(Label(s, name, p) for s in states for p in (powers if values.ndim == 3 else ("",)))
        parts.append(flat)

    for name, values in told.items():
        take(name, values)
    if "trust" in told:
        take(MEAN_TRUST, np.cumsum(told["trust"], axis=2)[:, :, -1] / len(powers))
    if "offers" in told and "accepted" in told:
        take(ACCEPTANCE, told["accepted"] / np.maximum(told["offers"], 1))
    words = columns.get(OUTCOME)
    if words is not None:
        take(BALANCING_ENDED, ended_by(words))
    return Finals(
        states=tuple(states),
        powers=tuple(powers),
        words=None if words is None else np.asarray(words, dtype=np.str_),
        labels=tuple(labels),
        values=np.ascontiguousarray(np.concatenate(parts, axis=1)),
    )


def finals_of_block(block: Block, lines: Thresholds) -> Finals:
    """Finals of the runs of a block."""
    return finals_of(final_columns(summarise(block, lines), block), block.states, block.powers)


def joined(parts: Sequence[Finals]) -> Finals:
    """Finals of several blocks, one after the other."""
    first = parts[0]
    return Finals(
        states=first.states,
        powers=first.powers,
        labels=first.labels,
        words=None if first.words is None else np.concatenate([part.words for part in parts if part.words is not None]),
        values=np.concatenate([part.values for part in parts]),
    )


# --- how sure a difference is ----------------------------------------------------------------------------------------


class Resampling:
    """How often each run is drawn in each resample; the same for every column, scenario and day.

    More runs than `_MOST_GROUPS` are resampled in groups of neighbours: runs are independent, so sums over groups
    vary as sums over runs do.
    """

    def __init__(self, runs: int, seed: int, resamples: int = RESAMPLES) -> None:
        self.runs = runs
        self.starts = np.arange(0, runs, -(-runs // _MOST_GROUPS))
        groups = len(self.starts)
        self.sizes = np.diff(np.append(self.starts, runs)).astype(np.float64)
        self.counts = np.empty((resamples, groups), dtype=np.uint8)
        with np.errstate(over="ignore"):
            every: Any = np.arange(groups, dtype=np.uint64)
            where = address(0, 0, every, np.uint64(runs), 0)
            some = max(1, _DRAWN_AT_ONCE // groups)
            for first in range(0, resamples, some):
                keys = lucks(seed, first, min(some, resamples - first))
                drawn = np.asarray(uniform(keys[:, None], where)) * groups
                places = drawn.astype(np.int64) + groups * np.arange(len(keys))[:, None]
                times = np.bincount(places.ravel(), minlength=places.size).reshape(places.shape)
                self.counts[first : first + some] = np.minimum(times, 255)

    def means(self, whole: Floats) -> Floats:
        """Means [resamples, C] of whole numbers [R, C] over every resample."""
        sums = np.add.reduceat(whole, self.starts, axis=0) if len(self.starts) < self.runs else whole
        means = np.empty((len(self.counts), whole.shape[1]))
        for start in range(0, len(self.counts), _AT_ONCE):
            times = self.counts[start : start + _AT_ONCE].astype(np.float64)
            means[start : start + _AT_ONCE] = (times @ sums) / (times @ self.sizes)[:, None]
        return means


@functools.lru_cache(maxsize=1)
def resampling_of(runs: int, seed: int) -> Resampling:
    """The resampling of so many runs of a seed; it is kept, since one command asks for the same several times."""
    return Resampling(runs, seed)


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Paired differences of C outcomes; every array is [C]."""

    reference: Floats  # mean in the reference
    other: Floats  # mean in the other
    difference: Floats  # other less reference
    low: Floats  # where the interval of the difference begins
    high: Floats  # and ends
    effect: Floats  # difference in units of the spread between runs; nan where a spread of nought was left
    z: Floats  # difference in units of its own standard error; infinite where every run moved by the same amount
    p: Floats  # chance of so large a difference if there were none, by itself
    moved: Floats  # share of runs that differ at all, 0..1
    needed: Floats  # runs without pairing, in units of the paired ones, for the same precision; nan where none would do


def paired(reference: Floats, other: Floats, resampling: Resampling, level: float = LEVEL) -> Paired:
    """Compare two sets of runs [R, C] that had the same luck, column by column.

    Raises
    ------
    ValueError
        If the two have different shapes, or fewer than two runs.
    """
    runs = len(reference)
    if reference.shape != other.shape or runs != resampling.runs:
        raise ValueError(f"runs cannot be paired: {reference.shape} and {other.shape}, resampled {resampling.runs}")
    if runs < 2:
        raise ValueError("a paired difference needs two runs or more")
    apart = other - reference
    # A grid of powers of two, as fine as fits: on it a difference is a whole number, and sums are exact.
    _, exponent = np.frexp(np.abs(apart).max(axis=0))
    grid = np.ldexp(1.0, exponent - _BITS)
    whole = np.rint(apart / grid)
    difference = whole.sum(axis=0) / runs * grid
    tails = quantiles(resampling.means(whole), ((1.0 - level) / 2, (1.0 + level) / 2)) * grid
    variances = [_variance(values) for values in (reference, other, apart)]
    spread, own = np.sqrt((variances[0] + variances[1]) / 2), np.sqrt(variances[2] / runs)
    with np.errstate(divide="ignore", invalid="ignore"):
        still = difference == 0.0
        z = np.where(still, 0.0, difference / own)
        effect = np.where(still, 0.0, np.where(spread > 0.0, difference / spread, np.nan))
        needed = np.where(variances[2] > 0.0, 2.0 * spread * spread / variances[2], np.nan)
    return Paired(
        reference=reference.mean(axis=0),
        other=other.mean(axis=0),
        difference=difference,
        low=tails[0],
        high=tails[1],
        effect=effect,
        z=z,
        p=_by_value(math.erfc)(np.abs(z) * math.sqrt(0.5)),
        moved=(apart != 0.0).mean(axis=0),
        needed=needed,
    )


def quantiles(values: Floats, shares: Sequence[float]) -> Floats:
    """Quantiles [len(shares), C] of the columns of [R, C], the numbers that NumPy gives, to the last bit.

    It looks for them in each column where it lies, scattered over memory; sorted in one piece they take a quarter.
    """
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1)
    found = np.empty((len(shares), len(ordered)))
    for row, share in enumerate(shares):
        place = share * (len(values) - 1)
        low = math.floor(place)
        found[row] = np.quantile(ordered[:, [low, min(low + 1, len(values) - 1)]], place - low, axis=1)
    return found


def _variance(values: Floats) -> Floats:
    """Variance [C] of the columns of [R, C]; exactly nought for a column that never changes."""
    from_first = values - values[0]
    variance: Floats = from_first.var(axis=0, ddof=1)
    return variance


def _by_value(function: Callable[[float], float]) -> Callable[[Floats], Floats]:
    return np.vectorize(function, otypes=[np.float64])


def holm(p: Floats) -> Floats:
    """Chances corrected for how many there are (Holm's step-down of Bonferroni): [C] -> [C].

    Calling clear what stays below 5 % keeps the risk of calling anything clear by chance alone, in the whole family, at
    5 % or less, however the outcomes depend on each other.
    """
    order = np.argsort(p, kind="stable")
    steps = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    corrected = np.empty_like(steps)
    corrected[order] = steps
    return corrected
