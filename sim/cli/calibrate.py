"""`multivector calibrate`: fit what the record can tell, and say what it cannot."""

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
    draw_once,
    load_all,
)
from sim.cli.places import writable
from sim.cli.progress import reporter
from sim.cli.typed import WORKERS, YEAR


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser("calibrate", help="fit what the record to 2019 can tell, and check the fit")
    parser.add_argument(
        "scenario", nargs="?", metavar="SCENARIO", help="what is played, in place of the plan's own scenario"
    )
    parser.add_argument("--until", type=YEAR, metavar="YEAR", help="the last year of the record that is used")
    parser.add_argument(
        "--small", action="store_true", help="one wave of few points, to see that it works; not for use"
    )
    parser.add_argument(
        "--publish", action="store_true", help="put the draws into the seeds, if the checks on simulated truths allow"
    )
    parser.add_argument("--workers", type=WORKERS, metavar="N", help="threads (default: all cores)")
    add_seeds(parser)
    add_out(parser)
    add_no_figures(parser)
    parser.set_defaults(command=_calibrate)


def _calibrate(asked: argparse.Namespace) -> int:
    from sim.io.errors import input_error

    if asked.publish and (asked.small or asked.scenario is not None or asked.until is not None or asked.seeds):
        allowed = "the plan as it stands: without --small, --until, --seeds and another scenario"
        raise input_error("calibrate", "not what belongs into the seeds", found="--publish", allowed=allowed)
    writable(asked.out)
    scenario = None if asked.scenario is None else load_all([asked.scenario], [], seeds=asked.seeds)[0]
    options = {"until": asked.until, "small": asked.small, "workers": asked.workers, "seeds": asked.seeds}
    from sim.analysis.calibration import calibrate

    with reporter() as report:
        found = calibrate(scenario, progress=report, out=asked.out, **options)
    found.write()
    if not asked.no_figures:
        draw_once(Drawing(found.folder / "figures", [found.folder, found.scenario.title], partial(_draw, found)))
    from sim.cli.calibration_report import print_calibration

    close(
        asked,
        lambda: print_calibration(found),
        lambda: {"numbers": found.numbers, "checks": found.checks, "predicted": found.predicted},
        files=[("results", found.folder), *([("published", found.publish())] if asked.publish else [])],
    )
    return DONE


def _draw(found: Any, folder: Path) -> None:
    from sim.figures.calibration import draw_calibration

    draw_calibration(found, folder)
