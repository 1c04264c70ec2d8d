"""What is to be run of an experiment, resolved: its identity, and the folder it belongs in."""

import dataclasses
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.analysis.sensitivity.design_kinds import FEWEST, Design, DesignKind
from sim.analysis.sensitivity.evaluator import LANES, Evaluator
from sim.analysis.sensitivity.experiment import Experiment, load_experiment
from sim.analysis.sensitivity.sweep_results import SWEEP_FORMAT
from sim.batch.identity import allowed_cores, code_hash, digest_of, evidence_hash, plain
from sim.batch.plan import plain_scenario
from sim.io.arguments import Arguments
from sim.io.errors import input_error
from sim.io.limits import MOST_POINTS, MOST_REPLICATES
from sim.io.shapes import inside
from sim.io.writers import sources_hash
from sim.scenario.scenario import evidence_of

BLOCK = 8 * LANES  # runs a file: one lasts about a second, so that little is lost and few files are written


class SweepPlan:
    """One experiment to be run, and the folder it belongs in."""

    def __init__(self, experiment: Experiment, evaluator: Evaluator | None, out: Path) -> None:
        """Look up what results depend on; `evaluator` is what is run instead of the model, if anything is."""
        self.experiment = experiment
        self.evaluator = evaluator
        self.block = BLOCK
        self.identity = self._identity()
        self.hash = digest_of(self.identity)
        self.folder = inside(out, f"{experiment.name}-{self.hash[:10]}")

    def _identity(self) -> dict[str, Any]:
        """Everything the results depend on; equal identities give equal bytes."""
        said = plain(self.experiment)
        for where in ("path", "notes", "title", "question"):
            said.pop(where, None)
        evidence = None
        if self.experiment.scenario is not None:
            said["scenario"] = plain_scenario(self.experiment.scenario, ("runs", "seed", "title", "question"))
            evidence = evidence_hash(evidence_of(self.experiment.scenario))
        return {
            "sweep_format": SWEEP_FORMAT,
            "experiment": said,
            "evaluator": _name_of(self.evaluator),
            "outcomes": list(self.evaluator.outcomes) if self.evaluator else None,
            "block": self.block,
            "evidence": evidence,
            "code": code_hash(),
            "sensitivity": sources_hash(Path(__file__).parent),
        }


def _name_of(evaluator: Evaluator | None) -> str:
    """What tells one evaluator from another; one without a name is never taken for an earlier one."""
    if evaluator is None:
        return "ensemble"
    name = getattr(evaluator, "name", None)
    return str(name) if name else f"{type(evaluator).__name__} {uuid.uuid4()}"


def plan_sweep(
    function: str,
    experiment: str | Path | Mapping[str, Any] | Experiment,
    points: int | None,
    replicates: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | str | None,
    evaluator: Evaluator | None,
    seeds: Path | str | None = None,
) -> tuple[SweepPlan, int]:
    """The experiment with what is asked for in place of what it says, and how many workers there are.

    Raises
    ------
    sim.io.errors.InputError
        If the experiment is wrong, or a number of points does not suit its design.
    """
    arguments = Arguments(function)
    points = arguments.whole_or_none("points", points, 1, MOST_POINTS)
    replicates = arguments.whole_or_none("replicates", replicates, 1, MOST_REPLICATES)
    seed, workers = arguments.seed(seed), arguments.workers(workers) or allowed_cores()
    folder = arguments.path_or_none("out", out) or Path("results")
    arguments.refuse_if_wrong()
    if not isinstance(experiment, Experiment):
        experiment = load_experiment(experiment, seeds=seeds)
    if points is not None:
        experiment = dataclasses.replace(experiment, design=resized(experiment.design, points))
        if experiment.screen is not None:
            fewer = min(experiment.screen.trajectories, max(2, points))
            experiment = dataclasses.replace(
                experiment, screen=dataclasses.replace(experiment.screen, trajectories=fewer)
            )
    if replicates is not None:
        experiment = dataclasses.replace(experiment, replicates=replicates)
    if seed is not None:
        experiment = dataclasses.replace(experiment, seed=seed)
    return SweepPlan(experiment, evaluator, folder), workers


def resized(design: Design, points: int) -> Design:
    """The design with another number of points, which has to suit it."""
    low = FEWEST.get(design.kind, 2)
    if design.own is not None:
        if not low <= points <= len(design.own):
            allowed = f"{low} to {len(design.own)}, the first of the table's"
            raise input_error("points", "a design out of a table", found=str(points), allowed=allowed)
        return dataclasses.replace(design, points=points, own=design.own.first(points))
    if points < low or (design.kind is DesignKind.SOBOL and points & (points - 1)):
        allowed = f"{low} or more" + (", a power of two" if design.kind is DesignKind.SOBOL else "")
        raise input_error("points", f"a {design.kind.word} design", found=str(points), allowed=allowed)
    return dataclasses.replace(design, points=points)
