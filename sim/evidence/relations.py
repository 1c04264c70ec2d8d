"""What lies between the actors of a world: ties, rivalries, what neighbours are to each other, and corridors."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.actors import Actor, Corridor
from sim.evidence.numbers import AMOUNT, ANY, LEANING, SHARE, Number, NumberReader
from sim.io.checks import check_choice, check_text
from sim.io.errors import Entry, Problem, Problems, listed, shown_path
from sim.io.readers import read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

RIVALRY_DOMAINS = ("economic", "security")
TIE_FIELDS: Mapping[str, tuple[tuple[float, float], str]] = {
    "trade": (AMOUNT, "goods trade between {state} and {power} a year"),
    "fit": (ANY, "trend growth of the trade between {state} and {power} beyond the growth of {state} itself"),
    "infrastructure": (AMOUNT, "infrastructure works of {power} standing in {state}, cumulative"),
    "minerals": (AMOUNT, "what {power} has invested in the minerals of {state}"),
    "security": (AMOUNT, "security tie of {state} with {power}; 1 is a treaty guarantee, standing exercises and arms"),
    "trust": (SHARE, "belief of {state} in the word of {power}"),
    "standing": (SHARE, "belief of {power} in the word of {state}"),
    "lever": (SHARE, "what {power} could use against {state}: labour, transit, debt, market"),
    "calendar": (SHARE, "leader visits between {state} and {power} that are in the calendar anyway, a quarter"),
    "affinity": (SHARE, "place of {power} in the usual order in which {state} turns to partners; 1 is first"),
    "union": (SHARE, "membership of {state} in a customs union led by {power}; 1 is full"),
    "kinship": (SHARE, "what an organisation of shared identity with {power} means to {state}"),
    "culture": (SHARE, "pull of the language and culture of {power} in {state}"),
    "haul": (SHARE, "extra cost of carriage between {state} and {power} against that of a neighbour, as a share"),
    "energy": (SHARE, "share of the oil and gas exports of {state} that goes to {power}"),
}
NEIGHBOUR_FIELDS: Mapping[str, tuple[tuple[float, float], str]] = {
    "cohesion": (SHARE, "how far {one} and {two} act together; 1 is an alliance that works"),
    "friction": (SHARE, "quarrels of {one} and {two} over borders, water and minorities; 1 is open fighting"),
}
# Whose number it is, a state's or a power's, and what it means. What no row names is none.
CORRIDOR_FIELDS: Mapping[str, tuple[str, str]] = {
    "access": ("state", "how well {actor} reaches {corridor}; 1 lies on it"),
    "link": ("power", "how well {corridor} reaches the market of {actor}; 1 without a break"),
    "control": ("power", "how far {actor} could close {corridor}; 1 by a word of its own"),
}
TIE_COLUMNS = ("state", "power", "field", "value", "low", "high", "unit", "basis", "evidence", "formula")
RIVALRY_COLUMNS = ("power_a", "power_b", "domain", "value", "low", "high", "basis", "evidence", "formula")
NEIGHBOUR_COLUMNS = ("state_a", "state_b", "field", "value", "low", "high", "unit", "basis", "evidence", "formula")
CORRIDOR_COLUMNS = ("corridor", "actor", "field", "value", "low", "high", "unit", "basis", "evidence", "formula")


def _rows(paths: Sequence[Path], columns: Sequence[str], problems: Problems) -> list[dict[str, Entry]]:
    """The rows of one table of a world and of those it extends; one of them must have that table."""
    there = [path for path in paths if path.is_file()] or paths[:1]
    return [row for path in there for row in read_table(path, columns, problems)]


def read_ties(
    paths: Sequence[Path], states: tuple[Actor, ...], powers: tuple[Actor, ...], numbers: NumberReader
) -> None:
    """The ties of every state with every power, named `ties.<state>.<power>.<field>`."""
    problems = numbers.problems
    names = {actor.code: actor.name for actor in (*states, *powers)}
    state_codes, power_codes = [actor.code for actor in states], [actor.code for actor in powers]
    seen: set[tuple[str, str, str]] = set()
    for row in _rows(paths, TIE_COLUMNS, problems):
        state = check_choice(row["state"], state_codes, problems)
        power = check_choice(row["power"], power_codes, problems)
        tie = check_choice(row["field"], tuple(TIE_FIELDS), problems)
        unit = check_text(row["unit"], problems)
        if state is None or power is None or tie is None:
            continue
        seen.add((state, power, tie))
        widest, meaning = TIE_FIELDS[tie]
        told = meaning.format(state=names[state], power=names[power])
        numbers.from_row(f"ties.{state}.{power}.{tie}", row, told, unit, widest)
    wanted = [(state, power, tie) for state in state_codes for power in power_codes for tie in TIE_FIELDS]
    check_complete(paths, wanted, seen, problems)
    for state in state_codes:
        check_energy_shares(paths, state, power_codes, numbers.read, problems)


def check_energy_shares(
    paths: Sequence[Path], state: str, powers: Iterable[str], numbers: Mapping[str, Number], problems: Problems
) -> None:
    """The parts of its oil and gas that a state sells to the powers are parts of one whole."""
    names = [f"ties.{state}.{power}.energy" for power in powers]
    total = sum(numbers[name].value for name in names if name in numbers)
    if total > 1.0 + 1e-9:
        problems.add(
            Problem(
                file=shown_path(paths[-1]),
                key=f"ties.{state}.*.energy",
                found=f"shares that sum to {total:.12g}",
                allowed="shares that sum to 1 or less",
            )
        )


def read_rivalries(paths: Sequence[Path], powers: tuple[Actor, ...], numbers: NumberReader) -> None:
    """The rivalry of every pair of powers, named `rivalry.<first>.<second>.<domain>`, codes in alphabetical order."""
    problems = numbers.problems
    names = {actor.code: actor.name for actor in powers}
    seen: set[tuple[str, str, str]] = set()
    for row in _rows(paths, RIVALRY_COLUMNS, problems):
        one = check_choice(row["power_a"], tuple(names), problems)
        two = check_choice(row["power_b"], tuple(names), problems)
        domain = check_choice(row["domain"], RIVALRY_DOMAINS, problems)
        if (
            one is None
            or two is None
            or domain is None
            or not check_two_actors(row["power_b"], "power", one, two, problems)
        ):
            continue
        first, second = sorted((one, two))
        seen.add((first, second, domain))
        meaning = f"{domain} rivalry of {names[first]} and {names[second]}; below 0 they coordinate"
        numbers.from_row(f"rivalry.{first}.{second}.{domain}", row, meaning, "-1 to 1", LEANING)
    wanted = [(first, second, domain) for first, second in combinations(sorted(names), 2) for domain in RIVALRY_DOMAINS]
    check_complete(paths, wanted, seen, problems)


def read_neighbours(paths: Sequence[Path], states: tuple[Actor, ...], numbers: NumberReader) -> None:
    """What lies between every pair of states, named `neighbours.<first>.<second>.<field>`, codes in alphabetical order.

    A world of one state needs no such table.
    """
    problems = numbers.problems
    names = {actor.code: actor.name for actor in states}
    pairs = list(combinations(sorted(names), 2))
    if not pairs and not any(path.is_file() for path in paths):
        return
    seen: set[tuple[str, str, str]] = set()
    for row in _rows(paths, NEIGHBOUR_COLUMNS, problems):
        one = check_choice(row["state_a"], tuple(names), problems)
        two = check_choice(row["state_b"], tuple(names), problems)
        what = check_choice(row["field"], tuple(NEIGHBOUR_FIELDS), problems)
        unit = check_text(row["unit"], problems)
        if (
            one is None
            or two is None
            or what is None
            or not check_two_actors(row["state_b"], "state", one, two, problems)
        ):
            continue
        first, second = sorted((one, two))
        seen.add((first, second, what))
        widest, meaning = NEIGHBOUR_FIELDS[what]
        told = meaning.format(one=names[first], two=names[second])
        numbers.from_row(f"neighbours.{first}.{second}.{what}", row, told, unit, widest)
    check_complete(paths, [(*pair, what) for pair in pairs for what in NEIGHBOUR_FIELDS], seen, problems)


def read_corridors(
    paths: Sequence[Path],
    corridors: tuple[Corridor, ...],
    states: tuple[Actor, ...],
    powers: tuple[Actor, ...],
    numbers: NumberReader,
) -> None:
    """What the corridors are to the states and powers, named `corridors.<corridor>.<actor>.<field>`.

    What has no row is none, and has no number. A world without corridors needs no such table.
    """
    problems = numbers.problems
    if not corridors and not any(path.is_file() for path in paths):
        return
    names = {actor.code: actor.spoken for actor in (*states, *powers)}
    owners = {"state": [actor.code for actor in states], "power": [actor.code for actor in powers]}
    ways = {corridor.code: corridor.spoken for corridor in corridors}
    for row in _rows(paths, CORRIDOR_COLUMNS, problems):
        corridor = check_choice(row["corridor"], tuple(ways), problems)
        what = check_choice(row["field"], tuple(CORRIDOR_FIELDS), problems)
        unit = check_text(row["unit"], problems)
        owner, meaning = CORRIDOR_FIELDS.get(what or "", ("", ""))
        actor = check_choice(row["actor"], owners.get(owner, tuple(names)), problems)
        if corridor is None or actor is None or what is None:
            continue
        told = meaning.format(actor=names[actor], corridor=ways[corridor])
        numbers.from_row(f"corridors.{corridor}.{actor}.{what}", row, told, unit, SHARE)


def check_two_actors(entry: Entry, sort: str, one: str, two: str, problems: Problems) -> bool:
    """Between a power or state and itself lies nothing."""
    if one != two:
        return True
    problems.about(entry, allowed=f"a {sort} other than '{one}'")
    return False


def check_complete(
    paths: Sequence[Path],
    wanted: Iterable[tuple[str, ...]],
    seen: Collection[tuple[str, str, str]],
    problems: Problems,
) -> None:
    """A table has every row it needs, those of the worlds that are extended counted."""
    missing = [" ".join(row) for row in wanted if row not in seen]
    if missing and any(path.is_file() for path in paths):
        problems.add(Problem(file=shown_path(paths[-1]), message=f"rows are missing: {listed(missing)}"))
