"""Powers decide which offers to make, how large, and on what terms."""

from sim.model.chance import address, uniform
from sim.model.compiling import inlined, phase
from sim.model.parameters import camps, offers, reactions, terms
from sim.model.phases.layout import (
    ACCEPT,
    DEAL,
    INFRASTRUCTURE,
    MINERALS,
    OFFER,
    SECURITY,
    SECURITY_RIVALRY,
    SIZE,
    SOUNDING,
    domain_of,
    draft,
    strides,
)
from sim.model.rules.arithmetic import HALF, exp, larger, pick
from sim.model.rules.camps import allied_heat, coordination_of, deferred, opening
from sim.model.rules.offers import (
    attraction,
    collective_effort,
    effort_by_niche,
    effort_by_purse,
    effort_by_side,
    effort_in_rivalry,
    gateway_effort,
    generous_size,
    held_back,
    offer_probability,
    offer_size,
    reentry_effort,
    sequenced,
    within_network,
    within_purse,
)
from sim.model.rules.structure import share_of
from sim.model.rules.terms import exclusivity_asked, governance_asked


@inlined
def clear_tables(w, j):
    """What power j laid on the tables a quarter ago is gone; nothing else was there, so no more need be touched."""
    states, kinds, lanes = w.need.shape
    for i in range(states):
        for k in range(kinds):
            for n in range(w.laid_first[j, i, k], w.laid_last[j, i, k]):
                w.size[i, j, k, w.laid_lane[j, n]] = 0.0


@inlined
def put_on_tables(w, p, j):
    """Power j puts its drafts on the tables, within its purse and on its terms, and what a scenario imposes."""
    states, kinds, lanes = w.need.shape
    laid = 0
    for k in range(kinds):
        d = domain_of(k)
        for lane in range(lanes):
            w.drafted_value[lane] = 0.0
            w.asking[lane] = exclusivity_asked(
                w.exclusivity_style[j, lane],
                w.contained[j, d, lane],
                p[terms.conditionality, lane],
                p[terms.rivalry_exclusivity, lane],
                p[terms.clause_by_kind + k, lane],
            )
            w.governing[lane] = governance_asked(
                w.governance_style[j, lane], p[terms.conditionality, lane], p[terms.strings_by_kind + k, lane]
            )
        for i in range(states):
            for n in range(w.draft_first[i, k], w.draft_last[i, k]):
                w.drafted_value[w.draft_lane[n]] += w.draft_size[n]
        for i in range(states):
            w.laid_first[j, i, k] = laid
            for n in range(w.draft_first[i, k], w.draft_last[i, k]):
                lane = w.draft_lane[n]
                w.size[i, j, k, lane] = within_purse(w.draft_size[n], w.drafted_value[lane], w.purse[j, k, lane])
                w.asked[i, j, k, lane] = w.asking[lane]
                w.strings[i, j, k, lane] = w.governing[lane]
                w.agreed[i, j, k, lane] = 0.0
                if w.imposes[j, lane] > 0.0:
                    impose(w, i, j, k, lane)
                w.laid_lane[j, laid] = lane
                laid += 1 if w.size[i, j, k, lane] > 0.0 else 0
            w.laid_last[j, i, k] = laid


@inlined
def impose(w, i, j, k, lane):
    """What a scenario imposes comes on top of the draft of power j, on the terms that it names."""
    imposed, wanted = w.forced_exclusivity[i, j, k, lane], w.forced_strings[i, j, k, lane]
    w.size[i, j, k, lane] += w.forced_size[i, j, k, lane]
    w.asked[i, j, k, lane] = pick(imposed >= 0.0, imposed, w.asked[i, j, k, lane])
    w.strings[i, j, k, lane] = pick(wanted >= 0.0, wanted, w.strings[i, j, k, lane])
    w.agreed[i, j, k, lane] = w.forced_agreed[i, j, k, lane]
    w.forced_agreed[i, j, k, lane] = 0.0
    w.forced_size[i, j, k, lane] = 0.0
    w.forced_exclusivity[i, j, k, lane] = -1.0
    w.forced_strings[i, j, k, lane] = -1.0


@inlined
def anything_imposed(w, j):
    """Whether a scenario has power j lay an offer on a table this quarter, in any lane; mostly it has not."""
    imposing = 0
    for lane in range(w.might.shape[1]):
        imposing += 1 if w.imposes[j, lane] > 0.0 else 0
    return imposing > 0


@inlined
def look_at_camps(w, p, j):
    """Power j sees how far its allies' rivalries are its own, and how far the great powers are busy elsewhere."""
    powers, domains, lanes = w.heat.shape
    for lane in range(lanes):
        w.bloc_discord[lane] = w.discord[j, lane]
        w.great_busy[lane] = 0.0
        w.great_powers[lane] = 0.0
    for other in range(powers):
        if other != j:
            for lane in range(lanes):
                great = 1.0 - w.tier[other, lane]
                w.great_busy[lane] += great * larger(w.strain[other, lane], w.discord[other, lane])
                w.great_powers[lane] += great
                ally = coordination_of(w.rivalry[j, other, SECURITY_RIVALRY, lane])
                w.bloc_discord[lane] = pick(
                    ally > 0.0, larger(w.discord[other, lane], w.bloc_discord[lane]), w.bloc_discord[lane]
                )
    for lane in range(lanes):
        w.distraction[j, lane] = share_of(w.great_busy[lane], w.great_powers[lane])
    for d in range(domains):
        for lane in range(lanes):
            w.allies_heat[lane] = 0.0
        for other in range(powers):
            if other != j:
                for lane in range(lanes):
                    ally = coordination_of(w.rivalry[j, other, SECURITY_RIVALRY, lane])
                    w.allies_heat[lane] += ally * w.heat[other, d, lane]
        for lane in range(lanes):
            w.contained[j, d, lane] = allied_heat(
                w.heat[j, d, lane],
                w.allies_heat[lane],
                w.bloc_discord[lane],
                p[camps.containment, lane],
                p[camps.indiscipline, lane],
            )


@inlined
def push_all(w, p, j):
    """By what factor power j makes more or fewer offers to each state than need and attention alone would."""
    states, lanes = w.gdp.shape
    for i in range(states):
        for lane in range(lanes):
            together = collective_effort(w.collective[j, lane], w.format[j, lane], p[offers.collective_track, lane])
            w.pushed_all[i, lane] = together * effort_by_side(
                w.sided[i, j, lane],
                w.sided_elsewhere[i, j, lane],
                p[offers.side_favour, lane],
                p[offers.side_shun, lane],
            )


@inlined
def push(w, p, i, j, k):
    """The same for one kind of offer to state i."""
    lanes = w.might.shape[1]
    for lane in range(lanes):
        w.pushed[lane] = w.pushed_all[i, lane]
    if k == SECURITY:
        for lane in range(lanes):
            depth = HALF * (w.share[i, j, DEAL, lane] + w.share[i, j, INFRASTRUCTURE, lane])
            w.pushed[lane] *= deferred(w.partnered[i, j, lane], p[camps.deference, lane])
            w.pushed[lane] *= sequenced(depth, w.restraint[j, lane], p[offers.sequencing, lane])
            w.pushed[lane] *= reentry_effort(w.border[i, lane], w.reentry[j, lane], p[offers.security_reentry, lane])
    if k == INFRASTRUCTURE:
        for lane in range(lanes):
            w.pushed[lane] *= gateway_effort(w.captive[i, j, lane], w.gateway[j, lane], p[offers.route_finance, lane])


@inlined
def plan_effort(w, p, j, k):
    """How many offers of a kind power j makes to the whole region, and how strongly each state draws them."""
    states, kinds, lanes = w.need.shape
    d = domain_of(k)
    for lane in range(lanes):
        niche = effort_by_niche(w.niche[j, k, lane], p[offers.niche_defence, lane])
        rivalry = effort_in_rivalry(w.heat[j, d, lane], p[offers.rivalry_spending, lane])
        left = w.vigour[j, k, lane]
        w.able[lane] = w.ability[j, k, lane] * left
        income = left * w.might[j, lane] / w.might_start[j, lane]
        full = w.budget[j, k, lane] * income * p[reactions.reserve_quarters, lane]
        purse = effort_by_purse(w.purse[j, k, lane], full, p[offers.purse_push, lane])
        entry = opening(w.tier[j, lane], w.distraction[j, lane], p[camps.entrant_opening, lane])
        w.effort[lane] = w.rate[j, k, lane] * niche * rivalry * purse * left * entry
        w.appeal_sum[lane] = 0.0
    for i in range(states):
        for lane in range(lanes):
            drawn = exp(
                attraction(
                    w.need[i, k, lane],
                    w.standing[i, j, lane],
                    w.able[lane],
                    w.attention[i, lane],
                    p[offers.need_match, lane],
                    p[offers.market_pull, lane],
                )
            )
            w.appeal[i, lane] = drawn
            w.appeal_sum[lane] += drawn
    for lane in range(lanes):
        w.effort[lane] /= w.appeal_sum[lane]


@inlined
def draw_offers(w, p, t, i, j, k, drafted, imposing):
    """In which lanes an offer of power j to state i comes; the place behind the last draft.

    drafted: the place behind the last draft so far; imposing: whether a scenario imposes any offer of this power.
    """
    lanes = w.might.shape[1]
    come = address(t, OFFER, w.state_key[i], w.power_key[j], k)
    for lane in range(lanes):
        probability = offer_probability(
            w.effort[lane] * w.appeal[i, lane] * w.pushed[lane],
            w.carrot[i, j, k, lane],
            w.summit[i, j, lane],
            p[offers.summit_boost, lane],
        )
        drawn = 1.0 if uniform(w.luck[lane], come) < probability else 0.0
        w.comes[lane] = drawn
        w.tabled[lane] = drawn
    if imposing:
        for lane in range(lanes):
            w.tabled[lane] += w.forced_size[i, j, k, lane]
    w.draft_first[i, k] = drafted
    for lane in range(lanes):  # each lane is written at the end of the list, which grows only where there is an offer
        w.draft_lane[drafted] = lane
        drafted += 1 if w.tabled[lane] > 0.0 else 0
    w.draft_last[i, k] = drafted
    return drafted


@inlined
def note_drafts(w, p, t, i, j, k):
    """Note beside each draft what its size depends on; what is known to be unwelcome is held back."""
    large = address(t, SIZE, w.state_key[i], w.power_key[j], k)
    mind = address(t, ACCEPT, w.state_key[i], w.power_key[j], k)
    heard = address(t, SOUNDING, w.state_key[i], w.power_key[j], k)
    for n in range(w.draft_first[i, k], w.draft_last[i, k]):
        lane = w.draft_lane[n]
        w.draft_luck[0, n] = w.luck[lane]
        w.draft_luck[1, n] = large
        # the same draw by which the state would answer: that is where it stands
        kept = held_back(
            w.welcome[i, j, k, lane],
            uniform(w.luck[lane], mind),
            uniform(w.luck[lane], heard),
            p[offers.sounding, lane],
        )
        w.draft[draft.drawn, n] = w.comes[lane] * (1.0 - kept)
        w.draft[draft.median, n] = generous_size(
            w.median[j, k, lane],
            w.courted[i, j, lane],
            w.generosity[j, lane],
            p[offers.rivalry_generosity, lane],
        )
        w.draft[draft.market, n] = 1.0 if k == SECURITY else w.market[i, lane]
        w.draft[draft.package, n] = w.lumpiness[j, lane] * w.summit[i, j, lane]
        w.draft[draft.spread, n] = p[offers.size_spread, lane]
        w.draft[draft.limit, n] = p[offers.size_limit, lane]
        w.draft[draft.mega, n] = p[offers.mega_deal, lane]
        w.draft[draft.network, n] = w.network[j, lane]
        w.draft[draft.ceiling, n] = p[offers.network_ceiling, lane]


@inlined
def size_drafts(w, drafted):
    """Give each draft its size; those for minerals within what the power's other suppliers leave."""
    states = w.gdp.shape[0]
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


@phase
def offer_power(w, p, t, j):
    """Power j decides which offers to make, how large, and on what terms.

    Chance decides in every lane, for every state and kind, whether there is an offer. Few come in any one quarter:
    those are drafted side by side in one list, sized there, and then put on the tables.
    """
    states, kinds, lanes = w.need.shape
    drafted, imposing = 0, anything_imposed(w, j)
    clear_tables(w, j)
    look_at_camps(w, p, j)
    push_all(w, p, j)
    for k in range(kinds):
        plan_effort(w, p, j, k)
        for i in range(states):
            push(w, p, i, j, k)
            drafted = draw_offers(w, p, t, i, j, k, drafted, imposing)
            note_drafts(w, p, t, i, j, k)
    size_drafts(w, drafted)
    put_on_tables(w, p, j)
    for lane in range(lanes):
        w.imposes[j, lane] = 0.0
