"""The table that closes `multivector patterns`: what the model says to each pattern, and whether it holds."""

from collections.abc import Sequence
from typing import TextIO

from sim.analysis.patterns import Finding, Verdict
from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import CAUTION


def print_patterns(findings: Sequence[Finding], level: float, file: TextIO | None = None) -> None:
    """Print what the model says to each pattern to `file`, or to standard output."""
    console = console_for(file)
    console.print()
    console.print(f"{BOLD}Patterns and extremes{END}: what the model has to show before it deserves a hearing")
    console.print(f"{CAUTION}\n")
    table = plain_table()
    table.add_column("the model says", justify="right", no_wrap=True)
    table.add_column("line", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for one in findings:
        said = (
            ""
            if one.verdict is Verdict.MISSING
            else f"{_number(one.value)}\n{DIM}{_number(one.low)}…{_number(one.high)}{END}"
        )
        loud = one.verdict is Verdict.FAILS
        table.add_row(
            one.pattern.id, said, one.pattern.line, f"{BOLD}{one.verdict.words}{END}" if loud else one.verdict.words
        )
    console.print(table)
    for one in findings:
        console.print(f"\n{BOLD}{one.pattern.id}{END}: {one.pattern.claim}")
        runs = f"{one.runs:,} runs" if one.runs else f"needs {', '.join(one.pattern.needs)}"
        console.print(f"{DIM}{one.pattern.measure} ({runs}). {one.pattern.why}{END}")
        if one.pattern.evidence:
            console.print(f"{DIM}Sources: {', '.join(one.pattern.evidence)}{END}")
    counted = {verdict: sum(one.verdict is verdict for one in findings) for verdict in Verdict}
    told = ", ".join(f"{count} {verdict.words}" for verdict, count in counted.items() if count)
    console.print(f"\n{told}. Intervals cover {100 * level:.0f} %; {Verdict.HOLDS.words}: {Verdict.HOLDS.value}.")
    console.print()


def _number(value: float) -> str:
    return (
        f"{value:+.3f}".replace("-", "−") if abs(value) >= 0.0005 or value == 0.0 else f"{value:+.1e}".replace("-", "−")
    )
