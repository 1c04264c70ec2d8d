"""Results compared with the hashes in their manifest, and folders of other layouts."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch.manifest import sealed_manifest, write_manifest
from sim.batch.results import RESULTS_FORMAT, load_results
from sim.batch.runner import run
from sim.batch.verify import check_results, results_below
from sim.cli import main
from sim.io.errors import InputError


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return run(fake_scenario(runs=40), out=tmp_path_factory.mktemp("kept"), engine=FakePrepared).folder


@pytest.fixture
def folder(kept, tmp_path):
    shutil.copytree(kept, tmp_path / kept.name)
    return tmp_path / kept.name


def complaints_about(folder):
    with pytest.raises(InputError) as wrong:
        check_results(folder)
    return str(wrong.value)


def test_results_that_are_as_they_were_are_fine(folder):
    found = check_results(folder)
    assert found.runs == 40
    assert found.files == len(list(folder.rglob("*.parquet"))) - 1 + 2  # the series folder is none; README and summary
    assert (
        found.size
        == sum(path.stat().st_size for path in folder.rglob("*") if path.name != "manifest.json")
        - (folder / "series.parquet").stat().st_size
    )


FILES = ("runs.parquet", "bands.parquet", "series.parquet/block-00000.parquet", "README.txt", "summary.json")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("at", [0, 0.5, 1])
def test_one_changed_byte_is_found_wherever_it_is(folder, name, at):
    data = bytearray((folder / name).read_bytes())
    data[round(at * (len(data) - 1))] ^= 1
    (folder / name).write_bytes(data)
    assert f"{name}: " in complaints_about(folder)
    assert "it was changed after it was written" in complaints_about(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_found(folder, name):
    (folder / name).unlink()
    assert f"{name}: the manifest lists this file, and it is missing" in complaints_about(folder)


def test_lost_rows_are_counted(folder):
    table = pq.read_table(folder / "runs.parquet")
    pq.write_table(table.slice(0, 30), folder / "runs.parquet")
    assert "runs.parquet: found 30 rows instead of 40" in complaints_about(folder)


def test_a_block_that_does_not_belong_there_is_found(folder):
    shutil.copy(folder / "series.parquet" / "block-00000.parquet", folder / "series.parquet" / "block-00001.parquet")
    assert "block-00001.parquet: the manifest does not list this file" in complaints_about(folder)


def test_csv_figures_and_beginnings_of_files_are_no_part_of_it(folder):
    load_results(folder).write_csv()
    (folder / "figures").mkdir()
    (folder / "figures" / "one.png").write_bytes(b"")
    (folder / ".runs.parquet.1.2.draft").write_bytes(b"")
    check_results(folder)


def test_a_changed_manifest_is_found(folder):
    manifest = sealed_manifest(folder)
    manifest["seed"] += 1
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert "manifest.json: it was changed after it was written" in complaints_about(folder)


def test_everything_that_is_wrong_is_told_at_once(folder):
    (folder / "runs.parquet").unlink()
    (folder / "README.txt").write_text("", encoding="utf-8")
    assert len(complaints_about(folder).splitlines()) == 2


# --- layouts ---


def test_without_a_seal_nothing_is_believed(folder):
    manifest = sealed_manifest(folder)
    del manifest["seal"]
    for layout in (1, 2):
        (folder / "manifest.json").write_text(json.dumps(manifest | {"format": layout}), encoding="utf-8")
        with pytest.raises(InputError, match="it has no seal"):
            load_results(folder)
        assert "it has no seal" in complaints_about(folder)


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (
            RESULTS_FORMAT + 1,
            f"in layout {RESULTS_FORMAT + 1}; this version reads layout {RESULTS_FORMAT}: install the newer",
        ),
        (0, f"found results in layout 0; this version reads layout {RESULTS_FORMAT}: give the command again"),
        (1, "found results in layout 1"),
        (True, "found results in layout True"),
        (2.0, "found results in layout 2.0"),
        ("2", "found results in layout 2"),
        (None, "found results in layout None"),
    ],
)
def test_a_layout_that_is_not_known_is_told_with_what_to_do(folder, layout, said):
    write_manifest(folder, sealed_manifest(folder) | {"format": layout})
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        load_results(folder)


def test_no_folder_no_results_and_no_manifest_are_told_apart(folder, tmp_path):
    with pytest.raises(InputError, match="found no such folder"):
        load_results(tmp_path / "nowhere")
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="this is not valid JSON"):
        load_results(folder)


# --- from the command line ---


def test_check_takes_results_folders_beside_scenarios(folder, capsys):
    assert main.main(["check", "toy", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("fine  toy")
    assert "40 runs" in lines[1]
    assert lines[1].endswith("as they were written)")


def test_check_takes_a_folder_of_results_folders(folder, capsys):
    shutil.copytree(folder, folder.parent / "other")
    (folder / "runs.parquet").unlink()
    assert results_below(folder.parent) == sorted([folder, folder.parent / "other"])
    assert main.main(["check", str(folder.parent)]) == 2
    caught = capsys.readouterr()
    assert caught.out.count("fine ") == 1
    assert "runs.parquet" in caught.err


def test_check_tells_an_unfinished_folder_and_one_without_results(folder, tmp_path, capsys):
    (folder / "manifest.json").unlink()
    (folder / "partial").mkdir()
    assert main.main(["check", str(folder)]) == 2
    assert "unfinished results folder; it is finished by giving the command" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main.main(["check", str(tmp_path / "empty")]) == 2
    assert "a folder without results" in capsys.readouterr().err


def test_a_file_that_no_reader_opens_is_told(folder):
    (folder / "bands.parquet").write_bytes(b"nonsense")
    assert "bands.parquet: found a file that no reader opens" in complaints_about(folder)
    with pytest.raises(pa.ArrowInvalid):
        pq.read_table(folder / "bands.parquet")
