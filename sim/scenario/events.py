"""Events: what can happen from outside, and how each kind of it is written.

How each kind of event is read is one row of the table `FORMS`: which keys it needs, which it may have, and by which
reader each is read (`sim.io.forms`); the JSON Schema (`sim.scenario.schema`) follows from the same table. A new kind is
a new sentence in `EventKind` and a new row in `FORMS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from sim.evidence.numbers import OFFER_KINDS
from sim.evidence.relations import RIVALRY_DOMAINS
from sim.io.forms import TRUE_OR_FALSE, Form, as_written, group, number, part, word
from sim.scenario.event_checks import (
    AMOUNTS,
    ANSWER_SCHEMA,
    check_answer,
    check_own_sanction,
    check_rate_or_usual,
    check_recorded,
    check_sides_differ,
    check_to_or_by,
    check_visit_sides,
    forget_unsaid,
    read_offer_size,
    read_settings,
)
from sim.scenario.event_keys import (
    ACTOR,
    ACTORS,
    CORRIDOR,
    EVERYTHING,
    OFFER_KIND,
    PAIR,
    PIPELINE,
    POWER,
    POWERS,
    SHARE,
    STATES,
    TWO,
    YEAR,
    Codes,
)
from sim.scenario.units import OFFER_SIZE, level, percentage

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL = "usual"
JOIN, LEAVE = MOVES = ("join", "leave")
ANSWER_WORDS = ("yes", "no")
VOTE_WORDS = (*ANSWER_WORDS, "abstain", "away")
TRADE, VOTES = OBSERVED = ("trade", "votes")

FieldValue: TypeAlias = str | bool | float | tuple[str, ...] | tuple[float, ...] | None


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
    BORDER = "The border of {of} with {with} is {open}."
    PIPELINE = "{of} is {open}."
    SANCTION = "The sanctions of {by} against {against} are now {level}."
    UNION = "Membership of {in} in the customs union of {of} is now {level}."
    PLANT = "In {in} plants are begun that will refine {share} of what is mined there."
    ANSWER = "An order goes to {by}: to say {say} to {to} {kind}."
    SET = "From now on {number}."
    GROWTH = "The output of {of} grows by {rate} a year."
    BUDGET = "What {of} can sign changes by {change} {kind}."
    PRESSURE = "{by} puts pressure on {on}, {level}."
    PRICE = "The price of what the region sells changes by {change}."
    PACT = "{in} {move} the security pact of {of}."
    LEADER = "A new leader takes over in {in}."
    ENTER = "{of} begins to court the region."
    OBSERVE = "What was played gives way to what was recorded in {year}: {what}."


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happens from outside in quarter `at` (year * 4 + quarter - 1), or may happen.

    With `latest`, the quarter is drawn for every run from `at` to `latest`, both included; with a `chance` below 1 it
    happens in that share of runs only. `draw` names the luck that decides: events of one name share it.

    `fields` by kind (sizes in bn USD, for security in index points; rates and changes as fractions):

    - summit: host, guests (a tuple)
    - offer: by, to, kind, size, exclusivity and governance (0..1, or None for what the power asks anyway); amount
      (each or together) where it was said: `size` is what the one state is offered; agreed (True or False)
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
    - corridor: of, capacity, cost (changes, as fractions), open (0..1, or None to leave it), by (who does it, or None)
    - border: of, with (a tuple of powers, or "all"), open (0..1), by (a code, or None)
    - pipeline: of, open (0..1), by (a code, or None)
    - sanction: by (a tuple of powers), against (a tuple of codes), level (0..1; 0 lifts it)
    - union: of, in, level (0..1: membership; 0 leaves)
    - plant: in, share (of what is mined, as a fraction)
    - answer: by (a state), to (a tuple of powers), kind (or "all"), say, or vote alone; for this quarter alone
    - set: number (a tuple of names), to (a tuple of values, in the unit of each)
    - growth: of (a state or a power), rate (a fraction a year, None for the usual)
    - budget: of, kind (or "all"), change
    - pressure: by, on, level (0..1)
    - price: change
    - pact: of, in, move (join or leave)
    - leader: in (a state or a power), extent (0..1)
    - enter: of
    - observe: year (of the record), what (trade, votes, or all)

    `afterwards` says that it is known only afterwards, where the scenario says until when it knows.
    With `until`, what lasts (`EventForm.lasts`) is in force through that quarter, and then goes back.
    """

    at: int
    kind: EventKind
    fields: Mapping[str, FieldValue]
    latest: int | None = None
    until: int | None = None
    chance: float = 1.0
    draw: str = ""
    evidence: tuple[str, ...] = ()
    note: str = ""
    afterwards: bool = False
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


@dataclass(frozen=True, kw_only=True, eq=False)
class EventForm(Form[Codes]):
    """How one kind of event is written.

    example: what a sound one says, with `$state` and the like for what a world has (`sim.scenario.event_examples`);
    each: the key whose several states make several events; lasts: it stays in force, so that it can end (`until`).
    """

    example: str = ""
    each: str = ""
    lasts: bool = False

    @property
    def shares(self) -> frozenset[str]:
        """The keys that are written as percentages."""
        return frozenset(key for key, reader in self.keys.items() if reader.percent)


FORMS: Mapping[EventKind, EventForm] = {
    EventKind.SUMMIT: EventForm(
        example="{host: $power, guests: all}",
        needs={"host": POWER.says("who receives"), "guests": STATES.says("who comes")},
    ),
    EventKind.OFFER: EventForm(
        example="{by: $power, to: $state, kind: infrastructure, size: 2 bn USD, exclusivity: low}",
        needs={
            "by": POWER.says("who makes it"),
            "to": STATES.says("to whom"),
            "kind": OFFER_KIND.says("of what kind"),
            "size": OFFER_SIZE.says("how large"),
        },
        may={
            "exclusivity": SHARE.says("how far it asks to leave others; without it, as the power usually asks"),
            "governance": SHARE.says("how far it asks for reforms; without it, as the power usually asks"),
            "agreed": TRUE_OR_FALSE.says("whether it has been negotiated before it is laid", False),
            "amount": word(AMOUNTS).says("whether the size is for each of several states, or for all together"),
        },
        each="to",
        check=read_offer_size,
    ),
    EventKind.TARIFF: EventForm(
        example="{by: $other, against: $state, rate: 10 %}",
        needs={
            "by": POWER.says("who sets it"),
            "against": STATES.says("on whose goods"),
            "rate": percentage(0, 10).says("how high it is"),
        },
        each="against",
        lasts=True,
    ),
    EventKind.CRISIS: EventForm(
        example="{in: $state, severity: high}",
        needs={"in": STATES.says("where"), "severity": SHARE.says("how grave")},
        each="in",
    ),
    EventKind.VISIT: EventForm(
        example="{by: $state, to: $power}",
        needs={"by": ACTOR.says("whose leader travels"), "to": ACTOR.says("to whom; one a state, the other a power")},
        check=check_visit_sides,
    ),
    EventKind.CAPACITY: EventForm(
        example="{of: $power, kind: security, change: -20 %}",
        needs={"of": POWER.says("whose means change"), "change": percentage(-1, 10).says("by how much")},
        may={"kind": word((*OFFER_KINDS, EVERYTHING)).says("means of what kind", EVERYTHING)},
        lasts=True,
    ),
    EventKind.RIVALRY: EventForm(
        example="{between: [$power, $other], domain: economic, by: 0.2}",
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
        example="{for: $power, against: $other}",
        needs={"for": POWERS.says("who asks for a yes"), "against": POWERS.says("who asks for a no")},
        check=check_sides_differ,
    ),
    EventKind.WAR: EventForm(
        example="{of: $power, level: medium}",
        needs={"of": POWER.says("who wages it"), "level": SHARE.says("how much it draws on its means; none ends it")},
        lasts=True,
    ),
    EventKind.QUARREL: EventForm(
        example="{between: [$power, $other], level: high}",
        needs={"between": TWO.says("two of one side"), "level": SHARE.says("how deep it is; none ends it")},
        lasts=True,
    ),
    EventKind.WEDGE: EventForm(
        example="{by: $third, between: [$power, $other]}",
        needs={"by": POWER.says("who drives it"), "between": TWO.says("whom it is to part")},
    ),
    EventKind.THAW: EventForm(
        example="{in: $state}",
        needs={"in": STATES.says("whose neighbours")},
        may={"extent": SHARE.says("how far it goes", 1.0)},
        each="in",
    ),
    EventKind.DOWNTURN: EventForm(
        example="{in: $state, loss: 5 %}",
        needs={"in": STATES.says("where"), "loss": percentage(0, 0.9).says("the part of output that is lost")},
        each="in",
    ),
    EventKind.CORRIDOR: EventForm(
        example="{of: $corridor, capacity: 25 %, cost: -10 %}",
        needs={"of": CORRIDOR.says("which")},
        may={
            "capacity": percentage(-0.99, 100).says("how its capacity changes", 0.0),
            "cost": percentage(-0.99, 10).says("how the price of carriage changes", 0.0),
            "open": SHARE.says("how far it is open from now on: 0 closes it, 1 opens it again"),
            "by": ACTOR.says("who does it, and is blamed for it"),
        },
        lasts=True,
        check=forget_unsaid,
    ),
    EventKind.BORDER: EventForm(
        example="{of: $state, with: $power, open: low}",
        needs={
            "of": STATES.says("whose border"),
            "open": SHARE.says("how far it is open to goods from now on: 0 closes it, 1 opens it again"),
        },
        may={
            "with": POWERS.says("to whose goods", EVERYTHING),
            "by": ACTOR.says("who does it, and is blamed for it"),
        },
        each="of",
        lasts=True,
    ),
    EventKind.PIPELINE: EventForm(
        example="{of: $pipeline, open: 0.5, by: $power}",
        needs={
            "of": PIPELINE.says("which"),
            "open": SHARE.says("how far it is open from now on: 0 closes it, 1 opens it again"),
        },
        may={"by": ACTOR.says("who does it, and is blamed for it")},
        lasts=True,
    ),
    EventKind.SANCTION: EventForm(
        example="{by: $power, against: $other, level: high}",
        needs={
            "by": POWERS.says("who sets it"),
            "against": ACTORS.says("against whom"),
            "level": SHARE.says("how hard it is from now on; none lifts it"),
        },
        lasts=True,
        check=check_own_sanction,
    ),
    EventKind.UNION: EventForm(
        example="{of: $union, in: $member, level: none}",
        needs={"of": POWER.says("whose customs union"), "in": STATES.says("who joins or leaves it")},
        may={"level": SHARE.says("how far they belong to it from now on; none leaves it", 1.0)},
        each="in",
        lasts=True,
    ),
    EventKind.PLANT: EventForm(
        example="{in: $state, share: 10 %}",
        needs={"in": STATES.says("where"), "share": percentage(0, 1).says("the part of what is mined there")},
        each="in",
    ),
    EventKind.ANSWER: EventForm(
        example="{by: $state, to: $power, say: no}",
        needs={"by": STATES.says("whose answer it is")},
        may={
            "to": POWERS.says("to whom"),
            "say": word(ANSWER_WORDS).says("the answer to whatever is on the table in this quarter"),
            "kind": word((*OFFER_KINDS, EVERYTHING)).says("to offers of what kind", EVERYTHING),
            "vote": word(VOTE_WORDS).says("in place of the others, how it votes where powers ask for a vote"),
        },
        each="by",
        check=check_answer,
        schema=ANSWER_SCHEMA,
    ),
    EventKind.SET: EventForm(
        example="{number: $number, to: $value}",
        may={
            "number": as_written({"type": "string"}).says("which number, by name"),
            "to": as_written(part("setting")).says("what it is from then on"),
            "numbers": group(part("setting"), "values by the name of their number").says("several, by name"),
        },
        check=read_settings,
        schema={"oneOf": [{"required": ["number", "to"]}, {"required": ["numbers"]}]},
        lasts=True,
    ),
    EventKind.GROWTH: EventForm(
        example="{of: $state, rate: 3 %}",
        needs={"of": ACTOR.says("whose output")},
        may={
            "rate": percentage(-0.3, 0.3).says("how fast it grows in a year from then on"),
            "to": word((USUAL,)).says("back to what it usually is, in place of 'rate'"),
        },
        check=check_rate_or_usual,
        schema={"oneOf": [{"required": ["rate"]}, {"required": ["to"]}]},
        lasts=True,
    ),
    EventKind.BUDGET: EventForm(
        example="{of: $power, change: 20 %}",
        needs={"of": POWER.says("who has more or less to sign"), "change": percentage(-1, 10).says("by how much")},
        may={"kind": word((*OFFER_KINDS, EVERYTHING)).says("money for what kind", EVERYTHING)},
        lasts=True,
    ),
    EventKind.PRESSURE: EventForm(
        example="{by: $power, on: $state, level: high}",
        needs={"by": POWER.says("who presses"), "on": STATES.says("whom"), "level": SHARE.says("how hard, at least")},
        each="on",
        lasts=True,
    ),
    EventKind.PRICE: EventForm(
        example="{change: -25 %}", needs={"change": percentage(-0.99, 10).says("by how much, at a stroke")}, lasts=True
    ),
    EventKind.PACT: EventForm(
        example="{of: $other, in: $state, move: join}",
        needs={"of": POWER.says("who leads it"), "in": STATES.says("who"), "move": word(MOVES).says("what they do")},
        each="in",
    ),
    EventKind.LEADER: EventForm(
        example="{in: $state}",
        needs={"in": ACTOR.says("where")},
        may={"extent": SHARE.says("how far the new one breaks with the old", 1.0)},
    ),
    EventKind.ENTER: EventForm(
        example="{of: $power}", needs={"of": POWER.says("who comes: until then it makes no offers")}
    ),
    EventKind.OBSERVE: EventForm(
        example="{year: $year}",
        needs={"year": YEAR.says("of the record, which takes the place of what was played")},
        may={"what": word((*OBSERVED, EVERYTHING)).says("trade with output, or agreement in votes", EVERYTHING)},
        check=check_recorded,
    ),
}

EVENT_KINDS = tuple(kind.name.lower() for kind in FORMS)

LASTING = tuple(kind.name.lower() for kind, form in FORMS.items() if form.lasts)
"""The kinds that stay in force, and may therefore have an end."""
