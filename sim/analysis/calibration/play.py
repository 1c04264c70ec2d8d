"""Points played: worlds of the past at given values of the numbers that are fitted, everything else drawn."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration.targets import Known, Target, course_of, known_of, recorded_targets, targets_of
from sim.analysis.observed import observe
from sim.analysis.record import record_of
from sim.analysis.spread import check_world
from sim.batch.identity import allowed_cores
from sim.engine.ensemble import LANES, prepare
from sim.engine.sampling import every_number
from sim.evidence.calibration import ARMS_EXPONENT, Plan
from sim.evidence.evidence import Evidence
from sim.evidence.history import History, load_history
from sim.evidence.posterior import FIXED
from sim.io.errors import input_error
from sim.scenario.calendar import quarter_text
from sim.scenario.scenario import Scenario, evidence_of, load_scenario

if TYPE_CHECKING:
    from sim.batch.worker import Work

Floats = NDArray[np.float64]

_BEYOND = "a point of the calibration"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Past:
    """What is played and what it is compared with."""

    plan: Plan
    scenario: Scenario  # to the last year that is used, with every number that is not fitted drawn
    evidence: Evidence
    history: History
    known: Known
    labels: tuple[Target, ...]  # K targets
    recorded: Floats  # [K]


def past_of(plan: Plan, scenario: Scenario | None = None) -> Past:
    """The past of a plan; scenario: in place of the plan's own.

    Raises `InputError` where the scenario cannot be read, is of another world or of other years, or the record does not
    have the years.
    """
    given = load_scenario(plan.scenario) if scenario is None else scenario
    history = load_history()
    check_world(given, history)
    if not history.first <= plan.first <= plan.last <= history.last:
        allowed = f"years of the record, {history.first} to {history.last}"
        raise input_error("calibrate", "no such years", found=f"{plan.first} to {plan.last}", allowed=allowed)
    begin, end = 4 * plan.first, 4 * plan.last + 3
    if given.start > begin or given.end < end:
        allowed = f"{quarter_text(begin)} or earlier to {quarter_text(end)} or later"
        found = f"{quarter_text(given.start)} to {quarter_text(given.end)}"
        raise input_error(given.name, "it does not play the years that are fitted", found=found, allowed=allowed)
    dated = dataclasses.replace(
        given,
        fitted=FIXED,  # what is fitted is put in its place at every point
        end=end,
        events=tuple(event for event in given.events if event.at <= end),
    )
    evidence = evidence_of(given)
    known_actors = {code for one in history.rows for code in (one.state, one.partner)}
    states, powers = (
        [actor.code for actor in actors if actor.code in known_actors] for actors in (evidence.states, evidence.powers)
    )
    known = known_of(record_of(history, states, powers), history, plan.first, plan.last)
    labels, recorded = recorded_targets(known)
    return Past(
        plan=plan,
        scenario=every_number(dated, evidence, 1),
        evidence=evidence,
        history=history,
        known=known,
        labels=labels,
        recorded=recorded,
    )


def play_points(past: Past, points: Floats, runs: int, seed: int, work: Work, workers: int | None) -> Floats:
    """Targets [P, R, K] of so many runs at each point [P, D] (from -1 to 1).

    Each run has its own luck and its own draw of what is not fitted. Where a run says nothing of a target (nobody
    delivered any arms), it has the mean of the others of its point.
    """
    total = len(points) * runs
    values = in_units(past.plan, np.repeat(points, runs, axis=0))
    exponent = values.pop(ARMS_EXPONENT, np.ones(total))
    numbers: dict[str, Any] = {name: {"value": value, "beyond": _BEYOND} for name, value in values.items()}
    prepared = prepare(dataclasses.replace(past.scenario, seed=seed), past.evidence, numbers=numbers)
    found = np.empty((total, len(past.labels)))

    def one(number: int) -> None:
        first, count = number * LANES, min(LANES, total - number * LANES)
        seen = observe(prepared.run_block(first, count), past.history, seed)
        course = course_of(seen, past.known, exponent[first : first + count])
        found[first : first + count] = targets_of(course, past.known, past.labels)
        work.done += count

    work.play(range(-(-total // LANES)), one, workers or allowed_cores())
    by_point = found.reshape(len(points), runs, -1)
    known = np.isfinite(by_point)
    mean = np.where(known, by_point, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(known, by_point, mean[:, None, :])


def in_units(plan: Plan, points: Floats) -> dict[str, Floats]:
    """Values of what is fitted, by name, each [P], at points [P, D] from -1 to 1."""
    return {
        prior.name: prior.low + 0.5 * (points[:, place] + 1.0) * (prior.high - prior.low)
        for place, prior in enumerate(plan.priors)
    }
