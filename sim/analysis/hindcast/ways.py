"""In which ways the years after an origin are foretold: what a run knows of the past, and what it is told of the years.

Two things are kept apart. How a run comes to the origin: `observed` worlds are set there to what was recorded, `alone`
ones have been left to themselves since they began. And what it is told of the years after it: nothing
(`unconditional`), or the dated events, how fast everybody grew and what oil cost (`conditional`). In both kinds the
states are asked to vote when they were asked; what they answered is told to nobody.

Every way is played a second time with all systems of the model switched off: growth and noise alone, the model's own
null hypothesis.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sim.analysis.record import Record
from sim.analysis.starting import TRAILING
from sim.engine.sampling import every_number
from sim.evidence.evidence import Evidence
from sim.scenario.events import TRADE, VOTES, Event, EventKind
from sim.scenario.scenario import Scenario

OBSERVED, ALONE = VARIANTS = ("observed", "alone")
UNCONDITIONAL, CONDITIONAL = KINDS = ("unconditional", "conditional")
_QUARTERS = 4


class Way(NamedTuple):
    """One way of foretelling; `null`: with all systems off."""

    variant: str
    kind: str
    null: bool = False

    @property
    def told(self) -> str:
        """The way in words."""
        return f"{self.variant}, {self.kind}{', null model' if self.null else ''}"


WAYS = tuple(Way(variant, kind, null) for null in (False, True) for variant in VARIANTS for kind in KINDS)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is foretold: `plain` tells of events alone, `told` of growth and prices as well; both for all years.

    origin: the last year that is known; last: the last that is foretold; votes: quarters in which the states are asked
    to vote beside those in which `plain` asks them, because what came has a vote then; spans: windows of arms beside
    the usual ones, for the same reason.
    """

    plain: Scenario
    told: Scenario
    origin: int
    last: int
    votes: tuple[int, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def at(self) -> int:
        """The quarter before which a run is set to the record of the origin.

        It is the last one of that year: means of years are then as far from each other as those of the record.
        """
        return _QUARTERS * self.origin + _QUARTERS - 1


def scenario_of(question: Question, way: Way, evidence: Evidence, record: Record, off: Sequence[str] = ()) -> Scenario:
    """The scenario of one way, with every number drawn that is not known; off: systems that are switched off too."""
    base = question.told if way.kind == CONDITIONAL else question.plain
    events = [one for one in base.events if _is_known(one, question, way)]
    events += [_vote_like(question.plain.events, at) for at in question.votes if not _asks(events, at)]
    if way.variant == OBSERVED:
        events += _observing(question)
        if way.kind == UNCONDITIONAL:
            events += trailing_growth(record, question.origin, question.at)
    asked = replace(
        base,
        end=_QUARTERS * question.last + _QUARTERS - 1,
        events=tuple(events),
        without=tuple(evidence.systems) if way.null else tuple(dict.fromkeys((*base.without, *off))),
    )
    return every_number(asked, evidence, 1)


def _observing(question: Question) -> Iterator[Event]:
    """The record of the origin: trade in its last quarter, votes after its session of the Assembly."""
    for what, at in ((TRADE, question.at), (VOTES, question.at + 1)):
        yield Event(at=at, kind=EventKind.OBSERVE, fields={"year": question.origin, "what": what})


def _is_known(event: Event, question: Question, way: Way) -> bool:
    """Whether a run of a way is told of an event: all before the origin has passed, and votes that are held."""
    if event.last > _QUARTERS * question.last + _QUARTERS - 1:
        return False
    return way.kind == CONDITIONAL or event.last <= question.at or event.kind is EventKind.VOTE


def _asks(events: Sequence[Event], at: int) -> bool:
    return any(event.kind is EventKind.VOTE and event.at == at for event in events)


def _vote_like(events: Sequence[Event], at: int) -> Event:
    """A vote in another quarter, with the sides of the last vote of the scenario up to then, or else of the first."""
    votes = sorted((event for event in events if event.kind is EventKind.VOTE), key=lambda event: event.at)
    before = [vote for vote in votes if vote.at <= at]
    return Event(at=at, kind=EventKind.VOTE, fields=(before[-1] if before else votes[0]).fields)


def can_ask(question: Question) -> bool:
    """Whether the scenario has a vote whose sides another can have."""
    return any(event.kind is EventKind.VOTE for event in question.plain.events)


def vote_quarters(question: Question) -> tuple[int, ...]:
    """The quarters after the origin in which the states are asked to vote."""
    held = {event.at for event in question.plain.events if event.kind is EventKind.VOTE}
    last = _QUARTERS * question.last + _QUARTERS - 1
    return tuple(sorted(at for at in held.union(question.votes) if question.at < at <= last))


def trailing_growth(record: Record, origin: int, at: int) -> Iterator[Event]:
    """Growth from a quarter on as it was in the mean of the last years to the origin: what was known then."""
    years = slice(record.at(origin) + 1 - TRAILING, record.at(origin) + 1)
    for codes, growth in ((record.states, record.growth), (record.powers, record.power_growth)):
        for code, rate in zip(codes, growth[:, years].mean(axis=1).tolist(), strict=True):
            if np.isfinite(rate):
                yield Event(at=at, kind=EventKind.GROWTH, fields={"of": code, "rate": rate})
