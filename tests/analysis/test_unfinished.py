"""One contract for a batch, a sweep and an ablation: whatever stops them, they go on, and end as if nothing had."""

import contextlib
import threading

import numpy as np
import pytest

from helpers.batches import bytes_of
from helpers.fake_engine import FakePrepared, fake_scenario
from sim.analysis.ablation import effects
from sim.analysis.effect_tables import csv_of
from sim.analysis.sensitivity import plan
from sim.analysis.sensitivity.runner import sweep
from sim.batch import worker
from sim.batch.manifest import SET_ASIDE
from sim.batch.notebook import held, notes_folder
from sim.batch.plan import CHUNK
from sim.batch.runner import run
from sim.batch.verify import check_results
from sim.batch.worker import Interrupted, Stage
from sim.io.errors import InputError

BLOCKS = 5


class BatchOfRuns:
    each = CHUNK  # runs in a block

    def go(self, out, **asked):
        """The bytes of all that is left; there is nothing but one finished folder."""
        results = run(fake_scenario(runs=BLOCKS * CHUNK), out=out, engine=FakePrepared, series=CHUNK, **asked)
        assert list(out.iterdir()) == [results.folder]
        check_results(results.folder)
        return bytes_of(results.folder)


SPEC = {
    "title": "A try",
    "question": "Does it go on?",
    "scenario": "toy",
    "replicates": 3,
    "factors": ["choice.dependence_aversion", "choice.gain"],
    "design": {"kind": "latin-hypercube", "points": BLOCKS * 4},
    "outcomes": {"signed": {"total": "value_signed", "kind": "money"}},
}


class Straight:
    """Answers in place of the model."""

    name = "straight"
    outcomes = ("sum", "product")

    def __call__(self, values, replicate):
        first, second = values["choice.dependence_aversion"], values["choice.gain"]
        return np.stack([first + second + replicate, first * second], axis=1)


class SweepOfPoints:
    each = 12

    def go(self, out, **asked):
        done = sweep(SPEC, out=out, evaluator=Straight(), **asked)
        assert list(out.iterdir()) == [done.folder]
        check_results(done.folder)
        return bytes_of(done.folder)


class AblationOfSystems:
    each = 6
    systems = (
        *("over-dependence-aversion", "unrest-and-intervention", "format-mirroring"),
        *("russian-counter-exercises", "trust-backlash"),
    )

    def go(self, out, **asked):
        table = effects("toy", self.each, systems=self.systems, out=out, **asked)
        assert [path.name for place in out.iterdir() for path in place.iterdir()] in ([], [SET_ASIDE])
        return csv_of(table), list(table.dtypes)


KINDS = [BatchOfRuns(), SweepOfPoints(), AblationOfSystems()]


@pytest.fixture(params=KINDS, ids=lambda kind: type(kind).__name__)
def kind(request, monkeypatch):
    monkeypatch.setattr(plan, "BLOCK", SweepOfPoints.each)
    return request.param


_WHOLE = {}


@pytest.fixture
def whole(kind, tmp_path_factory):
    """What is left of one that nothing stopped; made once a kind."""
    if kind not in _WHOLE:
        _WHOLE[kind] = kind.go(tmp_path_factory.mktemp("whole"))
    return _WHOLE[kind]


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "stopped"
    folder.mkdir()
    return folder


@contextlib.contextmanager
def watched(fail_at=None):
    """Which blocks the shared worker makes; one of them may go wrong."""
    made, real = [], worker.play_blocks

    def play(numbers, make, workers, meanwhile):
        def one(number):
            if number == fail_at:
                raise RuntimeError("a bug")
            make(number)
            made.append(number)

        real(numbers, one, workers, meanwhile)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "play_blocks", play)
        yield made


def stop_after(count):
    """Ctrl-C once so many blocks are there."""
    asked = []

    def progress(told):
        if told.stage is Stage.RUN:
            asked.append(told.done)
            if told.done - asked[0] >= count:
                raise KeyboardInterrupt

    return progress


def stopped(kind, place, blocks=2, **asked):
    """What is left of one that was stopped: its folder, and the blocks it had made."""
    with watched() as made, pytest.raises(Interrupted) as stop:
        kind.go(place, workers=1, progress=stop_after(blocks * kind.each), **asked)
    assert blocks <= len(made) <= BLOCKS
    assert stop.value.done == len(made) * kind.each
    return stop.value.folder, made


@pytest.mark.parametrize("workers", [1, 3])
def test_the_same_whatever_the_workers(kind, whole, place, workers):
    with watched() as made:
        assert kind.go(place, workers=workers) == whole
    assert sorted(made) == list(range(BLOCKS))


@pytest.mark.parametrize("blocks", [1, 3, BLOCKS])
def test_stopped_by_hand_it_goes_on_with_what_is_missing(kind, whole, place, blocks):
    _, before = stopped(kind, place, blocks)
    with watched() as after:
        assert kind.go(place) == whole
    assert sorted([*before, *after]) == list(range(BLOCKS))


def test_stopped_again_and_again_it_comes_to_its_end(kind, whole, place):
    stops = 0
    for _ in range(2 * BLOCKS):
        try:
            ended = kind.go(place, workers=1, progress=stop_after(kind.each))
            break
        except Interrupted:
            stops += 1
    assert stops > 1
    assert ended == whole


def test_a_fault_in_one_block_keeps_the_others(kind, whole, place):
    with watched(fail_at=3) as before, pytest.raises(RuntimeError, match="a bug"):
        kind.go(place, workers=1)
    assert set(before) >= {0, 1, 2}
    with watched() as after:
        assert kind.go(place) == whole
    assert sorted([*before, *after]) == list(range(BLOCKS))


def test_a_block_that_is_not_as_it_was_is_made_again(kind, whole, place):
    folder, before = stopped(kind, place)
    part = sorted(path for path in notes_folder(folder).glob("*.*") if path.suffix in {".arrow", ".parquet"})[0]
    part.write_bytes(part.read_bytes()[:-40])
    with watched() as after:
        assert kind.go(place) == whole
    assert sorted([*before[1:], *after]) == list(range(BLOCKS))


def test_blocks_made_with_other_libraries_are_not_gone_on_with(kind, whole, place, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("sim.batch.identity.version_of", lambda _: "0.1")
        stopped(kind, place)
    with watched() as after:
        assert kind.go(place) == whole
    assert sorted(after) == list(range(BLOCKS))


def test_while_one_is_at_work_another_is_told(kind, place):
    pytest.importorskip("fcntl")
    folder, _ = stopped(kind, place)
    with held(folder), pytest.raises(InputError, match="another process is writing there now"):
        kind.go(place)


def test_what_killed_processes_began_to_write_is_tidied_away(kind, whole, place):
    folder, _ = stopped(kind, place)
    for where in (folder, notes_folder(folder)):
        (where / ".x.parquet.99.1.draft").write_bytes(b"half")
    assert kind.go(place) == whole


def test_progress_is_told_from_the_callers_thread_and_never_goes_back(kind, place):
    told, threads = [], set()

    def progress(one):
        told.append(one)
        threads.add(threading.current_thread())

    kind.go(place, workers=3, progress=progress)
    running = [one.done for one in told if one.stage is Stage.RUN]
    assert len(running) >= 2
    assert running == sorted(running)
    assert running[-1] == told[-1].total
    assert threads == {threading.current_thread()}


def test_where_nothing_can_be_written_that_is_told(kind, place):
    (place / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(InputError, match="results cannot be written there"):
        kind.go(place / "file")


# --- what is an ablation's own ---------------------------------------------------------------------------------------


def test_all_systems_finished_the_reference_is_not_run_again(place, monkeypatch):
    kind = KINDS[-1]
    stopped(kind, place, BLOCKS)
    monkeypatch.setattr("sim.analysis.ablation.prepare", pytest.fail)
    kind.go(place)


def test_another_question_does_not_take_up_the_notes_of_this_one(place):
    kind = KINDS[-1]
    folder, _ = stopped(kind, place)
    with watched() as made:
        effects("toy", kind.each + 1, systems=kind.systems, out=place)
        effects("toy", kind.each, systems=kind.systems[:4], out=place)
        effects("toy", kind.each, systems=kind.systems, seed=3, out=place)
        effects("toy", kind.each, systems=kind.systems, level=0.9, out=place)
    assert len(made) == 4 * BLOCKS - 1
    assert list(place.iterdir()) == [folder]


def test_scenarios_that_are_finished_are_kept_while_the_others_are_not(place):
    systems, runs = KINDS[-1].systems, 6
    several = ["toy", "tariff-shock"]
    wanted = csv_of(effects(several, runs, systems=systems))

    def stop(told):
        if told.scenario == "tariff-shock" and told.done > runs:
            raise KeyboardInterrupt

    with watched() as before, pytest.raises(Interrupted):
        effects(several, runs, systems=systems, out=place, progress=stop, workers=1)
    assert BLOCKS < len(before) < 2 * BLOCKS
    with watched() as after:
        assert csv_of(effects(several, runs, systems=systems, out=place)) == wanted
    assert len(before) + len(after) == 2 * BLOCKS
    assert list(place.iterdir()) == []


def test_without_a_folder_nothing_is_noted(place, monkeypatch):
    monkeypatch.chdir(place)
    with pytest.raises(KeyboardInterrupt) as stop:
        effects("toy", 6, systems=KINDS[-1].systems, progress=stop_after(6), workers=1)
    assert not isinstance(stop.value, Interrupted)
    assert list(place.iterdir()) == []
