"""One row of a table of what came: whom it is about, when, and what was measured."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, TURNOVER, VOTE
from sim.evidence.evidence import Evidence
from sim.evidence.record_forms import WINDOW
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
_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0+)?")
_QUARTER = re.compile(r"((?:19|20)\d\d)[-_ ]?Q([1-4])", re.IGNORECASE)
_DAY = re.compile(r"((?:19|20)\d\d)-(\d\d)(?:-(\d\d))?")
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?$")
_NAMED_DAY = re.compile(r"(?:19|20)\d\d[-_]\d\d[-_]\d\d")
_PERIODS = "a year (2021), a quarter (2021-Q3), a day (2021-03-02) or years (2020-2024)"
_MONTHS = 3  # of a quarter

_ENDS = ((1, 1), (12, 31))  # days that stand for a whole year

NO_STATE = "state is not of the model"
OUTSIDE = "partner is no power of the model"
"""The reason for which rows of other partners are left out."""

_ONE_YEAR = "arms of a single year; windows of years are scored"


@dataclass(frozen=True, kw_only=True)
class Period:
    """A time: as it is called, the years in which it begins and ends, and its quarter, -1 for none."""

    text: str
    first: int
    last: int
    quarter: int = -1
    day: datetime.date | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a row is about.

    `reason` says why it is not scored, and is empty where it is; `guess` what its period was taken to be, if guessed.
    """

    entry: Entry
    state: str
    partner: str
    measure: str
    period: Period
    reason: str
    guess: str = ""


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
    reason = _not_scored(cells, measure, state, names)
    is_vote = measure is not None and measure.startswith(VOTE)
    row = Row(
        entry=entry,
        state=state or "",
        # A vote is an answer of a state alone, whoever may be named beside it.
        partner="" if is_vote else names.power(partner) or partner.strip(),
        measure=measure or "",
        period=Period(text="", first=0, last=0),
        reason=reason,
    )
    if measure is None or (reason and reason != OUTSIDE):  # other measures may have periods of their own
        return row
    if not cells["period"].text and not is_vote and window is None:
        return replace(row, reason="no period")
    period, guess = _named_day(measure, cells["period"].text or "")
    if period is None:
        period = read_period(cells["period"], measure, window)
    if period is None:
        return None
    if period.day is not None and not is_vote and (period.day.month, period.day.day) in _ENDS:
        period = Period(text=str(period.first), first=period.first, last=period.last)
        guess = "first and last days of a year stand for the year"
    return replace(row, period=period, reason=reason or _wrong_length(period, measure), guess=guess)


def _not_scored(cells: Mapping[str, Entry], measure: str | None, state: str | None, names: Names) -> str:
    """Why a row is not scored, whenever it is of; empty where it is."""
    written, partner = cells["measure"].text or "", cells["partner"].text or ""
    if not written:
        return "no measure"
    if measure is None:
        near = nearest_to(written, MEASURES)
        return f"measure {quoted(written)} is not scored" + (f" (near: {near})" if near else "")
    if state is None:
        return NO_STATE if cells["state"].text else "no state"
    if measure.startswith(VOTE):
        return ""
    if partner:
        return "" if names.power(partner) else OUTSIDE
    return "" if measure == TURNOVER else "no partner"


def _named_day(measure: str, period: str) -> tuple[Period | None, str]:
    """The day that stands in the name of a vote, for one of which the period says a year at most."""
    match = _NAMED_DAY.search(measure) if measure.startswith(VOTE) else None
    found = period_of(match[0].replace("_", "-"), votes=True) if match else None
    when = period_of(period, votes=True) if period else None
    if found is None or (period and (when is None or when.quarter >= 0 or when.first != found.first)):
        return None, ""
    return found, "votes without a day are of the day in their name"


def ending_windows(rows: Sequence[Row], remarks: list[str]) -> list[Row]:
    """Arms of single years as those of the windows that end then, if every such year ends one; the guess is told."""
    single = [row for row in rows if row.reason == _ONE_YEAR]
    if not single or any((row.period.last + 1) % WINDOW for row in single):
        return list(rows)
    remarks.append(f"{ARMS} of single years are those of the {WINDOW} years that end then")

    def window(row: Row) -> Row:
        first, last = row.period.last - WINDOW + 1, row.period.last
        return replace(row, period=Period(text=f"{first}-{last}", first=first, last=last), reason="")

    return [window(row) if row.reason == _ONE_YEAR else row for row in rows]


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
    text = _MIDNIGHT.sub("", text.strip()).replace("/", "-").replace(" to ", "-")
    if match := _YEAR.fullmatch(text):
        return Period(text=match[1], first=int(match[1]), last=int(match[1]))
    if match := _QUARTER.fullmatch(text):
        year, quarter = int(match[1]), int(match[2])
        return Period(text=f"{year}-Q{quarter}", first=year, last=year, quarter=4 * year + quarter - 1)
    match = _DAY.fullmatch(text)
    if match and (votes or match[3]):
        try:
            day = datetime.date(int(match[1]), int(match[2]), int(match[3] or 1))
        except ValueError:
            return None
        quarter = 4 * day.year + (day.month - 1) // _MONTHS
        return Period(text=text, first=day.year, last=day.year, quarter=quarter, day=day if match[3] else None)
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
        return "" if period.last > period.first else _ONE_YEAR
    if measure.startswith(VOTE):
        return "" if period.last == period.first else "a vote without a day, quarter or year"
    whole = period.last == period.first and period.quarter < 0
    return "" if whole else f"{measure} of something else than a calendar year"


def listed_reasons(reasons: Iterable[tuple[str, int]]) -> str:
    """Reasons with how often each holds."""
    return "; ".join(f"{count} {'row' if count == 1 else 'rows'}: {reason}" for reason, count in reasons)
