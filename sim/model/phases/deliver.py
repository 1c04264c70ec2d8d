"""Pipelines move, works are finished, trade grows, a guarantor helps in a crisis."""

from sim.model.chance import address, uniform
from sim.model.compiling import inlined, phase
from sim.model.parameters import camps, choice, delivery, economy, routes, security
from sim.model.phases.layout import ARMS, DEAL, DELIVERY, INFRASTRUCTURE, INTERVENTION, MINERALS, SECURITY, TRADE
from sim.model.rules.arithmetic import HALF, YEARS_A_QUARTER, fat_tailed, logit, pick, saturating
from sim.model.rules.camps import works_together
from sim.model.rules.delivery import (
    goodwill_next,
    home_built,
    kept_share,
    lot_due,
    lots_part,
    need_next,
    side_trade_lost,
    steered_away,
    trade_luck,
    trade_next,
    trade_trend,
    training_part,
    union_fit,
    wear_left,
)
from sim.model.rules.economy import built_by, stability_next
from sim.model.rules.routes import outlet_next, plant_ordered, plants_next, slowed, widened_next
from sim.model.rules.security import help_given


@inlined
def load_lots(w, p, t, i, j):
    """What part of the security under way from power j to state i comes this quarter, and how much of it is arms."""
    where = address(t, ARMS, w.state_key[i], w.power_key[j], 0)
    for lane in range(w.might.shape[1]):
        chance, part = p[delivery.lot_chance, lane], p[delivery.lot_part, lane]
        lots = lots_part(lot_due(uniform(w.luck[lane], where), chance), part)
        w.released[lane] = lots + training_part(chance, part)
        w.arms[i, j, lane] = w.underway[i, j, SECURITY, lane] * lots * w.kept_part[lane]


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
    load_lots(w, p, t, i, j)
    for k in range(kinds):
        for lane in range(lanes):
            moving = w.ordered[i, j, k, lane] * p[delivery.stage + k, lane]
            due = w.underway[i, j, k, lane] * pick(k == SECURITY, w.released[lane], p[delivery.stage + k, lane])
            relative = due * w.per_scale[i, k, lane]
            came, works = due * w.kept_part[lane], relative * w.kept_part[lane]
            w.ordered[i, j, k, lane] -= moving
            w.underway[i, j, k, lane] += moving - due
            w.finished[i, k, lane] += works * (1.0 + p[delivery.local_relief, lane] * w.local[i, j, lane])
            noticed = saturating(
                relative
            )  # what counts for trust is the part that is kept, not the length of the queue
            w.fulfilled[i, j, lane] += noticed * w.kept_part[lane]
            w.failed[i, j, lane] += noticed * (1.0 - w.kept_part[lane])
            w.spent[lane] = HALF * (moving + came)  # half of a work is paid for as it is begun
            w.came[lane] = came
            w.works[lane] = works
        if k != SECURITY:
            for lane in range(lanes):
                w.delivered[i, lane] += w.came[lane]
                w.built[i, lane] += built_by(w.spent[lane], w.gdp[i, lane], p[economy.works_income + k, lane])
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
                w.building[i, lane] += w.spent[lane] * w.per_scale[i, k, lane]
                w.links_built[lane] = w.works[lane]
        if k == DEAL:
            for lane in range(lanes):
                w.deal_flow[lane] = w.came[lane] / YEARS_A_QUARTER
        else:
            for lane in range(lanes):
                w.stock[i, j, k, lane] = w.stock[i, j, k, lane] * w.left[i, k, lane] + w.came[lane]


@inlined
def fit_together(w, p, i, j):
    """The trend of trade of state i with power j, in a customs union and outside; most pairs are in none."""
    lanes = w.might.shape[1]
    together = 0
    for lane in range(lanes):
        w.fitted[lane] = w.fit[i, j, lane]
        together += 1 if w.union[i, j, lane] > 0.0 else 0
    if together > 0:
        for lane in range(lanes):
            w.fitted[lane] = union_fit(
                w.fit[i, j, lane],
                w.union[i, j, lane],
                w.others_recent[i, j, lane],
                p[delivery.union_deepening, lane],
            )


@inlined
def steer_away(w, p, i, j):
    """What trade with power j loses to others; where no state depends on it beyond its tolerance, only to sides."""
    lanes = w.might.shape[1]
    leaning = 0
    for lane in range(lanes):
        w.apart[lane] = side_trade_lost(w.sided_elsewhere[i, j, lane], p[delivery.side_trade, lane])
        leaning += 1 if w.dependence[i, j, lane] > p[choice.tolerance, lane] else 0
    if leaning > 0:
        for lane in range(lanes):
            w.apart[lane] += steered_away(
                w.dependence[i, j, lane],
                p[choice.dependence_aversion, lane],
                p[choice.tolerance, lane],
                p[delivery.trade_steering, lane],
            )


@inlined
def grow_trade(w, p, t, i, j):
    """What incomes, prices, finished links, tariffs, dependence and luck do to trade with power j."""
    lanes = w.might.shape[1]
    fit_together(w, p, i, j)
    steer_away(w, p, i, j)
    where = address(t, TRADE, w.state_key[i], w.power_key[j], 0)
    for lane in range(lanes):
        trend = trade_trend(
            w.growth_now[i, lane],
            w.mass_growth[j, lane],
            w.energy_rent[i, lane] * w.price_step[i, lane],
            w.fitted[lane],
            w.links_built[lane],
            p[delivery.flywheel, lane],
            p[delivery.own_income, lane],
            p[delivery.partner_income, lane],
            p[delivery.price_pass, lane],
            p[delivery.link_gain, lane],
        )
        luck = trade_luck(
            w.trade_swing[i, j, lane],
            fat_tailed(uniform(w.luck[lane], where)),
            w.trade_luck[j, lane],
            p[delivery.trade_noise, lane],
            p[delivery.partner_luck, lane],
            p[delivery.luck_limit, lane],
        )
        w.trade[i, j, lane] = trade_next(
            w.trade[i, j, lane],
            slowed(trend, w.let_through[i, j, lane]) - YEARS_A_QUARTER * w.apart[lane] + luck,
            w.tariff_rise[i, j, lane],
            p[delivery.tariff_exposure, lane],
            p[delivery.tariff_bite, lane],
        )


@inlined
def count_trade(w, p, i, j):
    """What of trade with power j gets through, and what works do to outlets and to goodwill."""
    held_up = 0
    for lane in range(w.might.shape[1]):
        held_up += 1 if w.flowing[i, j, lane] < 1.0 else 0
    if held_up > 0:
        for lane in range(w.might.shape[1]):
            flows = w.trade[i, j, lane] * w.flowing[i, j, lane]
            w.shut[i, lane] += (w.trade[i, j, lane] - flows) / w.gdp[i, lane]
    for lane in range(w.might.shape[1]):
        flows = w.trade[i, j, lane] * w.flowing[i, j, lane]
        w.stock[i, j, DEAL, lane] = flows + w.deal_flow[lane]
        w.squeezed[i, lane] += flows * w.pressure[i, j, lane] / w.gdp[i, lane]
        w.outlet_built[i, j, lane] = outlet_next(
            w.outlet_built[i, j, lane], w.links_built[lane], p[routes.outlet_building, lane]
        )
        w.goodwill[i, j, lane] = goodwill_next(
            w.goodwill[i, j, lane], w.links_built[lane], p[delivery.goodwill_fade, lane], p[delivery.livelihood, lane]
        )


@inlined
def trade_with_the_rest(w, p, t, i):
    """Trade of state i with all who are no agents moves like any other."""
    where = address(t, TRADE, w.state_key[i], w.state_key[i], 0)
    for lane in range(w.gdp.shape[1]):
        trend = trade_trend(
            w.growth_now[i, lane],
            YEARS_A_QUARTER * p[delivery.world_growth, lane],
            w.energy_rent[i, lane] * w.price_step[i, lane],
            0.0,
            0.0,
            p[delivery.flywheel, lane],
            p[delivery.own_income, lane],
            p[delivery.partner_income, lane],
            p[delivery.price_pass, lane],
            p[delivery.link_gain, lane],
        )
        luck = trade_luck(
            w.rest_swing[i, lane],
            fat_tailed(uniform(w.luck[lane], where)),
            0.0,
            p[delivery.trade_noise, lane],
            0.0,
            p[delivery.luck_limit, lane],
        )
        w.other[i, DEAL, lane] = trade_next(w.other[i, DEAL, lane], trend + luck, 0.0, 0.0, 0.0)


@inlined
def stand_firm(w, p, i):
    """How firm the government of state i stands after what was delivered, earned, missed and suffered."""
    for lane in range(w.gdp.shape[1]):
        w.neglect[lane] = 0.0
    for k in range(w.need.shape[1]):
        for lane in range(w.gdp.shape[1]):
            w.neglect[lane] += w.weight[i, k, lane] * (w.need[i, k, lane] - w.need_start[i, k, lane])
    for lane in range(w.gdp.shape[1]):
        w.stability[i, lane] = stability_next(
            w.stability[i, lane],
            w.stability_start[i, lane],
            w.growth_now[i, lane] - YEARS_A_QUARTER * w.growth[i, lane],
            w.neglect[lane],
            w.building[i, lane],
            w.pressed[i, lane],
            w.unrest[i, lane],
            p[economy.stability_return, lane],
            p[economy.growth_calm, lane],
            p[economy.need_strain, lane],
            p[economy.works_calm, lane],
            p[economy.pressure_strain, lane],
            p[economy.unrest_scar, lane],
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
            w.standing[i, j, lane],
            w.standing_start[i, j, lane],
            uniform(w.luck[lane], where),
            p[security.call_level, lane],
            p[security.grudge, lane],
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
        w.built[i, lane] = 0.0
        w.building[i, lane] = 0.0
        w.shut[i, lane] = 0.0
        w.squeezed[i, lane] = 0.0
    for k in range(kinds):
        for lane in range(lanes):
            w.finished[i, k, lane] = 0.0
            w.left[i, k, lane] = wear_left(
                p[delivery.wear + k, lane], p[delivery.upkeep + k, lane], p[delivery.lifeline_upkeep, lane]
            )
    for j in range(w.might.shape[0]):
        move_pipelines(w, p, t, i, j)
        grow_trade(w, p, t, i, j)
        count_trade(w, p, i, j)
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
            w.other[i, k, lane] = pick(k == DEAL, w.other[i, k, lane], w.other[i, k, lane] * left + built)
    trade_with_the_rest(w, p, t, i)
    stand_firm(w, p, i)
