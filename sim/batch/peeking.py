"""A look at some hundred worlds, in memory and at once: for a slider, a notebook, a class. Nothing is written.

A batch (`sim.run`) keeps everything of any number of runs, in a folder; a peek keeps what is looked at of a few, within
a fraction of a second. Run for run it plays the same worlds: the first 96 of a peek at 500 are those of a peek at 96.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.batch.aggregate import QUANTILES
from sim.batch.identity import allowed_cores
from sim.batch.outcomes import OUTCOMES, Summary, Thresholds, outcome_words, summarise, thresholds
from sim.batch.pool import made_together
from sim.engine.ensemble import LANES, PreparedEnsemble, prepare_checked
from sim.engine.ways import compile_behind
from sim.io.arguments import Arguments
from sim.io.errors import input_error, listed
from sim.io.shown import Shown
from sim.model.variables import BANDED, BY_POWER, HEADLINES
from sim.scenario.arguments import check_setting, given_fitted, given_numbers
from sim.scenario.calendar import quarter_text
from sim.scenario.given_moves import given_moves
from sim.scenario.scenario import Scenario, evidence_of, scenario_of, with_fitted
from sim.scenario.units import ONE_FOR_ALL

if TYPE_CHECKING:
    import pandas as pd

    from sim.engine.block import Block
    from sim.evidence.evidence import Evidence

Floats = NDArray[np.float64]

WORLDS = 500
"""Runs unless told otherwise: a median share is then known to some two points."""

MOST_WORLDS = 20_000
"""What memory holds at once; for more there are batches."""

SHOWN = tuple(name for name in HEADLINES if name in BANDED)
"""Measures that have bands unless others are asked for."""

_FEWEST = 24  # runs that are worth a thread
_VECTOR = 8  # lanes are played by so many: what is left over costs a sixth of the time


@dataclass(frozen=True, kw_only=True)
class Peek(Shown):
    """What some hundred runs came to; R runs, T quarters, I states, J powers, O outcomes.

    `scenario` is what was played, with the answers that were given, and `numbers` those that went before its own.
    `outcome` [R, T, I] says how each run
    would be judged if it ended there, as a place in `sim.batch.outcomes.OUTCOMES`, and `about` the power that the word
    is about, -1 for none. `courses` holds by measure the mean and the quantiles of `QUANTILES`, [T, I, 6], or by power
    [T, I, J, 6]; `ends` what each run keeps of its last quarters, [R, I] or [R, I, J]; `kept` the whole course of each
    run in the measures that were to be kept, [R, T, I] or [R, T, I, J].
    """

    scenario: Scenario
    numbers: Mapping[str, Any]
    seed: int
    runs: int
    states: tuple[str, ...]
    powers: tuple[str, ...]
    quarters: tuple[int, ...]
    outcome: NDArray[np.int8]
    about: NDArray[np.int8]
    courses: Mapping[str, Floats]
    ends: Mapping[str, Floats]
    kept: Mapping[str, Floats]

    @cached_property
    def counted(self) -> NDArray[np.int64]:
        """Runs by outcome and the power it is about, none first: [T, I, O, 1 + J]."""
        about = len(self.powers) + 1
        cells = np.arange(self.outcome[0].size).reshape(self.outcome.shape[1:]) * (len(OUTCOMES) * about)
        codes = cells + self.outcome.astype(np.int64) * about + self.about + 1
        counts = np.bincount(codes.ravel(), minlength=self.outcome[0].size * len(OUTCOMES) * about)
        return counts.reshape(*self.outcome.shape[1:], len(OUTCOMES), about)

    @cached_property
    def outcomes(self) -> "pd.DataFrame":
        """Runs and their share by quarter, state and outcome word, with the columns of `Results.outcomes`."""
        import pandas as pd

        at, state, kind, about = np.nonzero(self.counted)
        runs = self.counted[at, state, kind, about]
        return pd.DataFrame(
            {
                "quarter": self._when()[at],
                "state": np.array(self.states)[state],
                "outcome": outcome_words(kind.astype(np.int8), (about - 1).astype(np.int8), self.powers),
                "power": np.array(["", *self.powers])[about],
                "runs": runs,
                "share": runs / self.runs,
            }
        )

    @cached_property
    def bands(self) -> "pd.DataFrame":
        """Mean and quantiles by measure, power, quarter and state, with the columns of `Results.bands`."""
        import pandas as pd

        parts = [self._band(name, course) for name, course in self.courses.items()]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def means(self) -> "pd.DataFrame":
        """What runs keep at their end, mean over all of them, by measure, state and power."""
        import pandas as pd

        rows = []
        for name, values in self.ends.items():
            mean = values.mean(axis=0)
            for place in np.ndindex(mean.shape):
                power = self.powers[place[1]] if len(place) > 1 else ""
                rows.append((self.states[place[0]], power, name, float(mean[place])))
        return pd.DataFrame(rows, columns=["state", "power", "measure", "mean"])

    def final_outcomes(self) -> "pd.DataFrame":
        """Outcome words at the end of the runs with their shares, most frequent first within each state."""
        table: pd.DataFrame = self.outcomes[self.outcomes["quarter"] == quarter_text(self.quarters[-1])]
        order = {state: rank for rank, state in enumerate(self.states)}
        table = table.drop(columns="quarter").assign(rank=table["state"].map(order))
        table = table.sort_values(["rank", "runs"], ascending=[True, False], kind="stable")
        return table.drop(columns="rank").reset_index(drop=True)

    def __repr__(self) -> str:
        span = f"{quarter_text(self.quarters[0])} to {quarter_text(self.quarters[-1])}"
        return f"Peek({self.scenario.name}, {self.runs} runs, {span}, seed {self.seed})"

    def _when(self) -> NDArray[np.str_]:
        return np.array([quarter_text(quarter) for quarter in self.quarters])

    def _band(self, name: str, course: Floats) -> "pd.DataFrame":
        import pandas as pd

        at, state, *power = (index.ravel() for index in np.indices(course.shape[:-1]))
        flat = course.reshape(-1, course.shape[-1])
        columns: dict[str, Any] = {"quarter": self._when()[at], "state": np.array(self.states)[state]}
        columns |= {"power": np.array(self.powers)[power[0]] if power else "", "measure": name, "mean": flat[:, 0]}
        columns |= {f"p{round(100 * q)}": flat[:, 1 + number] for number, q in enumerate(QUANTILES)}
        return pd.DataFrame(columns)


# --- the door --------------------------------------------------------------------------------------------------------


def peek(
    scenario: str | Path | Scenario = "baseline",
    runs: int = WORLDS,
    *,
    numbers: Mapping[str, Any] | None = None,
    answers: Sequence[Any] | None = None,
    seed: int | None = None,
    workers: int | None = None,
    measures: Sequence[str] | None = None,
    kept: Sequence[str] = (),
    fitted: str | None = None,
    seeds: str | Path | None = None,
) -> Peek:
    """Play some hundred worlds and say what they came to, in memory: no folder, and no file.

    Parameters
    ----------
    scenario, seed, fitted, seeds
        As in `sim.run`.
    runs
        Worlds, the first ones of the batch with that seed; at most `MOST_WORLDS`.
    numbers
        Values by name that go before the scenario's own, checked as in a file: also the lines between outcome words
        (`measures.*`). One value each, or one for each of the runs (float64 [runs]), but for those lines.
    answers
        What is answered and who is visited, beside what the scenario says: events as a file writes them
        (`{"at": "2026-Q2", "answer": {...}}`), or `moves` of a `sim.Model` that was played.
    workers
        Threads, this one among them; as many as the cores this process may use unless told otherwise. They change no
        bit.
    measures
        What has bands (`sim.model.variables.BANDED`); the headlines unless told otherwise.
    kept
        What is kept run by run, too, quarter by quarter, out of the same list; nothing unless told otherwise.

    Raises
    ------
    sim.io.errors.InputError
        For what does not exist, and for what a scenario file could not say either.
    """
    arguments = Arguments("sim.peek")
    scenario = with_fitted(scenario_of(scenario, seeds, "sim.peek"), given_fitted(arguments, fitted))
    evidence = evidence_of(scenario)
    scenario = check_setting(scenario, evidence, arguments)
    runs, seed = arguments.whole("runs", runs, 1, MOST_WORLDS), arguments.seed(seed)
    threads = arguments.workers(workers) or allowed_cores()
    shown = SHOWN if measures is None else arguments.choices("measures", measures, BANDED)
    whole = arguments.choices("kept", kept, BANDED)
    given = given_numbers(arguments, numbers, evidence)
    _check_one_a_run(arguments, given, runs)
    moves = given_moves(arguments, answers, scenario, evidence)
    arguments.refuse_if_wrong()
    scenario = _as_asked(scenario, moves, runs, seed)
    return _played(scenario, evidence, given, tuple(shown), tuple(whole), threads)


def _check_one_a_run(arguments: Arguments, given: Mapping[str, Any], runs: int) -> None:
    """Numbers that differ from run to run are as many as the runs; a line between words is the same for all."""
    for name, value in given.items():
        if not getattr(value, "ndim", 0):
            continue
        entry = arguments.entry(f"numbers.{name}", value)
        if name.startswith(ONE_FOR_ALL):
            entry.refuse(allowed="a value: a line between outcome words is the same for all")
        elif len(value) != runs:
            entry.refuse(found=f"{len(value)} values", allowed=f"one value, or {runs}, one a run")


def _as_asked(scenario: Scenario, moves: tuple[Any, ...], runs: int, seed: int | None) -> Scenario:
    seed = scenario.seed if seed is None else seed
    return replace(scenario, events=(*scenario.events, *moves), runs=runs, seed=seed)


def _played(
    scenario: Scenario,
    evidence: "Evidence",
    given: Mapping[str, Any],
    shown: tuple[str, ...],
    whole: tuple[str, ...],
    threads: int,
) -> Peek:
    prepared = prepare_checked(scenario, evidence, None, given)
    lines = thresholds(prepared.values_of(0, 1))
    compile_behind("sim.engine.first_time", scenario.runs, allowed_cores())
    cuts = _cuts(scenario.runs, threads)
    parts = made_together([partial(_part, prepared, lines, {*shown, *whole}, *cut) for cut in cuts], threads)
    summaries = [summary for summary, _ in parts]
    ends = {
        name: np.concatenate([getattr(one, group)[name] for one in summaries])
        for group in ("state", "by_power", "totals")
        for name in getattr(summaries[0], group)
    }
    if not all(np.isfinite(values).all() for values in ends.values()):
        message = "with these numbers a run ends in a number that is not finite"
        raise input_error(f"sim.peek: {scenario.name}", message, found=listed(given) or "those of the scenario")
    return Peek(
        scenario=scenario,
        numbers=given,
        seed=prepared.seed,
        runs=scenario.runs,
        states=parts[0][1].states,
        powers=parts[0][1].powers,
        quarters=prepared.quarters,
        outcome=np.concatenate([one.outcome for one in summaries]),
        about=np.concatenate([one.power for one in summaries]),
        courses=_courses([part.values for _, part in parts], shown, threads),
        ends=ends,
        kept={name: np.concatenate([np.moveaxis(part.values[name], -1, 0) for _, part in parts]) for name in whole},
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What is kept of some runs: by measure the values of every quarter, runs last."""

    states: tuple[str, ...]
    powers: tuple[str, ...]
    values: Mapping[str, Floats]


def _cuts(runs: int, threads: int) -> list[tuple[int, int]]:
    """The first run and the number of runs of each part: as even as can be, so that no thread waits for the last."""
    parts = -(-runs // LANES)
    even = -(-parts // threads) * threads
    parts = max(1, even if runs // even >= _FEWEST else parts)
    size = -(-runs // (parts * _VECTOR)) * _VECTOR
    return [(first, min(size, runs - first)) for first in range(0, runs, size)]


def _part(
    prepared: PreparedEnsemble, lines: Thresholds, names: Collection[str], first: int, count: int
) -> tuple[Summary, _Part]:
    """Play some runs, judge them, and keep what was asked for; the pages are written over by the next ones."""
    (page,) = prepared.run_pages(first, count, lanes=count)
    (block,) = page.blocks()
    values = {name: np.array(np.moveaxis(_measured(block, name), 0, -1), order="C") for name in names}
    return summarise(block, lines), _Part(states=block.states, powers=block.powers, values=values)


def _measured(block: "Block", name: str) -> Floats:
    return block.power_measure(name) if name in BY_POWER else block.state_measure(name)


def _courses(parts: Sequence[Mapping[str, Floats]], shown: tuple[str, ...], threads: int) -> dict[str, Floats]:
    """Mean and quantiles by measure, some quarters at a time."""
    pieces = []
    for name in shown:
        times = len(parts[0][name])
        size = -(-times // threads)
        pieces += [(name, slice(at, at + size)) for at in range(0, times, size)]
    tasks = [partial(_course, [part[name][some] for part in parts]) for name, some in pieces]
    made = made_together(tasks, threads)
    return {
        name: np.concatenate([one for one, (of, _) in zip(made, pieces, strict=True) if of == name]) for name in shown
    }


def _course(parts: Sequence[Floats]) -> Floats:
    """Mean and quantiles over the last axis; a quantile is the smallest value that so many runs do not exceed."""
    values = np.concatenate(parts, axis=-1)
    runs = values.shape[-1]
    ranks = [-(-round(100 * q) * runs // 100) - 1 for q in QUANTILES]
    mean = values.mean(axis=-1, keepdims=True)
    values.sort(axis=-1)  # which takes a tenth of the time that five partitions take
    return np.concatenate([mean, values[..., ranks]], axis=-1)
