"""The tables that close `multivector calibrate`."""

from typing import TYPE_CHECKING, Any, TextIO

from sim.analysis.calibration.results import ENOUGH_TRUTHS, UNINFORMED
from sim.cli.console import BOLD, END, console_for, plain_table
from sim.io.text import CAUTION

if TYPE_CHECKING:
    from sim.analysis.calibration import Calibration

_MOST_MISSED = 12


def print_calibration(found: "Calibration", file: TextIO | None = None) -> None:
    """Print what was learnt, whether it can be trusted, and what is missed, to `file` or to standard output."""
    console = console_for(file)
    console.print()
    console.print(f"{BOLD}What the record can tell{END}")
    console.print(f"{found.caption}; {CAUTION}")
    table = plain_table()
    for name in ("prior", "posterior, 90 %", "width", "covers", "informed"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.numbers.itertuples():
        table.add_row(*_cells(row))
    console.print(table)
    console.print(
        "width: of the 90 % interval over that of the prior. covers: share of simulated truths within their 90 % "
        "interval."
    )
    silent = [row.number for row in found.numbers.itertuples() if row.says == UNINFORMED]
    if silent:
        console.print(f"The record does not inform these, so they keep the range of the evidence: {', '.join(silent)}.")
    console.print(f"\n{BOLD}On simulated truths{END}: {_verdict(found)}")
    console.print(
        f"\n{BOLD}Worlds drawn from the posterior{END}: {100 * found.inside:.0f} % of {len(found.predicted)} targets "
        "lie within their 90 % bands. Furthest out:"
    )
    console.print(_missed(found))
    console.print()


def _cells(row: Any) -> list[str]:
    return [
        row.number,
        f"{row.prior_low:g}…{row.prior_high:g}",
        f"{row.low:.3g}…{row.high:.3g}",
        f"{row.width:.2f}",
        f"{100 * row.cover:.0f} %",
        row.says,
    ]


def _verdict(found: "Calibration") -> str:
    checks, table = found.plan.checks, found.checks
    low, high = 100 * table["cover"].min(), 100 * table["cover"].max()
    lines = f"{100 * checks.least:.0f} to {100 * checks.most:.0f} %"
    told = f"90 % intervals of the {len(table)} numbers cover {low:.0f} to {high:.0f} % of {len(found.ranks)} truths"
    if len(found.ranks) < ENOUGH_TRUTHS:
        return f"{told}; {ENOUGH_TRUTHS} are needed for a verdict."
    if found.sound:
        return f"{told}; all within {lines}, and ranks are flat."
    failed = ", ".join(table.loc[~table["sound"], "number"])
    return f"{told}. {BOLD}Not sound{END}, wanted {lines} and flat ranks: {failed}."


def _missed(found: "Calibration") -> Any:
    table = plain_table()
    for name in ("recorded", "worlds, 90 %", "place"):
        table.add_column(name, justify="right", no_wrap=True)
    outside = found.predicted[~found.predicted["inside"]]
    worst = outside.assign(far=(outside["place"] - 0.5).abs()).sort_values("far", ascending=False, kind="stable")
    for row in worst.head(_MOST_MISSED).itertuples():
        words = " ".join(part for part in (row.target, row.state, row.of) if part)
        table.add_row(words, f"{row.recorded:.2f}", f"{row.low:.2f}…{row.high:.2f}", f"{row.place:.2f}")
    return table
