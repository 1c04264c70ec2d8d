"""Results depend on nothing whose change would leave their hash as it was."""

import ast
import shutil
from pathlib import Path

import pytest

import sim
from sim.analysis.ablation import _Ablation
from sim.analysis.sensitivity.experiment import load_experiment
from sim.analysis.sensitivity.plan import plan_sweep
from sim.batch import identity
from sim.io.writers import sources_hash
from sim.scenario.scenario import load_scenario

PACKAGE = Path(sim.__file__).parent
SENSITIVITY = PACKAGE / "analysis" / "sensitivity"


def rooms_behind(*starts):
    """Every file of ours that is imported by some files, by what these import, and so on."""
    found, waiting = set(), list(starts)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim."):
                base = PACKAGE.parent.joinpath(*node.module.split("."))
                places = [base.with_suffix(".py"), *(base / f"{alias.name}.py" for alias in node.names)]
                waiting += [place for place in places if place.is_file()]
    return found


def hashed(*packages):
    wings = [PACKAGE / wing for wing in identity._IN_RESULTS]
    return {path for package in (*wings, *packages) for path in package.rglob("*.py")}


@pytest.mark.parametrize(
    ("start", "packages"),
    [
        ("batch/runner.py", ()),
        ("analysis/sensitivity/runner.py", (SENSITIVITY,)),
        ("analysis/ablation.py", (PACKAGE / "analysis",)),
    ],
)
def test_every_file_that_results_can_depend_on_is_in_their_identity(start, packages):
    assert rooms_behind(PACKAGE / start) <= hashed(*packages)


def test_a_sweep_and_an_ablation_know_their_packages(tmp_path):
    experiment = load_experiment("0002-rivalry-and-aversion")
    planned, _ = plan_sweep("sim.sweep", experiment, None, None, None, None, tmp_path, None)
    assert planned.identity["sensitivity"] == sources_hash(SENSITIVITY)
    ablation = _Ablation(load_scenario("toy"), "toy", ["trust-backlash"], 0.95)
    assert ablation.identity()["analysis"] == sources_hash(PACKAGE / "analysis")


@pytest.mark.parametrize("name", sorted(path.name for path in SENSITIVITY.glob("*.py")))
def test_a_change_in_any_file_of_a_package_changes_its_hash(name, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(SENSITIVITY, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert sources_hash(copy) == sources_hash(SENSITIVITY)
    (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert sources_hash(copy) != sources_hash(SENSITIVITY)


def test_a_file_that_moves_or_comes_below_changes_the_hash(tmp_path):
    (tmp_path / "one.py").write_text("ONE = 1\n")
    hashes = [sources_hash(tmp_path)]
    (tmp_path / "one.py").rename(tmp_path / "two.py")
    hashes.append(sources_hash(tmp_path))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "three.py").write_text("")
    hashes.append(sources_hash(tmp_path))
    (tmp_path / "notes.txt").write_text("no source")
    assert sources_hash(tmp_path) == hashes[-1]
    assert len(set(hashes)) == 3
