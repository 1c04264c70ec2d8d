"""`multivector documented`: whether the model does what documents report as done."""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, add_numbers, add_out_file, add_seeds, say, write_out
from sim.cli.patterns import check_suffix, kept_beside
from sim.cli.typed import runs


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "documented", help="documents as a test: what they report as done, replayed; what came out otherwise, and why"
    )
    parser.add_argument("--runs", type=runs(), metavar="N", help="runs of each, in place of what the file says")
    parser.add_argument("--file", metavar="FILE", help="entries in place of seeds/documented.yaml")
    add_seeds(parser)
    add_numbers(parser)
    add_out_file(parser, "write the table to a .csv or .json file as well")
    parser.set_defaults(command=_documented)


def _documented(asked: argparse.Namespace) -> int:
    out: Path | None = asked.out
    check_suffix(out)
    from sim.analysis.documented import replay
    from sim.analysis.documented_results import idle_reasons, replay_text, table_of
    from sim.cli.documented_report import print_replay

    options = {"fitted": asked.numbers, "file": asked.file, "seeds": asked.seeds, "out": kept_beside(out)}
    found = replay(asked.runs, progress=lambda what: say(f"{what} ..."), **options)
    table = table_of(found)
    if out is not None:
        from sim.analysis.effect_tables import csv_of

        write_out(out, csv_of(table) if out.suffix == ".csv" else replay_text(table))
    files = [] if out is None else [("table", out)]
    close(asked, lambda: print_replay(table, idle_reasons(found)), lambda: {"replayed": table}, files=files)
    return DONE
