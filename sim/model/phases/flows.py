"""What still flows: ways, lines and borders that close and open again."""

from sim.model.compiling import inlined
from sim.model.parameters import flows
from sim.model.phases.layout import DEAL, event
from sim.model.phases.levels import aim_levels, ever_disturbed
from sim.model.rules.arithmetic import clamp, exp, larger, pick, positive
from sim.model.rules.flows import (
    blamed,
    detour_next,
    energy_part,
    fitting,
    getting_through,
    level_next,
    shut_next,
)
from sim.model.rules.structure import share_of


@inlined
def change_ways(w, row, code, i, j, k, lane):
    """A corridor, a border or a pipeline is closed or opened, a sanction set or lifted, a customs union joined or left.

    k: the power that closes it, -1 nobody's; of a sanction 1 where i, too, is a power: the one that sets it.
    """
    for one in range(w.gdp.shape[0]):
        w.disturbed[one, lane] = 1.0
    if code == event.corridor:  # j is the corridor
        w.capacity[j, lane] *= 1.0 + row[5]
        w.capacity_built[j, lane] = larger(w.capacity[j, lane], w.capacity_built[j, lane])
        w.freight_cost[j, lane] *= 1.0 + row[6]
        w.corridor_open[j, lane] = row[7] if row[7] >= 0.0 else w.corridor_open[j, lane]
        w.corridor_by[j, lane] = k + 1.0
        for one in range(w.gdp.shape[0]):
            w.rerouted[one, lane] = 1.0
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
def all_flows(w, i):
    """Whether every way, line and border of state i stands open in all lanes and nothing is still held up from before.

    Then nothing is shut, lost or brought out by other ways, and most of what follows has nothing to work out.
    """
    powers, corridors, lanes = w.link.shape
    shut = 0
    for c in range(corridors):
        for lane in range(lanes):
            shut += 1 if w.corridor_open[c, lane] < 1.0 else 0
            shut += 1 if w.capacity[c, lane] < w.capacity_built[c, lane] else 0
            shut += 1 if w.way_shut[i, c, lane] > 0.0 else 0
    for line in range(w.carries.shape[1]):
        for lane in range(lanes):
            shut += 1 if w.line_open[line, lane] < 1.0 else 0
            shut += 1 if w.line_shut[i, line, lane] > 0.0 else 0
    for j in range(powers):
        for lane in range(lanes):
            shut += 1 if w.border_open[i, j, lane] < 1.0 else 0
            shut += 1 if w.border_shut[i, j, lane] > 0.0 else 0
    for lane in range(lanes):
        shut += 1 if w.detoured[i, lane] > 0.0 else 0
    return shut == 0


@inlined
def carries_any(w, i, line):
    """Whether a pipeline carries oil or gas of state i in any lane; most carry none of most states."""
    carrying = 0
    for lane in range(w.gdp.shape[1]):
        carrying += 1 if w.carries[i, line, lane] > 0.0 else 0
    return carrying > 0


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
def open_outlets(w, i):
    """What of its oil and gas state i sells by named lines to each power, and what each controls, with all open."""
    powers, lines, lanes = w.reach.shape
    for j in range(powers):
        for lane in range(lanes):
            w.by_line[j, lane] = 0.0
            w.piped[i, j, lane] = 0.0
    for line in range(lines):
        if carries_any(w, i, line):
            for j in range(powers):
                for lane in range(lanes):
                    w.by_line[j, lane] += w.carries[i, line, lane] * w.reach[j, line, lane]
                    w.piped[i, j, lane] += w.line_control[j, line, lane] * w.carries[i, line, lane]
    for lane in range(lanes):
        w.outlets_whole[lane] = w.outlet_else[i, lane]
    for j in range(powers):
        for lane in range(lanes):
            w.by_line[j, lane] = clamp(w.by_line[j, lane], 0.0, w.outlet_built[i, j, lane])
            w.outlets_whole[lane] += w.outlet_built[i, j, lane]


@inlined
def lose_outlets(w, p, i):
    """Which outlets for its oil and gas state i has lost with closed lines, and what it brings out by others."""
    powers, lines, lanes = w.reach.shape
    for lane in range(lanes):
        w.shut_in[lane] = 0.0
        w.shut_sold[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.lost[j, lane] = 0.0
    for line in range(lines):
        if carries_any(w, i, line):
            for lane in range(lanes):
                w.shut_in[lane] += w.carries[i, line, lane] * w.line_shut[i, line, lane]
            for j in range(powers):
                for lane in range(lanes):
                    bought = w.carries[i, line, lane] * w.reach[j, line, lane]
                    w.lost[j, lane] += bought * w.line_shut[i, line, lane]
    for j in range(powers):
        for lane in range(lanes):
            w.lost[j, lane] = clamp(w.lost[j, lane], 0.0, w.by_line[j, lane])
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
            still = positive(w.outlet_built[i, j, lane] - w.lost[j, lane])
            w.brought[j, lane] = still * w.by_others[lane]
            w.outlet[i, j, lane] = still + w.brought[j, lane]


@inlined
def hold_up(w, p, i):
    """What corridors and borders hold up of the trade of state i with each power."""
    powers, corridors, lanes = w.link.shape
    for j in range(powers):
        for lane in range(lanes):
            w.held_up[j, lane] = 0.0
        for c in range(corridors):
            for lane in range(lanes):
                w.held_up[j, lane] += w.routed[i, j, c, lane] * w.way_shut[i, c, lane]
        for lane in range(lanes):
            w.border_shut[i, j, lane] = shut_next(
                w.border_shut[i, j, lane],
                1.0 - w.border_open[i, j, lane],
                p[flows.closure, lane],
                p[flows.reopening, lane],
            )


@inlined
def lose_nothing(w, i):
    """Where everything stands open, all that can be sold is sold and nothing is held up."""
    powers, corridors, lanes = w.link.shape
    for lane in range(lanes):
        w.energy_lost[i, lane] = 0.0
    for c in range(corridors):
        for lane in range(lanes):
            w.closed[c, lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.lost[j, lane] = 0.0
            w.held_up[j, lane] = 0.0
            w.outlet[i, j, lane] = w.outlet_built[i, j, lane]


@inlined
def sells_by_line(w, j):
    """Whether oil and gas of the state goes to power j by a named line in any lane."""
    sold = 0
    for lane in range(w.might.shape[1]):
        sold += 1 if w.by_line[j, lane] > 0.0 else 0
    return sold > 0


@inlined
def crosses_by_line(w, i, j):
    """Whether oil and gas of state i crosses by a line what power j controls, in any lane."""
    crossing = 0
    for lane in range(w.might.shape[1]):
        crossing += 1 if w.piped[i, j, lane] > 0.0 else 0
    return crossing > 0


@inlined
def let_flow(w, p, i, free):
    """What part of the usual trade of state i with each power gets through, and how much of it is oil and gas.

    free: whether everything stands open; then whatever is sold by no line gets through whole.
    """
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.turnover[lane] = w.other[i, DEAL, lane]
    for j in range(powers):
        for lane in range(lanes):
            w.turnover[lane] += w.trade[i, j, lane]
    for j in range(powers):
        if crosses_by_line(w, i, j):
            for lane in range(lanes):
                crosses = w.energy_rent[i, lane] * share_of(w.piped[i, j, lane], w.outlets_whole[lane])
                w.piped[i, j, lane] = clamp(crosses, 0.0, 1.0)
        if free and not sells_by_line(w, j):
            for lane in range(lanes):
                w.flowing[i, j, lane] = 1.0
        else:
            sell(w, p, i, j)


@inlined
def sell(w, p, i, j):
    """What part of the usual trade of state i with power j gets through, oil and gas by the lines that are open."""
    for lane in range(w.might.shape[1]):
        energy = energy_part(
            w.energy_rent[i, lane],
            share_of(w.outlet_built[i, j, lane], w.outlets_whole[lane]),
            w.turnover[lane],
            w.trade[i, j, lane],
            p[flows.export_part, lane],
        )
        w.energy[j, lane] = energy
        w.flowing[i, j, lane] = getting_through(
            clamp(w.held_up[j, lane], 0.0, 1.0),
            w.border_shut[i, j, lane],
            energy,
            share_of(w.by_line[j, lane], w.outlet_built[i, j, lane]),
            share_of(w.lost[j, lane], w.outlet_built[i, j, lane]),
        )


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
    shut = 0
    for c in range(corridors):
        for lane in range(lanes):
            shut += 1 if w.corridor_by[c, lane] > 0.0 else 0
    for line in range(w.carries.shape[1]):
        for lane in range(lanes):
            shut += 1 if w.line_by[line, lane] > 0.0 else 0
    for j in range(powers):
        for lane in range(lanes):
            shut += 1 if w.border_by[i, j, lane] > 0.0 else 0
            shut += 1 if w.sanctioned[i, j, lane] > 0.0 else 0
            shut += 1 if w.imposed[i, j, lane] > 0.0 else 0
    return shut > 0


@inlined
def find_flows(w, p, i, calm):
    """What of the trade, the oil and the gas of state i gets through now, and where its trade is bound.

    calm: whether nothing was ever closed and no sanction ever set; then trade is bound where it is.
    """
    open_outlets(w, i)
    free = True
    if not calm:
        free = all_flows(w, i)
    if free:
        lose_nothing(w, i)
    else:
        shut_ways(w, p, i)
        lose_outlets(w, p, i)
        hold_up(w, p, i)
    let_flow(w, p, i, free)
    if not calm:
        aim_levels(w, p, i, free)


@inlined
def move_levels(w, p, i):
    """Trade of state i moves to where unions, ways and sanctions would have it."""
    powers, lanes = w.might.shape
    for j in range(powers):
        moved = 0
        for lane in range(lanes):
            moved += 1 if w.aimed[j, lane] != w.level[i, j, lane] else 0
        if moved > 0:  # else nothing changes, not by a bit
            for lane in range(lanes):
                before = w.level[i, j, lane]
                after = level_next(before, w.aimed[j, lane], p[flows.phasing, lane])
                w.level[i, j, lane] = after
                w.trade[i, j, lane] *= exp(after - before)


@inlined
def move_flows(w, p, i):
    """Trade of state i moves with unions, new ways and sanctions; who keeps its ways shut is blamed. Calm, it stays."""
    calm = not ever_disturbed(w, i)
    find_flows(w, p, i, calm)
    if not calm:
        move_levels(w, p, i)
        if anybody_shuts(w, i):
            blame(w, p, i)


@inlined
def start_flows(w, p, i):
    """What the trade of state i at the start has in it already: its unions, its ways, its lines."""
    powers, lanes = w.might.shape
    for j in range(powers):
        for lane in range(lanes):
            w.ways_start[i, j, lane] = w.ways[i, j, lane]
    find_flows(w, p, i, False)
    for j in range(powers):
        for lane in range(lanes):
            w.level[i, j, lane] = w.aimed[j, lane]
            w.piped_start[i, j, lane] = w.piped[i, j, lane]
