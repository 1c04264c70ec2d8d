"""What comes out of the worlds that a lesson makes claims about, to be set beside them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sim.batch.outcomes import OUTCOMES, split_word
from sim.batch.peeking import WORLDS, Peek, peek
from sim.classroom.lesson_forms import Answer, Expectation, Lesson
from sim.model.variables import percent_scale
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import load_scenario

_PERCENT = 100.0


def measured(lesson: Lesson, workers: int | None = None) -> list[float]:
    """What every claim of a lesson is about, in the units of the claim: per cent, points, or the unit of the measure.

    workers: threads, as in `sim.peek`. Worlds that several claims are about are played once.
    """
    played: dict[str, Peek] = {}
    look = partial(_peek, lesson=lesson, played=played, workers=workers)
    found = []
    for claim in lesson.expect:
        value = _value(look(claim, moved=True), claim)
        found.append(value - _value(look(claim, moved=False), claim) if claim.change else value)
    return found


def _peek(claim: Expectation, *, moved: bool, lesson: Lesson, played: dict[str, Peek], workers: int | None) -> Peek:
    """The worlds of a claim, or, where nothing is moved, those it is compared with."""
    numbers = dict(claim.numbers) if moved else {}
    scenario = claim.scenario or lesson.scenario
    answers = [_answer(one, scenario) for one in claim.answers] if moved else []
    wanted: Mapping[str, Any] = {
        "scenario": scenario,
        "seed": claim.seed,
        "numbers": numbers,
        "answers": answers,
    }
    key = repr(wanted)
    if key not in played:
        measures = sorted({one.measure for one in lesson.expect if one.measure})
        played[key] = peek(**wanted, runs=WORLDS, measures=measures, workers=workers)
    return played[key]


def _answer(one: Answer, scenario: str) -> dict[str, Any]:
    """An answer as a file writes it, in every quarter."""
    first = quarter_text(load_scenario(scenario).start)
    return {"at": first, "every": "1 quarter", "answer": {"by": one.by, "to": one.to, "say": one.say}}


def _value(seen: Peek, claim: Expectation) -> float:
    at = len(seen.quarters) - 1 if claim.quarter is None else seen.quarters.index(claim.quarter)
    state = seen.states.index(claim.state)
    if claim.measure:
        return float(seen.courses[claim.measure][at, state, 0]) * percent_scale(claim.measure)
    outcome, power = split_word(claim.word)
    counted = seen.counted[at, state, OUTCOMES.index(outcome)]
    runs = counted[1 + seen.powers.index(power)] if power else counted.sum()
    return float(runs) / seen.runs * _PERCENT
