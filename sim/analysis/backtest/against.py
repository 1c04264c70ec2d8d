"""A table of what came, as anybody may write it: each row read, scored later, or left out with a reason.

Needed are the columns state, partner, period, measure and value, in any order; `unit` and `source` may stand beside
them. What is wrong with a row is told with file and line. What is right and cannot be scored (a partner outside the
model, a year before the origin) is counted by its reason, so that nothing is lost in silence; and whatever had to be
guessed, such as per cent or parts of one, is said.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan
from pathlib import Path

from sim.analysis.backtest.cells import (
    NO_STATE,
    OUTSIDE,
    Row,
    ending_windows,
    listed_reasons,
    names_of,
    read_row,
)
from sim.analysis.backtest.tables import read_entries
from sim.analysis.backtest.values import values_of
from sim.analysis.observed import ARMS, VOTE
from sim.evidence.evidence import Evidence
from sim.io.errors import Problems, input_error, quoted, shown_path
from sim.scenario.calendar import quarter_text

_QUARTERS = 4
_NAMED = 12  # actors outside the model that are told by name
_WHOLE = (0.98, 1.02)  # what shares of all suppliers add up to, rounded


@dataclass(frozen=True, kw_only=True)
class Came:
    """One thing that came: a figure of a year, of a window of years, or a vote.

    `value` is a part of one for shares and agreement, million USD for turnover, and for votes 1 yes, 0.5 abstained, 0
    no, nan stayed away. `quarter` (year * 4 + quarter - 1) is known of votes alone, -1 where it is not.
    """

    state: str
    partner: str  # "" for a vote, and for the turnover of a state with everybody
    period: str  # 2021, 2020-2024, 2022-03-02, 2022-Q1
    first: int
    last: int
    quarter: int
    measure: str
    value: float
    line: int

    @property
    def is_vote(self) -> bool:
        """Whether it is an answer to a vote."""
        return self.measure.startswith(VOTE)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is about."""
        return (self.state, self.partner, self.period, self.measure)


@dataclass(frozen=True, kw_only=True)
class Against:
    """What a file says came, how many of its rows are left out and why, and what was said aloud while reading it."""

    file: str
    rows: tuple[Came, ...]
    left_out: Mapping[str, int]  # reason -> rows
    remarks: tuple[str, ...]

    def after(self, origin: int) -> "Against":
        """Without what does not lie wholly after the year of the origin; such rows are counted."""
        early = [one for one in self.rows if one.first <= origin]
        return self.without(early, f"not wholly after {origin}, the last year that fans know")

    def in_quarters(self, held: Collection[int]) -> "Against":
        """With a quarter for each vote of which the year alone is known: the first of `held` in it, else its last.

        The model votes once a quarter; the Assembly meets in the last one.
        """
        rows, said = [], dict[str, None]()
        for one in self.rows:
            at = one.quarter
            if one.is_vote and at < 0:
                asked = sorted(at for at in held if at // _QUARTERS == one.first)
                at = asked[0] if asked else _QUARTERS * one.first + _QUARTERS - 1
                said[f"votes of {one.first} without a day are held against that of {quarter_text(at)}"] = None
            rows.append(replace(one, quarter=at))
        return replace(self, rows=tuple(rows), remarks=(*self.remarks, *said))

    def without(self, rows: Collection[Came], reason: str) -> "Against":
        """Without some rows, which are counted under a reason."""
        if not rows:
            return self
        gone = {one.key for one in rows}
        kept = tuple(one for one in self.rows if one.key not in gone)
        counted = Counter(dict(self.left_out)) + Counter({reason: len(self.rows) - len(kept)})
        return replace(self, rows=kept, left_out=dict(counted))


def read_against(path: Path | str, evidence: Evidence) -> Against:
    """Read a table of what came.

    Parameters
    ----------
    path
        A CSV file; see `docs/scoring.md` for its columns, periods, measures and units.
    evidence
        The world whose states and powers it may be about: by code or name in any case, a code also with a number
        behind it.

    Raises
    ------
    sim.io.errors.InputError
        With every mistake: missing columns, values and periods that cannot be read, rows that stand twice; and where
        no row at all can be scored, with what they are.
    """
    path, problems, remarks = Path(path), Problems(), list[str]()
    names = names_of(evidence)
    entries = read_entries(path, problems, remarks)
    found_rows = [row for row in (read_row(entry, names) for entry in entries) if row is not None]
    rows = ending_windows(found_rows, remarks)
    remarks += dict.fromkeys(row.guess for row in rows if row.guess and not row.reason)
    # Suppliers outside the model are left out, but what they deliver tells whether a file has all of them.
    asked = [row for row in rows if not row.reason or (row.reason == OUTSIDE and row.measure == ARMS)]
    values = values_of(asked, remarks)
    kept = [row for row in asked if not row.reason]
    once = _once([row for row in kept if row.entry.line in values], values)
    problems.raise_if_any()
    left_out = _reasons(rows)
    left_out += Counter({"no value": sum(row.entry.line not in values for row in kept)})
    left_out += Counter({"it stands twice, with the same value": len(set(values) & _lines(kept)) - len(once)})
    came = [_came(row, values[row.entry.line]) for row in once]
    if not came:
        found = listed_reasons(left_out.items()) or "no rows"
        raise input_error(shown_path(path), "nothing in this file can be scored", found=found)
    others = Counter[tuple[str, str]]()
    for row in asked:
        if row.reason:
            others[row.state, row.period.text] += values.get(row.entry.line, nan)  # type: ignore[assignment]
    whole = _among_powers(came, others, remarks)
    return Against(file=shown_path(path), rows=whole, left_out=dict(left_out), remarks=tuple(remarks))


def _came(row: Row, value: float) -> Came:
    return Came(
        state=row.state,
        partner=row.partner,
        period=row.period.text,
        first=row.period.first,
        last=row.period.last,
        quarter=row.period.quarter if row.measure.startswith(VOTE) else -1,
        measure=row.measure,
        value=value,
        line=row.entry.line,
    )


def _reasons(rows: Sequence[Row]) -> Counter[str]:
    """How many rows are left out for each reason; whom the model does not have is named."""
    found = Counter[str]()
    for reason in dict.fromkeys(row.reason for row in rows if row.reason):
        mine = [row for row in rows if row.reason == reason]
        column = {OUTSIDE: "partner", NO_STATE: "state"}.get(reason)
        names = dict.fromkeys((row.entry.value[column].text or "").strip() for row in mine) if column else {}
        told = [quoted(name) for name in list(names)[:_NAMED]] + ["..."] * (len(names) > _NAMED)
        found[f"{reason} ({', '.join(told)})" if told else reason] = len(mine)
    return found


def _lines(rows: Sequence[Row]) -> set[int]:
    return {row.entry.line for row in rows}


def _once(rows: Sequence[Row], values: Mapping[int, float]) -> list[Row]:
    """Each thing once: rows that say the same again are dropped, and those that say something else are refused."""
    seen: dict[tuple[str, str, str, str], Row] = {}
    for row in rows:
        key = (row.measure, row.state, row.partner, row.period.text)
        first = seen.setdefault(key, row)
        mine, other = values[row.entry.line], values[first.entry.line]
        if first is not row and mine != other and not (isnan(mine) and isnan(other)):
            told = " ".join(part for part in key if part)
            found = f"a second row of {told} (first on line {first.entry.line}) with another value"
            row.entry.refuse(key="period", found=found, allowed="each once")
    return list(seen.values())


def _among_powers(
    came: Sequence[Came], others: Mapping[tuple[str, str], float], remarks: list[str]
) -> tuple[Came, ...]:
    """Arms as parts of what the powers deliver, where a file has all suppliers: the model has no others.

    Only where the rows of a state and window add up to the whole is it known what the others are; where a file has some
    suppliers alone its shares are taken as they stand.
    """
    inside = Counter[tuple[str, str]]()
    for one in came:
        if one.measure == ARMS:
            inside[one.state, one.period] += one.value  # type: ignore[assignment]
    changed = {
        key: part
        for key, part in inside.items()
        if part > 0.0 and others.get(key, 0.0) > 0.0 and _WHOLE[0] <= part + others[key] <= _WHOLE[1]
    }
    if changed:
        remarks.append(
            f"{ARMS} of {len(changed)} states and windows are taken as parts of what the powers of the model deliver, "
            "as fans have them; suppliers outside it are left out"
        )
    return tuple(
        replace(one, value=one.value / changed[one.state, one.period])
        if one.measure == ARMS and (one.state, one.period) in changed
        else one
        for one in came
    )
