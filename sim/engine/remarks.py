"""What is allowed in a list of events and yet hardly meant: events that change nothing, amounts that can be misread.

`multivector check` tells it, line by line; a scenario with such lines is fine and runs. It is told of what the file and
the evidence show: whatever happens with some chance, or at a date drawn for every run, counts as happening.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.evidence.posterior import POSTERIOR, described
from sim.io.errors import shown_path
from sim.io.text import listing
from sim.model.fields import FIELDS, KINDS, LIVING, RECORDS
from sim.scenario.calendar import quarter_text
from sim.scenario.event_keys import EVERYTHING
from sim.scenario.events import JOIN, EventKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sim.evidence.evidence import Evidence
    from sim.scenario.events import Event
    from sim.scenario.scenario import Scenario

_AT_THE_START = frozenset(
    ("states", "powers", "ties", "rivalry", "neighbours", "corridors", "pipelines", "coefficients", "codes")
)
_RIVALRY = "rivalry."

_NOUGHT = {  # fields of which at least one has to differ from nought, or nothing happens
    EventKind.CAPACITY: ("change",),
    EventKind.BUDGET: ("change",),
    EventKind.PRICE: ("change",),
    EventKind.CORRIDOR: ("capacity", "cost"),
    EventKind.DOWNTURN: ("loss",),
    EventKind.PLANT: ("share",),
    EventKind.CRISIS: ("severity",),
    EventKind.THAW: ("extent",),
    EventKind.LEADER: ("extent",),
    EventKind.PRESSURE: ("level",),
}


@dataclass(eq=False)
class _Known:
    """What holds before an event, as far as the file shows: by what is set, and whose it is."""

    scenario: Scenario
    evidence: Evidence
    now: dict[tuple[str, ...], Any] = field(default_factory=dict)
    held: dict[tuple[str, ...], int] = field(default_factory=dict)  # until when something else holds

    def changes(self, event: Event, key: tuple[str, ...], was: Any, value: Any) -> bool:
        """Whether an event makes something another than it is; `was` where no event has said anything yet.

        What ends by itself changes what is said while it holds, and nothing after that.
        """
        moves = bool(self.now.get(key, was) != value) or event.at <= self.held.get(key, event.at - 1)
        if event.until is None:
            self.now[key] = value
        else:
            self.held[key] = max(event.until, self.held.get(key, event.until))
        return moves

    def value(self, name: str) -> float | None:
        """The value of a number in this scenario; None where it is drawn for every run."""
        if name in self.scenario.sampled:
            return None
        if self.is_off(name):
            return 0.0
        if name in self.fitted and name not in self.scenario.numbers:
            return None
        return float(self.scenario.numbers.get(name, self.evidence.numbers[name].value))

    @cached_property
    def fitted(self) -> tuple[str, ...]:
        """The numbers that the posterior has, where the scenario takes them from there."""
        return described(self.evidence.folder).names if self.scenario.fitted == POSTERIOR else ()

    def is_off(self, name: str) -> bool:
        """Whether a number is the strength of a system that the scenario switches off."""
        return any(name in self.evidence.systems[system].strengths for system in self.scenario.without)


def remarks(scenario: Scenario, evidence: Evidence) -> list[str]:
    """What there is to say about the events of a scenario, each with its file and line; often nothing."""
    known = _Known(scenario, evidence)
    told: dict[str, None] = {}
    events = sorted(scenario.events, key=lambda event: event.at)
    for event in events:
        for remark in (*_about(event, known), *_amounts(event, scenario)):
            place = f"{shown_path(event.file)}:{event.line}: " if event.file else ""
            told[f"{place}{event.kind.name.lower()}: {remark}"] = None
    return list(told)


def _about(event: Event, known: _Known) -> Iterator[str]:
    """Whether an event does anything."""
    if event.chance <= 0.0:
        yield "it happens in no run: its chance is 0 %"
    nought = _NOUGHT.get(event.kind, ())
    if nought and all(event.fields.get(key) == 0.0 for key in nought) and "open" not in event.fields:
        yield f"it changes nothing: {' and '.join(nought)} of nought"
        return
    said = _SAYINGS.get(event.kind)
    if said is not None:
        yield from said(event, known)


def _tariff(event: Event, known: _Known) -> Iterator[str]:
    pair = str(event.fields["by"]), str(event.fields["against"])
    if not known.changes(event, ("tariff", *pair), 0.0, event.fields["rate"]):
        rate = float(str(event.fields["rate"]))
        yield f"it changes nothing: {f'a tariff of {rate:.4g} is in force' if rate else 'there is no tariff'} already"


def _weight(event: Event, known: _Known) -> Iterator[str]:
    """A war or a quarrel."""
    several = event.fields.get("between") or (event.fields["of"],)
    key = event.kind.name.lower()
    moved = [
        known.changes(event, (key, str(code)), 0.0, event.fields["level"])
        for code in several  # type: ignore[union-attr]
    ]
    if not any(moved):
        yield f"it changes nothing: the {key} is at this level already"


def _way(event: Event, known: _Known) -> Iterator[str]:
    """A corridor, a border or a pipeline."""
    fields = event.fields
    if fields.get("open") is None:
        return
    sides = fields.get("with", (EVERYTHING,))
    everybody = sides == EVERYTHING or EVERYTHING in sides  # type: ignore[operator]
    several = [power.code for power in known.evidence.powers] if everybody else sides
    places = [(event.kind.name, str(fields["of"]), str(code)) for code in several]  # type: ignore[union-attr]
    moved = [known.changes(event, place, 1.0, fields["open"]) for place in places]
    if not any(moved) and not fields.get("capacity") and not fields.get("cost"):
        yield "it changes nothing: it is open as far as this already"


def _sanction(event: Event, known: _Known) -> Iterator[str]:
    fields: Mapping[str, Any] = event.fields
    pairs = [("sanction", one, other) for one in fields["by"] for other in fields["against"]]
    moved = [known.changes(event, pair, 0.0, fields["level"]) for pair in pairs]
    if not any(moved):
        yield "it changes nothing: the sanctions are at this level already"


def _union(event: Event, known: _Known) -> Iterator[str]:
    state, power = str(event.fields["in"]), str(event.fields["of"])
    start = known.value(f"ties.{state}.{power}.union")
    if not known.changes(event, ("union", state, power), start, event.fields["level"]):
        yield f"it changes nothing: {state} belongs to it as far as this already"


def _rivalry(event: Event, _: _Known) -> Iterator[str]:
    if event.fields.get("by") == 0.0:
        yield "it changes nothing: a step of nought"


def _growth(event: Event, known: _Known) -> Iterator[str]:
    code = str(event.fields["of"])
    group = "states" if any(state.code == code for state in known.evidence.states) else "powers"
    usual = known.value(f"{group}.{code}.growth")
    rate = usual if event.fields["rate"] is None else event.fields["rate"]
    if not known.changes(event, ("growth", code), usual, rate):
        yield "it changes nothing: this is how fast it grows already"


def _set(event: Event, known: _Known) -> Iterator[str]:
    names: tuple[str, ...] = event.fields["number"]  # type: ignore[assignment]
    values: tuple[float, ...] = event.fields["to"]  # type: ignore[assignment]
    for name, value in zip(names, values, strict=True):
        if not known.changes(event, ("set", name), known.value(name), value):
            yield f"it changes nothing: {name} is {value:g} already"
        elif known.is_off(name) and value != 0.0:
            yield f"{name} is switched off by 'without', and this switches it on again"
        fields = fields_of(name)
        if name.split(".")[0] in _AT_THE_START and not fields:
            yield f"it changes nothing: {name} is read at the start of a run and never again"
        elif fields and fields <= LIVING and event.until is not None:
            yield f"nothing goes back after {quarter_text(event.until)}: {name} starts what then lives on by itself"


def fields_of(name: str) -> frozenset[str]:
    """The fields of the world that start from a number and can be set; empty for a number of the rules."""
    if name.startswith(_RIVALRY):
        return frozenset(("anchor",))
    found = set()
    for one in FIELDS:
        if one.start and one.name not in RECORDS:
            starts = (one.start, one.start.replace("{k}", "trade")) if one.name == "stock" else (one.start,)
            patterns = (re.sub(r"\\\{\w+\\\}", "[^.]+", re.escape(start)) for start in starts)
            if any(re.fullmatch(pattern, name) for pattern in patterns) and not _other_field(one.start, name):
                found.add(one.name)
    return frozenset(found)


def _other_field(start: str, name: str) -> bool:
    """Whether the last part of a pattern stands for a kind of offer, and the name ends in something else."""
    last = name.rpartition(".")[2]
    return start.endswith("{k}") and start.count(".") == name.count(".") and last not in (*KINDS, "trade")


def _pact(event: Event, known: _Known) -> Iterator[str]:
    state = str(event.fields["in"])
    neutral = known.value(f"states.{state}.neutrality")
    if event.fields["move"] == JOIN and neutral is not None and neutral >= 1.0:
        yield f"it changes nothing: {state} is neutral, and joins no alliance"


def _enter(event: Event, known: _Known) -> Iterator[str]:
    if event.at <= known.scenario.start and event.latest is None:
        yield f"it changes nothing: {event.fields['of']} is there from the start of the run"


def _answer(event: Event, known: _Known) -> Iterator[str]:
    """A vote that a state is told, where no event asks for one in any quarter in which it may be told."""
    votes = (one for one in known.scenario.events if one.kind is EventKind.VOTE)
    if "vote" in event.fields and all(one.last < event.at or event.last < one.at for one in votes):
        yield "it changes nothing: no power asks for a vote in this quarter"


def _amounts(event: Event, scenario: Scenario) -> Iterator[str]:
    """Whether the size of an offer to several is for each or for all together."""
    if event.kind is not EventKind.OFFER or "amount" in event.fields or not event.file:
        return
    same = (one for one in scenario.events if (one.file, one.line, one.at) == (event.file, event.line, event.at))
    states = [str(one.fields["to"]) for one in same if one.kind is EventKind.OFFER]
    if len(states) > 1:
        size = f"{event.fields['size']:g} {'points' if event.fields['kind'] == 'security' else 'bn USD'}"
        ways = "'amount: each' says so, 'amount: together' shares it out"
        yield f"{size} is laid before each of {listing(states)}; {ways}"


_SAYINGS: Mapping[EventKind, Callable[[Event, _Known], Iterator[str]]] = {
    EventKind.TARIFF: _tariff,
    EventKind.WAR: _weight,
    EventKind.QUARREL: _weight,
    EventKind.RIVALRY: _rivalry,
    EventKind.CORRIDOR: _way,
    EventKind.BORDER: _way,
    EventKind.PIPELINE: _way,
    EventKind.SANCTION: _sanction,
    EventKind.UNION: _union,
    EventKind.ANSWER: _answer,
    EventKind.GROWTH: _growth,
    EventKind.SET: _set,
    EventKind.PACT: _pact,
    EventKind.ENTER: _enter,
}
