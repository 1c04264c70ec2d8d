"""A game as a scenario file: the scenario that was played, what luck, and every answer, vote and visit as an event.

`multivector check` accepts it, and both engines play it to the same bits: run 0 of it is the game.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.io.checks import is_name
from sim.io.errors import InputError, input_error, quoted
from sim.scenario.calendar import quarter_text
from sim.scenario.family import list_scenarios
from sim.scenario.known import first_day
from sim.scenario.scenario import evidence_of, load_scenario

if TYPE_CHECKING:
    from sim.scenario.events import Event
    from sim.scenario.scenario import Scenario

GAVE = "as it was played"


def game_text(
    base: Scenario, moves: Sequence[Event], *, title: str, seed: int, numbers: Mapping[str, float], folder: Path
) -> str:
    """A scenario file that extends what was played by what players did.

    base: what was played, without them; seed: of the game, whose run is the first; numbers: that went before those of
    the scenario; folder: where the file will lie. Raises `InputError` where the scenario cannot be extended from there:
    one that was made or changed in Python, or whose file lies elsewhere.
    """
    check_extendable(base, folder)
    return "\n".join(_lines(base, moves, title, seed, numbers)) + "\n"


def check_extendable(base: Scenario, folder: Path) -> None:
    """A file in a folder can extend a scenario: it is shipped, or lies there, and says the same as what was played."""
    beside = folder if base.name in list_scenarios(folder) else None
    try:
        if not is_name(base.name):
            raise input_error(base.name, "this is no name that a scenario can extend")
        found = load_scenario(base.name, folder=beside, seeds=base.seeds)
    except InputError as error:
        place = "a scenario that comes with the package, or one whose file lies in the same folder"
        raise input_error(
            "the file of a game",
            "what was played cannot be extended from there",
            found=quoted(base.name),
            allowed=place,
        ) from error
    free: dict[str, Any] = {name: getattr(base, name) for name in ("path", "runs", "seed", "fitted")}
    if replace(found, **free) != base:
        message = "what was played differs from the scenario of that name"
        raise input_error(
            "the file of a game", message, found=quoted(base.name), allowed="a scenario as its file says it"
        )


def _lines(
    base: Scenario, moves: Sequence[Event], title: str, seed: int, numbers: Mapping[str, float]
) -> Iterator[str]:
    yield f"title: {json.dumps(title, ensure_ascii=False)}"
    yield "question: What comes of these answers?"
    yield f"extends: {base.name}"
    yield "runs: 1"
    yield f"seed: {seed}"
    yield f"fitted: {base.fitted}"
    if numbers:
        evidence = evidence_of(base)
        yield "numbers:"
        for name, value in numbers.items():
            number = evidence.numbers[name]
            inside = number.low <= value <= number.high
            yield f"  {name}: {value!r}" if inside else f"  {name}: {{value: {value!r}, beyond: {GAVE}}}"
    if moves:
        yield "events:"
    for move in moves:
        late = bool(base.knows_until) and first_day(move.at) > base.knows_until
        said = ", ".join(f"{key}: {_written(value)}" for key, value in move.fields.items())
        known = ", afterwards: true" if late else ""
        yield f"  - {{at: {quarter_text(move.at)}, {move.kind.name.lower()}: {{{said}}}{known}}}"


def _written(value: Any) -> str:
    """A value of a move: codes in a list; yes and no as text, which some readers take for something else."""
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return json.dumps(value) if value in ("yes", "no") else str(value)
