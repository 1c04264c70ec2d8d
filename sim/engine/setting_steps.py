"""What an event moves by a step between two quarters, or keeps up: pressure, the price, pacts, leaders, the record."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.engine.observing import observe_trade, observe_votes, recorded
from sim.model.fields import Kind
from sim.model.parameters import diplomacy, minds, security
from sim.model.rules.arithmetic import YEARS_A_QUARTER
from sim.model.rules.minds import after_leader, standing_after_leader
from sim.model.rules.security import pact_stock
from sim.model.schedule import QUARTERS
from sim.scenario.event_keys import EVERYTHING
from sim.scenario.events import JOIN, TRADE, VOTES, EventKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sim.engine.setting_changes import Reader
    from sim.scenario.events import Event

    Lanes: TypeAlias = tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]

_PERSONAL = ("kept", "broken", "resentment", "commitment")


def _press(event: Event, reader: Reader, world: Any, _p: Any, lanes: Lanes) -> None:
    """Pressure is at least so strong, in every quarter in which it is kept up."""
    at = reader.states[str(event.fields["on"])], reader.powers[str(event.fields["by"])]
    row, now = world.pressure[at], lanes[1]
    row[now] = np.maximum(row, float(str(event.fields["level"])))[now]


def _price(event: Event, _reader: Reader, world: Any, _p: Any, lanes: Lanes) -> None:
    """The price steps up or down for all, and back where the event ends."""
    step = math.log1p(float(str(event.fields["change"])))
    world.price_called[:, lanes[0]] += step
    world.price_called[:, lanes[2]] -= step


def _pact(event: Event, reader: Reader, world: Any, p: Any, lanes: Lanes) -> None:
    """A state joins the pact of a power, or leaves it."""
    i, j = reader.states[str(event.fields["in"])], reader.powers[str(event.fields["of"])]
    way = 1.0 if event.fields["move"] == JOIN else -1.0
    row = world.stock[i, j, Kind.SECURITY]
    for lane in np.flatnonzero(lanes[0]):
        row[lane] = pact_stock(
            float(row[lane]), way, float(world.neutrality[i, lane]), float(p[security.pact_tie, lane])
        )


def _leader(event: Event, reader: Reader, world: Any, p: Any, lanes: Lanes) -> None:
    """What was personal goes with the old leader: with all powers for a state, with all states for a power."""
    code, extent = str(event.fields["in"]), float(str(event.fields["extent"]))
    here, powers = code in reader.states, reader.powers.values()
    pairs = [(i, j) for i in reader.states.values() for j in powers if (i if here else j) == _place(reader, code)]
    for lane in np.flatnonzero(lanes[0]):
        part = float(p[minds.leader_break, lane])
        for i, j in pairs:
            for name in _PERSONAL:
                row = getattr(world, name)[i, j]
                row[lane] = after_leader(float(row[lane]), extent, part)
            usual = float(world.standing_start[i, j, lane])
            world.standing[i, j, lane] = standing_after_leader(float(world.standing[i, j, lane]), usual, extent, part)


def _place(reader: Reader, code: str) -> int:
    return reader.states[code] if code in reader.states else reader.powers[code]


def _enter(event: Event, reader: Reader, world: Any, _p: Any, lanes: Lanes) -> None:
    """A newcomer has saved up what all have at the start, a year of its budget."""
    j, comes = reader.powers[str(event.fields["of"])], lanes[2]
    world.purse[j][:, comes] = world.budget[j][:, comes] / YEARS_A_QUARTER


def _observe(event: Event, reader: Reader, world: Any, p: Any, lanes: Lanes) -> None:
    """What was recorded takes the place of what was played."""
    year, what = int(str(event.fields["year"])), str(event.fields.get("what", EVERYTHING))
    if not lanes[0].any():
        return
    now = recorded(year, tuple(reader.states), tuple(reader.powers))
    if what != VOTES:
        observe_trade(world, now, year, reader.start // QUARTERS, lanes[0])
    if what != TRADE:
        observe_votes(world, now, p[diplomacy.agreement_pull], lanes[0])


STEPS: Mapping[EventKind, Callable[[Event, Reader, Any, Any, Lanes], None]] = {
    EventKind.PRESSURE: _press,
    EventKind.PRICE: _price,
    EventKind.PACT: _pact,
    EventKind.LEADER: _leader,
    EventKind.ENTER: _enter,
    EventKind.OBSERVE: _observe,
}
