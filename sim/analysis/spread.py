"""How far the model moves, beside how far the record moved: the ratio of the two, and whether it will do.

The record is that of `seeds/history/`. A run is told in calendar years, its trade is seen through the record's errors,
and the same estimators (`sim.analysis.movement`) are put to both: the spread of changes of trade shares over one to ten
years, whether a change is followed by another of its kind, whether the states move together, and how output varies.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.annual import Years, lasting, play
from sim.analysis.effect_tables import csv_of, records_of
from sim.analysis.movement import (
    comovement,
    growth_interval,
    growth_spread,
    interval,
    lag_one,
    over_pairs,
    over_years,
    spread_of,
)
from sim.analysis.paired import LEVEL
from sim.analysis.record import Record, observed_shares, record_of
from sim.batch.manifest import close_folder
from sim.batch.watching import watched
from sim.batch.worker import Tell
from sim.evidence.history import History, Line, load_history
from sim.io.arguments import Arguments, path_given
from sim.io.errors import input_error, listed
from sim.io.shapes import inside_by
from sim.io.text import CAUTION
from sim.io.writers import write_text, write_whole
from sim.scenario.arguments import check_setting
from sim.scenario.scenario import Scenario, evidence_of, scenario_of

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

HORIZONS = (1, 3, 5, 10)
"""Years over which changes of shares are compared."""

RUNS = 400
"""Runs where nothing else is asked for; with them the spread of the model is known to a percent or two."""

INSIDE, TOO_LITTLE, TOO_MUCH = "inside", "too little", "too much"
_POINTS = 100.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Spread:
    """Model against record.

    `table`: one row a question, with `measure` (spread, lag-1, co-movement, output), `of` (a group of partners, or a
    state), `years`, `unit`, `model` (over all runs), `model_low` and `model_high` (between runs), `record` with its
    interval `low` to `high`, `ratio`, the lines `least` and `most` that it has to keep, and `says`: whether it does.
    """

    scenario: Scenario
    runs: int
    level: float
    table: "pd.DataFrame"
    notes: tuple[str, ...]

    @property
    def inside(self) -> bool:
        """Whether every row keeps its lines."""
        return bool((self.table["says"] == INSIDE).all())

    @property
    def caption(self) -> str:
        """What the table rests on, in one line."""
        return f"{self.runs:,} runs, seed {self.scenario.seed}"

    def folder(self, out: Path | str = "results") -> Path:
        """Where `write` puts its files unless told otherwise."""
        place = path_given("Spread.folder", "out", out)
        said = csv_of(self.table) + self.caption
        return inside_by(place, f"spread-{self.scenario.name}", said)

    def write(self, folder: Path | str | None = None) -> Path:
        """Write the table as CSV and Parquet, and everything as JSON; returns the folder."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        place = self.folder() if folder is None else path_given("Spread.write", "folder", folder)
        write_text(place / "spread.csv", csv_of(self.table))
        told_in_columns = pa.Table.from_pandas(self.table, preserve_index=False)
        write_whole(place / "spread.parquet", lambda handle: pq.write_table(told_in_columns, handle))
        told = {
            "note": CAUTION,
            "scenario": self.scenario.name,
            "runs": self.runs,
            "seed": self.scenario.seed,
            "level": self.level,
            "notes": list(self.notes),
            "rows": records_of(self.table),
        }
        write_text(place / "spread.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        said = {"name": self.scenario.name, "title": f"Beside the record: {self.scenario.title}", "runs": self.runs}
        close_folder(place, "spread", said, [f"spread.{end}" for end in ("csv", "parquet", "json")])
        return place


@watched
def spread(
    scenario: str | Path | Scenario = "baseline",
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Tell | None = None,
    level: float = LEVEL,
    seeds: Path | str | None = None,
    out: Path | str | None = None,
) -> Spread:
    """Compare how far a scenario's runs move with how far the record moved.

    Parameters
    ----------
    scenario
        A scenario, its name or path, in a world with the states and powers of the record. It is played for as many
        whole years as the longest change needs, whatever it says itself.
    runs, seed, workers, progress
        As in `sim.run`; `RUNS` runs unless told otherwise. Nothing is written until `Spread.write` is called.
    level
        How much the intervals cover.
    seeds
        The folder of a world of one's own, for what is named and not loaded yet (`load_scenario(..., seeds=...)`).
    out
        Folder in which blocks of runs are kept while this lasts, so that the same call goes on where it was stopped.

    Raises
    ------
    sim.io.errors.InputError
        If the scenario or an argument is wrong, or its world lacks states or powers of the record.
    """
    arguments = Arguments("sim.spread")
    arguments.called("progress", progress)
    runs, seed = arguments.runs(runs, 2) or RUNS, arguments.seed(seed)
    workers, level = arguments.workers(workers), arguments.level(level)
    kept_in = arguments.path_or_none("out", out)
    arguments.refuse_if_wrong()
    given = scenario_of(scenario, seeds, "sim.spread")
    given = dataclasses.replace(given, seed=given.seed if seed is None else seed)
    given = check_setting(given, evidence_of(given), arguments)
    arguments.refuse_if_wrong()
    history = load_history()
    check_world(given, history)
    longer = lasting(given, max(HORIZONS) + 1)
    seen = play(longer, runs, workers, progress, kept_in)
    record = record_of(history, *_shared(seen, history))
    notes = [] if longer.end == given.end else [f"played for {len(seen.years)} whole years, longer than it says itself"]
    return Spread(
        scenario=longer, runs=runs, level=level, table=table_of(seen, history, record, longer.seed, level),
        notes=tuple(notes),
    )  # fmt: skip


def check_world(scenario: Scenario, history: History) -> None:
    """The record is of some states and powers, which the world of the scenario must have."""
    evidence = evidence_of(scenario)
    there = {actor.code for actor in (*evidence.states, *evidence.powers)}
    missing = sorted({code for one in history.rows for code in (one.state, one.partner) if code} - there)
    if missing:
        raise input_error(
            scenario.name,
            f"the record is of other states or powers; the world '{scenario.world}' lacks {listed(missing)}",
            found=f"world '{scenario.world}'",
        )


def _shared(seen: Years, history: History) -> tuple[list[str], list[str]]:
    """States and powers of the runs that the record knows."""
    known = {code for one in history.rows for code in (one.state, one.partner)}
    return [code for code in seen.states if code in known], [code for code in seen.powers if code in known]


# --- the table -------------------------------------------------------------------------------------------------------


def model_shares(seen: Years, record: Record, history: History, seed: int) -> Floats:
    """Shares of turnover [R, I, J, Y] as the record would have them, of its states and powers."""
    rows, columns = [seen.states.index(code) for code in record.states], seen.powers
    trade, rest = seen.trade[:, rows], seen.rest[:, rows]
    errors = np.array([history.error_of(code) for code in columns])
    shares = observed_shares(trade, rest, errors, seed, (record.states, columns))
    return shares[:, :, [columns.index(code) for code in record.powers]]


def table_of(seen: Years, history: History, record: Record, seed: int, level: float) -> "pd.DataFrame":
    """Every question put to runs and record."""
    import pandas as pd

    shares = _POINTS * model_shares(seen, record, history, seed)
    rows = [*share_rows(shares, history, record, level), *output_rows(seen, history, record, level)]
    return pd.DataFrame(rows)


def share_rows(shares: Floats, history: History, record: Record, level: float) -> Iterator[dict[str, Any]]:
    """What is asked of trade shares [R, I, J, Y] in points, by group of partners."""
    line = history.lines["spread"]
    for group, powers in history.groups.items():
        members = record.members(powers)
        mine, past = shares[:, :, members], _POINTS * record.shares[:, members]
        for years in HORIZONS:
            estimate: Callable[[Floats], Floats] = lambda x, years=years: spread_of(x, years)  # type: ignore[misc]  # noqa: E731
            about = {"measure": "spread", "of": group, "years": years, "unit": "% points"}
            yield _ratio_row(
                about, estimate(mine), float(estimate(past)), over_pairs(past, estimate, level), line, level
            )
        about = {"measure": "lag-1", "of": group, "years": 1, "unit": "correlation"}
        yield _interval_row(about, lag_one(mine), float(lag_one(past)), over_pairs(past, lag_one, level), level)
        about = {"measure": "co-movement", "of": group, "years": 1, "unit": "correlation"}
        yield _interval_row(about, comovement(mine), float(comovement(past)), over_years(past, level), level)


def output_rows(seen: Years, history: History, record: Record, level: float) -> Iterator[dict[str, Any]]:
    """What is asked of yearly growth, state by state."""
    found = _POINTS * growth_spread(seen.growth)
    for place, code in enumerate(record.states):
        past = _POINTS * record.growth[place]
        about = {"measure": "output", "of": code, "years": 1, "unit": "% points"}
        mine, known = found[:, seen.states.index(code)], float(growth_spread(past))
        yield _ratio_row(about, mine, known, growth_interval(past, level), history.lines["output"], level)


def _ratio_row(
    about: dict[str, Any], mine: Floats, past: float, known: tuple[float, float], line: Line, level: float
) -> dict[str, Any]:
    """A spread: the mean square over runs against the one of the record, and whether their ratio keeps its lines."""
    model = float(np.sqrt(np.mean(mine**2)))
    low, high = interval(mine, level)
    ratio = model / past
    return about | {
        "model": model,
        "model_low": float(low),
        "model_high": float(high),
        "record": past,
        "low": known[0],
        "high": known[1],
        "ratio": ratio,
        "least": line.low,
        "most": line.high,
        "says": word_for(ratio, line.low, line.high),
    }


def _interval_row(
    about: dict[str, Any], mine: Floats, past: float, known: tuple[float, float], level: float
) -> dict[str, Any]:
    """A correlation: its mean over runs, and whether it lies in the interval of the record."""
    model = float(np.nanmean(mine))
    low, high = interval(mine, level)
    return about | {
        "model": model,
        "model_low": low,
        "model_high": high,
        "record": past,
        "low": known[0],
        "high": known[1],
        "ratio": np.nan,
        "least": known[0],
        "most": known[1],
        "says": word_for(model, *known),
    }


def word_for(value: float, least: float, most: float) -> str:
    """Whether a value keeps its lines; nan, where nothing moves, is too little."""
    if value > most:
        return TOO_MUCH
    return INSIDE if value >= least else TOO_LITTLE
