"""The numbers of the rules: where each stands in the vector that the turn reads, and vectors for many runs.

The turn reads `p[choice.dependence_aversion, lane]`: `choice` is a named tuple of row numbers, one for every rule file,
and a number with one value a kind of offer stands in consecutive rows, `p[choice.absorption + kind, lane]`. The row
numbers come from the names in `seeds/parameters`, never from a list kept by hand.
"""

from collections import namedtuple
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.evidence.evidence import Evidence, load_evidence

RULE_FILES = (
    *("climate", "camps", "security", "region", "offers", "terms", "choice"),
    *("diplomacy", "routes", "delivery", "reactions", "identity", "minds"),
)


def _lay_out(names: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Row numbers by rule file, and the names of the rows in order."""
    rows = tuple(name for name in names if name.split(".")[0] in RULE_FILES)
    first: dict[str, dict[str, int]] = {file: {} for file in RULE_FILES}
    for row, name in enumerate(rows):
        file, number, *_ = name.split(".")
        first[file].setdefault(number, row)
    groups = {file: namedtuple(file.title(), numbers)(**numbers) for file, numbers in first.items()}
    return groups, rows


GROUPS, ROWS = _lay_out(tuple(load_evidence().numbers))
climate = GROUPS["climate"]
security = GROUPS["security"]
offers = GROUPS["offers"]
terms = GROUPS["terms"]
choice = GROUPS["choice"]
diplomacy = GROUPS["diplomacy"]
delivery = GROUPS["delivery"]
reactions = GROUPS["reactions"]
minds = GROUPS["minds"]
camps = GROUPS["camps"]
identity = GROUPS["identity"]
region = GROUPS["region"]
routes = GROUPS["routes"]


CACHE_LINE = 64  # bytes


def aligned(shape: tuple[int, ...], dtype: Any = np.float64, fill: float = 0.0) -> np.ndarray:
    """A new array that begins on a cache line, so that no vector load straddles two of them (a third faster)."""
    size = int(np.prod(shape))
    room = np.full(size + CACHE_LINE // 8, fill, dtype)
    skip = -room.ctypes.data % CACHE_LINE // room.itemsize
    return room[skip : skip + size].reshape(shape)


def number_values(evidence: Evidence, numbers: Mapping[str, Any], without: tuple[str, ...]) -> dict[str, Any]:
    """Every number of a model by name: the seeds' value, a scenario's value, or 0 for a strength that is switched off.

    numbers: values by name, a float or one float a run; without: ids of systems. Unknown names are the scenario's
    business and are refused there.
    """
    values: dict[str, Any] = {name: number.value for name, number in evidence.numbers.items()}
    values.update(numbers)
    for system in without:
        values.update(dict.fromkeys(evidence.systems[system].strengths, 0.0))
    return values


def vector(values: Mapping[str, Any], lanes: int) -> np.ndarray:
    """The numbers of the rules for a block of runs: float64 [rows, lanes]."""
    filled = aligned((len(ROWS), lanes))
    for row, name in enumerate(ROWS):
        filled[row] = values[name]
    return filled
