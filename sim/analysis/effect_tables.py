"""Tables of outcomes: what is shown of them, in which words, and as which files."""

import contextlib
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.paired import Label, Paired
from sim.io.arguments import Arguments
from sim.io.checks import check_number
from sim.io.errors import InputError, Problem, input_error, shown_path
from sim.io.json_files import read_json_group
from sim.io.regular import read_regular
from sim.io.sealed import seal
from sim.io.shapes import Shape, check_shape
from sim.io.writers import table_as_csv
from sim.model.variable import Scale
from sim.model.variables import BY_NAME, VARIABLES

if TYPE_CHECKING:
    import pandas as pd

MOST_BYTES = 256 * 2**20
"""Bytes of a table that is read back."""

_IN_WORDS = ("scenario", "system", "state", "measure", "power", "before", "after", "quarter")
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


# --- what counts -----------------------------------------------------------------------------------------------------

LEAST = 0.5
"""The smallest difference of interest unless told otherwise: points of what goes from 0 to 100 %, else per cent."""


def given_least(arguments: Arguments, value: Any) -> float:
    """The smallest difference of interest as an argument, 0 to 100; 0 where any is of interest."""
    checked = check_number(arguments.entry("least", value), 0.0, 100.0)
    return LEAST if checked is None else checked


def counting(least: float) -> str:
    """What a difference must be to count, in words."""
    return f"clear, corrected for the number of outcomes{f', and {least:g} points or more' if least else ''}"


def smallest_of_interest(table: "pd.DataFrame", least: float) -> NDArray[np.float64]:
    """From where on the difference of each row counts, in the unit of its outcome.

    `least` means percentage points for whatever goes from 0 to 1, points for what goes from 0 to 100, and for sums and
    amounts, which have no upper end, per cent of the mean in the reference.
    """
    scales = {name: _scale(name) for name in dict.fromkeys(table["measure"])}
    own = table["measure"].map(scales).to_numpy(dtype=np.float64)
    reference = table["reference"].abs().to_numpy(dtype=np.float64)
    wanted: NDArray[np.float64] = least / 100.0 * np.where(np.isnan(own), reference, own)
    return wanted


def _scale(name: str) -> float:
    """How far an outcome can reach; not a number where that has no end."""
    known = BY_NAME.get(name)
    if known is None:
        return math.nan
    if known.percent or known.counted_by is Scale.SHARE or known.unit == "0..1":
        return 1.0
    return 100.0 if known.counted_by is Scale.POINTS else math.nan


def with_counts(table: "pd.DataFrame", least: float) -> "pd.DataFrame":
    """The table with `counts`: whether a difference is clear, and no smaller than the smallest of interest."""
    large = table["difference"].abs().to_numpy() >= smallest_of_interest(table, least)
    return table.assign(counts=table["clear"].to_numpy(dtype=bool) & large)


def that_counts(table: "pd.DataFrame") -> "pd.DataFrame":
    """A table with `counts`, also one that was written before there was such a column: then whatever is clear does."""
    return table if "counts" in table else table.assign(counts=table["clear"].astype(bool))


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


def measured_text(parts: Mapping[str, str]) -> str:
    """A file of what a command measured, out of the JSON text under each key, with a seal on what it says."""
    lines = [f" {json.dumps(key)}: {text}" for key, text in parts.items()]
    sealed = seal(json.loads("{" + ",".join(lines) + "}"))
    return "{\n" + ",\n".join([*lines, f' "seal": "{sealed}"']) + "\n}\n"


def rows_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as JSON text under a key, a row a line, so that two versions can be compared by eye."""
    return "[\n" + ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows) + "\n ]"


def read_measured(path: Path, command: str, layouts: Sequence[int], shape: Shape, what: str = "") -> dict[str, Any]:
    """What a file of what a command measured says: it has the form of one, and its seal fits.

    what: what the file is of, where that is not the name of the command.

    Raises
    ------
    sim.io.errors.InputError
        If the file is missing, was changed after it was written, or holds something else than what
        `multivector <command> -o FILE.json` writes.
    """
    with reading_measured(path, command, what):
        if not path.exists():
            raise FileNotFoundError
        told = read_json_group(path)
        if not any(type(told.get("format")) is int and told["format"] == one for one in layouts):
            raise ValueError("another format")
        if "seal" not in told and told["format"] == layouts[0]:
            raise input_error(shown_path(path), "it has no seal")
        if told.get("seal", seal(told)) != seal(told):
            raise input_error(shown_path(path), "it was changed after it was written")
        check_shape(told, shape, shown_path(path))
    return told


def read_table(path: Path) -> "pd.DataFrame":
    """Read a table that was written with `csv_of`; one without rows and columns where nothing is in it.

    Raises `InputError` where there is no such file, ValueError where it is no such table.
    """
    import pandas as pd

    raw = read_regular(path, MOST_BYTES)
    if not raw.strip():
        return pd.DataFrame()
    table = pd.read_csv(io.BytesIO(raw), dtype=dict.fromkeys(_IN_WORDS, str))
    return table.assign(**{name: table[name].fillna("") for name in _IN_WORDS if name in table})


@contextlib.contextmanager
def reading_measured(path: Path, command: str, what: str = "") -> Iterator[None]:
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
    except InputError as error:
        found = f"no file of {what or command} that this version can read"
        raise InputError([*error.problems, Problem(file=shown_path(path), found=found, message=message)]) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        found = f"no file of {what or command} that this version can read"
        raise input_error(shown_path(path), message, found=found) from None
