"""`multivector chronicle`: one run told as a story."""

import argparse
from pathlib import Path
from typing import Any

from sim.cli.common import DONE, add_numbers, add_seeds, at_least, relative, say, write_out


def add(commands: Any) -> None:
    """Describe the command to the parser."""
    chronicle = commands.add_parser("chronicle", help="one run told as a story")
    chronicle.add_argument("scenario", metavar="SCENARIO", help="name of a scenario, or a YAML file")
    chronicle.add_argument("--seed", type=at_least(0), metavar="S", help="seed, in place of the scenario's")
    chronicle.add_argument("--run", type=at_least(0), default=0, metavar="N", help="which run (default: 0)")
    add_seeds(chronicle)
    add_numbers(chronicle)
    chronicle.add_argument("-o", "--out", metavar="FILE", help="write to a file instead of the screen")
    chronicle.set_defaults(command=_chronicle)


def _chronicle(asked: argparse.Namespace) -> int:
    from sim.narrative.chronicle import tell
    from sim.scenario.scenario import load_scenario, with_fitted

    scenario = with_fitted(load_scenario(asked.scenario, seeds=asked.seeds), asked.numbers)
    text = tell(scenario, scenario.seed if asked.seed is None else asked.seed, asked.run).rstrip("\n") + "\n"
    if asked.out is None:
        print(text, end="")
        return DONE
    write_out(asked.out, text)
    say(f"written to {relative(Path(asked.out))}")
    return DONE
