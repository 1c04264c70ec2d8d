"""`multivector diff`: two scenarios with everything they extend, side by side."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.cli.closing import close
from sim.cli.common import DONE, add_seeds, load_each

if TYPE_CHECKING:
    from sim.scenario.diff import Section


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    diff = commands.add_parser("diff", help="in what two scenarios differ, and which file says so")
    diff.add_argument("one", metavar="A", help="name of a scenario, or a YAML file")
    diff.add_argument("other", metavar="B", help="the scenario to compare it with")
    add_seeds(diff)
    diff.set_defaults(command=_diff)


def _diff(asked: argparse.Namespace) -> int:
    from sim.scenario.diff import diff_text, differences
    from sim.scenario.scenario import load_scenario

    one, other = load_each((asked.one, asked.other), lambda name: load_scenario(name, seeds=asked.seeds))
    close(
        asked,
        lambda: print(diff_text(one, other), end=""),
        lambda: {"differences": [row for section in differences(one, other) for row in _rows(section)]},
        scenarios=(one, other),
    )
    return DONE


def _rows(section: "Section") -> Iterator[dict[str, Any]]:
    """A row for each difference: of what sort, what is called so, and what each scenario says and where."""
    for one in section.differences:
        row: dict[str, Any] = {"sort": section.title, "what": one.what}
        for sign, side in (("one", one.one), ("other", one.other)):
            row |= {sign: side and side.said, f"{sign}_place": side and side.place}
        yield row
