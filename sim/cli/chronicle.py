"""`multivector chronicle`: one run told as a story."""

import argparse
import sys
from typing import Any

from sim.cli.closing import about, close
from sim.cli.common import DONE, add_numbers, add_out_file, add_seeds, relative, say, write_out
from sim.cli.places import writable_file
from sim.cli.streams import columns_for_lines
from sim.cli.typed import RUN, SEED
from sim.io.text import pages_of


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    chronicle = commands.add_parser("chronicle", help="one run told as a story")
    chronicle.add_argument("scenario", metavar="SCENARIO", help="name of a scenario, or a YAML file")
    chronicle.add_argument("--seed", type=SEED, metavar="S", help="seed, in place of the scenario's")
    chronicle.add_argument("--run", type=RUN, default=0, metavar="N", help="which run (default: 0)")
    add_seeds(chronicle)
    add_numbers(chronicle)
    add_out_file(chronicle)
    chronicle.set_defaults(command=_chronicle)


def _chronicle(asked: argparse.Namespace) -> int:
    from sim.narrative.chronicle import tell
    from sim.scenario.scenario import load_scenario, with_fitted

    if asked.out is not None:
        writable_file(asked.out)
    scenario = with_fitted(load_scenario(asked.scenario, seeds=asked.seeds), asked.numbers)
    with pages_of(columns_for_lines(sys.stdout) if asked.out is None and not asked.json else None):
        text = tell(scenario, scenario.seed if asked.seed is None else asked.seed, asked.run).rstrip("\n") + "\n"
    if asked.out is not None:
        write_out(asked.out, text)
        say(f"written to {relative(asked.out)}")
    close(
        asked,
        lambda: print(text if asked.out is None else "", end=""),
        lambda: {"paragraphs": [{"text": part} for part in text.strip().split("\n\n")]},
        scenarios=[about(scenario, 1, asked.seed)],
    )
    return DONE
