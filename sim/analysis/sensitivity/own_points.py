"""Points of one's own: a table with a column a factor and a row a point."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sim.analysis.sensitivity.problems import file_beside
from sim.io.checks import check_number
from sim.io.errors import Entry, listed
from sim.io.readers import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from sim.analysis.sensitivity.factors import Factor

MOST_TABLE_BYTES = 50_000_000


class OwnPoints:
    """The values of factors at points out of a table: float64 [points, factors], in the order of the factors.

    Written as text it is a hash of what it holds; so two experiments with other points are not taken for the same.
    """

    def __init__(self, values: NDArray[np.float64]) -> None:
        self.values = values
        self.values.flags.writeable = False
        self.sha256 = hashlib.sha256(values.tobytes()).hexdigest()

    def __len__(self) -> int:
        return len(self.values)

    def __str__(self) -> str:
        return f"{len(self)} points, {self.sha256}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnPoints) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self.sha256)

    def first(self, count: int) -> OwnPoints:
        """The first so many of the points."""
        return OwnPoints(self.values[:count].copy())


def read_points(
    entry: Entry, folder: Path | None, factors: Sequence[Factor], passed_over: Sequence[str]
) -> OwnPoints | None:
    """The points in the CSV file that an entry names; None, with problems noted, where there are none to be had.

    Its header holds the names of the factors in any order, and may hold columns that are `passed_over`, as the table of
    another design does. Values are in the units of the factors and within their limits.
    """
    import numpy as np

    path = file_beside(entry, folder)
    if path is None:
        return None
    names, before = [factor.name for factor in factors], len(entry.problems)
    columns = [*names, *passed_over]
    rows = read_table(path, columns, entry.problems, may=passed_over, most=MOST_TABLE_BYTES)
    if len(entry.problems) == before and len(rows) < 2:
        entry.refuse(found=f"{len(rows)} rows in {path.name}", allowed="two points or more")
    values = np.empty((len(rows), len(factors)))
    for at, row in enumerate(rows):
        for place, factor in enumerate(factors):
            values[at, place] = _value(row.value[factor.name], factor)
    return None if len(entry.problems) > before else OwnPoints(values)


def _value(cell: Entry, factor: Factor) -> float:
    value = check_number(cell, factor.low, factor.high)
    if value is not None and factor.levels and value not in factor.levels:
        cell.refuse(allowed=listed(f"{level:g}" for level in factor.levels))
    return factor.low if value is None else value
