"""What differs between scenarios in sentences, one an outcome: for readers who want no table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.analysis.comparison import Comparison
from sim.analysis.effect_tables import shown_outcomes
from sim.analysis.kept_comparison import KeptComparison
from sim.io.text import capital, listing
from sim.model.variables import BY_NAME, OUTCOME_CHANGED, in_words, percent_scale

if TYPE_CHECKING:
    import pandas as pd


def told_differences(comparison: Comparison | KeptComparison, scenario: str) -> list[str]:
    """One sentence for each outcome on show that differs by enough to count, and one for those that do not.

    scenario: one of `comparison.names` but the first.
    """
    effects = comparison.effects[comparison.effects["scenario"] == scenario]
    said, still = [], []
    for measure, power in shown_outcomes(effects, list(comparison.powers)):
        if measure == OUTCOME_CHANGED:
            continue
        name = outcome_told(measure, power, comparison.powers)
        mine = effects[(effects["measure"] == measure) & (effects["power"] == power)]
        counted = mine[mine["counts"]]
        if counted.empty:
            still.append(name)
        else:
            said.append(_sentence(name, measure, counted, comparison.states, len(mine)))
    if still:
        said.append(f"Nothing that counts differs in {listing(still)}.")
    return said


def outcome_told(measure: str, power: str, powers: Mapping[str, str]) -> str:
    """What an outcome is called in a sentence, with the name of the power that it is about."""
    if not power:
        return in_words(measure)
    return f"{in_words(measure)} {'with' if measure == 'alignment' else 'of'} {powers[power]}"


def _sentence(name: str, measure: str, rows: "pd.DataFrame", states: Mapping[str, str], of: int) -> str:
    """What is higher in which states, and lower in which, by how much, and how sure that is."""
    ways = [
        f"{way} in {listing(_by(row, measure, states) for row in mine.itertuples())}"
        for way, mine in (("higher", rows[rows["difference"] > 0]), ("lower", rows[rows["difference"] < 0]))
        if len(mine)
    ]
    elsewhere = "; elsewhere the difference does not count" if of > len(rows) else ""
    return capital(f"{name}: {', and '.join(ways)}{elsewhere}.")


def _by(row: Any, measure: str, states: Mapping[str, str]) -> str:
    """The state, by how much it differs, and how sure that is: the smaller end of the interval first."""
    scale = percent_scale(measure)
    size, low, high = (scale * float(value) for value in (row.difference, row.low, row.high))
    ends = sorted((low, high)) if size > 0 else sorted((-low, -high))
    return (
        f"{states[str(row.state)]} by {_number(abs(size))}{_unit(measure)} ({_number(ends[0])} to {_number(ends[1])})"
    )


def _number(value: float) -> str:
    """A size with three digits that mean something, and no minus nought."""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", "−")


def _unit(measure: str) -> str:
    known = BY_NAME.get(measure)
    if known is None or known.percent:
        return "" if known is None else " points"
    return {"0..100": " points", "0..1": "", "0 or 1": "", "powers": ""}.get(known.unit, f" {known.unit}")
