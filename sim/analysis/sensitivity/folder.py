"""The folder of a sweep while it is being made: designs run block by block, analysed, and the manifest last.

A block is some points of a design with all their replicates; its answers land in a file of their own until all are
joined.
"""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.analysis.sensitivity.design_kinds import Design, DesignKind
from sim.analysis.sensitivity.designs import Sample, lay_out
from sim.analysis.sensitivity.evaluator import Ensemble, Evaluator
from sim.analysis.sensitivity.experiment import Experiment
from sim.analysis.sensitivity.indices import TABLES, analyse, strongest_factors
from sim.analysis.sensitivity.plan import SweepPlan
from sim.analysis.sensitivity.sweep_results import SWEEP_FORMAT, Sweep, load_sweep, read_outputs
from sim.batch.checkout import Checkouts
from sim.batch.identity import plain, version_of, versions
from sim.batch.manifest import PARTIAL, check_written, write_manifest
from sim.batch.notebook import Notebook, notes_folder, tidy
from sim.batch.tables import PART, join_tables, write_table
from sim.batch.worker import Stage, Tell, Work
from sim.io.errors import input_error
from sim.io.writers import WrittenFile, file_hash, write_text
from sim.scenario.scenario import evidence_of

_SAMPLERS = ("SALib", "scipy")  # their versions decide which points a design has
_TOLD = ("multivector", "numpy", "numba", "pyarrow", *_SAMPLERS)  # whose versions stand in the manifest


class SweepWork:
    """One sweep while it runs."""

    def __init__(self, plan: SweepPlan, tell: Tell | None, workers: int) -> None:
        """Make the model ready, or take what is run instead of it."""
        self.plan, self.experiment, self.folder = plan, plan.experiment, plan.folder
        self.workers = workers
        scenario = self.experiment.scenario
        self.checkouts = Checkouts(
            experiment=self.experiment.path, scenario=None if scenario is None else scenario.path
        )
        total = (self.experiment.rows(screen=True) + self.experiment.rows()) * self.experiment.replicates
        self.notebooks: list[Notebook] = []
        self.work = Work(self.experiment.name, plan.folder, tell, self.keep, total)
        if plan.evaluator is None:
            self.work.prepare()
            self.evaluate: Evaluator = Ensemble(self.experiment)
        else:
            self.evaluate = plan.evaluator

    def keep(self) -> None:
        """Note what is finished of the design that is being run."""
        for notebook in self.notebooks[-1:]:
            notebook.save()

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
        self.work.total = self.work.done + sample.rows * experiment.replicates
        files += self.run(sample, "")
        self.work.tell(Stage.WRITE)
        outputs = read_outputs(self.folder / "outcomes.parquet", experiment.replicates)
        found = analyse(sample, outputs, experiment.seed)
        tables |= {table: getattr(found, table) for table in TABLES}
        for name, table in tables.items():
            files.append(write_table(pa.Table.from_pandas(table, preserve_index=False), self.folder, f"{name}.parquet"))
        write_text(self.folder / "README.txt", _read_me(experiment))
        files.append(WrittenFile(name="README.txt", sha256=file_hash(self.folder / "README.txt")))
        check_written(self.folder, files)
        write_manifest(self.folder, self._manifest(files, sample))
        tidy(self.folder)
        return load_sweep(self.folder)

    # --- one design ---

    def run(self, sample: Sample, prefix: str) -> list[WrittenFile]:
        """Run every point of a design and join what the blocks left."""
        replicates = self.experiment.replicates
        points = max(1, self.plan.block // replicates)
        starts = range(0, sample.rows, points)
        libraries = versions() | {name: version_of(name) for name in _SAMPLERS}
        notes = notes_folder(self.folder) / f"{prefix}blocks.json"
        notebook = Notebook(notes, self.folder, range(len(starts)), libraries, self.plan.hash)

        def rows_of(number: int) -> slice:
            return slice(starts[number], min(starts[number] + points, sample.rows))

        def runs_of(number: int) -> int:
            return min(points, sample.rows - starts[number]) * replicates

        def written(number: int) -> list[WrittenFile]:
            answers = self._answers(sample, rows_of(number))
            return [write_table(answers, self.folder, f"{PARTIAL}/{prefix}block-{number:05d}{PART}")]

        def one_block(number: int) -> None:
            files = written(number)
            with notebook.lock:
                notebook.add(number, files)
                self.work.done += runs_of(number)

        notebook.take_up()
        self.notebooks.append(notebook)
        taken_up = sum(map(runs_of, notebook.files))
        self.work.done += taken_up
        self.work.resumed += taken_up
        self.work.play(notebook.missing(), one_block, self.workers)
        notebook.made_again(written)
        notebook.save()
        design = write_table(_design_table(sample), self.folder, f"{prefix}design.parquet")
        return [design, join_tables(notebook.in_order(), self.folder, f"{prefix}outcomes.parquet")]

    def _answers(self, sample: Sample, rows: slice) -> pa.Table:
        """Run some points with every replicate: one row a run; doing it twice gives the same table."""
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
        return pa.table(columns)

    # --- the end ---

    def _manifest(self, files: list[WrittenFile], sample: Sample) -> dict[str, Any]:
        experiment = self.experiment
        scenario = experiment.scenario
        evidence = None if scenario is None else evidence_of(scenario)
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
            "runs": self.work.total,
            "design": {"kind": experiment.design.kind.word} | _sizes(experiment.design),
            "screen": None if experiment.screen is None else plain(experiment.screen),
            "factors": [plain(factor) for factor in sample.factors],
            "outcomes": [plain(ask) for ask in experiment.outcomes] or list(self.evaluate.outcomes),
            "discover": [plain(one) for one in experiment.discover],
            "states": {} if evidence is None else {actor.code: actor.name for actor in evidence.states},
            "powers": {} if evidence is None else {actor.code: actor.name for actor in evidence.powers},
            "files": [dataclasses.asdict(file) for file in files],
            "hash": self.plan.hash,
            "versions": {name: version_of(name) for name in _TOLD},
            "checkout": self.checkouts.told(),
            "times": self.work.times() | {"workers": self.workers},
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
