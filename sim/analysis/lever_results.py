"""What pulling levers comes to: what was expected beside what was found, what moves nothing, and the table on disk."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sim.analysis.effect_tables import (
    csv_of,
    measured_text,
    read_measured,
    reading_measured,
    records_of,
    rows_text,
)
from sim.analysis.lever_effects import Pull
from sim.analysis.lever_file import Move
from sim.analysis.paired import LEVEL
from sim.batch.manifest import MOST_ROWS, close_folder
from sim.batch.tables import write_table
from sim.io.shapes import NUMBER, TEXT, group, list_of, whole
from sim.io.text import CAUTION
from sim.io.writers import write_text

if TYPE_CHECKING:
    import pandas as pd

LEVERS_FORMAT = 1
MOST_TOLD, TOLD_OF_A_NUMBER = 5, 1
"""The outcomes of a lever that the short table tells, those that move most beside the spread between runs."""


class Answer(Enum):
    """What was found where a lever should move something; each value is the sentence a reader needs."""

    AS_EXPECTED = "moves the way it should"
    TOO_LITTLE = "moves the way it should, by less than the record says"
    TOO_MUCH = "moves the way it should, by more than the record says"
    WRONG_WAY = "moves the other way"
    NOTHING = "cannot be told from nothing"

    @property
    def word(self) -> str:
        """As written in tables."""
        return self.name.lower().replace("_", " ")


def answer_of(move: Move, low: float, high: float, reference: float) -> Answer:
    """What a paired interval says to an expectation; a size is held against the part of the reference it is."""
    if low <= 0.0 <= high:
        return Answer.NOTHING
    if move.way.sign * low < 0.0:
        return Answer.WRONG_WAY
    if move.change is None or not reference:
        return Answer.AS_EXPECTED
    least, most = sorted(abs(end) for end in move.change)
    near, far = sorted((abs(low / reference), abs(high / reference)))
    if far < least:
        return Answer.TOO_LITTLE
    return Answer.TOO_MUCH if near > most else Answer.AS_EXPECTED


def expectations(table: "pd.DataFrame", pulled: Mapping[str, Pull]) -> "pd.DataFrame":
    """One row for every outcome that a lever of the table should move.

    Columns: lever, number (of the expectation, from 0), quarter, state, measure, power, reference, difference, low,
    high, effect (in units of the spread between runs), change (difference as a part of the reference), way, least and
    most (the change expected, nan for none), answer.
    """
    import pandas as pd

    found = table.set_index(["lever", "state", "measure", "power"]).sort_index()
    rows = []
    for name in dict.fromkeys(table["lever"]):
        for number, move in enumerate(pulled[name].moves):
            for state in move.states:
                for power in move.powers or ("",):
                    row = found.loc[(name, state, move.what, power)]
                    answer = answer_of(move, float(row["low"]), float(row["high"]), float(row["reference"]))
                    rows.append(
                        {
                            "lever": name,
                            "number": number,
                            "state": state,
                            "measure": move.what,
                            "power": power,
                            **{
                                key: row[key] for key in ("quarter", "reference", "difference", "low", "high", "effect")
                            },
                            "change": _part(float(row["difference"]), float(row["reference"])),
                            "way": move.way.name.lower(),
                            "least": math.nan if move.change is None else move.change[0],
                            "most": math.nan if move.change is None else move.change[1],
                            "answer": answer.word,
                        }
                    )
    return pd.DataFrame(rows)


def _part(difference: float, reference: float) -> float:
    return difference / reference if reference else math.nan


def strongest(table: "pd.DataFrame", most: int = MOST_TOLD) -> "pd.DataFrame":
    """Of every lever the clear outcomes that move most beside the spread between runs, each measure once."""
    clear = table[table["clear"].astype(bool) & table["effect"].notna()]
    ranked = clear.reindex(clear["effect"].abs().sort_values(ascending=False, kind="stable").index)
    once = ranked.drop_duplicates(["lever", "measure"])
    order = {lever: place for place, lever in enumerate(dict.fromkeys(table["lever"]))}
    picked = once.groupby("lever", sort=False).head(most)
    return picked.sort_values("lever", key=lambda names: names.map(order), kind="stable").reset_index(drop=True)


def summary(table: "pd.DataFrame") -> "pd.DataFrame":
    """One row a lever: quarter, outcomes, clear (how many are), touched (share of runs in which anything differs)."""
    by_lever = table.groupby("lever", sort=False)
    return by_lever.agg(
        quarter=("quarter", "first"), outcomes=("clear", "size"), clear=("clear", "sum"), touched=("touched", "first")
    ).reset_index()


def idle(table: "pd.DataFrame") -> list[str]:
    """Levers that move nothing in any run."""
    found = summary(table)
    return [str(name) for name in found.loc[found["touched"] == 0.0, "lever"]]


# --- on disk ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class MeasuredLevers:
    """Levers as a JSON file keeps them: words by lever, and three tables."""

    scenario: str
    runs: int
    level: float
    words: Mapping[str, Mapping[str, Any]]  # by lever: says, why, number
    summary: "pd.DataFrame"
    expected: "pd.DataFrame"
    strongest: "pd.DataFrame"


def measured(table: "pd.DataFrame", pulled: Mapping[str, Pull], level: float = LEVEL) -> MeasuredLevers:
    """What matters of a table of `sim.analysis.lever_effects.levers`."""
    import pandas as pd

    names = list(dict.fromkeys(table["lever"]))
    of_number = table["lever"].map(lambda name: bool(pulled[name].number))
    short = (strongest(table[~of_number]), strongest(table[of_number], TOLD_OF_A_NUMBER))
    told = ("lever", "state", "measure", "power", "reference", "difference", "low", "high", "effect")
    return MeasuredLevers(
        scenario=str(table["scenario"].iloc[0]),
        runs=int(table["runs"].iloc[0]),
        level=level,
        words={name: {key: getattr(pulled[name], key) for key in ("says", "why", "number")} for name in names},
        summary=summary(table),
        expected=expectations(table, pulled),
        strongest=pd.concat(short, ignore_index=True)[list(told)],
    )


_TABLES = ("summary", "expected", "strongest")


def write_levers(found: MeasuredLevers, path: Path | str) -> None:
    """Write what matters as one JSON file, the same bytes for the same effects."""
    head = {"note": CAUTION, "format": LEVERS_FORMAT, "scenario": found.scenario, "runs": found.runs}
    parts = {key: json.dumps(value) for key, value in (head | {"level": found.level}).items()}
    parts["words"] = rows_text({"lever": name, **said} for name, said in found.words.items())
    parts |= {name: rows_text(records_of(getattr(found, name))) for name in _TABLES}
    write_text(Path(path), measured_text(parts))


_MEASURED = group(
    {
        "scenario": TEXT,
        "runs": whole(2, MOST_ROWS),
        "level": NUMBER,
        "words": list_of(group({"lever": TEXT, "says": TEXT, "why": TEXT, "number": TEXT})),
        **dict.fromkeys(_TABLES, list_of(group({"lever": TEXT}))),
    }
)


def read_levers(path: Path | str) -> MeasuredLevers:
    """Read what `write_levers` wrote.

    Raises
    ------
    sim.io.errors.InputError
        If the file is missing or holds something else.
    """
    import pandas as pd

    path = Path(path)
    told = read_measured(path, "levers", (LEVERS_FORMAT,), _MEASURED)
    with reading_measured(path, "levers"):
        return MeasuredLevers(
            scenario=told["scenario"],
            runs=told["runs"],
            level=float(told["level"]),
            words={row.pop("lever"): row for row in told["words"]},
            **{name: pd.DataFrame(told[name]) for name in _TABLES},
        )


def write_lever_tables(table: "pd.DataFrame", found: MeasuredLevers, folder: Path | str) -> list[Path]:
    """Write every difference as Parquet, what was expected as CSV, and what matters as JSON; returns the paths."""
    folder = Path(folder)
    paths = [folder / "levers.parquet", folder / "expected.csv", folder / "levers.json"]
    write_table(pa.Table.from_pandas(table, preserve_index=False), folder, paths[0].name)
    write_text(paths[1], csv_of(found.expected))
    write_levers(found, paths[2])
    said = {"name": found.scenario, "title": f"What each lever moves: {found.scenario}", "runs": found.runs}
    close_folder(folder, "levers", said, [path.name for path in paths])
    return paths
