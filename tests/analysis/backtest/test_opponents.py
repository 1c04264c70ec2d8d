"""Opponents know the record to the origin and nothing later, and each does what it says."""

import numpy as np
import pytest

from sim.analysis.backtest.against import Came
from sim.analysis.backtest.gravity import drifts_of, fit_gravity, huber
from sim.analysis.backtest.opponents import (
    ABSTAINS,
    EVEN,
    GRAVITY,
    OPPONENTS,
    PERSISTENCE,
    POOLED,
    TREND,
    WALK,
    Opponents,
    column_of,
    main_of,
)
from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, TURNOVER
from sim.analysis.record import record_of
from sim.analysis.scores import fan
from sim.evidence.evidence import load_evidence
from sim.evidence.history import load_history

HISTORY, EVIDENCE = load_history(), load_evidence()
RECORD = record_of(HISTORY, [one.code for one in EVIDENCE.states], [one.code for one in EVIDENCE.powers])
ORIGIN = 2015


@pytest.fixture(scope="module")
def opponents():
    return Opponents(history=HISTORY, record=RECORD.until(ORIGIN), horizons=4)


def came(measure, state="KAZ", partner="CHN", first=2017, last=0):
    period = f"{first}-{last}" if last else str(first)
    about = {"state": state, "partner": partner, "period": period, "measure": measure}
    return Came(**about, first=first, last=last or first, quarter=-1, value=0.2, line=2)


def test_the_main_one_is_the_fan_that_origins_are_judged_by(opponents):
    i, j = RECORD.states.index("KAZ"), RECORD.powers.index("CHN")
    classes = [RECORD.members(one.powers) for one in HISTORY.classes]
    past = RECORD.shares[..., : RECORD.at(ORIGIN) + 1]
    assert opponents.fans(came(TRADE_SHARE))[WALK] == pytest.approx(fan(past, 4, classes)[:, i, j, 1])
    assert opponents.fans(came(TRADE_SHARE))[PERSISTENCE] == pytest.approx([past[i, j, -1]])


def test_nothing_after_the_origin_is_known(opponents):
    later = {name: getattr(RECORD, name).copy() for name in ("trade", "turnover", "output", "agreement")}
    for values in later.values():
        values[..., RECORD.at(ORIGIN) + 1 :] *= 0.5
    import dataclasses

    other = Opponents(history=HISTORY, record=dataclasses.replace(RECORD, **later).until(ORIGIN), horizons=4)
    for measure in (TRADE_SHARE, TURNOVER, AGREEMENT):
        mine, theirs = opponents.fans(came(measure)), other.fans(came(measure))
        assert mine.keys() == theirs.keys()
        assert all(np.array_equal(mine[name], theirs[name]) for name in mine)


@pytest.mark.parametrize(
    ("measure", "names"),
    [
        (TRADE_SHARE, {WALK, PERSISTENCE, TREND, GRAVITY}),
        (TURNOVER, {WALK, PERSISTENCE, TREND, GRAVITY}),
        (AGREEMENT, {WALK, PERSISTENCE, TREND}),
        ("vote_x", {ABSTAINS, EVEN}),
    ],
)
def test_who_speaks_of_what(opponents, measure, names):
    found = opponents.fans(came(measure))
    assert set(found) == names
    assert main_of(measure) in names
    assert all(np.isfinite(members).all() for members in found.values())


def test_turnover_of_a_state_has_fans_of_its_own(opponents):
    whole = opponents.fans(came(TURNOVER, partner=""))
    now = 1000.0 * RECORD.turnover[RECORD.states.index("KAZ"), RECORD.at(ORIGIN)]
    assert whole[PERSISTENCE] == pytest.approx([now])
    assert np.median(whole[WALK]) == pytest.approx(now)


def test_the_walk_widens_and_the_trend_goes_on(opponents):
    near, far = (opponents.fans(came(TRADE_SHARE, first=year)) for year in (2016, 2019))
    assert np.ptp(far[WALK]) > np.ptp(near[WALK])
    moved = [np.median(one[TREND]) - near[PERSISTENCE][0] for one in (near, far)]
    assert abs(moved[1]) > abs(moved[0])


def test_agreement_stays_within_what_can_be(opponents):
    found = opponents.fans(came(AGREEMENT))[WALK]
    assert (found > 0.0).all()
    assert (found < 1.0).all()


def test_arms_are_the_last_window_with_the_changes_there_have_been():
    opponents = Opponents(history=HISTORY, record=RECORD.until(2014), horizons=5)
    russia = came(ARMS, partner="RUS", first=2015, last=2019)
    found = opponents.fans(russia)
    assert set(found) == {WALK, PERSISTENCE, POOLED}
    place = RECORD.windows.index((2010, 2014))
    arms = np.nan_to_num(RECORD.arms[RECORD.states.index("KAZ"), :, place])
    assert found[PERSISTENCE] == pytest.approx([arms[RECORD.powers.index("RUS")] / arms.sum()])
    assert found[WALK].min() >= 0.0
    assert found[WALK].max() <= 1.0
    assert len(found[POOLED]) > len(RECORD.states)
    assert set(opponents.fans(came(ARMS, partner="RUS", first=2016, last=2020))) == {WALK, PERSISTENCE, POOLED}
    assert set(opponents.fans(came(ARMS, partner="RUS", first=2020, last=2024))) == {POOLED}


def test_whom_the_record_does_not_know_nobody_speaks_of(opponents):
    assert opponents.fans(came(TRADE_SHARE, state="GEO")) == {}
    assert opponents.fans(came(TRADE_SHARE, partner="ISR")) == {}
    early = Opponents(history=HISTORY, record=RECORD.until(2009), horizons=4)
    assert np.isnan(RECORD.shares[RECORD.states.index("UZB"), 0, RECORD.at(2009)])
    assert early.fans(came(TRADE_SHARE, state="UZB", first=2010)) == {}


def test_columns_of_opponents_are_words():
    assert [column_of(name) for name in OPPONENTS][:4] == ["random_walk_fan", "persistence", "trend", "gravity_drift"]


# --- gravity ---------------------------------------------------------------------------------------------------------


def test_far_points_count_less():
    x = np.linspace(0.0, 1.0, 60)
    design = np.stack([np.ones(60), x], axis=1)
    values = 1.0 + 2.0 * x
    values[::15] += 50.0
    assert huber(design, values) == pytest.approx([1.0, 2.0], abs=0.05)


def test_elasticities_of_the_record_are_sane():
    found = fit_gravity(RECORD, 2019)
    assert 0.5 < found.own < 1.5
    assert found.partner > 0.0
    assert found.count > 300


def test_shares_of_whoever_grows_faster_rise():
    found = drifts_of(RECORD.until(ORIGIN), ORIGIN, 3)
    china, japan = RECORD.powers.index("CHN"), RECORD.powers.index("JPN")
    assert (found.odds[:, china] > found.odds[:, japan]).all()
    assert found.trade.shape == (*RECORD.trade.shape[:2], 3)
    assert found.turnover.shape == (len(RECORD.states), 1, 3)
    assert (found.odds[:, china, 2] > found.odds[:, china, 0]).all()
