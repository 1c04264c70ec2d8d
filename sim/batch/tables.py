"""What runs leave behind: blocks of arrays in memory, tables of them, and files that land whole or not at all.

Files hold no time, host or path, so the same seed gives the same bytes whatever the number of workers; what concerns
one machine and one day stands in the manifest only (`sim.batch.results`).
"""

import hashlib
import io
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.scenario.scenario import quarter_text

BY_POWER = ("alignment", "trade", "trust", "pressure")
BY_STATE = (
    "effective_partners",
    "hhi",
    "entropy",
    "autonomy",
    "balance",
    "threat",
    "delivered",
    "visits",
    "compensating_visits",
    "offers",
    "accepted",
    "sided",
    "cohesion",
    "nationalism",
    "refining",
    "energy_concentration",
    "vote",
)
COUNTS = frozenset({"visits", "compensating_visits", "offers", "accepted", "vote"})
OFFER_TOTALS = ("offers", "accepted", "value_offered", "value_signed")
MEASURES = ("outcome", "sided", *(name for name in BY_STATE if name != "sided"), *BY_POWER)
"""What `series.parquet` can keep of a run, beside run, quarter and state."""

ROW_GROUP = 65_536


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some runs one after the other; R runs, T quarters, I states, J powers, K kinds of offer."""

    first: int
    states: tuple[str, ...]
    powers: tuple[str, ...]
    kinds: tuple[str, ...]
    quarters: tuple[int, ...]  # [T] year * 4 + quarter - 1; what is recorded is the end of each
    by_power: NDArray[np.float64]  # [R, T, I, J, len(BY_POWER)]
    by_state: NDArray[np.float64]  # [R, T, I, len(BY_STATE)]
    offers: NDArray[np.int64]  # [R, I, J, K, 4] totals of a run in the order of OFFER_TOTALS

    @property
    def runs(self) -> int:
        """How many runs the block holds."""
        return int(self.by_state.shape[0])

    def power_measure(self, name: str) -> NDArray[np.float64]:
        """One measure by power, [R, T, I, J]."""
        return self.by_power[..., BY_POWER.index(name)]

    def state_measure(self, name: str) -> NDArray[np.float64]:
        """One measure by state, [R, T, I]."""
        return self.by_state[..., BY_STATE.index(name)]

    def head(self, runs: int) -> "Block":
        """The first `runs` runs of the block."""
        cut = {name: getattr(self, name)[:runs] for name in ("by_power", "by_state", "offers")}
        same = {name: getattr(self, name) for name in ("first", "states", "powers", "kinds", "quarters")}
        return Block(**same, **cut)

    def every(self, thin: int) -> "Block":
        """The same runs with every so many quarters only, counted back from the last; totals stay what they are."""
        kept = _kept(len(self.quarters), thin)
        cut = {name: getattr(self, name)[:, kept] for name in ("by_power", "by_state")}
        same = {name: getattr(self, name) for name in ("first", "states", "powers", "kinds", "offers")}
        return Block(**same, **cut, quarters=self.quarters[kept])

    def check(self) -> None:
        """Refuse arrays of the wrong shape and numbers that are not finite.

        Raises
        ------
        ValueError
            Naming the array and, for a number, the first run that went wrong.
        """
        runs, quarters = self.runs, len(self.quarters)
        states, powers, kinds = len(self.states), len(self.powers), len(self.kinds)
        wanted = {
            "by_power": (runs, quarters, states, powers, len(BY_POWER)),
            "by_state": (runs, quarters, states, len(BY_STATE)),
            "offers": (runs, states, powers, kinds, len(OFFER_TOTALS)),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, it should be {shape}")
        for name in ("by_power", "by_state"):
            fine = np.isfinite(getattr(self, name))
            if not fine.all():
                bad = int(np.argmin(fine.reshape(runs, -1).all(axis=1)))
                raise ValueError(f"run {self.first + bad} left a number in {name} that is not finite")


# --- tables ----------------------------------------------------------------------------------------------------------


def series_table(
    block: Block, words: NDArray[np.str_], thin: int = 1, measures: Sequence[str] | None = None
) -> pa.Table:
    """One row a run, quarter and state; one column a measure, and one a measure and power.

    Parameters
    ----------
    block
        The runs.
    words
        [R, T, I], the outcome words as they would read if the run ended there.
    thin
        Keep every so many quarters, counted back from the last, which is always kept.
    measures
        Names out of `MEASURES`; all of them unless told otherwise.
    """
    if thin > 1:
        block, words = block.every(thin), words[:, _kept(words.shape[1], thin)]
    runs, quarters, states = block.runs, len(block.quarters), len(block.states)
    length = runs * quarters * states
    known, codes = np.unique(words, return_inverse=True)
    sided = block.state_measure("sided").reshape(length).astype(np.int8)
    columns: dict[str, Any] = {
        "run": np.repeat(np.arange(block.first, block.first + runs, dtype=np.int32), quarters * states),
        "quarter": _labels(
            np.tile(np.repeat(np.arange(quarters, dtype=np.int16), states), runs),
            [quarter_text(quarter) for quarter in block.quarters],
        ),
        "state": _labels(np.tile(np.arange(states, dtype=np.int8), runs * quarters), block.states),
        "outcome": _labels(codes.reshape(length).astype(np.int16), known.tolist()),
        "sided": _labels(np.maximum(sided - np.int8(1), 0), block.powers, missing=sided == 0),
    }
    for name in BY_STATE:
        if name in COUNTS:
            columns[name] = np.rint(block.state_measure(name).reshape(length)).astype(np.int16)
        elif name != "sided":
            columns[name] = _short(block.state_measure(name).reshape(length))
    for name in BY_POWER:
        values = block.power_measure(name).reshape(length, len(block.powers))
        for index, power in enumerate(block.powers):
            columns[f"{name}_{power}"] = _short(values[:, index])
    if measures is not None:
        wanted = {"run", "quarter", "state", *measures}
        wanted |= {f"{name}_{power}" for name in measures if name in BY_POWER for power in block.powers}
        columns = {name: column for name, column in columns.items() if name in wanted}
    return pa.table(columns)


def _kept(quarters: int, thin: int) -> slice:
    """Every so many quarters, the last one among them."""
    return slice((quarters - 1) % thin, None, thin)


def runs_table(
    block: Block, what: Mapping[str, NDArray[Any]], numbers: Mapping[str, NDArray[np.float64]] | None = None
) -> pa.Table:
    """One row a run; for each name in `what` a column a state [R, I], or a column a state and power [R, I, J].

    numbers: what was drawn for each run, [R] by the name of the number, which is the name of its column. Empty text is
    written as a missing value.
    """
    columns: dict[str, Any] = {"run": np.arange(block.first, block.first + block.runs, dtype=np.int32)}
    columns |= {name: np.ascontiguousarray(values) for name, values in (numbers or {}).items()}
    for i, state in enumerate(block.states):
        for name, values in what.items():
            if values.ndim == 2:
                columns[f"{name}_{state}"] = _column(values[:, i])
            else:
                for j, power in enumerate(block.powers):
                    columns[f"{name}_{state}_{power}"] = _column(values[:, i, j])
    return pa.table(columns)


def _column(values: NDArray[Any]) -> Any:
    if values.dtype.kind == "U":
        return pa.array([word or None for word in values.tolist()], pa.string())
    return np.ascontiguousarray(values)


def _short(values: NDArray[np.float64]) -> NDArray[np.float32]:
    # Seven digits are more than the model knows, and half the bytes; whatever compares runs bit by bit does so on the
    # arrays in memory, not on files.
    return np.ascontiguousarray(values, dtype=np.float32)


def _labels(codes: NDArray[Any], words: Sequence[str], missing: NDArray[np.bool_] | None = None) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), pa.array(list(words), pa.string()))


# --- files -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file as the manifest lists it; `name` is relative to the results folder, `rows` is None for text."""

    name: str
    sha256: str
    rows: int | None = None


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file so that it is there complete or not at all, even if the machine stops half-way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.draft")
    try:
        with draft.open("wb") as handle:
            write(handle)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make the new name of a file in `folder` survive a power cut, where the system allows it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # not every system lets a folder be opened
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_draft(path: Path) -> bool:
    """Whether a file is the beginning of another one, left by a process that was killed while it wrote."""
    return path.name.startswith(".") and path.name.endswith(".draft")


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole."""
    write_whole(path, lambda handle: _put(handle, data))


def write_text(path: Path, text: str) -> None:
    """Write a text file whole, in UTF-8 with Unix line ends."""
    write_bytes(path, text.encode("utf-8"))


def table_bytes(table: pa.Table) -> bytes:
    """One Parquet file; equal tables give equal bytes for one version of the library."""
    sink = io.BytesIO()
    pq.write_table(table, sink, row_group_size=ROW_GROUP, **_layout(table.schema))
    return sink.getvalue()


def write_table(table: pa.Table, folder: Path, name: str) -> Written:
    """Write one Parquet file whole; equal tables give equal bytes for one version of the library."""
    data = table_bytes(table)
    write_bytes(folder / name, data)
    return Written(name=name, sha256=hashlib.sha256(data).hexdigest(), rows=table.num_rows)


def join_tables(parts: Iterable[Path], folder: Path, name: str) -> Written:
    """Join Parquet files of one schema into one, without holding more than a row group of them in memory."""
    rows = 0

    def write(handle: BinaryIO) -> None:
        nonlocal rows
        writer: pq.ParquetWriter | None = None
        waiting: list[pa.Table] = []
        for part in parts:
            waiting.append(pq.read_table(part))
            rows += waiting[-1].num_rows
            writer = writer or pq.ParquetWriter(handle, waiting[0].schema, **_layout(waiting[0].schema))
            if sum(table.num_rows for table in waiting) >= ROW_GROUP:
                writer.write_table(pa.concat_tables(waiting).combine_chunks())
                waiting = []
        if writer is None:
            raise ValueError("there are no parts to join")
        if waiting:
            writer.write_table(pa.concat_tables(waiting).combine_chunks())
        writer.close()

    write_whole(folder / name, write)
    return Written(name=name, sha256=file_hash(folder / name), rows=rows)


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _put(handle: BinaryIO, data: bytes) -> None:
    handle.write(data)


def _layout(schema: pa.Schema) -> dict[str, Any]:
    floats = [field.name for field in schema if pa.types.is_floating(field.type)]
    return {
        "compression": "zstd",
        "compression_level": 3,
        "use_dictionary": [field.name for field in schema if field.name not in floats],
        "use_byte_stream_split": floats,
    }
