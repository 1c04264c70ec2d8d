"""On paper: no answers for pupils, all of them for teachers, and pages that need nothing but their style."""

import re
from pathlib import Path

import pytest

from sim.classroom.glossary import WORDS
from sim.classroom.lessons import list_lessons, load_lesson
from sim.classroom.worksheets import glossary_page, print_lessons, teachers_page, worksheet
from sim.cli.main import main
from sim.io.text import CAUTION

LESSONS = [load_lesson(name) for name in list_lessons()]
PAGES = [glossary_page(), *(make(lesson) for lesson in LESSONS for make in (worksheet, teachers_page))]


def plain(page: str) -> str:
    return re.sub(r"<[^>]*>", "", page).replace("&#x27;", "'").replace("&quot;", '"')


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_worksheet_asks_everything_and_answers_nothing(lesson) -> None:
    page = plain(worksheet(lesson))
    for task in lesson.tasks:
        assert task.ask in page
        assert task.answer not in page
    for claim in lesson.expect:
        assert claim.told not in page
    assert all(step.note not in page for step in lesson.steps)
    assert worksheet(lesson).count('class="line"') == sum(task.lines for task in lesson.tasks)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_teacher_can_hold_the_lesson_from_the_page(lesson) -> None:
    page = plain(teachers_page(lesson))
    told = [one.told for one in lesson.expect] + [one.answer for one in (*lesson.tasks, *lesson.misreadings)]
    told += [text for step in lesson.steps for text in (step.text, step.note)]
    for text in (*told, *lesson.limits, *lesson.aims, *lesson.before):
        assert text in page


def test_a_bet_on_what_a_slider_does_says_where_it_stands() -> None:
    page = plain(worksheet(load_lesson(2)))
    assert "Tajikistan is sided, 2028-Q4, with “How much do states mind depending?” at 0" in page
    assert "Kyrgyzstan is sided, 2028-Q4, with “How much do powers mind each other?” at 1.5 ×" in page
    assert "multi-vector, 2028-Q4, with" not in plain(worksheet(load_lesson(5)))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_nothing_but_its_style_and_says_what_it_is(page: str) -> None:
    assert CAUTION in page
    assert not re.search(r"<script|<style|style=|\son\w+=|https?:", page)
    assert re.findall(r'href="([^"]*)"', page) == ["/print.css"]


def test_the_glossary_has_every_word() -> None:
    page = plain(glossary_page())
    assert all(word in page for word in WORDS)


def test_everything_is_printed_into_a_folder(tmp_path: Path) -> None:
    written = print_lessons(tmp_path / "paper")
    assert sorted(path.name for path in written) == sorted(path.name for path in (tmp_path / "paper").iterdir())
    assert len(written) == 2 * len(LESSONS) + 2
    for page in (tmp_path / "paper").glob("*.html"):
        assert re.findall(r'href="([^"]*)"', page.read_text(encoding="utf-8")) == ["print.css"]


def test_the_command_prints_and_says_where_it_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classroom", "--print", str(tmp_path / "paper")]) == 0
    assert "glossary.html" in capsys.readouterr().out
    (tmp_path / "file").touch()
    assert main(["classroom", "--print", str(tmp_path / "file")]) == 2
    assert "cannot be written there" in capsys.readouterr().err
