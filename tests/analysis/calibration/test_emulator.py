"""The regression finds again what was put in, and condensing keeps what tells the numbers apart."""

import numpy as np
import pytest

from sim.analysis.calibration.emulator import features, fit_condenser, fit_correlations, fit_emulator


@pytest.fixture
def random():
    return np.random.default_rng(4)


def played(random, points=300, runs=60, correlation=0.6):
    """Two quantities with a known quadratic mean, log-quadratic variance and correlation, over three numbers."""
    where = random.uniform(-1.0, 1.0, (points, 3))
    mean = np.stack([1.0 + 2.0 * where[:, 0] - where[:, 1] ** 2, where[:, 0] * where[:, 2]], axis=1)
    log_variance = np.stack([-1.0 + where[:, 0], 0.5 * where[:, 1] + where[:, 2] ** 2], axis=1)
    factor = np.linalg.cholesky([[1.0, correlation], [correlation, 1.0]])
    luck = random.normal(size=(points, runs, 2)) @ factor.T
    return where, mean[:, None] + np.exp(0.5 * log_variance)[:, None] * luck, mean, log_variance


def test_terms_are_one_the_numbers_and_products():
    terms = features(np.array([[2.0, 3.0]]))
    assert terms.tolist() == [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]
    assert features(np.array([[2.0, 3.0]]), products=False).tolist() == [[1.0, 2.0, 3.0, 4.0, 9.0]]


def test_a_quadratic_mean_and_a_log_quadratic_variance_are_found_again(random):
    where, values, mean, log_variance = played(random)
    found = fit_emulator(where, values)
    assert np.abs(found.mean(where) - mean).max() < 0.25
    assert np.abs(found.mean(where) - mean).mean() < 0.04
    assert np.abs(2.0 * np.log(found.spread(where)) - log_variance).mean() < 0.05
    usual, *slopes = fit_correlations(where, values, found)
    assert usual[0, 1] == pytest.approx(0.6, abs=0.02)
    assert np.abs(slopes).max() < 0.05
    assert (found.explained > 0.95).all()


@pytest.mark.parametrize("runs", [8, 16, 64])
def test_few_runs_make_no_spread_too_small(random, runs):
    where, values, _, log_variance = played(random, points=2000, runs=runs)
    error = 2.0 * np.log(fit_emulator(where, values).spread(where)) - log_variance
    assert abs(error.mean()) < 0.03


def test_what_no_quadratic_follows_is_said_to_be_unexplained(random):
    where = random.uniform(-1.0, 1.0, (300, 3))
    wave = np.sign(np.sin(12.0 * where[:, :1]))
    found = fit_emulator(where, wave[:, None] + 0.1 * random.normal(size=(300, 20, 1)))
    assert found.explained[0] < 0.3


def test_a_summary_is_the_best_guess_of_its_number(random):
    where = random.uniform(-1.0, 1.0, (400, 2))
    heard = where @ np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])  # a third target says nothing
    targets = 50.0 + 10.0 * (heard[:, None] + 0.1 * random.normal(size=(400, 20, 3)))
    condense = fit_condenser(where, targets)
    summaries = condense(targets)
    assert summaries.shape == (400, 20, 2)
    assert (condense.explained > 0.9).all()
    assert np.corrcoef(summaries.mean(axis=1)[:, 0], where[:, 0])[0, 1] > 0.99


def test_a_target_that_says_nothing_leaves_a_number_unexplained(random):
    where = random.uniform(-1.0, 1.0, (400, 1))
    condense = fit_condenser(where, random.normal(size=(400, 20, 3)))
    assert condense.explained[0] < 0.02


def test_a_record_far_from_all_runs_weighs_no_more_than_one_at_their_edge(random):
    where = random.uniform(-1.0, 1.0, (400, 1))
    condense = fit_condenser(where, where[:, None] + 0.1 * random.normal(size=(400, 20, 1)))
    assert condense(np.array([1e3])) == pytest.approx(condense(np.array([1e6])))


def test_a_target_that_never_varies_breaks_nothing(random):
    where = random.uniform(-1.0, 1.0, (200, 1))
    targets = np.concatenate([where[:, None] + 0.1 * random.normal(size=(200, 10, 1)), np.ones((200, 10, 1))], axis=2)
    assert np.isfinite(fit_condenser(where, targets)(targets)).all()
    assert np.isfinite(fit_emulator(where, targets).spread(where)).all()
