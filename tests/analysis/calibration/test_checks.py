"""Coverage and flatness of ranks: what is even passes, what is too sure or leans to one side is found."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from sim.analysis.calibration.checks import check_table, chi_squared_tail, ranks_of
from sim.analysis.paired import holm
from sim.batch.worker import Work
from sim.evidence.calibration import load_plan

PLAN = load_plan()
EVEN = (np.arange(300) + 0.5) / 300


def table(*columns):
    return check_table(tuple(f"n{place}" for place in range(len(columns))), np.stack(columns, axis=1), PLAN)


@pytest.mark.parametrize("freedom", [1, 3, 9, 19])
@pytest.mark.parametrize("value", [0.0, 0.3, 2.0, 8.34, 21.7, 60.0, 400.0])
def test_the_tail_of_chi_squared_is_that_of_scipy(value, freedom):
    assert chi_squared_tail(value, freedom) == pytest.approx(stats.chi2.sf(value, freedom), rel=1e-9, abs=1e-300)


def test_holm_corrects_step_by_step():
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.5, 0.9])).tolist() == [1.0, 1.0]
    assert holm(np.array([])).tolist() == []


def test_even_ranks_are_sound():
    found = table(EVEN, EVEN[::-1]).iloc[0]
    assert found["cover"] == pytest.approx(0.9, abs=0.005)
    assert found["cover_half"] == pytest.approx(0.5, abs=0.005)
    assert found["flat"] == 1.0
    assert found["error"] == pytest.approx(np.sqrt(0.09 / 300))
    assert found["sound"]


def test_ranks_of_a_posterior_too_sure_of_itself_are_not():
    """Draws of half the spread they should have: truths lie at the ends."""
    sure = stats.norm.cdf(2.0 * stats.norm.ppf(EVEN))
    found = table(EVEN, sure)
    assert found["sound"].tolist() == [True, False]
    assert found["cover"].iloc[1] < 0.65
    assert found["flat"].iloc[1] < 1e-6


def test_ranks_of_a_posterior_too_wide_are_not_sound_either():
    found = table(stats.norm.cdf(0.5 * stats.norm.ppf(EVEN)))
    assert found["cover"].iloc[0] > 0.99
    assert not found["sound"].iloc[0]


def test_ranks_that_lean_to_one_side_are_not_flat():
    found = table(0.05 + 0.9 * EVEN**1.5)
    assert PLAN.checks.flat > found["flat"].iloc[0]
    assert not found["sound"].iloc[0]


def test_flat_is_corrected_for_how_many_numbers_there_are():
    lean = EVEN**1.25
    assert table(lean, *[EVEN] * 9)["flat"].iloc[0] == pytest.approx(10 * table(lean)["flat"].iloc[0])


def test_a_rank_at_the_very_end_falls_into_the_last_bin():
    assert np.isfinite(table(np.ones(300))["flat"]).all()


class TestRanks:
    """A judge that knows the truth's distribution exactly gets even ranks; one that halves it does not."""

    NOISE = 0.3
    PLAN = dataclasses.replace(
        PLAN,
        sampler=dataclasses.replace(PLAN.sampler, walkers=12),
        checks=dataclasses.replace(PLAN.checks, steps=120, truths=120),
    )

    def played(self, truths, sure=1.0, workers=1):
        random = np.random.default_rng(8)
        points = random.uniform(-1.0, 1.0, (300, 2))
        targets = points[:, None] + self.NOISE * random.normal(size=(300, 5, 2))
        noise = self.NOISE * sure

        class Judge:
            def of(self, seen):
                return lambda where: -0.5 * (((seen - where) / noise) ** 2).sum(axis=1)

        work = Work("truths", None, None, lambda: None)
        holds = lambda where: (np.abs(where) <= 1.0).all(axis=1)  # noqa: E731
        ranks = ranks_of(Judge(), points, targets, holds, self.PLAN, truths, work, workers)
        assert work.done == truths
        return ranks

    def test_an_honest_judge_is_sound(self):
        found = check_table(("one", "two"), self.played(120), self.PLAN)
        assert found["cover"].to_numpy() == pytest.approx(0.9, abs=0.06)
        assert (found["flat"] > 0.01).all()

    def test_one_too_sure_of_itself_is_found_out(self):
        found = check_table(("one", "two"), self.played(120, sure=0.5), self.PLAN)
        assert not found["sound"].any()
        assert (found["cover"] < 0.75).all()

    def test_the_first_truths_are_the_same_however_many_follow_and_whoever_works(self):
        few, many = self.played(6), self.played(12, workers=2)
        assert few.tobytes() == many[:6].tobytes()
