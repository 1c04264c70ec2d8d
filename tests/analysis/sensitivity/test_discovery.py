"""Scenario discovery behind its adapter: what is said where the workbench is missing, and what it finds elsewhere."""

import numpy as np
import pandas as pd
import pytest

from sim.analysis.sensitivity import discovery
from sim.analysis.sensitivity.experiment import Discover
from sim.io.errors import InputError

WORLDS = pd.DataFrame(np.random.default_rng(0).random((1500, 6)), columns=[*"abcde", "dummy"])
INSIDE = ((WORLDS["a"] > 0.6) & (WORLDS["b"] < 0.4)).to_numpy(dtype=float)
ASK = Discover(outcome="y", least=0.5)


def test_without_the_workbench_the_way_to_get_it_is_told(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name="ema_workbench")

    monkeypatch.setattr(discovery, "import_module", missing)
    with pytest.raises(InputError) as caught:
        discovery.discover(WORLDS, INSIDE, ASK)
    assert "pip install 'multivector[discovery]'" in str(caught.value)


def test_a_fault_inside_the_workbench_is_not_taken_for_a_missing_one(monkeypatch):
    def broken(name):
        raise ModuleNotFoundError("No module named 'something_else'", name="something_else")

    monkeypatch.setattr(discovery, "import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="something_else"):
        discovery.discover(WORLDS, INSIDE, ASK)


@pytest.mark.parametrize("outcome", [np.zeros(1500), np.ones(1500)])
def test_worlds_of_one_sort_only_are_refused(outcome):
    with pytest.raises(InputError, match="at least 20 in which it holds and 20"):
        discovery.discover(WORLDS, outcome, ASK)


def test_conditions_are_told_in_words():
    assert ASK.words == "y >= 0.5"
    assert Discover(outcome="y", most=0.25).words == "y <= 0.25"


@pytest.fixture(scope="module")
def found():
    return discovery.discover(WORLDS, INSIDE, ASK)


@pytest.mark.skipif(not discovery.available(), reason="the EMA Workbench is an extra of its own")
class TestWithTheWorkbench:
    def test_a_box_that_was_put_in_is_found(self, found):
        limits = found.box.set_index("factor")
        assert set(limits.index) == {"a", "b"}
        assert limits.loc["a", "low"] == pytest.approx(0.6, abs=0.03)
        assert limits.loc["b", "high"] == pytest.approx(0.4, abs=0.03)
        assert (limits["quasi_p"] < 0.05).all()
        assert found.coverage > 0.9
        assert found.density > 0.9
        assert found.rate == pytest.approx(INSIDE.mean())

    def test_what_it_says_of_the_box_can_be_counted(self, found):
        inside = np.ones(len(WORLDS), dtype=bool)
        for row in found.box.itertuples():
            inside &= WORLDS[row.factor].between(row.low, row.high).to_numpy()
        assert found.density == pytest.approx(INSIDE[inside].mean())
        assert found.coverage == pytest.approx(INSIDE[inside].sum() / INSIDE.sum())

    def test_the_factors_that_matter_score_highest(self, found):
        assert set(found.scores["factor"].head(2)) == {"a", "b"}
        assert set(found.scores["factor"]) == set(WORLDS.columns)

    def test_another_box_of_the_path_may_be_taken(self, found):
        whole = discovery.discover(WORLDS, INSIDE, ASK, box=0)
        assert whole.coverage == 1.0
        assert whole.box.empty
        assert len(found.path) > 5

    def test_the_opposite_question_is_about_the_other_worlds(self):
        other = discovery.discover(WORLDS, 1.0 - INSIDE, Discover(outcome="y", most=0.5))
        assert other.rate == pytest.approx(INSIDE.mean())
