"""What still flows: ways, lines and borders that close and open again, and what unions and sanctions make of trade."""

from sim.model.compiling import inlined
from sim.model.parameters import flows
from sim.model.phases.layout import DEAL, event
from sim.model.rules.arithmetic import clamp, exp, larger, pick, positive
from sim.model.rules.flows import (
    blamed,
    cut_off,
    detour_next,
    diverted,
    drawn_in,
    energy_part,
    fitting,
    getting_through,
    level_next,
    passed_on,
    shunned,
    shut_next,
    union_gain,
    ways_gain,
)
from sim.model.rules.structure import share_of


@inlined
def change_ways(w, row, code, i, j, k, lane):
    """A corridor, a border or a pipeline is closed or opened, a sanction set or lifted, a customs union joined or left.

    k: the power that closes it, -1 nobody's; of a sanction 1 where i, too, is a power: the one that sets it.
    """
    if code == event.corridor:  # j is the corridor
        w.capacity[j, lane] *= 1.0 + row[5]
        w.capacity_built[j, lane] = larger(w.capacity[j, lane], w.capacity_built[j, lane])
        w.freight_cost[j, lane] *= 1.0 + row[6]
        w.corridor_open[j, lane] = row[7] if row[7] >= 0.0 else w.corridor_open[j, lane]
        w.corridor_by[j, lane] = k + 1.0
    elif code == event.border:
        w.border_open[i, j, lane] = row[5]
        w.border_by[i, j, lane] = k + 1.0
    elif code == event.pipeline:  # j is the pipeline
        w.line_open[j, lane] = row[5]
        w.line_by[j, lane] = k + 1.0
    elif code == event.union:
        w.union[i, j, lane] = row[5]
    elif k > 0:
        w.sanction[i, j, lane] = row[5]
    else:
        w.sanctioned[i, j, lane] = row[5]


@inlined
def weigh_sanctions(w, j):
    """How hard power j is hit by sanctions, by the might of those who set them."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.sanctioning[lane] = 0.0
        w.others_might[lane] = 0.0
    for other in range(powers):
        if other != j:
            for lane in range(lanes):
                w.sanctioning[lane] += w.sanction[other, j, lane] * w.might[other, lane]
                w.others_might[lane] += w.might[other, lane]
    for lane in range(lanes):
        w.outcast[j, lane] = share_of(w.sanctioning[lane], w.others_might[lane])


@inlined
def shut_ways(w, p, i):
    """What part of the trade of state i on each corridor, and of its oil and gas in each line, does not get through."""
    states, corridors, lanes = w.carried.shape
    for c in range(corridors):
        for lane in range(lanes):
            w.using[lane] = 0.0
        for other in range(states):
            for lane in range(lanes):
                w.using[lane] += w.carried[other, c, lane]
        for lane in range(lanes):
            fits = fitting(w.using[lane], w.capacity[c, lane], w.capacity_built[c, lane])
            w.closed[c, lane] = 1.0 - w.corridor_open[c, lane] * fits
            w.way_shut[i, c, lane] = shut_next(
                w.way_shut[i, c, lane], w.closed[c, lane], p[flows.closure, lane], p[flows.reopening, lane]
            )
    for line in range(w.carries.shape[1]):
        for lane in range(lanes):
            w.line_now[lane] = w.line_open[line, lane]
        for c in range(corridors):
            for lane in range(lanes):
                w.line_now[lane] *= 1.0 - w.along[line, c, lane] * w.closed[c, lane]
        for lane in range(lanes):
            w.line_shut[i, line, lane] = shut_next(
                w.line_shut[i, line, lane], 1.0 - w.line_now[lane], p[flows.closure, lane], p[flows.reopening, lane]
            )


@inlined
def lose_outlets(w, p, i):
    """Which outlets for its oil and gas state i has lost with closed lines, and what it brings out by others."""
    powers, lines, lanes = w.reach.shape
    for lane in range(lanes):
        w.outlets_whole[lane] = w.outlet_else[i, lane]
        w.shut_in[lane] = 0.0
        w.shut_sold[lane] = 0.0
    for line in range(lines):
        for lane in range(lanes):
            w.shut_in[lane] += w.carries[i, line, lane] * w.line_shut[i, line, lane]
    for j in range(powers):
        for lane in range(lanes):
            w.by_line[j, lane] = 0.0
            w.lost[j, lane] = 0.0
            w.piped[i, j, lane] = 0.0
        for line in range(lines):
            for lane in range(lanes):
                bought = w.carries[i, line, lane] * w.reach[j, line, lane]
                w.by_line[j, lane] += bought
                w.lost[j, lane] += bought * w.line_shut[i, line, lane]
                w.piped[i, j, lane] += w.line_control[j, line, lane] * w.carries[i, line, lane]
        for lane in range(lanes):
            w.by_line[j, lane] = clamp(w.by_line[j, lane], 0.0, w.outlet_built[i, j, lane])
            w.lost[j, lane] = clamp(w.lost[j, lane], 0.0, w.by_line[j, lane])
            w.outlets_whole[lane] += w.outlet_built[i, j, lane]
            w.shut_sold[lane] += w.lost[j, lane]
    for lane in range(lanes):
        elsewhere = clamp(w.shut_in[lane] - w.shut_sold[lane], 0.0, w.outlet_else[i, lane])
        shut = w.shut_sold[lane] + elsewhere
        found = detour_next(
            w.detoured[i, lane],
            shut,
            positive(w.outlets_whole[lane] - shut),
            p[flows.energy_detour, lane],
            p[flows.energy_rerouting, lane],
        )
        w.detoured[i, lane] = found
        w.by_others[lane] = share_of(found, w.outlets_whole[lane] - shut)
        w.energy_lost[i, lane] = clamp(share_of(shut - found, w.outlets_whole[lane]), 0.0, 1.0)
    for j in range(powers):
        for lane in range(lanes):
            crosses = w.energy_rent[i, lane] * share_of(w.piped[i, j, lane], w.outlets_whole[lane])
            w.piped[i, j, lane] = clamp(crosses, 0.0, 1.0)
            still = positive(w.outlet_built[i, j, lane] - w.lost[j, lane])
            w.brought[j, lane] = still * w.by_others[lane]
            w.outlet[i, j, lane] = still + w.brought[j, lane]


@inlined
def let_flow(w, p, i):
    """What part of the usual trade of state i with each power gets through, and how much of it is oil and gas."""
    powers, corridors, lanes = w.link.shape
    for lane in range(lanes):
        w.turnover[lane] = w.other[i, DEAL, lane]
    for j in range(powers):
        for lane in range(lanes):
            w.turnover[lane] += w.trade[i, j, lane]
    for j in range(powers):
        for lane in range(lanes):
            w.held_up[lane] = 0.0
        for c in range(corridors):
            for lane in range(lanes):
                w.held_up[lane] += w.routed[i, j, c, lane] * w.way_shut[i, c, lane]
        for lane in range(lanes):
            w.border_shut[i, j, lane] = shut_next(
                w.border_shut[i, j, lane],
                1.0 - w.border_open[i, j, lane],
                p[flows.closure, lane],
                p[flows.reopening, lane],
            )
            energy = energy_part(
                w.energy_rent[i, lane],
                share_of(w.outlet_built[i, j, lane], w.outlets_whole[lane]),
                w.turnover[lane],
                w.trade[i, j, lane],
                p[flows.export_part, lane],
            )
            w.energy[j, lane] = energy
            w.flowing[i, j, lane] = getting_through(
                clamp(w.held_up[lane], 0.0, 1.0),
                w.border_shut[i, j, lane],
                energy,
                share_of(w.by_line[j, lane], w.outlet_built[i, j, lane]),
                share_of(w.lost[j, lane], w.outlet_built[i, j, lane]),
            )


@inlined
def aim_levels(w, p, i):
    """What unions, new ways, sanctions and oil that seeks other buyers make of trade with each power in the end."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.bonds[lane] = 0.0
        w.cut[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.bonds[lane] += w.union[i, j, lane]
            w.cut[lane] += w.trade[i, j, lane] * cut_off(w.sanctioned[i, j, lane], p[flows.sanction_bite, lane])
    for j in range(powers):
        for lane in range(lanes):
            own, bite = w.union[i, j, lane], cut_off(w.sanctioned[i, j, lane], p[flows.sanction_bite, lane])
            ease, transit = p[flows.transit_ease, lane], p[flows.sanction_transit, lane]
            w.aimed[j, lane] = (
                union_gain(
                    own, clamp(w.bonds[lane] - own, 0.0, 1.0), p[flows.union_trade, lane], p[flows.union_wall, lane]
                )
                + ways_gain(w.ways[i, j, lane], w.ways_start[i, j, lane], p[flows.corridor_trade, lane])
                + passed_on(w.outcast[j, lane], own, transit, ease)
                - shunned(w.outcast[j, lane], p[flows.over_compliance, lane])
                - bite
                + diverted(w.cut[lane], w.trade[i, j, lane] * bite, w.turnover[lane], p[flows.sanction_detour, lane])
                + w.energy[j, lane] * share_of(w.brought[j, lane], w.outlet_built[i, j, lane])
            )
    sanctions = 0.0
    for j in range(powers):
        for lane in range(lanes):
            sanctions += w.outcast[j, lane]
    if sanctions > 0.0:  # in most blocks there is none, and nothing would be added
        buy_to_pass_on(w, p, i)


@inlined
def buy_to_pass_on(w, p, i):
    """What state i buys from those who set sanctions to sell it on to those whom they punish."""
    powers, lanes = w.might.shape
    for other in range(powers):
        for lane in range(lanes):
            w.sources[lane] = 0.0
        for j in range(powers):
            for lane in range(lanes):
                w.sources[lane] += w.sanction[j, other, lane] * w.trade[i, j, lane]
        for lane in range(lanes):
            part = passed_on(
                w.outcast[other, lane],
                w.union[i, other, lane],
                p[flows.sanction_transit, lane],
                p[flows.transit_ease, lane],
            )
            w.sold_on[lane] = drawn_in(part * w.trade[i, other, lane], w.sources[lane])
        for j in range(powers):
            for lane in range(lanes):
                w.aimed[j, lane] += w.sanction[j, other, lane] * w.sold_on[lane]


@inlined
def blame(w, p, i):
    """Who keeps how much of the trade of state i shut, and what it makes of it."""
    powers, corridors, lanes = w.link.shape
    for j in range(powers):
        place = j + 1.0
        for lane in range(lanes):
            w.kept_shut[lane] = w.sanctioned[i, j, lane] * w.trade[i, j, lane]
        for c in range(corridors):
            for lane in range(lanes):
                ours = w.carried[i, c, lane] * w.closed[c, lane]
                w.kept_shut[lane] += pick(w.corridor_by[c, lane] == place, ours, 0.0)
        for other in range(powers):
            for lane in range(lanes):
                ours = w.trade[i, other, lane] * (1.0 - w.border_open[i, other, lane])
                w.kept_shut[lane] += pick(w.border_by[i, other, lane] == place, ours, 0.0)
        for lane in range(lanes):
            w.kept_shut[lane] = share_of(w.kept_shut[lane], w.turnover[lane])
        for line in range(w.carries.shape[1]):
            for lane in range(lanes):
                ours = w.energy_rent[i, lane] * w.carries[i, line, lane] * (1.0 - w.line_open[line, lane])
                w.kept_shut[lane] += pick(w.line_by[line, lane] == place, ours, 0.0)
        for lane in range(lanes):
            held = clamp(w.kept_shut[lane], 0.0, 1.0)
            w.resentment[i, j, lane] = blamed(
                w.resentment[i, j, lane], positive(held - w.imposed[i, j, lane]), p[flows.closing_blame, lane]
            )
            w.imposed[i, j, lane] = held


@inlined
def anybody_shuts(w, i):
    """Whether anybody keeps trade of state i shut, or has just let go of it, in any lane."""
    powers, corridors, lanes = w.link.shape
    shut = 0.0
    for c in range(corridors):
        for lane in range(lanes):
            shut += w.corridor_by[c, lane]
    for line in range(w.carries.shape[1]):
        for lane in range(lanes):
            shut += w.line_by[line, lane]
    for j in range(powers):
        for lane in range(lanes):
            shut += w.border_by[i, j, lane] + w.sanctioned[i, j, lane] + w.imposed[i, j, lane]
    return shut > 0.0


@inlined
def find_flows(w, p, i):
    """What of the trade, the oil and the gas of state i gets through now, and where its trade is bound."""
    shut_ways(w, p, i)
    lose_outlets(w, p, i)
    let_flow(w, p, i)
    aim_levels(w, p, i)


@inlined
def move_flows(w, p, i):
    """Trade of state i moves with unions, new ways and sanctions; who keeps its ways shut is blamed."""
    find_flows(w, p, i)
    powers, lanes = w.might.shape
    for j in range(powers):
        for lane in range(lanes):
            before = w.level[i, j, lane]
            after = level_next(before, w.aimed[j, lane], p[flows.phasing, lane])
            w.level[i, j, lane] = after
            w.trade[i, j, lane] *= exp(after - before)
    if anybody_shuts(w, i):
        blame(w, p, i)


@inlined
def start_flows(w, p, i):
    """What the trade of state i at the start has in it already: its unions, its ways, its lines."""
    powers, lanes = w.might.shape
    for j in range(powers):
        for lane in range(lanes):
            w.ways_start[i, j, lane] = w.ways[i, j, lane]
    find_flows(w, p, i)
    for j in range(powers):
        for lane in range(lanes):
            w.level[i, j, lane] = w.aimed[j, lane]
            w.piped_start[i, j, lane] = w.piped[i, j, lane]
