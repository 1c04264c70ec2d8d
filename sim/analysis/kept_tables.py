"""Tables that are noted while long work lasts, so that whoever is stopped goes on where it was."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sim.batch.manifest import PARTIAL
from sim.batch.notebook import Notebook, held, notes_folder, tidy
from sim.batch.tables import write_table
from sim.batch.worker import Work

if TYPE_CHECKING:
    import pandas as pd


@contextlib.contextmanager
def noted_in(place: Path) -> Iterator[None]:
    """Keep notes in a folder of their own, which is gone when nothing is left to note."""
    with held(place):
        yield
        tidy(place)
    with contextlib.suppress(OSError):  # something else lies in it
        place.rmdir()


class KeptTables:
    """Tables by number, noted in a folder if there is one; used by several threads."""

    def __init__(self, place: Path | None, prefix: str, count: int, of: str) -> None:
        """Take up what an earlier process finished; of: hash of what the tables depend on."""
        self.place, self.prefix = place, prefix
        self.found: dict[int, pd.DataFrame] = {}
        self.notebook: Notebook | None = None
        self._lock = threading.Lock()
        if place is not None:
            self.notebook = Notebook(notes_folder(place) / f"{prefix}blocks.json", place, range(count), of=of)
            self.notebook.take_up()
            numbers = sorted(self.notebook.files)
            self.found = dict(zip(numbers, map(_read, self.notebook.in_order()), strict=True))

    def add(self, number: int, table: "pd.DataFrame", work: Work, runs: int) -> None:
        """Keep a table, and count the runs it took."""
        files = []
        if self.place is not None:
            name = f"{PARTIAL}/{self.prefix}block-{number:05d}.parquet"
            files = [write_table(pa.Table.from_pandas(table, preserve_index=False), self.place, name)]
        with self._lock:
            self.found[number] = table
            work.done += runs
            if self.notebook is not None:
                self.notebook.add(number, files)

    def save(self) -> None:
        """Note what is finished."""
        if self.notebook is not None:
            self.notebook.save()


def _read(path: Path) -> "pd.DataFrame":
    table: pd.DataFrame = pq.read_table(path).to_pandas()
    return table
