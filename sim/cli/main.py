"""The command line: `multivector`, or `python -m sim.cli`.

Heavy libraries are imported by the command that needs them; `--help`, `check`, `list` and `trace` answer at once.

Exit codes: 0 done; 1 a fault of this program; 2 the input is wrong, or something cannot be written, and the message
says where; 130 interrupted.
"""

import argparse
import gc
import logging
import shlex
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sim.cli import add_all
from sim.cli.closing import alone
from sim.cli.common import FAULT, INTERRUPTED, WRONG_INPUT, say
from sim.cli.places import check_working_folder, is_of_the_system, trouble
from sim.cli.streams import guarded
from sim.cli.typed import Parser, as_typed
from sim.io.errors import InputError
from sim.io.memory import multiply_in_one_thread, out_of_memory, prepare_for_limits, ran_out

OBJECTS_BETWEEN_SWEEPS = 500_000
"""What is read from the seeds stays; looking for rubbish in it after every 700 objects takes a tenth of the time, and
after every hundred thousand still a twentieth of a short command."""


def whole_process() -> int:
    """Run the command of a process that ends with it; returns the exit code.

    What is there by then goes with the process. Looking through it for rubbish first takes a tenth of a short command.
    """
    gc.set_threshold(OBJECTS_BETWEEN_SWEEPS)
    code = main()
    gc.freeze()
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    with guarded() as streams, _warnings_kept_quiet():
        try:
            code = _answer(arguments)
        except SystemExit as stop:  # `--help`, or an option that cannot be read
            raise SystemExit(streams.close_with(int(stop.code or 0), WRONG_INPUT)) from None
        return streams.close_with(code, WRONG_INPUT)


def _answer(arguments: Sequence[str]) -> int:
    asked = _parser(*arguments[:1]).parse_args(arguments)
    asked.given = arguments
    try:
        check_working_folder()
        if arguments[:1] and arguments[0] not in _LIGHT:
            prepare_for_limits()
        if arguments[:1] and arguments[0] in _RESAMPLING:
            multiply_in_one_thread()
        with alone(asked):
            code: int = asked.command(asked)
    except InputError as error:
        say(str(as_typed(error, asked)))
        return WRONG_INPUT
    except KeyboardInterrupt as stop:
        _say_interrupted(stop, arguments)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last resort: say that it is not the user's doing
        if ran_out(error):
            say(str(out_of_memory()))
            return WRONG_INPUT
        if isinstance(error, OSError) and is_of_the_system(error):
            say(trouble(error))
            return WRONG_INPUT
        traceback.print_exc()
        say("\nThis is a fault of multivector, not of your input. Please report it with the lines above.")
        return FAULT
    return code


@contextmanager
def _warnings_kept_quiet() -> Iterator[None]:
    """Warnings of libraries are for those who write programs: heard where `python -W` asks for them, else not shown."""
    with warnings.catch_warnings():
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
            logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its caches
        yield


def _parser(first: str = "") -> argparse.ArgumentParser:
    """What reads a command line, given its first word."""
    parser = Parser(
        prog="multivector",
        description="Great powers make offers, states balance among them: conditional exploration, not a forecast.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    add_all(commands, first)
    return parser


class _Version(argparse.Action):
    """Answer `--version` without reading package metadata on every other call."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from sim import __version__

        print(f"multivector {__version__}")
        parser.exit()


_LIGHT = frozenset({"check", "diff", "list", "new", "schema", "trace"})
"""Commands that load no heavy library, and need hardly any memory."""

_RESAMPLING = frozenset({"ablate", "compare", "documented", "levers", "patterns", "policies", "run"})
"""Commands that multiply only counts of resamples with whole numbers, whose sums are exact in any number of threads."""

_LOADING = (
    "\nStopped while NumPy was being loaded: by hand, or because the system gave it no more threads or memory, as it "
    "then says above; OPENBLAS_NUM_THREADS=1 helps, or a higher limit (ulimit -u, ulimit -v)."
)


def _while_loading(stop: BaseException) -> bool:
    """Whether a stop came while NumPy was loaded: where its library gets no thread, it sends the signal of Ctrl-C."""
    frames = traceback.extract_tb(stop.__traceback__)
    return any("numpy" in frame.filename and frame.name == "<module>" for frame in frames)


def _say_interrupted(stop: KeyboardInterrupt, arguments: Sequence[str]) -> None:
    done, total = getattr(stop, "done", None), getattr(stop, "total", None)
    if done is None:
        say("\nInterrupted." if not _while_loading(stop) else _LOADING)
        return
    from sim.io.errors import shown_path

    folder = shown_path(getattr(stop, "folder", ""))
    say(f"\nInterrupted; {done:,} of {total:,} {getattr(stop, 'counted', 'runs')} are finished and kept in {folder}.")
    say(f"To go on from there, give the same command again:\n\n    {shlex.join(['multivector', *arguments])}\n")


if __name__ == "__main__":
    sys.exit(whole_process())
