"""The numbers of the rules: where each stands in the vector that the turn reads, and vectors for many runs.

The turn reads `p[choice.dependence_aversion, lane]`: `choice` holds the row numbers of one rule file, and a number with
one value a kind of offer stands in consecutive rows, `p[choice.absorption + kind, lane]`. The row numbers come from the
names in `seeds/parameters`, never from a list kept by hand, and those are read when the first row is asked for: whoever
only imports a phase reads nothing from disk.
"""

import functools
import math
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sim.evidence.evidence import Evidence, shared_numbers

RULE_FILES = (
    *("climate", "economy", "camps", "security", "region", "offers", "terms", "choice"),
    *("diplomacy", "routes", "delivery", "reactions", "identity", "minds", "flows"),
)


@functools.cache
def _layout() -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Row numbers by rule file, a named tuple each, and the names of the rows in order."""
    rows = tuple(name for name in shared_numbers() if name.split(".")[0] in RULE_FILES)
    first: dict[str, dict[str, int]] = {file: {} for file in RULE_FILES}
    for row, name in enumerate(rows):
        file, number, *_ = name.split(".")
        first[file].setdefault(number, row)
    return {file: namedtuple(file.title(), numbers)(**numbers) for file, numbers in first.items()}, rows


def row_names() -> tuple[str, ...]:
    """The names of the rows of the vector, in order. Raises `InputError` where the seeds cannot be read."""
    return _layout()[1]


class Rows:
    """The row numbers of one rule file by the names of its numbers, such as `choice.temperature`."""

    def __init__(self, file: str) -> None:
        """Remember whose rows these are; they are looked up when one is asked for."""
        self._file = file

    def __getattr__(self, number: str) -> int:
        """The first row of a number. Raises AttributeError where the rule file has no such number."""
        if number.startswith("_"):  # what Python and its tools ask of any object
            raise AttributeError(number)
        row: int = getattr(self.numbered(), number)
        setattr(self, number, row)  # so that it is found at once the next time
        return row

    def __iter__(self) -> Iterator[int]:
        """The row numbers in order, which is how the compiler takes them in."""
        return iter(self.numbered())

    def numbered(self) -> Any:
        """The named tuple of all row numbers."""
        return _layout()[0][self._file]


climate = Rows("climate")
economy = Rows("economy")
camps = Rows("camps")
security = Rows("security")
region = Rows("region")
offers = Rows("offers")
terms = Rows("terms")
choice = Rows("choice")
diplomacy = Rows("diplomacy")
routes = Rows("routes")
delivery = Rows("delivery")
reactions = Rows("reactions")
identity = Rows("identity")
minds = Rows("minds")
flows = Rows("flows")


CACHE_LINE = 64  # bytes


def aligned(shape: tuple[int, ...], dtype: Any = np.float64, fill: float | None = 0.0) -> np.ndarray:
    """A new array that begins on a cache line, so that no vector load straddles two of them (a third faster).

    fill: what it is filled with; None: nothing, where every place will be written.
    """
    size = math.prod(shape)
    room = np.empty(size + CACHE_LINE // 8, dtype)
    if fill is not None:
        room.fill(fill)
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
    rows = row_names()
    filled = aligned((len(rows), lanes), fill=None)
    fill_rows(filled, [values[name] for name in rows])
    return filled


def fill_rows(rows: np.ndarray, values: Sequence[Any], places: Any = slice(None)) -> None:
    """Write a value into each row of float64 [rows, lanes]: a float, or one float a lane; places: of the rows."""
    apart = [at for at, value in enumerate(values) if isinstance(value, np.ndarray)]
    same = list(values)
    for at in apart:
        same[at] = 0.0
    rows[places] = np.array(same)[:, None]
    for at in apart:
        rows[at if isinstance(places, slice) else places[at]] = values[at]
