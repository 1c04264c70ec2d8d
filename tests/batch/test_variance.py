"""Variance taken apart into numbers and luck: on functions whose shares are known, and on a batch."""

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.batch import runner
from sim.batch.variance import FEWEST_DRAWS, LUCKS_PER_DRAW, split
from sim.engine import ensemble
from sim.engine.sampling import every_number, sampled_numbers
from sim.evidence.evidence import load_evidence
from sim.model.chance import lucks
from sim.model.parameters import vector
from sim.model.schedule import Phase
from sim.model.turn import advance
from sim.model.variables import BY_POWER, BY_STATE
from sim.model.world import build, check_invariants, unpack
from sim.scenario.scenario import load_scenario, with_number
from sim.scenario.units import Range, Shape


@pytest.fixture(scope="module")
def evidence():
    return load_evidence("toy")


@pytest.fixture(scope="module")
def toy(evidence):
    return every_number(load_scenario("toy"), evidence, LUCKS_PER_DRAW)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return runner.run("toy", runs=301, seed=5, numbers="sampled", out=tmp_path_factory.mktemp("sampled"))


# --- the estimator ---


def made_up(share, draws, lucks, chance, normal=True):
    """An outcome of which a known share of the variance, which is 1, comes from numbers."""
    if normal:
        numbers, luck = chance.normal(size=(draws, 1)), chance.normal(size=(draws, lucks))
    else:
        numbers, luck = chance.exponential(size=(draws, 1)) - 1.0, chance.exponential(size=(draws, lucks)) - 1.0
    return 5.0 + np.sqrt(share) * numbers + np.sqrt(1.0 - share) * luck


@pytest.mark.parametrize("lucks", [2, 5])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("normal", [True, False])
def test_a_known_share_is_found_without_bias(share, lucks, normal):
    chance = np.random.default_rng([round(100 * share), lucks, normal])
    found = [split(made_up(share, 400, lucks, chance, normal)) for _ in range(200)]
    estimates = np.array([one.estimate for one in found])
    assert abs(estimates.mean() - share) < 4.0 * estimates.std() / np.sqrt(len(found)) + 0.004
    assert np.mean([one.variance for one in found]) == pytest.approx(1.0, abs=0.03)
    covered = np.mean([one.low <= share <= one.high for one in found])
    assert covered > 0.88


def test_luck_that_matters_more_with_some_numbers_counts_as_luck():
    chance = np.random.default_rng(3)
    numbers, luck = chance.normal(size=(20_000, 1)), chance.normal(size=(20_000, 2))
    found = split(numbers + numbers * luck)  # variance due to numbers 1, due to luck E[numbers^2] = 1
    assert found.numbers == pytest.approx(0.5, abs=0.03)
    assert found.numbers + found.luck == 1.0


def test_shares_stay_between_nought_and_one_and_the_estimate_is_told():
    chance = np.random.default_rng(8)
    found = [split(made_up(0.0, 40, 2, chance)) for _ in range(20)]
    assert min(one.estimate for one in found) < 0.0
    assert all(0.0 <= one.low <= one.numbers <= one.high <= 1.0 for one in found)


def test_more_draws_narrow_the_interval():
    chance = np.random.default_rng(4)
    few, many = (split(made_up(0.4, draws, 2, chance)) for draws in (100, 10_000))
    assert (many.high - many.low) < (few.high - few.low) / 5


def test_nothing_is_said_where_nothing_can_be():
    assert split(np.ones((100, 2))) is None
    assert split(np.full((100, 2), 1e9) + 1e-7 * np.random.default_rng(1).random((100, 2))) is None
    assert split(np.random.default_rng(1).random((FEWEST_DRAWS - 1, 2))) is None
    assert split(np.random.default_rng(1).random((100, 1))) is None


# --- drawing every number ---


def test_every_number_is_drawn_but_definitions_and_what_the_scenario_says(evidence):
    usual = load_scenario("toy")
    off = evidence.systems["over-dependence-aversion"]
    own = Range(low=1.0, high=1.2)
    said = with_number(with_number(usual, "choice.absorption.deal", 0.5), "minds.forgetting", own)
    said = replace(said, without=(off.id,))
    drawn = every_number(said, evidence, 2).sampled
    assert drawn["minds.forgetting"] == own
    assert "choice.absorption.deal" not in drawn
    assert not set(off.strengths) & set(drawn)
    assert not [name for name in drawn if name.startswith("measures.")]
    left = {name for name, number in evidence.numbers.items() if number.low < number.high} - set(drawn)
    assert {name.split(".")[0] for name in left - set(off.strengths) - {"choice.absorption.deal"}} == {"measures"}
    for name, spread in drawn.items():
        if name != "minds.forgetting":
            number = evidence.numbers[name]
            assert spread == Range(low=number.low, high=number.high, shape=Shape.TRIANGULAR, peak=number.value)


def test_runs_of_one_draw_share_their_numbers_whatever_block_they_are_in(toy):
    whole = sampled_numbers(toy, 7, 0, 50)
    assert all(np.array_equal(values[0::2], values[1::2]) for values in whole.values())
    assert all(np.unique(values).size == 25 for values in whole.values())
    parts = [sampled_numbers(toy, 7, first, count) for first, count in ((0, 1), (1, 30), (31, 19))]
    for name, values in whole.items():
        assert np.array_equal(values, np.concatenate([part[name] for part in parts]))


def test_values_stay_in_their_ranges_and_weights_sum_to_one(toy, evidence):
    drawn = sampled_numbers(toy, 1, 0, 2000)
    for name, values in drawn.items():
        if ".weight." not in name:
            assert evidence.numbers[name].low <= values.min() <= values.max() <= evidence.numbers[name].high
    for state in evidence.states:
        weights = [drawn[f"states.{state.code}.weight.{kind}"] for kind in evidence.kinds]
        assert np.allclose(np.sum(weights, axis=0), 1.0, rtol=0, atol=1e-12)
        assert np.min(weights) >= 0.0


def test_one_weight_drawn_alone_moves_the_others_of_its_state(evidence):
    state = evidence.states[0].code
    name = f"states.{state}.weight.{evidence.kinds[0]}"
    number = evidence.numbers[name]
    scenario = with_number(load_scenario("toy"), name, Range(low=number.low, high=number.high))
    drawn = sampled_numbers(scenario, 1, 0, 40)
    assert set(drawn) == {f"states.{state}.weight.{kind}" for kind in evidence.kinds}
    assert np.allclose(np.sum(list(drawn.values()), axis=0), 1.0, rtol=0, atol=1e-12)
    world = ensemble.prepare(scenario, evidence).values_of(0, 40)
    assert all(np.array_equal(world[one], values) for one, values in drawn.items())


# --- in a batch ---


def test_a_run_of_a_batch_is_the_run_of_its_drawn_numbers(results):
    row = results.runs.iloc[41]
    drawn = list(results.manifest["numbers_drawn"])
    fixed = load_scenario("toy")
    for name in drawn:
        fixed = with_number(fixed, name, float(row[name]))
    alone = ensemble.prepare(replace(fixed, seed=5)).run_block(41, 1)
    last = results.series[results.series["run"] == 41]
    last = last[last["quarter"] == results.manifest["quarters"][-1]]
    for at, state in enumerate(results.states):
        for j, power in enumerate(results.powers):
            told = last[last["state"] == state].iloc[0][f"alignment_{power}"]
            assert told == np.float32(alone.power_measure("alignment")[0, -1, at, j])


def test_the_table_of_variance_is_that_of_the_runs(results):
    table = results.variance
    row = table[(table["measure"] == "alignment") & (table["state"] == "ALD") & (table["power"] == "NOR")].iloc[0]
    values = results.runs["alignment_ALD_NOR"].to_numpy()[:300].reshape(150, 2)  # the last run has no twin
    found = split(values)
    assert row["draws"] == 150
    assert (row["numbers"], row["numbers_low"], row["numbers_high"]) == (found.numbers, found.low, found.high)
    assert row["numbers"] + row["luck"] == 1.0
    assert set(table["measure"]) >= {"alignment", "effective_partners", "offers", "delivered", "balancing_ended"}


def test_the_shares_are_told_in_the_read_me_and_in_the_summary(results):
    text = (results.folder / "README.txt").read_text(encoding="utf-8")
    row = results.variance[results.variance["measure"] == "effective_partners"].iloc[0]
    assert f"effective partners           {100 * row['numbers']:.0f} % (" in text
    assert f"{len(results.manifest['numbers_drawn'])} numbers" in text
    told = json.loads((results.folder / "summary.json").read_text(encoding="utf-8"))["variance"]
    assert told["lucks_per_draw"] == 2
    assert len(told["shares"]) == len(results.variance)
    assert told["shares"][0]["numbers"] == pytest.approx(results.variance["numbers"][0], rel=1e-5)


def test_the_shares_stand_in_the_closing_table(results, capsys):
    from sim.cli.run_report import print_results

    print_results(results)
    out = capsys.readouterr().out
    assert "Share of variance due to numbers" in out
    assert "2 runs on each draw" in out


def test_with_too_few_runs_that_is_said_instead(tmp_path, capsys):
    from sim.cli.run_report import print_results

    few = runner.run("toy", runs=2 * FEWEST_DRAWS - 2, numbers="sampled", out=tmp_path)
    print_results(few)
    assert f"at least {2 * FEWEST_DRAWS} are needed" in capsys.readouterr().out
    assert "too few draws" in (few.folder / "README.txt").read_text(encoding="utf-8")


def test_fixed_numbers_leave_no_table_of_variance(tmp_path):
    fixed = runner.run("toy", runs=50, out=tmp_path)
    assert not (fixed.folder / "variance.parquet").exists()
    assert "None: every run has the same numbers" in (fixed.folder / "README.txt").read_text(encoding="utf-8")
    assert "choice.dependence_aversion" not in pq.read_schema(fixed.folder / "runs.parquet").names


def test_both_engines_draw_the_same_numbers(tmp_path):
    fast, slow = (
        runner.run("toy", runs=5, numbers="sampled", out=tmp_path / engine, engine=engine)
        for engine in ("ensemble", "mesa")
    )
    assert fast.runs.equals(slow.runs)
    assert fast.series.astype(str).equals(slow.series.astype(str))


@pytest.mark.parametrize("name", ["toy", "baseline"])
def test_the_world_stays_possible_when_nothing_is_known_for_sure(name):
    scenario = load_scenario(name)
    own = load_evidence(scenario.world)
    ready = ensemble.prepare(every_number(scenario, own, LUCKS_PER_DRAW), own)
    lanes, quarters = 96, 12
    values = ready.values_of(0, lanes)
    store = build(own, values, lucks(1, 0, lanes))
    shape = (quarters, len(own.states))
    by_power = np.empty((*shape, len(own.powers), len(BY_POWER), lanes))
    by_state = np.empty((*shape, len(BY_STATE), lanes))
    numbers, happenings = vector(values, lanes), ready.happenings(0, lanes)
    everything = int(Phase.ALL)
    advance(store, numbers, happenings, scenario.start, quarters, everything, 0, ready.pole, by_power, by_state)
    assert check_invariants(unpack(store)) == []
