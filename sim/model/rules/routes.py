"""Ways to the sea and to the buyer: corridors, outlets for energy, and plants that refine what is mined."""

from .arithmetic import clamp, exp, positive


def corridor_pull(capacity: float, cost: float, route_choice: float) -> float:
    """How strongly does a corridor draw freight?

    Claim: freight moves to the corridor that is cheaper and has room; a new line draws it from the old ones.
    [cku-will-lift-trade, middle-corridor-two-effects, horgos-route-9000km-shorter]

    capacity in bn USD of goods a year; cost: price of carriage, 1 is the usual. Freight with a partner is shared among
    the corridors that reach both in proportion to this number.
    """
    return capacity * exp(-route_choice * cost)


def passage(load: float, capacity: float, bottleneck: float) -> float:
    """What part of its growth can trade on a corridor still show, 0..1?

    Claim: a corridor carries no more than its narrowest place lets through. [middle-corridor-bottlenecks,
    horgos-alashankou-half-of-trains]

    load, capacity in bn USD a year. Little is lost up to half the capacity, half at capacity, most beyond it; what
    carries nothing holds up nothing.
    """
    used, room = load * load, capacity * capacity
    whole = used * used + room * room
    crowded = used * used / whole if whole > 0.0 else 0.0
    return 1.0 - clamp(bottleneck * crowded, 0.0, 1.0)


def slowed(growth: float, passage: float) -> float:
    """What is left of the growth of trade when the corridors it takes are crowded?

    Claim: traffic that moves to a crowded route is capped there; a fall needs no room. [middle-corridor-bottlenecks]

    growth per quarter; passage 0..1.
    """
    return growth * passage if growth > 0.0 else growth


def widened_next(widened: float, access: float, works: float, corridor_widening: float) -> float:
    """How much more do the corridors through a state carry than at the start, as a share?

    Claim: works at the bottlenecks raise what a corridor can carry. [cku-railway-speeding-2025,
    eu-global-gateway-rail-money, middle-corridor-bottlenecks]

    access 0..1; works: infrastructure finished this quarter over the absorptive scale.
    """
    return widened + corridor_widening * access * works


def transit_lever(lever: float, crossing: float, crossing_start: float, transit_shift: float) -> float:
    """What could a power withhold from a state, 0..1, given how much of its trade crosses what the power controls?

    Claim: a new route moves freight and leverage away from whoever controls the old one. [middle-corridor-two-effects,
    cku-will-lift-trade, rus-transit-and-labour-levers]

    lever: at the start; crossing: share of the state's trade on corridors times the power's control of them, 0..1.
    """
    return clamp(lever + transit_shift * (crossing - crossing_start), 0.0, 1.0)


def carriage_left(haul: float, distance_cost: float) -> float:
    """What part of the worth of goods and works is left once they have been carried here, 0..1?

    Claim: what comes from far costs more and arrives later, so the offer is worth less. [jpn-logistics-premium-50,
    jpn-transit-45-days, distance-cost-erodes-jpn-offer, chn-proximity-advantage]

    haul: extra cost of carriage against that from a neighbour, 0..1.
    """
    return clamp(1.0 - distance_cost * haul, 0.0, 1.0)


def buyer_bond(rent: float, sold: float, energy_bond: float) -> float:
    """What is it worth to stay close to the buyer of one's oil and gas?

    Claim: pipelines bind the seller's revenue and the buyer's supply to each other, and leaving is costly.
    [gas-link-serves-both, tkm-gas-to-china-lines, uzb-speeds-line-d-2025]

    rent: share of exports that is energy; sold: share of it that goes to this power; both 0..1.
    """
    return energy_bond * rent * sold


def outlet_value(rent: float, top: float, sold: float, route_seeking: float) -> float:
    """What is it worth to open one more outlet beside the largest?

    Claim: exporters that depend on one route look for further routes and buyers. [kaz-spreads-energy-routes,
    tkm-gas-to-china-lines, c5-avoid-overdependence-chn-rus]

    top: the largest buyer's share; sold: this power's; all 0..1.
    """
    return route_seeking * rent * positive(top - sold)


def outlet_next(outlet: float, works: float, outlet_building: float) -> float:
    """How large is the outlet to a power, in shares of what was sold at the start?

    Claim: an outlet opens with the works that lead to it. [uzb-speeds-line-d-2025, kaz-spreads-energy-routes]

    works: infrastructure of this power finished this quarter over the absorptive scale.
    """
    return outlet + outlet_building * works


def ore_worth(refining: float, plants: float, refining_choke: float) -> float:
    """What part of its worth does a minerals contract have as long as the ore must be refined elsewhere, 0..1?

    Claim: ore secured outside the country that refines it must still go there until plants exist.
    [refining-chokepoint-claim, chn-rare-earth-refining-over-70, chn-mine-process-transport-chain]

    refining: part of it that the power can refine itself; plants: part that the state can; both 0..1.
    """
    return 1.0 - clamp(refining_choke * (1.0 - refining) * (1.0 - plants), 0.0, 1.0)


def plant_ordered(works: float, local: float, plant_share: float) -> float:
    """How much refining capacity is started by what was signed, as a part of all that is mined?

    Claim: plants come where processing at home was part of the bargain. [kaz-asks-china-for-local-processing,
    jpn-promises-separation-plant]

    works: minerals contracts signed this quarter over the absorptive scale; local: share of local work, 0..1.
    """
    return plant_share * local * works


def plants_next(plants: float, opened: float, plant_wear: float) -> float:
    """What part of what is mined can be refined at home, 0..1?

    Claim: another chain takes about ten years and much capital. [minerals-chain-ten-years, usa-hollowing-limits-reach]

    opened: capacity that left the stages of building this quarter.
    """
    return clamp(plants * (1.0 - plant_wear) + opened, 0.0, 1.0)
