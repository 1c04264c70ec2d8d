"""Who is in a world: its states and powers, and the corridors and pipelines by which goods and energy leave it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.evidence.dates import DAY
from sim.evidence.numbers import (
    AMOUNT,
    ANY,
    LEANING,
    OFFER_KINDS,
    SHARE,
    Number,
    NumberReader,
    Span,
    number_definitions,
    number_part,
)
from sim.io.errors import Entry
from sim.io.forms import (
    TEXT,
    Form,
    Reader,
    Values,
    as_written,
    file_schema,
    group,
    inner,
    list_of,
    read_form,
    schema_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What an actor must state, and the widest range in which each number makes sense at all.
STATE_NUMBERS: Mapping[str, Span] = {
    "gdp": AMOUNT,
    "growth": ANY,
    "growth_swing": SHARE,
    "rest_swing": SHARE,
    "usual_works": SHARE,
    "regime_security": SHARE,
    "capability": SHARE,
    "stability": SHARE,
    "border_exposure": SHARE,
    "neutrality": SHARE,
    "governance_sensitivity": SHARE,
    "nationalism": SHARE,
    "processing": SHARE,
    "energy_rent": SHARE,
    "plants": SHARE,
    "norms": SHARE,
}
STATE_NUMBERS_BY_KIND: Mapping[str, Span] = {"weight": SHARE, "need": SHARE, "other": AMOUNT}
POWER_NUMBERS: Mapping[str, Span] = {
    "might": AMOUNT,
    "growth": ANY,
    "exclusivity": SHARE,
    "governance": SHARE,
    "credibility": SHARE,
    "volatility": SHARE,
    "carrot": SHARE,
    "stick": SHARE,
    "lumpiness": SHARE,
    "agenda": SHARE,
    "network": SHARE,
    "summit_rate": AMOUNT,
    "tier": SHARE,
    "restraint": SHARE,
    "generosity": SHARE,
    "collective": SHARE,
    "narrator": SHARE,
    "exchange": SHARE,
    "zero_sum": SHARE,
    "hardness": SHARE,
    "reentry": SHARE,
    "gateway": SHARE,
    "refining": SHARE,
}
POWER_NUMBERS_BY_KIND: Mapping[str, Span] = {
    "capability": SHARE,
    "budget": AMOUNT,
    "rate": AMOUNT,
    "size": AMOUNT,
    "niche": LEANING,
}
CORRIDOR_NUMBERS: Mapping[str, Span] = {"capacity": AMOUNT, "cost": AMOUNT}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A state or a power."""

    code: str
    name: str
    adjective: str
    capital: str
    called: tuple[str, ...] = ()  # other words by which facts name it
    spoken: str = ""  # the name as it stands in a sentence, where that differs


@dataclass(frozen=True, kw_only=True)
class Corridor:
    """A way by which goods leave the region, or a pipeline by which oil and gas do."""

    code: str
    name: str
    spoken: str = ""  # the name as it stands in a sentence, where that differs


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Those in one world, or in as much of it as has been read."""

    region: str = ""
    together: str = ""
    states: tuple[Actor, ...] = ()
    powers: tuple[Actor, ...] = ()
    corridors: tuple[Corridor, ...] = ()
    pipelines: tuple[Corridor, ...] = ()


MOST_ACTORS = 100
"""States of a world, and powers of a world: tables of results number them in a byte, and every pair is kept."""
MOST_WAYS = 50
"""Corridors of a world, and pipelines of a world."""

# --- how they are written --------------------------------------------------------------------------------------------

CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}\Z")
CODE_WORDS = "two to eight capital letters or digits"
CODE_TEXT = "^[A-Z][A-Z0-9]{1,7}$"  # how a JSON Schema says it


@dataclass(frozen=True, kw_only=True, eq=False)
class Sort:
    """A sort of those in a world: the key it stands under, whose a code of it is, its numbers and their spans.

    most: how many there may be.
    """

    key: str
    most: int
    owner: str
    texts: Mapping[str, Reader[object]]
    numbers: Mapping[str, Span]
    by_kind: Mapping[str, Span] = field(default_factory=dict)

    @cached_property
    def spans(self) -> Mapping[str, Span]:
        """The widest range in which each number makes sense."""
        return {**self.numbers, **self.by_kind}

    @cached_property
    def number_form(self) -> Form[object]:
        """The numbers that each must state."""
        single = {name: as_written(number_part(span)) for name, span in self.numbers.items()}
        return Form(needs=single | {n: as_written(number_part(span, by_kind=True)) for n, span in self.by_kind.items()})

    @cached_property
    def form(self) -> Form[object]:
        """How each is written."""
        numbers = {"numbers": as_written(schema_of(self.number_form)).says("its numbers")} if self.spans else {}
        spoken = TEXT.says("the name as it stands in a sentence, where that differs")
        called = list_of(TEXT, "a list of words").says("other words by which facts name it")
        may = {"spoken": spoken, "called": called} if "adjective" in self.texts else {"spoken": spoken}
        return Form(needs={**self.texts, **numbers}, may=may)

    def group(self, allowed: str = "a group of keys", **more: Any) -> Reader[object]:
        """All of a world, by code."""
        return group(schema_of(self.form), allowed, propertyNames={"pattern": CODE_TEXT}, **more)


_NAME = {"name": TEXT.says("what it is called")}
_NAMES = {**_NAME, "adjective": TEXT.says("the adjective to its name"), "capital": TEXT.says("its capital")}
STATES = Sort(
    key="states",
    most=MOST_ACTORS,
    owner="a state's",
    texts=_NAMES,
    numbers=STATE_NUMBERS,
    by_kind=STATE_NUMBERS_BY_KIND,
)
POWERS = Sort(
    key="powers",
    most=MOST_ACTORS,
    owner="a power's",
    texts=_NAMES,
    numbers=POWER_NUMBERS,
    by_kind=POWER_NUMBERS_BY_KIND,
)
CORRIDORS = Sort(key="corridors", most=MOST_WAYS, owner="a corridor's", texts=_NAME, numbers=CORRIDOR_NUMBERS)
PIPELINES = Sort(
    key="pipelines", most=MOST_WAYS, owner="a pipeline's", texts=_NAME, numbers={}
)  # all it is stands in `pipelines.csv`
SORTS = (STATES, POWERS, CORRIDORS, PIPELINES)

REGION: Form[object] = Form(
    needs={
        "name": TEXT.says("what the region is called"),
        "five": TEXT.says("what its states are called together, such as 'the five'"),
    }
)
_WHO: Mapping[str, Reader[object]] = {
    "region": inner(REGION).says("where it all happens"),
    "states": STATES.group(minProperties=1).says("the states, by code"),
    "powers": POWERS.group(minProperties=1).says("the powers, by code"),
}
_WAYS: Mapping[str, Reader[object]] = {
    "corridors": CORRIDORS.group("corridors by code").says("the ways by which goods leave the region, by code"),
    "pipelines": PIPELINES.group("pipelines by code").says("the lines by which oil and gas leave it, by code"),
}
_EXTENDS = as_written({"type": "string"}).says(
    "the world this one adds to; what it changes of it stands in changes.csv"
)
_UNTIL = DAY.says("the last day of which the world may know; its numbers rest on no later fact")
ALONE: Form[object] = Form(needs=_WHO, may={**_WAYS, "extends": _EXTENDS, "knows_until": _UNTIL})
HEIR: Form[object] = Form(needs={"extends": _EXTENDS}, may={**_WHO, **_WAYS, "knows_until": _UNTIL})


def world_form(top: Entry) -> Form[object]:
    """A world says who is in it; one that extends another says only what it adds."""
    return HEIR if isinstance(top.value, dict) and "extends" in top.value else ALONE


def world_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of the file `actors.yaml` of a world."""
    alone = {"if": {"required": ["extends"]}, "else": {"required": list(ALONE.needs)}}
    form: Form[object] = Form(may=ALONE.keys, schema=alone)
    said = "Who is in a world: its states and powers, and the corridors and pipelines by which goods leave it."
    return file_schema("A world of multivector", said, schema_of(form), number_definitions())


# --- reading them ----------------------------------------------------------------------------------------------------


def read_actors(top: Entry, before: Cast, numbers: NumberReader) -> Cast:
    """The region, its states, powers, corridors and pipelines: those of `before`, then those of the file in its order.

    Their numbers go to `numbers`.
    """
    check_codes_are_new(top, before)
    values = read_form(top, world_form(top), None) or {}
    region = values.get("region") or {"name": before.region, "five": before.together}
    found = {}
    for sort in SORTS:
        found[sort] = list(_read_sort(sort, values.get(sort.key) or {}, numbers))
        if sort.key in ALONE.needs and sort.key in top.value and not found[sort]:
            top.value[sort.key].refuse(found="", message=f"a world needs {sort.key}")
    check_codes_differ(top, found)
    check_how_many(top, before, found)
    for state in found[STATES]:
        check_weights(top, state["code"], numbers.read)
    return Cast(
        region=region["name"],
        together=region["five"],
        states=(*before.states, *(Actor(**state) for state in found[STATES])),
        powers=(*before.powers, *(Actor(**power) for power in found[POWERS])),
        corridors=(*before.corridors, *(Corridor(**corridor) for corridor in found[CORRIDORS])),
        pipelines=(*before.pipelines, *(Corridor(**pipeline) for pipeline in found[PIPELINES])),
    )


def _read_sort(sort: Sort, entries: Mapping[str, Entry], numbers: NumberReader) -> Iterator[Values]:
    """What each of a sort is called; its numbers go to `numbers`."""
    for code, entry in entries.items():
        check_code(entry, code)
        values = read_form(entry, sort.form, None)
        if values is None:
            continue
        written = values.pop("numbers", None)
        stated = None if written is None else read_form(written, sort.number_form, None)
        for name, number in (stated or {}).items():
            if number is not None:
                read = numbers.by_kind if name in sort.by_kind else numbers.from_group
                read(f"{sort.key}.{code}.{name}", number, sort.spans[name])
        yield {"code": code, **values, "spoken": values["spoken"] or values["name"]}


def check_code(entry: Entry, code: str) -> None:
    """A code is two to eight capital letters or digits."""
    if not CODE.match(code):
        entry.refuse(found=f"the code '{code}'", allowed=CODE_WORDS)


def check_codes_are_new(top: Entry, before: Cast) -> None:
    """A world that extends another gives its own actors, corridors and pipelines codes of their own."""
    taken = {one.code for one in (*before.states, *before.powers)}
    taken |= {one.code for one in (*before.corridors, *before.pipelines)}
    for sort in SORTS:
        named = top.value[sort.key].value if sort.key in top.value else None
        for code, entry in named.items() if isinstance(named, dict) else ():
            if code in taken:
                entry.refuse(
                    found=f"the code '{code}', which the extended world has already",
                    allowed="a code of its own; numbers of the extended world are changed in changes.csv",
                )


def check_codes_differ(top: Entry, found: Mapping[Sort, list[Values]]) -> None:
    """No code stands for two things: a state, a power, a corridor or a pipeline."""
    taken: dict[str, str] = {}
    for sort, several in found.items():
        for code in [one["code"] for one in several]:
            if code in taken:
                place = top.value[sort.key].value[code]
                place.refuse(found=f"the code '{code}', which is {taken[code]} already", allowed="each code once")
            taken.setdefault(code, sort.owner)


def check_how_many(top: Entry, before: Cast, found: Mapping[Sort, list[Values]]) -> None:
    """No more in a world, with all that it extends, than tables can number and a computer can hold."""
    for sort, several in found.items():
        count = len(getattr(before, sort.key)) + len(several)
        if several and count > sort.most:
            top.value[sort.key].refuse(found=f"{count} {sort.key}", allowed=f"at most {sort.most}")


def check_weights(top: Entry, code: str, numbers: Mapping[str, Number]) -> None:
    """The weights of the kinds of offer sum to 1."""
    names = [f"states.{code}.weight.{kind}" for kind in OFFER_KINDS]
    if not all(name in numbers for name in names):
        return
    total = sum(numbers[name].value for name in names)
    if abs(total - 1.0) > 1e-9:
        place = top.value["states"].value[code].value["numbers"].value["weight"]
        place.refuse(found=f"weights that sum to {total:.12g}", allowed="weights that sum to 1")
