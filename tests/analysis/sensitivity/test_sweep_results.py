"""What sweeps leave is read under the names of today, also where it was written before, and published under them."""

import csv
import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.analysis.sensitivity.indices import TABLES
from sim.analysis.sensitivity.runner import sweep
from sim.analysis.sensitivity.sweep_results import load_sweep

ROOT = Path(__file__).parents[3]
SPEC = {
    "title": "A try",
    "question": "Does it work?",
    "scenario": "toy",
    "seed": 5,
    "replicates": 2,
    "factors": ["choice.dependence_aversion"],
    "design": {"kind": "latin-hypercube", "points": 8},
    "outcomes": {"partners": {"measure": "effective_partners"}},
}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return sweep(SPEC, out=tmp_path_factory.mktemp("sweep"))


def test_a_sweep_of_the_first_format_is_read_under_the_names_of_today(done, tmp_path):
    noise = pq.read_table(done.folder / "noise.parquet")
    before = ["luck" if name == "luck_alone" else name for name in noise.column_names]
    assert before != noise.column_names
    pq.write_table(noise.rename_columns(before), tmp_path / "noise.parquet")
    (tmp_path / "manifest.json").write_text(json.dumps(done.manifest | {"sweep_format": 1}), encoding="utf-8")
    pd.testing.assert_frame_equal(load_sweep(tmp_path).noise, done.noise)


@pytest.mark.parametrize("table", TABLES)
def test_published_tables_have_the_columns_of_today(table, done):
    published = sorted((ROOT / "experiments").glob(f"*/tables/{table}.csv"))
    assert published
    for path in published:
        with path.open(encoding="utf-8", newline="") as handle:
            assert next(csv.reader(handle)) == list(getattr(done, table).columns), path
