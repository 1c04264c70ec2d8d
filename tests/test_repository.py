"""The repository stays light: each thing is kept once, pictures have palettes, what is large has a reason."""

import base64
import csv
import importlib.util
import io
import json
import tomllib
from collections import defaultdict

import pytest
from pathspec import GitIgnoreSpec
from PIL import Image

from helpers.kept_files import ROOT, kept_files, shown
from helpers.markdown import targets

MOST = 256 * 1024
LARGE = {  # what is larger, and why
    "experiments/0001-global-sensitivity/tables/interactions.csv": "second orders of every pair for every outcome",
    "experiments/0001-global-sensitivity/tables/screening.csv": "elementary effects of every number of the model",
    "experiments/0002-rivalry-and-aversion/tables/phases-regime.csv": "a map of every state for every outcome word",
    "experiments/0004-what-ends-multi-vectorism/tables/indices.csv": "correlations of every factor with every outcome",
    "experiments/backtest/2014/scores.csv": "every figure that was scored, with the score of every opponent",
    "experiments/backtest/2014/skill.csv": "skill by series, partner, state and horizon against every opponent",
    "experiments/backtest/2019/fans.csv": "the fans that wait for whoever holds the figures",
    "experiments/effects.json": "what every system does in eight scenarios; docs/systems.md is printed from it",
}
FILES = sorted(kept_files())
OF_THE_PAGE = ROOT / "sim" / "classroom" / "page"  # what a browser draws, not what was drawn
SUFFIXES = {".png", ".svg", ".jpg", ".jpeg", ".gif", ".pdf", ".webp"}
PICTURES = [path for path in FILES if path.suffix.lower() in SUFFIXES and path.parent != OF_THE_PAGE]
PUBLISHED = sorted(path.parent for path in ROOT.glob("experiments/*/experiment.yaml"))
CAPTIONS = "captions.csv"


def captions(folder):
    with (folder / "figures" / CAPTIONS).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


# --- size ------------------------------------------------------------------------------------------------------------


def test_what_is_large_has_a_reason():
    assert {shown(path) for path in FILES if path.stat().st_size > MOST} == set(LARGE)


# --- figures ---------------------------------------------------------------------------------------------------------


def test_a_picture_is_kept_once_as_a_png():
    assert {path.suffix for path in PICTURES} == {".png"}


@pytest.mark.parametrize("path", PICTURES, ids=shown)
def test_a_picture_has_a_palette(path):
    with Image.open(path) as picture:
        assert picture.mode == "P"


def test_pictures_in_notebooks_have_palettes():
    found = []
    for path in ROOT.glob("experiments/*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found += [output["data"] for cell in cells for output in cell.get("outputs", ()) if "data" in output]
    assert not any("image/svg+xml" in data for data in found)
    pictures = [base64.b64decode(data["image/png"]) for data in found if "image/png" in data]
    assert {Image.open(io.BytesIO(picture)).mode for picture in pictures} == {"P"}


def test_every_picture_is_shown_on_some_page():
    pages = [path for path in FILES if path.suffix == ".md"]
    links = [(page, *rest) for page in pages for rest in targets(page.read_text(encoding="utf-8"))]
    shown_there = {(page.parent / target).resolve() for page, _, kind, target in links if kind == "picture"}
    assert {shown(path) for path in PICTURES if path.resolve() not in shown_there} == set()


@pytest.mark.parametrize("folder", PUBLISHED, ids=shown)
def test_an_experiment_keeps_a_picture_for_each_caption_and_its_rows_in_a_table(folder):
    told = captions(folder)
    assert {path.name for path in (folder / "figures").iterdir()} == {CAPTIONS} | {
        f"{one['figure']}.png" for one in told
    }
    assert {one["table"] for one in told} <= {path.stem for path in (folder / "tables").glob("*.csv")}


def test_no_two_files_are_the_same():
    by_bytes = defaultdict(list)
    for path in FILES:
        if path.stat().st_size > 1024:
            by_bytes[path.read_bytes()].append(shown(path))
    assert [names for names in by_bytes.values() if len(names) > 1] == []


# --- how files are marked --------------------------------------------------------------------------------------------

MARKS = [line.split() for line in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()]
MARKS = [(line[0], line[1:]) for line in MARKS if line and not line[0].startswith("#")]


def marks(name):
    """The attributes of a file; of those that contradict each other the last counts."""
    found = {}
    for pattern, attributes in MARKS:
        if GitIgnoreSpec.from_lines([pattern]).match_file(name):
            for attribute in attributes:
                key, _, value = attribute.lstrip("-").partition("=")
                found[key] = value or not attribute.startswith("-")
    return found


def printed():
    """Every file of the repository that a program writes and nobody edits."""
    path = ROOT / "tools" / "print_pages.py"
    spec = importlib.util.spec_from_file_location("print_pages", path)
    printer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(printer)
    files = {shown(page) for page in printer.pages()} | {
        f"experiments/{name}.json" for name in ("effects", "levers", "policies", "documented")
    }
    files |= {
        shown(path) for path in FILES if path.suffix == ".json" and '"$schema"' in path.read_text(encoding="utf-8")
    }
    for folder in PUBLISHED:
        files |= {shown(path) for kind in ("figures", "tables") for path in (folder / kind).iterdir()}
        files |= {shown(path) for path in folder.glob("influence.csv")}
    files |= {
        shown(path) for name in ("calibration", "backtest") for path in (ROOT / "experiments" / name).rglob("*.csv")
    }
    return files


def test_what_is_printed_is_marked_and_nothing_else_is():
    marked = {name for name in map(shown, FILES) if marks(name).get("linguist-generated")}
    assert marked == printed()


def test_differences_are_shown_of_what_can_be_read():
    hidden = {name for name in map(shown, FILES) if marks(name).get("diff") is False or marks(name).get("binary")}
    tables = {name for name in printed() if name.startswith("experiments/") and not name.endswith("/schema.json")}
    assert hidden == tables | {shown(path) for path in FILES if path in PICTURES or path.suffix == ".parquet"}


def test_every_mark_is_on_some_file():
    names = [shown(path) for path in FILES]
    unused = [pattern for pattern, _ in MARKS if not list(GitIgnoreSpec.from_lines([pattern]).match_files(names))]
    assert unused == []


def test_line_ends_are_those_of_unix():
    assert marks("anything.md")["eol"] == "lf"
    binary = {*PICTURES, *(path for path in FILES if path.suffix == ".parquet")}
    assert [shown(path) for path in FILES if path not in binary and b"\r" in path.read_bytes()] == []


# --- what a wheel carries --------------------------------------------------------------------------------------------


def test_a_wheel_carries_no_picture_and_nothing_that_is_not_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    kept = {shown(path) for path in FILES}
    for name in carried:
        below = {path for path in kept if path == name or path.startswith(f"{name}/")}
        assert below, name
        assert not below & {shown(path) for path in PICTURES}
