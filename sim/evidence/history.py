"""The record: what is known of the past, one observation a row, and how it may be read.

`seeds/history/` holds tables of one form and `record.yaml`, which says where the record ends, which rows may not come
from which source, with what error trade is observed, and the lines that the model is held to. A row that falls into a
trap is refused as a misspelt word is: with file, line, what was found and why.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.evidence.dates import is_day
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.record_forms import (
    CLASS,
    MEASURES,
    ORGANISATION,
    ORGANISATION_ROW,
    RECORD,
    ROW,
    TRAP,
    WHOLES,
    Known,
    Period,
)
from sim.evidence.worlds import shipped_folder
from sim.io.arguments import Arguments, path_given
from sim.io.errors import Entry, Problems, listed
from sim.io.forms import file_schema, read_file, read_form, read_rows, schema_of
from sim.io.meant import day_meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sim.io.forms import Form

_FORMS: Mapping[str, Form[Known]] = {
    **dict.fromkeys(("trade.csv", "output.csv", "price.csv", "arms.csv", "votes.csv"), ROW),
    **dict.fromkeys(("fdi.csv", "remittances.csv", "visits.csv"), ROW),
    "memberships.csv": ORGANISATION_ROW,
}
FILES = tuple(_FORMS)
RULES = "record.yaml"

_MEMBERSHIP = "membership"
_ROUNDING = 1e-9  # of a sum


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One row of the record; `state` and `partner` are codes, "" where it is not about one.

    What stands as the partner of a membership is an organisation of `record.yaml`, and no actor.
    """

    state: str
    partner: str
    organisation: str
    when: str  # the period as it is written: 2010, 2005-2009, 2012-12-19
    period: int  # year; the last one of several
    end: str  # its last day, YYYY-MM-DD
    measure: str
    value: float
    unit: str
    source: tuple[str, ...]  # ids of documents
    known_since: int  # the first year in which somebody could have known it


@dataclass(frozen=True, kw_only=True)
class Trap:
    """Rows that may not come from some sources; a state or partners that are empty stand for all."""

    id: str
    measures: tuple[str, ...]
    state: str
    partners: tuple[str, ...]
    first: int
    last: int
    sources: tuple[str, ...]
    why: str

    def catches(self, one: Observation) -> bool:
        """Whether a row is of the kind that is meant, wherever it comes from."""
        meant = one.measure in self.measures and self.state in ("", one.state)
        with_whom = not self.partners or (one.partner or one.organisation) in self.partners
        return meant and with_whom and self.first <= one.period <= self.last


@dataclass(frozen=True, kw_only=True)
class PartnerClass:
    """Partners whose trade is observed alike; `error`: sd of the logarithm of what is recorded over what flowed."""

    id: str
    powers: tuple[str, ...]
    group: str  # classes of one group are compared together
    error: float
    low: float
    high: float
    why: str


class Line(NamedTuple):
    """Between which values a ratio of model and record has to lie."""

    low: float
    high: float
    why: str


@dataclass(frozen=True, kw_only=True)
class History:
    """The record and how it may be read."""

    first: int
    last: int
    rows: tuple[Observation, ...]
    traps: tuple[Trap, ...]
    organisations: Mapping[str, str]  # what each is called
    classes: tuple[PartnerClass, ...]
    lines: Mapping[str, Line]

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Powers by group, in the order of the file."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.classes:
            found[one.group] = (*found.get(one.group, ()), *one.powers)
        return found

    def error_of(self, power: str) -> float:
        """The observation error of trade with a power; 0 for one that no class names."""
        arguments = Arguments("History.error_of")
        arguments.text("power", power)
        arguments.refuse_if_wrong()
        return next((one.error for one in self.classes if power in one.powers), 0.0)

    @functools.cached_property
    def _memberships(self) -> tuple[Observation, ...]:
        """Who joined and left, in the order of days."""
        mine = (one for one in self.rows if one.measure == _MEMBERSHIP)
        return tuple(sorted(mine, key=lambda one: one.end))

    def members(self, organisation: str, day: str) -> tuple[str, ...]:
        """The states that were members on a day (YYYY-MM-DD), by code.

        The last day of a membership still counts; a change of which only the month or year is known counts from its
        end. Raises `InputError` for an organisation that `record.yaml` does not name.
        """
        arguments = Arguments("History.members")
        arguments.choice("organisation", organisation, self.organisations)
        if not isinstance(day, str) or not is_day(day):
            entry = arguments.entry("day", day)
            entry.refuse(allowed="a day such as 2019-12-31", nearest=day_meant(entry.text or ""))
        arguments.refuse_if_wrong()
        joined: dict[str, bool] = {}
        for one in self._memberships:
            if one.organisation == organisation and (one.end < day or (one.end == day and one.value > 0.0)):
                joined[one.state] = one.value > 0.0
        return tuple(state for state, inside in joined.items() if inside)


# --- reading it ------------------------------------------------------------------------------------------------------


def load_history(folder: Path | str | None = None) -> History:
    """Read and check the record that is shipped, or another folder laid out like it.

    Raises
    ------
    sim.io.errors.InputError
        With every mistake: unknown actors, measures, units, sources; years outside the record; rows in a trap; rows
        that stand twice; parts of a turnover larger than the whole.
    """
    place = shipped_folder("seeds") / "history" if folder is None else path_given("load_history", "folder", folder)
    stamps = tuple((path.stat().st_mtime_ns if path.is_file() else 0) for path in map(place.joinpath, (RULES, *FILES)))
    return _read_history(place, stamps)


@functools.lru_cache(maxsize=4)
def _read_history(folder: Path, _stamps: tuple[int, ...]) -> History:
    problems, known = Problems(), known_of(load_evidence())
    rules = read_file(folder / RULES, RECORD, known, problems)
    organisations = _read_organisations(rules["organisations"], known)
    known = replace(known, organisations=tuple(organisations))
    traps = _read_traps(rules["traps"], known)
    classes = _read_classes(rules["classes"], known)
    rows = []
    for name, form in _FORMS.items():
        for row, values in read_rows([folder / name], form, known, problems):
            if None not in values.values():
                one = observation_of(values)
                check_years(row, one, rules["first"], rules["last"])
                check_traps(row, one, traps)
                rows.append((row, one))
    check_once(rows)
    check_wholes(rows)
    check_memberships(rows)
    problems.raise_if_any()
    return History(
        first=rules["first"],
        last=rules["last"],
        rows=tuple(one for _, one in rows),
        traps=traps,
        organisations=organisations,
        classes=classes,
        lines={name: Line(**line) for name, line in rules["lines"].items()},
    )


def known_of(evidence: Evidence) -> Known:
    """The names that rows may use; organisations stand in `record.yaml` itself."""
    states, powers = (tuple(actor.code for actor in actors) for actors in (evidence.states, evidence.powers))
    return Known(states=states, powers=powers, documents=tuple(evidence.documents))


def observation_of(values: dict[str, Any]) -> Observation:
    """A row as it was read by its form."""
    period: Period = values["period"]
    named = dict.fromkeys(("partner", "organisation"), "")
    named["organisation" if MEASURES[values["measure"]].whose == "organisation" else "partner"] = values["partner"]
    return Observation(**{**values, **named, "when": period.when, "period": period.last, "end": period.end})


def _told(one: Observation) -> str:
    whose = " with ".join(code for code in (one.state, one.partner, one.organisation) if code)
    return f"{one.measure} {'of ' + whose + ' ' if whose else ''}in {one.when}"


def _read_organisations(groups: Mapping[str, Entry], known: Known) -> dict[str, str]:
    found = {name: read_form(entry, ORGANISATION, known) for name, entry in groups.items()}
    return {name: values["name"] for name, values in found.items() if values is not None}


def _read_traps(groups: Mapping[str, Entry], known: Known) -> tuple[Trap, ...]:
    found = []
    for name, entry in groups.items():
        values = read_form(entry, TRAP, known)
        if values is not None:
            found.append(Trap(id=name, first=values.pop("from"), last=values.pop("to"), **values))
    return tuple(found)


def _read_classes(groups: Mapping[str, Entry], known: Known) -> tuple[PartnerClass, ...]:
    found: list[PartnerClass] = []
    for name, entry in groups.items():
        values = read_form(entry, CLASS, known)
        if values is None:
            continue
        twice = [code for code in values["powers"] for one in found if code in one.powers]
        if twice:
            entry.value["powers"].refuse(found=listed(twice), message="this partner is in another class already")
        found.append(PartnerClass(id=name, **values))
    return tuple(found)


def check_years(row: Entry, one: Observation, first: int, last: int) -> None:
    """A row lies within the record, which ends before anything that is to be foretold.

    Several years, and what began on a date, may lie before its first year: they tell how things stood then.
    """
    least = first if MEASURES[one.measure].period == "year" else 0
    if not least <= one.period <= last:
        allowed = f"a year from {first} to {last}" if least else f"nothing later than {last}"
        row.value["period"].refuse(allowed=f"{allowed}; the record ends there, so that nothing later is fitted")


def check_traps(row: Entry, one: Observation, traps: Iterable[Trap]) -> None:
    """A row comes from no source that is known to be wrong there."""
    for trap in traps:
        if one.source and set(one.source) <= set(trap.sources) and trap.catches(one):
            row.value["source"].refuse(allowed=f"another source ({trap.id})", message=trap.why)


def check_once(rows: Iterable[tuple[Entry, Observation]]) -> None:
    """No figure stands twice."""
    seen = set[tuple[str, str, str, str]]()
    for row, one in rows:
        key = (one.state, one.partner or one.organisation, one.when, one.measure)
        if key in seen:
            row.refuse(key="period", found=f"a second row of {_told(one)}", allowed="each once")
        seen.add(key)


def check_wholes(rows: Iterable[tuple[Entry, Observation]]) -> None:
    """What a state trades with the powers, or buys of them, is part of all that it does, which must be there."""
    wholes: dict[tuple[str, str, str], tuple[Entry, Observation]] = {}
    parts: dict[tuple[str, str, str], list[tuple[Entry, Observation]]] = {}
    for row, one in rows:
        if one.measure in WHOLES.values():
            wholes[one.measure, one.state, one.when] = (row, one)
        elif one.measure in WHOLES:
            parts.setdefault((WHOLES[one.measure], one.state, one.when), []).append((row, one))
    for key, mine in parts.items():
        if key not in wholes:
            first, one = mine[0]
            found = f"{one.measure} of {one.state} in {one.when}"
            first.refuse(key="state", found=found, message=f"its {key[0]} is missing")
            continue
        row, whole = wholes[key]
        total = sum(one.value for _, one in mine)
        if total > whole.value * (1.0 + _ROUNDING):
            row.value["value"].refuse(allowed=f"the sum of its parts ({total:g}) or more")


def check_memberships(rows: Iterable[tuple[Entry, Observation]]) -> None:
    """A state joins an organisation (1) before it leaves it (0), and leaves it before it joins again."""
    inside: dict[tuple[str, str], bool] = {}
    for row, one in sorted((pair for pair in rows if pair[1].measure == _MEMBERSHIP), key=lambda pair: pair[1].end):
        before = inside.get((one.state, one.organisation), False)
        if one.value != (0.0 if before else 1.0):
            allowed = f"{0 if before else 1}: {one.state} is {'in' if before else 'outside'} until then"
            row.value["value"].refuse(allowed=allowed)
        inside[one.state, one.organisation] = one.value > 0.0


def record_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `record.yaml`."""
    return file_schema("Record of multivector", "How the record of the past may be read.", schema_of(RECORD))
