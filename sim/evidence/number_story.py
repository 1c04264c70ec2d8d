"""The story of a number: how it was computed or coded, what went in and on what that rests, and what uses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sim.evidence.agenda import topic_of
from sim.evidence.code_story import code_rows, coded_parts, is_code, level_words
from sim.evidence.computation import computation_of, step_lines
from sim.evidence.conflict_story import number_rows
from sim.evidence.fact_head import place_in, written
from sim.evidence.influence import Influence
from sim.evidence.numbers import Basis, Number
from sim.evidence.rule_claims import rules_taking
from sim.evidence.source_story import fact_branch
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
from sim.evidence.uses import THE_START, place_of_use
from sim.io.text import capital

if TYPE_CHECKING:
    from sim.evidence.computation import Computation, Input
    from sim.evidence.teller import Teller

WORTH_TELLING = 0.05
"""Standard deviations of an outcome; what moves less is not told where very many numbers stand side by side."""

THE_GROUND = "on what it rests"
_BASES = {
    Basis.FIGURE: "figure: computed from what documents state",
    Basis.CODED: "coded: a passage in words, put on a scale of five levels",
    Basis.FITTED: "fitted: found by calibration against the record",
    Basis.ASSUMED: "assumed: no source states its size, so the range is wide; vary it",
}


def number_story(teller: Teller, number: Number) -> Story:
    """Everything told of a number."""
    computation = computation_of(teller.evidence, number.name)
    seen = {number.name}
    parts = [
        *(_computed(teller, number, computation, seen) if computation else ()),
        *coded_parts(teller, number, seen),
        *_support(teller, number, seen),
        *_uses(teller, number),
    ]
    rows = (
        *told("plainly", number.plain),
        Row("value", (Piece(amount(number.value, number.unit), Role.VALUE), *level_words(number))),
        Row("range", _range(number, computation)),
        Row("basis", words(_BASES[number.basis] if teller.unfolds else number.basis.name.lower())),
        *(() if number.formula or is_code(number) else told("reason", number.reason)),
        *told("note", number.note),
        *_changed(teller, number),
        *_fitted(teller, number),
        *_changed(teller, number),
        *number_rows(teller.evidence, number.name, teller.unfolds),
        *written(teller, number.file, number.line),
    )
    return Story(Link(Kind.NUMBER, number.name), words(number.meaning), rows, tuple(parts))


def _changed(teller: Teller, number: Number) -> tuple[Row, ...]:
    """Which world changed it, how, and what it was in the one that is extended."""
    change = teller.evidence.changes.get(number.name)
    if change is None:
        return ()
    before = change.before
    basis = before.basis.name.lower()
    was = f"{amount(before.value, before.unit)} ({basis}, {place_in(teller, before.file)}:{before.line})"
    return told("changed", f"by the world {change.world}, {change.how.value}; before: {was}")


def _range(number: Number, computation: Computation | None) -> Line:
    span = Piece(f"{number.low:g} to {number.high:g}", Role.VALUE)
    if computation is None:
        return (span,)
    if computation.range_follows:
        return (span, Piece(": what the ranges of its inputs allow", Role.QUIET))
    low, high = computation.ends
    if low == high or not any(one.alone for one in computation.inputs):
        return (span, Piece(": as written, no input has a range", Role.QUIET))
    return (
        span,
        Piece(f": as written; all inputs at their ends together would give {low:.3g} to {high:.3g}", Role.QUIET),
    )


def _fitted(teller: Teller, number: Number) -> Iterator[Row]:
    """To what it was fitted, and what the posterior says of it where there is one."""
    about = teller.posterior
    found = None if about is None else about.numbers.get(number.name)
    targets = number.targets or (() if found is None else found.targets)
    if found is not None and about is not None:
        told = f", 90 % of the posterior, middle {found.median:g}; the range before: {number.low:g} to {number.high:g}"
        rows = f" ({about.rows:,} rows, hash {about.sha256[:12]})" if teller.unfolds else ""
        span = Piece(f"{found.low:g} to {found.high:g}", Role.VALUE)
        yield Row("posterior", (span, Piece(told), Piece(rows, Role.QUIET)))
    if targets:
        yield Row("fitted to", words(", ".join(targets)))


# --- computed --------------------------------------------------------------------------------------------------------


def _computed(teller: Teller, number: Number, computation: Computation, seen: set[str]) -> Iterator[Part]:
    lines = step_lines(computation)
    steps = [Row("" if at else "step by step", line, steps=True) for at, line in enumerate(lines)]
    rows = (Row("formula", words(number.formula, Role.CODE)), *steps, *told("reason", number.reason))
    yield Part("how it is computed", rows)
    branches = tuple(_input(teller, number, one, seen) for one in computation.inputs)
    yield Part("what goes in", (), branches)


def _input(teller: Teller, whole: Number, one: Input, seen: set[str]) -> Branch:
    """One input of a formula; where it is computed itself, what goes into it in turn, each once."""
    name = one.link.name
    alone: tuple[Row, ...] = ()
    if one.alone is not None:
        low, high = one.alone
        said = f"its range alone would move {whole.name if teller.unfolds else 'it'} from {low:.3g} to {high:.3g}"
        alone = (Row("", words(said, Role.QUIET)),)
    if one.link.kind is Kind.FACT:
        return fact_branch(teller, name, alone, seen)
    number = teller.evidence.numbers[name]
    head = number_head(number)
    if name in seen or not teller.unfolds:
        if teller.unfolds:
            return Branch((*head, Piece("; told above", Role.QUIET)), alone)
        return Branch(head, (Row("", words(number.meaning)), *alone))
    seen.add(name)
    rows = (Row("", words(number.meaning)), *alone)
    computation = computation_of(teller.evidence, name)
    if computation is None:
        code = code_rows(teller.evidence, number)
        facts = tuple(fact_branch(teller, fact, (), seen) for fact in number.evidence)
        return Branch(head, (*rows, *(code or told("reason", number.reason)), *told("note", number.note)), facts)
    lines = step_lines(computation)
    steps = tuple(Row("" if at else "computed", line, steps=True) for at, line in enumerate(lines))
    formula = Row("formula", words(number.formula, Role.CODE))
    branches = tuple(_input(teller, number, inner, seen) for inner in computation.inputs)
    return Branch(head, (*rows, formula, *steps, *told("reason", number.reason)), branches)


def number_head(number: Number) -> Line:
    """A number in one line: name, value, range, basis."""
    span = f", {number.low:g} to {number.high:g}" if number.low < number.high else ""
    return (
        name_of(Kind.NUMBER, number.name),
        Piece(" = "),
        Piece(amount(number.value, number.unit), Role.VALUE),
        Piece(f"{span}, {number.basis.name.lower()}", Role.WARNING if number.basis is Basis.ASSUMED else Role.QUIET),
    )


# --- what else supports it, and what uses it -------------------------------------------------------------------------


def _support(teller: Teller, number: Number, seen: set[str]) -> Iterator[Part]:
    """Facts that are neither in the formula nor the passage; or that there are none."""
    named = teller.evidence.derivations.inputs_of(number.name)
    others = [fact for fact in number.evidence if fact not in named and fact != number.passage]
    assumed = number.basis is Basis.ASSUMED
    rows = []
    if assumed:
        said = "This number is assumed. No source states it; treat it as a choice, and vary it."
        rows.append(Row("", words(said if teller.unfolds else "No source states it.", Role.WARNING)))
    if not number.evidence:
        rows.append(Row("", words("No facts stand behind it.", Role.WARNING)))
    if not rows and not others:
        return
    heading = "facts that bear on it" if assumed or named or number.passage else THE_GROUND
    if teller.unfolds or heading == THE_GROUND:
        yield Part(heading, tuple(rows), tuple(fact_branch(teller, fact, (), seen) for fact in others))
    else:
        yield Part(heading, (*rows, *((Row("facts", names(Kind.FACT, others)),) if others else ())))
    topic = topic_of(number.name, teller.agenda) if assumed and teller.unfolds else None
    if topic is not None:
        yield Part(
            "what would end the guessing", (Row("", words(f"{topic.measure} ({capital(topic.effort)} of work.)")),)
        )


def _uses(teller: Teller, number: Number) -> Iterator[Part]:
    """Who reads it, and how much depends on it."""
    uses = teller.uses
    rows = []
    computed = uses.computed.get(number.name, ())
    if computed:
        rows.append(Row("formulas", names(Kind.NUMBER, computed)))
    rows += [
        Row(
            "rule",
            (
                name_of(Kind.RULE, rule.name),
                Piece(f" ({place_in(teller, rule.file)}): {rule.question}" if teller.unfolds else ""),
            ),
        )
        for rule in rules_taking(number.name)
    ]
    place = place_of_use(number.name)
    if place and (teller.unfolds or place != THE_START):
        rows.append(Row("read by", words(place)))
    for system in uses.systems.get(number.name, ()):
        said = Piece(f", as a strength of: {teller.evidence.systems[system].name}; at 0 it is switched off")
        rows.append(Row("system", (name_of(Kind.SYSTEM, system), said)))
    influence = influence_line(teller, number)
    if not teller.unfolds:
        found = teller.influence.get(number.name)
        if found is not None and (found.totals or found.size >= WORTH_TELLING):
            rows.append(Row("influence", influence))
        if rows:
            yield Part("what uses it", tuple(rows))
        return
    yield Part("what uses it", tuple(rows) or (Row("", words("nothing", Role.QUIET)),))
    yield Part("how much depends on it", (Row("", influence),))


def influence_line(teller: Teller, number: Number) -> Line:
    """How much outcomes depend on it, by the latest sweep over all numbers."""
    every: Mapping[str, Influence] = teller.influence
    if not every:
        return words("how much they depend on it is not known: no sweep over the numbers of this world is at hand")
    found = every.get(number.name)
    sweep = next(iter(every.values())).experiment
    if found is None:
        return words(f"how much outcomes depend on it is not known: it was not in the sweep {sweep}")
    said = f"{found.rank} of {found.of} in influence by the sweep {sweep}; moved over its whole range it moves "
    then = f" most, by {found.size:.2g} standard deviations"
    if not teller.unfolds:
        said, then = f"{found.rank} of {found.of}; ", f" by {found.size:.2g} standard deviations"
    if (found.low, found.high) != (number.low, number.high):
        then += f" (its range was {found.low:g} to {found.high:g} then)"
    line: list[Piece] = [Piece(said), name_of(Kind.OUTCOME, found.on), Piece(then)]
    totals = sorted(found.totals.items(), key=lambda item: -item[1][0])
    if not totals:
        return (*line, Piece("; too little to be studied closely" if teller.unfolds else ""))
    line.append(Piece("; total order, the part of the variance left when all else is known: "))
    for at, (name, (total, low, high)) in enumerate(totals):
        line += [Piece(", " if at else ""), Piece(f"{total:.2f} ({max(low, 0.0):.2f} to {high:.2f})", Role.VALUE)]
        line += [Piece(" of "), name_of(Kind.OUTCOME, name)]
    return tuple(line)
