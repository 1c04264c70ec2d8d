"""Rolling origins: the model started at a past year with what was known then, scored on the years the record has after.

At each origin the trade, turnover, output and trailing growth that were known are put in place of the world's own
numbers, worlds are played to the end of the record, and their trade shares are scored by CRPS against persistence with
a random-walk fan fitted to the record before that origin. Two questions are kept apart: `unconditional` runs know
trailing growth only; `conditional` runs are told how fast everybody grew in the years that followed.

What the model still knows of later years: its other numbers, those of the rules and of today's world, are today's. Only
what is named above is set back.
"""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.annual import Years, nothing_to_keep, played
from sim.analysis.effect_tables import csv_of, records_of
from sim.analysis.identity import rests_on
from sim.analysis.kept_arrays import KeptArrays, keeping
from sim.analysis.movement import RESAMPLES, interval
from sim.analysis.paired import LEVEL
from sim.analysis.record import Record, record_of, resamples
from sim.analysis.scores import crps, fan, inside_of
from sim.analysis.spread import check_world, model_shares
from sim.analysis.starting import HORIZON, TRAILING, start_of
from sim.batch.identity import digest_of
from sim.batch.manifest import close_folder
from sim.batch.plan import plain_scenario
from sim.batch.watching import watched
from sim.batch.worker import Tell, Work
from sim.engine.ensemble import prepare
from sim.engine.fitted import fitted_numbers
from sim.evidence.evidence import Evidence
from sim.evidence.history import History, load_history
from sim.io.arguments import Arguments, path_given
from sim.io.errors import listed
from sim.io.shapes import inside_by
from sim.io.text import CAUTION
from sim.io.writers import write_text, write_whole
from sim.scenario.scenario import Scenario, evidence_of, scenario_of

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

ORIGINS = tuple(range(2008, 2016))
"""Years whose figures are the last that a run knows; four years later the record must still go on."""

DRIFT_FROM = 2009
"""The origin whose runs are asked for the sign of the drift to the end of the record."""

RUNS = 1000
KINDS = ("unconditional", "conditional")
OPPONENTS = ("random-walk fan", "trend fan")
EVERY = "all"
_POINTS = 100.0
_NINETY = 0.9
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
      record in points, since `since`, whether the sign is `right`, and whether the record's is `large`: larger than
      what the errors of figures at both ends come to.
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
        arguments = Arguments("Origins.skill_of")
        for key, value, column in (("kind", kind, "kind"), ("group", group, "of")):
            arguments.choice(key, value, tuple(dict.fromkeys(table[column])))
        horizon = arguments.whole("horizon", horizon, 0, HORIZON)
        arguments.refuse_if_wrong()
        row = table[(table["kind"] == kind) & (table["of"] == group) & (table["horizon"] == horizon)]
        return float(row["skill"].iloc[0])

    def right(self, kind: str) -> float:
        """Share of pairs whose drift has the sign of the record's."""
        arguments = Arguments("Origins.right")
        arguments.choice("kind", kind, tuple(dict.fromkeys(self.drift["kind"])))
        arguments.refuse_if_wrong()
        mine = self.drift[self.drift["kind"] == kind]
        return float(mine["right"].mean())

    def folder(self, out: Path | str = "results") -> Path:
        """Where `write` puts its files unless told otherwise."""
        place = path_given("Origins.folder", "out", out)
        said = csv_of(self.skill) + csv_of(self.drift) + self.caption
        return inside_by(place, f"origins-{self.scenario.name}", said)

    def write(self, folder: Path | str | None = None) -> Path:
        """Write the tables as CSV and Parquet, and everything as JSON; returns the folder."""
        place = self.folder() if folder is None else path_given("Origins.write", "folder", folder)
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
        said = {"name": self.scenario.name, "title": f"Rolling origins: {self.scenario.title}", "runs": self.runs}
        names = [f"{table}.{end}" for table in ("skill", "drift") for end in ("csv", "parquet")]
        close_folder(place, "origins", said, [*names, "origins.json"])
        return place


def write_table(table: "pd.DataFrame", folder: Path, name: str) -> None:
    """Write a table as CSV and as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    write_text(folder / f"{name}.csv", csv_of(table))
    columns = pa.Table.from_pandas(table, preserve_index=False)
    write_whole(folder / f"{name}.parquet", lambda handle: pq.write_table(columns, handle))


@watched
def roll_origins(
    scenario: str | Path | Scenario = "baseline",
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Tell | None = None,
    origins: Sequence[int] = ORIGINS,
    level: float = LEVEL,
    seeds: Path | str | None = None,
    out: Path | str | None = None,
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
    seeds
        The folder of a world of one's own, for what is named and not loaded yet (`load_scenario(..., seeds=...)`).
    out
        Folder in which what was played is kept while this lasts, so that the same call goes on where it was stopped.

    Raises
    ------
    sim.io.errors.InputError
        If the scenario or an argument is wrong, or its world lacks states or powers of the record.
    """
    arguments = Arguments("sim.analysis.roll_origins")
    arguments.called("progress", progress)
    runs, seed = arguments.runs(runs, 2) or RUNS, arguments.seed(seed)
    workers, level = arguments.workers(workers), arguments.level(level)
    history = load_history()
    years, kept_in = given_origins(arguments, origins, history), arguments.path_or_none("out", out)
    arguments.refuse_if_wrong()
    given = scenario_of(scenario, seeds, "sim.analysis.roll_origins")
    given = dataclasses.replace(given, seed=given.seed if seed is None else seed, events=())
    check_world(given, history)
    evidence = evidence_of(given)
    known = {code for one in history.rows for code in (one.state, one.partner)}
    codes = tuple(
        [actor.code for actor in actors if actor.code in known] for actors in (evidence.states, evidence.powers)
    )
    record = record_of(history, *codes)
    work = Work(given.name, None, progress, nothing_to_keep, runs * len(years) * len(KINDS))
    work.prepare()

    def game(kind: str, year: int, kept: KeptArrays) -> Game:
        known = kept.get(f"{kind}-{year}")
        if known is None:
            known = {"seen": _play(given, record, year, runs, work, workers, told=kind == KINDS[1])}
            kept.put(f"{kind}-{year}", known)
        else:
            work.done += runs
        return Game(kind=kind, origin=year, history=history, record=record, seen=known["seen"])

    of = digest_of([plain_scenario(given), runs, repr(history), rests_on(evidence)])
    with keeping(kept_in, f"origins-{given.name}", of, len(KINDS) * len(years)) as kept:
        games = [game(kind, year, kept) for kind in KINDS for year in years]
    return Origins(
        scenario=given,
        runs=runs,
        origins=years,
        level=level,
        skill=skill_table(games, history, record, level),
        drift=drift_table(games, history, record),
        notes=(_SIZE, *_replaced(given, record, history, evidence, years[0])),
    )


def _replaced(scenario: Scenario, record: Record, history: History, evidence: Evidence, origin: int) -> tuple[str, ...]:
    """What the scenario says of numbers with which runs start from the record, so that it has no say here."""
    from_record = start_of(record, history, evidence, origin, 2, scenario.seed, told=False)
    fitted = fitted_numbers(scenario, evidence)
    drawn = scenario.sampled.keys() | set(() if fitted is None else fitted.names)
    said = sorted((scenario.numbers.keys() | drawn) & from_record.keys())
    return (f"The record goes before what is said of {listed(said)}",) if said else ()


def given_origins(arguments: Arguments, origins: Any, history: History) -> tuple[int, ...]:
    """Years from which the record goes on for as long as is scored, and before which growth is known."""
    if not isinstance(origins, list | tuple | range) or not origins:
        arguments.entry("origins", origins).refuse(allowed="a list of years")
        return ()
    first, last = history.first + TRAILING, history.last - HORIZON
    return tuple(arguments.whole(f"origins[{place}]", year, first, last) for place, year in enumerate(origins))


# --- runs that start in the past -------------------------------------------------------------------------------------


def _play(
    scenario: Scenario, record: Record, origin: int, runs: int, work: Work, workers: int | None, *, told: bool
) -> Floats:
    """Shares of turnover [R, I, J, Y] in the years after the origin, to the end of the record, as recorded."""
    history, evidence = load_history(), evidence_of(scenario)
    numbers = start_of(record, history, evidence, origin, runs, scenario.seed, told=told)
    # From the last quarter of the origin on: means of years are then as far from each other as those of the record.
    dated = dataclasses.replace(scenario, start=4 * origin + 3, end=4 * record.years[-1] + 3)
    seen: Years = played(prepare(dated, numbers=numbers), runs, work, workers)
    return model_shares(seen, record, history, scenario.seed)


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


def drift_table(games: Sequence[Game], history: History, record: Record) -> "pd.DataFrame":
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
                error = history.error_of(power) * float(np.hypot(past, record.shares[i, j, -1])) * _POINTS
                found = {"record": came, "model": said, "right": bool(came * said > 0.0), "large": abs(came) > error}
                rows.append(about | found)
    return pd.DataFrame(rows)
