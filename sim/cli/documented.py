"""`multivector documented`: whether the model does what documents report as done."""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, add_numbers, at_least, say, write_out
from sim.cli.patterns import check_suffix


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "documented", help="documents as a test: what they report as done, replayed; what came out otherwise, and why"
    )
    parser.add_argument("--runs", type=at_least(1), metavar="N", help="runs of each, in place of what the file says")
    parser.add_argument("--file", metavar="FILE", help="entries in place of seeds/documented.yaml")
    add_numbers(parser)
    parser.add_argument("-o", "--out", metavar="FILE", help="write the table to a .csv or .json file as well")
    parser.set_defaults(command=_documented)


def _documented(asked: argparse.Namespace) -> int:
    out = None if asked.out is None else Path(asked.out)
    check_suffix(out)
    from sim.analysis.documented import replay
    from sim.analysis.documented_results import idle_reasons, replay_text, table_of
    from sim.cli.documented_report import print_replay

    found = replay(asked.runs, fitted=asked.numbers, file=asked.file, progress=lambda what: say(f"{what} ..."))
    table = table_of(found)
    if out is not None:
        from sim.analysis.effect_tables import csv_of

        write_out(out, csv_of(table) if out.suffix == ".csv" else replay_text(table))
    files = [] if out is None else [("table", out)]
    close(asked, lambda: print_replay(table, idle_reasons(found)), lambda: {"replayed": table}, files=files)
    return DONE
