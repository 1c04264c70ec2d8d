"""Coefficients: what formulas need and no fact gives. No rule reads them, and what is computed from one follows it."""

import pytest

from sim.evidence.evidence import load_evidence
from sim.evidence.numbers import Basis
from sim.evidence.provenance import trace_number
from sim.model.parameters import row_names

HOME = load_evidence()
COEFFICIENTS = [number for name, number in HOME.numbers.items() if name.startswith("coefficients.")]
OF_THE_RULES = [number.name for number in COEFFICIENTS if number.file.endswith("parameters/coefficients.yaml")]


def test_none_is_a_number_of_a_rule():
    assert OF_THE_RULES
    assert not [name for name in row_names() if name.startswith("coefficients.")]


@pytest.mark.parametrize("number", COEFFICIENTS, ids=lambda number: number.name)
def test_each_is_assumed_and_wide_and_says_why(number):
    assert number.basis is Basis.ASSUMED
    assert number.low < number.high
    assert number.reason


@pytest.mark.parametrize("world", ["central-asia", "toy"])
def test_those_of_the_rules_are_used_in_every_world(world):
    used = {name for one in load_evidence(world).derivations.found.values() for name in one.numbers}
    assert not set(OF_THE_RULES) - used


def test_what_is_computed_follows():
    values = {name: number.value for name, number in HOME.numbers.items()}
    values["coefficients.calm_contacts"] *= 2.0
    HOME.derivations.follow(values)
    assert values["climate.dialogue_rate"] == pytest.approx(0.3)
    assert values["climate.unrest_rate"] == HOME.numbers["climate.unrest_rate"].value


def test_its_story_names_what_is_computed_from_it():
    assert "climate.dialogue_rate" in trace_number(HOME, "coefficients.calm_contacts")
