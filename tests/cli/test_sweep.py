"""The command, what it ships beside an experiment, and who reads that: trace, and the printed pages."""

import csv
import json

import pytest
import yaml

from sim.analysis.sensitivity import discovery
from sim.analysis.sensitivity.experiment_files import FILE
from sim.cli import main
from sim.evidence import influence
from sim.evidence.evidence import load_evidence
from sim.evidence.influence import INFLUENCE, read_influence
from sim.evidence.numbers import Basis
from sim.evidence.provenance import trace_number
from sim.figures.sensitivity import CAPTIONS

SPEC = {
    "title": "A small global sweep",
    "question": "What decides?",
    "scenario": "toy",
    "seed": 1,
    "replicates": 2,
    "factors": ["choice.*", {"switch": "compensating-visit"}],
    "screen": {"trajectories": 3, "keep": 3},
    "design": {"kind": "sobol", "points": 8},
    "outcomes": {"partners": {"measure": "effective_partners"}, "never": {"word": "isolated"}},
}


def written(folder, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(yaml.safe_dump(SPEC | changes, sort_keys=False), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The folder of an experiment after `multivector sweep FOLDER --publish`, and what was printed."""
    place = tmp_path_factory.mktemp("experiments")
    folder = written(place / "0009-small")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        assert main.main(["sweep", str(folder), "--publish", "-o", "results"]) == 0
    return folder


def test_figures_tables_and_influence_lie_beside_the_file(published):
    pictures = {f"{name}.png" for name in ("screening", "indices", "interactions", "luck")}
    assert {path.name for path in (published / "figures").iterdir()} == pictures | {CAPTIONS}
    tables = {path.stem for path in (published / "tables").glob("*.csv")}
    assert {"indices", "interactions", "noise", "convergence", "refused", "runs", "sums", "screening"} == tables
    runs = dict(csv.reader((published / "tables" / "runs.csv").read_text(encoding="utf-8").splitlines()))
    assert (runs["experiment"], runs["seed"], runs["replicates"]) == ("0009-small", "1", "2")


def test_what_was_screened_just_now_does_not_count_as_taken_up(published):
    manifest = json.loads(next(published.parent.glob("results/*/manifest.json")).read_text(encoding="utf-8"))
    assert manifest["times"]["runs_taken_up"] == 0


def test_publishing_again_writes_the_same_bytes(published, monkeypatch):
    before = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}
    monkeypatch.chdir(published.parent)
    assert main.main(["sweep", str(published), "--publish", "-o", "results"]) == 0
    assert {path: path.read_bytes() for path in published.rglob("*") if path.is_file()} == before


def test_the_closing_table_names_what_mattered_and_what_was_refused(published, monkeypatch, capsys):
    monkeypatch.chdir(published.parent)
    assert main.main(["sweep", str(published), "--no-figures", "-o", "results", "--csv"]) == 0
    out = capsys.readouterr().out
    for words in ("A small global sweep", "not a forecast", "partners: ", "total", "luck", "too small: about"):
        assert words in out
    assert "'never' cannot be analysed: it is 0 at every one of 80 points" in out
    assert list(published.parent.glob("results/0009-small-*/indices.csv"))


def test_influence_has_a_row_for_every_number_the_strongest_first(published):
    found = read_influence(published.parent)
    numbers = {n.name for n in load_evidence("toy").numbers.values() if n.name.startswith("choice.") and n.low < n.high}
    assert set(found) == numbers | {"compensating-visit"}
    assert [one.rank for one in found.values()] == list(range(1, len(found) + 1))
    sizes = [one.size for one in found.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(bool(one.totals) for one in found.values()) == 3
    first = next(iter(found.values()))
    assert (first.experiment, first.on) == ("0009-small", "partners")


# --- trace -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(published, monkeypatch):
    """What trace says of a number when the small sweep is the one that is shipped."""
    monkeypatch.setattr(influence, "shipped_folder", lambda name: published.parent)
    evidence = load_evidence()
    return lambda name: " ".join(trace_number(evidence, name).split())


def test_trace_says_how_much_outcomes_depend_on_a_number(told, published):
    found = read_influence(published.parent)
    strong = next(name for name, one in found.items() if one.totals)
    text = told(strong)
    assert f"{found[strong].rank} of {len(found)} in influence by the sweep 0009-small" in text
    assert "total order" in text
    weak = next(name for name, one in found.items() if not one.totals and name.startswith("choice."))
    assert "too little to be studied closely" in told(weak)
    assert "it was not in the sweep 0009-small" in told("climate.rivalry_level")


def test_trace_says_when_the_range_has_changed_since(told, published, tmp_path, monkeypatch):
    name = next(iter(read_influence(published.parent)))
    rows = list(csv.DictReader((published / INFLUENCE).read_text(encoding="utf-8").splitlines()))
    rows[0]["low"] = "-7"
    other = tmp_path / "0010-other"
    other.mkdir()
    with (other / INFLUENCE).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setattr(influence, "shipped_folder", lambda _: tmp_path)
    assert "(its range was -7 to " in told(name)


def test_without_a_sweep_trace_says_that_it_does_not_know(tmp_path, monkeypatch):
    monkeypatch.setattr(influence, "shipped_folder", lambda name: tmp_path)
    text = " ".join(trace_number(load_evidence(), "choice.gain").split())
    assert "no sweep over the numbers of this world is at hand" in text


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_dry_run_estimates_and_writes_nothing(tmp_path, capsys):
    folder = written(tmp_path / "one")
    assert main.main(["sweep", str(folder), "--dry-run", "-o", str(tmp_path / "out")]) == 0
    assert "one: " in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_check_knows_experiments_from_scenarios(tmp_path, capsys):
    folder = written(tmp_path / "one")
    assert main.main(["check", str(folder), "toy"]) == 0
    out = capsys.readouterr().out
    assert "A small global sweep (sobol, " in out
    assert "fine  toy" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sweep", "0001-global-sensitivty"], "Did you mean '0001-global-sensitivity'"),
        (["sweep", "{wrong}"], "Did you mean 'toy'"),
        (["check", "{wrong}"], "Did you mean 'toy'"),
        (["sweep", "{right}", "--points", "12", "-o", "{out}"], "a power of two"),
        (["sweep", "{right}", "--small", "--publish"], "found --small; what is published is what the file says"),
    ],
)
def test_wrong_input_is_told_without_a_traceback(arguments, said, tmp_path, capsys):
    places = {"wrong": written(tmp_path / "w", scenario="toi"), "right": written(tmp_path / "r"), "out": tmp_path / "o"}
    assert main.main([word.format(**places) for word in arguments]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_where_the_workbench_is_missing_everything_else_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(discovery, "available", lambda: False)
    asked = [{"outcome": "partners", "at_least": 2.0}]
    folder = written(tmp_path / "one", screen={"trajectories": 2, "keep": 2}, discover=asked)
    assert main.main(["sweep", str(folder), "--no-figures", "-o", str(tmp_path / "out")]) == 0
    caught = capsys.readouterr()
    assert "pip install 'multivector[discovery]'" in caught.err
    assert "results" in caught.out


# --- pages and notebook ----------------------------------------------------------------------------------------------


def module(name, path):
    import importlib.util

    spec = importlib.util.spec_from_file_location(name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def root(request):
    return request.config.rootpath


def test_the_page_of_assumed_numbers_has_them_all_by_influence(root, published, monkeypatch):
    printer = module("print_pages", root / "tools" / "print_pages.py")
    monkeypatch.syspath_prepend(root / "tools")
    agenda = module("print_agenda", root / "tools" / "print_agenda.py")
    for one in (printer, agenda):
        monkeypatch.setattr(one, "ROOT", published.parent, raising=False)
    published.parent.joinpath("experiments").mkdir(exist_ok=True)
    link = published.parent / "experiments" / published.name
    if not link.exists():
        link.symlink_to(published)
    seeds = published.parent / "seeds"
    if not seeds.exists():
        seeds.symlink_to(root / "seeds")
    evidence = load_evidence()
    page = agenda.print_assumed(evidence, "printed")
    assumed = [number.name for number in evidence.numbers.values() if number.basis is Basis.ASSUMED]
    found = read_influence(published.parent)
    assert all(f"`{name}`" in page for name in assumed)
    shown = [line.split("|")[2].strip(" `") for line in page.splitlines() if line.startswith("| ") and "`" in line]
    assert shown == [name for name in found if name in assumed]
    gallery = printer.print_gallery()
    for name in ("figures/luck.png", "tables/noise.csv", "figures/screening.png", "tables/screening.csv"):
        assert f"(../experiments/0009-small/{name})" in gallery


def test_the_notebook_runs_and_prints_what_it_shows(root, tmp_path, monkeypatch):
    pytest.importorskip("xarray")
    renderer = module("render_notebook", root / "tools" / "render_notebook.py")
    notebook = json.loads(renderer.NOTEBOOK.read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    fresh = renderer.rendered(notebook)
    assert renderer.printed_by(fresh) == renderer.printed_by(notebook), "renew it with `make experiments`"
    first = next(cell for cell in fresh["cells"] if cell["cell_type"] == "code")
    assert len([line for line in first["source"] if line.strip()]) < 12
    kinds = {kind for cell in fresh["cells"] for out in cell.get("outputs", ()) for kind in out.get("data", {})}
    assert {"text/html", "image/png"} <= kinds


def test_the_notebook_of_the_tour_runs_and_shows_what_it_shows(root, tmp_path, monkeypatch):
    renderer = module("render_notebook", root / "tools" / "render_notebook.py")
    notebook = json.loads(renderer.TOUR.read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    fresh = renderer.rendered(notebook)
    assert renderer.printed_by(fresh) == renderer.printed_by(notebook), "renew it with `make notebook`"
    told = json.dumps(fresh)
    assert "toy: 200 runs" in told
    assert all(f"<{name} of" in told for name in ("Results", "Comparison", "Model", "Offer"))
    assert renderer.printed_by(renderer.rendered({"cells": []})) == []
