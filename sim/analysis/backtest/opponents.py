"""Opponents: fans that anybody could have made at the origin, from the record up to it and from nothing after it.

The one that is hard to beat is persistence with a random-walk fan: a share stays what it was, as uncertain as pairs
like it have been. The others are its middle alone, the same with its trend, and with what gravity adds. Arms, agreement
and votes have opponents of their own kind. The null model, the same worlds with everything switched off but growth and
noise, is played and not fitted; it comes as draws.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.analysis.backtest.against import Came
from sim.analysis.backtest.gravity import Drifts, drifts_of
from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, TURNOVER
from sim.analysis.record import Floats, Record
from sim.analysis.scores import LOGS, ODDS, Scale, fan
from sim.analysis.starting import TRAILING
from sim.evidence.history import History

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
_WINDOW = 5  # years


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
        seen = by_year(self.history, AGREEMENT, self.record)
        alike = [[j] for j in range(len(self.record.powers))]  # with some there is more to disagree about
        return self._walks(np.clip(seen, _EDGE, 1.0 - _EDGE), ODDS, alike, None)

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
    def _windows(self) -> tuple[tuple[int, ...], Floats]:
        """Last years of windows, and shares of arms in them [I, J, W]; nan where nothing was delivered."""
        return arms_windows(self.history, self.record)

    def _arms_fans(self, i: int, j: int, first: int) -> dict[str, Floats]:
        """The share of the last window; the same with the changes there have been; and all windows there have been."""
        ends, shares = self._windows
        mine = shares[:, j]
        pooled = mine[np.isfinite(mine)]
        found = {POOLED: np.sort(pooled)} if pooled.size else {}
        if not ends or ends[-1] != first - 1 or not np.isfinite(mine[i, -1]):
            return found
        now = mine[i, -1:]
        together = [place for place in range(1, len(ends)) if ends[place] - ends[place - 1] == _WINDOW]
        moved = np.concatenate([mine[:, place] - mine[:, place - 1] for place in together] or [np.empty(0)])
        moved = moved[np.isfinite(moved)]
        walked = np.clip(np.concatenate([now + moved, now - moved]), 0.0, 1.0) if moved.size else now
        return {WALK: np.sort(walked), PERSISTENCE: now, **found}


def by_year(history: History, measure: str, record: Record) -> Floats:
    """A measure of pairs as the record has it, [I, J, Y]; nan where nothing is known."""
    found = np.full(record.trade.shape, np.nan)
    for row in history.rows:
        inside = row.state in record.states and row.partner in record.powers and row.period in record.years
        if row.measure == measure and inside:
            place = (record.states.index(row.state), record.powers.index(row.partner), record.at(row.period))
            found[place] = row.value
    return found


def arms_windows(history: History, record: Record) -> tuple[tuple[int, ...], Floats]:
    """Shares of the powers in the arms that states were delivered, by windows that end by the origin [I, J, W]."""
    rows = [row for row in history.rows if row.measure == "arms" and row.period <= record.years[-1]]
    ends = tuple(sorted({row.period for row in rows}))
    found = np.zeros((len(record.states), len(record.powers), len(ends)))
    for row in rows:
        if row.state in record.states and row.partner in record.powers:
            found[record.states.index(row.state), record.powers.index(row.partner), ends.index(row.period)] += row.value
    whole = found.sum(axis=1, keepdims=True)
    return ends, np.where(whole > 0.0, found / np.where(whole > 0.0, whole, 1.0), np.nan)


def up_to(record: Record, origin: int) -> Record:
    """The record as it stood at the end of a year."""
    kept = record.at(origin) + 1
    arrays = {name: value for name, value in vars(record).items() if isinstance(value, np.ndarray) and name != "shares"}
    known: dict[str, Any] = {name: value[..., :kept] for name, value in arrays.items()}
    return replace(record, years=record.years[:kept], **known)
