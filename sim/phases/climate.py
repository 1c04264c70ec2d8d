"""Events, rivalry, income, unrest, the border: what moves before anyone acts."""

from sim.chance import address, uniform
from sim.compiling import inlined, phase
from sim.parameters import climate, offers, security
from sim.phases.layout import (
    BORDER,
    CAPACITY_EVENT,
    CRISIS_EVENT,
    DIALOGUE,
    DUE,
    FORMAT,
    GROWTH,
    OFFER_EVENT,
    RIVALRY,
    SEVERITY,
    SUMMIT_EVENT,
    TARIFF_EVENT,
    UNREST,
    VISIT_EVENT,
)
from sim.rules.arithmetic import clamp, larger, logit, pick
from sim.rules.climate import border_next, income_next, rivalry_next, unrest_next
from sim.rules.offers import host_odds
from sim.rules.security import threat_felt


@phase
def happen(w, p, t, row):
    """One event, before anyone acts, in the lanes in which it is due now.

    row: first quarter, code, state, power, kind or domain, three values, last quarter, and the quarter of each lane.
    """
    code, i, j, k = int(row[1]), int(row[2]), int(row[3]), int(row[4])
    for lane in range(w.luck.shape[0]):
        if row[DUE + lane] != t:
            continue
        if code == SUMMIT_EVENT:
            w.called_summit[i, j, lane] = 1.0
        elif code == OFFER_EVENT:
            w.forced_size[i, j, k, lane] += row[5]
            w.forced_exclusivity[i, j, k, lane] = row[6]
            w.forced_strings[i, j, k, lane] = row[7]
        elif code == TARIFF_EVENT:
            w.tariff_rise[i, j, lane] += row[5] - w.tariff[i, j, lane]
            w.tariff[i, j, lane] = row[5]
        elif code == CRISIS_EVENT:
            w.crisis[i, lane] = row[5] if row[5] > w.crisis[i, lane] else w.crisis[i, lane]
        elif code == VISIT_EVENT:
            w.called_visit[i, j, lane] = 1.0
        elif code == CAPACITY_EVENT:
            w.ability[j, k, lane] = clamp(w.ability[j, k, lane] * (1.0 + row[5]), 0.0, 1.0)
            w.budget[j, k, lane] *= 1.0 + row[5]
            w.rate[j, k, lane] *= 1.0 + row[5]
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


@phase
def climate_power(w, p, t, j):
    """Rivalries of power j move; it may call the region's leaders together."""
    powers, lanes = w.might.shape
    for d in range(w.heat.shape[1]):
        for lane in range(lanes):
            w.heat[j, d, lane] = 0.0
    for other in range(powers):
        if other == j:
            continue
        low, high = min(w.power_key[j], w.power_key[other]), max(w.power_key[j], w.power_key[other])
        talk, move = address(t, DIALOGUE, low, high, 0), address(t, RIVALRY, low, high, 0)
        for lane in range(lanes):
            w.spare[lane] = 1.0 if uniform(w.luck[lane], talk) < p[climate.dialogue_rate, lane] else 0.0
            w.spare2[lane] = logit(uniform(w.luck[lane], move))
            now = parity(w.might[j, lane], w.might[other, lane])
            w.sum[lane] = now - parity(w.might_start[j, lane], w.might_start[other, lane])
        for d in range(w.heat.shape[1]):
            for lane in range(lanes):
                level = rivalry_next(
                    w.rivalry[j, other, d, lane],
                    w.anchor[j, other, d, lane],
                    w.sum[lane],
                    w.spare[lane],
                    w.spare2[lane],
                    p[climate.rivalry_reversion, lane],
                    p[climate.power_shift, lane],
                    p[climate.dialogue_damping, lane],
                    p[climate.rivalry_volatility, lane],
                )
                w.rivalry[j, other, d, lane] = level
                w.heat[j, d, lane] = larger(level, w.heat[j, d, lane])
    for lane in range(lanes):
        w.spare[lane] = 0.0
    for other in range(powers):
        if other != j:
            for lane in range(lanes):
                w.spare[lane] = larger(w.format[other, lane], w.spare[lane])
    where = address(t, FORMAT, w.power_key[j], w.power_key[j], 0)
    for lane in range(lanes):
        odds = host_odds(w.summit_rate[j, lane], w.format[j, lane], w.spare[lane], p[offers.format_mirroring, lane])
        w.spare2[lane] = 1.0 if uniform(w.luck[lane], where) < odds else 0.0
    for i in range(w.gdp.shape[0]):
        for lane in range(lanes):
            w.summit[i, j, lane] = larger(w.called_summit[i, j, lane], w.spare2[lane])
            w.called_summit[i, j, lane] = 0.0


@phase
def climate_state(w, p, t, i):
    """Income, unrest and the border of state i move."""
    key, whole_region = w.state_key[i], w.state_key[i] ^ w.state_key[i]
    grow, break_out = address(t, GROWTH, key, key, 0), address(t, UNREST, key, key, 0)
    severe, border = address(t, SEVERITY, key, key, 0), address(t, BORDER, whole_region, whole_region, 0)
    for lane in range(w.gdp.shape[1]):
        before = w.gdp[i, lane]
        after = income_next(
            before,
            w.growth[i, lane],
            logit(uniform(w.luck[lane], grow)),
            p[climate.growth_volatility, lane],
            p[climate.shock_limit, lane],
        )
        w.gdp[i, lane] = after
        w.growth_now[i, lane] = after / before - 1.0
    for lane in range(w.gdp.shape[1]):
        unrest = unrest_next(
            w.unrest[i, lane],
            uniform(w.luck[lane], break_out),
            uniform(w.luck[lane], severe),
            w.stability[i, lane],
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
        w.threat[i, lane] = threat_felt(
            unrest, at_border, p[security.unrest_demand, lane], p[security.border_demand, lane]
        )
