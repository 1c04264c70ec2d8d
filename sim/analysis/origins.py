"""Rolling origins: the model started at a past year with what was known then, scored on the years the record has after.

At each origin the trade, turnover, output and trailing growth that were known are put in place of the world's own
numbers, worlds are played to the end of the record, and their trade shares are scored by CRPS against persistence with
a random-walk fan fitted to the record before that origin. Two questions are kept apart: `unconditional` runs know
trailing growth only; `conditional` runs are told how fast everybody grew in the years that followed.

What the model still knows of later years: its other numbers, those of the rules and of today's world, are today's. Only
what is named above is set back.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.annual import Years, nothing_to_keep, played
from sim.analysis.effect_tables import csv_of, records_of
from sim.analysis.movement import RESAMPLES, interval
from sim.analysis.paired import LEVEL
from sim.analysis.record import STARTED, Record, normals, record_of, resamples
from sim.analysis.scores import crps, fan, inside_of, logit, pair_spread
from sim.analysis.spread import check_world, model_shares
from sim.batch.worker import Tell, Work
from sim.engine.ensemble import prepare
from sim.evidence.evidence import Evidence, load_evidence
from sim.evidence.history import History, load_history
from sim.io.arguments import Arguments
from sim.io.text import CAUTION
from sim.io.writers import write_text, write_whole
from sim.scenario.arguments import given_runs, given_seed
from sim.scenario.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

ORIGINS = tuple(range(2008, 2016))
"""Years whose figures are the last that a run knows; four years later the record must still go on."""

HORIZON = 4
"""Years ahead that are scored."""

TRAILING = 5
"""Years whose mean growth, and whose mean change of shares, is taken to go on."""

DRIFT_FROM = 2009
"""The origin whose runs are asked for the sign of the drift to the end of the record."""

RUNS = 1000
KINDS = ("unconditional", "conditional")
OPPONENTS = ("random-walk fan", "trend fan")
EVERY = "all"
_POINTS = 100.0
_NINETY = 0.9
_BEYOND = "a past year"
_SIZE = (
    "Origins overlap and states share years: whatever the number of pairs, eleven years of five states are worth some "
    "six to eight independent observations, so a skill of a few percent is a hint"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Origins:
    """How well runs that start in the past do.

    Tables:

    - `skill`: one row a kind of run, group of partners and horizon (0: all together): `crps` of the model in points of
      turnover, that of each opponent, `skill` (1 less their ratio) against the random-walk fan with the interval `low`
      to `high` (pairs resampled), against the trend fan `skill_trend`, `cover` and `cover_fan` (share of values within
      the middle 90 %), and `count` of scored values.
    - `drift`: one row a kind of run and pair: `record` and `model` (median) change of the share to the end of the
      record in points, since `since`, and whether the sign is `right`.
    """

    scenario: Scenario
    runs: int
    origins: tuple[int, ...]
    level: float
    skill: "pd.DataFrame"
    drift: "pd.DataFrame"
    notes: tuple[str, ...]

    @property
    def caption(self) -> str:
        """What the tables rest on, in one line."""
        return f"{len(self.origins)} origins {self.origins[0]} to {self.origins[-1]}, {self.runs:,} runs of each"

    def skill_of(self, kind: str, group: str = EVERY, horizon: int = 0) -> float:
        """Skill against the random-walk fan."""
        table = self.skill
        row = table[(table["kind"] == kind) & (table["of"] == group) & (table["horizon"] == horizon)]
        return float(row["skill"].iloc[0])

    def right(self, kind: str) -> float:
        """Share of pairs whose drift has the sign of the record's."""
        mine = self.drift[self.drift["kind"] == kind]
        return float(mine["right"].mean())

    def folder(self, out: Path | str = "results") -> Path:
        """Where `write` puts its files unless told otherwise."""
        said = csv_of(self.skill) + csv_of(self.drift) + self.caption
        return Path(out) / f"origins-{self.scenario.name}-{hashlib.sha256(said.encode()).hexdigest()[:6]}"

    def write(self, folder: Path | str | None = None) -> Path:
        """Write the tables as CSV and Parquet, and everything as JSON; returns the folder."""
        place = self.folder() if folder is None else Path(folder)
        for name in ("skill", "drift"):
            write_table(getattr(self, name), place, name)
        told = {
            "note": CAUTION,
            "scenario": self.scenario.name,
            "runs": self.runs,
            "origins": list(self.origins),
            "level": self.level,
            "notes": list(self.notes),
            "skill": records_of(self.skill),
            "drift": records_of(self.drift),
        }
        write_text(place / "origins.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        return place


def write_table(table: "pd.DataFrame", folder: Path, name: str) -> None:
    """Write a table as CSV and as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    write_text(folder / f"{name}.csv", csv_of(table))
    columns = pa.Table.from_pandas(table, preserve_index=False)
    write_whole(folder / f"{name}.parquet", lambda handle: pq.write_table(columns, handle))


def roll_origins(
    scenario: str | Path | Scenario = "baseline",
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Tell | None = None,
    origins: Sequence[int] = ORIGINS,
    level: float = LEVEL,
) -> Origins:
    """Start a scenario at past years and score its trade shares on what the record has after them.

    Parameters
    ----------
    scenario
        A scenario, its name or path, in a world with the states and powers of the record; its dates are not kept, its
        events are left out.
    runs, seed, workers, progress
        As in `sim.run`; `RUNS` runs an origin unless told otherwise. Nothing is written until `Origins.write` is
        called.
    origins
        Last years that runs know; `DRIFT_FROM` must be among them for the drift to be told.
    level
        How much the intervals cover.

    Raises
    ------
    sim.io.errors.InputError
        If the scenario or an argument is wrong, or its world lacks states or powers of the record.
    """
    arguments = Arguments("sim.analysis.roll_origins")
    runs, seed = given_runs(arguments, runs, 2) or RUNS, given_seed(arguments, seed)
    workers, level = arguments.workers(workers), arguments.inside("level", level, 0.0, 1.0)
    history = load_history()
    years = tuple(
        arguments.whole(f"origins[{place}]", year, history.first + TRAILING, history.last - HORIZON)
        for place, year in enumerate(origins)
    )
    arguments.refuse_if_wrong()
    given = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    given = dataclasses.replace(given, seed=given.seed if seed is None else seed, events=())
    check_world(given, history)
    evidence = load_evidence(given.world)
    known = {code for one in history.rows for code in (one.state, one.partner)}
    codes = tuple(
        [actor.code for actor in actors if actor.code in known] for actors in (evidence.states, evidence.powers)
    )
    record = record_of(history, *codes)
    work = Work(given.name, None, progress, nothing_to_keep, runs * len(years) * len(KINDS))
    work.prepare()
    games = [
        Game(
            kind=kind,
            origin=year,
            history=history,
            record=record,
            seen=_play(given, record, year, runs, work, workers, told=kind == KINDS[1]),
        )
        for kind in KINDS
        for year in years
    ]
    return Origins(
        scenario=given,
        runs=runs,
        origins=years,
        level=level,
        skill=skill_table(games, history, record, level),
        drift=drift_table(games, record),
        notes=(_SIZE,),
    )


# --- runs that start in the past -------------------------------------------------------------------------------------


def _play(
    scenario: Scenario, record: Record, origin: int, runs: int, work: Work, workers: int | None, *, told: bool
) -> Floats:
    """Shares of turnover [R, I, J, Y] in the years after the origin, to the end of the record, as recorded."""
    history, evidence = load_history(), load_evidence(scenario.world)
    numbers = start_of(record, history, evidence, origin, runs, scenario.seed, told=told)
    # From the last quarter of the origin on: means of years are then as far from each other as those of the record.
    dated = dataclasses.replace(scenario, start=4 * origin + 3, end=4 * record.years[-1] + 3)
    seen: Years = played(prepare(dated, numbers=numbers), runs, work, workers)
    return model_shares(seen, record, history, scenario.seed)


def start_of(
    record: Record, history: History, evidence: Evidence, origin: int, runs: int, seed: int, *, told: bool
) -> dict[str, Any]:
    """Numbers in place of the world's own: what was known at the origin; `told`: and growth in the years after it.

    What the record does not know is left as the world has it. The level of trade is the one behind the figures: where
    figures err, last year's is weighed with those before it, and each run begins within what that leaves open.
    """
    now, numbers = record.at(origin), dict[str, Any]()

    def put(name: str, value: Any) -> None:
        if name in evidence.numbers and np.isfinite(value).all():
            numbers[name] = {"value": value, "beyond": _BEYOND}

    level, open_ = level_of(record, history, origin)
    drawn = normals(seed, runs, (record.states, record.powers), 1, STARTED)[..., 0]
    trade = level * record.turnover[:, now, None] * np.exp(open_ * drawn - 0.5 * open_**2)  # [R, I, J]
    swing = swing_of(record, history, origin)
    window = slice(now + 1, now + 1 + HORIZON) if told else slice(now + 1 - TRAILING, now + 1)
    for i, state in enumerate(record.states):
        for j, power in enumerate(record.powers):
            put(f"ties.{state}.{power}.trade", trade[:, i, j])
            put(f"ties.{state}.{power}.fit", 0.0)
            put(f"ties.{state}.{power}.swing", float(min(swing[i, j], 1.0)))
        put(f"states.{state}.other.deal", float(record.turnover[i, now] - record.trade[i, :, now].sum()))
        if np.isfinite(record.turnover[i, now]):
            put(f"states.{state}.gdp", float(record.output[i, now]))
        put(f"states.{state}.growth", float(record.growth[i, window].mean()))
    for j, power in enumerate(record.powers):
        put(f"powers.{power}.growth", float(record.power_growth[j, window].mean()))
    return numbers


def level_of(record: Record, history: History, origin: int) -> tuple[Floats, Floats]:
    """The share behind the figures to the origin [I, J], and the sd of its logarithm that they leave open [J].

    A level with noise, filtered: what a year adds is weighed by how far levels move against how far figures err. How
    far levels move is taken by class from yearly changes before the origin, less what errors make of them.
    """
    logs = np.log(record.shares[..., : record.at(origin) + 1])
    level, open_ = np.exp(logs[..., -1]), np.zeros(len(record.powers))
    for one in history.classes:
        members, error = record.members(one.powers), one.error**2
        yearly = logs[:, members, 1:] - logs[:, members, :-1]
        moved = max(float(np.nanmedian(yearly**2)) / _MEDIAN_OF_SQUARES - 2.0 * error, 0.25 * error)
        ahead = 0.5 * (moved + np.sqrt(moved**2 + 4.0 * moved * error))  # variance of what next year brings, steady
        gain = ahead / (ahead + error) if error > 0.0 else 1.0
        level[:, members] = np.exp(_filtered(logs[:, members], gain))
        open_[members] = np.sqrt(gain * error)
    return level, open_


def swing_of(record: Record, history: History, origin: int) -> Floats:
    """The sd of yearly steps of trade [I, J] that could be read off the record before the origin.

    What shares moved on the logit, each pair drawn towards its class, less what the errors of figures make of it. Steps
    of a quarter move means of years by less in one year than in several; the factor makes changes over the middle one
    of the years that are scored come out right.
    """
    odds = logit(record.shares[..., : record.at(origin) + 1])
    swing = np.full(odds.shape[:2], np.nan)
    middle = 0.5 * (1 + HORIZON)
    for one in history.classes:
        members, square = record.members(one.powers), one.error**2
        moved = np.maximum(pair_spread(odds[:, members]) ** 2 - 2.0 * square, 0.25 * square)
        swing[:, members] = np.sqrt(moved * middle / (middle - _AVERAGED))
    return swing


_AVERAGED = 5 / 16  # years of a walk by quarters that are lost between two means of years, one or several apart
_MEDIAN_OF_SQUARES = 0.4549  # of a standard normal variable; a few shipments must not make a class look restless


def _filtered(logs: Floats, gain: float) -> Floats:
    """The last level [...] of figures [..., Y], beginning with the first that is known."""
    level = np.full(logs.shape[:-1], np.nan)
    for year in range(logs.shape[-1]):
        seen = logs[..., year]
        moved = np.where(np.isfinite(level), level + gain * (seen - level), seen)
        level = np.where(np.isfinite(seen), moved, level)
    return level


# --- scores ----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, kw_only=True)
class Game:
    """Runs from one origin, and what is known at it and after it."""

    kind: str
    origin: int
    history: History
    record: Record
    seen: Floats  # shares [R, I, J, Y] in the years after the origin

    def scores(self) -> dict[str, Floats]:
        """Scores in points [I, J, HORIZON] of the model and its opponents, and what fans cover; nan: unknown."""
        now = self.record.at(self.origin)
        past, came = self.record.shares[..., : now + 1], self.record.shares[..., now + 1 : now + 1 + HORIZON]
        came = np.where(np.isfinite(past[..., -1:]), came, np.nan)
        classes = [self.record.members(one.powers) for one in self.history.classes]
        fans = [fan(past, HORIZON, classes), fan(past, HORIZON, classes, TRAILING)]
        mine = self.seen[..., :HORIZON]
        scored = {"model": mine, **dict(zip(OPPONENTS, fans, strict=True))}
        found = {name: _POINTS * crps(members, came) for name, members in scored.items()}
        return found | {"cover": inside_of(mine, came, _NINETY), "cover_fan": inside_of(fans[0], came, _NINETY)}


def skill_table(games: Sequence[Game], history: History, record: Record, level: float) -> "pd.DataFrame":
    """Skill by kind of run, group of partners and horizon."""
    import pandas as pd

    return pd.DataFrame(list(_skill_rows(games, history, record, level)))


def _skill_rows(games: Sequence[Game], history: History, record: Record, level: float) -> Iterator[dict[str, Any]]:
    for kind in KINDS:
        scores = [game.scores() for game in games if game.kind == kind]
        found = {name: np.stack([one[name] for one in scores]) for name in scores[0]}  # [O, I, J, H]
        for group, powers in {EVERY: record.powers, **history.groups}.items():
            members = record.members(powers)
            for horizon in (0, *range(1, HORIZON + 1)):
                ahead = slice(None) if horizon == 0 else slice(horizon - 1, horizon)
                mine = {name: values[:, :, members, ahead] for name, values in found.items()}
                yield {"kind": kind, "of": group, "horizon": horizon, **_skill(mine, level)}


def _skill(scores: dict[str, Floats], level: float) -> dict[str, Any]:
    """What scores [O, I, J, H] of some pairs come to."""
    known = np.isfinite(scores["model"]) & np.isfinite(scores[OPPONENTS[0]])
    by_pair = {  # sums [pairs]
        name: np.where(known, scores[name], 0.0).sum(axis=(0, 3)).ravel() for name in ("model", *OPPONENTS)
    }
    drawn = resamples(len(by_pair["model"]), RESAMPLES)
    again = 1.0 - by_pair["model"][drawn].sum(axis=1) / by_pair[OPPONENTS[0]][drawn].sum(axis=1)
    low, high = interval(again, level)
    mine, walk, trend = (float(by_pair[name].sum()) for name in ("model", *OPPONENTS))
    count = int(known.sum())
    return {
        "crps": mine / count,
        "crps_fan": walk / count,
        "crps_trend": trend / count,
        "skill": 1.0 - mine / walk,
        "low": low,
        "high": high,
        "skill_trend": 1.0 - mine / trend,
        "cover": float(scores["cover"][known].mean()),
        "cover_fan": float(scores["cover_fan"][known].mean()),
        "count": count,
    }


def drift_table(games: Sequence[Game], record: Record) -> "pd.DataFrame":
    """The drift of each pair to the end of the record, from `DRIFT_FROM` or the first origin at which it is known."""
    import pandas as pd

    rows = []
    for kind in KINDS:
        mine = {game.origin: game for game in games if game.kind == kind and game.origin >= DRIFT_FROM}
        for i, state in enumerate(record.states):
            for j, power in enumerate(record.powers):
                known = [year for year in sorted(mine) if np.isfinite(record.shares[i, j, record.at(year)])]
                if not known:
                    continue
                past = record.shares[i, j, record.at(known[0])]
                came = _POINTS * float(record.shares[i, j, -1] - past)
                said = _POINTS * float(np.median(mine[known[0]].seen[:, i, j, -1]) - past)
                about = {"kind": kind, "state": state, "power": power, "since": known[0]}
                rows.append(about | {"record": came, "model": said, "right": bool(came * said > 0.0)})
    return pd.DataFrame(rows)
