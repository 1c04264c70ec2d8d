"""What sweeps leave is read under the names of today, also where it was written before, and published under them."""

import csv
import json
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.analysis.sensitivity.indices import TABLES
from sim.analysis.sensitivity.runner import sweep
from sim.analysis.sensitivity.sweep_results import load_sweep
from sim.batch.manifest import write_manifest
from sim.io.errors import InputError
from sim.io.writers import file_hash

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
    folder = tmp_path / "sweep"
    shutil.copytree(done.folder, folder)
    noise = pq.read_table(folder / "noise.parquet")
    before = ["luck" if name == "luck_alone" else name for name in noise.column_names]
    assert before != noise.column_names
    pq.write_table(noise.rename_columns(before), folder / "noise.parquet")
    listed = [file | {"sha256": file_hash(folder / file["name"])} for file in done.manifest["files"]]
    write_manifest(folder, done.manifest | {"sweep_format": 1, "files": listed})  # it had a seal as well
    pd.testing.assert_frame_equal(load_sweep(folder).noise, done.noise)


def test_a_sweep_that_only_says_it_is_of_the_first_format_is_refused(done, tmp_path):
    folder = tmp_path / "sweep"
    shutil.copytree(done.folder, folder)
    (folder / "manifest.json").write_text(json.dumps(done.manifest | {"sweep_format": 1}), encoding="utf-8")
    with pytest.raises(InputError, match="it was changed after it was written"):
        load_sweep(folder)


@pytest.mark.parametrize("table", TABLES)
def test_published_tables_have_the_columns_of_today(table, done):
    published = sorted((ROOT / "experiments").glob(f"*/tables/{table}.csv"))
    assert published
    for path in published:
        with path.open(encoding="utf-8", newline="") as handle:
            assert next(csv.reader(handle)) == list(getattr(done, table).columns), path
