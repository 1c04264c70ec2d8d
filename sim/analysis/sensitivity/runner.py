"""Sweeps: an experiment run on the compiled ensemble, all its points side by side in the lanes, and what it found.

A point is no process and no batch: the numbers of every run are one row of an array, so thousands of points share one
block. Replicate r has the same luck at every point. Only what is asked of each run is kept. Blocks land whole on disk,
so a sweep that is interrupted goes on where it stopped, and ends with the same bytes as one that never was.
"""

import dataclasses
import shutil
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.analysis.sensitivity.designs import Sample, lay_out
from sim.analysis.sensitivity.evaluator import LANES, Ensemble, Evaluator
from sim.analysis.sensitivity.experiment import FEWEST, FEWEST_FAST, Design, DesignKind, Experiment, load_experiment
from sim.analysis.sensitivity.indices import TABLES, analyse, strongest_factors
from sim.analysis.sensitivity.sweep_results import SWEEP_FORMAT, Sweep, load_sweep, read_outputs, read_sweep_manifest
from sim.batch.identity import allowed_cores, code_hash, digest_of, evidence_hash, plain, version_of
from sim.batch.results import write_manifest
from sim.batch.tables import join_tables, write_table
from sim.batch.worker import Interrupted, Progress, Stage
from sim.evidence.evidence import load_evidence
from sim.io.errors import input_error, shown_path
from sim.io.locks import hold
from sim.io.writers import WrittenFile, file_hash, write_text
from sim.model.code_cache import warm
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    pass


BLOCK = 8 * LANES  # runs a file: one lasts about a second, so that little is lost and few files are written
_ROOMS = (
    *("designs.py", "experiment.py", "factors.py", "indices.py"),
    *("responses.py", "runner.py", "sweep_results.py"),
)


# --- who evaluates ---------------------------------------------------------------------------------------------------


# --- the front -------------------------------------------------------------------------------------------------------


def sweep(
    experiment: str | Path | Mapping[str, Any] | Experiment,
    *,
    points: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Callable[[Progress], None] | None = None,
    evaluator: Evaluator | None = None,
) -> Sweep:
    """Run an experiment, or open what it left when it was run before.

    Parameters
    ----------
    experiment
        An experiment, its name, number, folder or file, or a mapping with the keys of such a file.
    points, replicates, seed
        In place of what the experiment says; `points` are trajectories in a Morris design.
    workers
        Threads; as many as the cores this process may use unless told otherwise.
    out
        Folder in which the sweep gets a folder of its own; `results` unless told otherwise.
    progress
        Called from this thread with a `Progress` now and then; it counts runs.
    evaluator
        What to run instead of the model; only the factors of the experiment matter then.

    Raises
    ------
    sim.io.errors.InputError
        If the experiment is wrong, SALib is missing, or another process is at work in the same folder.
    sim.batch.runner.Interrupted
        If stopped with Ctrl-C; the same call continues where it stopped.
    """
    return _plan(experiment, points, replicates, seed, out, evaluator).carry_out(workers, progress)


@dataclass(frozen=True, kw_only=True)
class SweepEstimate:
    """What a sweep would take, judged by a few runs made and thrown away."""

    points: int
    runs: int
    seconds: float
    folder: Path
    finished: bool


def estimate_sweep(
    experiment: str | Path | Mapping[str, Any] | Experiment,
    *,
    points: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
) -> SweepEstimate:
    """Say how many runs a sweep has and how long they would take, without writing anything."""
    plan = _plan(experiment, points, replicates, seed, out, None)
    rows = plan.experiment.rows(screen=True) + plan.experiment.rows()
    base = {factor.name: np.full(LANES, factor.base) for factor in plan.experiment.factors}
    which = np.arange(LANES, dtype=np.int64) % plan.experiment.replicates
    evaluate = Ensemble(plan.experiment)
    evaluate(base, which)
    started = time.perf_counter()
    evaluate(base, which)
    one = (time.perf_counter() - started) / LANES
    runs = rows * plan.experiment.replicates
    return SweepEstimate(
        points=rows,
        runs=runs,
        seconds=one * runs / (workers or allowed_cores()),
        folder=plan.folder,
        finished=read_sweep_manifest(plan.folder) is not None,
    )


def smallest(experiment: Experiment) -> Experiment:
    """The same experiment at the smallest size at which it still runs from end to end: seconds, and no result."""
    usual = {DesignKind.SOBOL: 8, DesignKind.MORRIS: 2, DesignKind.FAST: FEWEST_FAST, DesignKind.LATIN_HYPERCUBE: 40}
    points = usual.get(experiment.design.kind, min(experiment.design.points, 9))
    screen = experiment.screen
    if screen is not None:
        screen = dataclasses.replace(screen, trajectories=2, keep=min(screen.keep, 6))
    design = dataclasses.replace(experiment.design, points=points)
    return dataclasses.replace(experiment, design=design, screen=screen, replicates=2)


# --- what is to be done ----------------------------------------------------------------------------------------------


def _plan(
    experiment: str | Path | Mapping[str, Any] | Experiment,
    points: int | None,
    replicates: int | None,
    seed: int | None,
    out: Path | str | None,
    evaluator: Evaluator | None,
) -> "_Plan":
    if not isinstance(experiment, Experiment):
        experiment = load_experiment(experiment)
    if points is not None:
        experiment = dataclasses.replace(experiment, design=_resized(experiment.design, points))
        if experiment.screen is not None:
            fewer = min(experiment.screen.trajectories, max(2, points))
            experiment = dataclasses.replace(
                experiment, screen=dataclasses.replace(experiment.screen, trajectories=fewer)
            )
    if replicates is not None:
        experiment = dataclasses.replace(experiment, replicates=replicates)
    if seed is not None:
        experiment = dataclasses.replace(experiment, seed=seed)
    return _Plan(experiment, evaluator, Path("results" if out is None else out))


def _resized(design: Design, points: int) -> Design:
    """The design with another number of points, which has to suit it."""
    low = FEWEST.get(design.kind, 2)
    if points < low or (design.kind is DesignKind.SOBOL and points & (points - 1)):
        allowed = f"{low} or more" + (", a power of two" if design.kind is DesignKind.SOBOL else "")
        raise input_error("points", f"a {design.kind.word} design", found=str(points), allowed=allowed)
    return dataclasses.replace(design, points=points)


class _Plan:
    """One experiment to be run, and the folder it belongs in."""

    def __init__(self, experiment: Experiment, evaluator: Evaluator | None, out: Path) -> None:
        self.experiment = experiment
        self.evaluator = evaluator
        self.identity = self._identity()
        self.hash = digest_of(self.identity)
        self.folder = out / f"{experiment.name}-{self.hash[:10]}"

    def _identity(self) -> dict[str, Any]:
        """Everything the results depend on; equal identities give equal bytes."""
        said = plain(self.experiment)
        for where in ("path", "notes", "title", "question"):
            said.pop(where, None)
        evidence = None
        if self.experiment.scenario is not None:
            said["scenario"] = plain_scenario(self.experiment.scenario)
            evidence = evidence_hash(load_evidence(self.experiment.scenario.world))
        return {
            "sweep_format": SWEEP_FORMAT,
            "experiment": said,
            "evaluator": _name_of(self.evaluator),
            "outcomes": list(self.evaluator.outcomes) if self.evaluator else None,
            "block": BLOCK,
            "evidence": evidence,
            "code": code_hash(),
            "rooms": {name: file_hash(Path(__file__).parent / name) for name in _ROOMS},
        }

    def carry_out(self, workers: int | None, progress: Callable[[Progress], None] | None) -> Sweep:
        """Run what is not there yet."""
        if read_sweep_manifest(self.folder) is not None:
            return load_sweep(self.folder)
        try:
            with hold(self.folder / "partial" / "lock", shown_path(self.folder)):
                return _Work(self, progress or (lambda _: None), workers or allowed_cores()).carry_out()
        except OSError as error:  # no such place, no permission, no room
            reason = error.strerror or str(error)
            message = f"results cannot be written there ({reason}); what was finished is kept, the same command goes on"
            raise input_error(shown_path(self.folder), message) from error


def _name_of(evaluator: Evaluator | None) -> str:
    """What tells one evaluator from another; one without a name is never taken for an earlier one."""
    if evaluator is None:
        return "ensemble"
    name = getattr(evaluator, "name", None)
    return str(name) if name else f"{type(evaluator).__name__} {uuid.uuid4()}"


def plain_scenario(scenario: Scenario) -> dict[str, Any]:
    """A scenario as the results depend on it: without its place on disk and without notes."""
    said: dict[str, Any] = plain(scenario)
    for where in ("path", "notes", "origins", "runs", "seed", "title", "question"):
        said.pop(where, None)
    for event in said["events"]:
        event.pop("file", None)
        event.pop("line", None)
    return said


# --- doing it --------------------------------------------------------------------------------------------------------


class _Work:
    """One sweep while it runs."""

    def __init__(self, plan: _Plan, tell: Callable[[Progress], None], workers: int) -> None:
        self.plan, self.experiment, self.folder = plan, plan.experiment, plan.folder
        self.workers = max(1, workers)
        self._tell = tell
        self.started = datetime.now(UTC)
        self.clock = time.perf_counter()
        self.done = self.resumed = 0
        self.total = (self.experiment.rows(screen=True) + self.experiment.rows()) * self.experiment.replicates
        if plan.evaluator is None:
            self.tell(Stage.PREPARE if warm() else Stage.COMPILE)
            self.evaluate: Evaluator = Ensemble(self.experiment)
        else:
            self.evaluate = plan.evaluator

    def tell(self, stage: Stage) -> None:
        self._tell(Progress(scenario=self.experiment.name, stage=stage, done=self.done, total=self.total))

    def carry_out(self) -> Sweep:
        """Screen if asked to, run the design, analyse, and write the manifest last."""
        experiment, factors, files = self.experiment, self.experiment.factors, []
        tables: dict[str, pd.DataFrame] = {}
        if experiment.screen is not None:
            screen = experiment.screen
            design = Design(kind=DesignKind.MORRIS, points=screen.trajectories, levels=screen.levels)
            sample = lay_out(factors, design, experiment.seed, screening=True)
            files += self.run(sample, "screen-")
            outputs = read_outputs(self.folder / "screen-outcomes.parquet", experiment.replicates)
            found = analyse(sample, outputs, experiment.seed)
            kept = strongest_factors(found, outputs, screen.keep)
            factors = tuple(factor for factor in factors if factor.name in kept)
            tables |= {f"screen-{table}": getattr(found, table) for table in TABLES}
        if not factors:
            message = "no outcome varied in the screening, so no factor can be chosen; the screening is kept"
            raise input_error(self.experiment.name, message)
        sample = lay_out(factors, experiment.design, experiment.seed)
        self.total = self.done + sample.rows * experiment.replicates
        files += self.run(sample, "")
        self.tell(Stage.WRITE)
        outputs = read_outputs(self.folder / "outcomes.parquet", experiment.replicates)
        found = analyse(sample, outputs, experiment.seed)
        tables |= {table: getattr(found, table) for table in TABLES}
        for name, table in tables.items():
            files.append(write_table(pa.Table.from_pandas(table, preserve_index=False), self.folder, f"{name}.parquet"))
        write_text(self.folder / "README.txt", _read_me(experiment))
        write_manifest(self.folder, self._manifest(files, sample))
        shutil.rmtree(self.folder / "partial", ignore_errors=True)
        return load_sweep(self.folder)

    # --- one design ---

    def run(self, sample: Sample, prefix: str) -> list[WrittenFile]:
        """Run every point of a design and join what the blocks left."""
        points = max(1, BLOCK // self.experiment.replicates)
        starts = range(0, sample.rows, points)
        before = self.resumed
        parts: dict[int, Path] = {}
        for number, start in enumerate(starts):
            part = _finished_part(self.folder / "partial", f"{prefix}block-{number:05d}")
            if part is not None:
                parts[number] = part
                self.resumed += min(points, sample.rows - start) * self.experiment.replicates
        self.done += self.resumed - before
        self.tell(Stage.RUN)
        todo = [number for number in range(len(starts)) if number not in parts]

        def one_block(number: int) -> tuple[int, Path, int]:
            rows = slice(starts[number], min(starts[number] + points, sample.rows))
            return number, self._block(sample, rows, f"{prefix}block-{number:05d}"), rows.stop - rows.start

        def landed(number: int, part: Path, rows: int) -> None:
            parts[number] = part
            self.done += rows * self.experiment.replicates
            self.tell(Stage.RUN)

        with ThreadPoolExecutor(self.workers) as pool:
            self._work_off(pool, todo, one_block, landed)
        design = write_table(_design_table(sample), self.folder, f"{prefix}design.parquet")
        in_order = [parts[number] for number in sorted(parts)]
        return [design, join_tables(in_order, self.folder, f"{prefix}outcomes.parquet")]

    def _work_off(
        self,
        pool: ThreadPoolExecutor,
        todo: list[int],
        one_block: Callable[[int], tuple[int, Path, int]],
        landed: Callable[[int, Path, int], None],
    ) -> None:
        coming = iter(todo)
        waiting: set[Future[tuple[int, Path, int]]] = set()
        try:
            while True:
                while len(waiting) <= self.workers and (number := next(coming, None)) is not None:
                    waiting.add(pool.submit(one_block, number))
                if not waiting:
                    return
                for future in wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED).done:
                    landed(*future.result())
                    waiting.remove(future)
        except BaseException as error:
            for future in waiting:
                future.cancel()
            for future in wait(waiting).done:
                if not future.cancelled() and future.exception() is None:
                    landed(*future.result())
            if isinstance(error, KeyboardInterrupt):
                raise Interrupted(self.folder, self.done, self.total) from None
            raise

    def _block(self, sample: Sample, rows: slice, name: str) -> Path:
        """Run some points with every replicate, and write the answers; doing it twice leaves the same bytes."""
        count, replicates = rows.stop - rows.start, self.experiment.replicates
        values = {
            factor: np.repeat(sample.values[rows, place], replicates) for place, factor in enumerate(sample.names)
        }
        replicate = np.tile(np.arange(replicates, dtype=np.int64), count)
        found = self.evaluate(values, replicate)
        wanted = (count * replicates, len(self.evaluate.outcomes))
        if found.shape != wanted:
            raise ValueError(f"the evaluator gave answers of shape {found.shape}, it should be {wanted}")
        columns: dict[str, Any] = {
            "point": np.repeat(np.arange(rows.start, rows.stop, dtype=np.int32), replicates),
            "replicate": replicate.astype(np.int32),
        }
        columns |= {name: np.ascontiguousarray(found[:, at]) for at, name in enumerate(self.evaluate.outcomes)}
        folder = self.folder / "partial"
        written = write_table(pa.table(columns), folder, f"{name}.parquet")
        # The name tells what the file has to hold: whoever takes it up can see that it is whole.
        part = folder / f"{name}-{written.sha256[:32]}.parquet"
        (folder / written.name).replace(part)
        return part

    # --- the end ---

    def _manifest(self, files: list[WrittenFile], sample: Sample) -> dict[str, Any]:
        experiment = self.experiment
        scenario = experiment.scenario
        evidence = None if scenario is None else load_evidence(scenario.world)
        libraries = ("multivector", "numpy", "numba", "pyarrow", "SALib", "scipy")
        return {
            "sweep_format": SWEEP_FORMAT,
            "name": experiment.name,
            "title": experiment.title,
            "question": experiment.question,
            "note": "conditional exploration, not a forecast",
            "scenario": None if scenario is None else {"name": scenario.name, "title": scenario.title},
            "seed": experiment.seed,
            "replicates": experiment.replicates,
            "points": sample.rows,
            "runs": self.total,
            "design": {"kind": experiment.design.kind.word} | _sizes(experiment.design),
            "screen": None if experiment.screen is None else plain(experiment.screen),
            "factors": [plain(factor) for factor in sample.factors],
            "outcomes": [plain(ask) for ask in experiment.outcomes] or list(self.evaluate.outcomes),
            "discover": [plain(one) for one in experiment.discover],
            "states": {} if evidence is None else {actor.code: actor.name for actor in evidence.states},
            "powers": {} if evidence is None else {actor.code: actor.name for actor in evidence.powers},
            "files": [dataclasses.asdict(file) for file in files],
            "hash": self.plan.hash,
            "versions": {name: version_of(name) for name in libraries},
            "times": {
                "started": self.started.isoformat(timespec="seconds"),
                "finished": datetime.now(UTC).isoformat(timespec="seconds"),
                "seconds": round(time.perf_counter() - self.clock, 3),
                "runs_taken_up": self.resumed,
                "workers": self.workers,
            },
            "identity": self.plan.identity,
        }


def _sizes(design: Design) -> dict[str, Any]:
    """What of a design's size means something for its kind."""
    sizes: dict[str, Any] = {"points": design.points}
    if design.kind is DesignKind.SOBOL:
        sizes["second_order"] = design.second_order
    elif design.kind is DesignKind.MORRIS:
        sizes["levels"] = design.levels
    elif design.kind is DesignKind.FAST:
        sizes["curves"] = design.curves
    return sizes


def _design_table(sample: Sample) -> pa.Table:
    columns: dict[str, Any] = {"point": np.arange(sample.rows, dtype=np.int32)}
    return pa.table(
        columns | {name: np.ascontiguousarray(sample.values[:, at]) for at, name in enumerate(sample.names)}
    )


def _finished_part(folder: Path, name: str) -> Path | None:
    """The file of a block that an earlier, interrupted sweep finished, if it holds what its name says."""
    for part in sorted(folder.glob(f"{name}-*.parquet")):
        if file_hash(part)[:32] == part.stem.rsplit("-", 1)[1]:
            return part
        part.unlink()
    return None


def _read_me(experiment: Experiment) -> str:
    text = Path(__file__).with_name("sweep_readme.txt").read_text(encoding="utf-8")
    underline = "=" * len(experiment.title)
    return (
        text.replace("$title", experiment.title)
        .replace("$underline", underline)
        .replace("$question", experiment.question)
        .replace("$kind", f"{experiment.design.kind.word}: {experiment.design.kind.value}")
        .replace("$replicates", f"{experiment.replicates:,}")
    )
