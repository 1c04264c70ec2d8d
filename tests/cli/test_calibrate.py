"""`multivector calibrate`: what it prints, what it writes, and every wrong way to call it."""

import json
import sys

import pytest

from helpers.calibrations import tiny_plan
from sim.analysis.calibration import fitting
from sim.batch.worker import Stage
from sim.cli import main
from sim.io.text import CAUTION


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setattr(fitting, "load_plan", tiny_plan)
    monkeypatch.setattr(fitting, "PREDICTED", 40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("calibrate")


def call(capsys, *arguments):
    code = main.main(["calibrate", *map(str, arguments)])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, said.out, said.err


def refused(capsys, *arguments):
    try:
        code, _, said = call(capsys, *arguments)
    except SystemExit as stop:
        code, said = stop.code, capsys.readouterr().err
    assert code == 2
    return said


def test_it_says_what_the_record_tells_and_writes_everything(capsys, folder):
    code, out, _ = call(capsys, "-o", folder, "--workers", 1)
    assert code == 0
    assert "What the record can tell" in out
    assert CAUTION in " ".join(out.split())
    for name in tiny_plan().names:
        assert name in out
    assert "200 are needed for a verdict" in " ".join(out.split())
    assert "Worlds drawn from the posterior" in out
    place = next(folder.glob("calibration-*"))
    assert json.loads((place / "calibration.json").read_text(encoding="utf-8"))["sound"] is False
    for name in ("posterior", "simulated-truths", "targets"):
        for suffix in ("png", "svg", "csv"):
            assert (place / "figures" / f"{name}.{suffix}").stat().st_size > 0
    assert str(place) in out.replace("\n", "")


def test_the_second_time_the_waves_are_there_and_figures_may_be_left_out(capsys, folder, monkeypatch):
    before = {path.name: path.read_bytes() for path in next(folder.glob("calibration-*")).iterdir() if path.is_file()}
    code, _, said = call(capsys, "-o", folder, "--no-figures")
    assert code == 0
    assert "drawing" not in said
    after = {path.name: path.read_bytes() for path in next(folder.glob("calibration-*")).iterdir() if path.is_file()}
    assert before == after


def test_what_failed_the_checks_is_not_published(capsys, folder):
    assert "not published" in refused(capsys, "-o", folder, "--no-figures", "--publish")


@pytest.mark.parametrize(
    "arguments",
    [("--small", "--publish"), ("--until", "2015", "--publish"), ("history-2010-2019", "--publish")],
)
def test_only_the_plan_as_it_stands_is_published(capsys, arguments):
    assert "not what belongs into the seeds" in refused(capsys, *arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "there is no such scenario"),
        (("history-2010-2019-tol",), "Did you mean"),
        (("toy",), "the record is of other states or powers"),
        (("baseline",), "it does not play the years that are fitted"),
        (("--until", "2013"), "until: found '2013'; allowed: a whole number from 2014 to 2019"),
        (("--until", "2020"), "until: found '2020'"),
        (("--until", "0"), "until: found '0'"),
        (("--until", "soon"), "soon"),
        (("--until", "2015.5"), "2015.5"),
        (("--workers", "0"), "0"),
        (("--workers", "many"), "many"),
        (("--workers", "5000"), "5000"),
        (("--small", "--untl"), "--untl"),
        (("one", "two"), "two"),
    ],
)
def test_a_wrong_call_is_told(capsys, tmp_path, arguments, words):
    assert words in refused(capsys, *arguments, "-o", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_until_before_publish_is_a_year_like_any_other(capsys):
    assert "not what belongs into the seeds" in refused(capsys, "--until", "1990", "--publish")


def test_a_folder_that_cannot_be_written_is_told(capsys, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "cannot be written" in refused(capsys, "-o", tmp_path / "file")


def test_a_missing_sampler_is_told(capsys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "emcee", None)
    said = refused(capsys, "-o", tmp_path)
    assert "emcee is not installed" in said
    assert "multivector[history]" in said


def test_ctrl_c_says_what_is_kept_and_how_to_go_on(capsys, tmp_path, monkeypatch):
    def stop(progress):
        if progress.stage is Stage.RUN and progress.done:
            raise KeyboardInterrupt

    real = fitting.calibrate
    monkeypatch.setattr("sim.analysis.calibration.calibrate", lambda *a, **k: real(*a, **(k | {"progress": stop})))
    code, _, said = call(capsys, "-o", tmp_path, "--workers", "1")
    assert code == 130
    assert "runs are finished and kept in" in said
    assert f"multivector calibrate -o {tmp_path}" in said
