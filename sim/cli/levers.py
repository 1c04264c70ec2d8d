"""`multivector levers`: every kind of event and every number of a power pulled, on the same luck."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.closing import about, close
from sim.cli.common import (
    DONE,
    Drawing,
    add_no_figures,
    add_out_or_table,
    add_scenario,
    add_settings,
    add_workers,
    draw_once,
    folder_for,
    is_table,
    load_all,
    place_of,
)
from sim.cli.progress import reporter
from sim.cli.typed import runs

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.lever_results import MeasuredLevers

_RUNS = 400


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "levers", help="what each lever moves, beside what it should: events and numbers pulled on the same luck"
    )
    add_scenario(parser)
    parser.add_argument("--lever", action="append", metavar="ID", help="only this one; repeatable")
    parser.add_argument("--file", metavar="FILE", help="levers in place of seeds/levers.yaml")
    parser.add_argument("--runs", type=runs(2), default=_RUNS, metavar="N", help=f"runs (default: {_RUNS})")
    add_workers(parser)
    add_settings(parser)
    add_out_or_table(parser)
    add_no_figures(parser)
    parser.set_defaults(command=_levers)


def _levers(asked: argparse.Namespace) -> int:
    (scenario,) = load_all([asked.scenario], asked.set, asked.reading, asked.numbers, asked.seeds)
    from sim.analysis.lever_effects import levers, pulls
    from sim.analysis.lever_results import measured
    from sim.analysis.paired import LEVEL

    out, known = asked.out, pulls(scenario, asked.file)
    alone, place = is_table(out), partial(place_of, out, "levers", scenario.name)
    options = {"only": asked.lever, "file": asked.file, "seed": asked.seed, "workers": asked.workers}
    with reporter() as report:
        table = levers(
            scenario,
            asked.runs,
            progress=report,
            out=folder_for(out),
            write=lambda table: _write(table, measured(table, known, LEVEL), place(table)),
            **options,
        )
    from sim.cli.lever_report import print_levers

    found, folder = measured(table, known, LEVEL), place(table)
    drawn = not (alone or asked.no_figures or found.expected.empty)
    if drawn:
        caption = f"{scenario.title} ({scenario.name})"
        draw_once(Drawing(folder / "figures", [folder, caption], partial(draw, found, caption)))
    close(
        asked,
        lambda: print_levers(found),
        lambda: {"levers": found.summary, "expected": found.expected, "strongest": found.strongest},
        scenarios=[about(scenario, asked.runs, asked.seed)],
        files=[("levers", folder), *([("figures", folder / "figures")] if drawn else [])],
    )
    return DONE


def draw(found: "MeasuredLevers", caption: str, folder: Path) -> None:
    """Draw what was expected of levers and found into a folder."""
    from sim.figures.levers import draw_levers

    draw_levers(found, folder, caption)


def _write(table: "pd.DataFrame", found: "MeasuredLevers", place: Path) -> None:
    """Write the short table alone, or all files into a folder of their own."""
    from sim.analysis.lever_results import write_lever_tables, write_levers
    from sim.batch.notebook import tidy

    if is_table(place):
        write_levers(found, place)
    else:
        write_lever_tables(table, found, place)
        tidy(place)
