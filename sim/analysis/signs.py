"""How sure the sign of each difference of a comparison is, and what of it a reader is told first.

Shares of outcome words are compared by the runs that changed (`sim.analysis.certainty`); for everything else the chance
that `sim.analysis.paired` finds is taken. Both are corrected for how many outcomes are looked at (Holm).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.certainty import Sureness, coin, sureness
from sim.analysis.paired import holm
from sim.model.variables import HEADLINES, OUTCOME, QUANTITIES

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.comparison import Comparison


def signs(comparison: Comparison) -> pd.DataFrame:
    """How sure the sign of each difference is, for outcome words and for what people ask for first.

    One row a scenario, state and outcome: `measure` is `outcome` with the `word`, or a measure with its `power`;
    `reference` and `mean`, `difference`, `moved` (share of runs that differ), `p` (by itself), `corrected` (for all
    rows of the scenario), `sure` (certain, likely, open or none) and `counts`: surer than open, and no smaller than the
    smallest difference of interest, as in `comparison.effects`.
    """
    import pandas as pd

    tables = []
    asked = [name for name in HEADLINES if name in QUANTITIES]
    for scenario in comparison.names[1:]:
        effects = comparison.effects
        mine = effects[(effects["scenario"] == scenario) & effects["measure"].isin(asked)]
        kept = ["state", "measure", "power", "reference", "mean", "difference", "moved", "p", "counts"]
        table = pd.concat([_words(comparison, scenario), mine[kept].assign(word="")], ignore_index=True)
        table.insert(0, "scenario", scenario)
        table["corrected"] = holm(table["p"].to_numpy(dtype=np.float64))
        sure = [sureness(p, moved) for p, moved in zip(table["corrected"], table["moved"], strict=True)]
        known = np.array([one in {Sureness.CERTAIN, Sureness.LIKELY} for one in sure])
        tables.append(table.assign(sure=[one.word for one in sure], counts=table["counts"].astype(bool) & known))
    columns = ["scenario", "state", "measure", "power", "word", "reference", "mean", "difference", "moved"]
    return pd.concat(tables, ignore_index=True)[[*columns, "p", "corrected", "sure", "counts"]]


def _words(comparison: Comparison, scenario: str) -> pd.DataFrame:
    """The shares of runs that end under each word, before and after, state by state."""
    import pandas as pd

    changes, rows = comparison.changes, []
    for state in comparison.states:
        mine = changes[(changes["scenario"] == scenario) & (changes["state"] == state)]
        total = int(mine["runs"].sum())
        for word in dict.fromkeys([*mine["before"], *mine["after"]]):
            before, after = mine["before"] == word, mine["after"] == word
            left, came = (int(mine.loc[one, "runs"].sum()) for one in (before & ~after, after & ~before))
            had, has = (int(mine.loc[one, "runs"].sum()) for one in (before, after))
            row = {"state": state, "measure": OUTCOME, "power": "", "word": word, "p": coin(left, came)}
            shares = {"reference": had / total, "mean": has / total, "difference": (has - had) / total}
            large = abs(has - had) / total >= comparison.least / 100.0
            rows.append(row | shares | {"moved": (left + came) / total, "counts": large})
    return pd.DataFrame(rows)


def told_first(table: pd.DataFrame) -> pd.DataFrame:
    """The row that says most about each scenario and state: the surest, and of those as sure the largest difference.

    table: of `signs`, of one sort of outcomes.
    """
    order = [one.word for one in Sureness]
    ranked = table.assign(rank=table["sure"].map(order.index), size=-table["difference"].abs())
    ranked = ranked.sort_values(["rank", "size"], kind="stable").drop_duplicates(["scenario", "state"])
    return ranked.sort_index().drop(columns=["rank", "size"])
