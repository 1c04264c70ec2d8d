"""Numbers of the rules stand in rows that come from the names in seeds/parameters."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.evidence.evidence import load_evidence
from sim.model import parameters
from sim.model.parameters import RULE_FILES, Rows, number_values, row_names, vector

ROOT = Path(__file__).parents[2]


def test_every_number_of_the_rules_has_a_row_in_the_order_of_the_seeds():
    names = [name for name in load_evidence().numbers if name.split(".")[0] in RULE_FILES]
    assert list(row_names()) == names
    assert len(set(names)) == len(names) > 100


@pytest.mark.parametrize("file", RULE_FILES)
def test_rows_are_found_by_the_names_of_numbers(file):
    rows = getattr(parameters, file)
    numbers = {name.split(".")[1] for name in row_names() if name.startswith(f"{file}.")}
    first = {number: getattr(rows, number) for number in numbers}
    for number, row in first.items():
        name = row_names()[row]
        assert name == f"{file}.{number}" or name.startswith(f"{file}.{number}.")
        assert row == 0 or not row_names()[row - 1].startswith(f"{file}.{number}.")
    assert sorted(rows) == sorted(first.values())


def test_a_number_that_there_is_not_has_no_row():
    with pytest.raises(AttributeError, match="dependence_aversoin"):
        _ = parameters.choice.dependence_aversoin
    with pytest.raises(KeyError):
        _ = Rows("nowhere").number


def test_the_vector_holds_each_number_in_its_row():
    values = number_values(load_evidence(), {}, ())
    filled = vector(values, 3)
    assert filled.shape == (len(row_names()), 3)
    assert np.array_equal(filled[parameters.choice.temperature], np.full(3, values["choice.temperature"]))


def test_rows_are_read_when_one_is_asked_for_and_not_before():
    program = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, told: opened.append(str(told[0])) if event == 'open' else None)\n"
        "from sim.model.parameters import choice\n"
        "import sim.model.turn\n"
        "before = [path for path in opened if path.endswith(('.yaml', '.csv'))]\n"
        "assert hasattr(choice, 'temperature') and not hasattr(choice, '__wrapped__')\n"
        "print(before, any('choice.yaml' in path for path in opened))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True"
