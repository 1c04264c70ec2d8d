"""Powers decide which offers to make, how large, and on what terms."""

from sim.chance import address, uniform
from sim.compiling import phase
from sim.parameters import offers, reactions, terms
from sim.phases.layout import MINERALS, OFFER, SECURITY, SIZE, domain_of
from sim.rules.arithmetic import exp, pick
from sim.rules.offers import (
    attraction,
    effort_by_niche,
    effort_by_purse,
    effort_in_rivalry,
    offer_odds,
    offer_size,
    within_network,
    within_purse,
)
from sim.rules.terms import exclusivity_asked, governance_asked


@phase
def offer_power(w, p, t, j):  # type: ignore[no-untyped-def]
    """Power j decides which offers to make, how large, and on what terms."""
    states, kinds, lanes = w.need.shape
    for k in range(kinds):
        d = domain_of(k)
        for lane in range(lanes):
            niche = effort_by_niche(w.niche[j, k, lane], p[offers.niche_defence, lane])
            rivalry = effort_in_rivalry(w.heat[j, d, lane], p[offers.rivalry_spending, lane])
            income = w.might[j, lane] / w.might_start[j, lane]
            full = w.budget[j, k, lane] * income * p[reactions.reserve_quarters, lane]
            purse = effort_by_purse(w.purse[j, k, lane], full, p[offers.purse_push, lane])
            w.effort[lane] = w.rate[j, k, lane] * niche * rivalry * purse
            w.spare[lane] = 0.0
        for i in range(states):
            for lane in range(lanes):
                drawn = exp(
                    attraction(
                        w.need[i, k, lane],
                        w.standing[i, j, lane],
                        w.ability[j, k, lane],
                        w.attention[i, lane],
                        p[offers.need_match, lane],
                        p[offers.market_pull, lane],
                    )
                )
                w.appeal[i, j, k, lane] = drawn
                w.spare[lane] += drawn
        for lane in range(lanes):
            w.spare2[lane] = 0.0
        for i in range(states):
            come = address(t, OFFER, w.state_key[i], w.power_key[j], k)
            large = address(t, SIZE, w.state_key[i], w.power_key[j], k)
            for lane in range(lanes):
                odds = offer_odds(
                    w.effort[lane] * w.appeal[i, j, k, lane] / w.spare[lane],
                    w.carrot[i, j, k, lane],
                    w.summit[i, j, lane],
                    p[offers.summit_boost, lane],
                )
                w.size[i, j, k, lane] = 1.0 if uniform(w.luck[lane], come) < odds else 0.0
            for lane in range(lanes):  # few offers come in any one quarter: only those are sized
                if w.size[i, j, k, lane] > 0.0:
                    market = 1.0 if k == SECURITY else w.market[i, lane]
                    size = offer_size(
                        w.median[j, k, lane],
                        uniform(w.luck[lane], large),
                        market,
                        w.lumpiness[j, lane] * w.summit[i, j, lane],
                        p[offers.size_spread, lane],
                        p[offers.size_limit, lane],
                        p[offers.mega_deal, lane],
                    )
                    if k == MINERALS:
                        size = within_network(
                            size, w.median[j, k, lane] * market, w.network[j, lane], p[offers.network_ceiling, lane]
                        )
                    w.size[i, j, k, lane] = size
            for lane in range(lanes):
                w.spare2[lane] += w.size[i, j, k, lane]
        for i in range(states):
            for lane in range(lanes):
                asked = exclusivity_asked(
                    w.exclusivity_style[j, lane],
                    w.heat[j, d, lane],
                    p[terms.conditionality, lane],
                    p[terms.rivalry_exclusivity, lane],
                )
                strings = governance_asked(w.governance_style[j, lane], p[terms.conditionality, lane])
                imposed, wanted = w.forced_exclusivity[i, j, k, lane], w.forced_strings[i, j, k, lane]
                w.asked[i, j, k, lane] = pick(imposed >= 0.0, imposed, asked)
                w.strings[i, j, k, lane] = pick(wanted >= 0.0, wanted, strings)
            for lane in range(lanes):
                own = within_purse(w.size[i, j, k, lane], w.spare2[lane], w.purse[j, k, lane])
                w.size[i, j, k, lane] = own + w.forced_size[i, j, k, lane]
            for lane in range(lanes):
                w.forced_size[i, j, k, lane] = 0.0
                w.forced_exclusivity[i, j, k, lane] = -1.0
                w.forced_strings[i, j, k, lane] = -1.0
