"""Parquet files that were kept on disk, read as if a stranger had written them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.io.errors import input_error, shown_path
from sim.io.regular import read_regular

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

MOST_PARQUET_BYTES = 2_000_000_000


def read_parquet(path: Path | str, most: int = MOST_PARQUET_BYTES) -> pa.Table:
    """The table in a Parquet file of at most `most` bytes; raises `InputError` where it is no such file.

    For files whose bytes nobody has a hash of, but only of what they say: everything a reader may stumble over in them
    is told as what it is, a file that cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = read_regular(path, most)
    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
        table.validate(full=True)
    except (pa.ArrowException, ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise input_error(shown_path(path), "cannot be read as a Parquet file", found=reason[:200]) from error
    except MemoryError as error:
        raise input_error(shown_path(path), "cannot be read as a Parquet file", found="no end of rows") from error
    return table


def numbers_of(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    """The numbers in a column; missing ones are not numbers, as the library has it.

    The library's own way loads pandas, which takes longer than most tables to be read.
    """
    import numpy as np
    import pyarrow as pa

    chunks = [column] if isinstance(column, pa.Array) else column.chunks
    if column.null_count or not chunks:
        told: NDArray[Any] = pa.chunked_array(chunks, column.type).to_numpy()
        return told
    kind: np.dtype[Any] = np.dtype(column.type.to_pandas_dtype())
    parts = [np.frombuffer(one.buffers()[1], kind, len(one), one.offset * kind.itemsize) for one in chunks if len(one)]
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, kind), *parts])
