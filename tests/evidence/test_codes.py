"""Judgements that no rule reads: a world may have a table of them, and only formulas use it."""

from pathlib import Path
from typing import Any

import pytest

from helpers.small_seeds import files, write
from sim.batch.identity import evidence_hash
from sim.evidence.evidence import load_evidence
from sim.evidence.relations import CODE_FIELDS, TIE_FIELDS
from sim.io.errors import InputError
from sim.model.fields import FIELDS
from sim.model.parameters import RULE_FILES

WORDS = {"passage": "big-trade", "formula": "", "reason": "So."}


def judged(*changes: tuple[str, object]) -> dict[str, Any]:
    """The small seeds with two judgements; changes to cells of the first by column."""
    contents = files()
    cells = {"value": "low", "low": "none", "high": "medium", "unit": "0..1", "basis": "coded", "evidence": "big-trade"}
    rows = [{"state": "KAZ", "power": power, "field": "drills"} | cells | WORDS for power in ("CHN", "RUS")]
    rows[0] |= dict(changes)
    contents["central-asia/codes.csv"] = rows
    return contents


def test_a_world_has_its_judgements_and_only_those_it_names(tmp_path: Path) -> None:
    numbers = load_evidence(folder=write(tmp_path, judged())).numbers
    assert [name for name in numbers if name.startswith("codes.")] == ["codes.KAZ.CHN.drills", "codes.KAZ.RUS.drills"]
    one = numbers["codes.KAZ.CHN.drills"]
    assert (one.value, one.low, one.high) == (0.25, 0.0, 0.5)
    assert one.meaning == "how far the forces of Chn train, drill and stand together with those of Kaz"


def test_a_world_may_be_without(tmp_path: Path) -> None:
    assert not any(name.startswith("codes.") for name in load_evidence(folder=write(tmp_path)).numbers)


def test_a_world_that_extends_another_has_the_judgements_of_both(tmp_path: Path) -> None:
    contents = judged()
    contents["larger/actors.yaml"] = {"extends": "central-asia"}
    contents["larger/codes.csv"] = [contents["central-asia/codes.csv"][0] | {"state": "UZB"}]
    numbers = load_evidence("larger", write(tmp_path, contents)).numbers
    assert {"codes.KAZ.CHN.drills", "codes.KAZ.RUS.drills", "codes.UZB.CHN.drills"} < {*numbers}


def test_a_changed_table_is_read_again_and_makes_other_results(tmp_path: Path) -> None:
    first = load_evidence(folder=write(tmp_path, judged()))
    second = load_evidence(folder=write(tmp_path, judged(("value", "medium"))))
    assert second.numbers["codes.KAZ.CHN.drills"].value == 0.5
    assert evidence_hash(first) != evidence_hash(second)


@pytest.mark.parametrize(
    ("column", "to", "says"),
    [
        ("state", "CHN", "codes.csv:2: state: found 'CHN'; allowed: KAZ, UZB"),
        ("power", "KAZ", "codes.csv:2: power: found 'KAZ'; allowed: CHN, RUS, USA"),
        ("field", "drill", "codes.csv:2: field: found 'drill'; allowed: "),
        ("high", 2, "codes.csv:2: high: found '2'; allowed: a number from 0 to 1"),
    ],
)
def test_a_mistake_in_the_table_is_told(tmp_path: Path, column: str, to: object, says: str) -> None:
    with pytest.raises(InputError) as refused:
        load_evidence(folder=write(tmp_path, judged((column, to))))
    assert says in str(refused.value)


def test_no_rule_and_no_starting_condition_reads_one() -> None:
    assert "codes" not in RULE_FILES
    assert not any(str(one.start).startswith("codes") for one in FIELDS)
    assert not {*CODE_FIELDS} & {*TIE_FIELDS}


def test_each_judgement_of_the_home_world_is_named_by_a_formula() -> None:
    numbers = load_evidence().numbers
    formulas = " ".join(one.formula for one in numbers.values())
    assert [name for name in numbers if name.startswith("codes.") and name not in formulas] == []
