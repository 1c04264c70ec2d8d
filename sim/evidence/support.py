"""What holds the numbers up: how many documents and countries, known since when, and how much depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.evidence.audit import facts_behind
from sim.evidence.known import known_since, later_than
from sim.evidence.numbers import Basis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.evidence.evidence import Evidence
    from sim.evidence.influence import Influence

__all__ = ["SEVERAL", "Support", "known_since", "later_than", "support", "variance_by_basis"]

SEVERAL = "several"
"""The country of a document that is not one country's voice."""


@dataclass(frozen=True, kw_only=True)
class Support:
    """On how many documents and countries numbers of one basis rest."""

    basis: Basis
    numbers: int
    without: int
    one_document: int
    one_country: int


def support(evidence: Evidence) -> list[Support]:
    """For each basis, how many numbers rest on no fact, on one document alone, on documents of one country alone."""
    rows = []
    for basis in Basis:
        numbers = [number for number in evidence.numbers.values() if number.basis is basis]
        documents = [{evidence.facts[fact].document for fact in facts_behind(number, evidence)} for number in numbers]
        countries = [{evidence.documents[document].country for document in several} for several in documents]
        rows.append(
            Support(
                basis=basis,
                numbers=len(numbers),
                without=sum(not several for several in documents),
                one_document=sum(len(several) == 1 for several in documents),
                one_country=sum(len(several) == 1 and several != {SEVERAL} for several in countries),
            )
        )
    return rows


def variance_by_basis(evidence: Evidence, influence: Mapping[str, Influence]) -> dict[str, dict[Basis, float]]:
    """For each outcome of a sweep, the part of what its numbers explain that rests on numbers of each basis, 0..1.

    Total order indices of the numbers that were studied closely, summed by basis and divided by their sum: what works
    only together is counted with each that takes part, so these are parts of influence, not of variance alone.
    """
    sums: dict[str, dict[Basis, float]] = {}
    for name, one in influence.items():
        number = evidence.numbers.get(name)
        if number is None:
            continue
        for outcome, (total, _, _) in one.totals.items():
            by_basis = sums.setdefault(outcome, dict.fromkeys(Basis, 0.0))
            by_basis[number.basis] += max(total, 0.0)
    whole = {outcome: sum(by_basis.values()) for outcome, by_basis in sums.items()}
    return {
        outcome: {basis: part / whole[outcome] for basis, part in by_basis.items()}
        for outcome, by_basis in sums.items()
        if whole[outcome] > 0.0
    }
