"""A comparison read back from the folder that it was written to: enough to draw it and to tell it again."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.effect_tables import LEAST, counting, read_table, reading_measured, that_counts
from sim.batch.naming import titles_apart_of
from sim.batch.results import check_tables
from sim.io.arguments import path_given
from sim.io.json_files import read_json_group

if TYPE_CHECKING:
    import pandas as pd

FILE = "comparison.json"
"""What tells the folder of a comparison."""


@dataclass(frozen=True, kw_only=True)
class KeptComparison:
    """What of `sim.analysis.comparison.Comparison` its folder keeps, by the same names."""

    folder: Path
    names: tuple[str, ...]
    titles: tuple[str, ...]
    states: dict[str, str]
    powers: dict[str, str]
    runs: int
    seed: int
    level: float
    least: float
    effects: "pd.DataFrame"
    changes: "pd.DataFrame"
    course: "pd.DataFrame"

    @property
    def caption(self) -> str:
        """What the comparison rests on, in one line."""
        return caption_of(self.runs, self.seed)

    @property
    def counting(self) -> str:
        """What a difference must be to be starred, in words."""
        return counting(self.least)

    def changed(self, scenario: str) -> dict[str, float]:
        """Share of runs that end under another word than in the reference, by state."""
        return changed_of(self.changes, scenario, self.states)


def caption_of(runs: int, seed: int) -> str:
    """What a comparison rests on, in one line."""
    return f"{runs:,} runs with the same luck, seed {seed}"


def changed_of(changes: "pd.DataFrame", scenario: str, states: dict[str, str]) -> dict[str, float]:
    """Share of runs that end under another word than in the reference, by state."""
    mine = changes[(changes["scenario"] == scenario) & (changes["before"] != changes["after"])]
    shares = mine.groupby("state")["share"].sum()
    return {state: float(shares.get(state, 0.0)) for state in states}


def load_comparison(folder: Path | str) -> KeptComparison:
    """Read what `Comparison.write` wrote.

    Raises
    ------
    sim.io.errors.InputError
        If a file is missing, or holds something else.
    """
    place = path_given("load_comparison", "folder", folder)
    check_tables(place)
    told = read_json_group(place / FILE)
    with reading_measured(place, "compare"):
        effects, changes, course = (read_table(place / f"{name}.csv") for name in ("effects", "changes", "course"))
        names = tuple(str(one["name"]) for one in told["scenarios"])
        kept = KeptComparison(
            folder=place,
            names=names,
            titles=titles_apart_of([str(one["title"]) for one in told["scenarios"]], names),
            states=_named(told, "states", effects["state"]),
            powers=_named(told, "powers", effects.loc[effects["measure"] == "alignment", "power"]),
            runs=int(told["runs"]),
            seed=int(told["seed"]),
            level=float(told["level"]),
            least=float(told.get("smallest_of_interest", LEAST)),
            effects=that_counts(effects),
            changes=changes,
            course=course,
        )
        _check(kept)
    return kept


def _check(kept: KeptComparison) -> None:
    """Raise ValueError where tables and names do not belong together."""
    others = set(kept.names[1:])
    for table in (kept.effects, kept.changes):
        if set(table["scenario"]) != others or not set(table["state"]) <= set(kept.states):
            raise ValueError("a table about other scenarios or states")


def _named(told: dict[str, Any], key: str, codes: "pd.Series[str]") -> dict[str, str]:
    """Code -> name; the code itself in folders that were written before names were kept."""
    given = told.get(key, {})
    return {str(code): str(given.get(code, code)) for code in dict.fromkeys(codes)}
