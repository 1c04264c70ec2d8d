"""Lines of one's own asked of scenarios that had the same luck: the share in each, and the paired difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.certainty import coin, sureness
from sim.analysis.paired import Floats, Resampling, holm, paired
from sim.batch.answers import truth_of
from sim.batch.asks import known_from_results, read_asks
from sim.io.errors import input_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sim.batch.results import Results


def ask_compared(
    results: Sequence[Results], names: Sequence[str], runs: int, level: float, asks: Sequence[str]
) -> pd.DataFrame:
    """What each scenario answers beside the reference, on the same luck.

    results, names: of the reference first, and what they are called; runs: how many are paired; level: how much the
    intervals of differences cover; asks: lines as `sim.batch.asks` reads them.

    Returns
    -------
    pandas.DataFrame
        One row a scenario other than the reference and a question: `scenario`, `ask`, `runs` (that are paired and can
        answer), `reference` and `share` (of these runs), `difference` with its interval `low` to `high`, `moved` (share
        of runs that answer otherwise), `p`, and `sure`: certain, likely, open or none.

    Raises
    ------
    sim.io.errors.InputError
        If a line is no question that all of the results can answer.
    """
    import pandas as pd

    if not asks:
        raise input_error("ask", "nothing is asked", allowed="a line such as: alignment STATE POWER > 30 %")
    read = [read_asks(asks, known_from_results(one), "ask") for one in results]
    rows = []
    for name, other, questions in list(zip(names, results, read, strict=True))[1:]:
        for ask, same in zip(questions, read[0], strict=True):
            truths = truth_of(results[0], same), truth_of(other, ask)
            paired_runs = min(runs, *(len(one) for one in truths))
            one, two = (truth[:paired_runs].astype(np.float64)[:, None] for truth in truths)
            lost, won = int(((one == 1.0) & (two == 0.0)).sum()), int(((one == 0.0) & (two == 1.0)).sum())
            row = {"scenario": name, "ask": ask.text, "runs": paired_runs, "reference": one.mean(), "share": two.mean()}
            row |= {
                "difference": (won - lost) / paired_runs,
                **_interval(one, two, int(results[0].manifest["seed"]), level),
            }
            rows.append(row | {"moved": (lost + won) / paired_runs, "p": coin(lost, won)})
    table = pd.DataFrame(rows)
    corrected = holm(table["p"].to_numpy(dtype=np.float64))
    sure = [sureness(p, moved).word for p, moved in zip(corrected, table["moved"], strict=True)]
    return table.assign(sure=sure)


def _interval(one: Floats, two: Floats, seed: int, level: float) -> dict[str, float]:
    """Between what the difference lies; nowhere in particular where there is one run."""
    if len(one) < 2:
        return {"low": np.nan, "high": np.nan}
    found = paired(one, two, Resampling(len(one), seed), level)
    return {"low": float(found.low[0]), "high": float(found.high[0])}
