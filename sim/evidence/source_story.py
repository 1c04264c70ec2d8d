"""The stories of what numbers rest on: facts, documents, systems, rules; and of the outcomes they move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.evidence.audit import FAR, start_against
from sim.evidence.conflict_story import fact_rows
from sim.evidence.fact_head import fact_head, figure_of, place_in, written
from sim.evidence.formulas import FormulaError, numbers_of, parse_formula, with_names
from sim.evidence.influence import movers, sweep_in_words
from sim.evidence.story import (
    Branch,
    Kind,
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
from sim.evidence.support import SEVERAL

if TYPE_CHECKING:
    from sim.evidence.documents import Document, Fact
    from sim.evidence.rule_claims import RuleClaim
    from sim.evidence.systems import System
    from sim.evidence.teller import Teller

MOST_MOVERS = 10


# --- facts -----------------------------------------------------------------------------------------------------------


def fact_branch(teller: Teller, name: str, more: tuple[Row, ...] = (), seen: set[str] | None = None) -> Branch:
    """A fact in a list: what it says, and where that is from.

    seen: what was told before in the same story, facts and documents; these are told once, and noted here.
    """
    fact = teller.evidence.facts[name]
    seen = set() if seen is None else seen
    head = (*fact_head(fact), Piece(", a fact", Role.QUIET))
    if name in seen:
        return Branch((*head, Piece("; told above", Role.QUIET)), more)
    seen.add(name)
    if teller.unfolds:
        return Branch(head, (Row("", words(fact.says)), *more, *_source_rows(teller, fact, seen)))
    document = name_of(Kind.DOCUMENT, fact.document)
    source = (document, Piece(f", {fact.locator}; confidence {fact.confidence:g}"))
    return Branch(head, (Row("", words(fact.says)), Row("from", source), *more))


def _source_rows(teller: Teller, fact: Fact, seen: set[str]) -> tuple[Row, ...]:
    """What kind of fact it is and where it stands; the document in full where it is not told elsewhere."""
    document = teller.evidence.documents[fact.document]
    when = f", {fact.date}" if fact.date else ""
    again = document.id in seen
    seen.add(document.id)
    name = name_of(Kind.DOCUMENT, document.id)
    kind = Row("", words(f"{fact.kind.value}{when}; confidence {fact.confidence:g}", Role.QUIET))
    if not teller.unfolds:
        which = Piece(f" ({document.kind}; {_reliability(document)})", Role.QUIET)
        return (kind, *told("note", fact.note), Row("from", (name, which, Piece(", "), *words(fact.locator))))
    cited = (
        (name, Piece(" (told above)", Role.QUIET))
        if again
        else (*words(document.citation), Piece(" ("), name, Piece(")"))
    )
    rows = (
        kind,
        *told("note", fact.note),
        Row("from", (*cited, Piece(", "), *words(fact.locator))),
    )
    if again:
        return rows
    return (*rows, Row("", words(_reliability(document), Role.QUIET)), *told("bias", document.bias))


def _reliability(document: Document) -> str:
    country = "" if not document.country else f"; from {document.country}"
    if document.country == SEVERAL:
        country = "; from several countries"
    return f"reliability of the document {document.reliability:g}{country}"


def fact_story(teller: Teller, fact: Fact) -> Story:
    """Everything told of a fact."""
    figure = figure_of(fact)
    rows = (*((Row("figure", figure),) if figure else ()), *_source_rows(teller, fact, set()))
    rows += tuple(fact_rows(teller.evidence, fact.id, teller.unfolds))
    if not fact.use:
        rows += (Row("", words("Kept for the record; nothing may rest on it.", Role.WARNING)),)
    rows += (*told("kept", fact.kept), *written(teller, fact.file, fact.line))
    parts = [*_start(teller, fact), _resting_on(teller, [fact.id])]
    return Story(Link(Kind.FACT, fact.id), words(fact.says), rows, tuple(parts))


def _start(teller: Teller, fact: Fact) -> Iterator[Part]:
    """What the world starts with, where the fact says what that is."""
    if not fact.measures or fact.value is None:
        return
    rows = [Row("measured by", words(fact.measures, Role.CODE))]
    try:
        start = start_against(fact, teller.evidence)
        numbers = numbers_of(with_names(parse_formula(fact.measures), teller.evidence.numbers))
    except FormulaError:
        start, numbers = None, ()  # it speaks of actors whom this world does not have
    if "*" in fact.measures and numbers:
        rows.append(Row("numbers", names(Kind.NUMBER, numbers)))
    if start is not None:
        far = abs(start - fact.value) > FAR * abs(fact.value)
        said = f"the world starts at {amount(start, fact.unit, 4)}, the fact says {amount(fact.value, fact.unit)}"
        rows.append(Row("start", words(said, Role.WARNING if far else Role.WORDS)))
    yield Part("what the world starts with", (*rows, *told("because", fact.differs)))


def _resting_on(teller: Teller, facts: list[str]) -> Part:
    """What rests on facts; through: numbers computed from those numbers in turn."""
    uses = teller.uses
    rows = []
    for label, kind, index in (
        ("formulas", Kind.NUMBER, uses.computed),
        ("codes", Kind.NUMBER, uses.coded),
        ("supports", Kind.NUMBER, uses.supports),
        ("systems", Kind.SYSTEM, uses.systems),
        ("rules", Kind.RULE, uses.rules),
    ):
        found = tuple(dict.fromkeys(name for fact in facts for name in index.get(fact, ())))
        if found:
            rows.append(Row(label, names(kind, found)))
    near = {
        name for fact in facts for index in (uses.computed, uses.coded, uses.supports) for name in index.get(fact, ())
    }
    further = tuple(dict.fromkeys(name for fact in facts for name in uses.through(fact) if name not in near))
    if further and teller.unfolds:
        rows.append(Row("and further", names(Kind.NUMBER, further)))
    return Part("what rests on it", tuple(rows) or (Row("", words("nothing", Role.QUIET)),))


# --- documents -------------------------------------------------------------------------------------------------------


def document_story(teller: Teller, document: Document) -> Story:
    """Everything told of a document."""
    rows = (
        *told("kind", document.kind),
        *told("author", document.author),
        *told("date", document.date),
        *told("language", document.language),
        *told("country", document.country),
        Row("reliability", (Piece(f"{document.reliability:g}", Role.VALUE), Piece(" of 1, a judgement", Role.QUIET))),
        *told("bias", document.bias),
        *told("used for", document.used_for),
        *told("note", document.note),
        *told("address", document.url),
        *told("licence", document.licence),
        *told("written", f"{place_in(teller, document.file)}:{document.line}", Role.QUIET),
    )
    facts = list(teller.uses.facts.get(document.id, ()))
    branches = tuple(_fact_of_document(teller, teller.evidence.facts[fact]) for fact in facts)
    count = f"{len(facts)} {'fact comes' if len(facts) == 1 else 'facts come'} from it"
    return Story(
        Link(Kind.DOCUMENT, document.id),
        words(document.citation),
        rows,
        (Part("its facts", (Row("", words(count)),), branches), _resting_on(teller, facts)),
    )


def _fact_of_document(teller: Teller, fact: Fact) -> Branch:
    head = (*fact_head(fact), Piece(f", {fact.locator}", Role.QUIET))
    return Branch(head, told("", fact.says) if teller.unfolds else ())


# --- systems and rules -----------------------------------------------------------------------------------------------


def system_story(teller: Teller, system: System) -> Story:
    """Everything told of a system."""
    numbers = [teller.evidence.numbers[name] for name in system.strengths]
    strengths = tuple(
        Row(
            "strength",
            (
                name_of(Kind.NUMBER, number.name),
                Piece(f" = {number.value:g} {number.unit}", Role.VALUE),
                Piece(" (0 switches it off)", Role.QUIET),
            ),
        )
        for number in numbers
    )
    rules = [rule if rule in teller.rules else "" for rule in system.rules]
    lines = names(Kind.RULE, [rule for rule in rules if rule], "") if all(rules) else words(", ".join(system.rules))
    rows = (
        *told("name", system.name),
        Row("rules", lines or words("none")),
        *strengths,
        *told("written", f"{place_in(teller, system.file)}:{system.line}", Role.QUIET),
    )
    facts = tuple(fact_branch(teller, fact, ()) for fact in system.evidence)
    return Story(Link(Kind.SYSTEM, system.id), words(system.claim), rows, (Part("on what the claim rests", (), facts),))


def rule_story(teller: Teller, rule: RuleClaim) -> Story:
    """Everything told of a rule."""
    stem = rule.name.partition(".")[0]
    mine = [
        name for name in teller.evidence.numbers if name.startswith(f"{stem}.") and name.split(".")[1] in rule.arguments
    ]
    systems = [system.id for system in teller.evidence.systems.values() if rule.name in system.rules]
    rows = (
        *told("claim", rule.claim),
        *((Row("numbers", names(Kind.NUMBER, mine)),) if mine else ()),
        *((Row("systems", names(Kind.SYSTEM, systems)),) if systems else ()),
        *told("written", f"{place_in(teller, rule.file)}:{rule.line}", Role.QUIET),
    )
    known = [fact for fact in rule.evidence if fact in teller.evidence.facts]
    facts = tuple(fact_branch(teller, fact) for fact in known) if teller.unfolds else ()
    listed = () if facts or not known else (Row("facts", names(Kind.FACT, known)),)
    parts = (Part("on what the claim rests", listed, facts),) if known else ()
    return Story(Link(Kind.RULE, rule.name), words(rule.question), rows, parts)


# --- outcomes --------------------------------------------------------------------------------------------------------


def outcome_story(teller: Teller, outcome: str) -> Story:
    """The numbers that move an outcome most, each of which can be traced further."""
    every = movers(teller.influence, outcome)
    known = [one for one in every if one.number in teller.evidence.numbers]
    first = [one for one in known if one.share is not None][:MOST_MOVERS] or known[:MOST_MOVERS]
    table = []
    for one in first:
        number = teller.evidence.numbers[one.number]
        share = "" if one.share is None else f"{one.share:.{0 if one.share >= 0.1 else 1}%}"
        low, high = (0.0, 0.0) if one.total is None else one.total[1:]
        order = "" if one.total is None else f"{one.total[0]:.2f} ({max(low, 0.0):.2f} to {high:.2f})"
        basis = Piece(number.basis.name.lower(), Role.WARNING if number.basis.name == "ASSUMED" else Role.QUIET)
        table.append(
            (
                (Piece(share, Role.VALUE),),
                (Piece(order),),
                (basis,),
                (name_of(Kind.NUMBER, one.number), Piece(f": {number.meaning}")),
            )
        )
    experiment = next(iter(teller.influence.values())).experiment
    sweep = sweep_in_words(experiment)
    rest = [one for one in known if one not in first and one.share is not None]
    rows = (
        *told("sweep", f"{experiment}: {sweep.get('title', '')}".removesuffix(": ")),
        *told("question", sweep.get("question", "")),
        *told("scenario", sweep.get("scenario", "")),
        *told("note", sweep.get("notes", "")),
    )
    explained = sum(one.share or 0.0 for one in first)
    said = (
        f"The first {len(first)} of {len(every)} numbers; together they have {explained:.0%} of all influence that was "
        "told apart, which is what the shares are of. Total order, with its interval: the part of the variance between "
        "worlds that is left when all else is known."
    )
    parts = [
        Part(
            "what moves it most", (Row("", words(said)),), (), ("share", "total order", "basis", "number"), tuple(table)
        )
    ]
    if rest:
        parts.append(Part("what moves it too", (Row("", names(Kind.NUMBER, [one.number for one in rest])),)))
    return Story(Link(Kind.OUTCOME, outcome), words("an outcome of the model: what decides it?"), rows, tuple(parts))
