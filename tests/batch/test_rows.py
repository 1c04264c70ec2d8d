import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch.rows import bands_at, final_rows, naive_words, rows_at
from sim.batch.runner import run
from sim.io.parquet import numbers_of


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run(fake_scenario(runs=40), out=tmp_path_factory.mktemp("rows"), engine=FakePrepared, workers=1)


@pytest.mark.parametrize("table", ["outcomes", "bands", "offers"])
def test_rows_say_what_the_table_says(results, table):
    frame = getattr(results, table)
    assert rows_at(results, table) == frame.astype(dict.fromkeys(frame.columns, object)).to_dict("records")


def test_rows_of_a_quarter_are_those_of_the_table(results):
    last = results.manifest["quarters"][-1]
    frame = results.bands[results.bands["quarter"] == last]
    told = bands_at(results, last)
    assert len(told) == len(frame)
    for row in frame.itertuples():
        assert told[row.state, row.measure, row.power]["p95"] == row.p95
    assert rows_at(results, "bands", "1066-Q4") == []


def test_final_rows_are_the_final_outcomes_in_their_order(results):
    final = results.final_outcomes()
    told = final_rows(results)
    assert [(row["state"], row["outcome"], row["runs"]) for rows in told.values() for row in rows] == [
        (str(row.state), row.outcome, row.runs) for row in final.itertuples()
    ]
    assert set(naive_words(results)) == set(results.states)


def test_numbers_of_a_column_are_what_the_library_says_of_it():
    column = pa.chunked_array([pa.array([1.5, 2.0, 3.0]).slice(1), pa.array([], pa.float64()), pa.array([4.0])])
    assert numbers_of(column).tolist() == [2.0, 3.0, 4.0]
    assert numbers_of(pa.chunked_array([], pa.float64())).tolist() == []
    assert np.isnan(numbers_of(pa.array([1.0, None]))).tolist() == [False, True]


FINISHED = """
import sys
from sim.cli.main import main
command = ["run", "toy", "--runs", "2", "--no-figures", "--out", sys.argv[1]]
assert main(command) == 0
for name in [name for name in sys.modules if name.split(".")[0] in ("sim", "numba", "pandas", "scipy")]:
    del sys.modules[name]
from sim.cli.main import main
assert main(command) == 0
print(sorted({"numba", "pandas", "scipy", "matplotlib", "mesa"}.intersection(sys.modules)), file=sys.stderr)
"""


def test_a_finished_batch_is_told_without_a_heavy_library(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FINISHED, str(tmp_path)], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stderr.splitlines()[-1] == "[]"
