import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.fake_engine import LINES, POWERS, STATES, fake_block
from sim.analysis.paired import (
    Label,
    Resampling,
    finals_of,
    finals_of_block,
    holm,
    joined,
    paired,
    quantiles,
    resampling_of,
)
from sim.batch.outcomes import final_columns, summarise, thresholds
from sim.model.chance import address, luck, uniform

LINE = thresholds(LINES)
WORLDS = 400  # independent repetitions in which the truth is known


@pytest.fixture(scope="module")
def resampling():
    return Resampling(300, seed=4)


def noise(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def test_an_interval_covers_the_truth_as_often_as_it_says():
    """True difference 0.5 in a skewed quantity; nine intervals in ten or more cover it, and not all of them."""
    hits = 0
    for world in range(WORLDS // 100):
        skewed = np.random.default_rng(world).exponential(size=(300, 100)) - 0.5
        found = paired(np.zeros_like(skewed), skewed, Resampling(300, world))
        hits += int(((found.low <= 0.5) & (found.high >= 0.5)).sum())
    assert 0.90 * WORLDS < hits < 0.985 * WORLDS


def test_the_interval_of_normal_differences_is_the_textbook_one(resampling):
    apart = noise(1, 300, 50)
    found = paired(np.zeros_like(apart), apart, resampling)
    width = 2 * NormalDist().inv_cdf(0.975) * apart.std(axis=0, ddof=1) / math.sqrt(300)
    assert (found.high - found.low) == pytest.approx(width, rel=0.15)
    assert np.allclose(found.difference, apart.mean(axis=0), atol=1e-7)
    assert ((found.low < found.difference) & (found.difference < found.high)).all()


def test_luck_in_common_sharpens_and_the_table_says_by_how_much(resampling):
    shared, own = noise(2, 300, 1), 0.1 * noise(3, 300, 1)
    found = paired(shared, shared + own, resampling)
    expected = (shared.var(ddof=1) + (shared + own).var(ddof=1)) / own.var(ddof=1)
    assert found.needed[0] == pytest.approx(expected)
    alone = paired(noise(5, 300, 1), noise(6, 300, 1), resampling)
    assert alone.needed[0] == pytest.approx(1.0, abs=0.25)  # nothing in common, nothing gained


def test_what_does_not_differ_is_told_as_nought(resampling):
    same = noise(7, 300, 4)
    found = paired(same, same.copy(), resampling)
    for value in (found.difference, found.low, found.high, found.effect, found.z, found.moved):
        assert (value == 0.0).all()
    assert (found.p == 1.0).all()
    assert np.isnan(found.needed).all()


def test_what_moves_by_the_same_amount_in_every_run_is_as_sure_as_can_be(resampling):
    found = paired(np.zeros((300, 1)), np.full((300, 1), 0.25), resampling)
    assert found.difference[0] == found.low[0] == found.high[0] == 0.25
    assert found.p[0] == 0.0
    assert np.isnan(found.effect[0])  # there is no spread between runs to measure it by
    assert found.moved[0] == 1.0


@given(st.integers(2, 60), st.integers(0, 1000), st.floats(-30, 30))
def test_shifting_and_scaling_shift_and_scale(runs, seed, exponent):
    scale = 2.0 ** round(exponent)
    one, two = noise(seed, runs, 2), noise(seed + 1, runs, 2)
    resampling = Resampling(runs, seed, resamples=20)
    plain, other = paired(one, two, resampling), paired(scale * one, scale * two, resampling)
    assert np.array_equal(scale * plain.difference, other.difference)
    assert np.array_equal(scale * plain.low, other.low)
    backwards = paired(two, one, resampling)
    assert np.array_equal(plain.difference, -backwards.difference)


def test_the_same_bytes_come_out_and_columns_do_not_know_of_each_other(resampling):
    one, two = noise(8, 300, 6), noise(9, 300, 6)
    again = paired(one, two, Resampling(300, seed=4))
    found = paired(one, two, resampling)
    alone = paired(one[:, 3:4], two[:, 3:4], resampling)
    assert found.low.tobytes() == again.low.tobytes()
    assert (found.low[3], found.high[3], found.p[3]) == (alone.low[0], alone.high[0], alone.p[0])
    assert not np.array_equal(found.low, paired(one, two, Resampling(300, seed=5)).low)


@given(st.integers(2, 300), st.integers(0, 99), st.floats(0.0, 1.0))
def test_quantiles_are_the_ones_of_numpy_to_the_last_bit(rows, seed, share):
    values = noise(seed, rows, 7)
    shares = (share, 0.025, 1.0 - share, 0.975)
    assert quantiles(values, shares).tobytes() == np.quantile(values, shares, axis=0).tobytes()


@pytest.mark.parametrize("runs", [7, 300, 20_000])
def test_runs_drawn_together_are_the_runs_drawn_one_by_one(runs):
    resampling = Resampling(runs, 3, resamples=40)
    groups = len(resampling.sizes)
    with np.errstate(over="ignore"):
        where = address(0, 0, np.arange(groups, dtype=np.uint64), np.uint64(runs), 0)
        for number in range(40):
            drawn = (uniform(luck(3, number), where) * groups).astype(np.int64)
            assert resampling.counts[number].tolist() == np.bincount(drawn, minlength=groups).tolist()
    assert np.array_equal(resampling_of(runs, 3).counts[:40], resampling.counts)


def test_the_order_in_which_runs_are_added_does_not_matter_to_the_last_bit(resampling):
    apart = noise(10, 300, 3)
    whole = np.rint(apart * 2.0**20)
    counts = resampling.counts.astype(np.float64)
    backwards = np.array([(row[::-1, None] * whole[::-1]).sum(axis=0) for row in counts]) / 300
    assert np.array_equal(resampling.means(whole), backwards)


def test_many_runs_are_resampled_in_groups_with_the_same_answer():
    runs = 45_001
    apart = noise(11, runs, 1) + 0.01
    found = paired(np.zeros_like(apart), apart, Resampling(runs, 1, resamples=400))
    width = 2 * NormalDist().inv_cdf(0.975) / math.sqrt(runs)
    assert found.high[0] - found.low[0] == pytest.approx(width, rel=0.15)
    assert found.difference[0] == pytest.approx(apart.mean(), abs=1e-7)


def test_every_resample_draws_as_many_runs_as_there_are(resampling):
    assert (resampling.counts.sum(axis=1) == 300).all()
    assert resampling.counts.var() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(("runs", "other"), [(1, 1), (5, 6)])
def test_runs_that_cannot_be_paired_are_refused(runs, other):
    with pytest.raises(ValueError, match="runs"):
        paired(np.zeros((runs, 1)), np.zeros((other, 1)), Resampling(runs, 0))


def test_holm_is_the_step_down_of_bonferroni():
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.9, 0.8])).max() == 1.0
    assert holm(np.array([])).size == 0


def test_holm_keeps_chance_alone_from_calling_anything_clear():
    """Among 100 outcomes without any difference, something is called clear in one family in twenty."""
    families = [paired(noise(w, 60, 100), noise(w + 10_000, 60, 100), Resampling(60, w, 10)).p for w in range(200)]
    assert np.mean([(p < 0.05).any() for p in families]) > 0.9
    assert np.mean([(holm(p) < 0.05).any() for p in families]) < 0.12


def test_finals_hold_every_outcome_of_every_run():
    block = fake_block(0, 12)
    found = finals_of_block(block, LINE)
    columns = final_columns(summarise(block, LINE), block)
    assert found.runs == 12
    assert found.column("BEK", "trust", "SUD").tolist() == columns["trust"][:, 1, 2].tolist()
    assert found.column("ALD", "mean_trust") == pytest.approx(columns["trust"][:, 0].mean(axis=1))
    assert found.column("ALD", "acceptance") == pytest.approx(columns["accepted"][:, 0] / columns["offers"][:, 0])
    assert found.column("ALD", "visits").tolist() == columns["visits"][:, 0].tolist()
    ended = [word.split("-")[0] in {"sided", "locked", "squeezed", "isolated"} for word in found.words[:, 0]]
    assert found.column("ALD", "balancing_ended").tolist() == ended
    assert {label.measure for label in found.labels} >= {"alignment", "balance", "combined_pressure", "pressure"}
    assert len(set(found.labels)) == len(found.labels)


def test_finals_of_blocks_are_the_finals_of_all_of_their_runs():
    parts = joined([finals_of_block(fake_block(0, 5), LINE), finals_of_block(fake_block(5, 7), LINE)])
    whole = finals_of_block(fake_block(0, 12), LINE)
    assert np.array_equal(parts.values, whole.values)
    assert np.array_equal(parts.words, whole.words)


def test_a_measure_that_nobody_foresaw_is_compared_too():
    columns = {"votes": np.ones((3, len(STATES))), "influence": np.ones((3, len(STATES), len(POWERS)))}
    labels = finals_of(columns, tuple(STATES), tuple(POWERS)).labels
    assert Label("ALD", "votes", "") in labels
    assert Label("BEK", "influence", "OST") in labels
