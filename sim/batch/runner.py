"""Many runs of one or more scenarios: in parallel, with results on disk as they come, and resumable.

This is the front. Blocks (`sim.batch.plan`) are made by threads of this process or by workers of a cluster and gathered
in one results folder (`sim.batch.folder`). Everything summed over runs is summed in whole numbers; so the files are the
same bytes for any number of workers, on one machine or many, interrupted or not.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from sim.batch.asked import BatchAsked, ScenarioLike
from sim.batch.notebook import NOTES, noted_blocks, notes_folder, opened_or_made, part_folders
from sim.batch.plan import CHUNK, SERIES_RUNS, Engine, Plan
from sim.batch.results import BATCH, Results, finished_manifest, is_finished
from sim.batch.room import check_disk, nearest_folder
from sim.batch.several_seeds import several_seeds
from sim.batch.watching import watched
from sim.batch.worker import Tell
from sim.io.errors import InputError, shown_path
from sim.io.locks import hold

_LARGE, _TRIED = 200_000, 8  # a batch of so many runs is judged by a few of them before it begins
ROOM = "make room, or keep less with --series, --thin and --measures"
"""What helps where the disk is full."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a batch would take, judged by a few runs made and thrown away."""

    runs: int
    blocks: int
    kept: int  # runs of an interrupted batch that need not be made again
    seconds: float
    size: int  # bytes on disk
    free: int  # bytes free where they would go
    drawn: int  # numbers drawn from their ranges
    writable: bool
    folder: Path
    finished: bool


# --- the front -------------------------------------------------------------------------------------------------------


@overload
def run(
    scenarios: ScenarioLike,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    *,
    engine: str | Engine = "ensemble",
    series: int = SERIES_RUNS,
    thin: int = 1,
    measures: Sequence[str] | None = None,
    numbers: str = "fixed",
    fitted: str | None = None,
    dask: Any = None,
    seeds: Path | str | None = None,
) -> Results: ...


@overload
def run(
    scenarios: ScenarioLike,
    runs: int | None = None,
    *,
    seed: Sequence[int],
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    engine: str | Engine = "ensemble",
    series: int = SERIES_RUNS,
    thin: int = 1,
    measures: Sequence[str] | None = None,
    numbers: str = "fixed",
    fitted: str | None = None,
    dask: Any = None,
    seeds: Path | str | None = None,
) -> tuple[Results, ...]: ...


@overload
def run(
    scenarios: list[ScenarioLike] | tuple[ScenarioLike, ...],
    runs: int | None = None,
    seed: int | Sequence[int] | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    *,
    engine: str | Engine = "ensemble",
    series: int = SERIES_RUNS,
    thin: int = 1,
    measures: Sequence[str] | None = None,
    numbers: str = "fixed",
    fitted: str | None = None,
    dask: Any = None,
    seeds: Path | str | None = None,
) -> tuple[Results, ...]: ...


@watched
def run(
    scenarios: ScenarioLike | list[ScenarioLike] | tuple[ScenarioLike, ...],
    runs: int | None = None,
    seed: int | Sequence[int] | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    *,
    engine: str | Engine = "ensemble",
    series: int = SERIES_RUNS,
    thin: int = 1,
    measures: Sequence[str] | None = None,
    numbers: str = "fixed",
    fitted: str | None = None,
    dask: Any = None,
    seeds: Path | str | None = None,
) -> Results | tuple[Results, ...]:
    """Run one scenario, or several one after the other, on one seed or several, and open what they leave.

    Parameters
    ----------
    scenarios
        A scenario, its name or path; or a list of them, which gives a tuple of results.
    runs, seed
        In place of what the scenario says. Of several seeds (`seed=[0, 1, 2]`) each is a batch in a folder of its own,
        as if it had been asked for alone; the results come as a tuple, scenario by scenario, in the order of the seeds.
    workers
        Threads, or processes of `dask="local"`; as many as the cores this process may use unless told otherwise.
    out
        Folder in which each scenario gets a folder `<scenario>-<hash>` of its own; `results` unless told otherwise.
    progress
        Called from this thread with a `Progress` now and then; True for a bar, in a terminal or a notebook.
    engine
        `ensemble` (compiled, fast), `numpy` (without a compiler, a hundred times slower), `mesa` (one agent at a time),
        or a function that prepares an engine of your own. The three give the same numbers to the last bit.
    series
        Runs whose whole course is kept, the first ones.
    thin
        Keep every so many quarters of that course, counted back from the last.
    measures
        What is kept of that course, names out of `sim.model.variables.MEASURES`; all unless told otherwise. Bands,
        outcomes, offers and the table of runs are complete in any case.
    numbers
        `fixed`, or `sampled`: every number is drawn from its range (`sim.engine.sampling.every_number`), and runs are
        grouped so that the variance due to numbers can be told from that due to luck (`sim.batch.variance`).
    fitted
        How the numbers that calibration fitted are taken: `posterior`, a row of its sample for every run, or `fixed`,
        the single value of each; as the scenario says unless told otherwise.
    dask
        Address of a Dask scheduler, `local`, or a client that is connected: blocks are sent there.
    seeds
        The folder of a world of one's own, for what is named and not loaded yet (`load_scenario(..., seeds=...)`).

    Raises
    ------
    sim.io.errors.InputError
        If a scenario or the evidence is wrong, another process is at work in the same folder, or results cannot be
        written.
    Interrupted
        If stopped with Ctrl-C; the same call continues where it stopped.

    Notes
    -----
    A batch that was finished before, with the same scenario, evidence and code, is opened and not run again.
    """
    kept: dict[str, Any] = {"series": series, "thin": thin, "measures": measures, "numbers": numbers, "engine": engine}
    kept |= {"fitted": fitted, "seeds": seeds, "progress": progress, "dask": dask}
    several = isinstance(scenarios, list | tuple)
    many = several_seeds("sim.run", seed)
    asked = [BatchAsked("sim.run", runs, one, workers, out, dict(kept)) for one in ([seed] if many is None else many)]
    wanted = scenarios if isinstance(scenarios, list | tuple) else (scenarios,)
    plans = [each.plan(scenario) for scenario in wanted for each in asked]
    found = tuple(_carry_out(plan, asked[0].workers, progress, dask) for plan in plans)
    return found if several or many is not None else found[0]


def estimate(
    scenario: ScenarioLike,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    **more: Any,
) -> Estimate:
    """Say how long a batch would take and how much it would write, without writing anything.

    Other arguments are those of `run`.
    """
    asked = BatchAsked("sim.batch.estimate", runs, seed, workers, out, more)
    plan = asked.plan(scenario)
    prepared = plan.prepare()
    prepared.run_block(0, 1)
    total = plan.scenario.runs
    count = min(64, total)
    started = time.perf_counter()
    block = prepared.run_block(0, count)
    _, tables = plan.judge([block])
    one = (time.perf_counter() - started) / count
    kept = min(total, _kept_runs(plan))
    place = nearest_folder(plan.folder)
    done = is_finished(plan.folder, BATCH, plan.hash)
    return Estimate(
        runs=total,
        blocks=len(plan.blocks),
        kept=total if done else kept,
        seconds=0.0 if done else one * (total - kept) / asked.workers,
        size=round(_size(plan, tables, count)),
        free=shutil.disk_usage(place).free,
        drawn=len(plan.drawn_in_words()),
        writable=place.is_dir() and os.access(place, os.W_OK),
        folder=plan.folder,
        finished=done,
    )


def _size(plan: Plan, tables: Sequence[Any], count: int) -> float:
    """Bytes that a batch would write, by the tables of so many of its runs."""
    size = _stored(tables[0]) / count * plan.scenario.runs
    if len(tables) > 1:
        size += _stored(tables[1]) / min(count, plan.series) * plan.series
    return size


def _stored(table: Any) -> float:
    return float(table.nbytes) * 0.6  # what compression left of the tables of the shipped scenarios


def _kept_runs(plan: Plan) -> int:
    """Runs that an interrupted batch has noted as finished, here or in its parts."""
    places = (notes_folder(plan.folder), *part_folders(plan.folder))
    numbers = {number for place in places for number in noted_blocks(place / NOTES)}
    return sum(min(CHUNK, plan.scenario.runs - number * CHUNK) for number in numbers)


def check_room(plan: Plan) -> None:
    """A large batch that the disk could not take is refused before it begins, and not after hours."""
    total = plan.scenario.runs
    if total < _LARGE or is_finished(plan.folder, BATCH, plan.hash):
        return
    _, tables = plan.judge([plan.prepare().run_block(0, _TRIED)])
    left = 1.0 - min(total, _kept_runs(plan)) / total
    check_disk("sim.run", total, left * _size(plan, tables, _TRIED), plan.folder, ROOM)


def _carry_out(plan: Plan, workers: int, progress: Tell | None, dask: Any) -> Results:
    """Run what is not there yet."""
    check_room(plan)

    def opened() -> Results | None:
        manifest = finished_manifest(plan.folder, BATCH, plan.hash)
        return None if manifest is None else Results(plan.folder, manifest)

    def made() -> Results:
        from sim.batch.folder import Batch  # loads the compiler, which a batch that is finished does not need

        for part in part_folders(plan.folder):  # a living part of a job array is not robbed of its folder
            with hold(part / "lock", shown_path(plan.folder)):
                pass
        batch = Batch(plan, progress, notes_folder(plan.folder), plan.blocks)
        batch.take_up_parts()
        if dask is None:
            batch.play(workers)
        else:
            batch.send_out(dask, workers)
        return batch.finish()

    made_here = [place for place in (plan.folder, plan.folder.parent) if not place.exists()]
    try:
        return opened_or_made(plan.folder, opened, made, ROOM)
    except InputError:
        if made_here:  # refused before anything was noted, as where no scheduler answers: empty folders go again
            for place in (notes_folder(plan.folder), *made_here):
                with contextlib.suppress(OSError):
                    place.rmdir()
        raise
