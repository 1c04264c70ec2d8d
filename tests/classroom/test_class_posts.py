"""What the class view asks: who may see and do what, and when."""

import base64
import io
import re
import threading
import zipfile
from pathlib import Path

import pytest

import sim
from sim.classroom import board
from sim.classroom.playing import Played
from sim.classroom.room import Caller, Phase, Role, Room
from sim.io.errors import InputError
from sim.scenario.scenario import load_scenario

TEACHER, PUPIL = Caller(Role.TEACHER, "t", 1), Caller(Role.PUPIL, "p", 2)


@pytest.fixture
def room(monkeypatch):
    monkeypatch.setattr(board, "WORLDS", 20)
    return Room(load_scenario("toy"))


def begun(room, **asked):
    board.begin(room, TEACHER, {"state": "BEK", "seed": 5, **asked})
    table = room.table
    for seat in (2, 3):
        game = sim.Game(room.scenario(table.scenario), table.state, table.seed)
        game.step()
        room.games[seat] = Played(game)
    return room


def seats(room, caller, **asked):
    html = board.show(room, caller, asked)["html"]["picture"]
    return [int(seat) for seat in re.findall(r'<th scope="row">(\d+) \(', html)]


def test_a_class_without_a_game_has_an_empty_board(room):
    told = board.show(room, PUPIL, {})
    assert (told["state"], told["phase"], list(told["html"])) == (None, "closed", ["about"])
    board.turn(room, TEACHER, {"phase": "open"})  # each plays what they like
    assert board.show(room, PUPIL, {})["phase"] == "open"


def test_a_pupil_sees_their_own_dot_until_all_are_shown(room):
    begun(room)
    for phase, own in (("open", [2]), ("closed", [2]), ("shown", [2, 3]), ("open", [2])):
        board.turn(room, TEACHER, {"phase": phase})
        assert room.phase is Phase(phase)
        assert seats(room, PUPIL) == own
        assert seats(room, TEACHER) == [2, 3]
    assert seats(room, Caller(Role.PUPIL, "q", None)) == []
    told = board.show(room, PUPIL, {"measure": "stability"})
    assert (told["games"], told["far"], told["measure"]) == (2, 0, "stability")
    assert "Bekmar" in told["html"]["about"]
    assert "seed 5" in told["html"]["about"]
    assert 'value="stability" selected' in told["html"]["measure"]
    assert 'class="pupil own"' in told["html"]["picture"]
    assert board.COLOURS["orange"] in told["html"]["picture"]


def test_a_new_game_puts_the_old_ones_away_and_is_the_same_for_all(room):
    begun(room)
    board.turn(room, TEACHER, {"phase": "shown"})
    heard = []
    room.tell = heard.append
    board.begin(room, TEACHER, {"state": "ALD"})
    assert heard == [{"event": "table"}]
    assert (room.games, room.phase, room.table.seed) == ({}, Phase.CLOSED, room.base.seed)
    assert "20 worlds" in board.show(room, PUPIL, {})["html"]["picture"]


def test_a_game_of_another_start_that_comes_late_has_no_dot(room):
    begun(room)
    room.games[4] = Played(sim.Game("toy", "BEK", 6))
    room.games[5] = Played(sim.Game("toy", "ALD", 5))
    assert seats(room, TEACHER) == [2, 3]


def test_a_game_that_moves_just_now_stays_where_it_was(room):
    begun(room)
    before = board.show(room, TEACHER, {})
    held, go = threading.Event(), threading.Event()

    def hold():
        with room.games[2].lock:
            room.games[2].game.step()
            held.set()
            go.wait(5)

    holding = threading.Thread(target=hold)
    holding.start()
    held.wait(5)
    assert board.show(room, TEACHER, {}) == before
    go.set()
    holding.join()
    assert seats(room, TEACHER, quarter=1) == [2]
    assert board.show(room, TEACHER, {})["quarter"] == "2026-Q1"  # which both have played


def test_a_quarter_beyond_the_last_is_the_last(room):
    begun(room)
    told = board.show(room, TEACHER, {"quarter": 9_999})
    assert told["at"] == told["last"]
    assert "by 0 of 2" in told["html"]["title"]


@pytest.mark.parametrize(
    ("ask", "asked", "said"),
    [
        (board.begin, {"state": "BEQ"}, "Did you mean 'BEK'"),
        (board.begin, {}, "state"),
        (board.begin, {"state": "BEK", "seed": "x"}, "seed"),
        (board.begin, {"state": "BEK", "scenario": "../toy"}, "no such scenario"),
        (board.turn, {"phase": "ajar"}, "phase"),
        (board.turn, {"phase": ["open"]}, "phase"),
        (board.show, {"measure": "outptu"}, "Did you mean 'output'"),
        (board.show, {"quarter": -1}, "quarter"),
    ],
)
def test_what_cannot_be_is_refused_in_words(room, ask, asked, said):
    begun(room)
    with pytest.raises(InputError, match=said):
        ask(room, TEACHER, asked)


def test_all_games_are_taken_home_in_one_file(room):
    begun(room)
    told = board.take_home(room, TEACHER, {})
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(told["base64"]))) as archive:
        assert archive.namelist() == ["decisions.csv", "seat-02.yaml", "seat-03.yaml"]


def test_the_page_finds_every_part_by_its_name(room):
    page = Path(board.__file__).parent / "page"
    named = re.findall(r' data-part="(\w+)"', (page / "index.html").read_text(encoding="utf-8"))
    there = set(named)
    assert len(named) == len(there)
    script = (page / "class.js").read_text(encoding="utf-8")
    wanted = set(re.findall(r"parts\.(\w+)", script)) | set(board.show(begun(room), PUPIL, {})["html"])
    assert wanted <= there
    assert {"open", "closed", "shown", "begin", "keep", "replay"} <= there


def test_only_the_teacher_turns_the_class():
    assert {post.path: post.who for post in board.POSTS} == {
        "/api/class/begin": Role.TEACHER,
        "/api/class/turn": Role.TEACHER,
        "/api/class/export": Role.TEACHER,
        "/api/class/board": Role.PUPIL,
    }
