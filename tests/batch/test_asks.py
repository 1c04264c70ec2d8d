"""Lines of one's own asked of every run: good errors, answers out of finished folders, honest bounds."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch.answers import _bounds, answered, truth_of
from sim.batch.asks import known_from_results, read_asks
from sim.batch.runner import run
from sim.batch.tables import share_range
from sim.io.errors import InputError

WORDS = ("alignment", "partners", "outcome", "ALD", "OST", "all", ">", "=", "3", "%", "leaning", "at", "2027-Q3", "is")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run(fake_scenario(runs=300), out=tmp_path_factory.mktemp("asked"), engine=FakePrepared, series=200)


def line(results, text):
    return read_asks([text], known_from_results(results))[0]


def test_what_a_run_comes_to_is_asked_of_every_run(results):
    values = results.runs["alignment_ALD_OST"]
    middle = float(values.median())
    answer = results.ask(f"dependence ALD OST > {100 * middle:.10f} %")
    assert (answer.runs, answer.held) == (300, int((values > round(middle, 12)).sum()))
    assert (answer.low, answer.high) == share_range(answer.held, answer.runs)
    assert answer.low < answer.share < answer.high


@pytest.mark.parametrize(
    "text",
    [
        "alignment ALD OST > 20 %",
        "Dependence of Aldara on Ostria > 0.2",
        "alignment OST ALD>20%",
        "  alignment   ald   ost  >  20  %  ",
    ],
)
def test_one_question_is_told_in_one_way(results, text):
    assert line(results, text).text == "alignment ALD OST > 20 %"


def test_a_quarter_is_asked_of_the_runs_whose_course_was_kept(results):
    ask = line(results, "autonomy BEK >= 50 % at 2027-Q3")
    series = results.series
    mine = series[(series["state"] == "BEK") & (series["quarter"] == "2027-Q3")].sort_values("run")
    assert truth_of(results, ask).tolist() == (mine["autonomy"].astype(float) >= 0.5).tolist()
    assert answered(results, ask).runs == 200


def test_what_runs_do_not_keep_is_the_mean_over_the_last_year_of_their_course(results):
    series = results.series
    last = series[(series["state"] == "ALD") & series["quarter"].isin([f"2028-Q{q}" for q in range(1, 5)])]
    means = last.assign(trade=last["trade_OST"].astype(float)).groupby("run")["trade"].mean()
    middle = float(means.median())
    assert results.ask(f"trade ALD OST > {middle:.6f} bn USD").held == int((means > round(middle, 6)).sum())


@pytest.mark.parametrize("at", ["", " at 2026-Q4"])
def test_words_are_asked_for_with_or_without_their_power(results, at):
    if at:
        series = results.series
        words = series[(series["state"] == "ALD") & (series["quarter"] == "2026-Q4")]["outcome"].astype(str)
    else:
        words = results.runs["outcome_ALD"]
    for word in dict.fromkeys(words):
        assert results.ask(f"outcome ALD = {word}{at}").held == int((words == word).sum())
    leaning = results.ask(f"outcome ALD is leaning{at}").held
    assert leaning == int(words.str.startswith("leaning").sum())
    assert results.ask(f"outcome ALD is not leaning{at}").held == len(words) - leaning


def test_when_balancing_first_ended(results):
    ended = results.runs["first_ended_ALD"]
    never = int(ended.isna().sum())
    assert results.ask("first ended ALD = never").held == never
    assert results.ask("first_ended ALD <= 2028-Q4").held == len(ended) - never
    assert results.ask("first_ended ALD < 2027-Q1").held == int((ended.dropna() < "2027-Q1").sum())
    words = results.runs["outcome_BEK"].str.split("-").str[0]
    over = int(words.isin(["locked", "squeezed", "sided", "isolated"]).sum())
    assert results.ask("balancing_ended BEK = yes").held == over


def test_all_powers_together(results):
    runs = results.runs
    shares = sum(runs[f"alignment_ALD_{power}"] for power in results.powers)
    assert results.ask("alignment ALD all > 70 %").held == int((shares > 0.7).sum())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "MEASURE STATE [POWER] COMPARISON VALUE"),
        ("alignment ALD OST", "no comparison"),
        ("alignment ALD OST > ", "nothing behind the comparison"),
        ("alignmnt ALD OST > 3 %", "Did you mean 'alignment'?"),
        ("dependense ALD OST > 3 %", "Did you mean 'dependence'?"),
        ("alignment ALX OST > 3 %", "Did you mean 'ALD'?"),
        ("alignment ALD OSX > 3 %", "Did you mean 'OST'?"),
        ("alignment ALD > 3 %", "no power"),
        ("alignment OST > 3 %", "no state"),
        ("alignment ALD BEK OST > 3 %", "2 states"),
        ("partners ALD OST > 3", "is of a state alone"),
        ("alignment ALD OST > 30", "Did you mean '30 %'?"),
        ("alignment ALD OST > 130 %", "from 0 to 100 %"),
        ("trade ALD OST > 30 %", "money such as 4.2 bn USD"),
        ("alignment ALD OST > 30 % at 2050-Q1", "a quarter of the run, 2025-Q1 to 2028-Q4"),
        ("alignment ALD OST > 30 % at soon", "a quarter such as"),
        ("alignment ALD OST > 3 % > 2 %", "two comparisons"),
        ("outcome ALD > leaning", "= or != with a word"),
        ("outcome ALD = multivector", "Did you mean 'multi-vector'?"),
        ("pressure ALD all > 3 %", "Did you mean 'combined_pressure'?"),
        ("acceptance ALD > 3 % at 2026-Q1", "this is of the whole run"),
        ("balancing_ended ALD = maybe", "yes or no"),
        ("alignment ALD OST > -30", "dominant"),  # and no share is near to it
        ("partners ALD > nan", "a number in powers"),
        ("partners ALD > 1e999", "a finite number"),
    ],
)
def test_what_is_no_question_is_told_with_the_nearest(results, text, said):
    with pytest.raises(InputError) as error:
        results.ask(text)
    assert said in str(error.value)
    assert "Did you mean '-" not in str(error.value)


@pytest.mark.parametrize(
    "text", [None, 3, 2.5, ["partners ALD > 2"], b"partners ALD > 2", "x" * 10_000, "\x1b[31m > 3"]
)
def test_what_is_no_text_is_refused_in_words(results, text):
    with pytest.raises(InputError) as error:
        results.ask(text)
    assert str(error.value).isprintable()


def test_what_was_not_kept_cannot_be_asked(tmp_path):
    thin = run(fake_scenario(runs=20), out=tmp_path, engine=FakePrepared, thin=4, measures=["autonomy"])
    assert thin.ask("autonomy ALD > 50 % at 2027-Q4").runs == 20
    with pytest.raises(InputError, match="Did you mean '2027-Q4'"):
        thin.ask("autonomy ALD > 50 % at 2027-Q3")
    with pytest.raises(InputError, match="--measures"):
        thin.ask("trade ALD OST > 3 bn USD")
    none = run(fake_scenario(runs=20, seed=8), out=tmp_path, engine=FakePrepared, series=0)
    with pytest.raises(InputError, match="--series"):
        none.ask("autonomy ALD > 50 % at 2027-Q4")


def test_runs_that_share_a_draw_count_for_as_much_as_they_differ():
    alike = np.repeat(np.arange(50) % 2 == 0, 4)
    assert _bounds(alike, 4)[0] == pytest.approx(share_range(25, 50)[0], abs=0.01)
    apart = np.random.default_rng(1).random(4000) < 0.3
    assert _bounds(apart, 4) == pytest.approx(share_range(int(apart.sum()), 4000), abs=0.004)
    assert _bounds(np.zeros(40, dtype=bool), 4)[1] == share_range(0, 10)[1]


@settings(max_examples=80, deadline=None)
@given(
    text=st.text(max_size=40)
    | st.lists(
        st.sampled_from(WORDS),
        max_size=9,
    ).map(" ".join)
)
def test_any_text_is_a_question_or_is_refused(results, text):
    try:
        answer = results.ask(text)
    except InputError:
        return
    assert 0.0 <= answer.low <= answer.share <= answer.high <= 1.0
    assert results.ask(answer.ask) == dataclasses.replace(answer)  # what is told can be asked again
