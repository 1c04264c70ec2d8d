"""The bar of a lesson: pupils see no notes, a teacher takes the class along, and nothing is read that was named."""

from pathlib import Path

import pytest

from sim.classroom.lessons import list_lessons, load_lesson
from sim.classroom.room import Caller, Role, Room
from sim.classroom.steps import POSTS, bar, served, step_values
from sim.io.errors import InputError
from sim.scenario.scenario import load_scenario

ASK, TURN = (post.answer for post in POSTS)
PUPIL, TEACHER = Caller(Role.PUPIL, "p", 1), Caller(Role.TEACHER, "t")


@pytest.fixture
def room() -> Room:
    return Room(load_scenario("baseline"))


def test_without_a_lesson_pupils_have_no_bar_and_a_teacher_may_choose(room: Room) -> None:
    assert ASK(room, PUPIL, {})["html"] == ""
    found = ASK(room, TEACHER, {})
    assert found["lesson"] is None
    assert found["html"].count("<option") == len(list_lessons()) + 1


def test_a_pupil_goes_alone_and_a_teacher_takes_the_class_along(room: Room) -> None:
    alone = ASK(room, PUPIL, {"lesson": 2, "step": 4})
    assert (alone["lesson"], alone["at"]) == (2, 4)
    assert (room.lesson, room.step) == (None, 0)
    heard = []
    room.tell = heard.append  # type: ignore[method-assign]
    TURN(room, TEACHER, {"lesson": 2, "step": 3})
    assert heard == [{"event": "lesson", "lesson": 2, "step": 3}]
    assert ASK(room, PUPIL, {})["at"] == 3


def test_the_step_says_what_it_does_to_the_page(room: Room) -> None:
    step = ASK(room, PUPIL, {"lesson": 2, "step": 5})["step"]
    assert step == {
        "kind": "look",
        "view": "look",
        "scenario": "baseline",
        "quarter": "2028-Q4",
        "numbers": {"climate.rivalry_level": 1.5, "choice.dependence_aversion": 0.0},
        "bet": None,
        "play": None,
    }


def test_a_bet_on_what_a_slider_does_says_where_it_stands() -> None:
    asked = [
        [step_values(step, one)["bet"]["numbers"] for step in one.steps if step.bet] for one in map(served, range(1, 6))
    ]
    assert [[len(one) for one in several] for several in asked] == [[0, 1], [1, 1], [0], [1], [0]]
    assert asked[1] == [{"choice.dependence_aversion": 0.0}, {"climate.rivalry_level": 1.5}]


def test_notes_and_the_teachers_page_are_for_teachers() -> None:
    for number in range(1, len(list_lessons()) + 1):
        lesson = served(number)
        for at, step in enumerate(lesson.steps):
            assert "<details" not in bar((lesson,), lesson, at, teacher=False)
            assert f"/teacher/{number}" not in bar((lesson,), lesson, at, teacher=False)
            assert "<details" in bar((lesson,), lesson, at, teacher=True)
            assert ('name="move"' in bar((lesson,), lesson, at, teacher=False)) == (
                step.kind == "do" and bool(step.numbers)
            )


@pytest.mark.parametrize(
    "asked",
    [
        {"lesson": 0},
        {"lesson": 6},
        {"lesson": "../scenarios/baseline.yaml"},
        {"lesson": True},
        {"lesson": 1, "step": 99},
        {"lesson": 1, "step": -1},
        {"lesson": 1, "step": "1"},
    ],
)
def test_what_is_no_lesson_or_step_is_refused(asked: dict, room: Room) -> None:
    for answer in (ASK, TURN):
        with pytest.raises(InputError, match="lesson"):
            answer(room, TEACHER, asked)
    with pytest.raises(InputError, match="which one"):
        TURN(room, TEACHER, {})
    assert room.lesson is None


def test_a_lesson_of_ones_own_can_be_turned_to_again(tmp_path: Path) -> None:
    path = tmp_path / "09-ours.yaml"
    path.write_text(Path("lessons/01-who-is-there.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    room = Room(load_scenario("baseline"), lesson=load_lesson(path))
    assert TURN(room, TEACHER, {"lesson": 2, "step": 0})["lesson"] == 2
    told = ASK(room, TEACHER, {})
    assert told["lesson"] == 2
    assert 'value="9"' in told["html"]
    with pytest.raises(InputError, match="allowed: 1, 2, 3, 4, 5, 9"):
        ASK(room, TEACHER, {"lesson": 7})
    assert TURN(room, TEACHER, {"lesson": 9, "step": 1})["at"] == 1
    assert room.lesson.name == "09-ours"
