"""`multivector list`: what there is, in lines a person can scan."""

import argparse
import textwrap
from collections.abc import Callable
from typing import Any

from sim.cli.common import DONE, add_seeds
from sim.io.errors import InputError

_LISTS = ("scenarios", "numbers", "outcomes", "systems", "readings")


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    lists = commands.add_parser("list", help="what there is: scenarios, numbers, outcomes, systems, readings")
    lists.add_argument("what", nargs="?", choices=_LISTS, help="only this (default: an overview)")
    lists.add_argument("--world", metavar="WORLD", help="whose numbers (default: the home world)")
    add_seeds(lists)
    lists.set_defaults(command=_list)


def _list(asked: argparse.Namespace) -> int:
    from sim.evidence.evidence import load_evidence
    from sim.evidence.worlds import HOME_WORLD

    world = asked.world or HOME_WORLD
    lines: dict[str, Callable[[], list[str]]] = {
        "scenarios": _scenario_lines,
        "numbers": lambda: _number_lines(load_evidence(world, asked.seeds)),
        "outcomes": _outcome_lines,
        "systems": lambda: _system_lines(load_evidence(world, asked.seeds)),
        "readings": lambda: _reading_lines(load_evidence(world, asked.seeds)),
    }
    if asked.what:
        print("\n".join(lines[asked.what]()))
        return DONE
    for what in ("scenarios", "outcomes", "systems", "readings"):
        print(f"{what.upper()}\n" + "\n".join(lines[what]()) + "\n")
    evidence = load_evidence(world, asked.seeds)
    counted = f"{len(evidence.numbers)} in {world}, with {len(evidence.facts)} facts behind them"
    print(f"NUMBERS\n  {counted}; `multivector list numbers` shows them")
    print("\nWORLDS\n" + "\n".join(_world_lines(asked.seeds)))
    return DONE


def _world_lines(folder: str | None) -> list[str]:
    """The worlds, each with the one it extends, whether it changes that, and until when it knows."""
    from sim.evidence.changes import CHANGES
    from sim.evidence.layers import stamps_of_seeds
    from sim.evidence.worlds import list_worlds, read_lineage, seeds_folder
    from sim.io.errors import Problems

    seeds, lines = seeds_folder(folder), []
    stamps = stamps_of_seeds(seeds)
    for world in list_worlds(seeds):
        lineage = read_lineage(seeds, world, stamps, Problems())
        place, top = lineage[-1] if lineage else (None, None)
        told = []
        if top is not None and place is not None and "extends" in top.value:
            changes = " and changes" if (place / CHANGES).is_file() else ""
            told.append(f"extends{changes} {top.value['extends'].text}")
        days = [one.value["knows_until"].text for _, one in lineage if "knows_until" in one.value]
        told += [f"knows until {days[-1]}"] if days else []
        lines.append(f"  {world:<26} {', '.join(told)}".rstrip())
    return lines


def _scenario_lines() -> list[str]:
    from sim.scenario.family import list_scenarios
    from sim.scenario.scenario import load_scenario

    lines = []
    for name in list_scenarios():
        try:
            title = load_scenario(name).title
        except InputError:
            title = f"(has mistakes: multivector check {name})"
        lines.append(f"  {name:<26} {title}")
    return lines


def _number_lines(evidence: Any) -> list[str]:
    numbers = evidence.numbers.values()
    from sim.evidence.story import span

    return [f"{n.name:<42} {n.value:<10g} {span(n.low, n.high, n.unit)} ({n.basis.name.lower()})" for n in numbers]


def _outcome_lines() -> list[str]:
    from sim.batch.outcomes import OUTCOMES

    return [f"  {o.word + ('-<power>' if o.names_power else ''):<26} {o.value}" for o in OUTCOMES]


def _system_lines(evidence: Any) -> list[str]:
    lines = []
    for system in evidence.systems.values():
        claim = textwrap.shorten(f"{system.name}: {system.claim}", 110, placeholder=" ...")
        lines.append(f"  {system.id:<38} {claim}")
    return lines


def _reading_lines(evidence: Any) -> list[str]:
    """The switches between contradicting sources, each with its readings; the default is marked."""
    lines = []
    for switch, conflict in evidence.switches.items():
        lines += textwrap.wrap(conflict.question, 118, initial_indent=f"  {switch}: ", subsequent_indent="      ")
        for name, reading in conflict.readings.items():
            mark = "*" if name == conflict.default else " "
            says = textwrap.shorten(reading.says, 90, placeholder=" ...")
            lines += [f"  {mark} {name:<24} {says}"]
    return lines or [f"  none in {evidence.world}"]
