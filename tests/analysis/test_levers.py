"""Levers: every kind of event and every number of a power has one; what is expected is held beside what is found."""

import dataclasses
import math

import pandas as pd
import pytest
import yaml

from sim.analysis.lever_effects import WATCHED, levers, pulls
from sim.analysis.lever_file import Move, Way, load_levers
from sim.analysis.lever_results import (
    Answer,
    answer_of,
    expectations,
    idle,
    measured,
    read_levers,
    strongest,
    summary,
    write_lever_tables,
    write_levers,
)
from sim.analysis.observables import OBSERVED_BY_POWER, OBSERVED_BY_STATE, cut, observed, scale_of, words_of
from sim.batch.outcomes import thresholds
from sim.cli import main
from sim.engine.ensemble import prepare
from sim.evidence.evidence import load_evidence
from sim.figures.levers import draw_levers
from sim.io.errors import InputError
from sim.scenario.events import EventKind
from sim.scenario.scenario import load_scenario

RUNS = 24
TOY = load_scenario("toy")
TOY = dataclasses.replace(TOY, end=TOY.start + 15)
EVIDENCE = load_evidence("toy")
HOME = load_evidence()
SHIPPED = load_levers(HOME, load_scenario("baseline").start)
FILE = {
    "from": "2026-Q1",
    "levers": {
        "all-refused": {
            "says": "everything is refused",
            "years": 2,
            "events": [{"at": "2026-Q1", "every": "1 quarter", "answer": {"by": "ALD", "to": "all", "say": "no"}}],
            "moves": [
                {"what": "accepted", "of": "ALD", "way": "down", "change": {"from": "-100 %", "to": "-90 %"}},
                {"what": "signed_value", "of": "ALD", "with": "NOR", "way": "down"},
                {"what": "signed_value", "of": "ALD", "way": "up"},
            ],
            "why": "who signs nothing has signed nothing",
        },
        "no-tariff": {
            "says": "a tariff of nothing",
            "years": 1,
            "events": [{"at": "2026-Q2", "tariff": {"by": "NOR", "against": "BEK", "rate": "0 %"}}],
            "moves": [{"what": "trade", "of": "all", "with": "all", "way": "either"}],
            "why": "it should not, and is here to be found idle",
        },
        "poor": {
            "says": "a power without growth",
            "years": 4,
            "numbers": {"powers.NOR.growth": {"value": 0.0, "beyond": "asked"}},
            "moves": [{"what": "trade_share", "of": ["ALD", "BEK"], "with": "NOR", "way": "down"}],
            "why": "its market is smaller",
        },
    },
}


def written(folder, **changes):
    path = folder / "levers.yaml"
    text = yaml.safe_dump({**FILE, **changes}, sort_keys=False)
    path.write_text(text.replace("say: 'no'", "say: no").replace("'", ""), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return written(tmp_path_factory.mktemp("levers"))


@pytest.fixture(scope="module")
def known(file):
    return pulls(TOY, file)


@pytest.fixture(scope="module")
def table(file):
    return levers(TOY, RUNS, file=file, only=[*FILE["levers"], "powers.NOR.growth", "powers.SUD.tier"])


# --- the shipped levers ----------------------------------------------------------------------------------------------


def test_no_kind_of_event_is_without_a_lever():
    pulled = frozenset().union(*(lever.kinds for lever in SHIPPED))
    past = EventKind.OBSERVE  # puts the record of a past year in the place of what was played: no lever of a future
    assert pulled == {kind.name.lower() for kind in EventKind if kind is not past}


def test_no_number_of_a_power_is_without_a_lever():
    found = pulls(load_scenario("baseline"))
    numbers = [name for name in HOME.numbers if name.startswith("powers.")]
    assert [pull.number for pull in found.values() if pull.number] == numbers
    assert set(found) == {*numbers, *(lever.id for lever in SHIPPED)}


@pytest.mark.parametrize("lever", SHIPPED, ids=lambda lever: lever.id)
def test_a_shipped_lever_changes_its_scenario_and_says_what_it_should_move(lever):
    base = load_scenario("baseline")
    pull = pulls(base)[lever.id]
    assert lever.moves
    assert len(lever.why.split()) > 2
    assert (pull.scenario.events, dict(pull.scenario.numbers)) != (base.events, dict(base.numbers))


def test_a_world_without_the_home_actors_has_its_numbers_alone():
    assert all(pull.number for pull in pulls(TOY).values())
    assert {pull.id for pull in pulls(load_scenario("gulf-entrant")).values()} > {lever.id for lever in SHIPPED}


def test_a_number_is_pulled_to_an_end_of_its_range(known):
    for pull in known.values():
        if pull.number:
            number = EVIDENCE.numbers[pull.number]
            assert pull.scenario.numbers[pull.number] in {number.low, number.high}


# --- how levers are written ------------------------------------------------------------------------------------------


def test_dates_move_along_with_the_scenario(file):
    early, late = (load_levers(EVIDENCE, TOY.start + by, file)[0].events[0].at for by in (0, 8))
    assert (early, late) == (TOY.start, TOY.start + 8)


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ({"what": "trad", "of": "all", "way": "up"}, "Did you mean 'trade'?"),
        ({"what": "trade", "of": "all", "way": "up"}, "'trade' without 'with'"),
        ({"what": "autonomy", "of": "all", "with": "NOR", "way": "up"}, "a power beside 'autonomy'"),
        ({"what": "autonomy", "of": "ALT", "way": "up"}, "found 'ALT'"),
        ({"what": "autonomy", "of": "all", "way": "sideways"}, "found 'sideways'"),
        ({"what": "autonomy", "of": "all"}, "'way' is missing"),
        ({"what": "output", "of": "all", "way": "up", "change": {"from": "2"}}, "a percentage with its sign"),
    ],
)
def test_a_wrong_expectation_is_told(tmp_path, move, said):
    lever = {**FILE["levers"]["poor"], "moves": [move]}
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        load_levers(EVIDENCE, TOY.start, written(tmp_path, levers={"wrong": lever}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"numbers": {"powers.NOR.growht": 0.0}}, "Did you mean 'powers.NOR.growth'?"),
        ({"numbers": {"powers.NOR.growth": {"between": [0.03, 0.05]}}}, "a lever is pulled by a stated step"),
        ({"numbers": {}, "events": [{"at": "2026-Q1", "tarif": {}}]}, "Did you mean 'tariff'?"),
        ({"years": 0}, "years"),
        ({"pull": 3}, "the unknown key 'pull'"),
    ],
)
def test_a_wrong_lever_is_told(tmp_path, changes, said):
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        load_levers(EVIDENCE, TOY.start, written(tmp_path, levers={"wrong": {**FILE["levers"]["poor"], **changes}}))


def test_a_lever_pulls_something(tmp_path):
    lever = {key: value for key, value in FILE["levers"]["poor"].items() if key != "numbers"}
    with pytest.raises(InputError, match="neither 'events' nor 'numbers'"):
        load_levers(EVIDENCE, TOY.start, written(tmp_path, levers={"wrong": lever}))


# --- what is observed ------------------------------------------------------------------------------------------------


def test_a_run_that_is_cut_off_says_what_a_shorter_one_says():
    ready = prepare(TOY)
    lines = thresholds(ready.values)
    whole = observed(cut(ready.run_block(0, 6), 8), lines)
    short = observed(prepare(dataclasses.replace(TOY, end=TOY.start + 7)).run_block(0, 6), lines)
    assert whole.labels == short.labels
    assert (whole.values == short.values).all()


def test_every_observable_is_there_by_its_name_and_in_words():
    ready = prepare(TOY)
    found = observed(ready.run_block(0, 3), thresholds(ready.values))
    by_power = {label.measure for label in found.labels if label.power}
    alone = {label.measure for label in found.labels if not label.power}
    assert by_power == set(OBSERVED_BY_POWER)
    assert alone == set(OBSERVED_BY_STATE) - {"outcome_changed"}
    assert all(words_of(name) and scale_of(name) in {1.0, 100.0} for name in by_power | alone)


def test_trade_shares_and_signatures_add_up():
    ready = prepare(TOY)
    found = observed(ready.run_block(0, 5), thresholds(ready.values))
    powers = [power.code for power in EVIDENCE.powers]
    shares = sum(found.column("ALD", "trade_share", power) for power in powers)
    assert ((shares > 0.0) & (shares < 1.0)).all()
    signed = sum(found.column("ALD", "signed_value", power) for power in powers)
    assert signed == pytest.approx(found.column("ALD", "signed_value"))


# --- what is found ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "change", "interval", "answer"),
    [
        (Way.UP, None, (0.1, 0.3), Answer.AS_EXPECTED),
        (Way.UP, None, (-0.1, 0.3), Answer.NOTHING),
        (Way.UP, None, (-0.3, -0.1), Answer.WRONG_WAY),
        (Way.DOWN, None, (0.1, 0.3), Answer.WRONG_WAY),
        (Way.EITHER, None, (-0.3, -0.1), Answer.AS_EXPECTED),
        (Way.DOWN, (-0.35, -0.2), (-0.3, -0.25), Answer.AS_EXPECTED),
        (Way.DOWN, (-0.35, -0.2), (-0.21, -0.1), Answer.AS_EXPECTED),
        (Way.DOWN, (-0.35, -0.2), (-0.19, -0.1), Answer.TOO_LITTLE),
        (Way.DOWN, (-0.35, -0.2), (-0.9, -0.4), Answer.TOO_MUCH),
        (Way.UP, (0.3, 0.7), (0.8, 0.9), Answer.TOO_MUCH),
    ],
)
def test_an_answer_is_that_of_the_whole_interval(way, change, interval, answer):
    move = Move(what="trade", states=("A",), powers=("B",), way=way, change=change, evidence=())
    assert answer_of(move, *(2.0 * end for end in interval), reference=2.0) is answer


def test_what_is_expected_is_held_beside_what_is_found(table, known):
    found = expectations(table, known).set_index(["lever", "number"])
    assert found.loc[("all-refused", 0), "answer"] == "as expected"
    assert found.loc[("all-refused", 0), "change"] == -1.0
    assert found.loc[("all-refused", 1), "answer"] == "as expected"
    assert found.loc[("all-refused", 2), "answer"] == "wrong way"
    assert math.isnan(found.loc[("all-refused", 2), "least"])
    assert set(found.loc["no-tariff", "answer"]) == {"nothing"}
    assert len(found.loc["no-tariff"]) == 2 * 3


def test_a_lever_is_looked_at_after_its_years_and_a_number_at_the_end(table):
    quarters = summary(table).set_index("lever")["quarter"]
    assert dict(quarters) == {
        "all-refused": "2027-Q4",
        "no-tariff": "2026-Q4",
        "poor": "2029-Q4",
        "powers.NOR.growth": "2029-Q4",
        "powers.SUD.tier": "2029-Q4",
    }


def test_what_moves_nothing_is_told(table):
    assert "no-tariff" in idle(table)
    assert "all-refused" not in idle(table)


def test_a_number_is_watched_and_a_lever_held_against_everything(table):
    by_lever = table.groupby("lever")["measure"].agg(set)
    assert by_lever["powers.NOR.growth"] == set(WATCHED) & {*OBSERVED_BY_STATE, *OBSERVED_BY_POWER}
    assert by_lever["all-refused"] == {*OBSERVED_BY_STATE, *OBSERVED_BY_POWER}


def test_the_strongest_are_clear_and_each_measure_once(table):
    most = strongest(table, 3)
    assert not most.duplicated(["lever", "measure"]).any()
    assert most.groupby("lever").size().max() <= 3
    assert set(most["lever"]) <= set(table["lever"]) - {"no-tariff"}


def test_the_same_whatever_the_workers_and_when_stopped(tmp_path, table, file):
    class Stopped(KeyboardInterrupt):
        pass

    def stop(progress):
        if progress.done > 2 * RUNS:
            raise Stopped

    only = list(dict.fromkeys(table["lever"]))
    with pytest.raises(KeyboardInterrupt):
        levers(TOY, RUNS, file=file, only=only, out=tmp_path, progress=stop, workers=1)
    again = levers(TOY, RUNS, file=file, only=only, out=tmp_path, workers=1)
    pd.testing.assert_frame_equal(again, table, check_exact=True)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_lever_is_told():
    with pytest.raises(InputError, match=r"Did you mean .powers\.NOR\.growth"):
        levers(TOY, RUNS, only=["powers.NOR.growht"])


# --- files and command -----------------------------------------------------------------------------------------------


def test_what_is_written_is_read_again(tmp_path, table, known):
    found = measured(table, known)
    write_levers(found, tmp_path / "l.json")
    again = read_levers(tmp_path / "l.json")
    assert (again.scenario, again.runs, again.level) == ("toy", RUNS, 0.95)
    assert dict(again.words) == dict(found.words)
    assert list(again.expected["answer"]) == list(found.expected["answer"])
    assert list(again.summary["clear"]) == list(found.summary["clear"])
    paths = write_lever_tables(table, found, tmp_path / "all")
    assert {path.name for path in paths} == {"levers.parquet", "expected.csv", "levers.json"}
    assert len(pd.read_parquet(paths[0])) == len(table)


def test_a_figure_is_drawn_of_what_was_expected(tmp_path, table, known):
    (picture,) = draw_levers(measured(table, known), tmp_path, "Toy")
    assert picture.read_bytes()[:4] == b"\x89PNG"
    drawn = pd.read_csv(tmp_path / "levers.csv")
    assert set(drawn["lever"]) == set(FILE["levers"])


@pytest.mark.parametrize("text", ["", "[]", '{"format": 99}'])
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "l.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no file of levers"):
        read_levers(path)


def test_the_command_prints_what_was_expected_and_found(tmp_path, capsys, file):
    asked = ["levers", "toy", "--file", str(file), "--runs", "12", "-o", str(tmp_path)]
    chosen = [word for name in ("all-refused", "no-tariff", "powers.NOR.growth") for word in ("--lever", name)]
    assert main.main([*asked, *chosen]) == 0
    said = capsys.readouterr().out
    assert "all-refused: everything is refused" in said
    assert "moves nothing" in said
    assert "Numbers of powers" in said
    assert "Levers that move nothing in any run: no-tariff." in said
    (folder,) = tmp_path.iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "levers.parquet",
        "expected.csv",
        "levers.json",
        "manifest.json",
        "figures",
    }


def test_the_command_tells_what_is_wrong(capsys):
    assert main.main(["levers", "toy", "--lever", "x"]) == 2
    assert "there is no such lever" in capsys.readouterr().err
