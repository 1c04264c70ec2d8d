"""Blocks made by other processes: workers of a real cluster on this machine, and parts of a job array."""

import concurrent.futures
import dataclasses
import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from helpers.batches import bytes_of, go
from helpers.fake_engine import Deadly, FakePrepared, fake_scenario
from sim.batch import cluster, identity
from sim.batch.parts import run_part
from sim.batch.plan import CHUNK, BatchRequest, Plan
from sim.batch.runner import run
from sim.batch.verify import check_results
from sim.batch.worker import Interrupted, Stage
from sim.cli import main
from sim.io import words_once
from sim.io.errors import InputError, input_error

RUNS = 5 * CHUNK + 50
dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
pytestmark = [
    # not ours to mend: what the library says about itself and about processes it ends
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed.*"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:tornado.*"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return run("toy", runs=RUNS, seed=4, out=tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """Three worker processes; who dies is started again, as on a cluster that is looked after."""
    options = {"threads_per_worker": 1, "processes": True, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    place = str(tmp_path_factory.mktemp("scratch"))
    with (
        distributed.LocalCluster(n_workers=3, local_directory=place, **options) as made,
        distributed.Client(made) as client,
    ):
        yield client


def test_a_cluster_gives_the_same_bytes_as_one_machine(whole, workers, tmp_path):
    told = []
    results = run("toy", runs=RUNS, seed=4, out=tmp_path, dask=workers, progress=told.append)
    assert results.folder.name == whole.folder.name
    assert bytes_of(results.folder) == bytes_of(whole.folder)
    check_results(results.folder)
    done = [progress.done for progress in told]
    assert done == sorted(done)
    assert done[-1] == RUNS
    again = run("toy", runs=RUNS, seed=4, out=tmp_path, dask=workers)
    assert again.manifest == results.manifest  # opened, not run again


def test_a_worker_that_is_killed_loses_nothing(whole, workers, tmp_path):
    pids = workers.run(os.getpid)
    killed = []

    def kill_one(progress):
        if progress.stage is Stage.RUN and progress.done > 0 and not killed:
            killed.append(next(iter(pids.values())))
            os.kill(killed[0], signal.SIGKILL)

    results = run("toy", runs=RUNS, seed=4, out=tmp_path, dask=workers, progress=kill_one)
    assert killed
    assert bytes_of(results.folder) == bytes_of(whole.folder)
    check_results(results.folder)


def test_where_no_folder_is_shared_the_files_themselves_come_back(whole, workers, tmp_path, monkeypatch):
    tasks = []

    def elsewhere(**named):
        tasks.append(cluster.BlockTask(**(named | {"folder": str(tmp_path / "not-here")})))
        return tasks[-1]

    monkeypatch.setattr("sim.batch.folder.BlockTask", elsewhere)
    results = run("toy", runs=RUNS, seed=4, out=tmp_path, dask=workers)
    assert tasks
    assert not (tmp_path / "not-here").exists()
    assert bytes_of(results.folder) == bytes_of(whole.folder)


def test_numbers_can_be_drawn_on_a_cluster(workers, tmp_path):
    asked = {"runs": CHUNK + 20, "numbers": "sampled", "thin": 4, "measures": ("autonomy", "outcome")}
    one, many = (run("toy", out=tmp_path / str(dask), dask=dask, **asked) for dask in (None, workers))
    assert bytes_of(one.folder) == bytes_of(many.folder)


def test_an_interrupted_cluster_is_gone_on_with_by_threads(whole, workers, tmp_path):
    def stop(progress):
        if progress.stage is Stage.RUN and progress.done >= CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        run("toy", runs=RUNS, seed=4, out=tmp_path, dask=workers, progress=stop)
    assert stopped.value.done >= CHUNK
    results = run("toy", runs=RUNS, seed=4, out=tmp_path)
    assert results.manifest["times"]["runs_taken_up"] == stopped.value.done
    assert bytes_of(results.folder) == bytes_of(whole.folder)


def test_what_goes_wrong_on_a_worker_is_told_here(workers, tmp_path, monkeypatch):
    real = identity.versions()
    monkeypatch.setattr("sim.batch.folder.versions", lambda: real | {"numpy": "0.1"})
    with pytest.raises(InputError, match=r"worker on .*: found numpy .*; other versions may give other bytes"):
        run("toy", runs=20, out=tmp_path, dask=workers)


def test_dask_local_starts_workers_and_ends_them(tmp_path, capsys):
    asked = ["run", "toy", "--runs", str(CHUNK + 10), "--no-figures", "--workers", "1"]
    assert main.main([*asked, "--dask", "local", "-o", str(tmp_path / "many")]) == 0
    assert "How the runs end" in capsys.readouterr().out
    assert main.main([*asked, "-o", str(tmp_path / "one")]) == 0
    many, one = (next((tmp_path / name).iterdir()) for name in ("many", "one"))
    assert bytes_of(many) == bytes_of(one)


def test_nobody_at_the_address_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    assert main.main(["run", "toy", "--runs", "5", "-o", str(tmp_path), "--dask", "tcp://127.0.0.1:9"]) == 2
    assert "--dask: found 'tcp://127.0.0.1:9'; no scheduler answers there" in capsys.readouterr().err
    assert main.main(["run", "toy", "--runs", "5", "-o", str(tmp_path), "--dask", "wss://127.0.0.1:9"]) == 2


NO_ADDRESS = ["tcp://", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "http://x:80", "inproc://x", "a b:1", "\0"]
NO_ADDRESS += ["tcp://[::1", "tcp://127.0.0.1:abc", "file:///etc/passwd", "tcp://x:1/y", "TCP://x:1", "tcp://x:\n1"]


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_no_address_is_refused_before_anybody_is_asked(address, tmp_path, monkeypatch):
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: pytest.fail("somebody is asked"))
    with pytest.raises(InputError, match=r"--dask: found .*; this is no address of a scheduler; allowed: .*tls://host"):
        go(tmp_path, dask=address)


@pytest.fixture
def told(caplog, monkeypatch):
    """What was said in a quiet word."""
    monkeypatch.setattr(words_once, "_said", set())
    return lambda: [record.getMessage() for record in caplog.records if record.name == "multivector"]


OPEN = ["tcp://host:8786", "host:8786", "tcp://10.0.0.7:8786", "tcp://[fe80::1%eth0]:8786", "ws://host:80"]
SAFE = ["tls://host:8786", "wss://host:80", "tcp://127.0.0.1:8786", "tcp://[::1]:8786", "localhost:8786", "127.9.9.9:1"]


@pytest.mark.parametrize("address", [*OPEN, *SAFE])
def test_a_way_to_another_machine_that_is_open_to_listeners_is_warned_of(address, told):
    cluster.warn_of_plain(address)
    cluster.warn_of_plain(address)
    assert len(told()) == (address in OPEN)
    assert all("run programs as you" in text and "tls://" in text for text in told())


def test_a_client_that_is_connected_openly_is_warned_of_too(told, tmp_path):
    class Connected:
        scheduler = SimpleNamespace(address="tcp://host:8786")

        def wait_for_workers(self, *_, **__):
            raise TimeoutError

    with pytest.raises(InputError, match="has had no worker"):
        go(tmp_path, dask=Connected())
    assert len(told()) == 1


def test_certificates_are_asked_for_where_none_are_named(tmp_path):
    with pytest.raises(
        InputError, match=r"found 'tls://127.0.0.1:9'; this needs certificates, and Dask was told of non"
    ):
        go(tmp_path, dask="tls://127.0.0.1:9")
    named = {"distributed.comm.tls.ca-file": str(tmp_path / "none"), "distributed.comm.tls.client.cert": "none"}
    with dask.config.set(named), pytest.raises(InputError, match="certificates that Dask was told of cannot be read"):
        go(tmp_path, dask="tls://127.0.0.1:9")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl")
def test_a_cluster_with_certificates_gives_the_same_bytes_and_no_warning(tmp_path, told):
    both = tmp_path / "both.pem"
    made = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=us -keyout {0} -out {1}"
    )
    subprocess.run(
        made.format(tmp_path / "key", tmp_path / "cert").split(), check=True, capture_output=True, cwd=tmp_path
    )
    both.write_bytes((tmp_path / "key").read_bytes() + (tmp_path / "cert").read_bytes())
    names = ("ca-file", "client.cert", "scheduler.cert", "worker.cert")
    options = {"processes": False, "dashboard_address": None, "threads_per_worker": 1, "local_directory": str(tmp_path)}
    with (
        dask.config.set({f"distributed.comm.tls.{name}": str(both) for name in names}),
        distributed.LocalCluster(n_workers=1, protocol="tls://", host="127.0.0.1", **options) as made,
    ):
        assert made.scheduler_address.startswith("tls://")
        many = go(tmp_path / "many", dask=made.scheduler_address)
    assert bytes_of(many.folder) == bytes_of(go(tmp_path / "one").folder)
    assert told() == []


def test_a_cluster_without_workers_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)
    options = {"processes": True, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with (
        distributed.LocalCluster(n_workers=0, **options) as empty,
        distributed.Client(empty) as client,
        pytest.raises(InputError, match="the cluster has had no worker for 0 seconds"),
    ):
        run("toy", runs=5, out=tmp_path, dask=client)


def test_a_block_that_kills_every_worker_is_given_up_with_a_message(tmp_path):
    options = {"processes": True, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "threads_per_worker": 1}
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(n_workers=1, local_directory=str(tmp_path), **options) as made,
        distributed.Client(made) as client,
        pytest.raises(InputError, match=r"every worker that was given this block died \(1 of them\)"),
    ):
        run(fake_scenario(runs=40), out=tmp_path, engine=Deadly, dask=client)


class Lost:
    """A client whose scheduler goes away while it asks for something."""

    def __init__(self, error):
        self.error = error

    def nthreads(self):
        raise self.error

    def wait_for_workers(self, *_, **__):
        pass


@pytest.mark.parametrize(
    "error",
    [
        distributed.comm.core.CommClosedError("closed"),
        distributed.client.FutureCancelledError("block-1", "lost"),
        concurrent.futures.CancelledError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_scheduler_that_is_lost_is_told(error, tmp_path):
    with pytest.raises(InputError, match="--dask: the connection to the scheduler was lost; what was finished is kept"):
        go(tmp_path, dask=Lost(error))


def test_a_disk_that_is_full_where_a_worker_writes_is_told_as_one(tmp_path):
    with pytest.raises(InputError, match=r"results cannot be written there .No space left on device"):
        go(tmp_path, dask=Lost(OSError(errno.ENOSPC, "No space left on device")))


def test_without_the_library_that_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main.main(["run", "toy", "--runs", "5", "-o", str(tmp_path), "--dask", "local"]) == 2
    assert "pip install 'multivector[cluster]'" in capsys.readouterr().err


# --- tasks, without a cluster ---


def task_of(folder, **changes):
    request = BatchRequest(scenario=dataclasses.replace(fake_scenario(runs=40)), engine=FakePrepared)
    plan = Plan(request, folder)
    said = {
        "request": request,
        "hash": plan.hash,
        "versions": identity.versions(),
        "folder": str(folder),
        "token": "none",
    }
    return cluster.BlockTask(**(said | changes))


def test_a_worker_with_other_code_is_refused(tmp_path):
    with pytest.raises(InputError, match="other code or evidence"):
        cluster.run_task(task_of(tmp_path, hash="0" * 64), 0)


def test_a_block_made_twice_is_the_same(tmp_path):
    one, two = (cluster.run_task(task_of(tmp_path), 0) for _ in range(2))
    assert one == two
    assert one.contents


def test_in_a_shared_folder_only_names_and_hashes_come_back(tmp_path):
    (tmp_path / "none").touch()
    delivery = cluster.run_task(task_of(tmp_path), 0)
    assert delivery.contents == {}
    assert all((tmp_path / file.name).is_file() for file in (*delivery.files, delivery.counts))


def test_a_delivery_that_was_spoilt_on_its_way_is_made_here(tmp_path, monkeypatch):
    class Unreliable:
        threads = 1

        def each(self, function, numbers, waiting):
            for number in numbers:
                made = function(number)
                for name in (file.name for file in (*made.files, made.counts) if number == 1):
                    made.contents[name] = b"spoilt"
                    (tmp_path / next(tmp_path.iterdir()) / name).unlink(missing_ok=True)
                yield made

    class Connected:
        def __enter__(self):
            return Unreliable()

        def __exit__(self, *_):
            return False

    monkeypatch.setattr(cluster, "connect", lambda *_: Connected())
    spoilt = go(tmp_path, dask="anywhere")
    assert bytes_of(spoilt.folder) == bytes_of(go(tmp_path / "whole").folder)


# --- parts of a job array ---


def make_part(folder, part, parts, **more):
    return run_part(fake_scenario(runs=RUNS), part, parts, out=folder, engine=FakePrepared, **more)


@pytest.fixture(scope="module")
def fake_whole(tmp_path_factory):
    return run(fake_scenario(runs=RUNS), out=tmp_path_factory.mktemp("fake"), engine=FakePrepared)


def test_parts_are_put_together_and_nothing_is_made_twice(fake_whole, tmp_path):
    parts = [make_part(tmp_path, number, 4) for number in (3, 1, 4, 2)]
    assert sum(part.done for part in parts) == RUNS
    assert all(part.done == part.total and not part.finished for part in parts)

    def no_engine(scenario, evidence):
        class Idle(FakePrepared):
            def run_block(self, first, count):
                assert count == 1, "a block is made again"
                return super().run_block(first, count)

        return Idle(scenario, evidence)

    results = run(fake_scenario(runs=RUNS), out=tmp_path, engine=no_engine)
    assert results.manifest["times"]["runs_taken_up"] == RUNS
    assert bytes_of(results.folder) == bytes_of(fake_whole.folder)
    check_results(results.folder)
    assert make_part(tmp_path, 1, 4).finished


def test_what_a_part_did_not_do_is_made_at_the_end(fake_whole, tmp_path):
    make_part(tmp_path, 2, 3)

    def stop(progress):
        if progress.stage is Stage.RUN and progress.done > 0:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        make_part(tmp_path, 1, 3, workers=1, progress=stop)
    make_part(tmp_path, 1, 2)  # another cut of the same batch, which overlaps with the first
    results = run(fake_scenario(runs=RUNS), out=tmp_path, engine=FakePrepared)
    assert bytes_of(results.folder) == bytes_of(fake_whole.folder)


def test_parts_work_side_by_side_but_not_beside_the_whole(tmp_path):
    reached, finish = threading.Barrier(3), threading.Event()

    def prepare(scenario, evidence):
        class Slow(FakePrepared):
            def run_block(self, first, count):
                if count == 1 and not finish.is_set():
                    reached.wait(20)
                    finish.wait(20)
                return super().run_block(first, count)

        return Slow(scenario, evidence)

    def part(number):
        run_part(fake_scenario(runs=RUNS), number, 2, out=tmp_path, engine=prepare)

    threads = [threading.Thread(target=part, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    try:
        reached.wait(20)  # both are at work
        with pytest.raises(InputError, match="another process is writing there now"):
            run(fake_scenario(runs=RUNS), out=tmp_path, engine=FakePrepared)
        with pytest.raises(InputError, match="another process is writing there now"):
            make_part(tmp_path, 1, 2)
    finally:
        finish.set()
        for thread in threads:
            thread.join()
    assert run(fake_scenario(runs=RUNS), out=tmp_path, engine=FakePrepared).number_of_runs == RUNS


@pytest.mark.parametrize("part", [(0, 3), (4, 3), (1, 0)])
def test_a_part_that_does_not_exist_is_refused(part, tmp_path):
    with pytest.raises(InputError, match="allowed: a whole number from 1 to"):
        make_part(tmp_path, *part)


def test_more_parts_than_blocks_leave_some_with_nothing_to_do(fake_whole, tmp_path):
    assert make_part(tmp_path, 40, 40).done == 0
    assert make_part(tmp_path, 1, 40).done == CHUNK


def test_parts_from_the_command_line(tmp_path, capsys):
    asked = ["run", "toy", "--runs", "600", "--no-figures", "-o", str(tmp_path)]
    for number in (1, 2):
        assert main.main([*asked, "--block", f"{number}/2"]) == 0
        assert f"part {number} of 2 is there" in capsys.readouterr().out
    assert main.main(asked) == 0
    assert "600 runs" in capsys.readouterr().out
    assert main.main([*asked, "--block", "1/2"]) == 0
    assert "finished before" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["0/3", "4/3", "1", "a/b", "1/2/3", "-1/2"])
def test_a_part_that_makes_no_sense_is_wrong_usage(wrong, capsys):
    with pytest.raises(SystemExit) as stop:
        main.main(["run", "toy", f"--block={wrong}"])
    assert stop.value.code == 2
    assert "allowed: a part and how many there are, such as 3/40" in capsys.readouterr().err


def test_a_complaint_survives_the_way_from_a_worker():
    import pickle

    told = input_error("worker", "something", found="this", allowed="that")
    assert str(pickle.loads(pickle.dumps(told))) == str(told)
