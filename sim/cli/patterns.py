"""`multivector patterns`: whether the model shows what it has to show."""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, add_numbers, add_out_file, add_seeds, say, write_out
from sim.cli.places import writable_file
from sim.cli.typed import runs
from sim.io.errors import input_error

_SUFFIXES = (".csv", ".json")


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "patterns", help="stylised patterns and extremes: what holds in the model and what not"
    )
    parser.add_argument("--runs", type=runs(2), metavar="N", help="runs of each, in place of what the file says")
    add_seeds(parser)
    add_numbers(parser)
    add_out_file(parser, "write the table to a .csv or .json file as well")
    parser.set_defaults(command=_patterns)


def _patterns(asked: argparse.Namespace) -> int:
    out: Path | None = asked.out
    check_suffix(out)
    from sim.analysis.paired import LEVEL
    from sim.analysis.patterns import find_all, table_of
    from sim.cli.patterns_report import print_patterns

    options = {"fitted": asked.numbers, "seeds": asked.seeds, "out": kept_beside(out)}
    findings = find_all(asked.runs, progress=lambda name: say(f"{name} ..."), **options)
    table = table_of(findings)
    if out is not None:
        from sim.analysis.effect_tables import csv_of, json_of

        write_out(out, csv_of(table) if out.suffix == ".csv" else json_of(table))
    files = [] if out is None else [("table", out)]
    close(asked, lambda: print_patterns(findings, LEVEL), lambda: {"patterns": table}, files=files)
    return DONE


def kept_beside(out: Path | None) -> Path:
    """The folder in which parts are kept while a command lasts: that of the file it writes, or the usual one."""
    return Path("results") if out is None else out.parent


def check_suffix(out: Path | None) -> None:
    """The name of the file says in which form the table is wanted; it can be written."""
    if out is not None and out.suffix not in _SUFFIXES:
        raise input_error("--out", "the end of the name says the form", found=out.name, allowed=" or ".join(_SUFFIXES))
    if out is not None:
        writable_file(out)
