"""Tables as columns say what the same tables say to pandas."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch.runner import run
from sim.figures.columns import as_csv, numbers, read_columns, read_first, rows_of, stacked, texts
from sim.io.writers import table_as_csv

TABLE = pd.DataFrame(
    {
        "power": ["A", 'B, "the second"', "=1+1", ""],
        "runs": [1, -20, 300, 4_000_000],
        "share": [0.1, np.nan, 1 / 3, 1e-9],
        "counts": [True, False, True, True],
        "quarter": pd.Categorical(["2026-Q1", "2026-Q2", "2026-Q1", "2026-Q2"]),
    }
)


def as_columns():
    return {name: TABLE[name].to_numpy() for name in TABLE}


def test_columns_are_written_as_a_table_is():
    assert as_csv(as_columns(), "%.6g") == as_csv(TABLE, "%.6g") == table_as_csv(TABLE, "%.6g")
    mixed = pd.DataFrame({"found": ["a", None, 1, True, 0.5], "left": [np.nan, "b", "=c", "", "d\ne"]}, dtype=object)
    assert as_csv(mixed, "%.6g") == table_as_csv(mixed, "%.6g")


def test_columns_are_read_as_they_were_written(tmp_path):
    pq.write_table(pa.Table.from_pandas(TABLE), tmp_path / "table.parquet", row_group_size=3)
    read = read_columns(tmp_path / "table.parquet")
    assert list(read) == list(TABLE)
    for name in TABLE:
        assert pd.Series(read[name], dtype=object).equals(TABLE[name].astype(object)), name
    assert list(read_columns(tmp_path / "table.parquet", ["runs"])) == ["runs"]


@pytest.mark.parametrize("most", [1, 3, 4, 100])
def test_of_a_long_table_the_first_rows_are_read(most, tmp_path):
    pq.write_table(pa.Table.from_pandas(TABLE), tmp_path / "table.parquet", row_group_size=3)
    read = read_first(tmp_path / "table.parquet", most, ["runs", "power"])
    assert read["runs"].tolist() == TABLE["runs"].tolist()[:most]
    assert read["power"].tolist() == TABLE["power"].tolist()[:most]


def test_rows_are_chosen_and_stacked():
    columns = as_columns()
    parts = [rows_of(columns, columns["runs"] > 100), rows_of(TABLE, np.array([True, False, False, False]))]
    assert stacked(parts)["power"].tolist() == ["=1+1", "", "A"]
    assert texts(TABLE, "quarter").tolist() == TABLE["quarter"].tolist()
    assert numbers(TABLE, "runs").tolist() == TABLE["runs"].tolist()


def test_a_batch_is_drawn_without_pandas(tmp_path):
    folder = run(fake_scenario(runs=20), out=tmp_path, engine=FakePrepared).folder
    told = (
        "import sim, sys; from pathlib import Path; "
        "drawn = sim.draw_figures(sim.load_results(sys.argv[1])); print(len(drawn), 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", told, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["12", "False"]
