"""Results survive: kills at any moment, full disks, folders that cannot be written, and two processes at once."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.batches import bytes_of
from sim.batch.plan import CHUNK
from sim.batch.results import load_results
from sim.batch.runner import run
from sim.batch.verify import check_results
from sim.cli import main

ROOT = Path(__file__).parents[2]
SOAK = ROOT / "tests" / "soak" / "kill_and_resume.py"
RUNS = 2 * CHUNK + 40
ASKED = ("run", "toy", "--runs", str(RUNS), "--no-figures", "--workers", "1")


MEMORY = Path("/dev/shm")  # where it is there: a kill cannot tell a disk from memory, and memory is quicker


def python(*arguments):
    place = {"TMPDIR": str(MEMORY)} if os.access(MEMORY, os.W_OK) else {}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | place,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return run("toy", runs=RUNS, out=tmp_path_factory.mktemp("whole")).folder


# --- kills ---


def test_killed_at_each_of_its_writes_whatever_it_was_ends_as_if_nothing_had_happened():
    done = python(str(SOAK), "--every-write")
    assert done.returncode == 0, done.stderr
    found = re.findall(r"(\d+) kills, one at each write; every (\w+) ended byte for byte", done.stdout)
    assert {kind: int(kills) > 10 for kills, kind in found} == {"batch": True, "sweep": True, "ablation": True}


def test_killed_at_random_moments_a_batch_ends_as_if_nothing_had_happened():
    done = python(str(SOAK), "--kills", "6", "--runs", "2000", "--notes", "0.1")
    assert done.returncode == 0, done.stderr
    assert re.match(r"6 kills in \d+ batches", done.stdout)


# --- full disks ---


def go_on(folder, whole):
    """The same command once there is room; it ends as if there always had been."""
    assert main.main([*ASKED, "-o", str(folder)]) == 0
    finished = next(folder.iterdir())
    assert bytes_of(finished) == bytes_of(whole)
    check_results(finished)
    return load_results(finished)


def assert_told(said, reason):
    assert "Traceback" not in said
    assert f"results cannot be written there ({reason}); what was noted is kept, the same command goes on" in said
    assert "make room, or keep less with --series, --thin and --measures" in said


@pytest.mark.skipif(os.name != "posix", reason="limits of processes are Unix's")
@pytest.mark.parametrize("limit", [60_000, 400_000])
def test_a_disk_that_takes_no_larger_file_is_told_and_nothing_is_lost(limit, whole, tmp_path):
    program = (
        "import resource, sys\nfrom sim.cli.main import main\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = python("-c", program, *ASKED, "-o", str(tmp_path))
    assert done.returncode == 2, done.stdout + done.stderr
    assert_told(done.stderr, "File too large")
    assert not list(tmp_path.rglob("*.draft"))
    go_on(tmp_path, whole)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte, where we may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only the superuser can mount a disk")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("no disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_nothing_is_lost(small_disk, whole, capsys):
    out = small_disk / "results"
    assert main.main([*ASKED, "-o", str(out)]) == 2
    assert_told(capsys.readouterr().err, "No space left on device")
    subprocess.run(["mount", "-o", "remount,size=30m", str(small_disk)], check=True)
    go_on(out, whole)


def test_a_dry_run_sees_that_there_is_too_little_room(small_disk, capsys):
    assert main.main([*ASKED, "-o", str(small_disk), "--dry-run"]) == 2
    assert "there is too little room" in capsys.readouterr().err
    assert list(small_disk.iterdir()) == []


def test_a_disk_that_can_only_be_read_is_told(small_disk, capsys):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert main.main([*ASKED, "-o", str(small_disk)]) == 2
    assert "results cannot be written there (Read-only file system)" in capsys.readouterr().err
    assert main.main([*ASKED, "-o", str(small_disk), "--dry-run"]) == 2
    assert "results cannot be written there" in capsys.readouterr().err


def test_finished_results_on_a_disk_that_can_only_be_read_are_opened(small_disk, whole, capsys):
    subprocess.run(["mount", "-o", "remount,size=30m", str(small_disk)], check=True)
    shutil.copytree(whole, small_disk / whole.name)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert main.main([*ASKED, "-o", str(small_disk)]) == 0
    assert "How the runs end" in capsys.readouterr().out
    assert main.main([*ASKED, "--csv", "-o", str(small_disk)]) == 2
    told = capsys.readouterr()
    assert "the results are complete, but tables cannot be written beside them" in told.err
    assert "How the runs end" in told.out


# --- two at once ---


def test_of_two_processes_in_one_folder_one_writes_and_the_other_is_told(whole, tmp_path):
    asked = [sys.executable, "-m", "sim.cli", *ASKED, "-o", str(tmp_path)]
    both = [subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in "ab"]
    ended = [(process.communicate(timeout=120), process.returncode) for process in both]
    codes = sorted(code for _, code in ended)
    assert codes in ([0, 0], [0, 2])  # the second may come just when the first is done
    for (_, said), code in ended:
        if code == 2:
            assert re.search(r"another process is writing there now \(process \d+ on .+, since ", said)
    finished = next(tmp_path.iterdir())
    assert bytes_of(finished) == bytes_of(whole)
    check_results(finished)
