"""`multivector policies`: constant policies in place of a state's own rule, on the same luck."""

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


_RUNS = 400
_ALL = "all"


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "policies", help="what constant policies buy and cost: yes to all, no to all, one partner alone, a side"
    )
    add_scenario(parser)
    parser.add_argument("--state", action="append", metavar="X", help="whose policy, or all (default); repeatable")
    parser.add_argument("--policy", action="append", metavar="ID", help="only this policy; repeatable")
    parser.add_argument("--runs", type=runs(2), default=_RUNS, metavar="N", help=f"runs (default: {_RUNS})")
    add_workers(parser)
    add_settings(parser)
    add_out_or_table(parser, "the table")
    add_no_figures(parser)
    parser.set_defaults(command=_policies)


def _policies(asked: argparse.Namespace) -> int:
    (scenario,) = load_all([asked.scenario], asked.set, asked.reading, asked.numbers, asked.seeds)
    from sim.analysis.paired import LEVEL
    from sim.analysis.policy_effects import policies

    out: Path = asked.out
    alone = is_table(out)
    states = None if not asked.state or _ALL in asked.state else asked.state
    options = {"states": states, "only": asked.policy, "seed": asked.seed, "workers": asked.workers}
    with reporter() as report:
        table = policies(
            scenario,
            asked.runs,
            progress=report,
            out=folder_for(out),
            write=lambda table: _write(table, place_of(out, "policies", scenario.name, table)),
            **options,
        )
    from sim.cli.policy_report import print_policies

    place = place_of(out, "policies", scenario.name, table)
    drawn = not (alone or asked.no_figures)
    if drawn:
        caption = f"{scenario.title} ({scenario.name})"
        draw_once(Drawing(place / "figures", [place, caption], partial(draw, table, caption)))
    from sim.analysis.policy_results import counted, judged

    close(
        asked,
        lambda: print_policies(table, LEVEL),
        lambda: {"policies": judged(table), "effects": counted(table)},
        scenarios=[about(scenario, asked.runs, asked.seed)],
        files=[("policies", place), *([("figures", place / "figures")] if drawn else [])],
    )
    return DONE


def draw(table: "pd.DataFrame", caption: str, folder: Path) -> None:
    """Draw what policies bring into a folder."""
    from sim.figures.policies import draw_policies

    draw_policies(table, folder, caption)


def _write(table: "pd.DataFrame", place: Path) -> None:
    """Write the table alone, or all files into a folder of their own."""
    from sim.analysis.paired import LEVEL
    from sim.analysis.policy_results import write_policies, write_policy_tables
    from sim.batch.notebook import tidy

    if is_table(place):
        write_policies(table, place, LEVEL)
    else:
        write_policy_tables(table, place, LEVEL)
        tidy(place)
