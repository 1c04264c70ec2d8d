"""Every thing that came, scored: one row for each beside each variant and kind of run, with all opponents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.backtest.against import Against, Came
from sim.analysis.backtest.fans import NEITHER, Fans, Key, Question, fans_of
from sim.analysis.backtest.opponents import NULL, OPPONENTS, PERSISTENCE, Opponents, column_of, main_of
from sim.analysis.backtest.rules import (
    LEVELS,
    brier_of,
    crps_of,
    energy_of,
    interval_of,
    interval_score,
    log_score,
    pit_of,
    scale_of,
)
from sim.analysis.observed import ARMS, TRADE_SHARE, VOTE
from sim.analysis.record import Floats, addressed, shuffled
from sim.io.errors import listed

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of each fan that a table tells."""

WHOLE_TIME = "all"
VECTORS = f"{TRADE_SHARE}, whole vectors"
VOTES = "votes"
_NO_FAN = "runs say nothing of it"
_MOST_PERIODS = 6  # that are named
_LEAST_PARTS = 2  # of a vector


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Rows of scores, rows of vectors, and what could not be scored, by reason."""

    scores: "pd.DataFrame"
    vectors: "pd.DataFrame"
    left_out: Mapping[str, int]


def score_all(
    draws: "pd.DataFrame", against: Against, opponents: Opponents, null: "pd.DataFrame | None" = None
) -> Scored:
    """Score every row of `against` by the fans of the draws and by each opponent; the null model comes as draws."""
    import pandas as pd

    fans, nulls = fans_of(draws), {} if null is None else fans_of(null)
    unheard: dict[Key, list[Question]] = {}
    rows: list[dict[str, Any]] = []
    vectors: list[dict[str, Any]] = []
    theirs = {came.key: opponents.fans(came) for came in against.rows}
    for question, mine in fans.items():
        beside = nulls.get(question)
        for came in against.rows:
            members = mine.of(came)
            if members is None:
                unheard.setdefault(came.key, []).append(question)
                continue
            fan_of = dict(theirs[came.key])
            unmoved = None if beside is None else beside.of(came)
            if unmoved is not None:
                fan_of[NULL] = unmoved
            rows.append(_row(came, question, members, fan_of, opponents.origin))
        vectors.extend(_vectors(against.rows, question, mine, beside, theirs, opponents.origin))
    return Scored(
        scores=pd.DataFrame(rows), vectors=pd.DataFrame(vectors), left_out=_unheard(against.rows, unheard, len(fans))
    )


def _unheard(rows: Sequence[Came], unheard: Mapping[Key, Sequence[Question]], ways: int) -> dict[str, int]:
    """Rows of which runs say nothing, by series and years; of which ways alone, where others say something."""
    found: dict[str, list[Came]] = {}
    for came in rows:
        questions = unheard.get(came.key, ())
        for question in questions if len(questions) < ways else questions[:1]:
            asked = ", ".join(part for part in question if part) if len(questions) < ways else ""
            about = f"{series_of(came.measure, came.partner)}{f', {asked}' if asked else ''}"
            found.setdefault(about, []).append(came)
    return {
        f"{_NO_FAN} ({about}; {listed(sorted({came.period for came in mine})[:_MOST_PERIODS])})": len(mine)
        for about, mine in found.items()
    }


# --- one thing that came ---------------------------------------------------------------------------------------------


def _row(came: Came, question: Question, members: Floats, theirs: Mapping[str, Floats], origin: int) -> dict[str, Any]:
    """All that is told of one thing that came."""
    value = NEITHER if came.is_vote and not np.isfinite(came.value) else came.value
    scored = float(scale_of(came.measure, value))
    mine = scale_of(came.measure, members)
    fans = {name: scale_of(came.measure, fan) for name, fan in theirs.items()}
    found: dict[str, Any] = {
        "state": came.state,
        "partner": came.partner,
        "period": came.period,
        "measure": came.measure,
        "series": series_of(came.measure, came.partner),
        "variant": question[0],
        "kind": question[1],
        "horizon": horizon_of(came, origin),
        "value": came.value,
        "known": float(theirs[PERSISTENCE][0]) if PERSISTENCE in theirs else np.nan,
        "crps": crps_of(mine, scored),
    }
    found |= {f"crps_{column_of(name)}": crps_of(fans[name], scored) if name in fans else np.nan for name in OPPONENTS}
    luck = addressed(0, came.state, came.partner, came.period, came.measure)
    found["pit"] = pit_of(mine, scored, luck)
    found |= _intervals(came, members, mine, scored, "")
    main = main_of(came.measure)
    found |= _intervals(came, theirs.get(main), fans.get(main), scored, "_main")
    found["log"] = log_score(came.measure, mine, scored)
    found["log_main"] = log_score(came.measure, fans[main], scored) if main in fans else np.nan
    found["brier"] = brier_of(mine, scored) if came.is_vote else np.nan
    found["brier_main"] = brier_of(fans[main], scored) if came.is_vote and main in fans else np.nan
    return found


def _intervals(came: Came, members: Floats | None, fan: Floats | None, value: float, whose: str) -> dict[str, float]:
    """What intervals of a fan hold and cost, and its quantiles as they are (not on the scale of scores)."""
    names = [f"{word}_{100 * level:.0f}{whose}" for word in ("inside", "interval") for level in LEVELS]
    quantiles = [f"q{100 * part:02.0f}{whose}" for part in QUANTILES]
    if fan is None or members is None or (len(fan) == 1 and came.measure != ARMS):
        return dict.fromkeys((*names, *quantiles), np.nan)
    found: dict[str, float] = {}
    for level in LEVELS:
        low, high = interval_of(fan, level)
        # Three answers are no interval: what a fan of votes holds says nothing.
        found[f"inside_{100 * level:.0f}{whose}"] = np.nan if came.is_vote else float(low <= value <= high)
        found[f"interval_{100 * level:.0f}{whose}"] = (
            np.nan if came.is_vote else interval_score(low, high, value, level)
        )
    return found | dict(zip(quantiles, np.quantile(members, QUANTILES).tolist(), strict=True))


def horizon_of(came: Came, origin: int) -> str:
    """Years ahead as text; of windows and votes all belong together."""
    if came.is_vote or came.last > came.first:
        return WHOLE_TIME
    return str(came.last - origin)


def series_of(measure: str, partner: str) -> str:
    """What a measure is compared together with: itself, and all votes with each other; a state's turnover is apart."""
    if measure.startswith(VOTE):
        return VOTES
    return measure if partner else f"{measure}, with everybody"


# --- vectors ---------------------------------------------------------------------------------------------------------


def _vectors(
    rows: Sequence[Came],
    question: Question,
    mine: Fans,
    null: Fans | None,
    theirs: Mapping[tuple[str, str, str, str], Mapping[str, Floats]],
    origin: int,
) -> Iterator[dict[str, Any]]:
    """The energy score of all trade shares of one state and year, with what is left for the rest."""
    whose: dict[tuple[str, str], list[Came]] = {}
    for came in rows:
        if came.measure == TRADE_SHARE and mine.of(came) is not None:
            whose.setdefault((came.state, came.period), []).append(came)
    for (state, period), parts in whose.items():
        if len(parts) < _LEAST_PARTS:
            continue
        value = _with_rest(np.array([[came.value for came in parts]]))[0]
        fans = {"": [mine.of(came) for came in parts]}
        for name in OPPONENTS:
            # Opponents say nothing of how shares go together, so each is drawn by itself.
            fans[name] = [_apart(theirs[came.key].get(name), came, name) for came in parts]
        if null is not None:
            fans[NULL] = [null.of(came) for came in parts]
        found: dict[str, Any] = {
            "state": state, "partner": "", "period": period, "measure": TRADE_SHARE, "series": VECTORS,
            "variant": question[0], "kind": question[1], "horizon": horizon_of(parts[0], origin), "parts": len(parts),
        }  # fmt: skip
        for name, columns in fans.items():
            known = [column for column in columns if column is not None]
            together = len(known) == len(parts) and len({len(column) for column in known}) == 1
            score = energy_of(_with_rest(np.stack(known, axis=1)), value) if together else np.nan
            found[f"crps_{column_of(name)}" if name else "crps"] = score
        yield found


def _with_rest(shares: Floats) -> Floats:
    """Shares [M, D] and what they leave [M, D + 1]."""
    return np.concatenate([shares, 1.0 - shares.sum(axis=1, keepdims=True)], axis=1)


def _apart(fan: Floats | None, came: Came, name: str) -> Floats | None:
    """Members of a fan in an order of their own, so that the same place in two fans means nothing."""
    return None if fan is None else fan[shuffled(len(fan), name, came.state, came.partner, came.period)]
