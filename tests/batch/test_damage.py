"""Whatever happens to a file that is read back, it is told or makes no difference; a short version of `make mutate`."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from helpers.batches import bytes_of
from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch.manifest import SET_ASIDE, sealed_manifest, write_manifest
from sim.batch.parts import run_part
from sim.batch.results import load_results
from sim.batch.runner import estimate, run
from sim.batch.verify import check_results
from sim.io.errors import InputError

sys.path.insert(0, str(Path(__file__).parents[1] / "soak"))

import mutate


@pytest.mark.skipif(os.name != "posix", reason="the clock that ends what hangs is Unix's")
def test_nothing_is_believed_that_is_not_what_it_was():
    ends, wrong = mutate.mutate(80, seed=11)
    assert not wrong, "\n".join(wrong)
    assert ends["told"] > 30


# --- what is broken is named, set aside and made again ---------------------------------------------------------------


def go(place, seed=7, **asked):
    return run(fake_scenario(runs=20, seed=seed, end=2025 * 4 + 3), out=place, engine=FakePrepared, workers=1, **asked)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return go(tmp_path_factory.mktemp("kept")).folder


@pytest.fixture
def folder(kept, tmp_path):
    shutil.copytree(kept, tmp_path / kept.name)
    return tmp_path / kept.name


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """The same with another seed."""
    return go(tmp_path_factory.mktemp("other"), seed=8).folder


TABLES = ("runs.parquet", "bands.parquet", "series.parquet/block-00000.parquet", "summary.json")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_another_seed_is_found_out_by_whoever_opens_the_folder(name, folder, other):
    shutil.copyfile(other / name, folder / name)
    with pytest.raises(InputError, match=rf"{name}.*it was changed after it was written") as told:
        load_results(folder)
    assert "set aside, and made again, by the command that made the folder" in str(told.value)


@pytest.mark.parametrize("name", TABLES)
def test_it_is_set_aside_and_made_again_by_whoever_asks_for_it(name, folder, other, kept, caplog):
    shutil.copyfile(other / name, folder / name)
    (folder / "notes of my own.txt").write_text("keep me", encoding="utf-8")
    go(folder.parent)
    assert bytes_of(folder).items() >= bytes_of(kept).items()
    assert (folder / "notes of my own.txt").exists()
    assert (folder / SET_ASIDE / f"{name}.1").read_bytes() == (other / name).read_bytes()
    assert (folder / SET_ASIDE / "manifest.json.1").exists()
    assert f"{name}: it was changed after it was written; set aside as" in caplog.text
    check_results(folder)


def test_a_table_that_changes_after_the_folder_was_opened_is_found_out(folder, other):
    opened = load_results(folder)
    shutil.copyfile(other / "bands.parquet", folder / "bands.parquet")
    with pytest.raises(InputError, match=r"bands.parquet"):
        _ = opened.bands
    assert len(opened.runs) == 20


def test_a_whole_folder_of_another_seed_is_not_taken_for_this_one(folder, other, kept):
    shutil.rmtree(folder)
    shutil.copytree(other, folder)
    assert not estimate(fake_scenario(runs=20, end=2025 * 4 + 3), out=folder.parent, engine=FakePrepared).finished
    assert bytes_of(go(folder.parent).folder) == bytes_of(kept)
    assert {path.name for path in (folder / SET_ASIDE).iterdir()} >= {"runs.parquet.1", "manifest.json.1"}


def test_a_part_of_a_job_array_does_not_take_a_damaged_folder_for_a_finished_one(folder):
    (folder / "runs.parquet").write_bytes(b"")
    with pytest.raises(InputError, match=r"runs.parquet"):
        run_part(fake_scenario(runs=20, end=2025 * 4 + 3), 1, 2, out=folder.parent, engine=FakePrepared)


# --- manifests that lie ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../x", "/etc/hostname", "a/../../x", "..", "", ".", "a//b", "C:\\x", "..\\x", "a\0b", 5, None, ["x"], {}]
)
def test_no_name_in_a_manifest_leads_out_of_its_folder(name, folder):
    manifest = sealed_manifest(folder)
    manifest["files"][0]["name"] = name
    write_manifest(folder, manifest)
    for read in (load_results, check_results):
        with pytest.raises(InputError, match=r"a path that stays within the folder|no control characters"):
            read(folder)


@pytest.mark.parametrize("name", ["../../x", "/x", "..", "a/b", ""])
def test_what_folders_are_called_after_is_no_path(name, folder):
    write_manifest(folder, sealed_manifest(folder) | {"name": name})
    with pytest.raises(InputError, match=r"name: found .*; allowed: a plain name, no path"):
        load_results(folder)


def test_a_link_that_leads_out_is_not_followed(folder, kept):
    (folder / "runs.parquet").unlink()
    (folder / "runs.parquet").symlink_to(kept / "runs.parquet")
    with pytest.raises(InputError, match=r"runs.parquet: a link leads out of the folder"):
        load_results(folder)
    assert bytes_of(go(folder.parent).folder) == bytes_of(kept)
    assert (kept / "runs.parquet").exists()


@pytest.mark.parametrize("key", ["name", "title", "runs", "files", "states", "quarters", "identity", "seed", "numbers"])
@pytest.mark.parametrize("value", [..., None, [], 5, -1, 10**400, True, "", {"a": []}])
def test_odd_values_of_a_manifest_are_told_by_their_key_or_do_no_harm(key, value, folder):
    manifest = sealed_manifest(folder)
    if value is ...:
        del manifest[key]
    else:
        manifest[key] = value
    try:
        write_manifest(folder, manifest)
    except ValueError:  # digits without end
        return
    harmless = {"title": ("",), "runs": (5,), "files": ([],), "quarters": (), "seed": (5,), "identity": (), "name": ()}
    if any(type(one) is type(value) and one == value for one in harmless.get(key, ())):
        load_results(folder)
        return
    with pytest.raises(InputError, match=rf"{key}|digit"):
        load_results(folder)


@pytest.mark.parametrize("text", ["[]", "1", "null", '"x"', "[" * 10_000, "NaN", "", "{}", '{"a":1,"a":2}'])
def test_what_is_no_manifest_is_told(text, folder):
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    for read in (load_results, check_results):
        with pytest.raises(InputError):
            read(folder)


# --- while it is being made ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["series.parquet/block-00000.parquet", "partial/runs-00000.arrow"])
def test_a_file_that_is_taken_away_meanwhile_is_made_again(name, kept, tmp_path):
    folder = tmp_path / kept.name

    def take_away(told):
        if told.done == told.total:
            (folder / name).unlink(missing_ok=True)

    assert bytes_of(go(tmp_path, progress=take_away).folder) == bytes_of(kept)
    check_results(folder)


def test_a_file_that_is_taken_away_at_the_end_is_told_and_not_listed(kept, tmp_path, monkeypatch):
    from sim.batch.folder import Batch

    real = Batch._text

    def text(batch, name, words):
        written = real(batch, name, words)
        (batch.folder / "bands.parquet").unlink(missing_ok=True)
        return written

    monkeypatch.setattr(Batch, "_text", text)
    with pytest.raises(InputError, match=r"found bands.parquet; files were changed or taken away"):
        go(tmp_path)
    assert not (tmp_path / kept.name / "manifest.json").exists()
    monkeypatch.undo()
    assert bytes_of(go(tmp_path).folder) == bytes_of(kept)
