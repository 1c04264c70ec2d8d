"""The table that closes a batch: how the runs ended, and where the states stand.

Beside what the model says stands what "nothing changes" would say: each state as it stood at the end of the first
quarter. A model whose answers never differ from that is not worth running.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from sim.batch.rows import Row, bands_at, final_rows, naive_words
from sim.batch.summary import MOST_LAID, laid_in_words, remarks_on, share_ended
from sim.batch.variance import FEWEST_DRAWS
from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import CAUTION, counted, percent_in_cell
from sim.model.variables import BALANCING_ENDED, in_words

if TYPE_CHECKING:
    from rich.console import Console

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
    final = final_rows(results)
    naive = naive_words(results)
    for code, name in results.states.items():
        rows = final[code]
        said, _ = naive[code]
        right = sum(row["share"] for row in rows if row["outcome"] == said)
        table.add_row(name, words_of(rows), percent_in_cell(share_ended(rows)), said, percent_in_cell(right))
    console.print(f"\n{BOLD}How the runs end{END}")
    console.print(table)


def words_of(rows: Sequence[Row]) -> str:
    """Outcome words with their shares, the most frequent first; what hardly happens is put together."""
    said = [f"{row['outcome']} {percent_in_cell(row['share'])}" for row in rows if row["share"] >= _RARE]
    rest = [row["share"] for row in rows if row["share"] < _RARE]
    if rest:
        said.append(f"others {percent_in_cell(sum(rest))}")
    return ", ".join(said)


def _print_alignment(results: "Results", console: "Console") -> None:
    table = plain_table()
    for code in (*results.powers, "partners"):
        table.add_column(code, justify="right", no_wrap=True)
    quarters = results.manifest["quarters"]
    first, last = (bands_at(results, quarter) for quarter in (quarters[0], quarters[-1]))
    for state, name in results.states.items():
        places = [(state, "alignment", power) for power in results.powers]
        cells = [_share_cell(last[place], first[place]) for place in places]
        start, partners = (part[state, "effective_partners", ""] for part in (first, last))
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


def _share_cell(row: Row, start: Row) -> str:
    ranged = f"{DIM}{100 * row['p5']:.0f}–{100 * row['p95']:.0f}{END}"
    return f"{100 * row['mean']:.0f}\n{ranged}\n{DIM}from {100 * start['mean']:.0f}{END}"
