"""What is told of contradicting sources: beside a number, beside a fact, and of one conflict whole."""

from __future__ import annotations

import fnmatch
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.evidence.conflicts import Conflict
    from sim.evidence.evidence import Evidence

_WIDTH = 96


def number_lines(evidence: Evidence, name: str) -> Iterator[str]:
    """What other readings of the sources would make of a number, and which conflict was settled for it."""
    number = evidence.numbers[name]
    for conflict in evidence.conflicts.values():
        if name in conflict.moved:
            values = {
                one.name: one.numbers[name].value if name in one.numbers else number.value
                for one in conflict.readings.values()
            }
            told = [f"{reading} {value:g}" for reading, value in values.items() if reading != conflict.default]
            others = f"{conflict.default} (the default) {number.value:g}, {', '.join(told)}"
            yield from _told(f"the switch {conflict.switch} ({conflict.id}): {others}", "  readings ")
        elif any(fnmatch.fnmatchcase(name, pattern) for pattern in conflict.follows):
            yield from _told(f"{conflict.id}, by a written reason: {conflict.question}", "  settled  ")


def fact_lines(evidence: Evidence, fact: str) -> Iterator[str]:
    """The conflicts in which a fact stands, and what was made of each."""
    for conflict in evidence.conflicts.values():
        if fact in conflict.facts:
            yield from _told(f"in conflict ({conflict.id}): {conflict.question}", "      ")
            yield from _told(_made_of_it(conflict), "      ")


def _made_of_it(conflict: Conflict) -> str:
    if conflict.settled:
        return f"settled: {conflict.settled}"
    unless = f"unless a scenario takes another reading of '{conflict.switch}'"
    return f"read as '{conflict.default}' {unless}: {conflict.because}"


def find_conflict(evidence: Evidence, name: str) -> Conflict | None:
    """A conflict by its id or by the name of its switch."""
    return evidence.conflicts.get(name) or evidence.switches.get(name)


def conflict_lines(evidence: Evidence, conflict: Conflict) -> Iterator[str]:
    """One conflict whole: the question, the facts, and the readings with what each makes of numbers."""
    yield f"{conflict.id}, a conflict of sources written in {conflict.file}:{conflict.line}"
    yield from _told(conflict.question)
    yield ""
    for fact in conflict.facts:
        one = evidence.facts[fact]
        figure = "" if one.value is None else f" [{one.value:g} {one.unit}]"
        yield from _told(f"{one.says}{figure}", f"  - {fact}: ")
    yield ""
    if conflict.settled:
        yield from _told(f"Settled: {conflict.settled}")
        if conflict.follows:
            yield from _told(", ".join(conflict.follows), "  numbers that follow it: ")
        return
    yield from _told(f"Left open, with the switch '{conflict.switch}'; the default is '{conflict.default}'.")
    yield from _told(conflict.because)
    for reading in conflict.readings.values():
        yield ""
        yield from _told(reading.says, f"  {reading.name}: ")
        for name, read in reading.numbers.items():
            yield f"      {name} = {read.value:g} {evidence.numbers[name].unit}"
            for said in (read.formula, read.reason, read.beyond and f"beyond its range: {read.beyond}"):
                if said:
                    yield from _told(said, "          ")


def _told(text: str, lead: str = "  ") -> list[str]:
    indent = " " * min(len(lead), 13)
    return textwrap.wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)
