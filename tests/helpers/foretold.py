"""Draws that somebody could have made of years inside the record, and a file of what came."""

import numpy as np
import pandas as pd

from sim.analysis.backtest.against import Came
from sim.analysis.backtest.opponents import WALK, Opponents
from sim.analysis.observed import TRADE_SHARE
from sim.analysis.record import record_of
from sim.evidence.evidence import load_evidence
from sim.evidence.history import load_history

ORIGIN, YEARS = 2015, range(2016, 2020)
HISTORY, EVIDENCE = load_history(), load_evidence()
RECORD = record_of(HISTORY, [one.code for one in EVIDENCE.states], [one.code for one in EVIDENCE.powers])
PAIRS = [(state, power) for state in RECORD.states for power in RECORD.powers]
VOTE_DAY, VOTE_QUARTER = "2017-03-02", "2017-Q1"


def came_lines():
    """What came, as lines of a file."""
    lines = ["state,partner,period,measure,value"]
    for state, power in PAIRS:
        lines += [f"{state},{power},{year},{TRADE_SHARE},{share(state, power, year):.9f}" for year in YEARS]
    answers = dict(zip(RECORD.states, ("abstain", "absent", "", "abstain", "yes"), strict=True))
    return [*lines, *(f"{state},,{VOTE_DAY},vote_x,{answer}" for state, answer in answers.items())]


def share(state, power, year):
    """A share of turnover in the record."""
    return float(RECORD.shares[RECORD.states.index(state), RECORD.powers.index(power), RECORD.at(year)])


def table(members_of, variant="observed", kind="unconditional", votes=None):
    """A table of draws; `members_of` gives the members of a pair and year, `votes` those of an answer."""
    parts = []
    for state, power in PAIRS:
        parts += [_part(state, power, str(year), TRADE_SHARE, members_of(state, power, year)) for year in YEARS]
    if votes is not None:
        parts += [_part(state, "", VOTE_QUARTER, "vote_2017-q1", votes) for state in RECORD.states]
    return pd.concat(parts, ignore_index=True).assign(variant=variant, kind=kind)


def _part(state, power, period, measure, members):
    about = {"state": state, "partner": power, "period": period, "measure": measure}
    return pd.DataFrame({**about, "draw": np.arange(len(members)), "value": members})


def knowing(state, power, year):
    """Of somebody who has seen the answer."""
    return share(state, power, year) * (1.0 + 0.02 * np.linspace(-1.0, 1.0, 41))


def overconfident(state, power, year):
    """Of somebody who is sure of what is wrong: everything grows by a twelfth a year."""
    return share(state, power, ORIGIN) * 1.08 ** (year - ORIGIN) * (1.0 + 0.02 * np.linspace(-1.0, 1.0, 41))


def walking():
    """Of somebody who says what the main opponent says."""
    opponents = Opponents(history=HISTORY, record=RECORD.until(ORIGIN), horizons=len(YEARS))

    def members_of(state, power, year):
        about = {"state": state, "partner": power, "period": str(year), "measure": TRADE_SHARE}
        asked = Came(**about, first=year, last=year, quarter=-1, value=0.5, line=0)
        return opponents.fans(asked)[WALK]

    return members_of
