"""One writer at a time: who holds a lock is told, and what a killed process left behind is no hindrance."""

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sim.io import locks
from sim.io.errors import InputError
from sim.io.locks import alive, hold, holder_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "partial" / "lock"


def note(path, host, pid=1):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"pid": pid, "host": host, "since": "2026-01-01T00:00:00+00:00"}), encoding="utf-8")


def test_a_lock_says_who_holds_it_and_is_gone_afterwards(path):
    with hold(path, "results"):
        holder = holder_of(path)
        assert (holder.pid, holder.host) == (os.getpid(), locks._host())
        assert alive(path, holder)
    assert not path.exists()
    with hold(path, "results"):
        pass


def test_who_comes_second_is_told_who_was_first(path):
    with hold(path, "results"), pytest.raises(InputError) as refused, hold(path, "results"):
        pass
    told = str(refused.value)
    assert told.startswith("results: another process is writing there now")
    assert f"process {os.getpid()} on {locks._host()}" in told
    assert "stale after 120 seconds" in told


def test_a_lock_may_be_shared_but_not_with_one_who_wants_it_alone(path):
    refused = pytest.raises(InputError, match="another process")
    with hold(path, "results", shared=True), hold(path, "results", shared=True), refused, hold(path, "results"):
        pass
    with hold(path, "results"), pytest.raises(InputError), hold(path, "results", shared=True):
        pass


def test_the_lock_of_a_killed_process_is_taken_at_once(path):
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom sim.io.locks import hold\n"
        "with hold(Path(sys.argv[1]), 'results'):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"process {child.pid} on"), hold(path, "results"):
            pass
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert holder_of(path).pid == child.pid  # the note is still there
        with hold(path, "results"):
            assert holder_of(path).pid == os.getpid()
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def test_the_lock_of_another_machine_holds_as_long_as_it_is_renewed(path):
    note(path, "elsewhere", pid=77)
    for shared in (False, True):
        with pytest.raises(InputError, match="process 77 on elsewhere"), hold(path, "results", shared=shared):
            pass
    long_ago = time.time() - locks.STALE_AFTER - 5
    os.utime(path, (long_ago, long_ago))
    with hold(path, "results"):
        assert holder_of(path).pid == os.getpid()


@pytest.mark.parametrize("ahead", [3600, 10 * 365 * 86400])
def test_a_note_from_the_future_does_not_hold_for_ever(path, ahead):
    note(path, "elsewhere", pid=77)
    later = time.time() + ahead
    os.utime(path, (later, later))
    with hold(path, "results"):
        assert holder_of(path).pid == os.getpid()


def test_clocks_that_differ_a_little_rob_nobody(path):
    note(path, "elsewhere", pid=77)
    later = time.time() + 20
    os.utime(path, (later, later))
    with pytest.raises(InputError, match="process 77 on elsewhere"), hold(path, "results"):
        pass


def dangling(path):
    path.symlink_to(path.parent / "nowhere" / "lock")


def link_to_a_file(path):
    path.with_name("other").write_text("not to be written", encoding="utf-8")
    path.symlink_to(path.with_name("other"))


def link_to_itself(path):
    path.symlink_to(path)


def folder(path):
    (path / "full").mkdir(parents=True)


def pipe(path):
    os.mkfifo(path)


def bound_socket(path):
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as made, contextlib.chdir(path.parent):
        made.bind(path.name)


@pytest.mark.parametrize("advisory", [True, False], ids=["with advisory locks", "without"])
@pytest.mark.parametrize("odd", [dangling, link_to_a_file, link_to_itself, folder, pipe, bound_socket])
@pytest.mark.parametrize("shared", [False, True])
def test_what_is_no_lock_is_set_aside_and_nothing_of_it_lost(path, odd, advisory, shared, monkeypatch):
    if not advisory:
        monkeypatch.setitem(sys.modules, "fcntl", None)
    path.parent.mkdir()
    odd(path)
    kind = stat.S_IFMT(path.lstat().st_mode)
    assert holder_of(path) is None
    with hold(path, "results", shared=shared):
        assert path.is_file()
    (aside,) = path.parent.glob("lock.set-aside-*")
    assert stat.S_IFMT(aside.lstat().st_mode) == kind
    assert not (path.parent / "nowhere").exists()
    if odd is link_to_a_file:
        assert path.with_name("other").read_text(encoding="utf-8") == "not to be written"


def test_a_folder_that_leads_nowhere_is_told_and_does_not_spin(tmp_path):
    (tmp_path / "partial").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OSError, match="File exists"), hold(tmp_path / "partial" / "lock", "results"):
        pass


def test_a_lock_that_goes_again_and_again_is_given_up(path, monkeypatch):
    monkeypatch.setattr(locks, "_still_there", lambda *_: False)
    with pytest.raises(OSError, match="busy"), hold(path, "results"):
        pass


def test_a_holder_gives_signs_of_life(path, monkeypatch):
    monkeypatch.setattr(locks, "RENEWED_EVERY", 0.02)
    with hold(path, "results"):
        os.utime(path, (1.0, 1.0))
        until = time.monotonic() + 10
        while path.stat().st_mtime == 1.0 and time.monotonic() < until:
            time.sleep(0.01)
        assert path.stat().st_mtime > 1.0


def test_without_advisory_locks_the_note_decides(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on a system that has none
    with hold(path, "results"), pytest.raises(InputError, match="another process"), hold(path, "results"):
        pass
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    note(path, locks._host(), pid=gone.pid)
    with hold(path, "results"):
        assert holder_of(path).pid == os.getpid()


ODD = ["", "nonsense", "[]", '{"pid": "x"}', '{"pid": 3}', "[" * 100_000, "\0\0", "null", "7"]
ODD += [json.dumps({"pid": pid, "host": "elsewhere", "since": ""}) for pid in (True, 0, -1, 1.5, 10**30, "7", None)]
ODD += ['{"pid": 1e999, "host": "x", "since": ""}', '{"pid": NaN, "host": "x", "since": ""}']
ODD += [json.dumps({"pid": 7, "host": ["x"], "since": ""}), '{"pid": 7, "host": "elsewhere"}', " " * 100_000 + "{}"]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_a_note_that_cannot_be_read_is_no_hindrance(path, text):
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert holder_of(path) is None
    with hold(path, "results"):
        pass


def test_a_long_note_makes_no_long_message(path):
    note(path, "elsewhere" * 900)
    with pytest.raises(InputError) as refused, hold(path, "results"):
        pass
    assert len(str(refused.value)) < 600


def test_a_note_that_is_no_text_is_no_hindrance(path):
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe{")
    with hold(path, "results"):
        assert holder_of(path).pid == os.getpid()


def test_a_holder_of_another_user_counts_as_alive(path, monkeypatch):
    def not_ours(*_):
        raise PermissionError

    monkeypatch.setattr(locks.os, "kill", not_ours)
    note(path, locks._host())
    assert alive(path, holder_of(path))


def test_a_number_of_a_process_that_came_again_holds_only_as_long_as_the_note_is_renewed(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)  # where nothing else can tell
    note(path, locks._host(), pid=os.getpid())
    with pytest.raises(InputError, match="another process"), hold(path, "results"):
        pass
    long_ago = time.time() - locks.STALE_AFTER - 5
    os.utime(path, (long_ago, long_ago))
    with hold(path, "results"):
        pass


def test_of_many_who_want_a_lock_at_once_one_gets_it(path):
    inside, most, lock = 0, [], threading.Lock()

    def want():
        nonlocal inside
        for _ in range(30):
            try:
                with hold(path, "results"):
                    with lock:
                        inside += 1
                        most.append(inside)
                    time.sleep(0.0005)
                    with lock:
                        inside -= 1
            except InputError:
                time.sleep(0.0003)

    threads = [threading.Thread(target=want) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
