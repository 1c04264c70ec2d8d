"""States remember and take sides; powers grow and their summits fade."""

from sim.compiling import phase
from sim.parameters import minds, reactions, security
from sim.phases.layout import ECONOMIC_RIVALRY, SECURITY_RIVALRY
from sim.rules.arithmetic import YEARS_A_QUARTER, clamp, larger
from sim.rules.minds import commitment_next, prestige_next, promises_next, resentment_next, side_taken, trust_next
from sim.rules.reactions import format_next
from sim.rules.security import prestige_earned, unrest_after_help, words_of_support


@phase
def feel_state(w, p, t, i):
    """State i remembers who kept its word and who hurt it; sides are taken or left; unrest yields to help."""
    states, powers, lanes = w.trust.shape
    for lane in range(lanes):
        w.packaged[lane] = 0.0
        w.sum[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.spare[lane] = 0.0
        for other in range(states):
            if other != i:
                for lane in range(lanes):
                    w.spare[lane] += w.helped[other, j, lane]
        for lane in range(lanes):
            w.packaged[lane] += w.helped[i, j, lane]
            earned = prestige_earned(
                w.helped[i, j, lane],
                w.spare[lane],
                p[security.intervention_lift, lane],
                p[security.neighbour_part, lane],
            )
            spoken = words_of_support(
                w.unrest[i, lane], w.governance_style[j, lane], p[security.incumbent_support, lane]
            )
            w.prestige[i, j, lane] = prestige_next(
                w.prestige[i, j, lane], earned + spoken, p[minds.prestige_fade, lane]
            )
            w.resentment[i, j, lane] = resentment_next(
                w.resentment[i, j, lane],
                w.tariff_rise[i, j, lane],
                w.pressure[i, j, lane],
                p[minds.resentment_fade, lane],
                p[minds.tariff_resentment, lane],
                p[minds.coercion_resentment, lane],
            )
            w.tariff_rise[i, j, lane] = 0.0
        for lane in range(lanes):
            w.kept[i, j, lane] = promises_next(w.kept[i, j, lane], w.fulfilled[i, j, lane], p[minds.forgetting, lane])
            w.broken[i, j, lane] = promises_next(w.broken[i, j, lane], w.failed[i, j, lane], p[minds.forgetting, lane])
            w.trust[i, j, lane] = trust_next(
                w.trust_start[i, j, lane],
                w.kept[i, j, lane],
                w.broken[i, j, lane],
                w.resentment[i, j, lane],
                w.goodwill[i, j, lane],
                w.prestige[i, j, lane],
                p[minds.trust_learning, lane],
                p[minds.broken_weight, lane],
                p[minds.trust_inertia, lane],
                p[minds.resentment_trust, lane],
                p[minds.goodwill_trust, lane],
            )
        for lane in range(lanes):
            bound = commitment_next(w.commitment[i, j, lane], w.promised[i, j, lane], p[minds.commitment_fade, lane])
            w.commitment[i, j, lane] = bound
            economic, secure = w.heat[j, ECONOMIC_RIVALRY, lane], w.heat[j, SECURITY_RIVALRY, lane]
            together = bound + w.dependence[i, j, lane]
            taken = side_taken(
                w.sided[i, j, lane],
                clamp(together, 0.0, 1.0),
                larger(secure, economic),
                w.neutrality[i, lane],
                p[minds.side_threshold, lane],
                p[minds.side_release, lane],
                p[minds.side_switch, lane],
            )
            kept = w.sided[i, j, lane] + w.sided[i, j, lane]  # a side once taken goes before any stronger pull
            w.packaged_with[j, lane] = taken * (together + kept)
            w.sum[lane] = larger(taken * (together + kept), w.sum[lane])
    for j in range(powers):
        for lane in range(lanes):  # one side at most: the one already taken, else the strongest pull
            strongest = w.packaged_with[j, lane]
            w.sided[i, j, lane] = 1.0 if strongest > 0.0 and strongest >= w.sum[lane] else 0.0
    for lane in range(lanes):
        w.unrest[i, lane] = unrest_after_help(
            w.unrest[i, lane], w.packaged[lane], p[security.intervention_relief, lane]
        )


@phase
def feel_power(w, p, t, j):
    """Power j grows; its last summit fades from attention."""
    lanes = w.might.shape[1]
    for lane in range(lanes):
        w.spare[lane] = 0.0
    for i in range(w.gdp.shape[0]):
        for lane in range(lanes):
            w.spare[lane] = larger(w.summit[i, j, lane], w.spare[lane])
    for lane in range(lanes):
        w.format[j, lane] = format_next(w.format[j, lane], w.spare[lane], p[reactions.format_fade, lane])
        w.might[j, lane] *= 1.0 + YEARS_A_QUARTER * w.might_growth[j, lane]
