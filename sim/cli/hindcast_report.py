"""What closes `multivector backtest`: fans where nothing has come yet, scores where it has, and which systems gain."""

from typing import TYPE_CHECKING, Any, TextIO

from sim.cli.console import BOLD, DIM, END, console_for, plain_table
from sim.cli.streams import columns_for_lines, folded
from sim.io.text import CAUTION

if TYPE_CHECKING:
    from sim.analysis.hindcast.ablation import Ablation
    from sim.analysis.hindcast.results import Hindcast


def print_hindcast(found: "Hindcast", file: TextIO | None = None) -> None:
    """Print scores, or else the fans of trade shares, and what they rest on."""
    from sim.analysis.decisions import DECISIONS

    console = console_for(file)
    if found.scored is not None:
        from sim.cli.backtest_report import print_backtest

        if found.systems_sentence:
            console.print(f"\n{BOLD}{found.systems_sentence}{END}")
        print_backtest(found.scored, file)
    else:
        _print_fans(found, console)
    for line in (
        f"decisions {found.identity['decisions']}  {DECISIONS}",
        f"posterior {found.identity['posterior'] or 'none'}",
    ):
        console.print(folded(line, columns_for_lines(console.file)), soft_wrap=True)


def _print_fans(found: "Hindcast", console: Any) -> None:
    """Shares of trade in the last year that is foretold, in points: the middle and the middle 90 %."""
    from sim.analysis.hindcast.results import HOW_TO_SCORE
    from sim.analysis.observed import TRADE_SHARE

    question = found.question
    console.print()
    console.print(f"{BOLD}{question.plain.title}{END}  ({question.plain.name}): {found.caption}; {CAUTION}")
    for note in found.notes:
        console.print(f"{DIM}Note: {note}.{END}")
    fans = found.fans[(found.fans["measure"] == TRADE_SHARE) & (found.fans["period"] == str(question.last))]
    for game in found.mine:
        way = game.way
        mine = fans[(fans["variant"] == way.variant) & (fans["kind"] == way.kind) & (fans["null"] == way.null)]
        table = plain_table()
        for power in found.record.powers:
            table.add_column(power, justify="right", no_wrap=True)
        for state in found.record.states:
            rows = mine[mine["state"] == state].set_index("partner")
            table.add_row(state, *(_fan(rows.loc[power]) for power in found.record.powers))
        console.print(f"\n{BOLD}{way.told}{END}: shares of turnover in {question.last}, points")
        console.print(table)
    console.print(f"\nNothing was scored: nothing that came after {question.origin} is at hand. {HOW_TO_SCORE}.\n")


def _fan(row: Any) -> str:
    return f"{100 * row['middle']:.0f} ({100 * row['low']:.0f}–{100 * row['high']:.0f})"


def print_ablation(found: "Ablation", file: TextIO | None = None) -> None:
    """Print whether all systems together gain anything, and then each."""
    from sim.analysis.hindcast.ablation import MEASURES, TOGETHER

    console = console_for(file)
    console.print()
    console.print(f"{BOLD}{found.sentence}{END}")
    console.print(f"{found.scenario.title} ({found.scenario.name}), {found.caption}; {CAUTION}")
    for note in found.notes:
        console.print(f"{DIM}Note: {note}.{END}")
    for measure in MEASURES:
        part = found.table[found.table["measure"] == measure]
        if not len(part):
            continue
        table = plain_table()
        for name in ("gain", "its interval", ""):
            table.add_column(name, justify="right" if name else "left", no_wrap=True)
        first = part["system"] == TOGETHER
        for row in [*part[first].itertuples(), *part[~first].sort_values("gain", ascending=False).itertuples()]:
            interval = f"{_percent(row.low)}…{_percent(row.high)}"
            table.add_row(str(row.system), _percent(row.gain), interval, str(row.says))
        figures, worth = part["count"].iloc[0], max(1, round(part["effective"].iloc[0]))
        console.print(f"\n{BOLD}{measure}{END}, {figures} figures, worth some {worth} independent ones")
        console.print(table)
    console.print(
        f"\n{DIM}Gain: 1 less the ratio of the mean CRPS with a system to that without it, on the same luck; its "
        f"interval holds {100 * found.level:.0f} %, states and partners drawn anew. Of so many intervals some lie to "
        f"one side of nought by chance alone.{END}\n"
    )


def _percent(part: float) -> str:
    return f"{100 * part:+.2f} %".replace("-", "−")
