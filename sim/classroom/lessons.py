"""Lessons: what a class does in one hour, step by step, and what a teacher can expect of the worlds while it does.

A lesson is a file, `lessons/01-who-is-there.yaml`, called by its number and a name. It says which scenario is looked
at, which few numbers have a slider, what is said, bet, done, looked at and discussed, and what then comes out. Every
mistake in it is told with file, line and key; what is claimed of the worlds is checked by a test (`expected.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.classroom.lesson_forms import (
    ANSWER,
    EXPECTATION,
    LESSON,
    MISREADING,
    MOST_SLIDERS,
    STEP,
    TASK,
    Answer,
    Bet,
    Expectation,
    Known,
    Lesson,
    Misreading,
    Step,
    Task,
)
from sim.evidence.worlds import shipped_folder
from sim.io.arguments import Arguments, path_given
from sim.io.checks import check_choice, check_list
from sim.io.errors import Entry, InputError, Problems, input_error, listed, nearest_to, quoted
from sim.io.forms import read_each, read_form
from sim.io.readers import read_yaml
from sim.scenario.calendar import quarter_text
from sim.scenario.family import list_scenarios
from sim.scenario.scenario import evidence_of, load_scenario

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence

_NAMED = re.compile(r"([0-9]{2})-[a-z0-9-]+")
_OF_FILES = (".yaml", ".yml")  # what a path ends with
_FULL = 100.0  # per cent
_KEYS = {"steps", "expect", "tasks", "misreadings"}  # by which a file is known as a lesson, were one of them misspelt

# --- reading ---------------------------------------------------------------------------------------------------------


def list_lessons() -> tuple[str, ...]:
    """The names of the lessons that come with the package, in order of their numbers."""
    found = (path.stem for path in shipped_folder("lessons").glob("*.yaml"))
    return tuple(sorted(name for name in found if _NAMED.fullmatch(name)))


def lesson_path(what: int | str | Path) -> Path | None:
    """The file of a lesson by its number, its name or its path; None when this is none (a scenario, say)."""
    written, names = _written(what), list_lessons()
    by_number = {str(int(name[:2])): name for name in names}
    name = by_number.get(written.lstrip("0"), written)
    if name in names:
        return shipped_folder("lessons") / f"{name}.yaml"
    if not written.endswith(_OF_FILES):
        return None
    path = path_given("load_lesson", "what", written)
    top = read_yaml(path, Problems())
    return path if top is not None and isinstance(top.value, dict) and _KEYS & top.value.keys() else None


def _check_readable(written: str) -> None:
    """Say why a file is no lesson where that is because it cannot be read at all."""
    if written.endswith(_OF_FILES):
        problems = Problems()
        read_yaml(path_given("load_lesson", "what", written), problems)
        problems.raise_if_any()


def _written(what: int | str | Path) -> str:
    """What was given, as text; a number with more digits than anybody reads, in words."""
    return Arguments("load_lesson").entry("what", what if isinstance(what, int) else str(what)).text or ""


def load_lesson(what: int | str | Path) -> Lesson:
    """Read and check a lesson by its number, its name, or the path of a file.

    Raises
    ------
    sim.io.errors.InputError
        With every problem found.
    """
    arguments = Arguments("load_lesson")
    arguments.made("what", what, int | str | Path, "the number or the name of a lesson, or the path of its file")
    arguments.refuse_if_wrong()
    path = lesson_path(what)
    if path is None:
        _check_readable(_written(what))
        known = list_lessons()
        allowed = f"a number from 1 to {len(known)}, {listed(known, 'list lessons')}, or the path of a file with steps"
        message, found = "there is no such lesson", quoted(_written(what))
        raise input_error("lesson", message, found=found, allowed=allowed, nearest=nearest_to(_written(what), known))
    problems = Problems()
    top = read_yaml(path, problems)
    lesson = None if top is None else _read(top, path)
    problems.raise_if_any()
    assert lesson is not None
    return lesson


def _read(top: Entry, path: Path) -> Lesson | None:
    named = _NAMED.fullmatch(path.stem)
    if named is None:
        top.refuse(found=quoted(path.stem), allowed="a file called by two digits, a hyphen and a name: 06-our-own.yaml")
    known = _known(top)
    values = None if known is None else read_form(top, LESSON, known)
    if known is None or values is None or named is None:
        return None
    steps = tuple(_step(one, entry, known) for entry, one in read_each(values["steps"], STEP, known))
    minutes = sum(step.minutes for step in steps)
    if values["minutes"] != minutes and "minutes" in top.value:
        top.value["minutes"].refuse(allowed=f"the sum of the steps, which is {minutes}")
    expect = tuple(_expectation(one, entry, known) for entry, one in read_each(values["expect"], EXPECTATION, known))
    tasks = tuple(Task(**one) for _, one in read_each(values["tasks"], TASK, None))
    readings = tuple(Misreading(**one) for _, one in read_each(values["misreadings"], MISREADING, None))
    kept = {key: values[key] for key in ("title", "question", "minutes", "before", "aims", "words", "limits")}
    return Lesson(
        number=int(named[1]),
        name=path.stem,
        scenario=known.scenario.name,
        sliders=known.sliders,
        steps=steps,
        expect=expect,
        tasks=tasks,
        misreadings=readings,
        **kept,
    )


def _known(top: Entry) -> Known | None:
    """The world of a lesson, which has to be known before what it names can be looked up."""
    written = top.value if isinstance(top.value, dict) else {}
    name = check_choice(written["scenario"], list_scenarios(), "list scenarios") if "scenario" in written else None
    if name is None:
        if "scenario" not in written:
            top.refuse(found="", message="'scenario' is missing")
        return None
    try:
        scenario = load_scenario(name)
    except InputError as error:
        top.problems.take(error.problems)
        return None
    evidence = evidence_of(scenario)
    return Known(scenario=scenario, evidence=evidence, sliders=_sliders(written.get("sliders"), evidence))


def _sliders(entry: Entry | None, evidence: Evidence) -> tuple[str, ...]:
    """Numbers that have a slider: few, each once, and each with a wording for pupils and a range to move in."""
    found: dict[str, None] = {}
    for one in [] if entry is None else check_list(entry, "a list of names of numbers"):
        name = check_choice(one, evidence.numbers, "list numbers")
        if name is None:
            continue
        number = evidence.numbers[name]
        if name in found or len(found) == MOST_SLIDERS:
            one.refuse(allowed=f"at most {MOST_SLIDERS} numbers, each once")
        elif not number.plain or number.low == number.high:
            one.refuse(allowed="a number with a range, and with a wording for pupils (`plain`) in the seeds")
        else:
            found[name] = None
    return tuple(found)


def _step(values: Mapping[str, Any], entry: Entry, known: Known) -> Step:
    _check_when(entry, values, known)
    bet = values["bet"]
    if (values["kind"] == "bet") != (bet is not None):
        entry.refuse(
            found=f"the kind {quoted(str(values['kind']))}", allowed="'bet' in a step of the kind bet, and in no other"
        )
    return Step(**{**values, "bet": None if bet is None else Bet(**bet)})


def _expectation(values: Mapping[str, Any], entry: Entry, known: Known) -> Expectation:
    _check_when(entry, values, known)
    within, change = values["within"], values["change"]
    low, high = within or change or (0.0, 0.0)
    if values["word"] and not -_FULL <= low <= high <= _FULL:
        entry.refuse(found=f"{low:g} to {high:g}", allowed=f"shares from 0 to {_FULL:g} per cent")
    if values["says"] and ("{high}" in values["says"]) == (low == high):
        entry.value["says"].refuse(allowed="{high} where the interval has two ends, and only there")
    answers = tuple(Answer(**one) for _, one in read_each(values["answers"], ANSWER, known))
    kept: dict[str, Any] = {key: values[key] for key in ("says", "state", "scenario", "quarter", "seed", "numbers")}
    kept |= {key: values[key] or "" for key in ("word", "measure")}
    return Expectation(low=low, high=high, change=change is not None, answers=answers, **kept)


def _check_when(entry: Entry, values: Mapping[str, Any], known: Known) -> None:
    """A quarter lies within what is played."""
    start, end = known.scenario.start, known.scenario.end
    if values["quarter"] is not None and not start <= values["quarter"] <= end:
        allowed = f"a quarter from {quarter_text(start)} to {quarter_text(end)}"
        entry.value["quarter"].refuse(allowed=allowed)
