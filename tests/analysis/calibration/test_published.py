"""The fit that stands in the seeds is the one whose tables are published, and the page says what they say."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from sim.evidence.calibration import load_plan
from sim.evidence.evidence import load_evidence
from sim.evidence.numbers import Basis
from sim.evidence.posterior import load_posterior

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "experiments" / "calibration"


def rows_of(name):
    with (PUBLISHED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_posterior_holds_what_the_record_informs_and_nothing_else():
    informed = {row["number"] for row in rows_of("numbers") if row["says"] != "no"}
    posterior = load_posterior(ROOT / "seeds")
    assert set(posterior.about.columns) == informed
    for row in rows_of("numbers"):
        if row["number"] in informed:
            ends = np.quantile(posterior.column(row["number"]), (0.05, 0.5, 0.95))
            assert ends == pytest.approx([float(row[end]) for end in ("low", "median", "high")], rel=2e-5)


def test_every_number_passed_on_simulated_truths_enough():
    plan = load_plan()
    assert plan.checks.truths >= 200
    assert [row["number"] for row in rows_of("checks")] == list(plan.names)
    for row in rows_of("checks"):
        assert plan.checks.least <= float(row["cover"]) <= plan.checks.most
        assert float(row["flat"]) > plan.checks.flat
        assert row["sound"] == "True"


def test_fitted_numbers_have_the_middle_and_the_range_of_the_draws():
    numbers, posterior = load_evidence().numbers, load_posterior(ROOT / "seeds")
    fitted = [number for number in numbers.values() if number.basis is Basis.FITTED]
    assert {number.name for number in fitted} == {
        row["number"] for row in rows_of("numbers") if row["says"] == "yes" and row["number"] in numbers
    }
    for number in fitted:
        draws = posterior.column(number.name)
        assert number.value == pytest.approx(float(np.median(draws)), rel=0.005)
        assert number.low <= draws.min()
        assert draws.max() <= number.high
        assert number.high - number.low < 1.02 * (draws.max() - draws.min())


def test_the_page_says_what_the_tables_say():
    page = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    for row in rows_of("numbers"):
        (line,) = re.findall(rf"^\| `{re.escape(row['number'])}` \|.*$", page, flags=re.MULTILINE)
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[2] == f"{float(row['low']):.3g} to {float(row['high']):.3g}"
        assert cells[3] == f"{float(row['width']):.2f}"
        assert cells[5] == row["says"]
    inside = sum(row["inside"] == "True" for row in rows_of("predicted"))
    assert f"hold the record of {inside} of {len(rows_of('predicted'))} targets" in page
