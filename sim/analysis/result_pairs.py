"""Two results on the same luck, read state by state: what differs, and which runs end under another word.

What "nothing changes" would say of every outcome, the yardstick of both, stands here too.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.analysis.effect_tables import effect_table
from sim.analysis.paired import Finals, Label, Resampling, finals_of, holm, paired, resampling_of
from sim.batch.outcomes import SUMMARY_TOTALS, split_word
from sim.batch.results import Results
from sim.io.parquet import numbers_of
from sim.model.variable import Reduction
from sim.model.variables import BALANCING_ENDED, MEAN_TRUST, VARIABLES

if TYPE_CHECKING:
    import pandas as pd

_OVER_THE_RUN = frozenset(one.name for one in VARIABLES if one.summary is Reduction.SUM)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two results, the reference and another, read state by state, so that memory holds one state at a time."""

    reference: Results
    other: Results
    name: str  # of the other
    powers: tuple[str, ...]
    runs: int
    seed: int
    level: float

    @cached_property
    def span(self) -> list[str] | None:
        """The shared quarters, where the two begin in different ones; None where they do not."""
        quarters = [one.manifest["quarters"] for one in (self.reference, self.other)]
        if quarters[0][0] == quarters[1][0]:
            return None
        return [quarter for quarter in quarters[0] if quarter in quarters[1]]

    @cached_property
    def kept(self) -> int:
        """Runs whose sums over the shared quarters can be taken from the course that was kept."""
        courses = [Course(one) for one in (self.reference, self.other)]
        if any(len(course.quarters) != len(course.results.manifest["quarters"]) for course in courses):
            return 0
        return min(self.runs, *(course.runs for course in courses))

    def tables(self, states: Sequence[str], resampling: Resampling) -> "tuple[pd.DataFrame, pd.DataFrame]":
        """Effects and changes."""
        import pandas as pd

        rows, moves = [], []
        start = starting_values(self.reference)
        for state in states:
            one, two = (self.finals(results, state) for results in (self.reference, self.other))
            rows.append(_rows(one, two, resampling, self.level, start))
            moves.append(_changes(one, two))
        if self.span is not None and self.kept > 1:
            one, two = (self.sums(results, states) for results in (self.reference, self.other))
            rows.append(_rows(one, two, resampling_of(self.kept, self.seed), self.level, start))
        effects, changes = pd.concat(rows, ignore_index=True), pd.concat(moves, ignore_index=True)
        effects["clear"] = holm(effects["p"].to_numpy()) < 1.0 - self.level
        for table in (effects, changes):
            table.insert(0, "scenario", self.name)
        return effects, changes

    def finals(self, one: Results, state: str) -> Finals:
        """What the paired runs came to for one state; sums over the run only where both run over the same quarters."""
        columns = kept_columns(one, state, self.powers, self.runs)
        if self.span is not None:
            columns = {name: values for name, values in columns.items() if name not in _OVER_THE_RUN}
        return finals_of(columns, (state,), self.powers)

    def sums(self, one: Results, states: Sequence[str]) -> Finals:
        """Sums over the shared quarters, of the runs whose course was kept."""
        assert self.span is not None
        course = Course(one)
        read = course.read(SUMMARY_TOTALS, self.kept, self.span, states)
        columns = {name: values.sum(axis=1) for name, values in read.items()}
        return finals_of(columns, tuple(states), self.powers)


def _rows(
    reference: Finals, other: Finals, resampling: Resampling, level: float, start: dict[Label, float]
) -> "pd.DataFrame":
    """One row an outcome that both have."""
    theirs = {label: place for place, label in enumerate(other.labels)}
    both = [label for label in reference.labels if label in theirs]
    mine = {label: place for place, label in enumerate(reference.labels)}
    found = paired(
        reference.values[:, [mine[label] for label in both]],
        other.values[:, [theirs[label] for label in both]],
        resampling,
        level,
    )
    table = effect_table(both, found, resampling.runs)
    table.insert(4, "start", [start.get(label, math.nan) for label in both])
    return table


def _changes(reference: Finals, other: Finals) -> "pd.DataFrame":
    """How many runs had which word in the reference and in the other, the most frequent first."""
    import pandas as pd

    assert reference.words is not None
    assert other.words is not None
    tables = []
    for place, state in enumerate(reference.states):
        pairs = np.stack([reference.words[:, place], other.words[:, place]], axis=1)
        found, counts = np.unique(pairs, axis=0, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        tables.append(
            pd.DataFrame(
                {
                    "state": state,
                    "before": found[order, 0],
                    "after": found[order, 1],
                    "runs": counts[order],
                    "share": counts[order] / len(pairs),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


# --- what "nothing changes" would say ---------------------------------------------------------------------------------


def starting_values(results: Results) -> dict[Label, float]:
    """The mean of each outcome at the end of the first quarter; sums over a run have none."""
    bands = results.bands
    first = bands[bands["quarter"] == results.manifest["quarters"][0]]
    values = {
        Label(str(row.state), str(row.measure), str(row.power)): float(row.mean_)
        for row in first.rename(columns={"mean": "mean_"}).itertuples()
        if row.measure not in _OVER_THE_RUN
    }
    for state in results.states:
        trust = [values[label] for power in results.powers if (label := Label(state, "trust", power)) in values]
        if trust:
            values[Label(state, MEAN_TRUST, "")] = sum(trust) / len(trust)
    ended = results.outcomes[results.outcomes["quarter"] == results.manifest["quarters"][0]]
    for state, rows in ended.astype({"state": str, "outcome": str}).groupby("state"):
        over = [split_word(word)[0].ends_multi_vectorism for word in rows["outcome"]]
        values[Label(str(state), BALANCING_ENDED, "")] = float(rows["share"][over].sum())
    return values


# --- reading ----------------------------------------------------------------------------------------------------------


def kept_columns(results: Results, state: str, powers: Sequence[str], runs: int) -> dict[str, NDArray[Any]]:
    """What was kept of every run for one state: name -> [R, 1] or, by power, [R, 1, J]."""
    file = pq.ParquetFile(results.path_of("runs.parquet"))
    there = file.schema_arrow.names
    alone = [name for name in there if name.endswith(f"_{state}")]
    by_power = [name for name in there if name.endswith(f"_{state}_{powers[0]}")]
    stems = [name.removesuffix(f"_{state}_{powers[0]}") for name in by_power]
    wanted = [*alone, *(f"{stem}_{state}_{power}" for stem in stems for power in powers)]
    table = file.read(columns=wanted).slice(0, runs)
    columns: dict[str, NDArray[Any]] = {}
    for name in alone:
        values = table[name].to_numpy()
        columns[name.removesuffix(f"_{state}")] = values[:, None]
    for stem in stems:
        columns[stem] = np.stack([table[f"{stem}_{state}_{power}"].to_numpy() for power in powers], axis=1)[:, None]
    return columns


class Course:
    """The course of the runs that have kept one."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.files = files = results.paths_of("series.parquet")
        self.columns, self.runs, self.quarters = list[str](), 0, list[str]()
        if files:
            begin = pq.ParquetFile(files[0])
            self.columns = list(begin.schema_arrow.names)
            rows = sum(pq.ParquetFile(file).metadata.num_rows for file in files)
            first = begin.read(columns=["run", "quarter"])
            length = int((numbers_of(first["run"]) == 0).sum())
            self.quarters = list(dict.fromkeys(first["quarter"].slice(0, length).to_pylist()))
            self.runs = rows // length

    def read(
        self, columns: Collection[str], runs: int, quarters: Sequence[str], states: Sequence[str]
    ) -> dict[str, NDArray[np.float64]]:
        """Columns [R, T, I] of the first `runs` runs by name, for some quarters and states; without those not kept."""
        everyone = list(self.results.states)
        there = [name for name in columns if name in self.columns]
        times = [self.quarters.index(quarter) for quarter in quarters]
        places = [everyone.index(state) for state in states]
        length, found = len(self.quarters) * len(everyone), {name: list[NDArray[np.float64]]() for name in there}
        for file in self.files if there else ():
            left = runs - sum(map(len, found[there[0]]))
            if left <= 0:
                break
            table = pq.ParquetFile(file).read(columns=there)
            for name in there:
                values = numbers_of(table[name])[: left * length].reshape(-1, len(self.quarters), len(everyone))
                found[name].append(values[:, times][:, :, places].astype(np.float64))
        return {name: np.concatenate(parts) for name, parts in found.items()}
