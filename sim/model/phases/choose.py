"""States answer what is on the table."""

from collections import namedtuple
from typing import Any

import numpy as np

from sim.model.chance import address, uniform
from sim.model.compiling import inlined, phase
from sim.model.fields import OFFER_TERMS, REGARD_TERMS
from sim.model.parameters import choice, identity, offers, region, routes
from sim.model.phases.layout import (
    ACCEPT,
    DEAL,
    ECONOMIC_RIVALRY,
    INFRASTRUCTURE,
    SECURITY,
    SECURITY_RIVALRY,
    domain_of,
    hand,
    strides,
)
from sim.model.rules.arithmetic import pick, positive
from sim.model.rules.choice import (
    acceptance,
    agenda_price,
    balancing_value,
    benefit,
    dependence_cost,
    displeasure_price,
    entrenched_value,
    exclusivity_price,
    governance_price,
    loyalty_price,
    order_value,
    parallel_value,
    permitted,
    priority,
    resentment_price,
    reservation,
    second_tier_value,
    settled,
    share_after,
    share_then,
    shelter_value,
    summit_value,
    thin_left,
    trust_value,
    union_price,
    unmet,
    unseen,
    vacuum_value,
)
from sim.model.rules.identity import kinship_value
from sim.model.rules.offers import guess_fading, guess_next
from sim.model.rules.region import solidarity_price
from sim.model.rules.routes import buyer_bond, outlet_value
from sim.model.rules.terms import suitor_weight

Weighed: Any = namedtuple("Weighed", OFFER_TERMS)  # type: ignore[misc]
Regard: Any = namedtuple("Regard", REGARD_TERMS)  # type: ignore[misc]


@inlined
def regards(w, p, i, j, d, lane):
    """What counts for or against power j in a domain whatever it offers, signed."""
    secures = 1.0 if d == SECURITY_RIVALRY else 0.0
    return Regard(
        loyalty=-loyalty_price(w.sided_elsewhere[i, j, lane], p[choice.side_loyalty, lane]),
        displeasure=-displeasure_price(w.levers_at_stake[i, j, d, lane], p[choice.issue_linkage, lane]),
        balancing=balancing_value(w.top[i, lane], w.dependence[i, j, lane], p[choice.overlapping_invite, lane]),
        shelter=shelter_value(
            w.pressing[i, j, lane], secures, p[choice.counter_upgrade, lane], p[choice.security_shelter, lane]
        ),
        trust=trust_value(w.trust[i, j, lane], p[choice.trust_weight, lane]),
        parallel=parallel_value(w.others_recent[i, j, lane], w.recent[i, j, lane], p[choice.parallel_deepening, lane]),
        resentment=-resentment_price(w.resentment[i, j, lane], p[choice.resentment_weight, lane]),
        agenda=-agenda_price(w.resisted[i, j, lane], secures, p[choice.agenda_weight, lane]),
        summit=summit_value(w.summit[i, j, lane], p[choice.summit_prestige, lane]),
        order=order_value(w.affinity[i, j, lane], p[choice.priority_order, lane]),
        energy=(1.0 - secures)
        * (
            buyer_bond(w.energy_rent[i, lane], w.sold[i, j, lane], p[routes.energy_bond, lane])
            + outlet_value(
                w.energy_rent[i, lane], w.top_outlet[i, lane], w.sold[i, j, lane], p[routes.route_seeking, lane]
            )
        ),
        kinship=kinship_value(
            w.culture[i, j, lane],
            w.kinship[i, j, lane],
            w.nationalism[i, lane],
            p[identity.cultural_pull, lane],
            p[identity.turkic_pull, lane],
        ),
        solidarity=-solidarity_price(w.neighbours_pressed[i, j, lane], p[region.solidarity, lane]),
        union=-union_price(w.bound[i, j, lane], w.union[i, j, lane], secures, p[choice.union_cost, lane]),
        vacuum=vacuum_value(w.strained[i, j, lane], secures, p[choice.vacuum_pull, lane]),
        second_tier=second_tier_value(w.tier[j, lane], w.hottest[i, lane], w.top[i, lane], p[choice.second_tier, lane]),
    )


@inlined
def add_up(r):
    """The regard for a power: its parts added up, always in this order."""
    first = r.loyalty + r.displeasure + r.balancing + r.shelter + r.trust + r.parallel + r.resentment + r.agenda
    return first + r.summit + r.order + r.energy + r.kinship + r.solidarity + r.union + r.vacuum + r.second_tier


@inlined
def know_suitors(w, p, i):
    """What state i knows before it looks at any offer: its open needs, and what to think of each power."""
    kinds, lanes = w.need.shape[1:]
    for k in range(kinds):
        for lane in range(lanes):
            w.open[i, k, lane] = unmet(w.need[i, k, lane], w.backlog[i, k, lane], w.span[i, k, lane])
        for j in range(w.might.shape[0]):
            for lane in range(lanes):
                w.welcome[i, j, k, lane] = guess_fading(
                    w.welcome[i, j, k, lane], p[offers.first_guess, lane], p[offers.guess_fade, lane]
                )
    for lane in range(lanes):
        w.packaged[lane] = 0.0
        w.to_beat[lane] = reservation(
            w.capability[i, lane], p[choice.outside_option, lane], p[choice.capability_cap, lane]
        )
        w.strings_cost[lane] = governance_price(
            1.0, w.sensitivity[i, lane], w.wary[i, lane], p[choice.governance_cost, lane]
        )
    for j in range(w.might.shape[0]):
        for lane in range(lanes):
            w.packaged_with[j, lane] = 0.0
            w.promised[i, j, lane] = 0.0
        for lane in range(lanes):  # both domains at once: most of the regard is the same in both
            w.regard[j, ECONOMIC_RIVALRY, lane] = add_up(regards(w, p, i, j, ECONOMIC_RIVALRY, lane))
            w.regard[j, SECURITY_RIVALRY, lane] = add_up(regards(w, p, i, j, SECURITY_RIVALRY, lane))
        for d in range(w.heat.shape[1]):
            for lane in range(lanes):
                w.clause[j, d, lane] = exclusivity_price(
                    1.0,
                    w.at_stake[i, j, d, lane],
                    w.sided[i, j, lane],
                    p[choice.exclusivity_cost, lane],
                    p[choice.principle_cost, lane],
                )


@inlined
def seat_offers(w, p, t, i):
    """Seat every offer to state i at the place of its kind in the order of need, with all that is known of it."""
    kinds, lanes = w.need.shape[1:]
    room = w.seat_lane.shape[0] // kinds
    for place in range(kinds):
        w.seats[place] = 0
    for j in range(w.might.shape[0]):
        for k in range(kinds):
            d = domain_of(k)
            secures = 1.0 if k == SECURITY else 0.0
            where = address(t, ACCEPT, w.state_key[i], w.power_key[j], k)
            for at in range(w.table_first[i, j, k], w.table_last[i, j, k]):
                lane = w.table_lane[i, at]
                w.accepted[i, j, k, lane] = 0.0
                place = int(w.rank[i, k, lane])
                n = np.uint64(place * room + w.seats[place])
                w.seats[place] += 1
                w.seat_lane[n] = lane
                w.seat_power[n] = j
                w.seat_kind[n] = k
                w.seat_luck[0, n] = w.luck[lane]
                w.seat_luck[1, n] = where
                w.hand[hand.size, n] = w.size[i, j, k, lane]
                w.hand[hand.span, n] = w.span[i, k, lane]
                # of works on order, only those that could stand in for this power's own fill the need
                w.hand[hand.need, n] = (
                    unmet(w.need[i, k, lane], w.rival_backlog[i, j, lane], w.span[i, k, lane])
                    if k == INFRASTRUCTURE
                    else w.open[i, k, lane]
                )
                w.hand[hand.priority, n] = priority(secures, w.wary[i, lane], p[choice.security_premium, lane])
                expected = settled(w.believed[i, j, lane], w.agreed[i, j, k, lane], p[choice.talks_reveal, lane])
                w.hand[hand.believed, n] = expected * w.worth[i, j, k, lane]
                w.hand[hand.local, n] = w.local[i, j, lane]
                w.hand[hand.dependence, n] = w.dependence[i, j, lane]
                w.hand[hand.share, n] = w.share[i, j, k, lane]
                w.hand[hand.total, n] = w.total[i, k, lane]
                # contracts of trade that are being delivered are in the trade of today already
                standing = 0.0 if k == DEAL else 1.0
                w.hand[hand.own, n] = standing * (w.ordered[i, j, k, lane] + w.underway[i, j, k, lane])
                w.hand[hand.ordered, n] = standing * w.backlog[i, k, lane]
                w.hand[hand.endures, n] = w.endures[i, k, lane]
                w.hand[hand.weight, n] = w.weight[i, k, lane]
                w.hand[hand.trade_war, n] = positive(
                    w.heat[j, ECONOMIC_RIVALRY, lane] - w.heat_start[j, ECONOMIC_RIVALRY, lane]
                )
                w.hand[hand.signed, n] = w.signed[i, j, k, lane]
                w.hand[hand.clause, n] = w.clause[j, d, lane]
                w.hand[hand.strings, n] = w.strings[i, j, k, lane]
                w.hand[hand.regard, n] = w.regard[j, d, lane]
                w.hand[hand.secures, n] = secures
                w.hand[hand.told, n] = w.told[i, j, k, lane] if w.instructed[i, lane] > 0.0 else 0.0
                w.hand[hand.agreed, n] = w.agreed[i, j, k, lane]


@inlined
def share_with(w, n, size):
    """What share of the kind the power would hold at the horizon with so large an offer on top of what is on order."""
    return share_then(
        w.hand[hand.share, n],
        w.hand[hand.total, n],
        w.hand[hand.own, n],
        w.hand[hand.ordered, n],
        size,
        w.hand[hand.endures, n],
    )


@inlined
def dependence_after(w, n):
    """How much the state would depend on the power if it took the offer, on top of what it has just taken."""
    return share_after(
        w.hand[hand.dependence, n],
        w.hand[hand.share, n],
        share_with(w, n, w.hand[hand.size, n]),
        w.hand[hand.weight, n],
        w.hand[hand.packaged_with, n],
    )


@inlined
def weigh(w, p, n, lane, after):
    """What an offer is worth: benefit, dependence, exclusivity, governance, entrenchment, and the utility, all signed.

    The utility is what these and the regard for the power add up to, always in this order.
    The price of a clause, or of strings, is what it costs in full times how much of it is signed.
    """
    gained = benefit(
        w.hand[hand.need, n],
        w.hand[hand.size, n],
        w.hand[hand.span, n],
        w.hand[hand.packaged, n],
        w.hand[hand.believed, n]
        * thin_left(
            w.hand[hand.size, n] / w.hand[hand.span, n], p[choice.thin_money, lane], p[choice.thin_floor, lane]
        ),
        w.hand[hand.priority, n],
        w.hand[hand.local, n],
        p[choice.gain, lane],
        p[choice.local_gain, lane],
    )
    leaning = -dependence_cost(
        after,
        w.hand[hand.trade_war, n],
        p[choice.dependence_aversion, lane],
        p[choice.tolerance, lane],
        p[choice.spillover_fear, lane],
    )
    bound = -w.hand[hand.signed, n] * w.hand[hand.clause, n]
    governed = -w.hand[hand.strings, n] * w.strings_cost[lane]
    rooted = entrenched_value(w.hand[hand.share, n], p[choice.entrenchment, lane])
    utility = gained + leaning + bound + governed + rooted + w.hand[hand.regard, n]
    return gained, leaning, bound, governed, rooted, utility


@inlined
def may_take(w, p, i, n, lane, gain):
    """Whether the state may take the offer at all."""
    return permitted(
        w.hand[hand.size, n],
        gain,
        w.neutrality[i, lane],
        w.hand[hand.secures, n],
        p[choice.alliance_size, lane],
    )


@inlined
def as_told(told, own, allowed):
    """The odds of a yes where the answer is given from outside (told: 1 yes, -1 no), else the own; vetoes stand."""
    return pick(told > 0.0, allowed, pick(told < 0.0, 0.0, own))


@inlined
def left_unseen(w, p, n, lane):
    """How much of what decides about the offer nobody outside can see."""
    return unseen(p[choice.temperature, lane], w.hand[hand.agreed, n], p[choice.talks_reveal, lane])


@inlined
def keep_reasons(w, p, i, n):
    """Keep what decided an offer, for whoever asks why."""
    lane, j, k = w.seat_lane[n], w.seat_power[n], w.seat_kind[n]
    gained, leaning, bound, governed, rooted, utility = weigh(w, p, n, lane, dependence_after(w, n))
    held, allowed = w.to_beat[lane], may_take(w, p, i, n, lane, gained)
    w.draw[i, j, k, lane] = uniform(w.seat_luck[0, n], w.seat_luck[1, n])
    w.probability[i, j, k, lane] = acceptance(utility, held, allowed, left_unseen(w, p, n, lane))
    w.utility[i, j, k, lane] = utility
    w.reserved[i, j, k, lane] = held
    w.allowed[i, j, k, lane] = allowed
    weighed = Weighed(benefit=gained, dependence=leaning, exclusivity=bound, governance=governed, entrenched=rooted)
    for term in range(len(weighed)):
        w.terms[i, j, k, term, lane] = weighed[term]
    regard = regards(w, p, i, j, domain_of(k), lane)
    for term in range(len(regard)):
        w.terms[i, j, k, len(weighed) + term, lane] = regard[term]


@phase
def choose_state(w, p, t, i):
    """State i answers what is on the table: the most pressing need first, the suitors for one need side by side.

    What was accepted for a more pressing need has already used up part of what the state can absorb and has moved its
    dependence when the next need is weighed: a package is not the sum of its parts. Few slots hold an offer in any one
    quarter, so the offers of all lanes are first seated side by side and only then weighed.
    """
    know_suitors(w, p, i)
    seat_offers(w, p, t, i)
    places = w.seats.shape[0]
    room = w.seat_lane.shape[0] // places
    for place in range(places):
        first = np.uint64(place * room)
        last, whole = np.uint64(place * room + w.seats[place]), np.uint64(place * room + strides(w.seats[place]))
        for n in range(first, last):
            lane = w.seat_lane[n]
            w.hand[hand.packaged, n] = w.packaged[lane]
            w.hand[hand.packaged_with, n] = w.packaged_with[w.seat_power[n], lane]
        for n in range(first, whole):
            lane = w.seat_lane[n]
            after = dependence_after(w, n)
            gained, leaning, bound, governed, rooted, utility = weigh(w, p, n, lane, after)
            allowed = may_take(w, p, i, n, lane, gained)
            own = acceptance(utility, w.to_beat[lane], allowed, left_unseen(w, p, n, lane))
            probability = as_told(w.hand[hand.told, n], own, allowed)
            draw = uniform(w.seat_luck[0, n], w.seat_luck[1, n])
            w.hand_relative[n] = w.hand[hand.size, n] / w.hand[hand.span, n]
            gained_share = share_with(w, n, w.hand[hand.size, n]) - share_with(w, n, 0.0)
            w.hand_taken[n] = w.hand[hand.weight, n] * positive(gained_share)
            w.hand_yes[n] = 1.0 if draw < probability else 0.0
            # an order that says what the state would have said teaches nobody anything else than the state would have
            w.hand_odds[n] = pick((draw < own) == (draw < probability), own, probability)
        if w.terms.shape[0] > 0:
            for n in range(first, last):
                keep_reasons(w, p, i, n)
        for n in range(first, last):
            lane, j, k = w.seat_lane[n], w.seat_power[n], w.seat_kind[n]
            w.welcome[i, j, k, lane] = guess_next(
                w.welcome[i, j, k, lane], w.hand_odds[n], p[offers.answer_weight, lane]
            )
            if w.hand_yes[n] > 0.0:
                w.accepted[i, j, k, lane] = 1.0
                w.packaged[lane] += w.hand_relative[n]
                w.packaged_with[j, lane] += w.hand_taken[n]
                clause = w.hand[hand.signed, n] * suitor_weight(w.size[i, j, k, lane], w.scale[i, k, lane])
                w.promised[i, j, lane] += (1.0 - w.promised[i, j, lane]) * clause
