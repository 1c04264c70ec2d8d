"""The record as arrays, errors of figures, and draws that are addressed."""

import numpy as np
import pytest

from sim.analysis.record import normals, observed_shares, record_of, resamples
from sim.evidence.history import load_history

CODES = (("KAZ", "UZB"), ("CHN", "RUS", "USA"))


@pytest.fixture(scope="module")
def record():
    return record_of(load_history(), *CODES)


def test_every_figure_stands_in_its_place(record):
    rows = {(row.state, row.partner, row.period, row.measure): row.value for row in load_history().rows}
    assert record.trade.shape == (2, 3, 20)
    assert record.trade[0, 1, record.at(2010)] == pytest.approx(rows["KAZ", "RUS", 2010, "trade"] / 1000)
    assert record.turnover[1, -1] == pytest.approx(rows["UZB", "", 2019, "turnover"] / 1000)
    assert record.output[0, 0] == pytest.approx(rows["KAZ", "", 2000, "output"])
    assert record.growth[1, 5] == pytest.approx(rows["UZB", "", 2005, "growth"] / 100)
    assert record.power_growth[0, 9] == pytest.approx(rows["", "CHN", 2009, "growth"] / 100)
    assert record.price[8] == pytest.approx(rows["", "", 2008, "price"])
    assert record.members(("USA", "CHN")) == [2, 0]


def test_what_is_not_known_is_nan(record):
    assert np.isnan(record.shares[1, :, : record.at(2010)]).all()
    assert np.isfinite(record.shares[:, :, record.at(2010) :]).all()


def test_shares_are_parts_of_the_turnover(record):
    assert record.shares[0, 1, -1] == pytest.approx(record.trade[0, 1, -1] / record.turnover[0, -1])
    assert float(np.nansum(record.shares, axis=1).max()) < 1.0


def test_arms_stand_in_windows_of_five_years(record):
    rows = {(row.state, row.partner, row.when, row.measure): row.value for row in load_history().rows}
    assert record.windows == tuple((first, first + 4) for first in range(1995, 2020, 5))
    assert record.arms.shape == (2, 3, 5)
    assert record.arms[0, 1, -1] == rows["KAZ", "RUS", "2015-2019", "arms"]
    assert record.arms_total[0, 2] == rows["KAZ", "", "2005-2009", "arms_total"]
    assert record.arms_shares[0, 1] == pytest.approx([0.983, 0.934, 0.692, 0.585, 0.912], abs=5e-4)


def test_a_window_without_deliveries_has_no_shares(record):
    assert record.arms_total[1, 2] == 0.0
    assert np.isnan(record.arms_shares[1, :, 2]).all()
    assert np.isfinite(record.arms_shares[1, :, 3:]).all()


def test_votes_and_remittances_stand_in_their_places(record):
    rows = {(row.state, row.partner, row.period, row.measure): row.value for row in load_history().rows}
    assert record.agreement[0, 2, record.at(2010)] == rows["KAZ", "USA", 2010, "un_agreement"]
    assert record.distance[1, 1, record.at(2019)] == rows["UZB", "RUS", 2019, "un_distance"]
    assert record.remittances[1, record.at(2010)] == pytest.approx(rows["UZB", "", 2010, "remittances"] / 100)
    assert np.isnan(record.agreement[1, :, record.at(2001)]).all()
    assert np.isnan(record.remittances[1, : record.at(2005)]).all()


def test_who_belonged_where_at_the_end_of_a_year(record):
    pact, union = record.memberships["security-pact"], record.memberships["customs-union"]
    assert pact.shape == (2, 20)
    assert pact[0].all()
    assert pact[1, record.at(2005) : record.at(2013) + 1].tolist() == [0, 1, 1, 1, 1, 1, 1, 0, 0]
    assert union[0, record.at(2009) : record.at(2015) + 1].tolist() == [0, 1, 1, 1, 1, 1, 0]
    assert set(record.memberships) == set(load_history().organisations)


# --- errors of figures -----------------------------------------------------------------------------------------------


def seen(errors, runs=800):
    trade = np.ones((runs, 2, 3, 4)) * np.array([4.0, 2.0, 0.1])[:, None]
    return observed_shares(trade, np.full((runs, 2, 4), 3.9), np.array(errors), 7, CODES)


def test_without_errors_the_record_is_the_truth():
    assert seen([0.0, 0.0, 0.0]) == pytest.approx(np.broadcast_to([[0.4], [0.2], [0.01]], (800, 2, 3, 4)))


def test_an_error_is_as_large_as_it_says_and_favours_nobody():
    shares = seen([0.0, 0.0, 0.3])
    assert np.std(np.log(shares[:, :, 2])) == pytest.approx(0.3, rel=0.03)
    assert shares[:, :, 2].mean() == pytest.approx(0.01, rel=0.02)
    assert np.corrcoef(shares[:, 0, 2, 0], shares[:, 0, 2, 1])[0, 1] == pytest.approx(0.0, abs=0.1)


def test_a_run_is_seen_alike_whatever_runs_and_states_stand_beside_it():
    many, few = normals(3, 5, CODES, 4, 2), normals(3, 2, (("UZB",), ("RUS",)), 3, 2)
    assert np.array_equal(many[:2, 1:, 1:2, :3], few)
    assert not np.array_equal(normals(3, 2, CODES, 2, 2), normals(3, 2, CODES, 2, 3))
    assert not np.array_equal(normals(3, 2, CODES, 2, 2), normals(4, 2, CODES, 2, 2))


def test_draws_are_normal():
    drawn = normals(1, 4000, CODES, 2, 2)
    assert drawn.mean() == pytest.approx(0.0, abs=0.02)
    assert drawn.std() == pytest.approx(1.0, abs=0.02)
    assert np.mean(np.abs(drawn) > 1.959964) == pytest.approx(0.05, abs=0.005)


# --- resampling ------------------------------------------------------------------------------------------------------


def test_resamples_draw_every_place_alike():
    drawn = resamples(10, 2000)
    assert drawn.shape == (2000, 10)
    assert np.bincount(drawn.ravel()) / 2000 == pytest.approx(np.ones(10), abs=0.1)
    assert np.array_equal(drawn, resamples(10, 2000))
    assert not np.array_equal(drawn, resamples(10, 2000, seed=1))


def test_blocks_keep_neighbours_together():
    drawn = resamples(9, 200, block=3)
    assert drawn.shape == (200, 9)
    steps = (drawn[:, 1:] - drawn[:, :-1]) % 9
    assert (np.delete(steps, [2, 5], axis=1) == 1).all()
