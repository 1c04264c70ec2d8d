"""Counting into bins: without a compiler the same whole numbers as with it."""

import numpy as np
import pytest

from sim.batch import counting
from sim.batch.aggregate import _Histograms
from sim.model.variables import BY_POWER


def counted(how, values, runs):
    histograms = _Histograms(BY_POWER, cells=values.shape[1], powers=2, runs=runs)
    given = (histograms.by_ratio, histograms.per_unit, histograms.bins, histograms.start)
    filled = (histograms.histogram, histograms.sums, histograms.least, histograms.most)
    room = (np.empty(values.shape[3], np.int64),) if how is counting._count else ()
    return how(values, *given, *filled, *room), *filled


@pytest.mark.parametrize("runs", [100, None])
@pytest.mark.parametrize("cells", [3, 16, 37])
def test_numpy_counts_what_the_compiled_code_counts(cells, runs):
    chance, shape = np.random.default_rng(3), (2, cells, len(BY_POWER), 50)
    values = chance.normal(0.5, 1.0, shape) * 10.0 ** chance.integers(-4, 7, shape)
    values[0, 0, :, :4] = (0.0, 1.0, 2.0**-10, 1e9)
    compiled, by_numpy = (counted(how, values, runs) for how in (counting._count, counting._by_numpy))
    assert compiled[0] > 100
    assert compiled[0] == by_numpy[0]
    for one, other in zip(compiled[1:], by_numpy[1:], strict=True):
        assert np.array_equal(one, other)
