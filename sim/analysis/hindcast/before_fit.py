"""A world as it was before its numbers were fitted: ranges that a fit to later years has left know those years."""

import dataclasses

from sim.evidence.calibration import Plan
from sim.evidence.evidence import Evidence
from sim.evidence.numbers import Basis, Number

_MIDDLE = 0.5


def before_the_fit(evidence: Evidence, plan: Plan) -> Evidence:
    """The evidence with the prior of each fitted number in the place of the range that the fit left.

    Runs from an origin before the end of the fit draw from these, or take rows of another fit, which lie within them.
    """
    priors = {prior.name: prior for prior in plan.priors}
    changed: dict[str, Number] = {
        name: dataclasses.replace(
            number,
            low=priors[name].low,
            high=priors[name].high,
            value=priors[name].low + _MIDDLE * (priors[name].high - priors[name].low),
        )
        for name, number in evidence.numbers.items()
        if number.basis is Basis.FITTED and name in priors
    }
    return dataclasses.replace(evidence, numbers={**evidence.numbers, **changed})
