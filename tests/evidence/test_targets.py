"""What a fitted number was fitted to: said in YAML and in tables, checked where the seeds describe targets, told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helpers.small_seeds import files, number, write
from sim.evidence.evidence import load_evidence
from sim.evidence.numbers import Basis
from sim.evidence.provenance import trace_number
from sim.evidence.worlds import list_worlds
from sim.io.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "choice.absorption.deal"


def bent(**keys: Any) -> dict[str, Any]:
    """Small seeds in which one number has other keys."""
    contents = files()
    contents["parameters/choice.yaml"]["absorption"]["deal"] |= keys
    return contents


def described(contents: dict[str, Any]) -> dict[str, Any]:
    """The same with a list of targets, all numbers assumed but one."""

    def assumed(value: Any) -> Any:
        if isinstance(value, dict):
            value = {key: assumed(one) for key, one in value.items()}
            return value | {"basis": "assumed"} if value.get("basis") == "fitted" and "targets" not in value else value
        return [assumed(one) for one in value] if isinstance(value, list) else value

    return assumed(contents) | {"history/calibration.yaml": {"targets": {"drift": "a mean", "size": "a spread"}}}


def test_targets_are_read_and_told(tmp_path: Path) -> None:
    evidence = load_evidence(folder=write(tmp_path, bent(targets=["drift", "size"])))
    assert evidence.numbers[NAME].targets == ("drift", "size")
    assert "fitted to drift, size" in " ".join(trace_number(evidence, NAME).split())


def test_a_table_may_have_a_column_for_them(tmp_path: Path) -> None:
    contents = files()
    for row in contents["central-asia/ties.csv"]:
        row["targets"] = ""
    contents["central-asia/ties.csv"][0]["targets"] = "drift; size"
    numbers = load_evidence(folder=write(tmp_path, contents)).numbers
    assert [one.targets for one in numbers.values() if one.targets] == [("drift", "size")]


def test_targets_that_the_seeds_describe_pass(tmp_path: Path) -> None:
    numbers = load_evidence(folder=write(tmp_path, described(bent(targets=["size"])))).numbers
    assert [name for name, one in numbers.items() if one.basis is Basis.FITTED] == [NAME]


def test_a_target_nobody_describes_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"choice.yaml:\d+: .*targets: found 'sise'; allowed: drift, size.*'size'"):
        load_evidence(folder=write(tmp_path, described(bent(targets=["sise"]))))


def test_a_fitted_number_needs_targets_once_there_are_any(tmp_path: Path) -> None:
    contents = described(bent(targets=["size"]))
    contents["parameters/choice.yaml"]["absorption"]["minerals"] |= {"basis": "fitted"}
    with pytest.raises(InputError, match=r"absorption.minerals.*a fitted number needs 'targets'"):
        load_evidence(folder=write(tmp_path, contents))


@pytest.mark.parametrize("basis", ["assumed", "figure"])
def test_only_a_fitted_number_has_them(tmp_path: Path, basis: str) -> None:
    with pytest.raises(InputError, match=r"absorption.deal.targets.*only a number of basis 'fitted' has targets"):
        load_evidence(folder=write(tmp_path, bent(targets=["size"], basis=basis, formula="0.25")))


@pytest.mark.parametrize("targets", ["size", 3, [{}]])
def test_what_is_no_list_of_names_is_refused(tmp_path: Path, targets: Any) -> None:
    with pytest.raises(InputError, match=r"absorption.deal.targets"):
        load_evidence(folder=write(tmp_path, bent(**number(0.25, targets=targets))))


@pytest.mark.parametrize("world", list_worlds())
def test_every_fitted_number_of_the_seeds_says_to_what(world: str) -> None:
    for name, one in load_evidence(world).numbers.items():
        assert (one.basis is Basis.FITTED) == bool(one.targets), name
