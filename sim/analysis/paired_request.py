"""What every door to paired runs is asked beside its question, checked once: ablation, levers and policies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.batch.identity import allowed_cores
from sim.batch.room import check_memory, outcomes_of
from sim.io.arguments import Arguments
from sim.io.errors import input_error, listed, nearest_to, quoted
from sim.io.limits import MOST_RUNS
from sim.scenario.scenario import Scenario, evidence_of, scenario_of


@dataclass(frozen=True, kw_only=True)
class PairedRequest:
    """How many runs with and without, on which luck, in how many threads, how sure, and where it is noted meanwhile."""

    door: str
    runs: int
    seed: int | None  # none: that of each scenario
    workers: int
    level: float  # how much intervals cover
    folder: Path | None
    seeds: Path | str | None = None  # where the worlds of scenarios are read that are named

    def of(self, scenario: Scenario | str | Path) -> Scenario:
        """The scenario, loaded where it is a name or a path, with the runs and the seed that are asked for."""
        loaded = scenario_of(scenario, self.seeds, self.door)
        check_memory(self.door, self.runs, 2 * outcomes_of(evidence_of(loaded)))
        return replace(loaded, runs=self.runs, seed=loaded.seed if self.seed is None else self.seed)


def paired_request(
    door: str, *, runs: Any, seed: Any, workers: Any, level: Any, out: Any, seeds: Any = None
) -> PairedRequest:
    """What a door was given, checked.

    Raises
    ------
    sim.io.errors.InputError
        With every argument that is wrong, by the name of the door.
    """
    arguments = Arguments(door)
    runs = arguments.whole("runs", runs, 2, MOST_RUNS)
    seed, workers = arguments.seed(seed), arguments.workers(workers) or allowed_cores()
    level, folder = arguments.level(level), arguments.path_or_none("out", out)
    arguments.refuse_if_wrong()
    return PairedRequest(runs=runs, seed=seed, workers=workers, level=level, folder=folder, door=door, seeds=seeds)


def check_known(what: str, asked: Any, known: Sequence[str], where: str) -> list[str]:
    """What was asked for, each once, or everything that is known; complains with the nearest.

    where: the command that shows all.
    """
    arguments = Arguments(what)
    asked = arguments.names_or_none("ids", asked)
    arguments.refuse_if_wrong()
    for name in asked or ():
        if name not in known:
            raise input_error(
                what,
                f"there is no such {what}",
                found=quoted(name),
                allowed=listed(known, where),
                nearest=nearest_to(name, known),
            )
    return list(known) if asked is None else list(dict.fromkeys(asked))
