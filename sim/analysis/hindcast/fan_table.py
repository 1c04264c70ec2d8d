"""What fans say, in short: the middle and the ends of each, for a person to read where nothing has come yet."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.hindcast.draws import Cells, cells_of
from sim.analysis.hindcast.playing import Game

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = {"low": 0.05, "low_half": 0.25, "middle": 0.5, "high_half": 0.75, "high": 0.95}


def fan_table(
    games: Sequence[Game], origin: int, last: int, votes: Sequence[int], spans: Sequence[tuple[int, int]] = ()
) -> "pd.DataFrame":
    """The middle, the middle half and the middle 90 % of every fan; for votes the chance of each answer as well.

    Columns: variant, kind, null, state, partner, period, measure, low, low_half, middle, high_half, high, and yes, no
    and away (0..1; nan for what is no vote).
    """
    import pandas as pd

    return pd.DataFrame([row for game in games for row in _rows(game, cells_of(game, origin, last, votes, spans))])


def _rows(game: Game, found: Iterable[Cells]) -> Iterator[dict[str, Any]]:
    way = {"variant": game.way.variant, "kind": game.way.kind, "null": game.way.null}
    for cells in found:
        by_partner = cells.values.ndim == 3
        for i, state in enumerate(game.seen.states):
            for j, partner in enumerate(game.seen.powers if by_partner else ("",)):
                values = cells.values[:, i, j] if by_partner else cells.values[:, i]
                about = {"state": state, "partner": partner, "period": cells.period, "measure": cells.measure}
                known = values[np.isfinite(values)]
                ends = np.quantile(known, list(QUANTILES.values())) if len(known) else [np.nan] * len(QUANTILES)
                answers = dict.fromkeys(("yes", "no", "away"), np.nan) if by_partner else _answers(values)
                yield {**way, **about, **dict(zip(QUANTILES, map(float, ends), strict=True)), **answers}


def _answers(values: Any) -> dict[str, float]:
    """How often a state says yes or no, or stays away; abstaining is the rest."""
    return {
        "yes": float((values == 1.0).mean()),
        "no": float((values == 0.0).mean()),
        "away": float(np.isnan(values).mean()),
    }
