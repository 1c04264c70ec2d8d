"""Kill a batch at random moments, over and over, and see that what it ends with is the same to the last byte.

    python tests/soak/kill_and_resume.py --kills 100

A batch is started in a process of its own and killed (SIGKILL, which no program can catch) after a random time; then it
is started again in the same folder, and so on, until it comes to its end. Its files are compared with those of a batch
that was left alone. Then the next one is begun, until there have been as many kills as were asked for. After each kill,
whatever lies under its final name has to be whole already. `make soak` runs this with its usual numbers; a short
version is among the tests.

With `--every-write` a tiny batch, a tiny sweep and a tiny ablation are killed at each of their writes in turn.
"""

import argparse
import collections
import dataclasses
import functools
import hashlib
import itertools
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import pandas  # noqa: F401  here, and not in every child

sys.path.insert(0, str(Path(__file__).parents[2]))

from sim.analysis import ablation
from sim.analysis.ablation_results import write_tables
from sim.analysis.sensitivity import plan as sweep_plan
from sim.analysis.sensitivity.runner import sweep
from sim.batch import folder as batch_folder
from sim.batch import notebook, plan, runner, worker
from sim.batch.aggregate import warm_up
from sim.batch.verify import check_results
from sim.io.writers import is_draft
from sim.scenario.scenario import load_scenario

DAY_AND_MACHINE = ("times", "machine", "checkout", "seal")  # git may be too slow to say of a busy machine's checkout


def start(folder, asked):
    """Begin a batch, or go on with it, in a process of its own; returns its number."""
    child = os.fork()
    if child:
        return child
    try:
        runner.run(asked.scenario, runs=asked.runs, seed=3, workers=asked.workers, out=folder, numbers=asked.numbers)
    except BaseException:  # noqa: BLE001  whatever it is, it must not run on in a copy of this program
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def end(child):
    """Wait for a process; whether it came to its end by itself."""
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit("the batch failed by itself")
    return True


def contents(folder):
    """Every file below a folder by its hash; of the manifest only what does not belong to a day and a machine."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.name == "manifest.json":
            told = json.loads(data)
            data = json.dumps({key: value for key, value in told.items() if key not in DAY_AND_MACHINE}).encode()
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(data).hexdigest()
    return found


def check_landed_whole(folder, wanted):
    """Whatever has its final name is what it will be; beginnings of files have names of their own."""
    for path in folder.rglob("*.parquet"):
        name = path.relative_to(next(folder.iterdir())).as_posix()
        if path.is_file() and not is_draft(path) and not name.startswith("partial/"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == wanted[name], f"{name} is not whole"


def stage(folder):
    """How far a killed batch had come, in a word."""
    inside = next(iter(folder.iterdir()), None) if folder.exists() else None
    if inside is None or not (inside / "partial").exists():
        return "before its first file"
    if (inside / "runs.parquet").exists():
        return "while it wrote its end"
    return "with notes kept" if (inside / "partial" / "aggregate.npz").exists() else "before its first notes"


# --- at every write instead of at random ---


def killed_at(step):
    """From now on, this process is killed when it makes sure of a file for the `step`-th time.

    A file is made sure of twice: when all of it is written under another name, and when it has its own.
    """
    steps = itertools.count(1)
    sure = os.fsync

    def fsync(handle):
        sure(handle)
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = fsync


def tiny():
    """Small work of each kind by name: a function that does it in a folder and leaves one folder there."""
    worker.CHECKPOINT_SECONDS = -1.0  # notes after every block, and no matter how long they take
    plan.CHUNK = runner.CHUNK = batch_folder.CHUNK = 8
    sweep_plan.BLOCK = 6
    toy = load_scenario("toy")
    toy = dataclasses.replace(toy, runs=20, end=toy.start + 3, events=())
    asked = {
        "title": "A try",
        "question": "Does it go on?",
        "scenario": "toy",
        "replicates": 2,
        "factors": ["choice.dependence_aversion"],
        "design": {"kind": "latin-hypercube", "points": 8},
        "outcomes": {"signed": {"total": "value_signed", "kind": "money"}},
    }

    def ablate(place):
        systems = ("trust-backlash", "format-mirroring", "over-dependence-aversion")
        ablation.effects(toy, 6, systems=systems, workers=1, out=place, write=lambda table: write(table, place))

    def write(table, place):
        write_tables(table, place / "ablate")
        notebook.tidy(place / "ablate")

    return {
        "batch": lambda place: runner.run(toy, workers=1, out=place, series=12),
        "sweep": lambda place: sweep(asked, workers=1, out=place),
        "ablation": ablate,
    }


def go(work, place, prepare):
    """Do some work in a process of its own; whether it came to its end."""
    child = os.fork()
    if child:
        return end(child)
    try:
        prepare()
        work(place)
    except BaseException:  # noqa: BLE001  the same
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def untidy():
    """From now on, this process is killed when it has taken away the first of what it no longer needs."""

    def rmtree(path, **_):
        if Path(path).is_dir():
            next(Path(path).iterdir()).unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    notebook.shutil.rmtree = rmtree


def at_every_write(kind, work):
    """Kill tiny work at each of its writes in turn, and once while it tidies up; returns how many kills that was."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        place = Path(name)
        assert go(work, place / "whole", lambda: None)
        wanted = contents(next((place / "whole").iterdir()))
        for step in itertools.count(1):
            folder = place / str(step)
            if go(work, folder, functools.partial(killed_at, step)):
                break
            assert go(work, folder, lambda: None)
            (left,) = folder.iterdir()
            assert contents(left) == wanted, f"killed at write {step}, the {kind} ended otherwise"
        assert not go(work, place / "untidy", untidy)
        assert go(work, place / "untidy", lambda: None)
        (left,) = (place / "untidy").iterdir()
        assert contents(left) == wanted
    return step


def every_kind():
    """Kill tiny work of each kind at every write, and say how often that was."""
    warm_up()
    for kind, work in tiny().items():
        with tempfile.TemporaryDirectory(prefix="soak-") as name:
            work(Path(name))  # compiled code is loaded once, here, and not by every child
        kills = at_every_write(kind, work)
        print(f"{kills} kills, one at each write; every {kind} ended byte for byte like the one left alone")


def main(arguments=None):
    """Run the soak; returns 0 when every batch ended as if nothing had happened."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--scenario", default="toy")
    parser.add_argument("--runs", type=int, default=30_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--numbers", default="fixed")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    parser.add_argument("--notes", type=float, default=worker.CHECKPOINT_SECONDS, help="seconds between two notes")
    parser.add_argument("--every-write", action="store_true", help="tiny work, killed at each of its writes in turn")
    asked = parser.parse_args(arguments)
    if asked.every_write:
        every_kind()
        return 0
    worker.CHECKPOINT_SECONDS = asked.notes
    chance = random.Random(asked.seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        place = Path(name)
        prepared = plan.Plan(plan.BatchRequest(scenario=load_scenario(asked.scenario)), place).prepare()
        prepared.run_block(0, 1)  # compiled code is loaded once, here, and not by every child
        warm_up()
        started = time.monotonic()
        assert end(start(place / "whole", asked))
        usual = time.monotonic() - started
        whole = next((place / "whole").iterdir())
        wanted = contents(whole)
        kills, batches, most = 0, 0, 0
        moments = collections.Counter()
        while kills < asked.kills:
            folder, times = place / f"killed-{batches}", 0
            while True:
                child = start(folder, asked)
                if kills < asked.kills:
                    time.sleep(chance.uniform(0.0, 1.1 * usual))
                    os.kill(child, signal.SIGKILL)
                if end(child):
                    break
                kills, times = kills + 1, times + 1
                moments[stage(folder)] += 1
                if folder.exists():
                    check_landed_whole(folder, wanted)
            inside = next(folder.iterdir())
            differ = sorted({name for name, _ in contents(inside).items() ^ wanted.items()})
            assert not differ, f"batch {batches} ended otherwise after {times} kills: {', '.join(differ)}"
            check_results(inside)
            batches, most = batches + 1, max(most, times)
    took = time.monotonic() - began
    print(f"{kills} kills in {batches} batches of {asked.runs:,} runs ({usual:.1f} s each when left alone),")
    print(f"at most {most} in one batch; killed " + ", ".join(f"{n} {word}" for word, n in moments.most_common()))
    print(f"every batch ended byte for byte like one that was left alone; {took:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
