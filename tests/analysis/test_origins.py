"""Runs that start in the past: what they are told, and how well they do."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from sim.analysis.origins import EVERY, KINDS, roll_origins
from sim.analysis.record import record_of
from sim.analysis.starting import HORIZON, TRAILING, level_of, start_of, swing_of
from sim.cli import main
from sim.evidence.evidence import load_evidence
from sim.evidence.history import load_history
from sim.io.errors import InputError

HISTORY, EVIDENCE = load_history(), load_evidence()
RECORD = record_of(HISTORY, [one.code for one in EVIDENCE.states], [one.code for one in EVIDENCE.powers])
RUNS = 192
LEAST_SKILL = 0.04
LEAST_RIGHT = 0.6  # of the drifts; the part that is right swings by two pairs of 35 with the seed


@pytest.fixture(scope="module")
def found():
    return roll_origins("baseline", runs=RUNS)


def start(origin, told=False, runs=4, record=RECORD):
    return start_of(record, HISTORY, EVIDENCE, origin, runs, 1, told=told)


# --- what the world is held to ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [EVERY, *HISTORY.groups])
def test_it_beats_persistence_with_a_random_walk_fan(found, group):
    assert found.skill_of("unconditional", group) > LEAST_SKILL


def test_it_beats_a_trend_by_far(found):
    assert (found.skill["skill_trend"] > 0.0).all()


def test_most_drifts_have_the_right_sign(found):
    assert all(found.right(kind) >= LEAST_RIGHT for kind in KINDS)
    assert len(found.drift) == len(KINDS) * RECORD.shares[..., 0].size


def test_fans_hold_what_they_say_they_hold(found):
    whole = found.skill[(found.skill["horizon"] == 0) & (found.skill["of"] == EVERY)]
    assert whole["cover"].between(0.85, 0.98).all()
    assert whole["cover_fan"].between(0.85, 0.98).all()


def test_every_known_year_is_scored_once(found):
    known = sum(int(np.isfinite(RECORD.shares[..., RECORD.at(origin)]).sum()) * HORIZON for origin in found.origins)
    whole = found.skill[(found.skill["horizon"] == 0) & (found.skill["of"] == EVERY)]
    assert set(whole["count"]) == {known}
    parts = found.skill[found.skill["kind"] == "unconditional"].set_index(["of", "horizon"])["count"]
    assert sum(parts[EVERY, h] for h in range(1, HORIZON + 1)) == known
    assert sum(parts[group, 0] for group in HISTORY.groups) == known


# --- what a run is told ----------------------------------------------------------------------------------------------


def test_nothing_of_later_years_is_told():
    later = np.arange(len(RECORD.years)) > RECORD.at(2012)
    blind = {
        name: np.where(later, np.nan, getattr(RECORD, name))
        for name in ("trade", "turnover", "output", "growth", "power_growth", "price")
    }
    as_known = dataclasses.replace(RECORD, **blind)
    told, knew = start(2012), start(2012, record=as_known)
    assert told.keys() == knew.keys()
    assert all(np.array_equal(told[name]["value"], knew[name]["value"]) for name in told)
    assert start(2012, told=True)["powers.CHN.growth"] != told["powers.CHN.growth"]


def test_growth_is_that_of_the_years_before_or_after():
    now = RECORD.at(2012)
    place = RECORD.powers.index("CHN")
    before = RECORD.power_growth[place, now - TRAILING + 1 : now + 1].mean()
    after = RECORD.power_growth[place, now + 1 : now + 1 + HORIZON].mean()
    assert start(2012)["powers.CHN.growth"]["value"] == pytest.approx(before)
    assert start(2012, told=True)["powers.CHN.growth"]["value"] == pytest.approx(after)


def test_trade_and_the_rest_are_those_of_the_record():
    given, now = start(2014, runs=400), RECORD.at(2014)
    i, j = RECORD.states.index("KAZ"), RECORD.powers.index("CHN")
    trade = given["ties.KAZ.CHN.trade"]["value"]
    level, _ = level_of(RECORD, HISTORY, 2014)
    assert trade.mean() == pytest.approx(level[i, j] * RECORD.turnover[i, now], rel=0.01)
    assert level[i, j] == pytest.approx(RECORD.shares[i, j, now], rel=0.05)  # figures of large partners hardly err
    rest = RECORD.turnover[i, now] - RECORD.trade[i, :, now].sum()
    assert given["states.KAZ.other.deal"]["value"] == pytest.approx(rest)
    assert given["states.KAZ.gdp"]["value"] == pytest.approx(RECORD.output[i, now])


def test_what_is_not_known_is_left_as_the_world_has_it():
    given = start(2009)
    assert not [name for name in given if name.startswith("ties.UZB") and name.endswith((".trade", ".swing"))]
    assert "states.UZB.other.deal" not in given
    assert "states.UZB.gdp" not in given
    assert "ties.KAZ.CHN.trade" in given


def made_up(level, error, years=400, seed=3):
    """A record of one class whose share is a level that walks, seen with errors."""
    chance = np.random.default_rng(seed)
    truth = -3.0 + np.cumsum(chance.normal(0.0, level, (5, 7, years)), axis=-1)
    seen = np.exp(truth - truth.max() - 2.0 + chance.normal(0.0, error, truth.shape))
    known = {"turnover": np.ones((5, years)), "output": np.ones((5, years)), "growth": np.zeros((5, years))}
    record = dataclasses.replace(
        RECORD, years=tuple(range(years)), trade=seen, price=np.ones(years), power_growth=np.zeros((7, years)), **known
    )
    kind = dataclasses.replace(HISTORY.classes[0], powers=record.powers, error=error)
    return record, dataclasses.replace(HISTORY, classes=(kind,)), np.exp(truth - truth.max() - 2.0)


def test_where_figures_err_the_level_is_nearer_the_truth_than_the_last_figure():
    record, history, truth = made_up(0.05, 0.3)
    level, left_open = level_of(record, history, record.years[-1])
    last, behind = (np.log(x / truth[..., -1]) for x in (record.shares[..., -1], level))
    assert np.std(behind) < 0.6 * np.std(last)
    assert left_open == pytest.approx(np.full(7, np.std(behind)), rel=0.4)


def test_without_errors_the_level_is_the_last_figure():
    record, history, _ = made_up(0.1, 0.0)
    level, left_open = level_of(record, history, record.years[-1])
    assert level == pytest.approx(record.shares[..., -1])
    assert left_open.tolist() == [0.0] * 7


def test_the_spread_at_an_origin_is_that_of_the_walk_and_not_of_the_errors():
    record, history, _ = made_up(0.1, 0.1, years=300)
    factor = np.sqrt(2.5 / (2.5 - 5 / 16))
    assert np.nanmean(swing_of(record, history, record.years[-1])) == pytest.approx(0.1 * factor, rel=0.15)


# --- asking ----------------------------------------------------------------------------------------------------------


def test_it_is_written_and_printed(tmp_path, capsys):
    assert main.main(["origins", "--runs", "2", "-o", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "six to eight independent observations" in " ".join(printed.split())
    assert all(kind in printed for kind in KINDS)
    (folder,) = tmp_path.iterdir()
    names = {path.name for path in folder.iterdir()}
    files = {"skill.csv", "skill.parquet", "drift.csv", "drift.parquet", "origins.json", "manifest.json"}
    assert names == files | {"figures"}
    assert "not a forecast" in (folder / "figures" / "origins.svg").read_text(encoding="utf-8")
    told = json.loads((folder / "origins.json").read_text(encoding="utf-8"))
    assert len(told["drift"]) == len(pd.read_csv(folder / "drift.csv"))


def test_the_same_question_has_the_same_answer():
    once, twice = (roll_origins("baseline", runs=3, seed=5, workers=w, origins=(2012,)) for w in (1, 2))
    pd.testing.assert_frame_equal(once.skill, twice.skill)
    pd.testing.assert_frame_equal(once.drift, twice.drift)


@pytest.mark.parametrize(
    "wrong", [{"runs": 1}, {"seed": -1}, {"level": 0.0}, {"origins": (2017,)}, {"origins": (2001,)}, {"workers": "x"}]
)
def test_wrong_arguments_are_told(wrong):
    with pytest.raises(InputError) as told:
        roll_origins("baseline", **{"runs": 2} | wrong)
    assert next(iter(wrong)) in str(told.value)


def test_a_world_that_the_record_does_not_know_is_told(capsys):
    assert main.main(["origins", "toy"]) == 2
    assert "the world 'toy' lacks" in capsys.readouterr().err
