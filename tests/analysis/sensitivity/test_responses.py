"""What is asked of a run is answered as the batch would answer it."""

import numpy as np
import pytest

from helpers.fake_engine import LINES, fake_block
from sim.analysis.sensitivity.responses import SUMMARIES, Response, Source, answers
from sim.batch.outcomes import OUTCOMES, combined_pressure, final_columns, summarise, thresholds
from sim.model.variable import Reduction
from sim.model.variables import BY_NAME, BY_POWER, BY_STATE, OFFER_TOTALS, kept_of_a_run

BLOCK = fake_block(count=40)
SUMMARY = summarise(BLOCK, thresholds(LINES))
FINAL = final_columns(SUMMARY, BLOCK)
STATE = BLOCK.states[0]


def one(source, *what, states=(STATE,), **more):
    """The answers to one question [R]."""
    ask = Response(name="x", source=source, what=what, states=states, **({"kind": "all"} | more))
    return answers(BLOCK, (ask,), LINES)[:, 0]


@pytest.mark.parametrize("name", kept_of_a_run("i", Reduction.MEAN))
def test_an_end_is_the_end_that_a_batch_writes_down(name):
    assert np.array_equal(one(Source.MEASURE, name), FINAL[name][:, 0])


@pytest.mark.parametrize("power", BLOCK.powers)
def test_so_is_the_alignment_with_a_power(power):
    place = BLOCK.powers.index(power)
    assert np.array_equal(one(Source.MEASURE, "alignment", power=power), FINAL["alignment"][:, 0, place])


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_word_is_the_word_of_the_batch(outcome):
    code = OUTCOMES.index(outcome)
    assert np.array_equal(one(Source.WORD, outcome.word), SUMMARY.outcome[:, -1, 0] == code)
    by_quarter = (SUMMARY.outcome[:, :, 0] == code).mean(axis=1)
    assert np.allclose(one(Source.WORD, outcome.word, at="mean"), by_quarter, rtol=0, atol=1e-15)


def test_words_may_name_a_power_and_several_words_count_together():
    found = [one(Source.WORD, f"leaning-{power}") for power in BLOCK.powers]
    assert np.array_equal(sum(found), one(Source.WORD, "leaning"))
    assert 0 < one(Source.WORD, "leaning").mean() < 1
    together = one(Source.WORD, "multi-vector", "leaning")
    assert np.array_equal(together, one(Source.WORD, "balancing"))
    ended = np.array([outcome.ends_multi_vectorism for outcome in OUTCOMES])
    assert np.array_equal(together, ~ended[SUMMARY.outcome[:, -1, 0]])


def test_states_are_averaged_over():
    each = [one(Source.MEASURE, "threat", states=(state,)) for state in BLOCK.states]
    assert np.allclose(one(Source.MEASURE, "threat", states=BLOCK.states), np.mean(each, axis=0), rtol=0, atol=1e-15)


@pytest.mark.parametrize("at", SUMMARIES)
def test_every_summary_is_what_it_says(at):
    values = BLOCK.state_measure("delivered")[:, :, 0]
    wanted = {
        "end": values[:, -4:].mean(axis=1),
        "mean": values.mean(axis=1),
        "sum": values.sum(axis=1),
        "max": values.max(axis=1),
        "min": values.min(axis=1),
        "change": values[:, -1] - values[:, 0],
    }
    assert np.allclose(one(Source.MEASURE, "delivered", at=at), wanted[at], rtol=1e-14)


def test_a_quarter_is_that_quarter():
    found = one(Source.MEASURE, "threat", at=BLOCK.quarters[3])
    assert np.array_equal(found, BLOCK.state_measure("threat")[:, 3, 0])


@pytest.mark.parametrize("name", BY_POWER)
def test_powers_are_put_together_as_their_measure_asks(name):
    values = BLOCK.power_measure(name)[:, 2, 0]
    at = BLOCK.quarters[2]
    wanted = {
        Reduction.SUM: values.sum(axis=-1),
        Reduction.MEAN: values.mean(axis=-1),
        Reduction.JOINT: combined_pressure(values),
    }
    assert np.allclose(one(Source.MEASURE, name, power="all", at=at), wanted[BY_NAME[name].over_powers], rtol=1e-14)
    assert np.array_equal(one(Source.MEASURE, name, power="largest", at=at), values.max(axis=-1))


@pytest.mark.parametrize("name", OFFER_TOTALS)
def test_totals_are_summed_over_powers_and_kinds(name):
    place = OFFER_TOTALS.index(name)
    assert np.array_equal(one(Source.TOTAL, name, power="all"), BLOCK.offers[:, 0, :, :, place].sum(axis=(1, 2)))
    some = one(Source.TOTAL, name, power=BLOCK.powers[1], kind=BLOCK.kinds[2])
    assert np.array_equal(some, BLOCK.offers[:, 0, 1, 2, place])


def test_the_lines_between_words_may_differ_from_run_to_run():
    lines = dict(LINES)
    lines["measures.leaning_share"] = np.linspace(0.2, 0.6, BLOCK.runs)
    lines["measures.final_quarters"] = np.where(np.arange(BLOCK.runs) % 2, 4.0, 1.0)
    asks = (
        Response(name="a", source=Source.WORD, what=("leaning",), states=BLOCK.states),
        Response(name="b", source=Source.MEASURE, what=("threat",), states=BLOCK.states),
    )
    together = answers(BLOCK, asks, lines)
    for run in range(BLOCK.runs):
        mine = {name: float(line[run]) if isinstance(line, np.ndarray) else line for name, line in lines.items()}
        alone = answers(fake_block(first=run, count=1), asks, mine)
        assert np.array_equal(together[run], alone[0])


def test_measures_of_a_state_alone_are_all_known():
    for name in BY_STATE:
        if name != "sided":
            assert np.isfinite(one(Source.MEASURE, name)).all()
