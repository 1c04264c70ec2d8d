"""Powers decide which offers to make, how large, and on what terms."""

from sim.chance import address, uniform
from sim.compiling import inlined, phase
from sim.parameters import offers, reactions, terms
from sim.phases.layout import MINERALS, OFFER, SECURITY, SIZE, domain_of, draft, strides
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


@inlined
def put_on_tables(w, p, j):
    """Power j puts its drafts on the tables, within its purse and on its terms, and what a scenario imposes."""
    states, kinds, lanes = w.need.shape
    for k in range(kinds):
        d = domain_of(k)
        for lane in range(lanes):
            w.spare[lane] = 0.0
        for i in range(states):
            for n in range(w.draft_first[i, k], w.draft_last[i, k]):
                w.spare[w.draft_lane[n]] += w.draft_size[n]
        for i in range(states):
            for n in range(w.draft_first[i, k], w.draft_last[i, k]):
                lane = w.draft_lane[n]
                own = within_purse(w.draft_size[n], w.spare[lane], w.purse[j, k, lane])
                w.size[i, j, k, lane] = own + w.forced_size[i, j, k, lane]
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
                w.forced_size[i, j, k, lane] = 0.0
                w.forced_exclusivity[i, j, k, lane] = -1.0
                w.forced_strings[i, j, k, lane] = -1.0


@phase
def offer_power(w, p, t, j):
    """Power j decides which offers to make, how large, and on what terms.

    Chance decides in every lane, for every state and kind, whether there is an offer. Few come in any one quarter:
    those are drafted side by side in one list, sized there, and then put on the tables.
    """
    states, kinds, lanes = w.need.shape
    drafted = 0
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
                w.appeal[i, lane] = drawn
                w.spare[lane] += drawn
        for lane in range(lanes):
            w.effort[lane] /= w.spare[lane]
        for i in range(states):
            come = address(t, OFFER, w.state_key[i], w.power_key[j], k)
            for lane in range(lanes):
                odds = offer_odds(
                    w.effort[lane] * w.appeal[i, lane],
                    w.carrot[i, j, k, lane],
                    w.summit[i, j, lane],
                    p[offers.summit_boost, lane],
                )
                drawn = 1.0 if uniform(w.luck[lane], come) < odds else 0.0
                w.spare[lane] = drawn
                w.spare2[lane] = drawn + w.forced_size[i, j, k, lane]
                w.size[i, j, k, lane] = 0.0
            w.draft_first[i, k] = drafted
            for lane in range(
                lanes
            ):  # each lane is written at the end of the list, which grows only where there is an offer
                w.draft_lane[drafted] = lane
                drafted += 1 if w.spare2[lane] > 0.0 else 0
            w.draft_last[i, k] = drafted
            large = address(t, SIZE, w.state_key[i], w.power_key[j], k)
            for n in range(w.draft_first[i, k], drafted):
                lane = w.draft_lane[n]
                w.draft_luck[0, n] = w.luck[lane]
                w.draft_luck[1, n] = large
                w.draft[draft.drawn, n] = w.spare[lane]
                w.draft[draft.median, n] = w.median[j, k, lane]
                w.draft[draft.market, n] = 1.0 if k == SECURITY else w.market[i, lane]
                w.draft[draft.package, n] = w.lumpiness[j, lane] * w.summit[i, j, lane]
                w.draft[draft.spread, n] = p[offers.size_spread, lane]
                w.draft[draft.limit, n] = p[offers.size_limit, lane]
                w.draft[draft.mega, n] = p[offers.mega_deal, lane]
                w.draft[draft.network, n] = w.network[j, lane]
                w.draft[draft.ceiling, n] = p[offers.network_ceiling, lane]
    for n in range(strides(drafted)):
        size = offer_size(
            w.draft[draft.median, n],
            uniform(w.draft_luck[0, n], w.draft_luck[1, n]),
            w.draft[draft.market, n],
            w.draft[draft.package, n],
            w.draft[draft.spread, n],
            w.draft[draft.limit, n],
            w.draft[draft.mega, n],
        )
        w.draft_size[n] = w.draft[draft.drawn, n] * size
    for n in range(w.draft_first[0, MINERALS], w.draft_last[states - 1, MINERALS]):
        usual = w.draft[draft.median, n] * w.draft[draft.market, n]
        w.draft_size[n] = within_network(w.draft_size[n], usual, w.draft[draft.network, n], w.draft[draft.ceiling, n])
    put_on_tables(w, p, j)
