"""What runs answer to a question (`sim.batch.asks`): in which of them it is so, in what share, and between what bounds.

A finished folder is enough: what a run comes to stands in `runs.parquet`, its course in `series.parquet`.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.batch.asked_values import NEVER, NOBODY, is_word
from sim.batch.asks import ALL, Ask, Finished, known_from_results, read_asks
from sim.batch.outcomes import combined_pressure, ended_by
from sim.batch.tables import share_range
from sim.io.text import percent_in_cell
from sim.model.variable import Reduction
from sim.model.variables import (
    ACCEPTANCE,
    BALANCING_ENDED,
    BY_NAME,
    COMBINED_PRESSURE,
    FIRST_ENDED,
    MEAN_TRUST,
    OUTCOME,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """In what share of runs it is so: `held` of `runs`, with the bounds of that share with nineteen chances in twenty.

    share, low, high: 0..1; runs: those that can answer, all or the ones whose course was kept.
    """

    ask: str
    runs: int
    held: int
    share: float
    low: float
    high: float

    def __str__(self) -> str:
        ends = f"{100 * self.low:.0f} to {100 * self.high:.0f} %"
        return f"{self.ask}: in {percent_in_cell(self.share)} of {self.runs:,} runs ({ends})"


def answer(results: Finished, text: str) -> Answer:
    """What the runs of a finished batch say to a question such as `alignment STATE POWER > 30 %`.

    Raises
    ------
    sim.io.errors.InputError
        If it is no such question, or the runs have not kept what it is about.
    """
    (ask,) = read_asks([text], known_from_results(results), "ask")
    return answered(results, ask)


def answered(results: Finished, ask: Ask) -> Answer:
    """What the runs of a finished batch say to a question that was read."""
    truth = truth_of(results, ask)
    low, high = _bounds(truth, int(results.manifest["lucks_per_draw"]))
    runs, held = len(truth), int(truth.sum())
    return Answer(ask=ask.text, runs=runs, held=held, share=held / runs, low=low, high=high)


def _bounds(truth: NDArray[np.bool_], lucks: int) -> tuple[float, float]:
    """Bounds of the share; runs that share a draw of numbers count for less, as far as they agree."""
    runs, share = len(truth), float(truth.mean())
    worth = float(runs)
    draws = runs // lucks
    if lucks > 1 and draws > 1:
        between = float(truth[: draws * lucks].reshape(draws, lucks).mean(axis=1).var(ddof=1)) / draws
        worth = float(draws) if between == 0.0 else min(runs, max(1.0, share * (1.0 - share) / between))
    return share_range(share * worth, worth)


# --- run by run ------------------------------------------------------------------------------------------------------


def truth_of(results: Finished, ask: Ask) -> NDArray[np.bool_]:
    """In which runs it is so, [R], by their number: all, or the first ones whose course was kept."""
    values = _from_course(results, ask) if ask.needs_course else _from_runs(results, ask)
    if ask.measure == FIRST_ENDED:
        return _ended(values, ask)
    if ask.measure == OUTCOME:
        return _same(values, lambda found: is_word(ask.value.word, found), ask.sign)
    if ask.value.number is None:  # a power, or nobody
        wanted = "" if ask.value.said == NOBODY else ask.value.word
        return _same(values, lambda found: found == wanted, ask.sign)
    truth: NDArray[np.bool_] = np.asarray(_COMPARE[ask.sign](values, ask.value.number), dtype=np.bool_)
    return truth


def _same(values: NDArray[Any], meant: Callable[[str], bool], sign: str) -> NDArray[np.bool_]:
    """Where a word is the one that is meant, or where it is not."""
    words, places = np.unique(values.astype(str), return_inverse=True)
    same: NDArray[np.bool_] = np.array([meant(word) for word in words.tolist()], dtype=np.bool_)[places]
    return same if sign == "=" else np.logical_not(same)


def _ended(values: NDArray[Any], ask: Ask) -> NDArray[np.bool_]:
    """Where balancing first ended before, in or after a quarter; it never did where there is no quarter."""
    never: NDArray[np.bool_] = np.asarray(values == "", dtype=np.bool_)
    if ask.value.said == NEVER:
        return never if ask.sign == "=" else np.logical_not(never)
    truth: NDArray[np.bool_] = np.asarray(_COMPARE[ask.sign](values.astype(str), ask.value.word), dtype=np.bool_)
    return truth if ask.sign == "!=" else truth & ~never


def _from_runs(results: Finished, ask: Ask) -> NDArray[Any]:
    """What runs came to, [R]."""

    def columns(*names: str) -> list[NDArray[Any]]:
        table = pq.read_table(results.path_of("runs.parquet"), columns=list(names))
        return [_array(table[name]) for name in names]

    state = ask.state
    if ask.measure == BALANCING_ENDED:
        return ended_by(columns(f"{OUTCOME}_{state}")[0])
    if ask.measure == ACCEPTANCE:
        accepted, offers = columns(f"accepted_{state}", f"offers_{state}")
        return np.asarray(accepted / np.maximum(offers, 1))
    if ask.measure == MEAN_TRUST:
        return np.asarray(np.mean(columns(*(f"trust_{state}_{power}" for power in results.powers)), axis=0))
    if not ask.power:
        return columns(f"{ask.measure}_{state}")[0]
    several = columns(*(f"{ask.measure}_{state}_{power}" for power in _powers(results, ask)))
    return _together(np.stack(several, axis=-1), ask.measure)


def _from_course(results: Finished, ask: Ask) -> NDArray[Any]:
    """What the runs whose course was kept had in a quarter, or in the mean of the last quarters, [R]."""

    def columns(*names: str) -> NDArray[Any]:
        return np.stack([_course(results, ask, name) for name in names], axis=-1)

    if ask.measure == BALANCING_ENDED:
        return ended_by(columns(OUTCOME)[..., 0])
    if ask.measure in (MEAN_TRUST, COMBINED_PRESSURE):
        name = "trust" if ask.measure == MEAN_TRUST else "pressure"
        values = columns(*(f"{name}_{power}" for power in results.powers))
        return np.asarray(values.mean(axis=-1)) if ask.measure == MEAN_TRUST else combined_pressure(values)
    if not ask.power:
        return np.asarray(columns(ask.measure)[..., 0])
    return _together(columns(*(f"{ask.measure}_{power}" for power in _powers(results, ask))), ask.measure)


def _course(results: Finished, ask: Ask, column: str) -> NDArray[Any]:
    """One column of the course: in the quarter that is asked about, or else the mean of the last quarters, [R]."""
    quarters = [ask.at] if ask.at else _last(results)
    wanted = (pc.field("state") == ask.state) & pc.field("quarter").isin(quarters)
    table = pq.read_table(results.paths_of("series.parquet"), columns=["run", column], filters=wanted)
    table = table.sort_by("run")
    values = _array(table[column]).reshape(-1, len(quarters))
    if values.dtype.kind in "UO":
        return np.asarray(values[:, -1])
    return np.asarray(values.astype(np.float64).mean(axis=1))


def _last(results: Finished) -> list[str]:
    """The last quarters over which runs are summed up, as far as the course keeps them."""
    known = known_from_results(results)
    last = known.quarters[-max(1, round(float(results.manifest["numbers"]["measures.final_quarters"]))) :]
    return [quarter for quarter in known.in_series if quarter in last]


def _array(column: Any) -> NDArray[Any]:
    """A column as an array; text that is missing is empty."""
    if hasattr(column, "combine_chunks"):
        column = column.combine_chunks()
    if str(column.type).startswith("dictionary"):
        column = column.cast(column.type.value_type)
    if str(column.type) in ("string", "large_string"):
        return np.array([word or "" for word in column.to_pylist()])
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _powers(results: Finished, ask: Ask) -> Sequence[str]:
    return tuple(results.powers) if ask.power == ALL else (ask.power,)


def _together(values: NDArray[Any], measure: str) -> NDArray[Any]:
    """Values by power [..., J] as one; that of a single power is itself."""
    if values.shape[-1] == 1:
        return np.asarray(values[..., 0])
    if BY_NAME[measure].over_powers is Reduction.JOINT:
        return combined_pressure(values)
    return np.asarray(values.sum(axis=-1) if BY_NAME[measure].over_powers is Reduction.SUM else values.mean(axis=-1))
