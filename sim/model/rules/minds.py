"""What states remember: who kept its word, who hurt them, what they promised, whether they took a side."""

from .arithmetic import clamp


def promises_next(memory: float, event: float, forgetting: float) -> float:
    """How many kept (or broken) promises does the state remember?

    Claim: credibility is earned over time by results and lost with them. [chn-decade-of-groundwork,
    stable-provider-wins]

    event: what was kept or broken this quarter, over the absorptive scale.
    """
    return memory * (1.0 - forgetting) + event


def trust_next(
    start: float,
    kept: float,
    broken: float,
    resentment: float,
    goodwill: float,
    prestige: float,
    trust_learning: float,
    broken_weight: float,
    trust_inertia: float,
    resentment_trust: float,
    goodwill_trust: float,
) -> float:
    """How far does the state trust the power's word, 0..1?

    Claim: kept promises build trust, broken ones cost more than kept ones earn; unilateral tariffs cost trust beyond
    their trade. [delivery-explains-bri-appeal, usa-contradictions-breed-doubt, tariff-small-but-resented]

    start: trust before anything was kept or broken, worth trust_inertia promises; resentment, goodwill, prestige 0..1.
    """
    good = trust_learning * kept
    bad = trust_learning * broken_weight * broken
    earned = (trust_inertia * start + good) / (trust_inertia + good + bad)
    return clamp(earned - resentment_trust * resentment + goodwill_trust * goodwill + prestige, 0.0, 1.0)


def prestige_next(prestige: float, earned: float, prestige_fade: float) -> float:
    """What standing does a power still enjoy from having come to the rescue, 0..1?

    Claim: the effect of an intervention is real and passes. [intervention-lifts-csto-standing,
    rus-war-drains-influence]
    """
    return clamp(prestige * prestige_fade + earned, 0.0, 1.0)


def resentment_next(
    resentment: float,
    tariff_rise: float,
    pressure: float,
    resentment_fade: float,
    tariff_resentment: float,
    coercion_resentment: float,
) -> float:
    """How much does the state resent the power, 0..1?

    Claim: a tariff with little real effect still angers; threats yield little and are remembered.
    [tariff-small-but-resented, usa-tariff-hits-under-100m, coercion-yields-little]

    tariff_rise: rise of the tariff rate this quarter, fraction (a cut does not please); pressure 0..1.
    """
    shock = tariff_resentment * tariff_rise if tariff_rise > 0.0 else 0.0
    return clamp(resentment * resentment_fade + shock + coercion_resentment * pressure, 0.0, 1.0)


def commitment_next(commitment: float, promised: float, commitment_fade: float) -> float:
    """How much exclusive promise does the state owe the power, 0..1?

    Claim: exclusive clauses bind for a time. [usa-deals-carry-decoupling-terms, conflicting-terms-trust-backlash]

    promised: exclusivity signed this quarter weighted by the size of what was signed.
    """
    faded = commitment * commitment_fade
    return clamp(faded + (1.0 - faded) * promised, 0.0, 1.0)


def side_taken(
    sided: float,
    pull: float,
    heat: float,
    neutrality: float,
    side_threshold: float,
    side_release: float,
    side_switch: float,
) -> float:
    """Has the state taken this power's side? 1 or 0.

    Claim: no side is taken while the contest is open; past a high threshold a state may switch, and then stays; a state
    that is neutral by law takes none. [us-exclusivity-pressure-insufficient, kaz-tokayev-no-sides-2025,
    c5-many-friends-rule]

    pull: exclusive promises and dependence together, 0..1; heat: the power's sharpest rivalry, 0..1; neutrality 0..1. A
    state leaves its side only when the pull falls below side_release of the threshold. side_switch 0 means that sides
    are never taken.
    """
    bar = side_release * side_threshold if sided > 0.0 else side_threshold
    return 1.0 if neutrality < 1.0 and side_switch * pull * heat > bar else 0.0


def learning_speed(trust_learning: float, shock: float, shock_rethink: float) -> float:
    """How fast does a government change its mind after shocks have piled up?

    Claim: stacked shocks prompt a rethink of whom to rely on. [stacked-shocks-prompt-rethink,
    afghan-and-ukraine-raise-threat]

    shock 0..1.
    """
    return trust_learning * (1.0 + shock_rethink * shock)


def security_first(regime_security: float, shock: float, shock_rethink: float) -> float:
    """How much does the government's survival weigh after shocks have piled up, 0..1?

    Claim: shocks move the weights of policy towards safety. [stacked-shocks-prompt-rethink,
    c5-aim-regime-security-and-gain]

    regime_security: in quiet times, 0..1.
    """
    return regime_security + (1.0 - regime_security) * clamp(shock_rethink * shock, 0.0, 1.0)


def after_leader(memory: float, extent: float, leader_break: float) -> float:
    """What is left of what was personal between two leaders once one of them is gone?

    Claim: a change of leadership turned the relations of a state with its neighbours around; what leaders remember of
    each other goes with them, what states hold of each other stays. [mirziyoyev-2016-turning-point]

    memory: promises kept or broken, resentment, exclusive promises; extent: how far the new one breaks with the old.
    """
    return memory * (1.0 - leader_break * extent)


def standing_after_leader(standing: float, usual: float, extent: float, leader_break: float) -> float:
    """How far does a power believe a state whose leader, or whose own, is new, 0..1?

    Claim: with the leader goes what was earned or spoilt in person, and the opinion is the usual one again.
    [mirziyoyev-2016-turning-point]
    """
    return standing + leader_break * extent * (usual - standing)
