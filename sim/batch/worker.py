"""The blocks of one batch, made, counted, noted on disk as they come, and put together into a results folder.

What is finished is noted now and then, so that a kill costs little work; the manifest comes last, since it says that
the folder is complete.
"""

import contextlib
import dataclasses
import functools
import json
import platform
import shutil
import string
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from sim.batch.aggregate import Aggregate, warm_up
from sim.batch.cluster import BlockResult, BlockTask, run_task
from sim.batch.identity import allowed_cores, version_of, versions
from sim.batch.outcomes import OUTCOMES
from sim.batch.plan import CHUNK, Plan, runs_part
from sim.batch.results import RESULTS_FORMAT, Results, load_results, write_manifest
from sim.batch.summary import summary_of, variance_lines
from sim.batch.tables import join_tables, write_table
from sim.batch.variance import variance_table
from sim.io.writers import WrittenFile, file_hash, is_draft, write_bytes, write_text
from sim.model.code_cache import warm
from sim.model.variables import MEASURES
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import Scenario

CHECKPOINT_SECONDS = 2.0  # work that a kill may cost, unless taking notes takes long
_CHECKPOINT_SHARE = 0.05  # of the time, at most, goes into notes

Tell = Callable[["Progress"], None]


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


def part_folders(folder: Path) -> list[Path]:
    """Where the parts of a job array keep their notes, in the order of their numbers."""
    return sorted((folder / "partial").glob("part-*-of-*"))


def tidy(folder: Path) -> None:
    """Take away what only an unfinished folder needs, and what killed processes began to write."""
    shutil.rmtree(folder / "partial", ignore_errors=True)
    for path in folder.rglob(".*.draft"):
        if is_draft(path):
            path.unlink(missing_ok=True)


class Batch:
    """One scenario, or some blocks of it, while it runs."""

    def __init__(self, plan: Plan, tell: Tell, notes: str, blocks: range) -> None:
        """Make the engine ready and take up what an earlier process noted in the folder `notes`."""
        self.plan = plan
        self.folder = plan.folder
        self.notes = plan.folder / notes
        self.blocks = blocks
        self.runs = sum(min(CHUNK, plan.scenario.runs - number * CHUNK) for number in blocks)
        self.started = datetime.now(UTC)
        self.clock = time.perf_counter()
        self._tell = tell
        self._written: dict[int, list[WrittenFile]] = {}
        self._lock = threading.Lock()
        self._kept_at, self._keeping_took = time.perf_counter(), 0.0
        self.tell(Stage.PREPARE if warm() else Stage.COMPILE, 0)
        self.prepared = plan.prepare()
        first = self.prepared.run_block(0, 1)
        first.check()
        warm_up()
        self.names = first
        self.aggregate = Aggregate(first)
        self._take_up(self.notes)
        self.resumed = self.aggregate.runs

    def tell(self, stage: Stage, done: int) -> None:
        """Say how far it is."""
        self._tell(Progress(scenario=self.plan.scenario.name, stage=stage, done=done, total=self.runs))

    def todo(self) -> list[int]:
        """Numbers of the blocks that are not there yet."""
        return [number for number in self.blocks if number not in self._written]

    # --- by threads of this process ---

    def work(self, workers: int) -> None:
        """Make all blocks that are missing, here."""
        self.tell(Stage.RUN, self.aggregate.runs)
        with ThreadPoolExecutor(workers) as pool, self._kept_whatever_happens():
            waiting: set[Future[None]] = set()
            try:
                self._work_off(pool, waiting, workers)
            finally:
                for future in waiting:
                    future.cancel()
                wait(waiting)

    def _work_off(self, pool: ThreadPoolExecutor, waiting: set[Future[None]], workers: int) -> None:
        coming = iter(self.todo())
        while True:
            while len(waiting) <= workers and (number := next(coming, None)) is not None:
                waiting.add(pool.submit(self.one_block, number))
            if not waiting:
                return
            done, _ = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            waiting -= done
            for future in done:
                future.result()
            self._after_some()

    def one_block(self, number: int) -> None:
        """Run one block, write its files and count it; doing it twice leaves the same bytes."""
        block, summary, tables = self.plan.make(self.prepared, number)
        files = [write_table(table, self.folder, name) for name, table in tables.items()]
        with self._lock:
            self.aggregate.add(number, block, summary)
            self._written[number] = files

    # --- by workers of a cluster ---

    def send_out(self, address: Any, workers: int) -> None:
        """Have all blocks that are missing made by a Dask cluster."""
        from sim.batch.cluster import connect

        token = f"partial/here-{uuid.uuid4().hex}"
        request = self.plan.request
        request = dataclasses.replace(request, scenario=dataclasses.replace(request.scenario, path=None))
        task = BlockTask(
            request=request,
            hash=self.plan.hash,
            versions=versions(),
            folder=str(self.folder.resolve()),
            token=token,
        )
        self.tell(Stage.RUN, self.aggregate.runs)
        with self._kept_whatever_happens(), connect(address, workers) as cluster:
            write_text(self.folder / token, "whoever sees this file shares the folder\n")
            function = functools.partial(run_task, task)
            for delivery in cluster.each(function, self.todo(), self._after_some):
                self._receive(delivery)

    def _receive(self, delivery: BlockResult) -> None:
        """Count a block that was made elsewhere; one whose files are not as they should be is made here."""
        for name, data in delivery.contents.items():
            write_bytes(self.folder / name, data)
        if not all(_intact(self.folder, file) for file in (*delivery.files, delivery.counts)):
            self.one_block(delivery.number)
            return
        counts = self.folder / delivery.counts.name
        if self.aggregate.restore(counts):
            self._written[delivery.number] = list(delivery.files)
        else:
            self.one_block(delivery.number)
        counts.unlink(missing_ok=True)

    # --- keeping and taking up ---

    def _after_some(self) -> None:
        """Say how far it is, and note it now and then."""
        self.tell(Stage.RUN, self.aggregate.runs)
        now = time.perf_counter()
        if now - self._kept_at > max(CHECKPOINT_SECONDS, self._keeping_took / _CHECKPOINT_SHARE):
            self.keep()
            self._kept_at = time.perf_counter()
            self._keeping_took = self._kept_at - now

    @contextlib.contextmanager
    def _kept_whatever_happens(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            with contextlib.suppress(OSError):  # no room for notes either: those from before hold
                self.keep()
            if isinstance(error, KeyboardInterrupt):
                raise Interrupted(self.folder, self.aggregate.runs, self.runs) from None
            raise

    def keep(self) -> None:
        """Note what is finished, so that it need not be run again."""
        with self._lock:
            files = {str(number): [dataclasses.asdict(file) for file in made] for number, made in self._written.items()}
            # The list of files first: a aggregate may know fewer blocks than the list, never more.
            noted = {"versions": versions(), "blocks": files}
            write_text(self.notes / "blocks.json", json.dumps(noted, indent=1))
            self.aggregate.save(self.notes / "aggregate.npz")

    def _take_up(self, notes: Path) -> None:
        """Count what an earlier process noted as finished; a file that is not as it was is made again."""
        listed = read_notes(notes / "blocks.json")
        before = set(self.aggregate.blocks)
        if not listed or not self.aggregate.restore(notes / "aggregate.npz"):
            return
        for number in sorted(self.aggregate.blocks - before):
            files = [WrittenFile(**file) for file in listed.get(str(number), [])]
            if files and all(_intact(self.folder, file) for file in files):
                self._written[number] = files

    def take_up_parts(self) -> None:
        """Count what the parts of a job array left; parts that overlap with what is counted are made again."""
        for part in part_folders(self.folder):
            self._take_up(part)
        if self.aggregate.runs > self.resumed:
            self.resumed = self.aggregate.runs
            self.keep()

    # --- the end ---

    def finish(self) -> Results:
        """Write what rests on all runs; the manifest last, since it says that the folder is complete."""
        self.tell(Stage.WRITE, self.runs)
        numbers = sorted(self._written)
        files = [join_tables([self.folder / runs_part(number) for number in numbers], self.folder, "runs.parquet")]
        files += [file for number in numbers for file in self._written[number] if file.name.startswith("series")]
        for name in ("bands", "outcomes", "offers"):
            files.append(write_table(getattr(self.aggregate, name)(), self.folder, f"{name}.parquet"))
        scenario = self.plan.scenario
        if scenario.lucks_per_draw > 1:
            place = self.folder / "runs.parquet"
            variance = variance_table(place, self.names.states, self.names.powers, scenario.lucks_per_draw)
            files.append(write_table(variance, self.folder, "variance.parquet"))
        results = Results(self.folder, self._manifest(files))
        files.append(self._text("summary.json", json.dumps(summary_of(results), indent=2, ensure_ascii=False) + "\n"))
        files.append(self._text("README.txt", self._read_me(results)))
        write_manifest(self.folder, self._manifest(files))
        tidy(self.folder)
        return load_results(self.folder)

    def _text(self, name: str, text: str) -> WrittenFile:
        write_text(self.folder / name, text)
        return WrittenFile(name=name, sha256=file_hash(self.folder / name))

    def _manifest(self, files: list[WrittenFile]) -> dict[str, Any]:
        scenario, evidence = self.plan.scenario, self.plan.evidence
        return {
            "format": RESULTS_FORMAT,
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
            "series_runs": self.plan.series,
            "thin": self.plan.thin,
            "measures": list(self.plan.measures or MEASURES),
            "numbers_drawn": {name: str(spread) for name, spread in scenario.sampled.items()},
            "lucks_per_draw": scenario.lucks_per_draw,
            "outside_histograms": self.aggregate.outside,
            "files": [dataclasses.asdict(file) for file in files],
            "versions": versions() | {name: version_of(name) for name in ("multivector", "mesa")},
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

    def _read_me(self, results: Results) -> str:
        template = string.Template((Path(__file__).parent / "results_readme.txt").read_text(encoding="utf-8"))
        scenario, evidence = self.plan.scenario, self.plan.evidence
        series, quarters = self.plan.series, self.names.quarters
        kept = "every run" if series == self.runs else f"the first {series:,} runs"
        thinned = "" if self.plan.thin == 1 else f", every {self.plan.thin} quarters"
        chosen = "" if self.plan.measures is None else f" (kept here: {', '.join(self.plan.measures)})"
        return template.substitute(
            title=scenario.title,
            underline="=" * len(scenario.title),
            name=scenario.name,
            runs=f"{self.runs:,}",
            seed=scenario.seed,
            start=quarter_text(quarters[0]),
            end=quarter_text(quarters[-1]),
            question=scenario.question,
            kept=kept + thinned,
            chosen=chosen,
            actors="\n".join(f"  {actor.code:<8} {actor.name}" for actor in (*evidence.states, *evidence.powers)),
            final_quarters=round(self.plan.lines.final_quarters),
            drawn=_drawn_in_words(scenario, results),
            words="\n".join(
                f"  {outcome.word + ('-<power>' if outcome.names_power else ''):<20} {outcome.value}"
                for outcome in OUTCOMES
            ),
        )


def _drawn_in_words(scenario: Scenario, results: Results) -> str:
    """What the README says about numbers that were drawn."""
    if not scenario.sampled:
        return "None: every run has the same numbers, and the runs differ in their luck alone."
    count = len(scenario.sampled)
    lines = [f"{count:,} number{'' if count == 1 else 's'}, a column each in runs.parquet; ranges in manifest.json."]
    if scenario.lucks_per_draw > 1:
        lines.append(
            f"{scenario.lucks_per_draw} runs one after the other share a draw and differ in their luck alone. Share of "
            "the variance of\noutcomes due to numbers, with its 95 % interval (the rest is luck):"
        )
        lines += [f"  {line}" for line in variance_lines(results)]
    return "\n".join(lines)


def read_notes(path: Path) -> dict[str, Any]:
    """Files by block as an earlier process noted them; nothing where it cannot be read, or other versions wrote it."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        blocks: dict[str, Any] = noted["blocks"]
        return blocks if noted["versions"] == versions() and isinstance(blocks, dict) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _intact(folder: Path, file: WrittenFile) -> bool:
    try:
        return file_hash(folder / file.name) == file.sha256
    except OSError:
        return False
