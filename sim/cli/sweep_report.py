"""The table that closes `multivector sweep`: what mattered for each outcome, what was refused, and boxes."""

from typing import TYPE_CHECKING, Any, TextIO

from sim.cli.console import BOLD, END, console_for, plain_table
from sim.io.text import CAUTION, counted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.analysis.sensitivity.sweep_results import Sweep

_TOLD = 8  # outcomes in the closing table
_SHOWN = 8  # factors an outcome in the closing table; the files have them all
_INDICES = ("total", "mu_star", "rank_correlation", "swing", "effect")


def print_sweep(sweep: "Sweep", found: list[Any], file: TextIO | None = None) -> None:
    """Print what mattered, and the boxes that were found, to `file` or to standard output."""
    console = console_for(file)
    console.print(f"\n{BOLD}{sweep.title}{END}  ({sweep.name})")
    runs = f"{counted(sweep.number_of_runs, 'run')}, {sweep.manifest['replicates']} at each point"
    runs += f", seed {sweep.manifest['seed']}"
    console.print(f"{runs}; {CAUTION}\n")
    refused = list(sweep.refused["outcome"])
    told = [name for name in sweep.outcomes if "@" not in name and name not in refused]
    for outcome in told[:_TOLD]:
        _print_outcome(sweep, outcome, console)
    if len(told) > _TOLD:
        console.print(f"and {len(told) - _TOLD} more outcomes; indices.parquet has them all\n")
    whys = [str(row.why) for row in sweep.refused.itertuples() if "@" not in str(row.outcome)]
    for why in whys[:_TOLD]:
        console.print(why)
    if whys:
        console.print(f"and {len(whys) - _TOLD} more; refused.parquet has them all\n" if len(whys) > _TOLD else "")
    for one in found:
        console.print(f"{one.words}: in {one.rate:.0%} of the worlds")
        console.print(f"  a box covers {one.coverage:.0%} of them, and {one.density:.0%} of the box are such worlds")
        console.print(_box(one))
        console.print()


def _box(found: Any) -> "Table":
    table = plain_table()
    for name in ("box", "of"):
        table.add_column(name, no_wrap=True)
    for row in found.box.itertuples():
        table.add_row(f"    {row.factor}", f"{row.low:.4g} to {row.high:.4g}", f"{row.least:.4g} to {row.most:.4g}")
    return table


def _print_outcome(sweep: "Sweep", outcome: str, console: "Console") -> None:
    noise = sweep.noise[sweep.noise["outcome"] == outcome].iloc[0]
    told = f"{outcome}: {noise['mean']:.4g} on average"
    if noise["parameters"] == noise["parameters"]:  # not a number where there is one replicate only
        luck = noise["luck_alone"] + noise["together"]
        told += f"; parameters {noise['parameters']:.0%} of the variance, luck {luck:.0%}"
    console.print(told)
    console.print(_factors(sweep, outcome))
    widest = sweep.convergence[sweep.convergence["outcome"] == outcome]
    if not widest.empty:
        last = widest.sort_values("points").iloc[-1]
        state = "large enough" if last["enough"] else f"too small: about {last['points_needed']:,.0f} would do"
        console.print(f"  widest interval ±{last['half_width']:.3f} at {last['points']:,.0f}, the sample is {state}")
    console.print()


def _factors(sweep: "Sweep", outcome: str) -> "Table":
    """The strongest factors of an outcome by each index, with its interval where it has one."""
    table = plain_table()
    for side in ("left", "right", "left"):
        table.add_column("", justify=side, no_wrap=True)
    rows = sweep.indices[sweep.indices["outcome"] == outcome]
    for index in _INDICES:
        mine = rows[rows["index"] == index]
        mine = mine.loc[mine["value"].abs().sort_values(ascending=False, kind="stable").index]
        for row in mine.head(_SHOWN).itertuples():
            span = f"{row.low:+.3f} to {row.high:+.3f}" if row.low == row.low else ""
            at = f" at {row.at:.4g}" if row.at == row.at else ""
            table.add_row(f"  {row.factor}{at}", index, f"{row.value:+.3f}", span)
    return table
