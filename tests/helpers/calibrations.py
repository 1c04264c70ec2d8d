"""A calibration of the shipped model that is over in seconds: good for seeing that everything hangs together."""

from __future__ import annotations

import dataclasses

from sim.evidence.calibration import Plan, load_plan


def tiny_plan(**waves: int) -> Plan:
    """The shipped plan with the fewest points, runs, steps and truths; `waves` changes how many."""
    plan = load_plan()
    few = {"number": 1, "points": 100, "runs": 8} | waves
    return dataclasses.replace(
        plan,
        waves=dataclasses.replace(plan.waves, **few),
        sampler=dataclasses.replace(plan.sampler, walkers=40, steps=80, discarded=40, draws=200),
        checks=dataclasses.replace(plan.checks, truths=12, steps=60),
    )
