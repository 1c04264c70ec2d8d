"""The tables that close a command: how runs ended, where states stand, and what differs between scenarios.

Beside what the model says stands what "nothing changes" would say: each state as it stood at the end of the first
quarter. A model whose answers never differ from that is not worth running.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from sim.analysis.ablation_results import clearest, silent, summary
from sim.analysis.comparison import Comparison
from sim.analysis.effect_tables import LEAST, shown_outcomes
from sim.analysis.patterns import Finding, Verdict
from sim.analysis.result_pairs import naive_words
from sim.batch.summary import MOST_LAID, laid_in_words, remarks_on, share_ended
from sim.batch.variance import FEWEST_DRAWS
from sim.cli.compared_report import rows_that_differ, states_that_move
from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import CAUTION, counted, listing, percent_in_cell, signed
from sim.model.variables import BALANCING_ENDED, HEADLINES, OUTCOME_CHANGED, QUANTITIES, in_words, percent_scale
from sim.narrative.differences import told_differences

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from sim.batch.results import Results

_RARE = 0.01  # shares of runs below this are not named one by one in the table; the files have them all


def print_results(results: "Results", file: TextIO | None = None) -> None:
    """Print the closing table to `file`, or to standard output."""
    console = console_for(file)
    last = results.manifest["quarters"][-1]
    console.print()
    console.print(f"{BOLD}{results.title}{END}  ({results.name})")
    console.print(f"{counted(results.number_of_runs, 'run')} to {last}, seed {results.manifest['seed']}; {CAUTION}")
    if taken := results.readings_said:
        console.print("sources read as " + ", ".join(f"{reading} ({switch})" for switch, reading in taken.items()))
    _print_outcomes(results, console)
    _print_alignment(results, console)
    _print_laid(results, console)
    if results.manifest["lucks_per_draw"] > 1:
        _print_variance(results, console)
    for remark in remarks_on(results):
        console.print(f"\n{remark}")
    console.print()


def _print_outcomes(results: "Results", console: "Console") -> None:
    table = plain_table()
    table.add_column("outcome words, share of runs")
    table.add_column(in_words(BALANCING_ENDED).replace(" ", "\n"), justify="right")
    table.add_column('"nothing\nchanges"')
    table.add_column("and is\nright in", justify="right")
    final = results.final_outcomes()
    naive = naive_words(results)
    for code, name in results.states.items():
        rows = final[final["state"] == code]
        words = _words(rows)
        said, _ = naive[code]
        right = float(rows.loc[rows["outcome"] == said, "share"].sum())
        table.add_row(name, words, percent_in_cell(share_ended(rows)), said, percent_in_cell(right))
    console.print(f"\n{BOLD}How the runs end{END}")
    console.print(table)


def _words(rows: "pd.DataFrame") -> str:
    """Outcome words with their shares, the most frequent first; what hardly happens is put together."""
    said = [f"{row.outcome} {percent_in_cell(row.share)}" for row in rows.itertuples() if row.share >= _RARE]
    rest = [float(row.share) for row in rows.itertuples() if row.share < _RARE]
    if rest:
        said.append(f"others {percent_in_cell(sum(rest))}")
    return ", ".join(said)


def _print_alignment(results: "Results", console: "Console") -> None:
    table = plain_table()
    for code in (*results.powers, "partners"):
        table.add_column(code, justify="right", no_wrap=True)
    quarters = results.manifest["quarters"]
    bands = results.bands
    for state, name in results.states.items():
        mine = bands[bands["state"] == state]
        first, last = (mine[mine["quarter"] == quarter] for quarter in (quarters[0], quarters[-1]))
        starts, shares = (part[part["measure"] == "alignment"].set_index("power") for part in (first, last))
        cells = [_share_cell(shares.loc[power], starts.loc[power]) for power in results.powers]
        start, partners = (part[part["measure"] == "effective_partners"].iloc[0] for part in (first, last))
        ranged = f"{DIM}{partners['p5']:.1f}–{partners['p95']:.1f}{END}"
        cells.append(f"{partners['p50']:.1f}\n{ranged}\n{DIM}from {start['p50']:.1f}{END}")
        table.add_row(name, *cells)
    console.print(
        f"\n{BOLD}Alignment at the end{END}: % of all engagement, mean and the range of nine runs in ten; "
        f'{DIM}from{END}: in {quarters[0]}, which is what "nothing changes" would say'
    )
    console.print(table)


def _print_laid(results: "Results", console: "Console") -> None:
    """In how many runs the offers that events lay on the table are taken."""
    told = laid_in_words(results)
    if not told:
        return
    table = plain_table()
    table.add_column("")
    for offer, answer in told[:MOST_LAID]:
        table.add_row(offer, answer)
    console.print(f"\n{BOLD}Offers laid on the table by events{END}, with the 95 % interval of the share")
    console.print(table)
    if len(told) > MOST_LAID:
        console.print(f"and {len(told) - MOST_LAID} more: see laid.parquet")


def _print_variance(results: "Results", console: "Console") -> None:
    """How much of the spread is due to numbers that nobody knows exactly; the rest is luck."""
    drawn, lucks = len(results.manifest["numbers_drawn"]), results.manifest["lucks_per_draw"]
    draws = results.number_of_runs // lucks
    shared = f"{counted(drawn, 'number')} drawn {counted(draws, 'time')}, {counted(lucks, 'run')} on each draw"
    console.print(
        f"\n{BOLD}Share of variance due to numbers{END}: %, with its 95 % interval; the rest is luck "
        f"({shared if draws else 'the runs are fewer than share one draw'})"
    )
    if draws < FEWEST_DRAWS:
        console.print(f"too few runs to tell: at least {lucks * FEWEST_DRAWS} are needed")
        return
    table = plain_table()
    for code in (*results.powers, "partners", in_words(BALANCING_ENDED)):
        table.add_column(code, justify="right", no_wrap=True)
    found = {(row.state, row.measure, row.power): row for row in results.variance.itertuples()}
    wanted = [("alignment", power) for power in results.powers] + [("effective_partners", ""), (BALANCING_ENDED, "")]
    for state, name in results.states.items():
        table.add_row(name, *(_variance_cell(found.get((state, *one))) for one in wanted))
    console.print(table)


def _variance_cell(row: Any) -> str:
    if row is None:  # it is the same in every run
        return "–"
    return f"{100 * row.numbers:.0f}\n{DIM}{100 * row.numbers_low:.0f}–{100 * row.numbers_high:.0f}{END}"


def _share_cell(row: "pd.Series[float]", start: "pd.Series[float]") -> str:
    ranged = f"{DIM}{100 * row['p5']:.0f}–{100 * row['p95']:.0f}{END}"
    return f"{100 * row['mean']:.0f}\n{ranged}\n{DIM}from {100 * start['mean']:.0f}{END}"


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
            final = results.final_outcomes()
            mean = partners.loc[name, state]["mean"] if name in changed else first["reference"]
            share = percent_in_cell(changed[name][state]) if name in changed else ""
            table.add_row("", name, _words(final[final["state"] == state]), f"{mean:.2f}", share)
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


# --- patterns --------------------------------------------------------------------------------------------------------


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
