"""What constant policies buy and cost: each played in place of a state's own rule, on the same luck."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.constant_policies import constant_policies
from sim.analysis.observables import SIGNED_VALUE
from sim.analysis.paired import LEVEL, Label
from sim.analysis.paired_request import check_known, paired_request
from sim.analysis.variants import Variant, Variants, tables_of
from sim.batch.watching import watched
from sim.batch.worker import Tell
from sim.io.arguments import functions_given
from sim.model.variables import OUTCOME_CHANGED, VARIABLES
from sim.scenario.scenario import Scenario, evidence_of

if TYPE_CHECKING:
    import pandas as pd

RUNS = 400
"""Runs with and without each policy, unless told otherwise."""

EARLY = 12
"""Quarters after which a policy is looked at for the first time; the last quarter is the second."""

ENDS = {one.name: one.wanted for one in VARIABLES if one.wanted}
"""What a government wants for its own sake, and whether more of it (1) or less (-1)."""

MEANS = (SIGNED_VALUE, OUTCOME_CHANGED)
"""What is shown beside the ends, and never counted: money signed for is a means."""


@watched
def policies(
    scenario: str | Path | Scenario = "baseline",
    runs: int = RUNS,
    *,
    states: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Tell | None = None,
    level: float = LEVEL,
    out: Path | str | None = None,
    write: "Callable[[pd.DataFrame], None]" = lambda _: None,
    seeds: Path | str | None = None,
) -> "pd.DataFrame":
    """Paired changes when a state follows a constant policy in place of its own rule.

    Parameters
    ----------
    scenario
        A scenario, its name or path.
    runs, seed, workers
        How many runs, with and without; on which luck, in place of what the scenario says; threads.
    states
        Codes of the states that are told what to do, one at a time; all unless told otherwise.
    only
        Ids of policies (`sim.analysis.constant_policies`); all of the world unless told otherwise.
    progress
        Called from this thread with a `Progress` now and then; True for a bar.
    level
        How much the intervals cover, and what the correction keeps for the whole family.
    out
        Folder in which finished policies are noted while this lasts, so that the same call goes on where it was
        stopped.
    write
        Called with the table before the notes go.
    seeds
        The folder of a world of one's own, for what is named and not loaded yet (`load_scenario(..., seeds=...)`).

    Returns
    -------
    pandas.DataFrame
        One row a state, policy, quarter (after three years, and the last) and outcome of that state: `reference` (the
        mean by its own rule), `mean`, `difference`, the interval `low` to `high`, `effect` (in units of the spread
        between runs), `z`, `p`, `moved`, `touched` and `clear`; and `policy_words`.

    Raises
    ------
    sim.io.errors.InputError
        If the scenario is wrong, a state or policy is unknown, or fewer than two runs are asked for.
    """
    functions_given("sim.policies", none=("progress",), progress=progress, write=write)
    request = paired_request("sim.policies", runs=runs, seed=seed, workers=workers, level=level, out=out, seeds=seeds)
    base = request.of(scenario)
    work = Variants(base, policy_variants(base, states, only), request.level)
    with tables_of(work, "policies", request, progress) as table:
        write(table)
    return table


def policy_variants(base: Scenario, states: Sequence[str] | None, only: Sequence[str] | None) -> list[Variant]:
    """The scenario with every policy that was asked for, in every state that was."""
    evidence = evidence_of(base)
    known = constant_policies(evidence)
    places = check_known("state", states, [state.code for state in evidence.states], "list actors")
    after = tuple(sorted({min(EARLY, base.quarters), base.quarters}))
    return [
        Variant(
            keys={"scenario": base.name, "policy": policy, "policy_words": known[policy].words},
            scenario=replace(base, events=(*base.events, *known[policy].events(state, base))),
            after=after,
            keep=partial(is_looked_at, state),
        )
        for state in places
        for policy in check_known("policy", only, list(known), "list policies")
    ]


def is_looked_at(state: str, label: Label) -> bool:
    """Whether an outcome is an end of the government of a state, or stands beside the ends."""
    return label.state == state and not label.power and (label.measure in ENDS or label.measure in MEANS)
