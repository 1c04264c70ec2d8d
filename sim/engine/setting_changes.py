"""What an event changes between two quarters, row by row: which field of the world, which number of the rules."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.fields import DOMAINS, FIELDS, KINDS, LIVING, RECORDS, SETTINGS
from sim.model.parameters import row_names
from sim.model.world import axes_of, number_places
from sim.scenario.event_keys import EVERYTHING
from sim.scenario.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from sim.evidence.evidence import Evidence
    from sim.scenario.events import Event

NUMBERS = "p"
"""In place of the name of a field, where a number of the rules is meant."""

_RIVALRY_LEVEL = "climate.rivalry_level"
_ABSENT = {  # what a power does that is not there: by the axes of what makes it do so
    "j": ("summit_rate", "carrot_style", "stick_style", "zero_sum", "agenda"),
    "jk": ("rate",),
    "ij": ("calendar",),
}


def carried_out_here(event: Event) -> bool:
    """Whether an event is carried out between quarters: all of some kinds, and of others those that end."""
    return event.kind.name.lower() in SETTINGS or event.until is not None


@dataclass(frozen=True, kw_only=True)
class Place:
    """One row of lanes: of a field of the world, or of the numbers of the rules."""

    field: str
    at: tuple[int, ...]

    def row(self, world: Any, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """The row itself, not a copy."""
        row: NDArray[np.float64] = (p if self.field == NUMBERS else getattr(world, self.field))[self.at]
        return row


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """What one event does to one row: a value to be set, or a factor; `once` to what then lives on by itself."""

    event: int  # its place among the events
    place: Place
    value: Any  # a float, or one float a lane
    factor: bool = False
    once: bool = False


class Reader:
    """Finds the rows that events speak of."""

    def __init__(self, evidence: Evidence, values: Mapping[str, Any]) -> None:
        """values: every number by name, a float or one float a lane."""
        self.evidence, self.values = evidence, values
        axes = axes_of(evidence)
        self.states, self.powers, self.corridors = (
            {code: at for at, code in enumerate(axes[axis])} for axis in "ijc"
        )
        self.places = _places(tuple(axes.items()))

    def changes(self, at: int, event: Event) -> Iterator[Change]:
        """What an event changes; nothing where it only moves something by a step."""
        said = event.fields
        if event.kind is EventKind.SET:
            for name, value in zip(said["number"], said["to"], strict=True):  # type: ignore[arg-type]
                yield from self._number(at, str(name), value)
        elif event.kind is EventKind.GROWTH:
            yield self._growth(at, event)
        elif event.kind is EventKind.ENTER:
            yield from self._absence(at, self.powers[str(said["of"])])
        elif event.kind is EventKind.WAR:
            yield _held(at, "war", (self.powers[str(said["of"])],), said["level"])
        elif event.kind is EventKind.QUARREL:
            for code in said["between"]:  # type: ignore[union-attr]
                yield _held(at, "quarrel", (self.powers[str(code)],), said["level"])
        elif event.kind is EventKind.TARIFF:
            pair = self.states[str(said["against"])], self.powers[str(said["by"])]
            yield _held(at, "tariff", pair, said["rate"])
        elif event.kind is EventKind.CORRIDOR:
            for name, key in (("capacity", "capacity"), ("freight_cost", "cost")):
                yield self._times(at, name, (self.corridors[str(said["of"])],), said[key])
        elif event.kind in {EventKind.BUDGET, EventKind.CAPACITY}:
            fields = ("budget",) if event.kind is EventKind.BUDGET else ("ability", "budget", "rate")
            kinds = range(len(KINDS)) if said["kind"] == EVERYTHING else [KINDS.index(str(said["kind"]))]
            for name in fields:
                for kind in kinds:
                    yield self._times(at, name, (self.powers[str(said["of"])], kind), said["change"])

    def _number(self, at: int, name: str, value: Any) -> Iterator[Change]:
        """A number of the rules, and every field of the world that starts from it."""
        if name in row_names():
            yield _held(at, NUMBERS, (row_names().index(name),), value)
        for field, place in self.places.get(name, ()):
            if field == "anchor":
                yield from self._rivalry(at, place, value * np.asarray(self.values[_RIVALRY_LEVEL]))
            else:
                yield Change(event=at, place=Place(field=field, at=place), value=value, once=field in LIVING)
        if name == _RIVALRY_LEVEL:
            for other, places in self.places.items():
                for field, place in places:
                    if field == "anchor":
                        yield from self._rivalry(at, place, np.asarray(self.values[other]) * value)

    def _rivalry(self, at: int, place: tuple[int, ...], level: Any) -> Iterator[Change]:
        """The usual rivalry of two powers, at which the present one then stands."""
        level = np.clip(level, -1.0, 1.0)
        yield _held(at, "anchor", place, level)
        yield Change(event=at, place=Place(field="rivalry", at=place), value=level, once=True)

    def _growth(self, at: int, event: Event) -> Change:
        """How fast the output of a state or a power grows: a rate, or what it usually is."""
        code, rate = str(event.fields["of"]), event.fields["rate"]
        ours = code in self.states
        field, place = ("growth", self.states[code]) if ours else ("might_growth", self.powers[code])
        usual = self.values[f"{'states' if ours else 'powers'}.{code}.growth"]
        return _held(at, field, (place,), usual if rate is None else rate)

    def _absence(self, at: int, j: int) -> Iterator[Change]:
        """A power that is not there yet makes no offers, holds no summits, expects no visits and answers nobody."""
        for field in _ABSENT["j"]:
            yield _held(at, field, (j,), 0.0)
        for field in _ABSENT["jk"]:
            yield from (_held(at, field, (j, k), 0.0) for k in range(len(KINDS)))
        for field in _ABSENT["ij"]:
            yield from (_held(at, field, (i, j), 0.0) for i in self.states.values())

    @staticmethod
    def _times(at: int, field: str, place: tuple[int, ...], change: Any) -> Change:
        return Change(event=at, place=Place(field=field, at=place), value=1.0 + change, factor=True)


def _held(at: int, field: str, place: tuple[int, ...], value: Any) -> Change:
    return Change(event=at, place=Place(field=field, at=place), value=value)


@functools.lru_cache(maxsize=32)
def _places(axes: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, tuple[tuple[str, tuple[int, ...]], ...]]:
    """The fields, records aside, that start from each number, with the place in each."""
    found: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {}
    for field in FIELDS:
        if field.start and field.name not in RECORDS:
            for place, name in number_places(field, axes):
                found[name] = (*found.get(name, ()), (field.name, place))
    return found
