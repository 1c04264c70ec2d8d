"""Pipelines of a world: what they carry, who buys it, and that unions are one at a time."""

from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import EMPTY, files, write
from sim.evidence.evidence import load_evidence
from sim.evidence.worlds import list_worlds
from sim.io.errors import InputError

ROWS = (("KAZ", "carries"), ("CHN", "reach"), ("RUS", "control"), ("NORTH", "along"))


def piped(**value: float) -> dict[str, Any]:
    """The small seeds with one line; values by field."""
    contents = files()
    contents["central-asia/actors.yaml"]["pipelines"] = {"LINE": {"name": "Line", "spoken": "the line"}}
    cells = {"pipeline": "LINE", "unit": "share", "low": 0, "high": 1, "basis": "fitted", "evidence": "big-trade"}
    contents["central-asia/pipelines.csv"] = [
        cells | EMPTY | {"actor": actor, "field": field, "value": value.get(field, 0.5)} for actor, field in ROWS
    ]
    return contents


def told(folder: Path, contents: dict[str, Any]) -> str:
    with pytest.raises(InputError) as refused:
        load_evidence(folder=write(folder, contents))
    return str(refused.value)


def test_a_world_has_its_pipelines_and_what_they_are_to_whom(tmp_path: Path) -> None:
    evidence = load_evidence(folder=write(tmp_path, piped()))
    assert [(line.code, line.spoken) for line in evidence.pipelines] == [("LINE", "the line")]
    carries = evidence.numbers["pipelines.LINE.KAZ.carries"]
    assert carries.value == 0.5
    assert carries.meaning.endswith("of Kaz that leaves by the line")
    assert "pipelines.LINE.UZB.carries" not in evidence.numbers


def test_a_world_may_be_without(tmp_path: Path) -> None:
    assert load_evidence(folder=write(tmp_path)).pipelines == ()


@pytest.mark.parametrize(
    ("row", "cell", "to", "says"),
    [
        (0, "pipeline", "LIEN", "pipelines.csv:2: pipeline: found 'LIEN'; allowed: LINE. Did you mean 'LINE'?"),
        (0, "field", "carry", "pipelines.csv:2: field: found 'carry'; allowed: carries, reach, control, along"),
        (0, "actor", "CHN", "pipelines.csv:2: actor: found 'CHN'; allowed: KAZ, UZB"),
        (1, "actor", "KAZ", "pipelines.csv:3: actor: found 'KAZ'; allowed: CHN, RUS, USA"),
        (2, "actor", "NORTH", "pipelines.csv:4: actor: found 'NORTH'; allowed: CHN, RUS, USA"),
        (3, "actor", "RUS", "pipelines.csv:5: actor: found 'RUS'; allowed: NORTH, SOUTH"),
        (0, "high", 2, "pipelines.csv:2: high: found '2'; allowed: a number from 0 to 1"),
        (0, "evidence", "", "pipelines.csv:2: evidence: a number of basis 'fitted' needs evidence"),
    ],
)
def test_a_mistake_in_the_table_is_told(tmp_path: Path, row: int, cell: str, to: object, says: str) -> None:
    contents = piped()
    contents["central-asia/pipelines.csv"][row][cell] = to
    assert says in told(tmp_path, contents)


def test_a_declared_line_needs_its_table(tmp_path: Path) -> None:
    contents = piped()
    del contents["central-asia/pipelines.csv"]
    assert "pipelines.csv" in told(tmp_path, contents)


def test_a_line_has_no_numbers_of_its_own(tmp_path: Path) -> None:
    contents = piped()
    contents["central-asia/actors.yaml"]["pipelines"]["LINE"]["numbers"] = {}
    assert "pipelines.LINE: found the unknown key 'numbers'" in told(tmp_path, contents) or "numbers" in told(
        tmp_path, contents
    )


def test_no_more_leaves_by_lines_than_is_bought(tmp_path: Path) -> None:
    says = told(tmp_path, piped(carries=0.9, reach=0.5))
    assert "pipelines.*.KAZ.carries: found 0.45 of its oil and gas on lines to 'CHN'; allowed: at most" in says


def test_what_a_line_carries_is_bought_once(tmp_path: Path) -> None:
    contents = piped(carries=0.1)
    again = contents["central-asia/pipelines.csv"][1] | {"actor": "RUS", "value": 0.75}
    contents["central-asia/pipelines.csv"].append(again)
    assert "pipelines.LINE.*.reach: found shares that sum to 1.25" in told(tmp_path, contents)


def test_nobody_starts_in_two_unions(tmp_path: Path) -> None:
    contents = files()
    for row in contents["central-asia/ties.csv"]:
        if row["state"] == "KAZ" and row["field"] == "union":
            row["value"] = 0.5
    says = told(tmp_path, contents)
    assert "ties.csv: ties.KAZ.*.union: found memberships that sum to 1.5 (ties.KAZ.CHN.union" in says
    assert "allowed: one customs union at a time" in says


@pytest.mark.parametrize("world", list_worlds())
def test_every_line_of_a_shipped_world_carries_something_for_someone(world: str) -> None:
    evidence = load_evidence(world)
    for line in evidence.pipelines:
        owners = dict.fromkeys(("carries", "reach", "control", "along"), 0.0)
        for name, one in evidence.numbers.items():
            if name.startswith(f"pipelines.{line.code}."):
                owners[name.rpartition(".")[2]] += one.value
        assert all(owners.values()), line.code
