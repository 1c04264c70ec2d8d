"""Numbers that move with those from which they are computed, in a scenario: by its readings, save those it sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sim.evidence.formulas import FormulaError
from sim.io.errors import input_error

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sim.evidence.derivations import Derivations
    from sim.evidence.evidence import Evidence
    from sim.io.errors import Entry


class Asked(Protocol):
    """What a scenario says of numbers."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def numbers(self) -> Mapping[str, float]:
        """What it sets, by number."""

    @property
    def readings(self) -> Mapping[str, str]:
        """The readings it takes, by switch."""

    @property
    def by_reading(self) -> Mapping[str, str]:
        """Of what it sets, the switch behind each number that a reading has moved."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Following:
    """How numbers follow their inputs: by which formulas, and which stay as they were set."""

    scenario: str
    derivations: Derivations
    pinned: frozenset[str]

    def follow(self, values: dict[str, Any]) -> None:
        """Move every number with its inputs; values: all numbers by name, a float or float64 [lanes], changed in place.

        Raises `InputError` where a formula cannot be computed with what the scenario makes of its inputs.
        """
        try:
            self.derivations.follow(values, self.pinned)
        except FormulaError as error:
            message = error.message or "a number cannot be computed from what its inputs are set to"
            raise input_error(f"scenario {self.scenario}", message, found=error.found, allowed=error.allowed) from error


def check_computes(scenario: Asked, evidence: Evidence, places: Mapping[str, Entry], top: Entry) -> None:
    """Every number that is computed can be computed with what the scenario sets; places: of what it sets, by name."""
    ready = following(scenario, evidence)
    values: dict[str, Any] = {name: number.value for name, number in evidence.numbers.items()}
    try:
        ready.derivations.follow(values | dict(scenario.numbers), ready.pinned)
    except FormulaError as error:
        named = [name for name in places if name in error.found]
        guilty = named or [name for name in places if name in scenario.numbers]
        place = places[guilty[0]] if guilty else top
        message = error.message or "a number cannot be computed from this"
        place.refuse(found=error.found, allowed=error.allowed, message=message)


def following(scenario: Asked, evidence: Evidence, given: Collection[str] = ()) -> Following:
    """How the numbers of a scenario follow.

    What a reading makes of a number follows the formula of that reading. What the scenario sets itself, and what is
    `given` in its place, stays; so does what a reading states without a formula.
    """
    formulas = {}
    for name, switch in scenario.by_reading.items():
        conflict = evidence.switches[switch]
        read = conflict.readings[scenario.readings.get(switch, conflict.default)].numbers.get(name)
        if read is not None and read.formula:
            formulas[name] = read.formula
    pinned = frozenset({*scenario.numbers, *given} - formulas.keys())
    return Following(scenario=scenario.name, derivations=evidence.derivations.by(formulas), pinned=pinned)
