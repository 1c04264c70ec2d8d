"""The table that closes `multivector documented`: what was reported beside how often the model does it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from sim.analysis.documented import Verdict
from sim.analysis.documented_results import counted_verdicts, unexplained
from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import CAUTION

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


def print_replay(table: "pd.DataFrame", idle: Sequence[str] = (), file: TextIO | None = None) -> None:
    """Print a table of `sim.analysis.documented_results.table_of`, to `file` or to standard output.

    idle: entries with a reason for something that is missed nowhere.
    """
    console = console_for(file)
    console.print()
    console.print(f"{BOLD}Documents as a test{END}: what they report as done, replayed")
    console.print(f"{CAUTION}")
    for sort, several in table.groupby("sort", sort=False):
        console.print(f"\n{BOLD}{sort}{END}")
        for entry, rows in several.groupby("entry", sort=False):
            first = rows.iloc[0]
            when = f" {DIM}({first['dates'].split('; ')[0]}){END}" if first["dates"] else ""
            console.print(f"\n{BOLD}{entry}{END}: {first['says']}{when}")
            console.print(_rows(rows))
            for reason in dict.fromkeys(one for one in rows["reason"] if one):
                console.print(f"  {DIM}Why not: {reason}{END}")
    bare = unexplained(table)
    console.print(f"\n{counted_verdicts(table)}; missed without a reason: {', '.join(bare) or 'nothing'}.")
    if idle:
        console.print(f"A reason that is needed no longer: {', '.join(idle)}.")
    console.print(
        f"{DIM}Shares of runs in %, with the 95 % interval. Holds: {Verdict.HOLDS.value}; misses: "
        f"{Verdict.MISSES.value}.{END}\n"
    )


def _rows(rows: "pd.DataFrame") -> "Table":
    table = plain_table(gap=1)
    for name, side in (("seen", "left"), ("runs", "right"), ("line", "right"), ("verdict", "left")):
        table.add_column(name, justify=side, no_wrap=name != "seen")  # type: ignore[arg-type]
    for row in rows.to_dict("records"):
        verdict = row["verdict"]
        loud = verdict != Verdict.HOLDS.word
        table.add_row(
            f"  {row['states']}",
            str(row["seen"]),
            share_words(row["share"], row["low"], row["high"]),
            f"{100 * row['line']:.0f}",
            f"{BOLD}{verdict}{END}" if loud else verdict,
        )
    return table


def share_words(share: float, low: float, high: float) -> str:
    """A share of runs in per cent with its interval; no share that is not whole is rounded to none or all."""
    return f"{_percent(share)} ({_percent(low)} to {_percent(high)})"


def _percent(share: float) -> str:
    text = f"{100 * share:.1f}"
    return {"0.0": "0" if share <= 0.0 else "<0.1", "100.0": "100" if share >= 1.0 else ">99.9"}.get(text, text)
