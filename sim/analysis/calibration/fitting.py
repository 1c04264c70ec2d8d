"""`calibrate`: fit what the record can tell, check the procedure on truths that are known, and say what it learnt.

Waves of points are played and narrowed down by history matching; a synthetic likelihood from the points of the last
region is sampled; the same is done for simulated truths; and worlds drawn from the posterior are held against every
target. Decided before anything was fitted: `docs/decisions/0026-decisions-before-the-look.md`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration.checks import check_table, ranks_of
from sim.analysis.calibration.emulator import fit_emulator
from sim.analysis.calibration.kept import Wave, read_wave, write_wave
from sim.analysis.calibration.likelihood import Synthetic, synthetic
from sim.analysis.calibration.matching import Region, drawn_points
from sim.analysis.calibration.play import Past, in_units, past_of, play_points
from sim.analysis.calibration.results import Calibration, numbers_table, predicted_table, waves_table
from sim.analysis.calibration.sampler import Chain, load_emcee, one_thread, sample
from sim.batch.identity import allowed_cores, code_hash, digest_of, evidence_hash, plain
from sim.batch.manifest import set_aside_and_say
from sim.batch.notebook import held
from sim.batch.watching import watched
from sim.batch.worker import Tell, Work
from sim.evidence.calibration import FEWEST_POINTS, LEAST_YEARS, Plan, load_plan
from sim.io.arguments import Arguments
from sim.io.errors import input_error
from sim.io.writers import sources_hash
from sim.scenario.scenario import Scenario, load_scenario

Floats = NDArray[np.float64]

PREDICTED, PREDICTED_RUNS = 500, 2
"""Draws of the posterior that are played for the predictive checks, and runs of each."""

_SMALL = {"points": 200, "runs": 32, "truths": 20}


@watched
def calibrate(
    scenario: str | Path | Scenario | None = None,
    until: int | None = None,
    small: bool = False,
    workers: int | None = None,
    progress: Tell | None = None,
    out: Path | str = "results",
    *,
    seeds: Path | str | None = None,
) -> Calibration:
    """Fit the numbers of `seeds/history/calibration.yaml` to the record.

    Parameters
    ----------
    scenario
        What is played in place of the plan's own.
    until
        The last year of the record that is used, in place of the plan's own.
    small
        One wave of few points, and few truths: to see that it works, not to use what it gives.
    workers, progress
        As in `sim.run`.
    out
        Where the folder goes in which waves are kept; asked for again, what was played is taken from there.
    seeds
        The folder of a world of one's own, for what is named and not loaded yet (`load_scenario(..., seeds=...)`).

    Raises
    ------
    sim.io.errors.InputError
        If an argument, the plan or the scenario is wrong, the folder cannot be written or another process is at work
        there, no point is left, or the sampler is not installed.
    sim.batch.worker.Interrupted
        If stopped with Ctrl-C; waves that are finished are kept, and the same call goes on from there.
    """
    arguments = Arguments("sim.calibrate")
    arguments.called("progress", progress)
    workers, plan = arguments.workers(workers), load_plan()
    if until is not None:
        until = arguments.whole("until", until, plan.first + LEAST_YEARS - 1, plan.last)
    place, small = arguments.path("out", out), arguments.flag("small", small)
    arguments.refuse_if_wrong()
    load_emcee()
    plan = dataclasses.replace(plan, last=plan.last if until is None else until)
    if small:
        plan = smaller(plan)
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(plan.scenario if scenario is None else scenario, seeds=seeds)
    past = past_of(plan, scenario)
    identity = identity_of(past)
    fit = _Fit(past, workers or allowed_cores(), progress, place, digest_of(identity))
    with held(fit.folder), one_thread():
        return fit.whole(identity)


def smaller(plan: Plan) -> Plan:
    """The same in a minute: good for a look, too coarse for use."""
    waves = dataclasses.replace(plan.waves, number=1, points=_SMALL["points"], runs=_SMALL["runs"])
    checks = dataclasses.replace(plan.checks, truths=_SMALL["truths"])
    return dataclasses.replace(plan, waves=waves, checks=checks)


def identity_of(past: Past) -> dict[str, Any]:
    """Everything that the result depends on; equal identities give equal draws."""
    said = plain(past.scenario)
    for where in ("path", "seeds", "notes", "title", "question", "runs", "seed"):
        said.pop(where, None)
    return {
        "plan": plain(past.plan),
        "scenario": said,
        "recorded": [[label.words for label in past.labels], past.recorded.tolist()],
        "evidence": evidence_hash(past.evidence),
        "code": code_hash(),
        "calibration": sources_hash(Path(__file__).parent),
    }


class _Fit:
    """One calibration while it is made."""

    def __init__(self, past: Past, workers: int, progress: Tell | None, place: Path, of: str) -> None:
        self.past, self.plan, self.workers, self.of = past, past.plan, workers, of
        self.folder = folder = place / f"calibration-{of[:10]}"
        self.progress = progress
        waves = self.plan.waves
        total = waves.number * waves.points * waves.runs + PREDICTED * PREDICTED_RUNS
        self.work = Work("waves of points", folder, progress, _nothing, total)

    def whole(self, identity: dict[str, Any]) -> Calibration:
        """All of it, one step after the other."""
        self.work.prepare()
        waves, region = self.waves()
        points, targets = within(waves, region)
        judge = synthetic(points, targets, self.plan.sampler.freedom)
        chain = self.posterior(judge, region, waves[-1])
        draws = self.draws(chain)
        predicted = play_points(
            self.past, draws[:: max(len(draws) // PREDICTED, 1)][:PREDICTED], PREDICTED_RUNS, self.plan.seeds.sampler,
            self.work, self.workers,
        )  # fmt: skip
        ranks = self.checked(judge, region, waves[-1])
        checks = check_table(self.plan.names, ranks, self.plan)
        return Calibration(
            plan=self.plan,
            scenario=self.past.scenario,
            numbers=numbers_table(self.plan, draws, chain.effective, judge.condenser.explained, checks),
            checks=checks,
            predicted=predicted_table(self.past, predicted),
            waves=waves_table(self.plan, waves, len(points)),
            ranks=ranks,
            draws=in_units(self.plan, draws),
            identity=digest_of(identity),
            asked=digest_of({part: identity[part] for part in ("plan", "recorded")}),
            folder=self.folder,
        )

    def waves(self) -> tuple[list[Wave], Region]:
        """The waves, and the region that all but the last have left (the last one is fitted, and cuts nothing)."""
        region, found = Region(cuts=(), waves=self.plan.waves), list[Wave]()
        for number in range(1, self.plan.waves.number + 1):
            found.append(self.wave(number, region))
            if number < self.plan.waves.number:
                emulator = fit_emulator(*within(found, region))
                region = region.with_wave(emulator, self.past.recorded)
        return found, region

    def wave(self, number: int, region: Region) -> Wave:
        """One wave, played or taken from the folder."""
        waves, seed = self.plan.waves, self.plan.seeds.design
        points, left = drawn_points(self.plan.names, waves.points, seed, number, region.holds)
        if len(points) < FEWEST_POINTS:
            message = f"no point of wave {number} could have brought about what was recorded"
            allowed = "a wider prior, a larger 'cut' or a higher 'ranked' in seeds/history/calibration.yaml"
            raise input_error("calibrate", message, found=f"{left:.2g} of the prior left", allowed=allowed)
        name = f"waves/wave-{number}.bin"
        kept = read_wave(self.folder / name, points, self.of)
        if kept is not None:
            self.work.done += len(points) * waves.runs
            return dataclasses.replace(kept, left=left)
        set_aside_and_say(self.folder, [name], f"{name} is not what it was")
        targets = play_points(self.past, points, waves.runs, seed + number, self.work, self.workers)
        # At single precision from the start, so that a wave from the folder says what a fresh one does.
        wave = Wave(points=points, targets=targets.astype(np.float32).astype(np.float64), left=left)
        write_wave(self.folder / name, wave, self.of)
        return wave

    def posterior(self, judge: Synthetic, region: Region, last: Wave) -> Chain:
        """The posterior given the record."""
        how = self.plan.sampler
        return sample(
            judge.of(self.past.recorded), region.holds, last.points, how.walkers, how.steps, how.discarded,
            self.plan.seeds.sampler,
        )  # fmt: skip

    def draws(self, chain: Chain) -> Floats:
        """As many draws as are kept, evenly over all steps [N, D]."""
        flat = chain.flat()
        places = np.linspace(0, len(flat) - 1, min(self.plan.sampler.draws, len(flat))).astype(int)
        draws: Floats = flat[places]
        return draws

    def checked(self, judge: Synthetic, region: Region, last: Wave) -> Floats:
        """Ranks of simulated truths."""
        work = Work("simulated truths", self.folder, self.progress, _nothing, self.plan.checks.truths)
        work.counted = "truths"
        return ranks_of(
            judge, last.points, last.targets, region.holds, self.plan, self.plan.checks.truths, work, self.workers
        )


def within(waves: list[Wave], region: Region) -> tuple[Floats, Floats]:
    """All points of a region that were played in any wave [P, D], and their targets [P, R, K]."""
    inside = [region.holds(wave.points) for wave in waves]
    points = np.concatenate([wave.points[held] for wave, held in zip(waves, inside, strict=True)])
    targets = np.concatenate([wave.targets[held] for wave, held in zip(waves, inside, strict=True)])
    return points, targets


def _nothing() -> None:
    """Whole waves are kept as they come."""
