"""How a command closes: with its table and where its files are, or with `--json` as one document of the same.

The document has the same shape whatever the command, told in `docs/json.md`: `command`, `version`, `caution`,
`scenarios`, `rows`, each of which says to which `table` it belongs, and `files`. Nothing else goes to standard output.
"""

import argparse
import contextlib
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.cli.common import relative
from sim.cli.streams import exactly
from sim.io.text import CAUTION

Rows = Iterable[Mapping[str, Any]]
"""A table: a group of names and values for every row, or a pandas frame."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """Whether the closing table is wanted as JSON."""
    parser.add_argument("--json", action="store_true", help="print the closing table as JSON, and nothing else")


@contextlib.contextmanager
def alone(asked: argparse.Namespace) -> Iterator[None]:
    """With `--json` only the document goes to standard output; what else is printed meanwhile, to standard error."""
    asked.screen = sys.stdout
    with contextlib.redirect_stdout(sys.stderr) if asked.json else contextlib.nullcontext():
        yield


def close(
    asked: argparse.Namespace,
    show: Callable[[], object],
    tables: Callable[[], Mapping[str, Any]],
    *,
    scenarios: Sequence[Any] = (),
    files: Sequence[tuple[str, Path]] = (),
    more: Mapping[str, Any] | None = None,
) -> None:
    """Close a command.

    Parameters
    ----------
    show
        Prints the table for a person.
    tables
        Name of a table -> its rows: groups of names and values, or a pandas frame.
    scenarios
        What it is about: scenarios, results, or groups of names and values.
    files
        What was written, and where: `("results", folder)`.
    more
        What a command says beside, in JSON alone.
    """
    if not asked.json:
        show()
        for what, path in files:
            print(f"{what:<9} {relative(path)}")
        return
    page = document(asked.word, tables(), scenarios, files) | plain(more or {})
    exactly(f"{json.dumps(page, indent=1, allow_nan=False)}\n", asked.screen)


def document(
    command: str, tables: Mapping[str, Any], scenarios: Sequence[Any], files: Sequence[tuple[str, Path]]
) -> dict[str, Any]:
    """What `--json` prints, as plain data: see `docs/json.md`."""
    from sim import __version__

    return {
        "command": command,
        "version": __version__,
        "caution": CAUTION,
        "scenarios": [about(one) for one in scenarios],
        "rows": [{"table": name, **row} for name, table in tables.items() for row in _rows(table)],
        "files": [{"what": what, "path": relative(path)} for what, path in files],
    }


def about(one: Any, runs: int | None = None, seed: int | None = None) -> dict[str, Any]:
    """Name, title, runs and seed of a scenario or of results, and where results are; runs, seed: where they differ."""
    if isinstance(one, Mapping):
        return {str(key): plain(value) for key, value in one.items()}
    told = {"name": one.name, "title": one.title}
    if hasattr(one, "manifest"):
        return {**told, "runs": one.number_of_runs, "seed": one.manifest["seed"], "folder": relative(one.folder)}
    return {**told, "runs": one.runs if runs is None else runs, "seed": one.seed if seed is None else seed}


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    if hasattr(table, "to_dict") and hasattr(table, "columns"):  # a pandas frame
        table = table.to_dict("records")
    for row in table:
        yield {str(key): plain(value) for key, value in row.items()}


def plain(value: Any) -> Any:
    """A value as JSON can hold it; null for what is missing or not finite."""
    if hasattr(value, "item"):  # of NumPy
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return str(value)
