"""A class that is kept in a file: cut off anywhere, it goes on as it was; what is no such file is refused in words."""

import dataclasses
import errno
import json
from pathlib import Path

import numpy as np
import pytest

from sim.classroom import board, opinions, playing, steps
from sim.classroom.about import POSTS as ABOUT
from sim.classroom.going_on import keep_in
from sim.classroom.playing import games_of
from sim.classroom.room import Caller, Phase, Role, Room, Table
from sim.io.errors import InputError
from sim.scenario.scenario import load_scenario

TOY = load_scenario("toy")
VOTING = load_scenario("divided-assembly")
DOORS = {post.path: post.answer for view in (board, opinions, playing, steps) for post in view.POSTS}
DOORS |= {post.path: post.answer for post in ABOUT}
TEACHER = Caller(Role.TEACHER, seat=0)


class Class:
    """A room that is kept, and what its pages do."""

    def __init__(self, path, scenario=TOY, **how):
        self.room = Room(scenario, **how)
        self.journal = keep_in(path, self.room)

    def teach(self, path, **asked):
        return DOORS[path](self.room, TEACHER, asked)

    def pupil(self, seat, path, **asked):
        return DOORS[path](self.room, Caller(Role.PUPIL, seat=seat), asked)

    def play(self, seat, path="", **asked):
        played = self.room.games[seat]
        shown = playing.shown(played)
        return self.pupil(seat, f"/api/game/{path}", game=shown["game"], quarter=shown["quarter"], **asked)

    def close(self):
        self.journal.close()
        return self.room


def answered(one, seat, say):
    for offer in games_of(one.room)[seat].inbox:
        one.play(seat, "answer", by=offer.by, kind=offer.kind, say=say if offer.permitted else "no")


def whole_class(path):
    """A class in full swing: two games, one put away before, opinions, a lesson, and a quarter half answered."""
    one = Class(path)
    for _ in range(3):
        DOORS["/api/join"](one.room, Caller(Role.PUPIL), {})
    one.teach("/api/lesson/step", lesson=2, step=1)
    one.teach("/api/class/begin", state="ALD", seed=9)
    one.teach("/api/class/turn", phase="open")
    one.pupil(2, "/api/game", state="ALD")
    one.play(2, "step")
    one.teach("/api/class/begin", state="BEK", seed=5)
    one.teach("/api/class/turn", phase="open")
    for seat in (1, 3):
        one.pupil(seat, "/api/game", state="BEK")
    for _ in range(3):
        answered(one, 1, "yes")
        answered(one, 3, "no")
        one.play(1, "visit", power="SUD")
        one.play(1, "step")
        one.play(3, "step")
    one.play(1, "visit", power="NOR")
    while not games_of(one.room)[3].inbox:
        one.play(3, "step")
    answered(one, 3, "yes")
    answered(one, 3, "no")
    for seat, value in ((1, 1.5), (3, 2.0), (3, None)):
        one.pupil(seat, "/api/opinion", name="choice.dependence_aversion", value=value)
    one.teach("/api/class/turn", phase="closed")
    return one


def seen(room):
    """All that a class is, as values."""
    return {
        "tokens": room.tokens,
        "key": room.key,
        "seats": dict(room._seats),
        "phase": room.phase,
        "table": room.table,
        "lesson": (room.lesson.number, room.step),
        "opinions": room.opinions,
        "games": {seat: playing.shown(played) for seat, played in room.games.items()},
        "decisions": {seat: played.game.decisions for seat, played in room.games.items()},
    }


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A file of a class, and the class as it was."""
    path = tmp_path_factory.mktemp("class") / "ours.jsonl"
    return path, whole_class(path).close()


def test_a_class_goes_on_as_it_was(kept, tmp_path):
    path = tmp_path / "ours.jsonl"
    path.write_bytes(kept[0].read_bytes())
    before, again = kept[1], Class(path)
    assert seen(again.room) == seen(before)
    assert again.room.phase is Phase.CLOSED
    assert again.room.table == Table("toy", "BEK", 5)
    assert set(again.room.games) == {1, 3}
    for seat, game in games_of(again.room).items():
        assert np.array_equal(game.model.by_power, games_of(before)[seat].model.by_power)
    assert path.read_bytes() == kept[0].read_bytes()  # nothing is noted twice
    again.teach("/api/class/turn", phase="open")
    again.play(3, "step")
    later = seen(again.close())
    assert later != seen(before)
    assert seen(Class(path).close()) == later


def test_it_can_be_cut_off_anywhere(kept, tmp_path):
    lines = kept[0].read_bytes().splitlines(keepends=True)
    path = tmp_path / "cut.jsonl"
    for count in range(1, len(lines), 5):
        path.write_bytes(b"".join(lines[:count]) + lines[count][: count % len(lines[count])])
        Class(path).close()
        assert path.read_bytes() == b"".join(lines[:count])


def test_votes_are_cast_again(tmp_path):
    one = Class(tmp_path / "votes.jsonl", VOTING)
    one.teach("/api/game", state="KAZ")
    how = next(how for how in ("no", "away") if how != games_of(one.room)[0].balloted.rule)
    one.room.games[0].game.vote(None)
    told = playing.shown(one.room.games[0])
    one.teach("/api/game/vote", game=told["game"], quarter=told["quarter"], how=how)
    one.teach("/api/game/step", game=told["game"], quarter=told["quarter"])
    before = games_of(one.close())[0]
    again = games_of(Class(tmp_path / "votes.jsonl", VOTING).close())[0]
    assert again.votes == before.votes
    assert again.votes[0]["said"] == how


def test_a_move_that_came_late_for_a_game_put_away_is_passed_over(kept, tmp_path):
    path = tmp_path / "late.jsonl"
    late = {"step": {"seat": 1, "game": 1}}, {"step": {"seat": 77, "game": 1}}
    path.write_bytes(kept[0].read_bytes() + b"".join(json.dumps(line).encode() + b"\n" for line in late))
    assert seen(Class(path).close()) == seen(kept[1])


def test_two_rooms_cannot_be_kept_in_one_file(tmp_path):
    one = Class(tmp_path / "one.jsonl")
    with pytest.raises(InputError, match="another process is writing there now"):
        Class(tmp_path / "one.jsonl")
    one.close()
    Class(tmp_path / "one.jsonl").close()
    assert (tmp_path / "one.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is no file of a class"),
        ("title: mine\n", r"wrong.jsonl:1: this is not valid JSON"),
        ('{"title": "mine"}\n', "this is no file of a class"),
        ("[1, 2]\n", "this is no file of a class"),
        ('{"class": 2}\n', r"wrong.jsonl:1: class: found '2'; allowed: 1"),
    ],
)
def test_what_is_no_file_of_a_class_is_left_as_it_is(tmp_path, text, said):
    path = tmp_path / "wrong.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        Class(path)
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"dance": {}}, "this is nothing that a class does; allowed: seat, table"),
        ({"seat": {"seat": 4}}, "token: found nothing of that name"),
        ({"seat": {"seat": 9, "token": "a"}}, "found seat 9; seats are counted one by one; allowed: seat 4"),
        ({"phase": {"phase": "opened"}}, "allowed: closed, open, shown"),
        ({"table": {"scenario": "toys", "state": "ALD", "seed": 1}}, "Did you mean 'toy'"),
        ({"answer": {"seat": 1, "game": 1, "by": "SUD", "kind": "deal", "say": "perhaps"}}, "allowed: yes, no, rule"),
        ({"opinion": {"scenario": "toy", "name": "choice.no", "seat": 1, "value": 1}}, "choice.no"),
    ],
)
def test_a_line_that_cannot_be_done_is_named(kept, tmp_path, line, said):
    path = tmp_path / "spoilt.jsonl"
    raw = kept[0].read_bytes() + json.dumps(line).encode() + b"\n"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=said) as refused:
        Class(path)
    assert f"spoilt.jsonl:{len(raw.splitlines())}:" in str(refused.value)
    assert path.read_bytes() == raw


def test_another_class_does_not_go_on_with_it(kept):
    for room, said in (
        (Room(VOTING), "opened with toy as the scenario"),
        (Room(TOY, lesson=steps.served(1)), "opened with none as the lesson"),
    ):
        with pytest.raises(InputError, match=said):
            keep_in(kept[0], room)
    moved = dataclasses.replace(TOY, numbers={"choice.dependence_aversion": 1.25})
    with pytest.raises(InputError, match="have changed since it was opened"):
        keep_in(kept[0], Room(moved))


def test_where_it_cannot_be_kept_it_is_said(tmp_path):
    for folder in (tmp_path, Path(), Path("..")):
        with pytest.raises(InputError, match="found a folder; allowed: a file"):
            Class(folder)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        Class(tmp_path / "file" / "ours.jsonl")


def test_where_the_disk_is_full_the_class_goes_on_and_what_was_kept_is_whole(tmp_path, monkeypatch, caplog):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "full.jsonl"
    one = Class(path)
    one.teach("/api/class/turn", phase="open")
    before = path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        one.teach("/api/class/turn", phase="closed")
    one.teach("/api/class/turn", phase="shown")
    assert one.close().phase is Phase.SHOWN
    assert "the class is not kept any more" in caplog.text
    assert path.read_bytes() == before
    assert Class(path).close().phase is Phase.OPEN
