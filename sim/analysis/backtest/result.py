"""The result of a backtest: tables, one plain sentence, and the files that keep them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.backtest.against import Against
from sim.analysis.backtest.opponents import NULL, TREND, WALK, Opponents
from sim.analysis.backtest.scoring import VECTORS, VOTES, score_all
from sim.analysis.backtest.skill import ASKED_TIME, EVERY, LEVEL, LOSES, OPEN, TIES, WINS, skill_table
from sim.analysis.effect_tables import csv_of, records_of
from sim.analysis.observed import AGREEMENT, ARMS, TRADE_SHARE, TURNOVER
from sim.analysis.origins import write_table
from sim.analysis.record import record_of
from sim.batch.manifest import close_folder
from sim.evidence.evidence import Evidence
from sim.evidence.history import History
from sim.io.arguments import Arguments, path_given
from sim.io.errors import input_error, listed
from sim.io.text import CAUTION
from sim.io.writers import write_text

if TYPE_CHECKING:
    import pandas as pd

MAIN_VARIANT, MAIN_KIND = "observed", "unconditional"
"""The main question: worlds set to the record at the origin, and told nothing of what came."""

ONE_STRETCH = (
    "What came is one stretch of years: intervals draw states and partners anew, but no years, so a shock that hit "
    "everybody is in every row"
)
_LOG_SCORES = "turnover is scored on its logarithm, so that small partners count as much as large ones"
_OPEN_WORDS = "few states and partners to say"


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """Fans against what came.

    Tables:

    - `scores`: one row a thing that came, variant and kind: `value`, what was `known` at the origin, `crps` of the
      model and of each opponent (`crps_...`, empty where it can say nothing), `pit`, for 50, 80 and 90 % whether the
      middle holds the value (`inside_..`) and the interval score (`interval_..`), quantiles of the fan (`q..`),
      logarithmic score (`log`), of votes the Brier score; what ends with `_main` is of the main opponent.
    - `vectors`: one row a state and year: energy scores of all trade shares together, in the same columns.
    - `skill`: one row a variant, kind, series, group (`of`), `horizon` and opponent: mean scores, `skill`, its interval
      `low` to `high`, `says`, `count` of rows and how many independent ones they are worth (`effective`), and coverage.
    """

    origin: int
    file: str
    draws: int  # the most a fan has
    level: float
    scores: "pd.DataFrame"
    vectors: "pd.DataFrame"
    skill: "pd.DataFrame"
    left_out: Mapping[str, int]
    remarks: tuple[str, ...]  # what was guessed while the file was read
    notes: tuple[str, ...]

    @property
    def caption(self) -> str:
        """What the tables rest on, in one line."""
        years = years_of(self.scores)
        return f"{self.file}: {years}, from the record to {self.origin}; fans of {self.draws:,} draws"

    @property
    def sentence(self) -> str:
        """The answer to the main question in one sentence."""
        row = self.row()
        if row is not None:
            return said_of(row, self._years(row))
        beside = next(self._others(), "")
        return f"The file has nothing of the main question{f'. Beside it: {beside}' if beside else '.'}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """The main answer, and the same of every other opponent, series, variant and kind, all rows together."""
        return tuple(dict.fromkeys((self.sentence, *self._others())))

    def row(
        self,
        series: str = TRADE_SHARE,
        opponent: str = WALK,
        variant: str = "",
        kind: str = "",
        of: str = EVERY,
        horizon: str = "",
    ) -> "pd.Series[Any] | None":
        """One row of `skill`; the main one unless told otherwise, None where there is none."""
        arguments = Arguments("Backtest.row")
        named = {"series": series, "opponent": opponent, "variant": variant, "kind": kind, "of": of, "horizon": horizon}
        for key, value in named.items():
            arguments.text(key, value)
        arguments.refuse_if_wrong()
        table = self.skill
        if not len(table):
            return None
        wanted = {"series": series, "opponent": opponent, "of": of, "horizon": horizon or ASKED_TIME}
        wanted |= {"variant": variant or self._main("variant", MAIN_VARIANT)}
        wanted |= {"kind": kind or self._main("kind", MAIN_KIND)}
        for name, value in wanted.items():
            table = table[table[name] == value]
        return table.iloc[0] if len(table) else None

    def _main(self, column: str, usual: str) -> str:
        """The main variant or kind, or the first there is."""
        there = list(dict.fromkeys(self.skill[column]))
        return usual if usual in there else str(there[0])

    def _others(self) -> Iterator[str]:
        whole = self.skill[(self.skill["of"] == EVERY)] if len(self.skill) else self.skill
        for _, row in whole.iterrows():
            if not str(row["horizon"]).isdigit():
                yield said_of(row, self._years(row))

    def _years(self, row: "pd.Series[Any]") -> str:
        """The years that a row of `skill` is about."""
        table = self.scores
        mine = table[table["series"] == (TRADE_SHARE if row["series"] == VECTORS else row["series"])]
        if row["horizon"] == ASKED_TIME:
            mine = mine[[one.isdigit() and int(one) <= int(ASKED_TIME.split("-")[1]) for one in mine["horizon"]]]
        return years_of(mine)

    def write(self, folder: Path | str) -> Path:
        """Write all tables as CSV and Parquet, and what is said of them as JSON; returns the folder."""
        place = path_given("Backtest.write", "folder", folder)
        said = {"name": place.name, "title": f"Scored on what came after {self.origin}", "runs": self.draws}
        close_folder(place, "score", said, self.write_tables(place))
        return place

    def write_tables(self, place: Path) -> list[str]:
        """The same without a manifest; returns the names of the files."""
        import pandas as pd

        place = path_given("Backtest.write_tables", "place", place)
        names = [name for name in ("scores", "vectors", "skill") if len(getattr(self, name))]
        for name in names:
            write_table(getattr(self, name), place, name)
        left = pd.DataFrame({"reason": list(self.left_out), "rows": list(self.left_out.values())})
        write_text(place / "left_out.csv", csv_of(left))
        told = {
            "note": CAUTION,
            "sentence": self.sentence,
            "sentences": list(self.sentences),
            "origin": self.origin,
            "against": self.file,
            "draws": self.draws,
            "level": self.level,
            "remarks": list(self.remarks),
            "notes": list(self.notes),
            "left_out": dict(self.left_out),
            "skill": records_of(self.skill),
        }
        write_text(place / "backtest.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        return [*(f"{name}.{end}" for name in names for end in ("csv", "parquet")), "left_out.csv", "backtest.json"]


def score(
    draws: "pd.DataFrame",
    against: Against,
    history: History,
    evidence: Evidence,
    origin: int,
    *,
    null: "pd.DataFrame | None" = None,
    notes: Sequence[str] = (),
    level: float = LEVEL,
) -> Backtest:
    """Score fans against what came, beside every opponent.

    Parameters
    ----------
    draws
        Columns variant, kind, state, partner, period, measure, draw, value; see `sim.analysis.backtest.fans`.
    against
        What came, from `read_against`; what does not lie after the origin is left out and counted.
    history, evidence
        The record, of which opponents see nothing after the origin, and the world with its states and powers.
    origin
        The last year that is known.
    null
        Draws of the same worlds with growth and noise alone, in the same columns.
    notes
        What else is to be told with the result.
    level
        How much intervals of skill hold.

    Raises
    ------
    sim.io.errors.InputError
        If nothing that came lies after the origin or has a fan, or scoringrules is not installed.
    ValueError
        If the draws are no such table.
    """
    later = against.after(origin)
    if not later.rows:
        raise input_error(against.file, f"nothing here lies after {origin}", found=listed(against.left_out, where=""))
    codes = [[actor.code for actor in actors] for actors in (evidence.states, evidence.powers)]
    record = record_of(history, *codes).until(origin)
    horizons = max(one.last for one in later.rows) - origin
    found = score_all(draws, later, Opponents(history=history, record=record, horizons=horizons), null)
    left_out = {**later.left_out, **found.left_out}
    if not len(found.scores):
        raise input_error(against.file, "no fan is about anything here", found=listed(left_out, where=""))
    return Backtest(
        origin=origin,
        file=against.file,
        draws=int(draws["draw"].nunique()),
        level=level,
        scores=found.scores,
        vectors=found.vectors,
        skill=skill_table(found.scores, found.vectors, history.groups, level),
        left_out=left_out,
        remarks=against.remarks,
        notes=(*notes, ONE_STRETCH, _LOG_SCORES),
    )


# --- words -----------------------------------------------------------------------------------------------------------


SERIES = {
    TRADE_SHARE: "shares of goods turnover",
    TURNOVER: "goods turnover with a partner",
    f"{TURNOVER}, with everybody": "goods turnover with everybody",
    AGREEMENT: "agreement in the General Assembly",
    ARMS: "shares of suppliers of arms",
    VECTORS: "all shares of goods turnover together",
    VOTES: "votes",
}
"""Series in words."""

_IN_WORDS = {WALK: "persistence with a random-walk fan", NULL: f"the {NULL}", TREND: "the trend"}


def said_of(row: "pd.Series[Any]", years: str) -> str:
    """What a row of `skill` says, as one sentence."""
    told = ", ".join(part for part in (row["variant"], row["kind"]) if part)
    about = f"{SERIES.get(row['series'], row['series'])} in {years}{f' ({told})' if told else ''}"
    opponent = _IN_WORDS.get(row["opponent"], row["opponent"])
    many = f"{row['count']} figures, worth some {max(1, round(row['effective']))} independent ones"
    worth = many if row["count"] > 1 else "one figure"
    if row["says"] == OPEN:
        gain = f"skill {signed(row['skill'])}" if isfinite(row["skill"]) else f"{opponent} has it exactly"
        return f"On {about} there are too {_OPEN_WORDS} how the model does against {opponent}: {gain}, {worth}."
    interval = f"skill {signed(row['skill'])}, {signed(row['low'])} to {signed(row['high'])}"
    verb = {WINS: "wins against", TIES: "ties with", LOSES: "loses to"}[str(row["says"])]
    return f"On {about} the model {verb} {opponent}: {interval}; {worth}."


def signed(part: float) -> str:
    """A part of one in per cent, with its sign."""
    return f"{100 * part:+.1f} %".replace("-", "−")


def years_of(scores: "pd.DataFrame") -> str:
    """The years of some rows of `scores`."""
    years = [int(part) for period in scores["period"] for part in str(period).split("-") if _is_year(part)]
    if not years:
        return "no years"
    return str(min(years)) if min(years) == max(years) else f"{min(years)} to {max(years)}"


def _is_year(part: str) -> bool:
    return len(part) == 4 and part.isdigit()
