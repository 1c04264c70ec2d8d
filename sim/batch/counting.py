"""Counting of numbers into bins, in whole numbers: compiled, or by NumPy where the compiled code is not there yet."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.ways import COMPILED, chosen
from sim.model.compiling import entry

# Amounts, which know no upper end, fall into bins of equal ratio.
PER_OCTAVE = 64  # bins between an amount and its double: each is about one hundredth wide
SMALLEST = -10  # amounts below 2^-10 billion, about one million, count as zero
FIXED_POINT = float(1 << 20)
_FINER = 52 - PER_OCTAVE.bit_length() + 1  # bits of a double below the width of a bin
_FIRST_BIN = (1023 + SMALLEST) * PER_OCTAVE  # the exponent of a double is kept 1023 too large

_TOGETHER = 16
"""Cells counted together: so many that their bins stay in the cache from one filling of the lanes to the next."""


def count(
    values: NDArray[np.float64],  # [F, C, M, L]
    by_ratio: NDArray[np.int64],  # [M]
    per_unit: NDArray[np.float64],  # [M]
    bins: NDArray[np.int64],  # [M]
    start: NDArray[np.int64],  # [M] where the histograms of a measure begin
    histogram: NDArray[np.unsignedinteger],  # all of them, one after the other
    sums: NDArray[np.int64],  # [C, M]
    least: NDArray[np.float64],  # [C, M] the smallest value below the first bin, or inf
    most: NDArray[np.float64],  # [C, M] the largest value beyond the last bin, or -inf
) -> int:
    """Add values to the histograms and sums; returns how many lay outside the bins and were counted in the last one."""
    given = (values, by_ratio, per_unit, bins, start, histogram, sums, least, most)
    lanes = values.shape[3]
    outside: int = _count(*given, np.empty(lanes, np.int64)) if chosen(lanes) is COMPILED else _by_numpy(*given)
    return outside


@entry
def _count(
    values: NDArray[np.float64],
    by_ratio: NDArray[np.int64],
    per_unit: NDArray[np.float64],
    bins: NDArray[np.int64],
    start: NDArray[np.int64],
    histogram: NDArray[np.unsignedinteger],
    sums: NDArray[np.int64],
    least: NDArray[np.float64],
    most: NDArray[np.float64],
    places: NDArray[np.int64],  # [L] room for the bins of one row
) -> int:
    outside = 0
    fillings, cells, measures, lanes = values.shape
    for begin in range(0, cells, _TOGETHER):
        for filling in range(fillings):
            for cell in range(begin, min(begin + _TOGETHER, cells)):
                for m in range(measures):
                    if bins[m] == 0:
                        continue
                    unit, ratio, last, total = per_unit[m], by_ratio[m] != 0, bins[m] - 1, 0
                    lowest, highest = last, last - last
                    for lane in range(lanes):  # without a step into the bins, so that it is done in vectors
                        value = values[filling, cell, m, lane]
                        if ratio:  # the bits of a double are its exponent and then its place in the octave, finest last
                            place: Any = 1 + (np.float64(value).view(np.int64) >> _FINER) - _FIRST_BIN
                            place = 0 if value < 2.0**SMALLEST else place
                        else:
                            place = math.floor(value * unit + 0.5)
                        lowest, highest = min(lowest, place), max(highest, place)
                        places[lane] = place
                        total += math.floor(value * FIXED_POINT + 0.5)
                    sums[cell, m] += total
                    if lowest < 0 or highest > last:
                        for lane in range(lanes):
                            value, place = values[filling, cell, m, lane], places[lane]
                            outside += 1 if place < 0 or place > last else 0
                            least[cell, m] = min(least[cell, m], value if place < 0 else np.inf)
                            most[cell, m] = max(most[cell, m], value if place > last else -np.inf)
                            places[lane] = min(max(place, 0), last)
                    here = start[m] + cell * bins[m]
                    for lane in range(lanes):
                        histogram[here + places[lane]] += 1
    return outside


def _by_numpy(
    values: NDArray[np.float64],
    by_ratio: NDArray[np.int64],
    per_unit: NDArray[np.float64],
    bins: NDArray[np.int64],
    start: NDArray[np.int64],
    histogram: NDArray[np.unsignedinteger],
    sums: NDArray[np.int64],
    least: NDArray[np.float64],
    most: NDArray[np.float64],
) -> int:
    """Measure by measure: what is counted is whole numbers, so it is the same."""
    outside, cells = 0, values.shape[1]
    for m in np.flatnonzero(bins):
        of_cell = np.ascontiguousarray(np.moveaxis(values[:, :, m], 1, 0)).reshape(cells, -1)
        if by_ratio[m] == 0:
            place = np.floor(of_cell * per_unit[m] + 0.5).astype(np.int64)
        else:
            place = 1 + (of_cell.view(np.int64) >> _FINER) - _FIRST_BIN
            place[of_cell < 2.0**SMALLEST] = 0
        beyond, below = place >= bins[m], place < 0
        if beyond.any() or below.any():
            outside += int(beyond.sum() + below.sum())
            most[:, m] = np.maximum(most[:, m], np.where(beyond, of_cell, -np.inf).max(axis=1))
            least[:, m] = np.minimum(least[:, m], np.where(below, of_cell, np.inf).min(axis=1))
            place = np.clip(place, 0, bins[m] - 1)
        place += np.arange(cells)[:, None] * bins[m]
        size = cells * int(bins[m])
        histogram[start[m] : start[m] + size] += np.bincount(place.ravel(), minlength=size).astype(histogram.dtype)
        sums[:, m] += np.floor(of_cell * FIXED_POINT + 0.5).astype(np.int64).sum(axis=1)
    return outside
