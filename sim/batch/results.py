"""Results folders: the manifest that says what is in them, and the reading of finished ones.

A folder is either complete or visibly not: the manifest, which lists the files with their hashes, comes last.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from sim.batch.manifest import (
    COMMON,
    MOST_ROWS,
    Damaged,
    Kind,
    check_files,
    has_manifest,
    listed_files,
    read_manifest,
    wrong_file,
)
from sim.batch.notebook import notes_folder
from sim.batch.tables import value_unit
from sim.io.arguments import Arguments, path_given
from sim.io.errors import InputError, input_error, listed, nearest_to, shown_path
from sim.io.letters import printable
from sim.io.limits import LARGEST_SEED
from sim.io.shapes import ANYTHING, NAME, NUMBER, TEXT, group, list_of, map_of, or_nothing, whole
from sim.io.shown import Shown
from sim.io.text import counted
from sim.io.writers import mark_of, table_as_csv, write_text

if TYPE_CHECKING:
    import pandas as pd
    import xarray

    from sim.batch.answers import Answer

RESULTS_FORMAT = 2
"""How a results folder is laid out; a change that a reader could trip over gets the next number."""

BATCH = Kind(
    key="format",
    layouts=(RESULTS_FORMAT,),
    words="results",
    folder="results folder",
    opens="sim.load_results",
    shape=group(
        {
            **COMMON,
            "seed": whole(0, LARGEST_SEED),
            "hash": TEXT,
            "quarters": list_of(TEXT, fewest=1),
            "states": map_of(TEXT, NAME),
            "powers": map_of(TEXT, NAME),
            "kinds": list_of(TEXT),
            "series_runs": whole(0, MOST_ROWS),
            "thin": whole(1, MOST_ROWS),
            "measures": list_of(TEXT),
            "numbers_drawn": map_of(TEXT),
            "lucks_per_draw": whole(1, MOST_ROWS),
            "numbers": map_of(NUMBER),
            "identity": group({"code": TEXT, "evidence": TEXT, "scenario": group({}, {"readings": map_of(TEXT)})}),
        },
        {
            "question": TEXT,
            "readings": map_of(TEXT),
            "spoken": map_of(TEXT, NAME),
            "posterior": or_nothing(TEXT),
            "versions": map_of(ANYTHING),
        },
    ),
)
SWEEP = Kind(
    key="sweep_format",
    layouts=(1, 2),
    shape=group(COMMON),
    words="a sweep",
    folder="sweep",
    opens="sim.analysis.sensitivity.load_sweep",
)
TABLES = Kind(
    key="left_by",
    layouts=("ablate", "levers", "policies", "compare", "calibrate", "spread", "origins", "backtest", "score"),
    shape=group(COMMON),
    words="tables",
    folder="folder of tables",
    opens="any reader of tables",
)
KINDS = (BATCH, SWEEP, TABLES)
"""Every kind of folder that has a manifest; those of a forecast have another (`sim.analysis.hindcast.frozen`)."""


@dataclass(frozen=True, repr=False)
class FinishedFolder:
    """A folder that is complete, of a batch or a sweep; its tables are read when they are first asked for."""

    folder: Path
    manifest: dict[str, Any]
    _known: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """Name of the scenario or experiment."""
        return str(self.manifest["name"])

    @property
    def title(self) -> str:
        """Title of the scenario or experiment."""
        return str(self.manifest["title"])

    @property
    def number_of_runs(self) -> int:
        """How many runs the results rest on, those of a screening included."""
        return int(self.manifest["runs"])

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that may be there."""
        return tuple(name for name in dir(type(self)) if isinstance(getattr(type(self), name), cached_property))

    def __repr__(self) -> str:
        what = printable(f"{self.name}: {self.title}")
        return f"<{type(self).__name__} of {what}; {counted(self.number_of_runs, 'run')}, in {shown_path(self.folder)}>"

    def write_csv(self, names: Iterable[str]) -> list[Path]:
        """Write tables, given by the names of their attributes, as CSV beside the Parquet files; returns the paths."""
        paths = []
        for name in self._named("write_csv", names):
            paths.append(self.folder / f"{name}.csv")
            write_text(paths[-1], table_as_csv(getattr(self, name)))
        return paths

    def write_excel(self, names: Iterable[str]) -> tuple[Path, list[str]]:
        """Write tables, given by the names of their attributes, as one workbook: `tables.xlsx`, a sheet each.

        Returns its path, and the names of the tables that are too large for a sheet and were left out.

        Raises
        ------
        sim.io.errors.InputError
            If openpyxl is not installed.
        """
        from sim.batch.workbook import write_workbook

        named, path = self._named("write_excel", names), self.folder / "tables.xlsx"
        return path, write_workbook(path, self._about(), {name: getattr(self, name) for name in named})

    def _named(self, door: str, names: Iterable[str]) -> list[str]:
        """Names of tables that there are; raises `InputError` for others."""
        arguments = Arguments(door)
        named = arguments.names("names", names)
        for at, name in enumerate(named):
            if name not in self.tables:
                entry = arguments.entry(f"names[{at}]", name)
                entry.refuse(allowed=listed(self.tables), nearest=nearest_to(name, self.tables))
        arguments.refuse_if_wrong()
        return named

    def _about(self) -> dict[str, Any]:
        """What these results are, for files that travel without their folder."""
        told = ("title", "name", "question", "note", "runs", "seed")
        return {key: self.manifest[key] for key in told if key in self.manifest}

    def path_of(self, name: str) -> Path:
        """A file that the manifest lists, which is still what it was when it was written.

        It is looked through once, and again when its size or date says that it may be another one. Raises `InputError`
        where it was changed, or the manifest does not list it.
        """
        arguments = Arguments("path_of")
        name = arguments.text("name", name)
        arguments.refuse_if_wrong()
        path, file = self.folder / name, listed_files(self.manifest).get(name)
        if file is None:
            place = f"{shown_path(self.folder)}/{name}"
            raise input_error(place, "there is no such table in these results", found="a file that is not listed")
        now = mark_of(path)
        if not now or now != self._known.get(name):
            wrong = wrong_file(self.folder, name, file)
            if wrong is not None:
                raise Damaged(self.folder, [wrong.problem], [name] if wrong.there else [])
            self._known[name] = now
        return path

    def paths_of(self, table: str) -> list[Path]:
        """The files of a table, in order: one of its name, or those in a folder of its name; none where it is not."""
        arguments = Arguments("paths_of")
        table = arguments.text("table", table)
        arguments.refuse_if_wrong()
        names = listed_files(self.manifest)
        return [self.path_of(name) for name in names if name == table or name.startswith(f"{table}/")]

    def _read(self, name: str) -> "pd.DataFrame":
        paths = self.paths_of(f"{name}.parquet") or [self.path_of(f"{name}.parquet")]
        frame: pd.DataFrame = pq.read_table(paths[0] if len(paths) == 1 else paths).to_pandas()
        return frame


@dataclass(frozen=True, repr=False)
class Results(Shown, FinishedFolder):
    """The finished results folder of a batch."""

    @property
    def states(self) -> dict[str, str]:
        """Code of each state -> its name, in the order of the evidence."""
        return dict(self.manifest["states"])

    @property
    def powers(self) -> dict[str, str]:
        """Code of each power -> its name, in the order of the evidence."""
        return dict(self.manifest["powers"])

    @property
    def spoken(self) -> dict[str, str]:
        """Code of each power -> its name as it stands in a sentence, with an article where one belongs."""
        return {**self.powers, **self.manifest.get("spoken", {})}

    @property
    def readings(self) -> dict[str, str]:
        """How contradicting sources were read: every switch of the world -> the reading taken, or its default."""
        return dict(self.manifest.get("readings", {}))

    @property
    def readings_said(self) -> dict[str, str]:
        """Those readings of which the scenario said which to take."""
        return dict(self.manifest["identity"]["scenario"].get("readings", {}))

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are there; without a course that was kept there is no `series`."""
        names = ("runs", "series", "bands", "outcomes", "offers", "laid", "variance")
        listed = {name.split("/")[0] for name in listed_files(self.manifest)}
        return tuple(name for name in names if f"{name}.parquet" in listed)

    @cached_property
    def runs(self) -> "pd.DataFrame":
        """One row a run: outcome words and final measures."""
        return self._read("runs")

    @cached_property
    def series(self) -> "pd.DataFrame":
        """One row a run, quarter and state, for the runs whose course was kept."""
        return self._read("series")

    @cached_property
    def bands(self) -> "pd.DataFrame":
        """Mean and quantiles over all runs by quarter, state, measure and power."""
        return self._read("bands")

    @cached_property
    def outcomes(self) -> "pd.DataFrame":
        """How many runs had each outcome word, by quarter and state."""
        return self._read("outcomes")

    @cached_property
    def offers(self) -> "pd.DataFrame":
        """Offers made and accepted, by state, power and kind, over all runs."""
        table = self._read("offers")
        if "unit" not in table:  # as folders of before were written
            table.insert(table.columns.get_loc("kind") + 1, "unit", [value_unit(str(kind)) for kind in table["kind"]])
        return table

    @cached_property
    def laid(self) -> "pd.DataFrame":
        """What became of each offer that an event lays on the table; only where one does."""
        return self._read("laid")

    @cached_property
    def variance(self) -> "pd.DataFrame":
        """How much of the spread is due to numbers and how much to luck; only where numbers were drawn."""
        return self._read("variance")

    def ask(self, question: str) -> "Answer":
        """In what share of the runs it is so: `results.ask("alignment STATE POWER > 30 %")`; see `sim.batch.asks`.

        Raises
        ------
        sim.io.errors.InputError
            If it is no question that these runs can answer.
        """
        from sim.batch.answers import answer

        arguments = Arguments("Results.ask")
        question = arguments.text("question", question)
        arguments.refuse_if_wrong()
        return answer(self, question)

    def final_outcomes(self) -> "pd.DataFrame":
        """Outcome words at the end of the runs with their shares, most frequent first within each state."""
        last = self.manifest["quarters"][-1]
        table: pd.DataFrame = self.outcomes[self.outcomes["quarter"] == last].drop(columns="quarter")
        order = {state: rank for rank, state in enumerate(self.states)}
        table = table.assign(rank=table["state"].astype(str).map(order))
        table = table.sort_values(["rank", "runs"], ascending=[True, False], kind="stable")
        table = table.drop(columns="rank").reset_index(drop=True)
        return table

    def write_csv(self, names: Iterable[str] | None = None) -> list[Path]:
        """Write tables, all unless told otherwise, as CSV beside their Parquet files; returns the paths."""
        return super().write_csv(self.tables if names is None else names)

    def write_excel(self, names: Iterable[str] | None = None) -> tuple[Path, list[str]]:
        """Write tables, all unless told otherwise, as one workbook; see `FinishedFolder.write_excel`."""
        return super().write_excel(self.tables if names is None else names)

    def to_xarray(self) -> "xarray.Dataset":
        """The course of the runs that was kept, as labelled arrays; see `sim.batch.labelled.labelled_series`.

        Raises
        ------
        sim.io.errors.InputError
            If no course was kept, or xarray is not installed.
        """
        from sim.batch.labelled import labelled_series

        if "series" not in self.tables:
            raise input_error("to_xarray", "no course of any run was kept: run it again with series=, the runs to keep")
        return labelled_series(self.series, tuple(self.powers), self._about())


def load_results(folder: Path | str) -> Results:
    """Open a results folder, and see that its files are what they were when it was finished.

    Raises
    ------
    sim.io.errors.InputError
        If the folder is missing, was never finished, is laid out in a way that this version does not know, or holds
        anything that was changed after it was written.
    """
    folder = path_given("load_results", "folder", folder)
    return Results(folder, opened_manifest(folder, BATCH))


def opened_manifest(folder: Path, kind: Kind) -> dict[str, Any]:
    """The manifest of a finished folder of a kind, all of whose files are what they were. Raises `InputError`."""
    if not has_manifest(folder):
        raise _not_there(folder, kind)
    manifest = read_manifest(folder, kind, KINDS)
    check_files(folder, manifest)
    return manifest


def check_tables(folder: Path) -> None:
    """See that a folder of tables is what it was; one of an earlier version has no manifest. Raises `InputError`."""
    if has_manifest(folder):
        opened_manifest(folder, TABLES)


def finished_manifest(folder: Path, kind: Kind, wanted: str) -> dict[str, Any] | None:
    """The manifest of a folder that is finished, with what belongs in it; None where there is none.

    wanted: the hash of all that results depend on. Raises `Damaged` where it is not what it was any more.
    """
    if not has_manifest(folder):
        return None
    manifest = opened_manifest(folder, kind)
    if manifest["hash"] != wanted:
        wrong = input_error(shown_path(folder), "what lies here was made for another folder")
        raise Damaged(folder, wrong.problems, list(listed_files(manifest)))
    return manifest


def is_finished(folder: Path, kind: Kind, wanted: str) -> bool:
    """The same for those who only look: what is not what it was has to be made again."""
    try:
        return finished_manifest(folder, kind, wanted) is not None
    except InputError:
        return False


def _not_there(folder: Path, kind: Kind) -> InputError:
    """Why a folder without a manifest cannot be opened, and what would help."""
    place = shown_path(folder)
    if notes_folder(folder).is_dir():
        help_ = "it is finished by giving the command that began it again"
        return input_error(place, help_, found=f"an unfinished {kind.folder}")
    found = f"no {kind.folder}" if folder.is_dir() else "no such folder"
    return input_error(place, "a finished one has a manifest.json", found=found)
