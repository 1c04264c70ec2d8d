"""Tables as their columns: all that a figure of a batch needs of them.

pandas takes as long to load as a figure to be drawn, and a command that plays a batch has no other use for it.
"""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.io.letters import as_cell
from sim.io.parquet import numbers_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Columns: TypeAlias = "dict[str, NDArray[Any]]"
"""Name of each column -> what stands in its rows: numbers, or texts."""
Table: TypeAlias = "Mapping[str, Any] | pd.DataFrame"
"""What gives its columns by name; a table of pandas does."""


def read_columns(path: Path, only: Sequence[str] | None = None) -> Columns:
    """The columns of a Parquet file, or some of them."""
    return _columns(pq.ParquetFile(path).read(columns=None if only is None else list(only)))


def read_first(path: Path, most: int, only: Sequence[str]) -> Columns:
    """Some columns of the first rows of a Parquet file."""
    file = pq.ParquetFile(path)
    parts, rows = [], 0
    for part in file.iter_batches(batch_size=most, columns=list(only)):
        parts.append(part.slice(0, most - rows))
        rows += part.num_rows
        if rows >= most:
            break
    return _columns(pa.Table.from_batches(parts)) if parts else {name: np.empty(0) for name in only}


def _columns(table: pa.Table) -> Columns:
    return {name: _values(table.column(name).combine_chunks()) for name in table.column_names}


def _values(column: "pa.Array") -> "NDArray[Any]":
    if pa.types.is_dictionary(column.type):
        told: NDArray[Any] = np.array(column.dictionary.to_pylist(), dtype=object)[numbers_of(column.indices)]
        return told
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return numbers_of(column)
    return np.array(column.to_pylist(), dtype=object)


def columns_of(table: "pd.DataFrame", only: Iterable[Any] | None = None) -> Columns:
    """The columns of a table of pandas, or some of them."""
    return {str(name): table[name].to_numpy() for name in (table if only is None else only)}


def texts(data: "Table", name: str) -> "NDArray[np.object_]":
    """A column of texts."""
    return np.array([str(text) for text in data[name]], dtype=object)


def numbers(data: "Table", name: str) -> "NDArray[np.float64]":
    """A column of numbers."""
    return np.asarray(data[name], dtype=np.float64)


def rows_of(data: "Table", where: "NDArray[np.bool_]") -> Columns:
    """Some of the rows of a table."""
    return {str(name): np.asarray(data[name])[where] for name in data}


def stacked(tables: Iterable["Table"]) -> Columns:
    """Tables with the same columns, one below the other."""
    told = list(tables)
    return {str(name): np.concatenate([np.asarray(one[name]) for one in told]) for name in told[0]}


def as_csv(data: "Table", digits: str) -> str:
    """Columns as CSV, as `sim.io.writers.table_as_csv` writes a table."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([str(name) for name in data])
    writer.writerows(zip(*(_cells(np.asarray(data[name]), digits) for name in data), strict=True))
    return file.getvalue()


def _cells(values: "NDArray[Any]", digits: str) -> list[Any]:
    told: list[Any] = values.tolist()
    if values.dtype.kind in "biu":
        return told
    if values.dtype.kind == "f":
        return ["" if math.isnan(number) else digits % number for number in told]
    written = {text: as_cell(text) for text in {text for text in told if isinstance(text, str)}}
    return [written[cell] if isinstance(cell, str) else "" if _is_missing(cell) else cell for cell in told]


def _is_missing(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))
