"""Numbers drawn for every run: on addresses of their own, the same whatever block, lane or engine asks."""

from dataclasses import replace

import numpy as np
import pytest

from sim.batch import runner
from sim.engine import agents, ensemble
from sim.engine.sampling import quantiles, sampled_numbers, values_in
from sim.evidence.evidence import load_evidence
from sim.scenario.scenario import load_scenario, with_number
from sim.scenario.units import Range, Shape

AVERSION = "choice.dependence_aversion"


@pytest.fixture(scope="module")
def evidence():
    return load_evidence("toy")


@pytest.fixture(scope="module")
def toy(evidence):
    scenario = load_scenario("toy")
    other = next(name for name in evidence.numbers if name.startswith("minds."))
    number = evidence.numbers[other]
    scenario = with_number(scenario, AVERSION, Range(low=1.0, high=2.5))
    return with_number(scenario, other, Range(low=number.low, high=number.high))


def test_values_lie_in_their_range_and_fill_it(toy):
    drawn = sampled_numbers(toy, 3, 0, 4000)
    assert list(drawn) == list(toy.sampled)
    for name, values in drawn.items():
        spread = toy.sampled[name]
        assert values.shape == (4000,)
        assert values.min() >= spread.low
        assert values.max() <= spread.high
        assert values.mean() == pytest.approx((spread.low + spread.high) / 2, rel=0.05)
        assert np.unique(values).size == 4000


def test_two_numbers_are_drawn_independently(toy):
    one, two = sampled_numbers(toy, 3, 0, 4000).values()
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.05


def test_a_triangle_has_its_mean_and_peak():
    spread = Range(low=1.0, high=4.0, shape=Shape.TRIANGULAR, peak=1.5)
    where = (np.arange(100_000) + 0.5) / 100_000
    values = values_in(spread, where)
    assert np.all(np.diff(values) >= 0.0)
    assert (values.min(), values.max()) == (pytest.approx(1.0, abs=0.01), pytest.approx(4.0, abs=0.02))
    assert values.mean() == pytest.approx((1.0 + 4.0 + 1.5) / 3, rel=1e-4)
    counts, edges = np.histogram(values, bins=30)
    assert edges[counts.argmax()] == pytest.approx(1.5, abs=0.15)


@pytest.mark.parametrize("peak", [1.0, 4.0])
def test_a_triangle_may_lean_on_an_end(peak):
    values = values_in(Range(low=1.0, high=4.0, shape=Shape.TRIANGULAR, peak=peak), np.array([1e-16, 0.5, 1 - 1e-16]))
    assert np.all(np.isfinite(values))
    assert values.min() >= 1.0
    assert values.max() <= 4.0


def test_a_run_draws_the_same_whatever_block_it_is_in(toy):
    whole = sampled_numbers(toy, 7, 0, 50)
    parts = [sampled_numbers(toy, 7, first, count) for first, count in ((0, 1), (1, 30), (31, 19))]
    for name, values in whole.items():
        assert np.array_equal(values, np.concatenate([part[name] for part in parts]))


def test_another_number_sampled_beside_it_moves_nothing(toy):
    alone = with_number(load_scenario("toy"), AVERSION, toy.sampled[AVERSION])
    assert np.array_equal(sampled_numbers(alone, 1, 0, 20)[AVERSION], sampled_numbers(toy, 1, 0, 20)[AVERSION])


def test_the_seed_and_the_name_matter(toy):
    one, two = (sampled_numbers(toy, seed, 0, 20)[AVERSION] for seed in (1, 2))
    assert not np.any(one == two)
    keys = ensemble.lucks(1, 0, 20)
    assert not np.any(quantiles("one", keys) == quantiles("two", keys))


def test_both_engines_and_every_block_size_agree_to_the_last_bit(toy):
    whole = ensemble.prepare(toy).run_block(0, 9)
    parts = ensemble.prepare(toy).run_block(5, 4, lanes=3)
    slow = agents.prepare(toy).run_block(5, 2)
    assert np.array_equal(whole.by_power[5:], parts.by_power)
    assert np.array_equal(whole.by_state[5:], parts.by_state)
    assert np.array_equal(whole.by_power[5:7], slow.by_power)
    assert np.array_equal(whole.offers[5:7], slow.offers)


def test_a_run_is_the_run_of_its_drawn_values(toy):
    drawn = sampled_numbers(toy, toy.seed, 4, 1)
    fixed = toy
    for name, values in drawn.items():
        fixed = with_number(fixed, name, float(values[0]))
    assert not fixed.sampled
    one, two = (ensemble.prepare(scenario).run_block(4, 1) for scenario in (toy, fixed))
    assert np.array_equal(one.by_power, two.by_power)
    usual = ensemble.prepare(load_scenario("toy")).run_block(4, 1)
    assert not np.array_equal(one.by_power, usual.by_power)


def test_what_is_given_to_prepare_or_switched_off_is_not_drawn(toy, evidence):
    given = ensemble.prepare(toy, numbers={AVERSION: 2.0})
    assert given.values_of(0, 3)[AVERSION] == 2.0
    system = next(s for s in evidence.systems.values() if AVERSION in s.strengths)
    off = ensemble.prepare(replace(toy, without=(system.id,)))
    assert off.values_of(0, 3)[AVERSION] == 0.0


def test_results_have_a_column_for_every_number_drawn(toy, tmp_path):
    results = runner.run(toy, runs=12, seed=5, workers=1, out=tmp_path)
    for name, values in sampled_numbers(toy, 5, 0, 12).items():
        assert np.array_equal(results.runs[name].to_numpy(), values)
    again = runner.run(toy, runs=12, seed=5, workers=2, out=tmp_path / "again")
    files = [(one.folder / "runs.parquet").read_bytes() for one in (results, again)]
    assert files[0] == files[1]
