"""The sampler draws from what it is asked for: a move that does not would be found out here."""

import sys

import numpy as np
import pytest
from scipy import stats

from sim.analysis.calibration.sampler import load_emcee, sample
from sim.io.errors import InputError

SIZE = 12
CENTRES = np.linspace(-0.9, 0.9, SIZE)
SPREADS = np.linspace(0.15, 1.5, SIZE)


def within(points):
    return (np.abs(points) <= 1.0).all(axis=1)


def normal(points):
    """Normal in every number by itself, some narrow within the prior, some wide, some at its edge."""
    return -0.5 * (((points - CENTRES) / SPREADS) ** 2).sum(axis=1)


def starts(count=400):
    return np.random.default_rng(3).uniform(-1.0, 1.0, (count, SIZE))


@pytest.fixture(scope="module")
def chain():
    return sample(normal, within, starts(), walkers=48, steps=5000, discarded=1000, seed=11)


def test_means_and_variances_are_those_of_the_normal_cut_off_by_the_prior(chain):
    there = stats.truncnorm((-1.0 - CENTRES) / SPREADS, (1.0 - CENTRES) / SPREADS, CENTRES, SPREADS)
    flat = chain.flat()
    assert np.abs(flat.mean(axis=0) - there.mean()).max() < 0.035
    assert flat.var(axis=0) / there.var() == pytest.approx(np.ones(SIZE), abs=0.1)
    assert (flat.var(axis=0) / there.var()).mean() == pytest.approx(1.0, abs=0.025)
    for level in (0.05, 0.95):
        assert np.abs((flat < there.ppf(level)).mean(axis=0) - level).max() < 0.02


def test_no_draw_lies_outside_the_prior(chain):
    assert within(chain.flat()).all()


def test_it_says_how_much_its_draws_are_worth(chain):
    assert chain.steps.shape == (4000, 48, SIZE)
    assert (chain.effective > 400).all()
    assert (chain.effective < 4000 * 48).all()
    assert 0.1 < chain.accepted < 0.9
    assert chain.flat(10).shape == (400 * 48, SIZE)


def test_what_a_region_cuts_is_not_drawn():
    def half(points):
        return within(points) & (points[:, 0] < 0.2)

    allowed = starts(2000)
    chain = sample(normal, half, allowed[half(allowed)], walkers=48, steps=400, discarded=100, seed=1)
    assert half(chain.flat()).all()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    one, two, other = (
        sample(normal, within, starts(), walkers=30, steps=60, discarded=10, seed=seed) for seed in (5, 5, 6)
    )
    assert one.steps.tobytes() == two.steps.tobytes()
    assert one.steps.tobytes() != other.steps.tobytes()


def test_luck_of_others_does_not_matter():
    np.random.seed(1)  # noqa: NPY002 - emcee takes the global state where it is given none
    one = sample(normal, within, starts(), walkers=30, steps=30, discarded=10, seed=5)
    np.random.seed(2)  # noqa: NPY002
    two = sample(normal, within, starts(), walkers=30, steps=30, discarded=10, seed=5)
    assert one.steps.tobytes() == two.steps.tobytes()


def test_fewer_starts_than_walkers_are_taken_more_than_once():
    chain = sample(normal, within, starts(26), walkers=60, steps=100, discarded=50, seed=5)
    assert np.isfinite(chain.steps).all()


def test_a_missing_sampler_is_told_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "emcee", None)
    with pytest.raises(InputError, match="emcee is not installed") as caught:
        load_emcee()
    assert "pip install 'multivector[history]'" in str(caught.value)
