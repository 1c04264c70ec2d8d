"""What numbers were fitted to: targets by name, in `seeds/history/calibration.yaml` where seeds have such a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.evidence.numbers import Basis
from sim.io.errors import Problem, listed, nearest_to, quoted
from sim.io.readers import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sim.evidence.numbers import Number
    from sim.io.errors import Problems

CALIBRATION = "history/calibration.yaml"


def check_targets(seeds: Path, numbers: Mapping[str, Number], problems: Problems) -> None:
    """Every fitted number says to which targets it was fitted, and each of them is one the seeds describe.

    Seeds that describe no targets are not asked for any.
    """
    place = seeds / CALIBRATION
    if not place.is_file():
        return
    top = read_yaml(place, problems)
    known = () if top is None else _targets_in(top.value)
    for number in numbers.values():
        if number.basis is not Basis.FITTED:
            continue
        about = {"file": number.file, "line": number.line, "key": number.name}
        if not number.targets:
            message = "a fitted number needs 'targets': what it was fitted to"
            problems.add(Problem(**about, message=message, allowed=listed(known)))  # type: ignore[arg-type]
        for name in number.targets:
            if name not in known:
                wrong = Problem(**about, found=quoted(name), allowed=listed(known), nearest=nearest_to(name, known))  # type: ignore[arg-type]
                problems.add(wrong)


def _targets_in(value: object) -> tuple[str, ...]:
    """The names of targets in a file on calibration: its `targets`, a group by name or a list with an `id` each."""
    entry = value.get("targets") if isinstance(value, dict) else None
    found = None if entry is None else entry.value
    if isinstance(found, dict):
        return tuple(found)
    several = found if isinstance(found, list) else []
    named = [one.value.get("id") for one in several if isinstance(one.value, dict)]
    return tuple(one.text or "" for one in named if one is not None)
