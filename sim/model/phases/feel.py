"""States remember and take sides; powers grow and their summits fade."""

from sim.model.compiling import inlined, phase
from sim.model.parameters import identity, minds, reactions, region, security
from sim.model.phases.layout import ECONOMIC_RIVALRY, INFRASTRUCTURE, SECURITY_RIVALRY
from sim.model.rules.arithmetic import YEARS_A_QUARTER, clamp, larger, pick, positive, saturating
from sim.model.rules.identity import culture_next, nationalism_next, norms_next, story_next, told_trust
from sim.model.rules.minds import (
    commitment_next,
    learning_speed,
    prestige_next,
    promises_next,
    resentment_next,
    side_taken,
    trust_next,
)
from sim.model.rules.reactions import format_next
from sim.model.rules.region import cohesion_next, friction_next
from sim.model.rules.security import prestige_earned, unrest_after_help, words_of_support


@inlined
def listen_to_stories(w, p, i):
    """What is told of each power's works, what outside norms still mean, and how far the nation has been built."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.free_ties[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.free_ties[lane] += w.dependence[i, j, lane] * (1.0 - w.governance_style[j, lane])
            w.story[i, j, lane] = story_next(
                w.story[i, j, lane],
                w.share[i, j, INFRASTRUCTURE, lane],
                w.told_against[j, lane],
                w.exchange[j, lane],
                p[identity.story_fade, lane],
                p[identity.narrative, lane],
                p[identity.awareness_gap, lane],
            )
            w.culture[i, j, lane] = culture_next(
                w.culture[i, j, lane],
                w.nationalism[i, lane],
                w.strain[j, lane],
                p[identity.de_russification, lane],
            )
    for lane in range(lanes):
        w.norms[i, lane] = norms_next(
            w.norms[i, lane],
            w.norms_start[i, lane],
            clamp(w.free_ties[lane], 0.0, 1.0),
            p[identity.norm_return, lane],
            p[identity.norm_diffusion, lane],
        )
        w.nationalism[i, lane] = nationalism_next(
            w.nationalism[i, lane],
            w.pressed[i, lane],
            p[identity.nation_building, lane],
            p[identity.sovereignty_rally, lane],
        )


@inlined
def stand_together(w, p, i):
    """What danger, offers to all, quarrels and rival suitors make of state i and its neighbours."""
    states, powers, lanes = w.trust.shape
    for lane in range(lanes):
        w.common_track[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.common_track[lane] = larger(w.collective[j, lane] * w.format[j, lane], w.common_track[lane])
    for other in range(states):
        if other == i:
            continue
        for lane in range(lanes):
            both_pressed = pick(w.pressed[i, lane] < w.pressed[other, lane], w.pressed[i, lane], w.pressed[other, lane])
            either = larger(w.threat[i, lane], w.threat[other, lane])
            courted = pick(w.gains[i, lane] < w.gains[other, lane], w.gains[i, lane], w.gains[other, lane])
            thaw = larger(w.thaw[i, lane], w.thaw[other, lane])
            w.cohesion[i, other, lane] = cohesion_next(
                w.cohesion[i, other, lane],
                w.cohesion_start[i, other, lane],
                larger(both_pressed, either),
                w.common_track[lane],
                thaw,
                saturating(courted),
                larger(w.friction[i, other, lane], w.clashed[i, other, lane]),
                p[region.cohesion_reversion, lane],
                p[region.banding, lane],
                p[region.track_bond, lane],
                p[region.leader_thaw, lane],
                p[region.rivalry_rents, lane],
                p[region.friction_drag, lane],
            )
            w.friction[i, other, lane] = friction_next(
                w.friction[i, other, lane],
                w.clashed[i, other, lane],
                thaw,
                p[region.friction_fade, lane],
                p[region.clash_scar, lane],
                p[region.leader_thaw, lane],
            )


@inlined
def remember_deeds(w, p, i, j):
    """Help in a crisis, words of support, tariffs and pressure of power j stay in the memory of state i."""
    for lane in range(w.might.shape[1]):
        w.help[lane] += w.helped[i, j, lane]
        earned = prestige_earned(
            w.helped[i, j, lane],
            w.helped_nearby[i, j, lane],
            p[security.intervention_lift, lane],
            p[security.neighbour_part, lane],
        )
        spoken = words_of_support(w.unrest[i, lane], w.governance_style[j, lane], p[security.incumbent_support, lane])
        w.prestige[i, j, lane] = prestige_next(w.prestige[i, j, lane], earned + spoken, p[minds.prestige_fade, lane])
        w.resentment[i, j, lane] = resentment_next(
            w.resentment[i, j, lane],
            w.tariff_rise[i, j, lane],
            w.pressure[i, j, lane],
            p[minds.resentment_fade, lane],
            p[minds.tariff_resentment, lane],
            p[minds.coercion_resentment, lane],
        )
        w.tariff_rise[i, j, lane] = 0.0


@inlined
def learn_trust(w, p, i, j):
    """Whether power j keeps its word, as state i has learned and has been told."""
    lanes = w.might.shape[1]
    for lane in range(lanes):
        w.kept[i, j, lane] = promises_next(w.kept[i, j, lane], w.fulfilled[i, j, lane], p[minds.forgetting, lane])
        w.broken[i, j, lane] = promises_next(w.broken[i, j, lane], w.failed[i, j, lane], p[minds.forgetting, lane])
        earned = trust_next(
            w.trust_start[i, j, lane],
            w.kept[i, j, lane],
            w.broken[i, j, lane],
            w.resentment[i, j, lane],
            w.goodwill[i, j, lane],
            w.prestige[i, j, lane],
            learning_speed(p[minds.trust_learning, lane], w.shock[i, lane], p[minds.shock_rethink, lane]),
            p[minds.broken_weight, lane],
            p[minds.trust_inertia, lane],
            p[minds.resentment_trust, lane],
            p[minds.goodwill_trust, lane],
        )
        w.trust[i, j, lane] = told_trust(
            earned,
            w.story[i, j, lane],
            w.governance_style[j, lane],
            w.norms[i, lane],
            w.norms_start[i, lane],
            p[identity.story_trust, lane],
            p[identity.norm_trust, lane],
        )


@inlined
def feel_bound(w, p, i, j):
    """How far state i has bound itself to power j, and how strongly that pulls it to its side."""
    lanes = w.might.shape[1]
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
        w.side_pull[j, lane] = taken * (together + kept)
        w.strongest_pull[lane] = larger(taken * (together + kept), w.strongest_pull[lane])


@inlined
def take_sides(w, i):
    """State i stands at one side at most: the one already taken, else that of the strongest pull."""
    powers, lanes = w.might.shape
    for j in range(powers):
        for lane in range(lanes):
            strongest = w.side_pull[j, lane]
            w.sided[i, j, lane] = 1.0 if strongest > 0.0 and strongest >= w.strongest_pull[lane] else 0.0


@phase
def feel_state(w, p, t, i):
    """State i remembers who kept its word and who hurt it; sides are taken or left; unrest yields to help."""
    powers, lanes = w.might.shape
    listen_to_stories(w, p, i)
    stand_together(w, p, i)
    for lane in range(lanes):
        w.help[lane] = 0.0
        w.strongest_pull[lane] = 0.0
    for j in range(powers):
        remember_deeds(w, p, i, j)
        learn_trust(w, p, i, j)
        feel_bound(w, p, i, j)
    take_sides(w, i)
    for lane in range(lanes):
        w.unrest[i, lane] = unrest_after_help(w.unrest[i, lane], w.help[lane], p[security.intervention_relief, lane])


@phase
def feel_power(w, p, t, j):
    """Power j grows; its last summit fades from attention, and it sees who rivals both it and a partner."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.just_hosted[lane] = 0.0
    for i in range(w.gdp.shape[0]):
        for lane in range(lanes):
            w.just_hosted[lane] = larger(w.summit[i, j, lane], w.just_hosted[lane])
    for lane in range(lanes):
        w.format[j, lane] = format_next(w.format[j, lane], w.just_hosted[lane], p[reactions.format_fade, lane])
        w.might[j, lane] *= 1.0 + YEARS_A_QUARTER * w.might_growth[j, lane]
        w.ballot[j, lane] = 0.0
    for other in range(powers):
        for lane in range(lanes):
            w.common_rival[j, other, lane] = 0.0
        for third in range(powers):
            if third != j and third != other:  # noqa: PLR1714
                for lane in range(lanes):
                    both = positive(w.rivalry[j, third, SECURITY_RIVALRY, lane]) * positive(
                        w.rivalry[other, third, SECURITY_RIVALRY, lane]
                    )
                    w.common_rival[j, other, lane] = larger(both, w.common_rival[j, other, lane])
