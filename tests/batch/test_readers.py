"""Results open in one line with the libraries that people use; the lines are those of the documentation."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from sim.batch.plan import CHUNK
from sim.batch.runner import run
from sim.batch.workbook import write_workbook
from sim.cli.main import main
from sim.io.errors import InputError
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


@pytest.mark.parametrize("library", ["pandas", "polars", "DuckDB"])
def test_the_name_of_a_folder_above_is_no_column(library, results, tmp_path, monkeypatch):
    above = tmp_path / "state=KAZ"
    shutil.copytree(results.folder / "series.parquet", above / "series.parquet")
    module = pytest.importorskip(library.lower())
    line = lines_of("sim/batch/results_readme.txt")[library].replace("series.parquet", f"{above}/series.parquet", 1)
    monkeypatch.chdir(tmp_path)
    table = eval(line, {"pandas": pd, library.lower(): module})
    frame = table.df() if library == "DuckDB" else table
    assert sorted(set(frame["state"])) == sorted(results.states)


def test_quarters_can_be_compared(results, monkeypatch):
    frame = opened("pandas", results, monkeypatch)
    middle = frame["quarter"].cat.categories[3]
    assert set(frame[frame["quarter"] >= middle]["quarter"].astype(str)) == set(results.manifest["quarters"][3:])
    assert frame["quarter"].max() == results.manifest["quarters"][-1]


def test_r(results):
    """R has its own reader of the same files; it is tried where it is at hand."""
    r = shutil.which("Rscript")
    if r is None or subprocess.run([r, "-e", "library(arrow)"], check=False, capture_output=True).returncode:
        pytest.skip("no R with its package arrow")
    text = (results.folder / "README.txt").read_text(encoding="utf-8")
    line = re.search(r"^ *R +(arrow::.+)$", text, re.MULTILINE)[1]
    asked = [r, "-e", f"cat(nrow({line}))"]
    said = subprocess.run(asked, cwd=results.folder, check=True, capture_output=True, text=True)
    assert int(said.stdout) == len(results.series)


def test_xarray(results, monkeypatch, tmp_path):
    data = opened("xarray", results, monkeypatch)
    assert dict(data.sizes) == {
        "run": RUNS,
        "quarter": len(results.manifest["quarters"]),
        "state": len(results.states),
    }
    row = results.series.iloc[12345 % len(results.series)]
    begun = pd.Period(row["quarter"], freq="Q").to_timestamp()
    told = data["autonomy"].sel(run=row["run"], quarter=begun, state=row["state"])
    assert float(told) == row["autonomy"]
    can_be_used(data, tmp_path)


def can_be_used(data, tmp_path):
    """What people do with labelled arrays: keep them, subtract neighbours, cut out a span, draw a course."""
    data.to_netcdf(tmp_path / "course.nc")
    assert dict(data["autonomy"].diff("quarter").sizes)["quarter"] == data.sizes["quarter"] - 1
    assert data["autonomy"].sel(quarter=slice("2027", "2028")).sizes["quarter"] == 8
    assert data["autonomy"].mean("run").isel(state=0).plot()
    plt.close()


def test_the_course_as_labelled_arrays(results, tmp_path):
    pytest.importorskip("xarray")
    data = results.to_xarray()
    assert dict(data["alignment"].sizes) == {
        "run": RUNS,
        "quarter": len(results.manifest["quarters"]),
        "state": len(results.states),
        "power": len(results.powers),
    }
    assert data["trade"].attrs["units"] == "bn USD a year"
    assert "forecast" in data.attrs["note"]
    row = results.series.iloc[12345 % len(results.series)]
    end = pd.Period(row["quarter"], freq="Q").end_time.normalize()
    there = data.sel(run=row["run"], quarter=end, state=row["state"])
    for power in results.powers:
        assert float(there["trust"].sel(power=power)) == row[f"trust_{power}"]
    assert (there["label"].item(), there["outcome"].item()) == (row["quarter"], row["outcome"])
    can_be_used(data, tmp_path)


def test_the_course_of_chosen_measures_and_quarters(tmp_path):
    pytest.importorskip("xarray")
    thin = run("toy", runs=5, out=tmp_path, thin=3, measures=["trust", "sided"])
    data = thin.to_xarray()
    assert set(data.data_vars) == {"trust", "sided"}
    assert data.sizes["quarter"] == len(thin.series["quarter"].unique())
    none = run("toy", runs=5, out=tmp_path, series=0)
    with pytest.raises(InputError, match="no course of any run was kept"):
        none.to_xarray()


# --- workbooks -------------------------------------------------------------------------------------------------------


def test_a_workbook_has_a_sheet_a_table(results):
    openpyxl = pytest.importorskip("openpyxl")
    path, left_out = results.write_excel(["bands", "offers"])
    book = openpyxl.load_workbook(path, read_only=True)
    assert (book.sheetnames, left_out) == (["about", "bands", "offers"], [])
    about = {row[0]: row[1] for row in book["about"].iter_rows(values_only=True)}
    assert about["runs"] == RUNS
    assert "forecast" in about["note"]
    rows = list(book["bands"].iter_rows(values_only=True))
    assert rows[0] == tuple(results.bands.columns)
    assert len(rows) == len(results.bands) + 1
    assert rows[1][4] == pytest.approx(results.bands["mean"].iloc[0])


def test_text_in_a_workbook_is_no_formula_and_what_is_too_large_is_named(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    odd = pd.DataFrame({"=1+1": ["=SUM(A1)", "+1", None], "n": [float("nan"), float("inf"), 2.5]})
    wide = pd.DataFrame(np.zeros((1, 16_385)))
    left_out = write_workbook(tmp_path / "t.xlsx", {"title": "=cmd\x07"}, {"odd": odd, "wide": wide})
    assert left_out == ["wide"]
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    cells = [cell for row in book["odd"].iter_rows() for cell in row]
    assert [cell.value for cell in cells] == ["=1+1", "n", "=SUM(A1)", None, "+1", None, None, 2.5]
    assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}
    assert book["about"]["B1"].data_type == "s"


def test_a_missing_library_for_workbooks_is_told_before_anything_is_played(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert main(["run", "toy", "--runs", "3", "--excel", "-o", str(tmp_path / "out")]) == 2
    assert "pip install 'multivector[excel]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


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
