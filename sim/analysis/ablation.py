"""What each system of the model does: switched off in turn, on the same luck.

A system whose removal changes nothing anywhere is either wired wrongly or idle in the scenario; `touched` tells the two
apart from a system that acts but makes no clear difference. With a hundred outcomes and more, an interval that excludes
nought is found by chance alone; so a difference is called clear only where it survives Holm's correction for all
outcomes of the system in the scenario (95 % for the family), and `p` is the chance before that correction.
"""

import json
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.effect_tables import ON_SHOW, csv_of, effect_table, records_of
from sim.analysis.paired import LEVEL, Finals, Label, Resampling, finals_of_block, holm, joined, paired
from sim.batch.identity import allowed_cores
from sim.batch.outcomes import Thresholds, thresholds
from sim.batch.plan import CHUNK
from sim.batch.worker import Progress, Stage
from sim.engine.ensemble import PreparedEnsemble, prepare
from sim.evidence.evidence import Evidence, load_evidence
from sim.io.errors import input_error, listed, nearest_to, quoted, shown_path
from sim.io.text import CAUTION
from sim.io.writers import write_text
from sim.model.code_cache import warm
from sim.scenario.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    import pandas as pd

RUNS = 500
"""Runs with and without each system, unless told otherwise."""

EFFECTS_FORMAT = 1
CHANGED = "outcome changed"
"""An outcome of its own: the share of runs that end under another word without the system."""

POLICY = ("effective_partners", "alignment", "trust", "combined_pressure", "acceptance")
"""Outcomes that are a state's policy, or what it meets with, and not a thing that one system moves by definition."""

SHOWN = (*ON_SHOW, CHANGED)
"""Outcomes of a state alone that are kept state by state in the short table, beside alignment with every power."""


def effects(
    scenarios: str | Path | Scenario | Sequence[str | Path | Scenario],
    runs: int = RUNS,
    *,
    seed: int | None = None,
    workers: int | None = None,
    systems: Sequence[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    level: float = LEVEL,
) -> "pd.DataFrame":
    """Paired changes when each system is switched off.

    Parameters
    ----------
    scenarios
        One or several: scenarios, their names or paths.
    runs, seed
        How many runs, with and without; on which luck, in place of what the scenario says.
    workers
        Threads; as many as the cores this process may use unless told otherwise.
    systems
        Ids of systems; all of the world unless told otherwise. One that the scenario has switched off is left out.
    progress
        Called from this thread with a `Progress` now and then.
    level
        How much the intervals cover, and what the correction keeps for the whole family.

    Returns
    -------
    pandas.DataFrame
        One row a scenario, system and outcome, with `reference` (the mean with everything on), `mean` (without the
        system), `difference` (without less with), the interval `low` to `high`, `effect` (in units of the spread
        between runs), `z`, `p`, `moved` (share of runs in which this outcome differs at all), `touched` (share of runs
        in which anything differs) and `clear`.

    Raises
    ------
    sim.io.errors.InputError
        If a scenario is wrong, a system is unknown, or fewer than two runs are asked for.

    Notes
    -----
    Memory holds the outcomes of the runs with everything on and of a few systems at a time, whatever the number of
    systems and scenarios.
    """
    import pandas as pd

    check_ablation_runs(runs)
    several = [scenarios] if isinstance(scenarios, str | Path | Scenario) else list(scenarios)
    loaded = [one if isinstance(one, Scenario) else load_scenario(one) for one in several]
    tables = []
    for scenario in loaded:
        asked = replace(scenario, runs=runs, seed=scenario.seed if seed is None else seed)
        ablation = _Ablation(asked, _asked_systems(asked, systems), level)
        tables += ablation.tables(max(1, workers or allowed_cores()), progress or (lambda _: None))
    if not tables:
        raise input_error("ablate", "every system asked for is switched off already", found="nothing to switch off")
    return pd.concat(tables, ignore_index=True)


def check_ablation_runs(runs: int) -> None:
    """How much a difference varies cannot be told from one run."""
    if runs < 2:
        raise input_error("runs", "a paired change needs two runs or more", found=f"{runs}")


def _asked_systems(scenario: Scenario, systems: Sequence[str] | None) -> list[str]:
    known = list(load_evidence(scenario.world).systems)
    for name in systems or ():
        check_system(name, known)
    return [name for name in known if name not in scenario.without and (systems is None or name in systems)]


def check_system(name: str, known: Sequence[str]) -> None:
    """A system is named by its id."""
    if name not in known:
        raise input_error(
            "system",
            "there is no such system",
            found=quoted(name),
            allowed=listed(known),
            nearest=nearest_to(name, known),
        )


class _Ablation:
    """One scenario with each of some systems switched off in turn."""

    def __init__(self, scenario: Scenario, systems: Sequence[str], level: float) -> None:
        self.scenario = scenario
        self.systems = systems
        self.level = level
        self.evidence: Evidence = load_evidence(scenario.world)
        self._lock = threading.Lock()
        self._done = 0

    def tables(self, workers: int, tell: Callable[[Progress], None]) -> "list[pd.DataFrame]":
        """One table a system, in the order of the evidence."""
        total = self.scenario.runs * (len(self.systems) + 1)

        def say(stage: Stage) -> None:
            tell(Progress(scenario=self.scenario.name, stage=stage, done=self._done, total=total))

        say(Stage.PREPARE if warm() else Stage.COMPILE)
        reference = self._finals(self._prepared(None))
        resampling = Resampling(self.scenario.runs, self.scenario.seed)
        say(Stage.RUN)
        found: dict[str, pd.DataFrame] = {}
        with ThreadPoolExecutor(workers) as pool:
            waiting = [pool.submit(self._table, system, reference, resampling) for system in self.systems]
            try:
                for system, future in zip(self.systems, waiting, strict=True):
                    found[system] = future.result()
                    say(Stage.RUN)
            except BaseException:
                for future in waiting:
                    future.cancel()
                raise
        return list(found.values())

    def _prepared(self, system: str | None) -> tuple[PreparedEnsemble, Thresholds]:
        without = self.scenario.without if system is None else (*self.scenario.without, system)
        prepared = prepare(replace(self.scenario, without=without), self.evidence)
        return prepared, thresholds(prepared.values)

    def _finals(self, prepared: tuple[PreparedEnsemble, Thresholds]) -> Finals:
        """What the runs came to, block by block."""
        ready, lines = prepared
        parts = []
        for first in range(0, self.scenario.runs, CHUNK):
            count = min(CHUNK, self.scenario.runs - first)
            parts.append(finals_of_block(ready.run_block(first, count), lines))
            with self._lock:
                self._done += count
        return joined(parts)

    def _table(self, system: str, reference: Finals, resampling: Resampling) -> "pd.DataFrame":
        without = self._finals(self._prepared(system))
        assert reference.words is not None
        assert without.words is not None
        changed = (reference.words != without.words).astype(np.float64)
        before = np.concatenate([reference.values, np.zeros_like(changed)], axis=1)
        after = np.concatenate([without.values, changed], axis=1)
        labels = [*reference.labels, *(Label(state, CHANGED, "") for state in reference.states)]
        table = effect_table(labels, paired(before, after, resampling, self.level), self.scenario.runs)
        table["touched"] = float((before != after).any(axis=1).mean())
        table["clear"] = holm(table["p"].to_numpy()) < 1.0 - self.level
        table.insert(0, "system", system)
        table.insert(0, "scenario", self.scenario.name)
        return table.drop(columns="needed")


# --- what it comes to ------------------------------------------------------------------------------------------------


def summary(table: "pd.DataFrame") -> "pd.DataFrame":
    """One row a system and scenario: how many outcomes are clear, and the clearest of them.

    The clearest is that with the largest difference in units of its own standard error. Columns: system, scenario,
    outcomes, clear, touched, and of the clearest outcome state, measure, power, reference, mean, difference, low,
    high, effect, z, p.
    """
    import pandas as pd

    rows = []
    for (system, scenario), mine in table.groupby(["system", "scenario"], sort=False):
        clearest = mine.loc[mine["z"].abs().idxmax()]
        told = {"system": system, "scenario": scenario, "outcomes": len(mine), "clear": int(mine["clear"].sum())}
        kept = (
            "touched",
            "state",
            "measure",
            "power",
            "reference",
            "mean",
            "difference",
            "low",
            "high",
            "effect",
            "z",
            "p",
        )
        rows.append(told | {name: clearest[name] for name in kept})
    return pd.DataFrame(rows)


def clearest(table: "pd.DataFrame") -> "pd.DataFrame":
    """One row a system: its summary in the scenario where its effect is clearest."""
    several = summary(table) if "clear" not in table or table["clear"].dtype == bool else table
    ranked = several.assign(rank=several["z"].abs()).sort_values(["clear", "rank"], ascending=False, kind="stable")
    order = {system: place for place, system in enumerate(dict.fromkeys(several["system"]))}
    best = ranked.drop_duplicates("system").drop(columns="rank")
    return best.sort_values("system", key=lambda column: column.map(order)).reset_index(drop=True)


def silent(table: "pd.DataFrame") -> list[str]:
    """Systems without any clear effect in any of the scenarios, in order."""
    clear = table.groupby("system", sort=False)["clear"].any()
    return [str(system) for system in clear.index[~clear]]


# --- the short table on disk -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Effects as a small JSON file keeps them."""

    runs: int
    level: float
    scenarios: tuple[str, ...]
    summary: "pd.DataFrame"  # one row a system and scenario, see `summary`
    states: "pd.DataFrame"  # one row a system and shown outcome, in the scenario where the system is clearest


def write_effects(table: "pd.DataFrame", path: Path | str, level: float = LEVEL) -> None:
    """Write what matters of a table of effects as one small JSON file, the same bytes for the same effects."""
    told = {
        "note": CAUTION,
        "format": EFFECTS_FORMAT,
        "runs": int(table["runs"].iloc[0]),
        "level": level,
        "scenarios": list(dict.fromkeys(table["scenario"])),
        "summary": records_of(summary(table)),
        "states": records_of(_shown(table)),
    }
    lines = [f" {json.dumps(key)}: {_lines(value)}" for key, value in told.items()]
    write_text(Path(path), "{\n" + ",\n".join(lines) + "\n}\n")


def _lines(value: Any) -> str:
    """A value as JSON, a row a line, so that two versions can be compared by eye."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in value)
        return f"[\n{rows}\n ]"
    return json.dumps(value, ensure_ascii=False)


def strongest_systems(table: "pd.DataFrame") -> "pd.DataFrame":
    """Of what is shown, the outcome with the largest effect for each scenario, system and state; none where all rest.

    How many words changed is left aside: it can only be more than nought.
    """
    shown = table[is_shown(table) & table["effect"].notna() & (table["moved"] > 0) & (table["measure"] != CHANGED)]
    places = shown["effect"].abs().groupby([shown[key] for key in ("scenario", "system", "state")], sort=False).idxmax()
    return shown.loc[places.to_numpy()].reset_index(drop=True)


def is_shown(table: "pd.DataFrame") -> "pd.Series[bool]":
    """Which rows belong to the outcomes of the short table."""
    alone = table["measure"].isin(SHOWN) & (table["power"] == "")
    return alone | (table["measure"] == "alignment")


def _shown(table: "pd.DataFrame") -> "pd.DataFrame":
    """The outcomes of the short table, for each system in the scenario where it is clearest."""
    best = clearest(table)[["system", "scenario"]]
    mine = best.merge(table, on=["system", "scenario"], how="left")
    kept = ["system", "scenario", "state", "measure", "power", "difference", "low", "high", "effect", "clear"]
    return mine.loc[is_shown(mine), kept].reset_index(drop=True)


def read_effects(path: Path | str) -> Measured:
    """Read what `write_effects` wrote.

    Raises
    ------
    sim.io.errors.InputError
        If the file is missing or holds something else.
    """
    import pandas as pd

    path = Path(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        known = told["format"] == EFFECTS_FORMAT
        parts = [pd.DataFrame(told[name]) for name in ("summary", "states")]
        runs, level, scenarios = int(told["runs"]), float(told["level"]), tuple(told["scenarios"])
    except OSError as error:
        reason = error.strerror or "no such file"
        raise input_error(shown_path(path), "multivector ablate -o FILE.json writes it", found=reason) from None
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        message = "multivector ablate -o FILE.json writes one"
        raise input_error(shown_path(path), message, found="no file of effects that this version can read")
    for part in parts:  # null stands for what is not finite: every run moved by the same amount
        for name in ("effect", "z"):
            if name in part:
                part[name] = part[name].astype(float).fillna(math.inf if name == "z" else math.nan)
    return Measured(runs=runs, level=level, scenarios=scenarios, summary=parts[0], states=parts[1])


def most_telling(measured: Measured) -> "pd.DataFrame":
    """Of each system the clear difference in a policy outcome (`POLICY`) that is largest beside the spread of runs."""
    rows = measured.states
    rows = rows[rows["measure"].isin(POLICY) & rows["clear"].astype(bool)]
    places = rows["effect"].abs().groupby(rows["system"], sort=False).idxmax()
    return rows.loc[places.to_numpy()].reset_index(drop=True)


def write_tables(table: "pd.DataFrame", folder: Path | str, level: float = LEVEL) -> list[Path]:
    """Write all effects as CSV and the short table as JSON; returns the paths."""
    folder = Path(folder)
    paths = [folder / "effects.csv", folder / "summary.csv", folder / "effects.json"]
    write_text(paths[0], csv_of(table))
    write_text(paths[1], csv_of(summary(table)))
    write_effects(table, paths[2], level)
    return paths
