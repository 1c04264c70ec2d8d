"""Constant policies: what a state is told to do, quarter after quarter, in place of its own rule.

A policy is made of events that anybody could write into a scenario: answers given from outside, visits, and for a side
taken at once a treaty of alliance that excludes all rivals and is renewed every year. Whether the state then counts as
having taken a side is left to the rule that says so; a state that is neutral by law signs no alliance. Nothing else
about the state, and nothing about anybody else, is touched.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.evidence.actors import Actor
from sim.evidence.evidence import Evidence
from sim.scenario.event_keys import EVERYTHING
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import Scenario

_YEAR = 4  # quarters
_HALF = 0.5
_TREATY = "security"  # the kind of offer as which the treaty is signed
_GUARANTEE = 1.0  # index points: what one point means


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One constant policy: its id, what it is, and what happens in one quarter of it."""

    id: str
    words: str
    orders: Callable[[str, int, int], Iterator[tuple[EventKind, Mapping[str, Any]]]] = field(repr=False)

    def events(self, state: str, scenario: Scenario) -> tuple[Event, ...]:
        """The policy of a state from the first quarter of a scenario to the last."""
        quarters = range(scenario.start, scenario.end + 1)
        return tuple(
            Event(at=at, kind=kind, fields=fields)
            for number, at in enumerate(quarters)
            for kind, fields in self.orders(state, number, at)
        )


def constant_policies(evidence: Evidence) -> dict[str, Policy]:
    """The policies of a world by id: yes, no and a visit to all; and for every great power, it alone, and its side."""
    powers = tuple(power.code for power in evidence.powers)
    several = [
        Policy(id="yes-to-all", words="signs whatever is offered", orders=lambda i, _n, _t: _answers(i, powers, ())),
        Policy(id="no-to-all", words="signs nothing", orders=lambda i, _n, _t: _answers(i, (), powers)),
        Policy(
            id="visit-all",
            words="its leader travels to every power every quarter",
            orders=lambda i, _n, _t: _visits(i, powers),
        ),
    ]
    for power in great_powers(evidence):
        rest = tuple(code for code in powers if code != power.code)
        several += [_only(power, rest), _side(power, rest)]
    return {policy.id: policy for policy in several}


def great_powers(evidence: Evidence) -> list[Actor]:
    """The powers of a world that are nearer to a great one than to a middle one."""
    return [power for power in evidence.powers if evidence.numbers[f"powers.{power.code}.tier"].value <= _HALF]


def _only(power: Actor, rest: tuple[str, ...]) -> Policy:
    return Policy(
        id=f"only-{power.code}",
        words=f"signs whatever {power.spoken or power.name} offers, and nothing of anybody else",
        orders=lambda i, _n, _t: _answers(i, (power.code,), rest),
    )


def _side(power: Actor, rest: tuple[str, ...]) -> Policy:
    def orders(state: str, number: int, _: int) -> Iterator[tuple[EventKind, Mapping[str, Any]]]:
        if number % _YEAR == 0:
            terms = {"size": _GUARANTEE, "exclusivity": 1.0, "governance": None}
            yield EventKind.OFFER, {"by": power.code, "to": state, "kind": _TREATY, **terms}
        yield from _answers(state, (power.code,), rest)

    return Policy(
        id=f"side-{power.code}",
        words=f"the same, and every year an alliance with {power.spoken or power.name} that excludes its rivals",
        orders=orders,
    )


def _answers(state: str, yes: tuple[str, ...], no: tuple[str, ...]) -> Iterator[tuple[EventKind, Mapping[str, Any]]]:
    for say, powers in (("yes", yes), ("no", no)):
        if powers:
            yield EventKind.ANSWER, {"by": state, "to": powers, "kind": EVERYTHING, "say": say}


def _visits(state: str, powers: tuple[str, ...]) -> Iterator[tuple[EventKind, Mapping[str, Any]]]:
    for power in powers:
        yield EventKind.VISIT, {"by": state, "to": power}
