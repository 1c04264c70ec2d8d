"""A whole calibration of the shipped model, tiny: tables, draws, what is kept, the same bytes whoever works."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

import sim
from helpers.calibrations import tiny_plan
from sim.analysis.calibration import fitting, matching, results
from sim.analysis.calibration.fitting import identity_of, smaller
from sim.analysis.calibration.matching import Region, drawn_points
from sim.analysis.calibration.play import in_units, past_of, play_points
from sim.analysis.decisions import decisions_hash
from sim.batch.worker import Interrupted, Stage, Work
from sim.evidence.calibration import load_plan
from sim.evidence.posterior import load_posterior
from sim.io.errors import InputError
from sim.scenario.scenario import load_scenario

NOT_A_YEAR = (True, 2015.0, np.float64(2015.0), "2015", 2013, 2020, [2015], 10**40)
NOT_A_COUNT = (True, 0, -1, 1.5, "1")
NOT_A_PATH = ("", 3, b"results", "a\0b")


def calibrated(out, plan=None, **asked):
    """A calibration by another plan than the shipped one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "load_plan", lambda: plan or tiny_plan())
        patch.setattr(fitting, "PREDICTED", 40)
        return sim.calibrate(out=out, **asked)


def nothing_played(*_, **__):
    raise AssertionError("it is played again")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("calibration")


@pytest.fixture(scope="module")
def found(out):
    calibration = calibrated(out, workers=1)
    calibration.write()
    return calibration


# --- what it gives ---------------------------------------------------------------------------------------------------


def test_every_number_has_a_row_within_its_prior(found):
    plan, table = load_plan(), found.numbers
    assert tuple(table["number"]) == plan.names
    assert (table["prior_low"] <= table["low"]).all()
    assert (table["low"] <= table["median"]).all()
    assert (table["median"] <= table["high"]).all()
    assert (table["high"] <= table["prior_high"]).all()
    span = (table["high"] - table["low"]) / (0.9 * (table["prior_high"] - table["prior_low"]))
    assert table["width"].to_numpy() == pytest.approx(span.to_numpy())
    for row in table.itertuples():
        assert row.says == ("no" if row.width > 0.8 else "hardly" if row.width > 0.5 else "yes")
    assert (table["effective"] > 0.0).all()


def test_draws_are_as_many_as_were_asked_for_and_lie_within_the_priors(found):
    assert tuple(found.draws) == load_plan().names
    for prior in load_plan().priors:
        draws = found.draws[prior.name]
        assert draws.shape == (200,)
        assert prior.low <= draws.min() <= draws.max() <= prior.high


def test_every_target_is_held_against_worlds_drawn_from_the_posterior(found):
    table, past = found.predicted, past_of(tiny_plan())
    assert len(table) == len(past.labels)
    assert table["recorded"].to_numpy() == pytest.approx(past.recorded)
    assert ((table["recorded"] >= table["low"]) & (table["recorded"] <= table["high"])).equals(table["inside"])
    assert table["place"].between(0.0, 1.0).all()
    assert found.inside == table["inside"].mean()


def test_few_truths_give_no_verdict(found):
    assert found.ranks.shape == (12, len(load_plan().priors))
    assert not found.sound
    with pytest.raises(InputError, match="not published"):
        found.publish()


def test_what_fails_the_checks_is_not_published_by_name(found):
    ranks = np.tile(((np.arange(300) + 0.5) / 300)[:, None], (1, found.ranks.shape[1]))
    good = dataclasses.replace(found, ranks=ranks, checks=found.checks.assign(sound=True))
    assert good.sound
    bad = found.checks.assign(sound=[False] + [True] * (len(found.checks) - 1))
    with pytest.raises(InputError, match=r"found delivery\.partner_income"):
        dataclasses.replace(good, checks=bad).publish()


def test_what_passes_them_goes_into_the_seeds(found, monkeypatch, tmp_path):
    good = dataclasses.replace(found, ranks=np.zeros((200, 1)), checks=found.checks.assign(sound=True))
    monkeypatch.setattr(results, "shipped_folder", lambda _: tmp_path)
    assert good.publish() == tmp_path / "history"
    assert load_posterior(tmp_path).about.made_from["plan"] == found.asked


def test_everything_is_written_and_read_back(found):
    for name in ("numbers", "checks", "predicted", "waves"):
        pd.testing.assert_frame_equal(pd.read_parquet(found.folder / f"{name}.parquet"), getattr(found, name))
        assert len(pd.read_csv(found.folder / f"{name}.csv")) == len(getattr(found, name))
    told = json.loads((found.folder / "calibration.json").read_text(encoding="utf-8"))
    assert told["identity"] == found.identity
    assert told["sound"] is False
    assert len(told["predicted"]) == len(found.predicted)
    posterior = load_posterior(found.folder)
    assert set(posterior.about.columns) == set(found.informed)
    assert posterior.about.made_from["plan"] == found.asked
    assert posterior.about.made_from["decision"] == decisions_hash()
    assert not (found.folder / "partial").exists()


def test_where_it_cannot_be_written_is_told(found, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        found.write(tmp_path / "file" / "below")


# --- the same bytes --------------------------------------------------------------------------------------------------


def same(one, two):
    assert one.identity == two.identity
    assert one.ranks.tobytes() == two.ranks.tobytes()
    for name, draws in one.draws.items():
        assert draws.tobytes() == two.draws[name].tobytes()
    for name in ("numbers", "checks", "predicted", "waves"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)


def test_two_threads_give_the_bytes_of_one(found, tmp_path):
    same(found, calibrated(tmp_path, workers=2))


def test_asked_again_waves_come_from_the_folder_and_give_the_same_bytes(found, out, monkeypatch):
    real, played = fitting.play_points, []
    monkeypatch.setattr(
        fitting, "play_points", lambda past, points, *more: played.append(len(points)) or real(past, points, *more)
    )
    same(found, calibrated(out, workers=1))
    assert played == [40]  # only the worlds of the predictive checks


def test_a_damaged_wave_is_played_again(found, out):
    wave = found.folder / "waves" / "wave-1.bin"
    sound = wave.read_bytes()
    wave.write_bytes(sound[:-100])
    same(found, calibrated(out, workers=2))
    assert wave.read_bytes() == sound


def test_a_stop_keeps_the_waves_that_are_finished_and_the_same_call_goes_on(tmp_path, monkeypatch):
    plan = tiny_plan(number=2)
    plan = dataclasses.replace(plan, waves=dataclasses.replace(plan.waves, cut=60.0))
    ends = plan.waves.points * plan.waves.runs

    def stop(progress):
        if progress.stage is Stage.RUN and progress.done > ends:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        calibrated(tmp_path, plan, workers=1, progress=stop)
    assert caught.value.folder.parent == tmp_path
    assert caught.value.total == 2 * ends + 40 * 2
    assert [path.name for path in (caught.value.folder / "waves").iterdir()] == ["wave-1.bin"]
    real, seeds = fitting.play_points, []
    monkeypatch.setattr(fitting, "play_points", lambda *given: seeds.append(given[3]) or real(*given))
    went_on = calibrated(tmp_path, plan, workers=1)
    assert seeds == [plan.seeds.design + 2, plan.seeds.sampler]  # the first wave is not played again
    assert went_on.waves["left"].iloc[0] == 1.0
    assert 0.0 < went_on.waves["left"].iloc[1] <= 1.0
    assert went_on.waves["fitted"].iloc[1] >= 100


def test_runs_of_a_point_are_the_same_whichever_points_follow():
    past = past_of(tiny_plan())
    points, _ = drawn_points(past.plan.names, 24, 3, 1, Region(cuts=(), waves=past.plan.waves).holds)
    work = Work("points", None, None, lambda: None)
    few, many = (play_points(past, points[:count], 8, 5, work, 1) for count in (8, 24))
    assert np.array_equal(few, many[:8])
    assert work.done == 32 * 8


def test_points_are_numbers_between_the_ends_of_their_priors():
    plan = load_plan()
    ends = in_units(plan, np.stack([-np.ones(len(plan.priors)), np.ones(len(plan.priors)), np.zeros(len(plan.priors))]))
    for prior in plan.priors:
        assert ends[prior.name] == pytest.approx([prior.low, prior.high, 0.5 * (prior.low + prior.high)])


# --- what is asked for -----------------------------------------------------------------------------------------------


def test_another_last_year_or_another_size_is_another_identity():
    plan = load_plan()
    others = [plan, dataclasses.replace(plan, last=2014), smaller(plan), tiny_plan()]
    identities = [json.dumps(identity_of(past_of(one)), sort_keys=True) for one in others]
    assert len(set(identities)) == len(others)
    assert identities[0] == json.dumps(identity_of(past_of(plan)), sort_keys=True)


def test_a_fit_may_end_before_the_record_does(tmp_path):
    found = calibrated(tmp_path, until=2014, workers=1)
    assert found.plan.last == 2014
    assert "record 2010 to 2014" in found.caption
    assert "arms-turnover" not in set(found.predicted["target"])


def test_where_no_point_is_left_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(matching, "_MOST_BATCHES", 20)
    plan = tiny_plan(number=2)
    plan = dataclasses.replace(plan, waves=dataclasses.replace(plan.waves, cut=0.0))
    with pytest.raises(InputError, match="no point of wave 2 could have brought about"):
        calibrated(tmp_path, plan, workers=1)


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        *(("until", value) for value in NOT_A_YEAR),
        *(("workers", value) for value in NOT_A_COUNT),
        *(("out", value) for value in NOT_A_PATH),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_wrong_argument_is_told_by_name(asked, value):
    with pytest.raises(InputError) as caught:
        sim.calibrate(**{asked: value})
    assert f"sim.calibrate: {asked}: found" in str(caught.value)


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("toy", "the record is of other states or powers"),
        ("baseline", "it does not play the years that are fitted"),
        ("history-2010-2019-tol", "Did you mean 'history-2010-2019"),
        ("", "there is no such scenario"),
        (3, "allowed: the name of a scenario, or the path of a YAML file"),
    ],
)
def test_a_scenario_that_cannot_be_fitted_is_told(scenario, told, tmp_path):
    with pytest.raises(InputError) as caught:
        sim.calibrate(scenario, out=tmp_path)
    assert told in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_ends_too_early_is_told(tmp_path):
    short = dataclasses.replace(load_scenario(load_plan().scenario), end=4 * 2015)
    with pytest.raises(InputError, match="2010-Q1 to 2015-Q1"):
        sim.calibrate(short, out=tmp_path)


@pytest.mark.parametrize(("first", "last"), [(1990, 2019), (2010, 2030)])
def test_years_that_the_record_does_not_have_are_told(first, last):
    with pytest.raises(InputError, match="years of the record"):
        past_of(dataclasses.replace(load_plan(), first=first, last=last))


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_played(tmp_path, monkeypatch):
    monkeypatch.setattr(fitting, "play_points", nothing_played)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        calibrated(tmp_path / "file")


def test_without_the_sampler_nothing_is_played(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "emcee", None)
    monkeypatch.setattr(fitting, "play_points", nothing_played)
    with pytest.raises(InputError, match="emcee is not installed"):
        calibrated(tmp_path)
