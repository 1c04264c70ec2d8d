"""Years that are past foretold: what runs are told, what is kept of them, what is scored, and what is refused."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from sim.analysis.backtest.opponents import NULL, WALK
from sim.analysis.hindcast.ablation import TOGETHER, ablate_by_skill
from sim.analysis.hindcast.draws import vote_name, windows
from sim.analysis.hindcast.recorded import recorded_after
from sim.analysis.hindcast.request import asked_of, run_backtest
from sim.analysis.hindcast.ways import (
    ALONE,
    CONDITIONAL,
    OBSERVED,
    UNCONDITIONAL,
    WAYS,
    Way,
    scenario_of,
    trailing_growth,
)
from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, TURNOVER
from sim.cli.hindcast_report import print_ablation, print_hindcast
from sim.evidence.calibration import load_plan
from sim.evidence.posterior import write_posterior
from sim.io.errors import InputError
from sim.scenario.calendar import parse_quarter
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario

VOTE = Event(at=parse_quarter("2017-Q1"), kind=EventKind.VOTE, fields={"for": ("USA", "EU"), "against": ("RUS",)})
PRICE = Event(at=parse_quarter("2012-Q1"), kind=EventKind.PRICE, fields={"change": 0.1})
LATER = Event(at=parse_quarter("2016-Q1"), kind=EventKind.PRICE, fields={"change": -0.3})
TWO = (Way(OBSERVED, UNCONDITIONAL), Way(OBSERVED, UNCONDITIONAL, True))


def past(**changes):
    """Today's world played from 2010: a stand-in that needs no world of its own."""
    times = {"start": parse_quarter("2010-Q1"), "end": parse_quarter("2021-Q4"), "events": (PRICE, LATER, VOTE)}
    return dataclasses.replace(load_scenario("baseline"), **{**times, "fitted": "fixed", **changes})


def foretell(**said):
    return run_backtest(past(), **{"told": past(), "runs": 12, "ways": TWO, "fitted": "fixed", "workers": 1, **said})


@pytest.fixture(scope="module")
def found():
    return foretell(origin=2014)


@pytest.fixture(scope="module")
def asked():
    return asked_of(past(), None, 4, None, 1, origin=2014, told=past(), fitted="fixed")


# --- what runs are told ----------------------------------------------------------------------------------------------


def kinds_of(scenario):
    return [(event.kind, event.at) for event in scenario.events]


def test_nothing_after_the_origin_is_told_but_that_a_vote_is_held(asked):
    told = kinds_of(scenario_of(asked.question, Way(ALONE, UNCONDITIONAL), asked.evidence, asked.record))
    assert told == [(EventKind.PRICE, PRICE.at), (EventKind.VOTE, VOTE.at)]


def test_what_is_known_afterwards_is_told_where_it_is_asked_for(asked):
    told = kinds_of(scenario_of(asked.question, Way(ALONE, CONDITIONAL), asked.evidence, asked.record))
    assert (EventKind.PRICE, LATER.at) in told


def test_observed_worlds_are_set_to_the_record_in_the_last_quarter_that_is_known(asked):
    told = scenario_of(asked.question, Way(OBSERVED, UNCONDITIONAL), asked.evidence, asked.record)
    observed, votes = (event for event in told.events if event.kind is EventKind.OBSERVE)
    assert (observed.at, observed.fields) == (parse_quarter("2014-Q4"), {"year": 2014, "what": "trade"})
    assert (votes.at, votes.fields["what"]) == (parse_quarter("2015-Q1"), "votes")  # after the session of the Assembly
    growth = [event for event in told.events if event.kind is EventKind.GROWTH]
    assert {event.fields["of"] for event in growth} == {*asked.record.states, *asked.record.powers}
    assert {event.at for event in growth} == {observed.at}


def test_growth_goes_on_as_it_was_before_the_origin_and_not_after(asked):
    record = asked.record
    event = next(one for one in trailing_growth(record, 2014, 0) if one.fields["of"] == record.states[0])
    years = slice(record.at(2010), record.at(2014) + 1)
    assert event.fields["rate"] == pytest.approx(record.growth[0, years].mean())


def test_the_null_model_has_no_system_left_and_everything_else_is_drawn(asked):
    null = scenario_of(asked.question, Way(ALONE, UNCONDITIONAL, True), asked.evidence, asked.record)
    assert set(null.without) == set(asked.evidence.systems)
    assert "delivery.trade_noise" in null.sampled


def test_votes_of_a_file_are_asked_with_the_sides_of_the_scenario(tmp_path):
    path = tmp_path / "came.csv"
    path.write_text(
        "state,partner,period,measure,value\nKAZ,,2018-03-02,vote_a,0.5\nKAZ,CHN,2015,trade_share_of_turnover,0.2\n",
        encoding="utf-8",
    )
    said = asked_of(past(), path, 4, None, 1, origin=2014, told=past(), fitted="fixed")
    at = parse_quarter("2018-Q1")
    assert said.question.votes == (at,)
    assert any("2018-Q1" in note for note in said.notes)
    for way in WAYS:
        votes = [one for one in scenario_of(said.question, way, said.evidence, said.record).events if one.at == at]
        assert [one.fields for one in votes if one.kind is EventKind.VOTE] == [VOTE.fields]


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_draws_are_whole_runs_of_everything_that_is_foretold(found):
    draws = found.draws()
    assert list(draws.columns) == ["variant", "kind", "state", "partner", "period", "measure", "draw", "value"]
    assert set(draws["measure"]) == {TRADE_SHARE, TURNOVER, AGREEMENT, ARMS, vote_name(VOTE.at)}
    assert set(draws[draws["measure"] == TRADE_SHARE]["period"]) == {str(year) for year in range(2015, 2020)}
    assert not draws.duplicated(["variant", "kind", "state", "partner", "period", "measure", "draw"]).any()
    shares = draws[(draws["measure"] == TRADE_SHARE) & (draws["period"] == "2016") & (draws["state"] == "KAZ")]
    seen = found.games[0].seen
    whole = seen.shares[:, seen.states.index("KAZ"), :, seen.years.index(2016)]
    table = shares.pivot(index="draw", columns="partner", values="value")[list(seen.powers)]
    assert np.allclose(table.to_numpy(), whole, atol=1e-5)


def test_windows_of_arms_lie_wholly_after_the_origin():
    assert list(windows(2019, 2025)) == [(2020, 2024)]
    assert list(windows(2014, 2019)) == [(2015, 2019)]
    assert list(windows(2012, 2016)) == []
    assert list(windows(2009, 2019)) == [(2010, 2014), (2015, 2019)]


def test_the_same_question_gives_the_same_draws_whoever_plays_them(found):
    again = foretell(origin=2014, workers=2)
    assert found.draws().equals(again.draws())
    assert found.folder().name == again.folder().name


def test_everything_is_written_and_the_note_of_decisions_is_named(found, tmp_path):
    place = found.write(tmp_path / "b")
    there = {path.name for path in place.iterdir()}
    assert {"draws.parquet", "null.parquet", "fans.csv", "scores.csv", "skill.csv", "README.txt"} <= there
    manifest = json.loads((place / "manifest.json").read_text())
    assert len(manifest["decisions"]) == 64
    assert manifest["decisions"] in (place / "README.txt").read_text()
    assert pd.read_parquet(place / "draws.parquet").shape == found.draws().shape


def test_fans_are_drawn_with_and_without_votes(found, tmp_path):
    from sim.figures.hindcast import draw_hindcast

    without = dataclasses.replace(found, question=dataclasses.replace(found.question, plain=past(events=())))
    for number, one in enumerate((found, without)):
        place = draw_hindcast(one, tmp_path / str(number))
        assert (place / "pairs-observed-unconditional.png").stat().st_size > 10_000


# --- what is scored --------------------------------------------------------------------------------------------------


def test_windows_of_arms_that_a_file_has_are_foretold(tmp_path):
    path = tmp_path / "came.csv"
    lines = [f"{state},RUS,2016-2020,arms_supplier_share,0.5" for state in ("KAZ", "KGZ")]
    path.write_text("\n".join(["state,partner,period,measure,value", *lines, "KAZ,RUS,2031-35,arms_supplier_share,1"]))
    told = foretell(origin=2014, against=path)
    assert set(told.scored.scores["period"]) == {"2016-2020"}
    assert told.scored.left_out == {"runs say nothing of it (arms_supplier_share; 2031-2035)": 1}
    assert {"2015-2019", "2016-2020"} <= set(told.draws()["period"])
    assert "The file has nothing of the main question. Beside it: On shares of suppliers" in told.scored.sentence
    assert told.systems_sentence == ""


def test_an_origin_inside_the_record_is_scored_on_the_record(found, capsys):
    assert set(found.scored.skill["opponent"]) >= {WALK, NULL}
    rows = found.scored.scores
    assert len(rows[rows["measure"] == TRADE_SHARE]) == 175
    assert found.systems_sentence.startswith("On shares of goods turnover all systems")
    print_hindcast(found)
    said = capsys.readouterr().out
    assert said.index("all systems of the model") < said.index("random-walk fan")
    assert found.identity["decisions"] in said


def test_what_the_record_has_after_an_origin(found):
    came = {one.key: one.value for one in recorded_after(found.record, 2014, 2019).rows}
    record = found.record
    i, j = record.states.index("UZB"), record.powers.index("RUS")
    assert came["UZB", "RUS", "2016", TRADE_SHARE] == record.shares[i, j, record.at(2016)]
    arms = [value for key, value in came.items() if key[0] == "KAZ" and key[3] == ARMS]
    assert sum(arms) == pytest.approx(1.0)


def test_at_the_end_of_the_record_nothing_is_scored_and_it_says_how(capsys, tmp_path):
    found = foretell(origin=2019, ways=TWO[:1])
    assert found.scored is None
    print_hindcast(found)
    said = capsys.readouterr().out
    assert "Nothing was scored" in said
    assert "--against" in said
    assert "Nothing was scored" in (found.write(tmp_path / "b") / "README.txt").read_text()


def test_any_file_is_scored(tmp_path):
    path = tmp_path / "came.csv"
    rows = [
        f"{state},{power},2020,trade_share_of_turnover,0.1"
        for state in ("KAZ", "UZB", "KGZ")
        for power in ("CHN", "RUS")
    ]
    path.write_text("state,partner,period,measure,value\n" + "\n".join(rows), encoding="utf-8")
    found = foretell(origin=2019, against=path)
    assert len(found.scored.scores) == 6
    assert found.scored.row(opponent=NULL)["count"] == 6


# --- systems ---------------------------------------------------------------------------------------------------------


def test_what_a_system_gains_is_told_after_what_all_gain_together(capsys, tmp_path):
    names = ("trade-flywheel", "un-vote-neutrality")
    found = ablate_by_skill(past(), runs=12, origins=(2014,), systems=names, fitted="fixed", workers=1)
    assert list(found.table["system"].unique()) == [TOGETHER, *names]
    row = found.row("trade-flywheel", TRADE_SHARE)
    assert row["gain"] == pytest.approx(1.0 - row["crps"] / row["without"])
    assert row["low"] <= row["high"]
    print_ablation(found)
    assert capsys.readouterr().out.strip().startswith("On shares of trade all 44 systems together")
    assert {"ablation.csv", "ablation.json"} <= {path.name for path in found.write(tmp_path / "a").iterdir()}


def test_a_system_that_nobody_knows_is_refused():
    with pytest.raises(InputError, match="no such system"):
        ablate_by_skill(past(), runs=12, origins=(2014,), systems=("flywheel",), fitted="fixed")


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"origin": 2020}, "origin"),
        ({"origin": "2014"}, "origin"),
        ({"runs": 1}, "runs"),
        ({"seed": -1}, "seed"),
        ({"against": "no-such-file.csv"}, "no-such-file"),
        ({"told": past(start=parse_quarter("2011-Q1"))}, "begin in one world at one time"),
        ({"fitted": "drawn"}, "fitted"),
    ],
)
def test_what_cannot_be_asked_is_refused(changes, said):
    with pytest.raises(InputError, match=said):
        foretell(**changes)


def test_a_run_that_begins_after_the_origin_is_refused():
    late = past(start=parse_quarter("2015-Q1"), events=())
    with pytest.raises(InputError, match="cannot be held against"):
        run_backtest(late, told=late, origin=2014)


# --- what knows the future -------------------------------------------------------------------------------------------


def test_no_fan_from_an_earlier_origin_moves_with_what_came_after_it(monkeypatch):
    from sim.analysis.hindcast import request
    from sim.engine import observing
    from sim.evidence.history import load_history

    known = load_history()
    changed = [
        dataclasses.replace(one, value=3.7 * one.value + 0.01) if one.period > 2014 else one for one in known.rows
    ]
    before = foretell(origin=2014, runs=4)
    for place in (request, observing):
        monkeypatch.setattr(place, "load_history", lambda: dataclasses.replace(known, rows=tuple(changed)))
    after = foretell(origin=2014, runs=4)
    assert before.draws().equals(after.draws())
    assert before.draws(null=True).equals(after.draws(null=True))
    opponents = [name for name in before.scored.scores if name.startswith("q") and name.endswith("main")]
    assert before.scored.scores[opponents].equals(after.scored.scores[opponents])
    assert not before.scored.scores["value"].equals(after.scored.scores["value"])


# --- what goes wrong outside -----------------------------------------------------------------------------------------


def test_runs_from_before_the_end_of_the_fit_know_no_range_that_it_left():
    plan = load_plan()
    priors = {prior.name: (prior.low, prior.high) for prior in plan.priors if not prior.name.startswith("observation.")}
    early = asked_of(past(), None, 4, None, 1, origin=plan.last - 1, told=past(), fitted=None)
    assert {name: (early.evidence.numbers[name].low, early.evidence.numbers[name].high) for name in priors} == priors
    drawn = scenario_of(early.question, TWO[0], early.evidence, early.record).sampled
    assert {name: (drawn[name].low, drawn[name].high) for name in priors} == priors
    late = asked_of(past(), None, 4, None, 1, origin=plan.last, told=past(), fitted="fixed")
    assert any((late.evidence.numbers[name].low, late.evidence.numbers[name].high) != priors[name] for name in priors)


def test_rows_of_another_fit_lie_within_the_priors(tmp_path):
    """What a fit to fewer years leaves may lie outside the ranges of the fit that stands in the seeds."""
    prior = load_plan().priors[0]
    table = {prior.name: np.linspace(prior.low, prior.high, 50)}
    write_posterior(table, {"until": 2014}, tmp_path)
    told = asked_of(past(), None, 4, None, 1, origin=2014, told=past(), fitted=None, fit=tmp_path)
    assert told.question.plain.fitted == "posterior"
    assert any("did not pass its check" in note for note in told.notes)


def test_runs_are_not_set_to_what_is_asked_for():
    event = Event(at=parse_quarter("2012-Q4"), kind=EventKind.OBSERVE, fields={"year": 2016, "what": "all"})
    with pytest.raises(InputError, match=r"found observe: 2016, at 2012-Q4; .*are set to what came"):
        run_backtest(past(events=(event,)), told=past(), origin=2014)


def test_systems_are_judged_where_something_came_after():
    for wrong in ((2019,), 2019, (), ("2014",), 2030):
        with pytest.raises(InputError, match="origins: found"):
            ablate_by_skill(past(), origins=wrong)


def test_a_scenario_that_nothing_tells_more_of_is_named():
    with pytest.raises(InputError, match=r"no scenario tells growth and prices.*baseline-told\.yaml"):
        run_backtest("baseline")


def test_results_that_cannot_be_written_are_told(found, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="results cannot be written there"):
        found.write(tmp_path / "file" / "results")


@pytest.mark.parametrize("wrong", [(), "observed", ("observed",), (Way("seen", UNCONDITIONAL),), TWO[1:], TWO * 2, 4])
def test_ways_that_are_none_are_told(wrong):
    with pytest.raises(InputError, match="ways"):
        foretell(origin=2014, ways=wrong)


@pytest.mark.parametrize("level", [2, "x", 0.0, True])
def test_an_interval_holds_a_part(level):
    with pytest.raises(InputError, match="level: found"):
        ablate_by_skill(past(), origins=(2014,), level=level)
