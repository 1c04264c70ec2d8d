"""Neighbours: what brings them together, what sets them apart, and what standing together is worth."""

from .arithmetic import clamp


def clash_of(friction: float, luck: float, clash_rate: float) -> float:
    """Do two neighbours clash at their border this quarter? 1 or 0.

    Claim: unsettled borders, enclaves and water set neighbours against each other now and then.
    [c5-trust-deficit-water-borders, ca-2022-unrest-and-border-clashes]

    friction 0..1; luck uniform in 0..1, the same for both.
    """
    return 1.0 if luck < clash_rate * friction else 0.0


def friction_next(
    friction: float, clash: float, thaw: float, friction_fade: float, clash_scar: float, leader_thaw: float
) -> float:
    """How much stands between two neighbours, 0..1?

    Claim: a clash leaves a scar; a reforming leader in a pivotal state improves relations with all neighbours.
    [c5-trust-deficit-water-borders, mirziyoyev-2016-turning-point, uzb-thaw-lifts-regional-ties]

    clash 0 or 1; thaw 0..1: a change of course in either state.
    """
    scarred = friction * (1.0 - friction_fade) + clash_scar * clash * (1.0 - friction)
    return clamp(scarred * (1.0 - leader_thaw * thaw), 0.0, 1.0)


def cohesion_next(
    cohesion: float,
    usual: float,
    danger: float,
    track: float,
    thaw: float,
    rents: float,
    quarrel: float,
    cohesion_reversion: float,
    banding: float,
    track_bond: float,
    leader_thaw: float,
    rivalry_rents: float,
    friction_drag: float,
) -> float:
    """How far do two neighbours act as one towards outsiders, 0..1?

    Claim: shared pressure and danger, and tracks for all of them, bring neighbours together; gains from rival suitors
    and quarrels pull them apart. [c5-nationalism-and-banding, instability-contagion-cooperation,
    afghan-shock-helps-integration, c5-accepted-as-one-unit, uzb-thaw-lifts-regional-ties,
    c5-exploit-rivalry-not-pooling, rivalry-frontline-hurts-cooperation, c5-trust-deficit-water-borders]

    danger: pressure or threat felt by both; track: collective offers; thaw, rents (recent gains of both from rivals
    of each other) and quarrel (friction, or 1 in a clash): all 0..1.
    """
    drawn = clamp(banding * danger + track_bond * track + leader_thaw * thaw, 0.0, 1.0)
    torn = clamp(rivalry_rents * rents + friction_drag * quarrel, 0.0, 1.0)
    settled = cohesion + cohesion_reversion * (usual - cohesion)
    return clamp((settled + drawn * (1.0 - settled)) * (1.0 - torn), 0.0, 1.0)  # one after the other: no overshooting


def joint_relief(threat: float, cohesion: float, joint_security: float) -> float:
    """How threatened does a state still feel when neighbours stand by it, 0..1?

    Claim: neighbours answer danger in one of them with aid and joint exercises. [kaz-military-aid-kgz-tjk,
    instability-contagion-cooperation, tjk-uzb-leaders-on-afghanistan]

    cohesion: mean with its neighbours, 0..1.
    """
    return threat * (1.0 - clamp(joint_security * cohesion, 0.0, 1.0))


def clash_threat(threat: float, clash: float, friction_demand: float) -> float:
    """How threatened does a state feel when a neighbour has clashed with it, 0..1?

    Claim: quarrels among neighbours drive them to outside protection. [ca-fragility-needs-outside-help,
    ca-2022-unrest-and-border-clashes]

    clash 0..1: a clash this quarter, or what is left of an earlier one.
    """
    return 1.0 - (1.0 - threat) * (1.0 - clamp(friction_demand * clash, 0.0, 1.0))


def common_voice(bargaining: float, cohesion: float, collective_bargaining: float) -> float:
    """How well does a state bargain when its neighbours bargain with it, 0..1?

    Claim: accepted as one unit, the states obtain more than each alone. [c5-shared-belief-joint-response,
    c5-own-summits-since-2018, c5-accepted-as-one-unit, uzb-kaz-alliance-declaration-2021-12]

    bargaining: alone, 0..1; cohesion: mean with its neighbours, 0..1.
    """
    return clamp(bargaining + collective_bargaining * cohesion * (1.0 - bargaining), 0.0, 1.0)


def solidarity_price(neighbours_pressed: float, solidarity: float) -> float:
    """What does it cost a state to deal with a power that presses a neighbour it stands with?

    Claim: a shared stance towards outside powers makes their pressure on one the concern of all.
    [c5-shared-belief-joint-response, uzb-kaz-leaders-call-2022-05]

    neighbours_pressed: mean over neighbours of cohesion x pressure by this power, 0..1.
    """
    return solidarity * neighbours_pressed
