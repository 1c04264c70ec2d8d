"""States answer what is on the table."""

from sim.chance import address, uniform
from sim.compiling import inlined, phase
from sim.parameters import choice
from sim.phases.layout import ACCEPT, ECONOMIC_RIVALRY, SECURITY, domain_of
from sim.rules.arithmetic import positive, saturating
from sim.rules.choice import (
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
    parallel_value,
    permitted,
    priority,
    resentment_price,
    reservation,
    share_after,
    shelter_value,
    summit_value,
    trust_value,
    unmet,
)


@inlined
def seat_offers(w, i):  # type: ignore[no-untyped-def]
    """Seat every offer to state i, in all lanes, at the place of its kind in the order of need."""
    kinds, lanes = w.need.shape[1:]
    for place in range(kinds):
        w.seats[place] = 0
    for j in range(w.might.shape[0]):
        for k in range(kinds):
            for lane in range(lanes):
                w.accepted[i, j, k, lane] = 0.0
            for lane in range(lanes):
                if w.size[i, j, k, lane] > 0.0:
                    place = int(w.rank[i, k, lane])
                    n = w.seats[place]
                    w.seat_lane[place, n] = lane
                    w.seat_power[place, n] = j
                    w.seat_kind[place, n] = k
                    w.seats[place] = n + 1


@inlined
def dependence_after(w, i, j, k, lane):  # type: ignore[no-untyped-def]
    """How much state i would depend on power j if it took the offer, on top of what it has just taken."""
    return share_after(
        w.dependence[i, j, lane],
        w.share[i, j, k, lane],
        w.total[i, k, lane],
        w.size[i, j, k, lane],
        w.weight[i, k, lane],
        w.packaged_with[j, lane],
    )


@inlined
def reserved(w, p, i, lane):  # type: ignore[no-untyped-def]
    """What any offer to state i has to beat."""
    return reservation(w.capability[i, lane], p[choice.outside_option, lane], p[choice.capability_cap, lane])


@inlined
def may_take(w, p, i, j, k, lane, gain):  # type: ignore[no-untyped-def]
    """Whether state i may take the offer at all."""
    secures = 1.0 if k == SECURITY else 0.0
    return permitted(w.size[i, j, k, lane], gain, w.neutrality[i, lane], secures, p[choice.alliance_size, lane])


@inlined
def keep_reasons(w, p, t, i, place, n):  # type: ignore[no-untyped-def]
    """Keep what decided an offer, for whoever asks why."""
    lane, j, k = w.seat_lane[place, n], w.seat_power[place, n], w.seat_kind[place, n]
    worth = weigh(w, p, i, j, k, lane, dependence_after(w, i, j, k, lane))
    held, allowed = reserved(w, p, i, lane), may_take(w, p, i, j, k, lane, worth[0])
    w.dice[i, j, k, lane] = uniform(w.luck[lane], address(t, ACCEPT, w.state_key[i], w.power_key[j], k))
    w.odds[i, j, k, lane] = acceptance(total_of(worth), held, allowed, p[choice.temperature, lane])
    w.utility[i, j, k, lane] = total_of(worth)
    w.reserved[i, j, k, lane] = held
    w.allowed[i, j, k, lane] = allowed
    for term in range(len(worth)):
        w.terms[i, j, k, term, lane] = worth[term]


@inlined
def weigh(w, p, i, j, k, lane, after):  # type: ignore[no-untyped-def]
    """The terms of the utility of one offer, signed, in the order of `sim.world.TERMS`."""
    d = domain_of(k)
    secures = 1.0 if k == SECURITY else 0.0
    size, scale = w.size[i, j, k, lane], w.scale[i, k, lane]
    trade_war = positive(w.heat[j, ECONOMIC_RIVALRY, lane] - w.heat_start[j, ECONOMIC_RIVALRY, lane])
    return (
        benefit(
            unmet(w.need[i, k, lane], w.backlog[i, k, lane], scale),
            size,
            scale,
            w.packaged[lane],
            w.believed[i, j, lane],
            priority(secures, w.regime_security[i, lane], p[choice.security_premium, lane]),
            w.local[i, j, lane],
            p[choice.gain, lane],
            p[choice.local_gain, lane],
        ),
        -dependence_cost(
            after,
            trade_war,
            p[choice.dependence_aversion, lane],
            p[choice.tolerance, lane],
            p[choice.spillover_fear, lane],
        ),
        -exclusivity_price(
            w.signed[i, j, k, lane],
            w.at_stake[i, j, d, lane],
            w.sided[i, j, lane],
            p[choice.exclusivity_cost, lane],
            p[choice.principle_cost, lane],
        ),
        -loyalty_price(w.sided_elsewhere[i, j, lane], p[choice.side_loyalty, lane]),
        -displeasure_price(w.levers_at_stake[i, j, d, lane], p[choice.issue_linkage, lane]),
        -governance_price(
            w.strings[i, j, k, lane],
            w.sensitivity[i, lane],
            w.regime_security[i, lane],
            p[choice.governance_cost, lane],
        ),
        balancing_value(w.top[i, lane], w.dependence[i, j, lane], p[choice.overlapping_invite, lane]),
        shelter_value(w.pressing[i, j, lane], secures, p[choice.counter_upgrade, lane], p[choice.security_shelter, lane]),
        trust_value(w.trust[i, j, lane], p[choice.trust_weight, lane]),
        parallel_value(w.others_recent[i, j, lane], w.recent[i, j, lane], p[choice.parallel_deepening, lane]),
        -resentment_price(w.resentment[i, j, lane], p[choice.resentment_weight, lane]),
        -agenda_price(w.resisted[i, j, lane], secures, p[choice.agenda_weight, lane]),
        entrenched_value(w.share[i, j, k, lane], p[choice.entrenchment, lane]),
        summit_value(w.summit[i, j, lane], p[choice.summit_prestige, lane]),
    )


@inlined
def total_of(worth):  # type: ignore[no-untyped-def]
    """The utility: its terms added from first to last, always in this order."""
    first = worth[0] + worth[1] + worth[2] + worth[3] + worth[4] + worth[5]
    return first + worth[6] + worth[7] + worth[8] + worth[9] + worth[10] + worth[11] + worth[12] + worth[13]


@phase
def choose_state(w, p, t, i):  # type: ignore[no-untyped-def]
    """State i answers what is on the table: the most pressing need first, the suitors for one need side by side.

    What was accepted for a more pressing need has already used up part of what the state can absorb and has moved its
    dependence when the next need is weighed: a package is not the sum of its parts. Few slots hold an offer in any one
    quarter, so the offers of all lanes are first seated side by side and only then weighed.
    """
    lanes, powers = w.luck.shape[0], w.might.shape[0]
    for lane in range(lanes):
        w.packaged[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.packaged_with[j, lane] = 0.0
            w.promised[i, j, lane] = 0.0
    seat_offers(w, i)
    relative, taken, yes = w.seat_relative.reshape(-1), w.seat_taken.reshape(-1), w.seat_yes.reshape(-1)
    for place in range(w.seats.shape[0]):
        seated = w.seats[place]
        for n in range(seated):
            lane, j, k = w.seat_lane[place, n], w.seat_power[place, n], w.seat_kind[place, n]
            after = dependence_after(w, i, j, k, lane)
            worth = weigh(w, p, i, j, k, lane, after)
            odds = acceptance(
                total_of(worth),
                reserved(w, p, i, lane),
                may_take(w, p, i, j, k, lane, worth[0]),
                p[choice.temperature, lane],
            )
            dice = uniform(w.luck[lane], address(t, ACCEPT, w.state_key[i], w.power_key[j], k))
            relative[n] = w.size[i, j, k, lane] / w.scale[i, k, lane]
            taken[n] = positive(after - w.dependence[i, j, lane] - w.packaged_with[j, lane])
            yes[n] = 1.0 if dice < odds else 0.0
        if w.terms.shape[0] > 0:
            for n in range(seated):
                keep_reasons(w, p, t, i, place, n)
        for n in range(seated):
            lane, j, k = w.seat_lane[place, n], w.seat_power[place, n], w.seat_kind[place, n]
            w.accepted[i, j, k, lane] = yes[n]
            w.packaged[lane] += yes[n] * relative[n]
            w.packaged_with[j, lane] += yes[n] * taken[n]
            w.promised[i, j, lane] += yes[n] * w.signed[i, j, k, lane] * saturating(relative[n])
