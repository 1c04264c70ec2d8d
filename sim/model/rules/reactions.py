"""How a power answers what moved against it: a counter-offer, pressure, or patience."""

from .arithmetic import clamp


def carrot_next(
    carrot: float, provoked: float, style: float, carrot_fade: float, propagation: float, carrot_limit: float
) -> float:
    """How much extra effort does a power put into offers to this state?

    Claim: a rival's gain draws counter-offers, and the effect spreads through the triangle.
    [triangle-shock-propagation, us-format-building-chn-response, us-rivalry-makes-china-more-giving]

    style 0..1: how far the power answers with offers; provoked >= 0. Returns 0..carrot_limit.
    """
    return clamp(carrot * carrot_fade + propagation * style * provoked, 0.0, carrot_limit)


def drills_added(security_provoked: float, ability: float, agenda: float, counter_exercise: float) -> float:
    """How much more security work does a guarantor put on after a rival's military step?

    Claim: Russia answers military moves of others with exercises, arms aid and air-defence shows, and less strongly
    where the mover is China. [rus-counter-exercise, rus-offsets-not-new-agenda, rus-worries-less-about-chn-than-usa]

    security_provoked: rivals' security gains weighted by security rivalry; ability, agenda 0..1.
    """
    return counter_exercise * agenda * ability * security_provoked


def pressure_next(
    pressure: float,
    provoked: float,
    style: float,
    lever: float,
    visited: float,
    pressure_fade: float,
    propagation: float,
    lever_use: float,
    reassurance: float,
) -> float:
    """How hard does a power press this state, 0..1?

    Claim: Russia sways choices through its labour market and transit routes; a visit in time softens the answer.
    [rus-transit-and-labour-levers, kaz-tokayev-russia-after-us-2025, c5-functional-portfolio]

    style 0..1: how far the power answers with pressure; lever 0..1: what it could withhold; visited 0..1: what a visit
    was worth.
    """
    fresh = propagation * lever_use * style * lever * provoked
    return clamp((pressure * pressure_fade + fresh) * (1.0 - reassurance * visited), 0.0, 1.0)


def grievance_of(
    slighted: float,
    rebuffed: float,
    sided: float,
    sided_elsewhere: float,
    rebuff_anger: float,
    side_anger: float,
) -> float:
    """How much does a power hold against a state: gains given to rivals, its own offers refused, a side taken?

    Claim: powers mind what rivals gain, and who turns them down or stands with a rival; a patron presses no follower.
    [triangle-shock-propagation, exclusive-choice-pressure, rus-transit-and-labour-levers,
    conflicting-terms-trust-backlash]

    slighted: how far the state provoked it this quarter; rebuffed: seriousness of what it refused; sided 0 or 1: the
    state stands at its side; sided_elsewhere: rivalry with the side that the state has taken, 0..1.
    """
    return (slighted + rebuff_anger * rebuffed + side_anger * sided_elsewhere) * (1.0 - sided)


def contradiction_of(own: float, other: float, rivalry: float) -> float:
    """How far do promises to two powers contradict each other?

    Claim: clashing commitments are costly and can turn a power's trust against the state.
    [conflicting-terms-trust-backlash, exclusive-choice-pressure]

    own, other: exclusive promises to the two, 0..1; only hostile rivalry counts.
    """
    return own * other * rivalry if rivalry > 0.0 else 0.0


def standing_next(
    standing: float,
    usual: float,
    contradiction: float,
    slighted: float,
    visited: float,
    standing_recovery: float,
    backlash: float,
    slight: float,
    visit_repair: float,
) -> float:
    """How far does a power believe in this state, 0..1?

    Claim: contradictory commitments and slights cost a state the power's trust; a visit restores part of it.
    [conflicting-terms-trust-backlash, compensating-russia-visit-tokyo, c5-three-balancing-practices]

    contradiction: sum of clashing promises; slighted: how far the state's gains elsewhere provoked the power;
    visited 0..1: what a visit was worth.
    """
    hurt = standing - backlash * contradiction - slight * slighted
    lost = usual - hurt
    visit = visit_repair * visited if lost > 0.0 else 0.0  # a visit mends; it takes nothing from a good standing
    return clamp(hurt + clamp(standing_recovery + visit, 0.0, 1.0) * lost, 0.0, 1.0)


def purse_next(purse: float, budget: float, spent: float, income: float, reserve_quarters: float) -> float:
    """What can a power sign next quarter?

    Claim: money that is not used does not pile up for ever. [others-cannot-match-chn-scale, jpn-c5-3tn-yen-5y]

    purse, spent in the unit of the kind; budget: a quarter's worth; income: the power's might over its might at the
    start; at most reserve_quarters budgets are kept.
    """
    return clamp(purse + budget * income - spent, 0.0, reserve_quarters * budget * income)


def format_next(freshness: float, hosted: float, format_fade: float) -> float:
    """How fresh is a power's last summit with the region, 0..1?

    Claim: formats draw copies within a few turns, then fade from attention. [chn-us-format-contest-fiercest,
    two-fm-formats-c5]
    """
    faded = freshness * format_fade
    return hosted if hosted > faded else faded


def counter_plan(provoked: float, zero_sum: float, counter_initiative: float) -> float:
    """How much more building does a power put on because a rival gained?

    Claim: the United States answers every Chinese gain with an infrastructure plan of its own, often with allies.
    [us-infra-counter-initiative-rule, us-counters-any-chn-gain, b3w-launched-2021, pgii-launched-2022]

    provoked: rivals' economic gains weighted by rivalry; zero_sum 0..1.
    """
    return counter_initiative * zero_sum * provoked


def stick_left(style: float, restraint: float, non_confrontation: float) -> float:
    """How far does a power that shuns confrontation still answer with pressure, 0..1?

    Claim: China meets bids for the region without open retaliation and keeps building. [chn-calm-no-head-on-reply,
    chn-c5-format-purpose, chn-wants-ca-stabiliser]

    style: how far it would; restraint: how far it holds back; both 0..1.
    """
    return style * (1.0 - clamp(non_confrontation * restraint, 0.0, 1.0))
