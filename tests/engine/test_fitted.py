"""Fitted numbers from a posterior: one row a run, the same whatever asks for it, and what a scenario says stays."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.posteriors import NUMBERS, seeds_with, shipped_from, small_table
from sim.analysis.sensitivity.evaluator import Ensemble
from sim.analysis.sensitivity.experiment import load_experiment
from sim.engine import agents, ensemble
from sim.engine.fitted import Fitted, fitted_numbers, rows_of_runs
from sim.engine.sampling import every_number, sampled_numbers
from sim.evidence.evidence import load_evidence
from sim.evidence.posterior import load_posterior
from sim.io.errors import InputError
from sim.model.chance import Stream, address, luck, uniform
from sim.scenario.scenario import load_scenario, with_fitted, with_number
from sim.scenario.units import Range

ARRAYS = ("by_power", "by_state", "offers")
INCOME, FLYWHEEL, NOISE, UNION = NUMBERS


@pytest.fixture(scope="module", autouse=True)
def seeds(tmp_path_factory):
    """Seeds with a posterior, in place of those that come with the package."""
    with pytest.MonkeyPatch.context() as patch:
        seeds = seeds_with(tmp_path_factory.mktemp("fitted"))
        shipped_from(seeds, patch)
        yield seeds


@pytest.fixture(scope="module")
def evidence():
    return load_evidence("toy")


@pytest.fixture(scope="module")
def toy():
    scenario = with_fitted(load_scenario("toy"), "posterior")
    return replace(scenario, end=scenario.start + 5)


def assert_same_bits(one, other, part=slice(None)):
    for name in ARRAYS:
        assert np.array_equal(getattr(one, name), getattr(other, name)[part]), name


# --- rows ---


def test_rows_are_addressed_and_every_row_is_as_likely():
    rows = rows_of_runs(50, 3, 0, 20_000)
    assert (rows.min(), rows.max()) == (0, 49)
    assert np.bincount(rows).std() < 3 * np.sqrt(400)
    with np.errstate(over="ignore"):
        where = uniform(luck(3, 17), address(0, Stream.POSTERIOR, np.uint64(0), np.uint64(0), 0))
    assert rows[17] == int(where * 50)
    parts = [rows_of_runs(50, 3, first, count) for first, count in ((0, 1), (1, 500), (501, 19_499))]
    assert np.array_equal(np.concatenate(parts), rows)
    assert not np.array_equal(rows_of_runs(50, 4, 0, 100), rows[:100])


def test_runs_that_share_a_draw_share_a_row():
    rows = rows_of_runs(50, 3, 0, 100, shared=4)
    assert all(np.array_equal(rows[0::4], rows[at::4]) for at in range(4))
    assert np.array_equal(rows_of_runs(50, 3, 3, 9, shared=4), rows[3:12])


def test_the_numbers_of_a_run_come_from_one_row(toy, evidence, seeds):
    values = ensemble.prepare(toy, evidence).values_of(0, 300)
    posterior, rows = load_posterior(seeds), rows_of_runs(50, toy.seed, 0, 300)
    for name in NUMBERS:
        assert np.array_equal(values[name], posterior.column(name)[rows])
    assert np.corrcoef(values[INCOME], values[FLYWHEEL])[0, 1] == pytest.approx(-1.0, abs=1e-6)
    assert "observation.arms_exponent" not in values


def test_single_values_are_taken_unless_rows_are_asked_for(toy, evidence):
    fixed = with_fitted(toy, "fixed")
    assert fitted_numbers(fixed, evidence) is None
    assert fitted_numbers(load_scenario("toy"), evidence) is None
    assert ensemble.prepare(fixed, evidence).values_of(0, 3)[INCOME] == evidence.numbers[INCOME].value
    by_call = ensemble.prepare(fixed, evidence, fitted="posterior").values_of(0, 3)
    assert np.array_equal(by_call[INCOME], ensemble.prepare(toy, evidence).values_of(0, 3)[INCOME])
    assert ensemble.prepare(toy, evidence, fitted="fixed").fitted is None


@pytest.mark.parametrize("word", ["guessed", 3, True])
def test_a_word_that_nobody_knows_is_refused(toy, word):
    for ask in (ensemble.prepare, agents.Model):
        with pytest.raises(InputError, match=r"fitted.*fixed, posterior"):
            ask(toy, fitted=word)
    with pytest.raises(InputError, match=r"fitted.*fixed, posterior"):
        ensemble.prepare(replace(toy, fitted=word))


# --- what stays ---


def test_what_a_scenario_says_itself_stays_and_the_others_keep_their_row(toy, evidence):
    usual = ensemble.prepare(toy, evidence).values_of(0, 40)
    said = with_number(with_number(toy, INCOME, 0.5), FLYWHEEL, Range(low=0.4, high=0.6))
    values = ensemble.prepare(said, evidence).values_of(0, 40)
    assert values[INCOME] == 0.5
    assert 0.4 <= values[FLYWHEEL].min() < values[FLYWHEEL].max() <= 0.6
    assert np.array_equal(values[FLYWHEEL], sampled_numbers(with_fitted(said, "fixed"), toy.seed, 0, 40)[FLYWHEEL])
    for name in (NOISE, UNION):
        assert np.array_equal(values[name], usual[name])


def test_what_is_given_in_python_goes_first(toy, evidence):
    values = ensemble.prepare(toy, evidence, numbers={INCOME: 0.5, UNION: np.full(7, 0.1)}).values_of(0, 7)
    assert values[INCOME] == 0.5
    assert values[UNION].tolist() == [0.1] * 7
    model = agents.Model(toy, numbers={INCOME: 0.5})
    assert model.values[INCOME] == 0.5


def test_what_is_switched_off_stays_off(toy, evidence):
    system = next(one for one in evidence.systems.values() if FLYWHEEL in one.strengths)
    values = ensemble.prepare(replace(toy, without=(system.id,)), evidence).values_of(0, 5)
    assert values[FLYWHEEL] == 0.0
    assert values[INCOME].shape == (5,)


def test_a_scenario_that_says_all_of_them_takes_no_row(toy, evidence):
    for name in NUMBERS:
        toy = with_number(toy, name, evidence.numbers[name].value)
    assert fitted_numbers(toy, evidence) is None


def test_all_other_numbers_can_be_drawn_beside_them(toy, evidence):
    every = every_number(toy, evidence, 2)
    assert not set(NUMBERS) & set(every.sampled)
    assert set(NUMBERS) <= set(every_number(with_fitted(toy, "fixed"), evidence, 2).sampled)
    drawn = sampled_numbers(every, 5, 0, 40, fitted_numbers(every, evidence))
    assert np.array_equal(drawn[INCOME][0::2], drawn[INCOME][1::2])
    alone = sampled_numbers(toy, 5, 0, 20, fitted_numbers(toy, evidence))
    assert np.array_equal(drawn[INCOME][::2], alone[INCOME])  # what is drawn beside it moves nothing


def test_weights_that_are_fitted_sum_to_one(toy, evidence):
    names = tuple(f"states.{evidence.states[0].code}.weight.{kind}" for kind in evidence.kinds)
    fitted = Fitted(names=names[:1], values=np.array([[0.1, 0.2, 0.3]]), sha256="")
    drawn = sampled_numbers(toy, 1, 0, 9, fitted)
    assert set(drawn) == set(names)
    assert np.allclose(sum(drawn.values()), 1.0, rtol=0, atol=1e-12)


def test_numbers_that_follow_move_and_drawn_ones_stay_in_range(tmp_path, monkeypatch):
    step = "coefficients.major_step_by_quarters"
    seeds = seeds_with(tmp_path, small_table((INCOME, step), world="central-asia"))
    shipped_from(seeds, monkeypatch)
    evidence = load_evidence()
    scenario = with_fitted(load_scenario("baseline"), "posterior")
    values = ensemble.prepare(scenario, evidence).values_of(0, 30)
    followers = [name for name, one in evidence.derivations.found.items() if step in one.numbers]
    assert followers
    for name in followers:
        assert np.unique(values[name]).size > 1
    drawn = every_number(scenario, evidence, 1)
    for name, value in ensemble.prepare(drawn, evidence).values_of(0, 30).items():
        number = evidence.numbers[name]
        if ".weight." not in name and isinstance(value, np.ndarray):
            assert number.low <= value.min() <= value.max() <= number.high, name
    short = replace(scenario, end=scenario.start + 1)
    block = ensemble.prepare(short, evidence).run_block(0, 3)
    assert_same_bits(agents.prepare(short, evidence).run_block(1, 1), block, slice(1, 2))


# --- the same bits ---


def test_agents_lanes_and_blocks_agree_to_the_last_bit(toy, evidence):
    prepared = ensemble.prepare(toy, evidence)
    whole = prepared.run_block(0, 40)
    assert_same_bits(agents.prepare(toy, evidence).run_block(3, 2), whole, slice(3, 5))
    assert_same_bits(prepared.run_block(7, 20, lanes=3), whole, slice(7, 27))
    fixed = ensemble.prepare(with_fitted(toy, "fixed"), evidence).run_block(0, 40)
    assert not np.array_equal(whole.by_power, fixed.by_power)


def test_a_row_is_the_same_as_its_numbers_given_by_hand(toy, evidence):
    prepared = ensemble.prepare(toy, evidence)
    drawn = fitted_numbers(toy, evidence).drawn(toy.seed, 0, 20)
    by_hand = ensemble.prepare(with_fitted(toy, "fixed"), evidence, numbers=drawn)
    assert_same_bits(prepared.run_block(0, 20), by_hand.run_block(0, 20))


def test_the_interpreter_gives_the_same_bits(toy, evidence, seeds):
    ask = f"""
import sys
sys.path.insert(0, "tests")
import pytest
from dataclasses import replace
from pathlib import Path
from helpers.posteriors import shipped_from
shipped_from(Path({str(seeds)!r}), pytest.MonkeyPatch())
from sim.engine.ensemble import prepare
from sim.scenario.scenario import load_scenario
toy = load_scenario("toy")
block = prepare(replace(toy, end=toy.start + 5), fitted="posterior").run_block(2, 1)
sys.stdout.buffer.write(block.by_power.tobytes() + block.by_state.tobytes())
"""
    root = Path(__file__).parents[2]
    with_interpreter = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True, cwd=root, env=with_interpreter)
    block = ensemble.prepare(toy, evidence).run_block(2, 1)
    assert told.stdout == block.by_power.tobytes() + block.by_state.tobytes()


def test_runs_that_share_a_luck_share_its_row(toy, evidence):
    luck_of = np.array([4, 1, 4, 0])
    prepared = replace(ensemble.prepare(toy, evidence), luck_of=luck_of)
    usual = ensemble.prepare(toy, evidence).values_of(0, 5)
    assert np.array_equal(prepared.values_of(0, 4)[INCOME], usual[INCOME][luck_of])
    assert np.array_equal(prepared.values_of(2, 2)[UNION], usual[UNION][luck_of[2:]])


def test_a_sweep_takes_the_row_of_each_replicate_save_for_its_factors(toy, evidence):
    spec = {
        "title": "A try",
        "question": "Does it work?",
        "scenario": "toy",
        "seed": 5,
        "replicates": 3,
        "factors": [INCOME, {"switch": "compensating-visit"}],
        "design": {"kind": "latin-hypercube", "points": 4},
        "outcomes": {"partners": {"measure": "effective_partners", "state": "each"}},
    }
    experiment = replace(load_experiment(spec), scenario=toy)
    evaluate = Ensemble(experiment)
    replicate = np.array([0, 1, 2, 0])
    values = {factor.name: np.full(4, factor.high) for factor in experiment.factors}
    numbers = evaluate.numbers(values, replicate)
    usual = fitted_numbers(toy, evidence).drawn(5, 0, 3)
    assert np.array_equal(numbers[UNION], usual[UNION][replicate])
    assert numbers[INCOME].tolist() == [evidence.numbers[INCOME].high] * 4
    found = evaluate(values, replicate)
    assert np.array_equal(found[0], found[3])
    assert not np.array_equal(found[0], found[1])
