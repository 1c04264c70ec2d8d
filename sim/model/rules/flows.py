"""What still flows: ways that close and open again, oil and gas by pipe, sanctions, and the wall of a customs union."""

from .arithmetic import clamp, positive


def fitting(load: float, capacity: float, built: float) -> float:
    """What part of the trade that used a corridor still fits on it when it carries less than it did, 0..1?

    Claim: a corridor carries no more than its narrowest place lets through; what finds no room stops there.
    [middle-corridor-bottlenecks, horgos-alashankou-half-of-trains]

    load: what would use it; capacity: what it carries now; built: what it carries undisturbed; bn USD a year. Only
    what is taken away can stop trade: a corridor that was overloaded before stays so.
    """
    used = load if load < built else built
    return clamp(capacity / used, 0.0, 1.0) if used > 0.0 else 1.0


def shut_next(shut: float, closed: float, closure: float, reopening: float) -> float:
    """What part of the trade on a way, a line or a border does not get through, 0..1?

    Claim: what is shut stops at once what used it, and custom comes back by and by when it opens.
    [rus-transit-and-labour-levers, sanctions-war-pandemic-inflation]

    shut: the part a quarter ago; closed: how far it is closed now; both 0..1.
    """
    stopped = closure * closed
    return stopped if stopped > shut else shut + reopening * (stopped - shut)


def routed_next(routed: float, drawn: float, room: float, rerouting: float) -> float:
    """What part of the trade with a partner does a corridor carry a quarter later?

    Claim: freight moves to another corridor over years, and no faster than that one has room.
    [middle-corridor-two-effects, middle-corridor-bottlenecks, cku-will-lift-trade]

    routed: the part now; drawn: the part that price and room would give it; room: 0..1, what the corridors that draw
    let through.
    """
    return routed + rerouting * room * (drawn - routed)


def energy_part(rent: float, sold: float, turnover: float, trade: float, export_part: float) -> float:
    """What part of the trade with a power is oil and gas sold to it, 0..1?

    Claim: what an exporter sells to a buyer of its oil and gas is mostly that. [fuel-share-kaz-2024,
    kaz-eu-trade-2023, gas-link-serves-both]

    rent: share of exports that is energy; sold: share of it that goes to this power; turnover: with everyone; trade:
    with this power; bn USD a year.
    """
    worth = rent * export_part * turnover * sold
    return clamp(worth / trade, 0.0, 1.0) if trade > 0.0 else 0.0


def getting_through(ways_shut: float, border_shut: float, energy: float, piped: float, lost: float) -> float:
    """What part of the usual trade with a power gets through now, 0..1?

    Claim: oil and gas go by their own lines, all else by the corridors and over the border.
    [rus-transit-and-labour-levers, tkm-gas-to-china-lines, kaz-spreads-energy-routes]

    ways_shut, border_shut: parts of the other trade that corridors and the border hold up; energy: part of trade that
    is oil and gas; piped: part of that on named lines; lost: part of that which finds the lines closed; all 0..1.
    """
    others = (1.0 - energy * piped) * (1.0 - ways_shut) * (1.0 - border_shut)
    return clamp(others + energy * positive(piped - lost), 0.0, 1.0)


def detour_next(detoured: float, shut: float, left: float, energy_detour: float, energy_rerouting: float) -> float:
    """What share of its oil and gas has an exporter brought out by other ways a quarter later?

    Claim: an exporter with several ways brings out by the others a part of what one has lost.
    [kaz-spreads-energy-routes]

    detoured: the share now; shut: the share that finds its line closed; left: the share that usually leaves by the ways
    still open, which can take on no more than a part of that; never more is brought out than is shut in.
    """
    taken = left if left < shut else shut
    moved = detoured + energy_rerouting * (energy_detour * taken - detoured)
    return shut if moved > shut else moved


def ways_gain(ways: float, ways_start: float, corridor_trade: float) -> float:
    """By how much has trade with a power changed because the ways to it were widened or made cheaper (a logarithm)?

    Claim: a corridor that opens carries trade that was not there before. [cku-will-lift-trade,
    transport-links-raise-trade]

    ways, ways_start: room and cheapness of all ways to the power now and at the start.
    """
    both = ways + ways_start
    return corridor_trade * (ways - ways_start) / both if both > 0.0 else 0.0


def union_gain(own: float, others: float, union_trade: float, union_wall: float) -> float:
    """By how much do customs unions raise or lower trade with a power (a logarithm)?

    Claim: a customs union has one outer tariff: it moves trade to its members and away from everyone else.
    [trade-agreements-raise-trade, rus-eaeu-pull]

    own: membership in the union that this power leads; others: in unions of other powers; both 0..1.
    """
    return union_trade * own - union_wall * others


def passed_on(sanction: float, union: float, sanction_transit: float, transit_ease: float) -> float:
    """By how much do goods on their way around a sanction raise the trade of a third state (a logarithm)?

    Claim: what a sanction cuts off is in part sold by way of others, most easily where no border is left to cross.
    [sanctions-deflect-exports, rus-transit-and-labour-levers]

    sanction: how hard it is; union: membership in a customs union with the power that is punished; both 0..1.
    """
    return sanction_transit * sanction * (transit_ease + (1.0 - transit_ease) * union)


def drawn_in(passed: float, sources: float) -> float:
    """By how much do goods bought to be passed on raise trade with those who set the sanction (a logarithm)?

    Claim: what goes around a sanction is bought by a third state first, worth as much as it then sells on.
    [sanctions-deflect-exports]

    passed: what it sells on; sources: its trade with those who set the sanction, by how hard theirs is; bn USD a year.
    """
    return clamp(passed / sources, 0.0, 1.0) if sources > 0.0 else 0.0


def shunned(outcast: float, over_compliance: float) -> float:
    """By how much does fear of being punished too lower trade with a power under sanctions (a logarithm)?

    Claim: firms and banks keep away from more than a sanction forbids. [sanctions-hit-more-than-targets,
    usa-threat-caspian-pipeline-firms]

    outcast: sanctions against the power, by the might of those who set them, 0..1.
    """
    return over_compliance * outcast


def cut_off(sanctioned: float, sanction_bite: float) -> float:
    """By how much does a sanction against the state itself lower its trade with who sets it (a logarithm)?

    Claim: a sanction against a state takes most of its trade with whoever sets it. [sanctions-deflect-exports,
    usa-may-escalate-sanctions]

    sanctioned 0..1.
    """
    return sanction_bite * sanctioned


def diverted(lost: float, own: float, turnover: float, sanction_detour: float) -> float:
    """By how much does what a sanction cut off elsewhere raise trade with a power (a logarithm)?

    Claim: of the exports that sanctions cut off about two thirds found other buyers. [sanctions-deflect-exports]

    lost: trade cut off with everyone; own: the part of it with this power; turnover: with everyone; bn USD a year.
    """
    return sanction_detour * positive(lost - own) / turnover if turnover > 0.0 else 0.0


def level_next(level: float, aimed: float, phasing: float) -> float:
    """Where does the level of trade stand a quarter later (a logarithm)?

    Claim: duties, new ways and sanctions change trade over some quarters. [trade-agreements-raise-trade,
    transport-links-raise-trade]

    level: what they have made of it so far; aimed: what they make of it in the end.
    """
    return level + phasing * (aimed - level)


def imposed_pressure(imposed: float, closing_pressure: float) -> float:
    """How hard does a power press a state whose ways it keeps shut, 0..1?

    Claim: who carries one's oil has a lever over what one decides.
    [rus-transit-and-labour-levers]

    imposed: part of the state's trade that the power keeps shut, 0..1.
    """
    return clamp(closing_pressure * imposed, 0.0, 1.0)


def blamed(resentment: float, rise: float, closing_blame: float) -> float:
    """How much is a power resented once it has closed a way, 0..1?

    Claim: coercion is remembered against who uses it. [coercion-yields-little, pressure-raises-rival-engagement]

    rise: by how much the part of trade that the power keeps shut has grown this quarter, 0..1.
    """
    return resentment + (1.0 - resentment) * clamp(closing_blame * rise, 0.0, 1.0)  # no rise, not a bit of change
