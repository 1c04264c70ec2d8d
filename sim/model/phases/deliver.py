"""Pipelines move, works are finished, trade grows, a guarantor helps in a crisis."""

from sim.model.chance import address, uniform
from sim.model.compiling import inlined, phase
from sim.model.parameters import camps, choice, delivery, routes, security
from sim.model.phases.layout import DEAL, DELIVERY, INFRASTRUCTURE, INTERVENTION, MINERALS, SECURITY
from sim.model.rules.arithmetic import YEARS_A_QUARTER, logit, pick
from sim.model.rules.camps import works_together
from sim.model.rules.delivery import (
    goodwill_next,
    home_built,
    kept_share,
    need_next,
    trade_next,
    trade_room,
    union_fit,
    wear_left,
)
from sim.model.rules.routes import outlet_next, plant_ordered, plants_next, slowed, widened_next
from sim.model.rules.security import help_given


@inlined
def move_pipelines(w, p, t, i, j):
    """What power j delivers to state i this quarter, kind by kind, and what has newly been signed."""
    kinds, lanes = w.need.shape[1:]
    where = address(t, DELIVERY, w.state_key[i], w.power_key[j], 0)
    for lane in range(lanes):
        w.kept_part[lane] = kept_share(
            works_together(w.credibility[j, lane], w.partnered[i, j, lane], p[camps.coordination_gain, lane]),
            w.volatility[j, lane],
            logit(uniform(w.luck[lane], where)),
            p[delivery.delivery_risk, lane],
            p[delivery.volatility_swing, lane],
        )
        w.fulfilled[i, j, lane] = 0.0
        w.failed[i, j, lane] = 0.0
        w.links_built[lane] = 0.0
    for k in range(kinds):
        counted = 0.0 if k == SECURITY else 1.0
        for lane in range(lanes):
            moving = w.ordered[i, j, k, lane] * p[delivery.stage + k, lane]
            due = w.underway[i, j, k, lane] * p[delivery.stage + k, lane]
            relative = due * w.per_scale[i, k, lane]
            came, works = due * w.kept_part[lane], relative * w.kept_part[lane]
            w.ordered[i, j, k, lane] -= moving
            w.underway[i, j, k, lane] += moving - due
            w.finished[i, k, lane] += works * (1.0 + p[delivery.local_relief, lane] * w.local[i, j, lane])
            w.fulfilled[i, j, lane] += works
            w.failed[i, j, lane] += relative - works
            w.delivered[i, lane] += counted * came
            w.came[lane] = came
            w.works[lane] = works
        for n in range(w.table_first[i, j, k], w.table_last[i, j, k]):
            lane = w.table_lane[i, n]
            w.ordered[i, j, k, lane] += w.accepted[i, j, k, lane] * w.size[i, j, k, lane]
        if k == MINERALS:
            for n in range(w.table_first[i, j, k], w.table_last[i, j, k]):
                lane = w.table_lane[i, n]
                signed = w.accepted[i, j, k, lane] * w.size[i, j, k, lane] * w.per_scale[i, k, lane]
                w.plant_ordered[i, lane] += plant_ordered(signed, w.local[i, j, lane], p[routes.plant_share, lane])
        if k == INFRASTRUCTURE:
            for lane in range(lanes):
                w.links_built[lane] = w.works[lane]
        if k == DEAL:
            for lane in range(lanes):
                w.deal_flow[lane] = w.came[lane] / YEARS_A_QUARTER
        else:
            for lane in range(lanes):
                w.stock[i, j, k, lane] = w.stock[i, j, k, lane] * w.left[i, k, lane] + w.came[lane]


@inlined
def grow_trade(w, p, i, j):
    """What finished links, tariffs, unions and dependence do to trade with power j, to outlets and to goodwill."""
    lanes = w.might.shape[1]
    for lane in range(lanes):
        before = w.trade[i, j, lane]
        traded = trade_next(
            before,
            w.growth_now[i, lane],
            union_fit(
                w.fit[i, j, lane],
                w.union[i, j, lane],
                w.others_recent[i, j, lane],
                p[delivery.union_deepening, lane],
            ),
            trade_room(
                w.share[i, j, DEAL, lane],
                w.dependence[i, j, lane],
                p[choice.dependence_aversion, lane],
                p[choice.tolerance, lane],
                p[delivery.trade_steering, lane],
            ),
            w.links_built[lane],
            w.tariff_rise[i, j, lane],
            p[delivery.flywheel, lane],
            p[delivery.link_gain, lane],
            p[delivery.tariff_exposure, lane],
            p[delivery.tariff_bite, lane],
        )
        traded = before + slowed(traded - before, w.let_through[i, j, lane])
        w.trade[i, j, lane] = traded
        w.stock[i, j, DEAL, lane] = traded * w.flowing[i, j, lane] + w.deal_flow[lane]
        w.outlet[i, j, lane] = outlet_next(w.outlet[i, j, lane], w.links_built[lane], p[routes.outlet_building, lane])
        w.goodwill[i, j, lane] = goodwill_next(
            w.goodwill[i, j, lane], w.links_built[lane], p[delivery.goodwill_fade, lane], p[delivery.livelihood, lane]
        )


@inlined
def rush_help(w, p, t, i, j):
    """Power j may come to the help of state i in a crisis."""
    lanes = w.might.shape[1]
    where = address(t, INTERVENTION, w.state_key[i], w.power_key[j], 0)
    for lane in range(lanes):
        helped = help_given(
            w.unrest[i, lane],
            w.share[i, j, SECURITY, lane],
            w.ability[j, SECURITY, lane],
            uniform(w.luck[lane], where),
            p[security.call_level, lane],
        )
        w.helped[i, j, lane] = helped
        w.stock[i, j, SECURITY, lane] += p[security.intervention_tie, lane] * helped


@inlined
def build_plants(w, p, i):
    """Plants of state i move through their stages; works widen the corridors through it."""
    corridors, lanes = w.capacity.shape
    for lane in range(lanes):
        moving = w.plant_ordered[i, lane] * p[routes.plant_stage, lane]
        opened = w.plant_underway[i, lane] * p[routes.plant_stage, lane]
        w.plant_ordered[i, lane] -= moving
        w.plant_underway[i, lane] += moving - opened
        w.plants[i, lane] = plants_next(w.plants[i, lane], opened, p[routes.plant_wear, lane])
    for c in range(corridors):
        for lane in range(lanes):
            w.widened[i, c, lane] = widened_next(
                w.widened[i, c, lane],
                w.access[i, c, lane],
                w.finished[i, INFRASTRUCTURE, lane],
                p[routes.corridor_widening, lane],
            )


@phase
def deliver_state(w, p, t, i):
    """What state i signed moves through its pipelines; works and trade grow, a guarantor helps in a crisis."""
    states, kinds, lanes = w.need.shape
    for lane in range(lanes):
        w.delivered[i, lane] = 0.0
    for k in range(kinds):
        for lane in range(lanes):
            w.finished[i, k, lane] = 0.0
            w.left[i, k, lane] = wear_left(
                p[delivery.wear + k, lane], p[delivery.upkeep + k, lane], p[delivery.lifeline_upkeep, lane]
            )
    for j in range(w.might.shape[0]):
        move_pipelines(w, p, t, i, j)
        grow_trade(w, p, i, j)
        rush_help(w, p, t, i, j)
    build_plants(w, p, i)
    for k in range(kinds):
        for lane in range(lanes):
            wanted = p[delivery.downturn_need, lane] * w.downturn[i, lane]
            felt = pick(k == SECURITY, w.threat[i, lane], wanted)
            w.need[i, k, lane] = need_next(
                w.need[i, k, lane],
                w.need_start[i, k, lane],
                felt,
                w.finished[i, k, lane],
                p[delivery.need_recovery, lane],
                p[delivery.need_relief, lane],
            )
            left = w.left[i, k, lane]
            built = home_built(
                w.other_start[i, k, lane],
                1.0 - left,
                w.gdp[i, lane] / w.gdp_start[i, lane],
                p[delivery.home_building, lane],
            )
            grown = w.other[i, k, lane] * (1.0 + p[delivery.flywheel, lane] * w.growth_now[i, lane])
            w.other[i, k, lane] = pick(k == DEAL, grown, w.other[i, k, lane] * left + built)
