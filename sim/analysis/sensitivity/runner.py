"""Sweeps: an experiment run on the compiled ensemble, all its points side by side in the lanes, and what it found.

A point is no process and no batch: the numbers of every run are one row of an array, so thousands of points share one
block. Replicate r has the same luck at every point. Only what is asked of each run is kept. Blocks land whole on disk,
so a sweep that is interrupted goes on where it stopped, and ends with the same bytes as one that never was.
"""

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.sensitivity.design_kinds import FEWEST_FAST, DesignKind
from sim.analysis.sensitivity.evaluator import LANES, Ensemble, Evaluator
from sim.analysis.sensitivity.experiment import Experiment
from sim.analysis.sensitivity.folder import SweepWork
from sim.analysis.sensitivity.plan import plan_sweep, resized
from sim.analysis.sensitivity.sweep_results import SWEEP, Sweep
from sim.batch.notebook import opened_or_made
from sim.batch.results import finished_manifest, is_finished
from sim.batch.watching import watched
from sim.batch.worker import Tell
from sim.io.arguments import functions_given


@watched
def sweep(
    experiment: str | Path | Mapping[str, Any] | Experiment,
    *,
    points: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    evaluator: Evaluator | None = None,
    seeds: Path | str | None = None,
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
        Called from this thread with a `Progress` now and then; it counts runs. True for a bar.
    evaluator
        What to run instead of the model; only the factors of the experiment matter then.
    seeds
        The folder of a world of one's own, for an experiment that is named and not loaded yet.

    Raises
    ------
    sim.io.errors.InputError
        If the experiment is wrong, SALib is missing, or another process is at work in the same folder.
    sim.batch.worker.Interrupted
        If stopped with Ctrl-C; the same call continues where it stopped.
    """
    functions_given("sim.sweep", none=("progress", "evaluator"), progress=progress, evaluator=evaluator)
    plan, workers = plan_sweep("sim.sweep", experiment, points, replicates, seed, workers, out, evaluator, seeds)

    def opened() -> Sweep | None:
        manifest = finished_manifest(plan.folder, SWEEP, plan.hash)
        return None if manifest is None else Sweep(plan.folder, manifest)

    return opened_or_made(plan.folder, opened, lambda: SweepWork(plan, progress, workers).carry_out())


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
    seeds: Path | str | None = None,
) -> SweepEstimate:
    """Say how many runs a sweep has and how long they would take, without writing anything."""
    plan, workers = plan_sweep("estimate_sweep", experiment, points, replicates, seed, workers, out, None, seeds)
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
        seconds=one * runs / workers,
        folder=plan.folder,
        finished=is_finished(plan.folder, SWEEP, plan.hash),
    )


def smallest(experiment: Experiment) -> Experiment:
    """The same experiment at the smallest size at which it still runs from end to end: seconds, and no result."""
    usual = {DesignKind.SOBOL: 8, DesignKind.MORRIS: 2, DesignKind.FAST: FEWEST_FAST, DesignKind.LATIN_HYPERCUBE: 40}
    points = usual.get(experiment.design.kind, min(experiment.design.points, 9))
    screen = experiment.screen
    if screen is not None:
        screen = dataclasses.replace(screen, trajectories=2, keep=min(screen.keep, 6))
    return dataclasses.replace(experiment, design=resized(experiment.design, points), screen=screen, replicates=2)
