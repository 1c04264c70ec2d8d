"""What is asked of a batch in a call from Python, checked as files are, and the plan that comes of it."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.batch.identity import allowed_cores
from sim.batch.plan import ENGINES, NUMBERS, BatchRequest, Plan
from sim.io.arguments import Arguments
from sim.io.errors import listed, nearest_to
from sim.io.limits import LONGEST, MOST_RUNS
from sim.model.variables import MEASURES
from sim.scenario.arguments import check_setting, given_fitted
from sim.scenario.scenario import Scenario, evidence_of, scenario_of, with_fitted

ScenarioLike = str | Path | Scenario


def check_dask(arguments: Arguments, value: Any) -> None:
    """Where blocks are sent is the address of a scheduler, or a client that is connected to one."""
    if value is None or (isinstance(value, str) and value.strip()) or hasattr(value, "wait_for_workers"):
        return
    arguments.entry("dask", value).refuse(allowed="the address of a Dask scheduler, 'local', or a connected client")


_MORE = ("engine", "series", "thin", "measures", "numbers", "fitted", "progress", "dask", "seeds")


class BatchAsked:
    """What was asked for in a call, checked as files are."""

    def __init__(self, function: str, runs: Any, seed: Any, workers: Any, out: Any, more: Mapping[str, Any]) -> None:
        """Take note of everything; what is wrong is told together."""
        arguments = Arguments(function)
        self.function = function
        self.more = dict(more)
        for name in more:
            if name not in _MORE:
                arguments.entry(name, more[name]).refuse(
                    message="there is no such argument", allowed=listed(_MORE), nearest=nearest_to(name, _MORE)
                )
        arguments.called("progress", self.more.pop("progress", None))
        check_dask(arguments, self.more.pop("dask", None))
        self.runs, self.seed = arguments.runs(runs), arguments.seed(seed)
        self.workers = arguments.workers(workers) or allowed_cores()
        self.out = arguments.path_or_none("out", out)
        self.fitted = given_fitted(arguments, self.more.pop("fitted", None))
        self.seeds = self.more.pop("seeds", None)
        if "series" in more:
            self.more["series"] = arguments.whole("series", more["series"], 0, MOST_RUNS)
        if "thin" in more:
            self.more["thin"] = arguments.whole("thin", more["thin"], 1, LONGEST)
        if "numbers" in more:
            self.more["numbers"] = arguments.choice("numbers", more["numbers"], NUMBERS)
        if more.get("measures") is not None:
            self.more["measures"] = arguments.choices("measures", more["measures"], MEASURES)
        if "engine" in more and not callable(more["engine"]):
            self.more["engine"] = arguments.choice("engine", more["engine"], tuple(ENGINES))
        arguments.refuse_if_wrong()

    def part(self, part: Any, parts: Any) -> tuple[int, int]:
        """Which part of how many, counted from 1."""
        arguments = Arguments(self.function)
        parts = arguments.whole("parts", parts, 1, MOST_RUNS)
        part = arguments.whole("part", part, 1, parts)
        arguments.refuse_if_wrong()
        return part, parts

    def plan(self, scenario: ScenarioLike) -> Plan:
        """What is to be run of a scenario, and the folder it belongs in."""
        scenario = scenario_of(scenario, self.seeds, self.function)
        changes = {name: value for name, value in (("runs", self.runs), ("seed", self.seed)) if value is not None}
        scenario = with_fitted(dataclasses.replace(scenario, **changes), self.fitted)  # type: ignore[arg-type]
        arguments = Arguments(self.function)
        scenario = check_setting(scenario, evidence_of(scenario), arguments)
        arguments.refuse_if_wrong()
        return Plan(BatchRequest(scenario=scenario, **self.more), self.out or Path("results"))
