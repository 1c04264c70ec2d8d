"""The table that closes `multivector policies`: what each policy buys and costs, and whether one is a free lunch."""

from typing import TYPE_CHECKING, TextIO

from sim.analysis.observables import scale_of, words_of
from sim.analysis.policy_results import FELT, Judgement, counted, judged
from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import CAUTION, signed

MARKS = {1: "▲", -1: "▼", 0: " "}
"""Better for the state, worse, or not so that it counts."""

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


def print_policies(table: "pd.DataFrame", level: float, file: TextIO | None = None) -> None:
    """Print a table of `sim.analysis.policy_effects.policies` to `file`, or to standard output."""
    console = console_for(file)
    last = max(table["quarter"])
    console.print()
    console.print(f"{BOLD}What constant policies buy and cost{END}  ({table['scenario'].iloc[0]}, {last})")
    console.print(f"{int(table['runs'].iloc[0]):,} runs by the rule and by each policy, on the same luck; {CAUTION}")
    verdicts = judged(table)
    final = counted(table[table["quarter"] == last])
    for state, mine in final.groupby("state", sort=False):
        console.print(f"\n{BOLD}{state}{END}: policy less rule")
        console.print(_of_state(mine, verdicts[(verdicts["state"] == state) & (verdicts["quarter"] == last)]))
    console.print(f"\n{BOLD}The policies{END}")
    for policy, words in table.groupby("policy", sort=False)["policy_words"].first().items():
        console.print(f"  {policy}: {words}")
    console.print(
        f"\n{DIM}± half of the interval that covers {100 * level:.0f} %. {MARKS[1]} better, {MARKS[-1]} worse: clear "
        f"(Holm), and at least {FELT:g} of the spread between runs. Shares in % points.{END}"
    )
    free = verdicts[(verdicts["quarter"] == last) & (verdicts["verdict"] == Judgement.DOMINATES.word)]
    said = ", ".join(f"{row.policy} in {row.state}" for row in free.itertuples())
    console.print(f"A free lunch: {said}." if said else "No policy is a free lunch.")
    console.print()


def _of_state(mine: "pd.DataFrame", verdicts: "pd.DataFrame") -> "Table":
    table = plain_table(gap=1)
    ends = list(dict.fromkeys(mine["measure"]))
    for end in ends:
        table.add_column(words_of(end), justify="right")
    table.add_column("verdict")
    said = dict(zip(verdicts["policy"], verdicts["verdict"], strict=True))
    for policy, rows in mine.groupby("policy", sort=False):
        by_end = rows.set_index("measure")
        table.add_row(str(policy), *(_cell(by_end.loc[end]) for end in ends), said[policy])
    return table


def _cell(row: "pd.Series[float]") -> str:
    scale = scale_of(str(row.name))
    half = scale * (float(row["high"]) - float(row["low"])) / 2
    return f"{signed(scale * float(row['difference']))}{MARKS[int(row['better'])]}\n{DIM}±{half:.2f} {END}"
