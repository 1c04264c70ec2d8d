"""Results folders: the manifest that says what is in them, and the reading of finished ones.

A folder is either complete or visibly not: the manifest, which lists the files with their hashes, comes last.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from sim.batch.notebook import notes_folder
from sim.io.arguments import path_given
from sim.io.errors import input_error
from sim.io.writers import write_text
from sim.model.variables import MEASURES

if TYPE_CHECKING:
    import pandas as pd
    import xarray

    from sim.batch.answers import Answer

RESULTS_FORMAT = 2
"""How a results folder is laid out; a change that a reader could trip over gets the next number."""


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write `manifest.json` with a seal on what it says; a folder that has one is complete."""
    sealed = {**manifest, "seal": seal(manifest)}
    write_text(folder / "manifest.json", json.dumps(sealed, indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder in today's layout, or None where there is none that this version can read."""
    try:
        return _upgraded(raw_manifest(folder))
    except (OSError, ValueError, LookupError):
        return None


def seal(manifest: Mapping[str, Any]) -> str:
    """A hash of all that a manifest says."""
    told = {key: value for key, value in manifest.items() if key != "seal"}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def raw_manifest(folder: Path) -> dict[str, Any]:
    """The manifest as it was written, whatever its layout; OSError where there is none, ValueError where it is none."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise ValueError("this is no manifest")
    return manifest


def other_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of what is no batch but was sealed by `write_manifest` all the same, such as a sweep; None else."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    told = ("title", "runs", "files", "seal")
    mine = isinstance(manifest, dict) and "format" not in manifest and all(key in manifest for key in told)
    return manifest if mine else None


def _from_1(manifest: dict[str, Any]) -> dict[str, Any]:
    """Layout 1 kept every quarter and measure, knew no drawn numbers, and had neither summary nor seal."""
    return {**manifest, "format": 2, "thin": 1, "measures": list(MEASURES), "numbers_drawn": {}, "lucks_per_draw": 1}


_MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}


def _upgraded(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest as today's version would have written it; LookupError where no way leads there."""
    while manifest["format"] != RESULTS_FORMAT:
        manifest = _MIGRATIONS[manifest["format"]](manifest)
    return manifest


@dataclass(frozen=True)
class FinishedFolder:
    """A folder that is complete, of a batch or a sweep; its tables are read when they are first asked for."""

    folder: Path
    manifest: dict[str, Any]

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

    def write_csv(self, names: Iterable[str]) -> list[Path]:
        """Write tables, given by the names of their attributes, as CSV beside the Parquet files; returns the paths."""
        paths = []
        for name in names:
            paths.append(self.folder / f"{name}.csv")
            write_text(paths[-1], getattr(self, name).to_csv(index=False, lineterminator="\n"))
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

        path = self.folder / "tables.xlsx"
        return path, write_workbook(path, self._about(), {name: getattr(self, name) for name in names})

    def _about(self) -> dict[str, Any]:
        """What these results are, for files that travel without their folder."""
        told = ("title", "name", "question", "note", "runs", "seed")
        return {key: self.manifest[key] for key in told if key in self.manifest}

    def _read(self, name: str) -> "pd.DataFrame":
        frame: pd.DataFrame = pq.read_table(self.folder / f"{name}.parquet").to_pandas()
        return frame


@dataclass(frozen=True)
class Results(FinishedFolder):
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
        return tuple(name for name in names if (self.folder / f"{name}.parquet").exists())

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
        return self._read("offers")

    @cached_property
    def laid(self) -> "pd.DataFrame":
        """What became of each offer that an event lays on the table; only where one does."""
        return self._read("laid")

    @cached_property
    def variance(self) -> "pd.DataFrame":
        """How much of the spread is due to numbers and how much to luck; only where numbers were drawn."""
        return self._read("variance")

    def ask(self, question: str) -> "Answer":
        """In what share of the runs it is so: `results.ask("alignment KAZ CHN > 30 %")`; see `sim.batch.asks`.

        Raises
        ------
        sim.io.errors.InputError
            If it is no question that these runs can answer.
        """
        from sim.batch.answers import answer

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
    """Open a results folder.

    Raises
    ------
    sim.io.errors.InputError
        If the folder is missing, was never finished, or is laid out in a way that this version does not know. Older
        layouts that it knows are read as if they had been written today.
    """
    folder = path_given("load_results", "folder", folder)
    manifest = read_manifest(folder)
    if manifest is None:
        raise _not_readable(folder)
    return Results(folder, manifest)


def _not_readable(folder: Path) -> Exception:
    """Why a folder cannot be opened, and what would help."""
    from sim.io.errors import shown_path

    place = shown_path(folder)
    try:
        written = raw_manifest(folder)["format"]
    except OSError:
        if notes_folder(folder).is_dir():
            help_ = "it is finished by giving the command that began it again"
            return input_error(place, help_, found="an unfinished results folder")
        found = "no results folder" if folder.is_dir() else "no such folder"
        return input_error(place, "a finished one has a manifest.json", found=found)
    except ValueError:
        if other_manifest(folder) is not None:
            help_ = "a sweep is opened with sim.analysis.sensitivity.load_sweep"
            return input_error(place, help_, found="results, but not those of a batch of runs")
        help_ = "delete it, and the run that made the folder makes it again"
        return input_error(f"{place}/manifest.json", help_, found="no manifest that can be read")
    if written > RESULTS_FORMAT:
        help_ = (
            f"this version reads layouts up to {RESULTS_FORMAT}: install the newer multivector that wrote it; the "
            "tables themselves open with any reader of Parquet files"
        )
        return input_error(place, help_, found=f"results in layout {written}")
    help_ = (
        f"this version reads layouts {min(_MIGRATIONS)} to {RESULTS_FORMAT}: run the scenario again, which starts a "
        "new folder and leaves this one alone"
    )
    return input_error(place, help_, found=f"results in layout {written}")
