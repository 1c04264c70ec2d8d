"""`multivector diff`: two scenarios with everything they extend, side by side."""

import argparse
from typing import Any

from sim.cli.common import DONE, add_seeds, load_each


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    diff = commands.add_parser("diff", help="in what two scenarios differ, and which file says so")
    diff.add_argument("one", metavar="A", help="name of a scenario, or a YAML file")
    diff.add_argument("other", metavar="B", help="the scenario to compare it with")
    add_seeds(diff)
    diff.set_defaults(command=_diff)


def _diff(asked: argparse.Namespace) -> int:
    from sim.scenario.diff import diff_text
    from sim.scenario.scenario import load_scenario

    one, other = load_each((asked.one, asked.other), lambda name: load_scenario(name, seeds=asked.seeds))
    print(diff_text(one, other), end="")
    return DONE
