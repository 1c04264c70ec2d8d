"""Figures are drawn once: again only where what they show, what draws, or they themselves are not what they were."""

import json

import pytest

from sim.cli.common import Drawing, draw_once
from sim.figures import kept
from sim.figures.kept import RECORD, are_current, draw_and_record, noted


@pytest.fixture
def drawn(tmp_path):
    """Figures of `results`, as a function that draws them, and how often it was asked to."""
    asked = []

    def draw(folder):
        asked.append(folder)
        folder.mkdir(exist_ok=True)
        for name in ("picture.png", "picture.csv"):
            noted(folder / name).write_text(name, encoding="utf-8")

    folder = tmp_path / "figures"
    draw_and_record(folder, ["results"], draw)
    return folder, draw, asked


def test_what_is_current_is_not_drawn_again(drawn, capsys):
    folder, draw, asked = drawn
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    draw_once(Drawing(folder, ["results"], draw))
    assert len(asked) == 1
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert capsys.readouterr().err == "the figures are as they were drawn\n"
    draw_once(Drawing(folder, ["other results"], draw))
    assert len(asked) == 2
    assert capsys.readouterr().err == "drawing figures ...\n"
    assert are_current(folder, ["other results"])
    assert not are_current(folder, ["results"])


def test_a_file_of_ones_own_beside_figures_is_nobody_s_business(drawn):
    folder, _, _ = drawn
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert are_current(folder, ["results"])


def changed(folder):
    (folder / "picture.png").write_text("touched up", encoding="utf-8")


def lost(folder):
    (folder / "picture.csv").unlink()


def led_away(folder):
    picture = folder / "picture.png"
    outside = folder.parent / "outside.png"
    picture.rename(outside)
    picture.symlink_to(outside)


def without_record(folder):
    (folder / RECORD).unlink()


def a_folder_for_a_picture(folder):
    (folder / "picture.png").unlink()
    (folder / "picture.png").mkdir()


def rewritten(**parts):
    def rewrite(folder):
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        (folder / RECORD).write_text(json.dumps(record | parts), encoding="utf-8")

    return rewrite


def torn(folder):
    record = folder / RECORD
    record.write_bytes(record.read_bytes()[:-20])


@pytest.mark.parametrize(
    "harm",
    [
        changed,
        lost,
        led_away,
        a_folder_for_a_picture,
        without_record,
        torn,
        rewritten(files=[]),
        rewritten(files=[{"name": "../outside.png", "sha256": "0" * 64}]),
        rewritten(seal="0" * 64),
        rewritten(by=3),
    ],
)
def test_what_was_touched_is_not_taken_for_current(drawn, harm):
    folder, _, _ = drawn
    assert are_current(folder, ["results"])
    harm(folder)
    assert not are_current(folder, ["results"])


def test_another_program_or_library_draws_anew(drawn, monkeypatch):
    folder, _, _ = drawn
    version_of = kept.version_of
    for name, other in (
        ("version_of", lambda one: "99" if one == "matplotlib" else version_of(one)),
        ("sources_hash", lambda _: "0" * 64),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(kept, name, other)
            kept._drawn_by.cache_clear()
            assert not are_current(folder, ["results"])
        kept._drawn_by.cache_clear()
        assert are_current(folder, ["results"])


def test_where_drawing_fails_nothing_is_recorded(tmp_path):
    def fails(folder):
        noted(folder / "picture.png")
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        draw_and_record(tmp_path, ["results"], fails)
    assert not are_current(tmp_path, ["results"])
    assert not list(tmp_path.iterdir())
