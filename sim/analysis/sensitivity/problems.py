"""Problems of SALib as they are kept on disk: names and bounds of variables, read as factors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.io.errors import Entry, InputError, quoted
from sim.io.json_files import read_json_group
from sim.io.shapes import is_plain_name


def file_beside(entry: Entry, folder: Path | None) -> Path | None:
    """The file that an entry names: beside the file that names it, and anywhere where Python names it."""
    written = (entry.text or "").strip()
    if not written:
        entry.refuse(allowed="the name of a file")
        return None
    if folder is None:
        return Path(written).expanduser()
    if not is_plain_name(written) or not (folder / written).resolve().is_relative_to(folder.resolve()):
        entry.refuse(allowed="the name of a file in the same folder as this one")
        return None
    return folder / written


def read_problem(entry: Entry, folder: Path | None) -> list[tuple[str, float, float]]:
    """Name, low and high of every variable of a problem of SALib, kept as JSON; empty where there is none to be had.

    `num_vars`, `names` and `bounds` are read. A distribution other than a uniform one and groups of variables are
    refused, since a factor has neither.
    """
    path = file_beside(entry, folder)
    if path is None:
        return []
    try:
        told = read_json_group(path)
    except InputError as error:
        entry.problems.take(error.problems)
        return []
    names, bounds = _list(told, "names"), _list(told, "bounds")
    if not names or len(bounds) != len(names) or not all(isinstance(name, str) for name in names):
        entry.refuse(found=f"no names with their bounds in {path.name}", allowed="a problem of SALib: names and bounds")
        return []
    found = []
    for name, ends in zip(names, bounds, strict=True):
        if not _is_span(ends):
            entry.refuse(found=f"bounds of {quoted(name)} in {path.name}", allowed="two numbers, the lower one first")
            continue
        found.append((name, float(ends[0]), float(ends[1])))
    for key, plain in (("dists", {"unif"}), ("groups", set(names))):
        if set(map(str, _list(told, key))) - plain:
            entry.refuse(found=f"'{key}' in {path.name}", allowed="a problem whose variables are uniform and ungrouped")
    return [] if len(found) < len(names) else found


def _list(told: dict[str, Any], key: str) -> list[Any]:
    """A list of a group; an empty one where it has none."""
    return told[key] if isinstance(told.get(key), list) else []


def _is_span(ends: Any) -> bool:
    """Whether these are two numbers, the lower one first."""
    if not isinstance(ends, list) or len(ends) != 2:
        return False
    numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
    return numbers and ends[0] < ends[1]
