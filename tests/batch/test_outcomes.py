import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.fake_engine import LINES, POWERS, STATES, fake_block
from sim.batch.outcomes import (
    OUTCOMES,
    Outcome,
    classify,
    combined_pressure,
    final_columns,
    outcome_words,
    split_word,
    summarise,
    thresholds,
    trailing_mean,
)

LINE = thresholds(LINES)


def judged(alignment, pressure=(0.0, 0.0, 0.0), sided=0, partners=None):
    shares = np.array(alignment, dtype=float)
    among = shares / shares.sum() if shares.sum() else np.full(3, 1 / 3)
    partners = 1 / (among**2).sum() if partners is None else partners
    outcome, power = classify(shares, np.array(pressure), np.array(partners), np.array(sided), LINE)
    return str(outcome_words(outcome, power, ("AAA", "BBB", "CCC")))


@pytest.mark.parametrize(
    ("word", "asked"),
    [
        ("multi-vector", {"alignment": (0.3, 0.25, 0.25)}),
        ("leaning-BBB", {"alignment": (0.2, 0.45, 0.2)}),
        ("leaning-AAA", {"alignment": (0.38, 0.35, 0.0)}),  # no large share, but only two partners
        ("locked-in-CCC", {"alignment": (0.1, 0.1, 0.7)}),
        ("squeezed", {"alignment": (0.3, 0.25, 0.25), "pressure": (0.3, 0.3, 0.0)}),
        ("sided-BBB", {"alignment": (0.3, 0.25, 0.25), "sided": 2}),
        ("isolated", {"alignment": (0.1, 0.05, 0.05)}),
    ],
)
def test_the_words_of_worked_cases(word, asked):
    assert judged(**asked) == word


def test_an_openly_taken_side_says_more_than_dependence_and_dependence_more_than_pressure():
    assert judged((0.1, 0.1, 0.7), pressure=(0.9, 0.0, 0.0), sided=1) == "sided-AAA"
    assert judged((0.1, 0.1, 0.7), pressure=(0.9, 0.0, 0.0)) == "locked-in-CCC"


def test_lines_belong_to_the_graver_word():
    assert judged((0.6, 0.1, 0.1)) == "locked-in-AAA"
    assert judged((0.4, 0.25, 0.25)) == "leaning-AAA"
    assert judged((0.3, 0.25, 0.25), pressure=(0.5, 0.0, 0.0)) == "squeezed"


def test_two_moderate_pressures_squeeze_as_much_as_a_strong_one():
    assert combined_pressure(np.array([0.5, 0.5, 0.0])) == pytest.approx(0.75)


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3), st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3))
def test_every_state_of_affairs_has_exactly_one_word(shares, pressure):
    total = max(sum(shares), 1.0)
    word = judged([share / total for share in shares], pressure=pressure, partners=2.7)
    outcome, power = split_word(word)
    assert outcome in OUTCOMES
    assert bool(power) == outcome.names_power


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcomes_are_sentences_and_words_can_be_taken_apart(outcome):
    assert " " in outcome.value
    assert outcome.value[0].islower()
    word = f"{outcome.word}-XYZ" if outcome.names_power else outcome.word
    assert split_word(word) == (outcome, "XYZ" if outcome.names_power else "")


def test_what_is_no_outcome_word_is_refused():
    with pytest.raises(ValueError, match="is no outcome word"):
        split_word("content")


def test_which_outcomes_end_multi_vectorism():
    ended = {outcome for outcome in Outcome if outcome.ends_multi_vectorism}
    assert ended == {Outcome.LOCKED_IN, Outcome.SIDED, Outcome.SQUEEZED, Outcome.ISOLATED}


def test_the_trailing_mean_looks_back_and_never_ahead():
    values = np.array([[1.0, 3.0, 5.0, 7.0]])
    assert trailing_mean(values, 2).tolist() == [[1.0, 2.0, 4.0, 6.0]]
    assert trailing_mean(values, 1).tolist() == values.tolist()
    assert trailing_mean(values, 9).tolist() == [[1.0, 2.0, 3.0, 4.0]]


def test_a_summary_does_not_depend_on_how_runs_were_cut_into_blocks():
    whole, part = summarise(fake_block(0, 12), LINE), summarise(fake_block(5, 7), LINE)
    assert np.array_equal(whole.outcome[5:], part.outcome)
    assert np.array_equal(whole.alignment[5:], part.alignment)
    assert all(np.array_equal(whole.totals[name][5:], part.totals[name]) for name in whole.totals)
    assert all(np.array_equal(whole.by_power[name][5:], part.by_power[name]) for name in whole.by_power)
    assert all(np.array_equal(whole.state[name][5:], part.state[name]) for name in whole.state)


def test_a_summary_holds_what_comparisons_ask_for():
    block = fake_block(0, 6)
    summary = summarise(block, LINE)
    last = round(LINE.final_quarters)
    trust = block.power_measure("trust")[:, -last:].mean(axis=1)
    assert np.allclose(summary.by_power["trust"], trust)
    pressure = combined_pressure(block.power_measure("pressure"))[:, -last:].mean(axis=1)
    assert np.allclose(summary.state["combined_pressure"], pressure)


def test_final_columns_tell_when_balancing_first_ended():
    block = fake_block(0, 60)
    summary = summarise(block, LINE)
    columns = final_columns(summary, block)
    words = outcome_words(summary.outcome, summary.power, block.powers)
    assert columns["alignment"].shape == (60, len(STATES), len(POWERS))
    for run in range(60):
        for state in range(len(STATES)):
            course = [split_word(str(word))[0].ends_multi_vectorism for word in words[run, :, state]]
            told = str(columns["first_ended"][run, state])
            assert (told == "") == (not any(course))
            if told:
                year, quarter = divmod(block.quarters[course.index(True)], 4)
                assert told == f"{year}-Q{quarter + 1}"


def test_moving_a_line_renames_outcomes():
    block = fake_block(0, 40)
    strict = thresholds(LINES | {"measures.locked_share": 0.99, "measures.leaning_share": 0.98})
    before, after = summarise(block, LINE), summarise(block, strict)
    locked = OUTCOMES.index(Outcome.LOCKED_IN)
    assert (before.outcome == locked).any()
    assert not (after.outcome == locked).any()
