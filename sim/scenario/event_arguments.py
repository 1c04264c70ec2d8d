"""Events made or changed in Python, checked as those of files are: by the same table of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.evidence.documents import FACT_IDS
from sim.io.checks import check_number
from sim.io.errors import Entry, listed, nearest_to
from sim.io.limits import FIRST_YEAR, LAST_YEAR, MOST_LINES
from sim.scenario.event_keys import codes_of
from sim.scenario.events import FORMS, LASTING, Event, EventKind
from sim.scenario.units import ONE_FOR_ALL, check_number_name

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence
    from sim.io.arguments import Arguments
    from sim.io.forms import Reader
    from sim.scenario.event_keys import Codes


def check_event(key: str, event: Any, evidence: Evidence, arguments: Arguments) -> Any:
    """An event made in Python is of a kind, falls into a quarter, and says what its kind needs and nothing else.

    It may fall outside the run, as where a scenario is shortened: then it does not happen. Gives it back with plain
    numbers, and with what its kind may say as it is where nothing is said.
    """
    if not isinstance(event, Event) or not isinstance(event.kind, EventKind):
        arguments.entry(key, f"<{type(event).__name__}>").refuse(allowed="an Event of one of the kinds of EventKind")
        return event
    fields: Any = event.fields
    if not isinstance(fields, Mapping):
        arguments.entry(f"{key}.fields", fields).refuse(allowed="what the event says, by the name of its field")
        return event
    first = arguments.whole(f"{key}.at", event.at, FIRST_YEAR * 4, LAST_YEAR * 4 + 3)
    latest, until = event.latest, event.until
    if latest is not None:
        latest = arguments.whole(f"{key}.latest", event.latest, first, LAST_YEAR * 4 + 3)
    if until is not None:
        until = arguments.whole(f"{key}.until", until, first if latest is None else latest, LAST_YEAR * 4 + 3)
        if not FORMS[event.kind].lasts:
            entry = arguments.entry(f"{key}.until", event.until)
            entry.refuse(allowed=f"None, save where an event lasts: {listed(LASTING)}")
    afterwards = arguments.flag(f"{key}.afterwards", event.afterwards)
    chance = check_number(arguments.entry(f"{key}.chance", event.chance), 0.0, 1.0)
    line = arguments.whole(f"{key}.line", event.line, 0, MOST_LINES)
    FACT_IDS.read(arguments.entry(f"{key}.evidence", event.evidence), evidence)
    for name in ("note", "draw", "file"):
        check_said(f"{key}.{name}", getattr(event, name), arguments)
    fields = _check_fields(key, event, evidence, arguments)
    found: dict[str, Any] = {"at": first, "latest": latest, "until": until, "afterwards": afterwards, "fields": fields}
    return replace(event, **found, line=line, chance=1.0 if chance is None else chance)


def check_said(key: str, said: Any, arguments: Arguments) -> None:
    """What is said to readers beside is text, with no letter that has no place in it; it may be empty."""
    entry = arguments.entry(key, said)
    if not isinstance(said, str):
        entry.refuse(allowed="text")
    else:
        entry.has_hidden()


def _check_fields(key: str, event: Event, evidence: Evidence, arguments: Arguments) -> Mapping[str, Any]:
    """What an event says, each by the reader of its key and all together by the check of its kind."""
    form, problems = FORMS[event.kind], len(arguments.problems)
    entry = arguments.entry(f"{key}.fields", dict(event.fields))
    missing = [name for name in form.needs if name not in event.fields]
    if missing:
        entry.refuse(found=listed(map(str, event.fields)) or "nothing", allowed=f"with {listed(missing)}")
    for name in event.fields:
        if name not in form.keys:
            unknown = arguments.entry(f"{key}.fields.{name}", name)
            unknown.refuse(allowed=listed(form.keys), nearest=nearest_to(str(name), form.keys))
    if len(arguments.problems) > problems:
        return event.fields
    if event.kind is EventKind.SET:
        _check_settings(key, event.fields, evidence, arguments)
        return event.fields
    codes = codes_of(evidence)
    given = {
        name: form.may[name].missing
        if value is None and name in form.may
        else _read(entry.value[name], form.keys[name], value, codes, one=name == form.each)
        for name, value in event.fields.items()
    }
    values = given | {name: reader.missing for name, reader in form.keys.items() if name not in given}
    if form.check is not None and len(arguments.problems) == problems:
        said = {name: one for name, one in entry.value.items() if event.fields[name] is not None}
        form.check(entry.with_value(said), values, codes)
    return {name: given.get(name, value) for name, value in values.items()}


def _read(entry: Entry, reader: Reader[Codes], value: Any, codes: Codes, *, one: bool) -> Any:
    """One thing that an event says, plain where it is sound; one: it is one code, of which a file may name several."""
    if type(value) is type(reader.missing) and value is not None and value == reader.missing:
        return value
    before = len(entry.problems)
    if one:
        entry = Entry([entry], entry.problems, entry.file, entry.line, entry.column, entry.key)
    (reader.made or reader.read)(entry, codes)
    if isinstance(value, list):
        return tuple(value)
    plain = type(value) in (str, bool, int, float, tuple) or len(entry.problems) > before
    return value if plain else entry.value  # a number of another library as a plain one


def _check_settings(key: str, fields: Mapping[str, Any], evidence: Evidence, arguments: Arguments) -> None:
    """An event that sets numbers names those of the evidence, with a finite value each; of ranges a file is asked."""
    names, values = fields.get("number"), fields.get("to")
    entry = arguments.entry(f"{key}.fields", "number and to")
    if not isinstance(names, tuple) or not isinstance(values, tuple) or not names or len(names) != len(values):
        entry.refuse(allowed="a tuple of names of numbers, and a tuple of as many values")
        return
    for name, value in zip(names, values, strict=True):
        named = arguments.entry(f"{key}.fields.number", name)
        if not isinstance(name, str):
            named.refuse(allowed="the name of a number of the evidence, as text")
        elif name.startswith(ONE_FOR_ALL):
            named.refuse(allowed="a number of the world; a line between outcome words holds for the whole run")
        elif check_number_name(named, name, evidence) is not None:
            check_number(arguments.entry(f"{key}.fields.to", value))
