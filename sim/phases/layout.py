"""Places on the axes, streams of chance and codes of events as plain whole numbers, which is what the compiler wants."""

from sim.chance import Stream
from sim.compiling import inlined
from sim.world import Domain, Kind

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

SUMMIT_EVENT, OFFER_EVENT, TARIFF_EVENT, CRISIS_EVENT, VISIT_EVENT, CAPACITY_EVENT, RIVALRY_EVENT = range(7)


@inlined
def domain_of(kind):  # type: ignore[no-untyped-def]
    """The domain of rivalry in which a kind of offer provokes."""
    return SECURITY_RIVALRY if kind == SECURITY else ECONOMIC_RIVALRY
