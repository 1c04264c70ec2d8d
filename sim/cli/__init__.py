"""Commands that stand in rooms of their own, one file each.

Each file has `add(commands)`, which describes the command to the parser and names the function that runs it. Files
import nothing heavy at the top, because all of them are read before any command runs.

A file that is no command serves several: `main` starts, `common`, `typed` and `places` read options, `progress` and
`streams` speak meanwhile, `closing` ends a command, `console`, `coloured` and those called `..._report` print its
tables.
"""

from importlib import import_module
from typing import Any

NAMES = (
    *("run", "check", "new", "diff", "compare", "ask", "ablate", "patterns", "sweep", "explain", "play", "schema"),
    "classroom",
    "documented",
    *("policies", "levers", "spread", "origins", "calibrate", "backtest", "score"),
    *("list", "trace", "audit", "chronicle", "figures"),
)


def add_all(commands: Any, asked: str = "") -> None:
    """Describe every command to the parser, in the order in which `--help` shows them.

    asked: the first word that was typed; where it is a command, that one alone is described.
    """
    from sim.cli.closing import add_json

    for name in (asked,) if asked in NAMES else NAMES:
        import_module(f"sim.cli.{name}").add(commands)
    for name, parser in commands.choices.items():
        add_json(parser)
        parser.set_defaults(word=name)
