"""`multivector backtest`: years that are past foretold from what was known before them, and scored on what came."""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from sim.cli.closing import close
from sim.cli.common import (
    DONE,
    Drawing,
    add_no_figures,
    add_out,
    add_seeds,
    add_workers,
    draw_once,
    load_all,
)
from sim.cli.places import a_path, telling, writable
from sim.cli.progress import reporter
from sim.cli.typed import YEAR, runs
from sim.io.errors import input_error

_SCENARIO = "history-2010-2025"


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    words = "foretell years that are past from what was known before them, and score what came"
    parser = commands.add_parser("backtest", help=words)
    told = f"the past and its dated events (default: {_SCENARIO})"
    parser.add_argument("scenario", nargs="?", default=_SCENARIO, metavar="SCENARIO", help=told)
    file = "a table of what came: state, partner, period, measure, value (see docs/scoring.md)"
    parser.add_argument("--against", metavar="FILE.csv", help=file)
    parser.add_argument("--origin", type=YEAR, metavar="YEAR", help="the last year that is known (default: 2019)")
    parser.add_argument("--runs", type=runs(2), metavar="N", help="runs of each way of foretelling (default: 2000)")
    parser.add_argument(
        "--numbers",
        choices=("posterior", "fixed"),
        help="how fitted numbers are taken (default: from the posterior, where one knows nothing after the origin)",
    )
    parser.add_argument(
        "--fit",
        type=a_path,
        metavar="DIR",
        help="the folder of a calibration whose posterior is taken (for an earlier origin)",
    )
    ablate = "instead: switch off each system by itself, and tell what that does to the score"
    parser.add_argument("--ablate", action="store_true", help=ablate)
    add_seeds(parser)
    add_workers(parser, "2020")
    add_out(parser)
    add_no_figures(parser)
    parser.set_defaults(command=_backtest)


def _backtest(asked: argparse.Namespace) -> int:
    (scenario,) = load_all([asked.scenario], [], [], None, asked.seeds)
    out = writable(asked.out)
    if asked.ablate:
        return _ablate(scenario, asked, out)
    origin = {} if asked.origin is None else {"origin": asked.origin}
    from sim.analysis.hindcast.request import run_backtest

    with reporter() as report:
        found = run_backtest(scenario, against=asked.against, progress=report, out=out, **_options(asked), **origin)
    folder = found.folder(out)
    with telling(folder, "the results cannot be written there"):
        found.write(folder)
    if not asked.no_figures:
        draw_once(Drawing(folder / "figures", [folder, found.question.plain.title], partial(_draw, found)))
    from sim.cli.hindcast_report import print_hindcast

    tables = {"fans": found.fans} if found.scored is None else {"skill": found.scored.skill}
    close(asked, lambda: print_hindcast(found), lambda: tables, scenarios=[scenario], files=[("results", folder)])
    return DONE


def _options(asked: argparse.Namespace) -> dict[str, Any]:
    """What both questions are asked with."""
    return {
        "runs": asked.runs,
        "seed": asked.seed,
        "workers": asked.workers,
        "fitted": asked.numbers,
        "fit": asked.fit,
    }


def _draw(found: Any, folder: Path) -> None:
    """The fans of all pairs, and what scores show where something came."""
    from sim.figures.backtest import draw_backtest
    from sim.figures.hindcast import draw_hindcast

    draw_hindcast(found, folder)
    if found.scored is not None:
        draw_backtest(found.scored, folder)


def _ablate(scenario: Any, asked: argparse.Namespace, out: Path) -> int:
    """Which systems earn their place, on the record alone."""
    if asked.against is not None:
        raise input_error(
            "--against", "systems are judged on the record alone", allowed="one of --ablate and --against"
        )
    from sim.analysis.hindcast.ablation import ORIGINS, ablate_by_skill
    from sim.cli.hindcast_report import print_ablation

    with reporter() as report:
        found = ablate_by_skill(
            scenario,
            progress=report,
            origins=ORIGINS if asked.origin is None else (asked.origin,),
            out=out,
            **_options(asked),
        )
    folder: Path = found.folder(out)
    with telling(folder, "the results cannot be written there"):
        found.write(folder)
    gains = {"gains": found.table}
    close(asked, lambda: print_ablation(found), lambda: gains, scenarios=[scenario], files=[("results", folder)])
    return DONE
