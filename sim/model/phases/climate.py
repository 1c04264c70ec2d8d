"""Events, rivalry, income, unrest, the border: what moves before anyone acts."""

from sim.model.chance import address, uniform
from sim.model.compiling import inlined, phase
from sim.model.parameters import camps, climate, economy, identity, minds, offers, region, security
from sim.model.phases.flows import change_ways, move_flows, weigh_sanctions
from sim.model.phases.layout import (
    BORDER,
    CLASH,
    DEAL,
    DIALOGUE,
    DISCORD,
    DUE,
    FORMAT,
    GROWTH,
    GROWTH_COMMON,
    PRICE,
    RIVALRY,
    SECURITY_RIVALRY,
    SEVERITY,
    TRADE_PARTNER,
    UNREST,
    WEDGE,
    WEDGE_OUTCOME,
    event,
)
from sim.model.phases.levels import ever_disturbed
from sim.model.rules.arithmetic import clamp, evenly_spread, fat_tailed, larger, log, logit, pick
from sim.model.rules.camps import calmed, coordination_of, discord_next, wedge_step
from sim.model.rules.climate import (
    border_next,
    downturn_next,
    rivalry_next,
    shock_next,
    strain_next,
    unrest_next,
    vigour_left,
)
from sim.model.rules.delivery import mass_of
from sim.model.rules.economy import drag_of, gap_next, growth_luck, growth_of, income_next, price_step, tide_next
from sim.model.rules.identity import rallied
from sim.model.rules.minds import security_first
from sim.model.rules.offers import host_probability
from sim.model.rules.region import clash_of, clash_threat, joint_relief
from sim.model.rules.security import threat_felt


@phase
def happen(w, p, t, row):
    """One event, before anyone acts, in the lanes in which it is due now.

    row: first quarter, code, state, power, kind or domain, four values, last quarter, and the quarter of each lane.
    """
    code, i, j, k = int(row[1]), int(row[2]), int(row[3]), int(row[4])
    for lane in range(w.luck.shape[0]):
        if row[DUE + lane] != t:
            continue
        if code == event.summit:
            w.called_summit[i, j, lane] = 1.0
        elif code == event.offer:
            w.imposes[j, lane] = 1.0
            w.forced_size[i, j, k, lane] += row[5]
            w.forced_exclusivity[i, j, k, lane] = row[6]
            w.forced_strings[i, j, k, lane] = row[7]
            w.forced_agreed[i, j, k, lane] = row[8]
        elif code == event.tariff:
            w.tariff_rise[i, j, lane] += row[5] - w.tariff[i, j, lane]
            w.tariff[i, j, lane] = row[5]
        elif code == event.crisis:
            w.crisis[i, lane] = row[5] if row[5] > w.crisis[i, lane] else w.crisis[i, lane]
        elif code == event.visit:
            w.called_visit[i, j, lane] = 1.0
        elif code == event.capacity:
            w.ability[j, k, lane] = clamp(w.ability[j, k, lane] * (1.0 + row[5]), 0.0, 1.0)
            w.budget[j, k, lane] *= 1.0 + row[5]
            w.rate[j, k, lane] *= 1.0 + row[5]
            w.dealing[j, lane] *= 1.0 + row[5] if k == DEAL else 1.0
        elif code == event.vote:
            w.ballot[j, lane] = row[5]
        elif code == event.war:
            w.war[j, lane] = row[5]
        elif code == event.quarrel:
            w.quarrel[j, lane] = row[5]
        elif code == event.wedge:  # i and j are the two powers that a third one tries to part
            w.called_wedge[i, j, lane] = 1.0
        elif code == event.thaw:
            w.thaw[i, lane] = row[5]
        elif code == event.downturn:
            w.slump[i, lane] = 1.0 - (1.0 - w.slump[i, lane]) * (1.0 - row[5])
        elif code in (event.corridor, event.border, event.pipeline, event.sanction, event.union):
            change_ways(w, row, code, i, j, k, lane)
        elif code == event.plant:
            w.plant_ordered[i, lane] += row[5]
        elif code == event.answer:  # to the kinds from k to the one in the second value; or a vote, in the third
            w.instructed[i, lane] = 1.0
            for one in range(k, int(row[6])):
                w.told[i, j, one, lane] = row[5]
            w.told_vote[i, lane] = row[7] if row[7] > 0.0 else w.told_vote[i, lane]
        else:  # a rivalry between powers i and j: to a level, or by a step; it moves at once and for good
            level = p[climate.rivalry_level, lane]
            was = w.anchor[i, j, k, lane]
            usual = was + row[6] * level if row[5] != row[5] else row[5] * level
            w.anchor[i, j, k, lane] = clamp(usual, -1.0, 1.0)
            w.rivalry[i, j, k, lane] = clamp(w.rivalry[i, j, k, lane] + w.anchor[i, j, k, lane] - was, -1.0, 1.0)


@inlined
def parity(one, two):
    """The weaker over the stronger of two powers, 0..1."""
    return pick(one < two, one, two) / larger(one, two)


@inlined
def wear_and_quarrel(w, p, t, j):
    """A war strains power j and leaves it part of its means; quarrels with its own side come and go."""
    kinds, lanes = w.ability.shape[1:]
    where = address(t, DISCORD, w.power_key[j], w.power_key[j], 0)
    for lane in range(lanes):
        w.strain[j, lane] = strain_next(
            w.strain[j, lane], w.war[j, lane], p[climate.strain_build, lane], p[climate.strain_recovery, lane]
        )
        w.discord[j, lane] = discord_next(
            w.discord[j, lane],
            w.volatility[j, lane],
            logit(uniform(w.luck[lane], where)),
            w.quarrel[j, lane],
            p[camps.discord_level, lane],
            p[camps.discord_persistence, lane],
            p[camps.discord_swing, lane],
        )
    for k in range(kinds):
        for lane in range(lanes):
            w.vigour[j, k, lane] = vigour_left(w.strain[j, lane], p[climate.war_drain + k, lane])


@inlined
def drive_apart(w, p, t, j, other, low, high):
    """A third power may try to part powers j and other where they coordinate; their ties move at once and for good."""
    together = 0
    for lane in range(w.luck.shape[0]):
        together += 1 if coordination_of(w.anchor[j, other, SECURITY_RIVALRY, lane]) > 0.0 else 0
    if together > 0:  # most powers do not coordinate
        part(w, p, t, j, other, low, high)
    for lane in range(w.luck.shape[0]):
        w.called_wedge[j, other, lane] = 0.0


@inlined
def part(w, p, t, j, other, low, high):
    """An attempt to drive powers j and other apart, in the lanes in which they coordinate and it comes."""
    attempt, outcome = address(t, WEDGE, low, high, 0), address(t, WEDGE_OUTCOME, low, high, 0)
    for lane in range(w.luck.shape[0]):
        step = wedge_step(
            w.common_rival[j, other, lane],
            w.called_wedge[j, other, lane],
            uniform(w.luck[lane], attempt),
            uniform(w.luck[lane], outcome),
            p[camps.wedge_rate, lane],
            p[camps.wedge_success, lane],
            p[camps.wedge_effect, lane],
            p[camps.wedge_backfire, lane],
        )
        together = coordination_of(w.anchor[j, other, SECURITY_RIVALRY, lane])
        w.driven_apart[lane] = pick(together > 0.0, step, 0.0)
    for d in range(w.heat.shape[1]):
        for lane in range(w.luck.shape[0]):
            w.anchor[j, other, d, lane] = clamp(w.anchor[j, other, d, lane] + w.driven_apart[lane], -1.0, 1.0)
            w.rivalry[j, other, d, lane] = clamp(w.rivalry[j, other, d, lane] + w.driven_apart[lane], -1.0, 1.0)


@inlined
def weigh_partner(w, t, j):
    """What power j is as a partner in trade: its means, by how much they grew, and the luck that all share."""
    where = address(t, TRADE_PARTNER, w.power_key[j], w.power_key[j], 0)
    for lane in range(w.might.shape[1]):
        now = mass_of(w.might[j, lane], w.vigour[j, DEAL, lane], w.dealing[j, lane])
        w.mass_growth[j, lane] = log(now) - log(w.mass[j, lane])
        w.mass[j, lane] = now
        w.trade_luck[j, lane] = fat_tailed(uniform(w.luck[lane], where))


@inlined
def look_at_rival(w, j, other, move):
    """What luck, drawn at `move`, and the shift of power may do to a rivalry of power j; to others, nothing."""
    rivals = 0
    for d in range(w.heat.shape[1]):
        for lane in range(w.luck.shape[0]):
            rivals += 1 if w.anchor[j, other, d, lane] > 0.0 else 0
    for lane in range(w.luck.shape[0]):
        w.swing[lane] = 0.0
        w.power_shift[lane] = 0.0
    if rivals > 0:
        for lane in range(w.luck.shape[0]):
            w.swing[lane] = logit(uniform(w.luck[lane], move))
            now = parity(w.might[j, lane], w.might[other, lane])
            w.power_shift[lane] = now - parity(w.might_start[j, lane], w.might_start[other, lane])


@phase
def climate_power(w, p, t, j):
    """War, quarrels and rivalries of power j move; it may call the region's leaders together."""
    powers, lanes = w.might.shape
    wear_and_quarrel(w, p, t, j)
    weigh_partner(w, t, j)
    if ever_disturbed(w, 0):  # what is disturbed is so for every state
        weigh_sanctions(w, j)
    for d in range(w.heat.shape[1]):
        for lane in range(lanes):
            w.heat[j, d, lane] = 0.0
    for other in range(powers):
        if other == j:
            continue
        low, high = min(w.power_key[j], w.power_key[other]), max(w.power_key[j], w.power_key[other])
        drive_apart(w, p, t, j, other, low, high)
        talk, move = address(t, DIALOGUE, low, high, 0), address(t, RIVALRY, low, high, 0)
        for lane in range(lanes):
            w.talks[lane] = 1.0 if uniform(w.luck[lane], talk) < p[climate.dialogue_rate, lane] else 0.0
        look_at_rival(w, j, other, move)
        for d in range(w.heat.shape[1]):
            for lane in range(lanes):
                level = rivalry_next(
                    w.rivalry[j, other, d, lane],
                    w.anchor[j, other, d, lane],
                    w.power_shift[lane],
                    w.talks[lane],
                    w.swing[lane],
                    p[climate.rivalry_reversion, lane],
                    p[climate.power_shift, lane],
                    p[climate.dialogue_damping, lane],
                    p[climate.rivalry_volatility, lane],
                )
                w.rivalry[j, other, d, lane] = level
                w.heat[j, d, lane] = larger(level, w.heat[j, d, lane])
    for lane in range(lanes):
        w.freshest[lane] = 0.0
    for other in range(powers):
        if other != j:
            for lane in range(lanes):
                w.freshest[lane] = larger(w.format[other, lane], w.freshest[lane])
    where = address(t, FORMAT, w.power_key[j], w.power_key[j], 0)
    for lane in range(lanes):
        probability = host_probability(
            w.summit_rate[j, lane], w.format[j, lane], w.freshest[lane], p[offers.format_mirroring, lane]
        )
        w.hosts[lane] = 1.0 if uniform(w.luck[lane], where) < probability else 0.0
    for i in range(w.gdp.shape[0]):
        for lane in range(lanes):
            w.summit[i, j, lane] = larger(w.called_summit[i, j, lane], w.hosts[lane])
            w.called_summit[i, j, lane] = 0.0


@inlined
def quarrel_with_neighbours(w, p, t, i):
    """Neighbours may clash with state i; the alarm about a clash fades."""
    for lane in range(w.luck.shape[0]):
        w.clash[i, lane] *= p[region.clash_fade, lane]
    for other in range(w.gdp.shape[0]):
        if other == i:
            continue
        low, high = min(w.state_key[i], w.state_key[other]), max(w.state_key[i], w.state_key[other])
        where = address(t, CLASH, low, high, 0)
        for lane in range(w.luck.shape[0]):
            clashed = clash_of(w.friction[i, other, lane], uniform(w.luck[lane], where), p[region.clash_rate, lane])
            w.clashed[i, other, lane] = clashed
            w.clash[i, lane] = larger(clashed, w.clash[i, lane])


@inlined
def draw_growth(w, p, t, i):
    """The price of what is exported moves, the same for all; so do the tide and the luck of state i's growth."""
    key, all_states = w.state_key[i], w.state_key[i] ^ w.state_key[i]
    own, own_tide = address(t, GROWTH, key, key, 0), address(t, GROWTH, key, key, 1)
    common = address(t, GROWTH_COMMON, all_states, all_states, 0)
    common_tide = address(t, GROWTH_COMMON, all_states, all_states, 1)
    price = address(t, PRICE, all_states, all_states, 0)
    for lane in range(w.gdp.shape[1]):
        step = price_step(
            fat_tailed(uniform(w.luck[lane], price)), w.price_called[i, lane], p[economy.price_swing, lane]
        )
        w.price_step[i, lane] = step
        w.price[i, lane] += step
        w.price_called[i, lane] = 0.0
        w.tide[i, lane] = tide_next(
            w.tide[i, lane],
            evenly_spread(uniform(w.luck[lane], own_tide)),
            evenly_spread(uniform(w.luck[lane], common_tide)),
            w.growth_swing[i, lane],
            p[economy.growth_noise, lane],
            p[economy.growth_common, lane],
            p[economy.tide_part, lane],
            p[economy.tide_persistence, lane],
        )
        w.fortune[lane] = growth_luck(
            evenly_spread(uniform(w.luck[lane], own)),
            evenly_spread(uniform(w.luck[lane], common)),
            w.growth_swing[i, lane],
            p[economy.growth_noise, lane],
            p[economy.growth_common, lane],
            p[economy.tide_part, lane],
            p[economy.shock_limit, lane],
        )


@inlined
def earn_income(w, p, i):
    """Output of state i grows, with luck, works, and what is shut out or opened again; a downturn is felt."""
    for lane in range(w.gdp.shape[1]):
        before = w.gdp[i, lane]
        made_up = p[economy.making_up, lane] * w.gap[i, lane]
        grown = growth_of(
            w.growth[i, lane],
            w.tide[i, lane],
            w.fortune[lane],
            w.energy_rent[i, lane] * w.price_step[i, lane],
            w.built[i, lane],
            w.usual_works[i, lane],
            made_up,
            p[economy.price_income, lane],
        )
        drag = drag_of(
            w.energy_rent[i, lane],
            w.energy_lost[i, lane],
            w.shut[i, lane],
            w.squeezed[i, lane],
            w.unrest[i, lane],
            p[economy.energy_income, lane],
            p[economy.trade_income, lane],
            p[economy.coercion_income, lane],
            p[economy.unrest_income, lane],
        )
        after = income_next(before, grown, w.slump[i, lane], drag, w.drag[i, lane])
        w.drag[i, lane] = drag
        w.gap[i, lane] = gap_next(w.gap[i, lane], w.slump[i, lane], made_up, p[economy.recovered, lane])
        w.slump[i, lane] = 0.0
        w.gdp[i, lane] = after
        w.growth_now[i, lane] = after / before - 1.0
        w.downturn[i, lane] = downturn_next(
            w.downturn[i, lane],
            w.growth_now[i, lane],
            w.growth[i, lane],
            p[climate.downturn_memory, lane],
            p[climate.downturn_sense, lane],
        )


@inlined
def feel_danger(w, p, t, i):
    """Unrest and the border move, and what state i makes of them: threat, shocks, and how wary it becomes."""
    key, whole_region = w.state_key[i], w.state_key[i] ^ w.state_key[i]
    break_out, severe = address(t, UNREST, key, key, 0), address(t, SEVERITY, key, key, 0)
    border = address(t, BORDER, whole_region, whole_region, 0)
    for lane in range(w.gdp.shape[1]):
        unrest = unrest_next(
            w.unrest[i, lane],
            uniform(w.luck[lane], break_out),
            uniform(w.luck[lane], severe),
            calmed(
                rallied(w.stability[i, lane], w.border[i, lane], p[identity.threat_rally, lane]),
                w.backing[i, lane],
                p[camps.coordination_calm, lane],
            ),
            w.crisis[i, lane],
            p[climate.unrest_rate, lane],
            p[climate.unrest_fade, lane],
        )
        w.unrest[i, lane] = unrest
        w.crisis[i, lane] = 0.0
        at_border = border_next(
            w.border[i, lane],
            w.border_exposure[i, lane],
            logit(uniform(w.luck[lane], border)),
            p[climate.border_level, lane],
            p[climate.border_persistence, lane],
            p[climate.border_volatility, lane],
        )
        w.border[i, lane] = at_border
        felt = threat_felt(unrest, at_border, p[security.unrest_demand, lane], p[security.border_demand, lane])
        w.threat[i, lane] = joint_relief(
            clash_threat(felt, w.clash[i, lane], p[region.friction_demand, lane]),
            w.cohesive[i, lane],
            p[region.joint_security, lane],
        )
        w.shock[i, lane] = shock_next(
            w.shock[i, lane],
            unrest,
            at_border - p[climate.border_level, lane] * w.border_exposure[i, lane],
            w.downturn[i, lane],
            p[climate.shock_fade, lane],
        )
        w.wary[i, lane] = security_first(w.regime_security[i, lane], w.shock[i, lane], p[minds.shock_rethink, lane])


@phase
def climate_state(w, p, t, i):
    """What flows, income, unrest, the border and the neighbours of state i move."""
    move_flows(w, p, i)
    draw_growth(w, p, t, i)
    earn_income(w, p, i)
    quarrel_with_neighbours(w, p, t, i)
    feel_danger(w, p, t, i)
