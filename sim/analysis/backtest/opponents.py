"""Opponents: fans that anybody could have made at the origin, from the record up to it and from nothing after it.

The one that is hard to beat is persistence with a random-walk fan: a share stays what it was, as uncertain as pairs
like it have been. The others are its middle alone, the same with its trend, and with what gravity adds. Arms, agreement
and votes have opponents of their own kind. The null model, the same worlds with everything switched off but growth and
noise, is played and not fitted; it comes as draws.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.analysis.backtest.against import Came
from sim.analysis.backtest.gravity import Drifts, drifts_of
from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, TURNOVER
from sim.analysis.record import Floats, Record
from sim.analysis.scores import LOGS, ODDS, Scale, fan
from sim.analysis.starting import TRAILING
from sim.evidence.history import History
from sim.evidence.record_forms import WINDOW

WALK = "random-walk fan"
PERSISTENCE = "persistence"
TREND = "trend"
GRAVITY = "gravity drift"
POOLED = "pooled windows"
ABSTAINS = "always abstains"
EVEN = "even odds"
NULL = "null model"
OPPONENTS = (WALK, PERSISTENCE, TREND, GRAVITY, POOLED, ABSTAINS, EVEN, NULL)

_MILLIONS = 1000.0  # in a bn
_EDGE = 0.005  # agreement is kept so far from 0 and 1: a year without a quarrel is not the end of quarrels


def main_of(measure: str) -> str:
    """The opponent that a measure is judged by."""
    return WALK if measure in (TRADE_SHARE, TURNOVER, AGREEMENT, ARMS) else ABSTAINS


def column_of(opponent: str) -> str:
    """An opponent as columns call it."""
    return opponent.replace("-", "_").replace(" ", "_")


@dataclass(frozen=True, kw_only=True)
class Opponents:
    """What each opponent says of I states and J powers in the years after the origin; the record ends there."""

    history: History
    record: Record  # up to the origin, whatever it had after it
    horizons: int

    @property
    def origin(self) -> int:
        """The last year that opponents know."""
        return self.record.years[-1]

    def fans(self, came: Came) -> dict[str, Floats]:
        """Members of each opponent's fan for one thing that came; an opponent that cannot say anything is left out."""
        if came.is_vote:
            return {ABSTAINS: np.array([0.5]), EVEN: np.array([0.0, 0.5, 1.0])}
        i = self.record.states.index(came.state) if came.state in self.record.states else -1
        j = self.record.powers.index(came.partner) if came.partner in self.record.powers else -1
        if i < 0 or (j < 0 and came.partner):
            return {}
        if came.measure == ARMS:
            return self._arms_fans(i, j, came.first)
        found = {name: fans[:, i, max(j, 0), came.last - self.origin - 1] for name, fans in self._yearly(came).items()}
        return {name: members for name, members in found.items() if np.isfinite(members).all()}

    def _yearly(self, came: Came) -> dict[str, Floats]:
        if came.measure == TRADE_SHARE:
            return self._shares
        if came.measure == AGREEMENT:
            return self._agreements
        return self._trades if came.partner else self._turnovers

    # --- trade and agreement -----------------------------------------------------------------------------------------

    @cached_property
    def drifts(self) -> Drifts:
        """What gravity adds."""
        return drifts_of(self.record, self.origin, self.horizons)

    @cached_property
    def _classes(self) -> list[list[int]]:
        """Places of powers that are observed alike; those of no class make one."""
        named = [self.record.members([code for code in one.powers if code in self.record.powers])
                 for one in self.history.classes]  # fmt: skip
        rest = [j for j in range(len(self.record.powers)) if not any(j in one for one in named)]
        return [one for one in (*named, rest) if one]

    @cached_property
    def _shares(self) -> dict[str, Floats]:
        return self._walks(self.record.shares, ODDS, self._classes, self.drifts.odds)

    @cached_property
    def _trades(self) -> dict[str, Floats]:
        return self._walks(_MILLIONS * self.record.trade, LOGS, self._classes, self.drifts.trade)

    @cached_property
    def _turnovers(self) -> dict[str, Floats]:
        return self._walks(_MILLIONS * self.record.turnover[:, None], LOGS, [[0]], self.drifts.turnover)

    @cached_property
    def _agreements(self) -> dict[str, Floats]:
        seen = np.clip(self.record.agreement, _EDGE, 1.0 - _EDGE)
        alike = [[j] for j in range(len(self.record.powers))]  # with some there is more to disagree about
        return self._walks(seen, ODDS, alike, None)

    def _walks(self, past: Floats, scale: Scale, classes: list[list[int]], drift: Floats | None) -> dict[str, Floats]:
        """Fans [members, I, J, H] of those that walk from where things are."""
        found = {
            WALK: fan(past, self.horizons, classes, scale=scale),
            PERSISTENCE: np.repeat(past[None, ..., -1:], self.horizons, axis=-1),
            TREND: fan(past, self.horizons, classes, TRAILING, scale=scale),
        }
        return (
            found if drift is None else found | {GRAVITY: fan(past, self.horizons, classes, scale=scale, drift=drift)}
        )

    # --- arms --------------------------------------------------------------------------------------------------------

    @cached_property
    def _arms(self) -> Floats:
        """Shares of the powers in what they delivered in each window [I, J, W]; nan where nothing was."""
        arms = np.nan_to_num(self.record.arms)
        whole = arms.sum(axis=1, keepdims=True)
        return np.where(whole > 0.0, arms / np.where(whole > 0.0, whole, 1.0), np.nan)

    def _arms_fans(self, i: int, j: int, first: int) -> dict[str, Floats]:
        """The share of the last window, if it ended not long before; the same with all changes; and all windows."""
        windows, mine = self.record.windows, self._arms[:, j]
        pooled = mine[np.isfinite(mine)]
        found = {POOLED: np.sort(pooled)} if pooled.size else {}
        if not windows or not 0 < first - windows[-1][1] < WINDOW or not np.isfinite(mine[i, -1]):
            return found
        now = mine[i, -1:]
        next_to = [place for place in range(1, len(windows)) if windows[place][0] == windows[place - 1][1] + 1]
        moved = np.concatenate([mine[:, place] - mine[:, place - 1] for place in next_to] or [np.empty(0)])
        moved = moved[np.isfinite(moved)]
        walked = np.clip(np.concatenate([now + moved, now - moved]), 0.0, 1.0) if moved.size else now
        return {WALK: np.sort(walked), PERSISTENCE: now, **found}
