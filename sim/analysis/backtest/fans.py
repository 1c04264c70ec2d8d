"""Draws of runs as fans: one array of members for each thing that may come, by variant and kind of run.

A table of draws has the columns state, partner, period, measure, draw and value (`draws.parquet`), and `variant` and
`kind` where it holds several. An answer of nan is that of a state that stays away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.backtest.against import Came
from sim.analysis.backtest.cells import period_of
from sim.analysis.observed import ARMS, VOTE
from sim.analysis.record import Floats

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, str, str, str]  # state, partner, period, measure
Question = tuple[str, str]  # variant and kind of run

ABOUT = ("state", "partner", "period", "measure")
ASKED = ("variant", "kind")
NEITHER = 0.5
_LEAST = 0.5  # of the runs that must deliver arms, for shares of them to mean something


@dataclass(frozen=True, kw_only=True)
class Fans:
    """Members by what they are about, of one variant and kind of run."""

    members: Mapping[Key, Floats]
    votes: Mapping[tuple[str, str], tuple[str, ...]]  # state and period -> measures, for votes
    quarters: Mapping[tuple[str, int], tuple[Key, ...]]  # state and quarter -> votes held in it

    def of(self, came: Came) -> Floats | None:
        """Members [M] for one thing that came, None where runs say nothing about it.

        A vote is found by its day, else by its quarter if one vote alone is held in it: the model votes once a quarter.
        """
        if not came.is_vote:
            return self.members.get(came.key)
        named = self.votes.get((came.state, came.period), ())
        if came.measure in named or len(named) == 1:
            return self.members[came.state, "", came.period, came.measure if came.measure in named else named[0]]
        held = self.quarters.get((came.state, came.quarter), ())
        return self.members[held[0]] if len(held) == 1 and not named else None


def fans_of(draws: "pd.DataFrame") -> dict[Question, Fans]:
    """Fans by variant and kind of run; both are "" for a table without such columns.

    Raises
    ------
    ValueError
        If a column is missing, a draw stands twice, or a value is not finite (but for votes, and arms nobody delivers).
    """
    missing = [name for name in (*ABOUT, "draw", "value") if name not in draws.columns]
    if missing:
        raise ValueError(f"a table of draws lacks {', '.join(missing)}")
    asked = [name for name in ASKED if name in draws.columns]
    ordered = draws.sort_values("draw", kind="stable")
    found: dict[Question, dict[Key, Floats]] = {}
    for names, part in ordered.groupby([*asked, *ABOUT], observed=True, sort=False, dropna=False):
        told = [name if isinstance(name, str) else "" for name in names]
        question = (*told[: len(asked)], "", "")[:2]
        if part["draw"].duplicated().any():
            raise ValueError(f"a draw of {' '.join(told)} stands twice")
        key = (told[-4], told[-3], told[-2], told[-1])
        members = _members(key, part["value"].to_numpy(dtype=np.float64))
        if members is not None:
            found.setdefault((question[0], question[1]), {})[key] = members
    return {question: _fans(members) for question, members in found.items()}


def _members(key: Key, values: Floats) -> Floats | None:
    """Values as members: away counts as neither, arms that nobody delivers have no shares."""
    known = np.isfinite(values)
    if key[3].startswith(VOTE):
        return np.where(known, values, NEITHER)
    if key[3] == ARMS:
        return values[known] if known.mean() >= _LEAST else None
    if not known.all():
        raise ValueError(f"a draw of {' '.join(key)} is not finite")
    return values


def _fans(members: Mapping[Key, Floats]) -> Fans:
    votes: dict[tuple[str, str], tuple[str, ...]] = {}
    quarters: dict[tuple[str, int], tuple[Key, ...]] = {}
    for key in members:
        state, _, when, measure = key
        if measure.startswith(VOTE):
            votes[state, when] = (*votes.get((state, when), ()), measure)
            period = period_of(when, votes=True)
            if period is not None and period.quarter >= 0:
                quarters[state, period.quarter] = (*quarters.get((state, period.quarter), ()), key)
    return Fans(members=members, votes=votes, quarters=quarters)
