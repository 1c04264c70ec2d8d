"""Skill: 1 less the ratio of mean scores, by series, partner, state and horizon, with what it is worth."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.backtest.intervals import clusters_of, effective, skill_interval
from sim.analysis.backtest.opponents import OPPONENTS, column_of, main_of
from sim.analysis.backtest.rules import LEVELS
from sim.analysis.backtest.scoring import WHOLE_TIME
from sim.analysis.starting import HORIZON

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.9
"""How much of the resamples an interval holds."""

EVERY = "all"
ASKED_TIME = f"1-{HORIZON}"
"""The years ahead that the main question is about."""

WINS, TIES, LOSES, OPEN = "wins", "ties", "loses", "too few to say"


def skill_table(
    scores: "pd.DataFrame", vectors: "pd.DataFrame", groups: Mapping[str, Sequence[str]], level: float = LEVEL
) -> "pd.DataFrame":
    """One row a variant, kind, series, group of partners or states, horizon and opponent."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for table, vector in ((scores, False), (vectors, True)):
        if len(table):
            for (variant, kind, series), part in table.groupby(["variant", "kind", "series"], sort=False):
                about = {"variant": variant, "kind": kind, "series": series}
                for of, horizon, mine in _cuts(part, {} if vector else groups):
                    rows.extend(_rows(about | {"of": of, "horizon": horizon}, mine, level))
    return pd.DataFrame(rows)


def _cuts(part: "pd.DataFrame", groups: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, "pd.DataFrame"]]:
    """All rows of a series together, and by horizon, group of partners, partner and state."""
    asked = part["horizon"].isin([str(years) for years in range(1, HORIZON + 1)])
    near = part[asked] if asked.any() else part
    time = ASKED_TIME if asked.any() else WHOLE_TIME
    yield EVERY, time, near
    if len(near) < len(part):
        yield EVERY, WHOLE_TIME, part
    if asked.any():
        for horizon in sorted(set(part["horizon"]), key=int):
            yield EVERY, horizon, part[part["horizon"] == horizon]
    for group, powers in groups.items():
        yield f"{group} partners", time, near[near["partner"].isin(list(powers))]
    for column in ("partner", "state"):
        for code in sorted(set(near[column]) - {""}):
            yield code, time, near[near[column] == code]


def _rows(about: dict[str, Any], part: "pd.DataFrame", level: float) -> Iterator[dict[str, Any]]:
    """One row an opponent that has scores here."""
    for opponent in OPPONENTS:
        column = f"crps_{column_of(opponent)}"
        if column not in part:
            continue
        known = part[part[column].notna() & part["crps"].notna()]
        if len(known):
            main = main_of(str(known["measure"].iloc[0])) == opponent
            yield about | {"opponent": opponent} | _skill(known, column, level) | _covered(known, main)


def _skill(known: "pd.DataFrame", column: str, level: float) -> dict[str, Any]:
    """Mean scores, skill and its interval, and what the rows are worth."""
    mine, theirs = (known[name].to_numpy(dtype=np.float64) for name in ("crps", column))
    clusters = clusters_of(*(known[name].tolist() for name in ("state", "partner")))
    low, high = skill_interval(mine, theirs, clusters, level)
    whole = float(theirs.mean())
    return {
        "crps": float(mine.mean()),
        "crps_opponent": whole,
        "skill": 1.0 - float(mine.mean()) / whole if whole > 0.0 else np.nan,
        "low": low,
        "high": high,
        "says": word_for(low, high),
        "count": len(known),
        "effective": effective(theirs - mine, clusters),
    }


def word_for(low: float, high: float) -> str:
    """Whether the model wins: its whole interval lies above nought; loses: below; else it ties."""
    if not np.isfinite([low, high]).all():
        return OPEN
    if low > 0.0:
        return WINS
    return LOSES if high < 0.0 else TIES


def _covered(known: "pd.DataFrame", main: bool) -> dict[str, float]:
    """What intervals hold, of the model, and of the main opponent in its own row; logarithmic scores beside them."""
    names = [f"inside_{100 * level:.0f}" for level in LEVELS]
    told = [*names, *(f"interval_{100 * level:.0f}" for level in LEVELS), "log", "brier"]
    found: dict[str, float] = {}
    for name in told:
        found[name] = float(known[name].mean()) if name in known else np.nan
        theirs = f"{name}_main"
        found[f"{name}_opponent"] = float(known[theirs].mean()) if main and theirs in known else np.nan
    return found
