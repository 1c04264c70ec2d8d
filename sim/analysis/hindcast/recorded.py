"""What the record itself has after an origin, as rows that can be scored: for trials that need no other data."""

from collections.abc import Iterator

import numpy as np

from sim.analysis.backtest.against import Against, Came
from sim.analysis.hindcast.draws import windows
from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, TURNOVER
from sim.analysis.record import Floats, Record

_MILLIONS = 1000.0  # in a bn
_NO_QUARTER, _NO_LINE = -1, 0


def recorded_after(record: Record, origin: int, last: int) -> Against:
    """Shares of turnover, trade, agreement and arms after the origin; shares of arms are those among the powers."""
    rows = [*_yearly(record, origin, last), *_arms(record, origin, last)]
    return Against(file="the record itself", rows=tuple(rows), left_out={}, remarks=())


def _yearly(record: Record, origin: int, last: int) -> Iterator[Came]:
    measures = {
        TRADE_SHARE: record.shares,
        TURNOVER: _MILLIONS * record.trade,
        AGREEMENT: record.agreement,
    }
    for measure, values in measures.items():
        for year in range(origin + 1, last + 1):
            yield from _pairs(record, measure, values[..., record.at(year)], year, year)


def _arms(record: Record, origin: int, last: int) -> Iterator[Came]:
    for first, end in windows(origin, last):
        if (first, end) in record.windows:
            arms = record.arms[..., record.windows.index((first, end))]
            whole = np.nansum(arms, axis=1, keepdims=True)
            some = whole > 0.0
            yield from _pairs(
                record, ARMS, np.where(some, np.nan_to_num(arms) / np.where(some, whole, 1.0), np.nan), first, end
            )


def _pairs(record: Record, measure: str, values: Floats, first: int, last: int) -> Iterator[Came]:
    """A row for each pair of which something is known."""
    for i, j in np.argwhere(np.isfinite(values)).tolist():
        yield Came(
            state=record.states[i],
            partner=record.powers[j],
            period=str(first) if first == last else f"{first}-{last}",
            first=first,
            last=last,
            quarter=_NO_QUARTER,
            measure=measure,
            value=float(values[i, j]),
            line=_NO_LINE,
        )
