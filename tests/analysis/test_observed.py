"""What runs would leave in the record: each measure against a block whose answer is known."""

import dataclasses

import numpy as np
import pytest

from sim.analysis.observed import INFLATION, joined, observe
from sim.engine.block import Block
from sim.evidence.history import load_history
from sim.model.rules.diplomacy import ABSTAINS, NO, STAYS_AWAY, YES
from sim.model.variables import BY_POWER, BY_STATE

STATES, POWERS = ("KAZ", "UZB"), ("CHN", "RUS", "USA")
HISTORY = load_history()
BLIND = dataclasses.replace(HISTORY, classes=())  # figures without errors
FROM = 4 * 2010 - 1  # the last quarter of 2009, then eleven whole years


def block(runs=3, first=0, quarters=45, start=FROM, powers=POWERS, **given):
    shape = (runs, quarters, len(STATES))
    by_power = np.zeros((*shape, len(powers), len(BY_POWER)))
    by_state = np.zeros((*shape, len(BY_STATE)))
    for name, values in given.items():
        if name in BY_POWER:
            by_power[..., BY_POWER.index(name)] = values
        else:
            by_state[..., BY_STATE.index(name)] = values
    return Block(
        first=first,
        states=STATES,
        powers=powers,
        kinds=(),
        quarters=tuple(range(start, start + quarters)),
        by_power=by_power,
        by_state=by_state,
        offers=np.zeros((runs, len(STATES), len(powers), 0, 0), dtype=np.int64),
        answers=np.zeros((runs, 0), dtype=np.int8),
    )


def test_only_whole_years_are_told():
    assert observe(block(), BLIND, 1).years == tuple(range(2010, 2021))
    assert observe(block(start=4 * 2010, quarters=8), BLIND, 1).years == (2010, 2011)
    assert observe(block(start=4 * 2010 + 1, quarters=6), BLIND, 1).years == ()


def test_shares_are_of_the_whole_turnover_and_means_of_a_year():
    quarter = np.arange(45)[None, :, None, None]
    found = observe(block(trade=1.0 + (quarter % 2), trade_rest=1.5), BLIND, 1)
    assert found.trade[0, 0, 0, 0] == pytest.approx(1500.0 * (1 + INFLATION))
    assert found.shares == pytest.approx(np.full((3, 2, 3, 11), 0.25))
    assert found.turnover[..., 0] == pytest.approx(np.full((3, 2), 6000.0 * (1 + INFLATION)))


def test_dollars_are_those_of_the_year():
    found = observe(block(trade=1.0, trade_rest=1.0), BLIND, 1, dollars_of=2010)
    assert found.trade[0, 0, 0] == pytest.approx(1000.0 * (1 + INFLATION) ** np.arange(11))


def test_figures_err_as_the_record_says():
    found = observe(block(runs=600, trade=1.0, trade_rest=100.0), HISTORY, 1)
    width = np.std(np.log(found.trade[..., 0]), axis=(0, 1))
    assert width == pytest.approx([HISTORY.error_of(code) for code in POWERS], rel=0.1)


def test_a_run_is_seen_alike_in_whatever_block_it_comes():
    whole = observe(block(runs=5, trade=1.0, trade_rest=1.0), HISTORY, 1)
    parts = [observe(block(runs=count, first=first, trade=1.0, trade_rest=1.0), HISTORY, 1) for first, count in
             ((2, 3), (0, 2))]  # fmt: skip
    again = joined(parts)
    assert np.array_equal(again.trade, whole.trade)
    assert again.first == 0
    assert not np.array_equal(whole.trade[0], whole.trade[1])


def test_unlike_runs_are_not_put_together():
    with pytest.raises(ValueError, match="same states"):
        joined([observe(block(), BLIND, 1), observe(block(quarters=41), BLIND, 1)])


def test_agreement_is_that_of_the_session_of_the_year():
    quarter = np.arange(45)[None, :, None, None]
    found = observe(block(un_agreement=quarter / 100.0), BLIND, 1)
    assert found.agreement[0, 0, 0] == pytest.approx((4.0 + 4.0 * np.arange(11)) / 100.0)


def test_arms_are_parts_of_what_all_powers_deliver_in_a_window():
    delivered = np.array([1.0, 2.0, 1.0])
    found = observe(block(arms=delivered), BLIND, 1)
    assert found.delivered[0, 0, :, 0] == pytest.approx(4.0 * delivered)
    assert found.arms_shares(2010, 2014)[0, 0] == pytest.approx([0.25, 0.5, 0.25])
    assert found.arms_shares(2010, 2014, 2.0)[0, 0] == pytest.approx([1 / 6, 4 / 6, 1 / 6])
    by_run = found.arms_shares(2015, 2019, np.array([1.0, 2.0, 0.0]))
    assert by_run[:, 1, 1] == pytest.approx([0.5, 4 / 6, 1 / 3])
    assert by_run.sum(axis=2) == pytest.approx(np.ones((3, 2)))


def test_arms_nobody_delivers_and_windows_nobody_plays_are_not_known():
    assert np.isnan(observe(block(), BLIND, 1).arms_shares(2010, 2014)).all()
    assert np.isnan(observe(block(arms=1.0), BLIND, 1).arms_shares(2018, 2022)).all()


def test_votes_are_answers():
    votes = np.zeros((3, 45, 2))
    votes[:, 9, 0] = [YES, ABSTAINS, NO]
    votes[:, 9, 1] = [STAYS_AWAY, STAYS_AWAY, YES]
    found = observe(block(vote=votes), BLIND, 1)
    held = FROM + 9
    assert found.answers(held)[:, 0].tolist() == [1.0, 0.5, 0.0]
    assert np.isnan(found.answers(held)[:2, 1]).all()
    assert np.isnan(found.answers(held + 1)).all()
    assert np.isnan(found.answers(4 * 2050)).all()


def test_another_power_moves_no_figure():
    fewer = observe(block(powers=POWERS[1:], trade=1.0), HISTORY, 1)
    assert np.array_equal(observe(block(trade=1.0), HISTORY, 1).trade[:, :, 1:], fewer.trade)
