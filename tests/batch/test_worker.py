"""Numbered blocks of anything: made in threads, told from the caller's thread, noted in time, kept when stopped."""

import errno
import itertools
import threading
from pathlib import Path

import pytest

from sim.batch import worker
from sim.batch.worker import Interrupted, Stage, Work, play_blocks

BLOCKS = 12
RUNS = 10  # a block


# --- blocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_every_block_is_made_once_whatever_the_workers(workers):
    made = []
    play_blocks(range(BLOCKS), made.append, workers)
    assert sorted(made) == list(range(BLOCKS))


def test_one_worker_takes_blocks_in_their_order():
    made = []
    play_blocks([4, 1, 3], made.append, 1)
    assert made == [4, 1, 3]


def test_no_blocks_are_no_work():
    play_blocks([], pytest.fail, 2)


def test_no_more_is_taken_in_hand_than_the_workers_need():
    taken, finished, most = itertools.count(1), [], []

    def numbers():
        for number in range(BLOCKS):
            most.append(next(taken) - len(finished))
            yield number

    play_blocks(numbers(), finished.append, 2)
    assert max(most) <= 3


def test_a_fault_is_raised_after_what_had_begun_and_before_what_had_not():
    begun, ended = [], []
    both = threading.Barrier(2)

    def make(number):
        begun.append(number)
        if number < 2:
            both.wait(20)
        if number == 0:
            raise RuntimeError("a bug")
        ended.append(number)

    with pytest.raises(RuntimeError, match="a bug"):
        play_blocks(range(100), make, 2)
    assert set(begun) - set(ended) == {0}
    assert len(begun) < 100


def test_ctrl_c_is_raised_after_what_had_begun():
    going, stopped, ended = threading.Event(), threading.Event(), []

    def make(number):
        if number == 1:
            going.set()
            assert stopped.wait(20)
        ended.append(number)

    def stop():
        assert going.wait(20)
        stopped.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play_blocks(range(100), make, 1, stop)
    assert ended == [0, 1]


def test_the_caller_is_asked_now_and_then_while_a_block_lasts():
    asked = threading.Event()
    here = []

    def meanwhile():
        here.append(threading.current_thread())
        asked.set()

    play_blocks([0], lambda _: asked.wait(20), 1, meanwhile)
    assert set(here) == {threading.current_thread()}
    assert asked.is_set()


# --- work ------------------------------------------------------------------------------------------------------------


class Counting:
    """Work whose blocks do nothing but count."""

    def __init__(self, folder=Path("somewhere"), progress=None, fail_at=None):
        self.told, self.kept, self.made = [], [], []
        self.progress, self.fail_at = progress, fail_at
        self.lock = threading.Lock()
        self.work = Work("counting", folder, self.tell, self.keep, BLOCKS * RUNS)

    def tell(self, progress):
        self.told.append((progress, threading.current_thread()))
        if self.progress is not None:
            self.progress(progress)

    def keep(self):
        self.kept.append(sorted(self.made))

    def make(self, number):
        if number == self.fail_at:
            raise RuntimeError("a bug")
        with self.lock:
            self.made.append(number)
            self.work.done += RUNS

    def play(self, workers=2):
        self.work.play(range(BLOCKS), self.make, workers)


def stop_after(runs):
    def progress(told):
        if told.stage is Stage.RUN and told.done >= runs:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("workers", [1, 4])
def test_progress_is_told_from_the_callers_thread_and_never_goes_back(workers):
    counting = Counting()
    counting.work.prepare()
    counting.play(workers)
    counting.work.tell(Stage.WRITE)
    stages = [progress.stage for progress, _ in counting.told]
    assert stages[0] in {Stage.PREPARE, Stage.COMPILE}
    assert stages[-1] is Stage.WRITE
    assert set(stages[1:-1]) == {Stage.RUN}
    done = [progress.done for progress, _ in counting.told]
    assert (done[1], done[-1]) == (0, BLOCKS * RUNS)
    assert done == sorted(done)
    assert {(progress.scenario, progress.total) for progress, _ in counting.told} == {("counting", BLOCKS * RUNS)}
    assert {thread for _, thread in counting.told} == {threading.current_thread()}


def test_stopped_by_hand_it_keeps_all_that_was_made_and_says_how_far_it_came():
    counting = Counting(progress=stop_after(3 * RUNS))
    with pytest.raises(Interrupted, match=r"interrupted after \d+ of 120 runs; kept in somewhere") as stop:
        counting.play()
    assert counting.kept[-1] == sorted(counting.made)
    assert stop.value.done == len(counting.made) * RUNS < BLOCKS * RUNS
    assert (stop.value.folder, stop.value.total) == (Path("somewhere"), BLOCKS * RUNS)


def test_runs_that_cannot_be_taken_up_do_not_count_as_kept():
    counting = Counting(progress=stop_after(3 * RUNS))
    counting.work.done = counting.work.unkept = RUNS
    with pytest.raises(Interrupted) as stop:
        counting.play()
    assert stop.value.done == len(counting.made) * RUNS


def test_without_a_folder_to_go_on_from_ctrl_c_is_just_that():
    with pytest.raises(KeyboardInterrupt) as stop:
        Counting(folder=None, progress=stop_after(RUNS)).play()
    assert not isinstance(stop.value, Interrupted)


def test_a_fault_in_one_block_keeps_the_others():
    counting = Counting(fail_at=5)
    with pytest.raises(RuntimeError, match="a bug"):
        counting.play()
    assert set(range(5)) <= set(counting.made)
    assert counting.kept[-1] == sorted(counting.made)


def test_notes_that_cannot_be_written_do_not_hide_what_went_wrong():
    counting = Counting(fail_at=2)

    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    counting.work._keep = full
    with pytest.raises(RuntimeError, match="a bug"):
        counting.play()


class Clock:
    """A clock that somebody else moves."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now


@pytest.mark.parametrize(("noting_takes", "wanted"), [(0.0, [3, 6, 9]), (0.5, [3, 14])])
def test_notes_are_taken_in_time_and_cost_a_twentieth_at_most(noting_takes, wanted, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(worker, "time", clock)
    noted = []

    def keep():
        noted.append(round(clock.now))
        clock.now += noting_takes

    work = Work("counting", None, None, keep)
    for second in range(1, 17 if noting_takes else 10):
        clock.now = max(clock.now, float(second))
        work.look_up()
    assert noted == wanted


def test_times_tell_what_an_earlier_process_had_done():
    work = Work("counting", None, None, lambda: None)
    work.resumed = 30
    told = work.times()
    assert told["runs_taken_up"] == 30
    assert told["seconds"] >= 0
    assert told["started"] <= told["finished"]
