"""Tables of outcomes: what is shown of them, in which words, and as which files."""

import contextlib
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.paired import Label, Paired
from sim.io.errors import input_error, shown_path
from sim.io.writers import table_as_csv
from sim.model.variables import BY_NAME, VARIABLES

if TYPE_CHECKING:
    import pandas as pd

_DIGITS = 6  # significant ones, in files


def effect_table(labels: Sequence[Label], found: Paired, runs: int) -> "pd.DataFrame":
    """Paired differences as a table, one row an outcome."""
    import pandas as pd

    return pd.DataFrame(
        {
            "state": [label.state for label in labels],
            "measure": [label.measure for label in labels],
            "power": [label.power for label in labels],
            "runs": runs,
            "reference": found.reference,
            "mean": found.other,
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "effect": found.effect,
            "z": found.z,
            "p": found.p,
            "moved": found.moved,
            "needed": np.ceil(found.needed * runs),
        }
    )


ON_SHOW = tuple(one.name for one in sorted(VARIABLES, key=lambda one: one.shown) if one.shown)
"""What tables and figures show, in order; the files have all outcomes."""


def shown_outcomes(effects: "pd.DataFrame", powers: Sequence[str]) -> list[tuple[str, str]]:
    """Measure and power of what is shown and there, in order; what concerns a power is shown for every one."""
    there = set(zip(effects["measure"], effects["power"], strict=True))
    wanted = [(name, power) for name in ON_SHOW for power in (powers if BY_NAME[name].over_powers else ("",))]
    return [outcome for outcome in wanted if outcome in there]


# --- files ------------------------------------------------------------------------------------------------------------


def csv_of(table: "pd.DataFrame") -> str:
    """A table as CSV, with as many digits as mean something."""
    return table_as_csv(table, f"%.{_DIGITS}g")


def records_of(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """A table as JSON can hold it: a group a row, numbers cut to what means something, null for what is not finite."""
    columns = {str(name): [_told(value) for value in table[name].tolist()] for name in table.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def json_of(table: "pd.DataFrame") -> str:
    """A table as JSON, a row a line."""
    rows = ",\n".join(f" {json.dumps(row, ensure_ascii=False)}" for row in records_of(table))
    return f"[\n{rows}\n]\n"


def _told(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    return value


@contextlib.contextmanager
def reading_measured(path: Path, command: str) -> Iterator[None]:
    """Tell in words what is wrong with a file of what a command measured, while it is read.

    Raises
    ------
    sim.io.errors.InputError
        If the file is missing, or holds something else than what `multivector <command> -o FILE.json` writes.
    """
    message = f"multivector {command} -o FILE.json writes it"
    try:
        yield
    except OSError as error:
        raise input_error(shown_path(path), message, found=error.strerror or "no such file") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        found = f"no file of {command} that this version can read"
        raise input_error(shown_path(path), message, found=found) from None
