"""Constant policies: what they are, that they are followed, what is said of them, and that none is a free lunch."""

import dataclasses
import json

import pandas as pd
import pytest

from sim.analysis.constant_policies import constant_policies, great_powers
from sim.analysis.effect_tables import csv_of
from sim.analysis.policy_effects import ENDS, MEANS, policies
from sim.analysis.policy_results import (
    Judgement,
    free_lunches,
    judged,
    read_policies,
    write_policies,
    write_policy_tables,
)
from sim.cli import main
from sim.engine.agents import Model
from sim.engine.ensemble import prepare
from sim.evidence.evidence import load_evidence
from sim.figures.policies import draw_policies
from sim.io.errors import InputError
from sim.scenario.events import EventKind
from sim.scenario.scenario import load_scenario

RUNS = 24
TOY = load_scenario("toy")
TOY = dataclasses.replace(TOY, end=TOY.start + 15)
EVIDENCE = load_evidence("toy")
POLICIES = constant_policies(EVIDENCE)


@pytest.fixture(scope="module")
def table():
    return policies(TOY, RUNS)


def follow(policy, state="ALD"):
    return dataclasses.replace(TOY, events=(*TOY.events, *POLICIES[policy].events(state, TOY)))


# --- what they are ---------------------------------------------------------------------------------------------------


def test_there_is_one_alone_and_one_side_for_every_great_power():
    great = [power.code for power in great_powers(EVIDENCE)]
    assert great
    assert len(great) < len(EVIDENCE.powers) or all(power.code in great for power in EVIDENCE.powers)
    pairs = [f"{kind}-{code}" for code in great for kind in ("only", "side")]
    assert list(POLICIES) == ["yes-to-all", "no-to-all", "visit-all", *pairs]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_followed_from_the_first_quarter_to_the_last(policy):
    events = POLICIES[policy].events("ALD", TOY)
    assert {event.at for event in events} == set(range(TOY.start, TOY.end + 1))
    assert {event.fields["by"] for event in events if event.kind is not EventKind.OFFER} == {"ALD"}
    model = Model(follow(policy)).run_model()
    mine = [offer for offer in model.offers if offer.to == "ALD"]
    wanted = {"yes-to-all": lambda _: True, "no-to-all": lambda _: False}
    answer = wanted.get(policy, lambda offer: policy.endswith(offer.by))
    if policy == "visit-all":
        assert {offer.told for offer in mine} == {""}
        assert model.state("ALD").visits.keys() == {power.code for power in EVIDENCE.powers}
    else:
        assert all(offer.accepted == (answer(offer) and offer.permitted) for offer in mine)


def test_a_side_is_taken_where_nothing_forbids_it():
    share = [
        (prepare(follow(policy)).run_block(0, 32).state_measure("sided")[:, -1, 0] > 0).mean()
        for policy in ("side-NOR", "no-to-all")
    ]
    assert share[0] > 0.2 > share[1]


# --- the table -------------------------------------------------------------------------------------------------------


def test_there_is_a_row_for_every_state_policy_quarter_and_end(table):
    assert set(table["measure"]) == {*ENDS, *MEANS}
    assert table.groupby(["state", "policy", "quarter"]).size().nunique() == 1
    assert set(table["state"]) == {"ALD", "BEK"}
    assert list(dict.fromkeys(table["policy"])) == list(POLICIES)
    assert sorted(set(table["quarter"])) == ["2028-Q4", "2029-Q4"]


def test_refusing_everything_signs_nothing(table):
    mine = table[(table["policy"] == "no-to-all") & (table["measure"] == "signed_value")]
    assert (mine["mean"] == 0.0).all()
    assert (mine["reference"] > 0.0).all()


def test_one_state_and_policy_alone_give_the_same_rows(table):
    alone = policies(TOY, RUNS, states=["BEK"], only=["no-to-all"], workers=1)
    mine = table[(table["state"] == "BEK") & (table["policy"] == "no-to-all")].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, mine, check_exact=True)


def test_what_was_finished_is_not_run_again(tmp_path, table):
    class Stopped(KeyboardInterrupt):
        pass

    def stop(progress):
        if progress.done > 5 * RUNS:
            raise Stopped

    with pytest.raises(KeyboardInterrupt):
        policies(TOY, RUNS, out=tmp_path, progress=stop, workers=1)
    again = policies(TOY, RUNS, out=tmp_path)
    assert csv_of(again) == csv_of(table)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"states": ["ALT"]}, "there is no such state"),
        ({"only": ["no-to-al"]}, "Did you mean 'no-to-all'?"),
        ({"runs": 1}, "runs"),
        ({"level": 2.0}, "level"),
    ],
)
def test_wrong_input_is_told(asked, said):
    with pytest.raises(InputError, match=said):
        policies(TOY, **asked)


# --- verdicts --------------------------------------------------------------------------------------------------------


def rows(*outcomes):
    """A table of one policy: measure, difference, effect and whether it is clear."""
    kept = [{"measure": m, "difference": d, "effect": e, "clear": c} for m, d, e, c in outcomes]
    return pd.DataFrame(kept).assign(state="ALD", policy="p", quarter="2030-Q4", scenario="s", runs=9)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([("autonomy", 0.1, 1.0, True), ("unmet_need", -0.1, -1.0, True)], Judgement.DOMINATES),
        ([("autonomy", 0.1, 1.0, True), ("unmet_need", 0.1, 1.0, True)], Judgement.TRADE),
        ([("autonomy", 0.1, 1.0, True), ("unmet_need", 0.1, 1.0, False)], Judgement.DOMINATES),
        ([("autonomy", -0.1, -1.0, True), ("unmet_need", -0.1, -0.05, True)], Judgement.DOMINATED),
        ([("autonomy", 0.1, 0.09, True), ("signed_value", 9.0, 9.0, True)], Judgement.SAME),
        ([("autonomy", 0.1, float("nan"), True)], Judgement.DOMINATES),
    ],
)
def test_a_verdict_weighs_ends_alone_and_only_what_counts(outcomes, verdict):
    found = judged(rows(*outcomes))
    assert list(found["verdict"]) == [verdict.word]
    assert free_lunches(rows(*outcomes)) == ([("ALD", "p")] if verdict is Judgement.DOMINATES else [])


@pytest.mark.slow
def test_no_constant_policy_is_a_free_lunch_in_any_state():
    """What each policy buys it pays for with something else: the verdict of an ensemble, and not of a line of code."""
    assert free_lunches(policies("baseline", 400)) == []


# --- files, figure, command ------------------------------------------------------------------------------------------


def test_what_is_written_is_read_again(tmp_path, table):
    write_policies(table, tmp_path / "p.json")
    found = read_policies(tmp_path / "p.json")
    assert (found.scenario, found.runs) == ("toy", RUNS)
    pd.testing.assert_frame_equal(judged(found.table), judged(table))
    assert set(found.table["policy_words"]) == {policy.words for policy in POLICIES.values()}


@pytest.mark.parametrize("text", ["", "[]", '{"format": 99}'])
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "p.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no file of policies"):
        read_policies(path)
    with pytest.raises(InputError, match="multivector policies -o"):
        read_policies(tmp_path / "none.json")


def test_tables_and_figure_are_written(tmp_path, table):
    paths = write_policy_tables(table, tmp_path)
    assert {path.name for path in paths} == {"policies.csv", "verdicts.csv", "policies.json"}
    assert len(pd.read_csv(paths[0])) == len(table)
    (picture,) = draw_policies(table, tmp_path / "figures", "Toy")
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_the_command_prints_a_table_a_state_and_the_verdict(tmp_path, capsys):
    asked = ["policies", "toy", "--state", "ALD", "--policy", "no-to-all", "--runs", "8", "-o"]
    assert main.main([*asked, str(tmp_path), "--no-figures"]) == 0
    said = capsys.readouterr().out
    assert "ALD: policy less rule" in said
    assert "BEK" not in said
    assert "no-to-all: signs nothing" in said
    (folder,) = tmp_path.iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "policies.csv",
        "verdicts.csv",
        "policies.json",
        "manifest.json",
    }
    assert main.main([*asked, str(tmp_path / "p.json")]) == 0
    assert json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))["runs"] == 8


def test_the_command_tells_what_is_wrong(capsys):
    assert main.main(["policies", "toy", "--state", "KAZ"]) == 2
    assert "there is no such state" in capsys.readouterr().err
