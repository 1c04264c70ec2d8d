"""Points of one's own: a table with a column a factor and a row a point, and factors out of a problem of SALib."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.io.checks import check_number
from sim.io.errors import Entry, InputError, listed, quoted
from sim.io.json_files import read_json_group
from sim.io.readers import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def file_beside(entry: Entry, folder: Path | None) -> Path | None:
    """The file that an entry names: beside the file that names it, and anywhere where Python names it."""
    written = (entry.text or "").strip()
    if not written:
        entry.refuse(allowed="the name of a file")
        return None
    if folder is None:
        return Path(written).expanduser()
    if Path(written).name != written or written in {".", ".."}:
        entry.refuse(allowed="the name of a file in the same folder as this one")
        return None
    return folder / written


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


def read_problem(entry: Entry, folder: Path | None) -> list[tuple[str, float, float]]:
    """Name, low and high of every variable of a problem of SALib, kept as JSON; empty where there is none to be had.

    `num_vars`, `names` and `bounds` are read. A distribution other than a uniform one and groups of variables are
    refused, since a factor has neither.
    """
    path = file_beside(entry, folder)
    if path is None:
        return []
    try:
        told = read_json_group(path)
    except InputError as error:
        entry.problems.take(error.problems)
        return []
    names, bounds = _list(told, "names"), _list(told, "bounds")
    if not names or len(bounds) != len(names) or not all(isinstance(name, str) for name in names):
        entry.refuse(found=f"no names with their bounds in {path.name}", allowed="a problem of SALib: names and bounds")
        return []
    found = []
    for name, ends in zip(names, bounds, strict=True):
        if not _is_span(ends):
            entry.refuse(found=f"bounds of {quoted(name)} in {path.name}", allowed="two numbers, the lower one first")
            continue
        found.append((name, float(ends[0]), float(ends[1])))
    for key, plain in (("dists", {"unif"}), ("groups", set(names))):
        if set(map(str, _list(told, key))) - plain:
            entry.refuse(found=f"'{key}' in {path.name}", allowed="a problem whose variables are uniform and ungrouped")
    return [] if len(found) < len(names) else found


def _list(told: dict[str, Any], key: str) -> list[Any]:
    """A list of a group; an empty one where it has none."""
    return told[key] if isinstance(told.get(key), list) else []


def _is_span(ends: Any) -> bool:
    """Whether these are two numbers, the lower one first."""
    if not isinstance(ends, list) or len(ends) != 2:
        return False
    numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
    return numbers and ends[0] < ends[1]
