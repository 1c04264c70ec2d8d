"""The audit of the evidence: whether what numbers say of themselves holds.

Formulas that do not compute and codes that are not in the codebook are refused when evidence is read. What is looked at
here needs more than one number at a time: facts that do not name whom a number is about, facts that nothing uses,
coefficients that nothing uses, facts that the world contradicts at its start without saying so, assumed numbers that
are narrower than not knowing allows, cases of the codebook that are coded otherwise. Each fault has its file and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.changed import How
from sim.evidence.changes import CHANGES
from sim.evidence.derivations import held_in
from sim.evidence.evaluation import compute
from sim.evidence.formulas import FormulaError, parse_formula, with_names
from sim.evidence.naming import Naming
from sim.evidence.numbers import LEVELS, Basis, Number
from sim.evidence.units import parse_unit
from sim.evidence.worlds import HOME_WORLD
from sim.io.errors import Problems
from sim.io.readers import read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sim.evidence.documents import Fact
    from sim.evidence.evidence import Evidence

FAR = 0.1  # a start that differs from a fact by more than this part of it has to say why
NARROW = 0.15  # an assumed number spans at least this much of 0..1, or this part of its value either way
NOTHING = 0.05  # this near to an end of 0..1 a number says that there is nothing, or all, and may be narrow
RULES = Path(__file__).resolve().parents[1] / "model" / "rules"
_TINY = 1e-9
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_CLAIM = re.compile(r"Claim:[^\[]*\[([^\]]*)\]")


class Check(Enum):
    """What the audit looks at."""

    NAMED = "numbers whose facts do not name whom they are about"
    UNUSED = "facts that nothing uses and that do not say why they are kept"
    IDLE = "coefficients and codes that no formula uses"
    START = "facts that the world contradicts at its start without saying why"
    FIGURE = "numbers said to be figures in whose computation no figure of a source stands"
    NARROW = "assumed numbers whose range is narrower than not knowing allows"
    BOOK = "cases of the codebook that do not have the level they show, and fields of it that code nothing"
    COUNTRY = "documents that do not say which country they come from"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that does not hold: which check, where, whose, and what is wrong in words."""

    check: Check
    file: str
    line: int
    name: str
    says: str


def audit(evidence: Evidence, used_elsewhere: Collection[str] = ()) -> list[Fault]:
    """Every fault of one world, in the order of the checks, then of the files.

    A world that extends another answers for what it adds. Facts, documents and the codebook are the home world's:
    an invented world leaves most of them idle.
    used_elsewhere: ids of facts on which something else rests than numbers and systems, such as patterns.
    """
    found = [
        *_not_named(evidence),
        *_idle(evidence),
        *_without_figure(evidence),
        *_narrow(evidence),
    ]
    if evidence.world == HOME_WORLD:
        found += [
            *_unused(evidence, used_elsewhere),
            *_contradicted(evidence),
            *_off_the_book(evidence),
            *_without_country(evidence),
        ]
    order = list(Check)
    return sorted(found, key=lambda fault: (order.index(fault.check), fault.file, fault.line, fault.name))


def _own(number: Number, evidence: Evidence) -> bool:
    """Whether a number stands in a file of this world or of the rules, and not in a world that it extends.

    A world that changes another answers for its rows alone: what a pattern keeps, and the numbers of the rules, are
    looked at where they stand first.
    """
    homes = (evidence.world,) if evidence.changes else (evidence.world, "parameters")
    return Path(number.file).parent.name in homes and not _kept(number, evidence)


def _kept(number: Number, evidence: Evidence) -> bool:
    """Whether a number is as it was in another world, by the pattern that keeps it."""
    change = evidence.changes.get(number.name)
    return change is not None and change.how is How.KEPT


def facts_named_in(*folders: Path) -> frozenset[str]:
    """What may be ids of facts in files that rest on facts without being numbers: patterns, levers, scenarios.

    What only a comment says is not counted.
    """
    problems, words = Problems(), set[str]()
    for path in sorted(path for folder in folders for kind in ("*.yaml", CHANGES) for path in folder.rglob(kind)):
        if path.parent.name != "facts":
            words |= set(_ID.findall(_COMMENT.sub("", read_text(path, problems) or "")))
    return frozenset(words)


def facts_behind_rules(folder: Path = RULES) -> frozenset[str]:
    """The ids of the facts that rules give behind their claims: `Claim: ... [one-fact, another-fact]`."""
    problems, words = Problems(), set[str]()
    for path in sorted(folder.glob("*.py")):
        for claim in _CLAIM.findall(read_text(path, problems) or ""):
            words |= set(_ID.findall(claim))
    return frozenset(words)


def _at(check: Check, number: Number, says: str) -> Fault:
    return Fault(check=check, file=number.file, line=number.line, name=number.name, says=says)


def _of(check: Check, fact: Fact, says: str) -> Fault:
    return Fault(check=check, file=fact.file, line=fact.line, name=fact.id, says=says)


# --- whom a number is about ------------------------------------------------------------------------------------------


def actors_of(name: str, evidence: Evidence) -> tuple[str, ...]:
    """The codes of the states and powers that a number is about, from its name."""
    known = {actor.code for actor in (*evidence.states, *evidence.powers)}
    return tuple(part for part in name.split(".") if part in known)


def facts_behind(number: Number, evidence: Evidence) -> frozenset[str]:
    """The facts behind a number: its own, and those of the numbers from which it is computed."""
    return evidence.derivations.facts_behind(number.name)


def _not_named(evidence: Evidence) -> Iterator[Fault]:
    naming, states = Naming(evidence=evidence), {state.code for state in evidence.states}
    for number in evidence.numbers.values():
        if number.basis not in (Basis.FIGURE, Basis.CODED) or not _own(number, evidence):
            continue
        facts = [evidence.facts[fact] for fact in sorted(facts_behind(number, evidence))]
        for code in actors_of(number.name, evidence):
            if any(naming.names(fact, code) for fact in facts):
                continue
            together = code in states and any(naming.names_all_states(fact) for fact in facts)
            if not together:
                yield _at(Check.NAMED, number, f"no fact behind it names {code}")
            elif number.basis is Basis.CODED and not _same_in_all(number, code, evidence):
                says = f"its facts speak of the states together, and yet {code} is coded otherwise than others"
                yield _at(Check.NAMED, number, says)


def _same_in_all(number: Number, code: str, evidence: Evidence) -> bool:
    """Whether every state that rests on the same facts has the same code."""
    before, _, after = number.name.partition(f".{code}.")
    others = (evidence.numbers.get(f"{before}.{state.code}.{after}") for state in evidence.states)
    alike = [one for one in others if one is not None and one.basis is Basis.CODED and one.passage == number.passage]
    return all(abs(one.value - number.value) < _TINY for one in alike)


# --- what nothing uses -----------------------------------------------------------------------------------------------


def _unused(evidence: Evidence, used_elsewhere: Collection[str]) -> Iterator[Fault]:
    used = set(used_elsewhere)
    for number in evidence.numbers.values():
        used |= set(number.evidence)
    for system in evidence.systems.values():
        used |= set(system.evidence)
    for fact in evidence.facts.values():
        if fact.id not in used and fact.use and not fact.kept and not fact.measures:
            yield _of(Check.UNUSED, fact, "no number, system, pattern, conflict or event rests on it")
        elif fact.id in used and fact.kept:
            yield _of(Check.UNUSED, fact, "it is said to be kept though nothing rests on it, and something does")


def _idle(evidence: Evidence) -> Iterator[Fault]:
    """Coefficients and codes without a formula; a world that changes another may leave some of that one's so."""
    used = {name for one in evidence.derivations.found.values() for name in one.numbers}
    for number in evidence.numbers.values():
        left = evidence.changes and (number.name in evidence.changes or not _own(number, evidence))
        if number.name.split(".")[0] in ("coefficients", "codes") and number.name not in used and not left:
            yield _at(Check.IDLE, number, "no formula uses it")


# --- the start against the facts -------------------------------------------------------------------------------------


def start_against(fact: Fact, evidence: Evidence) -> float:
    """What the world starts with where a fact says what that is, in the unit of the fact.

    Raises `FormulaError` for a formula that does not compute.
    """
    tree = with_names(parse_formula(fact.measures), evidence.numbers)
    unit = parse_unit(fact.unit)
    quantity = compute(tree, evidence.facts, evidence.numbers, {})
    if unit is None or quantity.dimension != unit.dimension:
        raise FormulaError(found=f"a formula in another unit than {fact.unit}")
    return float(quantity.amount) / unit.scale


def _contradicted(evidence: Evidence) -> Iterator[Fault]:
    for fact in evidence.facts.values():
        if not fact.measures or fact.value is None:
            if fact.differs:
                yield _of(Check.START, fact, "it says why the world differs, and not from which numbers ('measures')")
            continue
        try:
            start = start_against(fact, evidence)
        except FormulaError as error:
            if not _about_another_world(fact, evidence):
                yield _of(Check.START, fact, f"measures '{fact.measures}': {error.message or error.found}")
            continue
        far = abs(start - fact.value) > FAR * abs(fact.value) + _TINY
        if far and not fact.differs:
            says = f"{fact.measures} starts at {start:.4g} {fact.unit}, the fact says {fact.value:g}: say under "
            yield _of(Check.START, fact, f"{says}'differs' why")
        elif not far and fact.differs:
            yield _of(Check.START, fact, f"it says why the world differs, which starts at {start:.4g} and does not")


def _about_another_world(fact: Fact, evidence: Evidence) -> bool:
    """Whether a fact speaks of actors that this world does not have."""
    known = {name.split(".")[1] for name in evidence.numbers if name.count(".") > 1}
    codes = re.findall(r"\b[A-Z][A-Z0-9]{1,7}\b", fact.measures)
    return any(code not in known for code in codes)


def _without_figure(evidence: Evidence) -> Iterator[Fault]:
    """A formula of coefficients, codes and memberships alone computes, and is as assumed as what it is made of."""
    for number in evidence.numbers.values():
        if number.basis is Basis.FIGURE and _own(number, evidence) and not _has_figure(number.name, evidence, set()):
            yield _at(Check.FIGURE, number, "its formula has no fact with a value, not even through other numbers")


def _has_figure(name: str, evidence: Evidence, seen: set[str]) -> bool:
    seen.add(name)
    one = evidence.derivations.found.get(name)
    if one is None:
        return False
    if any(evidence.facts[fact].value is not None for fact in one.facts if fact not in held_in(one.tree)):
        return True
    return any(_has_figure(inner, evidence, seen) for inner in one.numbers if inner not in seen)


# --- ranges and the codebook -----------------------------------------------------------------------------------------


def _narrow(evidence: Evidence) -> Iterator[Fault]:
    for number in evidence.numbers.values():
        if number.basis is not Basis.ASSUMED or number.name in evidence.derivations.found or _kept(number, evidence):
            continue
        part = 2.0 * NARROW * abs(number.value)
        if number.unit == "0..1" or number.unit.startswith("share"):
            part = 0.0 if min(number.value, 1.0 - number.value) <= NOTHING else min(part, NARROW)
        if number.high - number.low < part - _TINY:
            yield _at(Check.NARROW, number, f"assumed, and only from {number.low:g} to {number.high:g}")


def _off_the_book(evidence: Evidence) -> Iterator[Fault]:
    coded = [number for number in evidence.numbers.values() if number.basis is Basis.CODED]
    for one in evidence.codebook.values():
        wrong = [] if any(one.covers(number.name) for number in coded) else ["no number is coded by this field"]
        for anchor in one.anchors:
            number = evidence.numbers.get(anchor.number)
            if anchor.passage not in evidence.facts:
                wrong.append(f"its case {anchor.number} names the unknown fact {anchor.passage}")
            elif number is None or not one.covers(number.name):
                wrong.append(f"its case {anchor.number} is no number of this field")
            elif abs(abs(number.value) - LEVELS[anchor.level]) > _TINY:
                wrong.append(f"its case {anchor.number} is said to be {anchor.level} and is {number.value:g}")
        for says in wrong:
            yield Fault(check=Check.BOOK, file=one.file, line=one.line, name=one.id, says=says)


def _without_country(evidence: Evidence) -> Iterator[Fault]:
    for document in evidence.documents.values():
        if not document.country:
            says = "say under 'country' whose voice it is, or 'several'"
            yield Fault(check=Check.COUNTRY, file=document.file, line=document.line, name=document.id, says=says)
