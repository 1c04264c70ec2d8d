"""Every Python door that takes numbers, seeds, counts, names or paths answers as a file would, and leaves nothing."""

import dataclasses
import math

import numpy as np
import pytest

import sim
from helpers.fake_engine import FakePrepared, fake_scenario
from sim.analysis.ablation import effects
from sim.analysis.comparison import compare
from sim.analysis.documented import replay
from sim.analysis.hindcast.frozen import freeze, score_frozen
from sim.analysis.hindcast.request import run_backtest
from sim.analysis.origins import roll_origins
from sim.analysis.patterns import find_all
from sim.analysis.sensitivity.runner import estimate_sweep
from sim.batch.parts import run_part
from sim.batch.runner import estimate
from sim.engine import agents, ensemble
from sim.io.errors import InputError
from sim.scenario.scenario import load_scenario
from sim.scenario.units import Range, Shape

NOT_WHOLE = (1.5, "1", True, -1, None, np.float64(2.0), math.nan, 10**40, [1], object())
NOT_A_SEED = tuple(value for value in NOT_WHOLE if value is not None)  # None is the scenario's own
NOT_SEEDS = (*(one for one in NOT_A_SEED if one != [1]), [], [1, 1], [0, -1], [1.5], [[1]], {0: 1})  # a list is several
NOT_A_COUNT = (0, *NOT_A_SEED)
NOT_A_PATH = ("", 3, b"results", "a\0b", ["results"])
NOT_A_FOLDER = ("nowhere", "", 3, "a\0b", __file__)
NOT_A_LEVEL = (0.0, 1.0, 95, "0.95", None, math.nan, True)
TOY = load_scenario("toy")
EXPERIMENT = "0002-rivalry-and-aversion"

DOORS = {  # by name: the door with one argument left open, what it is, and what it must not be
    "Model seed": (lambda value: sim.Model("toy", seed=value), NOT_A_SEED),
    "Model run": (lambda value: sim.Model("toy", run=value), NOT_WHOLE),
    "prepare seed": (lambda value: ensemble.prepare(TOY, seed=value), NOT_A_SEED),
    "tell seed": (lambda value: sim.tell("toy", seed=value), NOT_A_SEED),
    "tell run": (lambda value: sim.tell("toy", run=value), NOT_WHOLE),
    "explain run": (lambda value: sim.explain(ensemble.prepare(TOY), value, state="ALD"), NOT_WHOLE),
    "run runs": (lambda value: sim.run("toy", runs=value), NOT_A_COUNT),
    "run seed": (lambda value: sim.run("toy", seed=value), NOT_SEEDS),
    "run workers": (lambda value: sim.run("toy", workers=value), NOT_A_COUNT),
    "run out": (lambda value: sim.run("toy", out=value), NOT_A_PATH),
    "run series": (lambda value: sim.run("toy", series=value), NOT_WHOLE),
    "run thin": (lambda value: sim.run("toy", thin=value), (0, *NOT_WHOLE)),
    "run measures": (lambda value: sim.run("toy", measures=value), ("trsut", ["trust", "trust"], [3], 3)),
    "run numbers": (lambda value: sim.run("toy", numbers=value), ("smapled", None, 3, True)),
    "run engine": (lambda value: sim.run("toy", engine=value), ("messa", None, 3)),
    "run_part part": (lambda value: run_part("toy", value, 3), (0, 4, *NOT_WHOLE)),
    "run_part parts": (lambda value: run_part("toy", 1, value), (0, *NOT_WHOLE)),
    "run_part more": (lambda value: run_part("toy", 1, 3, thinn=value), (1, None)),
    "estimate more": (lambda value: estimate("toy", run=value), (1, None)),
    "run_part runs": (lambda value: run_part("toy", 1, 3, runs=value), NOT_A_COUNT),
    "estimate runs": (lambda value: estimate("toy", runs=value), NOT_A_COUNT),
    "estimate thin": (lambda value: estimate("toy", thin=value), (0, *NOT_WHOLE)),
    "compare runs": (lambda value: compare("toy", "toy", runs=value), NOT_A_COUNT),
    "compare seed": (lambda value: compare("toy", "toy", seed=value), NOT_A_SEED),
    "compare workers": (lambda value: compare("toy", "toy", workers=value), NOT_A_COUNT),
    "compare out": (lambda value: compare("toy", "toy", out=value), NOT_A_PATH),
    "compare level": (lambda value: compare("toy", "toy", level=value), NOT_A_LEVEL),
    "effects runs": (lambda value: effects("toy", value), (1, *NOT_WHOLE)),
    "effects seed": (lambda value: effects("toy", seed=value), NOT_A_SEED),
    "effects workers": (lambda value: effects("toy", workers=value), NOT_A_COUNT),
    "effects level": (lambda value: effects("toy", level=value), NOT_A_LEVEL),
    "calibrate until": (lambda value: sim.calibrate(until=value), (2013, 2020, *NOT_A_SEED)),
    "calibrate workers": (lambda value: sim.calibrate(workers=value), NOT_A_COUNT),
    "calibrate out": (lambda value: sim.calibrate(out=value), NOT_A_PATH),
    "spread runs": (lambda value: sim.spread("toy", value), (1, *NOT_A_COUNT)),
    "spread seed": (lambda value: sim.spread("toy", seed=value), NOT_A_SEED),
    "spread workers": (lambda value: sim.spread("toy", workers=value), NOT_A_COUNT),
    "spread level": (lambda value: sim.spread("toy", level=value), NOT_A_LEVEL),
    "spread scenario": (sim.spread, (3, None, "toy")),
    "run_backtest runs": (lambda value: run_backtest("toy", runs=value, told="toy"), (1, *NOT_A_COUNT)),
    "run_backtest seed": (lambda value: run_backtest("toy", seed=value, told="toy"), NOT_A_SEED),
    "run_backtest origin": (lambda value: run_backtest("toy", origin=value, told="toy"), (2020, *NOT_WHOLE)),
    "run_backtest against": (lambda value: run_backtest("toy", against=value, told="toy"), NOT_A_PATH),
    "freeze draws": (lambda value: freeze("toy", "x", draws=value), (1, *NOT_A_COUNT)),
    "freeze folder": (lambda value: freeze("toy", value), NOT_A_PATH),
    "score_frozen folder": (lambda value: score_frozen(value, "x.csv"), NOT_A_PATH),
    "roll_origins runs": (lambda value: roll_origins("toy", value), (1, *NOT_A_COUNT)),
    "roll_origins origins": (
        lambda value: roll_origins("toy", origins=value),
        ((2016,), ("2010",), (2010.0,), 2010, None, ()),
    ),
    "replay runs": (replay, NOT_A_COUNT),
    "replay seed": (lambda value: replay(seed=value), NOT_A_SEED),
    "find_all runs": (find_all, (1, *NOT_A_COUNT)),
    "sweep points": (lambda value: sim.sweep(EXPERIMENT, points=value), NOT_A_COUNT),
    "sweep replicates": (lambda value: sim.sweep(EXPERIMENT, replicates=value), NOT_A_COUNT),
    "sweep seed": (lambda value: sim.sweep(EXPERIMENT, seed=value), NOT_A_SEED),
    "sweep workers": (lambda value: sim.sweep(EXPERIMENT, workers=value), NOT_A_COUNT),
    "sweep out": (lambda value: sim.sweep(EXPERIMENT, out=value), NOT_A_PATH),
    "estimate_sweep seed": (lambda value: estimate_sweep(EXPERIMENT, seed=value), NOT_A_SEED),
    "run scenarios": (sim.run, (3, None)),
    "effects scenarios": (effects, (3, None)),
    "load_scenario": (load_scenario, (3, None, "", "baselin", ["toy"])),
    "load_results": (sim.load_results, (3, None, "", "nowhere", "a\0b")),
    "load_evidence world": (sim.load_evidence, (3, None, "", "tooy")),
    "load_scenario seeds": (lambda value: sim.load_scenario("toy", seeds=value), NOT_A_FOLDER),
    "run seeds": (lambda value: sim.run("toy", seeds=value), NOT_A_FOLDER),
    "run_part seeds": (lambda value: run_part("toy", 1, 3, seeds=value), NOT_A_FOLDER),
    "Model seeds": (lambda value: sim.Model("toy", seeds=value), NOT_A_FOLDER),
    "tell seeds": (lambda value: sim.tell("toy", seeds=value), NOT_A_FOLDER),
    "compare seeds": (lambda value: compare("toy", "toy", seeds=value), NOT_A_FOLDER),
    "effects seeds": (lambda value: effects("toy", seeds=value), NOT_A_FOLDER),
    "spread seeds": (lambda value: sim.spread("toy", seeds=value), NOT_A_FOLDER),
    "roll_origins seeds": (lambda value: roll_origins("toy", seeds=value), NOT_A_FOLDER),
    "replay seeds": (lambda value: replay(seeds=value), NOT_A_FOLDER),
    "find_all seeds": (lambda value: find_all(seeds=value), NOT_A_FOLDER),
    "freeze seeds": (lambda value: freeze("toy", "x", seeds=value), NOT_A_FOLDER),
    "load_evidence folder": (lambda value: sim.load_evidence("toy", folder=value), ("nowhere", 3, "a\0b")),
}
NUMBERS = {  # what takes numbers by name, and what it must not be given
    "Model": lambda numbers: sim.Model("toy", numbers=numbers),
    "prepare": lambda numbers: ensemble.prepare(TOY, numbers=numbers),
    "a scenario in the ensemble": lambda numbers: ensemble.prepare(dataclasses.replace(TOY, numbers=numbers)),
    "a scenario with agents": lambda numbers: agents.prepare(dataclasses.replace(TOY, numbers=numbers)),
    "a scenario in a batch": lambda numbers: sim.run(dataclasses.replace(TOY, numbers=numbers)),
}
NAME = "choice.dependence_aversion"
WRONG_NUMBERS = ({"choice.dependence_aversoin": 0}, {NAME: 99.0}, {NAME: math.nan}, {NAME: True}, {NAME: None})


def says_so(call, folder, monkeypatch):
    """What is told, on one line a mistake; nothing is left in the folder."""
    monkeypatch.chdir(folder)
    with pytest.raises(InputError) as wrong:
        call()
    assert list(folder.iterdir()) == []
    return str(wrong.value)


@pytest.mark.parametrize(
    ("door", "value"),
    [(door, value) for door, (_, values) in DOORS.items() for value in values],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_wrong_argument_is_told_and_leaves_nothing(door, value, tmp_path, monkeypatch):
    said = says_so(lambda: DOORS[door][0](value), tmp_path, monkeypatch)
    assert any(word in said for word in ("found", "no such", "this is no", "cannot be read"))


@pytest.mark.parametrize("numbers", WRONG_NUMBERS, ids=str)
@pytest.mark.parametrize("door", NUMBERS)
def test_a_wrong_number_is_told_and_leaves_nothing(door, numbers, tmp_path, monkeypatch):
    said = says_so(lambda: NUMBERS[door](numbers), tmp_path, monkeypatch)
    assert next(iter(numbers)) in said


@pytest.mark.parametrize(
    "changes",
    [
        *({"name": name} for name in ("../../x", "a/b", "", "..", None, "a\nb")),
        *({"numbers": value} for value in (["a"], None, {3: 1.0})),
        *({"without": value} for value in (None, "over-dependence-aversion")),
        *({"lucks_per_draw": value} for value in (0, 1.5, "x")),
        *({"events": value} for value in ((3,), None, "summit")),
        *({"events": (dataclasses.replace(TOY.events[0], at=at),)} for at in (math.nan, 0, "2027-Q1")),
        *({"events": (dataclasses.replace(TOY.events[0], fields=said),)} for said in ({}, {"hsot": "SUD"})),
        {"events": (dataclasses.replace(TOY.events[0], kind="summit"),)},
        {"title": 3},
        {"sampled": None},
        {"sampled": {NAME: 3}},
        {"sampled": {NAME: Range(low=math.nan, high=1.0)}},
        {"sampled": {NAME: Range(low=0.0, high=1e9)}},
        {"sampled": {NAME: Range(low=2.0, high=1.0)}},
        {"sampled": {NAME: Range(low=0.5, high=1.0, shape="flat")}},
        {"sampled": {NAME: Range(low=0.5, high=1.0, shape=Shape.TRIANGULAR, peak=3.0)}},
        {"numbers": {NAME: {"between": [0.5, 1.0]}}},
        {"events": (dataclasses.replace(TOY.events[0], fields=3),)},
        {"runs": 0},
        {"runs": 1.5},
        {"seed": -1},
        {"end": TOY.start - 1},
        {"start": "2026-Q1"},
    ],
    ids=str,
)
def test_a_scenario_changed_in_python_is_told_and_leaves_nothing(changes, tmp_path, monkeypatch):
    changed = dataclasses.replace(TOY, **changes)
    for call in (lambda: ensemble.prepare(changed), lambda: sim.run(changed), lambda: sim.Model(changed)):
        says_so(call, tmp_path, monkeypatch)


def test_numbers_of_numpy_are_numbers(tmp_path):
    results = sim.run(fake_scenario(), runs=np.int64(6), seed=np.uint16(3), out=tmp_path, engine=FakePrepared)
    assert (results.number_of_runs, results.manifest["seed"]) == (6, 3)
    model = sim.Model("toy", seed=np.int64(1), run=np.int32(2), numbers={NAME: np.float32(1.5)})
    assert (model.run_number, model.values[NAME]) == (2, 1.5)


def test_a_scenario_with_numbers_of_numpy_is_the_same_question(tmp_path):
    """The same folder, since the same is asked; amounts may be said with their unit."""
    first = dataclasses.replace(TOY, runs=2, seed=3, numbers={NAME: 1.5})
    again = dataclasses.replace(
        TOY,
        runs=np.int64(2),
        seed=np.uint8(3),
        start=np.int32(TOY.start),
        lucks_per_draw=np.int8(1),
        numbers={NAME: np.float32(1.5)},
        events=[dataclasses.replace(one, at=np.int64(one.at)) for one in TOY.events],
        without=[],
    )
    said = dataclasses.replace(first, numbers={NAME: "150 %"})
    folders = {sim.run(one, out=tmp_path).folder for one in (first, again, said)}
    assert len(folders) == 1


def test_a_scheduler_that_is_not_there_leaves_nothing(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    assert "this is no address of a scheduler" in says_so(lambda: sim.run("toy", 2, dask="x"), tmp_path, monkeypatch)


def test_home_is_known_in_paths(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    results = sim.run(fake_scenario(), runs=2, out="~/results", engine=FakePrepared)
    assert results.folder.parent == tmp_path / "results"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
