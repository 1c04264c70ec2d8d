"""Parquet files that were kept on disk, read as if a stranger had written them; and columns, made and read.

Arrow's own ways between its columns and arrays load pandas, which takes longer than most tables here to be written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.io.errors import input_error, shown_path
from sim.io.regular import read_regular

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """The numbers in a column; missing ones are not numbers, as Arrow has it."""
    import numpy as np
    import pyarrow as pa

    chunks = [column] if isinstance(column, pa.Array) else column.chunks
    if column.null_count or not chunks:
        told: NDArray[Any] = pa.chunked_array(chunks, column.type).to_numpy()
        return told
    kind: np.dtype[Any] = np.dtype(column.type.to_pandas_dtype())
    parts = [np.frombuffer(one.buffers()[1], kind, len(one), one.offset * kind.itemsize) for one in chunks if len(one)]
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, kind), *parts])


def column_of(values: NDArray[Any], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """A column of numbers, with none where one is missing; the memory is shared where it is of one piece."""
    import numpy as np
    import pyarrow as pa

    there = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    held = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [there, held])


def text_column(words: Sequence[str | None]) -> pa.Array:
    """A column of text, with nothing where a word is None."""
    import numpy as np
    import pyarrow as pa

    written = [b"" if word is None else word.encode() for word in words]
    ends = np.zeros(len(written) + 1, dtype=np.int32)
    np.cumsum([len(word) for word in written], out=ends[1:], dtype=np.int32)
    there = np.packbits([word is not None for word in words], bitorder="little") if None in words else None
    buffers = [None if there is None else pa.py_buffer(there), pa.py_buffer(ends), pa.py_buffer(b"".join(written))]
    return pa.Array.from_buffers(pa.string(), len(written), buffers)
