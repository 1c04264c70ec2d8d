"""How the keys of an event are read: codes of a world, one or several, and pairs of powers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.evidence.actors import CODE_TEXT
from sim.evidence.numbers import OFFER_KINDS
from sim.io.checks import check_choice, check_choices
from sim.io.errors import Entry, listed
from sim.io.forms import Reader, list_schema, name_of, whole_number
from sim.io.limits import FIRST_YEAR, LAST_YEAR
from sim.scenario.units import level

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sim.evidence.documents import Fact
    from sim.evidence.evidence import Evidence
    from sim.evidence.numbers import Number

EVERYTHING = "all"


@dataclass(frozen=True, kw_only=True, eq=False)
class Codes:
    """What an event may name: the codes of a world, the kinds of offer, and facts."""

    states: tuple[str, ...]
    powers: tuple[str, ...]
    corridors: tuple[str, ...]
    pipelines: tuple[str, ...]
    kinds: tuple[str, ...]
    facts: Mapping[str, Fact]
    numbers: Mapping[str, Number]


def codes_of(evidence: Evidence) -> Codes:
    """The codes of one world."""
    return Codes(
        states=tuple(state.code for state in evidence.states),
        powers=tuple(power.code for power in evidence.powers),
        corridors=tuple(corridor.code for corridor in evidence.corridors),
        pipelines=tuple(pipeline.code for pipeline in evidence.pipelines),
        kinds=evidence.kinds,
        facts=evidence.facts,
        numbers=evidence.numbers,
    )


_CODE: dict[str, Any] = {"type": "string", "pattern": CODE_TEXT}
_TWO_CODES = list_schema(_CODE, minItems=2, maxItems=2, uniqueItems=True)


def _one_of(codes: Callable[[Codes], Collection[str]], what: str, where: str = "list actors") -> Reader[Codes]:
    return name_of(codes, schema={**_CODE, "description": f"the code of {what}"}, where=where)


def _some_of(several: Callable[[Codes], tuple[str, ...]], what: str) -> Reader[Codes]:
    codes = list_schema(_CODE, minItems=1, uniqueItems=True)
    return Reader(
        read=lambda entry, known: check_one_or_more(entry, several(known)),
        schema={"anyOf": [{"const": EVERYTHING}, _CODE, codes], "description": f"{what}, or all"},
        made=lambda entry, known: _check_made_codes(entry, several(known)),
    )


def _check_made_codes(entry: Entry, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Several codes as they are kept: a tuple, which one code by itself is not."""
    if isinstance(entry.value, list):
        return check_one_or_more(entry, codes)
    entry.refuse(allowed=f"a tuple of: {listed(codes, 'list actors')}")
    return ()


def check_one_or_more(entry: Entry, codes: tuple[str, ...]) -> tuple[str, ...]:
    """One code, a list of codes, or `all`."""
    if entry.text == EVERYTHING:
        return codes
    if not isinstance(entry.value, list):
        code = check_choice(entry, (*codes, EVERYTHING), "list actors")
        return () if code is None else (code,)
    if not entry.value:
        entry.refuse(found="an empty list", allowed=listed((*codes, EVERYTHING), "list actors"))
    return check_choices(entry, codes, "list actors")


def check_pair(entry: Entry, powers: tuple[str, ...], allowed: str) -> tuple[str, ...]:
    """Two different powers."""
    pair = check_choices(entry, powers, "list actors") if isinstance(entry.value, list) else ()
    if not isinstance(entry.value, list) or len(entry.value) != 2:
        entry.refuse(allowed=allowed)
    return pair


def check_pipeline(entry: Entry, pipelines: tuple[str, ...]) -> str | None:
    """A pipeline of the world, which may have none."""
    if pipelines:
        return check_choice(entry, pipelines, "list outlets")
    entry.refuse(allowed="a pipeline, of which this world has none")
    return None


_TWO = "two powers, such as [A, B]"
_PAIR = f"{_TWO}, or all"

POWER = _one_of(lambda codes: codes.powers, "a power")
ACTOR = _one_of(lambda codes: (*codes.states, *codes.powers), "a state or a power")
CORRIDOR = _one_of(lambda codes: codes.corridors, "a corridor", "list corridors")
PIPELINE: Reader[Codes] = Reader(
    read=lambda entry, codes: check_pipeline(entry, codes.pipelines),
    schema={**_CODE, "description": "the code of a pipeline"},
)
STATES = _some_of(lambda codes: codes.states, "one state, a list of states")
POWERS = _some_of(lambda codes: codes.powers, "one power, a list of powers")
ACTORS = _some_of(lambda codes: (*codes.states, *codes.powers), "one state or power, a list of them")
OFFER_KIND: Reader[Codes] = name_of(lambda codes: codes.kinds, schema={"enum": list(OFFER_KINDS)})
TWO: Reader[Codes] = Reader(
    read=lambda entry, codes: check_pair(entry, codes.powers, _TWO), schema={**_TWO_CODES, "description": _TWO}
)
PAIR: Reader[Codes] = Reader(
    read=lambda entry, codes: EVERYTHING if entry.text == EVERYTHING else check_pair(entry, codes.powers, _PAIR),
    schema={"anyOf": [{"const": EVERYTHING}, _TWO_CODES], "description": _PAIR},
)
SHARE = level(0, 1)
YEAR: Reader[Codes] = whole_number(FIRST_YEAR, LAST_YEAR)
