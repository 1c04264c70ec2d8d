"""States vote; gains provoke third powers; leaders travel to those they provoked and depend on."""

from sim.model.chance import address, uniform
from sim.model.compiling import inlined, phase
from sim.model.parameters import camps, choice, diplomacy
from sim.model.phases.layout import (
    AGREEMENT,
    ECONOMIC_RIVALRY,
    SECURITY_RIVALRY,
    VISIT,
    VOTE,
    domain_of,
)
from sim.model.rules.arithmetic import evenly_spread, larger, pick, shared_luck
from sim.model.rules.camps import accommodated, coordination_of
from sim.model.rules.choice import recent_gain
from sim.model.rules.diplomacy import (
    agreement_next,
    agreement_voted,
    asked_part,
    provocation_of,
    usual_agreement,
    visit_probability,
    visit_worth,
    vote_lean,
    vote_of,
    vote_offence,
)
from sim.model.rules.terms import suitor_weight
from sim.model.schedule import AUTUMN, QUARTERS


@inlined
def cast_vote(w, p, t, i):
    """State i votes where powers ask for it, as it was told where it was; without a ballot it does not."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.drawn_to_yes[lane] = 0.0
        w.balloted[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.drawn_to_yes[lane] += asked_part(w.agreement[i, j, lane], w.ballot[j, lane])
            w.balloted[lane] += w.ballot[j, lane] * w.ballot[j, lane]
    where = address(t, VOTE, w.state_key[i], w.state_key[i], 0)
    for lane in range(lanes):
        own = vote_of(
            vote_lean(w.drawn_to_yes[lane], w.balloted[lane], p[diplomacy.vote_weight, lane]),
            w.neutrality[i, lane],
            uniform(w.luck[lane], where),
            p[diplomacy.un_neutrality, lane],
            p[diplomacy.absent_part, lane],
        )
        vote = pick(w.told_vote[i, lane] > 0.0, w.told_vote[i, lane], own)
        w.vote[i, lane] = pick(w.balloted[lane] > 0.0, vote, 0.0)
        w.told_vote[i, lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.agreement[i, j, lane] = agreement_voted(
                w.agreement[i, j, lane], w.vote[i, lane], w.ballot[j, lane], p[diplomacy.vote_mark, lane]
            )


@inlined
def hold_session(w, p, t, i):
    """In the quarter in which the Assembly meets, how far state i votes as each power does moves."""
    powers, lanes = w.might.shape
    for j in range(powers):
        own = address(t, AGREEMENT, w.state_key[i], w.power_key[j], 0)
        common = address(t, AGREEMENT, w.power_key[j], w.power_key[j], 0)
        for lane in range(lanes):
            luck = shared_luck(
                evenly_spread(uniform(w.luck[lane], own)),
                evenly_spread(uniform(w.luck[lane], common)),
                p[diplomacy.agreement_common, lane],
            )
            usual = usual_agreement(
                w.agreement_start[i, j, lane],
                w.dependence[i, j, lane],
                w.dependence_start[i, j, lane],
                p[diplomacy.agreement_pull, lane],
            )
            w.agreement[i, j, lane] = agreement_next(
                w.agreement[i, j, lane],
                usual,
                luck,
                p[diplomacy.agreement_return, lane],
                p[diplomacy.agreement_swing, lane],
            )


@inlined
def forget_instructions(w, i):
    """Answers given from outside held for this quarter; mostly there are none."""
    powers, kinds, lanes = w.told.shape[1:]
    instructed = 0
    for lane in range(lanes):
        instructed += 1 if w.instructed[i, lane] > 0.0 else 0
    if instructed > 0:
        for j in range(powers):
            for k in range(kinds):
                for lane in range(lanes):
                    w.told[i, j, k, lane] = 0.0
        for lane in range(lanes):
            w.instructed[i, lane] = 0.0


@inlined
def provoke(w, p, i, j):
    """How far the vote of state i and what it signed with the others provoke power j, in each domain."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.provoked[i, j, ECONOMIC_RIVALRY, lane] = 0.0
        w.provoked[i, j, SECURITY_RIVALRY, lane] = vote_offence(
            w.vote[i, lane], w.ballot[j, lane], p[diplomacy.vote_anger, lane]
        )
    for other in range(powers):
        if other != j:
            for lane in range(lanes):  # both domains at once: room is made for a partner in both alike
                hostile = w.rivalry[j, other, SECURITY_RIVALRY, lane]
                w.provoked[i, j, ECONOMIC_RIVALRY, lane] += accommodated(
                    provocation_of(
                        w.gain[i, other, ECONOMIC_RIVALRY, lane], w.rivalry[j, other, ECONOMIC_RIVALRY, lane]
                    ),
                    coordination_of(hostile),
                    p[camps.accommodation, lane],
                )
                w.provoked[i, j, SECURITY_RIVALRY, lane] += accommodated(
                    provocation_of(w.gain[i, other, SECURITY_RIVALRY, lane], hostile),
                    coordination_of(hostile),
                    p[camps.accommodation, lane],
                )


@phase
def diplomacy_state(w, p, t, i):
    """State i votes; what it signed provokes the others; its leader visits those it provoked and depends on."""
    states, kinds, lanes = w.need.shape
    powers = w.might.shape[0]
    for j in range(powers):
        for d in range(w.heat.shape[1]):
            for lane in range(lanes):
                w.gain[i, j, d, lane] = 0.0
        for lane in range(lanes):
            w.rebuffed[i, j, lane] = 0.0
        for k in range(kinds):
            d = domain_of(k)
            for n in range(w.table_first[i, j, k], w.table_last[i, j, k]):
                lane = w.table_lane[i, n]
                weight = p[diplomacy.kind_weight + k, lane] * suitor_weight(w.size[i, j, k, lane], w.scale[i, k, lane])
                w.gain[i, j, d, lane] += weight * w.accepted[i, j, k, lane]
                w.rebuffed[i, j, lane] += weight * (1.0 - w.accepted[i, j, k, lane])
        for lane in range(lanes):
            signed = w.gain[i, j, ECONOMIC_RIVALRY, lane] + w.gain[i, j, SECURITY_RIVALRY, lane]
            w.recent[i, j, lane] = recent_gain(w.recent[i, j, lane], signed, p[choice.gain_memory, lane])
    forget_instructions(w, i)
    if t % QUARTERS == AUTUMN:  # the General Assembly meets in autumn
        hold_session(w, p, t, i)
    cast_vote(w, p, t, i)
    for lane in range(lanes):
        w.travelled[lane] = 0.0
    for j in range(powers):
        provoke(w, p, i, j)
        where = address(t, VISIT, w.state_key[i], w.power_key[j], 0)
        for lane in range(lanes):
            planned = w.calendar[i, j, lane]
            probability = visit_probability(
                planned,
                w.provoked[i, j, ECONOMIC_RIVALRY, lane] + w.provoked[i, j, SECURITY_RIVALRY, lane],
                w.dependence[i, j, lane],
                p[diplomacy.compensating_visit, lane],
            )
            draw = uniform(w.luck[lane], where)
            gone = 1.0 if draw < probability else 0.0
            w.visit[i, j, lane] = larger(w.called_visit[i, j, lane], gone)
            w.compensated[i, j, lane] = pick(draw >= planned, gone, 0.0)
            w.called_visit[i, j, lane] = 0.0
            w.travelled[lane] += w.visit[i, j, lane]
    for j in range(powers):
        for lane in range(lanes):
            w.visit_worth[i, j, lane] = visit_worth(
                w.visit[i, j, lane], w.travelled[lane], p[diplomacy.visit_crowding, lane]
            )
