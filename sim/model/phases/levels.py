"""Where trade is bound: what unions, new ways, sanctions and oil that seeks other buyers make of it in the end."""

from sim.model.compiling import inlined
from sim.model.parameters import flows
from sim.model.rules.arithmetic import clamp
from sim.model.rules.flows import cut_off, diverted, drawn_in, passed_on, shunned, union_gain, ways_gain
from sim.model.rules.structure import share_of


@inlined
def ever_disturbed(w, i):
    """Whether anything may ever have been closed or a sanction been set, in any lane; in most worlds nothing has."""
    touched = 0
    for lane in range(w.gdp.shape[1]):
        touched += 1 if w.disturbed[i, lane] > 0.0 else 0
    return touched > 0


@inlined
def anybody_sanctions(w, i):
    """Whether any power, or state i itself, is under sanctions in any lane."""
    under = 0
    for j in range(w.might.shape[0]):
        for lane in range(w.might.shape[1]):
            under += 1 if w.outcast[j, lane] > 0.0 else 0
            under += 1 if w.sanctioned[i, j, lane] > 0.0 else 0
    return under > 0


@inlined
def gain_by_ways(w, p, i, j):
    """What ways that were widened or made cheaper add to trade with power j; nothing where none has changed."""
    changed = 0
    for lane in range(w.might.shape[1]):
        changed += 1 if w.ways[i, j, lane] != w.ways_start[i, j, lane] else 0
    if changed > 0:
        for lane in range(w.might.shape[1]):
            w.aimed[j, lane] += ways_gain(w.ways[i, j, lane], w.ways_start[i, j, lane], p[flows.corridor_trade, lane])


@inlined
def aim_levels(w, p, i, free):
    """What unions, new ways, sanctions and oil that seeks other buyers make of trade with each power in the end.

    free: whether everything stands open, so that no oil seeks other buyers.
    """
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.bonds[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.bonds[lane] += w.union[i, j, lane]
    for j in range(powers):
        for lane in range(lanes):
            own = w.union[i, j, lane]
            w.aimed[j, lane] = union_gain(
                own, clamp(w.bonds[lane] - own, 0.0, 1.0), p[flows.union_trade, lane], p[flows.union_wall, lane]
            )
        gain_by_ways(w, p, i, j)
    sanctions = anybody_sanctions(w, i)
    if sanctions:  # in most blocks there is none, and nothing would be added
        suffer_sanctions(w, p, i)
    if not free:
        for j in range(powers):
            for lane in range(lanes):
                w.aimed[j, lane] += w.energy[j, lane] * share_of(w.brought[j, lane], w.outlet_built[i, j, lane])
    if sanctions:
        buy_to_pass_on(w, p, i)


@inlined
def suffer_sanctions(w, p, i):
    """What sanctions against powers and against state i itself make of its trade."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.cut[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.cut[lane] += w.trade[i, j, lane] * cut_off(w.sanctioned[i, j, lane], p[flows.sanction_bite, lane])
    for j in range(powers):
        for lane in range(lanes):
            bite = cut_off(w.sanctioned[i, j, lane], p[flows.sanction_bite, lane])
            w.aimed[j, lane] = (
                w.aimed[j, lane]
                + passed_on(
                    w.outcast[j, lane],
                    w.union[i, j, lane],
                    p[flows.sanction_transit, lane],
                    p[flows.transit_ease, lane],
                )
                - shunned(w.outcast[j, lane], p[flows.over_compliance, lane])
                - bite
                + diverted(w.cut[lane], w.trade[i, j, lane] * bite, w.turnover[lane], p[flows.sanction_detour, lane])
            )


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
