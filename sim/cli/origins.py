"""`multivector origins`: the model started in past years, scored on what the record has after them.

A command of its own, beside `spread`: it plays many short pasts and not one future, and answers another question.
"""

import argparse
from typing import Any

from sim.cli.common import (
    DONE,
    add_no_figures,
    add_out,
    add_settings,
    add_workers,
    at_least,
    load_all,
    relative,
    reporter,
    say,
)


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser("origins", help="start in past years, score trade shares on the record to 2019")
    parser.add_argument(
        "scenario", nargs="?", default="baseline", metavar="SCENARIO", help="whose numbers (default: baseline)"
    )
    parser.add_argument("--runs", type=at_least(2), metavar="N", help="runs of each origin (default: 1000)")
    add_workers(parser)
    add_settings(parser)
    add_out(parser)
    add_no_figures(parser)
    parser.set_defaults(command=_origins)


def _origins(asked: argparse.Namespace) -> int:
    (scenario,) = load_all([asked.scenario], asked.set)
    from sim.analysis.origins import roll_origins

    with reporter() as report:
        found = roll_origins(scenario, runs=asked.runs, seed=asked.seed, workers=asked.workers, progress=report)
    folder = found.folder(asked.out)
    if not asked.no_figures:
        say("drawing the figure ...")
        from sim.figures.spread import draw_origins

        draw_origins(found, folder / "figures")
    found.write(folder)
    from sim.cli.spread_report import print_origins

    print_origins(found)
    print(f"results   {relative(folder)}")
    return DONE
