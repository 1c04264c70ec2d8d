"""`multivector trace`: a number back to the facts and documents behind it."""

import argparse
from typing import Any

from sim.cli.common import DONE


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    trace = commands.add_parser("trace", help="a number back to the facts and documents behind it")
    trace.add_argument("name", metavar="NAME", help="a number, a system, a fact, a document or a conflict")
    trace.add_argument("--world", metavar="WORLD", help="whose numbers (default: the home world)")
    trace.set_defaults(command=_trace)


def _trace(asked: argparse.Namespace) -> int:
    from sim.evidence.evidence import load_evidence
    from sim.evidence.provenance import trace_number
    from sim.evidence.worlds import HOME_WORLD

    print(trace_number(load_evidence(asked.world or HOME_WORLD), asked.name))
    return DONE
