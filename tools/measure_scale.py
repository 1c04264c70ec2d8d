"""How cost and memory grow: with runs, with states and powers, with workers, and how soon a killed batch goes on.

python tools/measure_scale.py                     up to 100,000 runs; some minutes
python tools/measure_scale.py --most 1000000      a million worlds of the baseline, and the kill of such a batch
python tools/measure_scale.py --only worlds       only how the turn grows with the world

Worlds larger than the shipped one are made of it: states and powers are added, each like one that is there. Every
measurement is made by a process of its own. What is found is told, kept in docs/figures/scale.csv and drawn beside it;
what is not measured this time keeps its rows.
"""

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE, FIGURE = ROOT / "docs" / "figures" / "scale.csv", ROOT / "docs" / "figures" / "scale.png"
COLUMNS = ("part", "runs", "workers", "states", "powers", "what", "value", "unit")
RUNS = (1_000, 10_000, 100_000, 1_000_000)
WORKERS, FOR_WORKERS = (1, 2, 4, 8), 20_000  # runs
WORLDS = ((5, 7), (10, 7), (20, 10), (40, 20))
FLAT_AFTER = 10  # worlds that extend each other, before one is written whole: a chain may not be longer than 16
SCENARIO = "title: {name}\nquestion: How fast is it?\nworld: {name}\nfrom: 2026-Q1\nto: 2035-Q4\nruns: 96\nseed: 1\n"

TURN = """
import json, sys, time
from sim.engine.ensemble import LANES, prepare
from sim.model.fields import KINDS
from sim.scenario.scenario import load_scenario
name, seeds = sys.argv[1:]
ready = prepare(load_scenario(name, seeds=seeds or None))
slots = len(ready.quarters) * len(ready.evidence.states) * len(ready.evidence.powers) * len(KINDS)
ready.run_block(0, LANES)
taken = []
for time_of in range(5):
    began = time.process_time()
    ready.run_block(0, 2 * LANES)
    taken.append(time.process_time() - began)
print(json.dumps(1e9 * min(taken) / (2 * LANES * slots)))
"""

RESUME = """
import json, sys, time
began = time.perf_counter()
import sim
from sim.batch.worker import Stage
def tell(now):
    if now.stage is Stage.RUN:
        print(json.dumps([now.done, time.perf_counter() - began]), flush=True)
sim.run("baseline", runs=int(sys.argv[1]), out=sys.argv[2], progress=tell)
"""

Row = dict[str, object]


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for, keep it and draw it."""
    parser = argparse.ArgumentParser(description="How cost and memory grow.")
    parser.add_argument("--most", type=int, default=100_000, help="the largest batch, in runs (default: 100000)")
    parts = {"runs": of_runs, "workers": of_workers, "worlds": of_worlds, "resume": of_resuming}
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts), help="some of the parts")
    asked = parser.parse_args(arguments)
    if asked.most < RUNS[0]:
        parser.error(f"--most is at least {RUNS[0]}")
    for part in asked.only:
        kept = [row for row in read_table() if row["part"] != part]
        found = []
        for row in parts[part](asked.most):
            print(*(row[name] for name in COLUMNS if row.get(name)), flush=True)
            found.append(row)
        with TABLE.open("w", newline="") as file:  # after each part, so that no measurement is lost
            writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows([*kept, *found])
    draw(read_table())
    return 0


def read_table() -> list[dict[str, str]]:
    """What was measured before; nothing where nothing was."""
    if not TABLE.exists():
        return []
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


# --- what is measured ------------------------------------------------------------------------------------------------


def of_runs(most: int) -> Iterator[Row]:
    """Processor time a run and the most memory, for ever larger batches on two workers."""
    for runs in (number for number in RUNS if number <= most):
        used, clock, memory = batch(runs, 2)
        where = {"part": "runs", "runs": runs, "workers": 2}
        yield where | {"what": "processor", "value": round(1000.0 * used / runs, 4), "unit": "ms a run"}
        yield where | {"what": "clock", "value": round(clock, 2), "unit": "s"}
        yield where | {"what": "memory", "value": round(memory), "unit": "MB"}


def of_workers(_: int) -> Iterator[Row]:
    """Runs a second for some numbers of workers, start and end of the command included."""
    cores = os.cpu_count() or 1
    for workers in (number for number in WORKERS if number <= max(cores, 1)):
        _used, clock, _memory = batch(FOR_WORKERS, workers)
        where = {"part": "workers", "runs": FOR_WORKERS, "workers": workers}
        yield where | {"what": "speed", "value": round(FOR_WORKERS / clock), "unit": "runs a second"}


def of_worlds(_: int) -> Iterator[Row]:
    """Nanoseconds of the processor an offer slot (state x power x kind) of one turn of one run, for larger worlds."""
    for states, powers in WORLDS:
        with tempfile.TemporaryDirectory() as place:
            name = large_world(Path(place), states, powers)
            cost = json.loads(python(TURN, *(("baseline", "") if name is None else (name, place))))
            where = {"part": "worlds", "states": states, "powers": powers}
            yield where | {"what": "slot", "value": round(cost, 1), "unit": "ns"}


def of_resuming(most: int) -> Iterator[Row]:
    """Seconds from starting again, after a kill halfway, to the first new runs."""
    with tempfile.TemporaryDirectory() as place:
        reached, _ = _killed_after(most // 2, most, place)
        taken_up, _ = _killed_after(0, most, place)
        begun, seconds = _killed_after(taken_up + 1, most, place)
    if begun <= taken_up or not reached:
        print(f"resume: {most:,} runs are over before they can be killed and go on; take more", flush=True)
        return
    where = {"part": "resume", "runs": most, "workers": os.cpu_count()}
    yield where | {"what": "taken up", "value": taken_up, "unit": "runs"}
    yield where | {"what": "going on", "value": round(seconds, 2), "unit": "s"}


def _killed_after(done: int, most: int, place: str) -> tuple[int, float]:
    """Play or go on with a batch, and kill it as soon as so many of its runs are there.

    Returns how many there were when it was killed, and how many seconds after its start.
    """
    child = subprocess.Popen(
        [sys.executable, "-c", RESUME, str(most), place], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    there, seconds = 0, 0.0
    for line in child.stdout:
        there, seconds = json.loads(line)
        if there >= done:
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    return there, seconds


def batch(runs: int, workers: int) -> tuple[float, float, float]:
    """Play a batch of the baseline by the command line: seconds of processor and clock, and the most memory in MB."""
    with tempfile.TemporaryDirectory() as place:
        command = ("run", "baseline", "--runs", str(runs), "--workers", str(workers), "--no-figures", "-o", place)
        began = time.perf_counter()
        child = subprocess.Popen([sys.executable, "-m", "sim.cli", *command], cwd=ROOT, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        clock = time.perf_counter() - began
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return used.ru_utime + used.ru_stime, clock, used.ru_maxrss / 1024.0


def python(text: str, *arguments: str) -> str:
    """Run a few lines in a process of their own; what they print."""
    command = [sys.executable, "-c", text, *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def large_world(folder: Path, states: int, powers: int) -> str | None:
    """Write a world of so many states and powers, made of the shipped one, and a scenario in it; None: as shipped."""
    from sim.evidence import new_world as begin
    from sim.evidence.evidence import load_evidence
    from sim.evidence.worlds import HOME_WORLD

    shipped = evidence = load_evidence(HOME_WORLD)
    if (states, powers) == (len(shipped.states), len(shipped.powers)):
        return None
    (folder / "layer.yaml").write_text("over: shipped\n")
    last = f"large-{states}-{powers}"

    def put(name: str, files: dict[str, str]) -> None:
        nonlocal evidence
        (folder / name).mkdir(exist_ok=True)
        for file, text in files.items():
            (folder / name / file).write_text(text)
        evidence = load_evidence(name, folder)

    put("begun", begin.world_apart(shipped))
    more = [("S", begin.world_with_state, "states")] * (states - len(shipped.states))
    more += [("P", begin.world_with_power, "powers")] * (powers - len(shipped.powers))
    for at, (letter, world_with, key) in enumerate(more):
        known = getattr(shipped, key)
        code = known[at % len(known)].code
        like = next(one for one in getattr(evidence, key) if one.code == code)
        put(
            f"grown-{at}",
            world_with(evidence, begin.Newcomer(code=f"{letter}{at:03d}", name=f"{letter} {at}", like=like)),
        )
        if at % FLAT_AFTER == FLAT_AFTER - 1:
            put(f"whole-{at}", begin.world_apart(evidence))
    put(last, begin.world_apart(evidence))
    (folder / f"{last}.yaml").write_text(SCENARIO.format(name=last))
    return str(folder / f"{last}.yaml")


# --- the figure ------------------------------------------------------------------------------------------------------


def draw(rows: list[dict[str, str]]) -> None:
    """Four panels: cost a run, memory, cost a slot, speed by workers."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter, StrMethodFormatter

    from sim.figures.pictures import write_light
    from sim.figures.style import house_style

    def column(part: str, what: str, x: str) -> tuple[list[float], list[float]]:
        found = [row for row in rows if row["part"] == part and row["what"] == what]
        return [float(row[x]) for row in found], [float(row["value"]) for row in found]

    slots = [float(row["states"]) * float(row["powers"]) * 4 for row in rows if row["part"] == "worlds"]
    panels = (
        ("Processor time a run", "ms", "runs of the batch", *column("runs", "processor", "runs")),
        ("Most memory", "MB", "runs of the batch", *column("runs", "memory", "runs")),
        (
            "A turn, by the size of the world",
            "ns an offer slot",
            "offer slots",
            slots,
            column("worlds", "slot", "states")[1],
        ),
        ("Speed of a command", "runs a second", "workers", *column("workers", "speed", "workers")),
    )
    with house_style():
        figure = Figure(figsize=(8.0, 5.4), layout="constrained")
        for axes, (title, unit, across, x, y) in zip(figure.subplots(2, 2).flat, panels, strict=True):
            axes.plot(x, y, "o-", color="#0072B2")
            if not x:
                continue  # not measured yet
            axes.set(title=title, ylabel=unit, xlabel=across, ylim=(0.0, 1.15 * max(y, default=1.0)))
            if across != "workers":
                axes.set_xscale("log")
            axes.set_xticks(x)
            axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
            axes.xaxis.set_minor_formatter(NullFormatter())
        write_light(figure, FIGURE)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
