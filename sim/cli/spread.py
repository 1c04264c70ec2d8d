"""`multivector spread`: how far the model moves, beside how far the record moved."""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.beside_record import describe, leave
from sim.cli.common import load_all
from sim.cli.progress import reporter


def add(commands: Any) -> None:
    """Describe the command."""
    words = "how far shares and output move, beside the record to 2019"
    describe(commands, "spread", words, "a scenario or file", "number of runs (default: 400)", _spread)


def _spread(asked: argparse.Namespace) -> int:
    (scenario,) = load_all([asked.scenario], asked.set, asked.reading, asked.numbers, asked.seeds)
    from sim.analysis.spread import spread

    with reporter() as report:
        found = spread(
            scenario, runs=asked.runs, seed=asked.seed, workers=asked.workers, progress=report, out=asked.out
        )
    return leave(found, asked, _draw, _show, lambda: {"spread": found.table})


def _draw(found: Any, folder: Path) -> None:
    from sim.figures.spread import draw_spread

    draw_spread(found, folder)


def _show(found: Any) -> None:
    from sim.cli.spread_report import print_spread

    print_spread(found)
