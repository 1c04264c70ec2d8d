"""A name that comes from a file or a call is the name of something in a folder, and leads nowhere else."""

import dataclasses
from pathlib import Path

import pytest

from helpers.batches import bytes_of, go
from sim.analysis.ablation import effects
from sim.analysis.lever_effects import levers
from sim.batch import cluster
from sim.batch.runner import run
from sim.cli.cited_numbers import renewed
from sim.io.errors import InputError
from sim.io.shapes import inside
from sim.scenario.scenario import load_scenario

OUT = ["../evil", "../../evil", "/evil", "a/b", "..", ".", "", "a\0b", "a\\b", "a\nb", "x" * 300]


@pytest.mark.parametrize("name", OUT)
def test_a_name_that_leads_out_is_no_name(name, tmp_path):
    with pytest.raises(InputError, match="this cannot be the name of anything in it"):
        inside(tmp_path, name)


@pytest.mark.parametrize("name", ["a", "a-b.c", "..a", "~a", "a b", "Ünü", ".hidden"])
def test_a_plain_name_is_one(name, tmp_path):
    assert inside(tmp_path, name) == tmp_path / name


def everything(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("name", ["../../evil", "/nowhere/evil", "a/b"])
@pytest.mark.parametrize("ask", [run, effects, levers], ids=lambda ask: ask.__name__)
def test_a_scenario_does_not_lead_out_of_the_folder_for_results(ask, name, tmp_path):
    out = tmp_path / "a" / "b" / "out"
    out.mkdir(parents=True)
    scenario = dataclasses.replace(load_scenario("toy"), name=name)
    with pytest.raises(InputError):
        ask(scenario, runs=2, out=out)
    outside = {name for name in everything(tmp_path) if not name.startswith("a/b/out")} - {"a", "a/b"}
    assert outside == set()
    assert not Path("/nowhere").exists()


@pytest.mark.parametrize("name", ["../../evil", "/evil", "partial/../../evil"])
def test_a_delivery_of_a_worker_does_not_lead_out(name, tmp_path, monkeypatch):
    class Hostile:
        def each(self, function, numbers, waiting):
            for number in numbers:
                made = function(number)
                if number == 0:
                    made.contents[name] = b"evil"
                if number == 1:
                    made = dataclasses.replace(made, counts=dataclasses.replace(made.counts, name=name))
                yield made

    class Connected:
        def __enter__(self):
            return Hostile()

        def __exit__(self, *_):
            return False

    (tmp_path / "evil").write_text("mine", encoding="utf-8")
    monkeypatch.setattr(cluster, "connect", lambda *_: Connected())
    made = go(tmp_path / "many", dask="anywhere")
    assert bytes_of(made.folder) == bytes_of(go(tmp_path / "one").folder)
    assert (tmp_path / "evil").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("table", ["../secret.csv", "/secret.csv", "tables/../../secret.csv"])
def test_a_page_quotes_no_table_outside_its_folder(table, tmp_path):
    (tmp_path / "secret.csv").write_text("key,value\na,7\n", encoding="utf-8")
    (tmp_path / "page" / "tables").mkdir(parents=True)
    target = str(tmp_path / "secret.csv") if table.startswith("/") else table
    with pytest.raises(InputError, match=r"there is no .* in this folder"):
        renewed(f'[1]({target} "value; key=a; .0f")', tmp_path / "page")
