"""Whether results are still what they were when they were written: every file compared with what the manifest lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.batch.notebook import notes_folder
from sim.batch.results import FinishedFolder, load_results, other_manifest, raw_manifest, seal
from sim.io.arguments import path_given
from sim.io.errors import Problem, Problems, shown_path
from sim.io.writers import file_hash, is_draft

_UNSEALED = 1  # the layout that had no seal yet


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
    return (folder / "manifest.json").exists() or notes_folder(folder).is_dir()


def check_results(folder: Path) -> Checked:
    """Compare every file of a results folder, of a batch or a sweep, with its manifest.

    Raises
    ------
    sim.io.errors.InputError
        With everything that is wrong: files missing, changed, or of another length; data that the manifest does not
        list; a manifest that was changed; a folder that was never finished, or is laid out in a way not known here.
    """
    folder = path_given("check_results", "folder", folder)
    other = other_manifest(folder)
    results = load_results(folder) if other is None else FinishedFolder(folder, other)
    problems = Problems()
    check_seal(folder, raw_manifest(folder) if other is None else other, problems)
    listed = {str(file["name"]): file for file in results.manifest["files"]}
    size = 0
    for name, file in listed.items():
        check_file(folder, name, file, problems)
        size += (folder / name).stat().st_size if (folder / name).is_file() else 0
    for name in _data_in(folder):
        check_listed(folder, name, listed, problems)
    problems.raise_if_any()
    return Checked(folder=folder, title=results.title, runs=results.number_of_runs, files=len(listed), size=size)


def check_seal(folder: Path, manifest: dict[str, Any], problems: Problems) -> None:
    """The manifest says what it said when it was written."""
    if manifest.get("format") == _UNSEALED:
        return
    if manifest.get("seal") != seal(manifest):
        problems.add(Problem(file=_shown(folder, "manifest.json"), message="it was changed after it was written"))


def check_file(folder: Path, name: str, file: dict[str, Any], problems: Problems) -> None:
    """A listed file is there and has the bytes and rows it had."""
    place = _shown(folder, name)
    try:
        same = file_hash(folder / name) == file["sha256"]
    except FileNotFoundError:
        problems.add(Problem(file=place, message="the manifest lists this file, and it is missing"))
        return
    except OSError as error:
        problems.add(Problem(file=place, message=f"cannot be read: {error.strerror or error}"))
        return
    if not same:
        found = _rows_in_words(folder / name, file)
        problems.add(Problem(file=place, found=found, message="it was changed after it was written"))


def check_listed(folder: Path, name: str, listed: dict[str, Any], problems: Problems) -> None:
    """Data lie in the folder only if the manifest lists them: whoever reads the whole folder reads them too."""
    if name not in listed:
        problems.add(Problem(file=_shown(folder, name), message="the manifest does not list this file"))


def _rows_in_words(path: Path, file: dict[str, Any]) -> str:
    """What is left of a changed table, if rows were lost or added; empty where that is not what happened."""
    if file.get("rows") is None:
        return ""
    try:
        rows = pq.ParquetFile(path).metadata.num_rows
    except (OSError, pa.ArrowException):
        return "a file that no reader opens"
    return "" if rows == file["rows"] else f"{rows:,} rows instead of {file['rows']:,}"


def _data_in(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.parquet")):
        if path.is_file() and not is_draft(path):
            yield path.relative_to(folder).as_posix()


def _shown(folder: Path, name: str) -> str:
    return f"{shown_path(folder)}/{name}"
