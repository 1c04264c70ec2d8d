"""How much the outcomes of the model depend on each number, as the latest sweep over all numbers found."""

from __future__ import annotations

import csv
import functools
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.worlds import shipped_folder
from sim.io.errors import InputError, Problems, input_error, shown_path
from sim.io.readers import read_yaml
from sim.io.regular import read_regular

if TYPE_CHECKING:
    from collections.abc import Mapping

INFLUENCE = "influence.csv"  # left in the folder of an experiment by a sweep over the numbers of the model
_MOST = 100_000_000  # bytes of it
_EFFECT, _TOTAL, _LOW, _HIGH = " mu_star", " total", " total_low", " total_high"


@dataclass(frozen=True, kw_only=True)
class Influence:
    """How much the outcomes of a sweep depend on one number.

    `size` is the largest mean elementary effect over all outcomes, in standard deviations of the outcome `on`;
    `effects` are these by outcome; `totals` are total order indices by outcome with the ends of their intervals, for
    what was studied closely.
    """

    experiment: str
    rank: int
    of: int
    size: float
    on: str
    low: float
    high: float
    totals: Mapping[str, tuple[float, float, float]]
    effects: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Mover:
    """A number that moves one outcome.

    share: its part of all influence on it that was told apart, 0..1; total: its total order index with the ends of the
    interval; None for both where it was only screened; effect: what it moves over its range, in standard deviations.
    """

    number: str
    share: float | None
    total: tuple[float, float, float] | None
    effect: float


def read_influence(folder: Path | str | None = None) -> Mapping[str, Influence]:
    """Influence by number, from the latest experiment that tells it; empty where none does.

    Raises `InputError` where its table is none that a sweep has left.
    """
    place = shipped_folder("experiments") if folder is None else Path(folder)
    files = sorted(place.glob(f"*/{INFLUENCE}"))
    return _influence_in(files[-1], files[-1].stat().st_mtime_ns) if files else {}


@functools.lru_cache(maxsize=4)
def _influence_in(path: Path, _stamp: int) -> Mapping[str, Influence]:
    text = read_regular(path, _MOST).decode("utf-8", "replace")
    try:
        return _influence_of(list(csv.DictReader(io.StringIO(text, newline=""))), path.parent.name)
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise input_error(shown_path(path), "this is no table of influence as a sweep leaves one") from error


def _influence_of(rows: list[dict[str, str]], experiment: str) -> Mapping[str, Influence]:
    found = {}
    for row in rows:
        outcomes = [name.removesuffix(_TOTAL) for name in row if name.endswith(_TOTAL)]
        totals = {
            outcome: (float(row[outcome + _TOTAL]), float(row[outcome + _LOW]), float(row[outcome + _HIGH]))
            for outcome in outcomes
            if row[outcome + _TOTAL]
        }
        effects = {outcome: float(row[outcome + _EFFECT]) for outcome in outcomes if row.get(outcome + _EFFECT)}
        found[row["number"]] = Influence(
            experiment=experiment,
            rank=int(row["rank"]),
            of=len(rows),
            size=float(row["influence"]),
            on=row["on"],
            low=float(row["low"]),
            high=float(row["high"]),
            totals=totals,
            effects=effects,
        )
    return found


def outcomes_of(influence: Mapping[str, Influence]) -> tuple[str, ...]:
    """The names of the outcomes of a sweep, in its order."""
    return tuple(dict.fromkeys(outcome for one in influence.values() for outcome in (*one.totals, *one.effects)))


def movers(influence: Mapping[str, Influence], outcome: str) -> list[Mover]:
    """The numbers that move an outcome, the strongest first: those studied closely before those only screened."""
    totals = {name: one.totals[outcome] for name, one in influence.items() if outcome in one.totals}
    whole = sum(max(total, 0.0) for total, _, _ in totals.values())
    found = [
        Mover(
            number=name,
            share=max(totals[name][0], 0.0) / whole if name in totals and whole > 0.0 else None,
            total=totals.get(name),
            effect=one.effects.get(outcome, 0.0),
        )
        for name, one in influence.items()
        if name in totals or outcome in one.effects
    ]
    return sorted(found, key=lambda one: (one.share is None, -(one.share or 0.0), -one.effect, one.number))


def sweep_in_words(experiment: str, folder: Path | str | None = None) -> Mapping[str, str]:
    """What the file of an experiment says of itself: title, question, scenario, notes; empty where there is none."""
    place = shipped_folder("experiments") if folder is None else Path(folder)
    path = place / experiment / "experiment.yaml"
    problems = Problems()
    try:
        top = read_yaml(path, problems) if path.is_file() else None
    except InputError:
        return {}
    entries = top.value if top is not None and isinstance(top.value, dict) else {}
    keys = ("title", "question", "scenario", "notes")
    return {key: " ".join((entries[key].text or "").split()) for key in keys if key in entries}
