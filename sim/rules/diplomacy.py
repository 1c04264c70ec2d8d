"""Visits: what the calendar brings and what balancing adds."""

from .arithmetic import clamp


def provocation_of(gain: float, rivalry: float) -> float:
    """How much does a state's gain with one power provoke another?

    Claim: any shift in one tie draws a reaction from third powers. [triangle-shock-propagation, axes-of-rivalry]

    gain >= 0: what was signed this quarter, weighted by kind; rivalry between the two powers, only its hostile part
    counts.
    """
    return gain * rivalry if rivalry > 0.0 else 0.0


def visit_odds(calendar: float, provoked: float, dependence: float, compensating_visit: float) -> float:
    """How likely does the leader travel to this power this quarter?

    Claim: after a deal with one power leaders visit the rival they depend on; but part of what looks like that is the
    yearly calendar. [kaz-tokayev-russia-after-us-2025, compensating-russia-visit-tokyo,
    kaz-uzb-leaders-st-petersburg-2025-12, c5-three-balancing-practices]

    calendar: scheduled visits a quarter; provoked: how much the state provoked this power this quarter; dependence
    0..1.
    """
    extra = clamp(compensating_visit * provoked * dependence, 0.0, 1.0)
    return 1.0 - (1.0 - calendar) * (1.0 - extra)
