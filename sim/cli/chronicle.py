"""`multivector chronicle`: one run told as a story."""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.closing import about, close
from sim.cli.common import DONE, add_numbers, at_least, relative, say, write_out


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    chronicle = commands.add_parser("chronicle", help="one run told as a story")
    chronicle.add_argument("scenario", metavar="SCENARIO", help="name of a scenario, or a YAML file")
    chronicle.add_argument("--seed", type=at_least(0), metavar="S", help="seed, in place of the scenario's")
    chronicle.add_argument("--run", type=at_least(0), default=0, metavar="N", help="which run (default: 0)")
    add_numbers(chronicle)
    chronicle.add_argument("-o", "--out", metavar="FILE", help="write to a file instead of the screen")
    chronicle.set_defaults(command=_chronicle)


def _chronicle(asked: argparse.Namespace) -> int:
    from sim.narrative.chronicle import tell
    from sim.scenario.scenario import load_scenario, with_fitted

    scenario = with_fitted(load_scenario(asked.scenario), asked.numbers)
    text = tell(scenario, scenario.seed if asked.seed is None else asked.seed, asked.run).rstrip("\n") + "\n"
    if asked.out is not None:
        write_out(asked.out, text)
        say(f"written to {relative(Path(asked.out))}")
    close(
        asked,
        lambda: print(text if asked.out is None else "", end=""),
        lambda: {"paragraphs": [{"text": part} for part in text.strip().split("\n\n")]},
        scenarios=[about(scenario, 1, asked.seed)],
    )
    return DONE
