"""Which points are ruled out, and that the first ones are the same however many follow."""

import dataclasses

import numpy as np
import pytest

from sim.analysis.calibration.emulator import fit_emulator
from sim.analysis.calibration.matching import Region, drawn_points, implausible
from sim.evidence.calibration import Waves

WAVES = Waves(number=2, points=100, runs=40, cut=3.0, ranked=1, allowance=0.0)
NAMES = ("one", "two")
EVERYWHERE = Region(cuts=(), waves=WAVES)


@pytest.fixture(scope="module")
def emulator():
    """Two targets that are the two numbers, with a spread of a tenth."""
    random = np.random.default_rng(2)
    where = random.uniform(-1.0, 1.0, (300, 2))
    return fit_emulator(where, where[:, None] + 0.1 * random.normal(size=(300, 100, 2)))


def test_the_prior_is_the_first_region():
    points = np.array([[0.0, 0.0], [1.0, -1.0], [1.001, 0.0], [0.0, -7.0]])
    assert EVERYWHERE.holds(points).tolist() == [True, True, False, False]


def test_points_far_from_what_was_recorded_are_cut(emulator):
    region = EVERYWHERE.with_wave(emulator, np.array([0.5, 0.0]))
    points = np.array([[0.5, 0.0], [0.75, 0.0], [0.85, 0.0], [0.5, 0.4], [2.0, 0.0]])
    assert region.holds(points).tolist() == [True, True, False, False, False]
    assert EVERYWHERE.holds(points[:4]).all()


def test_two_waves_leave_what_both_leave(emulator):
    region = EVERYWHERE.with_wave(emulator, np.array([0.5, 0.0])).with_wave(emulator, np.array([0.9, 0.0]))
    points = np.array([[0.7, 0.0], [0.5, 0.0], [0.9, 0.0]])
    assert region.holds(points).tolist() == [True, False, False]


def test_implausibility_counts_spreads_and_allows_for_the_emulator(emulator):
    recorded = np.array([0.5, 0.0])
    far = implausible(emulator, recorded, np.array([[0.0, 0.0]]), WAVES)
    assert far == pytest.approx([5.0], rel=0.05)
    allowed = dataclasses.replace(WAVES, allowance=3.0)
    assert implausible(emulator, recorded, np.array([[0.0, 0.0]]), allowed) == pytest.approx(far / 2.0)


def test_the_ranked_largest_is_looked_at(emulator):
    recorded, point = np.array([0.5, 0.1]), np.array([[0.0, 0.0]])
    first, second = (implausible(emulator, recorded, point, dataclasses.replace(WAVES, ranked=k))[0] for k in (1, 2))
    assert first == pytest.approx(5.0, rel=0.05)
    assert second == pytest.approx(1.0, rel=0.1)
    more = implausible(emulator, recorded, point, dataclasses.replace(WAVES, ranked=9))[0]
    assert more == second  # there are two


def test_the_first_points_are_the_same_however_many_follow():
    few, _ = drawn_points(NAMES, 20, 7, 1, EVERYWHERE.holds)
    many, left = drawn_points(NAMES, 6000, 7, 1, EVERYWHERE.holds)
    assert np.array_equal(few, many[:20])
    assert left == 1.0
    assert np.abs(many.mean(axis=0)).max() < 0.03
    assert many.std(axis=0) == pytest.approx(2.0 / 12.0**0.5, rel=0.02)


def test_a_number_has_its_points_whatever_others_are_fitted():
    one, _ = drawn_points(("one",), 20, 7, 1, EVERYWHERE.holds)
    both, _ = drawn_points(("two", "one"), 20, 7, 1, EVERYWHERE.holds)
    assert np.array_equal(one[:, 0], both[:, 1])


@pytest.mark.parametrize("other", [(8, 1), (7, 2)])
def test_other_seeds_and_waves_have_other_points(other):
    one, _ = drawn_points(NAMES, 20, 7, 1, EVERYWHERE.holds)
    assert not np.array_equal(one, drawn_points(NAMES, 20, *other, EVERYWHERE.holds)[0])


def test_points_fill_what_is_left_and_its_size_is_told(emulator):
    region = EVERYWHERE.with_wave(emulator, np.array([0.0, 0.0]))
    points, left = drawn_points(NAMES, 200, 7, 2, region.holds)
    assert region.holds(points).all()
    assert len(points) == 200
    assert left == pytest.approx(0.3**2, rel=0.25)


def test_where_nothing_is_left_no_points_come(monkeypatch):
    monkeypatch.setattr("sim.analysis.calibration.matching._MOST_BATCHES", 2)
    points, left = drawn_points(NAMES, 10, 7, 1, lambda points: np.zeros(len(points), dtype=bool))
    assert points.shape == (0, 2)
    assert left == 0.0
