"""The tables that close the commands that compare: what differs between scenarios, and what systems do.

That of a batch stands in `sim.cli.run_report`, which loads less.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from sim.analysis.ablation_results import clearest, silent, summary
from sim.analysis.comparison import Comparison
from sim.analysis.effect_tables import LEAST, shown_outcomes
from sim.batch.rows import final_rows
from sim.cli.compared_report import rows_that_differ, states_that_move
from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.cli.run_report import words_of
from sim.io.text import CAUTION, listing, percent_in_cell, signed
from sim.model.variables import HEADLINES, OUTCOME_CHANGED, QUANTITIES, in_words, percent_scale
from sim.narrative.differences import told_differences

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table


# --- what differs ----------------------------------------------------------------------------------------------------


def print_comparison(comparison: Comparison, file: TextIO | None = None, whole: bool = False) -> None:
    """Print what differs between scenarios to `file`, or to standard output; whole: rows that do not differ too."""
    console = console_for(file)
    reference = comparison.names[0]
    console.print()
    console.print(f"{BOLD}{' and '.join(comparison.names[1:])} against {reference}{END}")
    console.print(f"{comparison.caption}; {CAUTION}")
    for note in comparison.notes:
        console.print(f"{DIM}Note: {note}.{END}")
    _print_endings(comparison, console, whole)
    for scenario in comparison.names[1:]:
        _print_differences(comparison, scenario, console, whole)
        for sentence in told_differences(comparison, scenario):
            console.print(sentence, markup=False)
    level = round(100 * comparison.level)
    console.print(
        f"\n{DIM}Below each difference its {level} % interval, for itself. * counts: it is clear even when corrected "
        f"for how many outcomes there are (Holm){_and_large(comparison.least)}. In % points, save partners and output "
        f"(numbers) and balance (0 to 100).{END}"
    )
    console.print()


def _and_large(least: float) -> str:
    """That what is starred is large enough, too; nothing where any difference is of interest."""
    return f", and no smaller than {least:g} points, or {least:g} % of what has no scale (--least)" if least else ""


def _print_endings(comparison: Comparison, console: "Console", whole: bool) -> None:
    """Outcome words and partners by state and scenario, under what "nothing changes" would say.

    A state in which no run ends under another word is shown only where the whole table is asked for.
    """
    table = plain_table(named=2)
    table.add_column("", no_wrap=True)
    table.add_column("outcome words, share of runs")
    table.add_column("partners", justify="right")
    table.add_column(in_words(OUTCOME_CHANGED), justify="right")
    naive = comparison.unchanged_words()
    partners = comparison.effects[comparison.effects["measure"] == "effective_partners"].set_index(
        ["scenario", "state"]
    )
    changed = {name: comparison.changed(name) for name in comparison.names[1:]}
    still = [state for state in comparison.states if not any(shares[state] for shares in changed.values())]
    for state, called in comparison.states.items():
        if state in still and not whole:
            continue
        first = partners.loc[comparison.names[1], state]
        table.add_row(called, '"nothing changes"', naive[state], f"{first['start']:.2f}", "")
        for name, results in zip(comparison.names, comparison.results, strict=True):
            final = final_rows(results)
            mean = partners.loc[name, state]["mean"] if name in changed else first["reference"]
            share = percent_in_cell(changed[name][state]) if name in changed else ""
            table.add_row("", name, words_of(final[state]), f"{mean:.2f}", share)
    console.print(f"\n{BOLD}How the runs end{END}")
    if whole or len(still) < len(comparison.states):
        console.print(table)
    if still and not whole:
        console.print(f"{DIM}No run ends otherwise in {listing(comparison.states[state] for state in still)}.{END}")


def _print_differences(comparison: Comparison, scenario: str, console: "Console", whole: bool) -> None:
    mine = comparison.effects[comparison.effects["scenario"] == scenario]
    console.print(f"\n{BOLD}{scenario} less {comparison.names[0]}{END}: means over the last quarters, the same luck")
    powers = list(dict.fromkeys(mine.loc[mine["measure"] == "alignment", "power"]))
    outcomes = shown_outcomes(mine, powers)
    shown, rest = (outcomes, "") if whole else rows_that_differ(mine, outcomes)
    if not shown:
        console.print("Nothing differs in any run.")
        return
    console.print(_difference_table(mine if whole else mine[states_that_move(mine)], shown))
    if rest:
        console.print(f"{DIM}Not shown: {rest} (--all shows them).{END}")
    console.print(_without_pairing(mine))


def _difference_table(mine: "pd.DataFrame", outcomes: "Sequence[tuple[str, str]] | None" = None) -> "Table":
    """Differences by outcome and state, those that are shown; all of them unless told otherwise."""
    states = list(dict.fromkeys(mine["state"]))
    table = plain_table()
    for state in states:
        table.add_column(state, justify="right", no_wrap=True)
    by_outcome = mine.set_index(["measure", "power", "state"]).sort_index()
    powers = list(dict.fromkeys(mine.loc[mine["measure"] == "alignment", "power"]))
    for measure, power in shown_outcomes(mine, powers) if outcomes is None else outcomes:
        rows = [by_outcome.loc[measure, power, state] for state in states]
        table.add_row(in_words(measure, power), *(_difference_cell(row, measure) for row in rows))
    return table


def _difference_cell(row: "pd.Series[float]", measure: str) -> str:
    if not row["moved"]:
        return f"{DIM}0{END}\n"
    scale = percent_scale(measure)
    digits = 3 if measure == "effective_partners" else 2
    difference, low, high = (signed(scale * row[name], digits) for name in ("difference", "low", "high"))
    return f"{difference}{'*' if row['counts'] else ''}\n{DIM}{low}…{high}{END}"


def _without_pairing(rows: "pd.DataFrame") -> str:
    """How many runs it would have taken without pairing, over what is shown."""
    asked = [name for name in HEADLINES if name in QUANTITIES]
    shown = rows[rows["measure"].isin(asked) & rows["needed"].map(math.isfinite)]
    if shown.empty:
        return ""
    times = (shown["needed"] / shown["runs"]).sort_values()
    middle, least, most = (times.quantile(share, interpolation="nearest") for share in (0.5, 0.0, 1.0))
    runs = math.ceil(middle * float(shown["runs"].iloc[0]))
    return (
        f"{DIM}Without pairing, as sure an answer on partners and alignment would take about {runs:,} runs "
        f"({middle:.1f} times as many; {least:.1f} to {most:.1f} by outcome).{END}"
    )


# --- what each system does -------------------------------------------------------------------------------------------

_FEW_SYSTEMS = 3  # so many are shown outcome by outcome; of more, only what is clearest


def print_ablation(table: "pd.DataFrame", level: float, file: TextIO | None = None, least: float = LEAST) -> None:
    """Print what the systems do, out of a table of `sim.analysis.ablation.effects`, to `file` or to standard output."""
    console = console_for(file)
    scenarios = list(dict.fromkeys(table["scenario"]))
    systems = list(dict.fromkeys(table["system"]))
    console.print()
    console.print(f"{BOLD}What each system does{END}  ({', '.join(scenarios)})")
    runs = int(table["runs"].iloc[0])
    console.print(f"{runs:,} runs with and without each, on the same luck; {CAUTION}")
    for scenario in scenarios:
        mine = table[table["scenario"] == scenario]
        if len(systems) <= _FEW_SYSTEMS:
            for system in systems:
                console.print(f"\n{BOLD}{scenario} without {system}{END}, less {scenario}")
                console.print(_difference_table(mine[mine["system"] == system]))
        else:
            console.print(f"\n{BOLD}{scenario}{END}: effective partners without the system, less with it")
            console.print(_partners_table(mine))
    console.print(f"\n{BOLD}The clearest effect of each system{END}: without it, less with it")
    console.print(_clearest_table(clearest(table), summary(table), len(scenarios) > 1))
    outcomes = int(summary(table)["outcomes"].max())
    console.print(
        f"\n{DIM}Intervals cover {100 * level:.0f} %, each for itself. With {outcomes} outcomes some intervals leave "
        "nought out by chance; the numbers of clear outcomes are corrected for that (Holm, within system and "
        f"scenario), and what has a * is clear in that sense{_and_large(least)}. Shares in % points.{END}"
    )
    quiet = silent(table)
    if not quiet:
        console.print("Every system has an effect that can be told from nought.")
    else:
        where = "anywhere in this scenario" if len(scenarios) == 1 else "in any of these scenarios"
        console.print(f"No effect that can be told from nought {where}: {', '.join(quiet)}.")
    console.print()


def _partners_table(mine: "pd.DataFrame") -> "Table":
    table = plain_table()
    rows = mine[mine["measure"] == "effective_partners"]
    for state in dict.fromkeys(rows["state"]):
        table.add_column(str(state), justify="right", no_wrap=True)
    for system, cells in rows.groupby("system", sort=False):
        table.add_row(str(system), *(_short_cell(cell) for _, cell in cells.iterrows()))
    return table


def _short_cell(row: "pd.Series[float]") -> str:
    return f"{signed(row['difference'], 3)}{'*' if row['counts'] else ' '}" if row["moved"] else "0 "


def _clearest_table(best: "pd.DataFrame", every: "pd.DataFrame", several: bool) -> "Table":
    table = plain_table(gap=1)
    columns = [
        ("clear in", "left"),
        ("clear", "right"),
        ("outcome", "left"),
        ("state", "left"),
        ("difference", "right"),
    ]
    for name, side in columns[0 if several else 1 :]:
        table.add_column(name, justify=side, no_wrap=name != "clear in")  # type: ignore[arg-type]
    found = every[every["clear"] > 0].groupby("system")["scenario"].agg(list)
    for row in best.itertuples():
        cells = [", ".join(found.get(row.system, ["none"]))] if several else []
        if not row.touched:
            table.add_row(str(row.system), *cells, "0", f"{DIM}nothing differs in any run{END}", "", "")
            continue
        scale = percent_scale(str(row.measure))
        difference, low, high = (signed(scale * float(value)) for value in (row.difference, row.low, row.high))
        name = in_words(str(row.measure), str(row.power)) + (f" ({row.scenario})" if several else "")
        table.add_row(
            str(row.system),
            *cells,
            f"{row.clear}/{row.outcomes}",
            name,
            str(row.state),
            f"{difference} {DIM}{low}…{high}{END}",
        )
    return table
