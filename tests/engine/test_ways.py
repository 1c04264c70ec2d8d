"""Which way a turn is played: compiled where the code is there, without while it is being compiled; the same bits."""

import dataclasses
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.batch import runner
from sim.batch.worker import Stage, Work
from sim.engine import agents, ensemble, first_time, ways
from sim.engine.ways import COMPILED, LINE_BY_LINE, OVER_LANES, chosen, compile_behind
from sim.scenario.scenario import load_scenario

ARRAYS = ("by_power", "by_state", "offers", "answers")


class Process:
    """Stands for the process that compiles."""

    returncode = None
    ended = None

    def poll(self):
        return self.ended


@pytest.fixture
def cold(monkeypatch):
    """Nothing is compiled yet, and a process that compiles can be had: its command, once it is begun."""
    begun = []
    process = Process()
    monkeypatch.setattr(ways, "_BEHIND", ways._Behind())
    monkeypatch.setattr(ways, "_LOOK_EVERY", 0.0)
    for module in ("sim.engine.ways", "sim.model.code_cache"):
        monkeypatch.setattr(f"{module}.warm", lambda: False)
    monkeypatch.setattr(ways, "interpreted", lambda: False)
    monkeypatch.setattr(ways, "can_keep", lambda: True)
    monkeypatch.setattr(ways, "Popen", lambda command, **_: (begun.append(command), process)[1])
    process.begun = begun
    return process


def of_toy(quarters, runs=2):
    scenario = load_scenario("toy")
    return dataclasses.replace(scenario, end=scenario.start + quarters - 1, runs=runs)


def test_compiled_code_is_played_where_it_is_there():
    assert [chosen(runs) for runs in (1, 2, 10_000)] == [COMPILED] * 3


def test_nothing_is_compiled_where_the_user_wants_nothing_compiled(monkeypatch):
    monkeypatch.setattr(ways, "interpreted", lambda: True)
    assert [chosen(runs) for runs in (1, 2)] == [LINE_BY_LINE, OVER_LANES]
    assert not compile_behind("anything", 1, 8)


def test_while_it_is_being_compiled_runs_are_played_without(cold, monkeypatch):
    assert chosen(2) is COMPILED
    assert compile_behind("sim.batch.first_time", 10, 2)
    assert cold.begun == [[sys.executable, "-m", "sim.batch.first_time"]]
    assert [chosen(runs) for runs in (1, 2)] == [LINE_BY_LINE, OVER_LANES]
    assert compile_behind("sim.batch.first_time", 10, 2)
    assert len(cold.begun) == 1
    cold.ended = 0  # another process had begun before it
    assert chosen(2) is OVER_LANES
    monkeypatch.setattr(ways, "warm", lambda: True)
    assert chosen(2) is COMPILED
    assert not compile_behind("sim.batch.first_time", 10, 2)


def test_what_will_not_come_is_not_waited_for(cold, monkeypatch):
    assert compile_behind("sim.batch.first_time", 10, 2)
    cold.ended = 1
    assert chosen(2) is COMPILED
    cold.ended = None
    assert compile_behind("sim.batch.first_time", 10, 2)
    cold.ended = 0
    monkeypatch.setattr(ways, "_LONGEST", 0.0)
    assert chosen(2) is COMPILED


def test_one_core_compiles_first_where_there_is_much_to_play(cold):
    assert not compile_behind("sim.batch.first_time", 100_000, 1)
    assert compile_behind("sim.batch.first_time", 100, 1)


def test_what_could_not_be_kept_is_compiled_here(cold, monkeypatch):
    monkeypatch.setattr(ways, "can_keep", lambda: False)
    assert not compile_behind("sim.batch.first_time", 10, 2)
    assert cold.begun == []


def test_where_no_process_can_be_had_this_one_compiles(cold, monkeypatch):
    def refused(*_, **__):
        raise OSError

    monkeypatch.setattr(ways, "Popen", refused)
    assert not compile_behind("sim.batch.first_time", 10, 2)
    assert chosen(2) is COMPILED


def test_it_is_told_that_the_rulebook_is_compiled_beside_the_runs(cold):
    told = []
    assert not Work("toy", None, told.append, lambda: None, 5).prepare()
    assert [one.stage for one in told] == [Stage.BEHIND]
    assert Work("toy", None, told.append, lambda: None, 5).prepare(compiled=False) is False
    assert told[-1].stage is Stage.PREPARE


def test_a_batch_begun_without_the_code_and_ended_with_it_is_the_same(monkeypatch, tmp_path):
    scenario = of_toy(1, runs=300)
    whole = runner.run(scenario, workers=1, out=tmp_path / "compiled")
    played = []

    def now_and_then(runs):
        played.append(runs)
        return COMPILED if len(played) > 2 else OVER_LANES

    for module in ("sim.engine.ensemble", "sim.batch.counting"):
        monkeypatch.setattr(f"{module}.chosen", now_and_then)
    mixed = runner.run(scenario, workers=1, out=tmp_path / "mixed")
    files = {path.relative_to(whole.folder) for path in whole.folder.rglob("*.parquet") if path.is_file()}
    assert files
    assert len(played) > 3
    for name in files:
        assert (whole.folder / name).read_bytes() == (mixed.folder / name).read_bytes(), name


def test_a_batch_can_be_asked_for_by_numpy(tmp_path):
    scenario = of_toy(3, runs=20)
    by_engine = {
        engine: runner.run(scenario, workers=1, out=tmp_path / engine, engine=engine)
        for engine in ("ensemble", "numpy")
    }
    tables = [results.runs for results in by_engine.values()]
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize("engine", ["ensemble", "mesa", agents.prepare], ids=["ensemble", "mesa", "own"])
def test_a_batch_waits_for_no_compiler(cold, tmp_path, engine):
    told = []
    results = runner.run(of_toy(1, runs=2), workers=1, out=tmp_path, engine=engine, progress=told.append)
    assert told[0].stage is Stage.BEHIND
    assert cold.begun == [[sys.executable, "-m", "sim.batch.first_time"]]
    assert len(results.runs) == 2


def test_line_by_line_the_bits_are_the_same():
    prepared = ensemble.prepare(of_toy(2))
    compiled, by_line = (dataclasses.replace(prepared, way=way).run_block(4, 1) for way in (COMPILED, LINE_BY_LINE))
    for name in ARRAYS:
        assert np.array_equal(getattr(compiled, name), getattr(by_line, name)), name


def test_agents_wait_for_no_compiler_either(cold):
    scenario = of_toy(2)
    compiled = ensemble.prepare(scenario).run_block(1, 1)
    by_line = agents.prepare(scenario).run_block(1, 1)
    assert cold.begun == [[sys.executable, "-m", "sim.engine.first_time"]]
    for name in ARRAYS:
        assert np.array_equal(getattr(compiled, name), getattr(by_line, name)), name


def test_what_is_compiled_behind_is_what_is_looked_for(monkeypatch):
    """The turn has one signature, whoever compiles it: what is kept serves everybody."""
    ensemble.prepare(of_toy(2)).run_block(0, 2)
    advance = COMPILED.advance
    before = advance.found, advance.made
    assert first_time.compile_and_keep() == 0
    assert (advance.found, advance.made) == before


WITHOUT_COMPILER = """
import hashlib, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"numba", "llvmlite"}:
            raise ImportError(name)

sys.meta_path.insert(0, Missing())
from dataclasses import replace
from sim.engine.ensemble import prepare
from sim.scenario.scenario import load_scenario
scenario = load_scenario("toy")
prepared = prepare(replace(scenario, end=scenario.start + 1))
print(*(hashlib.sha256(prepared.run_block(2, runs).by_power.tobytes()).hexdigest() for runs in (1, 3)))
"""


def test_where_the_compiler_cannot_be_imported_everything_is_played_without():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_COMPILER],
        env=os.environ | {"PYTHONPATH": str(Path(sim.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    prepared = ensemble.prepare(of_toy(2))
    blocks = (prepared.run_block(2, runs).by_power.tobytes() for runs in (1, 3))
    assert done.stdout.split() == [hashlib.sha256(block).hexdigest() for block in blocks]


@pytest.mark.exhaustive
def test_a_first_command_of_all_answers_before_the_code_is_there_and_leaves_it(tmp_path):
    cache = tmp_path / "cache"
    done = subprocess.run(
        [sys.executable, "-m", "sim.cli", "run", "toy", "--runs", "20", "--no-figures", "--out", str(tmp_path / "out")],
        env={name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
        | {"MULTIVECTOR_CACHE": str(cache), "PYTHONPATH": str(Path(sim.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert "until it is there, runs are played without" in done.stderr
    assert not list(cache.rglob("turn.advance-*"))
    until = time.monotonic() + 900
    while not list(cache.rglob("turn.advance-*.nbc")) or list(cache.glob("*.lock")):
        assert time.monotonic() < until
        time.sleep(1.0)
