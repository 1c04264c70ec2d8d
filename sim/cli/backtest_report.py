"""The tables that close `multivector backtest`, and whatever else scores fans against what came."""

from math import isfinite
from typing import TYPE_CHECKING, Any, TextIO

from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.io.text import CAUTION, listing

if TYPE_CHECKING:
    from sim.analysis.backtest.result import Backtest

_COLUMNS = ("opponent", "ahead", "CRPS", "its", "skill", "interval", "", "figures", "worth")
_LEVELS = (50, 80, 90)


def print_backtest(found: "Backtest", file: TextIO | None = None) -> None:
    """Print the answer first, then what it rests on, to `file` or to standard output."""
    from sim.analysis.backtest.result import SERIES
    from sim.analysis.backtest.scoring import WHOLE_TIME
    from sim.analysis.backtest.skill import ASKED_TIME, EVERY

    console = console_for(file)
    console.print()
    console.print(f"{BOLD}{found.sentence}{END}")
    console.print(f"{found.caption}; {CAUTION}")
    for remark in found.remarks:
        console.print(f"{DIM}Read: {remark}.{END}")
    for reason, count in found.left_out.items():
        console.print(f"{DIM}Left out, {count} {'row' if count == 1 else 'rows'}: {reason}.{END}")
    for note in found.notes:
        console.print(f"{DIM}Note: {note}.{END}")
    whole = found.skill[found.skill["of"] == EVERY]
    for (variant, kind, series), part in whole.groupby(["variant", "kind", "series"], sort=False):
        console.print(
            f"\n{BOLD}{SERIES.get(series, series)}{END}: {', '.join(word for word in (variant, kind) if word)}"
        )
        table = plain_table(named=3)
        for name in _COLUMNS:
            table.add_column(name, justify="left" if name == "opponent" else "right", no_wrap=True)
        # Years beyond the main question stand in skill.csv alone, as do single years.
        wanted = ASKED_TIME if part["horizon"].eq(ASKED_TIME).any() else WHOLE_TIME
        for row in part[part["horizon"] == wanted].itertuples():
            table.add_row(*_cells(row))
        console.print(table)
        for line in _coverage(part):
            console.print(f"{DIM}{line}{END}")
    console.print(
        f"\n{DIM}Skill is 1 less the ratio of mean CRPS; its interval holds {100 * found.level:.0f} %, states and "
        "partners drawn anew; worth: how many independent figures tell as much. Shares are told in points, turnover in "
        f"hundredths of a logarithm.{END}"
    )
    console.print()


def _cells(row: Any) -> list[str]:
    return [
        "",
        row.opponent,
        f"{row.horizon} y" if "-" in row.horizon else row.horizon,
        f"{100 * row.crps:.2f}",
        f"{100 * row.crps_opponent:.2f}",
        _percent(row.skill, 1),
        f"{_percent(row.low, 0)}…{_percent(row.high, 0)}" if isfinite(row.low) else "",
        f"{BOLD}{row.says}{END}",
        f"{row.count:,}",
        f"{max(1, round(row.effective))}",
    ]


def _percent(part: float, digits: int) -> str:
    return f"{100 * part:+.{digits}f} %".replace("-", "−") if isfinite(part) else ""


def _coverage(part: Any) -> list[str]:
    """What intervals hold, of the model and of the opponent beside it that has any."""
    first, beside = part.iloc[0], part[part["inside_90_opponent"].notna()]
    if not isfinite(first["inside_90"]):
        return []
    told = f"Intervals of {listing(f'{level}' for level in _LEVELS)} % hold {_held(first, '')} %"
    if len(beside):
        told += f"; those of {beside.iloc[0]['opponent']} {_held(beside.iloc[0], '_opponent')} %"
    return [f"{told}."]


def _held(row: Any, whose: str) -> str:
    return listing(f"{100 * row[f'inside_{level}{whose}']:.0f}" for level in _LEVELS)
