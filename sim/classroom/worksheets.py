"""Lessons on paper: a worksheet for pupils without answers, a page for the teacher, and the words explained.

Each is a whole page of HTML that looks for its style beside it; a browser prints them on A4.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sim.classroom.glossary import WORDS, explained
from sim.classroom.lesson_forms import Lesson, Step
from sim.classroom.lessons import list_lessons, load_lesson
from sim.classroom.sources import read, scale_of
from sim.classroom.words import LANGUAGE, say
from sim.evidence.evidence import Evidence
from sim.figures.markup import Markup, element, joined, table
from sim.io.arguments import path_given
from sim.io.regular import read_regular
from sim.io.text import CAUTION, listing
from sim.io.writers import write_bytes, write_text
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import evidence_of, load_scenario

STYLE = "print.css"
_OF_PAGE = Path(__file__).parent / "page" / STYLE
_MOST_STYLE = 100_000  # bytes


def print_lessons(folder: str | Path) -> list[Path]:
    """Write worksheets, teacher's pages and glossary into a folder, with the style that they share; gives the files.

    Raises
    ------
    OSError
        Where the folder cannot be written.
    """
    place, written = path_given("print_lessons", "folder", folder), []
    pages = {"glossary.html": glossary_page(style=STYLE)}
    for lesson in map(load_lesson, list_lessons()):
        pages[f"{lesson.name}-worksheet.html"] = worksheet(lesson, style=STYLE)
        pages[f"{lesson.name}-teacher.html"] = teachers_page(lesson, style=STYLE)
    for name, page in pages.items():
        write_text(place / name, page)
        written.append(place / name)
    write_bytes(place / STYLE, read_regular(_OF_PAGE, _MOST_STYLE))
    return [*written, place / STYLE]


# --- for pupils ------------------------------------------------------------------------------------------------------


def worksheet(lesson: Lesson, *, style: str = f"/{STYLE}") -> str:
    """The sheet of a pupil: what is asked, a table for the bets, room to write, words; no answers.

    style: where the page finds its style.
    """
    evidence = evidence_of(load_scenario(lesson.scenario))
    parts = [_table_of_bets(lesson, evidence)] if any(step.bet for step in lesson.steps) else []
    parts += [_task(number, task.ask, task.lines) for number, task in enumerate(lesson.tasks, 1)]
    parts.append(_words(lesson.words, say("sheet.words")))
    return _page(say("sheet.worksheet"), lesson, [element("p", say("sheet.of"), class_="of"), *parts], style)


def _table_of_bets(lesson: Lesson, evidence: Evidence) -> Markup:
    """A row for each bet; what came out is filled in by hand."""
    heads = [say(f"sheet.{head}") for head in ("bet", "mine", "why", "worlds", "off")]
    told = [_bet(step, lesson.bet_on(step), evidence) for step in lesson.steps if step.bet]
    rows = [(one, "", "", "", "") for one in told]
    return element("section", table(say("sheet.bets"), heads, rows), class_="bets")


def _bet(step: Step, moved: Mapping[str, float], evidence: Evidence) -> str:
    """What is bet on; moved: sliders without which it would be another bet."""
    assert step.bet is not None
    when = "" if step.quarter is None else quarter_text(step.quarter)
    that = say("sheet.that", state=_name(step.bet.state, evidence), word=step.bet.word, quarter=when)
    return say("sheet.under", that=that, moved=listing(_moved(moved, evidence))) if moved else that


def _name(code: str, evidence: Evidence) -> str:
    return next(state.name for state in evidence.states if state.code == code)


def _task(number: int, ask: str, lines: int) -> Markup:
    room = (element("div", class_="line") for _ in range(lines))
    return element("section", element("p", element("strong", f"{number}."), " ", ask), *room, class_="task")


def _words(words: Iterable[str], title: str) -> Markup:
    pairs = [joined([element("dt", word), element("dd", explained(word))], "") for word in words]
    head = [element("h2", title)] if title else []
    return element("section", *head, element("dl", *pairs), class_="words")


# --- for teachers ----------------------------------------------------------------------------------------------------


def teachers_page(lesson: Lesson, *, style: str = f"/{STYLE}") -> str:
    """The page of the teacher: what to say when, what to expect, what is misread, answers, and limits.

    style: where the page finds its style.
    """
    evidence = evidence_of(load_scenario(lesson.scenario))
    command = element("code", f"multivector classroom --lesson {lesson.number}")
    parts = [
        element("p", say("sheet.open"), " ", command, say("sheet.then")),
        _list("aims", lesson.aims),
        _list("before", lesson.before),
        _sliders(lesson, evidence),
        _steps(lesson, evidence),
        _expected(lesson),
        _pairs("misread", ((one.reading, one.answer) for one in lesson.misreadings)),
        _pairs("answers", ((one.ask, one.answer) for one in lesson.tasks)),
        _list("limits", lesson.limits),
    ]
    return _page(say("sheet.teacher"), lesson, parts, style)


def _list(title: str, lines: Iterable[str]) -> Markup:
    return element(
        "section", element("h2", say(f"sheet.{title}")), element("ul", *(element("li", one) for one in lines))
    )


def _pairs(title: str, pairs: Iterable[tuple[str, str]]) -> Markup:
    inside = (joined([element("dt", one), element("dd", other)], "") for one, other in pairs)
    return element("section", element("h2", say(f"sheet.{title}")), element("dl", *inside), class_="pairs")


def _sliders(lesson: Lesson, evidence: Evidence) -> Markup:
    """What each slider is, and where it may stand."""
    if not lesson.sliders:
        return Markup("")
    heads = [say(f"sheet.{head}") for head in ("slider", "stands", "range", "rests")]
    rows = []
    for number in (evidence.numbers[name] for name in lesson.sliders):
        called = joined([number.plain, element("small", number.name)])
        amount, basis = read(number.value, number.unit), say(f"dispute.{number.basis.name.lower()}")
        low, high = (f"{scale_of(number.unit) * end:.4g}" for end in (number.low, number.high))
        rows.append((called, amount, f"{low} – {high}", basis))
    return element("section", table(say("sheet.sliders"), heads, rows), class_="sliders")


def _steps(lesson: Lesson, evidence: Evidence) -> Markup:
    """The course of the lesson with the minutes at which each step begins."""
    heads = [say(f"sheet.{head}") for head in ("minute", "step", "class", "note")]
    rows = []
    begun = 0
    for number, step in enumerate(lesson.steps, 1):
        shown = element("small", "; ".join(_shown(step, evidence)))
        read = joined([step.text, shown])
        rows.append((f"{begun}–{begun + step.minutes}", f"{number} {say(f'lesson.{step.kind}')}", read, step.note))
        begun += step.minutes
    return element("section", table(say("sheet.course"), heads, rows), class_="course")


def _shown(step: Step, evidence: Evidence) -> Iterator[str]:
    """What the page shows in a step."""
    yield say("sheet.view", view=say(f"main.{step.view}"))
    if step.scenario is not None:
        yield say("sheet.scenario", name=load_scenario(step.scenario).title)
    if step.quarter is not None:
        yield quarter_text(step.quarter)
    if step.play is not None:
        yield say("sheet.play", state=_name(step.play, evidence))
    yield from _moved(step.numbers, evidence)


def _moved(numbers: Mapping[str, float], evidence: Evidence) -> Iterator[str]:
    """Where sliders stand."""
    for name, value in numbers.items():
        yield say("sheet.moved", slider=evidence.numbers[name].plain, value=read(value, evidence.numbers[name].unit))


def _expected(lesson: Lesson) -> Markup:
    """What comes out, as the test has it."""
    claims = (element("li", claim.told, class_="claim") for claim in lesson.expect)
    how = element("p", say("sheet.checked"), class_="quiet")
    return element("section", element("h2", say("sheet.expect")), how, element("ul", *claims))


# --- pages -----------------------------------------------------------------------------------------------------------


def glossary_page(*, style: str = f"/{STYLE}") -> str:
    """All words that lessons use; style: where the page finds its style."""
    return _whole(
        say("sheet.glossary"), [element("h1", say("sheet.glossary")), _words(WORDS, say("sheet.words"))], style
    )


def _page(kind: str, lesson: Lesson, parts: Iterable[Markup], style: str) -> str:
    head = say("sheet.head", kind=kind, number=lesson.number, minutes=lesson.minutes)
    top = [
        element("p", head, class_="head"),
        element("h1", lesson.title),
        element("p", lesson.question, class_="asked"),
    ]
    return _whole(f"{lesson.number} {lesson.title}: {kind}", [*top, *parts], style)


def _whole(title: str, parts: Iterable[Markup], style: str) -> str:
    foot = element("footer", say("sheet.foot", caution=CAUTION))
    size = "width=device-width, initial-scale=1"
    head = element(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta name="viewport" content="{size}">'),
        element("title", title),
        Markup(f'<link rel="stylesheet" href="{style}">'),
    )
    body = element("body", element("main", *parts), foot)
    return f"<!doctype html>\n{element('html', head, body, lang=LANGUAGE)}\n"
