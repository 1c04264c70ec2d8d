"""The table that closes `multivector levers`: what was expected beside what was found, and which levers are idle."""

import math
from typing import TYPE_CHECKING, TextIO

from sim.analysis.lever_results import Answer, MeasuredLevers
from sim.analysis.observables import scale_of, words_of
from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import CAUTION, signed

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table


def print_levers(found: MeasuredLevers, file: TextIO | None = None) -> None:
    """Print what `sim.analysis.lever_results.measured` tells, to `file` or to standard output."""
    console = console_for(file)
    console.print()
    console.print(f"{BOLD}What each lever moves{END}  ({found.scenario})")
    console.print(f"{found.runs:,} runs with and without each, on the same luck; {CAUTION}")
    for lever, row in found.summary.set_index("lever").iterrows():
        said = found.words[str(lever)]
        if said["number"]:
            continue
        console.print(f"\n{BOLD}{lever}{END}: {said['says']} {DIM}(to {row['quarter']}){END}")
        if not row["touched"]:
            console.print("  moves nothing")
            continue
        console.print(_expected(found.expected[found.expected["lever"] == lever]))
        most = _most(found, str(lever))
        console.print(f"  {DIM}{row['clear']} of {row['outcomes']} outcomes clear; most of all {most}{END}")
    numbers = [lever for lever, said in found.words.items() if said["number"]]
    if numbers:
        console.print(f"\n{BOLD}Numbers of powers{END}: what moves most beside the spread between runs")
        console.print(_numbers(found, numbers))
    _print_count(found, console)


def _print_count(found: MeasuredLevers, console: "Console") -> None:
    answers = list(found.expected["answer"]) if len(found.expected) else []
    told = ", ".join(f"{answers.count(one.word)} {one.word}" for one in Answer if one.word in answers)
    if told:
        console.print(f"\nExpected and found: {told}.")
    idle = found.summary.loc[found.summary["touched"] == 0.0, "lever"]
    console.print(f"Levers that move nothing in any run: {', '.join(idle) or 'none'}.")
    console.print(
        f"{DIM}Intervals cover {100 * found.level:.0f} %; clear means after Holm's correction for all outcomes of the "
        f"lever. Shares in % points.{END}\n"
    )


def _expected(rows: "pd.DataFrame") -> "Table":
    table = plain_table(gap=1)
    for name, side in (("should", "left"), ("difference", "right"), ("of it", "right"), ("answer", "left")):
        table.add_column(name, justify=side, no_wrap=True)  # type: ignore[arg-type]
    for row in rows.itertuples():
        name = f"  {row.state} {words_of(str(row.measure), str(row.power))}"
        table.add_row(name, should(row.way, row.least, row.most), _interval(row), part_of(row.change), row.answer)
    return table


def should(way: str, least: float, most: float) -> str:
    """What was expected, in a word and where there is one a range."""
    words = {"up": "rise", "down": "fall", "either": "move"}[way]
    return words if math.isnan(least) else f"{words} {100 * least:+.0f} to {100 * most:+.0f} %".replace("-", "−")


def part_of(change: float) -> str:
    """A change as a part of what it changes."""
    return "" if math.isnan(change) else f"{100 * change:+.1f} %".replace("-", "−")


def _interval(row: "pd.Series[float]") -> str:
    scale = scale_of(str(row.measure))
    middle, low, high = (signed(scale * float(value)) for value in (row.difference, row.low, row.high))
    return f"{middle} {DIM}{low}…{high}{END}"


def _most(found: MeasuredLevers, lever: str) -> str:
    rows = found.strongest[found.strongest["lever"] == lever]
    told = (f"{row.state} {words_of(row.measure, row.power)} {_interval(row)}" for row in rows.head(2).itertuples())
    return ", ".join(told) or "nothing"


def _numbers(found: MeasuredLevers, numbers: list[str]) -> "Table":
    table = plain_table(gap=1)
    for name, side in (("outcome", "left"), ("difference", "right"), ("clear", "right")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    rows = found.strongest.set_index("lever")
    about = found.summary.set_index("lever")
    for lever in numbers:
        clear = f"{about.loc[lever, 'clear']}/{about.loc[lever, 'outcomes']}"
        if lever not in rows.index:
            nothing = f"{DIM}nothing clear{END}" if about.loc[lever, "touched"] else "moves nothing"
            table.add_row(lever, nothing, "", clear)
            continue
        row = rows.loc[lever]
        table.add_row(lever, f"{row['state']} {words_of(row['measure'], row['power'])}", _interval(row), clear)
    return table
