"""What would not fit is refused before it begins, with how many would."""

import os

import pytest

import sim
from helpers.fake_engine import FakePrepared, fake_scenario
from sim.analysis.ablation import effects
from sim.batch import parts, room, runner
from sim.io.errors import InputError


def test_the_machine_says_how_much_it_has():
    have = room.memory()
    assert have is None or have > 100_000_000
    if hasattr(os, "sysconf"):
        assert have is not None


def test_a_group_that_is_held_to_less_is_believed(tmp_path, monkeypatch):
    held = tmp_path / "memory.max"
    monkeypatch.setattr(room, "_GROUP", held)
    held.write_text("123000000\n", encoding="ascii")
    assert room.memory() == 123_000_000
    held.write_text("max\n", encoding="ascii")
    assert room.memory() != 123_000_000


@pytest.mark.parametrize(
    "call",
    [
        lambda: effects("toy", 10_000),
        lambda: sim.levers("toy", 10_000),
        lambda: sim.policies("toy", 10_000),
        lambda: sim.spread("baseline", 10_000),
    ],
    ids=["effects", "levers", "policies", "spread"],
)
def test_more_runs_than_memory_holds_are_refused(call, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(room, "memory", lambda: 1_000_000)
    with pytest.raises(InputError, match=r"found 10,000 runs, which fill .*; allowed: at most [\d,]+ runs, since"):
        call()
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_the_disk_cannot_take_does_not_begin(monkeypatch, tmp_path):
    monkeypatch.setattr(runner, "_LARGE", 100)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: _Disk())
    for make in (
        lambda: sim.run(fake_scenario(), runs=200, out=tmp_path / "out", engine=FakePrepared),
        lambda: parts.run_part(fake_scenario(), 1, 2, runs=200, out=tmp_path / "out", engine=FakePrepared),
    ):
        with pytest.raises(InputError, match="found 200 runs, which write"):
            make()
    assert list(tmp_path.iterdir()) == []


class _Disk:
    """A disk that is all but full."""

    free = 10
