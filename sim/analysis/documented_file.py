"""What documents report as done, and what they say was seen next (`seeds/documented.yaml`).

An entry is one thing that a document reports: what it was in our words, the facts behind it, the events of the model
that are laid for it, and what was seen: who signed, who refused, who travelled, how they voted, what rose or fell. What
the model cannot say stands in the same file, under `left_out`, with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from sim.evidence.documents import FACT_IDS
from sim.evidence.evidence import Evidence
from sim.io.errors import Entry, Problems, listed
from sim.io.forms import (
    TEXT,
    TRUE_OR_FALSE,
    Form,
    Reader,
    Values,
    file_schema,
    group,
    items,
    member,
    name_of,
    names_of,
    part,
    read_each,
    read_file,
    read_form,
    schema_of,
    whole_number,
)
from sim.io.limits import MOST_RUNS
from sim.model.variables import BY_POWER, BY_STATE, QUANTITIES
from sim.scenario.calendar import QUARTER, quarter_text
from sim.scenario.event_keys import OFFER_KIND, POWERS, STATES, Codes, codes_of
from sim.scenario.events import Event, EventKind
from sim.scenario.timeline import event_definitions, read_events, unfold
from sim.scenario.units import AMOUNT_SCHEMA, SETTING_SCHEMA, percentage

USUAL_LINE = 0.9


class Sort(Enum):
    """What sort of thing is reported; the value is the head of its part of the table."""

    DEAL = "Deals and pledges"
    DEALING = "Dealings of which no sum is known"
    REFUSAL = "What was refused"
    PRESSURE = "Tariffs and pressure"
    SUMMIT = "After summits"
    VISIT = "Journeys of leaders"
    VOTE = "Votes"
    CRISIS = "Crises and neighbours"
    COURSE = "The course that was kept"


class Seen(Enum):
    """What can have been seen of a state; each value says how it is told from a run."""

    SIGNED = "takes every offer laid before it here"
    REFUSED = "takes none of the offers laid before it here"
    DEALT = "signs something with the power, laid here or not"
    WITHHELD = "signs nothing with the power"
    VISITED = "its leader travels to the power"
    VOTED_YES = "votes yes"
    VOTED_NO = "votes no"
    ABSTAINED = "is there, and says neither yes nor no"
    STAYED_AWAY = "does not vote"
    STOOD_ASIDE = "says neither yes nor no, or does not vote"
    NO_SIDE = "has taken nobody's side in any quarter"
    BALANCED = "still balances, by its outcome word, as if the run ended there"
    ROSE = "higher than in the same run without what is laid here"
    FELL = "lower than in the same run without what is laid here"
    NO_HIGHER = "no higher than in the same run without what is laid here"
    GREW = "higher at the end of the time than at its beginning"
    SHRANK = "lower at the end of the time than at its beginning"
    LED = "more with the power than with any other, or than with those named"

    @property
    def word(self) -> str:
        """As written in the file."""
        return self.name.lower()


_OUTCOME = frozenset((Seen.ROSE, Seen.FELL, Seen.NO_HIGHER, Seen.GREW, Seen.SHRANK, Seen.LED))
_SIGNATURE = frozenset((Seen.DEALT, Seen.WITHHELD))
_ANSWER = frozenset((Seen.SIGNED, Seen.REFUSED))
_NEEDED = {"what": _OUTCOME, "with": _SIGNATURE | {Seen.VISITED, Seen.LED}}
_ALLOWED = {
    "what": _OUTCOME,
    "with": _OUTCOME | _SIGNATURE | _ANSWER | {Seen.VISITED},
    "kind": _SIGNATURE | _ANSWER,
    "together": _OUTCOME,
    "before": frozenset((Seen.LED,)),
}
VOTES = frozenset((Seen.VOTED_YES, Seen.VOTED_NO, Seen.ABSTAINED, Seen.STAYED_AWAY, Seen.STOOD_ASIDE))
BESIDE = frozenset((Seen.ROSE, Seen.FELL, Seen.NO_HIGHER))
"""What is told by playing the same runs without what is laid."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One thing that was seen: of which states, with which powers, of what, in which quarters, and the line.

    `line` is the share of runs (0..1) in which it has to be seen; `miss` is why it is not, where that is known.
    """

    seen: Seen
    states: tuple[str, ...]
    powers: tuple[str, ...]
    before: tuple[str, ...]  # those that it is compared with; empty for all others
    kind: str
    what: str
    start: int  # quarters, year * 4 + quarter - 1, both looked at
    end: int
    together: bool
    line: float
    miss: str

    @property
    def subjects(self) -> tuple[tuple[str, ...], ...]:
        """Of whom it is asked: each state, or all of them as one."""
        return (self.states,) if self.together else tuple((state,) for state in self.states)


@dataclass(frozen=True, kw_only=True)
class Reported:
    """One thing reported as done; `dates` are those of its facts, `alone` plays it without the other entries."""

    id: str
    says: str
    sort: Sort
    evidence: tuple[str, ...]
    dates: tuple[str, ...]
    alone: bool
    events: tuple[Event, ...]
    sights: tuple[Sight, ...]
    note: str


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Something reported that the model cannot say, or that reports nothing to be seen, and why."""

    id: str
    says: str
    evidence: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Documented:
    """The whole file: quarters from `start` to `end`, both played, runs, and what is reported."""

    start: int
    end: int
    runs: int
    looked_at: int
    entries: tuple[Reported, ...]
    left_out: tuple[LeftOut, ...]


# --- how the file is written -----------------------------------------------------------------------------------------


def check_keys_of_sight(entry: Entry, values: Values, _: Codes) -> None:
    """Each thing seen has the keys that it needs, and no others."""
    seen = values["seen"]
    if seen is None:
        return
    for key, several in _NEEDED.items():
        if seen in several and key not in entry.value:
            entry.refuse(found=f"'{seen.word}' without '{key}'", allowed=f"'{key}' beside it")
    for key, several in _ALLOWED.items():
        if key in entry.value and seen not in several:
            fit = listed(one.word for one in Seen if one in several)
            entry.value[key].refuse(found=f"'{key}' beside '{seen.word}'", allowed=f"it beside {fit}")
    if seen in _OUTCOME:
        _check_outcome(entry, values)


def _check_outcome(entry: Entry, values: Values) -> None:
    """What is between a state and a power needs one; what is a state's own has none."""
    what = values["what"]
    if what in BY_POWER and not values["with"]:
        entry.refuse(found=f"'{what}' without 'with'", allowed="the power, a list of powers, or all")
    if what in BY_STATE and values["with"]:
        entry.value["with"].refuse(found=f"a power beside '{what}'", allowed="an outcome of a state and a power")
    if values["seen"] is Seen.LED and what in BY_STATE:
        entry.value["what"].refuse(
            found=f"'{what}'", allowed=listed((name for name in BY_POWER if name in QUANTITIES), "list measures")
        )


def check_order(entry: Entry, values: Values, _: object) -> None:
    """What is played ends no sooner than it begins."""
    if values["from"] is not None and values["to"] is not None and values["to"] < values["from"]:
        entry.value["to"].refuse(allowed=f"{quarter_text(values['from'])} or later, when it begins")


_WHAT: Reader[object] = name_of(lambda _: QUANTITIES, "", {"enum": list(QUANTITIES)}, "list measures")
_ANY_FACTS: Reader[Evidence] = names_of(lambda evidence: evidence.facts, "list facts")
SIGHT: Form[Codes] = Form(
    needs={
        "seen": member(Seen).says("what was seen"),
        "of": STATES.says("of which states; each is asked by itself"),
    },
    may={
        "with": replace(POWERS, missing=()).says("with which powers"),
        "kind": OFFER_KIND.says("offers of which kind alone"),
        "what": _WHAT.says("the outcome that is looked at"),
        "from": QUARTER.says("the first quarter looked at; without it, that of the first event laid here"),
        "to": QUARTER.says("the last quarter looked at; without it, that of the last event laid here"),
        "before": replace(POWERS, missing=()).says("those that the power is compared with, in place of all others"),
        "together": TRUE_OR_FALSE.says("whether the states are added up", False),
        "line": percentage(0, 1).says("in what share of runs it has to be seen", USUAL_LINE),
        "miss": TEXT.says("why it is not seen, where that is known"),
    },
    check=check_keys_of_sight,
)
REPORTED: Form[Evidence] = Form(
    needs={
        "says": TEXT.says("what was reported, in our words"),
        "sort": member(Sort).says("what sort of thing it is"),
        "evidence": FACT_IDS.says("the facts behind it, by id; their dates are its own"),
        "observed": items(schema_of(SIGHT), "a list of what was seen").says("what was seen next"),
    },
    may={
        "events": items(part("event"), "a list of events").says("what is laid for it, as in a scenario"),
        "alone": TRUE_OR_FALSE.says("whether it is played without the other entries", False),
        "note": TEXT.says("what was assumed to lay it"),
    },
)
LEFT_OUT: Form[Evidence] = Form(
    needs={
        "says": TEXT.says("what was reported, in our words"),
        "evidence": _ANY_FACTS.says("the facts behind it, by id; set-aside ones too"),
        "why": TEXT.says("why it is not asked of the model"),
    }
)
DOCUMENTED: Form[object] = Form(
    needs={
        "from": QUARTER.says("the first quarter that is played"),
        "to": QUARTER.says("the last one"),
        "runs": whole_number(1, MOST_RUNS, 1).says("runs of an entry"),
        "looked_at": whole_number(1, MOST_RUNS, 1).says("runs of journeys, which are played one at a time"),
        "entries": group(schema_of(REPORTED), "entries by id").says("what is reported as done, by id"),
        "left_out": group(schema_of(LEFT_OUT), "entries by id").says("what is not asked of the model, by id"),
    },
    check=check_order,
)


def load_documented(evidence: Evidence, path: Path | str | None = None) -> Documented:
    """Read and check `seeds/documented.yaml`, or another file laid out like it.

    Raises
    ------
    sim.io.errors.InputError
        With every mistake in the file: unknown facts, actors, kinds, outcomes, keys, quarters outside the file's own,
        and wrong events.
    """
    path = evidence.folder / "documented.yaml" if path is None else Path(path)
    problems = Problems()
    values = read_file(path, DOCUMENTED, None, problems)
    span = (values["from"], values["to"])
    entries, left_out = [], []
    for name, entry in values["entries"].items():
        read = read_form(entry, REPORTED, evidence)
        if read is not None and None not in span:
            entries.append(_reported(name, read, evidence, span))
    for name, entry in values["left_out"].items():
        read = read_form(entry, LEFT_OUT, evidence)
        if read is not None:
            left_out.append(LeftOut(id=name, **read))
    problems.raise_if_any()
    return Documented(
        start=span[0],
        end=span[1],
        runs=values["runs"],
        looked_at=values["looked_at"],
        entries=tuple(entries),
        left_out=tuple(left_out),
    )


def _reported(name: str, read: Values, evidence: Evidence, span: tuple[int, int]) -> Reported:
    events = unfold(read_events(read["events"], evidence), *span)
    codes, sights = codes_of(evidence), []
    for place, values in read_each(read["observed"], SIGHT, codes):
        sight = _sight(place, values, events, span)
        if sight is not None:
            sights.append(sight)
    return Reported(
        id=name,
        says=read["says"],
        sort=read["sort"] or Sort.COURSE,
        evidence=read["evidence"],
        dates=tuple(dict.fromkeys(evidence.facts[one].date for one in read["evidence"] if evidence.facts[one].date)),
        alone=read["alone"],
        events=events,
        sights=tuple(sights),
        note=read["note"],
    )


def _sight(place: Entry, values: Values, events: tuple[Event, ...], span: tuple[int, int]) -> Sight | None:
    """One thing seen with its quarters; None, with a problem, where it cannot be told."""
    before = len(place.problems)
    dates = [event.at for event in events]
    start, end = values["from"], values["to"]
    if not dates and (start is None or end is None):
        place.refuse(found="no events here, and no quarters", allowed="'from' and 'to'")
        return None
    start = min(dates) if start is None else start
    end = max(*dates, start) if end is None else end
    for key, quarter in (("from", start), ("to", end)):
        if not span[0] <= quarter <= span[1] or end < start:
            allowed = f"quarters in their order, within {quarter_text(span[0])} to {quarter_text(span[1])}"
            place.refuse(key=key, found=f"{quarter_text(start)} to {quarter_text(end)}", allowed=allowed)
            return None
    _check_laid(place, values, events, (start, end))
    if len(place.problems) > before or values["seen"] is None:
        return None
    return Sight(
        seen=values["seen"],
        states=values["of"],
        powers=values["with"],
        before=values["before"],
        kind=values["kind"] or "",
        what=values["what"],
        start=start,
        end=end,
        together=values["together"],
        line=USUAL_LINE if values["line"] is None else values["line"],
        miss=values["miss"],
    )


def _check_laid(place: Entry, values: Values, events: tuple[Event, ...], window: tuple[int, int]) -> None:
    """Answers need an offer, votes a vote, and what rises or falls beside something needs that something."""
    seen = values["seen"]
    if seen in _ANSWER:
        for state in values["of"] or ():
            if not offers_to(events, state, values["with"], values["kind"] or ""):
                place.refuse(key="of", found=f"no offer to '{state}' is laid here", allowed="an offer among 'events'")
    if seen in VOTES:
        votes = [event.at for event in events if event.kind is EventKind.VOTE]
        if not any(window[0] <= at <= window[1] for at in votes):
            place.refuse(key="seen", found=f"'{seen.word}' without a vote", allowed="a vote among 'events'")
    if seen in BESIDE and not events:
        place.refuse(key="seen", found=f"'{seen.word}' with nothing laid", allowed="'events', or grew or shrank")


def offers_to(events: tuple[Event, ...], state: str, powers: tuple[str, ...], kind: str) -> tuple[Event, ...]:
    """The offers among some events that are laid before a state: by these powers and of this kind, where named."""
    return tuple(
        event
        for event in events
        if event.kind is EventKind.OFFER
        and event.fields["to"] == state
        and (not powers or event.fields["by"] in powers)
        and (not kind or event.fields["kind"] == kind)
    )


def documented_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of `documented.yaml`."""
    said = "What documents report as done, and what was seen next."
    definitions: Mapping[str, Any] = {"amount": AMOUNT_SCHEMA, "setting": SETTING_SCHEMA, **event_definitions()}
    return file_schema("Documented events of multivector", said, schema_of(DOCUMENTED), definitions)
