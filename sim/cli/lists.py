"""What `multivector list` can list: the rows of each list, and how a row is shown.

The first cell of a row is what one writes to mean it; a row is found by any word in its cells.
"""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.io.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from sim.evidence.evidence import Evidence

Row = Mapping[str, Any]
_WIDE, _NARROW = 118, 110


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list: its rows in a world, the lines of a row, and whether the overview shows all of it or counts it.

    of_seeds: whether the rows are told by the folder of seeds, too.
    """

    rows: Callable[..., Iterator[Row]]
    lines: Callable[[Row], list[str]]
    whole: bool = False
    of_seeds: bool = False


def rows_of(listing: Listing, evidence: "Evidence", seeds: "Path | str | None") -> list[Row]:
    """The rows of a list in a world; seeds: the folder it was read from, None for the shipped one."""
    return list(listing.rows(evidence, seeds) if listing.of_seeds else listing.rows(evidence))


def _short(text: str, width: int) -> str:
    return textwrap.shorten(text, width, placeholder=" ...")


# --- scenarios, outcomes, systems, readings, numbers ------------------------------------------------------------------


def _scenarios(_: "Evidence") -> Iterator[Row]:
    from sim.scenario.family import list_scenarios
    from sim.scenario.scenario import load_scenario

    for name in list_scenarios():
        try:
            scenario = load_scenario(name)
            yield {"name": name, "title": scenario.title, "world": scenario.world}
        except InputError:
            yield {"name": name, "title": f"(has mistakes: multivector check {name})", "world": None}


def _outcomes(_: "Evidence") -> Iterator[Row]:
    from sim.batch.outcomes import OUTCOMES

    for one in OUTCOMES:
        yield {"word": one.word + ("-<power>" if one.names_power else ""), "says": one.value}


def _systems(evidence: "Evidence") -> Iterator[Row]:
    for system in evidence.systems.values():
        yield {"id": system.id, "name": system.name, "claim": system.claim}


def _readings(evidence: "Evidence") -> Iterator[Row]:
    """The switches between contradicting sources, each with its readings; the default is marked."""
    for switch, conflict in evidence.switches.items():
        readings = {name: reading.says for name, reading in conflict.readings.items()}
        yield {"switch": switch, "question": conflict.question, "default": conflict.default, "readings": readings}


def _reading_lines(row: Row) -> list[str]:
    lines = textwrap.wrap(row["question"], _WIDE, initial_indent=f"  {row['switch']}: ", subsequent_indent="      ")
    for name, says in row["readings"].items():
        lines.append(f"  {'*' if name == row['default'] else ' '} {name:<24} {_short(says, 90)}")
    return lines


def _numbers(evidence: "Evidence") -> Iterator[Row]:
    for n in evidence.numbers.values():
        told = {"name": n.name, "value": n.value, "low": n.low, "high": n.high, "unit": n.unit}
        yield {**told, "basis": n.basis.name.lower()}


def _number_lines(row: Row) -> list[str]:
    return [f"{row['name']:<42} {row['value']:<10g} {row['low']:g} to {row['high']:g} {row['unit']} ({row['basis']})"]


# --- events, and who and what is in a world ---------------------------------------------------------------------------


def _events(evidence: "Evidence") -> Iterator[Row]:
    """The kinds of events, each with its keys and an example that `multivector check` accepts."""
    from sim.scenario.event_examples import example_events, keys_of
    from sim.scenario.events import FORMS
    from sim.scenario.scenario import load_scenario

    usual = load_scenario("baseline")
    examples = example_events(evidence, (usual.start + usual.end) // 2)
    for kind, form in FORMS.items():
        word = kind.name.lower()
        row = {"kind": word, "says": kind.value, "lasts": form.lasts, "keys": keys_of(kind)}
        yield {**row, "example": examples.get(word)}


def _event_lines(row: Row) -> list[str]:
    example = f"- {row['example']}" if row["example"] else "(nothing in this world that it could be about)"
    return [f"  {row['kind']:<10} {row['says']}", f"  {'':<10} {example}"]


def _event_in_full(row: Row) -> list[str]:
    """A kind of event with the meaning of each key."""
    lines = _event_lines(row)
    for key, means in row["keys"].items():
        lines += textwrap.wrap(means, _WIDE, initial_indent=f"  {'':<10} {key}: ", subsequent_indent=f"  {'':<14}")
    if row["lasts"]:
        lines.append(f"  {'':<10} It stays in force, or until a quarter that the event names beside it: until: 2030-Q4")
    return lines


def _actors(evidence: "Evidence") -> Iterator[Row]:
    for side, actors in (("state", evidence.states), ("power", evidence.powers)):
        for actor in actors:
            yield {"code": actor.code, "name": actor.name, "side": side, "capital": actor.capital}


def _corridors(evidence: "Evidence") -> Iterator[Row]:
    for way in evidence.corridors:
        yield {"code": way.code, "name": way.name}


def _outlets(evidence: "Evidence") -> Iterator[Row]:
    """The pipelines by which oil and gas leave a world."""
    for way in evidence.pipelines:
        yield {"code": way.code, "name": way.name}


def _worlds(_: "Evidence", folder: "Path | str | None") -> Iterator[Row]:
    """The worlds, each with the one it extends, whether it changes that, and until when it knows."""
    from sim.evidence.changes import CHANGES
    from sim.evidence.layers import stamps_of_seeds
    from sim.evidence.worlds import list_worlds, read_lineage, seeds_folder
    from sim.io.errors import Problems

    seeds = seeds_folder(folder)
    stamps = stamps_of_seeds(seeds)
    for world in list_worlds(seeds):
        lineage = read_lineage(seeds, world, stamps, Problems())
        place, top = lineage[-1] if lineage else (None, None)
        extends = top.value["extends"].text if top is not None and "extends" in top.value else None
        days = [one.value["knows_until"].text for _, one in lineage if "knows_until" in one.value]
        changes = extends is not None and place is not None and (place / CHANGES).is_file()
        yield {"world": world, "extends": extends, "changes": changes, "knows_until": days[-1] if days else None}


def _world_lines(row: Row) -> list[str]:
    told = [f"extends{' and changes' if row['changes'] else ''} {row['extends']}"] if row["extends"] else []
    told += [f"knows until {row['knows_until']}"] if row["knows_until"] else []
    return [f"  {row['world']:<26} {', '.join(told)}".rstrip()]


# --- what is measured, and what things rest on ------------------------------------------------------------------------

_WHOSE = {"i": "state", "ij": "state and power", "ijk": "state, power and kind of offer"}


def _measures(_: "Evidence") -> Iterator[Row]:
    from sim.model.variables import MEASURES, VARIABLES

    for one in VARIABLES:
        row = {"name": one.name, "of": _WHOSE[one.axes], "unit": one.unit, "says": one.explained}
        yield {**row, "also": list(one.also), "in_series": one.name in MEASURES}


def _measure_lines(row: Row) -> list[str]:
    also = f"; also called {' or '.join(row['also'])}" if row["also"] else ""
    return [f"  {row['name']:<22} {row['of']}: {row['says']}{also}"]


def _facts(evidence: "Evidence") -> Iterator[Row]:
    for fact in evidence.facts.values():
        yield {"id": fact.id, "says": fact.says, "document": fact.document, "date": fact.date, "used": fact.use}


def _documents(evidence: "Evidence") -> Iterator[Row]:
    for one in evidence.documents.values():
        yield {"id": one.id, "citation": one.citation, "date": one.date}


# --- what else commands take by name ----------------------------------------------------------------------------------


def _experiments(_: "Evidence") -> Iterator[Row]:
    from sim.analysis.sensitivity.experiment import load_experiment
    from sim.analysis.sensitivity.experiment_files import list_experiments

    yield from _titled(list_experiments(), load_experiment)


def _levers(_: "Evidence") -> Iterator[Row]:
    from sim.analysis.lever_effects import pulls
    from sim.scenario.scenario import load_scenario

    for pull in pulls(load_scenario("baseline")).values():
        yield {"id": pull.id, "says": pull.says}


def _policies(evidence: "Evidence") -> Iterator[Row]:
    from sim.analysis.constant_policies import constant_policies

    for policy in constant_policies(evidence).values():
        yield {"id": policy.id, "says": policy.words}


def _patterns(_: "Evidence") -> Iterator[Row]:
    from sim.analysis.patterns import load_patterns

    for pattern in load_patterns():
        yield {"id": pattern.id, "claim": pattern.claim}


def _lessons(_: "Evidence") -> Iterator[Row]:
    from sim.classroom.lessons import list_lessons, load_lesson

    yield from _titled(list_lessons(), load_lesson)


def _titled(names: Iterable[str], load: Callable[[str], Any]) -> Iterator[Row]:
    """Files by their names, each with its title."""
    for name in names:
        try:
            yield {"name": name, "title": load(name).title}
        except InputError:
            yield {"name": name, "title": f"(has mistakes: multivector check {name})"}


def _by_name(width: int) -> Callable[[Row], list[str]]:
    """A line with the name, and behind it the rest of what is told."""

    def lines(row: Row) -> list[str]:
        name, *rest = (str(one) for one in row.values())
        return [f"  {name:<{width}} {rest[0]}"]

    return lines


def _with_claim(row: Row) -> list[str]:
    claim = _short(f"{row['name']}: {row['claim']}", _NARROW)
    return [f"  {row['id']:<38} {claim}"]


def _fact_lines(row: Row) -> list[str]:
    return [f"  {row['id']:<38} {_short(row['says'], _NARROW)} [{row['document']}]"]


LISTINGS: Mapping[str, Listing] = {
    "scenarios": Listing(rows=_scenarios, lines=_by_name(26), whole=True),
    "outcomes": Listing(rows=_outcomes, lines=_by_name(26), whole=True),
    "systems": Listing(rows=_systems, lines=_with_claim, whole=True),
    "readings": Listing(rows=_readings, lines=_reading_lines, whole=True),
    "worlds": Listing(rows=_worlds, lines=_world_lines, whole=True, of_seeds=True),
    "actors": Listing(
        rows=_actors, lines=lambda row: [f"  {row['code']:<8} {row['name']} ({row['side']})"], whole=True
    ),
    "corridors": Listing(rows=_corridors, lines=_by_name(8), whole=True),
    "outlets": Listing(rows=_outlets, lines=_by_name(8), whole=True),
    "events": Listing(rows=_events, lines=_event_lines),
    "measures": Listing(rows=_measures, lines=_measure_lines),
    "numbers": Listing(rows=_numbers, lines=_number_lines),
    "facts": Listing(rows=_facts, lines=_fact_lines),
    "documents": Listing(rows=_documents, lines=lambda row: [f"  {row['id']:<30} {_short(row['citation'], _NARROW)}"]),
    "experiments": Listing(rows=_experiments, lines=_by_name(30)),
    "levers": Listing(rows=_levers, lines=lambda row: [f"  {row['id']:<30} {_short(row['says'], _NARROW)}"]),
    "policies": Listing(rows=_policies, lines=_by_name(18)),
    "lessons": Listing(rows=_lessons, lines=_by_name(32)),
    "patterns": Listing(rows=_patterns, lines=lambda row: [f"  {row['id']:<30} {_short(row['claim'], _NARROW)}"]),
}
"""Every list by its name, in the order of the overview."""

IN_FULL: Mapping[str, Callable[[Row], list[str]]] = {"events": _event_in_full}
"""How one row is shown that was asked for by its name, where there is more to tell of it."""
