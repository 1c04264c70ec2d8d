"""How sure a skill is: states and partners drawn anew, independently of each other, and what all rows are worth.

Rows of one state share its fate, rows of one partner its, so neither are independent observations. Years are not drawn
anew: what came is one stretch of years, and a shock that hit all of it is in every row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.record import Floats, resamples

Places = NDArray[np.int64]

TIMES = 1000
LEAST = 4
"""States, or partners, of which there must be so many for an interval: two or three drawn anew say next to nothing."""

_STATES, _PARTNERS = 0, 1  # seeds, so that the two are drawn independently


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """Whom the rows of a comparison are about: place of the state and of the partner of each [N]."""

    states: Places
    partners: Places

    @property
    def counts(self) -> tuple[int, int]:
        """How many states and partners there are."""
        return len(set(self.states.tolist())), len(set(self.partners.tolist()))


def clusters_of(states: Sequence[str], partners: Sequence[str]) -> Clusters:
    """Places by name, so that the order of rows decides nothing."""
    one, two = (np.unique(np.array(list(names), dtype=str), return_inverse=True)[1] for names in (states, partners))
    return Clusters(states=one.astype(np.int64), partners=two.astype(np.int64))


def weights_of(clusters: Clusters, times: int = TIMES) -> Floats:
    """How often each row is drawn [times, N]: as often as its state times as often as its partner."""
    drawn = np.ones((times, len(clusters.states)))
    for seed, places in ((_STATES, clusters.states), (_PARTNERS, clusters.partners)):
        count = int(places.max()) + 1 if len(places) else 0
        if count > 1:
            again = resamples(count, times, seed)
            often = np.stack([(again == place).sum(axis=1) for place in range(count)], axis=1)
            drawn *= often[:, places]
    return drawn


def skill_interval(mine: Floats, theirs: Floats, clusters: Clusters, level: float) -> tuple[float, float]:
    """The middle `level` of 1 less the ratio of two mean scores, over resamples; nan where too few would be drawn."""
    if max(clusters.counts) < LEAST:
        return np.nan, np.nan
    drawn = weights_of(clusters)
    whole = drawn @ theirs
    fine = whole > 0.0
    if not fine.any():
        return np.nan, np.nan
    skills = 1.0 - (drawn @ mine)[fine] / whole[fine]
    low, high = np.quantile(skills, [(1.0 - level) / 2, (1.0 + level) / 2])
    return float(low), float(high)


def effective(differences: Floats, clusters: Clusters) -> float:
    """How many independent rows the mean of some differences of scores is known as well as: 1 to their number.

    Their number, times the variance that the mean would have were all independent over the one that it has when states
    and partners are drawn anew.
    """
    count = len(differences)
    rest = differences - differences.mean()
    alone = float((rest**2).sum()) / max(count - 1, 1) / count
    drawn = weights_of(clusters)
    whole = drawn.sum(axis=1)
    fine = whole > 0.0
    together = float(np.var((drawn @ rest)[fine] / whole[fine])) if fine.any() else 0.0
    return float(np.clip(count * alone / together, 1.0, count)) if together > 0.0 else float(count)
