"""What each system of the model does: switched off in turn, on the same luck.

A system whose removal changes nothing anywhere is either wired wrongly or idle in the scenario; `touched` tells the two
apart from a system that acts but makes no clear difference. With a hundred outcomes and more, an interval that excludes
nought is found by chance alone; so a difference is called clear only where it survives Holm's correction for all
outcomes of the system in the scenario (95 % for the family), and `p` is the chance before that correction.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.ablation_results import EFFECTS_FORMAT
from sim.analysis.effect_tables import LEAST, effect_table, given_least, with_counts
from sim.analysis.identity import rests_on
from sim.analysis.kept_tables import KeptTables, noted_in
from sim.analysis.paired import LEVEL, Finals, Label, Resampling, finals_of_block, holm, joined, paired
from sim.analysis.paired_request import check_known, paired_request
from sim.batch.identity import digest_of
from sim.batch.naming import apart
from sim.batch.outcomes import thresholds
from sim.batch.plan import plain_scenario
from sim.batch.watching import watched
from sim.batch.worker import Tell, Work
from sim.engine.ensemble import prepare
from sim.evidence.evidence import Evidence
from sim.io.arguments import Arguments, functions_given
from sim.io.errors import input_error
from sim.model.variables import OUTCOME_CHANGED
from sim.scenario.scenario import Scenario, evidence_of

if TYPE_CHECKING:
    import pandas as pd

RUNS = 500
"""Runs with and without each system, unless told otherwise."""


@watched
def effects(
    scenarios: str | Path | Scenario | Sequence[str | Path | Scenario],
    runs: int = RUNS,
    *,
    seed: int | None = None,
    workers: int | None = None,
    systems: Sequence[str] | None = None,
    progress: Tell | None = None,
    level: float = LEVEL,
    least: float = LEAST,
    out: Path | str | None = None,
    write: "Callable[[pd.DataFrame], None]" = lambda _: None,
    seeds: Path | str | None = None,
) -> "pd.DataFrame":
    """Paired changes when each system is switched off.

    Parameters
    ----------
    scenarios
        One or several: scenarios, their names or paths.
    runs, seed, workers
        How many runs, with and without; on which luck, in place of what the scenario says; threads, as many as the
        cores this process may use unless told otherwise.
    systems
        Ids of systems; all of the world unless told otherwise. One that the scenario has switched off is left out.
    progress
        Called from this thread with a `Progress` now and then; True for a bar.
    level
        How much the intervals cover, and what the correction keeps for the whole family.
    least
        The smallest difference of interest, as in `sim.compare`: smaller ones do not count, however clear they are.
    out
        Folder in which finished systems are noted while this lasts, so that the same call goes on where it was
        interrupted; nothing is noted unless one is given.
    write
        Called with the table before the notes go: if it cannot put it where it belongs, nothing has to be run again.
    seeds
        The folder of a world of one's own, for what is named and not loaded yet (`load_scenario(..., seeds=...)`).

    Returns
    -------
    pandas.DataFrame
        One row a scenario, system and outcome, with `reference` (the mean with everything on), `mean` (without the
        system), `difference` (without less with), the interval `low` to `high`, `effect` (in units of the spread
        between runs), `z`, `p`, `moved` (share of runs in which this outcome differs at all), `touched` (share of runs
        in which anything differs), `clear`, and `counts` (clear, and no smaller than the smallest difference of
        interest).

    Raises
    ------
    sim.io.errors.InputError
        If a scenario is wrong, a system is unknown, fewer than two runs are asked for, or another process is at work on
        the same question in `out`.
    sim.batch.worker.Interrupted
        If stopped with Ctrl-C where `out` is given.

    Notes
    -----
    Memory holds the outcomes of the runs with everything on and of a few systems at a time, whatever the number of
    systems and scenarios.
    """
    import pandas as pd

    functions_given("effects", none=("progress",), progress=progress, write=write)
    request = paired_request("effects", runs=runs, seed=seed, workers=workers, level=level, out=out, seeds=seeds)
    arguments = Arguments("effects")
    least = given_least(arguments, least)
    arguments.refuse_if_wrong()
    several: list[Any] = list(scenarios) if isinstance(scenarios, list | tuple) else [scenarios]
    asked = [request.of(one) for one in several]
    if not several:
        raise input_error("effects", "the list of scenarios is empty", allowed="one scenario or more")
    names = apart([one.name for one in asked])
    ablations = [
        _Ablation(one, name, found, request.level)
        for one, name in zip(asked, names, strict=True)
        if (found := _asked_systems(one, systems))
    ]
    if not ablations:
        raise input_error("ablate", "every system asked for is switched off already", found="nothing to switch off")
    of = digest_of([one.identity() for one in ablations])
    place = None if request.folder is None else request.folder / _place_name(ablations, of)
    tables: list[pd.DataFrame] = []
    with contextlib.nullcontext() if place is None else noted_in(place):
        for number, ablation in enumerate(ablations):
            kept = KeptTables(place, f"{number:02d}-", len(ablation.systems), of)
            tables += ablation.tables(request.workers, progress, kept)
        table = with_counts(pd.concat(tables, ignore_index=True), least)
        write(table)
    return table


def _place_name(ablations: "Sequence[_Ablation]", of: str) -> str:
    """Where notes on a question lie while it is asked: another question never takes them for its own."""
    names = "-and-".join(one.scenario.name for one in ablations)[:60]
    return f"ablate-{names}-{of[:10]}"


def _asked_systems(scenario: Scenario, systems: Sequence[str] | None) -> list[str]:
    known = list(evidence_of(scenario).systems)
    asked = check_systems(systems, known)
    return [name for name in asked if name not in scenario.without]


def check_systems(systems: Any, known: Sequence[str]) -> list[str]:
    """The systems that are asked for, in the order of the evidence; all of them for None."""
    asked = check_known("system", systems, known, "list systems")
    return [name for name in known if name in asked]


class _Ablation:
    """One scenario with each of some systems switched off in turn."""

    def __init__(self, scenario: Scenario, name: str, systems: Sequence[str], level: float) -> None:
        """Take note of what is asked; name: what tables call the scenario."""
        self.scenario = scenario
        self.name = name
        self.systems = systems
        self.level = level
        self.evidence: Evidence = evidence_of(scenario)

    def identity(self) -> dict[str, Any]:
        """Everything the effects depend on."""
        return {
            "effects_format": EFFECTS_FORMAT,
            "scenario": plain_scenario(self.scenario),
            "systems": list(self.systems),
            "level": self.level,
            **rests_on(self.evidence),
        }

    def tables(self, workers: int, tell: Tell | None, kept: KeptTables) -> "list[pd.DataFrame]":
        """One table a system, in the order of the evidence; those that are kept are not made again."""
        runs = self.scenario.runs
        work = Work(self.scenario.name, kept.place, tell, kept.save, runs * (len(self.systems) + 1))
        work.prepare()
        missing = [number for number in range(len(self.systems)) if number not in kept.found]
        if missing:
            with work.kept_whatever_happens():
                reference = self._finals(None)
            resampling = Resampling(runs, self.scenario.seed)
            work.unkept = runs  # the reference
            work.done = runs * len(kept.found) + work.unkept

            def one_system(number: int) -> None:
                kept.add(number, self._table(self.systems[number], reference, resampling), work, runs)

            work.play(missing, one_system, workers)
            kept.save()
        return [kept.found[number] for number in range(len(self.systems))]

    def _finals(self, system: str | None) -> Finals:
        """What the runs came to with a system switched off, or with none, block by block."""
        without = self.scenario.without if system is None else (*self.scenario.without, system)
        prepared = prepare(replace(self.scenario, without=without), self.evidence)
        lines = thresholds(prepared.values)
        return joined([finals_of_block(block, lines) for block in prepared.run_blocks(0, self.scenario.runs)])

    def _table(self, system: str, reference: Finals, resampling: Resampling) -> "pd.DataFrame":
        without = self._finals(system)
        assert reference.words is not None
        assert without.words is not None
        changed = (reference.words != without.words).astype(np.float64)
        before = np.concatenate([reference.values, np.zeros_like(changed)], axis=1)
        after = np.concatenate([without.values, changed], axis=1)
        labels = [*reference.labels, *(Label(state, OUTCOME_CHANGED, "") for state in reference.states)]
        table = effect_table(labels, paired(before, after, resampling, self.level), self.scenario.runs)
        table["touched"] = float((before != after).any(axis=1).mean())
        table["clear"] = holm(table["p"].to_numpy()) < 1.0 - self.level
        table.insert(0, "system", system)
        table.insert(0, "scenario", self.name)
        return table.drop(columns="needed")
