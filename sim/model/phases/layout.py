"""Places on the axes, streams of chance and codes of events as plain whole numbers, for the compiler's sake."""

from collections import namedtuple
from typing import Any

from sim.model.chance import Stream
from sim.model.compiling import inlined
from sim.model.fields import DRAFT, EVENTS, HAND, STRIDE, Domain, Kind

DEAL, MINERALS, INFRASTRUCTURE, SECURITY = (int(kind) for kind in Kind)
ECONOMIC_RIVALRY, SECURITY_RIVALRY = (int(domain) for domain in Domain)

RIVALRY = int(Stream.RIVALRY)
DIALOGUE = int(Stream.DIALOGUE)
GROWTH = int(Stream.GROWTH)
UNREST = int(Stream.UNREST)
SEVERITY = int(Stream.UNREST_SEVERITY)
BORDER = int(Stream.BORDER)
OFFER = int(Stream.OFFER)
SIZE = int(Stream.SIZE)
ACCEPT = int(Stream.ACCEPT)
VISIT = int(Stream.VISIT)
FORMAT = int(Stream.FORMAT)
DELIVERY = int(Stream.DELIVERY)
INTERVENTION = int(Stream.INTERVENTION)
CLASH = int(Stream.CLASH)
DISCORD = int(Stream.DISCORD)
WEDGE = int(Stream.WEDGE)
WEDGE_OUTCOME = int(Stream.WEDGE_OUTCOME)
VOTE = int(Stream.VOTE)
TRADE = int(Stream.TRADE)
TRADE_PARTNER = int(Stream.TRADE_PARTNER)
PRICE = int(Stream.PRICE)
GROWTH_COMMON = int(Stream.GROWTH_COMMON)
TRUST = int(Stream.TRUST)
AGREEMENT = int(Stream.AGREEMENT)
ARMS = int(Stream.ARMS)
SOUNDING = int(Stream.SOUNDING)


# Columns of a happening behind the nine that say what it is: the last quarter in which it may be due, and then, for
# each lane, the quarter in which it is due there.
LAST, DUE = range(9, 11)


event: Any = namedtuple("Event", EVENTS)(*range(len(EVENTS)))  # codes of what happens from outside
draft: Any = namedtuple("Draft", DRAFT)(*range(len(DRAFT)))  # rows of `w.draft`
hand: Any = namedtuple("Hand", HAND)(*range(len(HAND)))  # rows of `w.hand`


@inlined
def strides(count):
    """`count` rounded up to whole strides of a packed list."""
    return (count + (STRIDE - 1)) // STRIDE * STRIDE


@inlined
def domain_of(kind):
    """The domain of rivalry in which a kind of offer provokes."""
    return SECURITY_RIVALRY if kind == SECURITY else ECONOMIC_RIVALRY
