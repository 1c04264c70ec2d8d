"""One model, however it is played: by agents or in lanes, in any order, on any number of cores, compiled or not."""

import ast
import copy
import csv
import dataclasses
import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.batch import runner
from sim.batch.plan import CHUNK
from sim.engine import agents, ensemble
from sim.engine.agents import Model
from sim.evidence.evidence import load_evidence
from sim.model import code_cache, shipped
from sim.model.chance import Stream, address, luck, lucks, name_key, uniform
from sim.model.variables import BY_POWER, BY_STATE
from sim.scenario.events import Event, EventKind
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import load_scenario

ROOT = Path(__file__).parents[2]
ARRAYS = ("by_power", "by_state", "offers")
A_YEAR = 4


def short(name, quarters, **changes):
    scenario = load_scenario(name)
    return dataclasses.replace(scenario, end=scenario.start + quarters - 1, **changes)


def assert_same_bits(one, other):
    for name in ARRAYS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_a_world_in_the_memory_of_another_has_the_same_bits():
    played = ensemble.prepare(short("toy", A_YEAR))
    with ThreadPoolExecutor(1) as fresh:
        first = fresh.submit(played.run_block, 5, 3).result()
    with ThreadPoolExecutor(1) as used:
        used.submit(ensemble.prepare(short("toy", 2 * A_YEAR, seed=9)).run_block, 0, 3).result()
        assert_same_bits(used.submit(played.run_block, 5, 3).result(), first)


# --- agents and lanes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list_scenarios())
@pytest.mark.parametrize("seed", [0, 7, 2**63 - 1])
def test_agents_and_lanes_agree_to_the_last_bit(name, seed):
    scenario = dataclasses.replace(load_scenario(name), seed=seed)
    by_agents = agents.prepare(scenario).run_block(3, 2)
    in_lanes = ensemble.prepare(scenario).run_block(0, 8)
    assert by_agents.offers.sum() > 0
    for array in ARRAYS:
        assert np.array_equal(getattr(by_agents, array), getattr(in_lanes, array)[3:5]), array


def test_agents_and_lanes_agree_when_systems_are_off_and_numbers_moved():
    evidence = load_evidence("toy")
    numbers = {"choice.tolerance": evidence.numbers["choice.tolerance"].high, "states.ALD.gdp": 321.0}
    beyond = {"states.ALD.gdp": "a rich one"}
    for without in (tuple(evidence.systems)[::2], tuple(evidence.systems)[1::2]):
        scenario = short("toy", 2 * A_YEAR, without=without, numbers=numbers, beyond=beyond)
        assert_same_bits(agents.prepare(scenario).run_block(0, 3), ensemble.prepare(scenario).run_block(0, 3))


def test_another_seed_or_run_is_another_course():
    blocks = [ensemble.prepare(short("toy", A_YEAR, seed=seed)).run_block(0, 2) for seed in (0, 1)]
    runs = [block.by_power[run] for block in blocks for run in (0, 1)]
    assert len({run.tobytes() for run in runs}) == len(runs)


# --- lanes, blocks, threads, workers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lanes", [1, 3, 64])
def test_any_number_of_lanes_gives_the_same_bits(lanes):
    prepared = ensemble.prepare(short("rivalry-to-the-limit", 3 * A_YEAR))
    assert_same_bits(prepared.run_block(0, 70, lanes=lanes), prepared.run_block(0, 70))


@pytest.mark.parametrize("cuts", [(1,), (64,), (5, 6, 69)])
def test_blocks_may_be_cut_anywhere(cuts):
    prepared = ensemble.prepare(short("washington-summit", 2 * A_YEAR))
    whole = prepared.run_block(10, 70)
    edges = (0, *cuts, 70)
    for start, stop in pairwise(edges):
        part = prepared.run_block(10 + start, stop - start)
        for name in ARRAYS:
            assert np.array_equal(getattr(part, name), getattr(whole, name)[start:stop]), name


@pytest.mark.parametrize("count", [3, 32, 70])
def test_pages_hold_the_bits_of_a_block_whatever_was_played_before(count):
    prepared = ensemble.prepare(short("washington-summit", 2 * A_YEAR))
    for first in (10, 200):
        whole = prepared.run_block(first, count)
        pages = prepared.run_pages(first, count, lanes=32)
        assert sum(page.runs for page in pages) == count
        blocks = [block for page in pages for block in page.blocks()]
        for block in blocks:
            at = block.first - first
            for name in ARRAYS:
                assert np.array_equal(getattr(block, name), getattr(whole, name)[at : at + block.runs]), name


@pytest.mark.parametrize("count", [0, 40, 200])
def test_blocks_one_after_the_other_hold_the_bits_of_one(count):
    prepared = ensemble.prepare(short("washington-summit", A_YEAR))
    whole, done = prepared.run_block(7, count), 0
    for block in prepared.run_blocks(7, count):
        assert block.first == 7 + done
        for name in ARRAYS:
            assert np.array_equal(getattr(block, name), getattr(whole, name)[done : done + block.runs]), name
        done += block.runs
    assert done == count


def test_threads_do_not_meet():
    prepared = ensemble.prepare(short("baseline", 2 * A_YEAR))
    firsts = range(0, 400, 40)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda first: prepared.run_block(first, 40), firsts))
    for first, block in zip(firsts, together, strict=True):
        assert_same_bits(block, prepared.run_block(first, 40))


def parquet_hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
        if path.is_file()
    }


class InLanes:
    """The ensemble with a number of lanes of its own."""

    def __init__(self, scenario, evidence, lanes):
        self.prepared = ensemble.prepare(scenario, evidence)
        self.lanes = lanes

    def run_block(self, first, count):
        return self.prepared.run_block(first, count, lanes=self.lanes)


def test_results_are_the_same_bytes_for_any_workers_and_lanes(tmp_path):
    scenario = short("toy", 2 * A_YEAR, runs=2 * CHUNK + 30)
    one = runner.run(scenario, workers=1, out=tmp_path / "one")
    two = runner.run(scenario, workers=2, out=tmp_path / "two")
    few = runner.run(scenario, workers=2, out=tmp_path / "few", engine=lambda s, e: InLanes(s, e, 5))
    expected = parquet_hashes(one.folder)
    assert len(expected) >= 6
    assert parquet_hashes(two.folder) == expected
    assert parquet_hashes(few.folder) == expected


def test_the_mesa_engine_writes_the_same_tables(tmp_path):
    scenario = short("toy", A_YEAR, runs=6)
    by_agents = runner.run(scenario, workers=1, out=tmp_path / "agents", engine="mesa")
    in_lanes = runner.run(scenario, workers=1, out=tmp_path / "lanes")
    assert parquet_hashes(by_agents.folder) == parquet_hashes(in_lanes.folder)


# --- compiled, plain, interpreted ------------------------------------------------------------------------------------

SHORT_RUN = """
import dataclasses, hashlib
from sim.engine import ensemble
from sim.scenario import load_scenario

scenario = load_scenario("toy")
scenario = dataclasses.replace(scenario, start=scenario.start + 3, end=scenario.start + 6)
block = ensemble.prepare(scenario).run_block(0, 3)
print(hashlib.sha256(b"".join(a.tobytes() for a in (block.by_power, block.by_state, block.offers))).hexdigest())
"""


def short_run(folder=ROOT, **environment):
    """The hash of a short run of the toy world in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-c", SHORT_RUN],
        cwd=folder,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


@pytest.fixture(scope="module")
def compiled_run():
    return short_run()


def test_without_compilation_the_bits_are_the_same(compiled_run):
    assert short_run(NUMBA_DISABLE_JIT="1") == compiled_run


@pytest.mark.exhaustive  # five minutes; that hints move no bit is seen daily beside Python itself and NumPy, too
def test_without_the_hint_about_arrays_the_bits_are_the_same(compiled_run, tmp_path):
    assert short_run(MULTIVECTOR_PLAIN="1", MULTIVECTOR_CACHE=str(tmp_path)) == compiled_run


def never_a_yes(source):
    """The rules of choice with an `acceptance` that always answers nought."""
    rule = next(node for node in ast.parse(source).body if getattr(node, "name", "") == "acceptance")
    answer = ast.get_source_segment(source, rule.body[-1])
    return source.replace(answer, f"return 0.0 * ({answer.removeprefix('return')})")


def copy_of_the_checkout(folder):
    for name in ("sim", "seeds", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def test_the_same_sources_in_another_folder_compile_nothing(compiled_run, tmp_path):
    copy_of_the_checkout(tmp_path)
    named = code_cache.compile_hash()
    shutil.copytree(code_cache.cache_home() / named, tmp_path / "cache" / named)
    kept = sorted((tmp_path / "cache").rglob("*"))
    assert short_run(tmp_path, MULTIVECTOR_CACHE=str(tmp_path / "cache")) == compiled_run
    assert sorted((tmp_path / "cache").rglob("*")) == kept


@pytest.mark.exhaustive
def test_code_that_comes_with_a_wheel_gives_the_same_bits_and_spares_compiling(compiled_run, tmp_path):
    level = {"NUMBA_CPU_NAME": shipped.PROCESSOR, "NUMBA_CPU_FEATURES": shipped.FEATURES}
    assert short_run(MULTIVECTOR_CACHE=str(tmp_path / "made"), **level) == compiled_run
    copy_of_the_checkout(tmp_path)
    shutil.copytree(tmp_path / "made", tmp_path / "sim" / "_data" / "machine_code")
    assert short_run(tmp_path, MULTIVECTOR_CACHE=str(tmp_path / "empty")) == compiled_run
    assert not list((tmp_path / "empty").rglob("*.nbc"))


@pytest.mark.slow
def test_a_stale_rule_is_never_used(compiled_run, tmp_path):
    copy_of_the_checkout(tmp_path)
    rules = tmp_path / "sim" / "model" / "rules" / "choice.py"
    was = rules.read_text(encoding="utf-8")
    named = code_cache.compile_hash()
    shutil.copytree(code_cache.cache_home() / named, tmp_path / "cache" / named)
    cache = {"MULTIVECTOR_CACHE": str(tmp_path / "cache")}
    assert short_run(tmp_path, **cache) == compiled_run
    rules.write_text(never_a_yes(was), encoding="utf-8")
    assert short_run(tmp_path, **cache) != compiled_run
    rules.write_text(was, encoding="utf-8")
    assert short_run(tmp_path, **cache) == compiled_run


# --- order and luck --------------------------------------------------------------------------------------------------


def test_the_order_of_actors_does_not_matter():
    scenario = short("washington-summit", 6)
    evidence = load_evidence(scenario.world)
    i, j = np.array([3, 0, 4, 1, 2]), np.array([6, 2, 0, 5, 1, 3, 4])
    assert (len(evidence.states), len(evidence.powers)) == (len(i), len(j))
    shuffled = dataclasses.replace(
        evidence, states=tuple(evidence.states[n] for n in i), powers=tuple(evidence.powers[n] for n in j)
    )
    listed = ensemble.prepare(scenario, evidence).run_block(0, 30)
    moved = ensemble.prepare(scenario, shuffled).run_block(0, 30)

    assert np.allclose(moved.by_power, listed.by_power[:, :, i][:, :, :, j], rtol=1e-9, atol=1e-9)
    assert np.array_equal(moved.offers[..., :2], listed.offers[:, i][:, :, j][..., :2])
    for name in BY_STATE:
        told, expected = moved.state_measure(name), listed.state_measure(name)[:, :, i]
        if name == "sided":  # tells the place of a power in the list
            expected = np.where(expected > 0, np.argsort(j)[expected.astype(int) - 1] + 1, 0)
        if name == "balance" and not np.allclose(told, expected):  # which pole counts as the first is the list's choice
            expected = 100.0 - expected
        assert np.allclose(told, expected, rtol=1e-9, atol=1e-9), name


def test_an_address_depends_on_who_and_when_and_what_for_alone():
    with np.errstate(over="ignore"):  # addresses wrap round on purpose when nothing is compiled
        words = [
            address(quarter, stream, name_key(one), name_key(two), kind)
            for quarter in (8104, 8105)
            for stream in (Stream.OFFER, Stream.SIZE)
            for one, two in (("ALD", "NOR"), ("NOR", "ALD"), ("ALD", "OST"), ("BEK", "NOR"))
            for kind in (0, 3)
        ]
        draws = {float(uniform(luck(seed, run), word)) for seed, run in ((0, 0), (0, 1), (1, 0)) for word in words}
    assert len({int(word) for word in words}) == len(words) == 32
    assert len(draws) == 3 * len(words)
    assert [int(luck(5, run)) for run in range(20, 26)] == [int(key) for key in lucks(5, 20, 6)]


def course(scenario, evidence, monkeypatch, quarters):
    """A run by agents: what rests on luck alone, quarter by quarter, and the draw behind every answer.

    The price of exports, the tide of growth and the threat at the border move with luck only; so does the rivalry of
    two powers. Output answers other actors. Everything by code.
    """
    monkeypatch.setattr(agents, "evidence_of", lambda scenario: evidence)
    model = Model(scenario, run=2)
    told = {}
    for _ in range(quarters):
        model.step()
        world = model.world
        for state in model.states:
            told[model.quarter, state.code] = tuple(
                field[state.place, 0] for field in (world.price, world.tide, world.border)
            )
        for one in model.powers:
            for other, levels in one.rivalry.items():
                told[model.quarter, one.code, other] = levels
    dice = {(offer.quarter, offer.by, offer.to, offer.kind): offer.draw for offer in model.offers}
    first = {name: getattr(model, name)[0, ..., 0] for name in ("by_power", "by_state")}
    return told, dice, first


def with_a_state_more(folder):
    """Add Carvia, a twin of Bekmar, to the toy world; to each other they are what either is to its neighbour."""
    actors = yaml.safe_load((folder / "actors.yaml").read_text(encoding="utf-8"))
    actors["states"]["CAR"] = copy.deepcopy(actors["states"]["BEK"]) | {"name": "Carvia"}
    write_actors(folder, actors)
    copy_rows(folder / "ties.csv", "BEK", "CAR")
    copy_rows(folder / "corridors.csv", "BEK", "CAR")
    rows = copy_rows(folder / "neighbours.csv", "BEK", "CAR")
    between = [row | {"state_a": "BEK", "state_b": "CAR"} for row in rows[:2]]
    write_rows(folder / "neighbours.csv", [*rows, *between])


def with_a_power_more(folder):
    """Add Westmark, a twin of Sudmark, to the toy world; the twins do not mind each other."""
    actors = yaml.safe_load((folder / "actors.yaml").read_text(encoding="utf-8"))
    actors["powers"]["WES"] = copy.deepcopy(actors["powers"]["SUD"]) | {"name": "Westmark"}
    write_actors(folder, actors)
    copy_rows(folder / "ties.csv", "SUD", "WES")
    copy_rows(folder / "corridors.csv", "SUD", "WES")
    rows = copy_rows(folder / "rivalries.csv", "SUD", "WES")
    between = [row | {"power_a": "SUD", "power_b": "WES", "value": 0, "low": 0, "high": 0.1} for row in rows[:2]]
    write_rows(folder / "rivalries.csv", [*rows, *between])


def write_actors(folder, actors):
    (folder / "actors.yaml").write_text(yaml.safe_dump(actors, sort_keys=False, allow_unicode=True), encoding="utf-8")


def copy_rows(path, code, new):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    more = [
        {key: new if value == code else value for key, value in row.items()} for row in rows if code in row.values()
    ]
    write_rows(path, [*rows, *more])
    return [*rows, *more]


def write_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("enlarge", [with_a_state_more, with_a_power_more])
def test_another_actor_moves_no_other_draw(enlarge, tmp_path, monkeypatch):
    seeds = tmp_path / "seeds"
    shutil.copytree(ROOT / "seeds", seeds)
    enlarge(seeds / "toy")
    larger = load_evidence("toy", seeds)
    scenario = short("toy", 2 * A_YEAR, events=())
    told, dice, _ = course(scenario, load_evidence("toy"), monkeypatch, 2 * A_YEAR)
    told_now, dice_now, _ = course(scenario, larger, monkeypatch, 2 * A_YEAR)

    assert len(told_now) > len(told)
    assert {key: told_now[key] for key in told} == told
    same = dice.keys() & dice_now.keys()
    assert len(same) > 10
    assert {key: dice_now[key] for key in same} == {key: dice[key] for key in same}


def test_an_event_moves_no_other_draw(monkeypatch):
    evidence = load_evidence("toy")
    quiet = short("toy", 2 * A_YEAR, events=())
    tariff = Event(at=quiet.start, kind=EventKind.TARIFF, fields={"by": "NOR", "against": "BEK", "rate": 0.5})
    told, dice, first = course(quiet, evidence, monkeypatch, 2 * A_YEAR)
    shaken = dataclasses.replace(quiet, events=(tariff,))
    told_now, dice_now, first_now = course(shaken, evidence, monkeypatch, 2 * A_YEAR)

    untouched, hit = 0, 1
    trade = BY_POWER.index("trade")
    assert first_now["by_power"][hit, 0, trade] < first["by_power"][hit, 0, trade]
    for name in ("by_power", "by_state"):
        assert np.array_equal(first_now[name][untouched], first[name][untouched])
    assert told_now == told
    same = dice.keys() & dice_now.keys()
    assert len(same) > 10
    assert {key: dice_now[key] for key in same} == {key: dice[key] for key in same}
