"""What is typed on the command line is what is meant, or it is refused with what might have been meant."""

import os

import pytest

from sim.cli.main import main
from sim.cli.typed import RUN, SEED, WORKERS, runs
from sim.io.limits import LARGEST_SEED, MOST_RUNS, MOST_WORKERS

NAME = "choice.dependence_aversion"


def said(capsys, *arguments):
    """What a command that is refused says; it plays nothing."""
    try:
        code = main(list(arguments))
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    told = capsys.readouterr()
    assert told.out == ""
    return told.err


@pytest.mark.parametrize(
    ("text", "number"), [("10000", 10000), ("10,000", 10000), ("1_000_000", 1_000_000), ("+5", 5), (" 7 ", 7)]
)
def test_thousands_may_be_parted(text, number):
    assert runs()(text) == number


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (SEED, "1,2,3", f"found '1,2,3'; allowed: a whole number from 0 to {LARGEST_SEED}"),
        (runs(), "1,5", f"found '1,5'; allowed: a whole number from 1 to {MOST_RUNS}"),
        (runs(), "1,0000", "found '1,0000'"),
        (runs(), "1_0", "found '1_0'"),
        (runs(), "1,000_000", "found '1,000_000'"),
        (runs(), "1e4", "Did you mean '10000'?"),
        (runs(), "100.0", "Did you mean '100'?"),
        (runs(2), "1", "a whole number from 2 to"),
        (runs(), "100000000", f"a whole number from 1 to {MOST_RUNS}"),
        (RUN, "100000000000000000000", f"a whole number from 0 to {MOST_RUNS - 1}"),
        (SEED, "-1", "found '-1'"),
        (WORKERS, "5000", f"a whole number from 1 to {MOST_WORKERS}"),
        (SEED, "\x1b[31m", "found '\\x1b[31m'"),
    ],
)
def test_what_is_no_number_is_told_as_in_files(read, text, words):
    with pytest.raises(Exception, match="found") as wrong:
        read(text)
    assert words in str(wrong.value)
    assert str(wrong.value).isprintable()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--runs", "5", "--runs", "6"], "--runs: this is given twice, as 5 and as 6"),
        (["-o", "a", "--out", "b"], "this is given twice, as a and as b"),
        (["--set", f"{NAME}=1", "--set", f"{NAME}=2"], f"{NAME}: found '2'; this is set twice; before it was '1'"),
        (["--set", f"{NAME}=1", "--set", f" {NAME} = 1"], "this is set twice"),
        (["--set", "=3"], "found '=3'; allowed: NAME=VALUE"),
        (["--set", f"{NAME}=1,5"], "Did you mean '1.5'?"),
        (["--measures", ""], "found ''; allowed: names"),
        (["--measures", "trust,"], "found 'trust,'"),
        (["--block", "0/3"], "found '0/3'; allowed: a part and how many there are"),
        (["--engine", "mess"], "found 'mess'; allowed: ensemble, numpy, mesa. Did you mean 'mesa'?"),
    ],
)
def test_an_option_of_run_is_refused(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert words in said(capsys, "run", "toy", *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_reading_is_taken_once(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from sim.evidence import load_evidence

    switch, one = next(iter(load_evidence().switches.items()))
    first, second = list(one.readings)[:2]
    told = said(capsys, "run", "baseline", "--reading", f"{switch}={first}", "--reading", f"{switch}={second}")
    assert f"{switch}: found '{second}'; this is set twice; before it was '{first}'" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chronicle", "toy", "--run", "1" + "0" * 20], "argument --run: found '1"),
        (["explain", "toy", "--state", "ALD", "--at", "2026Q1"], "Did you mean '2026-Q1'?"),
        (["explain", "toy", "--state", "ALD", "--run", "-1"], "argument --run: found '-1'"),
        (["calibrate", "--until", "0"], "argument --until: found '0'"),
        (["audit", "--known-until", "31.12.2019"], "Did you mean '2019-12-31'?"),
        (["check", ""], "found ''"),
        (["compare", "toy", "x" * 5000], "too long for the system"),
        (["explain", "x" * 5000, "--state", "ALD"], "too long for the system"),
        (["sweep", "x" * 5000], "too long for the system"),
        (["rnu", "toy"], "Did you mean 'run'?"),
        (
            ["run", "toy", "--sede", "3"],
            "found '--sede'; there is no such option; allowed: what --help names. Did you ",
        ),
        (["run", "toy", "--run", "3"], "Did you mean '--runs'?"),
        (["run", "toy", "--dry-rnu"], "Did you mean '--dry-run'?"),
        (["run", "toy", "--", "--dry-run"], "'--dry-run'"),
        (["run", "toy", "--runs", "5", "--", "--dry-run"], "found '--dry-run'; this is one too many"),
        (["new", "--power", "KOR", "--like", "IND", "--called", ""], "--called: found ''"),
        (["list", "worlds", "toy", "more"], "found 'more'; this is one too many"),
        (["run", "toy", "--block", "1/" + "9" * 20], "argument --block: found '1/999"),
        (["run", "toy", "--measures", "hih"], "--measures: found 'hih'"),
        (["run", "toy", "--ask", "hhi ALD"], "found no comparison"),
        (["run", "toy", "--seed", "1", "--seed", "1"], "named twice"),
        (["run", "toy", "--dask", ""], "--dask: found ''"),
        (["chronicle", "toy", "-o", "-"], "argument -o/--out: found '-'; allowed: a path"),
        (
            ["run", "toy", "-o", os.fsdecode(b"\xff")],
            "argument -o/--out: found '\\udcff'; allowed: a path that is text",
        ),
        (["check", os.fsdecode(b"\xff")], "allowed: a path that is text in UTF-8"),
    ],
    ids=lambda one: " ".join(one)[:40] if isinstance(one, list) else "",
)
def test_other_commands_refuse_in_the_same_words(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = said(capsys, *arguments)
    assert words in told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []
