"""The command line: `multivector`, or `python -m sim`.

Heavy libraries are imported by the command that needs them; `--help`, `check`, `list` and `trace` answer at once.

Exit codes: 0 done; 1 a fault of this program; 2 the input is wrong, and the message says where; 130 interrupted.
"""

import argparse
import os
import shlex
import sys
import textwrap
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.cli import add_all
from sim.cli.common import DONE, FAULT, INTERRUPTED, WRONG_INPUT, at_least, relative, say
from sim.io.errors import InputError

_LISTS = ("scenarios", "numbers", "outcomes", "systems")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    asked = _parser().parse_args(arguments)
    try:
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

    lists = commands.add_parser("list", help="what there is: scenarios, numbers, outcomes, systems")
    lists.add_argument("what", nargs="?", choices=_LISTS, help="only this (default: an overview)")
    lists.add_argument("--world", metavar="WORLD", help="whose numbers (default: the home world)")
    lists.set_defaults(command=_list)

    trace = commands.add_parser("trace", help="a number back to the facts and documents behind it")
    trace.add_argument("name", metavar="NAME", help="a number, a system, a fact or a document")
    trace.add_argument("--world", metavar="WORLD", help="whose numbers (default: the home world)")
    trace.set_defaults(command=_trace)

    chronicle = commands.add_parser("chronicle", help="one run told as a story")
    chronicle.add_argument("scenario", metavar="SCENARIO", help="name of a scenario, or a YAML file")
    chronicle.add_argument("--seed", type=at_least(0), metavar="S", help="seed, in place of the scenario's")
    chronicle.add_argument("--run", type=at_least(0), default=0, metavar="N", help="which run (default: 0)")
    chronicle.add_argument("-o", "--out", metavar="FILE", help="write to a file instead of the screen")
    chronicle.set_defaults(command=_chronicle)
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


# --- list, trace, chronicle ------------------------------------------------------------------------------------------


def _list(asked: argparse.Namespace) -> int:
    from sim.evidence.evidence import HOME_WORLD, list_worlds, load_evidence

    world = asked.world or HOME_WORLD
    lines: dict[str, Callable[[], list[str]]] = {
        "scenarios": _scenario_lines,
        "numbers": lambda: _number_lines(load_evidence(world)),
        "outcomes": _outcome_lines,
        "systems": lambda: _system_lines(load_evidence(world)),
    }
    if asked.what:
        print("\n".join(lines[asked.what]()))
        return DONE
    for what in ("scenarios", "outcomes", "systems"):
        print(f"{what.upper()}\n" + "\n".join(lines[what]()) + "\n")
    evidence = load_evidence(world)
    counted = f"{len(evidence.numbers)} in {world}, with {len(evidence.facts)} facts behind them"
    print(f"NUMBERS\n  {counted}; `multivector list numbers` shows them")
    print(f"\nWORLDS\n  {', '.join(list_worlds())}")
    return DONE


def _scenario_lines() -> list[str]:
    from sim.scenario.scenario import list_scenarios, load_scenario

    lines = []
    for name in list_scenarios():
        try:
            title = load_scenario(name).title
        except InputError:
            title = f"(has mistakes: multivector check {name})"
        lines.append(f"  {name:<26} {title}")
    return lines


def _number_lines(evidence: Any) -> list[str]:
    numbers = evidence.numbers.values()
    return [f"{n.name:<42} {n.value:<10g} {n.low:g} to {n.high:g} {n.unit} ({n.basis.name.lower()})" for n in numbers]


def _outcome_lines() -> list[str]:
    from sim.batch.outcomes import OUTCOMES

    return [f"  {o.word + ('-<power>' if o.names_power else ''):<26} {o.value}" for o in OUTCOMES]


def _system_lines(evidence: Any) -> list[str]:
    lines = []
    for system in evidence.systems.values():
        claim = textwrap.shorten(f"{system.name}: {system.claim}", 110, placeholder=" ...")
        lines.append(f"  {system.id:<38} {claim}")
    return lines


def _trace(asked: argparse.Namespace) -> int:
    from sim.evidence.evidence import HOME_WORLD, load_evidence
    from sim.evidence.provenance import trace_number

    print(trace_number(load_evidence(asked.world or HOME_WORLD), asked.name))
    return DONE


def _chronicle(asked: argparse.Namespace) -> int:
    from sim.narrative.chronicle import tell
    from sim.scenario.scenario import load_scenario

    scenario = load_scenario(asked.scenario)
    text = tell(scenario, scenario.seed if asked.seed is None else asked.seed, asked.run).rstrip("\n") + "\n"
    if asked.out is None:
        print(text, end="")
        return DONE
    from sim.batch.tables import write_text

    write_text(Path(asked.out), text)
    say(f"written to {relative(Path(asked.out))}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
