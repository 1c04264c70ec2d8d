"""Offers that events lay on the table: what became of each, run by run.

Kept by the engines, because a tally by state, power and kind could not tell two events of one sort apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.fields import KINDS
from sim.model.world import axes_of
from sim.scenario.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.evidence.evidence import Evidence
    from sim.scenario.events import Event

NOT_LAID, REFUSED, TAKEN = -1, 0, 1
"""What became of an offer in a run: the event did not happen there, or the state said no, or yes."""


def offers_among(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events that lay an offer on the table, in the order of their first quarter, as engines have them."""
    return tuple(event for event in sorted(events, key=lambda one: one.at) if event.kind is EventKind.OFFER)


class LaidOffers:
    """The answers to the offers of events in some runs: `look` is called at the end of each quarter, in order.

    What is asked of one state by one power in one kind and one quarter is one offer, and has one answer, however many
    events lay a part of it on the table.
    """

    def __init__(self, events: Sequence[Event], dates: NDArray[np.float64], evidence: Evidence) -> None:
        """events, and dates float64 [events, lanes]: in the order in which the answers are wanted."""
        axes = axes_of(evidence)
        mine = [at for at, event in enumerate(events) if event.kind is EventKind.OFFER]
        self._dates = dates[mine]
        said = [events[at].fields for at in mine]
        self._places = [
            (axes["i"].index(str(one["to"])), axes["j"].index(str(one["by"])), KINDS.index(str(one["kind"])))
            for one in said
        ]
        self.answers = np.full((len(mine), dates.shape[1]), NOT_LAID, dtype=np.int8)
        self.quarters = frozenset(int(quarter) for quarter in np.unique(self._dates) if quarter >= 0.0)

    def look(self, world: Any, quarter: int) -> None:
        """Note the answers of a quarter, at its end."""
        if quarter not in self.quarters:
            return
        for number, place in enumerate(self._places):
            now = self._dates[number] == quarter
            if now.any():
                laid = now & (world.size[place] > 0.0)
                self.answers[number, laid] = np.where(world.accepted[place] > 0.0, TAKEN, REFUSED)[laid]
