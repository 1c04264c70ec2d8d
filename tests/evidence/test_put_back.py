"""What an audit once found in the shipped seeds is found again when it is put back.

The checks that hold the seeds at nothing found are here too: a world that is shipped has no fault.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sim.evidence import list_worlds, load_evidence
from sim.evidence.audit import Check, audit, facts_behind_rules, facts_named_in
from sim.evidence.worlds import HOME_WORLD, shipped_folder
from sim.io.errors import InputError


def elsewhere() -> frozenset[str]:
    return facts_named_in(*map(shipped_folder, ("seeds", "scenarios", "experiments"))) | facts_behind_rules()


def test_the_home_world_has_no_fault() -> None:
    found = audit(load_evidence(), elsewhere())
    assert [f"{fault.file}:{fault.line}: {fault.name}: {fault.says}" for fault in found] == []


@pytest.mark.parametrize("world", [world for world in list_worlds() if world != HOME_WORLD])
def test_no_other_world_has_a_fault_of_its_own(world: str) -> None:
    """Facts and the codebook are shared, so that an invented world leaves most of them idle."""
    shared = (Check.UNUSED, Check.BOOK, Check.START)
    found = [fault for fault in audit(load_evidence(world), elsewhere()) if fault.check not in shared]
    assert [f"{fault.name}: {fault.says}" for fault in found] == []


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A copy of the shipped seeds to spoil."""
    copy = tmp_path / "seeds"
    shutil.copytree(shipped_folder("seeds"), copy)
    return copy


def spoil(path: Path, pattern: str, put: str) -> None:
    text = path.read_text(encoding="utf-8")
    spoilt, times = re.subn(pattern, put, text, count=1)
    assert times == 1, f"nothing like {pattern} in {path}"
    path.write_text(spoilt, encoding="utf-8")


def refused(seeds: Path) -> str:
    with pytest.raises(InputError) as problems:
        load_evidence(folder=seeds)
    return str(problems.value)


def faults(seeds: Path, check: Check) -> list[str]:
    found = audit(load_evidence(folder=seeds), elsewhere())
    return [f"{fault.name}: {fault.says}" for fault in found if fault.check is check]


def test_a_value_that_its_formula_does_not_give(seeds: Path) -> None:
    """12 bn euro x 1.08 over five years, a fifth of it: 0.1296 and not 0.12."""
    spoil(seeds / "central-asia/actors.yaml", r"value: 0\.13\b", "value: 0.12")
    assert "powers.EU.numbers.budget.minerals.value: found 0.12, while the formula gives 0.1296" in refused(seeds)


def test_a_coefficient_that_no_fact_gives_inside_a_formula(seeds: Path) -> None:
    spoil(seeds / "central-asia/actors.yaml", r"coefficients\.eu_minerals_part", "0.2")
    assert "found the bare number 0.2" in refused(seeds)


def test_a_formula_in_prose(seeds: Path) -> None:
    spoil(seeds / "central-asia/actors.yaml", r"formula: gdp-kaz-2024", "formula: figure as given")
    assert "states.KAZ.gdp.formula: found 'as' after 'figure'" in refused(seeds)


def test_a_figure_without_a_formula(seeds: Path) -> None:
    spoil(seeds / "central-asia/actors.yaml", r"        formula: gdp-kaz-2024\n", "")
    assert "a number of basis 'figure' needs a formula" in refused(seeds)


@pytest.mark.parametrize("level", ["0.3", "0.25", "lowish"])
def test_a_code_off_the_scale(seeds: Path, level: str) -> None:
    spoil(seeds / "central-asia/actors.yaml", r"(border_exposure:\n.*\n.*\n\s+value: )\w+", rf"\g<1>{level}")
    assert "states.KAZ.numbers.border_exposure.value: found" in refused(seeds)


def test_a_code_without_the_passage_that_decides_it(seeds: Path) -> None:
    spoil(seeds / "central-asia/actors.yaml", r"(border_exposure:(?:\n.*){5}?)\n\s+passage: .*", r"\g<1>")
    assert "needs a passage" in refused(seeds)


def test_a_code_that_rests_on_facts_which_never_name_the_state(seeds: Path) -> None:
    pattern = r"(border_exposure:\n(?:.*\n){4})(?:.*\n){2}"
    spoil(seeds / "central-asia/actors.yaml", pattern, r"\g<1>        passage: usa-wants-military-return\n")
    assert any(line.startswith("states.KAZ.border_exposure: no fact") for line in faults(seeds, Check.NAMED))


def test_a_headline_of_a_founding_document_that_the_start_does_not_give(seeds: Path) -> None:
    path = seeds / "facts/trade-and-infrastructure.yaml"
    spoil(path, r"(id: chn-c5-trade-2024(?:\n(?!  - id:).*)*?)\n    differs:(?:.*)(?:\n      .*)*", r"\g<1>")
    assert any(line.startswith("chn-c5-trade-2024: sum(") for line in faults(seeds, Check.START))


def test_a_fact_that_nothing_uses(seeds: Path) -> None:
    with (seeds / "facts/method.yaml").open("a", encoding="utf-8") as handle:
        handle.write(
            "  - {id: an-idle-one, kind: claim, says: So it is., document: netease-2025, locator: x, confidence: 0.5}\n"
        )
    told = faults(seeds, Check.UNUSED)
    assert [line.partition(":")[0] for line in told] == ["an-idle-one"]


def test_a_coefficient_that_no_formula_uses(seeds: Path) -> None:
    with (seeds / "central-asia/coefficients.yaml").open("a", encoding="utf-8") as handle:
        handle.write(
            "\nidle:\n  meaning: nothing\n  unit: share\n  value: 0.5\n  low: 0.0\n  high: 1.0\n  basis: assumed\n"
        )
    assert faults(seeds, Check.IDLE) == ["coefficients.idle: no formula uses it"]


def test_an_assumed_number_as_narrow_as_a_known_one(seeds: Path) -> None:
    spoil(
        seeds / "central-asia/coefficients.yaml",
        r"(eu_minerals_part:(?:\n.*){3}?\n  low: ).*\n  high: .*",
        "\\g<1>0.19\n  high: 0.21",
    )
    assert any(line.startswith("coefficients.eu_minerals_part:") for line in faults(seeds, Check.NARROW))
