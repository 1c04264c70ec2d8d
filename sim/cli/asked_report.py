"""What `--ask` and several seeds add to the table that closes a command."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import CAUTION, percent_in_cell
from sim.model.variables import BY_NAME, HEADLINES, in_words, percent_scale

if TYPE_CHECKING:
    import pandas as pd

    from sim.batch.answers import Answer
    from sim.batch.results import Results


def print_answers(answers: Iterable[tuple[str, "Answer"]], file: TextIO | None = None) -> None:
    """Print the share of runs in which each question is so; each answer with whose it is, "" where that is plain."""
    console = console_for(file)
    table = plain_table()
    for name in ("share of runs", "95 %", "runs"):
        table.add_column(name, justify="right", no_wrap=True)
    for whose, one in answers:
        ends = f"{100 * one.low:.0f}–{100 * one.high:.0f}"
        words = f"{whose}: {one.ask}" if whose else one.ask
        table.add_row(words, percent_in_cell(one.share), ends, f"{one.runs:,}")
    console.print(f"\n{BOLD}Asked{END}, with the interval of the share")
    console.print(table)
    console.print()


def print_seeds(several: Sequence["Results"], table: "pd.DataFrame", file: TextIO | None = None) -> None:
    """Print what each seed says beside the others, out of a table of `sim.analysis.across_seeds.across_seeds`."""
    console = console_for(file)
    first = several[0]
    seeds = [one.manifest["seed"] for one in several]
    console.print()
    console.print(f"{BOLD}{first.title}{END}  ({first.name})")
    console.print(f"{first.number_of_runs:,} runs to {first.manifest['quarters'][-1]} of each seed; {CAUTION}")
    console.print(f"\n{BOLD}By seed{END}: means over the runs, % of all engagement by power")
    shown = plain_table()
    columns = _columns(first)
    for measure, power in columns:
        shown.add_column(power or in_words(measure), justify="right", no_wrap=bool(power))
    by_seed = table.set_index(["state", "measure", "power", "seed"]).sort_index()
    for state, name in first.states.items():
        shown.add_row(name)
        for seed in seeds:
            cells = [_cell(by_seed.loc[(state, *one, seed)], one[0], "value") for one in columns]
            shown.add_row(f"  seed {seed}", *cells)
        rows = [(one[0], by_seed.loc[(state, *one, seeds[0])]) for one in columns]
        for words, column in (("  spread", "spread"), ("  by luck", "luck")):
            shown.add_row(words, *(f"{DIM}{_cell(row, measure, column)}{END}" for measure, row in rows))
    console.print(shown)
    console.print(
        f"{DIM}Spread: standard deviation between seeds; by luck: what it would be if seeds differed by the luck of "
        f"so many runs alone.{END}\n"
    )


def _columns(results: "Results") -> list[tuple[str, str]]:
    """What is shown of every state: alignment by power, partners, and how often balancing ended."""
    by_power = [(name, power) for name in HEADLINES for power in results.powers if name not in _ALONE]
    return [*by_power, *((name, "") for name in HEADLINES if name in _ALONE)]


_ALONE = tuple(name for name in HEADLINES if BY_NAME[name].axes == "i")


def _cell(row: Any, measure: str, column: str) -> str:
    digits = 1 if BY_NAME[measure].percent else 2
    return f"{percent_scale(measure) * float(row[column]):.{digits}f}"
