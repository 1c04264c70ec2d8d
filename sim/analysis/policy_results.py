"""What constant policies come to: a verdict for each, and the table on disk."""

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.effect_tables import (
    csv_of,
    measured_text,
    read_measured,
    reading_measured,
    records_of,
    rows_text,
)
from sim.analysis.paired import LEVEL
from sim.analysis.policy_effects import ENDS
from sim.batch.manifest import MOST_ROWS, close_folder
from sim.io.shapes import NUMBER, TEXT, group, list_of, map_of, whole
from sim.io.text import CAUTION
from sim.io.writers import write_text

if TYPE_CHECKING:
    import pandas as pd

POLICIES_FORMAT = 1
_SAID_ONCE = ("scenario", "runs", "policy_words", "power", "z", "moved", "touched")  # or left to the CSV
FELT = 0.1
"""A difference counts where it is clear and at least so large, in units of the spread between runs."""


class Judgement(Enum):
    """What a policy is, beside a state's own rule; each value is the sentence a reader needs."""

    DOMINATES = "better in something and worse in nothing: a free lunch"
    DOMINATED = "worse in something and better in nothing"
    TRADE = "buys one thing with another"
    SAME = "makes no difference that counts"

    @property
    def word(self) -> str:
        """As written in tables."""
        return {"DOMINATES": "dominates", "DOMINATED": "costs only", "TRADE": "a trade", "SAME": "the same"}[self.name]


def counted(table: "pd.DataFrame") -> "pd.DataFrame":
    """The rows about ends, with `better`: 1 where the policy is clearly better by enough to count, -1 worse, 0 else."""
    import numpy as np

    ends = table[table["measure"].isin(ENDS)].copy()
    sign = ends["measure"].map(ENDS) * np.sign(ends["difference"])
    large = ends["effect"].abs().fillna(np.inf) >= FELT
    ends["better"] = (sign * (ends["clear"].astype(bool) & large)).astype(int)
    return ends


def judged(table: "pd.DataFrame") -> "pd.DataFrame":
    """One row a state, policy and quarter: `verdict` (a `Judgement` by word), what is `better` and what is `worse`.

    better, worse: measures, the one that moves most beside the spread between runs first.
    """
    import pandas as pd

    rows = []
    for (state, policy, quarter), mine in counted(table).groupby(["state", "policy", "quarter"], sort=False):
        order = mine.reindex(mine["effect"].abs().sort_values(ascending=False, na_position="first").index)
        better = list(order.loc[order["better"] > 0, "measure"])
        worse = list(order.loc[order["better"] < 0, "measure"])
        verdict = (
            (Judgement.TRADE if worse else Judgement.DOMINATES)
            if better
            else (Judgement.DOMINATED if worse else Judgement.SAME)
        )
        key = {"state": state, "policy": policy, "quarter": quarter}
        rows.append(key | {"verdict": verdict.word, "better": better, "worse": worse})
    return pd.DataFrame(rows)


def free_lunches(table: "pd.DataFrame") -> list[tuple[str, str]]:
    """States and policies that dominate the state's own rule in the last quarter that was looked at."""
    verdicts = judged(table)
    final = verdicts[verdicts["quarter"] == max(verdicts["quarter"])]
    bad = final[final["verdict"] == Judgement.DOMINATES.word]
    return list(zip(bad["state"], bad["policy"], strict=True))


# --- on disk ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class MeasuredPolicies:
    """Policies as a JSON file keeps them."""

    scenario: str
    runs: int
    level: float
    table: "pd.DataFrame"


def write_policies(table: "pd.DataFrame", path: Path | str, level: float = LEVEL) -> None:
    """Write the table as one JSON file, the same bytes for the same effects."""
    told = {
        "note": CAUTION,
        "format": POLICIES_FORMAT,
        "scenario": str(table["scenario"].iloc[0]),
        "runs": int(table["runs"].iloc[0]),
        "level": level,
        "words": dict(zip(table["policy"], table["policy_words"], strict=True)),
    }
    short = table[[name for name in table if name not in _SAID_ONCE]]
    parts = {key: json.dumps(value) for key, value in told.items()} | {"rows": rows_text(records_of(short))}
    write_text(Path(path), measured_text(parts))


_MEASURED = group(
    {
        "scenario": TEXT,
        "runs": whole(2, MOST_ROWS),
        "level": NUMBER,
        "words": map_of(TEXT),
        "rows": list_of(group({"state": TEXT, "policy": TEXT, "quarter": TEXT, "measure": TEXT}), fewest=1),
    }
)


def read_policies(path: Path | str) -> MeasuredPolicies:
    """Read what `write_policies` wrote.

    Raises
    ------
    sim.io.errors.InputError
        If the file is missing or holds something else.
    """
    import pandas as pd

    path = Path(path)
    told = read_measured(path, "policies", (POLICIES_FORMAT,), _MEASURED)
    with reading_measured(path, "policies"):
        table = pd.DataFrame(told["rows"]).assign(scenario=told["scenario"], runs=told["runs"])
        table["policy_words"] = table["policy"].map(told["words"])
        for name in ("effect", "p"):  # null stands for what is not finite: every run moved by the same amount
            table[name] = table[name].astype(float)
        return MeasuredPolicies(scenario=told["scenario"], runs=told["runs"], level=float(told["level"]), table=table)


def write_policy_tables(table: "pd.DataFrame", folder: Path | str, level: float = LEVEL) -> list[Path]:
    """Write all differences and the verdicts as CSV, and everything as JSON; returns the paths."""
    folder = Path(folder)
    verdicts = judged(table)
    for side in ("better", "worse"):
        verdicts[side] = verdicts[side].map(" ".join)
    paths = [folder / "policies.csv", folder / "verdicts.csv", folder / "policies.json"]
    write_text(paths[0], csv_of(table))
    write_text(paths[1], csv_of(verdicts))
    write_policies(table, paths[2], level)
    name = str(table["scenario"].iloc[0])
    said = {"name": name, "title": f"What constant policies buy and cost: {name}", "runs": int(table["runs"].iloc[0])}
    close_folder(folder, "policies", said, [path.name for path in paths])
    return paths
