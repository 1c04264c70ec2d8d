"""The results folder of one batch while it is being made: blocks counted and noted, and put together at the end.

The manifest comes last, since it says that the folder is complete.
"""

import dataclasses
import functools
import json
import platform
import string
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.batch.aggregate import Aggregate, warm_up
from sim.batch.checkout import Checkouts
from sim.batch.cluster import BlockResult, BlockTask, run_task
from sim.batch.identity import allowed_cores, version_of, versions
from sim.batch.manifest import PARTIAL, check_written, read_manifest, set_aside_and_say, write_manifest
from sim.batch.notebook import NOTES, Notebook, intact, part_folders, tidy
from sim.batch.outcomes import OUTCOMES
from sim.batch.plan import CHUNK, Plan
from sim.batch.results import BATCH, RESULTS_FORMAT, Results
from sim.batch.settling import Settling
from sim.batch.summary import columns_in_words, laid_lines, remarks_on, summary_of, variance_lines
from sim.batch.tables import join_tables, write_table
from sim.batch.variance import variance_table
from sim.batch.worker import Stage, Tell, Work
from sim.engine.laid_offers import offers_among
from sim.io.sealed import read_sealed, write_sealed
from sim.io.shapes import is_inner_path
from sim.io.writers import WrittenFile, file_hash, write_bytes, write_text
from sim.model.variables import MEASURES
from sim.scenario.calendar import quarter_text
from sim.scenario.reading_choice import readings_taken

_COUNTS = "aggregate.npz"


class Batch:
    """One scenario, or some blocks of it, while it runs."""

    def __init__(self, plan: Plan, tell: Tell | None, notes: Path, blocks: range) -> None:
        """Make the engine ready and take up what an earlier process noted in the folder `notes`."""
        self.plan = plan
        self.folder = plan.folder
        self.checkouts = Checkouts(scenario=plan.scenario.path)
        total = sum(min(CHUNK, plan.scenario.runs - number * CHUNK) for number in blocks)
        self.work = Work(plan.scenario.name, plan.folder, tell, self.keep, total)
        compiled = self.work.prepare(compiled=plan.request.engine != "numpy")
        self.prepared = plan.prepare()
        own = plan.request.engine not in {"ensemble", "numpy"}  # which need not be able to play no run at all
        first = self.prepared.run_block(0, 1 if compiled or own else 0)
        first.check()
        if compiled:
            warm_up(plan.scenario.runs)
        self.names = first
        self.aggregate = Aggregate(first, plan.scenario.runs)
        self.settling = Settling()
        self.notes = notes
        self.notebook = Notebook(notes / NOTES, plan.folder, blocks, of=plan.hash)
        self._take_up(notes)

    # --- by threads of this process ---

    def play(self, workers: int) -> None:
        """Make all blocks that are missing, here."""
        self.work.play(self.notebook.missing(), self.one_block, workers)

    def one_block(self, number: int) -> None:
        """Run one block, write its files and count it; doing it twice leaves the same bytes."""
        pages, summary, tables = self.plan.make(self.prepared, number)
        files = self._written(tables)
        with self.notebook.lock:
            self.aggregate.add(number, pages, summary)
            self._count(number, files)

    def _written(self, tables: Mapping[str, Any]) -> list[WrittenFile]:
        files = [write_table(table, self.folder, name, settled=False) for name, table in tables.items()]
        for file in files:
            self.settling.add(self.folder / file.name)
        return files

    def _files_again(self, number: int) -> list[WrittenFile]:
        """The files of a block that is counted already."""
        return self._written(self.plan.make(self.prepared, number)[2])

    def _count(self, number: int, files: list[WrittenFile]) -> None:
        self.notebook.add(number, files)
        self.work.done = self.aggregate.runs

    # --- by workers of a cluster ---

    def send_out(self, address: Any, workers: int) -> None:
        """Have all blocks that are missing made by a Dask cluster."""
        from sim.batch.cluster import connect

        token = f"{PARTIAL}/here-{uuid.uuid4().hex}"
        request = self.plan.request
        request = dataclasses.replace(request, scenario=dataclasses.replace(request.scenario, path=None))
        task = BlockTask(
            request=request,
            hash=self.plan.hash,
            versions=versions(),
            folder=str(self.folder.resolve()),
            token=token,
        )
        with connect(address, workers) as cluster, self.work.kept_whatever_happens():
            self.work.tell(Stage.RUN)
            write_text(self.folder / token, "whoever sees this file shares the folder\n")
            function = functools.partial(run_task, task)
            for delivery in cluster.each(function, self.notebook.missing(), self.work.look_up):
                self._receive(delivery)

    def _receive(self, delivery: BlockResult) -> None:
        """Count a block that was made elsewhere; one whose files are not as they should be is made here."""
        names = [*delivery.contents, delivery.counts.name, *(file.name for file in delivery.files)]
        if not all(map(is_inner_path, names)):  # what comes from elsewhere leads nowhere else
            self.one_block(delivery.number)
            return
        for name, data in delivery.contents.items():
            write_bytes(self.folder / name, data)
        if not all(intact(self.folder, file) for file in (*delivery.files, delivery.counts)):
            self.one_block(delivery.number)
            return
        counts = self.folder / delivery.counts.name
        if self.aggregate.restore(counts):
            self._count(delivery.number, list(delivery.files))
        else:
            self.one_block(delivery.number)
        counts.unlink(missing_ok=True)

    # --- keeping and taking up ---

    def keep(self) -> None:
        """Note what is finished, so that it need not be run again."""
        self.settling.wait()  # for most, while others go on
        with self.notebook.lock:
            self.settling.wait()
            # The list of files first: an aggregate may know fewer blocks than the list, never more.
            self.notebook.save()
            write_sealed(self.notes / _COUNTS, self.aggregate.packed(), self.plan.hash)

    def _take_up(self, notes: Path) -> None:
        """Count what an earlier process noted as finished; a file that is not as it was is made again."""
        noted = self.notebook.noted(notes / NOTES)
        before = set(self.aggregate.blocks)
        if noted and self._counted(notes / _COUNTS):
            mine = self.aggregate.blocks - before
            self.notebook.take_up({number: files for number, files in noted.items() if number in mine})
            self.work.done = self.work.resumed = self.aggregate.runs

    def _counted(self, place: Path) -> bool:
        """Take up what an earlier process counted; whether it could be. What is not what it was is set aside."""
        data = read_sealed(place, self.plan.hash)
        if data is None:
            name = place.relative_to(self.folder).as_posix()
            set_aside_and_say(self.folder, [name], "the counts that were kept are not what they were")
            return False
        return self.aggregate.absorb(data)

    def take_up_parts(self) -> None:
        """Count what the parts of a job array left; parts that overlap with what is counted are made again."""
        before = self.work.resumed
        for part in part_folders(self.folder):
            self._take_up(part)
        if self.work.resumed > before:
            self.keep()

    # --- the end ---

    def finish(self) -> Results:
        """Write what rests on all runs; the manifest last, since it says that the folder is complete."""
        self.work.done = self.work.total
        self.work.tell(Stage.WRITE)
        self.notebook.made_again(self._files_again)
        made = self.notebook.files
        files = [self._seen(join_tables(self.notebook.in_order(), self.folder, "runs.parquet"))]
        files += [file for number in sorted(made) for file in made[number] if file.name.startswith("series")]
        for name in ("bands", "outcomes", "offers"):
            files.append(self._table(getattr(self.aggregate, name)(), name))
        scenario = self.plan.scenario
        if offers_among(scenario.events):
            files.append(self._table(self.aggregate.laid(scenario.events), "laid"))
        if scenario.lucks_per_draw > 1:
            place = self.folder / "runs.parquet"
            variance = variance_table(place, self.names.states, self.names.powers, scenario.lucks_per_draw)
            files.append(self._table(variance, "variance"))
        results = Results(self.folder, self._manifest(files), self.notebook.marks)
        files.append(self._text("summary.json", json.dumps(summary_of(results), indent=2, ensure_ascii=False) + "\n"))
        files.append(self._text("README.txt", self._read_me(results)))
        self.settling.wait()
        check_written(self.folder, self.notebook.touched(files))
        write_manifest(self.folder, self._manifest(files))
        tidy(self.folder)
        return Results(self.folder, read_manifest(self.folder, BATCH), self.notebook.marks)

    def _table(self, table: Any, name: str) -> WrittenFile:
        return self._seen(write_table(table, self.folder, f"{name}.parquet"))

    def _text(self, name: str, text: str) -> WrittenFile:
        write_text(self.folder / name, text)
        return self._seen(WrittenFile(name=name, sha256=file_hash(self.folder / name)))

    def _seen(self, file: WrittenFile) -> WrittenFile:
        """A file that was written just now."""
        self.notebook.seen([file])
        return file

    def _manifest(self, files: list[WrittenFile]) -> dict[str, Any]:
        scenario, evidence = self.plan.scenario, self.plan.evidence
        return {
            "format": RESULTS_FORMAT,
            "name": scenario.name,
            "title": scenario.title,
            "question": scenario.question,
            "note": "conditional exploration, not a forecast",
            "runs": self.work.total,
            "seed": scenario.seed,
            "hash": self.plan.hash,
            "quarters": [quarter_text(quarter) for quarter in self.names.quarters],
            "states": {actor.code: actor.name for actor in evidence.states},
            "powers": {actor.code: actor.name for actor in evidence.powers},
            "spoken": {actor.code: actor.spoken or actor.name for actor in evidence.powers},
            "kinds": list(self.names.kinds),
            "series_runs": self.plan.series,
            "thin": self.plan.thin,
            "measures": list(self.plan.measures or MEASURES),
            "readings": readings_taken(scenario, evidence),
            "numbers_drawn": self.plan.drawn_in_words(),
            "posterior": None if self.plan.fitted is None else self.plan.fitted.sha256,
            "lucks_per_draw": scenario.lucks_per_draw,
            "outside_histograms": self.aggregate.outside,
            "files": [dataclasses.asdict(file) for file in files],
            "versions": versions() | {name: version_of(name) for name in ("multivector", "mesa")},
            "checkout": self.checkouts.told(),
            "machine": {"system": platform.system(), "kind": platform.machine(), "cores": allowed_cores()},
            "times": self.work.times(),
            "identity": self.plan.identity,
            "numbers": self.plan.numbers,
            **({} if scenario.seeds is None else {"seeds": str(scenario.seeds)}),
        }

    def _read_me(self, results: Results) -> str:
        template = string.Template((Path(__file__).parent / "results_readme.txt").read_text(encoding="utf-8"))
        scenario, evidence = self.plan.scenario, self.plan.evidence
        series, quarters = self.plan.series, self.names.quarters
        kept = "every run" if series == self.work.total else f"the first {series:,} runs"
        thinned = "" if self.plan.thin == 1 else f", every {self.plan.thin} quarters"
        final = round(self.plan.lines.final_quarters)
        chosen = "" if self.plan.measures is None else f" (kept here: {', '.join(self.plan.measures)})"
        return template.substitute(
            title=scenario.title,
            underline="=" * len(scenario.title),
            name=scenario.name,
            runs=f"{self.work.total:,}",
            seed=scenario.seed,
            start=quarter_text(quarters[0]),
            end=quarter_text(quarters[-1]),
            question=scenario.question,
            kept=kept + thinned,
            chosen=chosen,
            actors="\n".join(f"  {actor.code:<8} {actor.name}" for actor in (*evidence.states, *evidence.powers)),
            final_quarters=final,
            remarks="".join(f"\n  {line}" for line in remarks_on(results)),
            **columns_in_words(final),
            readings=_readings_in_words(results),
            drawn=_drawn_in_words(self.plan, results),
            laid="\n".join(f"  {line}" for line in laid_lines(results)) or "  None.",
            words="\n".join(
                f"  {outcome.word + ('-<power>' if outcome.names_power else ''):<20} {outcome.value}"
                for outcome in OUTCOMES
            ),
        )


def _readings_in_words(results: Results) -> str:
    """What the README says about how contradicting sources were read."""
    lines = [f"  {switch}: {reading}" for switch, reading in results.readings.items()]
    return "\n".join(lines) or "  None: there is no such choice in this world."


def _drawn_in_words(plan: Plan, results: Results) -> str:
    """What the README says about numbers that were drawn."""
    scenario, count = plan.scenario, len(plan.drawn_in_words())
    if not count:
        return "None: every run has the same numbers, and the runs differ in their luck alone."
    lines = [f"{count:,} number{'' if count == 1 else 's'}, a column each in runs.parquet; ranges in manifest.json."]
    if plan.fitted is not None:
        lines.append(
            f"{len(plan.fitted.names)} of them come from the posterior of the calibration, a row of it for every run "
            f"(seeds/history/posterior.parquet,\nhash {plan.fitted.sha256[:12]} of its content)."
        )
    if scenario.lucks_per_draw > 1:
        lines.append(
            f"{scenario.lucks_per_draw} runs one after the other share a draw and differ in their luck alone. Share of "
            "the variance of\noutcomes due to numbers, with its 95 % interval (the rest is luck):"
        )
        lines += [f"  {line}" for line in variance_lines(results)]
    return "\n".join(lines)
