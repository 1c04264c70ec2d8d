"""What several commands need: a word to the user, options with one meaning everywhere, scenarios as they are asked for.

Nothing heavy is imported at the top, because this is read before any command runs.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sim.cli.places import a_path, each_once, followed, telling, writable, writable_file
from sim.cli.typed import SEED, WORKERS, percentage_points, runs
from sim.io.checks import check_group
from sim.io.errors import Entry, InputError, Problems, quoted, shown_path
from sim.io.readers import parse_yaml
from sim.io.shapes import inside_by
from sim.io.text import listing

if TYPE_CHECKING:
    import pandas as pd

    from sim.batch.results import FinishedFolder
    from sim.scenario.scenario import Scenario

_Loaded = TypeVar("_Loaded")

DONE, FAULT, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


def say(text: str) -> None:
    """A word to the person at the terminal; standard output is kept for what was asked for."""
    if sys.stderr is not None:  # else it would go to standard output
        print(text, file=sys.stderr)


def relative(path: Path) -> str:
    """A path as a person at this prompt would write it."""
    return shown_path(path)


def write_out(path: Path | str, text: str) -> None:
    """Write what `-o` asked for, whole, or say why it cannot be."""
    from sim.io.writers import write_text

    with telling(Path(path), "this file cannot be written"):
        write_text(followed(Path(path)), text)


def drawing(folder: Path) -> AbstractContextManager[None]:
    """Say that figures are drawn, and in words where they cannot be kept: what they show is complete by then."""
    say("drawing figures ...")
    return _figures_there(folder)


def _figures_there(folder: Path) -> AbstractContextManager[None]:
    return telling(folder, "the results are complete, but figures cannot be written there")


class Drawing(NamedTuple):
    """Figures that belong into a folder; `of`: what they show, as finished folders and as texts."""

    folder: Path
    of: Sequence[Path | str]
    draw: Callable[[Path], object]

    @property
    def shown(self) -> list[str]:
        """What they show as texts alone: the seal of a folder says what lies in it."""
        from sim.figures.kept import sealed_as

        return [text for one in self.of for text in (sealed_as(one) if isinstance(one, Path) else [one])]


def draw_once(*asked: Drawing) -> None:
    """Draw figures, but for those that are still what would be drawn; of these nothing is touched."""
    from sim.figures.kept import are_current, draw_and_record
    from sim.figures.light_import import import_lightly

    wanted = [one for one in asked if not are_current(one.folder, one.shown)]
    if wanted:
        import_lightly()
    else:
        say("the figures are as they were drawn")
    for one in wanted:
        with drawing(one.folder) if one is wanted[0] else _figures_there(one.folder):
            draw_and_record(one.folder, one.shown, one.draw)


# --- options ---------------------------------------------------------------------------------------------------------


def add_seeds(parser: argparse.ArgumentParser) -> None:
    """From which folder worlds are read."""
    told = "a folder of worlds of one's own, in place of the shipped seeds ('multivector new --world NAME' begins one)"
    parser.add_argument("--seeds", type=a_path, metavar="DIR", help=told)


def add_scenarios(parser: argparse.ArgumentParser) -> None:
    """The scenarios a command is about, and the folder of their worlds."""
    add_seeds(parser)
    parser.add_argument("scenarios", nargs="+", metavar="SCENARIO", help="name of a scenario, or a YAML file")


def add_scenario(parser: argparse.ArgumentParser, what: str = "a scenario") -> None:
    """The one scenario a command is about, the baseline unless told otherwise, and the folder of its world."""
    add_seeds(parser)
    parser.add_argument(
        "scenario", nargs="?", default="baseline", metavar="SCENARIO", help=f"{what} (default: baseline)"
    )


def add_ask(parser: argparse.ArgumentParser) -> None:
    """Lines of one's own that are asked of every run."""
    parser.add_argument(
        "--ask",
        action="append",
        default=[],
        metavar="LINE",
        help="tell in what share of runs it is so, such as 'alignment STATE POWER > 30 %%' or 'outcome STATE = leaning "
        "at 2030-Q4' ('multivector list measures' names them); may be repeated",
    )


def add_batch_options(parser: argparse.ArgumentParser, more: str = "", several: bool = False) -> None:
    """How many runs, on which luck, with which numbers, by how many workers; more: see `add_numbers`.

    several: whether `--seed` may be given more than once.
    """
    parser.add_argument("--runs", type=runs(), metavar="N", help="number of runs, in place of the scenario's")
    add_workers(parser, several=several)
    add_settings(parser, more)


def add_workers(parser: argparse.ArgumentParser, whose: str = "the scenario's", several: bool = False) -> None:
    """On which luck, and by how many workers; several: whether `--seed` may be given more than once."""
    told = f"seed, in place of {whose}; 0 is a seed"
    if several:
        told += "; may be repeated, for a batch with each and the spread between them"
    action = "append" if several else "store"
    parser.add_argument("--seed", type=SEED, action=action, metavar="S", help=told)
    parser.add_argument("--workers", type=WORKERS, metavar="N", help="threads (default: all cores)")


def add_settings(parser: argparse.ArgumentParser, more: str = "") -> None:
    """Readings and numbers in place of those of the scenario; more: see `add_numbers`."""
    add_readings(parser)
    add_numbers(parser, more)
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="set a number; may be repeated"
    )


def add_numbers(parser: argparse.ArgumentParser, more: str = "") -> None:
    """How fitted numbers are taken, in place of what the scenario says; more: what `sampled` does, where it may be."""
    said = "posterior: take a row of what calibration left for every run; fixed: take the single value of each"
    parser.add_argument(
        "--numbers",
        choices=("posterior", "fixed", *(("sampled",) if more else ())),
        help=f"numbers that were fitted, in place of what the scenario says; {said}{f'; {more}' if more else ''}",
    )


def add_readings(parser: argparse.ArgumentParser) -> None:
    """Readings in place of those of the scenario."""
    parser.add_argument(
        "--reading",
        action="append",
        default=[],
        metavar="SWITCH=READING",
        help="take another reading where sources contradict each other ('multivector list readings' names them); "
        "may be repeated, and gives way to --set",
    )


def add_least(parser: argparse.ArgumentParser) -> None:
    """From where on a difference is of interest."""
    parser.add_argument(
        "--least",
        type=percentage_points,
        metavar="POINTS",
        help="smallest difference of interest, in points of what goes from 0 to 100 %% and else in per cent: smaller "
        "ones get no star, however clear they are (default: 0.5; 0: any)",
    )


def add_no_figures(parser: argparse.ArgumentParser) -> None:
    """Whether figures are drawn."""
    parser.add_argument("--no-figures", action="store_true", help="do not draw figures")


def add_tables(parser: argparse.ArgumentParser) -> None:
    """Whether tables are written as CSV or as a workbook too."""
    parser.add_argument("--csv", action="store_true", help="write the tables as CSV too")
    parser.add_argument("--excel", action="store_true", help="write the tables as a workbook too (needs openpyxl)")


def check_tables(asked: argparse.Namespace) -> None:
    """Refuse what cannot be written before anything is played."""
    if asked.excel:
        from sim.batch.workbook import check_there

        check_there()


def write_tables(results: "FinishedFolder", names: Sequence[str], asked: argparse.Namespace) -> None:
    """Write tables as they were asked for, beside the results."""
    if asked.csv:
        results.write_csv(names)
    if asked.excel:
        path, left_out = results.write_excel(names)
        if left_out:
            say(f"{relative(path)}: without {listing(left_out)}, too large for a sheet; the Parquet files have all")


def add_out(parser: argparse.ArgumentParser) -> None:
    """Where the results folders go."""
    parser.add_argument(
        "-o", "--out", type=a_path, default="results", metavar="DIR", help="where results go (default: results)"
    )


def add_out_file(parser: argparse.ArgumentParser, words: str = "write to a file instead of the screen") -> None:
    """The file that is written."""
    parser.add_argument("-o", "--out", type=a_path, metavar="FILE", help=words)


def add_out_or_table(parser: argparse.ArgumentParser, table: str = "the short table") -> None:
    """Where results go, or one table alone."""
    parser.add_argument(
        "-o",
        "--out",
        type=a_path,
        default="results",
        metavar="DIR",
        help=f"where results go (default: results); a name that ends in .json gets {table} alone",
    )


def is_table(out: Path) -> bool:
    """Whether one table alone is asked for, in a file, and not a folder of results."""
    return out.suffix.lower() == ".json"


def folder_for(out: Path) -> Path:
    """The folder in which is noted what is finished; refused where it, or the one table, cannot be written."""
    return writable_file(out).parent if is_table(out) else writable(out)


def place_of(out: Path, word: str, names: str, table: "pd.DataFrame") -> Path:
    """The file that is asked for, or a folder for every question: its names, and a hash of what was found."""
    from sim.analysis.effect_tables import csv_of

    if is_table(out):
        return out
    return inside_by(out, f"{word}-{names[:60]}", csv_of(table))


# --- scenarios -------------------------------------------------------------------------------------------------------


def load_all(
    names: Iterable[str],
    settings: Sequence[str],
    readings: Sequence[str] = (),
    fitted: str | None = None,
    seeds: str | None = None,
) -> list["Scenario"]:
    """All scenarios, each once, with readings and settings applied; what is wrong with any of them is told together.

    fitted: how fitted numbers are taken, where that was asked for; seeds: the folder from which worlds are read.
    """
    from sim.scenario.family import find_scenario
    from sim.scenario.scenario import load_scenario, with_fitted

    def load(name: str) -> "Scenario":
        return with_settings(with_readings(with_fitted(load_scenario(name, seeds=seeds), fitted), readings), settings)

    return load_each(each_once(names, lambda name: find_scenario(name, None)), load)


def load_each(names: Iterable[str], load: Callable[[str], _Loaded]) -> list[_Loaded]:
    """What each name stands for; what is wrong with any of them is told together."""
    loaded, problems = [], Problems()
    for name in names:
        try:
            loaded.append(load(name))
        except InputError as error:
            for problem in error.problems:
                problems.add(problem)
    problems.raise_if_any()
    return loaded


def with_readings(scenario: "Scenario", readings: Sequence[str]) -> "Scenario":
    """The scenario with readings taken on the command line."""
    if not readings:
        return scenario
    from sim.evidence.conflicts import check_reading
    from sim.io.errors import Entry
    from sim.scenario.reading_choice import take_reading
    from sim.scenario.scenario import evidence_of

    evidence = evidence_of(scenario)
    problems, before = Problems(), dict[str, str]()
    for written in readings:
        switch, equals, reading = (part.strip() for part in written.partition("="))
        entry = Entry(reading, problems, f"--reading {written}", 0, 0, switch, reading)
        if not equals:
            entry.refuse(found=repr(written), allowed="SWITCH=READING")
            continue
        if not _first_time(entry, switch, reading, before):
            continue
        taken = check_reading(entry, switch, evidence.switches, scenario.world)
        if taken is not None:
            scenario = take_reading(scenario, switch, taken, evidence)
    problems.raise_if_any()
    return scenario


def _first_time(entry: Entry, name: str, value: str, before: dict[str, str]) -> bool:
    """Whether something is set for the first time on the command line: nobody knows which of two values is meant."""
    if name in before:
        entry.refuse(found=quoted(value), message=f"this is set twice; before it was {quoted(before[name])}")
        return False
    before[name] = value
    return True


def with_settings(scenario: "Scenario", settings: Sequence[str]) -> "Scenario":
    """The scenario with numbers set on the command line, which pass the same checks as those in a file."""
    if not settings:
        return scenario
    from sim.scenario.scenario import evidence_of, with_number
    from sim.scenario.units import check_number_name, read_override

    evidence = evidence_of(scenario)
    problems, before = Problems(), dict[str, str]()
    for setting in settings:
        written, equals, value = setting.partition("=")
        place = f"--set {setting}"
        if equals and not written.strip():
            Entry(setting, problems, place, 0, 0, "", setting).refuse(allowed="NAME=VALUE, such as file.number=3")
            continue
        top = parse_yaml(f"{written.strip()}: {value.strip()}" if equals else setting, place, problems)
        if top is None:
            continue
        for name, entry in check_group(top, "NAME=VALUE, such as file.number=3").items():
            known = check_number_name(entry, name, evidence)
            if known is None or not _first_time(entry, known, value.strip(), before):
                continue
            number, reason = read_override(entry, evidence.numbers[known])
            if number is not None:
                scenario = with_number(scenario, known, number, reason)
    problems.raise_if_any()
    return scenario
