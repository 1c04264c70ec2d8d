"""What lies between the actors of a world: ties, rivalries, what neighbours are to each other, corridors, pipelines.

Beside them stand judgements on a pair of state and power that only formulas use. Each is a table of numbers, one a row,
whose first three columns say whose number it is and which. What the tables have in common is read once; in what they
differ is a row of `RELATIONS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.number_keys import TARGETS_CELL
from sim.evidence.numbers import AMOUNT, ANY, LEANING, NUMBER_COLUMNS, SHARE, NumberReader, Span
from sim.io.checks import check_choice
from sim.io.errors import Entry, Problem, Problems, listed, shown_path
from sim.io.forms import Form, Reader, Values, as_written, name_of, read_rows, word
from sim.io.readers import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sim.evidence.actors import Actor, Cast, Corridor
    from sim.evidence.documents import Fact

TIE_FIELDS: Mapping[str, tuple[Span, str]] = {
    "trade": (AMOUNT, "goods trade between {state} and {power} a year"),
    "fit": (ANY, "trend growth of the trade between {state} and {power} beyond what both sides earn"),
    "swing": (SHARE, "spread of the yearly steps of the trade between {state} and {power} that nothing explains"),
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
    "agreement": (SHARE, "how often {state} votes as {power} does in the General Assembly; abstention counts half"),
}
RIVALRY_FIELDS: Mapping[str, tuple[Span, str]] = {
    "economic": (LEANING, "economic rivalry of {power_a} and {power_b}; below 0 they coordinate"),
    "security": (LEANING, "security rivalry of {power_a} and {power_b}; below 0 they coordinate"),
}
RIVALRY_DOMAINS = tuple(RIVALRY_FIELDS)
NEIGHBOUR_FIELDS: Mapping[str, tuple[Span, str]] = {
    "cohesion": (SHARE, "how far {state_a} and {state_b} act together; 1 is an alliance that works"),
    "friction": (SHARE, "quarrels of {state_a} and {state_b} over borders, water and minorities; 1 is open fighting"),
}
# What no row names is none.
CORRIDOR_FIELDS: Mapping[str, tuple[Span, str]] = {
    "access": (SHARE, "how well {actor} reaches {corridor}; 1 lies on it"),
    "link": (SHARE, "how well {corridor} reaches the market of {actor}; 1 without a break"),
    "control": (SHARE, "how far {actor} could close {corridor}; 1 by a word of its own"),
}
PIPELINE_FIELDS: Mapping[str, tuple[Span, str]] = {
    "carries": (SHARE, "share of the oil and gas exports of {actor} that leaves by {pipeline}"),
    "reach": (SHARE, "share of what {pipeline} carries that {actor} buys"),
    "control": (SHARE, "how far {actor} could close {pipeline}; 1 by a word of its own"),
    "along": (SHARE, "how far {pipeline} stops where {actor} is closed; 1 runs along it from end to end"),
}
# Judgements on a pair that no rule reads: only formulas of other numbers do.
CODE_FIELDS: Mapping[str, tuple[Span, str]] = {
    "drills": (SHARE, "how far the forces of {power} train, drill and stand together with those of {state}"),
    "market": (SHARE, "how far {power} is the one large buyer or supplier of {state}"),
    "transit": (SHARE, "how far what {state} sells abroad has to cross {power}"),
    "remitted": (SHARE, "part of what workers of {state} send home from abroad that comes from {power}"),
    "deals": (SHARE, "how much business {state} and {power} agreed on around their last summit"),
}
PLAIN_WORDS: Mapping[str, Mapping[str, str]] = {
    "ties": {
        "trade": "Trade of {state} with {power} a year",
        "fit": "Extra growth of {state}'s trade with {power}",
        "swing": "How jumpy {state}'s trade with {power} is",
        "infrastructure": "Works built by {power} in {state}",
        "minerals": "Mining and gas money, {power} to {state}",
        "security": "Military tie of {state} with {power}",
        "trust": "How far {state} trusts {power}",
        "standing": "How far {power} trusts {state}",
        "lever": "What {power} could use against {state}",
        "calendar": "Planned visits between {state} and {power}",
        "affinity": "How early {state} turns to {power}",
        "union": "{state} in a customs union with {power}",
        "kinship": "Shared identity of {state} and {power}",
        "culture": "Pull of {power} culture in {state}",
        "haul": "Extra freight cost between {state} and {power}",
        "energy": "{state}'s oil and gas going to {power}",
        "agreement": "How often {state} votes with {power}",
    },
    "rivalry": {
        "economic": "Trade rivalry: {power_a} and {power_b}",
        "security": "Arms rivalry: {power_a} and {power_b}",
    },
}
"""What some tables hold in words for a class, by the name of the table and its field."""

_OWNERS = {"access": "states", "link": "powers", "control": "powers"}
_PIPE_OWNERS = {"carries": "states", "reach": "powers", "control": "powers", "along": "corridors"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Parties:
    """Between whom relations are, by code, and the facts on which their numbers may rest."""

    states: Mapping[str, Actor]
    powers: Mapping[str, Actor]
    corridors: Mapping[str, Corridor]
    pipelines: Mapping[str, Corridor]
    facts: Mapping[str, Fact]

    @cached_property
    def all(self) -> Mapping[str, Actor | Corridor]:
        """Everyone, and every corridor and pipeline."""
        return {**self.states, **self.powers, **self.corridors, **self.pipelines}


def parties_of(cast: Cast, facts: Mapping[str, Fact]) -> Parties:
    """Those of a world."""
    return Parties(
        states={state.code: state for state in cast.states},
        powers={power.code: power for power in cast.powers},
        corridors={corridor.code: corridor for corridor in cast.corridors},
        pipelines={pipeline.code: pipeline for pipeline in cast.pipelines},
        facts=facts,
    )


# --- the tables ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class Relation:
    """One table of a world.

    name, file: of its numbers, `<name>.<first>.<second>.<field>`, and of the table; parties: the two columns that say
    whose number it is; column: the one that says which; fields: the widest range and the meaning of each; pairs: of
    whom there may be rows; complete: whether every field of every pair needs one; optional: whether a world may do
    without the table; either_way: whether two of a sort may stand in either order (the name has them in alphabetical
    order); unit: where the table has no column for it; called: how the parties are called in a meaning; check: what a
    single column cannot tell.
    """

    name: str
    file: str
    parties: Mapping[str, Reader[Parties]]
    column: str
    fields: Mapping[str, tuple[Span, str]]
    pairs: Callable[[Parties], Iterable[tuple[str, str]]]
    complete: bool = True
    optional: bool = False
    either_way: bool = False
    unit: str = ""
    called: str = "name"
    check: Callable[[Entry, Values, Parties], None] | None = None

    @cached_property
    def form(self) -> Form[Parties]:
        """The columns of the table."""
        own = {column: reader for column, reader in NUMBER_COLUMNS.items() if column != "unit" or not self.unit}
        needs: dict[str, Reader[Parties]] = {**self.parties, self.column: word(self.fields), **own}
        return Form(needs=needs, may={"targets": TARGETS_CELL}, check=self.check)


def check_owner(row: Entry, values: Values, parties: Parties) -> None:
    """What a field says of a corridor is a state's or a power's."""
    owners = {"states": parties.states, "powers": parties.powers, "": {**parties.states, **parties.powers}}
    values["actor"] = check_choice(row.value["actor"], owners[_OWNERS.get(values["field"], "")], "list actors")


def check_pipe_owner(row: Entry, values: Values, parties: Parties) -> None:
    """What a field says of a pipeline is a state's, a power's or a corridor's."""
    owners = {"states": parties.states, "powers": parties.powers, "corridors": parties.corridors}
    everyone = {**parties.states, **parties.powers, **parties.corridors}
    values["actor"] = check_choice(
        row.value["actor"], owners.get(_PIPE_OWNERS.get(values["field"], ""), everyone), "list actors"
    )


_STATE: Reader[Parties] = name_of(lambda parties: parties.states, where="list actors")
_POWER: Reader[Parties] = name_of(lambda parties: parties.powers, where="list actors")
_CORRIDOR: Reader[Parties] = name_of(lambda parties: parties.corridors, where="list corridors")
_PIPELINE: Reader[Parties] = name_of(lambda parties: parties.pipelines, where="list outlets")

TIES = Relation(
    name="ties",
    file="ties.csv",
    parties={"state": _STATE, "power": _POWER},
    column="field",
    fields=TIE_FIELDS,
    pairs=lambda parties: product(parties.states, parties.powers),
)
RIVALRIES = Relation(
    name="rivalry",
    file="rivalries.csv",
    parties={"power_a": _POWER, "power_b": _POWER},
    column="domain",
    fields=RIVALRY_FIELDS,
    pairs=lambda parties: combinations(sorted(parties.powers), 2),
    either_way=True,
    unit="-1 to 1",
)
NEIGHBOURS = Relation(
    name="neighbours",
    file="neighbours.csv",
    parties={"state_a": _STATE, "state_b": _STATE},
    column="field",
    fields=NEIGHBOUR_FIELDS,
    pairs=lambda parties: combinations(sorted(parties.states), 2),
    either_way=True,
)
CORRIDOR_TIES = Relation(
    name="corridors",
    file="corridors.csv",
    parties={"corridor": _CORRIDOR, "actor": as_written({"type": "string"})},
    column="field",
    fields=CORRIDOR_FIELDS,
    pairs=lambda parties: product(parties.corridors, [*parties.states, *parties.powers]),
    complete=False,
    called="spoken",
    check=check_owner,
)
PIPELINE_TIES = Relation(
    name="pipelines",
    file="pipelines.csv",
    parties={"pipeline": _PIPELINE, "actor": as_written({"type": "string"})},
    column="field",
    fields=PIPELINE_FIELDS,
    pairs=lambda parties: product(parties.pipelines, [*parties.states, *parties.powers, *parties.corridors]),
    complete=False,
    called="spoken",
    check=check_pipe_owner,
)
CODES = Relation(
    name="codes",
    file="codes.csv",
    parties={"state": _STATE, "power": _POWER},
    column="field",
    fields=CODE_FIELDS,
    pairs=lambda parties: product(parties.states, parties.powers),
    complete=False,
    optional=True,
)
RELATIONS = (TIES, RIVALRIES, NEIGHBOURS, CORRIDOR_TIES, PIPELINE_TIES, CODES)


# --- reading them ----------------------------------------------------------------------------------------------------


def read_relation(
    relation: Relation, path: Path, parties: Parties, numbers: NumberReader, problems: Problems
) -> frozenset[tuple[str, str, str]]:
    """The numbers of one table of one world; which rows it has, each by whose number it is and which."""
    seen: set[tuple[str, str, str]] = set()
    for row, values in read_rows([path], relation.form, parties, problems):
        one, two, what = (values[column] for column in (*relation.parties, relation.column))
        if one is None or two is None or what is None or not check_two_differ(row, relation, one, two):
            continue
        first, second = sorted((one, two)) if relation.either_way else (one, two)
        seen.add((first, second, what))
        span, meaning = relation.fields[what]
        names = [getattr(parties.all[code], relation.called) for code in (first, second)]
        called = dict(zip(relation.parties, names, strict=True))
        plain = PLAIN_WORDS.get(relation.name, {}).get(what, "").format(**called)
        name = f"{relation.name}.{first}.{second}.{what}"
        numbers.from_row(name, row, values, meaning.format(**called), span, relation.unit, plain)
    return frozenset(seen)


def check_relation(
    relation: Relation,
    folders: Sequence[Path],
    parties: Parties,
    seen: Collection[tuple[str, str, str]],
    problems: Problems,
) -> None:
    """A world and those it extends have a table between them, unless it may be missing, with every row it needs.

    Where there is no pair, none needs it.
    """
    paths = [folder / relation.file for folder in folders]
    pairs = list(relation.pairs(parties))
    if any(path.is_file() for path in paths):
        if relation.complete:
            check_complete(paths[-1], [(*pair, field) for pair in pairs for field in relation.fields], seen, problems)
    elif paths and pairs and not relation.optional:
        read_text(paths[0], problems)  # which tells that it is not there


def check_two_differ(row: Entry, relation: Relation, one: str, two: str) -> bool:
    """Between one and itself lies nothing."""
    if one != two:
        return True
    column = list(relation.parties)[1]
    row.value[column].refuse(allowed=f"a {column.partition('_')[0]} other than '{one}'")
    return False


def check_complete(
    path: Path, wanted: Iterable[tuple[str, ...]], seen: Collection[tuple[str, ...]], problems: Problems
) -> None:
    """A table has every row it needs, those of the worlds that are extended counted."""
    missing = [" ".join(row) for row in wanted if row not in seen]
    if missing:
        problems.add(Problem(file=shown_path(path), message=f"rows are missing: {listed(missing, where='')}"))


def check_parts(
    path: Path, pattern: str, whose: str, powers: Collection[str], numbers: NumberReader, problems: Problems
) -> None:
    """What goes to the powers of something is parts of one whole; pattern: names of the numbers, such as `a.{}.{}`."""
    names = [pattern.format(whose, power) for power in powers]
    total = sum(numbers.read[name].value for name in names if name in numbers.read)
    if total > 1.0 + 1e-9:
        found, allowed = f"shares that sum to {total:.12g}", "shares that sum to 1 or less"
        problems.add(Problem(file=shown_path(path), key=pattern.format(whose, "*"), found=found, allowed=allowed))


def check_energy_shares(path: Path, parties: Parties, numbers: NumberReader, problems: Problems) -> None:
    """The parts of its oil and gas that a state sells to the powers are parts of one whole."""
    for state in parties.states:
        check_parts(path, "ties.{}.{}.energy", state, parties.powers, numbers, problems)


def check_pipelines(path: Path, parties: Parties, numbers: NumberReader, problems: Problems) -> None:
    """What a line carries has at most one buyer each, and no more goes to a buyer by lines than it buys."""
    for line in parties.pipelines:
        check_parts(path, "pipelines.{}.{}.reach", line, parties.powers, numbers, problems)
    for state, power in product(parties.states, parties.powers):
        sold = numbers.read.get(f"ties.{state}.{power}.energy")
        parts = [(f"pipelines.{line}.{state}.carries", f"pipelines.{line}.{power}.reach") for line in parties.pipelines]
        known = [[numbers.read[name].value for name in part] for part in parts if {*part} <= {*numbers.read}]
        piped = sum(carries * reach for carries, reach in known)
        if sold is not None and piped > sold.value + 1e-9:
            key, found = f"pipelines.*.{state}.carries", f"{piped:.12g} of its oil and gas on lines to '{power}'"
            allowed = f"at most what '{power}' buys of it, ties.{state}.{power}.energy = {sold.value:.12g}"
            problems.add(Problem(file=shown_path(path), key=key, found=found, allowed=allowed))


def check_unions(path: Path, parties: Parties, numbers: NumberReader, problems: Problems) -> None:
    """A customs union has one outer tariff: nobody is in two, and parts of membership are parts of one whole."""
    for state in parties.states:
        names = [f"ties.{state}.{power}.union" for power in parties.powers]
        known = [name for name in names if name in numbers.read and numbers.read[name].value > 0.0]
        total = sum(numbers.read[name].value for name in known)
        if total > 1.0 + 1e-9:
            found = f"memberships that sum to {total:.12g} ({listed(known)})"
            allowed = "one customs union at a time: memberships that sum to 1 or less"
            problems.add(Problem(file=shown_path(path), key=f"ties.{state}.*.union", found=found, allowed=allowed))
