"""Scores by hand, and that they tell a forecaster who knows from one who only says so."""

import math
import sys

import numpy as np
import pytest

from sim.analysis.backtest.rules import (
    FLOOR,
    LEVELS,
    brier_of,
    chances,
    crps_of,
    energy_of,
    interval_of,
    interval_score,
    log_score,
    pit_of,
    scale_of,
    scoringrules,
)
from sim.analysis.observed import ARMS, TRADE_SHARE, TURNOVER
from sim.analysis.scores import crps, normal_quantiles
from sim.io.errors import InputError

VOTE = "vote_x"


@pytest.mark.parametrize(
    ("members", "value", "known"),
    [
        ([2.0], 5.0, 3.0),
        ([0.0, 1.0], 0.5, 0.25),
        ([0.0, 1.0], 2.0, 1.25),
        ([1.0, 3.0, 5.0], 3.0, 4.0 / 3.0 - 8.0 / 9.0),
        ([4.0, 4.0, 4.0], 4.0, 0.0),
    ],
)
def test_crps_by_hand(members, value, known):
    assert crps_of(np.array(members), value) == pytest.approx(known)


def test_whole_numbers_are_scored_as_the_same_numbers_with_a_point():
    assert crps_of(np.array([0, 1, 1, 3]), 2) == pytest.approx(crps_of(np.array([0.0, 1.0, 1.0, 3.0]), 2.0))


def test_two_ways_of_working_out_a_crps_agree():
    chance = np.random.default_rng(4)
    for count in (2, 7, 400):
        members, value = chance.normal(size=count), float(chance.normal())
        assert crps_of(members, value) == pytest.approx(float(crps(members, np.array(value))), abs=1e-12)


def test_the_interval_score_is_the_width_and_what_a_miss_costs():
    assert interval_score(2.0, 3.0, 2.5, 0.9) == pytest.approx(1.0)
    assert interval_score(2.0, 3.0, 1.0, 0.9) == pytest.approx(1.0 + 20.0)
    assert interval_score(2.0, 3.0, 3.5, 0.5) == pytest.approx(1.0 + 2.0)
    rule = scoringrules().interval_score(3.5, 2.0, 3.0, 0.5, backend="numpy")
    assert interval_score(2.0, 3.0, 3.5, 0.5) == pytest.approx(float(rule))


def test_the_middle_of_members():
    assert interval_of(np.arange(101.0), 0.9) == pytest.approx((5.0, 95.0))


def test_the_energy_score_by_hand():
    members = np.array([[0.0, 0.0], [3.0, 4.0]])
    assert energy_of(members, np.array([0.0, 0.0])) == pytest.approx(2.5 - 1.25)
    assert energy_of(np.array([[3.0, 4.0]]), np.zeros(2)) == pytest.approx(5.0)


def test_the_energy_score_of_one_number_is_its_crps():
    members = np.random.default_rng(1).normal(size=50)
    assert energy_of(members[:, None], np.array([0.3])) == pytest.approx(crps_of(members, 0.3))


def test_the_energy_score_sees_how_numbers_go_together():
    chance = np.random.default_rng(2)
    truth = chance.normal(size=(300, 1)) * np.ones((1, 2))
    together = chance.normal(size=(200, 1)) * np.ones((1, 2))
    apart = chance.normal(size=(200, 2))
    assert np.mean([energy_of(together, one) for one in truth]) < np.mean([energy_of(apart, one) for one in truth])


def test_the_logarithmic_score_of_a_normal_fan_is_nearly_the_formula():
    members = np.exp(normal_quantiles(4001))
    logs = scale_of(TURNOVER, members)
    assert log_score(TURNOVER, logs, 0.5) == pytest.approx(0.5 * math.log(2 * math.pi) + 0.125, abs=0.02)
    shares = 1 / (1 + np.exp(-normal_quantiles(4001)))
    assert log_score(TRADE_SHARE, shares, 1 / (1 + math.exp(-0.5))) == pytest.approx(
        0.5 * math.log(2 * math.pi) + 0.125, abs=0.02
    )


def test_no_surprise_costs_more_than_the_floor_and_points_have_no_density():
    members = 0.5 + 0.01 * normal_quantiles(101)
    assert log_score(TRADE_SHARE, members, 0.999) == pytest.approx(-math.log(FLOOR))
    assert math.isnan(log_score(TRADE_SHARE, np.array([0.5]), 0.5))
    assert math.isnan(log_score(TRADE_SHARE, np.full(9, 0.5), 0.5))
    assert math.isnan(log_score(ARMS, members, 0.5))


def test_scores_of_votes_by_hand():
    members = np.array([0.0, 0.5, 0.5, 1.0])
    assert brier_of(members, 0.5) == pytest.approx(0.25**2 + 0.5**2 + 0.25**2)
    # ranked probability: cumulated chances 0.25 and 0.75 against 0 and 1, squared, over 2
    assert crps_of(members, 0.5) == pytest.approx((0.25**2 + 0.25**2) / 2)
    assert crps_of(members, 0.0) == pytest.approx((0.75**2 + 0.25**2) / 2)
    assert chances(members) == pytest.approx(np.array([4 / 15, 7 / 15, 4 / 15]))
    assert log_score(VOTE, members, 1.0) == pytest.approx(-math.log(4 / 15))
    assert log_score(VOTE, np.array([0.5]), 0.0) == pytest.approx(-math.log(FLOOR))


# --- who knows and who only says so ----------------------------------------------------------------------------------


def scores_of(width, values, score):
    return float(np.mean([score(width * normal_quantiles(), float(value)) for value in values]))


@pytest.mark.parametrize(
    "score",
    [crps_of, lambda fan, value: log_score(TURNOVER, fan, value)]
    + [lambda fan, value, level=level: interval_score(*interval_of(fan, level), value, level) for level in LEVELS],
    ids=["crps", "log", "interval 50", "interval 80", "interval 90"],
)
def test_every_score_prefers_the_truth_to_false_and_to_faint_confidence(score):
    values = np.random.default_rng(1).normal(size=600)
    right = scores_of(1.0, values, score)
    assert right < scores_of(0.4, values, score)
    assert right < scores_of(2.5, values, score)


def held(width, values, level):
    low, high = interval_of(width * normal_quantiles(), level)
    return float(np.mean((values >= low) & (values <= high)))


@pytest.mark.parametrize("level", LEVELS)
def test_coverage_is_what_a_calibrated_fan_promises(level):
    values = np.random.default_rng(3).normal(size=4000)
    assert held(1.0, values, level) == pytest.approx(level, abs=0.02)
    assert held(0.5, values, level) < level - 0.1


def test_pit_values_are_even_for_few_members_and_few_answers():
    chance = np.random.default_rng(5)
    few = [pit_of(chance.normal(size=4), chance.normal(), chance.random()) for _ in range(4000)]
    answers = [
        pit_of(chance.choice([0.0, 0.5, 1.0], 50), chance.choice([0.0, 0.5, 1.0]), chance.random()) for _ in range(4000)
    ]
    for found in (few, answers):
        counts = np.histogram(found, bins=5, range=(0, 1))[0] / len(found)
        assert counts == pytest.approx(np.full(5, 0.2), abs=0.03)
    narrow = [pit_of(0.3 * chance.normal(size=40), chance.normal(), chance.random()) for _ in range(2000)]
    assert np.mean((np.array(narrow) < 0.1) | (np.array(narrow) > 0.9)) > 0.4


def test_a_missing_library_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "scoringrules", None)
    with pytest.raises(InputError, match=r"pip install 'multivector\[history\]'"):
        scoringrules()
