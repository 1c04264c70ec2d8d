"""The tables that close `multivector spread` and `multivector origins`."""

from typing import TYPE_CHECKING, Any, TextIO

from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import CAUTION

if TYPE_CHECKING:
    from sim.analysis.origins import Origins
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
    console.print(f"{BOLD}{found.scenario.title}{END}  ({found.scenario.name}): how far it moves, beside the record")
    console.print(f"{found.caption}; {CAUTION}")
    for note in found.notes:
        console.print(f"{DIM}Note: {note}.{END}")
    for measure, words in _MEASURES.items():
        table = plain_table()
        for name in ("over", "model", "between runs", "record", "its interval", "ratio", "wanted", ""):
            table.add_column(name, justify="right" if name else "left", no_wrap=True)
        for row in found.table[found.table["measure"] == measure].itertuples():
            table.add_row(*_cells(row))
        console.print(f"\n{BOLD}{words}{END}")
        console.print(table)
    kept = int((found.table["says"] == "inside").sum())
    console.print(
        f"\n{kept} of {len(found.table)} inside their lines. Intervals of the record cover {100 * found.level:.0f} %; "
        "between runs: the middle of them. Shares are of goods turnover."
    )
    console.print()


def _cells(row: Any) -> list[str]:
    ratio = "" if row.ratio != row.ratio else f"{row.ratio:.2f}"
    says = row.says if row.says == "inside" else f"{BOLD}{row.says}{END}"
    return [
        row.of,
        f"{row.years} y",
        f"{row.model:.2f}",
        f"{row.model_low:.2f}…{row.model_high:.2f}",
        f"{row.record:.2f}",
        f"{row.low:.2f}…{row.high:.2f}",
        ratio,
        f"{row.least:.2f}…{row.most:.2f}",
        says,
    ]


def print_origins(found: "Origins", file: TextIO | None = None) -> None:
    """Print how well runs that start in the past do to `file`, or to standard output."""
    from sim.analysis.origins import KINDS

    console = console_for(file)
    console.print()
    console.print(
        f"{BOLD}{found.scenario.title}{END}  ({found.scenario.name}): started in the past, scored on the record"
    )
    console.print(f"{found.caption}; {CAUTION}")
    for note in found.notes:
        console.print(f"{DIM}Note: {note}.{END}")
    for kind in KINDS:
        table = plain_table()
        for name in ("ahead", "CRPS", "of the fan", "skill", "its interval", "against trend", "in 90 %", "fan's"):
            table.add_column(name, justify="right", no_wrap=True)
        for row in found.skill[found.skill["kind"] == kind].itertuples():
            table.add_row(*_score_cells(row))
        console.print(f"\n{BOLD}{kind}{END}: {_KNOWN[kind]}")
        console.print(table)
        mine = found.drift[found.drift["kind"] == kind]
        if len(mine):
            large = mine[mine["large"]]
            console.print(
                f"sign of the drift to the end of the record: right for {mine['right'].sum()} of {len(mine)} pairs, "
                f"{large['right'].sum()} of the {len(large)} whose drift is larger than its error"
            )
    console.print(
        f"\n{DIM}Points of goods turnover. Skill is 1 less the ratio of CRPS to that of persistence with a random-walk "
        f"fan; its interval covers {100 * found.level:.0f} %, pairs resampled.{END}"
    )
    console.print()


_KNOWN = {
    "unconditional": "runs know the growth of the years before the origin",
    "conditional": "runs are told how fast everybody grew in the years after it",
}


def _score_cells(row: Any) -> list[str]:
    return [
        row.of,
        f"{row.horizon} y" if row.horizon else "1-4 y",
        f"{row.crps:.2f}",
        f"{row.crps_fan:.2f}",
        f"{100 * row.skill:+.1f} %".replace("-", "−"),
        f"{100 * row.low:+.0f}…{100 * row.high:+.0f}".replace("-", "−"),
        f"{100 * row.skill_trend:+.0f} %".replace("-", "−"),
        f"{100 * row.cover:.0f} %",
        f"{100 * row.cover_fan:.0f} %",
    ]
