"""Estimators on figures that can be worked out by hand, and what the record does not know left out of runs as well."""

import dataclasses
import math

import numpy as np
import pytest

from sim.analysis.calibration.play import past_of
from sim.analysis.calibration.targets import Course, Known, Target, recorded_targets, targets_of
from sim.evidence.calibration import ESTIMATED, load_plan

STATES, POWERS, YEARS = ("AAA", "BBB"), ("XXX", "YYY"), tuple(range(2010, 2020))
SHAPE = (1, len(STATES), len(POWERS), len(YEARS))


def share_of(odds):
    return 1.0 / (1.0 + np.exp(-odds))


def course(odds=None, trade=None, growth=None, agreement=None, arms=None):
    """A course of one run in which nothing happens but what is given."""
    given = np.zeros(SHAPE) if odds is None else odds
    return Course(
        trade=np.ones(given.shape) if trade is None else trade,
        shares=share_of(given),
        growth=np.tile([0.01, 0.02, 0.03], 3)[None, None].repeat(2, axis=1) if growth is None else growth,
        agreement=np.full(given.shape, 0.5) if agreement is None else agreement,
        arms=np.full((*given.shape[:3], 2), 0.5) if arms is None else arms,
    )


def known(recorded, before=None):
    return Known(
        states=STATES,
        powers=POWERS,
        years=YEARS,
        windows=((2010, 2014), (2015, 2019)),
        classes={"near": [0], "far": [1]},
        course=recorded,
        before=recorded if before is None else before,
        partner_growth=np.array([np.linspace(0.0, 0.08, 9), np.linspace(0.05, 0.01, 9) ** 2 * 20]),
        price=np.array([0.1, -0.2, 0.3, 0.0, -0.1, 0.25, -0.3, 0.05, 0.15]),
    )


def value(runs, name, state="AAA", of="", record=None):
    label = Target(name=name, state=state, of=of)
    return targets_of(runs, known(runs if record is None else record), (label,))[:, 0]


def walks(*steps):
    """Odds of AAA with XXX that take these steps one after the other; all others stand still."""
    odds = np.zeros(SHAPE)
    odds[0, 0, 0] = np.concatenate([[0.0], np.cumsum(steps)])
    return odds


def test_drift_is_the_mean_yearly_change_of_the_log_odds():
    runs = course(walks(*[0.2] * 6, *[-0.1] * 3))
    assert value(runs, "drift", of="XXX") == pytest.approx([(1.2 - 0.3) / 9])
    assert value(runs, "drift", of="YYY") == pytest.approx([0.0])


def test_sizes_are_logarithms_of_root_mean_squares_of_a_class():
    runs = course(walks(0.3, -0.3, 0.3, -0.3, 0.3, -0.3, 0.3, -0.3, 0.3))
    assert value(runs, "size-one-year", of="near") == pytest.approx([math.log(0.3)])
    assert value(runs, "size-three-years", of="near") == pytest.approx([math.log(0.3)])
    assert value(runs, "size-one-year", of="far") < -10.0  # nothing moves there


def test_whether_a_change_is_followed_by_its_like():
    assert value(course(walks(*[0.2] * 9)), "lag-one") == pytest.approx([1.0])
    assert value(course(walks(*[0.2, -0.2] * 4, 0.2)), "lag-one") == pytest.approx([-1.0])
    assert value(course(walks(*[0.2, 0.0] * 4, 0.2)), "lag-one") == pytest.approx([0.0])


def test_the_spread_of_growth_is_a_standard_deviation():
    assert value(course(), "size-growth") == pytest.approx([math.log(np.std([0.01, 0.02, 0.03] * 3, ddof=1))])


def test_slopes_are_found_again_where_trade_is_made_of_them():
    growth = np.array([0.03, 0.07, 0.01, 0.05, -0.02, 0.06, 0.02, 0.04, 0.0])
    told = known(course())
    changes = 0.01 + 0.8 * told.partner_growth + 0.5 * growth + 0.3 * told.price
    trade = np.exp(np.concatenate([np.zeros((2, 1)), np.cumsum(changes, axis=1)], axis=1))[None, None].repeat(2, axis=1)
    runs = course(trade=trade, growth=np.stack([growth, growth])[None])
    for name, slope in (("slope-partner", 0.8), ("slope-own", 0.5), ("slope-price", 0.3)):
        assert value(runs, name) == pytest.approx([slope], abs=1e-4)


def test_agreement_has_size_drift_and_memory():
    agreement = np.full(SHAPE, 0.5)
    agreement[0, 0] = 0.5 + 0.02 * np.arange(10)
    runs = course(agreement=agreement)
    assert value(runs, "size-agreement") == pytest.approx([math.log(0.02)])
    assert value(runs, "drift-agreement") == pytest.approx([0.18])
    assert value(runs, "lag-agreement") == pytest.approx([1.0])


def test_arms_have_a_leader_concentration_and_turnover():
    arms = np.full((1, 2, 2, 2), 0.5)
    arms[0, 0] = [[0.9, 0.6], [0.1, 0.4]]
    runs = course(arms=arms)
    assert value(runs, "arms-largest") == pytest.approx([(0.9 + 0.6) / 2])
    assert value(runs, "arms-concentration") == pytest.approx([(0.82 + 0.52) / 2])
    assert value(runs, "arms-turnover") == pytest.approx([0.3])


def test_states_that_move_alike_move_together():
    random = np.random.default_rng(1)
    odds = random.normal(size=SHAPE).cumsum(axis=-1) * 0.1
    odds[:, 1] = odds[:, 0]
    alike = value(course(odds), "together", state="")
    odds[:, 1] = -odds[:, 0]
    opposed = value(course(odds), "together", state="")
    assert alike == pytest.approx([1.0])
    assert opposed < -0.9


def test_what_the_record_does_not_know_is_left_out_of_runs():
    odds = walks(*[0.2] * 8, 5.0)
    gap = course()
    shares = gap.shares.copy()
    shares[0, 0, 0, -1] = np.nan
    record = dataclasses.replace(gap, shares=shares)
    assert value(course(odds), "drift", of="XXX", record=record) == pytest.approx([0.2])
    assert value(course(odds), "size-one-year", of="near", record=record) == pytest.approx([math.log(0.2)])
    assert value(course(odds), "lag-one", record=record) == pytest.approx([1.0])


def test_runs_are_estimated_each_by_itself():
    one, two = course(walks(*[0.2] * 9)), course(walks(*[0.1, -0.1] * 4, 0.1))
    both = Course(
        **{
            field.name: np.concatenate([getattr(one, field.name), getattr(two, field.name)])
            for field in dataclasses.fields(Course)
        }
    )
    labels, _ = recorded_targets(known(one))
    together = targets_of(both, known(one), labels)
    apart = [targets_of(runs, known(one), labels)[0] for runs in (one, two)]
    assert np.array_equal(together, np.stack(apart), equal_nan=True)


def test_variation_is_asked_of_the_whole_record_and_drift_of_the_years_that_are_fitted():
    longer = np.zeros((1, 2, 2, 20))
    longer[0, 0, 0] = np.concatenate([0.5 * np.array([0, 1] * 5), walks(*[0.1] * 9)[0, 0, 0]])
    before = course(longer, growth=np.tile([0.0, 0.1], 10)[None, None, :19].repeat(2, axis=1))
    now = course(walks(*[0.1] * 9))
    labels, values = recorded_targets(known(now, before))
    said = dict(zip(labels, values, strict=True))
    assert said[Target(name="drift", state="AAA", of="XXX")] == pytest.approx(0.1)
    assert said[Target(name="size-one-year", state="AAA", of="near")] > math.log(0.3)
    assert said[Target(name="size-growth", state="AAA")] == pytest.approx(
        math.log(np.std([0.0, 0.1] * 9 + [0.0], ddof=1))
    )


def test_a_target_that_only_earlier_years_know_is_none():
    record = course()
    shares = record.shares.copy()
    shares[0, 0, 0] = np.nan
    labels, values = recorded_targets(known(dataclasses.replace(record, shares=shares), record))
    assert Target(name="size-one-year", state="AAA", of="near") not in labels
    assert Target(name="size-one-year", state="BBB", of="near") in labels
    assert np.isfinite(values).all()


def test_a_run_without_arms_says_nothing_of_them():
    arms = np.full((1, 2, 2, 2), np.nan)
    assert np.isnan(value(course(arms=arms), "arms-largest", record=course())).all()


def test_the_plan_explains_what_is_estimated_and_nothing_else():
    plan = load_plan()
    past = past_of(plan)
    assert set(plan.targets) == set(ESTIMATED) == {label.name for label in past.labels}
    assert [label.state for label in past.labels if label.name == "together"] == [""]
    assert np.isfinite(past.recorded).all()
    assert len(set(past.labels)) == len(past.labels)
    assert {label.words for label in past.labels} >= {"together", "drift KAZ CHN"}


def test_a_shorter_record_knows_fewer_targets_and_none_of_later_years():
    plan = dataclasses.replace(load_plan(), last=2014)
    past = past_of(plan)
    assert "arms-turnover" not in {label.name for label in past.labels}  # there is one window
    assert past.known.years == (2010, 2011, 2012, 2013, 2014)
    assert past.scenario.end == 4 * 2014 + 3
    assert all(event.at <= past.scenario.end for event in past.scenario.events)
