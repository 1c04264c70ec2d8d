"""What stands in the closing table of `multivector compare` beside the differences: sentences, offers, answers."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from sim.analysis.certainty import CERTAIN, LIKELY, Sureness
from sim.batch.summary import MOST_LAID, offer_in_words
from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import WIDTH, capital, counted, percent_in_cell, signed

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.analysis.comparison import Comparison
    from sim.batch.results import Results


def print_closing(
    comparison: "Comparison", sentences: Sequence[str], answers: "pd.DataFrame | None", file: TextIO | None = None
) -> None:
    """What stands below the differences: offers of events, lines of one's own (`Comparison.ask`), and all in words."""
    console = console_for(file)
    print_laid(comparison, console)
    if answers is not None:
        print_compared_asks(answers, comparison, console)
    print_sentences(sentences, console)
    console.print()


def print_sentences(sentences: Sequence[str], console: "Console") -> None:
    """What differs, for those who decide."""
    console.print(f"\n{BOLD}In short{END}")
    for sentence in sentences:
        lines = textwrap.wrap(sentence, min(console.width, WIDTH), initial_indent="- ", subsequent_indent="  ")
        console.print("\n".join(lines))
    console.print(
        f"{DIM}{capital(Sureness.CERTAIN.value)}: luck alone would do it with a chance below {100 * CERTAIN:g} %, "
        f"corrected for how many outcomes there are (Holm); {Sureness.LIKELY.value}: below {100 * LIKELY:g} %.{END}"
    )


# --- offers of events ------------------------------------------------------------------------------------------------


def laid_rows(comparison: "Comparison") -> list[dict[str, Any]]:
    """What became of each offer that an event lays on the table: shares of all runs, scenario by scenario."""
    rows = []
    for name, one in zip(comparison.names, comparison.results, strict=True):
        for offer in _laid(one):
            runs, laid, taken = one.number_of_runs, int(offer["laid"]), int(offer["taken"])
            told = {key: offer[key] for key in ("quarter", "latest", "power", "state", "kind", "size")}
            shares = {"taken": taken / runs, "refused": (laid - taken) / runs, "not_laid": (runs - laid) / runs}
            rows.append({"scenario": name, **told, "runs": runs, **shares})
    return rows


def _laid(results: "Results") -> list[dict[Any, Any]]:
    return results.laid.to_dict("records") if "laid" in results.tables else []


def print_laid(comparison: "Comparison", console: "Console") -> None:
    """What became of the offers of events; an offer that fared alike everywhere stands once."""
    rows = laid_rows(comparison)
    if not rows:
        return
    table = plain_table()
    table.add_column("scenario")
    for name in ("taken", "refused", "not laid"):
        table.add_column(name, justify="right", no_wrap=True)
    together: dict[str, dict[tuple[Any, ...], list[str]]] = {}
    for row in rows:
        fate = row["taken"], row["refused"], row["not_laid"]
        together.setdefault(offer_in_words(row), {}).setdefault(fate, []).append(row["scenario"])
    for offer, fates in list(together.items())[:MOST_LAID]:
        for place, (fate, names) in enumerate(fates.items()):
            whose = "all" if len(names) == len(comparison.names) > 1 else ", ".join(names)
            table.add_row("" if place else offer, whose, *(percent_in_cell(share) for share in fate))
    console.print(f"\n{BOLD}What became of the offers of events{END}: share of all runs")
    console.print(table)
    if len(together) > MOST_LAID:
        console.print(f"and {len(together) - MOST_LAID} more: see laid.parquet in each results folder")
    console.print(f"{DIM}An offer is answered in its quarter and then lapses; not laid: the event did not happen.{END}")


# --- lines of one's own ----------------------------------------------------------------------------------------------


def print_compared_asks(table: "pd.DataFrame", comparison: "Comparison", console: "Console") -> None:
    """The share of runs in each scenario, and the difference on the same luck."""
    shown = plain_table()
    for name in (comparison.names[0], "scenario", "difference", "that it has this sign is"):
        shown.add_column(name, justify="left" if "sign" in name else "right")
    several = len(comparison.names) > 2
    for row in table.itertuples():
        difference, low, high = (signed(100 * float(value), 1) for value in (row.difference, row.low, row.high))
        sure = next(one for one in Sureness if one.word == row.sure)
        shown.add_row(
            f"{row.ask} ({row.scenario})" if several else str(row.ask),
            percent_in_cell(float(row.reference)),
            percent_in_cell(float(row.share)),
            f"{difference} {DIM}{low}…{high}{END}",
            sure.value if row.sure != Sureness.NONE.word else "",
        )
    runs = f"{int(table['runs'].min()):,}"
    console.print(f"\n{BOLD}Asked{END}: share of {runs} runs with the same luck, differences in % points")
    console.print(shown)


# --- which rows differ -----------------------------------------------------------------------------------------------


def rows_that_differ(mine: "pd.DataFrame", outcomes: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], str]:
    """The outcomes that are shown first, and what is said of the others.

    Those are shown in which a difference counts; where none does, those in which anything moved.
    """
    counting = "counts" if "counts" in mine else "clear"
    by_outcome = mine.groupby(["measure", "power"], sort=False)[[counting, "moved"]].max()
    clear = [one for one in outcomes if by_outcome.loc[one, counting]]
    moved = [one for one in outcomes if by_outcome.loc[one, "moved"] > 0.0]
    shown = clear or moved
    faint, still = len([one for one in moved if one not in shown]), len(outcomes) - len(moved)
    said = [f"{counted(faint, 'more outcome')} without a difference that counts"] if faint else []
    said += [f"{counted(still, 'outcome')} the same in every run"] if still else []
    if moved and not clear:
        said.append("none of these differences counts")
    return shown, "; ".join(said)


def states_that_move(mine: "pd.DataFrame") -> "pd.Series[bool]":
    """The rows of states in which anything differs in any run."""
    moved: pd.Series[bool] = mine.groupby("state")["moved"].transform("max") > 0.0
    return moved
