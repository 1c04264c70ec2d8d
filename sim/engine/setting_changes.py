"""What an event changes between two quarters, row by row: which field of the world, which number of the rules."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.model.fields import FIELDS, KINDS, LIVING, RECORDS, SETTINGS, Kind
from sim.model.parameters import row_names
from sim.model.world import axes_of, number_places
from sim.scenario.event_keys import EVERYTHING
from sim.scenario.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from sim.evidence.evidence import Evidence
    from sim.scenario.events import Event

    Fields: TypeAlias = Mapping[str, Any]

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

    def __init__(self, evidence: Evidence, values: Mapping[str, Any], start: int) -> None:
        """values: every number by name, a float or one float a lane; start: the first quarter of the runs."""
        self.evidence, self.values, self.start = evidence, values, start
        axes = axes_of(evidence)
        numbered = ({code: at for at, code in enumerate(axes[axis])} for axis in "ijcl")
        self.states, self.powers, self.corridors, self.pipelines = numbered
        self.places = _places(tuple(axes.items()))

    def changes(self, at: int, event: Event) -> Iterator[Change]:
        """What an event changes; nothing where it only moves something by a step."""
        read = _CHANGES.get(event.kind)
        return iter(()) if read is None else read(self, at, event.fields)

    def set_numbers(self, at: int, said: Fields) -> Iterator[Change]:
        """Numbers, each with all that starts from it."""
        for name, value in zip(said["number"], said["to"], strict=True):
            yield from self._number(at, name, value)

    def growth(self, at: int, said: Fields) -> Iterator[Change]:
        """How fast the output of a state or a power grows: a rate, or what it usually is."""
        code, rate = said["of"], said["rate"]
        ours = code in self.states
        field, place = ("growth", self.states[code]) if ours else ("might_growth", self.powers[code])
        usual = self.values[f"{'states' if ours else 'powers'}.{code}.growth"]
        yield _held(at, field, (place,), usual if rate is None else rate)

    def times_by_kind(self, at: int, said: Fields, fields: tuple[str, ...]) -> Iterator[Change]:
        """What a power has for some kinds of offer, multiplied."""
        kinds = range(len(KINDS)) if said["kind"] == EVERYTHING else [KINDS.index(said["kind"])]
        for field in fields:
            for kind in kinds:
                yield _times(at, field, (self.powers[said["of"]], kind), said["change"])

    def capacity(self, at: int, said: Fields) -> Iterator[Change]:
        """All means of a power for some kinds of offer; those for deals are also what it trades with."""
        yield from self.times_by_kind(at, said, ("ability", "budget", "rate"))
        if said["kind"] in {EVERYTHING, KINDS[Kind.DEAL]}:
            yield _times(at, "dealing", (self.powers[said["of"]],), said["change"])

    def weights(self, at: int, field: str, codes: Iterable[str], level: float) -> Iterator[Change]:
        """The weight of a war or a quarrel on some powers."""
        for code in codes:
            yield _held(at, field, (self.powers[code],), level)

    def absence(self, at: int, said: Fields) -> Iterator[Change]:
        """A power that is not there yet makes no offers, holds no summits, expects no visits and answers nobody."""
        j = self.powers[said["of"]]
        for field in _ABSENT["j"]:
            yield _held(at, field, (j,), 0.0)
        for field in _ABSENT["jk"]:
            yield from (_held(at, field, (j, k), 0.0) for k in range(len(KINDS)))
        for field in _ABSENT["ij"]:
            yield from (_held(at, field, (i, j), 0.0) for i in self.states.values())

    def tariff(self, at: int, said: Fields) -> Iterator[Change]:
        """The tariff of a power on the goods of a state."""
        yield _held(at, "tariff", (self.states[said["against"]], self.powers[said["by"]]), said["rate"])

    def corridor(self, at: int, said: Fields) -> Iterator[Change]:
        """What a corridor can carry, and for how much; whether it is closed, and by whom."""
        c = self.corridors[said["of"]]
        for field, key in (("capacity", "capacity"), ("freight_cost", "cost")):
            yield _times(at, field, (c,), said[key])
        if said["capacity"] > 0.0:
            yield _times(at, "capacity_built", (c,), said["capacity"])
        if said.get("open") is not None:
            yield _held(at, "corridor_open", (c,), said["open"])
        if said.get("by") is not None:
            yield _held(at, "corridor_by", (c,), self.closer(said))

    def border(self, at: int, said: Fields) -> Iterator[Change]:
        """How far a border is open to the goods of some powers, and who does it."""
        for code in self.powers if said["with"] == EVERYTHING else said["with"]:
            place = self.states[said["of"]], self.powers[code]
            yield _held(at, "border_open", place, said["open"])
            yield _held(at, "border_by", place, self.closer(said))

    def pipeline(self, at: int, said: Fields) -> Iterator[Change]:
        """How far a pipeline is open, and who does it."""
        yield _held(at, "line_open", (self.pipelines[said["of"]],), said["open"])
        yield _held(at, "line_by", (self.pipelines[said["of"]],), self.closer(said))

    def closer(self, said: Fields) -> float:
        """Who closes a way: 0 nobody from outside, else the place of the power from 1."""
        return self.powers.get(str(said.get("by")), -1) + 1.0

    def sanction(self, at: int, said: Fields) -> Iterator[Change]:
        """Sanctions of some powers against others, or against states."""
        for one in said["by"]:
            for other in said["against"]:
                j = self.powers[one]
                if other in self.powers:
                    yield _held(at, "sanction", (j, self.powers[other]), said["level"])
                else:
                    yield _held(at, "sanctioned", (self.states[other], j), said["level"])

    def union(self, at: int, said: Fields) -> Iterator[Change]:
        """Membership of a state in the customs union of a power."""
        yield _held(at, "union", (self.states[said["in"]], self.powers[said["of"]]), said["level"])

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


def _times(at: int, field: str, place: tuple[int, ...], change: Any) -> Change:
    return Change(event=at, place=Place(field=field, at=place), value=1.0 + change, factor=True)


def _held(at: int, field: str, place: tuple[int, ...], value: Any) -> Change:
    return Change(event=at, place=Place(field=field, at=place), value=value)


_CHANGES: Mapping[EventKind, Callable[[Reader, int, Fields], Iterator[Change]]] = {
    EventKind.SET: Reader.set_numbers,
    EventKind.GROWTH: Reader.growth,
    EventKind.BUDGET: lambda reader, at, said: reader.times_by_kind(at, said, ("budget",)),
    EventKind.CAPACITY: Reader.capacity,
    EventKind.ENTER: Reader.absence,
    EventKind.WAR: lambda reader, at, said: reader.weights(at, "war", (said["of"],), said["level"]),
    EventKind.QUARREL: lambda reader, at, said: reader.weights(at, "quarrel", said["between"], said["level"]),
    EventKind.TARIFF: Reader.tariff,
    EventKind.CORRIDOR: Reader.corridor,
    EventKind.BORDER: Reader.border,
    EventKind.PIPELINE: Reader.pipeline,
    EventKind.SANCTION: Reader.sanction,
    EventKind.UNION: Reader.union,
}


@functools.lru_cache(maxsize=32)
def _places(axes: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, tuple[tuple[str, tuple[int, ...]], ...]]:
    """The fields, records aside, that start from each number, with the place in each."""
    found: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {}
    for field in FIELDS:
        if field.start and field.name not in RECORDS:
            for place, name in number_places(field, axes):
                found[name] = (*found.get(name, ()), (field.name, place))
    return found
