"""The kinds of design: how points are laid out, how many there are, and how a design is written in a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from sim.io.checks import check_choice, check_whole_number
from sim.io.errors import Entry, listed
from sim.io.forms import TRUE_OR_FALSE, Form, Reader, as_written, read_form, schema_of, whole_number, word
from sim.io.limits import MOST_POINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sim.analysis.sensitivity.factors import Factor
    from sim.analysis.sensitivity.own_points import OwnPoints

FEWEST_FAST = 65  # the search curve of the extended FAST needs more points than 4 times its 4 harmonics squared


class DesignKind(Enum):
    """How points are laid out; the value says what the design is for."""

    ONE_AT_A_TIME = "each factor at its ends, all others where they stand: a tornado"
    GRID = "every combination of levels: phase diagrams and courses by level"
    LATIN_HYPERCUBE = "spread evenly through the whole space: rank correlations, scenario discovery"
    SOBOL = "first, total and second order indices, with intervals"
    MORRIS = "elementary effects along trajectories: screening many factors with few runs"
    FAST = "first and total order indices from search curves (extended FAST)"
    TABLE = "points of one's own, out of a table: rank correlations"

    @property
    def word(self) -> str:
        """The design as written in a file: `one-at-a-time`, `sobol` and so on."""
        return self.name.lower().replace("_", "-")


DESIGNS = tuple(kind.word for kind in DesignKind)


@dataclass(frozen=True, kw_only=True)
class Design:
    """A layout of points.

    `points`: base points (Sobol), points (Latin hypercube, grid without levels), trajectories (Morris), points a search
    curve (FAST); for one at a time, points a factor. `levels` is for Morris, `curves` for FAST, `own` for a table.
    """

    kind: DesignKind
    points: int = 2
    second_order: bool = True
    levels: int = 4
    curves: int = 2
    own: OwnPoints | None = None

    def rows(self, factors: int, combinations: int = 0) -> int:
        """How many points there are for so many factors, the dummy included."""
        if self.kind is DesignKind.SOBOL:
            return self.points * ((2 * factors if self.second_order else factors) + 2)
        if self.kind is DesignKind.MORRIS:
            return self.points * (factors + 1)
        if self.kind is DesignKind.FAST:
            return self.points * self.curves * factors
        if self.kind is DesignKind.ONE_AT_A_TIME:
            return 1 + combinations
        return combinations if self.kind is DesignKind.GRID else self.points


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A first, cheap pass over all factors after which only the strongest `keep` go into the design."""

    trajectories: int
    levels: int
    keep: int


def combinations_of(factors: Iterable[Factor], design: Design) -> int:
    """Combinations of all levels (grid), or their sum (one at a time; the dummy has two)."""
    counts = [len(factor.levels) or design.points for factor in factors]
    if design.kind is DesignKind.ONE_AT_A_TIME:
        return sum(counts) + design.points
    total = 1
    for count in counts:
        total *= count
    return total


# --- how a design is written -----------------------------------------------------------------------------------------

FEWEST = {DesignKind.FAST: FEWEST_FAST, DesignKind.LATIN_HYPERCUBE: 4}
"""The smallest number of points of a design, where it is more than two."""


def _read_power_of_two(entry: Entry, _: object) -> int:
    """A Sobol sequence is balanced only at powers of two."""
    points, value = check_whole_number(entry, 2, MOST_POINTS) or 2, entry.value
    if isinstance(value, int) and not isinstance(value, bool) and value > 0 and value & (value - 1):
        below = 1 << (value.bit_length() - 1)
        entry.refuse(allowed=f"a power of two, such as {below} or {2 * below}")
    return points


def _read_even(entry: Entry, _: object) -> int:
    """Trajectories step over half of the levels, so there is an even number of them."""
    levels = check_whole_number(entry, 2, 64) or 2
    if isinstance(entry.value, int) and entry.value % 2:
        entry.refuse(allowed="an even number of levels")
    return levels


def _points(kind: DesignKind, meaning: str) -> Reader[object]:
    fewest = FEWEST.get(kind, 2)
    return whole_number(fewest, MOST_POINTS, fewest).says(meaning)


_EACH = _points(DesignKind.GRID, "points of a factor that has no levels")
_POWER: Reader[object] = Reader(
    read=_read_power_of_two, schema=_points(DesignKind.SOBOL, "base points, a power of two").schema, missing=2
)
_WALKS = whole_number(2, MOST_POINTS, 2).says("walks through the space; each moves every factor once")
_LEVELS: Reader[object] = Reader(read=_read_even, schema={**whole_number(2, 64).schema, "multipleOf": 2}, missing=4)
_STEPS = _LEVELS.says("levels of a factor over which the walks step")

# What each kind needs, and what it may have.
_SIZES: Mapping[DesignKind, tuple[dict[str, Reader[object]], dict[str, Reader[object]]]] = {
    DesignKind.ONE_AT_A_TIME: ({}, {"points": _EACH}),
    DesignKind.GRID: ({}, {"points": _EACH}),
    DesignKind.LATIN_HYPERCUBE: ({"points": _points(DesignKind.LATIN_HYPERCUBE, "points in all")}, {}),
    DesignKind.SOBOL: (
        {"points": _POWER},
        {"second_order": TRUE_OR_FALSE.says("whether what two factors do together is estimated")},
    ),
    DesignKind.MORRIS: ({"trajectories": _WALKS}, {"levels": _STEPS}),
    DesignKind.FAST: (
        {"points": _points(DesignKind.FAST, "points of a search curve")},
        {"curves": whole_number(2, 64, 2).says("search curves")},
    ),
    DesignKind.TABLE: (
        {"file": as_written({"type": "string"}).says("a CSV file: a column a factor, a row a point")},
        {},
    ),
}
DESIGN_FORMS: Mapping[DesignKind, Form[object]] = {
    kind: Form(needs={"kind": word((kind.word,)).says(kind.value), **needs}, may=may)
    for kind, (needs, may) in _SIZES.items()
}
SCREEN: Form[object] = Form(
    needs={
        "trajectories": _WALKS,
        "keep": whole_number(1, MOST_POINTS, 1).says("how many factors go on into the design"),
    },
    may={"levels": _STEPS},
)
DESIGN_SCHEMA: Mapping[str, Any] = {"type": "object", "oneOf": [schema_of(form) for form in DESIGN_FORMS.values()]}
"""A design of any kind, as a part of a JSON Schema."""


def read_design(entry: Entry) -> Design | None:
    """The design by its kind; None where no kind is named."""
    if not isinstance(entry.value, dict):
        entry.refuse(allowed="a group of keys: kind, one of " + listed(DESIGNS) + ", and its size")
        return None
    if "kind" not in entry.value:
        entry.refuse(found="", message="'kind' is missing", allowed=listed(DESIGNS))
        return None
    written = check_choice(entry.value["kind"], DESIGNS)
    if written is None:
        return None
    kind = DesignKind[written.upper().replace("-", "_")]
    sizes = read_form(entry, DESIGN_FORMS[kind], None) or {}
    sizes.pop("file", None)  # read when it is known what varies
    named = {"points" if key == "trajectories" else key: size for key, size in sizes.items()}
    return Design(**named | {"kind": kind})
