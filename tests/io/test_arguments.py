"""Arguments of Python functions: the same checks and the same words as for files."""

from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from sim.io.arguments import Arguments
from sim.io.errors import InputError
from sim.io.limits import LARGEST_SEED, MOST_RUNS, MOST_WORKERS


def told(check):
    """What is said about one argument."""
    arguments = Arguments("f")
    check(arguments)
    with pytest.raises(InputError) as wrong:
        arguments.refuse_if_wrong()
    return str(wrong.value)


def taken(check):
    """What comes of an argument that is right."""
    arguments = Arguments("f")
    value = check(arguments)
    arguments.refuse_if_wrong()
    return value


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_whatever_counts_as_a_whole_number_is_one(value):
    whole = taken(lambda arguments: arguments.whole("n", value, 0, 9))
    assert whole == 3
    assert type(whole) is int


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (True, "'True'"),
        (1.5, "'1.5'"),
        ("one", "'one'"),
        (np.float64(2.5), "'2.5'"),
        (10**5000, "'a number of some 4,983 digits'"),
        (np.bool_(True), "'<bool>'"),
        (np.array([1, 2]), "'<ndarray of shape (2,)>'"),
        (-1, "'-1'"),
        (10**30, "'1000000000000000000000000000000'"),
        (None, "nothing"),
        ([1], "a list"),
        (object(), "'<object>'"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_none_is_told(value, found):
    said = told(lambda arguments: arguments.whole("n", value, 0, 9))
    assert said == f"f: n: found {found}; allowed: a whole number from 0 to 9"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1", "found the text '1'; in quotation marks this is text; write 1 without them"),
        ("1,000", "found '1,000'; allowed: a whole number from 0 to 9. Did you mean '1000'?"),
        ("1_000", "Did you mean '1000'?"),
        (1.0, "found '1.0'; allowed: a whole number from 0 to 9. Did you mean '1'?"),
        (np.float64(2.0), "Did you mean '2'?"),
        ("1,2,3", "found '1,2,3'; allowed: a whole number from 0 to 9"),
    ],
)
def test_what_was_meant_is_told(value, words):
    assert words in told(lambda arguments: arguments.whole("n", value, 0, 9))


def itself():
    """A list that holds itself."""
    endless = []
    endless.append(endless)
    return endless


class Awkward:
    """What cannot be counted, nor shown."""

    def __repr__(self):
        raise ValueError("nobody can show this")

    def __index__(self):
        raise ValueError("nobody can count this")


@pytest.mark.parametrize("value", [itself(), Awkward(), {1: itself()}, [[[[[[[[[[[]]]]]]]]]]], b"1"], ids=lambda _: "")
def test_what_cannot_be_shown_is_refused_in_words(value):
    assert "found" in told(lambda arguments: arguments.whole("n", value, 0, 9))
    assert "found" in told(lambda arguments: arguments.path("out", value))
    assert "found" in told(lambda arguments: arguments.choices("measures", value, ("trust",)))


def test_workers_have_a_limit():
    assert taken(lambda arguments: arguments.workers(None)) is None
    assert f"from 1 to {MOST_WORKERS}" in told(lambda arguments: arguments.workers(0))
    assert "10000" in told(lambda arguments: arguments.workers(10_000))


@pytest.mark.parametrize(("check", "limit"), [(Arguments.runs, MOST_RUNS), (Arguments.seed, LARGEST_SEED)])
def test_runs_and_seeds_have_the_limits_of_files(check, limit):
    for value in (limit + 1, -1, 1.5, "1", True):
        assert f"a whole number from {int(check is Arguments.runs)} to {limit}" in told(lambda a, v=value: check(a, v))
    assert check(Arguments("f"), None) is None
    assert Arguments("f").run(np.int32(7)) == 7


@pytest.mark.parametrize("value", ["yes", 1, None, [], float("nan"), np.array([True])])
def test_a_switch_is_true_or_false(value):
    assert "allowed: True or False" in told(lambda arguments: arguments.flag("small", value))
    assert taken(lambda arguments: arguments.flag("small", np.True_)) is True


@pytest.mark.parametrize("value", [3, "print", [], True])
def test_what_is_called_is_a_function(value):
    assert "allowed: a function, or None" in told(lambda arguments: arguments.called("write", value))
    taken(lambda arguments: arguments.called("progress", None))
    assert "True for a bar, a function, or None" in told(lambda arguments: arguments.called("progress", "loud"))


@pytest.mark.parametrize("value", [0.0, 1.0, -0.5, float("nan"), "0.9", None, True])
def test_a_level_lies_between_nought_and_one(value):
    assert "f: level: found" in told(lambda arguments: arguments.inside("level", value, 0.0, 1.0))
    assert taken(lambda arguments: arguments.inside("level", np.float64(0.9), 0.0, 1.0)) == 0.9


def test_words_are_chosen_from_those_there_are():
    words = ("fixed", "sampled")
    assert taken(lambda arguments: arguments.choice("numbers", "sampled", words)) == "sampled"
    said = told(lambda arguments: arguments.choice("numbers", "smapled", words))
    assert said == "f: numbers: found 'smapled'; allowed: fixed, sampled. Did you mean 'sampled'?"


def test_several_words_come_in_the_order_of_the_choices():
    words = ("trust", "trade", "vote")
    assert taken(lambda arguments: arguments.choices("measures", ["vote", "trust"], words)) == ("trust", "vote")
    assert taken(lambda arguments: arguments.choices("measures", "vote", words)) == ("vote",)
    assert "measures[0]: found 'trad'" in told(lambda arguments: arguments.choices("measures", ["trad"], words))
    assert "named twice" in told(lambda arguments: arguments.choices("measures", ["vote", "vote"], words))
    assert "a list of: trust, trade, vote" in told(lambda arguments: arguments.choices("measures", 3, words))
    assert "found '3'" in told(lambda arguments: arguments.choices("measures", [3], words))


def test_paths_may_be_text_or_paths_and_know_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert taken(lambda arguments: arguments.path("out", "a/b")) == Path("a/b")
    assert taken(lambda arguments: arguments.path("out", PurePosixPath("a"))) == Path("a")
    assert taken(lambda arguments: arguments.path("out", "~/a")) == tmp_path / "a"
    assert taken(lambda arguments: arguments.path_or_none("out", None)) is None


@pytest.mark.parametrize("value", ["", " ", "a\0b", "x" * 5000, 3, None, b"a", ["a"]])
def test_what_is_no_path_is_told(value):
    assert "allowed: a path" in told(lambda arguments: arguments.path("out", value))


def test_a_user_without_a_home_is_told():
    assert "home folder" in told(lambda arguments: arguments.path("out", "~nobody-of-that-name/a"))


def test_several_mistakes_are_told_at_once():
    arguments = Arguments("f")
    arguments.whole("runs", 0, 1, 9)
    arguments.whole("seed", "x", 0, 9)
    with pytest.raises(InputError) as wrong:
        arguments.refuse_if_wrong()
    assert [problem.key for problem in wrong.value.problems] == ["runs", "seed"]
