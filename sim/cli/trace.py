"""`multivector trace`: a number back to the facts and documents behind it."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.closing import close
from sim.cli.common import DONE, add_seeds, write_out
from sim.cli.places import a_path, writable_file
from sim.cli.streams import columns_for_lines
from sim.io.errors import input_error

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence

_PAGES = (".html", ".htm")


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    trace = commands.add_parser("trace", help="how a number was computed, and the documents behind it")
    trace.add_argument(
        "name",
        nargs="*",
        metavar="NAME",
        help="a number, an outcome (such as balancing), a rule, a system, a fact, a document or a conflict",
    )
    trace.add_argument(
        "--html", type=a_path, metavar="FILE", help="write it as a page to click through; without NAME, of everything"
    )
    trace.add_argument("--world", metavar="WORLD", help="whose numbers (default: the home world)")
    add_seeds(trace)
    trace.set_defaults(command=_trace)


def _trace(asked: argparse.Namespace) -> int:
    from sim.evidence.evidence import load_evidence
    from sim.evidence.worlds import HOME_WORLD

    name = " ".join(asked.name)
    if asked.html is not None:
        page: Path = asked.html
        if page.suffix.lower() not in _PAGES:
            raise input_error(
                "--html", "the end of the name says the form", found=page.name, allowed=" or ".join(_PAGES)
            )
        writable_file(page)
        return _write_page(load_evidence(asked.world or HOME_WORLD, asked.seeds), name, page, asked)
    if not name:
        raise input_error("trace", "what shall be traced?", allowed="NAME (see `multivector list`), or --html FILE")
    evidence = load_evidence(asked.world or HOME_WORLD, asked.seeds)
    close(asked, lambda: _show(evidence, name), lambda: {"traced": [_row(evidence, name)]})
    return DONE


def _row(evidence: "Evidence", name: str) -> dict[str, Any]:
    """What is told of a name, and what it is where it is a number."""
    from sim.evidence.provenance import trace_number

    row: dict[str, Any] = {"name": name, "text": trace_number(evidence, name)}
    number = evidence.numbers.get(name)
    if number is not None:
        row |= {"value": number.value, "low": number.low, "high": number.high, "unit": number.unit}
        row |= {"basis": number.basis.name.lower(), "facts": sorted(evidence.derivations.facts_behind(name))}
    return row


def _write_page(evidence: "Evidence", name: str, page: Path, asked: argparse.Namespace) -> int:
    from sim.evidence.provenance import find
    from sim.evidence.teller import Teller
    from sim.narrative.evidence_page import evidence_page

    write_out(page, evidence_page(evidence, find(Teller(evidence), name) if name else None))
    close(asked, lambda: None, dict, files=[("page", page)])
    return DONE


def _show(evidence: "Evidence", name: str) -> None:
    """In colour and as wide as the terminal where a person is looking; plain text for everything else."""
    from sim.evidence.provenance import trace_number
    from sim.evidence.story_text import PLAIN_WIDTH

    if not sys.stdout.isatty():
        print(trace_number(evidence, name, min(columns_for_lines(sys.stdout) or PLAIN_WIDTH, PLAIN_WIDTH)))
        return
    from sim.cli.coloured import print_story
    from sim.evidence.provenance import find, story_of
    from sim.evidence.teller import Teller

    teller = Teller(evidence)
    print_story(story_of(teller, find(teller, name)))
