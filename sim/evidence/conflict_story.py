"""What is told of contradicting sources: beside a number, beside a fact, and of one conflict whole."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from sim.evidence.fact_head import fact_head, written
from sim.evidence.story import (
    Branch,
    Kind,
    Line,
    Link,
    Part,
    Piece,
    Role,
    Row,
    Story,
    amount,
    name_of,
    names,
    told,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.evidence.conflicts import Conflict
    from sim.evidence.evidence import Evidence
    from sim.evidence.readings import Reading
    from sim.evidence.teller import Teller


def number_rows(evidence: Evidence, name: str, full: bool) -> Iterator[Row]:
    """What other readings of the sources would make of a number, and which conflict was settled for it.

    full: with the question of what was settled, which else is told where the link leads.
    """
    number = evidence.numbers[name]
    for conflict in evidence.conflicts.values():
        named = name_of(Kind.CONFLICT, conflict.id)
        if name in conflict.moved:
            values = {
                one.name: one.numbers[name].value if name in one.numbers else number.value
                for one in conflict.readings.values()
            }
            others = [f"{reading} {value:g}" for reading, value in values.items() if reading != conflict.default]
            said = f"): {conflict.default} (the default) {number.value:g}, {', '.join(others)}"
            yield Row("readings", (Piece(f"the switch {conflict.switch} ("), named, Piece(said)))
        elif any(fnmatch.fnmatchcase(name, pattern) for pattern in conflict.follows):
            yield Row("settled", (named, Piece(f", by a written reason{f': {conflict.question}' if full else ''}")))


def fact_rows(evidence: Evidence, fact: str, full: bool) -> Iterator[Row]:
    """The conflicts in which a fact stands; in full also what was made of each."""
    for conflict in evidence.conflicts.values():
        if fact in conflict.facts:
            named = name_of(Kind.CONFLICT, conflict.id)
            question = f": {conflict.question}" if full else ""
            yield Row("", (Piece("in conflict (", Role.WARNING), named, Piece(f"){question}")))
            if full:
                yield Row("", words(_made_of_it(conflict)))


def _made_of_it(conflict: Conflict) -> str:
    if conflict.settled:
        return f"settled: {conflict.settled}"
    unless = f"unless a scenario takes another reading of '{conflict.switch}'"
    return f"read as '{conflict.default}' {unless}: {conflict.because}"


def conflict_story(teller: Teller, conflict: Conflict) -> Story:
    """One conflict whole: the question, the facts, and the readings with what each makes of numbers."""
    evidence = teller.evidence
    facts = tuple(
        Branch(fact_head(evidence.facts[fact]), told("", evidence.facts[fact].says)) for fact in conflict.facts
    )
    parts = [Part("what the sources say", (), facts)]
    rows = written(teller, conflict.file, conflict.line)
    if conflict.settled:
        rows = (Row("", words(f"Settled: {conflict.settled}")), *rows)
        if conflict.follows:
            parts.append(Part("numbers that follow it", (Row("", _followers(evidence, conflict)),)))
    else:
        left = f"Left open, with the switch '{conflict.switch}'; the default is '{conflict.default}'."
        rows = (Row("", words(left)), *told("because", conflict.because), *rows)
        readings = conflict.readings.values()
        parts += [_reading(evidence, one, one.name == conflict.default) for one in readings]
    return Story(Link(Kind.CONFLICT, conflict.id), words(conflict.question), rows, tuple(parts))


def _followers(evidence: Evidence, conflict: Conflict) -> Line:
    """The numbers of this world that a settled reading holds for, patterns written out."""
    found = [name for name in evidence.numbers for one in conflict.follows if fnmatch.fnmatchcase(name, one)]
    return names(Kind.NUMBER, dict.fromkeys(found)) if found else words(", ".join(conflict.follows))


def _reading(evidence: Evidence, reading: Reading, usual: bool) -> Part:
    heading = f"by the reading '{reading.name}'{', the default' if usual else ''}"
    branches = []
    for name, read in reading.numbers.items():
        value = Piece(amount(read.value, evidence.numbers[name].unit), Role.VALUE)
        rows = (
            *told("formula", read.formula, Role.CODE),
            *told("reason", read.reason),
            *told("beyond its range", read.beyond),
            *((Row("facts", names(Kind.FACT, read.evidence)),) if read.evidence else ()),
        )
        branches.append(Branch((name_of(Kind.NUMBER, name), Piece(" = "), value), rows))
    return Part(heading, told("", reading.says), tuple(branches))
