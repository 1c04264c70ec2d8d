"""Parquet files that were kept on disk, read as if a stranger had written them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.io.errors import input_error, shown_path
from sim.io.regular import read_regular

if TYPE_CHECKING:
    import pyarrow as pa

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
