"""What an ablation comes to: the clearest effect of each system, and the short table of effects on disk."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sim.analysis.effect_tables import (
    ON_SHOW,
    csv_of,
    measured_text,
    read_measured,
    read_table,
    reading_measured,
    records_of,
    rows_text,
    that_counts,
)
from sim.analysis.paired import LEVEL
from sim.batch.manifest import MOST_ROWS, close_folder, has_manifest, sealed_manifest
from sim.batch.results import check_tables
from sim.io.arguments import path_given
from sim.io.shapes import FLAG, NUMBER, TEXT, group, list_of, or_nothing, whole
from sim.io.text import CAUTION
from sim.io.writers import write_text
from sim.model.variables import BALANCING_ENDED, MEAN_TRUST, OUTCOME_CHANGED, VARIABLES

if TYPE_CHECKING:
    import pandas as pd

EFFECTS_FORMAT = 2
EFFECTS_FILE = "effects.csv"
_NO_TITLES: Mapping[str, str] = MappingProxyType({})
POLICY = tuple(one.name for one in VARIABLES if one.policy)
"""Outcomes that are a state's policy, or what it meets with, and not a thing that one system moves by definition."""


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
    }
    parts = {key: json.dumps(value, ensure_ascii=False) for key, value in told.items()}
    parts |= {"summary": rows_text(records_of(summary(table))), "states": rows_text(records_of(_shown(table)))}
    write_text(Path(path), measured_text(parts))


def strongest_systems(table: "pd.DataFrame") -> "pd.DataFrame":
    """Of what is shown, the outcome with the largest effect for each scenario, system and state; none where all rest.

    How many words changed is left aside: it can only be more than nought.
    """
    told = table["effect"].notna() & (table["moved"] > 0) & (table["measure"] != OUTCOME_CHANGED)
    shown = table[is_shown(table) & told]
    places = shown["effect"].abs().groupby([shown[key] for key in ("scenario", "system", "state")], sort=False).idxmax()
    return shown.loc[places.to_numpy()].reset_index(drop=True)


def is_shown(table: "pd.DataFrame") -> "pd.Series[bool]":
    """Which rows belong to the outcomes of the short table: those that tables and figures show."""
    return table["measure"].isin(ON_SHOW)


def _shown(table: "pd.DataFrame") -> "pd.DataFrame":
    """The outcomes of the short table, for each system in the scenario where it is clearest."""
    best = clearest(table)[["system", "scenario"]]
    mine = best.merge(table, on=["system", "scenario"], how="left")
    kept = ["system", "scenario", "state", "measure", "power", "difference", "low", "high", "effect", "clear"]
    return mine.loc[is_shown(mine), kept].reset_index(drop=True)


def _from_1(rows: list[dict[str, Any]]) -> "pd.DataFrame":
    """Format 1 had other names for what is derived, and the mean of trust under the name of trust."""
    import pandas as pd

    renamed = {"ended": BALANCING_ENDED, "outcome changed": OUTCOME_CHANGED}
    for row in rows:
        of_all_powers = row["measure"] == "trust" and not row["power"]
        row["measure"] = MEAN_TRUST if of_all_powers else renamed.get(row["measure"], row["measure"])
    return pd.DataFrame(rows)


_ROW = {"system": TEXT, "state": TEXT, "measure": TEXT, "power": TEXT, "difference": or_nothing(NUMBER)}
_MEASURED = group(
    {
        "runs": whole(2, MOST_ROWS),
        "level": NUMBER,
        "scenarios": list_of(TEXT),
        "summary": list_of(group({**_ROW, "clear": whole(0, MOST_ROWS)})),
        "states": list_of(group({**_ROW, "clear": FLAG})),
    }
)
_READ_AS: dict[int, Callable[[list[dict[str, Any]]], "pd.DataFrame"]] = {1: _from_1}


def read_effects(path: Path | str) -> Measured:
    """Read what `write_effects` wrote, also in the formats before today's.

    Raises
    ------
    sim.io.errors.InputError
        If the file is missing or holds something else.
    """
    import pandas as pd

    path = Path(path)
    told = read_measured(path, "ablate", (EFFECTS_FORMAT, *_READ_AS), _MEASURED, "effects")
    with reading_measured(path, "ablate", "effects"):
        parts = [_READ_AS.get(told["format"], pd.DataFrame)(told[name]) for name in ("summary", "states")]
        for part in parts:  # null stands for what is not finite: every run moved by the same amount
            for name in ("effect", "z"):
                if name in part:
                    part[name] = part[name].astype(float).fillna(math.inf if name == "z" else math.nan)
    scenarios = tuple(told["scenarios"])
    return Measured(
        runs=told["runs"], level=float(told["level"]), scenarios=scenarios, summary=parts[0], states=parts[1]
    )


def load_effects(folder: Path | str) -> "pd.DataFrame":
    """Read the whole table of effects out of the folder of an ablation.

    Raises
    ------
    sim.io.errors.InputError
        If the table is missing or holds something else.
    """
    folder = path_given("load_effects", "folder", folder)
    check_tables(folder)
    place = folder / EFFECTS_FILE
    with reading_measured(place, "ablate"):
        table = that_counts(read_table(place))
        for name in ("difference", "low", "high", "effect", "moved", "runs"):
            table[name] = table[name].astype(float)
        if table[["scenario", "system", "state", "measure"]].isna().any(axis=None) or table.empty:
            raise ValueError("a row about nothing")
        return table


def most_telling(measured: Measured) -> "pd.DataFrame":
    """Of each system the clear difference in a policy outcome (`POLICY`) that is largest beside the spread of runs."""
    rows = measured.states
    rows = rows[rows["measure"].isin(POLICY) & rows["clear"].astype(bool)]
    places = rows["effect"].abs().groupby(rows["system"], sort=False).idxmax()
    return rows.loc[places.to_numpy()].reset_index(drop=True)


def write_tables(
    table: "pd.DataFrame", folder: Path | str, level: float = LEVEL, titles: Mapping[str, str] = _NO_TITLES
) -> list[Path]:
    """Write all effects as CSV and the short table as JSON; returns the paths.

    titles: of scenarios by name, for whoever draws the figures again.
    """
    folder = Path(folder)
    paths = [folder / EFFECTS_FILE, folder / "summary.csv", folder / "effects.json"]
    write_text(paths[0], csv_of(table))
    write_text(paths[1], csv_of(summary(table)))
    write_effects(table, paths[2], level)
    names = list(dict.fromkeys(table["scenario"]))
    said: dict[str, Any] = {
        "name": names[0],
        "title": f"What each system does: {', '.join(names)}",
        "runs": int(table["runs"].iloc[0]),
    }
    said |= {"titles": dict(titles)}
    close_folder(folder, "ablate", said, [path.name for path in paths])
    return paths


def read_titles(folder: Path | str) -> dict[str, str]:
    """The titles of the scenarios of an ablation by name; empty where none were kept."""
    place = path_given("read_titles", "folder", folder)
    kept = sealed_manifest(place).get("titles") if has_manifest(place) else None
    return {str(name): str(title) for name, title in kept.items()} if isinstance(kept, dict) else {}
