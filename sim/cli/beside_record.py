"""What `spread` and `origins` share: a scenario set beside the record, a figure, files, and a table to close with."""

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sim.cli import typed
from sim.cli.closing import about, close
from sim.cli.common import (
    DONE,
    Drawing,
    add_no_figures,
    add_out,
    add_scenario,
    add_settings,
    add_workers,
    draw_once,
)
from sim.cli.places import telling, writable


def describe(commands: Any, name: str, words: str, whose: str, runs: str, act: Callable[..., int]) -> None:
    """Describe a command that sets one scenario beside the record.

    words: what it does; whose, runs: what is told of the scenario and of the number of runs; act: the command itself.
    """
    parser = commands.add_parser(name, help=words)
    add_scenario(parser, whose)
    parser.add_argument("--runs", type=typed.runs(2), metavar="N", help=runs)
    add_workers(parser)
    add_settings(parser)
    add_out(parser)
    add_no_figures(parser)

    def command(asked: argparse.Namespace) -> int:
        writable(asked.out)
        return act(asked)

    parser.set_defaults(command=command)


def leave(
    found: Any,
    asked: argparse.Namespace,
    draw: Callable[..., object],
    show: Callable[..., None],
    tables: Callable[[], Mapping[str, Any]],
) -> int:
    """Leave what was found in its folder and on the screen; draw takes it and a folder, show takes it alone.

    tables: as in `sim.cli.closing.close`.
    """
    folder = found.folder(asked.out)
    with telling(folder, "the results cannot be written there"):
        found.write(folder)
    if not asked.no_figures:
        draw_once(Drawing(folder / "figures", [folder, found.scenario.title], partial(draw, found)))
    about_it = [about(found.scenario, asked.runs, asked.seed)]
    close(asked, lambda: show(found), tables, scenarios=about_it, files=[("results", folder)])
    return DONE
