"""Whatever reads a file goes through one door, which waits for no pipe and knows an end; what does not has a reason."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "sim").rglob("*.py"))

OPENS = {  # methods and functions of libraries by which a file is opened or read by its name
    *("open", "read_text", "read_bytes", "read_table", "read_parquet", "ParquetFile", "ParquetDataset", "dataset"),
    *(
        "read_schema",
        "read_metadata",
        "read_csv",
        "read_excel",
        "read_feather",
        "read_pickle",
        "load_workbook",
        "memmap",
    ),
    *("load", "safe_load", "fromfile", "loadtxt", "genfromtxt", "open_dataset", "open_file", "memory_map", "FileIO"),
}

OURS = "a file of the program itself"
HELD = "bytes that are held already"
CHECKED = "compared with its hash, through the door, before"
REASONS = {
    "sim/analysis/calibration/kept.py": {"load": HELD},
    "sim/analysis/effect_tables.py": {"read_csv": HELD},
    "sim/analysis/kept_tables.py": {"read_table": CHECKED},
    "sim/analysis/result_pairs.py": {"ParquetFile": CHECKED},
    "sim/analysis/sensitivity/folder.py": {"read_text": OURS},
    "sim/analysis/sensitivity/sweep_results.py": {"read_table": CHECKED},
    "sim/batch/aggregate.py": {"load": HELD},
    "sim/analysis/kept_arrays.py": {"load": HELD},
    "sim/batch/answers.py": {"read_table": CHECKED},
    "sim/batch/folder.py": {"read_text": OURS},
    "sim/batch/manifest.py": {"ParquetFile": "looked at by `ordinary` in the same line"},
    "sim/batch/results.py": {"read_table": CHECKED},
    "sim/batch/room.py": {"read_text": "a file of the kernel"},
    "sim/batch/variance.py": {"read_schema": "written a moment before", "read_table": "written a moment before"},
    "sim/classroom/journal.py": {"open": "a new file, made exclusively, or one read through the door, to add to"},
    "sim/cli/new.py": {"open": "a new file, made exclusively"},
    "sim/cli/streams.py": {"open": "the system's own place for nothing"},
    "sim/evidence/needed.py": {"read_text": OURS},
    "sim/evidence/rule_claims.py": {"read_text": OURS},
    "sim/figures/columns.py": {"ParquetFile": CHECKED},
    "sim/figures/pictures.py": {"open": HELD},
    "sim/io/locks.py": {"open": "neither a link nor a pipe, by its own flags"},
    "sim/io/parquet.py": {"ParquetFile": HELD},
    "sim/io/regular.py": {"open": "the door"},
    "sim/io/writers.py": {"open": "a draft, made exclusively, and the folder of it", "read_bytes": OURS},
    "sim/model/compiling.py": {"load": "a word of memory, in compiled code"},
    "sim/model/door.py": {"read_bytes": OURS},
}


def opening(path):
    """The calls of a room that open a file by its name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in OPENS:
                yield node.func.attr
            elif isinstance(node.func, ast.Name) and node.func.id == "open":
                yield "open"


def test_a_file_is_read_through_the_door_or_for_a_reason():
    found = {path.relative_to(ROOT).as_posix(): set(opening(path)) for path in SOURCES}
    assert {room: names for room, names in found.items() if names} == {
        room: set(reasons) for room, reasons in REASONS.items()
    }


FOOLISH = """
import os, sys
from pathlib import Path
from sim.io.errors import InputError

place = Path(sys.argv[1])
for name, make in {"pipe": os.mkfifo, "device": lambda path: path.symlink_to("/dev/zero")}.items():
    for word in ("scenario.yaml", "posterior.json", "posterior.parquet", "influence.csv", "came.csv", "manifest.json"):
        folder = place / name / "history"
        folder.mkdir(parents=True, exist_ok=True)
        make(folder / word)
folder = place / "device" / "history"
from sim.analysis.backtest.tables import read_entries
from sim.cli.cited_numbers import renewed
from sim.evidence.influence import read_influence
from sim.evidence.posterior import load_posterior, read_about
from sim.io.errors import Problems
from sim.io.json_files import read_json
from sim.io.parquet import read_parquet
from sim.io.readers import read_table, read_text, read_yaml
from sim.io.writers import file_hash
from sim.scenario.scenario import load_scenario

for name in ("pipe", "device"):
    folder = place / name / "history"
    for call in (
        lambda: load_scenario(folder / "scenario.yaml"),
        lambda: load_posterior(place / name),
        lambda: read_influence(place / name),
        lambda: read_entries(folder / "came.csv", Problems(), []),
        lambda: renewed('[1](came.csv "value; a=1; .2f")', folder),
        lambda: read_json(folder / "manifest.json"),
        lambda: read_parquet(folder / "posterior.parquet"),
        lambda: file_hash(folder / "posterior.parquet"),
    ):
        try:
            call()
        except (InputError, OSError):
            print("refused")
    assert read_about(place / name) is None
    problems = Problems()
    for read in (lambda path: read_text(path, problems), lambda path: read_yaml(path, problems)):
        assert read(folder / "scenario.yaml") is None
    assert read_table(folder / "came.csv", ["a"], problems) == []
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_no_reader_waits_for_a_pipe_or_reads_a_device(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FOOLISH, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["refused"] * 16
