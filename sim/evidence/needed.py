"""The numbers that the program reads by their names, found in its own words: without one of them nothing can be played.

A phase reads `p[choice.temperature, lane]`, or `p[choice.absorption + k, lane]` where a number has one value a kind of
offer; the lines between outcome words are the fields of `Thresholds`. What the start of a world reads is asked for by
the forms of `actors.yaml` and its tables, and what formulas name is looked up where they are computed.
"""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sim.evidence.numbers import OFFER_KINDS
from sim.io.errors import Problem, nearest_to, shown_path

if TYPE_CHECKING:
    from sim.evidence.evidence import Evidence
    from sim.io.errors import Problems

_PACKAGE = Path(__file__).resolve().parents[1]
_WINGS = ("model", "engine")
_READ = re.compile(r"\bp\[\s*(\w+)\.(\w+)(\s*\+)?")
_LINES = ("batch/outcomes.py", "Thresholds", "measures")


@functools.cache
def needed_numbers() -> tuple[str, ...]:
    """The names of all numbers that the program reads, in order."""
    found = set[str]()
    for path in sorted(path for wing in _WINGS for path in (_PACKAGE / wing).rglob("*.py")):
        for file, number, by_kind in _READ.findall(path.read_text(encoding="utf-8")):
            name = f"{file}.{number}"
            found.update([f"{name}.{kind}" for kind in OFFER_KINDS] if by_kind else [name])
    return tuple(sorted(found | {f"{_LINES[2]}.{field}" for field in _fields(_PACKAGE / _LINES[0], _LINES[1])}))


def _fields(path: Path, name: str) -> list[str]:
    """The fields of a record that a file of the program declares."""
    top = ast.parse(path.read_text(encoding="utf-8")).body
    (found,) = (node for node in top if isinstance(node, ast.ClassDef) and node.name == name)
    return [
        node.target.id for node in found.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]


def check_needed(evidence: Evidence, problems: Problems) -> None:
    """The evidence has every number that the program reads; each that is missing is named."""
    for name in needed_numbers():
        if name not in evidence.numbers:
            file, _, rest = name.partition(".")
            left = {one.partition(".")[2] for one in evidence.numbers if one.startswith(f"{file}.")} - {
                one.partition(".")[2] for one in needed_numbers()
            }
            problems.add(
                Problem(
                    file=shown_path(evidence.folder / "parameters" / f"{file}.yaml"),
                    key=rest,
                    message=f"the number '{name}' is missing, and the rules read it by this name",
                    nearest=nearest_to(rest, left),
                )
            )
