"""States order their needs and see whom they believe and which powers check which."""

from sim.model.compiling import inlined, phase
from sim.model.parameters import choice, delivery, identity, offers, routes
from sim.model.phases.layout import DEAL, ECONOMIC_RIVALRY, INFRASTRUCTURE, MINERALS, SECURITY, SECURITY_RIVALRY
from sim.model.rules.arithmetic import clamp, larger, pick, positive
from sim.model.rules.camps import coordination_of
from sim.model.rules.choice import absorptive_scale, alike, belief
from sim.model.rules.delivery import building_years, endures_part
from sim.model.rules.identity import leverage_left
from sim.model.rules.offers import market_factor
from sim.model.rules.routes import carriage_left, ore_worth, passage, transit_lever
from sim.model.rules.structure import share_of


@inlined
def look_at_routes(w, p, i):
    """State i sees how full its corridors are, what it could lose on them, and to whom its oil and gas goes."""
    powers, corridors, lanes = w.link.shape
    states = w.gdp.shape[0]
    for c in range(corridors):
        for lane in range(lanes):
            w.load[lane] = 0.0
            w.widening[lane] = 1.0
        for other in range(states):
            for lane in range(lanes):
                w.load[lane] += w.carried[other, c, lane]
                w.widening[lane] += w.widened[other, c, lane]
        for lane in range(lanes):
            w.passage[i, c, lane] = passage(
                w.load[lane],
                w.capacity[c, lane] * w.corridor_open[c, lane] * w.widening[lane],
                p[routes.bottleneck, lane],
            )
    for lane in range(lanes):
        w.outlets[lane] = w.outlet_else[i, lane]
        w.top_outlet[i, lane] = 0.0
        w.buyers[i, lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.outlets[lane] += w.outlet[i, j, lane]
            w.let_through[i, j, lane] = 1.0
        for c in range(corridors):
            for lane in range(lanes):
                w.let_through[i, j, lane] -= w.routed[i, j, c, lane] * (1.0 - w.passage[i, c, lane])
        for lane in range(lanes):
            w.let_through[i, j, lane] = clamp(w.let_through[i, j, lane], 0.0, 1.0)
            held = transit_lever(
                w.lever[i, j, lane],
                w.crossing[i, j, lane] + w.piped[i, j, lane],
                w.crossing_start[i, j, lane] + w.piped_start[i, j, lane],
                p[routes.transit_shift, lane],
            )
            w.grip[i, j, lane] = held * leverage_left(w.nationalism[i, lane], p[identity.identity_shield, lane])
    for j in range(powers):
        for lane in range(lanes):
            sold = share_of(w.outlet[i, j, lane], w.outlets[lane])
            w.sold[i, j, lane] = sold
            w.top_outlet[i, lane] = larger(sold, w.top_outlet[i, lane])
            w.buyers[i, lane] += sold * sold


@inlined
def look_at_neighbours(w, i):
    """State i sees how it stands with its neighbours, and who presses them."""
    states, powers, lanes = w.trust.shape
    others = states - 1.0 if states > 1 else 1.0
    for lane in range(lanes):
        w.cohesion_sum[lane] = 0.0
        w.unpressed[lane] = 1.0
    for other in range(states):
        if other != i:
            for lane in range(lanes):
                w.cohesion_sum[lane] += w.cohesion[i, other, lane]
    for lane in range(lanes):
        w.cohesive[i, lane] = w.cohesion_sum[lane] / others
    for j in range(powers):
        for lane in range(lanes):
            w.unpressed[lane] *= 1.0 - w.pressure[i, j, lane]
            w.pressure_nearby[lane] = 0.0
        for other in range(states):
            if other != i:
                for lane in range(lanes):
                    w.pressure_nearby[lane] += w.cohesion[i, other, lane] * w.pressure[other, j, lane]
        for lane in range(lanes):
            w.neighbours_pressed[i, j, lane] = w.pressure_nearby[lane] / others
    for lane in range(lanes):
        w.pressed[i, lane] = 1.0 - w.unpressed[lane]


@inlined
def plan_ahead(w, p, i):
    """How long works take, what of them stands at the horizon, and what carriage leaves of their worth.

    All of it hangs on numbers alone, so it is worked out again only where these may have changed.
    """
    powers, kinds, lanes = w.vigour.shape
    renumbered = 0
    for lane in range(lanes):
        renumbered += 1 if w.renumbered[i, lane] > 0.0 else 0
    if renumbered > 0:
        for k in range(kinds):
            passing = 1.0 if k == DEAL else 0.0
            for lane in range(lanes):
                stage = p[delivery.stage + k, lane]
                years = building_years(stage, pick(k == SECURITY, p[delivery.lot_chance, lane], stage))
                w.years[i, k, lane] = years
                w.endures[i, k, lane] = endures_part(years, p[choice.horizon, lane], passing)
            for j in range(powers):
                for lane in range(lanes):
                    carried = carriage_left(w.haul[i, j, lane], p[routes.distance_cost, lane])
                    w.worth[i, j, k, lane] = 1.0 if k == SECURITY else carried
        for lane in range(lanes):
            w.renumbered[i, lane] = 0.0
            w.rerouted[i, lane] = 1.0


@inlined
def judge_worth(w, p, i):
    """What refining leaves of the worth of ore from state i, and whose works could stand in for whose."""
    powers, lanes = w.might.shape
    for j in range(powers):
        for lane in range(lanes):
            carried = carriage_left(w.haul[i, j, lane], p[routes.distance_cost, lane])
            w.worth[i, j, MINERALS, lane] = carried * ore_worth(
                w.refining[j, lane], w.plants[i, lane], p[routes.refining_choke, lane]
            )
            w.rival_backlog[i, j, lane] = 0.0
            w.on_order[j, lane] = w.ordered[i, j, INFRASTRUCTURE, lane] + w.underway[i, j, INFRASTRUCTURE, lane]
    for j in range(powers):
        for other in range(powers):
            for lane in range(lanes):
                w.rival_backlog[i, j, lane] += w.on_order[other, lane] * alike(
                    w.hardness[j, lane], w.hardness[other, lane], p[choice.soft_hard, lane]
                )


@inlined
def order_needs(w, p, i):
    """How large state i is in the region, what it can absorb of each kind, and which need presses most."""
    states, kinds, lanes = w.need.shape
    powers = w.might.shape[0]
    for lane in range(lanes):
        w.region_gdp[lane] = 0.0
        w.region_gdp_start[lane] = 0.0
    for other in range(states):
        for lane in range(lanes):
            w.region_gdp[lane] += w.gdp[other, lane]
            w.region_gdp_start[lane] += w.gdp_start[other, lane]
    for lane in range(lanes):
        w.attention[i, lane] = w.gdp[i, lane] * states / w.region_gdp[lane]
        market = w.gdp[i, lane] * states / w.region_gdp_start[lane]
        w.market[i, lane] = market_factor(market, p[offers.market_exponent, lane])
    for k in range(kinds):
        secures = 1.0 if k == SECURITY else 0.0
        for lane in range(lanes):
            scale = absorptive_scale(w.gdp[i, lane], secures, p[choice.absorption + k, lane])
            w.scale[i, k, lane] = scale
            w.per_scale[i, k, lane] = 1.0 / scale
            w.span[i, k, lane] = scale * w.years[i, k, lane]
            w.backlog[i, k, lane] = 0.0
            w.rank[i, k, lane] = 0.0
        for j in range(powers):
            for lane in range(lanes):
                w.backlog[i, k, lane] += w.ordered[i, j, k, lane] + w.underway[i, j, k, lane]
        for other in range(kinds):  # of two needs as large as each other, the first in the list of kinds goes first
            for lane in range(lanes):
                less = w.need[i, k, lane] - w.need[i, other, lane]
                w.rank[i, k, lane] += pick(less < 0.0, 1.0, pick(less == 0.0, 1.0 if other < k else 0.0, 0.0))


@inlined
def judge_words(w, p, i):
    """Whose word state i believes, and how much of what it depends on is used to press it."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.coerced[i, lane] = 0.0
        w.hottest[i, lane] = 0.0
        w.backing[i, lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.coerced[i, lane] += w.dependence[i, j, lane] * w.pressure[i, j, lane]
            w.believed[i, j, lane] = belief(
                w.trust[i, j, lane],
                w.volatility[j, lane],
                p[choice.delivery_doubt, lane],
                p[choice.volatility_discount, lane],
            )


@inlined
def weigh_rivals(w, i, j):
    """What the rivals of power j mean to state i: what it holds with them, what they could exact, what binds it."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.pressing[i, j, lane] = 0.0
        w.resisted[i, j, lane] = 0.0
        w.sided_elsewhere[i, j, lane] = 0.0
        w.captive[i, j, lane] = 0.0
        w.partnered[i, j, lane] = 0.0
        w.bound[i, j, lane] = 0.0
        w.strained[i, j, lane] = 0.0
        w.courted[i, j, lane] = 0.0
        w.hottest[i, lane] = larger(w.heat[j, ECONOMIC_RIVALRY, lane], w.hottest[i, lane])
        w.hottest[i, lane] = larger(w.heat[j, SECURITY_RIVALRY, lane], w.hottest[i, lane])
    for d in range(w.heat.shape[1]):
        for lane in range(lanes):
            w.at_stake[i, j, d, lane] = 0.0
            w.levers_at_stake[i, j, d, lane] = 0.0
    for other in range(powers):
        if other != j:
            for lane in range(lanes):
                economic = positive(w.rivalry[j, other, ECONOMIC_RIVALRY, lane])
                held, lever = w.dependence[i, other, lane], w.grip[i, other, lane]
                w.courted[i, j, lane] += economic * w.recent[i, other, lane]
                w.bound[i, j, lane] += w.union[i, other, lane]
                w.at_stake[i, j, ECONOMIC_RIVALRY, lane] += economic * held
                w.levers_at_stake[i, j, ECONOMIC_RIVALRY, lane] += economic * held * lever
            for lane in range(lanes):
                hostile = positive(w.rivalry[j, other, SECURITY_RIVALRY, lane])
                held, lever = w.dependence[i, other, lane], w.grip[i, other, lane]
                guards = w.share[i, other, SECURITY, lane]
                w.captive[i, j, lane] += hostile * w.crossing[i, other, lane]
                w.partnered[i, j, lane] += coordination_of(w.rivalry[j, other, SECURITY_RIVALRY, lane]) * guards
                w.at_stake[i, j, SECURITY_RIVALRY, lane] += hostile * held
                w.levers_at_stake[i, j, SECURITY_RIVALRY, lane] += hostile * held * lever
                w.pressing[i, j, lane] += hostile * w.pressure[i, other, lane]
                w.resisted[i, j, lane] += hostile * w.agenda[other, lane] * w.share[i, other, SECURITY, lane]
                w.sided_elsewhere[i, j, lane] += hostile * w.sided[i, other, lane]
    for lane in range(lanes):
        w.captive[i, j, lane] = clamp(w.captive[i, j, lane], 0.0, 1.0)
        w.bound[i, j, lane] = clamp(w.bound[i, j, lane], 0.0, 1.0)
        w.backing[i, lane] = clamp(w.backing[i, lane] + w.partnered[i, j, lane], 0.0, 1.0)


@inlined
def anybody_strained(w):
    """Whether any power is strained by a war, in any lane."""
    strained = 0
    for j in range(w.might.shape[0]):
        for lane in range(w.might.shape[1]):
            strained += 1 if w.strain[j, lane] > 0.0 else 0
    return strained > 0


@inlined
def miss_guarantors(w, i):
    """What ties in security state i has with powers that are at war, beside each."""
    powers, lanes = w.might.shape
    for j in range(powers):
        for other in range(powers):
            if other != j:
                for lane in range(lanes):
                    w.strained[i, j, lane] += w.strain[other, lane] * w.share[i, other, SECURITY, lane]


@inlined
def recall_gains(w, i):
    """What state i has lately gained with all powers, and with all others than each."""
    powers, lanes = w.might.shape
    others = powers - 1.0 if powers > 1 else 1.0
    for lane in range(lanes):
        w.gained[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.gained[lane] += w.recent[i, j, lane]
    for lane in range(lanes):
        w.gains[i, lane] = w.gained[lane]
    for j in range(powers):
        for lane in range(lanes):
            w.others_recent[i, j, lane] = positive(w.gained[lane] - w.recent[i, j, lane]) / others


@phase
def perceive_state(w, p, t, i):
    """State i orders its needs and sees what it can absorb, whom it believes, and which powers check which."""
    plan_ahead(w, p, i)
    order_needs(w, p, i)
    look_at_routes(w, p, i)
    look_at_neighbours(w, i)
    judge_worth(w, p, i)
    judge_words(w, p, i)
    for j in range(w.might.shape[0]):
        weigh_rivals(w, i, j)
    if anybody_strained(w):  # in most quarters nobody is
        miss_guarantors(w, i)
    recall_gains(w, i)
