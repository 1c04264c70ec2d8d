"""Draws of fans as a table that anybody can score: one row a state, partner, period, measure and draw.

Draws are whole runs: what has the same number in the column `draw` has come about in the same world, so vectors and
paths hang together.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.hindcast.playing import Game
from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, TURNOVER, VOTE
from sim.evidence.record_forms import WINDOW
from sim.scenario.calendar import quarter_text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

_DIGITS = {TURNOVER: 2}  # decimals that are kept, million USD
_SHARE_DIGITS = 5  # and of parts of one


class Cells(NamedTuple):
    """Draws of one measure in one period: [R, I] of states, or [R, I, J] by partner."""

    measure: str
    period: str
    values: Floats


def windows(origin: int, last: int) -> Iterator[tuple[int, int]]:
    """The windows of five years for arms that lie wholly after the origin: 2010-2014, 2015-2019 and so on."""
    first = origin + 1 + (-(origin + 1)) % WINDOW
    while first + WINDOW - 1 <= last:
        yield first, first + WINDOW - 1
        first += WINDOW


def vote_name(quarter: int) -> str:
    """What the vote of a quarter is called where nobody has named it."""
    return f"{VOTE}{quarter_text(quarter).lower()}"


def cells_of(
    game: Game, origin: int, last: int, votes: Sequence[int], spans: Sequence[tuple[int, int]] = ()
) -> Iterator[Cells]:
    """All that one way foretells of the years after the origin; spans: windows of arms beside the usual ones."""
    yield from yearly_cells(game, origin, last, (TRADE_SHARE, TURNOVER, AGREEMENT))
    yield from arms_and_votes(game, list(dict.fromkeys((*windows(origin, last), *spans))), votes)


def yearly_cells(game: Game, origin: int, last: int, measures: Sequence[str]) -> Iterator[Cells]:
    """What is foretold of each year after the origin."""
    seen = game.seen
    by_year = {TRADE_SHARE: seen.shares, TURNOVER: seen.trade, AGREEMENT: seen.agreement}
    for measure in measures:
        for year in range(origin + 1, last + 1):
            yield Cells(measure, str(year), by_year[measure][..., seen.years.index(year)])


def arms_and_votes(game: Game, spans: Sequence[tuple[int, int]], votes: Sequence[int]) -> Iterator[Cells]:
    """What is foretold of arms over spans of years, first and last of each, and of votes by quarter."""
    seen = game.seen
    for first, end in spans:
        yield Cells(ARMS, f"{first}-{end}", seen.arms_shares(first, end, game.exponent))
    for quarter in votes:
        yield Cells(vote_name(quarter), quarter_text(quarter), seen.answers(quarter))


def draws_table(
    games: Sequence[Game],
    origin: int,
    last: int,
    votes: Sequence[int],
    draws: int,
    spans: Sequence[tuple[int, int]] = (),
) -> "pd.DataFrame":
    """The first draws of some ways; variant and kind say which way. `spans`: as in `cells_of`.

    Columns: variant, kind, state, partner, period, measure, draw (0, 1, ...), value: parts of one for shares and
    agreement, million USD of the year for turnover, and for votes 1 yes, 0.5 abstains, 0 no, empty for who stays away.
    """
    return table_of(((game, cells) for game in games for cells in cells_of(game, origin, last, votes, spans)), draws)


def table_of(found: Iterable[tuple[Game, Cells]], draws: int) -> "pd.DataFrame":
    """The first draws of some cells, in the columns of `draws_table`."""
    import pandas as pd

    parts = []
    for game, cells in found:
        part = _part(game, cells, min(draws, game.runs))
        part.insert(0, "variant", game.way.variant)
        part.insert(1, "kind", game.way.kind)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    words = ("variant", "kind", "state", "partner", "period", "measure")
    return table.astype(dict.fromkeys(words, "category"))


def _part(game: Game, cells: Cells, draws: int) -> "pd.DataFrame":
    """Rows in the order of states, partners and draws."""
    import pandas as pd

    states = game.seen.states
    partners = game.seen.powers if cells.values.ndim == 3 else ("",)
    values = np.moveaxis(cells.values[:draws].reshape(draws, len(states), len(partners)), 0, -1)
    digits = _DIGITS.get(cells.measure, _SHARE_DIGITS)
    return pd.DataFrame(
        {
            "state": np.repeat(states, len(partners) * draws),
            "partner": np.tile(np.repeat(partners, draws), len(states)),
            "period": cells.period,
            "measure": cells.measure,
            "draw": np.tile(np.arange(draws, dtype=np.int32), len(states) * len(partners)),
            "value": np.round(values.ravel(), digits),
        }
    )
