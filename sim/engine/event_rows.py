"""Events laid out as rows of numbers for the turn, which knows no words.

A row is: first quarter, code, state, power, kind or domain, four values. An event for several actors becomes several
rows; -1 stands for an actor, kind or value that does not apply. Two powers (of a rivalry, or to be driven apart) stand
in the columns of state and power, and a corridor or a pipeline stands in the column of the power. Who closes a way
stands in the column of the kind, and of a sanction, whether the first of the two is a power that sets it against the
second (1), or a state against which the second sets it (0).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from sim.engine.setting_changes import carried_out_here
from sim.evidence.evidence import Evidence
from sim.model.fields import DOMAINS, EVENTS, KINDS
from sim.scenario.event_keys import EVERYTHING
from sim.scenario.events import VOTE_WORDS, Event, EventKind

Row: TypeAlias = tuple[float, ...]
Places: TypeAlias = Mapping[str, int]

NOTHING = -1.0
ANSWERS = {"yes": 1.0, "no": -1.0}


def vote_code(word: str) -> float:
    """A vote as a turn knows it: 1 yes, 2 no, 3 abstains, 4 stays away."""
    return VOTE_WORDS.index(word) + 1.0


def rows_of(events: Sequence[Event], evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """What each event is, in numbers, and which event each row belongs to: float64 [rows, 9], int64 [rows]."""
    states = (state.code for state in evidence.states)
    powers = tuple(power.code for power in evidence.powers)
    corridors = (corridor.code for corridor in evidence.corridors)
    pipelines = (pipeline.code for pipeline in evidence.pipelines)
    places = {code: at for codes in (states, powers, corridors, pipelines) for at, code in enumerate(codes)}
    rows: list[Row] = []
    event_of: list[int] = []
    for number, event in enumerate(events):
        if carried_out_here(event):  # between quarters, not in the turn
            continue
        more = _ROWS[event.kind](event.fields, places, powers)
        code = EVENTS.index(event.kind.name.lower())
        rows += [(float(event.at), float(code), *row) for row in more]
        event_of += [number] * len(more)
    return np.array(rows).reshape(-1, 9), np.array(event_of, dtype=np.int64)


def _row(i: float = NOTHING, j: float = NOTHING, k: float = NOTHING, *values: float) -> Row:
    given = (*values, 0.0, 0.0, 0.0, 0.0)[:4]
    return (i, j, k, *given)


def _summit(fields: Mapping[str, Any], at: Places, _: tuple[str, ...]) -> list[Row]:
    return [_row(at[guest], at[fields["host"]]) for guest in fields["guests"]]


def _offer(fields: Mapping[str, Any], at: Places, _: tuple[str, ...]) -> list[Row]:
    terms = [NOTHING if fields.get(term) is None else fields[term] for term in ("exclusivity", "governance")]
    kind = KINDS.index(fields["kind"])
    return [_row(at[fields["to"]], at[fields["by"]], kind, fields["size"], *terms, float(bool(fields.get("agreed"))))]


def _visit(fields: Mapping[str, Any], at: Places, powers: tuple[str, ...]) -> list[Row]:
    state, power = (fields["to"], fields["by"]) if fields["by"] in powers else (fields["by"], fields["to"])
    return [_row(at[state], at[power])]


def _capacity(fields: Mapping[str, Any], at: Places, _: tuple[str, ...]) -> list[Row]:
    touched = range(len(KINDS)) if fields["kind"] == EVERYTHING else [KINDS.index(fields["kind"])]
    return [_row(NOTHING, at[fields["of"]], k, fields["change"]) for k in touched]


def _rivalry(fields: Mapping[str, Any], at: Places, powers: tuple[str, ...]) -> list[Row]:
    """One row an ordered pair and domain: the level to go to (nan where it is a step) and the step."""
    codes = powers if fields["between"] == EVERYTHING else fields["between"]
    pairs = [(at[a], at[b]) for a in codes for b in codes if a != b]
    level = math.nan if fields.get("to") is None else fields["to"]
    step = 0.0 if fields.get("by") is None else fields["by"]
    domains = range(len(DOMAINS)) if fields["domain"] == EVERYTHING else [DOMAINS.index(fields["domain"])]
    return [_row(a, b, d, level, step) for a, b in pairs for d in domains]


def _vote(fields: Mapping[str, Any], at: Places, _: tuple[str, ...]) -> list[Row]:
    sides = ((1.0, fields["for"]), (-1.0, fields["against"]))
    return [_row(NOTHING, at[code], NOTHING, ballot) for ballot, codes in sides for code in codes]


def _quarrel(fields: Mapping[str, Any], at: Places, _: tuple[str, ...]) -> list[Row]:
    return [_row(NOTHING, at[code], NOTHING, fields["level"]) for code in fields["between"]]


def _wedge(fields: Mapping[str, Any], at: Places, _: tuple[str, ...]) -> list[Row]:
    one, two = (at[code] for code in fields["between"])
    return [_row(one, two), _row(two, one)]


def _answer(fields: Mapping[str, Any], at: Places, _: tuple[str, ...]) -> list[Row]:
    """One row a power: the first kind, the answer, and the kind behind the last; or one row, to no kind: a vote."""
    if "vote" in fields:
        return [_row(at[fields["by"]], NOTHING, 0.0, 0.0, 0.0, vote_code(fields["vote"]))]
    every = fields["kind"] == EVERYTHING
    first = 0 if every else KINDS.index(fields["kind"])
    behind = float(len(KINDS) if every else first + 1)
    return [_row(at[fields["by"]], at[code], first, ANSWERS[fields["say"]], behind) for code in fields["to"]]


def _closer(fields: Mapping[str, Any], at: Places, powers: tuple[str, ...]) -> float:
    """The power that closes a way; nobody outside is to blame where a state does."""
    return at[fields["by"]] if fields.get("by") in powers else NOTHING


def _corridor(fields: Mapping[str, Any], at: Places, powers: tuple[str, ...]) -> list[Row]:
    way = NOTHING if fields.get("open") is None else fields["open"]
    by = _closer(fields, at, powers)
    return [_row(NOTHING, at[fields["of"]], by, fields.get("capacity", 0.0), fields.get("cost", 0.0), way)]


def _border(fields: Mapping[str, Any], at: Places, powers: tuple[str, ...]) -> list[Row]:
    sides = powers if fields.get("with", EVERYTHING) == EVERYTHING else fields["with"]
    return [_row(at[fields["of"]], at[side], _closer(fields, at, powers), fields["open"]) for side in sides]


def _pipeline(fields: Mapping[str, Any], at: Places, powers: tuple[str, ...]) -> list[Row]:
    return [_row(NOTHING, at[fields["of"]], _closer(fields, at, powers), fields["open"])]


def _sanction(fields: Mapping[str, Any], at: Places, powers: tuple[str, ...]) -> list[Row]:
    pairs = [(one, other) for one in fields["by"] for other in fields["against"]]
    return [
        _row(at[one], at[other], 1.0, fields["level"])
        if other in powers
        else _row(at[other], at[one], 0.0, fields["level"])
        for one, other in pairs
    ]


_ROWS: Mapping[EventKind, Callable[[Mapping[str, Any], Places, tuple[str, ...]], list[Row]]] = {
    EventKind.SUMMIT: _summit,
    EventKind.OFFER: _offer,
    EventKind.TARIFF: lambda f, at, _: [_row(at[f["against"]], at[f["by"]], NOTHING, f["rate"])],
    EventKind.CRISIS: lambda f, at, _: [_row(at[f["in"]], NOTHING, NOTHING, f["severity"])],
    EventKind.VISIT: _visit,
    EventKind.CAPACITY: _capacity,
    EventKind.RIVALRY: _rivalry,
    EventKind.VOTE: _vote,
    EventKind.WAR: lambda f, at, _: [_row(NOTHING, at[f["of"]], NOTHING, f["level"])],
    EventKind.QUARREL: _quarrel,
    EventKind.WEDGE: _wedge,
    EventKind.THAW: lambda f, at, _: [_row(at[f["in"]], NOTHING, NOTHING, f["extent"])],
    EventKind.DOWNTURN: lambda f, at, _: [_row(at[f["in"]], NOTHING, NOTHING, f["loss"])],
    EventKind.CORRIDOR: _corridor,
    EventKind.BORDER: _border,
    EventKind.PIPELINE: _pipeline,
    EventKind.SANCTION: _sanction,
    EventKind.UNION: lambda f, at, _: [_row(at[f["in"]], at[f["of"]], NOTHING, f.get("level", 1.0))],
    EventKind.PLANT: lambda f, at, _: [_row(at[f["in"]], NOTHING, NOTHING, f["share"])],
    EventKind.ANSWER: _answer,
}
