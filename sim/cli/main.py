"""The command line: `multivector`, or `python -m sim.cli`.

Heavy libraries are imported by the command that needs them; `--help`, `check`, `list` and `trace` answer at once.

Exit codes: 0 done; 1 a fault of this program; 2 the input is wrong, and the message says where; 130 interrupted.
"""

import argparse
import gc
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from sim.cli import add_all
from sim.cli.closing import alone
from sim.cli.common import DONE, FAULT, INTERRUPTED, WRONG_INPUT, say
from sim.io.errors import InputError

OBJECTS_BETWEEN_SWEEPS = 100_000
"""What is read from the seeds stays; looking for rubbish in it after every 700 objects takes a tenth of the time."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    gc.set_threshold(OBJECTS_BETWEEN_SWEEPS)
    asked = _parser().parse_args(arguments)
    try:
        with alone(asked):
            code: int = asked.command(asked)
        sys.stdout.flush()
    except InputError as error:
        say(str(error))
        return WRONG_INPUT
    except KeyboardInterrupt as stop:
        _say_interrupted(stop, arguments)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception:  # noqa: BLE001  the last resort: say that it is not the user's doing
        traceback.print_exc()
        say("\nThis is a fault of multivector, not of your input. Please report it with the lines above.")
        return FAULT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="multivector",
        description="Great powers make offers, states balance among them: conditional exploration, not a forecast.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    add_all(commands)
    return parser


class _Version(argparse.Action):
    """Answer `--version` without reading package metadata on every other call."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from sim import __version__

        print(f"multivector {__version__}")
        parser.exit()


def _say_interrupted(stop: KeyboardInterrupt, arguments: Sequence[str]) -> None:
    done, total = getattr(stop, "done", None), getattr(stop, "total", None)
    if done is None:
        say("\nInterrupted.")
        return
    from sim.io.errors import shown_path

    folder = shown_path(getattr(stop, "folder", ""))
    say(f"\nInterrupted; {done:,} of {total:,} runs are finished and kept in {folder}.")
    say(f"To go on from there, give the same command again:\n\n    {shlex.join(['multivector', *arguments])}\n")


if __name__ == "__main__":
    sys.exit(main())
