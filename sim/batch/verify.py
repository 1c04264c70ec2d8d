"""Whether results are still what they were when they were written: every file compared with what the manifest lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.batch.manifest import (
    COMMON,
    MANIFEST,
    OF_FORECASTS,
    PARTIAL,
    SET_ASIDE,
    Damaged,
    has_manifest,
    listed_files,
    read_manifest,
    sealed_manifest,
    wrong_files,
)
from sim.batch.notebook import notes_folder
from sim.batch.results import BATCH, KINDS, FinishedFolder, opened_manifest
from sim.io.arguments import path_given
from sim.io.errors import InputError, Problem, Problems, shown_path
from sim.io.json_files import read_json_group
from sim.io.shapes import check_shape, group
from sim.io.writers import is_draft


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A results folder that was found to be as it was written."""

    folder: Path
    title: str
    runs: int
    files: int
    size: int  # bytes, of the listed files


def results_below(folder: Path) -> list[Path]:
    """Results folders: the folder itself, or those directly in it, finished or not."""
    if _is_results(folder):
        return [folder]
    return sorted(path for path in folder.iterdir() if path.is_dir() and _is_results(path))


def _is_results(folder: Path) -> bool:
    return has_manifest(folder) or notes_folder(folder).is_dir()


def is_forecast(folder: Path) -> bool:
    """Whether this is a frozen forecast, whose manifest is laid out in its own way (`sim.analysis.hindcast.frozen`)."""
    try:
        return OF_FORECASTS in read_json_group(folder / MANIFEST)
    except InputError:
        return False


def check_results(folder: Path) -> Checked:
    """Compare every file of a finished folder, of a batch, a sweep or tables, with its manifest.

    Raises
    ------
    sim.io.errors.InputError
        With everything that is wrong: files missing, changed, or of another length; data that the manifest does not
        list; a manifest that was changed; a folder that was never finished, or is laid out in a way not known here.
    """
    folder = path_given("check_results", "folder", folder)
    if not has_manifest(folder):
        opened_manifest(folder, BATCH)  # which tells that it is not there
    problems = Problems()
    manifest = _manifest_of(folder, problems)
    listed = listed_files(manifest)
    problems.take(wrong.problem for wrong in wrong_files(folder, manifest))
    for name in _data_in(folder):
        if name not in listed:  # whoever reads the whole folder reads it too
            file = f"{shown_path(folder)}/{name}"
            problems.add(Problem(file=file, message="the manifest does not list this file"))
    problems.raise_if_any()
    results = FinishedFolder(folder, manifest)
    size = sum((folder / name).stat().st_size for name in listed)
    return Checked(folder=folder, title=results.title, runs=results.number_of_runs, files=len(listed), size=size)


def _manifest_of(folder: Path, problems: Problems) -> dict[str, Any]:
    """The manifest; one that was changed is told, and looked through as far as it has the form of one."""
    try:
        manifest = sealed_manifest(folder)
        return read_manifest(folder, next((kind for kind in KINDS if kind.key in manifest), BATCH), KINDS)
    except Damaged as error:
        try:
            manifest = read_json_group(folder / MANIFEST)
            check_shape(manifest, group(COMMON), "")
        except InputError:
            raise error from None
        problems.take(error.problems[:-1])
        return manifest


def _data_in(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.parquet")):
        name = path.relative_to(folder)
        if path.is_file() and not is_draft(path) and name.parts[0] not in {PARTIAL, SET_ASIDE}:
            yield name.as_posix()
