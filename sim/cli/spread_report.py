"""The tables that close `multivector spread` and `multivector origins`."""

from typing import TYPE_CHECKING, Any, TextIO

from sim.cli.report import closing_table, console_for
from sim.io.text import CAUTION

if TYPE_CHECKING:
    from sim.analysis.spread import Spread

_MEASURES = {
    "spread": "changes of trade shares, sd",
    "lag-1": "one change after another",
    "co-movement": "states together",
    "output": "yearly growth of output, sd",
}


def print_spread(found: "Spread", file: TextIO | None = None) -> None:
    """Print model beside record to `file`, or to standard output."""
    console = console_for(file)
    console.print()
    console.print(f"[bold]{found.scenario.title}[/bold]  ({found.scenario.name}): how far it moves, beside the record")
    console.print(f"{found.caption}; {CAUTION}")
    for note in found.notes:
        console.print(f"[dim]Note: {note}.[/dim]")
    for measure, words in _MEASURES.items():
        table = closing_table()
        for name in ("over", "model", "between runs", "record", "its interval", "ratio", "wanted", ""):
            table.add_column(name, justify="right" if name else "left", no_wrap=True)
        for row in found.table[found.table["measure"] == measure].itertuples():
            table.add_row(*_cells(row))
        console.print(f"\n[bold]{words}[/bold]")
        console.print(table)
    kept = int((found.table["says"] == "inside").sum())
    console.print(
        f"\n{kept} of {len(found.table)} inside their lines. Intervals of the record cover {100 * found.level:.0f} %; "
        "between runs: the middle of them. Shares are of goods turnover."
    )
    console.print()


def _cells(row: Any) -> list[str]:
    digits = 2
    ratio = "" if row.ratio != row.ratio else f"{row.ratio:.2f}"
    says = row.says if row.says == "inside" else f"[bold]{row.says}[/bold]"
    return [
        row.of,
        f"{row.years} y",
        f"{row.model:.{digits}f}",
        f"{row.model_low:.{digits}f}…{row.model_high:.{digits}f}",
        f"{row.record:.{digits}f}",
        f"{row.low:.{digits}f}…{row.high:.{digits}f}",
        ratio,
        f"{row.least:.2f}…{row.most:.2f}",
        says,
    ]
