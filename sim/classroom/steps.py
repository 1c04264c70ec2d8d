"""A lesson on the page: its bar, what a step does to the page, and the teacher who takes the class along."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sim.classroom.lesson_forms import Lesson, Step
from sim.classroom.lessons import list_lessons, load_lesson
from sim.classroom.room import Caller, Post, Role, Room
from sim.classroom.words import say
from sim.figures.markup import Markup, element, joined
from sim.io.arguments import Arguments
from sim.io.errors import input_error, listed
from sim.scenario.calendar import quarter_text


@cache
def served(number: int) -> Lesson:
    """A shipped lesson by its number, read once while a class is open."""
    return load_lesson(list_lessons()[number - 1])


def lessons_of(room: Room) -> dict[int, Lesson]:
    """Lessons by number: those that come with the package, and the one with which the class was opened."""
    shipped = {number: served(number) for number in range(1, len(list_lessons()) + 1)}
    own = {one.number: one for one in (room.own_lesson, room.lesson) if one is not None}
    return dict(sorted((shipped | own).items()))


def bar(lessons: Iterable[Lesson], lesson: Lesson | None, at: int, teacher: bool, key: str = "") -> Markup:
    """The bar above every view; at: the step, counted from 0; pupils without a lesson have none.

    lessons: that can be turned to; key: what the address of a teacher's page has in it, so that no pupil comes upon the
    answers.
    """
    if lesson is None and not teacher:
        return Markup("")
    line = [_choice(lessons, lesson)]
    if lesson is None:
        return element("p", *line)
    step = lesson.steps[at]
    kind, last = say(f"lesson.{step.kind}"), at + 1 == len(lesson.steps)
    told = say("lesson.step", step=at + 1, steps=len(lesson.steps), kind=kind, minutes=step.minutes)
    line += [_button("back", at == 0), element("output", told), _button("next", last)]
    if step.kind == "do" and step.numbers:
        line.append(_button("move"))
    papers = {"worksheet": f"/worksheet/{lesson.name}"}
    if teacher:
        papers["teacher"] = f"/teacher/{key}/{lesson.name}"
    papers["glossary"] = "/glossary"
    for page, href in papers.items():
        line.append(element("a", say(f"lesson.{page}"), href=href, target="_blank", rel="noopener"))
    line.append(_button("follow"))
    parts = [element("p", joined(line)), element("p", step.text, class_="said", aria_live="polite")]
    if teacher and step.note:
        parts.append(element("details", element("summary", say("lesson.note")), step.note))
    return joined(parts, "")


def _choice(lessons: Iterable[Lesson], lesson: Lesson | None) -> Markup:
    """All lessons, the one that is held chosen."""
    options = [] if lesson is not None else [element("option", say("lesson.choose"), value="")]
    for one in lessons:
        chosen = {"selected": ""} if lesson is not None and one.number == lesson.number else {}
        options.append(element("option", f"{one.number} {one.title}", value=one.number, **chosen))
    return element("select", *options, name_="lesson", aria_label=say("lesson.choose"))


def _button(name: str, off: bool = False) -> Markup:
    return element("button", say(f"lesson.{name}"), name_=name, **({"disabled": ""} if off else {}))


def step_values(step: Step, lesson: Lesson) -> dict[str, Any]:
    """What a step does to the page, as values for JSON."""
    bet = step.bet
    return {
        "kind": step.kind,
        "view": step.view,
        "scenario": step.scenario or lesson.scenario,
        "quarter": None if step.quarter is None else quarter_text(step.quarter),
        "numbers": dict(step.numbers),
        "bet": bet and {"state": bet.state, "word": bet.word, "numbers": dict(lesson.bet_on(step))},
        "play": step.play,
    }


def _asked(room: Room, asked: Mapping[str, Any]) -> tuple[Lesson | None, int]:
    """The lesson and the step of a request, looked up by their numbers; those of the class where none are named."""
    held: Lesson | None = room.lesson
    if asked.get("lesson") is None:
        return held, 0 if held is None else min(room.step, len(held.steps) - 1)
    arguments = Arguments("lesson")
    lessons = lessons_of(room)
    number = arguments.whole("lesson", asked["lesson"], min(lessons), max(lessons))
    arguments.refuse_if_wrong()
    if number not in lessons:  # one of the teacher's own may bear any
        raise input_error("lesson", "there is no such lesson", found=str(number), allowed=listed(map(str, lessons)))
    lesson = lessons[number]
    step = arguments.whole("step", asked.get("step", 0), 0, len(lesson.steps) - 1)
    arguments.refuse_if_wrong()
    return lesson, step


def _lesson(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A step of a lesson: its bar, and what it does to the page."""
    lesson, at = _asked(room, asked)
    return {
        "lesson": None if lesson is None else lesson.number,
        "sliders": [] if lesson is None else list(lesson.sliders),
        "at": at,
        "step": None if lesson is None else step_values(lesson.steps[at], lesson),
        "html": bar(lessons_of(room).values(), lesson, at, caller.role is Role.TEACHER, room.key),
    }


def _turn(room: Room, caller: Caller, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The teacher turns to a step, and every page that follows hears of it."""
    lesson, at = _asked(room, asked)
    if lesson is None or "lesson" not in asked:
        raise input_error("lesson", "which one?", allowed="'lesson' and 'step', both as numbers")
    with room.lock:
        room.lesson, room.step = lesson, at
        room.note("lesson", lesson=lesson.number, step=at)
    room.tell({"event": "lesson", "lesson": lesson.number, "step": at})
    return _lesson(room, caller, asked)


POSTS = (Post("/api/lesson", Role.PUPIL, False, _lesson), Post("/api/lesson/step", Role.TEACHER, False, _turn))
