"""`multivector classroom`: a page for a class, served from this machine until Ctrl-C."""

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.cli.closing import about, close
from sim.cli.common import DONE, add_numbers, add_seeds, say
from sim.cli.places import a_path, telling
from sim.cli.typed import whole

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario.scenario import Scenario


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    room = commands.add_parser("classroom", help="open a page for a class: look, play, dispute")
    room.add_argument("scenario", metavar="SCENARIO", nargs="?", help="what the class looks at (default: baseline)")
    room.add_argument("--lesson", metavar="N", help="open with a lesson: its number or name")
    room.add_argument(
        "--port", type=whole(0, 65_535), default=8765, metavar="P", help="port of the page; 0 takes any (default: 8765)"
    )
    room.add_argument(
        "--print", type=a_path, metavar="FOLDER", help="write worksheets, teacher's pages and glossary there, and end"
    )
    kept = "keep the class in this file as it goes, and go on with it where there is one"
    room.add_argument("--keep", type=a_path, metavar="FILE", help=kept)
    lan = "serve other machines too, on this address of this machine; without it nobody else is let in"
    room.add_argument("--lan", metavar="ADDRESS", help=lan)
    add_seeds(room)
    add_numbers(room)
    room.set_defaults(command=_classroom)


def _classroom(asked: argparse.Namespace) -> int:
    if asked.print is not None:
        return _print(asked, asked.print)
    from sim.classroom import serve

    serve(
        asked.scenario,
        lesson=asked.lesson,
        port=asked.port,
        lan=asked.lan,
        fitted=asked.numbers,
        seeds=asked.seeds,
        keep=asked.keep,
        ready=partial(_told, asked),
    )
    return DONE


def _print(asked: argparse.Namespace, folder: "Path") -> int:
    """What lessons have on paper, as pages that a browser prints."""
    from sim.classroom.worksheets import print_lessons
    from sim.io.errors import shown_path
    from sim.io.text import counted

    with telling(folder, "the pages cannot be written there"):
        written = print_lessons(folder)
    told = f"{counted(len(written), 'file')} written to {shown_path(folder)}; open a page in a browser and print it"
    close(asked, lambda: print(told), dict, files=[("page", path) for path in written])
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
