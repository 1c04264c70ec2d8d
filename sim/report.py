"""The table that closes a batch: how the runs ended, and where each state stands among the powers."""

import sys
from typing import TYPE_CHECKING, Any, TextIO

from sim.summary import share_ended
from sim.uncertainty import ENDED, FEWEST_DRAWS

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.record import Results


_RARE = 0.01  # shares of runs below this are not named one by one in the table; the files have them all


def print_results(results: "Results", file: TextIO | None = None) -> None:
    """Print the closing table to `file`, or to standard output."""
    from rich.console import Console

    file = file or sys.stdout
    console = Console(file=file, width=None if file.isatty() else 100, highlight=False, emoji=False)
    last = results.manifest["quarters"][-1]
    console.print()
    console.print(f"[bold]{results.title}[/bold]  ({results.name})")
    console.print(
        f"{results.number_of_runs:,} runs to {last}, seed {results.manifest['seed']}; "
        "conditional exploration, not a forecast"
    )
    _print_outcomes(results, console)
    _print_alignment(results, console)
    if results.manifest["lucks_per_draw"] > 1:
        _print_variance(results, console)
    console.print()


def _print_outcomes(results: "Results", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", style="bold", no_wrap=True)
    table.add_column("outcome words, share of runs")
    table.add_column("balancing ended", justify="right")
    final = results.final_outcomes()
    for code, name in results.states.items():
        rows = final[final["state"] == code]
        words = _words(rows)
        table.add_row(name, words, percent(share_ended(rows)))
    console.print("\n[bold]How the runs end[/bold]")
    console.print(table)


def _words(rows: "pd.DataFrame") -> str:
    """Outcome words with their shares, the most frequent first; what hardly happens is put together."""
    said = [f"{row.outcome} {percent(row.share)}" for row in rows.itertuples() if row.share >= _RARE]
    rest = [float(row.share) for row in rows.itertuples() if row.share < _RARE]
    if rest:
        said.append(f"others {percent(sum(rest))}")
    return ", ".join(said)


def _print_alignment(results: "Results", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", style="bold", no_wrap=True)
    for code in (*results.powers, "partners"):
        table.add_column(code, justify="right", no_wrap=True)
    bands = results.bands
    bands = bands[bands["quarter"] == results.manifest["quarters"][-1]]
    for state, name in results.states.items():
        mine = bands[bands["state"] == state]
        shares = mine[mine["measure"] == "alignment"].set_index("power")
        cells = [_share_cell(shares.loc[power]) for power in results.powers]
        partners = mine[mine["measure"] == "effective_partners"].iloc[0]
        cells.append(f"{partners['p50']:.1f}\n[dim]{partners['p5']:.1f}–{partners['p95']:.1f}[/dim]")
        table.add_row(name, *cells)
    console.print("\n[bold]Alignment at the end[/bold]: % of all engagement, mean and the range of nine runs in ten")
    console.print(table)


def _print_variance(results: "Results", console: "Console") -> None:
    """How much of the spread is due to numbers that nobody knows exactly; the rest is luck."""
    from rich.table import Table

    drawn, lucks = len(results.manifest["numbers_drawn"]), results.manifest["lucks_per_draw"]
    draws = results.number_of_runs // lucks
    console.print(
        f"\n[bold]Share of variance due to numbers[/bold]: %, with its 95 % interval; the rest is luck "
        f"({drawn:,} numbers drawn {draws:,} times, {lucks} lucks each)"
    )
    if draws < FEWEST_DRAWS:
        console.print(f"too few runs to tell: at least {lucks * FEWEST_DRAWS} are needed")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", style="bold", no_wrap=True)
    for code in (*results.powers, "partners", "balancing ended"):
        table.add_column(code, justify="right", no_wrap=True)
    found = {(row.state, row.measure, row.power): row for row in results.variance.itertuples()}
    wanted = [("alignment", power) for power in results.powers] + [("effective_partners", ""), (ENDED, "")]
    for state, name in results.states.items():
        table.add_row(name, *(_variance_cell(found.get((state, *one))) for one in wanted))
    console.print(table)


def _variance_cell(row: Any) -> str:
    if row is None:  # it is the same in every run
        return "–"
    return f"{100 * row.numbers:.0f}\n[dim]{100 * row.numbers_low:.0f}–{100 * row.numbers_high:.0f}[/dim]"


def _share_cell(row: "pd.Series[float]") -> str:
    return f"{100 * row['mean']:.0f}\n[dim]{100 * row['p5']:.0f}–{100 * row['p95']:.0f}[/dim]"


def percent(share: float) -> str:
    """A share as text, honest about very small and very large ones: below 1, above 99."""
    if share <= 0.0 or share >= 1.0:
        return f"{100 * share:.0f}\u00a0%"
    if share < 0.01:
        return "<1\u00a0%"
    return ">99\u00a0%" if share > 0.99 else f"{100 * share:.0f}\u00a0%"
