"""`multivector levers`: every kind of event and every number of a power pulled, on the same luck."""

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.common import (
    DONE,
    add_no_figures,
    add_settings,
    add_workers,
    at_least,
    load_all,
    relative,
    reporter,
    say,
)

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.lever_results import MeasuredLevers
    from sim.scenario.scenario import Scenario

_RUNS = 400


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "levers", help="what each lever moves, beside what it should: events and numbers pulled on the same luck"
    )
    parser.add_argument(
        "scenario", nargs="?", default="baseline", metavar="SCENARIO", help="a scenario (default: baseline)"
    )
    parser.add_argument("--lever", action="append", metavar="ID", help="only this one; repeatable")
    parser.add_argument("--file", metavar="FILE", help="levers in place of seeds/levers.yaml")
    parser.add_argument("--runs", type=at_least(2), default=_RUNS, metavar="N", help=f"runs (default: {_RUNS})")
    add_workers(parser)
    add_settings(parser)
    parser.add_argument(
        "-o",
        "--out",
        default="results",
        metavar="DIR",
        help="where results go (default: results); a name that ends in .json gets the short table alone",
    )
    add_no_figures(parser)
    parser.set_defaults(command=_levers)


def _levers(asked: argparse.Namespace) -> int:
    (scenario,) = load_all([asked.scenario], asked.set)
    from sim.analysis.lever_effects import levers, pulls
    from sim.analysis.lever_results import measured
    from sim.analysis.paired import LEVEL

    out, known = Path(asked.out), pulls(scenario, asked.file)
    alone = out.suffix == ".json"
    options = {"only": asked.lever, "file": asked.file, "seed": asked.seed, "workers": asked.workers}
    with reporter() as report:
        table = levers(
            scenario,
            asked.runs,
            progress=report,
            out=out.parent if alone else out,
            write=lambda table: _write(table, measured(table, known, LEVEL), _place(out, scenario, table)),
            **options,
        )
    from sim.cli.lever_report import print_levers

    found, place = measured(table, known, LEVEL), _place(out, scenario, table)
    drawn = not (alone or asked.no_figures or found.expected.empty)
    if drawn:
        say("drawing figures ...")
        from sim.figures.levers import draw_levers

        draw_levers(found, place / "figures", f"{scenario.title} ({scenario.name})")
    print_levers(found)
    print(f"levers    {relative(place)}")
    if drawn:
        print(f"figures   {relative(place / 'figures')}")
    return DONE


def _place(out: Path, scenario: "Scenario", table: "pd.DataFrame") -> Path:
    """The file, or a folder of its own for every question: the scenario, and a hash of what was found."""
    from sim.analysis.effect_tables import csv_of

    if out.suffix == ".json":
        return out
    return out / f"levers-{scenario.name[:60]}-{hashlib.sha256(csv_of(table).encode()).hexdigest()[:6]}"


def _write(table: "pd.DataFrame", found: "MeasuredLevers", place: Path) -> None:
    """Write the short table alone, or all files into a folder of their own."""
    from sim.analysis.lever_results import write_lever_tables, write_levers
    from sim.batch.notebook import tidy

    if place.suffix == ".json":
        write_levers(found, place)
    else:
        write_lever_tables(table, found, place)
        tidy(place)
