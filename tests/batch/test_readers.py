"""Results open in one line with the libraries that people use; the lines are those of the documentation."""

import re
from pathlib import Path

import pandas as pd
import pytest

from sim.batch.plan import CHUNK
from sim.batch.runner import run
from sim.model.variables import MEASURES

ROOT = Path(__file__).parents[2]
RUNS = CHUNK + 30  # two blocks, so that a folder of files has to be read


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run("toy", runs=RUNS, out=tmp_path_factory.mktemp("read"))


def lines_of(page):
    """Library -> the line that a page shows for it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    shown = re.findall(r"^ *(pandas|polars|DuckDB|xarray) +((?:pandas|polars|duckdb)\..+)$", text, re.MULTILINE)
    return dict(shown)


def test_the_documentation_shows_the_lines_of_the_read_me(results):
    shown = lines_of("sim/batch/results_readme.txt")
    assert set(shown) == {"pandas", "polars", "DuckDB", "xarray"}
    assert lines_of("docs/results.md") == shown
    text = (results.folder / "README.txt").read_text(encoding="utf-8")
    assert all(line in text for line in shown.values())


def opened(library, results, monkeypatch):
    module = pytest.importorskip(library.lower())
    monkeypatch.chdir(results.folder)
    return eval(lines_of("sim/batch/results_readme.txt")[library], {"pandas": pd, library.lower(): module})


def test_pandas(results, monkeypatch):
    frame = opened("pandas", results, monkeypatch)
    assert frame["run"].nunique() == RUNS
    assert frame.astype(str).equals(results.series.astype(str))


def test_polars(results, monkeypatch):
    frame = opened("polars", results, monkeypatch)
    assert frame.columns == list(results.series.columns)
    assert frame["run"].n_unique() == RUNS
    assert frame["autonomy"].to_list() == results.series["autonomy"].tolist()
    assert frame["outcome"].cast(str).to_list() == results.series["outcome"].astype(str).tolist()


def test_duckdb(results, monkeypatch):
    table = opened("DuckDB", results, monkeypatch)
    frame = table.order("run, quarter, state").df()
    assert list(frame.columns) == list(results.series.columns)
    assert frame["autonomy"].tolist() == results.series["autonomy"].tolist()
    assert frame["outcome"].tolist() == results.series["outcome"].astype(str).tolist()


def test_xarray(results, monkeypatch):
    data = opened("xarray", results, monkeypatch)
    assert dict(data.sizes) == {
        "run": RUNS,
        "quarter": len(results.manifest["quarters"]),
        "state": len(results.states),
    }
    row = results.series.iloc[12345 % len(results.series)]
    told = data["autonomy"].sel(run=row["run"], quarter=row["quarter"], state=row["state"])
    assert float(told) == row["autonomy"]


@pytest.mark.parametrize("page", ["README.txt", "docs/results.md"])
def test_every_column_of_every_table_is_explained(results, page, tmp_path):
    text = ((ROOT if "/" in page else results.folder) / page).read_text(encoding="utf-8")
    sampled = run("toy", runs=60, numbers="sampled", out=tmp_path)
    actors = {*results.states, *results.powers}
    for name in sampled.tables:
        for column in getattr(sampled, name).columns:
            words = [word for word in column.split("_") if word not in actors]
            stem = column if "." in column else "_".join(words)
            assert "<file>.<number>" in text if "." in column else re.search(rf"\b{stem}(\b|_)", text), (name, column)
    assert all(re.search(rf"\b{measure}(\b|_)", text) for measure in MEASURES)
