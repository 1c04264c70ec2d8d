"""`multivector score` and `multivector freeze`: forecasts that are written down before, and scored when they came."""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, add_out, add_seeds, add_workers
from sim.cli.places import a_path, telling, writable
from sim.cli.progress import reporter
from sim.cli.typed import runs
from sim.io.shapes import inside


def add(commands: Any) -> None:
    """Describe both commands to the parser."""
    score = commands.add_parser("score", help="score forecasts that were frozen in a folder on what came")
    score.add_argument(
        "folder", type=a_path, metavar="FOLDER", help="a folder of frozen forecasts, such as forecasts/2026-12"
    )
    file = "a table of what came: state, partner, period, measure, value (see docs/scoring.md)"
    score.add_argument("--against", type=a_path, required=True, metavar="FILE.csv", help=file)
    add_seeds(score)
    add_out(score)
    score.set_defaults(command=_score)
    freeze = commands.add_parser("freeze", help="foretell years that nobody has seen, and freeze what comes out")
    freeze.add_argument("question", metavar="SCENARIO", help="what is foretold: a scenario of whole years")
    freeze.add_argument(
        "folder", type=a_path, metavar="FOLDER", help="where it is kept; a folder that is frozen is refused"
    )
    freeze.add_argument("--draws", type=runs(2), metavar="N", help="runs that are kept (default: 200)")
    numbers = "how fitted numbers are taken (default: from the posterior, where there is one)"
    freeze.add_argument("--numbers", choices=("posterior", "fixed"), help=numbers)
    add_seeds(freeze)
    add_workers(freeze)
    freeze.set_defaults(command=_freeze)


def _score(asked: argparse.Namespace) -> int:
    from sim.analysis.hindcast.frozen import score_frozen
    from sim.batch.identity import digest_of
    from sim.cli.backtest_report import print_backtest
    from sim.io.writers import file_hash

    out = writable(asked.out)
    found = score_frozen(asked.folder, asked.against, asked.seeds)
    name = Path(asked.folder).resolve().name
    folder = inside(out, f"score-{name}-{digest_of(file_hash(Path(asked.against)))[:6]}")
    with telling(folder, "the results cannot be written there"):
        found.write(folder)
    close(asked, lambda: print_backtest(found), lambda: {"skill": found.skill}, files=[("results", folder)])
    return DONE


def _freeze(asked: argparse.Namespace) -> int:
    from sim.analysis.hindcast.frozen import freeze

    with reporter() as report:
        found = freeze(
            asked.question,
            asked.folder,
            draws=asked.draws,
            seed=asked.seed,
            workers=asked.workers,
            progress=report,
            fitted=asked.numbers,
            seeds=asked.seeds,
        )
    kept = {"seal": found.manifest["seal"], "draws": found.manifest["draws_sha256"]}
    kept["posterior"] = found.manifest["posterior"] or "none"
    close(
        asked,
        lambda: print("\n".join(f"{name:<9} {value}" for name, value in kept.items())),
        lambda: {"frozen": [kept]},
        files=[("frozen", found.folder)],
    )
    return DONE
