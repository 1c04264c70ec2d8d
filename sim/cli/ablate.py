"""`multivector ablate`: each system switched off in turn, on the same luck."""

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.common import (
    DONE,
    add_no_figures,
    add_scenarios,
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

    from sim.scenario.scenario import Scenario

_RUNS = 500


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser("ablate", help="what each system does: switched off in turn, on the same luck")
    add_scenarios(parser)
    parser.add_argument("--runs", type=at_least(2), default=_RUNS, metavar="N", help=f"runs (default: {_RUNS})")
    add_workers(parser)
    add_settings(parser)
    parser.add_argument("--system", action="append", metavar="ID", help="only this one, in full; repeatable")
    parser.add_argument(
        "-o",
        "--out",
        default="results",
        metavar="DIR",
        help="where results go (default: results); a name that ends in .json gets the short table alone",
    )
    add_no_figures(parser)
    parser.set_defaults(command=_ablate)


def _ablate(asked: argparse.Namespace) -> int:
    scenarios = load_all(asked.scenarios, asked.set)
    from sim.analysis.ablation import effects
    from sim.analysis.paired import LEVEL

    out = Path(asked.out)
    options = {"seed": asked.seed, "workers": asked.workers, "systems": asked.system}
    options |= {"out": out.parent if _is_file(out) else out}
    with reporter() as report:
        table = effects(
            scenarios,
            asked.runs,
            progress=report,
            write=lambda table: _write(table, _place(out, scenarios, table)),
            **options,
        )
    from sim.cli.report import print_ablation

    place = _place(out, scenarios, table)
    drawn = not (_is_file(out) or asked.no_figures)
    if drawn:
        _draw(table, place / "figures", scenarios)
    print_ablation(table, LEVEL)
    print(f"effects   {relative(place)}")
    if drawn:
        print(f"figures   {relative(place / 'figures')}")
    return DONE


def _is_file(out: Path) -> bool:
    """Whether the short table alone is asked for."""
    return out.suffix == ".json"


def _place(out: Path, scenarios: "list[Scenario]", table: "pd.DataFrame") -> Path:
    """The file, or the folder, that effects go to."""
    return out if _is_file(out) else out / _folder_name(scenarios, table)


def _write(table: "pd.DataFrame", place: Path) -> None:
    """Write the short table alone, or all tables into a folder of their own."""
    from sim.analysis.ablation_results import write_effects, write_tables
    from sim.analysis.paired import LEVEL
    from sim.batch.notebook import tidy

    if _is_file(place):
        write_effects(table, place, LEVEL)
    else:
        write_tables(table, place, LEVEL)
        tidy(place)


def _draw(table: "pd.DataFrame", folder: Path, scenarios: "list[Scenario]") -> None:
    say("drawing figures ...")
    from sim.figures.ablation import draw_ablation

    for scenario in scenarios:
        mine = table[table["scenario"] == scenario.name]
        if not mine.empty:
            draw_ablation(mine, folder, f"{scenario.title} ({scenario.name})")


def _folder_name(scenarios: "list[Scenario]", table: "pd.DataFrame") -> str:
    """A name of its own for every question: the scenarios, and a hash of what was found."""
    from sim.analysis.effect_tables import csv_of

    names = "-and-".join(one.name for one in scenarios)[:60]
    return f"ablate-{names}-{hashlib.sha256(csv_of(table).encode()).hexdigest()[:6]}"
