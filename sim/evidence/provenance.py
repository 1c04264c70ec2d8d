"""The story of a number: from its value back to the facts and the documents behind it."""

import csv
import functools
import io
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.evidence.conflict_stories import conflict_lines, fact_lines, find_conflict, number_lines
from sim.evidence.documents import Document, Fact
from sim.evidence.evidence import Evidence
from sim.evidence.numbers import Basis, Number
from sim.evidence.systems import System
from sim.evidence.worlds import HOME_WORLD, shipped_folder
from sim.io.errors import input_error, nearest_to, quoted

INFLUENCE = "influence.csv"  # left in the folder of an experiment by a sweep over the numbers of the model
_WIDTH = 96
_TOTAL, _LOW, _HIGH = " total", " total_low", " total_high"


@dataclass(frozen=True, kw_only=True)
class Influence:
    """How much the outcomes of a sweep depend on one number.

    `size` is the largest mean elementary effect over all outcomes, in standard deviations of the outcome `on`; `totals`
    are total order indices by outcome with the ends of their intervals, for what was studied closely.
    """

    experiment: str
    rank: int
    of: int
    size: float
    on: str
    low: float
    high: float
    totals: Mapping[str, tuple[float, float, float]]


def read_influence(folder: Path | str | None = None) -> Mapping[str, Influence]:
    """Influence by number, from the latest experiment that tells it; empty where none does."""
    place = shipped_folder("experiments") if folder is None else Path(folder)
    files = sorted(place.glob(f"*/{INFLUENCE}"))
    return _influence_in(files[-1], files[-1].stat().st_mtime_ns) if files else {}


@functools.lru_cache(maxsize=4)
def _influence_in(path: Path, _stamp: int) -> Mapping[str, Influence]:
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    found = {}
    for row in rows:
        outcomes = [name.removesuffix(_TOTAL) for name in row if name.endswith(_TOTAL)]
        totals = {
            outcome: (float(row[outcome + _TOTAL]), float(row[outcome + _LOW]), float(row[outcome + _HIGH]))
            for outcome in outcomes
            if row[outcome + _TOTAL]
        }
        found[row["number"]] = Influence(
            experiment=path.parent.name,
            rank=int(row["rank"]),
            of=len(rows),
            size=float(row["influence"]),
            on=row["on"],
            low=float(row["low"]),
            high=float(row["high"]),
            totals=totals,
        )
    return found


def trace_number(evidence: Evidence, name: str) -> str:
    """The story of a number, fact, document, system or conflict. Raises `InputError` for a name nobody knows."""
    if name in evidence.numbers:
        return "\n".join(_number_story(evidence, evidence.numbers[name]))
    if name in evidence.systems:
        return "\n".join(_system_story(evidence, evidence.systems[name]))
    if name in evidence.facts:
        return "\n".join(_fact_page(evidence, evidence.facts[name]))
    if name in evidence.documents:
        return "\n".join(_document_page(evidence, evidence.documents[name]))
    conflict = find_conflict(evidence, name)
    if conflict is not None:
        return "\n".join(conflict_lines(evidence, conflict))
    known = [*evidence.numbers, *evidence.systems, *evidence.facts, *evidence.documents, *evidence.conflicts]
    allowed = "the name of a number, or the id of a system, a fact, a document or a conflict"
    nearest = nearest_to(name, known)
    raise input_error("trace", "nothing of that name is known", found=quoted(name), allowed=allowed, nearest=nearest)


def _number_story(evidence: Evidence, number: Number) -> Iterator[str]:
    yield number.name
    yield from _paragraph(number.meaning)
    yield f"  value    {number.value:g} {number.unit}"
    yield f"  range    {number.low:g} to {number.high:g}"
    yield f"  basis    {number.basis.name.lower()}: {number.basis.value}"
    if number.formula:
        yield from _paragraph(number.formula, "  formula  ")
    if number.reason:
        yield from _paragraph(number.reason, "  reason   ")
    if number.note:
        yield from _paragraph(number.note, "  note     ")
    yield from number_lines(evidence, number.name)
    yield f"  written  {number.file}:{number.line}"
    yield from _paragraph(_users(evidence, number), "  used by  ")
    yield from _paragraph(_influence_story(evidence, number), "  outcomes ")
    yield ""
    if number.basis is Basis.ASSUMED:
        yield from _paragraph("This number is assumed. No source states it; treat it as a choice, and vary it.")
    if not number.evidence:
        yield "  No facts stand behind it."
    for fact in number.evidence:
        yield from _fact_story(evidence, evidence.facts[fact])


def _influence_story(evidence: Evidence, number: Number) -> str:
    """How much outcomes depend on it, by the latest sweep over all numbers."""
    every = read_influence() if evidence.world == HOME_WORLD else {}
    if not every:
        return "how much they depend on it is not known: no sweep over the numbers of this world is at hand"
    found = every.get(number.name)
    sweep = next(iter(every.values())).experiment
    if found is None:
        return f"how much they depend on it is not known: it was not in the sweep {sweep}"
    told = f"{found.rank} of {found.of} in influence by the sweep {sweep}; moved over its whole range it moves"
    told += f" '{found.on}' most, by {found.size:.2g} standard deviations"
    if (found.low, found.high) != (number.low, number.high):
        told += f" (its range was {found.low:g} to {found.high:g} then)"
    totals = sorted(found.totals.items(), key=lambda item: -item[1][0])
    if not totals:
        return f"{told}; too little to be studied closely"
    parts = [f"{total:.2f} ({max(low, 0.0):.2f} to {high:.2f}) of '{name}'" for name, (total, low, high) in totals]
    return f"{told}; total order, the part of the variance left when all else is known: {', '.join(parts)}"


def _users(evidence: Evidence, number: Number) -> str:
    stem = number.name.split(".", 1)[0]
    starting = {"states", "powers", "ties", "rivalry", "neighbours", "corridors", "pipelines"}
    place = "the starting conditions of the world" if stem in starting else f"the rules in sim/model/rules/{stem}.py"
    if stem == "measures":
        place = "the outcome words in sim/batch/outcomes.py"
    elif stem in {"coefficients", "codes"}:
        computed = [name for name, one in evidence.derivations.found.items() if number.name in one.numbers]
        place = f"the formulas of {', '.join(computed) or 'nothing'}"
    systems = [system.name for system in evidence.systems.values() if number.name in system.strengths]
    return f"{place}; as a strength of: {', '.join(systems)}" if systems else place


def _fact_story(evidence: Evidence, fact: Fact) -> Iterator[str]:
    document = evidence.documents[fact.document]
    figure = "" if fact.value is None else f" [{fact.value:g} {fact.unit}]"
    when = f", {fact.date}" if fact.date else ""
    yield from _paragraph(f"{fact.says}{figure}", f"  - {fact.id}: ")
    yield f"      {fact.kind.value}{when}; confidence {fact.confidence:g}"
    if fact.note:
        yield from _paragraph(fact.note, "      note: ")
    yield from _paragraph(f"{document.citation} ({document.id}), {fact.locator}", "      from: ")
    yield f"      reliability of the document {document.reliability:g}"
    yield from _paragraph(document.bias, "      bias: ")


def _fact_page(evidence: Evidence, fact: Fact) -> Iterator[str]:
    yield f"{fact.id}, a fact written in {fact.file}:{fact.line}"
    yield from _fact_story(evidence, fact)
    yield from fact_lines(evidence, fact.id)
    if not fact.use:
        yield "  Kept for the record; nothing may rest on it."
    yield ""
    yield from _resting_on(evidence, {fact.id})


def _document_page(evidence: Evidence, document: Document) -> Iterator[str]:
    yield f"{document.id}, a document listed in {document.file}:{document.line}"
    yield from _paragraph(document.citation)
    yield f"  kind         {document.kind}"
    for label, text in (("language", document.language), ("date", document.date)):
        if text:
            yield f"  {label:<12} {text}"
    yield f"  reliability  {document.reliability:g}"
    yield from _paragraph(document.bias, "  bias         ")
    if document.used_for:
        yield from _paragraph(document.used_for, "  used for     ")
    facts = [fact for fact in evidence.facts.values() if fact.document == document.id]
    yield ""
    yield f"  {len(facts)} facts come from it:"
    for fact in facts:
        yield from _paragraph(fact.says, f"  - {fact.id}: ")
    yield ""
    yield from _resting_on(evidence, {fact.id for fact in facts})


def _system_story(evidence: Evidence, system: System) -> Iterator[str]:
    yield f"{system.id}: {system.name}, a system listed in {system.file}:{system.line}"
    yield from _paragraph(system.claim)
    yield from _paragraph(", ".join(system.rules) or "none", "  rules      ")
    for strength in system.strengths:
        number = evidence.numbers[strength]
        yield f"  strength   {strength} = {number.value:g} {number.unit} (0 switches it off)"
    yield ""
    for fact in system.evidence:
        yield from _fact_story(evidence, evidence.facts[fact])


def _resting_on(evidence: Evidence, facts: set[str]) -> Iterator[str]:
    numbers = [number.name for number in evidence.numbers.values() if not facts.isdisjoint(number.evidence)]
    systems = [system.id for system in evidence.systems.values() if not facts.isdisjoint(system.evidence)]
    yield from _paragraph(", ".join(numbers) or "none", "  numbers that rest on it: ")
    yield from _paragraph(", ".join(systems) or "none", "  systems that rest on it: ")


def _paragraph(text: str, lead: str = "  ") -> list[str]:
    """Text broken into lines, the later ones indented as deep as the lead, within reason."""
    indent = " " * min(len(lead), 13)
    return textwrap.wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)
