import functools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.rulebook import over_lanes, rises, stays_between
from sim.model.rules.arithmetic import (
    YEARS_A_QUARTER,
    clamp,
    evenly_spread,
    exp,
    fat_tailed,
    larger,
    log,
    logistic,
    logit,
    pick,
    positive,
    root,
    saturating,
    shared_luck,
)

LARGEST_ERROR = 2.0  # units in the last place
SMALLEST_NORMAL = np.finfo(np.float64).tiny

numbers = st.floats(-1e6, 1e6)


@functools.cache
def loop_over(function):
    return over_lanes(function)


def many(function, values):
    """The function at many places, from machine code: float64 [place]."""
    results = np.empty((1, len(values)))
    loop_over(function)(np.ascontiguousarray(values).reshape(1, 1, -1), results)
    return results[0]


def error_in_last_places(found, true):
    true = np.array(true)
    return np.max(np.abs(found - true) / np.spacing(np.abs(true)))


def test_a_quarter_is_a_quarter_of_a_year():
    assert 4 * YEARS_A_QUARTER == 1.0


@pytest.mark.parametrize("reach", [1e-9, 1e-3, 0.4, 5.0, 40.0, 700.0])
def test_exp_agrees_with_the_c_library(reach):
    grid = np.linspace(-reach, reach, 100_001)
    assert error_in_last_places(many(exp, grid), [math.exp(x) for x in grid]) <= LARGEST_ERROR


def test_exp_agrees_with_the_c_library_where_it_changes_its_power_of_two():
    edges = (np.arange(-1000, 1000) + 0.5) * math.log(2.0)
    grid = np.concatenate([edges * (1.0 + step * 2.0**-52) for step in range(-4, 5)])
    assert error_in_last_places(many(exp, grid), [math.exp(x) for x in grid]) <= LARGEST_ERROR


def test_exp_never_falls_by_more_than_its_error():
    grid = np.linspace(-20.0, 20.0, 200_001)
    found = many(exp, grid)
    assert np.all(np.diff(found) > -2.0 * LARGEST_ERROR * np.spacing(found[1:]))


def test_exp_is_exact_at_nought():
    assert exp(0.0) == exp(-0.0) == 1.0


def test_exp_is_held_where_its_result_is_a_normal_double():
    assert exp(1e6) == exp(math.inf) == exp(700.0)
    assert exp(-1e6) == exp(-math.inf) == exp(-700.0) > SMALLEST_NORMAL


@pytest.mark.parametrize("reach", [0.001, 1.0, 10.0, 300.0])
def test_log_agrees_with_the_c_library(reach):
    grid = 10.0 ** np.linspace(-reach, reach, 100_001)
    assert error_in_last_places(many(log, grid), [math.log(x) for x in grid]) <= LARGEST_ERROR


def test_log_agrees_with_the_c_library_close_to_one():
    near = [1.0 + sign * 2.0**-power * part for sign in (-1, 1) for power in range(1, 53) for part in (0.5, 0.75, 1.0)]
    grid = np.array([x for x in near if x != 1.0])
    assert error_in_last_places(many(log, grid), [math.log(x) for x in grid]) <= LARGEST_ERROR


def test_log_agrees_with_the_c_library_where_it_changes_its_power_of_two():
    edges = math.sqrt(2.0) * 2.0 ** np.arange(-1000, 1000)
    grid = np.concatenate([edges * (1.0 + step * 2.0**-52) for step in range(-4, 5)])
    assert error_in_last_places(many(log, grid), [math.log(x) for x in grid]) <= LARGEST_ERROR


def test_log_is_exact_at_one():
    assert log(1.0) == 0.0


def test_log_reads_what_is_too_small_as_the_smallest_normal_double():
    least = log(SMALLEST_NORMAL)
    assert least == pytest.approx(math.log(SMALLEST_NORMAL), rel=1e-15)
    assert [log(x) for x in (5e-324, 0.0, -0.0, -1.0, -math.inf)] == [least] * 5


@given(st.floats(-690.0, 690.0))
def test_log_undoes_exp(x):
    assert log(exp(x)) == pytest.approx(x, rel=1e-14, abs=1e-15)


@given(numbers, numbers, numbers)
def test_clamp_holds_a_number_inside_its_bounds(x, one, other):
    low, high = sorted((one, other))
    held = clamp(x, low, high)
    assert low <= held <= high
    assert held == x or (held == low and x < low) or (held == high and x > high)


def test_clamp_holds_what_has_no_end():
    assert clamp(math.inf, 0.0, 1.0) == 1.0
    assert clamp(-math.inf, 0.0, 1.0) == 0.0


@given(numbers)
def test_positive_keeps_what_is_above_nought(x):
    assert positive(x) == max(x, 0.0)
    assert positive(x) - positive(-x) == x


def test_logistic_rises_from_nought_to_one():
    rises(logistic, "x")
    stays_between(0.0, 1.0, logistic, x=(-1e4, 1e4))
    assert logistic(0.0) == 0.5
    assert logistic(math.log(3.0)) == pytest.approx(0.75)
    assert logistic(-1e4) < 1e-300
    assert logistic(1e4) == 1.0


@given(st.floats(-600.0, 600.0))
def test_logistic_is_even_about_one_half(x):
    assert logistic(x) + logistic(-x) == pytest.approx(1.0)


def test_logit_rises_with_luck():
    grid = np.concatenate([2.0 ** -np.arange(53.0, 2.0, -0.25), np.linspace(0.25, 0.75, 2001), [1.0 - 2.0**-53]])
    assert np.all(np.diff(many(logit, grid)) > 0.0)
    assert logit(0.5) == 0.0
    assert logit(0.75) == pytest.approx(math.log(3.0))


@given(st.floats(2.0**-53, 1.0 - 2.0**-53))
def test_logistic_undoes_logit(u):
    assert logistic(logit(u)) == pytest.approx(u, rel=1e-12)


@given(st.integers(1, 2**20 - 1))
def test_luck_and_its_opposite_are_equally_far_from_the_middle(step):
    u = step / 2**20
    assert logit(1.0 - u) == pytest.approx(-logit(u), abs=1e-12)


def test_saturating_rises_towards_one_ever_more_slowly():
    assert [saturating(x) for x in (0.0, 1.0, 3.0)] == [0.0, 0.5, 0.75]
    steps = np.diff([saturating(x) for x in np.linspace(0.0, 50.0, 501)])
    assert np.all(steps > 0.0)
    assert np.all(np.diff(steps) < 0.0)
    assert saturating(1e12) < 1.0


@given(numbers, numbers)
def test_pick_takes_one_of_two(yes, no):
    assert pick(True, yes, no) == yes
    assert pick(False, yes, no) == no


@given(numbers, numbers)
def test_larger_takes_the_larger(a, b):
    assert larger(a, b) == larger(b, a) == max(a, b)


def test_evenly_spread_luck_has_a_spread_of_one():
    places = (np.arange(200_000) + 0.5) / 200_000
    drawn = np.array([evenly_spread(u) for u in places[::50]])
    assert drawn.std() == pytest.approx(1.0, abs=0.01)
    assert evenly_spread(0.5) == 0.0
    assert evenly_spread(0.9) == pytest.approx(math.log(9.0) * math.sqrt(3.0) / math.pi)


# Quantiles of Student's t with four degrees of freedom, as printed in tables, over its spread, the root of two.
@pytest.mark.parametrize(("u", "t"), [(0.75, 0.740697), (0.9, 1.533206), (0.975, 2.776445), (0.9995, 8.610302)])
def test_fat_tailed_luck_is_student_t_with_four_degrees_of_freedom(u, t):
    assert fat_tailed(u) == pytest.approx(t / math.sqrt(2.0), abs=1e-6)
    assert fat_tailed(1.0 - u) == pytest.approx(-t / math.sqrt(2.0), abs=1e-6)


def test_fat_tailed_luck_is_finite_at_the_ends_of_what_can_be_drawn_and_rises():
    assert math.isfinite(fat_tailed(2.0**-53))
    assert abs(fat_tailed(0.5)) < 1e-5  # the root is found to 6e-13 of a cubic that is flat here, so luck to 7e-7
    rises(fat_tailed, "u")


def test_shared_luck_keeps_its_spread():
    assert shared_luck(1.0, 1.0, 0.6) == pytest.approx(1.4)
    assert shared_luck(1.0, 0.0, 0.0) == 1.0
    assert shared_luck(1.0, 0.5, 1.0) == 0.5


def test_a_root_is_that_of_the_mathematicians_and_none_below_zero():
    rises(root, "x", x=(0.0, 10.0))
    assert root(2.25) == 1.5
    assert root(-1.0) == 0.0
