"""Simulation-based calibration of the shipped model: intervals cover truths that are known, and the naive ones do not.

On a design smaller than that of a calibration that is used, but with as many numbers, targets and steps of procedure.
"""

import dataclasses

import pytest

from sim.analysis.calibration.checks import check_table, ranks_of
from sim.analysis.calibration.likelihood import naive, synthetic
from sim.analysis.calibration.matching import Region, drawn_points
from sim.analysis.calibration.play import past_of, play_points
from sim.batch.worker import Work
from sim.evidence.calibration import load_plan

POINTS, RUNS = 600, 32
TRUTHS, NAIVE_TRUTHS = 400, 100
SHIPPED = load_plan()
PLAN = dataclasses.replace(
    SHIPPED,
    sampler=dataclasses.replace(SHIPPED.sampler, walkers=40),
    checks=dataclasses.replace(SHIPPED.checks, steps=250, truths=TRUTHS),
)
EVERYWHERE = Region(cuts=(), waves=PLAN.waves)


def work():
    return Work("simulated truths", None, None, lambda: None)


@pytest.fixture(scope="module")
def design():
    """Points of the prior and targets of their runs."""
    points, _ = drawn_points(PLAN.names, POINTS, PLAN.seeds.design, 1, EVERYWHERE.holds)
    return points, play_points(past_of(PLAN), points, RUNS, PLAN.seeds.design + 1, work(), None)


def checked(judge, design, truths, plan=PLAN):
    return check_table(PLAN.names, ranks_of(judge, *design, EVERYWHERE.holds, plan, truths, work(), 2), plan)


def test_intervals_of_every_number_cover_simulated_truths_and_ranks_are_flat(design):
    found = checked(synthetic(*design, PLAN.sampler.freedom), design, TRUTHS)
    assert len(found) == len(PLAN.names)
    assert found["cover"].between(0.84, 0.96).all(), found
    assert (found["flat"] > 0.01).all(), found
    assert found["sound"].all(), found
    assert found["cover"].mean() == pytest.approx(0.9, abs=0.03)
    assert found["cover_half"].mean() == pytest.approx(0.5, abs=0.03)


def test_the_naive_likelihood_is_found_out(design):
    shorter = dataclasses.replace(PLAN, checks=dataclasses.replace(PLAN.checks, steps=200))
    found = checked(naive(*design), design, NAIVE_TRUTHS, shorter)
    assert (~found["sound"]).sum() >= 5, found
    assert found["cover"].min() < 0.72
    assert found["cover"].mean() < 0.84
    assert found["flat"].min() < 0.01
