"""`multivector ablate`: each system switched off in turn, on the same luck."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.closing import about, close
from sim.cli.common import (
    DONE,
    Drawing,
    add_least,
    add_no_figures,
    add_out_or_table,
    add_scenarios,
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


_RUNS = 500


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser("ablate", help="what each system does: switched off in turn, on the same luck")
    add_scenarios(parser)
    parser.add_argument("--runs", type=runs(2), default=_RUNS, metavar="N", help=f"runs (default: {_RUNS})")
    add_workers(parser)
    add_settings(parser)
    parser.add_argument("--system", action="append", metavar="ID", help="only this one, in full; repeatable")
    add_least(parser)
    add_out_or_table(parser)
    add_no_figures(parser)
    parser.set_defaults(command=_ablate)


def _ablate(asked: argparse.Namespace) -> int:
    scenarios = load_all(asked.scenarios, asked.set, asked.reading, asked.numbers, asked.seeds)
    from sim.analysis.ablation import effects
    from sim.analysis.effect_tables import LEAST
    from sim.analysis.paired import LEVEL
    from sim.batch.naming import apart

    least = LEAST if asked.least is None else asked.least
    titles = dict(zip(apart([one.name for one in scenarios]), [one.title for one in scenarios], strict=True))
    out, names = asked.out, "-and-".join(one.name for one in scenarios)
    options = {"seed": asked.seed, "workers": asked.workers, "systems": asked.system}
    options |= {"out": folder_for(out), "least": least}
    with reporter() as report:
        table = effects(
            scenarios,
            asked.runs,
            progress=report,
            write=lambda table: _write(table, titles, place_of(out, "ablate", names, table)),
            **options,
        )
    from sim.cli.report import print_ablation

    place = place_of(out, "ablate", names, table)
    drawn = not (is_table(out) or asked.no_figures)
    if drawn:
        draw_once(Drawing(place / "figures", [place], partial(draw, table, titles)))
    from sim.analysis.ablation_results import summary
    from sim.analysis.effect_tables import ON_SHOW

    close(
        asked,
        lambda: print_ablation(table, LEVEL, least=least),
        lambda: {"systems": summary(table), "effects": table[table["measure"].isin(ON_SHOW)]},
        scenarios=[about(one, asked.runs, asked.seed) for one in scenarios],
        files=[("effects", place), *([("figures", place / "figures")] if drawn else [])],
    )
    return DONE


def _write(table: "pd.DataFrame", titles: dict[str, str], place: Path) -> None:
    """Write the short table alone, or all tables into a folder of their own."""
    from sim.analysis.ablation_results import write_effects, write_tables
    from sim.analysis.paired import LEVEL
    from sim.batch.notebook import tidy

    if is_table(place):
        write_effects(table, place, LEVEL)
    else:
        write_tables(table, place, LEVEL, titles)
        tidy(place)


def draw(table: "pd.DataFrame", titles: dict[str, str], folder: Path) -> None:
    """Draw what each system does into a folder."""
    from sim.figures.ablation import draw_ablation

    draw_ablation(table, folder, titles=titles)
