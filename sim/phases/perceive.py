"""States order their needs and see whom they believe and which powers check which."""

from sim.compiling import phase
from sim.parameters import choice, offers
from sim.phases.layout import ECONOMIC_RIVALRY, SECURITY, SECURITY_RIVALRY
from sim.rules.arithmetic import pick, positive
from sim.rules.choice import absorptive_scale, belief
from sim.rules.offers import market_factor


@phase
def perceive_state(w, p, t, i):
    """State i orders its needs and sees what it can absorb, whom it believes, and which powers check which."""
    states, kinds, lanes = w.need.shape
    powers = w.might.shape[0]
    for lane in range(lanes):
        w.spare[lane] = 0.0
        w.spare2[lane] = 0.0
    for other in range(states):
        for lane in range(lanes):
            w.spare[lane] += w.gdp[other, lane]
            w.spare2[lane] += w.gdp_start[other, lane]
    for lane in range(lanes):
        w.attention[i, lane] = w.gdp[i, lane] * states / w.spare[lane]
        market = w.gdp[i, lane] * states / w.spare2[lane]
        w.market[i, lane] = market_factor(market, p[offers.market_exponent, lane])
    for k in range(kinds):
        secures = 1.0 if k == SECURITY else 0.0
        for lane in range(lanes):
            scale = absorptive_scale(w.gdp[i, lane], secures, p[choice.absorption + k, lane])
            w.scale[i, k, lane] = scale
            w.per_scale[i, k, lane] = 1.0 / scale
            w.backlog[i, k, lane] = 0.0
            w.rank[i, k, lane] = 0.0
        for j in range(powers):
            for lane in range(lanes):
                w.backlog[i, k, lane] += w.ordered[i, j, k, lane] + w.underway[i, j, k, lane]
        for other in range(kinds):  # of two needs as large as each other, the first in the list of kinds goes first
            for lane in range(lanes):
                less = w.need[i, k, lane] - w.need[i, other, lane]
                w.rank[i, k, lane] += pick(less < 0.0, 1.0, pick(less == 0.0, 1.0 if other < k else 0.0, 0.0))
    for lane in range(lanes):
        w.coerced[i, lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.coerced[i, lane] += w.dependence[i, j, lane] * w.pressure[i, j, lane]
            w.believed[i, j, lane] = belief(
                w.trust[i, j, lane],
                w.volatility[j, lane],
                p[choice.delivery_doubt, lane],
                p[choice.volatility_discount, lane],
            )
    for j in range(powers):
        for lane in range(lanes):
            w.pressing[i, j, lane] = 0.0
            w.resisted[i, j, lane] = 0.0
            w.sided_elsewhere[i, j, lane] = 0.0
        for d in range(w.heat.shape[1]):
            for lane in range(lanes):
                w.at_stake[i, j, d, lane] = 0.0
                w.levers_at_stake[i, j, d, lane] = 0.0
        for other in range(powers):
            if other != j:
                for lane in range(lanes):
                    economic = positive(w.rivalry[j, other, ECONOMIC_RIVALRY, lane])
                    held, lever = w.dependence[i, other, lane], w.lever[i, other, lane]
                    w.at_stake[i, j, ECONOMIC_RIVALRY, lane] += economic * held
                    w.levers_at_stake[i, j, ECONOMIC_RIVALRY, lane] += economic * held * lever
                for lane in range(lanes):
                    hostile = positive(w.rivalry[j, other, SECURITY_RIVALRY, lane])
                    held, lever = w.dependence[i, other, lane], w.lever[i, other, lane]
                    w.at_stake[i, j, SECURITY_RIVALRY, lane] += hostile * held
                    w.levers_at_stake[i, j, SECURITY_RIVALRY, lane] += hostile * held * lever
                    w.pressing[i, j, lane] += hostile * w.pressure[i, other, lane]
                    w.resisted[i, j, lane] += hostile * w.agenda[other, lane] * w.share[i, other, SECURITY, lane]
                    w.sided_elsewhere[i, j, lane] += hostile * w.sided[i, other, lane]
    others = powers - 1.0 if powers > 1 else 1.0
    for lane in range(lanes):
        w.spare[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.spare[lane] += w.recent[i, j, lane]
    for j in range(powers):
        for lane in range(lanes):
            w.others_recent[i, j, lane] = positive(w.spare[lane] - w.recent[i, j, lane]) / others
