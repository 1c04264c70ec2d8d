"""Powers answer with offers, pressure or patience."""

from sim.model.compiling import inlined, phase
from sim.model.parameters import flows, reactions
from sim.model.phases.layout import ECONOMIC_RIVALRY, INFRASTRUCTURE, SECURITY, SECURITY_RIVALRY, domain_of
from sim.model.rules.arithmetic import larger, positive
from sim.model.rules.flows import imposed_pressure
from sim.model.rules.reactions import (
    carrot_next,
    contradiction_of,
    counter_plan,
    drills_added,
    grievance_of,
    pressure_next,
    purse_next,
    standing_next,
    stick_left,
)


@inlined
def plan_more(w, p, i, j):
    """How many more offers power j will make to state i because of what moved against it there."""
    kinds, lanes = w.vigour.shape[1:]
    for k in range(kinds):
        d = domain_of(k)
        for lane in range(lanes):
            w.carrot[i, j, k, lane] = carrot_next(
                w.carrot[i, j, k, lane],
                w.provoked[i, j, d, lane],
                w.carrot_style[j, lane],
                p[reactions.carrot_fade, lane],
                p[reactions.propagation, lane],
                p[reactions.carrot_limit, lane],
            )
        if k == SECURITY:
            for lane in range(lanes):
                w.carrot[i, j, k, lane] += drills_added(
                    w.provoked[i, j, d, lane],
                    w.ability[j, k, lane] * w.vigour[j, k, lane],
                    w.agenda[j, lane],
                    p[reactions.counter_exercise, lane],
                )
        if k == INFRASTRUCTURE:
            for lane in range(lanes):
                w.carrot[i, j, k, lane] += counter_plan(
                    w.provoked[i, j, d, lane], w.zero_sum[j, lane], p[reactions.counter_initiative, lane]
                )


@inlined
def judge(w, p, i, j):
    """How hard power j presses state i from now on, and what it thinks of it."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.contradiction[lane] = 0.0
    for other in range(powers):
        if other != j:
            for lane in range(lanes):
                w.contradiction[lane] += contradiction_of(
                    w.commitment[i, j, lane],
                    w.commitment[i, other, lane],
                    w.rivalry[j, other, ECONOMIC_RIVALRY, lane],
                )
    for lane in range(lanes):
        grievance = grievance_of(
            w.provoked[i, j, ECONOMIC_RIVALRY, lane] + w.provoked[i, j, SECURITY_RIVALRY, lane],
            w.rebuffed[i, j, lane],
            w.sided[i, j, lane],
            w.sided_elsewhere[i, j, lane],
            p[reactions.rebuff_anger, lane],
            p[reactions.side_anger, lane],
        )
        held = imposed_pressure(w.imposed[i, j, lane], p[flows.closing_pressure, lane])
        pressed = pressure_next(
            w.pressure[i, j, lane],
            grievance,
            stick_left(w.stick_style[j, lane], w.restraint[j, lane], p[reactions.non_confrontation, lane]),
            w.grip[i, j, lane],
            w.visit_worth[i, j, lane],
            p[reactions.pressure_fade, lane],
            p[reactions.propagation, lane],
            p[reactions.lever_use, lane],
            p[reactions.reassurance, lane],
        )
        w.pressure[i, j, lane] = larger(held, pressed)
        w.standing[i, j, lane] = standing_next(
            w.standing[i, j, lane],
            w.standing_start[i, j, lane],
            w.contradiction[lane],
            grievance,
            w.visit_worth[i, j, lane],
            p[reactions.standing_recovery, lane],
            p[reactions.backlash, lane],
            p[reactions.slight, lane],
            p[reactions.visit_repair, lane],
        )


@inlined
def count_purse(w, p, j):
    """What power j has left to sign."""
    states, kinds, lanes = w.need.shape
    for k in range(kinds):
        for lane in range(lanes):
            w.signed_now[lane] = 0.0
        for i in range(states):
            for n in range(w.table_first[i, j, k], w.table_last[i, j, k]):
                lane = w.table_lane[i, n]
                w.signed_now[lane] += w.accepted[i, j, k, lane] * w.size[i, j, k, lane]
        for lane in range(lanes):
            w.purse[j, k, lane] = purse_next(
                w.purse[j, k, lane],
                w.budget[j, k, lane],
                w.signed_now[lane],
                w.vigour[j, k, lane] * w.might[j, lane] / w.might_start[j, lane],
                p[reactions.reserve_quarters, lane],
            )


@inlined
def be_told_of(w, j):
    """How strongly others tell the works of power j as a danger, the same in every state."""
    powers, lanes = w.might.shape
    for lane in range(lanes):
        w.told_against[j, lane] = 0.0
    for other in range(powers):
        if other != j:
            for lane in range(lanes):
                w.told_against[j, lane] += w.narrator[other, lane] * positive(
                    w.rivalry[other, j, ECONOMIC_RIVALRY, lane]
                )


@inlined
def be_seen_to_help(w, j):
    """How many neighbours of each state power j has helped in a crisis; mostly it has helped nobody."""
    states, lanes = w.gdp.shape
    for i in range(states):
        for lane in range(lanes):
            w.helped_nearby[i, j, lane] = 0.0
    for other in range(states):
        helped = 0
        for lane in range(lanes):
            helped += 1 if w.helped[other, j, lane] > 0.0 else 0
        if helped > 0:
            for i in range(states):
                if i != other:
                    for lane in range(lanes):
                        w.helped_nearby[i, j, lane] += w.helped[other, j, lane]


@phase
def react_power(w, p, t, j):
    """Power j answers what moved against it, and counts what it has left to sign."""
    be_told_of(w, j)
    be_seen_to_help(w, j)
    for i in range(w.gdp.shape[0]):
        plan_more(w, p, i, j)
        judge(w, p, i, j)
    count_purse(w, p, j)
