"""`multivector origins`: the model started in past years, scored on what the record has after them.

A command of its own, beside `spread`: it plays many short pasts and not one future, and answers another question.
"""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.beside_record import describe, leave
from sim.cli.common import load_all
from sim.cli.progress import reporter


def add(commands: Any) -> None:
    """Describe the command."""
    words = "start in past years, score trade shares on the record to 2019"
    describe(commands, "origins", words, "whose numbers", "runs of each origin (default: 1000)", _origins)


def _origins(asked: argparse.Namespace) -> int:
    (scenario,) = load_all([asked.scenario], asked.set, asked.reading, asked.numbers, asked.seeds)
    from sim.analysis.origins import roll_origins

    with reporter() as report:
        found = roll_origins(
            scenario, runs=asked.runs, seed=asked.seed, workers=asked.workers, progress=report, out=asked.out
        )
    return leave(found, asked, _draw, _show, lambda: {"skill": found.skill, "drift": found.drift})


def _draw(found: Any, folder: Path) -> None:
    from sim.figures.spread import draw_origins

    draw_origins(found, folder)


def _show(found: Any) -> None:
    from sim.cli.spread_report import print_origins

    print_origins(found)
