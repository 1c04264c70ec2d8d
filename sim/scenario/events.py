"""Events: what can happen from outside, and how each kind of it is written.

How each kind of event is read is one row of the table `FORMS`: which keys it needs, which it may have, and by which
reader each is read (`sim.io.forms`); the JSON Schema (`sim.scenario.schema`) follows from the same table. A new kind is
a new sentence in `EventKind` and a new row in `FORMS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from sim.evidence.actors import CODE_TEXT
from sim.evidence.numbers import OFFER_KINDS
from sim.evidence.relations import RIVALRY_DOMAINS
from sim.io.checks import check_choice, check_choices
from sim.io.errors import Entry, listed
from sim.io.forms import Form, Reader, Values, list_schema, name_of, number, word
from sim.scenario.units import OFFER_SIZE, check_size, level, percentage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sim.evidence.documents import Fact
    from sim.evidence.evidence import Evidence

EVERYTHING = "all"
ANSWER_WORDS = ("yes", "no")

FieldValue: TypeAlias = str | float | tuple[str, ...] | None


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
    ANSWER = "An order goes to {by}: to say {say} to {to} {kind}."


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
    - answer: by (a state), to (a tuple of powers), kind (or "all"), say ("yes" or "no"); for this quarter alone
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Codes:
    """What an event may name: the codes of a world, the kinds of offer, and facts."""

    states: tuple[str, ...]
    powers: tuple[str, ...]
    corridors: tuple[str, ...]
    kinds: tuple[str, ...]
    facts: Mapping[str, Fact]


def codes_of(evidence: Evidence) -> Codes:
    """The codes of one world."""
    return Codes(
        states=tuple(state.code for state in evidence.states),
        powers=tuple(power.code for power in evidence.powers),
        corridors=tuple(corridor.code for corridor in evidence.corridors),
        kinds=evidence.kinds,
        facts=evidence.facts,
    )


_CODE: dict[str, Any] = {"type": "string", "pattern": CODE_TEXT}
_TWO_CODES = list_schema(_CODE, minItems=2, maxItems=2, uniqueItems=True)


def _one_of(codes: Callable[[Codes], Collection[str]], what: str) -> Reader[Codes]:
    return name_of(codes, schema={**_CODE, "description": f"the code of {what}"})


def _some_of(several: Callable[[Codes], tuple[str, ...]], what: str) -> Reader[Codes]:
    codes = list_schema(_CODE, minItems=1, uniqueItems=True)
    return Reader(
        read=lambda entry, known: check_one_or_more(entry, several(known)),
        schema={"anyOf": [{"const": EVERYTHING}, _CODE, codes], "description": f"{what}, or all"},
    )


def check_one_or_more(entry: Entry, codes: tuple[str, ...]) -> tuple[str, ...]:
    """One code, a list of codes, or `all`."""
    if entry.text == EVERYTHING:
        return codes
    if not isinstance(entry.value, list):
        code = check_choice(entry, (*codes, EVERYTHING))
        return () if code is None else (code,)
    if not entry.value:
        entry.refuse(found="an empty list", allowed=listed((*codes, EVERYTHING)))
    return check_choices(entry, codes)


def check_pair(entry: Entry, powers: tuple[str, ...], allowed: str) -> tuple[str, ...]:
    """Two different powers."""
    pair = check_choices(entry, powers) if isinstance(entry.value, list) else ()
    if not isinstance(entry.value, list) or len(entry.value) != 2:
        entry.refuse(allowed=allowed)
    return pair


_TWO = "two powers, such as [A, B]"
_PAIR = f"{_TWO}, or all"

POWER = _one_of(lambda codes: codes.powers, "a power")
ACTOR = _one_of(lambda codes: (*codes.states, *codes.powers), "a state or a power")
CORRIDOR = _one_of(lambda codes: codes.corridors, "a corridor")
STATES = _some_of(lambda codes: codes.states, "one state, a list of states")
POWERS = _some_of(lambda codes: codes.powers, "one power, a list of powers")
OFFER_KIND: Reader[Codes] = name_of(lambda codes: codes.kinds, schema={"enum": list(OFFER_KINDS)})
TWO: Reader[Codes] = Reader(
    read=lambda entry, codes: check_pair(entry, codes.powers, _TWO), schema={**_TWO_CODES, "description": _TWO}
)
PAIR: Reader[Codes] = Reader(
    read=lambda entry, codes: EVERYTHING if entry.text == EVERYTHING else check_pair(entry, codes.powers, _PAIR),
    schema={"anyOf": [{"const": EVERYTHING}, _TWO_CODES], "description": _PAIR},
)
SHARE = level(0, 1)


# --- the table of kinds ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class EventForm(Form[Codes]):
    """How one kind of event is written. each: the key whose several states make several events."""

    each: str = ""

    @property
    def shares(self) -> frozenset[str]:
        """The keys that are written as percentages."""
        return frozenset(key for key, reader in self.keys.items() if reader.percent)


def read_offer_size(_: Entry, fields: Values, codes: Codes) -> None:
    """The size of an offer is money or points, as its kind asks; of a kind nobody knows it is not read."""
    written, kind = fields["size"], fields["kind"]
    fields["size"] = check_size(written, kind) if isinstance(written, Entry) and kind in codes.kinds else None


def check_visit_sides(entry: Entry, fields: Values, codes: Codes) -> None:
    """A visit joins a state and a power."""
    by, to = fields["by"], fields["to"]
    if by is not None and to is not None and (by in codes.states) == (to in codes.states):
        both = "two states" if by in codes.states else "two powers"
        entry.refuse(found=f"a visit between {both}, '{by}' and '{to}'", allowed="a state and a power")


def check_sides_differ(entry: Entry, fields: Values, _: Codes) -> None:
    """No power asks for a yes and a no."""
    both = [code for code in fields["for"] or () if code in (fields["against"] or ())]
    if both:
        entry.refuse(found=f"{listed(both)} on both sides", allowed="each power on one side at most")


def check_to_or_by(entry: Entry, _fields: Values, _: Codes) -> None:
    """A rivalry goes to a level or moves by a step; not both, and not neither."""
    if ("to" in entry.value) == ("by" in entry.value):
        found = "both 'to' and 'by'" if "to" in entry.value else "neither 'to' nor 'by'"
        entry.refuse(found=found, allowed="one of them")


FORMS: Mapping[EventKind, EventForm] = {
    EventKind.SUMMIT: EventForm(needs={"host": POWER.says("who receives"), "guests": STATES.says("who comes")}),
    EventKind.OFFER: EventForm(
        needs={
            "by": POWER.says("who makes it"),
            "to": STATES.says("to whom"),
            "kind": OFFER_KIND.says("of what kind"),
            "size": OFFER_SIZE.says("how large"),
        },
        may={
            "exclusivity": SHARE.says("how far it asks to leave others; without it, as the power usually asks"),
            "governance": SHARE.says("how far it asks for reforms; without it, as the power usually asks"),
        },
        each="to",
        check=read_offer_size,
    ),
    EventKind.TARIFF: EventForm(
        needs={
            "by": POWER.says("who sets it"),
            "against": STATES.says("on whose goods"),
            "rate": percentage(0, 10).says("how high it is"),
        },
        each="against",
    ),
    EventKind.CRISIS: EventForm(needs={"in": STATES.says("where"), "severity": SHARE.says("how grave")}, each="in"),
    EventKind.VISIT: EventForm(
        needs={"by": ACTOR.says("whose leader travels"), "to": ACTOR.says("to whom; one a state, the other a power")},
        check=check_visit_sides,
    ),
    EventKind.CAPACITY: EventForm(
        needs={"of": POWER.says("whose means change"), "change": percentage(-1, 10).says("by how much")},
        may={"kind": word((*OFFER_KINDS, EVERYTHING)).says("means of what kind", EVERYTHING)},
    ),
    EventKind.RIVALRY: EventForm(
        needs={"between": PAIR.says("whose rivalry changes")},
        may={
            "domain": word((*RIVALRY_DOMAINS, EVERYTHING)).says("in what", EVERYTHING),
            "to": level(-1, 1).says("where it goes"),
            "by": number(-2, 2).says("how far it moves, in place of 'to'"),
        },
        check=check_to_or_by,
        schema={"oneOf": [{"required": ["to"]}, {"required": ["by"]}]},
    ),
    EventKind.VOTE: EventForm(
        needs={"for": POWERS.says("who asks for a yes"), "against": POWERS.says("who asks for a no")},
        check=check_sides_differ,
    ),
    EventKind.WAR: EventForm(
        needs={"of": POWER.says("who wages it"), "level": SHARE.says("how much it draws on its means; none ends it")}
    ),
    EventKind.QUARREL: EventForm(
        needs={"between": TWO.says("two of one side"), "level": SHARE.says("how deep it is; none ends it")}
    ),
    EventKind.WEDGE: EventForm(needs={"by": POWER.says("who drives it"), "between": TWO.says("whom it is to part")}),
    EventKind.THAW: EventForm(
        needs={"in": STATES.says("whose neighbours")}, may={"extent": SHARE.says("how far it goes", 1.0)}, each="in"
    ),
    EventKind.DOWNTURN: EventForm(
        needs={"in": STATES.says("where"), "loss": percentage(0, 0.9).says("the part of output that is lost")},
        each="in",
    ),
    EventKind.CORRIDOR: EventForm(
        needs={"of": CORRIDOR.says("which")},
        may={
            "capacity": percentage(-0.99, 100).says("how its capacity changes", 0.0),
            "cost": percentage(-0.99, 10).says("how the price of carriage changes", 0.0),
        },
    ),
    EventKind.PLANT: EventForm(
        needs={"in": STATES.says("where"), "share": percentage(0, 1).says("the part of what is mined there")},
        each="in",
    ),
    EventKind.ANSWER: EventForm(
        needs={
            "by": STATES.says("whose answer it is"),
            "to": POWERS.says("to whom"),
            "say": word(ANSWER_WORDS).says("the answer to whatever is on the table in this quarter"),
        },
        may={"kind": word((*OFFER_KINDS, EVERYTHING)).says("to offers of what kind", EVERYTHING)},
        each="by",
    ),
}

EVENT_KINDS = tuple(kind.name.lower() for kind in FORMS)
