"""Worlds of one's own, begun from one that is there: a power more, a state more, the same again, or a copy to change.

Whatever a new actor needs is taken from another that is like it, as a number of basis `assumed` with its range and a
reason that says so: a world that can be played at once, in which every number is there to be replaced.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import yaml

from sim.evidence.actors import CODE, CODE_WORDS, CORRIDORS, PIPELINES, POWERS, SORTS, STATES, Sort
from sim.evidence.changes import CHANGE, CHANGES
from sim.evidence.numbers import OFFER_KINDS
from sim.evidence.relations import CORRIDOR_TIES, NEIGHBOURS, PIPELINE_TIES, RELATIONS, RIVALRIES, TIES, Relation
from sim.evidence.worlds import ACTORS
from sim.io.errors import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sim.evidence.actors import Actor, Corridor
    from sim.evidence.evidence import Evidence
    from sim.evidence.numbers import Number
    from sim.io.errors import Problems

_DIGITS = 12
_EVERYONE = tuple(sort.key for sort in SORTS)
_SOLD_ONCE = {"energy": 0.1, "union": 0.2}
"""Parts of a whole that is given away already: nought for who comes later, up to so much."""
_PART = "0..1"
_IN_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Who is new: its code, what it is called, and of whom its numbers are taken to begin with."""

    code: str
    name: str
    like: Actor


def world_with_power(evidence: Evidence, new: Newcomer) -> dict[str, str]:
    """The files of a world that extends this one by a power, by their names."""
    like, others = new.like.code, [power.code for power in evidence.powers if power.code != new.like.code]
    rows: dict[Relation, list[_Row]] = {
        TIES: [_tie(evidence, state.code, new, field) for state, field in product(evidence.states, TIES.fields)],
        RIVALRIES: [
            _as_like(evidence, new, ("rivalry", *sorted((other, like)), field), (other, new.code, field))
            for other, field in product(others, RIVALRIES.fields)
        ],
    }
    for field in RIVALRIES.fields:
        reason = f"nothing is known of {new.like.name} and {new.name}: neither rivals nor partners to begin with"
        rows[RIVALRIES].append(_Row(who=(like, new.code, field), value=0.0, low=-0.3, high=0.3, reason=reason))
    for relation in (CORRIDOR_TIES, PIPELINE_TIES):
        rows[relation] = _ways(evidence, relation, new, skipped=("reach",))
    top = {"extends": evidence.world, POWERS.key: {new.code: _actor(evidence, POWERS, new)}}
    return _files(_head(evidence, new, "power"), top, rows)


def world_with_state(evidence: Evidence, new: Newcomer) -> dict[str, str]:
    """The files of a world that extends this one by a state, by their names."""
    like, others = new.like.code, [state.code for state in evidence.states if state.code != new.like.code]
    rows: dict[Relation, list[_Row]] = {
        TIES: [
            _as_like(evidence, new, ("ties", like, power.code, field), (new.code, power.code, field))
            for power, field in product(evidence.powers, TIES.fields)
        ],
        NEIGHBOURS: [
            _as_like(evidence, new, ("neighbours", *sorted((other, like)), field), (other, new.code, field))
            for other, field in product(others, NEIGHBOURS.fields)
        ],
    }
    for field in NEIGHBOURS.fields:
        reason = f"nothing is known of {new.like.name} and {new.name}: anything may be, and little to begin with"
        rows[NEIGHBOURS].append(
            _Row(who=(like, new.code, field), value=0.1, low=0.0, high=0.6, reason=reason, unit=_PART)
        )
    for relation in (CORRIDOR_TIES, PIPELINE_TIES):
        rows[relation] = _ways(evidence, relation, new)
    count = len(evidence.states) + 1
    region = {
        "name": f"{evidence.region} and {new.name}",
        "five": f"the {_IN_WORDS[count] if count < len(_IN_WORDS) else count}",
    }
    top = {"extends": evidence.world, "region": region, STATES.key: {new.code: _actor(evidence, STATES, new)}}
    return _files(_head(evidence, new, "state"), top, rows)


def world_over(evidence: Evidence) -> dict[str, str]:
    """The files of a world that is this one to begin with, and changes what stands in its table of changes."""
    number = evidence.numbers[f"{STATES.key}.{evidence.states[0].code}.gdp"]
    reason = f"as in {evidence.world} to begin with; replace it, and add a row for every number that differs"
    row = _taken(number, (number.name,), reason)
    head = [
        f"The world {evidence.world}, to be changed: {CHANGES} has a row for every number that is another here.",
        "Its first row changes nothing and shows how one is written; 'multivector new' adds powers and states.",
    ]
    return _files(head, {"extends": evidence.world}, {}) | {CHANGES: _table(list(CHANGE.keys), [row], ["number"])}


def world_apart(evidence: Evidence) -> dict[str, str]:
    """The files of a world that stands by itself, with the numbers of this one, to be changed one by one."""
    told = f"taken from the world {evidence.world} to begin with; to be replaced"
    top: dict[str, Any] = {"region": {"name": evidence.region, "five": evidence.together}}
    for sort in (STATES, POWERS, CORRIDORS, PIPELINES):
        several: Sequence[Actor | Corridor] = getattr(evidence, sort.key)
        if several:
            top[sort.key] = {
                one.code: _called(one) | _numbers(evidence, sort, one.code, lambda _: told) for one in several
            }
    rows: dict[Relation, list[_Row]] = {}
    for relation in RELATIONS:
        names = [name for name in evidence.numbers if _is_row(name, relation)]
        if names or not relation.optional:
            rows[relation] = [_taken(evidence.numbers[name], tuple(name.split(".")[1:]), told) for name in names]
    head = [
        f"A world that stands by itself, begun as a copy of {evidence.world}: its actors, ways and numbers are there",
        "to be replaced. Codes stand in the tables beside this file too: change them in all of them.",
    ]
    return _files(head, top, rows)


def changes_rules(evidence: Evidence) -> bool:
    """Whether the world, or one that it extends, changes numbers that are nobody's in it, but those of the rules."""
    own = {*_EVERYONE, *(relation.name for relation in RELATIONS)}
    return any(name.partition(".")[0] not in own for name in evidence.changes)


def check_new_code(code: str, evidence: Evidence, option: str, problems: Problems) -> None:
    """A newcomer has a code of its own: two to eight capital letters or digits."""
    entry = Entry(code, problems, option, 0, 0, "", code)
    taken = [one.code for key in _EVERYONE for one in getattr(evidence, key)]
    if not CODE.match(code):
        entry.refuse(allowed=CODE_WORDS, nearest=code.upper() if CODE.match(code.upper()) else None)
    elif code in taken:
        entry.refuse(message=f"the world {evidence.world} has this code already", allowed="a code of its own")


# --- numbers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One number of a table: whose it is and which, and what it is taken to be."""

    who: tuple[str, ...]
    value: float
    low: float
    high: float
    reason: str
    unit: str = ""

    @property
    def cells(self) -> dict[str, str]:
        """The cells that every table of numbers has."""
        amounts = {key: _plain(getattr(self, key)) for key in ("value", "low", "high")}
        return {**amounts, "unit": self.unit, "basis": "assumed", "reason": self.reason}


def _plain(value: float) -> str:
    return f"{value:.{_DIGITS}g}"


def _taken(number: Number, who: tuple[str, ...], reason: str) -> _Row:
    return _Row(who=who, value=number.value, low=number.low, high=number.high, reason=reason, unit=number.unit)


def _as_like(evidence: Evidence, new: Newcomer, name: tuple[str, ...], who: tuple[str, ...]) -> _Row:
    number = evidence.numbers[".".join(name)]
    return _taken(number, who, _reason(new, number))


def _reason(new: Newcomer, number: Number) -> str:
    return f"taken from {new.like.name} ({number.name}) to begin with; to be replaced by what is known of {new.name}"


def _tie(evidence: Evidence, state: str, new: Newcomer, field: str) -> _Row:
    """A tie with a new power; what can be given once only is nought, since it is given already."""
    row = _as_like(evidence, new, ("ties", state, new.like.code, field), (state, new.code, field))
    if field not in _SOLD_ONCE:
        return row
    reason = f"a part of one whole that is shared out already: none to {new.name} to begin with; to be replaced"
    return _Row(who=row.who, value=0.0, low=0.0, high=_SOLD_ONCE[field], reason=reason, unit=row.unit)


def _is_row(name: str, relation: Relation) -> bool:
    """Whether a number stands in a table: corridors have numbers in `actors.yaml` too."""
    stem, *rest = name.split(".")
    return stem == relation.name and len(rest) == len(relation.parties) + 1


def _ways(evidence: Evidence, relation: Relation, new: Newcomer, skipped: Sequence[str] = ()) -> list[_Row]:
    """What the one that is like it has on corridors or pipelines."""
    found = []
    for name, number in evidence.numbers.items():
        if _is_row(name, relation):
            _, way, actor, field = name.split(".")
            if actor == new.like.code and field not in skipped:
                found.append(_taken(number, (way, new.code, field), _reason(new, number)))
    return found


# --- actors ----------------------------------------------------------------------------------------------------------


def _called(one: Actor | Corridor) -> dict[str, Any]:
    """What someone is called, as a file says it."""
    keys = ("name", "spoken", "adjective", "capital")
    return {
        key: getattr(one, key) for key in keys if getattr(one, key, "") and (key != "spoken" or one.spoken != one.name)
    }


def _actor(evidence: Evidence, sort: Sort, new: Newcomer) -> dict[str, Any]:
    """A new actor with the numbers of the one that is like it."""
    called = {"name": new.name, "adjective": new.name, "capital": f"the capital of {new.name}"}
    numbers = _numbers(evidence, sort, new.like.code, lambda number: _reason(new, number))
    for words in (new.like.adjective, new.like.spoken, new.like.name):
        numbers = _renamed(numbers, words, new.name)
    return called | numbers


def _renamed(group: Any, words: str, name: str) -> Any:
    """The same numbers with other words for whom they are about in their meanings."""
    if not isinstance(group, dict):
        return group
    return {
        key: re.sub(rf"\b{re.escape(words)}\b", lambda _: name, value)
        if key == "meaning"
        else _renamed(value, words, name)
        for key, value in group.items()
    }


def _numbers(evidence: Evidence, sort: Sort, code: str, reason: Callable[[Number], str]) -> dict[str, Any]:
    """The numbers of one of a sort, as a file says them; nothing for a sort that has none."""
    numbers: dict[str, Any] = {}
    for name in sort.spans:
        stem = f"{sort.key}.{code}.{name}"
        if name in sort.by_kind:
            several = {kind: evidence.numbers[f"{stem}.{kind}"] for kind in OFFER_KINDS}
            numbers[name] = {kind: _number(one, reason(one)) for kind, one in several.items()}
        else:
            numbers[name] = _number(evidence.numbers[stem], reason(evidence.numbers[stem]))
    return {"numbers": numbers} if numbers else {}


def _number(number: Number, reason: str) -> dict[str, Any]:
    amounts = {key: float(_plain(getattr(number, key))) for key in ("value", "low", "high")}
    said = {"meaning": number.meaning, "unit": number.unit, **amounts}
    return {**said, "basis": "assumed", "evidence": [], "reason": reason}


# --- files -----------------------------------------------------------------------------------------------------------


def _head(evidence: Evidence, new: Newcomer, what: str) -> list[str]:
    return [
        f"The world {evidence.world} and one {what} more: {new.name}, with numbers of {new.like.name} to begin with.",
        "",
        "Every number here and in the tables beside this file is assumed, and says of whom it was taken: replace them",
        "one by one, each with its range, and with a reason or the facts it rests on. What it is called comes first.",
    ]


def _files(head: Iterable[str], top: Mapping[str, Any], rows: Mapping[Relation, Sequence[_Row]]) -> dict[str, str]:
    """The texts of the files of a world by their names."""
    said = "\n".join(f"# {line}".rstrip() for line in head)
    actors = yaml.safe_dump(dict(top), sort_keys=False, allow_unicode=True, width=118)
    files = {ACTORS: f"{said}\n{actors}"}
    for relation, several in rows.items():
        who = [*relation.parties, relation.column]
        own = [column for column in relation.form.needs if column not in who]
        files[relation.file] = _table([*who, *own], several, who)
    return files


def _table(columns: Sequence[str], rows: Sequence[_Row], who: Sequence[str]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows({**row.cells, **dict(zip(who, row.who, strict=True))} for row in rows)
    return text.getvalue()
