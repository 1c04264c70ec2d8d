"""Batches on a posterior: same bytes however they are made, told in what they leave, and never mixed up with others."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import sim
from helpers.posteriors import ABOUT, NUMBERS, seeds_with, shipped_from, small_table
from sim.analysis.ablation import effects
from sim.batch import parts, runner
from sim.batch.plan import CHUNK, BatchRequest, Plan
from sim.batch.verify import check_results
from sim.cli.main import main
from sim.engine import ensemble
from sim.engine.fitted import fitted_numbers
from sim.evidence.evidence import load_evidence
from sim.evidence.posterior import write_posterior
from sim.io.errors import InputError
from sim.narrative.chronicle import tell
from sim.scenario.diff import diff_text
from sim.scenario.scenario import load_scenario, with_fitted, with_number

INCOME = NUMBERS[0]
FILES = ("runs.parquet", "bands.parquet", "outcomes.parquet", "offers.parquet", "summary.json", "README.txt")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """Seeds with a posterior, in place of those that come with the package."""
    with pytest.MonkeyPatch.context() as patch:
        seeds = seeds_with(tmp_path_factory.mktemp("fitted"))
        shipped_from(seeds, patch)
        yield seeds


@pytest.fixture(scope="module")
def toy():
    scenario = load_scenario("toy")
    return replace(scenario, end=scenario.start + 3, seed=5, fitted="posterior")


@pytest.fixture(scope="module")
def results(seeds, toy, tmp_path_factory):
    return runner.run(toy, runs=CHUNK + 12, out=tmp_path_factory.mktemp("results"), workers=1)


def test_a_batch_says_from_where_its_numbers_come(results, toy):
    drawn = fitted_numbers(toy).drawn(5, 0, CHUNK + 12)
    for name in NUMBERS:
        assert np.array_equal(results.runs[name].to_numpy(), drawn[name])
        assert results.manifest["numbers_drawn"][name].startswith("posterior, ")
    sha256 = fitted_numbers(toy).sha256
    assert results.manifest["posterior"] == sha256
    assert results.manifest["identity"]["scenario"]["posterior"] == sha256
    readme = (results.folder / "README.txt").read_text()
    assert "4 of them come from the posterior" in readme
    assert sha256[:12] in readme
    check_results(results.folder)


def test_workers_and_parts_leave_the_same_bytes(results, toy, tmp_path):
    two = runner.run(toy, runs=CHUNK + 12, out=tmp_path / "two", workers=2)
    for part in (2, 1):
        parts.run_part(toy, part, 2, runs=CHUNK + 12, out=tmp_path / "parts")
    joined = runner.run(toy, runs=CHUNK + 12, out=tmp_path / "parts")
    for other in (two, joined):
        assert other.folder.name == results.folder.name
        for name in FILES:
            assert (other.folder / name).read_bytes() == (results.folder / name).read_bytes(), name


def test_single_values_are_another_batch(results, toy, tmp_path):
    fixed = runner.run(toy, runs=20, out=tmp_path, fitted="fixed")
    rows = runner.run(toy, runs=20, out=tmp_path)
    assert fixed.folder != rows.folder
    assert INCOME not in fixed.runs
    assert fixed.manifest["posterior"] is None
    assert fixed.manifest["numbers_drawn"] == {}
    assert runner.run(with_fitted(toy, "fixed"), runs=20, out=tmp_path, fitted="posterior").folder == rows.folder
    assert runner.estimate(toy, runs=20, out=tmp_path / "new").drawn == len(NUMBERS)


def test_all_numbers_drawn_leave_the_fitted_ones_to_the_posterior(seeds, toy, tmp_path):
    results = runner.run(toy, runs=80, out=tmp_path, numbers="sampled")
    drawn = results.manifest["numbers_drawn"]
    assert len(drawn) > 100
    assert {name for name, said in drawn.items() if said.startswith("posterior")} == set(NUMBERS)
    shared = results.manifest["lucks_per_draw"]
    values = results.runs[INCOME].to_numpy()
    assert np.array_equal(values[::shared], fitted_numbers(toy).drawn(5, 0, 80 // shared)[INCOME])
    assert (results.folder / "variance.parquet").is_file()


def test_another_posterior_is_another_batch(toy, tmp_path, monkeypatch):
    seeds = seeds_with(tmp_path)
    shipped_from(seeds, monkeypatch)
    one = Plan(BatchRequest(scenario=toy), tmp_path)
    write_posterior(small_table(rows=49), ABOUT, seeds)
    other = Plan(BatchRequest(scenario=toy), tmp_path)
    assert one.hash != other.hash
    fixed = Plan(BatchRequest(scenario=with_fitted(toy, "fixed")), tmp_path).hash
    write_posterior(small_table(rows=48), ABOUT, seeds)
    assert Plan(BatchRequest(scenario=with_fitted(toy, "fixed")), tmp_path).hash == fixed


def test_scenarios_are_compared_on_equal_rows(seeds, toy, tmp_path):
    other = replace(with_number(toy, "choice.dependence_aversion", 2.0), name="other")
    fewer = replace(with_number(toy, INCOME, 0.5), name="fewer")
    found = sim.compare(toy, other, fewer, runs=30, out=tmp_path)
    first, second, third = found.results
    for name in NUMBERS:
        assert np.array_equal(first.runs[name], second.runs[name])
        assert name == INCOME or np.array_equal(first.runs[name], third.runs[name])
    assert INCOME not in third.runs
    fixed = sim.compare(toy, other, runs=30, out=tmp_path, fitted="fixed")
    assert all(one.manifest["posterior"] is None for one in fixed.results)


def test_systems_are_switched_off_on_equal_rows(seeds, toy, tmp_path):
    rows, fixed = (
        effects([with_fitted(toy, word)], 4, systems=["over-dependence-aversion"], out=tmp_path)
        for word in ("posterior", "fixed")
    )
    assert not rows.equals(fixed)


def test_what_is_told_of_a_run_is_told_of_its_row(seeds, toy):
    text = " ".join(tell(toy, 5, 3).split())
    value = fitted_numbers(toy).drawn(5, 3, 1)[INCOME][0]
    assert "One row of what was fitted to the record: " in text
    assert f", {value:.3g} elasticity" in text
    assert "One row" not in tell(with_fitted(toy, "fixed"), 5, 3)


def test_a_difference_in_how_numbers_are_taken_is_told(seeds, toy):
    text = diff_text(toy, with_fitted(toy, "fixed"))
    assert "fitted\n    - posterior" in text
    assert "+ fixed" in text


# --- in files and on the command line ---


def write(folder, name, text):
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return path


def test_a_scenario_says_it_and_hands_it_down(seeds, tmp_path):
    head = "title: A try\nquestion: Does it work?\n"
    write(tmp_path, "one", f"{head}extends: toy\nfitted: posterior\n")
    (tmp_path / "toy.yaml").write_text(load_scenario("toy").path.read_text())
    write(tmp_path, "two", f"{head}extends: one\n")
    write(tmp_path, "three", f"{head}extends: two\nfitted: fixed\n")
    found = {name: load_scenario(tmp_path / f"{name}.yaml") for name in ("one", "two", "three")}
    assert {name: one.fitted for name, one in found.items()} == {
        "one": "posterior",
        "two": "posterior",
        "three": "fixed",
    }
    assert found["two"].origins["fitted"].endswith("one.yaml:4")
    wrong = write(tmp_path, "wrong", f"{head}extends: toy\nfitted: posteriour\n")
    with pytest.raises(InputError, match=r"wrong.yaml:4.*fitted.*'posteriour'.*fixed, posterior.*posterior"):
        load_scenario(wrong)


def test_the_command_line_takes_it_everywhere(seeds, tmp_path, capsys):
    def asked(*words):
        code = main(list(words))
        return code, capsys.readouterr()

    run = ("run", "toy", "--runs", "4", "--no-figures", "-o", str(tmp_path))
    assert asked(*run, "--numbers", "posterior")[0] == 0
    (folder,) = tmp_path.iterdir()
    assert json.loads((folder / "manifest.json").read_text())["posterior"]
    code, told = asked("explain", str(folder), "--state", "ALD", "--run", "1")
    assert (code, told.err) == (0, "")
    by_name = asked("explain", "toy", "--state", "ALD", "--run", "1", "--numbers", "posterior")[1].out
    assert by_name == told.out
    code, told = asked("explain", str(folder), "--state", "ALD", "--numbers", "fixed")
    assert code == 2
    assert "--numbers fixed" in told.err
    assert "One row of what was fitted" in asked("chronicle", "toy", "--numbers", "posterior")[1].out
    for words in (("compare", "toy", "toy"), ("spread",), ("levers",), ("policies",), ("ablate", "toy"), ("origins",)):
        with pytest.raises(SystemExit):
            main([*words, "--numbers", "sampled"])
        assert "'posterior', 'fixed'" in capsys.readouterr().err.replace("posterior, fixed", "'posterior', 'fixed'")


def test_a_number_tells_what_it_was_fitted_to(seeds, capsys):
    assert main(["trace", INCOME]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "fitted to shares, turnover" in told
    assert "90 % of the posterior" in told
    assert "the range before: 0.4 to 1.2" in told


def test_check_tells_of_a_posterior_that_is_not_there_or_does_not_fit(seeds, tmp_path, monkeypatch, capsys):
    head = "title: A try\nquestion: Does it work?\nextends: toy\nfitted: posterior\n"
    (tmp_path / "toy.yaml").write_text(load_scenario("toy").path.read_text())
    asking = write(tmp_path, "asking", head)
    assert main(["check", str(asking)]) == 0
    assert "fitted numbers from the posterior" in capsys.readouterr().out
    wrong = seeds_with(tmp_path, small_table() | {"delivery.nothing": np.zeros(50)})
    shipped_from(wrong, monkeypatch)
    assert main(["check", str(asking)]) == 2
    assert "delivery.nothing" in capsys.readouterr().err
    (wrong / "history/posterior.parquet").unlink()
    (wrong / "history/posterior.json").unlink()
    for words in (("check", str(asking)), ("run", str(asking), "--runs", "2", "-o", str(tmp_path / "out"))):
        assert main(list(words)) == 2
        told = capsys.readouterr().err
        assert "there is no posterior of the fitted numbers" in told
        assert "multivector calibrate" in told
    assert (
        main(["run", str(asking), "--runs", "2", "--dry-run", "--numbers", "fixed", "-o", str(tmp_path / "out")]) == 0
    )
    assert ensemble.prepare(load_scenario("toy"), load_evidence("toy")).fitted is None
