"""What runs leave behind: blocks of arrays in memory, tables of them, and files that land whole or not at all.

Files hold no time, host or path, so the same seed gives the same bytes whatever the number of workers; what concerns
one machine and one day stands in the manifest only (`sim.batch.results`).
"""

import hashlib
import io
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.batch.outcomes import Summary, placed_words
from sim.engine.block import Block, _kept
from sim.io.parquet import column_of, text_column
from sim.io.regular import open_regular
from sim.io.writers import WrittenFile, file_hash, write_bytes, write_whole
from sim.model.variable import Scale
from sim.model.variables import BY_NAME, BY_POWER, BY_STATE, COUNTS, MEASURES, OUTCOME, SECURES
from sim.scenario.calendar import quarter_text

ROW_GROUP = 65_536
PART = ".arrow"
"""How the names of files end that wait until all are joined."""


# --- tables ----------------------------------------------------------------------------------------------------------


def series_table(
    played: Block | Sequence[Block], judged: Summary, thin: int = 1, measures: Sequence[str] | None = None
) -> pa.Table:
    """One row a run, quarter and state; one column a measure, and one a measure and power.

    Parameters
    ----------
    played
        The runs, in a block, or in several one after the other.
    judged
        How these runs came out, or these and some behind them.
    thin
        Keep every so many quarters, counted back from the last, which is always kept.
    measures
        Names out of `MEASURES`; all of them unless told otherwise.
    """
    blocks = [played] if isinstance(played, Block) else list(played)
    kept = _kept(len(blocks[0].quarters), thin)
    blocks = blocks if thin == 1 else [block.every(thin) for block in blocks]
    block, runs = blocks[0], sum(one.runs for one in blocks)
    quarters, states = len(block.quarters), len(block.states)
    places, known = placed_words(judged.outcome[:runs, kept], judged.power[:runs, kept], block.powers)
    columns: dict[str, Any] = {
        "run": np.repeat(np.arange(block.first, block.first + runs, dtype=np.int32), quarters * states),
        "quarter": labels_of(
            np.tile(np.repeat(np.arange(quarters, dtype=np.int16), states), runs),
            [quarter_text(quarter) for quarter in block.quarters],
            ordered=True,
        ),
        "state": labels_of(np.tile(np.arange(states, dtype=np.int8), runs * quarters), block.states),
        OUTCOME: labels_of(places.ravel(), known),
    }
    wanted = {*MEASURES} if measures is None else {*measures}
    by_state = [name for name in BY_STATE if name in wanted]
    for name in by_state:
        if not BY_NAME[name].is_quantity:
            columns[name] = _power(np.concatenate([one.state_measure(name) for one in blocks]).ravel(), block.powers)
    short = _short_columns(blocks, wanted)
    for name in by_state:
        if name in COUNTS:
            counts = np.concatenate([one.state_measure(name) for one in blocks])
            columns[name] = np.rint(counts).astype(np.int16).ravel()
        elif BY_NAME[name].is_quantity:
            columns[name] = short[name]
    columns |= {name: values for name, values in short.items() if name not in BY_STATE}
    if OUTCOME not in wanted:
        del columns[OUTCOME]
    return table_of(columns)


def _short_columns(blocks: Sequence[Block], wanted: Collection[str]) -> dict[str, NDArray[np.float32]]:
    """The columns of shares and amounts, those of states first, in one piece of memory.

    Seven digits are more than the model knows, and half the bytes; whatever compares runs bit by bit does so on the
    arrays in memory, not on files.
    """
    block, runs = blocks[0], sum(one.runs for one in blocks)
    alone = [name for name in BY_STATE if name in wanted and name not in COUNTS and BY_NAME[name].is_quantity]
    pairs = [name for name in BY_POWER if name in wanted]
    names = [*alone, *(f"{name}_{power}" for name in pairs for power in block.powers)]
    room = np.empty((len(names), runs, len(block.quarters), len(block.states)), dtype=np.float32)
    by_pair, first = room[len(alone) :].reshape(len(pairs), len(block.powers), *room.shape[1:]), 0
    for one in blocks:
        here = slice(first, first + one.runs)
        for place, name in enumerate(alone):
            room[place, here] = one.state_measure(name)
        for place, name in enumerate(pairs):
            by_pair[place, :, here] = np.moveaxis(one.power_measure(name), -1, 0)
        first += one.runs
    return {name: column.ravel() for name, column in zip(names, room, strict=True)}


def runs_table(
    block: Block, what: Mapping[str, NDArray[Any]], numbers: Mapping[str, NDArray[np.float64]] | None = None
) -> pa.Table:
    """One row a run; for each name in `what` a column a state [R, I], or a column a state and power [R, I, J].

    block: the runs, or the first of them; numbers: what was drawn for each run, [R] by the name of the number, which is
    the name of its column. Empty text is written as a missing value.
    """
    runs = len(next(iter(what.values())))
    columns: dict[str, Any] = {"run": np.arange(block.first, block.first + runs, dtype=np.int32)}
    columns |= numbers or {}
    for i, state in enumerate(block.states):
        for name, values in what.items():
            if values.ndim == 2:
                columns[f"{name}_{state}"] = _column(values[:, i])
            else:
                for j, power in enumerate(block.powers):
                    columns[f"{name}_{state}_{power}"] = _column(values[:, i, j])
    return table_of(columns)


def table_of(columns: Mapping[str, Any]) -> pa.Table:
    """A table of columns and of arrays of numbers; in the place of a number there is always one, and the table says so.

    Files are then written without a word on every row whether it is there, which takes a tenth of the writing.
    """
    made = {name: column_of(one) if isinstance(one, np.ndarray) else one for name, one in columns.items()}
    fields = [pa.field(name, one.type, nullable=one is columns[name]) for name, one in made.items()]
    return pa.Table.from_arrays(list(made.values()), schema=pa.schema(fields))


def _column(values: NDArray[Any]) -> Any:
    if values.dtype.kind == "U":
        return text_column([word or None for word in values.tolist()])
    return values


def _power(codes: NDArray[np.float64], powers: Sequence[str]) -> pa.DictionaryArray:
    """Names of powers out of 1 + their places; nought is nobody, a missing value."""
    places = codes.astype(np.int8)
    return labels_of(np.maximum(places - np.int8(1), 0), powers, missing=places == 0)


def labels_of(
    codes: NDArray[Any], words: Sequence[str], missing: NDArray[np.bool_] | None = None, ordered: bool = False
) -> pa.DictionaryArray:
    """Words by their places; ordered: one stands before the other, as quarters do, so that readers can compare them."""
    return pa.DictionaryArray.from_arrays(column_of(codes, missing), text_column(words), ordered=ordered)


def value_unit(kind: str) -> str:
    """What the value of offers of one kind is counted in; values of different units are never summed."""
    return "thousandths of an index point" if kind == SECURES else "million USD"


def share_range(taken: float, laid: float) -> tuple[float, float]:
    """Between what a share of runs lies with nineteen chances in twenty, by the score interval of Wilson (1927).

    Unlike the usual one it never leaves 0..1, and is right where all runs or none did it. (nan, nan) without any run.
    """
    if not laid:
        return math.nan, math.nan
    share, z = taken / laid, NormalDist().inv_cdf(0.975)
    middle = (share + z * z / (2 * laid)) / (1 + z * z / laid)
    half = z / (1 + z * z / laid) * math.sqrt(share * (1 - share) / laid + z * z / (4 * laid * laid))
    return max(0.0, middle - half), min(1.0, middle + half)


# --- files -----------------------------------------------------------------------------------------------------------


def table_bytes(table: pa.Table, name: str) -> bytes:
    """The file of a table: Parquet, or as it lies in memory where it is only a part (`.arrow`), which is soon joined.

    Equal tables give equal bytes for one version of the library.
    """
    if name.endswith(PART):
        buffer = pa.BufferOutputStream()
        with pa.ipc.new_stream(buffer, table.schema) as stream:
            stream.write_table(table)
        return bytes(buffer.getvalue())
    sink = io.BytesIO()
    pq.write_table(table, sink, row_group_size=ROW_GROUP, **_layout(table.schema))
    return sink.getvalue()


def write_table(table: pa.Table, folder: Path, name: str, *, settled: bool = True) -> WrittenFile:
    """Write one file whole, in the form that its name tells of (`table_bytes`); settled: see `write_whole`."""
    data = table_bytes(table, name)
    write_bytes(folder / name, data, settled=settled)
    return WrittenFile(name=name, sha256=hashlib.sha256(data).hexdigest(), rows=table.num_rows)


def join_tables(parts: Iterable[Path], folder: Path, name: str) -> WrittenFile:
    """Join parts of one schema into one Parquet file, without holding more than a row group of them in memory."""
    rows = 0

    def write(handle: BinaryIO) -> None:
        nonlocal rows
        writer: pq.ParquetWriter | None = None
        waiting: list[pa.Table] = []
        for part in parts:
            with open_regular(part) as kept, pa.ipc.open_stream(kept.read()) as stream:
                waiting.append(stream.read_all())
            rows += waiting[-1].num_rows
            writer = writer or pq.ParquetWriter(handle, waiting[0].schema, **_layout(waiting[0].schema))
            if sum(table.num_rows for table in waiting) >= ROW_GROUP:
                writer.write_table(_together(waiting))
        if writer is None:
            raise ValueError("there are no parts to join")
        if waiting:
            writer.write_table(_together(waiting))
        writer.close()

    write_whole(folder / name, write)
    return WrittenFile(name=name, sha256=file_hash(folder / name), rows=rows)


def _together(waiting: list[pa.Table]) -> pa.Table:
    """One table of those that wait; none of them waits any more, so that their memory is free while it is written."""
    table = pa.concat_tables(waiting).combine_chunks()
    waiting.clear()
    return table


def _layout(schema: pa.Schema) -> dict[str, Any]:
    floats = [field.name for field in schema if pa.types.is_floating(field.type)]
    others = [field.name for field in schema if field.name not in floats]
    return {
        "write_batch_size": ROW_GROUP,
        "compression": "zstd",
        "compression_level": -1,  # the least: the usual 3 takes more than half as long again to save a twentieth
        "use_dictionary": others,
        "use_byte_stream_split": [name for name in floats if not _often_still(name)],
        "write_statistics": others,
    }


_STILL = {name for name in BY_POWER if BY_NAME[name].counted_by in {Scale.AMOUNT, Scale.KEPT}}


def _often_still(column: str) -> bool:
    """Whether the numbers of a column are the same in row after row, mostly nought: amounts between state and power.

    Those are packed better as they are. All other floats are packed byte by byte: only the first of the four repeats.
    """
    return column not in BY_NAME and column.rpartition("_")[0] in _STILL
