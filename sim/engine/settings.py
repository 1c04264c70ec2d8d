"""What events change between two quarters: any number, growth, budgets, pressure, prices, pacts, leaders, entrants.

The turn knows nothing of these. Both engines, and whoever plays a run again, call `Settings.apply` before each quarter,
and the arrays of the world and the numbers of the rules are changed there, in the runs in which something is due. A
scenario without such events costs nothing.

What is set holds from the quarter of the event on: with `until` through that quarter, after which it is again what it
would be without the event. Of two that overlap the later one goes before; when one of them ends, the other stays. A
number that starts something the turn then moves (trade, trust, need: `sim.model.fields.LIVING`) moves it once, when the
event happens, and lets it live on; where it is also a usual level (of trust, of need), that stays set, and goes back at
the end. What was at the start, for comparison, stays as it was.

Every lane is dealt with by itself, so that a run has the same bits whoever shares its block.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.sampling import NEVER
from sim.engine.setting_changes import Change, Place, Reader, carried_out_here
from sim.engine.setting_steps import STEPS
from sim.model.world import unpack
from sim.scenario.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sim.evidence.evidence import Evidence
    from sim.scenario.events import Event

# by other events as well
_MULTIPLIED = frozenset(("budget", "rate", "ability", "dealing", "capacity", "capacity_built", "freight_cost"))
_MOVED = frozenset(("anchor",))  # by wedges and rivalries, for good
_SHARES = frozenset(("ability",))  # never more than all


@dataclass(eq=False)
class _Held:
    """A row that events hold: what it would be without them, what they made of it, and who holds it in which lanes."""

    base: NDArray[np.float64]
    written: NDArray[np.float64]
    holding: dict[int, NDArray[np.bool_]] = field(default_factory=dict)  # by the place among all changes


class Settings:
    """The settings of some runs; `apply` is called before every quarter, in order."""

    def __init__(
        self,
        events: Sequence[Event],
        dates: NDArray[np.float64],
        evidence: Evidence,
        values: Mapping[str, Any],
        start: int,
    ) -> None:
        """Find out what each event changes, and when.

        events: of the scenario, in the order of their dates; dates: float64 [events, lanes], `NEVER` where one does not
        happen; values: every number by name, a float or one float a lane; start: the first quarter of the runs.
        """
        self.events = {at: event for at, event in enumerate(events) if carried_out_here(event)}
        self.first: dict[int, NDArray[np.float64]] = {}
        self.last: dict[int, NDArray[np.float64]] = {}
        for at, event in self.events.items():
            self.first[at], self.last[at] = in_force(event, dates[at], start)
        self.reader = Reader(evidence, values, start) if self.events else None
        self.changes: list[Change] = []
        for at, event in self.events.items():
            assert self.reader is not None
            self.changes += self.reader.changes(at, event)
        self._held: dict[Place, _Held] = {}
        self.quarters = self._quarters()

    def _quarters(self) -> frozenset[int]:
        """The quarters before which something changes in some lane."""
        due: set[int] = set()
        for at, event in self.events.items():
            happens = self.first[at] != NEVER
            due.update(self.first[at][happens].astype(int).tolist())
            ends = happens & np.isfinite(self.last[at])
            due.update((self.last[at][ends] + 1.0).astype(int).tolist())
            if event.kind is EventKind.PRESSURE and event.until is not None and happens.any():  # kept up
                due.update(range(int(self.first[at][happens].min()), event.until + 1))
        return frozenset(due)

    def take_over(self, other: Settings, lanes: int) -> None:
        """Hold in every lane what the settings of a single run hold, whose world these lanes go on from."""
        for place, held in other._held.items():
            self._held[place] = _Held(
                base=np.repeat(held.base, lanes),
                written=np.repeat(held.written, lanes),
                holding={number: np.repeat(holds, lanes) for number, holds in held.holding.items()},
            )

    def apply(self, store: Any, p: NDArray[np.float64], quarter: int) -> None:
        """Change what is due before a quarter; store and p are written."""
        if quarter not in self.quarters:
            return
        world = unpack(store)
        world.renumbered[:] = 1.0  # what hangs on numbers alone is worked out anew
        world.disturbed[:] = 1.0  # ways may have been closed too
        due: dict[Place, dict[int, tuple[NDArray[np.bool_], NDArray[np.bool_]]]] = {}
        for number, change in enumerate(self.changes):
            first, last = self.first[change.event], self.last[change.event]
            begins = first == quarter
            ends = (first != NEVER) & (last + 1.0 == quarter)
            if change.once:
                row = change.place.row(world, p)
                row[begins] = np.broadcast_to(change.value, row.shape)[begins]
            elif begins.any() or ends.any():
                due.setdefault(change.place, {})[number] = begins, ends
        for place, changes in due.items():
            self._rewrite(place, changes, world, p)
        for at, event in self.events.items():
            first, last = self.first[at], self.last[at]
            now = (first != NEVER) & (first <= quarter) & (quarter <= last)
            ended = (first != NEVER) & (last + 1.0 == quarter)
            if event.kind in STEPS and self.reader is not None:
                STEPS[event.kind](event, self.reader, world, p, (first == quarter, now, ended))

    def _rewrite(
        self,
        place: Place,
        changes: Mapping[int, tuple[NDArray[np.bool_], NDArray[np.bool_]]],
        world: Any,
        p: NDArray[np.float64],
    ) -> None:
        """A row, in the lanes in which a change begins or ends to hold it, once all that hold it have had their say."""
        row = place.row(world, p)
        held = self._held.setdefault(place, _Held(base=row.copy(), written=row.copy()))
        lanes = np.logical_or.reduce([begins | ends for begins, ends in changes.values()])
        self._heed(held, place, row, lanes)
        for number, (begins, ends) in changes.items():
            before = held.holding.get(number, np.zeros(row.shape, dtype=bool))
            held.holding[number] = (before | begins) & ~ends
        now = held.base.copy()
        for number in sorted(held.holding):
            change, holds = self.changes[number], held.holding[number]
            value = np.broadcast_to(change.value, now.shape)
            now[holds] = (now * value if change.factor else value)[holds]
        if place.field in _SHARES:
            now = np.minimum(now, 1.0)
        if place.field == "tariff":  # is felt by how far it has risen
            world.tariff_rise[place.at][lanes] += (now - row)[lanes]
        row[lanes] = now[lanes]
        held.written[lanes] = now[lanes]

    @staticmethod
    def _heed(held: _Held, place: Place, row: NDArray[np.float64], lanes: NDArray[np.bool_]) -> None:
        """What others have made of a row since it was written last: it outlasts what holds the row."""
        free = lanes.copy()
        for holds in held.holding.values():
            free &= ~holds
        held.base[free] = row[free]
        moved = lanes & ~free & (row != held.written)
        if not moved.any():
            return
        if place.field in _MULTIPLIED:
            able = moved & (held.written != 0.0)
            held.base[able] *= row[able] / held.written[able]
        elif place.field in _MOVED:
            held.base[moved] += row[moved] - held.written[moved]
        else:  # it was set anew from outside
            held.base[moved] = row[moved]
            held.holding = {number: holds & ~moved for number, holds in held.holding.items()}


def in_force(event: Event, dates: NDArray[np.float64], start: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first and the last quarter of what an event changes, lane by lane: `NEVER` and anything, infinity for good.

    A newcomer is the other way round: it stays away from the start of the run until it comes.
    """
    if event.kind is EventKind.ENTER:
        last = np.where(dates == NEVER, math.inf, dates - 1.0)
        return np.where(last >= start, float(start), NEVER), last
    if event.until is not None:
        return dates, np.full(dates.shape, float(event.until))
    return dates, dates.copy() if event.kind is EventKind.PRESSURE else np.full(dates.shape, math.inf)
