"""Offers that events lay on the table: what a batch keeps of them, and tells at its end."""

import dataclasses
import io

import pytest

from sim.batch import runner
from sim.cli.run_report import print_results
from sim.scenario.scenario import load_scenario

HEAD = "title: T\nquestion: Q?\nworld: toy\nfrom: 2026-Q1\nto: 2027-Q1\nruns: 20\nseed: 4\n"
EVENTS = """
  - {at: 2026-Q2, offer: {by: NOR, to: ALD, kind: infrastructure, size: 1 bn USD}}
  - {at: {between: [2026-Q2, 2026-Q4]}, chance: 50 %, offer: {by: OST, to: BEK, kind: security, size: 0.1 points}}
"""


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "asked.yaml"
    path.write_text(f"{HEAD}events:{EVENTS}", encoding="utf-8")
    return runner.run(load_scenario(path), runs=12, workers=1, out=tmp_path / "results")


def test_a_batch_says_in_how_many_runs_each_was_taken(results):
    rows = results.laid
    assert rows["power"].tolist() == ["NOR", "OST"]
    assert rows["latest"].tolist() == ["2026-Q2", "2026-Q4"]
    assert rows["laid"].iloc[0] == 12
    assert 0 < rows["laid"].iloc[1] < 12
    assert (rows["taken"] <= rows["laid"]).all()
    assert (rows["share"] == rows["taken"] / rows["laid"]).all()
    assert ((rows["low"] <= rows["share"]) & (rows["share"] <= rows["high"])).all()
    screen = io.StringIO()
    print_results(results, screen)
    said = f"{100 * rows['share'].iloc[0]:.0f} %"
    for text in (screen.getvalue(), (results.folder / "README.txt").read_text(encoding="utf-8")):
        line = next(line for line in text.splitlines() if "2026-Q2 NOR to ALD, infrastructure, 1 bn USD" in line)
        assert f"taken in {said}" in line
        assert "of 12 runs" in text


def test_a_batch_without_such_events_has_no_such_table(tmp_path):
    scenario = dataclasses.replace(load_scenario("toy"), events=())
    plain = runner.run(scenario, runs=1, workers=1, out=tmp_path)
    assert "laid" not in plain.tables
    screen = io.StringIO()
    print_results(plain, screen)
    assert "laid on the table" not in screen.getvalue()
