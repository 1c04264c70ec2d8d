"""Scores of fans: by hand, against formulas, and that the opponent is no strawman."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from sim.analysis.scores import best_factor, crps, fan, inside_of, logit, normal_quantiles, pair_spread


def score(members, value):
    return float(crps(np.array(members, dtype=float), np.array(value, dtype=float)))


@pytest.mark.parametrize(
    ("members", "value", "known"),
    [
        ([2.0], 5.0, 3.0),  # one member: the plain distance
        ([0.0, 1.0], 0.5, 0.25),  # 0.5 from the value, half of 0.5 from each other
        ([0.0, 1.0], 2.0, 1.25),  # 1.5 - 0.25
        ([1.0, 3.0, 5.0], 3.0, 4.0 / 3.0 - 8.0 / 9.0),  # pairs apart: 16 over 9, halved
        ([4.0, 4.0, 4.0], 4.0, 0.0),
    ],
)
def test_crps_by_hand(members, value, known):
    assert score(members, value) == pytest.approx(known)


def test_crps_is_the_area_between_steps():
    members, value = np.array([0.3, -1.0, 2.0, 0.9]), 0.5
    grid = np.linspace(-3.0, 4.0, 700_001)
    apart = (members[:, None] <= grid).mean(axis=0) - (grid >= value)
    assert score(members, value) == pytest.approx(float(np.sum(apart**2) * (grid[1] - grid[0])), abs=1e-4)


def test_crps_of_a_normal_fan_is_what_the_formula_says():
    value, normal = 0.7, NormalDist()
    known = value * (2 * normal.cdf(value) - 1) + 2 * normal.pdf(value) - 1 / math.sqrt(math.pi)
    assert score(normal_quantiles(4001), value) == pytest.approx(known, abs=1e-3)


def test_crps_of_many_at_once_and_of_what_is_not_known():
    members, values = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0.5, np.nan])
    found = crps(members, values)
    assert found[0] == pytest.approx(0.25)
    assert np.isnan(found[1])


def test_crps_rewards_the_truth():
    chance = np.random.default_rng(1)
    values = chance.normal(0.0, 1.0, 3000)
    mean = {width: crps(width * normal_quantiles()[:, None], values).mean() for width in (0.5, 1.0, 2.0)}
    assert mean[1.0] < min(mean[0.5], mean[2.0])


def test_inside():
    members = np.repeat(np.arange(101.0)[:, None], 4, axis=1)
    assert inside_of(members, np.array([4.0, 6.0, 96.0, np.nan]), 0.9).tolist()[:3] == [0.0, 1.0, 0.0]


def test_quantiles_are_even_and_ordered():
    found = normal_quantiles(101)
    assert found[50] == pytest.approx(0.0)
    assert found == pytest.approx(-found[::-1])
    assert (np.diff(found) > 0).all()


# --- the opponent ----------------------------------------------------------------------------------------------------


def record(sigma, years=200, pairs=6, seed=2):
    steps = np.random.default_rng(seed).normal(0.0, sigma, (1, pairs, years))
    return 1.0 / (1.0 + np.exp(-(-1.0 + np.cumsum(steps, axis=-1) * 1.0)))


def test_the_fan_stays_where_the_share_is_and_is_as_wide_as_it_walked():
    past = record(0.1, years=60)
    found = fan(past, 4, [list(range(6))])
    middle = np.median(found, axis=0)
    assert middle == pytest.approx(np.repeat(past[..., -1:], 4, axis=-1), rel=1e-6)
    width = np.std(logit(found), axis=0).mean(axis=(0, 1))
    assert width == pytest.approx(0.1 * np.sqrt([1, 2, 3, 4]), rel=0.25)


def test_the_fan_with_a_trend_goes_on():
    odds = np.linspace(-3.0, -1.0, 21)  # a tenth a year
    past = 1.0 / (1.0 + np.exp(-odds))[None, None, :]
    found = np.median(logit(fan(past, 3, [[0]], trend_years=5)), axis=0)[0, 0]
    assert found == pytest.approx(-1.0 + 0.1 * np.arange(1, 4), abs=1e-6)


def test_pairs_are_drawn_towards_their_class():
    odds = np.stack([np.cumsum(np.tile([0.1, -0.1], 10)), np.cumsum(np.tile([0.3, -0.3], 10))])[None]
    calm, wild = pair_spread(odds)[0]
    assert 0.1 < calm < wild < 0.3


def test_the_past_chooses_the_width():
    past = record(0.2, years=300)
    right = np.full((1, 6), 0.2)
    assert best_factor(past, right, 1) == 1.0
    assert best_factor(past, 2.0 * right, 1) == 0.5
    assert best_factor(past[..., :1], right, 1) == 1.0  # nothing to choose by


def test_what_is_not_known_at_the_origin_is_not_foretold():
    past = record(0.1, years=20)
    past[:, 2] = np.nan
    found = fan(past, 2, [list(range(6))])
    assert np.isnan(found[:, :, 2]).all()
    assert np.isfinite(np.delete(found, 2, axis=2)).all()
