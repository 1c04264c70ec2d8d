"""`multivector compare`: scenarios against the first of them, on the same luck."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.closing import close
from sim.cli.common import (
    DONE,
    Drawing,
    add_ask,
    add_batch_options,
    add_least,
    add_no_figures,
    add_seeds,
    draw_once,
    load_all,
)
from sim.cli.places import a_path, each_once, telling, writable
from sim.cli.progress import reporter
from sim.io.errors import input_error

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.comparison import Comparison
    from sim.analysis.kept_comparison import KeptComparison
    from sim.batch.results import Results
    from sim.scenario.scenario import Scenario


def add(commands: Any) -> None:
    """Describe the command."""
    parser = commands.add_parser("compare", help="what differs between scenarios on the same luck, and how surely")
    parser.add_argument(
        "scenarios",
        nargs="+",
        metavar="SCENARIO",
        help="two or more, or one with --readings; names, YAML files or results folders; the first is the reference",
    )
    parser.add_argument(
        "--readings",
        action="append",
        default=[],
        metavar="SWITCH",
        help="set every reading of this switch against the one the scenario takes, beside the scenarios named; "
        "may be repeated, one switch is turned at a time",
    )
    add_seeds(parser)
    add_batch_options(parser)
    add_ask(parser)
    parser.add_argument(
        "--all", action="store_true", help="show rows of the table in which nothing differs clearly too"
    )
    out = "where results go (default: results; of results folders: beside the first)"
    parser.add_argument("-o", "--out", type=a_path, metavar="DIR", help=out)
    add_least(parser)
    add_no_figures(parser)
    parser.set_defaults(command=_compare)


def _compare(asked: argparse.Namespace) -> int:
    comparison = _compared(asked)
    with telling(comparison.folder, "the comparison cannot be written there"):
        folder = comparison.write()
    if not asked.no_figures:
        draw_once(Drawing(folder / "figures", [folder], partial(draw, comparison)))
    answers = comparison.ask(*asked.ask) if asked.ask else None
    from sim.cli.compared_report import print_closing
    from sim.cli.report import print_comparison
    from sim.narrative.compared import compared_in_words

    sentences = compared_in_words(comparison)

    def show() -> None:
        print_comparison(comparison, whole=asked.all)
        print_closing(comparison, sentences, answers)

    files = [("results", one.folder) for one in comparison.results]
    close(
        asked,
        show,
        lambda: _tables(comparison, sentences, answers),
        scenarios=comparison.results,
        files=[*files, ("compared", folder), *([] if asked.no_figures else [("figures", folder / "figures")])],
    )
    return DONE


def draw(comparison: "Comparison | KeptComparison", folder: Path) -> None:
    """Draw all figures of a comparison into a folder."""
    from sim.figures.comparison import draw_differences

    draw_differences(comparison, folder)


def _tables(comparison: "Comparison", sentences: "list[str]", answers: "pd.DataFrame | None") -> dict[str, Any]:
    from sim.analysis.signs import signs
    from sim.cli.compared_report import laid_rows
    from sim.narrative.differences import told_differences

    outcomes = [(name, text) for name in comparison.names[1:] for text in told_differences(comparison, name)]
    tables = {
        "sentences": [{"text": sentence} for sentence in sentences],
        "outcomes": [{"scenario": name, "text": text} for name, text in outcomes],
        "signs": signs(comparison),
        "effects": comparison.effects,
        "changes": comparison.changes,
        "laid": laid_rows(comparison),
    }
    return tables if answers is None else {**tables, "asks": answers}


def _compared(asked: argparse.Namespace) -> "Comparison":
    opened = _opened(asked)
    check_asks(asked, opened)
    from sim.analysis.comparison import compare
    from sim.batch.results import Results

    if asked.out is None and isinstance(opened[0], Results):
        beside = opened[0].folder.parent
        with telling(beside, "the comparison cannot be written beside the results", "name another folder with -o"):
            writable(beside)
    else:
        writable(asked.out or Path("results"))
    options = {"runs": asked.runs, "seed": asked.seed, "workers": asked.workers, "out": asked.out}
    options |= {} if asked.least is None else {"least": asked.least}
    with reporter() as report:
        return compare(*opened, progress=report, **options)


def check_asks(asked: argparse.Namespace, opened: "list[Scenario | Results]") -> None:
    """Every question can be answered by all; otherwise nothing is run."""
    if not asked.ask:
        return
    from sim.batch.asks import known_before, known_from_results, read_asks
    from sim.batch.plan import SERIES_RUNS
    from sim.batch.results import Results

    for one in opened:
        known = known_from_results(one) if isinstance(one, Results) else known_before(one, SERIES_RUNS, 1, None)
        read_asks(asked.ask, known)


def _opened(asked: argparse.Namespace) -> "list[Scenario | Results]":
    """Scenarios with readings and settings applied, in all readings asked for, and results folders as they are."""
    from sim.scenario.family import find_scenario

    names = each_once(asked.scenarios, lambda name: Path(name) if _is_folder(name) else find_scenario(name, None))
    folders = [name for name in names if _is_folder(name)]
    check_settings(asked, folders)
    others = [name for name in names if name not in folders]
    scenarios = iter(load_all(others, asked.set, asked.reading, asked.numbers, asked.seeds))
    from sim.batch.results import load_results

    opened: list[Scenario | Results] = []
    for name in names:
        opened += [load_results(name)] if name in folders else _in_all_readings(next(scenarios), asked.readings)
    return opened


def _in_all_readings(scenario: "Scenario", switches: list[str]) -> "list[Scenario]":
    """The scenario, and behind it once for each other reading of each switch."""
    from sim.scenario.reading_choice import each_reading

    others = [
        one for switch in dict.fromkeys(switches) for one in each_reading(scenario, switch, door="--readings")[1:]
    ]
    return [scenario, *others]


def _is_folder(name: str) -> bool:
    from sim.io.arguments import path_given
    from sim.scenario.family import list_scenarios

    return path_given("compare", "SCENARIO", name).is_dir() and name not in list_scenarios()


def check_settings(asked: argparse.Namespace, folders: list[str]) -> None:
    """Results are what they are: what would change a run cannot be asked of them."""
    given = {"--runs": asked.runs, "--seed": asked.seed, "--set": asked.set or None}
    given |= {"--reading": asked.reading or None, "--readings": asked.readings or None, "--numbers": asked.numbers}
    wrong = [option for option, value in given.items() if value is not None]
    if folders and wrong:
        raise input_error(
            folders[0],
            "finished results cannot be changed; leave the option out, or name the scenario instead of the folder",
            found=", ".join(wrong),
        )
