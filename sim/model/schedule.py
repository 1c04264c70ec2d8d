"""The schedule of a turn (a quarter): which phases there are, in which order, whose they are, and when Mesa plays them.

Both engines and whoever plays a run again read it here. It needs no library, so that looking at the order of a turn
loads nothing heavy.
"""

from enum import IntEnum
from typing import Literal, Self, TypeAlias

Owner: TypeAlias = Literal["states", "powers", "events", ""]
Move: TypeAlias = Literal["perceive", "decide", "resolve", ""]


class Phase(IntEnum):
    """What can be asked of `sim.model.turn.advance`: everything, or one phase for one actor. In the order of a turn.

    A row says for whom the phase is played, once each ("events": for each event that is due, and no actor asks for it),
    and which move of a Mesa agent it belongs to ("": of none). START is played once, before the first quarter.
    """

    owner: Owner
    move: Move

    def __new__(cls, owner: Owner, move: Move) -> Self:
        """The next phase in order, numbered from 0."""
        phase = int.__new__(cls, len(cls.__members__))
        phase._value_ = len(cls.__members__)
        phase.owner, phase.move = owner, move
        return phase

    ALL = "", ""
    START = "states", ""
    EVENTS = "events", ""
    CLIMATE_POWER = "powers", "perceive"
    CLIMATE_STATE = "states", "perceive"
    PERCEIVE = "states", "perceive"
    OFFER = "powers", "decide"
    BARGAIN = "states", "decide"
    CHOOSE = "states", "decide"
    DIPLOMACY = "states", "decide"
    DELIVER = "states", "resolve"
    REACT = "powers", "resolve"
    FEEL_STATE = "states", "resolve"
    FEEL_POWER = "powers", "resolve"
    RECORD = "states", "resolve"


QUARTERS = 4
"""Of a year."""

AUTUMN = 3
"""The last of them, counted from 0."""

QUARTER = tuple(phase for phase in Phase if phase > Phase.START)
"""The phases of one quarter. Everyone ends a phase before the next begins."""

GO_ON = 1
"""In place of an actor, where everything is asked for of a world that has started: START is not played again."""
