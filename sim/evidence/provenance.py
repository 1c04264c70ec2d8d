"""The story of a number: from its value back to the facts and the documents behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.evidence.code_story import field_story
from sim.evidence.conflict_story import conflict_story
from sim.evidence.evidence import Evidence
from sim.evidence.influence import outcomes_of
from sim.evidence.number_story import number_story
from sim.evidence.source_story import document_story, fact_story, outcome_story, rule_story, system_story
from sim.evidence.story import Kind, Link
from sim.evidence.story_text import PLAIN_WIDTH, story_text
from sim.evidence.teller import Teller
from sim.io.arguments import Arguments
from sim.io.errors import input_error, listed, nearest_to, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.evidence.story import Story


def trace_number(evidence: Evidence, name: str, width: int = PLAIN_WIDTH) -> str:
    """The story of a number, or of anything else that has one (see `Kind`), as text in lines of at most this width.

    Raises `InputError` for a name nobody knows.
    """
    arguments = Arguments("sim.trace_number")
    arguments.made("evidence", evidence, Evidence, "what `sim.load_evidence` gives")
    width = arguments.whole("width", width, 20, 10_000)
    arguments.refuse_if_wrong()
    teller = Teller(evidence)
    return story_text(story_of(teller, find(teller, name)), width)


def known_names(teller: Teller) -> Mapping[Kind, tuple[str, ...]]:
    """The names of everything that has a story, by kind; a name that two kinds share is the first one's."""
    evidence = teller.evidence
    return {
        Kind.NUMBER: tuple(evidence.numbers),
        Kind.SYSTEM: tuple(evidence.systems),
        Kind.FACT: tuple(evidence.facts),
        Kind.DOCUMENT: tuple(evidence.documents),
        Kind.FIELD: tuple(evidence.codebook),
        Kind.CONFLICT: tuple(evidence.conflicts),
        Kind.OUTCOME: outcomes_of(teller.influence),
        Kind.RULE: tuple(teller.rules),
    }


def find(teller: Teller, name: str) -> Link:
    """What a name stands for. Raises `InputError` for a name nobody knows."""
    if not isinstance(name, str):
        raise input_error("trace", "a name is text", found=f"<{type(name).__name__}>")
    known = known_names(teller)
    for kind, names in known.items():
        if name in names:
            return Link(kind, name)
    if name in teller.evidence.switches:
        return Link(Kind.CONFLICT, teller.evidence.switches[name].id)
    outcomes = known[Kind.OUTCOME]
    allowed = "the name of a number or a rule, the id of a system, fact, document, conflict or field of the codebook"
    if outcomes:
        allowed += f", or an outcome ({listed(outcomes)})"
    nearest = nearest_to(name, [name for names in known.values() for name in names])
    raise input_error("trace", "nothing of that name is known", found=quoted(name), allowed=allowed, nearest=nearest)


def story_of(teller: Teller, link: Link) -> Story:
    """The story of what a link leads to."""
    evidence, name = teller.evidence, link.name
    if link.kind is Kind.NUMBER:
        return number_story(teller, evidence.numbers[name])
    if link.kind is Kind.FACT:
        return fact_story(teller, evidence.facts[name])
    if link.kind is Kind.DOCUMENT:
        return document_story(teller, evidence.documents[name])
    if link.kind is Kind.SYSTEM:
        return system_story(teller, evidence.systems[name])
    if link.kind is Kind.RULE:
        return rule_story(teller, teller.rules[name])
    if link.kind is Kind.CONFLICT:
        return conflict_story(teller, evidence.conflicts[name])
    if link.kind is Kind.FIELD:
        return field_story(teller, evidence.codebook[name])
    return outcome_story(teller, name)
