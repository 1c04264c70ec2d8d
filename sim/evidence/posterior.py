"""What calibration left of the numbers that it fitted: a sample of rows, each a setting of all of them together.

`seeds/history/posterior.parquet` holds the rows, one column a number of the model; `posterior.json` beside it says what
they are made from, for which targets each number was fitted, and the hash of the rows. The hash is of what the table
says and not of the bytes of the file, which differ from one version of the library that writes them to the next.

Nothing here reads the table, or loads the library that can, unless rows are asked for; what is told of a fitted number
stands in the small file.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.evidence.story import span
from sim.io.checks import check_list, check_text, check_whole_number
from sim.io.errors import InputError, Problem, Problems, input_error, listed, nearest_to, quoted, shown_path
from sim.io.forms import TEXT, Form, Reader, as_written, group, number, read_form, schema_of
from sim.io.json_files import read_json_group
from sim.io.parquet import numbers_of, read_parquet
from sim.io.readers import read_yaml
from sim.io.sealed import seal
from sim.io.writers import write_bytes, write_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from sim.evidence.numbers import Number
    from sim.io.errors import Entry

HISTORY = "history"
ROWS, ABOUT = "posterior.parquet", "posterior.json"
FIXED, POSTERIOR = "fixed", "posterior"
TAKEN = (FIXED, POSTERIOR)
"""How the numbers that were fitted are taken: the single value of each, or a row of the posterior for every run."""

NO_NUMBER = "observation."
"""How the columns begin that belong to how the record sees the world, and are no numbers of the model."""

ONE_FOR_ALL = "measures."
DIGITS = 6
"""Significant digits that are written: more would say more than a fit knows, and differ between machines."""

_FORMAT = 1
_MOST_ROWS = 1_000_000
_TOLD = 5  # numbers that are named in one complaint
_LOW, _HIGH = 0.05, 0.95

HOW_TO_MAKE = (
    "run 'multivector calibrate', which writes it, or take single values with 'fitted: fixed' or '--numbers fixed'"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the posterior says of one number: its middle, the ends of its 90 % interval, and what it was fitted to."""

    median: float
    low: float
    high: float
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class About:
    """What `posterior.json` says: hash, size and columns of the rows, what they are made from, each number in short."""

    sha256: str
    rows: int
    columns: tuple[str, ...]
    numbers: Mapping[str, Told]
    made_from: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are numbers of the model."""
        return tuple(name for name in self.columns if not name.startswith(NO_NUMBER))


@dataclass(frozen=True, kw_only=True, eq=False)
class Posterior:
    """The rows, and what is said about them; `values` is float64 [columns, rows] and must not be written to."""

    about: About
    values: NDArray[np.float64]

    @property
    def sha256(self) -> str:
        """The hash of what the rows say."""
        return self.about.sha256

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are numbers of the model."""
        return self.about.names

    def column(self, name: str) -> Any:
        """The values of one column, float64 [rows]."""
        return self.values[self.about.columns.index(name)]


# --- reading ---------------------------------------------------------------------------------------------------------


def load_posterior(seeds: Path) -> Posterior:
    """The posterior in a folder of seeds.

    Raises `InputError` where there is none, or where its rows are not those that its description tells of. Reading is
    done once per process as long as neither file changes.
    """
    places = [seeds / HISTORY / name for name in (ROWS, ABOUT)]
    missing = [place for place in places if not place.is_file()]
    if missing:
        raise none_there(missing[0])
    stats = [place.stat() for place in places]
    return _read_posterior(seeds, tuple((stat.st_size, stat.st_mtime_ns) for stat in stats))


def none_there(place: Path) -> InputError:
    """What is said where a posterior is asked for and there is none."""
    message = "there is no posterior of the fitted numbers"
    return input_error(shown_path(place), message, found="no such file", allowed=HOW_TO_MAKE)


@functools.lru_cache(maxsize=4)
def _read_posterior(seeds: Path, _stamps: tuple[tuple[int, int], ...]) -> Posterior:
    about, place = described(seeds), seeds / HISTORY / ROWS
    columns, values = _read_rows(place)
    told, found = shown_path(place), content_hash(columns, values)
    if columns != about.columns:
        differ = sorted({*columns} ^ {*about.columns})
        named = f"other columns: {listed(differ[:_TOLD])}" if differ else "the columns in another order"
        raise input_error(told, f"its columns are not those that {ABOUT} names", found=named)
    if values.shape[1] != about.rows:
        message = f"it does not have as many rows as {ABOUT} says"
        raise input_error(told, message, found=f"{values.shape[1]:,}", allowed=f"{about.rows:,}")
    if found != about.sha256:
        message = f"its content is not what {ABOUT} tells of: one of the two was changed by itself; calibrate again"
        raise input_error(told, message, found=f"hash {found[:12]}", allowed=f"hash {about.sha256[:12]}")
    values.setflags(write=False)
    return Posterior(about=about, values=values)


def _read_rows(place: Path) -> tuple[tuple[str, ...], Any]:
    """Columns, and values as float64 [columns, rows]."""
    import numpy as np
    import pyarrow as pa

    told = shown_path(place)
    table = read_parquet(place)
    wrong = [name for name in table.column_names if table.schema.field(name).type != pa.float64()]
    wrong += [name for name in table.column_names if table.column_names.count(name) > 1]
    if wrong:
        raise input_error(told, "a column of the posterior is float64, and there once", found=listed(wrong[:_TOLD]))
    if not table.num_rows or not table.num_columns:
        raise input_error(told, "the posterior is empty", allowed=HOW_TO_MAKE)
    values = np.ascontiguousarray([numbers_of(column) for column in table.columns])
    endless = [name for name, row in zip(table.column_names, values, strict=True) if not np.isfinite(row).all()]
    if endless:
        message = "a value is missing or not finite"
        raise input_error(told, message, found=listed(endless[:_TOLD]), allowed="finite numbers")
    return tuple(table.column_names), values


def content_hash(columns: Sequence[str], values: Any) -> str:
    """SHA-256 of what a table says: its columns in order, and its values, float64 [columns, rows], low byte first."""
    import numpy as np

    digest = hashlib.sha256(json.dumps([list(columns), int(values.shape[1])], ensure_ascii=False).encode())
    digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
    return digest.hexdigest()


def check_names(about: About, numbers: Mapping[str, Number], seeds: Path, world: str) -> None:
    """Every column is a number of the world that may differ from run to run; this needs no look at the rows."""
    told, problems = shown_path(seeds / HISTORY / ABOUT), Problems()
    for name in about.names:
        if name not in numbers or name.startswith(ONE_FOR_ALL):
            found = f"the column {quoted(name)}"
            allowed = f"a number of the world {world} that may differ from run to run, or a name in {NO_NUMBER}*"
            help_ = f"with it, {world} can only be run with single values: 'fitted: fixed', or --numbers fixed"
            near = nearest_to(name, numbers)
            problems.add(Problem(file=told, found=found, message=help_, allowed=allowed, nearest=near))
    problems.raise_if_any()


def check_numbers(posterior: Posterior, numbers: Mapping[str, Number], seeds: Path, world: str) -> None:
    """Every column is a number of the world, and every value lies within the range of its number."""
    check_names(posterior.about, numbers, seeds, world)
    told, problems = shown_path(seeds / HISTORY / ROWS), Problems()
    for name in posterior.names:
        number = numbers[name]
        values = posterior.column(name)
        out = int(((values < number.low) | (values > number.high)).sum())
        if out:
            found = f"{out:,} of {len(values):,} values outside, {values.min():g} to {values.max():g}"
            allowed = f"{span(number.low, number.high, number.unit)} ({number.file}:{number.line})"
            problems.add(Problem(file=told, key=name, found=found, allowed=allowed))
    problems.raise_if_any()


# --- the small file --------------------------------------------------------------------------------------------------

_TOLD_FORM: Form[object] = Form(
    needs={
        "median": number().says("the middle of its values"),
        "low": number().says("the low end of the interval that holds 90 % of them"),
        "high": number().says("the high end of that interval"),
    },
    may={
        "targets": Reader(
            read=lambda entry, _: tuple(check_text(one) for one in check_list(entry, "a list of names of targets")),
            schema={"type": "array", "items": {"type": "string"}},
            missing=(),
        )
    },
)
_ABOUT_FORM: Form[object] = Form(
    needs={
        "format": Reader(read=lambda entry, _: check_whole_number(entry, _FORMAT, _FORMAT), schema={"type": "integer"}),
        "sha256": TEXT,
        "rows": Reader(read=lambda entry, _: check_whole_number(entry, 1, _MOST_ROWS), schema={"type": "integer"}),
        "columns": Reader(
            read=lambda entry, _: tuple(check_text(one) for one in check_list(entry, "a list of names of numbers")),
            schema={"type": "array", "items": {"type": "string"}},
        ),
        "seal": TEXT.says("a hash of all the rest"),
        "numbers": group(schema_of(_TOLD_FORM), "what is said of each number, by name"),
    },
    may={"made_from": as_written({"type": "object"})},
)


def read_about(seeds: Path) -> About | None:
    """What `posterior.json` says, without a look at the rows; None where there is none. Raises `InputError`."""
    place, problems = seeds / HISTORY / ABOUT, Problems()
    if not place.is_file():
        return None
    top = read_yaml(place, problems)  # what is JSON is YAML too, and is read with its lines
    values = None if top is None else read_form(top, _ABOUT_FORM, None)
    numbers: dict[str, Told] = {}
    for name, entry in ({} if values is None else values["numbers"] or {}).items():
        told = read_form(entry, _TOLD_FORM, None)
        if told is not None and None not in (told["low"], told["median"], told["high"]):
            numbers[name] = Told(**told)
    problems.raise_if_any()
    assert values is not None
    if values["seal"] != seal(read_json_group(place)):
        raise input_error(shown_path(place), "it was changed after it was written", allowed=HOW_TO_MAKE)
    made_from = {} if values["made_from"] is None else _plain(values["made_from"])
    about = {key: values[key] for key in ("sha256", "rows", "columns")}
    return About(**about, numbers=numbers, made_from=made_from if isinstance(made_from, dict) else {})


def described(seeds: Path) -> About:
    """The same, where there has to be one. Raises `InputError`."""
    about = read_about(seeds)
    if about is None:
        raise none_there(seeds / HISTORY / ABOUT)
    return about


def _plain(entry: Entry) -> Any:
    """What an entry says, without its places."""
    if isinstance(entry.value, dict):
        return {key: _plain(inner) for key, inner in entry.value.items()}
    if isinstance(entry.value, list):
        return [_plain(inner) for inner in entry.value]
    return entry.value


# --- writing ---------------------------------------------------------------------------------------------------------


def write_posterior(table: Mapping[str, Any], about: Mapping[str, Any], seeds: Path) -> About:
    """Write a posterior into `seeds/history/`, both files, so that `load_posterior` reads it back.

    Parameters
    ----------
    table
        Values by column, float64 [rows] each: numbers of the model, and names in `observation.*`. They are written with
        six significant digits, in the order of the names; the same values give the same bytes with one version of the
        library that writes them, and the same hash with any.
    about
        `made_from`: whatever tells where the rows come from (hash of the decision note, seeds, date), plain values
        alone, and no clock; `targets`: names of targets by number.
    seeds
        The folder of seeds.

    Raises
    ------
    sim.io.errors.InputError
        For columns of different lengths, none at all, or a value that is not finite.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = tuple(sorted(table))
    lengths = {len(table[name]) for name in columns}
    if len(lengths) != 1 or 0 in lengths:
        found = f"columns of {listed(str(length) for length in sorted(lengths)) or 'no'} values"
        raise input_error("write_posterior", "every column has as many rows, and one at least", found=found)
    values = np.array([rounded(table[name]) for name in columns])
    endless = [name for name, row in zip(columns, values, strict=True) if not np.isfinite(row).all()]
    if endless:
        raise input_error("write_posterior", "a value is not finite", found=listed(endless[:_TOLD]))
    ends = np.quantile(values, (0.5, _LOW, _HIGH), axis=1).T
    targets = about.get("targets", {})
    numbers = {
        name: dict(zip(("median", "low", "high"), rounded(row).tolist(), strict=True))
        | {"targets": list(targets.get(name, ()))}
        for name, row in zip(columns, ends, strict=True)
    }
    said = {
        "format": _FORMAT,
        "sha256": content_hash(columns, values),
        "rows": int(values.shape[1]),
        "columns": list(columns),
        "made_from": dict(about.get("made_from", {})),
        "numbers": numbers,
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(dict(zip(columns, values, strict=True))), sink, compression="zstd", use_dictionary=False)
    write_bytes(seeds / HISTORY / ROWS, sink.getvalue().to_pybytes())
    said["seal"] = seal(said)
    write_text(seeds / HISTORY / ABOUT, json.dumps(said, indent=2, ensure_ascii=False) + "\n")
    return described(seeds)


def rounded(values: Any) -> Any:
    """Values with six significant digits, float64 of the same shape; each is the nearest to what its digits say."""
    import numpy as np

    flat = np.asarray(values, dtype=np.float64)
    short = [float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else value for value in flat.ravel().tolist()]
    return np.array(short).reshape(flat.shape)
