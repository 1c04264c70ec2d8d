"""The script of a job array: written by the program, played by bash in any order, twice, killed, and joined."""

import os
import shlex
import shutil
import signal
import subprocess
import time

import pytest

from helpers.batches import bytes_of
from helpers.fake_engine import fake_scenario
from sim.batch.parts import Cut
from sim.batch.plan import CHUNK
from sim.batch.runner import run
from sim.cli import main
from sim.cli.job_array import script
from sim.io.writers import write_text

RUNS = 3 * CHUNK + 40
bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "a folder's name"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def written(capsys, *words):
    """The script that is printed for a command line, and what is said beside it."""
    assert main.main(["run", "toy", *words]) == 0
    told = capsys.readouterr()
    return told.out, told.err


def what_of(text):
    """The words of the command line that a script plays."""
    (line,) = [line for line in text.splitlines() if line.startswith("what=(")]
    return shlex.split(line.removeprefix("what=(").removesuffix(")"))


def test_a_script_says_what_it_plays_and_how_it_is_used(here, capsys, monkeypatch):
    monkeypatch.setenv("MULTIVECTOR_CACHE", "my cache")
    text, said = written(capsys, "--runs", "1_000_000", "--array", "40", "--workers", "16")
    assert said == ""
    assert text.startswith(
        "#!/bin/bash\n# Two states, three suitors\n# 1,000,000 runs in 3,473 blocks, played in 40 parts"
    )
    assert [line for line in text.splitlines() if line.startswith("#SBATCH")] == [
        "#SBATCH --job-name=toy",
        "#SBATCH --array=1-40",
        "#SBATCH --cpus-per-task=16",
    ]
    assert f"cd {shlex.quote(str(here))}\n" in text
    assert f"export MULTIVECTOR_CACHE={shlex.quote(str(here / 'my cache'))}\n" in text
    assert what_of(text) == ["toy", "--runs", "1_000_000"]
    assert list(here.iterdir()) == []  # nothing is played or written


WORDS = [
    ["--array=3", "--seed", "5", "-o", "out $(id) 'x'"],
    ["-o", "out $(id) 'x'", "--seed", "5", "--array", "3", "--workers=2"],
    ["--workers", "2", "--seed", "5", "--array", "3", "-o", "out $(id) 'x'"],
]


@pytest.mark.parametrize("words", WORDS)
def test_what_is_played_is_what_was_asked_for_without_the_script(here, words, capsys):
    what = what_of(written(capsys, *words)[0])
    assert what in (["toy", "--seed", "5", "-o", "out $(id) 'x'"], ["toy", "-o", "out $(id) 'x'", "--seed", "5"])


def test_words_behind_two_dashes_stay_there(here, capsys):
    assert main.main(["run", "--array", "2", "--", "toy"]) == 0
    text = capsys.readouterr().out
    assert what_of(text) == ["--", "toy"]
    assert '--block "$part/2" "${what[@]}"' in text


def test_a_title_cannot_leave_its_line(here):
    scenario = fake_scenario(name="a name", title="One\nrm -rf x\x1b[31m $(id)\r\u2028#")
    cut = Cut(folder=here, runs=20, blocks=1, parts=2)
    lines = script(["run", "x\ny"], [scenario], [cut], None).splitlines()
    assert lines[1] == r"# One rm -rf x\x1b[31m $(id) #"
    assert "#SBATCH --job-name=a-name" in lines


def test_several_seeds_are_counted_together(here, capsys):
    text, _ = written(capsys, "--runs", "400", "--seed", "1", "--seed", "2", "--seed", "3", "--array", "2")
    assert "# 1,200 runs in 2 blocks each, played in 2 parts" in text
    assert text.count("Two states, three suitors") == 1
    assert what_of(text) == ["toy", "--runs", "400", "--seed", "1", "--seed", "2", "--seed", "3"]


def test_more_parts_than_blocks_are_told(here, capsys):
    said = written(capsys, "--runs", "400", "--array", "5")[1]
    assert "2 blocks to share, which leaves nothing to do for 3 parts" in said


@pytest.mark.parametrize(
    "words", [["--array", "0"], ["--array", "x"], ["--array", str(10**20)], ["--array", "3", "--block", "1/3"]]
)
def test_wrong_usage_is_told_and_no_script_written(here, words, capsys):
    with pytest.raises(SystemExit) as stop:
        main.main(["run", "toy", *words])
    assert stop.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--array", "3", "--dry-run"], "--array: a script is written and nothing is run"),
        (["--array", "3", "--set", "nonsense=1"], "nonsense"),
    ],
)
def test_what_is_wrong_is_told_before_a_script_is_written(here, words, said, capsys):
    assert main.main(["run", "toy", *words]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


@bash
def test_a_part_that_was_killed_and_one_never_started_are_joined_to_the_same_bytes(here, capsys):
    text, _ = written(capsys, "--runs", str(RUNS), "--no-figures", "--array", "2", "--workers", "1", "-o", "out put")
    write_text(here / "job.sh", text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLURM")}

    def start(*words, **more):
        quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
        return subprocess.Popen(["bash", "job.sh", *words], cwd=here, env=environment | more, **quiet)

    killed = start("2")
    until = time.monotonic() + 60
    while not list(here.glob("out put/toy-*/partial/part-00002-of-00002/lock")) and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    again = start(SLURM_ARRAY_TASK_ID="2", SLURM_CPUS_PER_TASK="2")
    assert "part 2 of 2 is there, 328 runs" in again.communicate(timeout=120)[0]
    joined = start("0")  # part 1 was never started, and is made here
    assert f"{RUNS} runs" in joined.communicate(timeout=120)[0]
    assert joined.returncode == 0
    (folder,) = here.glob("out put/*")
    assert bytes_of(folder) == bytes_of(run("toy", runs=RUNS, out=here / "whole").folder)


@bash
def test_a_script_without_a_part_says_what_is_missing(here, capsys):
    write_text(here / "job.sh", written(capsys, "--array", "4")[0])
    done = subprocess.run(
        ["bash", "job.sh"], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "which part, 1 to 4, or 0 to join them" in done.stderr
