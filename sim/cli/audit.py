"""`multivector audit`: whether what the numbers say of themselves holds, and on what they rest."""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, WRONG_INPUT, add_out_file, add_seeds, write_out
from sim.cli.places import writable_file
from sim.io.errors import input_error, quoted


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser("audit", help="whether what numbers say of themselves holds, and on what they rest")
    parser.add_argument("--world", metavar="WORLD", help="whose numbers (default: the home world)")
    parser.add_argument(
        "--known-until", metavar="DATE", help="list the numbers that rest on facts later than this day (2019-12-31)"
    )
    add_out_file(parser, "write the faults to a .csv file as well")
    add_seeds(parser)
    parser.set_defaults(command=_audit)


def _audit(asked: argparse.Namespace) -> int:
    from sim.evidence.dates import is_day
    from sim.io.meant import day_meant

    if asked.known_until is not None and not is_day(asked.known_until):
        near, allowed = day_meant(asked.known_until), "a day such as 2019-12-31"
        raise input_error(
            "--known-until", "this is no day", found=quoted(asked.known_until), allowed=allowed, nearest=near
        )
    out: Path | None = asked.out
    if out is not None and out.suffix != ".csv":
        raise input_error("--out", "the end of the name says the form", found=out.name, allowed=".csv")
    if out is not None:
        writable_file(out)
    from sim.cli.audit_report import faults_csv, print_later, print_report
    from sim.evidence.audit import audit, facts_behind_rules, facts_named_in
    from sim.evidence.evidence import load_evidence
    from sim.evidence.support import later_than, support
    from sim.evidence.worlds import HOME_WORLD, seeds_folder, shipped_folder

    evidence = load_evidence(asked.world or HOME_WORLD, asked.seeds, dated=asked.known_until is None)
    if asked.known_until is not None:
        later = later_than(asked.known_until, evidence)
        rows = [{"number": name, "facts": facts} for name, facts in later.items()]
        close(asked, lambda: print_later(evidence, asked.known_until), lambda: {"later": rows})
        return DONE
    places = {evidence.folder, *map(shipped_folder, ("seeds", "scenarios", "experiments"))}
    places |= set() if asked.seeds is None else {seeds_folder(asked.seeds)}
    elsewhere = facts_named_in(*sorted(places)) | facts_behind_rules()
    faults = audit(evidence, elsewhere)
    if out is not None:
        write_out(out, faults_csv(faults))
    close(
        asked,
        lambda: print_report(evidence, faults),
        lambda: {
            "faults": [{**vars(one), "check": one.check.name.lower()} for one in faults],
            "support": [{**vars(one), "basis": one.basis.name.lower()} for one in support(evidence)],
        },
        files=[] if out is None else [("faults", out)],
    )
    return WRONG_INPUT if faults else DONE
