"""Visits: what the calendar brings and what balancing adds. Votes: how far states agree with powers."""

from .arithmetic import HALF, clamp, exp, larger, root

# Names of what a state can do with its vote; 0 is no vote at all.
YES = 1.0
NO = 2.0
ABSTAINS = 3.0
STAYS_AWAY = 4.0


def provocation_of(gain: float, rivalry: float) -> float:
    """How much does a state's gain with one power provoke another?

    Claim: any shift in one tie draws a reaction from third powers. [triangle-shock-propagation, axes-of-rivalry]

    gain >= 0: what was signed this quarter, weighted by kind; rivalry between the two powers, only its hostile part
    counts.
    """
    return gain * rivalry if rivalry > 0.0 else 0.0


def visit_probability(calendar: float, provoked: float, dependence: float, compensating_visit: float) -> float:
    """How likely does the leader travel to this power this quarter?

    Claim: after a deal with one power leaders visit the rival they depend on; but part of what looks like that is the
    yearly calendar. [kaz-tokayev-russia-after-us-2025, compensating-russia-visit-tokyo,
    kaz-uzb-leaders-st-petersburg-2025-12, c5-three-balancing-practices]

    calendar: scheduled visits a quarter; provoked: how much the state provoked this power this quarter; dependence
    0..1.
    """
    extra = clamp(compensating_visit * provoked * dependence, 0.0, 1.0)
    return 1.0 - (1.0 - calendar) * (1.0 - extra)


def visit_worth(visited: float, visits: float, visit_crowding: float) -> float:
    """What is a visit worth to the power that receives it, 0..1?

    Claim: a leader who calls on everybody in the same season honours nobody; what reassures is being chosen.
    [compensating-russia-visit-tokyo, c5-three-balancing-practices]

    visited 0 or 1; visits: how many powers the leader visits this quarter.
    """
    others = visits - 1.0 if visits > 1.0 else 0.0
    return visited / (1.0 + visit_crowding * others)


def usual_agreement(start: float, dependence: float, dependence_start: float, agreement_pull: float) -> float:
    """How far does a state usually vote as a power does, 0..1?

    Claim: states that come to depend more on a power come somewhat closer to it in votes. [votes-follow-trade-2013]

    start: agreement at the start; dependence, dependence_start: on the power now and at the start; all 0..1.
    """
    return clamp(start + agreement_pull * (dependence - dependence_start), 0.0, 1.0)


def agreement_next(
    agreement: float, usual: float, luck: float, agreement_return: float, agreement_swing: float
) -> float:
    """How far does a state vote as a power does in the next session of the Assembly, 0..1?

    Claim: agreement wanders from year to year, and more where there is more to disagree about, for disagreements are
    counted; it comes back in part. [un-agreement-moves-rus-2000-2019, un-agreement-moves-usa-2000-2019,
    un-agreement-returns-2000-2019]

    usual: from the rule above; luck of mean 0 and spread 1; the numbers are for a year.
    """
    swing = agreement_swing * root(1.0 - agreement) * luck
    return clamp(agreement + agreement_return * (usual - agreement) + swing, 0.0, 1.0)


def agreement_voted(agreement: float, vote: float, ballot: float, vote_mark: float) -> float:
    """What does one more vote on record make of agreement, 0..1?

    Claim: agreement is what votes add up to; abstention counts half. [un-agreement-kaz-rus-2019,
    un-agreement-kaz-usa-2019]

    vote as above; ballot: 1 the power asks for a yes, -1 for a no, 0 it does not care; vote_mark: the part of one vote
    in those of a year. Who stays away leaves no record.
    """
    asked = ballot * ballot
    alike = (vote == YES and ballot > 0.0) or (vote == NO and ballot < 0.0)
    counted = 1.0 if alike else (HALF if vote == ABSTAINS else 0.0)
    present = 0.0 if vote == STAYS_AWAY or vote == 0.0 else 1.0  # noqa: PLR1714
    return agreement + vote_mark * asked * present * (counted - agreement)


def asked_part(agreement: float, ballot: float) -> float:
    """How strongly does a power that asks for a vote draw a state to yes (above 0) or to no?

    Claim: votes and agreement are one thing: who mostly votes with a power votes with it here too.
    [un-agreement-kaz-rus-2019, un-agreement-kaz-usa-2019]

    agreement 0..1, of which a half draws nobody; ballot as above.
    """
    return ballot * (agreement + agreement - 1.0)


def vote_lean(asked: float, askers: float, vote_weight: float) -> float:
    """Which way is a vote drawn? Above 0 towards yes.

    Claim: how a state votes on a quarrel of powers follows how it votes with both sides. [c5-neutral-on-ukraine,
    unga-2022-03-02-abstain]

    asked: from the rule above, summed over the powers that ask; askers: how many they are.
    """
    return vote_weight * asked / larger(askers, 1.0)


def vote_of(lean: float, neutrality: float, luck: float, un_neutrality: float, absent_part: float) -> float:
    """How does a state vote? 1 yes, 2 no, 3 abstains, 4 stays away.

    Claim: on a vote that divides the powers the states abstain or stay away and urge talks. [unga-2022-03-02-no-vote,
    unga-2022-03-02-abstain, c5-neutral-on-ukraine]

    luck uniform in 0..1; neutrality 0..1: neutral by law, which makes staying away likelier.
    """
    yes, no, neither = exp(lean), exp(-lean), exp(un_neutrality)
    drawn = luck * (yes + no + neither)
    away = absent_part + (1.0 - absent_part) * neutrality
    neutral = STAYS_AWAY if yes + no + neither - drawn < away * neither else ABSTAINS
    return YES if drawn < yes else (NO if drawn < yes + no else neutral)


def vote_offence(vote: float, ballot: float, vote_anger: float) -> float:
    """How much does a vote against it provoke a power?

    Claim: votes on a quarrel are read by those who are in it. [c5-neutral-on-ukraine,
    unga-2022-03-02-abstain]

    vote as above; ballot: 1 the power asks for a yes, -1 for a no, 0 it does not care.
    """
    offended = (vote == YES and ballot < 0.0) or (vote == NO and ballot > 0.0)
    return vote_anger if offended else 0.0
