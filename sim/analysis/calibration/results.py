"""What a calibration found: how much the record tells of each number, whether that can be trusted, what is missed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.calibration.kept import Wave
from sim.analysis.calibration.play import Past
from sim.analysis.decisions import decisions_hash
from sim.analysis.effect_tables import csv_of, records_of
from sim.batch.manifest import close_folder
from sim.batch.notebook import telling_of_trouble, tidy
from sim.evidence.calibration import Plan
from sim.evidence.posterior import ABOUT, HISTORY, ROWS, write_posterior
from sim.evidence.worlds import shipped_folder
from sim.io.arguments import path_given
from sim.io.errors import input_error
from sim.io.text import CAUTION
from sim.io.writers import write_text, write_whole
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

INFORMED, HARDLY, UNINFORMED = "yes", "hardly", "no"
"""Whether the record informs a number."""

ENOUGH_TRUTHS = 200
"""Simulated truths from which on a verdict on the procedure is given."""

_INFORMS, _INFORMS_WELL = (
    0.8,
    0.5,
)  # posterior width over prior width, above which nothing, and above which little is learnt
_LEVEL = 0.9
_TABLES = ("numbers", "checks", "predicted", "waves")
_PUBLISHED = "experiments/calibration"


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What was fitted.

    Tables:

    - `numbers`: one row a number: `prior_low`, `prior_high`, 5th, 50th and 95th percentile (`low`, `median`, `high`),
      `width` (of the 90 % interval over that of the prior), `explained` (part of the number's variance that targets
      explain over the design), `effective` draws, `says` (whether the record informs it), `cover` and `flat` from the
      checks, and `targets` from which it was expected to be learnt.
    - `checks`: see `sim.analysis.calibration.checks.check_table`; `ranks` [truths, D] are behind it.
    - `predicted`: one row a target: what was `recorded`, `low`, `median`, `high` of worlds drawn from the posterior,
      the `place` of the record among them (0..1) and whether it is `inside` the 90 % band.
    - `waves`: points, runs and the part of the prior that was `left`.

    `draws`: values by name [N]; those that the record informs go into the posterior. `identity`: hash of everything
    that they depend on, code and evidence among it; `asked`: of the plan and of what was recorded alone, which is the
    same for whoever fits the same again.
    """

    plan: Plan
    scenario: Scenario
    numbers: pd.DataFrame
    checks: pd.DataFrame
    predicted: pd.DataFrame
    waves: pd.DataFrame
    ranks: Floats
    draws: dict[str, Floats]
    identity: str
    asked: str
    folder: Path

    @property
    def sound(self) -> bool:
        """Whether every number passed the checks, on simulated truths enough for a verdict."""
        return len(self.ranks) >= ENOUGH_TRUTHS and bool(self.checks["sound"].all())

    @property
    def informed(self) -> dict[str, Floats]:
        """The draws of what the record informs, by name; what it does not keeps the range that the evidence gives it.

        All of them, where the record informs nothing: a posterior has a column at least.
        """
        told = dict(zip(self.numbers["number"], self.numbers["says"], strict=True))
        kept = {name: values for name, values in self.draws.items() if told[name] != UNINFORMED}
        return kept or self.draws

    @property
    def inside(self) -> float:
        """Share of targets whose record lies within the 90 % band of worlds drawn from the posterior."""
        return float(self.predicted["inside"].mean())

    @property
    def caption(self) -> str:
        """What the tables rest on, in one line."""
        plan = self.plan
        waves = "one wave" if plan.waves.number == 1 else f"{plan.waves.number} waves"
        return (
            f"record {plan.first} to {plan.last}, {len(self.predicted)} targets, {waves} of "
            f"{plan.waves.points:,} points and {plan.waves.runs} runs, {len(self.ranks)} simulated truths"
        )

    def write(self, folder: Path | str | None = None) -> Path:
        """Write the tables as CSV and Parquet, everything as JSON, and the draws; returns the folder.

        Raises `InputError` where it cannot be written.
        """
        place = self.folder if folder is None else path_given("Calibration.write", "folder", folder)
        with telling_of_trouble(place):
            self._write_tables(place)
            self._write_draws(place)
            names = [f"{name}.{end}" for name in _TABLES for end in ("csv", "parquet")]
            names += ["draws.parquet", "calibration.json", *(f"{HISTORY}/{name}" for name in (ROWS, ABOUT))]
            runs = int((self.waves["points"] * self.waves["runs"]).sum())
            said = {"name": self.scenario.name, "title": f"Fitted to the record: {self.scenario.title}", "runs": runs}
            close_folder(place, "calibrate", said, names)
            tidy(place)
        return place

    def _write_tables(self, place: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        for name in _TABLES:
            table = getattr(self, name)
            write_text(place / f"{name}.csv", csv_of(table))
            columns = pa.Table.from_pandas(table, preserve_index=False)
            write_whole(place / f"{name}.parquet", partial(pq.write_table, columns))
        write_whole(place / "draws.parquet", partial(pq.write_table, pa.table(self.draws)))
        told = {
            "note": CAUTION,
            "scenario": self.scenario.name,
            "identity": self.identity,
            "sound": self.sound,
            "inside": self.inside,
            **{name: records_of(getattr(self, name)) for name in _TABLES},
        }
        write_text(place / "calibration.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")

    def publish(self) -> Path:
        """Put the draws into the seeds, where every scenario can take them, and the tables beside the experiments.

        Raises `InputError` where a number did not pass: draws that do not cover known truths are not to be used.
        """
        if not self.sound:
            failed = (
                ", ".join(self.checks.loc[~self.checks["sound"], "number"]) or f"{len(self.ranks)} simulated truths"
            )
            message = "not published: intervals do not cover simulated truths as they should, or nobody knows"
            raise input_error("calibrate", message, found=failed)
        seeds = shipped_folder("seeds")
        with telling_of_trouble(seeds):
            self._write_draws(seeds)
            tables = seeds.parent / _PUBLISHED
            for name in _TABLES if tables.is_dir() else ():  # an installed copy has no experiments
                write_text(tables / f"{name}.csv", csv_of(getattr(self, name)))
        return seeds / "history"

    def _write_draws(self, place: Path) -> None:
        made_from = {
            "plan": self.asked,
            "decision": decisions_hash(),
            "scenario": self.scenario.name,
            "until": self.plan.last,
            "seeds": {
                "design": self.plan.seeds.design,
                "sampler": self.plan.seeds.sampler,
                "checks": self.plan.seeds.checks,
            },
        }
        kept = self.informed
        targets = {prior.name: prior.targets for prior in self.plan.priors if prior.name in kept}
        write_posterior(kept, {"made_from": made_from, "targets": targets}, place)


# --- tables ----------------------------------------------------------------------------------------------------------


def numbers_table(
    plan: Plan, draws: Floats, effective: Floats, explained: Floats, checks: pd.DataFrame
) -> pd.DataFrame:
    """What is known of each number now; draws [N, D] from -1 to 1."""
    import pandas as pd

    rows = []
    for place, prior in enumerate(plan.priors):
        low, median, high = np.quantile(draws[:, place], (0.05, 0.5, 0.95))
        width = float((high - low) / (2.0 * _LEVEL))
        half = 0.5 * (prior.high - prior.low)
        low, median, high = (prior.low + half * (1.0 + value) for value in (low, median, high))
        rows.append(
            {
                "number": prior.name,
                "prior_low": prior.low,
                "prior_high": prior.high,
                "low": low,
                "median": median,
                "high": high,
                "width": width,
                "says": words_of(width),
                "explained": float(explained[place]),
                "effective": float(effective[place]),
                "cover": float(checks["cover"].iloc[place]),
                "flat": float(checks["flat"].iloc[place]),
                "targets": ", ".join(prior.targets),
            }
        )
    return pd.DataFrame(rows)


def words_of(width: float) -> str:
    """What the ratio of posterior and prior width means."""
    return UNINFORMED if width > _INFORMS else HARDLY if width > _INFORMS_WELL else INFORMED


def predicted_table(past: Past, predicted: Floats) -> pd.DataFrame:
    """Every target of the record among worlds drawn from the posterior; predicted [P, R, K]."""
    import pandas as pd

    flat = predicted.reshape(-1, predicted.shape[2])
    low, median, high = np.quantile(flat, (0.05, 0.5, 0.95), axis=0)
    places = (flat < past.recorded).mean(axis=0)
    return pd.DataFrame(
        {
            "target": [label.name for label in past.labels],
            "state": [label.state for label in past.labels],
            "of": [label.of for label in past.labels],
            "recorded": past.recorded,
            "low": low,
            "median": median,
            "high": high,
            "place": places,
            "inside": (past.recorded >= low) & (past.recorded <= high),
        }
    )


def waves_table(plan: Plan, waves: Sequence[Wave], fitted: int) -> pd.DataFrame:
    """What each wave was; fitted: points of all waves on which the likelihood rests."""
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {"wave": number, "points": len(wave.points), "runs": plan.waves.runs, "left": wave.left, "fitted": 0}
        for number, wave in enumerate(waves, start=1)
    ]
    rows[-1]["fitted"] = fitted
    return pd.DataFrame(rows)
