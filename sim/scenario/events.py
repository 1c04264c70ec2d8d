"""Events: what can happen from outside, and how each kind of it is written.

How each kind of event is read is one row of the table `FORMS`: which keys it needs, which it may have, and by which
reader each is read. A reader knows how to check a value and how to describe it to an editor, so the JSON Schema
(`sim.scenario.schema`) follows from the same table. A new kind is a new sentence in `EventKind` and a new row in
`FORMS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from sim.evidence.numbers import LEVELS, OFFER_KINDS
from sim.evidence.relations import RIVALRY_DOMAINS
from sim.io.checks import check_choice, check_choices, check_keys, check_number
from sim.io.errors import Entry, Problems, listed
from sim.scenario.units import MONEY_TEXT, PERCENT_TEXT, POINTS_TEXT, check_level, check_percentage, check_size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EVERYTHING = "all"

FieldValue: TypeAlias = str | float | tuple[str, ...] | None
Fields: TypeAlias = dict[str, FieldValue]


class EventKind(Enum):
    """What can happen from outside; the value is the sentence a chronicle makes of it."""

    SUMMIT = "{host} receives the leaders of {guests} at a summit."
    OFFER = "{by} lays an offer before {to}: {kind}, {size}."
    TARIFF = "{by} puts a tariff of {rate} on goods from {against}."
    CRISIS = "A crisis breaks out in {in}, of severity {severity}."
    VISIT = "The leader of {by} visits {to}."
    CAPACITY = "The capacity of {of} changes by {change} {kind}."
    RIVALRY = "The rivalry of {between} shifts {domain}."
    VOTE = "A vote divides the powers: a yes is asked for by {for}, a no by {against}."
    WAR = "The war that {of} wages is now {level}."
    QUARREL = "The quarrel between {between} is now {level}."
    WEDGE = "{by} tries to drive {between} apart."
    THAW = "A change of course in {in} thaws its relations with its neighbours."
    DOWNTURN = "A downturn takes {loss} of the output of {in}."
    CORRIDOR = "On {of} capacity changes by {capacity} and the price of carriage by {cost}."
    PLANT = "In {in} plants are begun that will refine {share} of what is mined there."


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happens from outside in quarter `at` (year * 4 + quarter - 1), or may happen.

    With `latest`, the quarter is drawn for every run from `at` to `latest`, both included; with a `chance` below 1 it
    happens in that share of runs only. `draw` names the luck that decides: events of one name share it.

    `fields` by kind (sizes in bn USD, for security in index points; rates and changes as fractions):

    - summit: host, guests (a tuple)
    - offer: by, to, kind, size, exclusivity and governance (0..1, or None for what the power asks anyway)
    - tariff: by, against, rate
    - crisis: in, severity (0..1)
    - visit: by, to; one a state, the other a power
    - capacity: of, kind (or "all"), change
    - rivalry: between (two codes, or "all"), domain (or "all"), to, by (one of the two is None)
    - vote: for, against (tuples of powers)
    - war: of, level (0..1; 0 ends it)
    - quarrel: between (two powers of one side), level (0..1; 0 ends it)
    - wedge: by, between (two powers)
    - thaw: in, extent (0..1)
    - downturn: in, loss (a fraction of output)
    - corridor: of, capacity, cost (changes, as fractions)
    - plant: in, share (of what is mined, as a fraction)
    """

    at: int
    kind: EventKind
    fields: Mapping[str, FieldValue]
    latest: int | None = None
    chance: float = 1.0
    draw: str = ""
    evidence: tuple[str, ...] = ()
    note: str = ""
    file: str = ""
    line: int = 0

    @property
    def last(self) -> int:
        """The last quarter in which it may happen."""
        return self.at if self.latest is None else self.latest

    @property
    def certain(self) -> bool:
        """Whether it happens in every run, always in the same quarter."""
        return self.latest is None and self.chance >= 1.0


# --- readers: how one key of an event is read ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reader may look at: the codes of the world, the keys beside its own, and where to complain."""

    states: tuple[str, ...]
    powers: tuple[str, ...]
    corridors: tuple[str, ...]
    kinds: tuple[str, ...]
    keys: Mapping[str, Entry]
    problems: Problems


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How one key is read, how a JSON Schema describes it, what it is when not written, whether it is a percentage."""

    read: Callable[[Entry, Reading], FieldValue]
    schema: Mapping[str, Any]
    missing: FieldValue = None
    percent: bool = False


_CODE_TEXT = "^[A-Z][A-Z0-9]{1,7}$"
_CODE_SCHEMA: Mapping[str, Any] = {"type": "string", "pattern": _CODE_TEXT}
LEVEL_SCHEMA: Mapping[str, Any] = {"enum": list(LEVELS)}


def _one_of(choices: Callable[[Reading], tuple[str, ...]], what: str) -> Reader:
    return Reader(
        read=lambda entry, reading: check_choice(entry, choices(reading), reading.problems),
        schema={**_CODE_SCHEMA, "description": f"the code of {what}"},
    )


def _some_of(choices: Callable[[Reading], tuple[str, ...]], what: str) -> Reader:
    codes = {"type": "array", "items": _CODE_SCHEMA, "minItems": 1, "uniqueItems": True}
    return Reader(
        read=lambda entry, reading: check_one_or_more(entry, choices(reading), reading.problems),
        schema={"anyOf": [{"const": EVERYTHING}, _CODE_SCHEMA, codes], "description": f"{what}, or all"},
    )


def _word_or_all(choices: tuple[str, ...]) -> Reader:
    return Reader(
        read=lambda entry, reading: check_choice(entry, (*choices, EVERYTHING), reading.problems),
        schema={"enum": [*choices, EVERYTHING]},
        missing=EVERYTHING,
    )


def _level(low: float, high: float) -> Reader:
    bare = {"type": "number", "minimum": low, "maximum": high}
    return Reader(
        read=lambda entry, reading: check_level(entry, low, high, reading.problems),
        schema={"anyOf": [LEVEL_SCHEMA, bare], "description": f"a level, or a number from {low:g} to {high:g}"},
    )


def _percentage(low: float, high: float, missing: FieldValue = None) -> Reader:
    return Reader(
        read=lambda entry, reading: check_percentage(entry, low, high, reading.problems),
        schema={"type": "string", "pattern": PERCENT_TEXT, "description": "a percentage with its sign, such as 25 %"},
        missing=missing,
        percent=True,
    )


def _plain_number(low: float, high: float) -> Reader:
    return Reader(
        read=lambda entry, reading: check_number(entry, reading.problems, low, high),
        schema={"type": "number", "minimum": low, "maximum": high},
    )


def _read_size(entry: Entry, reading: Reading) -> FieldValue:
    kind = reading.keys.get("kind")
    word = None if kind is None or kind.text not in reading.kinds else kind.text
    return check_size(entry, word, reading.problems)


def _read_pair(entry: Entry, reading: Reading) -> FieldValue:
    if entry.text == EVERYTHING:
        return EVERYTHING
    return check_pair(entry, reading.powers, reading.problems, "two powers, such as [A, B], or all")


POWER = _one_of(lambda reading: reading.powers, "a power")
ACTOR = _one_of(lambda reading: (*reading.states, *reading.powers), "a state or a power")
STATES = _some_of(lambda reading: reading.states, "one state, a list of states")
POWERS = _some_of(lambda reading: reading.powers, "one power, a list of powers")
CORRIDOR = _one_of(lambda reading: reading.corridors, "a corridor")
OFFER_KIND = Reader(
    read=lambda entry, reading: check_choice(entry, reading.kinds, reading.problems), schema={"enum": list(OFFER_KINDS)}
)
OFFER_SIZE = Reader(
    read=_read_size,
    schema={
        "anyOf": [{"type": "string", "pattern": MONEY_TEXT}, {"type": "string", "pattern": POINTS_TEXT}],
        "description": "money, such as 4.2 bn USD or 300 mn USD; for security points, such as 0.2 points",
    },
)
_TWO_SCHEMA = {"type": "array", "items": _CODE_SCHEMA, "minItems": 2, "maxItems": 2, "uniqueItems": True}
TWO = Reader(
    read=lambda entry, reading: check_pair(entry, reading.powers, reading.problems),
    schema={**_TWO_SCHEMA, "description": "two powers, such as [A, B]"},
)
PAIR = Reader(
    read=_read_pair,
    schema={"anyOf": [{"const": EVERYTHING}, _TWO_SCHEMA], "description": "two powers, such as [A, B], or all"},
)
SHARE = _level(0, 1)
WHOLLY = Reader(read=SHARE.read, schema=SHARE.schema, missing=1.0)


def check_pair(
    entry: Entry, powers: tuple[str, ...], problems: Problems, allowed: str = "two powers, such as [A, B]"
) -> FieldValue:
    """Two different powers."""
    pair = check_choices(entry, powers, problems) if isinstance(entry.value, list) else ()
    if not isinstance(entry.value, list) or len(entry.value) != 2:
        problems.about(entry, allowed=allowed)
    return pair


def check_one_or_more(entry: Entry, codes: tuple[str, ...], problems: Problems) -> tuple[str, ...]:
    """One code, a list of codes, or `all`."""
    if entry.text == EVERYTHING:
        return codes
    if not isinstance(entry.value, list):
        code = check_choice(entry, (*codes, EVERYTHING), problems)
        return () if code is None else (code,)
    if not entry.value:
        problems.about(entry, found="an empty list", allowed=listed((*codes, EVERYTHING)))
    return check_choices(entry, codes, problems)


# --- the table of kinds ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Form:
    """How one kind of event is written.

    needs, may: a reader for each key that must and that may stand there; each: the key whose several states make
    several events; check: what no single key can tell, given the event, its fields and what a reader may look at.
    """

    needs: Mapping[str, Reader]
    may: Mapping[str, Reader] = field(default_factory=dict)
    each: str = ""
    check: Callable[[Entry, Fields, Reading], None] | None = None

    @property
    def shares(self) -> frozenset[str]:
        """The keys that are written as percentages."""
        return frozenset(key for key, reader in (*self.needs.items(), *self.may.items()) if reader.percent)


def check_visit_sides(entry: Entry, fields: Fields, reading: Reading) -> None:
    """A visit joins a state and a power."""
    by, to = fields["by"], fields["to"]
    if by is not None and to is not None and (by in reading.states) == (to in reading.states):
        both = "two states" if by in reading.states else "two powers"
        found = f"a visit between {both}, '{by}' and '{to}'"
        reading.problems.about(entry, found=found, allowed="a state and a power")


def check_sides_differ(entry: Entry, fields: Fields, reading: Reading) -> None:
    """No power asks for a yes and a no."""
    both = [code for code in fields["for"] or () if code in (fields["against"] or ())]  # type: ignore[operator, union-attr]
    if both:
        reading.problems.about(entry, found=f"{listed(both)} on both sides", allowed="each power on one side at most")


def check_to_or_by(entry: Entry, _: Fields, reading: Reading) -> None:
    """A rivalry goes to a level or moves by a step; not both, and not neither."""
    if ("to" in entry.value) == ("by" in entry.value):
        found = "both 'to' and 'by'" if "to" in entry.value else "neither 'to' nor 'by'"
        reading.problems.about(entry, found=found, allowed="one of them")


FORMS: Mapping[EventKind, Form] = {
    EventKind.SUMMIT: Form(needs={"host": POWER, "guests": STATES}),
    EventKind.OFFER: Form(
        needs={"by": POWER, "to": STATES, "kind": OFFER_KIND, "size": OFFER_SIZE},
        may={"exclusivity": SHARE, "governance": SHARE},
        each="to",
    ),
    EventKind.TARIFF: Form(needs={"by": POWER, "against": STATES, "rate": _percentage(0, 10)}, each="against"),
    EventKind.CRISIS: Form(needs={"in": STATES, "severity": SHARE}, each="in"),
    EventKind.VISIT: Form(needs={"by": ACTOR, "to": ACTOR}, check=check_visit_sides),
    EventKind.CAPACITY: Form(
        needs={"of": POWER, "change": _percentage(-1, 10)}, may={"kind": _word_or_all(OFFER_KINDS)}
    ),
    EventKind.RIVALRY: Form(
        needs={"between": PAIR},
        may={"domain": _word_or_all(RIVALRY_DOMAINS), "to": _level(-1, 1), "by": _plain_number(-2, 2)},
        check=check_to_or_by,
    ),
    EventKind.VOTE: Form(needs={"for": POWERS, "against": POWERS}, check=check_sides_differ),
    EventKind.WAR: Form(needs={"of": POWER, "level": SHARE}),
    EventKind.QUARREL: Form(needs={"between": TWO, "level": SHARE}),
    EventKind.WEDGE: Form(needs={"by": POWER, "between": TWO}),
    EventKind.THAW: Form(needs={"in": STATES}, may={"extent": WHOLLY}, each="in"),
    EventKind.DOWNTURN: Form(needs={"in": STATES, "loss": _percentage(0, 0.9)}, each="in"),
    EventKind.CORRIDOR: Form(
        needs={"of": CORRIDOR}, may={"capacity": _percentage(-0.99, 100, 0.0), "cost": _percentage(-0.99, 10, 0.0)}
    ),
    EventKind.PLANT: Form(needs={"in": STATES, "share": _percentage(0, 1)}, each="in"),
}

EVENT_KINDS = tuple(kind.name.lower() for kind in FORMS)


def read_fields(kind: EventKind, entry: Entry, reading: Reading) -> Fields | None:
    """The fields as they are written, `each` still a tuple; None when the keys cannot be used."""
    form = FORMS[kind]
    if not check_keys(entry, tuple(form.needs), tuple(form.may), reading.problems):
        return None
    fields = {
        key: reader.read(reading.keys[key], reading) if key in reading.keys else reader.missing
        for key, reader in (*form.needs.items(), *form.may.items())
    }
    if form.check is not None:
        form.check(entry, fields, reading)
    return fields
