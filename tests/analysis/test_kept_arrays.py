"""Parts of long work: stopped at any of them, it goes on with the next, and comes to the same end."""

from dataclasses import dataclass

import numpy as np
import pytest

from sim.analysis import patterns
from sim.analysis.effect_tables import csv_of
from sim.analysis.kept_arrays import KeptArrays, keeping
from sim.analysis.spread import spread
from sim.batch.manifest import SET_ASIDE
from sim.batch.worker import Interrupted, Stage


@dataclass(frozen=True)
class Thing:
    first: int
    states: tuple[str, ...]
    years: tuple[int, ...]
    values: np.ndarray


ONE = Thing(3, ("KAZ", "UZB"), (2010, 2011), np.array([[0.5, np.nan]]))


def test_a_thing_comes_back_as_it_was(tmp_path):
    kept = KeptArrays(tmp_path, "of this")
    assert kept.thing("a", Thing, lambda: ONE) is ONE
    again = KeptArrays(tmp_path, "of this").thing("a", Thing, pytest.fail)
    assert (again.first, again.states, again.years) == (ONE.first, ONE.states, ONE.years)
    assert np.array_equal(again.values, ONE.values, equal_nan=True)


@pytest.mark.parametrize("how", ["another question", "another part", "cut", "a folder"])
def test_what_is_not_what_it_was_is_set_aside_and_made_again(how, tmp_path, caplog):
    KeptArrays(tmp_path, "of this").put("a", {"x": np.arange(3)})
    path = tmp_path / "partial" / "a.npz"
    kept, part = KeptArrays(tmp_path, "of that" if how == "another question" else "of this"), "a"
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    elif how == "a folder":
        path.unlink()
        path.mkdir()
    elif how == "another part":
        part = "b"
        path.rename(path.with_name("b.npz"))
    assert kept.get(part) is None
    assert (tmp_path / SET_ASIDE / "partial" / f"{part}.npz.1").exists()
    assert "is not what it was; set aside as" in caplog.text
    assert kept.get(part) is None


def test_without_a_folder_nothing_is_kept():
    with keeping(None, "try", "of this", 2) as kept:
        kept.put("a", {"x": 1})
        assert kept.get("a") is None


def test_patterns_go_on_where_they_were_stopped(tmp_path, monkeypatch):
    three = patterns.load_patterns()[:3]
    monkeypatch.setattr(patterns, "load_patterns", lambda **_: three)
    asked = []

    def find(pattern, lab, runs):
        asked.append(pattern.id)
        if len(asked) == 2:
            raise KeyboardInterrupt
        number = len(pattern.id) / 100
        verdict = patterns.verdict_of(pattern, number, number)
        return patterns.Finding(pattern=pattern, verdict=verdict, value=number, low=number, high=number, runs=7)

    monkeypatch.setattr(patterns, "find", find)
    with pytest.raises(Interrupted, match="1 of 3 parts") as stop:
        patterns.find_all(4, out=tmp_path)
    assert (stop.value.done, stop.value.total) == (1, 3)
    found = patterns.find_all(4, out=tmp_path)
    assert asked == [three[0].id, three[1].id, three[1].id, three[2].id]
    assert found == patterns.find_all(4)
    assert list(tmp_path.iterdir()) == []


def test_a_spread_goes_on_where_it_was_stopped_with_the_same_table(tmp_path):
    wanted = csv_of(spread(runs=600, workers=1).table)

    def stop(told):
        if told.stage is Stage.RUN and told.done:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        spread(runs=600, workers=1, out=tmp_path, progress=stop)
    assert list(tmp_path.rglob("block-*.npz"))
    assert csv_of(spread(runs=600, workers=1, out=tmp_path).table) == wanted
    assert list(tmp_path.iterdir()) == []
