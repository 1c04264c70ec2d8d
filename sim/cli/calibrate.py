"""`multivector calibrate`: fit what the record can tell, and say what it cannot."""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, add_no_figures, add_out, at_least, load_all, reporter, say


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser("calibrate", help="fit what the record to 2019 can tell, and check the fit")
    parser.add_argument(
        "scenario", nargs="?", metavar="SCENARIO", help="what is played, in place of the plan's own scenario"
    )
    parser.add_argument("--until", type=at_least(0), metavar="YEAR", help="the last year of the record that is used")
    parser.add_argument(
        "--small", action="store_true", help="one wave of few points, to see that it works; not for use"
    )
    parser.add_argument(
        "--publish", action="store_true", help="put the draws into the seeds, if the checks on simulated truths allow"
    )
    parser.add_argument("--workers", type=at_least(1), metavar="N", help="threads (default: all cores)")
    add_out(parser)
    add_no_figures(parser)
    parser.set_defaults(command=_calibrate)


def _calibrate(asked: argparse.Namespace) -> int:
    from sim.io.errors import input_error

    if asked.publish and (asked.small or asked.scenario is not None or asked.until is not None):
        allowed = "the plan as it stands: without --small, --until and another scenario"
        raise input_error("calibrate", "not what belongs into the seeds", found="--publish", allowed=allowed)
    scenario = None if asked.scenario is None else load_all([asked.scenario], [])[0]
    from sim.analysis.calibration import calibrate

    with reporter() as report:
        found = calibrate(
            scenario, until=asked.until, small=asked.small, workers=asked.workers, progress=report, out=asked.out
        )
    found.write()
    if not asked.no_figures:
        say("drawing the figures ...")
        _draw(found, found.folder / "figures")
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
