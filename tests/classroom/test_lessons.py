"""Lessons say nothing that the worlds do not say, and a mistake in one is told with its place."""

from dataclasses import replace
from pathlib import Path

import pytest

from sim.batch.outcomes import OUTCOMES
from sim.classroom.expected import measured
from sim.classroom.glossary import WORDS, glossary
from sim.classroom.lessons import list_lessons, load_lesson
from sim.evidence.evidence import load_evidence
from sim.evidence.number_keys import MOST_WORDS
from sim.evidence.numbers import Basis
from sim.evidence.provenance import trace_number
from sim.io.errors import InputError

LESSONS = {name: load_lesson(name) for name in list_lessons()}
FIRST = Path("lessons/01-who-is-there.yaml")


def test_there_are_five_in_order() -> None:
    assert [lesson.number for lesson in LESSONS.values()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", LESSONS)
def test_what_a_teacher_is_told_to_expect_comes_out(name: str) -> None:
    lesson = LESSONS[name]
    wrong = [
        f"{claim.told} It is {value:.1f}."
        for claim, value in zip(lesson.expect, measured(lesson), strict=True)
        if not claim.low <= value <= claim.high
    ]
    assert not wrong


def test_a_wrong_claim_is_found() -> None:
    lesson = LESSONS["01-who-is-there"]
    claim = replace(lesson.expect[0], low=95.0, high=100.0)
    (value,) = measured(replace(lesson, expect=(claim,)))
    assert not claim.low <= value <= claim.high


@pytest.mark.parametrize("name", LESSONS)
def test_every_slider_that_is_shown_is_moved_or_claimed_about(name: str) -> None:
    lesson = LESSONS[name]
    moved = {number for one in (*lesson.steps, *lesson.expect) for number in one.numbers}
    assert moved == set(lesson.sliders)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_bets_before_it_looks_and_talks_at_the_end(name: str) -> None:
    kinds = [step.kind for step in LESSONS[name].steps]
    assert "bet" in kinds
    assert "discuss" in kinds[-3:]
    assert all(step.note for step in LESSONS[name].steps)


def test_what_lessons_say_of_the_evidence_is_so() -> None:
    """About seven in ten numbers are assumed, and about half rest on the founding documents alone."""
    numbers = load_evidence().numbers.values()
    assumed = sum(number.basis is Basis.ASSUMED for number in numbers) / len(numbers)
    assert 0.65 < assumed < 0.75


def test_a_lesson_is_found_by_number_name_and_path() -> None:
    assert load_lesson(1) == load_lesson("01") == load_lesson("01-who-is-there") == load_lesson(FIRST)


def refused(text: str, folder: Path, name: str = "06-own.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_lesson(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("kind: look", "kind: watch", "steps[3].kind: found 'watch'; allowed: say, bet, do, look, discuss"),
        ("minutes: 45", "minutes: 44", "minutes: found '44'; allowed: the sum of the steps, which is 45"),
        ("scenario: baseline", "scenario: base-line", "Did you mean 'baseline'?"),
        ("[measures.multi_vector_partners]", "[measures.multi_vector_partner]", "Did you mean"),
        ("[measures.multi_vector_partners]", "[states.KAZ.gdp]", "with a wording for pupils"),
        ("measures.multi_vector_partners: 3.0", "measures.multi_vector_partners: 4.0", "allowed: a number from 2 to 3"),
        ("measures.multi_vector_partners: 3.0", "measures.leaning_share: 0.4", "allowed: a slider"),
        ("word: leaning-CHN", "word: leaning-CHA", "expect[1].word: found 'leaning-CHA'"),
        ("within: [60, 76]", "within: [76, 60]", "two numbers: the lowest and the highest"),
        ("in {low} to {high} of a hundred worlds.", "in {low} to {heigh} of a hundred worlds.", "{low} and {high}"),
        ("in {low} to {high} of a hundred worlds.", "in {low:d} to {high} of a hundred worlds.", "{low} and {high}"),
        ("in {low} to {high} of a hundred worlds.", "in {low!r} to {high:>9} of a hundred worlds.", "{low} and {high}"),
        ("quarter: 2028-Q4", "quarter: 2045-Q4", "allowed: a quarter from 2026-Q1 to 2035-Q4"),
        ("bet: {state: TKM, word: multi-vector}", "play: TKM", "'bet' in a step of the kind bet"),
        ("words: [multi-vector,", "words: [multivector,", "Did you mean 'multi-vector'?"),
    ],
)
def test_a_mistake_is_told_with_its_place(before: str, after: str, told: str, tmp_path: Path) -> None:
    text = FIRST.read_text(encoding="utf-8")
    assert before in text
    said = refused(text.replace(before, after, 1), tmp_path)
    assert told in said
    assert "06-own.yaml:" in said


def test_a_lesson_with_a_misspelt_key_is_still_read_as_one(tmp_path: Path) -> None:
    said = refused(FIRST.read_text(encoding="utf-8").replace("steps:", "stepps:"), tmp_path)
    assert "Did you mean 'steps'?" in said
    assert "'steps' is missing" in said


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    said = refused(FIRST.read_text(encoding="utf-8").replace("title: ", 'title: "', 1), tmp_path)
    assert "06-own.yaml:" in said
    assert "not valid YAML" in said
    with pytest.raises(InputError, match="cannot be read"):
        load_lesson(tmp_path / "07-none.yaml")


def test_a_lesson_is_called_by_its_number(tmp_path: Path) -> None:
    assert "two digits" in refused(FIRST.read_text(encoding="utf-8"), tmp_path, "own.yaml")


@pytest.mark.parametrize("what", [0, 6, True, "", "who", "../lessons/01-who-is-there", "scenarios/baseline.yaml"])
def test_what_is_no_lesson_is_said_to_be_none(what: object) -> None:
    with pytest.raises(InputError, match="no such lesson"):
        load_lesson(what)  # type: ignore[arg-type]


def test_a_number_of_any_size_is_told() -> None:
    with pytest.raises(InputError, match="no such lesson"):
        load_lesson(10**5000)


def test_every_outcome_word_is_explained_in_the_words_of_the_model() -> None:
    says = dict(glossary())
    assert set(says) == set(WORDS)
    for outcome in OUTCOMES:
        assert outcome.value in says[outcome.word]


def test_numbers_have_words_for_a_class() -> None:
    numbers = load_evidence().numbers
    assert all(len(number.plain.split()) <= MOST_WORDS for number in numbers.values())
    assert numbers["minds.side_switch"].plain == "How readily do states take sides?"
    assert numbers["rivalry.RUS.USA.security"].plain == "Arms rivalry: Russia and United States"
    assert "plainly   How readily do states take sides?" in trace_number(load_evidence(), "minds.side_switch")
