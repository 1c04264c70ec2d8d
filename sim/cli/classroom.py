"""`multivector classroom`: a page for a class, served from this machine until Ctrl-C."""

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.cli.closing import about, close
from sim.cli.common import DONE, add_numbers, add_seeds, say

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    room = commands.add_parser("classroom", help="open a page for a class: look, play, dispute")
    room.add_argument("scenario", metavar="SCENARIO", nargs="?", help="what the class looks at (default: baseline)")
    room.add_argument("--lesson", metavar="N", help="open with a lesson: its number or name")
    room.add_argument(
        "--port", type=int, default=8765, metavar="P", help="port of the page; 0 takes any (default: 8765)"
    )
    lan = "serve other machines too, on this address of this machine; without it nobody else is let in"
    room.add_argument("--lan", metavar="ADDRESS", help=lan)
    add_seeds(room)
    add_numbers(room)
    room.set_defaults(command=_classroom)


def _classroom(asked: argparse.Namespace) -> int:
    from sim.classroom import serve

    serve(
        asked.scenario,
        lesson=asked.lesson,
        port=asked.port,
        lan=asked.lan,
        fitted=asked.numbers,
        seeds=asked.seeds,
        ready=partial(_told, asked),
    )
    return DONE


def _told(asked: argparse.Namespace, scenario: "Scenario", teacher: str, pupils: str) -> None:
    """Where the page is, as soon as it can be opened."""
    rows = [{"who": "teacher", "address": teacher}, {"who": "pupils", "address": pupils}]
    close(asked, lambda: _show(rows), lambda: {"addresses": rows}, scenarios=[about(scenario, 1)])
    sys.stdout.flush()


def _show(rows: list[dict[str, str]]) -> None:
    for row in rows:
        print(f"{row['who']:<9} {row['address']}")
    say("Open the teacher's address in a browser, and give the other one to the class. Ctrl-C closes the room.")
