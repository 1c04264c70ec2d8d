"""Many runs of one or more scenarios: in parallel, with results on disk as they come, and resumable.

This is the front. Blocks (`sim.batch.plan`) are made by threads of this process or by workers of a cluster and gathered
in one results folder (`sim.batch.folder`). Everything summed over runs is summed in whole numbers; so the files are the
same bytes for any number of workers, on one machine or many, interrupted or not.
"""

import contextlib
import dataclasses
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, overload

from sim.batch.extent import Cut, Estimate, Part
from sim.batch.folder import NOTES, Batch, part_folders
from sim.batch.identity import allowed_cores
from sim.batch.notebook import noted_blocks, notes_folder, opened_or_made, telling_of_trouble, tidy
from sim.batch.plan import CHUNK, ENGINES, NUMBERS, SERIES_RUNS, BatchRequest, Engine, Plan
from sim.batch.results import BATCH, Results, finished_manifest, is_finished
from sim.batch.room import check_disk, nearest_folder
from sim.batch.several_seeds import several_seeds
from sim.batch.worker import Tell
from sim.io.arguments import Arguments
from sim.io.errors import InputError, listed, nearest_to, shown_path
from sim.io.limits import LONGEST, MOST_RUNS
from sim.io.locks import hold
from sim.model.variables import MEASURES
from sim.scenario.arguments import check_setting, given_fitted
from sim.scenario.scenario import Scenario, evidence_of, scenario_of, with_fitted

_ScenarioLike = str | Path | Scenario

_LARGE, _TRIED = 200_000, 8  # a batch of so many runs is judged by a few of them before it begins
_ROOM = "make room, or keep less with --series, --thin and --measures"


# --- the front -------------------------------------------------------------------------------------------------------


@overload
def run(
    scenarios: _ScenarioLike,
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
    scenarios: _ScenarioLike,
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
    scenarios: list[_ScenarioLike] | tuple[_ScenarioLike, ...],
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


def run(
    scenarios: _ScenarioLike | list[_ScenarioLike] | tuple[_ScenarioLike, ...],
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
        Called from this thread with a `Progress` now and then.
    engine
        `ensemble` (compiled, fast), `mesa` (one agent at a time), or a function that prepares an engine of your own.
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
    asked = [_Asked("sim.run", runs, one, workers, out, dict(kept)) for one in ([seed] if many is None else many)]
    wanted = scenarios if isinstance(scenarios, list | tuple) else (scenarios,)
    plans = [each.plan(scenario) for scenario in wanted for each in asked]
    found = tuple(_carry_out(plan, asked[0].workers, progress, dask) for plan in plans)
    return found if several or many is not None else found[0]


def run_part(
    scenario: _ScenarioLike,
    part: int,
    parts: int,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    **more: Any,
) -> Part:
    """Make every `parts`-th block of a batch, so that a job array on many machines can share it.

    `part` counts from 1. All parts may be at work at the same time in one shared folder. Afterwards `run` with the same
    arguments puts them together, and makes what is missing. Other arguments are those of `run`.
    """
    asked = _Asked("sim.batch.run_part", runs, seed, workers, out, {**more, "progress": progress})
    part, parts = asked.part(part, parts)
    plan = asked.plan(scenario)
    if finished_manifest(plan.folder, BATCH, plan.hash) is not None:
        return Part(folder=plan.folder, done=plan.scenario.runs, total=plan.scenario.runs, finished=True)
    _check_room(plan)
    notes = notes_folder(plan.folder) / f"part-{part:05d}-of-{parts:05d}"
    with (
        telling_of_trouble(plan.folder, _ROOM),
        hold(notes_folder(plan.folder) / "lock", shown_path(plan.folder), shared=True),
        hold(notes / "lock", shown_path(plan.folder)),
    ):
        if finished_manifest(plan.folder, BATCH, plan.hash) is not None:  # put together in the meantime
            tidy(plan.folder)
            return Part(folder=plan.folder, done=plan.scenario.runs, total=plan.scenario.runs, finished=True)
        batch = Batch(plan, progress, notes, plan.blocks[part - 1 :: parts])
        batch.play(asked.workers)
        batch.keep()
        return Part(folder=plan.folder, done=batch.work.done, total=batch.work.total, finished=False)


def cut(
    scenario: _ScenarioLike,
    parts: int,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    **more: Any,
) -> Cut:
    """Say how a batch would be cut into parts for `run_part`, everything checked and nothing played or written.

    Other arguments are those of `run`.
    """
    asked = _Asked("sim.batch.cut", runs, seed, workers, out, more)
    _, parts = asked.part(1, parts)
    plan = asked.plan(scenario)
    return Cut(folder=plan.folder, runs=plan.scenario.runs, blocks=len(plan.blocks), parts=parts)


def estimate(
    scenario: _ScenarioLike,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    **more: Any,
) -> Estimate:
    """Say how long a batch would take and how much it would write, without writing anything.

    Other arguments are those of `run`.
    """
    asked = _Asked("sim.batch.estimate", runs, seed, workers, out, more)
    plan = asked.plan(scenario)
    prepared = plan.prepare()
    prepared.run_block(0, 1)
    total = plan.scenario.runs
    count = min(64, total)
    started = time.perf_counter()
    block = prepared.run_block(0, count)
    _, tables = plan.judge(block)
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


def check_dask(arguments: Arguments, value: Any) -> None:
    """Where blocks are sent is the address of a scheduler, or a client that is connected to one."""
    if value is None or (isinstance(value, str) and value.strip()) or hasattr(value, "wait_for_workers"):
        return
    arguments.entry("dask", value).refuse(allowed="the address of a Dask scheduler, 'local', or a connected client")


_MORE = ("engine", "series", "thin", "measures", "numbers", "fitted", "seeds", "progress", "dask")


class _Asked:
    """What was asked for in a call, checked as files are."""

    def __init__(self, function: str, runs: Any, seed: Any, workers: Any, out: Any, more: Mapping[str, Any]) -> None:
        """Take note of everything; what is wrong is told together."""
        arguments = Arguments(function)
        self.function = function
        self.more = dict(more)
        for name in more:
            if name not in _MORE:
                arguments.entry(name, more[name]).refuse(
                    message="there is no such argument", allowed=listed(_MORE), nearest=nearest_to(name, _MORE)
                )
        arguments.called("progress", self.more.pop("progress", None))
        check_dask(arguments, self.more.pop("dask", None))
        self.runs, self.seed = arguments.runs(runs), arguments.seed(seed)
        self.workers = arguments.workers(workers) or allowed_cores()
        self.out = arguments.path_or_none("out", out)
        self.fitted = given_fitted(arguments, self.more.pop("fitted", None))
        self.seeds = self.more.pop("seeds", None)
        if "series" in more:
            self.more["series"] = arguments.whole("series", more["series"], 0, MOST_RUNS)
        if "thin" in more:
            self.more["thin"] = arguments.whole("thin", more["thin"], 1, LONGEST)
        if "numbers" in more:
            self.more["numbers"] = arguments.choice("numbers", more["numbers"], NUMBERS)
        if more.get("measures") is not None:
            self.more["measures"] = arguments.choices("measures", more["measures"], MEASURES)
        if "engine" in more and not callable(more["engine"]):
            self.more["engine"] = arguments.choice("engine", more["engine"], tuple(ENGINES))
        arguments.refuse_if_wrong()

    def part(self, part: Any, parts: Any) -> tuple[int, int]:
        """Which part of how many, counted from 1."""
        arguments = Arguments(self.function)
        parts = arguments.whole("parts", parts, 1, MOST_RUNS)
        part = arguments.whole("part", part, 1, parts)
        arguments.refuse_if_wrong()
        return part, parts

    def plan(self, scenario: _ScenarioLike) -> Plan:
        """What is to be run of a scenario, and the folder it belongs in."""
        scenario = scenario_of(scenario, self.seeds, self.function)
        changes = {name: value for name, value in (("runs", self.runs), ("seed", self.seed)) if value is not None}
        scenario = with_fitted(dataclasses.replace(scenario, **changes), self.fitted)  # type: ignore[arg-type]
        arguments = Arguments(self.function)
        scenario = check_setting(scenario, evidence_of(scenario), arguments)
        arguments.refuse_if_wrong()
        return Plan(BatchRequest(scenario=scenario, **self.more), self.out or Path("results"))


def _check_room(plan: Plan) -> None:
    """A large batch that the disk could not take is refused before it begins, and not after hours."""
    total = plan.scenario.runs
    if total < _LARGE or is_finished(plan.folder, BATCH, plan.hash):
        return
    _, tables = plan.judge(plan.prepare().run_block(0, _TRIED))
    left = 1.0 - min(total, _kept_runs(plan)) / total
    check_disk("sim.run", total, left * _size(plan, tables, _TRIED), plan.folder, _ROOM)


def _carry_out(plan: Plan, workers: int, progress: Tell | None, dask: Any) -> Results:
    """Run what is not there yet."""
    _check_room(plan)

    def opened() -> Results | None:
        manifest = finished_manifest(plan.folder, BATCH, plan.hash)
        return None if manifest is None else Results(plan.folder, manifest)

    def made() -> Results:
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
        return opened_or_made(plan.folder, opened, made, _ROOM)
    except InputError:
        if made_here:  # refused before anything was noted, as where no scheduler answers: empty folders go again
            for place in (notes_folder(plan.folder), *made_here):
                with contextlib.suppress(OSError):
                    place.rmdir()
        raise
