"""The research agenda: what to measure so that numbers need not be guessed, and what that would change.

Topics stand in `seeds/agenda.yaml`. What is in no topic and in a field of the codebook is settled as that says. In
which order to measure follows from a sweep over the numbers: what outcomes depend on most comes first.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.evidence.audit import actors_of
from sim.evidence.codebook import CodedField, field_of
from sim.evidence.numbers import Basis
from sim.evidence.worlds import shipped_folder
from sim.io.errors import Entry, Problems, listed, quoted
from sim.io.forms import TEXT, Form, file_schema, group, items, read_file, read_form, schema_of, word

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence
    from sim.evidence.influence import Influence
    from sim.evidence.numbers import Number

FILE = "agenda.yaml"
FIRST = 100
"""So many of the numbers with the largest influence have to be on the agenda, where they are assumed or coded."""
MUCH = 0.02
"""And so have those with a total order index above this on some outcome."""
_OPEN = (Basis.ASSUMED, Basis.CODED)
EFFORTS = ("days", "weeks", "months", "years")
"""How long one person who knows the field would need, roughly."""


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One thing to find out: the numbers that it would settle, how to measure it, and what a finding would decide."""

    id: str
    title: str
    numbers: tuple[str, ...]
    measure: str
    effort: str
    decides: str

    def covers(self, name: str) -> bool:
        """Whether a number is one of those that it would settle."""
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.numbers)


# --- how it is written -----------------------------------------------------------------------------------------------

TOPIC: Form[object] = Form(
    needs={
        "title": TEXT.says("what is to be found out, in a few words"),
        "numbers": items({"type": "string", "pattern": r"\S"}, "a list of patterns")
        .says("the numbers it would settle, as patterns")
        .but(minItems=1),
        "measure": TEXT.says("what exactly to measure, from which source, and who can get at it"),
        "effort": word(EFFORTS).says("how long one person who knows the field would need, roughly"),
        "decides": TEXT.says("what a finding would decide"),
    }
)
AGENDA: Form[object] = Form(needs={"topics": group(schema_of(TOPIC), "topics by id").says("the topics by id")})


def load_agenda(evidence: Evidence, folder: Path | str | None = None) -> Mapping[str, Topic]:
    """The topics by id.

    Raises `InputError` with every mistake of the file: keys, patterns that no number of the world matches or that have
    nothing which is not in a topic before.
    """
    seeds = shipped_folder("seeds") if folder is None else Path(folder).absolute()
    problems = Problems()
    read: dict[str, Topic] = {}
    taken: dict[str, str] = {}  # the first topic that has each number
    for name, entry in (read_file(seeds / FILE, AGENDA, None, problems)["topics"] or {}).items():
        values = read_form(entry, TOPIC, None)
        if values is None:
            continue
        written = values.pop("numbers")
        if "numbers" in entry.value and not written:
            entry.value["numbers"].refuse(allowed="a list of patterns")
        matched = [number for item in written for number in _matched(item, evidence, taken)]
        taken = dict.fromkeys(matched, name) | taken
        read[name] = Topic(id=name, numbers=tuple(item.text or "" for item in written), **values)
    problems.raise_if_any()
    return read


def _matched(item: Entry, evidence: Evidence, taken: Mapping[str, str]) -> list[str]:
    """The numbers that a pattern matches: one at least, which no topic before has."""
    pattern = item.text or ""
    names = [pattern] if pattern in evidence.numbers else fnmatch.filter(evidence.numbers, pattern)
    if not names:
        item.refuse(allowed="a pattern that a number of the world matches")
    elif all(name in taken for name in names):
        topics = sorted({taken[name] for name in names})
        item.refuse(found=f"{quoted(pattern)}, all of which is with {listed(topics)}")
    return names


def agenda_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `agenda.yaml`."""
    said = "What to measure so that numbers need not be guessed, and what a finding would decide."
    return file_schema("The research agenda of multivector", said, schema_of(AGENDA))


# --- what to measure first -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Open:
    """What is open: a topic, or a field of the codebook, with its numbers and what a sweep says of them.

    numbers: those that most depends on first, then those that the sweep did not look at.
    """

    id: str
    title: str
    measure: str
    effort: str
    decides: str
    numbers: tuple[Number, ...]
    influence: Mapping[str, Influence]
    of_the_book: bool = False

    @cached_property
    def takes(self) -> Mapping[str, float]:
        """For each outcome, the most that knowing all of these numbers would take away of its variance, 0..1.

        The sum of their total order indices. What works only together with other numbers is in it, so knowing these
        alone takes away less.
        """
        sums: dict[str, float] = {}
        for one in self.influence.values():
            for outcome, (total, _, _) in one.totals.items():
                sums[outcome] = sums.get(outcome, 0.0) + max(total, 0.0)
        return {outcome: min(total, 1.0) for outcome, total in sums.items()}

    @property
    def weight(self) -> float:
        """What it takes away, summed over the outcomes: by this the agenda is ordered."""
        return sum(self.takes.values())

    @property
    def strongest(self) -> Number | None:
        """The number on which most depends; None where the sweep looked at none."""
        return self.numbers[0] if self.influence else None


def what_is_open(evidence: Evidence, topics: Mapping[str, Topic], influence: Mapping[str, Influence]) -> list[Open]:
    """Topics and fields of the codebook, those first from which outcomes would gain most.

    A topic has every number that it names, whatever that rests on: to measure better narrows figures too. A field of
    the codebook has what is coded or assumed in it and is in no topic. What the sweep did not study closely follows in
    the order of the strongest number.
    """
    members: dict[str, list[Number]] = {}
    for number in evidence.numbers.values():
        topic = topic_of(number.name, topics)
        field = field_to_settle(number, evidence)
        if topic is not None:
            members.setdefault(topic.id, []).append(number)
        elif field is not None:
            members.setdefault(f"code {field.id}", []).append(number)
    found = [_open(topic, members.get(topic.id, ()), influence) for topic in topics.values()]
    for field in evidence.codebook.values():
        told = Topic(id=field.id, title=field.asks, numbers=(), measure=field.settle, effort="", decides="")
        found.append(_open(told, members.get(f"code {field.id}", ()), influence, of_the_book=True))
    found = [one for one in found if one.numbers]
    return sorted(found, key=lambda one: (-one.weight, -max((i.size for i in one.influence.values()), default=-1.0)))


def _open(
    told: Topic, numbers: Sequence[Number], influence: Mapping[str, Influence], *, of_the_book: bool = False
) -> Open:
    known = sorted((n for n in numbers if n.name in influence), key=lambda number: influence[number.name].rank)
    return Open(
        id=told.id,
        title=told.title,
        measure=told.measure,
        effort=told.effort,
        decides=told.decides,
        numbers=(*known, *(number for number in numbers if number.name not in influence)),
        influence={number.name: influence[number.name] for number in known},
        of_the_book=of_the_book,
    )


def topic_of(name: str, topics: Mapping[str, Topic]) -> Topic | None:
    """The first topic that would settle a number; None where there is none."""
    return next((topic for topic in topics.values() if topic.covers(name)), None)


def field_to_settle(number: Number, evidence: Evidence) -> CodedField | None:
    """The field of the codebook whose measurement would settle a number: of a code, or of a guess about an actor.

    A guess about a rule is not among them: fields of rules weigh what documents say, and of it they say nothing.
    """
    judged = number.basis is Basis.CODED or (number.basis is Basis.ASSUMED and actors_of(number.name, evidence))
    return field_of(number.name, evidence.codebook) if judged else None


def uncovered(evidence: Evidence, topics: Mapping[str, Topic], influence: Mapping[str, Influence]) -> list[str]:
    """Assumed and coded numbers on which much depends and which neither a topic nor the codebook would settle."""
    missing = []
    for name, one in influence.items():
        number = evidence.numbers.get(name)
        much = one.rank <= FIRST or any(total > MUCH for total, _, _ in one.totals.values())
        if number is None or number.basis not in _OPEN or not much:
            continue
        if topic_of(name, topics) is None and field_to_settle(number, evidence) is None:
            missing.append(name)
    return missing
