"""Numbers follow their inputs in a scenario: by its readings, save those it sets; what cannot be computed is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.ensemble import prepare
from sim.engine.sampling import every_number
from sim.evidence import load_evidence
from sim.io.errors import InputError
from sim.scenario.following import following
from sim.scenario.reading_choice import each_reading, with_reading
from sim.scenario.scenario import Scenario, load_scenario, with_number

DEAL, YEARS, RATE = "powers.USA.budget.deal", "coefficients.usa_package_years", "coefficients.usd_per_eur"
MINERALS = "powers.EU.budget.minerals"


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load_scenario("baseline")


def values(scenario: Scenario, **given: Any) -> Any:
    return prepare(scenario, numbers={name.replace("__", "."): value for name, value in given.items()}).values_of(0, 1)


def setting(scenario: Scenario, **numbers: float) -> Scenario:
    for name, value in numbers.items():
        scenario = with_number(scenario, name.replace("__", "."), value, "to see")
    return scenario


def test_what_is_computed_moves_with_what_the_scenario_sets(baseline: Scenario) -> None:
    facts = load_evidence(baseline.world).facts
    packages = sum(
        facts[name].value or 0.0 for name in ("usa-kaz-deals-17bn-2025", "uzb-boeing-2025", "tjk-boeing-2025")
    )
    moved = values(setting(baseline, coefficients__usa_package_years=12.0))
    stated = load_evidence(baseline.world).numbers
    assert moved[DEAL] - stated[DEAL].value == pytest.approx(packages / 4.0 * (1 / 12.0 - 1 / stated[YEARS].value))


def test_what_is_set_stays_whatever_moves(baseline: Scenario) -> None:
    scenario = setting(baseline, powers__USA__budget__deal=0.5, coefficients__usa_package_years=12.0)
    assert values(scenario)[DEAL] == 0.5
    assert values(setting(baseline, coefficients__usa_package_years=12.0), powers__USA__budget__deal=0.5)[DEAL] == 0.5


@pytest.mark.parametrize(("reading", "size"), [("kazakh", 17.0), ("loose", 10.0)])
def test_a_reading_follows_by_its_own_formula(baseline: Scenario, reading: str, size: float) -> None:
    scenario = setting(with_reading(baseline, "us-deals", reading), coefficients__usa_package_years=12.0)
    assert values(scenario)[DEAL] == pytest.approx(size / 12.0 / 4.0, rel=2e-3)


def test_no_draw_of_a_reading_is_cut_to_nought(baseline: Scenario) -> None:
    evidence = load_evidence(baseline.world)
    drawn = prepare(every_number(with_reading(baseline, "us-deals", "loose"), evidence, 1)).values_of(0, 500)
    assert (np.asarray(drawn[DEAL]) > 0.0).all()


def test_what_is_drawn_stays_in_its_range(baseline: Scenario) -> None:
    evidence = load_evidence(baseline.world)
    drawn = prepare(every_number(baseline, evidence, 1)).values_of(0, 300)
    for name in evidence.derivations.found:
        number, lanes = evidence.numbers[name], np.asarray(drawn[name])
        if lanes.ndim and not number.follows:
            assert lanes.min() >= number.low - 1e-9, name
            assert lanes.max() <= number.high + 1e-9, name


def test_a_whole_world_of_readings_computes(baseline: Scenario) -> None:
    evidence = load_evidence(baseline.world)
    stated = {name: number.value for name, number in evidence.numbers.items()}
    for switch in evidence.switches:
        for scenario in each_reading(baseline, switch):
            with_it = stated | dict(scenario.numbers)
            before = dict(with_it)
            following(scenario, evidence).follow(with_it)
            kept = {name for name in scenario.numbers if name in evidence.derivations.found}
            assert {name: with_it[name] for name in kept} == {name: before[name] for name in kept}, scenario.name


@pytest.mark.parametrize("value", [0.0, 1e-320])
def test_what_cannot_be_computed_is_told_where_it_is_written(tmp_path: Path, value: float) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "title: T\nquestion: Q?\nextends: baseline\nnumbers:\n"
        f"  coefficients.eu_package_years: {{value: {value}, beyond: to see}}\n"
    )
    with pytest.raises(InputError) as refused:
        load_scenario(path)
    assert "x.yaml:5: numbers.coefficients.eu_package_years" in str(refused.value)


def test_the_same_is_told_of_a_scenario_made_in_python(baseline: Scenario) -> None:
    with pytest.raises(InputError, match="which is nought"):
        values(setting(baseline, coefficients__eu_package_years=0.0))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("baseline", "us-deals", "loose"), "a scenario, as `load_scenario` gives it"),
        ((None, "us-deals", "loose"), "a scenario, as `load_scenario` gives it"),
    ],
)
def test_a_name_is_no_scenario(arguments: tuple[Any, ...], says: str) -> None:
    with pytest.raises(InputError) as refused:
        with_reading(*arguments)
    assert says in str(refused.value)
    with pytest.raises(InputError):
        each_reading(*arguments[:2])


@pytest.mark.parametrize("wrong", [None, 1, ["us-deals"]])
def test_switches_and_readings_are_text(baseline: Scenario, wrong: Any) -> None:
    for arguments in ((wrong, "loose"), ("us-deals", wrong)):
        with pytest.raises(InputError, match="text"):
            with_reading(baseline, *arguments)
    with pytest.raises(InputError, match="text"):
        each_reading(baseline, wrong)


def test_both_engines_follow_alike(baseline: Scenario) -> None:
    from sim.engine import agents, ensemble

    scenario = setting(with_reading(baseline, "us-deals", "loose"), coefficients__usa_package_years=9.0)
    scenario = replace(every_number(scenario, load_evidence(baseline.world), 1), end=baseline.start + 3, events=())
    by_agents, in_lanes = agents.prepare(scenario).run_block(0, 2), ensemble.prepare(scenario).run_block(0, 2)
    assert np.array_equal(by_agents.offers, in_lanes.offers)
    assert np.array_equal(by_agents.by_state, in_lanes.by_state)
