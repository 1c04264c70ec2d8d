"""How fast this checkout is beside an earlier build: the same measurements on both, turn by turn, as ratios.

python tools/bench_against.py 1780de9                       everything, five rounds
python tools/bench_against.py v0.2.0 --only engine again    two of the measurements
python tools/bench_against.py HEAD~1 --rounds 9 --runs 2000

The earlier build is laid out beside this one from the history and played with the same Python and libraries, so that
only our own code differs. Each round measures both, one right after the other and in turns first, since a machine that
is shared is never as fast twice. Told are medians and the least and most of the ratios; seconds are those of the
processor, where not said otherwise. What was measured is written to `.benchmarks/against-COMMIT.json`.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".benchmarks"
COMPARED = 1000  # runs of each of the two scenarios that are compared
FIRST = 200  # runs of a first question
ENGINE = """
import sys, time
try:
    from sim.engine.ensemble import prepare
    from sim.scenario.scenario import load_scenario
except ImportError:  # before the house had rooms
    from sim.ensemble import prepare
    from sim.scenario import load_scenario
runs, together, ready = int(sys.argv[1]), int(sys.argv[2]), prepare(load_scenario("baseline"))
ready.run_block(0, together)
began = time.process_time()
for first in range(0, runs, together):
    ready.run_block(first, together)
print((time.process_time() - began) / -(-runs // together) / together)
"""


@dataclass(frozen=True, kw_only=True)
class Build:
    """One of the two, and a folder of its own to work in."""

    name: str
    code: Path
    work: Path

    def play(self, *arguments: str, cold: bool = False) -> tuple[float, float]:
        """Run the command line of the build; seconds of the processor and of the clock."""
        return self._run([sys.executable, "-m", "sim.cli", *arguments], cold)[:2]

    def make_ready(self) -> None:
        """Have compiled all that is compiled once; a build that plays on meanwhile is waited for."""
        if (self.code / "sim" / "batch" / "first_time.py").exists():
            self._run([sys.executable, "-m", "sim.batch.first_time"], False)
        self.play("run", "toy", "--runs", "1", "-o", "warm")

    def python(self, text: str, *arguments: str) -> str:
        """Run a few lines with the code of the build; what they print."""
        return self._run([sys.executable, "-c", text, *arguments], False)[2]

    def _run(self, command: list[str], cold: bool) -> tuple[float, float, str]:
        cache = self.work / ("cold" if cold else "cache")
        if cold:
            shutil.rmtree(cache, ignore_errors=True)
        # both names: the older one of the place where compiled code is kept, and today's
        where = {"PYTHONPATH": str(self.code), "MULTIVECTOR_CACHE": str(cache), "XDG_CACHE_HOME": str(cache)}
        before, began = os.times(), time.perf_counter()
        done = subprocess.run(
            command, check=False, cwd=self.work, env=os.environ | where, capture_output=True, text=True
        )
        clock, after = time.perf_counter() - began, os.times()
        if done.returncode:
            raise SystemExit(f"{self.name}: {' '.join(command)}\n{done.stdout}{done.stderr}")
        used = after.children_user - before.children_user + after.children_system - before.children_system
        return used, clock, done.stdout


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What is measured of a build, how often, and what the ratio has to be at least to be content."""

    name: str
    what: str
    take: Callable[[Build], float]
    unit: str = "s"
    seldom: bool = False  # slow: at most three rounds


def main(arguments: list[str] | None = None) -> int:
    """Measure both builds and tell the ratios."""
    parser = argparse.ArgumentParser(description="How fast this checkout is beside an earlier build.")
    parser.add_argument("commit", help="the earlier build: anything that git knows")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default: 5)")
    parser.add_argument("--runs", type=int, default=10_000, help="runs of the batch (default: 10000)")
    parser.add_argument("--only", nargs="+", choices=[one.name for one in measurements(0)], help="some of them")
    asked = parser.parse_args(arguments)
    if asked.rounds < 1 or asked.runs < 1:
        parser.error("--rounds and --runs are at least 1")
    wanted = [one for one in measurements(asked.runs) if not asked.only or one.name in asked.only]
    with both_builds(asked.commit) as (before, now):
        for build in (before, now):  # what is compiled or read for the first time is not what is measured
            build.make_ready()
        found = [measured(one, before, now, asked.rounds) for one in wanted]
    KEPT.mkdir(exist_ok=True)
    kept = KEPT / f"against-{before.name}.json"
    kept.write_text(json.dumps({"machine": platform.processor() or platform.machine(), "found": found}, indent=1))
    print(f"written to {kept.relative_to(ROOT)}")
    return 0


def measurements(runs: int) -> tuple[Measurement, ...]:
    """Everything that can be measured, in the order in which it is told."""
    batch = ("run", "baseline", "--runs", str(runs), "--workers", "1", "-o")
    compare = ("compare", "baseline", "washington-summit", "--runs", str(COMPARED), "--workers", "1", "-o")
    first = ("run", "baseline", "--runs", str(FIRST), "--no-figures", "-o")

    def fresh(command: tuple[str, ...], *more: str) -> Callable[[Build], float]:
        def take(build: Build) -> float:
            shutil.rmtree(build.work / "fresh", ignore_errors=True)
            return build.play(*command, "fresh", *more)[0]

        return take

    def again(build: Build) -> float:
        if not (build.work / "finished").exists():
            build.play(*batch, "finished")
        return build.play(*batch, "finished")[0]

    def cold(part: int) -> Callable[[Build], float]:
        def take(build: Build) -> float:
            shutil.rmtree(build.work / "fresh", ignore_errors=True)
            return build.play(*first, "fresh", cold=True)[part]

        return take

    def engine(together: int) -> Callable[[Build], float]:
        return lambda build: 1000.0 * float(build.python(ENGINE, "2880", str(together)))

    return (
        Measurement(name="whole", what=f"run baseline, {runs:,} runs, figures", take=fresh(batch)),
        Measurement(name="again", what="the same on the finished batch", take=again),
        Measurement(name="bare", what="the first without figures", take=fresh(batch, "--no-figures")),
        Measurement(name="compare", what=f"compare two of {COMPARED:,} runs, figures", take=fresh(compare)),
        Measurement(name="engine", what="the engine alone, one run of 96", take=engine(96), unit="ms"),
        Measurement(name="copied", what="the same of 288, copied together", take=engine(288), unit="ms"),
        Measurement(name="cold", what=f"{FIRST} runs, nothing compiled", take=cold(0), seldom=True),
        Measurement(name="first", what="the same, by the clock", take=cold(1), seldom=True),
    )


def measured(one: Measurement, before: Build, now: Build, rounds: int) -> dict[str, object]:
    """Measure both in turns; what came, also printed."""
    pairs = []
    for number in range(min(rounds, 3) if one.seldom else rounds):
        order = (before, now) if number % 2 else (now, before)
        taken = {build.name: one.take(build) for build in order}
        pairs.append((taken[before.name], taken[now.name]))
    ratios = sorted(old / new for old, new in pairs)
    old, new = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(
        f"{one.what:<42} {old:8.2f} {one.unit:<2} {new:8.2f} {one.unit:<2} {statistics.median(ratios):6.2f} times"
        f"  ({ratios[0]:.2f} to {ratios[-1]:.2f} in {len(pairs)})",
        flush=True,
    )
    return {"name": one.name, "what": one.what, "unit": one.unit, "before and now": pairs, "ratios": ratios}


@contextmanager
def both_builds(commit: str) -> Iterator[tuple[Build, Build]]:
    """The earlier build, laid out from the history, and this checkout as it stands; gone again afterwards."""
    known = subprocess.run(
        ["git", "rev-parse", "--short", f"{commit}^{{commit}}"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    if known.returncode:
        raise SystemExit(
            f"{commit}: no commit that this clone knows; a shallow clone gets its history with 'git fetch --unshallow'"
        )
    name = known.stdout.strip()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for part in ("code", "before", "now"):
            (folder / part).mkdir()
        packed = subprocess.run(["git", "archive", name], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", str(folder / "code")], input=packed, check=True)
        print(f"{'':<42} {name:>11} {'now':>11}", flush=True)
        yield (
            Build(name=name, code=folder / "code", work=folder / "before"),
            Build(name="now", code=ROOT, work=folder / "now"),
        )


if __name__ == "__main__":
    sys.exit(main())
