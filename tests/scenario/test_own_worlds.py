"""A scenario remembers the folder of its world, and whatever is asked about it reads the same numbers."""

from __future__ import annotations

import argparse
import copy
import dataclasses
import pickle
import re
from pathlib import Path

import pytest

import sim
from helpers.own_worlds import QUESTION, layer, question
from sim.analysis.comparison import compare
from sim.analysis.lever_effects import pulls
from sim.analysis.paired_request import paired_request
from sim.analysis.sensitivity.evaluator import Ensemble
from sim.analysis.sensitivity.experiment import load_experiment
from sim.analysis.sensitivity.plan import plan_sweep
from sim.batch.parts import run_part
from sim.batch.plan import BatchRequest, Plan, plain_scenario
from sim.batch.runner import run
from sim.cli import NAMES, add_all, main
from sim.cli.common import load_all
from sim.engine.ensemble import prepare
from sim.evidence.worlds import shipped_folder
from sim.io.errors import InputError
from sim.scenario.diff import diff_text
from sim.scenario.scenario import Scenario, evidence_of, load_scenario, scenario_of

GDP = "states.ALD.gdp"
READS_NO_EVIDENCE = ("ask", "schema", "figures")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    layer(folder / "worlds")
    question(folder)
    return folder


@pytest.fixture(scope="module")
def rich(desk: Path) -> Scenario:
    return load_scenario(desk / "mine.yaml", seeds=desk / "worlds")


def test_every_door_reads_the_numbers_of_the_folder(desk: Path, rich: Scenario) -> None:
    place = desk / "worlds"
    assert rich.seeds == place
    assert evidence_of(rich).numbers[GDP].value == 5000
    assert prepare(rich).values[GDP] == 5000
    assert sim.Model(rich).values[GDP] == 5000
    assert sim.Model(desk / "mine.yaml", seeds=place).values[GDP] == 5000
    assert Plan(BatchRequest(scenario=rich), Path()).numbers[GDP] == 5000
    pulled = pulls(rich)
    assert all(one.scenario.seeds == place for one in pulled.values())
    request = paired_request("door", runs=2, seed=None, workers=1, level=0.9, out=None, seeds=place)
    assert request.of(desk / "mine.yaml").seeds == place
    assert "Aldara" in sim.tell(desk / "mine.yaml", seeds=place)
    experiment = {
        "title": "A try",
        "question": "Does it hear of the world?",
        "scenario": "toy",
        "factors": ["choice.dependence_aversion"],
        "design": {"kind": "latin-hypercube", "points": 8},
        "outcomes": {"signed": {"total": "value_signed", "kind": "money"}},
    }
    planned, _ = plan_sweep("sim.sweep", experiment, None, None, None, 1, None, None, seeds=place)
    assert planned.experiment.scenario.seeds == place
    assert sim.load_evidence("rich", place).numbers[GDP].value == 5000
    assert "to see whether it is used" in sim.trace_number(sim.load_evidence("rich", place), GDP)


def test_it_is_kept_where_a_scenario_is_copied_changed_or_sent(rich: Scenario) -> None:
    changed = dataclasses.replace(rich, seed=3)
    for one in (changed, copy.deepcopy(rich), pickle.loads(pickle.dumps(rich))):
        assert evidence_of(one).numbers[GDP].value == 5000
    task = pickle.loads(pickle.dumps(BatchRequest(scenario=rich)))  # as it goes to a worker of a cluster
    assert Plan(task, Path()).hash == Plan(BatchRequest(scenario=rich), Path()).hash


def test_settings_and_readings_of_the_command_line_know_the_world(desk: Path) -> None:
    (loaded,) = load_all([str(desk / "mine.yaml")], [f"{GDP}=5500"], seeds=str(desk / "worlds"))
    assert loaded.numbers[GDP] == 5500
    assert loaded.seeds == desk / "worlds"
    with pytest.raises(InputError, match="4000 to 6000"):
        load_all([str(desk / "mine.yaml")], [f"{GDP}=100"], seeds=str(desk / "worlds"))


def test_two_folders_are_told_apart(desk: Path, rich: Scenario, tmp_path: Path) -> None:
    other = layer(tmp_path / "else", {"rich": {"actors.yaml": "extends: toy\n"}})
    plain = load_scenario(desk / "mine.yaml", seeds=other)
    assert Plan(BatchRequest(scenario=plain), Path()).hash != Plan(BatchRequest(scenario=rich), Path()).hash
    assert "seeds" in diff_text(plain, rich)
    with pytest.raises(InputError, match=r"sim\.run: seeds: .*this scenario was read already"):
        run(rich, seeds=other, runs=1, out=tmp_path / "results")
    assert scenario_of(rich, desk / "worlds") is rich


def test_results_depend_on_numbers_and_not_on_where_they_lie(desk: Path, rich: Scenario, tmp_path: Path) -> None:
    moved = layer(tmp_path / "moved")
    again = load_scenario(desk / "mine.yaml", seeds=moved)
    assert Plan(BatchRequest(scenario=again), Path()).hash == Plan(BatchRequest(scenario=rich), Path()).hash
    for scenario in (rich, load_scenario("toy")):
        assert "seeds" not in plain_scenario(scenario)


def test_a_batch_its_parts_and_its_results_know_the_folder(
    desk: Path, rich: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = run_part(desk / "mine.yaml", 1, 2, runs=4, out=tmp_path, seeds=desk / "worlds")
    results = run(rich, runs=4, out=tmp_path)
    assert results.folder == part.folder
    assert results.manifest["numbers"][GDP] == 5000
    assert results.manifest["seeds"] == str(desk / "worlds")
    assert "seeds" not in run("toy", runs=1, out=tmp_path).manifest
    assert main.main(["explain", str(results.folder), "--state", "ALD"]) == 0
    assert "changed since" not in capsys.readouterr().err
    compared = compare(results, desk / "mine.yaml", out=tmp_path, seeds=desk / "worlds")
    assert compared.results[1].folder == results.folder
    moved = layer(tmp_path / "moved")
    words = ["explain", str(results.folder), "--state", "ALD", "--seeds", str(moved)]
    assert main.main(words) == 0
    assert "changed since" not in capsys.readouterr().err


def test_results_whose_folder_is_gone_say_so(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds = layer(tmp_path / "worlds")
    results = run(load_scenario(desk / "mine.yaml", seeds=seeds), runs=1, out=tmp_path)
    seeds.rename(tmp_path / "renamed")
    assert main.main(["explain", str(results.folder), "--state", "ALD"]) == 2
    assert "there is no such folder of seeds" in capsys.readouterr().err


def test_an_experiment_is_asked_in_the_world(desk: Path, tmp_path: Path) -> None:
    question(tmp_path)
    (tmp_path / "experiment.yaml").write_text(
        "title: T\nquestion: Q\nscenario: mine\nreplicates: 2\n"
        f"factors:\n  - {{number: {GDP}}}\ndesign: {{kind: grid, points: 2}}\n"
        "outcomes:\n  partners: {measure: effective_partners}\n",
        encoding="utf-8",
    )
    experiment = load_experiment(tmp_path / "experiment.yaml", seeds=desk / "worlds")
    assert experiment.scenario is not None
    assert experiment.scenario.seeds == desk / "worlds"
    assert Ensemble(experiment).evidence.numbers[GDP].value == 5000


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command by name, with its parser."""
    parser = argparse.ArgumentParser()
    add_all(parser.add_subparsers())
    (several,) = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    return dict(several.choices)


def test_every_command_that_reads_the_evidence_takes_the_folder() -> None:
    known = commands()
    assert set(NAMES) <= set(known)
    lacking = [name for name, parser in known.items() if "--seeds" not in parser.format_help()]
    assert lacking == list(READS_NO_EVIDENCE)


def test_nobody_reads_the_evidence_of_a_scenario_without_its_folder() -> None:
    package = shipped_folder("seeds").parent / "sim"
    forgotten = re.compile(r"load_evidence\((\w+\.)*world\)|load_evidence\(scenario")
    found = [
        f"{path.name}:{number}"
        for path in package.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if forgotten.search(line) and path.name != "scenario.py"
    ]
    assert found == []


@pytest.mark.parametrize(
    "words",
    [
        ["check", "mine.yaml"],
        ["run", "mine.yaml", "--runs", "1", "--dry-run"],
        ["diff", "mine.yaml", "toy"],
        ["trace", GDP, "--world", "rich"],
        ["list", "--world", "rich"],
        ["audit", "--world", "rich", "--known-until", "2019-12-31"],
        ["new", "next", "--extends", "mine"],
    ],
    ids=lambda words: words[0],
)
def test_commands_with_the_folder_and_without(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    layer(tmp_path / "worlds")
    question(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main.main(words) == 2  # the shipped seeds have no such world
    assert "'rich'" in capsys.readouterr().err
    assert main.main([*words, "--seeds", "worlds"]) == 0


def test_an_inherited_event_of_nobody_is_told_where_the_world_is_named(tmp_path: Path) -> None:
    path = question(tmp_path, QUESTION + "world: archipelago\n")
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (4, "world")
    assert "what it inherits from toy does not fit this world" in problem.message
    assert "'toy', the world of toy, or one that extends it" in problem.allowed
