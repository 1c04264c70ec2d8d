"""What was known by a day: a world that says until when it knows holds no number that rests on a later fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sim.evidence.actors import CODE
from sim.evidence.dates import last_day
from sim.io.errors import Problem, Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sim.evidence.derivations import Derivations
    from sim.evidence.documents import Document, Fact
    from sim.evidence.numbers import Number

MOST_APART = 12
"""So many numbers are told one by one; of more, those of one sort together."""
MOST_SORTS = 60
"""So many sorts, those with most numbers first."""
_FIRST = 3


class Known(Protocol):
    """What is known of a world, as `Evidence` has it."""

    @property
    def world(self) -> str:
        """Its name."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by id."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts by id."""

    @property
    def known(self) -> Mapping[str, str]:
        """Since when each fact is known, as `known_since` says it, by id."""

    @property
    def numbers(self) -> Mapping[str, Number]:
        """The numbers by name."""

    @property
    def derivations(self) -> Derivations:
        """How numbers are computed."""


def known_since(fact: Fact, evidence: Known) -> str:
    """The last day of a fact, or else of its document: `2019-12-31`; empty where neither has a date.

    A fact of which only the year is told counts as known at the end of that year.
    """
    return last_day(fact.date) or last_day(evidence.documents[fact.document].date)


def late_facts(date: str, evidence: Known) -> frozenset[str]:
    """The facts that were not known by a day (`2019-12-31`), and those of which nobody says since when they are."""
    return frozenset(fact for fact, since in evidence.known.items() if not since or since > date)


def later_than(date: str, evidence: Known) -> Mapping[str, tuple[str, ...]]:
    """The numbers that rest on facts later than a day (`2019-12-31`), or without a date, each with those facts."""
    late = late_facts(date, evidence)
    found = {}
    for number in evidence.numbers.values():
        facts = tuple(sorted(late & evidence.derivations.facts_behind(number.name)))
        if facts:
            found[number.name] = facts
    return found


# --- refused ----------------------------------------------------------------------------------------------------------


def refuse_later(evidence: Known, until: str, place: tuple[str, int]) -> None:
    """Raise `InputError` where a number of a world rests on facts later than the world may know.

    place: file and line where the last day is written.
    """
    problems = Problems()
    for problem in told_later(evidence, until, place, "or a row in changes.csv for the number", ()):
        problems.add(problem)
    problems.raise_if_any()


def told_later(
    evidence: Known, until: str, place: tuple[str, int], remedy: str, without: Iterable[str]
) -> Iterator[Problem]:
    """A problem for each number that rests on facts later than a day; where there are many, for each sort of them.

    place: file and line where the day is written; remedy: what else would do, in words; without: numbers that are not
    looked at.
    """
    left_out = frozenset(without)
    later = {name: facts for name, facts in later_than(until, evidence).items() if name not in left_out}
    file, line = place
    allowed = f"facts known by {until}, {remedy}"
    if len(later) <= MOST_APART:
        for name, facts in later.items():
            told = facts_in_words(facts, evidence)
            yield Problem(
                file=file, line=line, key="knows_until", found=f"{name}, which rests on {told}", allowed=allowed
            )
        return
    told_all = f"multivector audit --world {evidence.world} --known-until {until}"
    message = f"{len(later):,} of {len(evidence.numbers):,} numbers rest on later facts; `{told_all}` names them all"
    yield Problem(file=file, line=line, key="knows_until", message=message, allowed=allowed)
    every, groups = _groups(evidence.numbers), _groups(later)
    for sort, names in list(groups.items())[:MOST_SORTS]:
        first = "; ".join(f"{name} rests on {facts_in_words(later[name][:1], evidence)}" for name in names[:_FIRST])
        more = f"; and {len(names) - _FIRST:,} more (`{told_all}`)" if len(names) > _FIRST else ""
        found = f"{len(names):,} of {len(every[sort]):,}: {first}{more}"
        yield Problem(file=file, line=line, key=sort, found=found)
    if len(groups) > MOST_SORTS:
        message = f"and {len(groups) - MOST_SORTS:,} sorts of numbers more: `{told_all}` names them all"
        yield Problem(file=file, line=line, key="knows_until", message=message)


def facts_in_words(facts: Sequence[str], evidence: Known) -> str:
    """The first facts with the day since when each is known, and how many more there are."""
    told = []
    for fact in facts[:_FIRST]:
        known = evidence.facts[fact]
        since = known.date if last_day(known.date) else evidence.documents[known.document].date
        told.append(f"{fact} ({since})" if last_day(since) else f"{fact} (nobody says of what date it is)")
    return ", ".join(told) + (
        f" and {len(facts) - _FIRST} more (`multivector list facts`)" if len(facts) > _FIRST else ""
    )


def _groups(names: Iterable[str]) -> Mapping[str, list[str]]:
    """Names of numbers by sort: with stars in place of whom they are about, those of one file of rules together."""
    groups: dict[str, list[str]] = {}
    for name in names:
        parts = name.split(".")
        starred = ["*" if CODE.match(part) else part for part in parts]
        sort = ".".join(starred) if starred != parts else f"{parts[0]}.*"
        groups.setdefault(sort, []).append(name)
    return dict(sorted(groups.items(), key=lambda one: (-len(one[1]), one[0])))
