"""Answers, votes and visits given in Python, as a file writes them or as a game left them, checked as files are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.io.errors import listed
from sim.scenario.calendar import quarter_text
from sim.scenario.event_arguments import check_event
from sim.scenario.events import Event, EventKind
from sim.scenario.timeline import read_events, unfold

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence
    from sim.io.arguments import Arguments
    from sim.scenario.scenario import Scenario

MOVES = (EventKind.ANSWER, EventKind.VISIT)
"""What whoever plays a state can do."""


def given_moves(arguments: Arguments, value: Any, scenario: Scenario, evidence: Evidence) -> tuple[Event, ...]:
    """Moves in the order in which they are given, each an `Event` or a group such as a file has.

    `{"at": "2026-Q2", "answer": {"by": "...", "to": "...", "kind": "trade", "say": "no"}}`. None is none of them. What
    is wrong is noted: what is no answer or visit, falls outside the run, or is left to luck.
    """
    if value is None:
        return ()
    allowed = f"a list of events: {listed(kind.name.lower() for kind in MOVES)}"
    if not isinstance(value, list | tuple):
        arguments.entry("answers", value).refuse(allowed=allowed)
        return ()
    found: list[Event] = []
    for at, move in enumerate(value):
        key, before = f"answers[{at}]", len(arguments.problems)
        if isinstance(move, Event):
            read = [check_event(key, move, evidence, arguments)]
        else:
            read = list(unfold(read_events([arguments.entry(key, move)], evidence), scenario.start, scenario.end))
        for event in read if len(arguments.problems) == before else ():
            if event.kind not in MOVES or not event.certain or not scenario.start <= event.at <= scenario.end:
                span = f"{quarter_text(scenario.start)} to {quarter_text(scenario.end)}"
                told = f"{event.kind.name.lower()} in {quarter_text(event.at)}"
                arguments.entry(key, told).refuse(allowed=f"an answer or a visit in one quarter from {span}")
                break
            found.append(replace(event, file="", line=0))
    return tuple(found)
