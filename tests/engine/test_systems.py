"""Every system of the documents is complete: rules, numbers, evidence, tests, off switch, and an effect that shows."""

import functools
import re
from importlib import import_module
from pathlib import Path

import pytest

from sim.analysis.ablation import effects
from sim.analysis.ablation_results import most_telling, read_effects
from sim.evidence.behaviours import load_behaviours
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError
from sim.scenario.family import list_scenarios

ROOT = Path(__file__).parents[2]
EVIDENCE = load_evidence()
SYSTEMS = tuple(EVIDENCE.systems)
BEHAVIOURS = load_behaviours(EVIDENCE)
ALL_SYSTEMS, ALL_BEHAVIOURS = 44, 88  # as many as the documents tell of
FEW = 96  # runs with which an effect is looked at again


@functools.cache
def telling():
    """Of each system the row of `experiments/effects.json` that its page shows."""
    measured = read_effects(ROOT / "experiments" / "effects.json")
    return {row["system"]: row for row in most_telling(measured).to_dict("records")}


@functools.cache
def page():
    """The rows of the table of systems: id -> cells."""
    text = (ROOT / "docs" / "systems.md").read_text(encoding="utf-8").partition("## The behaviours")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {re.search(r"\(`([a-z0-9-]+)`\)$", row[0])[1]: row for row in rows[1:]}


@functools.cache
def measured_again(scenario):
    """The effects of the systems that a scenario shows best, with few runs: (system, state, measure, power)."""
    systems = [row["system"] for row in telling().values() if row["scenario"] == scenario]
    rows = effects(scenario, runs=FEW, systems=systems).to_dict("records")
    return {(row["system"], row["state"], row["measure"], row["power"]): row["difference"] for row in rows}


def test_all_systems_of_the_documents_are_there():
    assert len(SYSTEMS) == ALL_SYSTEMS


def test_all_behaviours_of_the_documents_are_accounted_for():
    assert len(BEHAVIOURS) == ALL_BEHAVIOURS
    assert {behaviour.system for behaviour in BEHAVIOURS.values()} == set(SYSTEMS)


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=lambda behaviour: behaviour.id)
def test_a_behaviour_is_carried_by_rules_that_exist(behaviour):
    assert behaviour.rules
    for rule in behaviour.rules:
        room, _, name = rule.partition(".")
        assert callable(getattr(import_module(f"sim.model.rules.{room}"), name))


@pytest.mark.parametrize("system", SYSTEMS)
class TestEverySystem:
    def test_has_a_row_without_an_empty_cell(self, system):
        cells = page()[system]
        assert len(cells) == 9
        assert all(cell.strip() for cell in cells)

    def test_has_a_test_file_for_every_rule_that_names_it(self, system):
        for rule in EVIDENCE.systems[system].rules:
            room, _, name = rule.partition(".")
            text = (ROOT / "tests" / "model" / "rules" / f"test_{room}.py").read_text(encoding="utf-8")
            assert re.search(rf"\b{name}\b", text), f"{rule} is not tested in its twin"

    def test_has_a_clear_effect_in_a_shipped_scenario(self, system):
        row = telling()[system]
        assert row["scenario"] in list_scenarios()
        assert row["low"] > 0.0 or row["high"] < 0.0

    def test_still_moves_the_same_outcome_the_same_way(self, system):
        row = telling()[system]
        again = measured_again(row["scenario"])[system, row["state"], row["measure"], row["power"]]
        assert again * row["difference"] > 0.0


def test_a_behaviour_nobody_carries_is_refused(tmp_path):
    (tmp_path / "behaviours.yaml").write_text(
        f"behaviours:\n  r-idle: {{system: {SYSTEMS[0]}, says: nothing is done, rules: []}}\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="say under 'left_out' why"):
        load_behaviours(EVIDENCE, tmp_path)


def test_a_behaviour_of_an_unknown_system_is_refused(tmp_path):
    (tmp_path / "behaviours.yaml").write_text(
        "behaviours:\n  r-lost: {system: nowhere, says: something, rules: [choice.benefit]}\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="nowhere"):
        load_behaviours(EVIDENCE, tmp_path)
