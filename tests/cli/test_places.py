import os
import stat
from pathlib import Path

import pytest

from sim.cli import main
from sim.cli.places import a_path, each_once, trouble, writable, writable_file
from sim.io.errors import InputError
from sim.io.writers import write_text

RESULTS = {  # commands that leave a folder, with little to play
    "compare": ["compare", "toy", "archipelago", "--runs", "2", "--no-figures"],
    "ablate": ["ablate", "toy", "--runs", "2", "--system", "trust-backlash", "--no-figures"],
    "levers": ["levers", "toy", "--runs", "2", "--no-figures"],
    "policies": ["policies", "toy", "--runs", "2", "--no-figures"],
    "run": ["run", "toy", "--runs", "2", "--no-figures"],
    "sweep": ["sweep", "0002", "--small", "--no-figures"],
    "spread": ["spread"],
    "origins": ["origins"],
    "backtest": ["backtest"],
    "calibrate": ["calibrate"],
    "score": ["score", ".", "--against", "table.csv"],
}
FILES = {  # commands that leave one file
    "chronicle": (["chronicle", "toy"], "text.txt"),
    "schema": (["schema"], "schema.json"),
    "patterns": (["patterns"], "table.csv"),
    "documented": (["documented"], "table.csv"),
    "audit": (["audit"], "faults.csv"),
    "ablate": (["ablate", "toy", "--runs", "2"], "table.json"),
    "levers": (["levers", "toy", "--runs", "2"], "table.json"),
    "policies": (["policies", "toy", "--runs", "2"], "table.json"),
}


@pytest.fixture
def nothing_is_played(monkeypatch):
    """Whoever gets as far as the engine has found out too late."""
    from sim.engine import ensemble

    def played(*_, **__):
        raise AssertionError("this was to be refused before anything is played")

    monkeypatch.setattr(ensemble.PreparedEnsemble, "run_block", played)


def wrong_folders(place):
    (place / "file").write_text("kept", encoding="utf-8")
    (place / "nowhere").symlink_to(place / "not" / "there")
    (place / "circle").symlink_to(place / "circle")
    return [
        place / "file",
        place / "file" / "below",
        place / "nowhere",
        place / "circle",
        place / ("x" * 300),
        Path("/proc/1/no"),
    ]


@pytest.mark.parametrize("name", RESULTS)
def test_a_folder_that_cannot_be_is_refused_before_anything_is_played(name, tmp_path, capsys, nothing_is_played):
    for out in wrong_folders(tmp_path):
        try:
            code = main.main([*RESULTS[name], "-o", str(out)])
        except SystemExit as stop:  # the parser itself has refused it
            code = stop.code
        said = capsys.readouterr().err
        assert code == 2, (out, said)
        assert "Traceback" not in said
        assert out.name in said or "too long" in said
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_is_refused_before_anything_is_played(name, tmp_path, capsys, nothing_is_played):
    command, file = FILES[name]
    (tmp_path / "plain").write_text("kept", encoding="utf-8")
    (tmp_path / f"circle-{file}").symlink_to(tmp_path / f"circle-{file}")
    (tmp_path / file).mkdir()
    for out in (
        tmp_path / file,
        tmp_path / "plain" / file,
        tmp_path / f"circle-{file}",
        tmp_path / f"{'x' * 300}-{file}",
    ):
        try:
            code = main.main([*command, "-o", str(out)])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr().err
        assert code == 2, (out, said)
        assert "Traceback" not in said
    assert (tmp_path / "plain").read_text(encoding="utf-8") == "kept"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among files")
def test_a_device_is_never_replaced_by_a_file(tmp_path, capsys):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for command in (["schema"], ["chronicle", "toy"]):
        assert main.main([*command, "-o", str(pipe)]) == 2
    with pytest.raises(OSError, match="pipe"):
        write_text(pipe, "text")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert "Traceback" not in capsys.readouterr().err


def test_a_link_to_a_file_is_followed_and_stays(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "below" / "file")
    assert main.main(["schema", "-o", str(tmp_path / "link")]) == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "below" / "file").read_text(encoding="utf-8").startswith("{")


def test_the_home_folder_stands_for_its_sign(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert a_path("~/x") == tmp_path / "x"
    assert main.main(["schema", "--out=~/x.json"]) == 0
    assert [one.name for one in tmp_path.iterdir()] == ["x.json"]


def test_a_folder_that_was_deleted_is_told_in_words(tmp_path, monkeypatch, capsys):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main.main(["schema", "-o", "x.json"]) == 2
    assert "cannot be reached any more" in capsys.readouterr().err


def test_a_full_disk_is_told_in_words_wherever_it_is_met(monkeypatch, capsys, tmp_path):
    import errno

    from sim.cli import schema

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "x"))

    monkeypatch.setattr(schema, "schema_of_kind", full)
    assert main.main(["schema"]) == 2
    said = capsys.readouterr().err
    assert os.strerror(errno.ENOSPC) in said
    assert "Traceback" not in said
    assert str(tmp_path / "x") in trouble(OSError(errno.ENOSPC, "full", str(tmp_path / "x")))


def test_figures_that_cannot_be_kept_do_not_hide_that_the_results_are_complete(tmp_path, monkeypatch, capsys):
    from sim.figures import pictures

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pictures, "write_bytes", full)
    assert main.main(["run", "toy", "--runs", "2", "-o", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "the results are complete" in said
    assert "No space left on device" in said


def test_one_thing_written_in_many_ways_is_one_thing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("", encoding="utf-8")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    ways = [
        "a.yaml",
        "./a.yaml",
        str(tmp_path / "a.yaml"),
        f"../{tmp_path.name}/a.yaml",
        "b.yaml",
        "no such",
        "no such",
    ]
    assert each_once(ways, Path) == ["a.yaml", "no such"]


def test_a_scenario_named_and_written_out_is_run_once(tmp_path, capsys):
    from sim.evidence.worlds import shipped_folder

    path = shipped_folder("scenarios") / "toy.yaml"
    assert main.main(["run", "toy", str(path), "toy", "--runs", "2", "--no-figures", "-o", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("\nresults ") == 1


def test_a_folder_is_there_from_now_on_and_a_file_that_is_asked_for_leaves_nothing_yet(tmp_path):
    assert writable(tmp_path / "a" / "b").is_dir()
    assert writable_file(tmp_path / "c" / "e" / "d.txt") == tmp_path / "c" / "e" / "d.txt"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    with pytest.raises(InputError, match="folder"):
        writable_file(tmp_path / "a")
