import json
import shutil

import pandas as pd
import pytest

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.analysis.ablation_results import write_tables
from sim.analysis.comparison import compare_results
from sim.analysis.effect_tables import LEAST, smallest_of_interest, with_counts
from sim.analysis.kept_comparison import load_comparison
from sim.batch.results import load_results
from sim.batch.runner import run
from sim.cli import main
from sim.figures.ablation import draw_ablation
from sim.figures.comparison import draw_differences
from sim.figures.kept import RECORD
from sim.io.errors import InputError
from sim.narrative.differences import told_differences


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    place = tmp_path_factory.mktemp("results")
    return [
        run(fake_scenario(name, runs=12, seed=1), out=place, engine=FakePrepared, series=4) for name in ("one", "two")
    ]


@pytest.fixture(scope="module")
def comparison(results):
    return compare_results(results)


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def nothing_is_played(monkeypatch):
    from sim.engine import ensemble

    def played(*_, **__):
        raise AssertionError("nothing is run to draw figures again")

    monkeypatch.setattr(ensemble, "prepare", played)


def test_a_comparison_is_drawn_again_with_the_same_bytes(comparison, tmp_path, nothing_is_played):
    folder = comparison.write(tmp_path / "compared")
    plain = bytes_of(draw_differences(comparison, tmp_path / "plain"))
    assert main.main(["figures", str(folder)]) == 0
    again = bytes_of(folder / "figures")
    assert set(again) == {*plain, RECORD}
    pictures = [name for name in plain if name.endswith(".png")]
    assert [name for name in pictures if again[name] != plain[name]] == []
    written = {path: path.stat().st_mtime_ns for path in (folder / "figures").iterdir()}
    assert main.main(["figures", str(folder)]) == 0  # current now: nothing is touched
    assert {path: path.stat().st_mtime_ns for path in (folder / "figures").iterdir()} == written
    kept = load_comparison(folder)
    for scenario in comparison.names[1:]:
        assert told_differences(kept, scenario) == told_differences(comparison, scenario)


def ablation():
    rows = [
        {"scenario": "toy", "system": system, "state": state, "measure": measure, "power": "", "runs": 9, "moved": 1.0}
        | {"reference": 1.0, "difference": size, "low": size / 2, "high": 2 * size, "effect": size, "z": 9.0, "p": 0.0}
        | {"mean": 1.0 + size, "touched": 1.0, "clear": True}
        for size, system in ((0.5, "a"), (0.001, "b"))
        for state in ("ALD", "BEK")
        for measure in ("effective_partners", "autonomy")
    ]
    return with_counts(pd.DataFrame(rows), LEAST)


def test_an_ablation_is_drawn_again(tmp_path, nothing_is_played):
    table = ablation()
    write_tables(table, tmp_path / "ablate", titles={"toy": "A made-up region"})
    (path,) = draw_ablation(table, tmp_path / "plain", titles={"toy": "A made-up region"})
    assert main.main(["figures", str(tmp_path / "ablate")]) == 0
    assert (tmp_path / "ablate" / "figures" / path.name).read_bytes() == path.read_bytes()


def test_several_folders_get_a_folder_each_and_one_named_twice_gets_one(results, tmp_path, nothing_is_played, capsys):
    out, folder = tmp_path / "all", results[0].folder
    shutil.copytree(folder, tmp_path / folder.name)
    several = [str(folder), f"{folder}/.", str(tmp_path / folder.name)]
    assert main.main(["figures", *several, "-o", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == [folder.name, f"{folder.name} (2)"]
    assert {path.suffix for path in (out / folder.name).iterdir()} == {".png", ".svg", ".csv", ".json"}
    assert capsys.readouterr().out.count("figures ") == 2


def test_what_is_not_finished_or_not_known_is_refused_in_words(comparison, results, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    (tmp_path / "begun" / "partial").mkdir(parents=True)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    torn = comparison.write(tmp_path / "torn")
    (torn / "effects.csv").write_text("scenario,state\nthree,ALD\n", encoding="utf-8")
    odd = comparison.write(tmp_path / "odd")
    for folder in (torn, odd):
        (folder / "manifest.json").unlink()
    sealed = comparison.write(tmp_path / "sealed")
    (sealed / "effects.csv").write_text("scenario,state\nthree,ALD\n", encoding="utf-8")
    (odd / "comparison.json").write_text(json.dumps({"scenarios": 3}), encoding="utf-8")
    changed = tmp_path / "changed"
    shutil.copytree(results[0].folder, changed)
    (changed / "bands.parquet").write_bytes(b"no table")
    wanted = {"empty": "nothing that can be drawn", "begun": "unfinished", "file": "no folder", "nowhere": "no such"}
    wanted |= {
        "torn": "compare",
        "odd": "compare",
        "changed": "bands.parquet",
        "sealed": "changed after it was written",
    }
    for name, words in wanted.items():
        assert main.main(["figures", str(tmp_path / name)]) == 2, name
        said = capsys.readouterr().err
        assert words in said, (name, said)
        assert "Traceback" not in said
        assert not (tmp_path / name / "figures").exists()


def test_what_is_of_interest_is_said_in_the_unit_of_each_outcome():
    table = pd.DataFrame(
        {
            "measure": ["alignment", "balance", "hhi", "output", "mean_trust", "offers"],
            "reference": [0.2, 50.0, 0.3, 400.0, 0.5, 0.0],
        }
    )
    assert smallest_of_interest(table, 0.5) == pytest.approx([0.005, 0.5, 0.005, 2.0, 0.005, 0.0])


def test_a_difference_that_is_clear_and_tiny_does_not_count():
    table = ablation()
    assert table["clear"].all()
    assert set(table.loc[table["counts"], "system"]) == {"a"}
    assert with_counts(table, 0.0)["counts"].all()


@pytest.mark.parametrize("least", [-1, 101, "much", True, float("nan")])
def test_the_smallest_difference_of_interest_is_checked(least, results):
    from sim.analysis.comparison import compare

    with pytest.raises(InputError, match="least"):
        compare(*results, least=least)


def test_results_of_one_folder_name_are_compared_and_the_place_has_a_name(results, tmp_path):
    again = [shutil.copytree(one.folder, tmp_path / "other" / one.folder.name) for one in results[:1]]
    found = compare_results([results[0], results[1], load_results(again[0])])
    assert len(set(found.names)) == 3
    assert found.folder.parent == results[0].folder.parent
    assert found.write(tmp_path / "place").is_dir()


def test_a_frozen_forecast_is_told_what_it_is(capsys):
    from sim.evidence.worlds import shipped_folder

    frozen = sorted(one.parent for one in (shipped_folder("seeds").parent / "forecasts").glob("*/manifest.json"))
    assert frozen
    for command in (["figures"], ["ask"]):
        assert main.main([*command, str(frozen[0]), *(["hhi KAZ > 1 %"] if command == ["ask"] else [])]) == 2
        told = capsys.readouterr().err
        assert "found a frozen forecast" in told
        assert "--out" not in told
