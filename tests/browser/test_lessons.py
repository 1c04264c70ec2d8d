"""Every lesson is walked to its end by a teacher, with a class that follows; and what is printed for it can be read."""

import pytest

from helpers.windows import NARROW, opened
from sim.classroom.lessons import list_lessons, load_lesson

LESSONS = range(1, len(list_lessons()) + 1)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A class of its own, opened with the first lesson."""
    started = opened(tmp_path_factory.mktemp("lessons"), "--lesson", "1")
    yield started
    started.close()
    assert "Traceback" not in started.complaints()


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_is_walked_to_its_end(open_window, server, number):
    lesson = load_lesson(number)
    window = open_window(size=NARROW).settled()
    if number != 1:
        window.page.select_option("#lesson select", str(number))
        window.settled()
    assert window.state("state.lesson") == number
    for at, step in enumerate(lesson.steps):
        assert window.state("state.step") == at
        assert step.text in window.page.inner_text("#lesson")
        assert window.state("state.scenario") == (step.scenario or lesson.scenario)
        assert window.state("state.view") == step.view
        assert 1 <= window.page.locator("#sliders .slider").count() <= 5
        if step.kind not in {"bet", "do"}:
            assert window.state("state.numbers") == step.numbers
        if step.bet is not None:
            assert window.page.locator("#look input.bet").count() >= 1
            window.page.click("#look button >> text=worlds run")
            window.settled()
        if at + 1 < len(lesson.steps):
            window.page.click("#lesson [name=next]")
            window.settled()
    assert window.page.is_disabled("#lesson [name=next]")
    assert window.barriers() == []


def test_a_pupil_follows_or_goes_alone_and_comes_back(open_window, server):
    teacher, pupil = open_window().settled(), open_window(server.pupils).settled()
    teacher.page.select_option("#lesson select", "2")
    teacher.settled()
    teacher.page.click("#lesson [name=next]")
    teacher.settled()
    pupil.until("state.lesson === 2 && state.step === 1")
    pupil.settled()
    pupil.page.click("#lesson [name=back]")
    pupil.settled()
    assert pupil.state("state.step") == 0
    assert teacher.state("state.step") == 1
    pupil.page.click("#lesson [name=follow]")
    pupil.settled()
    assert pupil.state("state.step") == 1


def test_the_glossary_and_a_lesson_on_paper_bar_nobody(open_window, server):
    window = open_window(size=NARROW).settled()
    assert window.barriers() == []
    paths = window.page.eval_on_selector_all("#lesson a", "(all) => all.map((one) => one.pathname)")
    assert len(paths) == 3
    for path in paths:
        answer = window.page.goto(f"http://127.0.0.1:{server.port}{path}")
        assert answer.status == 200
        assert window.barriers() == []
