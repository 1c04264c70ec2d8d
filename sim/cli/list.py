"""`multivector list`: what there is, in lines a person can scan."""

import argparse
from typing import TYPE_CHECKING, Any

from sim.cli.common import DONE, add_seeds
from sim.io.errors import Entry, Problems, input_error, nearest_to, quoted

if TYPE_CHECKING:
    from pathlib import Path

    from sim.cli.lists import Row
    from sim.evidence.evidence import Evidence

_LISTS = (
    *("scenarios", "outcomes", "systems", "readings", "worlds", "actors", "corridors", "outlets", "events"),
    *("measures", "numbers", "facts", "documents", "experiments", "levers", "policies", "patterns", "lessons"),
)


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    lists = commands.add_parser("list", help="what there is: scenarios, events, actors, measures, facts and so on")
    lists.add_argument("what", nargs="?", metavar="WHAT", help=f"only this: {', '.join(_LISTS)} (default: an overview)")
    lists.add_argument("part", nargs="?", metavar="PART", help="only what has this in its name or its words")
    lists.add_argument("--world", metavar="WORLD", help="of which world (default: the home world)")
    add_seeds(lists)
    lists.set_defaults(command=_list)


def _list(asked: argparse.Namespace) -> int:
    check_list_name(asked.what)
    from sim.cli.closing import close
    from sim.cli.lists import LISTINGS, rows_of
    from sim.evidence.evidence import load_evidence
    from sim.evidence.worlds import HOME_WORLD

    evidence = load_evidence(asked.world or HOME_WORLD, asked.seeds)
    if asked.what is None:
        close(
            asked,
            lambda: _print_overview(evidence, asked.seeds),
            lambda: {name: rows_of(one, evidence, asked.seeds) for name, one in LISTINGS.items() if one.whole},
        )
        return DONE
    rows = rows_of(LISTINGS[asked.what], evidence, asked.seeds)
    if asked.world is not None:  # scenarios are listed of all worlds unless one is asked for
        rows = [row for row in rows if asked.what != "scenarios" or row["world"] == asked.world]
    rows = matching(asked.what, rows, asked.part)
    close(asked, lambda: _print_rows(asked.what, rows, asked.part, evidence), lambda: {asked.what: rows})
    return DONE


def check_list_name(what: str | None) -> None:
    """There is a list of that name."""
    from sim.io.checks import check_choice

    if what is not None:
        problems = Problems()
        check_choice(Entry(what, problems, "list", 0, 0, "", what), _LISTS)
        problems.raise_if_any()


def matching(what: str, rows: "list[Row]", part: str | None) -> "list[Row]":
    """The rows of a list that a word is about: the one that is called so, or else all in which it stands."""
    if part is None:
        return rows
    wanted = part.strip().lower()
    names = [str(next(iter(row.values()))) for row in rows]
    called = [row for row, name in zip(rows, names, strict=True) if name.lower() == wanted]
    found = called or [row for row in rows if any(wanted in str(cell).lower() for cell in row.values())]
    if not found:
        allowed = f"a part of a name or of its words; `multivector list {what}` shows all {len(rows):,}"
        near = nearest_to(part, names)
        raise input_error(f"list {what}", "nothing here has that", found=quoted(part), allowed=allowed, nearest=near)
    return found


def _print_rows(what: str, rows: "list[Row]", part: str | None, evidence: "Evidence") -> None:
    from sim.cli.lists import IN_FULL, LISTINGS

    lines = LISTINGS[what].lines
    if part is not None and len(rows) == 1:
        lines = IN_FULL.get(what, lines)
    print("\n".join(line for row in rows for line in lines(row)) or f"  none in {evidence.world}")


def _print_overview(evidence: "Evidence", seeds: "Path | str | None") -> None:
    """What is short in full, and of the rest how much there is and how it is seen."""
    from sim.cli.lists import LISTINGS, rows_of

    for name, listing in LISTINGS.items():
        print(name.upper())
        if listing.whole:
            _print_rows(name, rows_of(listing, evidence, seeds), None, evidence)
        else:
            print(f"  {_counted(name, evidence)}`multivector list {name}` shows them")
        print()
    print("`multivector list WHAT PART` shows only what has PART in its name or its words, such as: list events tariff")


def _counted(name: str, evidence: "Evidence") -> str:
    """How many there are, where nothing more has to be read to know it."""
    from sim.scenario.events import EVENT_KINDS

    counts = {"numbers": evidence.numbers, "facts": evidence.facts, "documents": evidence.documents}
    if name in counts:
        return f"{len(counts[name])} in {evidence.world}; "
    return f"{len(EVENT_KINDS)} kinds; " if name == "events" else ""
