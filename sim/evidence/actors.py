"""Who is in a world: its states and powers and the corridors by which goods leave it, with the numbers of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.evidence.documents import optional_text
from sim.evidence.numbers import AMOUNT, ANY, LEANING, OFFER_KINDS, SHARE, Number, NumberReader, read_by_kind
from sim.io.checks import check_group, check_keys, check_text
from sim.io.errors import Entry, Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What an actor must state, and the widest range in which each number makes sense at all.
STATE_NUMBERS: Mapping[str, tuple[float, float]] = {
    "gdp": AMOUNT,
    "growth": ANY,
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
STATE_NUMBERS_BY_KIND: Mapping[str, tuple[float, float]] = {"weight": SHARE, "need": SHARE, "other": AMOUNT}
POWER_NUMBERS: Mapping[str, tuple[float, float]] = {
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
POWER_NUMBERS_BY_KIND: Mapping[str, tuple[float, float]] = {
    "capability": SHARE,
    "budget": AMOUNT,
    "rate": AMOUNT,
    "size": AMOUNT,
    "niche": LEANING,
}
CORRIDOR_NUMBERS: Mapping[str, tuple[float, float]] = {"capacity": AMOUNT, "cost": AMOUNT}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A state or a power."""

    code: str
    name: str
    adjective: str
    capital: str
    spoken: str = ""  # the name as it stands in a sentence, where that differs


@dataclass(frozen=True, kw_only=True)
class Corridor:
    """A way by which goods leave the region."""

    code: str
    name: str
    spoken: str = ""  # the name as it stands in a sentence, where that differs


_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}\Z")


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Those in one world, or in as much of it as has been read."""

    region: str = ""
    together: str = ""
    states: tuple[Actor, ...] = ()
    powers: tuple[Actor, ...] = ()
    corridors: tuple[Corridor, ...] = ()


def read_actors(top: Entry, before: Cast, numbers: NumberReader) -> Cast:
    """The region, its states, powers and corridors: those of `before`, then those of the file in its order.

    Their numbers go to `numbers`.
    """
    problems = numbers.problems
    region, together = before.region, before.together
    if "region" in top.value and check_keys(top.value["region"], ("name", "five"), (), problems):
        region = check_text(top.value["region"].value.get("name"), problems)
        together = check_text(top.value["region"].value.get("five"), problems)
    check_codes_are_new(top, before, problems)
    states = _actors(top, "states", STATE_NUMBERS, STATE_NUMBERS_BY_KIND, numbers)
    powers = _actors(top, "powers", POWER_NUMBERS, POWER_NUMBERS_BY_KIND, numbers)
    corridors = _corridors(top, numbers)
    check_codes_differ(top, states, powers, corridors, problems)
    for state in states:
        check_weights(top, state.code, numbers.read, problems)
    return Cast(
        region=region,
        together=together,
        states=(*before.states, *states),
        powers=(*before.powers, *powers),
        corridors=(*before.corridors, *corridors),
    )


def _actors(
    top: Entry,
    group: str,
    single: Mapping[str, tuple[float, float]],
    by_kind: Mapping[str, tuple[float, float]],
    numbers: NumberReader,
) -> tuple[Actor, ...]:
    problems = numbers.problems
    if group not in top.value:
        return ()
    actors = []
    for code, entry in check_group(top.value[group], problems).items():
        check_code(entry, code, problems)
        if not check_keys(entry, ("name", "adjective", "capital", "numbers"), ("spoken",), problems):
            continue
        keys = entry.value
        name, adjective, capital = (check_text(keys.get(key), problems) for key in ("name", "adjective", "capital"))
        spoken = optional_text(keys, "spoken", problems)
        actors.append(Actor(code=code, name=name, adjective=adjective, capital=capital, spoken=spoken or name))
        if "numbers" in keys:
            _actor_numbers(f"{group}.{code}", keys["numbers"], single, by_kind, numbers)
    if not actors:
        problems.about(top.value[group], found="", message=f"a world needs {group}")
    return tuple(actors)


def _corridors(top: Entry, numbers: NumberReader) -> tuple[Corridor, ...]:
    """The corridors, if the world has any."""
    problems = numbers.problems
    if "corridors" not in top.value:
        return ()
    corridors = []
    for code, entry in check_group(top.value["corridors"], problems, "corridors by code").items():
        check_code(entry, code, problems)
        if not check_keys(entry, ("name", "numbers"), ("spoken",), problems):
            continue
        keys = entry.value
        name = check_text(keys.get("name"), problems)
        corridors.append(Corridor(code=code, name=name, spoken=optional_text(keys, "spoken", problems) or name))
        if "numbers" in keys:
            _actor_numbers(f"corridors.{code}", keys["numbers"], CORRIDOR_NUMBERS, {}, numbers)
    return tuple(corridors)


def _actor_numbers(
    prefix: str,
    entry: Entry,
    single: Mapping[str, tuple[float, float]],
    by_kind: Mapping[str, tuple[float, float]],
    numbers: NumberReader,
) -> None:
    if not check_keys(entry, (*single, *by_kind), (), numbers.problems):
        return
    for name, widest in single.items():
        if name in entry.value:
            numbers.from_group(f"{prefix}.{name}", entry.value[name], widest)
    for name, widest in by_kind.items():
        if name in entry.value:
            read_by_kind(f"{prefix}.{name}", entry.value[name], widest, numbers)


def check_code(entry: Entry, code: str, problems: Problems) -> None:
    """A code is two to eight capital letters or digits."""
    if not _CODE.match(code):
        problems.about(entry, found=f"the code '{code}'", allowed="two to eight capital letters or digits")


def check_codes_are_new(top: Entry, before: Cast, problems: Problems) -> None:
    """A world that extends another gives its own actors and corridors codes of their own."""
    taken = {one.code for one in (*before.states, *before.powers)} | {one.code for one in before.corridors}
    for group in ("states", "powers", "corridors"):
        named = top.value[group].value if group in top.value else None
        for code, entry in named.items() if isinstance(named, dict) else ():
            if code in taken:
                problems.about(
                    entry,
                    found=f"the code '{code}', which the extended world has already",
                    allowed="a code of its own; a world adds to the one it extends and changes nothing of it",
                )


def check_codes_differ(
    top: Entry,
    states: Iterable[Actor],
    powers: Iterable[Actor],
    corridors: Iterable[Corridor],
    problems: Problems,
) -> None:
    """No code stands for two things: a state, a power or a corridor."""
    taken = {state.code: "a state's" for state in states}
    for group, owner, named in (("powers", "a power's", powers), ("corridors", "a corridor's", corridors)):
        for code in [entry.code for entry in named]:
            if code in taken:
                problems.about(
                    top.value[group].value[code],
                    found=f"the code '{code}', which is {taken[code]} already",
                    allowed="each code once",
                )
            taken.setdefault(code, owner)


def check_weights(top: Entry, code: str, numbers: Mapping[str, Number], problems: Problems) -> None:
    """The weights of the kinds of offer sum to 1."""
    names = [f"states.{code}.weight.{kind}" for kind in OFFER_KINDS]
    if not all(name in numbers for name in names):
        return
    total = sum(numbers[name].value for name in names)
    if abs(total - 1.0) > 1e-9:
        place = top.value["states"].value[code].value["numbers"].value["weight"]
        problems.about(place, found=f"weights that sum to {total:.12g}", allowed="weights that sum to 1")
