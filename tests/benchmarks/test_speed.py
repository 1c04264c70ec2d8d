"""How fast the engines are; `make bench` runs this, the tests do not.

Both engines play the same runs of the same scenario in one session, each on one core.
"""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.engine.agents import Model
from sim.engine.ensemble import LANES, prepare
from sim.evidence.evidence import load_evidence
from sim.model.chance import lucks
from sim.model.fields import KINDS
from sim.model.parameters import aligned, vector
from sim.model.schedule import Phase
from sim.model.turn import advance
from sim.model.variables import BY_POWER, BY_STATE
from sim.model.world import build
from sim.scenario.scenario import load_scenario

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parents[2]
SCENARIO = "baseline"
RUNS = 2 * LANES
FASTER = 100  # how many times as many runs a second the ensemble has to play
NANOSECONDS = 40  # the most that one offer slot of one turn may cost one core
MANY = 10_000

taken = {}  # seconds a run, by engine


@pytest.fixture(autouse=True, scope="module")
def ready():
    """Everything compiled and read before the clock starts."""
    prepare(load_scenario(SCENARIO)).run_block(0, LANES)


@pytest.mark.benchmark(group="runs of the baseline on one core")
def test_mesa_batch_run(benchmark, say):
    from mesa.batchrunner import batch_run  # here, since it changes how this process starts others

    asked = {"scenario": SCENARIO, "run": list(range(RUNS))}
    quarters = load_scenario(SCENARIO).quarters

    def play():
        return batch_run(Model, asked, number_processes=1, max_steps=quarters, display_progress=False)

    rows = benchmark.pedantic(play, rounds=3, iterations=1)
    assert len(rows) == RUNS
    taken["mesa"] = benchmark.stats.stats.min / RUNS
    say("mesa.batch_run, runs a second on one core", f"{1 / taken['mesa']:,.0f}")


@pytest.mark.benchmark(group="runs of the baseline on one core")
def test_the_ensemble_is_far_ahead_of_mesa(benchmark, say):
    scenario = load_scenario(SCENARIO)
    block = benchmark.pedantic(lambda: prepare(scenario).run_block(0, RUNS), rounds=15, iterations=1)
    assert block.runs == RUNS
    taken["ensemble"] = benchmark.stats.stats.min / RUNS
    say("ensemble, runs a second on one core", f"{1 / taken['ensemble']:,.0f}")
    assert "mesa" in taken, "the test before this one measures Mesa; run them together"
    ratio = taken["mesa"] / taken["ensemble"]
    say("ensemble over mesa.batch_run at equal cores", f"{ratio:.0f} times (at least {FASTER})")
    assert ratio >= FASTER, f"the ensemble is {ratio:.0f} times as fast as Mesa, {FASTER} times is the least"


@pytest.mark.benchmark(group="one block of lanes through all turns")
def test_a_slot_of_the_table_costs_little(benchmark, say):
    scenario, evidence = load_scenario(SCENARIO), load_evidence()
    ready = prepare(scenario, evidence)
    sizes = scenario.quarters, len(evidence.states), len(evidence.powers)
    by_power = aligned((*sizes, len(BY_POWER), LANES))
    by_state = aligned((*sizes[:2], len(BY_STATE), LANES))
    numbers, happenings = vector(ready.values, LANES), ready.happenings(0, LANES)

    def fresh():
        store = build(evidence, ready.values, lucks(scenario.seed, 0, LANES))
        everything = int(Phase.ALL)
        turns = scenario.start, scenario.quarters, everything, 0
        return (store, numbers, happenings, *turns, ready.pole, by_power, by_state), {}

    benchmark.pedantic(advance, setup=fresh, rounds=20)
    cost = 1e9 * benchmark.stats.stats.min / (math.prod(sizes) * len(KINDS) * LANES)
    say("nanoseconds an offer slot, turn and core", f"{cost:.1f} (at most {NANOSECONDS})")
    assert cost <= NANOSECONDS, f"an offer slot costs {cost:.1f} ns a turn, {NANOSECONDS} ns are allowed"


@pytest.mark.benchmark(group="two scenarios from the command line")
def test_a_batch_from_the_command_line(benchmark, say, tmp_path):
    command = [sys.executable, "-m", "sim.cli", "run", "baseline", "washington-summit", "--runs", str(MANY)]

    def play():
        subprocess.run([*command, "-o", str(tmp_path)], cwd=ROOT, check=True, capture_output=True, timeout=600)

    benchmark.pedantic(play, rounds=1, iterations=1)
    assert len(list(tmp_path.glob("*/manifest.json"))) == 2
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    say(f"two scenarios of {MANY:,} runs each with figures, {cores} cores", f"{benchmark.stats.stats.min:.1f} s")
