"""Rows of the small tables of a batch, for those who want few of them.

pandas takes longer to load than these tables to be read, and whoever gives a finished batch again would wait for it.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.io.parquet import numbers_of, read_parquet

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from sim.batch.results import Results

Row = dict[str, Any]
"""What stands in a row, by column: text, whole numbers and floats."""


def rows_at(results: "Results", table: str, quarter: str | None = None) -> list[Row]:
    """The rows of one of the tables `outcomes`, `bands`, `offers` and `laid`, in its order; those of a quarter alone.

    Raises `InputError` where the table is not there, or was changed.
    """
    read = read_parquet(results.path_of(f"{table}.parquet")).combine_chunks()
    columns = {name: read.column(name).chunk(0) for name in read.column_names} if read.num_rows else {}
    places = np.arange(read.num_rows)
    if quarter is not None and columns:
        when = columns["quarter"]
        words = when.dictionary.to_pylist()
        places = np.flatnonzero(numbers_of(when.indices) == words.index(quarter)) if quarter in words else places[:0]
    told = {name: _values(column, places) for name, column in columns.items()}
    return [dict(zip(told, row, strict=True)) for row in zip(*told.values(), strict=True)]


def final_rows(results: "Results") -> dict[str, list[Row]]:
    """The rows of `outcomes` at the end of the runs by state, the most frequent word first."""
    rows = rows_at(results, "outcomes", results.manifest["quarters"][-1])
    rows.sort(key=lambda row: -row["runs"])
    return {state: [row for row in rows if row["state"] == state] for state in results.states}


def naive_words(results: "Results") -> dict[str, tuple[str, float]]:
    """What "nothing changes" would say: for each state the word most runs had in the first quarter, and their share."""
    rows = rows_at(results, "outcomes", results.manifest["quarters"][0])
    rows.sort(key=lambda row: (-row["runs"], row["outcome"]))
    most = {row["state"]: (row["outcome"], row["share"]) for row in reversed(rows)}
    return {state: most[state] for state in results.states}


def bands_at(results: "Results", quarter: str) -> dict[tuple[str, str, str], Row]:
    """The rows of `bands` in a quarter, by state, measure and power."""
    return {(row["state"], row["measure"], row["power"]): row for row in rows_at(results, "bands", quarter)}


def _values(column: "pa.Array", places: "NDArray[np.intp]") -> "Sequence[Any]":
    """What stands at some places of a column."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type) and not column.null_count:
        words = column.dictionary.to_pylist()
        return [words[place] for place in numbers_of(column.indices)[places].tolist()]
    if pa.types.is_primitive(column.type) and not column.null_count:
        told: list[Any] = numbers_of(column)[places].tolist()
        return told
    return [column[place].as_py() for place in places.tolist()]
