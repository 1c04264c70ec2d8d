"""Files are settled beside the work, and before anybody believes them."""

import errno
import json

import pytest

from sim.batch import folder as batch_folder
from sim.batch import settling
from sim.batch.notebook import NOTES
from sim.batch.runner import run
from sim.batch.settling import Settling
from sim.io.errors import InputError
from sim.io.writers import settle, write_bytes


def test_a_file_is_there_before_it_is_settled_and_may_be_gone_by_then(tmp_path):
    write_bytes(tmp_path / "one", b"whole", settled=False)
    assert (tmp_path / "one").read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    settle(tmp_path / "one")
    settle(tmp_path / "gone")


def test_who_waits_hears_that_the_disk_is_full(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(settling, "settle", full)
    files = Settling()
    files.add(tmp_path / "one")
    with pytest.raises(OSError, match="no room"):
        files.wait()
    files.wait()  # nothing is left to wait for


def test_notes_and_manifest_come_after_all_that_they_tell_of_is_settled(tmp_path, monkeypatch):
    settled, told = set(), []

    def noted(place, data, of):
        kept = json.loads((place.parent / NOTES).read_text(encoding="utf-8"))["blocks"].values()
        told.append({file["name"] for files in kept for file in files} - settled)
        write_sealed(place, data, of)

    def closed(place, manifest):
        told.append({file["name"] for file in manifest["files"] if file["name"].startswith("series")} - settled)
        write_manifest(place, manifest)

    def slowly(path):
        settle(path)
        settled.add(path.relative_to(next(tmp_path.iterdir())).as_posix())

    write_sealed, write_manifest = batch_folder.write_sealed, batch_folder.write_manifest
    monkeypatch.setattr(settling, "settle", slowly)
    monkeypatch.setattr(batch_folder, "write_sealed", noted)
    monkeypatch.setattr(batch_folder, "write_manifest", closed)
    monkeypatch.setattr("sim.batch.worker.CHECKPOINT_SECONDS", -1.0)
    monkeypatch.setattr("sim.batch.worker._CHECKPOINT_SHARE", 1e9)
    run("toy", runs=600, workers=2, out=tmp_path)
    assert len(settled) == 6  # the rows and the course of three blocks
    assert len(told) > 1
    assert told == [set()] * len(told)


def test_a_disk_that_is_full_when_files_are_settled_is_told_of(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(settling, "settle", full)
    with pytest.raises(InputError, match="results cannot be written there"):
        run("toy", runs=10, workers=1, out=tmp_path)
    monkeypatch.undo()
    assert run("toy", runs=10, workers=1, out=tmp_path).number_of_runs == 10
