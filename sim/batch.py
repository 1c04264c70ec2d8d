"""Many runs of one or more scenarios: in parallel, with results on disk as they come, and resumable.

Runs are cut into chunks of a fixed number, whatever the number of workers, and everything summed over runs is summed in
whole numbers; so the files are the same bytes for any number of workers, interrupted or not.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import platform
import shutil
import string
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol, overload

from sim.compiling import warm
from sim.complaints import input_error, shown_path
from sim.evidence import Evidence, load_evidence
from sim.measures import OUTCOMES, Thresholds, final_columns, outcome_words, summarise, thresholds
from sim.record import (
    FORMAT,
    Block,
    Results,
    Written,
    file_hash,
    join_tables,
    load_results,
    read_manifest,
    runs_table,
    series_table,
    write_manifest,
    write_table,
    write_text,
)
from sim.sampling import sampled_numbers
from sim.scenario import Scenario, load_scenario, quarter_text
from sim.tally import Tally, warm_up

CHUNK = 288
"""Runs in one block: small enough for memory and an even load, and a whole number of fillings of the engine's lanes."""

SERIES_RUNS = 2048
"""Runs whose whole course is kept unless told otherwise; bands, outcomes and offers always rest on every run."""

_CHECKPOINT_SECONDS = 20.0
_ASKING = ("ablate", "comparison", "contrasts", "differences", "pairing", "patterns", "schema")
_SHOWING = ("cli", "plots", "report", "chronicle", "listening", "telling", "explain", "explanation", "words")
_SWEEPING = ("asking", "factors", "experiment", "designs", "sensitivity", "discovery", "sweeps")
_SHIPPING = ("sweep_plots", "publish", "trace")
_NOT_IN_RESULTS = frozenset(
    f"{room}.py" for room in ("__init__", "__main__", *_ASKING, *_SWEEPING, *_SHIPPING, *_SHOWING)
)


class Prepared(Protocol):
    """An engine made ready for one scenario."""

    def run_block(self, first: int, count: int) -> Block:
        """Run numbers `first` to `first + count - 1`; may be called from several threads at once."""


Engine = Callable[[Scenario, Evidence], Prepared]


class Stage(Enum):
    """What a batch is doing."""

    PREPARE = "getting ready"
    COMPILE = "compiling the rulebook, first time only"
    RUN = "running"
    WRITE = "writing bands and totals"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a batch is; `done` and `total` count runs of this scenario."""

    scenario: str
    stage: Stage
    done: int
    total: int


class Interrupted(KeyboardInterrupt):
    """The batch was stopped by hand; what was finished is kept, and running the same again continues there."""

    def __init__(self, folder: Path, done: int, total: int) -> None:
        super().__init__(f"interrupted after {done} of {total} runs; kept in {folder}")
        self.folder, self.done, self.total = folder, done, total


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a batch would take, judged by a few runs made and thrown away."""

    runs: int
    seconds: float
    size: int  # bytes on disk
    folder: Path
    finished: bool


# --- the front -------------------------------------------------------------------------------------------------------


@overload
def run(
    scenarios: str | Path | Scenario,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    engine: str | Engine = "ensemble",
    series: int = SERIES_RUNS,
) -> Results: ...


@overload
def run(
    scenarios: list[str | Path | Scenario] | tuple[str | Path | Scenario, ...],
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    engine: str | Engine = "ensemble",
    series: int = SERIES_RUNS,
) -> tuple[Results, ...]: ...


def run(
    scenarios: str | Path | Scenario | list[str | Path | Scenario] | tuple[str | Path | Scenario, ...],
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    engine: str | Engine = "ensemble",
    series: int = SERIES_RUNS,
) -> Results | tuple[Results, ...]:
    """Run one scenario, or several one after the other, and open what they leave.

    Parameters
    ----------
    scenarios
        A scenario, its name or path; or a list of them, which gives a tuple of results.
    runs, seed
        In place of what the scenario says.
    workers
        Threads; as many as the cores this process may use unless told otherwise.
    out
        Folder in which each scenario gets a folder `<scenario>-<hash>` of its own; `results` unless told otherwise.
    progress
        Called from this thread with a `Progress` now and then.
    engine
        `ensemble` (compiled, fast), `mesa` (one agent at a time), or a function that prepares an engine of your own.
    series
        Runs whose whole course is kept, the first ones.

    Raises
    ------
    sim.complaints.InputError
        If a scenario or the evidence is wrong, or another process is at work in the same folder.
    Interrupted
        If stopped with Ctrl-C; the same call continues where it stopped.

    Notes
    -----
    A batch that was finished before, with the same scenario, evidence and code, is opened and not run again.
    """
    if isinstance(scenarios, str | Path | Scenario):
        return _plan(scenarios, runs, seed, out, engine, series).carry_out(workers, progress)
    plans = [_plan(scenario, runs, seed, out, engine, series) for scenario in scenarios]
    return tuple(plan.carry_out(workers, progress) for plan in plans)


def estimate(
    scenario: str | Path | Scenario,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    *,
    engine: str | Engine = "ensemble",
    series: int = SERIES_RUNS,
) -> Estimate:
    """Say how long a batch would take and how much it would write, without writing anything."""
    plan = _plan(scenario, runs, seed, out, engine, series)
    prepared = plan.engine(plan.scenario, plan.evidence)
    prepared.run_block(0, 1)
    count = min(64, plan.scenario.runs)
    started = time.perf_counter()
    block = prepared.run_block(0, count)
    words, columns = plan.judge(block)
    kept = series_table(block, words)
    seconds = (time.perf_counter() - started) / count * plan.scenario.runs / (workers or allowed_cores())
    size = _stored(kept) / count * min(plan.scenario.runs, series)
    size += _stored(runs_table(block, columns)) / count * plan.scenario.runs
    return Estimate(
        runs=plan.scenario.runs,
        seconds=seconds,
        size=round(size),
        folder=plan.folder,
        finished=read_manifest(plan.folder) is not None,
    )


def _stored(table: Any) -> float:
    return float(table.nbytes) * 0.6  # what compression left of the tables of the shipped scenarios


def allowed_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# --- what is to be done ----------------------------------------------------------------------------------------------


def _plan(
    scenario: str | Path | Scenario,
    runs: int | None,
    seed: int | None,
    out: Path | str | None,
    engine: str | Engine,
    series: int,
) -> "_Plan":
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    changes = {name: value for name, value in (("runs", runs), ("seed", seed)) if value is not None}
    scenario = dataclasses.replace(scenario, **changes)  # type: ignore[arg-type]
    evidence = load_evidence(scenario.world)
    prepare, name = (_engine(engine), engine) if isinstance(engine, str) else (engine, "own")
    return _Plan(scenario, evidence, prepare, name, series, Path("results" if out is None else out))


def _engine(name: str) -> Engine:
    if name == "ensemble":
        from sim import ensemble

        return ensemble.prepare
    if name == "mesa":
        from sim import agents

        prepare: Engine = agents.prepare
        return prepare
    raise input_error("engine", "there is no such engine", found=f"'{name}'", allowed="ensemble, mesa")


class _Plan:
    """One scenario to be run, and the folder it belongs in."""

    def __init__(
        self, scenario: Scenario, evidence: Evidence, engine: Engine, engine_name: str, series: int, out: Path
    ) -> None:
        self.scenario = scenario
        self.evidence = evidence
        self.engine = engine
        self.engine_name = engine_name
        self.series = min(series, scenario.runs)
        self.numbers = {name: number.value for name, number in evidence.numbers.items()} | dict(scenario.numbers)
        self.lines: Thresholds = thresholds(self.numbers)
        self.identity = self._identity()
        self.hash = _digest(self.identity)
        self.folder = out / f"{scenario.name}-{self.hash[:10]}"

    def _identity(self) -> dict[str, Any]:
        """Everything the results depend on; equal identities give equal bytes."""
        scenario = _plain(self.scenario)
        for where in ("path", "notes", "origins"):
            scenario.pop(where, None)
        for event in scenario["events"]:
            event.pop("file", None)
            event.pop("line", None)
        return {
            "format": FORMAT,
            "scenario": scenario,
            "engine": self.engine_name,
            "series_runs": self.series,
            "chunk": CHUNK,
            "evidence": evidence_hash(self.evidence),
            "code": code_hash(),
        }

    def judge(self, block: Block) -> tuple[Any, dict[str, Any]]:
        """Outcome words [R, T, I] and what is kept of every run."""
        summary = summarise(block, self.lines)
        return outcome_words(summary.outcome, summary.power, block.powers), final_columns(summary, block)

    def carry_out(self, workers: int | None, progress: Callable[[Progress], None] | None) -> Results:
        """Run what is not there yet."""
        if read_manifest(self.folder) is not None:
            return load_results(self.folder)
        tell = progress or (lambda _: None)
        try:
            with _alone_in(self.folder):
                return _Batch(self, tell).carry_out(max(1, workers or allowed_cores()))
        except OSError as error:  # no such place, no permission, no room
            reason = error.strerror or str(error)
            message = f"results cannot be written there ({reason}); what was finished is kept, the same command goes on"
            raise input_error(shown_path(self.folder), message) from error


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep a second process out of a folder that is being written, where the system knows such locks."""
    partial = folder / "partial"
    partial.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (partial / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise input_error(shown_path(folder), "another process is writing results there now") from error
        yield


# --- doing it --------------------------------------------------------------------------------------------------------


class _Batch:
    """One scenario while it runs."""

    def __init__(self, plan: _Plan, tell: Callable[[Progress], None]) -> None:
        self.plan = plan
        self.runs = plan.scenario.runs
        self.folder = plan.folder
        self.partial = plan.folder / "partial"
        self.started = datetime.now(UTC)
        self.clock = time.perf_counter()
        self._tell = tell
        self._written: dict[int, list[Written]] = {}
        self._lock = threading.Lock()
        self.tell(Stage.PREPARE if warm() else Stage.COMPILE, 0)
        self.prepared = plan.engine(plan.scenario, plan.evidence)
        first = self.prepared.run_block(0, 1)
        first.check()
        warm_up()
        self.names = first
        self.tally = Tally(first)
        self.resumed = self._take_up()

    def tell(self, stage: Stage, done: int) -> None:
        self._tell(Progress(scenario=self.plan.scenario.name, stage=stage, done=done, total=self.runs))

    def carry_out(self, workers: int) -> Results:
        todo = [number for number in range(-(-self.runs // CHUNK)) if number not in self._written]
        self.tell(Stage.RUN, self.tally.runs)
        with ThreadPoolExecutor(workers) as pool:
            waiting: set[Future[None]] = set()
            try:
                self._work_off(pool, todo, waiting, workers)
            except BaseException as error:
                for future in waiting:
                    future.cancel()
                wait(waiting)
                self.keep()
                if isinstance(error, KeyboardInterrupt):
                    raise Interrupted(self.folder, self.tally.runs, self.runs) from None
                raise
        self.tell(Stage.WRITE, self.runs)
        return self.finish()

    def _work_off(self, pool: ThreadPoolExecutor, todo: list[int], waiting: set[Future[None]], workers: int) -> None:
        coming = iter(todo)
        kept_at = time.perf_counter()
        while True:
            while len(waiting) <= workers and (number := next(coming, None)) is not None:
                waiting.add(pool.submit(self.one_block, number))
            if not waiting:
                return
            done, _ = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            waiting -= done
            for future in done:
                future.result()
            self.tell(Stage.RUN, self.tally.runs)
            if time.perf_counter() - kept_at > _CHECKPOINT_SECONDS:
                self.keep()
                kept_at = time.perf_counter()

    def one_block(self, number: int) -> None:
        """Run one block, write its files and count it; doing it twice leaves the same bytes."""
        first = number * CHUNK
        block = self.prepared.run_block(first, min(CHUNK, self.runs - first))
        block.check()
        summary = summarise(block, self.plan.lines)
        drawn = sampled_numbers(self.plan.scenario, self.plan.scenario.seed, first, block.runs)
        files = [write_table(runs_table(block, final_columns(summary, block), drawn), self.folder, _runs_part(number))]
        kept = min(block.runs, self.plan.series - first)
        if kept > 0:
            words = outcome_words(summary.outcome[:kept], summary.power[:kept], block.powers)
            name = f"series.parquet/block-{number:05d}.parquet"
            files.append(write_table(series_table(block.head(kept), words), self.folder, name))
        with self._lock:
            self.tally.add(number, block, summary)
            self._written[number] = files

    # --- keeping and taking up ---

    def keep(self) -> None:
        """Note what is finished, so that it need not be run again."""
        with self._lock:
            files = {str(number): [dataclasses.asdict(file) for file in made] for number, made in self._written.items()}
            # The list of files first: a tally may know fewer blocks than the list, never more.
            write_text(self.partial / "blocks.json", json.dumps(files, indent=1))
            self.tally.save(self.partial / "tally.npz")

    def _take_up(self) -> int:
        """Read what an earlier, interrupted batch finished; a file that is not as it was is made again."""
        try:
            listed = json.loads((self.partial / "blocks.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return 0
        if not self.tally.restore(self.partial / "tally.npz"):
            return 0
        for number in sorted(self.tally.blocks):
            files = [Written(**file) for file in listed.get(str(number), [])]
            if files and all(_intact(self.folder, file) for file in files):
                self._written[number] = files
        return self.tally.runs

    # --- the end ---

    def finish(self) -> Results:
        """Write what rests on all runs; the manifest last, since it says that the folder is complete."""
        numbers = sorted(self._written)
        files = [join_tables([self.folder / _runs_part(number) for number in numbers], self.folder, "runs.parquet")]
        files += [file for number in numbers for file in self._written[number] if file.name.startswith("series")]
        for name in ("bands", "outcomes", "offers"):
            files.append(write_table(getattr(self.tally, name)(), self.folder, f"{name}.parquet"))
        write_text(self.folder / "README.txt", self._read_me())
        write_manifest(self.folder, self._manifest(files))
        shutil.rmtree(self.partial, ignore_errors=True)
        return load_results(self.folder)

    def _manifest(self, files: list[Written]) -> dict[str, Any]:
        scenario, evidence = self.plan.scenario, self.plan.evidence
        libraries = ("multivector", "numpy", "numba", "pyarrow", "mesa")
        return {
            "format": FORMAT,
            "name": scenario.name,
            "title": scenario.title,
            "question": scenario.question,
            "note": "conditional exploration, not a forecast",
            "runs": self.runs,
            "seed": scenario.seed,
            "hash": self.plan.hash,
            "quarters": [quarter_text(quarter) for quarter in self.names.quarters],
            "states": {actor.code: actor.name for actor in evidence.states},
            "powers": {actor.code: actor.name for actor in evidence.powers},
            "kinds": list(self.names.kinds),
            "outside_histograms": self.tally.outside,
            "files": [dataclasses.asdict(file) for file in files],
            "versions": {"python": platform.python_version()} | {name: _version(name) for name in libraries},
            "machine": {"system": platform.system(), "kind": platform.machine(), "cores": allowed_cores()},
            "times": {
                "started": self.started.isoformat(timespec="seconds"),
                "finished": datetime.now(UTC).isoformat(timespec="seconds"),
                "seconds": round(time.perf_counter() - self.clock, 3),
                "runs_taken_up": self.resumed,
            },
            "identity": self.plan.identity,
            "numbers": self.plan.numbers,
        }

    def _read_me(self) -> str:
        template = string.Template((Path(__file__).parent / "results_readme.txt").read_text(encoding="utf-8"))
        scenario, evidence = self.plan.scenario, self.plan.evidence
        series = self.plan.series
        return template.substitute(
            title=scenario.title,
            underline="=" * len(scenario.title),
            name=scenario.name,
            runs=f"{self.runs:,}",
            seed=scenario.seed,
            start=quarter_text(self.names.quarters[0]),
            end=quarter_text(self.names.quarters[-1]),
            question=scenario.question,
            kept="every run" if series == self.runs else f"the first {series:,} runs",
            actors="\n".join(f"  {actor.code:<8} {actor.name}" for actor in (*evidence.states, *evidence.powers)),
            final_quarters=round(self.plan.lines.final_quarters),
            words="\n".join(
                f"  {outcome.word + ('-<power>' if outcome.names_power else ''):<20} {outcome.value}"
                for outcome in OUTCOMES
            ),
        )


def _runs_part(number: int) -> str:
    return f"partial/runs-{number:05d}.parquet"


def _intact(folder: Path, file: Written) -> bool:
    try:
        return file_hash(folder / file.name) == file.sha256
    except OSError:
        return False


# --- identity --------------------------------------------------------------------------------------------------------


def evidence_hash(evidence: Evidence) -> str:
    """Hash of everything in the evidence that a run can depend on."""
    return _digest(
        {
            "world": evidence.world,
            "actors": [actor.code for actor in (*evidence.states, *evidence.powers)],
            "kinds": list(evidence.kinds),
            "numbers": {name: number.value for name, number in evidence.numbers.items()},
            "strengths": {name: list(system.strengths) for name, system in evidence.systems.items()},
        }
    )


def code_hash() -> str:
    """Hash of the source a run can depend on: every room but those that only ask or show."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for name in sorted(path.relative_to(package).as_posix() for path in package.rglob("*.py")):
        if name not in _NOT_IN_RESULTS and not name.startswith("commands/"):
            digest.update(f"{name}\n".encode())
            digest.update((package / name).read_bytes())
    return digest.hexdigest()


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [_plain(item) for item in (sorted(value) if isinstance(value, frozenset | set) else value)]
    if isinstance(value, Enum):
        return value.name.lower()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
