"""One row of a table of what came: whom it is about, when, and what was measured."""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, TURNOVER, VOTE
from sim.evidence.evidence import Evidence
from sim.io.errors import Entry, nearest_to, quoted

MEASURES = (TRADE_SHARE, ARMS, AGREEMENT, TURNOVER)
"""What can be scored, beside votes."""

_SAME = {  # other names, each of which can mean one thing alone
    "share_of_turnover": TRADE_SHARE,
    "derived_share_of_turnover": TRADE_SHARE,
    "unga_agreement": AGREEMENT,
    "unga_agreement_score": AGREEMENT,
    "un_agreement_score": AGREEMENT,
    "arms_share": ARMS,
    "vote": VOTE,
}
_WINDOW = re.compile(r"(.*?)_?((?:19|20)\d\d)[-_–]((?:19|20)?\d\d)")
_YEAR = re.compile(r"((?:19|20)\d\d)")
_QUARTER = re.compile(r"((?:19|20)\d\d)[-_ ]?Q([1-4])", re.IGNORECASE)
_DAY = re.compile(r"((?:19|20)\d\d)-(\d\d)(?:-(\d\d))?")
_PERIODS = "a year (2021), a quarter (2021-Q3), a day (2021-03-02) or years (2020-2024)"
_MONTHS = 3  # of a quarter

OUTSIDE = "partner is no power of the model"
"""The reason for which rows of other partners are left out."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """A time: as it is called, the years in which it begins and ends, and its quarter, -1 for none."""

    text: str
    first: int
    last: int
    quarter: int = -1


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a row is about; `reason` says why it is not scored, and is empty where it is."""

    entry: Entry
    state: str
    partner: str
    measure: str
    period: Period
    reason: str


@dataclass(frozen=True, kw_only=True)
class Names:
    """Codes by whatever actors may be called: code or name, in small letters."""

    states: Mapping[str, str]
    powers: Mapping[str, str]

    def power(self, written: str) -> str | None:
        """The code of a power; a code may be followed by a number, such as that of the members of a union."""
        plain = written.strip().lower()
        return self.powers.get(plain) or self.powers.get(re.sub(r"[-_ ]?\d+$", "", plain))

    def state(self, written: str) -> str | None:
        """The code of a state."""
        return self.states.get(written.strip().lower())


def names_of(evidence: Evidence) -> Names:
    """By what names the actors of a world are known."""
    states, powers = (
        {word.lower(): one.code for one in actors for word in (one.code, one.name)}
        for actors in (evidence.states, evidence.powers)
    )
    return Names(states=states, powers=powers)


def read_row(entry: Entry, names: Names) -> Row | None:
    """What a row is about; None, with a problem, where that cannot be read."""
    cells: Mapping[str, Entry] = entry.value
    measure, window = measure_of(cells["measure"].text or "")
    state, partner = names.state(cells["state"].text or ""), cells["partner"].text or ""
    power = names.power(partner)
    reason = ""
    if not (cells["measure"].text or ""):
        cells["measure"].refuse(found="nothing", allowed=f"{', '.join(MEASURES)}, or {VOTE} and a name")
        return None
    if not (cells["state"].text or ""):
        cells["state"].refuse(found="nothing", allowed="the code or name of a state")
        return None
    if measure is None:
        near = nearest_to(cells["measure"].text, MEASURES)
        reason = f"measure {quoted(cells['measure'].text or '')} is not scored" + (f" (near: {near})" if near else "")
    elif state is None:
        reason = "state is not of the model"
    elif partner and power is None and not measure.startswith(VOTE):
        reason = OUTSIDE
    elif not partner and not (measure.startswith(VOTE) or measure == TURNOVER):
        cells["partner"].refuse(found="nothing", allowed=f"a partner, for {measure}")
        return None
    if measure is None:  # other measures may have periods of their own
        nowhen = Period(text="", first=0, last=0)
        return Row(entry=entry, state=state or "", partner=partner, measure="", period=nowhen, reason=reason)
    period = read_period(cells["period"], measure, window)
    if period is None:
        return None
    return Row(
        entry=entry,
        state=state or "",
        # A vote is an answer of a state alone, whoever may be named beside it.
        partner="" if measure.startswith(VOTE) else power or partner.strip(),
        measure=measure,
        period=period,
        reason=reason or _wrong_length(period, measure),
    )


def measure_of(written: str) -> tuple[str | None, tuple[int, int] | None]:
    """The measure that a word names, and the window of years that may stand in it; None for one that is unknown."""
    plain, window = written.strip().lower().replace(" ", "_"), None
    if plain.startswith(VOTE) and plain != VOTE:
        return plain, None
    if match := _WINDOW.fullmatch(plain):
        plain, window = match[1], _years(match[2], match[3])
    plain = _SAME.get(plain, plain)
    return (plain if plain in (*MEASURES, VOTE) else None), window


def read_period(cell: Entry, measure: str, window: tuple[int, int] | None) -> Period | None:
    """When a row is of; None, with a problem, where that cannot be read or contradicts the window of its measure."""
    period = period_of(cell.text or "", votes=measure.startswith(VOTE))
    if period is None:
        cell.refuse(found=None if cell.text else "nothing", allowed=_PERIODS)
        return None
    if window is None:
        return period
    first, last = window
    inside = first <= period.first and period.last <= last
    if not inside or (period.last > period.first and (period.first, period.last) != window):
        cell.refuse(allowed=f"{first}-{last}, as the name of the measure has it, or a year of it")
        return None
    return Period(text=f"{first}-{last}", first=first, last=last)


def period_of(text: str, *, votes: bool = False) -> Period | None:
    """The time that a text names, or None. `2005-09` is a month for a vote, else a window of years."""
    text = text.strip()
    if match := _YEAR.fullmatch(text):
        return Period(text=text, first=int(text), last=int(text))
    if match := _QUARTER.fullmatch(text):
        year, quarter = int(match[1]), int(match[2])
        return Period(text=f"{year}-Q{quarter}", first=year, last=year, quarter=4 * year + quarter - 1)
    match = _DAY.fullmatch(text)
    if match and (votes or match[3]):
        try:
            day = datetime.date(int(match[1]), int(match[2]), int(match[3] or 1))
        except ValueError:
            return None
        return Period(text=text, first=day.year, last=day.year, quarter=4 * day.year + (day.month - 1) // _MONTHS)
    if match := _WINDOW.fullmatch(text):
        first, last = _years(match[2], match[3])
        return Period(text=f"{first}-{last}", first=first, last=last) if not match[1] and first < last else None
    return None


def _years(first: str, last: str) -> tuple[int, int]:
    """The ends of a window; the century of the second is that of the first where it is left out."""
    return int(first), int(last if len(last) == len(first) else first[:2] + last)


def _wrong_length(period: Period, measure: str) -> str:
    """Why a measure cannot be scored over such a time; empty where it can."""
    if measure == ARMS:
        return "" if period.last > period.first else "arms of a single year; windows of years are scored"
    if measure.startswith(VOTE):
        return "" if period.last == period.first else "a vote without a day, quarter or year"
    whole = period.last == period.first and period.quarter < 0
    return "" if whole else f"{measure} of something else than a calendar year"


def listed_reasons(reasons: Iterable[tuple[str, int]]) -> str:
    """Reasons with how often each holds."""
    return "; ".join(f"{count} {'row' if count == 1 else 'rows'}: {reason}" for reason, count in reasons)
