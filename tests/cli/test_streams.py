"""Outputs that are full, closed, left, narrow, or short of letters: no command ends by them, and none is silent."""

import errno
import io
import os
import subprocess
import sys
import warnings
import xml.dom.minidom
from pathlib import Path

import pytest

from sim.cli import common, main, progress, streams
from sim.figures import batch
from sim.io.text import columns_of

ROOT = Path(__file__).parents[2]
STRANGE = "=1+1 [/bold] [red]x $a_b$ $\\\\frac{$ _^ Ұлы &<b> für"
SCENARIO = f"""title: "{STRANGE}"
question: "_why [link=x]y[/link] | `tick`\\nand so"
extends: toy
to: 2030-Q4
"""
QUICK = [
    *(
        ["list", "outcomes"],
        ["list", "readings"],
        ["check", "{file}"],
        ["trace", "choice.gain"],
        ["diff", "{file}", "toy"],
    ),
    *(["explain", "toy", "--state", "ALD"], ["schema"], ["new", "a-name", "-o", "{folder}"], ["chronicle", "{file}"]),
    *(["explain", "toy", "--state", "ALD", "--json"], ["run", "toy", "--dry-run"], ["audit", "--world", "toy"]),
]


class Full(io.StringIO):
    """An output on a disk that is full."""

    def write(self, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Gone(io.StringIO):
    """An output whose reader has seen enough."""

    def write(self, text):
        raise BrokenPipeError(errno.EPIPE, "gone")


@pytest.fixture
def place(tmp_path):
    (tmp_path / "strange.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def asked_at(place, arguments):
    return [one.format(file=place / "strange.yaml", folder=place) for one in arguments]


def answer(arguments, monkeypatch, out, err):
    """The exit code with other outputs; the usual ones stand there again afterwards."""
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        code = main.main(arguments)
        assert (sys.stdout, sys.stderr) == (out, err)
        return code


@pytest.mark.parametrize("arguments", QUICK, ids=" ".join)
def test_an_output_that_takes_nothing_is_told_in_words(arguments, place, monkeypatch):
    for out, code, told in ((Full(), 2, os.strerror(errno.ENOSPC)), (None, 2, "it is closed"), (Gone(), 0, "")):
        err = io.StringIO()
        for file in place.glob("a-name.yaml"):
            file.unlink()
        assert answer(asked_at(place, arguments), monkeypatch, out, err) == code
        assert err.getvalue() == (f"standard output: not everything could be printed: {told}\n" if told else "")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1251"])
def test_an_output_that_knows_few_letters_gets_others(encoding, place, monkeypatch):
    for arguments in (QUICK[1], QUICK[2], QUICK[3], QUICK[8]) if encoding != "ascii" else QUICK:
        for file in place.glob("a-name.yaml"):
            file.unlink()
        out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        assert answer(asked_at(place, arguments), monkeypatch, out, io.StringIO()) == 0, arguments
        assert out.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("arguments", QUICK[:5] + QUICK[7:9] + QUICK[10:], ids=" ".join)
@pytest.mark.parametrize("columns", [40, 60])
def test_what_is_printed_fits_a_narrow_terminal(columns, arguments, place, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.chdir(place)
    assert main.main([one.format(file="strange.yaml", folder=".") for one in arguments]) == 0
    for line in capsys.readouterr().out.splitlines():
        assert columns_of(line.rstrip()) <= columns or len(line.split()) == 1  # a path stays whole


def test_json_is_never_broken(monkeypatch, capsys):
    assert main.main(["schema"]) == 0
    whole = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "40")
    assert main.main(["schema"]) == 0
    assert capsys.readouterr().out == whole


@pytest.mark.parametrize(("out", "code"), [(Gone, 0), (Full, 2), (lambda: None, 2)], ids=["gone", "full", "closed"])
def test_whoever_stops_reading_has_all_files(out, code, place, monkeypatch):
    drawn = []
    monkeypatch.setattr(batch, "draw_figures", lambda results, folder: drawn.append(folder))
    arguments = ["run", str(place / "strange.yaml"), "--runs", "2", "--csv", "-o", str(place / "out")]
    assert answer(arguments, monkeypatch, out(), io.StringIO()) == code
    assert len(drawn) == 1
    assert len(list(place.glob("out/strange-*/runs.csv"))) == 1


def test_a_closed_standard_error_costs_nothing_and_nothing_goes_elsewhere(place, monkeypatch, capsys):
    out = io.StringIO()
    assert answer(["check", "nowhere.yaml"], monkeypatch, out, None) == 2
    assert answer(["check", "nowhere.yaml"], monkeypatch, out, Full()) == 2
    assert out.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", None)
    common.say("to nobody")
    with progress.reporter():
        pass
    assert capsys.readouterr().out == ""


def test_text_of_strangers_reaches_no_table_page_or_picture_as_anything_but_text(place, capsys):
    arguments = ["run", str(place / "strange.yaml"), "--runs", "2", "--csv", "-o", str(place / "out")]
    assert main.main(arguments) == 0
    shown = STRANGE.replace("\\\\", "\\")
    assert f"{shown}  (strange)" in " ".join(capsys.readouterr().out.split("\n"))
    (folder,) = (place / "out").glob("strange-*")
    assert (folder / "README.txt").read_text(encoding="utf-8").startswith(f"{shown}\n{'=' * len(shown)}\n")
    pictures = list(folder.glob("figures/*.svg"))
    assert len(pictures) > 3
    for picture in pictures:
        xml.dom.minidom.parse(str(picture))


@pytest.mark.parametrize("name", ["a\x1b[31m", "two\nlines", "a\u202eb", "\udcff"])
def test_a_file_whose_name_cannot_be_shown_is_no_scenario(name, place, capsys):
    try:
        (place / f"{name}.yaml").write_text(SCENARIO, encoding="utf-8")
    except (OSError, ValueError):
        pytest.skip("the file system knows no such name")
    assert main.main(["check", str(place / f"{name}.yaml")]) == 2
    said = capsys.readouterr().err
    told = "a path that is text in UTF-8" if name == "\udcff" else "a scenario is called by the name of its file"
    assert told in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_warnings_of_libraries_reach_nobody(monkeypatch, capsys):
    def warned(*_, **__):
        warnings.warn("of a library", stacklevel=1)
        return {}

    monkeypatch.setattr(sys, "warnoptions", [])
    monkeypatch.setattr("sim.cli.schema.schema_of_kind", warned)
    assert main.main(["schema"]) == 0
    assert capsys.readouterr().err == ""


def test_what_is_printed_on_standard_outputs_is_cleaned(monkeypatch, capsys):
    with streams.guarded():
        print("a \x1b[31mtitle\x1b[0m\r", end="")
        common.say("and \x07 a bell")
    caught = capsys.readouterr()
    assert caught.out == "a \\x1b[31mtitle\\x1b[0m\\r"
    assert caught.err == "and \\x07 a bell\n"


@pytest.mark.skipif(not Path("/dev/full").exists() or not Path("/bin/sh").exists(), reason="there is no such device")
@pytest.mark.parametrize(
    ("shell", "code", "told"),
    [
        ("{run} >/dev/full", 2, "No space left"),
        ("{run} >&- <&-", 2, "it is closed"),
        ("{run} >/dev/full 2>/dev/full", 2, ""),
        ("{run} | head -n 1 >/dev/null", 0, ""),
    ],
)
def test_real_outputs(shell, code, told):
    run = f"'{sys.executable}' -m sim.cli list numbers"
    done = subprocess.run(
        ["/bin/sh", "-c", shell.format(run=run)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert told in done.stderr
    assert bool(done.stderr) == bool(told)
