"""What numbers were fitted to: targets by name, in `seeds/history/calibration.yaml` where seeds have such a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.evidence.files import read_once
from sim.evidence.numbers import Basis
from sim.io.errors import Problem, listed, nearest_to, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sim.evidence.files import Stamps
    from sim.evidence.numbers import Number
    from sim.io.errors import Problems

CALIBRATION = "history/calibration.yaml"


def check_targets(seeds: Path, stamps: Stamps, numbers: Mapping[str, Number], problems: Problems) -> None:
    """Every fitted number says to which targets it was fitted, and each of them is one the seeds describe.

    Seeds that describe no targets are not asked for any.
    """
    place = seeds / CALIBRATION
    fitted = [number for number in numbers.values() if number.basis is Basis.FITTED]
    if not fitted or not place.is_file():
        return
    top, noted = read_once(place, stamps)
    problems.take(noted)
    targets = top.value.get("targets") if top is not None and isinstance(top.value, dict) else None
    known = tuple(targets.value) if targets is not None and isinstance(targets.value, dict) else ()
    for number in fitted:
        if not number.targets:
            message = "a fitted number needs 'targets': what it was fitted to"
            problems.add(_problem(number, message=message, allowed=listed(known)))
        for name in number.targets:
            if name not in known:
                found, nearest = quoted(name), nearest_to(name, known)
                problems.add(_problem(number, found=found, allowed=listed(known), nearest=nearest))


def _problem(number: Number, **told: Any) -> Problem:
    return Problem(file=number.file, line=number.line, key=f"{number.name}.targets", **told)
