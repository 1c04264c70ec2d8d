"""`multivector spread`: how far the model moves, beside how far the record moved."""

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
    parser = commands.add_parser("spread", help="how far shares and output move, beside the record to 2019")
    parser.add_argument(
        "scenario", nargs="?", default="baseline", metavar="SCENARIO", help="a scenario or file (default: baseline)"
    )
    parser.add_argument("--runs", type=at_least(2), metavar="N", help="number of runs (default: 400)")
    add_workers(parser)
    add_settings(parser)
    add_out(parser)
    add_no_figures(parser)
    parser.set_defaults(command=_spread)


def _spread(asked: argparse.Namespace) -> int:
    (scenario,) = load_all([asked.scenario], asked.set)
    from sim.analysis.spread import spread

    with reporter() as report:
        found = spread(scenario, runs=asked.runs, seed=asked.seed, workers=asked.workers, progress=report)
    folder = found.folder(asked.out)
    if not asked.no_figures:
        say("drawing the figure ...")
        from sim.figures.spread import draw_spread

        draw_spread(found, folder / "figures")
    found.write(folder)
    from sim.cli.spread_report import print_spread

    print_spread(found)
    print(f"results   {relative(folder)}")
    return DONE
