"""What runs would leave in the record: yearly shares, trade, agreement and votes, and arms by windows of years.

The model's own quantities are not what statistics print. Here each measure of the record has its counterpart, worked
out in one place for whatever is fitted to the record or scored by it:

- `trade_share_of_turnover`: trade with a power over that with everybody, means of a year, each pair and year seen with
  the error that figures have (`sim.analysis.record`).
- `trade_turnover`: the same trade in million dollars of the year. The model reckons in dollars of its first year, so a
  yearly inflation of dollars is assumed (`INFLATION`).
- `un_agreement`: agreement at the end of the year. The Assembly meets in autumn and the record counts the votes of that
  session, while the first three quarters of a year still carry those of the session before.
- `arms_supplier_share`: security delivered over a window of years, to a power (few contracts make a supplier's figures
  larger or smaller than its ties), as parts of what all powers of the model deliver. Suppliers outside it are left out.
- `vote_*`: how a state answers a vote that divides the powers: yes 1, abstains 0.5, no 0; nan where it stays away, or
  no vote is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.analysis.record import Floats, observed_trade
from sim.engine.block import Block
from sim.engine.observing import DOLLAR_INFLATION, in_dollars_of
from sim.evidence.history import History
from sim.model.rules.diplomacy import ABSTAINS, NO, YES

TRADE_SHARE = "trade_share_of_turnover"
TURNOVER = "trade_turnover"
ARMS = "arms_supplier_share"
AGREEMENT = "un_agreement"
VOTE = "vote_"
"""What a vote is called begins with it."""

INFLATION = DOLLAR_INFLATION
"""The same with which a run is set to the record, so that what is set is what is read."""

ANSWERS = {YES: 1.0, ABSTAINS: 0.5, NO: 0.0}
"""What an answer counts for in the record; who stays away has none."""

_MILLIONS = 1000.0  # in a bn
_QUARTERS = 4


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What R runs would leave in the record of Y whole years and T quarters; I states, J powers."""

    first: int  # number of the first run
    states: tuple[str, ...]
    powers: tuple[str, ...]
    years: tuple[int, ...]
    quarters: tuple[int, ...]  # [T] year * 4 + quarter - 1, all that were played
    trade: Floats  # [R, I, J, Y] million USD, as recorded, in dollars of the year
    rest: Floats  # [R, I, Y] million USD, with all who are no agents, in dollars of the year
    agreement: Floats  # [R, I, J, Y] 0..1, of the session of the year
    delivered: Floats  # [R, I, J, Y] index points of security a year
    output: Floats  # [R, I, Y] bn USD a year, at prices of the first year
    votes: Floats  # [R, I, T] 1 yes, 0.5 abstains, 0 no, nan away or no vote

    @property
    def turnover(self) -> Floats:
        """Goods trade of a state with everybody [R, I, Y], million USD of the year."""
        whole: Floats = self.trade.sum(axis=2) + self.rest
        return whole

    @property
    def shares(self) -> Floats:
        """Shares of goods turnover [R, I, J, Y], 0..1."""
        shares: Floats = self.trade / self.turnover[:, :, None, :]
        return shares

    def arms_shares(self, first: int, last: int, exponent: float | Floats = 1.0) -> Floats:
        """Shares of the powers in the arms a state is delivered from one year to another, both included [R, I, J].

        exponent: one number, or one a run [R]; nan where nobody delivers anything, or a year was not played.
        """
        wanted = range(first, last + 1)
        if not set(wanted) <= set(self.years):
            return np.full(self.delivered.shape[:3], np.nan)
        window = self.delivered[..., self.years.index(first) : self.years.index(last) + 1].sum(axis=-1)
        return _parts(window, np.asarray(exponent, dtype=np.float64))

    def answers(self, quarter: int) -> Floats:
        """Answers to the vote of a quarter [R, I]: 1 yes, 0.5 abstains, 0 no, nan for away, or where none is held."""
        if quarter not in self.quarters:
            return np.full(self.votes.shape[:2], np.nan)
        return self.votes[..., self.quarters.index(quarter)]


def observe(block: Block, history: History, seed: int, dollars_of: int | None = None) -> Observed:
    """What the runs of a block would leave in the record.

    Parameters
    ----------
    block
        Runs with every quarter (not thinned); years of which a quarter is missing are left out.
    history
        By its classes of partners, with what error trade is recorded; a power that no class names is seen as it is.
    seed
        With the number of a run it addresses the errors, so a run is seen alike whatever block it comes in.
    dollars_of
        The year of whose dollars the runs speak; the first that was played unless told otherwise.
    """
    years, cut = _whole_years(block.quarters)
    if dollars_of is None:
        dollars_of = block.quarters[0] // _QUARTERS
    prices = np.array([in_dollars_of(dollars_of, year) for year in years])
    errors = np.array([history.error_of(code) for code in block.powers])
    trade = _by_year(block.power_measure("trade"), cut).mean(axis=-1)
    seen = observed_trade(trade, errors, seed, (block.states, block.powers), block.first)
    codes = np.moveaxis(block.state_measure("vote"), 1, -1)
    votes = np.full(codes.shape, np.nan)
    for code, worth in ANSWERS.items():
        votes[codes == code] = worth
    return Observed(
        first=block.first,
        states=block.states,
        powers=block.powers,
        years=years,
        quarters=block.quarters,
        trade=_MILLIONS * prices * seen,
        rest=_MILLIONS * prices * _by_year(block.state_measure("trade_rest"), cut).mean(axis=-1),
        agreement=np.ascontiguousarray(_by_year(block.power_measure("un_agreement"), cut)[..., -1]),
        delivered=_by_year(block.power_measure("arms"), cut).sum(axis=-1),
        output=_by_year(block.state_measure("output"), cut).mean(axis=-1),
        votes=votes,
    )


def joined(parts: Sequence[Observed]) -> Observed:
    """Runs of several blocks one after the other, in the order of their numbers.

    Raises
    ------
    ValueError
        If the blocks are not of the same states, powers and quarters.
    """
    ordered = sorted(parts, key=lambda part: part.first)
    head = ordered[0]
    same = ("states", "powers", "years", "quarters")
    if any(getattr(part, name) != getattr(head, name) for part in ordered for name in same):
        raise ValueError("only runs of the same states, powers and quarters can be put together")
    arrays = [name for name in Observed.__dataclass_fields__ if name not in ("first", *same)]
    whole: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in ordered]) for name in arrays}
    return replace(head, **whole)


def _whole_years(quarters: tuple[int, ...]) -> tuple[tuple[int, ...], slice]:
    """The calendar years all of whose quarters were played, and which quarters those are."""
    first = -quarters[0] % _QUARTERS
    count = max(len(quarters) - first, 0) // _QUARTERS
    years = tuple((quarters[0] + first) // _QUARTERS + place for place in range(count))
    return years, slice(first, first + _QUARTERS * count)


def _by_year(values: Floats, cut: slice) -> Floats:
    """Values by quarter [R, T, ...] as years and their quarters [R, ..., Y, 4]."""
    kept = np.moveaxis(values[:, cut], 1, -1)
    return kept.reshape(*kept.shape[:-1], -1, _QUARTERS)


def _parts(delivered: Floats, exponent: Floats) -> Floats:
    """What is delivered [R, I, J], to a power, as parts of a whole over the powers; nan where nothing is."""
    most = delivered.max(axis=2, keepdims=True)
    some = most > 0.0
    raised = np.where(some, delivered / np.where(some, most, 1.0), np.nan)
    raised = raised ** np.reshape(exponent, (-1, 1, 1))
    parts: Floats = raised / raised.sum(axis=2, keepdims=True)
    return parts
