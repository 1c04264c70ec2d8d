"""The estimators, each on data whose answer is known."""

import numpy as np
import pytest

from sim.analysis.movement import (
    changes,
    comovement,
    growth_interval,
    growth_spread,
    interval,
    lag_one,
    over_pairs,
    over_years,
    spread_of,
)

YEARS = 4000


def walk(steps):
    """Shares [I, J, Y] that begin at nought and go by the steps."""
    return np.concatenate([np.zeros((*steps.shape[:-1], 1)), np.cumsum(steps, axis=-1)], axis=-1)


@pytest.fixture
def chance():
    return np.random.default_rng(4)


@pytest.mark.parametrize("years", [1, 3, 5, 10])
def test_the_spread_of_a_random_walk_grows_with_the_root_of_the_years(chance, years):
    shares = walk(chance.normal(0.0, 2.0, (5, 3, YEARS)))
    assert spread_of(shares, years) == pytest.approx(2.0 * np.sqrt(years), rel=0.05)


@pytest.mark.parametrize("years", [1, 3, 10])
def test_the_spread_of_errors_about_a_level_does_not_grow(chance, years):
    shares = chance.normal(0.0, 2.0, (5, 3, YEARS))
    assert spread_of(shares, years) == pytest.approx(2.0 * np.sqrt(2.0), rel=0.05)


def test_a_spread_by_hand():
    shares = np.array([[[0.0, 1.0, 3.0]], [[5.0, 4.0, 4.0]]])  # changes 1, 2, -1, 0
    assert changes(shares, 1).ravel().tolist() == [1.0, 2.0, -1.0, 0.0]
    assert spread_of(shares, 1) == pytest.approx(np.std([1, 2, -1, 0], ddof=1))
    assert spread_of(shares, 2) == pytest.approx(np.std([3, -1], ddof=1))


def test_what_is_not_known_changes_nothing(chance):
    shares = walk(chance.normal(0.0, 1.0, (4, 3, 30)))
    more = np.concatenate([shares, np.full((1, 3, 31), np.nan)])
    more = np.concatenate([np.full((5, 3, 4), np.nan), more], axis=-1)
    for estimate in (lambda x: spread_of(x, 3), lag_one, comovement):
        assert estimate(more) == pytest.approx(estimate(shares), rel=1e-12)


def test_nothing_known_is_nan_without_a_warning():
    empty = np.full((2, 2, 8), np.nan)
    assert np.isnan(spread_of(empty, 1))
    assert np.isnan(lag_one(empty))
    assert np.isnan(comovement(empty))
    assert np.isnan(interval(np.array([np.nan]), 0.9)).all()


@pytest.mark.parametrize(("process", "error", "known"), [(1.0, 0.0, 0.0), (0.0, 1.0, -0.5), (1.0, 1.0, -1.0 / 3.0)])
def test_lag_one_of_a_level_with_errors(chance, process, error, known):
    level = walk(chance.normal(0.0, process, (5, 4, YEARS)))
    shares = level + chance.normal(0.0, error, level.shape)
    assert lag_one(shares) == pytest.approx(known, abs=0.02)


def test_lag_one_of_a_steady_trend_is_one():
    assert lag_one(np.arange(12.0).reshape(1, 1, 12)) == pytest.approx(1.0)


def test_lag_one_does_not_depend_on_how_many_years_there_are(chance):
    steps = chance.normal(0.0, 1.0, (2000, 1, 1, 10))
    assert lag_one(walk(steps)).mean() == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("common", [0.0, 0.5, 1.0])
def test_comovement_is_the_part_that_states_share(chance, common):
    shared = chance.normal(0.0, 1.0, (1, 3, YEARS))
    own = chance.normal(0.0, 1.0, (5, 3, YEARS))
    shares = walk(np.sqrt(common) * shared + np.sqrt(1.0 - common) * own)
    assert comovement(shares) == pytest.approx(common, abs=0.03)


def test_states_that_go_opposite_ways_move_apart(chance):
    one = chance.normal(0.0, 1.0, (1, 2, 50))
    assert comovement(walk(np.concatenate([one, -one]))) == pytest.approx(-1.0)


def test_few_changes_together_do_not_count(chance):
    shares = walk(chance.normal(0.0, 1.0, (2, 1, 5)))
    assert np.isnan(comovement(shares))


def test_every_estimator_takes_runs_at_once(chance):
    runs = walk(chance.normal(0.0, 1.0, (6, 3, 2, 12)))
    for estimate in (lambda x: spread_of(x, 3), lag_one, comovement):
        one_by_one = [float(estimate(run)) for run in runs]
        assert estimate(runs).tolist() == pytest.approx(one_by_one, rel=1e-12)


def test_growth_spread_by_hand():
    assert growth_spread(np.array([[0.01, 0.03, 0.05], [0.0, np.nan, 0.02]])).tolist() == pytest.approx(
        [0.02, np.std([0.0, 0.02], ddof=1)]
    )


def test_the_interval_over_pairs_covers_what_generated_the_record(chance):
    hits = 0
    for _ in range(60):
        sizes = chance.lognormal(0.0, 0.3, (5, 4, 1))
        low, high = over_pairs(walk(sizes * chance.normal(0.0, 1.0, (5, 4, 19))), lambda x: spread_of(x, 1), 0.95)
        hits += low <= np.sqrt(np.exp(2 * 0.3**2)) <= high
    assert hits >= 48  # of 57 expected: twenty pairs tell a tail badly


def test_the_intervals_are_the_same_every_time(chance):
    shares = walk(chance.normal(0.0, 1.0, (3, 2, 19)))
    assert over_pairs(shares, lag_one, 0.9) == over_pairs(shares, lag_one, 0.9)
    assert over_years(shares, 0.9) == over_years(shares, 0.9)
    low, high = over_years(shares, 0.9)
    assert low < float(comovement(shares)) < high


def test_the_interval_of_growth_covers_it(chance):
    low, high = growth_interval(chance.normal(0.05, 0.02, 20), 0.95)
    assert low < 0.02 < high
