"""`multivector ask`: lines of one's own asked of runs that are finished; nothing is run."""

import argparse
from typing import Any

from sim.cli.closing import close
from sim.cli.common import DONE, load_each


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser("ask", help="in what share of finished runs a line of one's own holds")
    parser.add_argument("folder", metavar="FOLDER", help="a results folder, such as `multivector run` leaves")
    told = "a measure, whose it is, a comparison, a value: 'alignment STATE POWER > 30 %%'; at 2030-Q4 may stand behind"
    parser.add_argument("lines", nargs="+", metavar="LINE", help=told)
    parser.set_defaults(command=_ask)


def _ask(asked: argparse.Namespace) -> int:
    from sim.batch.answers import answered
    from sim.batch.asks import known_from_results, read_asks
    from sim.batch.results import load_results
    from sim.cli.asked_report import print_answers
    from sim.cli.run_rows import rows_of_answers

    (results,) = load_each([asked.folder], load_results)
    answers = [answered(results, ask) for ask in read_asks(asked.lines, known_from_results(results), "ask")]
    close(
        asked,
        lambda: print_answers(("", one) for one in answers),
        lambda: {"asks": rows_of_answers([(results, one) for one in answers])},
        scenarios=[results],
    )
    return DONE
