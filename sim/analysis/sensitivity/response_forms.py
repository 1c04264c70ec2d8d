"""How the questions of an experiment are written, and their reading; answered they are in `responses`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, TypeVar

from sim.analysis.sensitivity.responses import ALL, BALANCING, EACH, EVERY, LARGEST, MONEY, SUMMARIES, Response, Source
from sim.io.checks import check_choice, check_group, check_list
from sim.io.errors import Entry, listed, nearest_to, quoted
from sim.io.forms import (
    Form,
    Reader,
    as_written,
    check_keys,
    group_schema,
    list_schema,
    name_of,
    read_form,
    schema_of,
    word,
)
from sim.io.meant import quarter_meant
from sim.scenario.calendar import QUARTER, parse_quarter, quarter_text

if TYPE_CHECKING:
    from pathlib import Path

    from sim.evidence.evidence import Evidence
    from sim.scenario.scenario import Scenario

T = TypeVar("T")

NAME_TEXT = "[A-Za-z][A-Za-z0-9 _.-]{0,63}"
NAME = re.compile(rf"{NAME_TEXT}\Z")
NAME_IN_WORDS = "letters, digits, spaces, dots and hyphens, a letter first, at most 64"
_TAKEN = frozenset({"point", "replicate"})

# --- how questions are written ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """What an experiment is about: its scenario, and the evidence of its world; and where files it names lie."""

    scenario: Scenario
    evidence: Evidence
    folder: Path | None = None


def _read_words(entry: Entry, subject: Subject) -> dict[str, tuple[str, ...]]:
    """Label -> words that count together; the label is empty unless there is one question for each word."""
    from sim.batch.outcomes import OUTCOMES

    plain = tuple(outcome.word for outcome in OUTCOMES)
    if entry.text == EACH:
        return {one: (one,) for one in plain}
    codes = [power.code for power in subject.evidence.powers]
    known = [BALANCING, *plain, *(f"{o.word}-{code}" for o in OUTCOMES if o.names_power for code in codes)]
    words = []
    for item in entry.value if isinstance(entry.value, list) else [entry]:
        if item.text in known:
            words.append(item.text)
        else:
            allowed = (
                f"{EACH}, {BALANCING}, {listed(plain, 'list outcomes')}, or a word with its power such as {known[-1]}"
            )
            item.refuse(allowed=allowed, nearest=nearest_to(item.text, known) if item.text else None)
    return {"": tuple(words)}


def _read_states(entry: Entry, subject: Subject) -> dict[str, tuple[str, ...]] | None:
    """Label -> states that are averaged over; None for all of them together."""
    codes = tuple(state.code for state in subject.evidence.states)
    if entry.text == ALL:
        return None
    if entry.text == EACH:
        return {code: (code,) for code in codes}
    if isinstance(entry.value, list):
        chosen = [check_choice(item, codes, "list actors") for item in check_list(entry)]
        return {"": tuple(code for code in chosen if code)}
    return {"": (check_choice(entry, (*codes, ALL, EACH), "list actors") or "",)}


def _read_times(entry: Entry, subject: Subject) -> dict[str, int | str]:
    """Label -> a quarter, or how a course is summed up."""
    start, end = subject.scenario.start, subject.scenario.end
    if entry.text == EVERY:
        return {quarter_text(at): at for at in range(start, end + 1)}
    if entry.text in SUMMARIES:
        return {"": entry.text}
    quarter = parse_quarter(entry.text or "")
    if quarter is None or not start <= quarter <= end:
        span = f"{quarter_text(start)} to {quarter_text(end)}"
        entry.refuse(
            allowed=f"{listed((*SUMMARIES, EVERY))}, or a quarter from {span}",
            nearest=quarter_meant(entry.text or "") or nearest_to(entry.text or "", (*SUMMARIES, EVERY)),
        )
        return {"": "end"}
    return {"": quarter}


_CODES = {"anyOf": [{"type": "string"}, list_schema({"type": "string"})]}
_STATE: Reader[Subject] = Reader(read=_read_states, schema=_CODES)
_POWER = as_written({"type": "string"})
_AT: Reader[Subject] = Reader(
    read=_read_times, schema={"anyOf": [{"enum": [*SUMMARIES, EVERY]}, QUARTER.schema]}, missing={"": "end"}
)
_KIND: Reader[Subject] = name_of(lambda subject: (*subject.evidence.kinds, ALL, MONEY), ALL)


@cache
def response_forms() -> Mapping[Source, Form[Subject]]:
    """How a question of each source is written; what can be asked is known to rooms that are read when it is needed."""
    from sim.model.variables import OFFER_TOTALS, QUANTITIES

    words: Reader[Subject] = Reader(read=_read_words, schema=_CODES)
    state = _STATE.says("one state, a list, all together, or a question for each")
    power = _POWER.says("one power, all together, the largest, or a question for each")
    at = _AT.says("when: a quarter, every quarter, or how the course is summed up")
    return {
        Source.MEASURE: Form(
            needs={"measure": word(QUANTITIES).says("a measure of every quarter")},
            may={"state": state, "power": power, "at": at},
        ),
        Source.WORD: Form(
            needs={"word": words.says("the outcome words that count, a list of them, or a question for each")},
            may={"state": state, "at": at},
        ),
        Source.TOTAL: Form(
            needs={"total": word(OFFER_TOTALS).says("offers counted over the whole run")},
            may={
                "state": state,
                "power": power,
                "kind": _KIND.says("offers of one kind, of all, or of all for money"),
            },
        ),
    }


def response_schema() -> dict[str, Any]:
    """The questions of an experiment, by name, as a part of a JSON Schema."""
    forms = [schema_of(form) for form in response_forms().values()]
    return group_schema(
        {"type": "object", "oneOf": forms},
        minProperties=1,
        propertyNames={"pattern": f"^{NAME_TEXT}$", "not": {"enum": sorted(_TAKEN)}},
    )


# --- reading them ----------------------------------------------------------------------------------------------------

_SOURCES = {source.name.lower(): source for source in Source}


def read_responses(entry: Entry | None, subject: Subject) -> tuple[Response, ...]:
    """The questions of an experiment, those for each state, power, word or quarter written out."""
    if entry is None:
        return ()
    responses: dict[str, Response] = {}
    groups = check_group(entry, "a group of outcomes, each with a name")
    if not groups and isinstance(entry.value, dict):
        entry.refuse(found="nothing", allowed="at least one outcome")
    for name, item in groups.items():
        if check_response_name(item, name):
            new = {response.name: response for response in _responses(name, item, subject)}
            taken = responses.keys() & new.keys()
            if taken:
                item.refuse(found=f"'{min(taken)}' a second time", allowed="each name once")
            responses |= new
    return tuple(responses.values())


def check_response_name(entry: Entry, name: str) -> bool:
    """The name of an outcome stands in tables and figures, so it is short and plain."""
    if name in _TAKEN:
        entry.refuse(found=f"the name {quoted(name)}", allowed="another: a column of the tables has it")
        return False
    if NAME.match(name):
        return True
    entry.refuse(found=f"the name {quoted(name)}", allowed=NAME_IN_WORDS)
    return False


def _responses(name: str, item: Entry, subject: Subject) -> list[Response]:
    """One question, or several where it is asked for each state, power or word, or every quarter."""
    source = check_one_of(item, _SOURCES, "a group of keys with one of " + listed(_SOURCES))
    if source is None:
        return []
    form = response_forms()[source]
    check_keys(item, form)
    before = len(item.problems)  # with a key too many it is still known what is asked
    values = read_form(item, form, subject)
    if values is None:
        return []
    what = values[source.name.lower()]
    if source is Source.TOTAL:
        _check_values_add_up(item, what, values["kind"], subject)
    whats = what if source is Source.WORD else {"": (what or "",)}
    powers = _powers(item, source, what, subject)
    if len(item.problems) > before:
        return []
    states = values["state"] or {"": tuple(state.code for state in subject.evidence.states)}
    times = values.get("at", {"": "end"})
    found = []
    for about, state, power, at in product(whats, states, powers, times):
        labels = {"word": about, "state": state, "power": power, "quarter": at}
        labels = {key: label for key, label in labels.items() if label}
        full = ".".join([name, *(label for key, label in labels.items() if key != "quarter")])
        found.append(
            Response(
                name=f"{full}@{at}" if at else full,
                source=source,
                what=whats[about],
                states=states[state],
                power=powers[power],
                kind=values.get("kind", ALL),
                at=times[at],
                group=name,
                labels=labels,
            )
        )
    return found


def _check_values_add_up(item: Entry, what: str | None, kind: str | None, subject: Subject) -> None:
    """Values of offers are amounts of money, but for security points; the two have no sum."""
    from sim.model.variables import OFFER_VALUES, SECURES

    if what in OFFER_VALUES and kind == ALL and SECURES in subject.evidence.kinds:
        found = f"{what} of all kinds, which is money for most and index points for {SECURES}"
        allowed = f"{MONEY}, or one kind of offer"
        item.value.get("kind", item).refuse(key=f"{item.key}.kind", found=found, allowed=allowed)


def check_one_of(item: Entry, choices: Mapping[str, T], allowed: str) -> T | None:
    """Which of several keys a group has; a problem unless it is a group with exactly one of them."""
    if not isinstance(item.value, dict):
        item.refuse(allowed=allowed)
        return None
    there = [key for key in choices if key in item.value]
    if len(there) == 1:
        return choices[there[0]]
    item.refuse(
        found=listed(there) + " together" if there else "none of them", allowed="exactly one of " + listed(choices)
    )
    return None


def _powers(item: Entry, source: Source, what: str | None, subject: Subject) -> dict[str, str]:
    """Label -> code, `all` or `largest`; a measure of a state alone has none, one by power needs one."""
    from sim.model.variables import BY_POWER

    entry = item.value.get("power")
    by_power = source is Source.MEASURE and what in BY_POWER
    if source is not Source.TOTAL and not by_power:
        if entry is not None and source is Source.MEASURE and what:
            entry.refuse(message="this measure is of a state alone; leave 'power' out")
        return {"": ""}
    codes = tuple(power.code for power in subject.evidence.powers)
    if entry is None:
        if by_power:
            item.refuse(
                found="", message="'power' is missing", allowed=listed((*codes, ALL, LARGEST, EACH), "list actors")
            )
        return {"": ALL}
    if entry.text == EACH:
        return {code: code for code in codes}
    more = (ALL, EACH) if source is Source.TOTAL else (ALL, LARGEST, EACH)
    return {"": check_choice(entry, (*codes, *more), "list actors") or ""}
