"""Notes on unfinished folders: what is believed of them, who may work there, and what is left in the end."""

import errno
import json

import pytest

from sim.batch.notebook import Notebook, held, noted_blocks, notes_folder, opened_or_made, telling_of_trouble, tidy
from sim.io.errors import InputError
from sim.io.writers import WrittenFile, file_hash, write_text


def written(folder, name):
    write_text(folder / name, f"what {name} holds\n")
    return WrittenFile(name=name, sha256=file_hash(folder / name))


def book(folder, blocks=4, **more):
    return Notebook(notes_folder(folder) / "blocks.json", folder, range(blocks), **more)


@pytest.fixture
def noted(tmp_path):
    """Blocks 2 and 0 of four are finished and written down."""
    first = book(tmp_path)
    for number in (2, 0):
        first.add(number, [written(tmp_path, f"{number}-a.txt"), written(tmp_path, f"{number}-b.txt")])
    first.save()
    return tmp_path


def test_what_was_noted_is_taken_up(noted):
    again = book(noted)
    assert again.missing() == [0, 1, 2, 3]
    again.take_up()
    assert again.missing() == [1, 3]
    assert [path.name for path in again.in_order()] == ["0-a.txt", "2-a.txt"]
    assert [file.name for file in again.files[2]] == ["2-a.txt", "2-b.txt"]


@pytest.mark.parametrize("how", ["cut", "gone"])
def test_a_block_with_a_file_that_is_not_as_it_was_is_missing(noted, how):
    if how == "cut":
        (noted / "0-b.txt").write_text("half")
    else:
        (noted / "0-b.txt").unlink()
    again = book(noted)
    again.take_up()
    assert again.missing() == [0, 1, 3]


def test_notes_of_other_libraries_are_not_believed(noted):
    again = book(noted, libraries={"numpy": "0.1"})
    again.take_up()
    assert again.missing() == [0, 1, 2, 3]
    again.save()
    assert set(noted_blocks(again.path)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"versions": {}, "blocks": {}}',
        "VERSIONS, blocks missing",
        '{"versions": VERSIONS, "blocks": [1]}',
        '{"versions": VERSIONS, "blocks": {"one": []}}',
        '{"versions": VERSIONS, "blocks": {"1": [{"name": "x"}]}}',
        '{"versions": VERSIONS, "blocks": {"1": 5}}',
        '{"versions": VERSIONS, "blocks": {"1": []}}',
        '{"versions": VERSIONS, "blocks": {"7": [{"name": "0-a.txt", "sha256": "HASH"}]}}',
    ],
)
def test_notes_that_make_no_sense_are_none(noted, text):
    notebook = book(noted)
    text = text.replace("VERSIONS", json.dumps(notebook.libraries)).replace("HASH", file_hash(noted / "0-a.txt"))
    notebook.path.write_text(text)
    notebook.take_up()
    assert notebook.files == {}


def test_where_nothing_was_noted_nothing_is_there(tmp_path):
    assert noted_blocks(tmp_path / "blocks.json") == {}


# --- the folder ------------------------------------------------------------------------------------------------------


def test_tidying_takes_notes_and_drafts_and_nothing_else(noted):
    (noted / "tables").mkdir()
    (noted / "tables" / ".x.parquet.99.1.draft").write_bytes(b"half")
    (noted / ".hidden").write_text("somebody's own")
    tidy(noted)
    assert {path.name for path in noted.rglob("*")} == {"0-a.txt", "0-b.txt", "2-a.txt", "2-b.txt", "tables", ".hidden"}


def finishing(folder):
    def make():
        assert (notes_folder(folder) / "lock").exists()
        write_text(folder / "done", "yes")
        tidy(folder)
        return "made"

    return make


def opened(folder):
    return "opened" if (folder / "done").exists() else None


def test_what_is_not_there_is_made_and_what_is_there_is_opened(tmp_path):
    folder = tmp_path / "new"
    assert opened_or_made(folder, lambda: opened(folder), finishing(folder)) == "made"
    assert [path.name for path in folder.iterdir()] == ["done"]
    assert opened_or_made(folder, lambda: opened(folder), pytest.fail) == "opened"


def test_what_somebody_else_finished_in_the_meantime_is_opened_and_tidied(tmp_path):
    answers = iter([None, "theirs"])
    assert opened_or_made(tmp_path, lambda: next(answers), pytest.fail) == "theirs"
    assert list(tmp_path.iterdir()) == []


def test_all_but_the_tidying_is_as_good_as_finished(noted):
    (noted / "done").write_text("yes")
    assert opened_or_made(noted, lambda: opened(noted), pytest.fail) == "opened"
    assert not notes_folder(noted).exists()


def test_of_two_in_one_folder_one_is_told(tmp_path):
    pytest.importorskip("fcntl")
    with held(tmp_path), pytest.raises(InputError, match="another process is writing there now"):
        opened_or_made(tmp_path, lambda: None, pytest.fail)


@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, "goes on; make room"), (errno.EACCES, "the same command goes on$")]
)
def test_trouble_with_the_disk_is_told_with_what_would_help(number, told, tmp_path):
    with pytest.raises(InputError, match=told), telling_of_trouble(tmp_path, "make room"):
        raise OSError(number, "trouble")
