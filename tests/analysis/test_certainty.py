"""Seeds beside each other, and how sure the sign of a difference is, in words."""

import math
from dataclasses import replace

import numpy as np
import pytest

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.analysis.across_seeds import across_seeds
from sim.analysis.certainty import Sureness, coin, sureness
from sim.analysis.comparison import compare_results
from sim.analysis.effect_tables import with_counts
from sim.analysis.signs import signs
from sim.batch.runner import run
from sim.cli import main
from sim.io.errors import InputError
from sim.narrative.compared import compared_in_words, of_hundred


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    return run(fake_scenario(runs=60), seed=[0, 1, 2], out=tmp_path_factory.mktemp("seeds"), engine=FakePrepared)


def test_each_seed_is_the_batch_that_it_would_be_alone(seeds, tmp_path):
    alone = run(fake_scenario(runs=60), seed=1, out=tmp_path, engine=FakePrepared)
    assert alone.folder.name == seeds[1].folder.name
    for name in ("runs.parquet", "bands.parquet", "README.txt"):
        assert (alone.folder / name).read_bytes() == (seeds[1].folder / name).read_bytes()
    assert [one.manifest["seed"] for one in seeds] == [0, 1, 2]


def test_several_scenarios_and_seeds_come_scenario_by_scenario(tmp_path):
    several = [fake_scenario("a", runs=3), fake_scenario("b", runs=3)]
    found = run(several, seed=range(2), out=tmp_path, engine=FakePrepared)
    assert [(one.name, one.manifest["seed"]) for one in found] == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    (alone,) = run(several[0], seed=[np.int64(1)], out=tmp_path, engine=FakePrepared)
    assert alone.folder == found[1].folder


def test_the_spread_between_seeds_stands_beside_what_luck_would_leave(seeds):
    table = across_seeds(seeds)
    mine = table[(table["state"] == "ALD") & (table["measure"] == "alignment") & (table["power"] == "OST")]
    means = [one.runs["alignment_ALD_OST"].mean() for one in seeds]
    assert mine["value"].tolist() == pytest.approx(means)
    assert mine["spread"].iloc[0] == pytest.approx(np.std(means, ddof=1))
    errors = [one.runs["alignment_ALD_OST"].std(ddof=1) / math.sqrt(60) for one in seeds]
    assert mine["luck"].iloc[0] == pytest.approx(math.sqrt(np.mean(np.square(errors))))


def test_seeds_of_two_questions_are_not_set_side_by_side(seeds, tmp_path):
    other = run(fake_scenario(runs=60, end=2027 * 4 + 3, seed=9), out=tmp_path, engine=FakePrepared)
    for several, said in (
        ((seeds[0], other), "within one question"),
        (seeds[:1], "two or more"),
        (seeds[:1] * 2, "already"),
    ):
        with pytest.raises(InputError, match=said):
            across_seeds(several)


def test_the_command_line_tells_seeds_beside_each_other(tmp_path, capsys):
    command = ["run", "toy", "--runs", "4", "--no-figures", "-o", str(tmp_path)]
    assert main.main([*command, "--seed", "0", "--seed", "1", "--ask", "partners ALD > 2"]) == 0
    told = capsys.readouterr().out
    for word in ("By seed", "seed 0", "seed 1", "spread", "toy, seed 1: effective_partners ALD > 2"):
        assert word in told
    assert told.count("\nresults ") == 2
    assert main.main([*command, "--seed", "1", "--seed", "1"]) == 2
    assert "named twice" in capsys.readouterr().err
    assert main.main([*command, "--ask", "partnrs ALD > 2"]) == 2
    assert "Did you mean 'partners'?" in capsys.readouterr().err


# --- how sure a sign is ----------------------------------------------------------------------------------------------


def test_a_coin_is_counted_out():
    assert coin(0, 0) == coin(3, 3) == 1.0
    assert coin(5, 0) == pytest.approx(2 / 32)
    assert coin(1, 9) == pytest.approx(2 * 11 / 1024)
    assert coin(480, 600) == pytest.approx(coin(600, 480))
    assert coin(450, 540) == pytest.approx(math.erfc(89 / math.sqrt(2 * 990)), rel=0.05)


def test_how_sure_is_said_in_four_ways():
    assert [sureness(p, 0.1) for p in (0.0001, 0.01, 0.2)] == [Sureness.CERTAIN, Sureness.LIKELY, Sureness.OPEN]
    assert sureness(1.0, 0.0) is Sureness.NONE


def test_shares_are_told_as_so_many_of_a_hundred():
    assert of_hundred(0.61, 0.7) == ("61", "70")
    assert of_hundred(0.696, 0.704) == ("69.6", "70.4")
    assert of_hundred(0.0, 0.004) == ("0", "less than 1")
    assert of_hundred(1.0, 0.996) == ("100", "more than 99")


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    out = tmp_path_factory.mktemp("compared")
    return compare_results([run(fake_scenario(name, runs=80), out=out, engine=FakePrepared) for name in "ab"])


def test_signs_rest_on_the_runs_that_changed(comparison):
    table = signs(comparison)
    words = table[(table["measure"] == "outcome") & (table["state"] == "ALD")]
    one, two = (results.runs["outcome_ALD"] for results in comparison.results)
    for row in words.itertuples():
        left, came = (
            int(((one == row.word) & (two != row.word)).sum()),
            int(((one != row.word) & (two == row.word)).sum()),
        )
        assert row.p == pytest.approx(coin(left, came))
        assert row.difference == pytest.approx((came - left) / 80)
    assert set(table["sure"]) <= {one.word for one in Sureness}


def test_sentences_name_every_state_once_or_more(comparison):
    said = " ".join(compared_in_words(comparison))
    for name in comparison.states.values():
        assert name in said
    assert "of 100 worlds" in said or "under the same word" in said


def test_what_does_not_count_is_told_as_no_difference_in_either_list_of_sentences(comparison):
    """A difference that is certain and smaller than anybody cares for is not told in short as if it counted."""
    for least in (0.0, 100.0):
        one = replace(comparison, effects=with_counts(comparison.effects, least), least=least)
        table, effects = signs(one), one.effects
        measures = table[(table["measure"] != "outcome") & table["counts"]]
        keys = ["scenario", "state", "measure", "power"]
        counting = effects.loc[effects["counts"], keys]
        assert set(measures[keys].itertuples(index=False)) <= set(counting.itertuples(index=False))
    assert measures.empty
    assert " instead of " not in " ".join(one for one in compared_in_words(one) if "of 100 worlds" not in one)


def test_the_same_runs_are_asked_in_a_comparison(comparison):
    row = comparison.ask("alignment ALD OST > 30 %").iloc[0]
    one, two = ((results.runs["alignment_ALD_OST"] > 0.3) for results in comparison.results)
    assert (row["reference"], row["share"]) == (one.mean(), two.mean())
    assert row["difference"] == pytest.approx(two.mean() - one.mean())
    assert row["low"] <= row["difference"] <= row["high"]
    assert row["moved"] == (one != two).mean()
    with pytest.raises(InputError, match="nothing is asked"):
        comparison.ask()
