"""Results say how contradicting sources were read: manifest, README, summary, closing table, comparison."""

import io

import pytest

from helpers.fake_engine import FakePrepared, fake_scenario
from sim.analysis.comparison import compare_results
from sim.batch.runner import run
from sim.cli.run_report import print_results
from sim.evidence.evidence import load_evidence
from sim.scenario.reading_choice import each_reading, with_reading

HOME = fake_scenario(world="central-asia", runs=12)


def go(folder, scenario):
    return run(scenario, out=folder, engine=FakePrepared)


@pytest.fixture(scope="module")
def customs(tmp_path_factory):
    return go(tmp_path_factory.mktemp("results"), with_reading(HOME, "china-trade", "customs"))


def test_the_manifest_tells_the_reading_of_every_switch(customs):
    assert list(customs.readings) == list(load_evidence().switches)
    assert (customs.readings["china-trade"], customs.readings["us-trade"]) == ("customs", "half")
    assert customs.readings_said == {"china-trade": "customs"}
    assert customs.manifest["numbers"]["ties.KGZ.CHN.trade"] == 22.7


def test_what_is_computed_from_a_moved_number_has_moved_in_the_manifest(tmp_path):
    results = go(tmp_path, with_reading(HOME, "japan-money", "all"))
    stated = load_evidence().numbers
    for kind in ("deal", "minerals", "infrastructure"):
        name = f"powers.JPN.budget.{kind}"
        assert results.manifest["numbers"][name] > 2 * stated[name].value


def test_the_readme_and_the_summary_tell_it_too(customs):
    assert "  china-trade: customs\n" in (customs.folder / "README.txt").read_text(encoding="utf-8")
    assert '"china-trade": "customs"' in (customs.folder / "summary.json").read_text(encoding="utf-8")


def test_the_closing_table_tells_what_was_said(customs, tmp_path):
    text = io.StringIO()
    print_results(customs, text)
    assert "sources read as customs (china-trade)" in text.getvalue()
    plain = io.StringIO()
    print_results(go(tmp_path, HOME), plain)
    assert "sources read as" not in plain.getvalue()


def test_a_world_without_switches_says_so(tmp_path):
    results = go(tmp_path, fake_scenario(runs=12))
    assert results.readings == {}
    assert "None: there is no such choice in this world." in (results.folder / "README.txt").read_text(encoding="utf-8")


def test_readings_give_results_folders_of_their_own(tmp_path):
    folders = {go(tmp_path, scenario).folder for scenario in each_reading(HOME, "china-trade")}
    assert len(folders) == 4


def test_a_comparison_says_that_sources_are_read_in_several_ways(tmp_path):
    results = [go(tmp_path, scenario) for scenario in each_reading(HOME, "us-trade")]
    compared = compare_results(results)
    assert compared.names == ("fake", "fake-us-trade-whole", "fake-us-trade-books")
    note = "sources are not read in one way: us-trade is half, but whole in fake-us-trade-whole and books in"
    assert any(note in one for one in compared.notes)
