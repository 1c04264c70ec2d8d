"""Stock is taken, and what is measured of the quarter is kept."""

from sim.model.compiling import inlined, phase
from sim.model.parameters import delivery, flows, routes
from sim.model.phases.flows import start_flows
from sim.model.phases.layout import DEAL, INFRASTRUCTURE, MINERALS, SECURITY
from sim.model.rules.arithmetic import larger, pick
from sim.model.rules.delivery import entangled
from sim.model.rules.flows import routed_next
from sim.model.rules.routes import corridor_pull
from sim.model.rules.structure import autonomy_of, balance_of, entropy_of, share_of
from sim.model.variables import power_place, state_place


@inlined
def take_stock(w, p, i):
    """State i's shares, alignment, dependence and concentration as they stand; at the start and after every quarter."""
    states, kinds, lanes = w.need.shape
    powers = w.might.shape[0]
    for k in range(kinds):
        for lane in range(lanes):
            w.total[i, k, lane] = w.other[i, k, lane]
        for j in range(powers):
            for lane in range(lanes):
                w.total[i, k, lane] += w.stock[i, j, k, lane]
        for lane in range(lanes):
            w.unit_share[i, k, lane] = share_of(1.0, w.total[i, k, lane])
    for lane in range(lanes):
        w.top[i, lane] = 0.0
        w.hhi[i, lane] = 0.0
        w.engaged[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.aligned[lane] = 0.0
        for k in range(kinds):
            for lane in range(lanes):
                share = w.stock[i, j, k, lane] * w.unit_share[i, k, lane]
                w.share[i, j, k, lane] = share
                w.aligned[lane] += w.weight[i, k, lane] * share
        for lane in range(lanes):
            aligned = w.aligned[lane]
            w.alignment[i, j, lane] = aligned
            depends = entangled(aligned, w.share[i, j, INFRASTRUCTURE, lane], p[delivery.lifeline, lane])
            w.dependence[i, j, lane] = depends
            w.top[i, lane] = larger(depends, w.top[i, lane])
            w.hhi[i, lane] += aligned * aligned
            w.engaged[lane] += aligned
    for lane in range(lanes):
        spread = w.engaged[lane] * w.engaged[lane]
        concentrated = w.hhi[i, lane] / spread if spread > 0.0 else 1.0
        w.hhi[i, lane] = concentrated
        w.partners[i, lane] = 1.0 / concentrated


@inlined
def weigh_ways(w, p, i, settled):
    """How strongly corridors draw freight of state i undisturbed, and with that the ways to each power.

    It hangs on numbers and on what corridors are, so it is worked out again only where either may have changed.
    settled: 1 at the start; later, ways that are not what they were disturb what flows.
    """
    powers, corridors, lanes = w.link.shape
    changed = 0
    for lane in range(lanes):
        changed += 1 if w.rerouted[i, lane] + w.renumbered[i, lane] > 0.0 else 0
    if changed > 0:
        for j in range(powers):
            for lane in range(lanes):
                w.ways[i, j, lane] = 0.0
        for c in range(corridors):
            for lane in range(lanes):
                whole = corridor_pull(w.capacity_built[c, lane], w.freight_cost[c, lane], p[routes.route_choice, lane])
                w.whole_pull[i, c, lane] = whole * w.access[i, c, lane]
            for j in range(powers):
                for lane in range(lanes):
                    w.ways[i, j, lane] += w.whole_pull[i, c, lane] * w.link[j, c, lane]
        for j in range(powers):
            for lane in range(lanes):
                other = settled == 0 and w.ways[i, j, lane] != w.ways_start[i, j, lane]
                w.disturbed[i, lane] = pick(other, 1.0, w.disturbed[i, lane])
        for lane in range(lanes):
            w.rerouted[i, lane] = 0.0


@inlined
def take_routes(w, p, i, settled):
    """Which corridors carry the trade of state i now, and how much of it crosses what each power controls.

    settled: 1 at the start, when freight is where price and room draw it; 0 later, when it only moves there.
    """
    powers, corridors, lanes = w.link.shape
    weigh_ways(w, p, i, settled)
    for lane in range(lanes):
        w.all_trade[lane] = 0.0
    for c in range(corridors):
        for lane in range(lanes):
            w.carried[i, c, lane] = 0.0
            left = w.corridor_open[c, lane] * share_of(w.capacity[c, lane], w.capacity_built[c, lane])
            w.pull[i, c, lane] = w.whole_pull[i, c, lane] * left
    for j in range(powers):
        for lane in range(lanes):
            w.routed_sum[lane] = 0.0
            w.all_trade[lane] += w.trade[i, j, lane]
            w.crossing[i, j, lane] = 0.0
            w.room[lane] = 0.0
        for c in range(corridors):
            for lane in range(lanes):
                w.drawn[c, lane] = w.pull[i, c, lane] * w.link[j, c, lane]
                w.routed_sum[lane] += w.drawn[c, lane]
                w.room[lane] += w.drawn[c, lane] * w.passage[i, c, lane]
        for lane in range(lanes):
            w.per_routed[lane] = share_of(1.0, w.routed_sum[lane])
            pace = w.room[lane] * w.per_routed[lane]
            w.room[lane] = pick(settled > 0, 1.0, pace)
            w.speed[lane] = pick(settled > 0, 1.0, p[flows.rerouting, lane])
        for c in range(corridors):
            for lane in range(lanes):
                part = routed_next(
                    w.routed[i, j, c, lane], w.drawn[c, lane] * w.per_routed[lane], w.room[lane], w.speed[lane]
                )
                w.routed[i, j, c, lane] = part
                w.carried[i, c, lane] += part * w.trade[i, j, lane]
    for c in range(corridors):
        for lane in range(lanes):
            w.carried_part[lane] = share_of(w.carried[i, c, lane], w.all_trade[lane])
        for j in range(powers):
            for lane in range(lanes):
                w.crossing[i, j, lane] += w.control[j, c, lane] * w.carried_part[lane]
    for j in range(powers):
        for lane in range(lanes):
            w.crossing[i, j, lane] = 1.0 if w.crossing[i, j, lane] > 1.0 else w.crossing[i, j, lane]


@inlined
def sum_up(w, i, pole):
    """What state i has with all powers together, and what it did this quarter: offers, visits, promises, its side."""
    powers, kinds, lanes = w.size.shape[1:]
    for lane in range(lanes):
        w.engaged[lane] = 0.0
        w.leaning[lane] = 0.0
        w.most_promised[lane] = 0.0
        w.visits_made[lane] = 0.0
        w.visits_compensating[lane] = 0.0
        w.entropy_sum[lane] = 0.0
        w.side_code[lane] = 0.0
        w.offers_made[lane] = 0.0
        w.offers_taken[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            aligned, promised = w.alignment[i, j, lane], w.commitment[i, j, lane]
            w.engaged[lane] += aligned
            w.leaning[lane] += aligned * pole[j]
            w.side_code[lane] += w.sided[i, j, lane] * (j + 1.0)
            w.most_promised[lane] = larger(promised, w.most_promised[lane])
        for lane in range(lanes):
            w.visits_made[lane] += w.visit[i, j, lane]
            w.visits_compensating[lane] += w.compensated[i, j, lane]
        for k in range(kinds):
            for n in range(w.table_first[i, j, k], w.table_last[i, j, k]):
                lane = w.table_lane[i, n]
                taken = w.accepted[i, j, k, lane]
                w.offers_made[lane] += 1.0
                w.offers_taken[lane] += taken
                w.made_count[i, j, k, lane] += 1.0
                w.made_value[i, j, k, lane] += w.size[i, j, k, lane]
                if taken > 0.0:
                    w.taken_count[i, j, k, lane] += taken
                    w.taken_value[i, j, k, lane] += taken * w.size[i, j, k, lane]
    for j in range(powers):
        for lane in range(lanes):
            whole = w.engaged[lane]
            w.entropy_sum[lane] += entropy_of(w.alignment[i, j, lane] / whole if whole > 0.0 else 0.0)


@inlined
def keep_by_power(w, i, by_power):
    """Keep what is measured of state i and each power."""
    powers, lanes = w.might.shape
    for j in range(powers):
        for lane in range(lanes):
            by_power[i, j, power_place.alignment, lane] = w.alignment[i, j, lane]
        for lane in range(lanes):
            by_power[i, j, power_place.trade, lane] = w.stock[i, j, DEAL, lane]
        for lane in range(lanes):
            by_power[i, j, power_place.trust, lane] = w.trust[i, j, lane]
        for lane in range(lanes):
            by_power[i, j, power_place.pressure, lane] = w.pressure[i, j, lane]
        for lane in range(lanes):
            by_power[i, j, power_place.energy_sold, lane] = w.sold[i, j, lane]
        for lane in range(lanes):
            by_power[i, j, power_place.un_agreement, lane] = w.agreement[i, j, lane]
        for lane in range(lanes):
            by_power[i, j, power_place.arms, lane] = w.arms[i, j, lane]
        keep_by_kind(w, i, j, by_power)


@inlined
def keep_signed(w, i, j, k, place, by_power):
    """Keep what state i has signed of a kind with power j this quarter, at a place of the record."""
    for lane in range(w.gdp.shape[1]):
        by_power[i, j, place, lane] = 0.0
    for n in range(w.table_first[i, j, k], w.table_last[i, j, k]):
        lane = w.table_lane[i, n]
        by_power[i, j, place, lane] = w.accepted[i, j, k, lane] * w.size[i, j, k, lane]


@inlined
def keep_by_kind(w, i, j, by_power):
    """Keep what state i holds of each kind with power j, and what it has signed with it this quarter."""
    for lane in range(w.gdp.shape[1]):
        by_power[i, j, power_place.minerals_stock, lane] = w.stock[i, j, MINERALS, lane]
    for lane in range(w.gdp.shape[1]):
        by_power[i, j, power_place.works_stock, lane] = w.stock[i, j, INFRASTRUCTURE, lane]
    for lane in range(w.gdp.shape[1]):
        by_power[i, j, power_place.security_stock, lane] = w.stock[i, j, SECURITY, lane]
    keep_signed(w, i, j, DEAL, power_place.signed_deal, by_power)
    keep_signed(w, i, j, MINERALS, power_place.signed_minerals, by_power)
    keep_signed(w, i, j, INFRASTRUCTURE, power_place.signed_infrastructure, by_power)
    keep_signed(w, i, j, SECURITY, power_place.signed_security, by_power)


@inlined
def keep_by_state(w, i, by_state):
    """Keep what is measured of state i alone."""
    lanes = w.gdp.shape[1]
    for lane in range(lanes):
        by_state[i, state_place.effective_partners, lane] = w.partners[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.hhi, lane] = w.hhi[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.entropy, lane] = w.entropy_sum[lane]
    for lane in range(lanes):
        by_state[i, state_place.autonomy, lane] = autonomy_of(w.coerced[i, lane], w.most_promised[lane])
    for lane in range(lanes):
        whole = w.engaged[lane]
        by_state[i, state_place.balance, lane] = balance_of(w.leaning[lane] / whole if whole > 0.0 else 0.0)
    for lane in range(lanes):
        by_state[i, state_place.threat, lane] = w.threat[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.delivered, lane] = w.delivered[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.visits, lane] = w.visits_made[lane]
    for lane in range(lanes):
        by_state[i, state_place.compensating_visits, lane] = w.visits_compensating[lane]
    for lane in range(lanes):
        by_state[i, state_place.offers, lane] = w.offers_made[lane]
    for lane in range(lanes):
        by_state[i, state_place.accepted, lane] = w.offers_taken[lane]
    for lane in range(lanes):
        by_state[i, state_place.sided, lane] = w.side_code[lane]
    for lane in range(lanes):
        by_state[i, state_place.cohesion, lane] = w.cohesive[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.nationalism, lane] = w.nationalism[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.refining, lane] = w.plants[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.energy_concentration, lane] = w.buyers[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.vote, lane] = w.vote[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.output, lane] = w.gdp[i, lane]
    for lane in range(lanes):
        by_state[i, state_place.trade_rest, lane] = w.other[i, DEAL, lane]
    for lane in range(lanes):
        by_state[i, state_place.stability, lane] = w.stability[i, lane]
    for lane in range(lanes):
        w.needed[lane] = 0.0
    for k in range(w.need.shape[1]):
        for lane in range(lanes):
            w.needed[lane] += w.weight[i, k, lane] * w.need[i, k, lane]
    for lane in range(lanes):
        by_state[i, state_place.unmet_need, lane] = w.needed[lane]


@phase
def record_state(w, p, t, i, pole, by_power, by_state):
    """Keep what is measured of state i this quarter.

    pole: float64 [powers], the position of each power between the two poles of rivalry, -1..1. by_power
    [states, powers, measures, lanes] and by_state [states, measures, lanes] are this quarter's pages of the record.
    """
    take_stock(w, p, i)
    take_routes(w, p, i, 0)
    sum_up(w, i, pole)
    keep_by_power(w, i, by_power)
    keep_by_state(w, i, by_state)
    for lane in range(w.gdp.shape[1]):
        w.thaw[i, lane] = 0.0


@phase
def start_state(w, p, t, i):
    """State i takes stock before the first quarter."""
    take_stock(w, p, i)
    take_routes(w, p, i, 1)
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.outlet_else[i, lane] = 1.0
    for j in range(powers):
        for lane in range(lanes):
            w.crossing_start[i, j, lane] = w.crossing[i, j, lane]
            w.dependence_start[i, j, lane] = w.dependence[i, j, lane]
            w.outlet_else[i, lane] -= w.outlet[i, j, lane]
    for lane in range(lanes):
        w.outlet_else[i, lane] = larger(w.outlet_else[i, lane], 0.0)
    start_flows(w, p, i)
