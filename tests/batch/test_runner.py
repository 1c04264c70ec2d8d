import errno
import json
import threading

import pandas as pd
import pytest

from helpers.batches import RUNS, bytes_of, go
from helpers.fake_engine import FakePrepared, fake_scenario
from sim.batch import runner
from sim.batch.identity import code_hash, evidence_hash
from sim.batch.plan import CHUNK
from sim.batch.results import load_results
from sim.batch.runner import estimate, run
from sim.batch.worker import Interrupted, Stage
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError
from sim.io.writers import file_hash
from sim.model.variables import BANDED, BY_POWER


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return go(tmp_path_factory.mktemp("whole"), workers=1)


def test_the_folder_is_complete_and_says_what_is_in_it(results):
    names = {path.name for path in results.folder.iterdir()}
    assert names == {
        "README.txt",
        "bands.parquet",
        "manifest.json",
        "offers.parquet",
        "outcomes.parquet",
        "runs.parquet",
        "series.parquet",
        "summary.json",
    }
    for listed in results.manifest["files"]:
        assert file_hash(results.folder / listed["name"]) == listed["sha256"]


def test_every_column_is_explained_in_the_read_me(results):
    text = (results.folder / "README.txt").read_text(encoding="utf-8")
    for frame in (results.series, results.bands, results.outcomes, results.offers):
        for column in frame.columns:
            stem = column.rsplit("_", 1)[0] if column.rsplit("_", 1)[-1] in results.powers else column
            assert stem in text, column
    for column in results.runs.columns:
        assert column.split("_")[0] in text, column


def test_tables_have_the_rows_they_should(results):
    quarters, states, powers = 16, 2, 3
    assert results.number_of_runs == len(results.runs) == RUNS
    assert len(results.series) == RUNS * quarters * states
    assert len(results.bands) == quarters * states * sum(powers if name in BY_POWER else 1 for name in BANDED)
    assert len(results.offers) == states * powers * 4
    assert results.outcomes.groupby(["quarter", "state"], observed=True)["runs"].sum().eq(RUNS).all()


def test_the_end_told_by_runs_series_and_outcomes_is_the_same(results):
    last = results.series[results.series["quarter"] == "2028-Q4"]
    final = results.final_outcomes()
    for state in results.states:
        by_runs = results.runs[f"outcome_{state}"]
        by_series = last[last["state"] == state].set_index("run")["outcome"].astype(str)
        assert by_series.loc[results.runs["run"]].tolist() == by_runs.tolist()
        told = final[final["state"] == state].set_index("outcome")["runs"].to_dict()
        assert told == by_runs.value_counts().to_dict()


def test_the_manifest_resolves_everything(results):
    manifest = results.manifest
    assert manifest["identity"]["scenario"]["events"] == []
    assert manifest["identity"]["code"] == code_hash()
    assert manifest["identity"]["evidence"] == evidence_hash(load_evidence("toy"))
    assert manifest["numbers"]["measures.final_quarters"] == 4
    assert manifest["seed"] == 7
    assert {"started", "finished", "seconds"} <= set(manifest["times"])
    assert "not a forecast" in manifest["note"]


@pytest.mark.parametrize("workers", [2, 5])
def test_the_same_bytes_for_any_number_of_workers(results, workers, tmp_path):
    assert bytes_of(go(tmp_path, workers=workers).folder) == bytes_of(results.folder)


def stop_after(runs):
    def progress(told):
        if told.stage is Stage.RUN and told.done >= runs:
            raise KeyboardInterrupt

    return progress


def test_an_interrupted_batch_says_how_far_it_is_and_ends_as_if_it_had_not_been(results, tmp_path):
    with pytest.raises(Interrupted) as stop:
        go(tmp_path, workers=1, progress=stop_after(CHUNK))
    assert stop.value.total == RUNS
    assert CHUNK <= stop.value.done < RUNS
    assert not (stop.value.folder / "manifest.json").exists()
    with pytest.raises(InputError, match="unfinished"):
        load_results(stop.value.folder)
    counted = CountingEngine()
    resumed = run(fake_scenario(runs=RUNS), out=tmp_path, engine=counted.prepare, workers=1)
    assert resumed.folder == stop.value.folder
    assert resumed.manifest["times"]["runs_taken_up"] == stop.value.done
    assert sum(counted.runs) - 1 == RUNS - stop.value.done  # one run is played to learn the names
    assert bytes_of(resumed.folder) == bytes_of(results.folder)


class CountingEngine:
    """Notes how many runs it was asked for."""

    def __init__(self):
        self.runs = []
        self.lock = threading.Lock()

    def prepare(self, scenario, evidence):
        engine = self

        class Counting(FakePrepared):
            def run_block(self, first, count):
                with engine.lock:
                    engine.runs.append(count)
                return super().run_block(first, count)

        return Counting(scenario, evidence)


@pytest.mark.parametrize("spoilt", ["series.parquet/block-00000.parquet", "partial/runs-00000.arrow"])
@pytest.mark.parametrize("how", ["cut", "gone"])
def test_a_spoilt_file_is_made_again(results, spoilt, how, tmp_path):
    with pytest.raises(Interrupted) as stop:
        go(tmp_path, workers=1, progress=stop_after(CHUNK))
    path = stop.value.folder / spoilt
    if how == "cut":
        path.write_bytes(path.read_bytes()[:100])
    else:
        path.unlink()
    assert bytes_of(go(tmp_path).folder) == bytes_of(results.folder)


@pytest.mark.parametrize("spoilt", ["aggregate.npz", "blocks.json"])
def test_without_its_notes_a_batch_starts_afresh(results, spoilt, tmp_path):
    with pytest.raises(Interrupted) as stop:
        go(tmp_path, workers=1, progress=stop_after(CHUNK))
    (stop.value.folder / "partial" / spoilt).write_bytes(b"nonsense")
    assert bytes_of(go(tmp_path).folder) == bytes_of(results.folder)


def test_a_fault_in_one_block_keeps_the_others(results, tmp_path):
    def prepare(scenario, evidence):
        class Faulty(FakePrepared):
            def run_block(self, first, count):
                if first == 2 * CHUNK:
                    raise RuntimeError("a bug")
                return super().run_block(first, count)

        return Faulty(scenario, evidence)

    with pytest.raises(RuntimeError, match="a bug"):
        run(fake_scenario(runs=RUNS), out=tmp_path, engine=prepare, workers=1)
    resumed = go(tmp_path)
    assert resumed.manifest["times"]["runs_taken_up"] == 2 * CHUNK
    assert bytes_of(resumed.folder) == bytes_of(results.folder)


def test_what_is_finished_is_opened_and_not_run_again(tmp_path):
    counted = CountingEngine()
    first = run(fake_scenario(runs=20), out=tmp_path, engine=counted.prepare)
    asked = len(counted.runs)
    again = run(fake_scenario(runs=20), out=tmp_path, engine=counted.prepare)
    assert again.folder == first.folder
    assert len(counted.runs) == asked


def test_another_seed_number_or_event_is_another_folder(tmp_path):
    folders = {
        run(fake_scenario(runs=5, **changes), out=tmp_path, engine=FakePrepared).folder
        for changes in ({}, {"seed": 8}, {"numbers": {"measures.leaning_share": 0.45}}, {"end": 2027 * 4})
    }
    assert len(folders) == 4


def test_runs_and_seed_may_be_given_instead_of_the_scenarios(tmp_path):
    results = run(fake_scenario(), runs=12, seed=0, out=tmp_path, engine=FakePrepared)
    assert (results.number_of_runs, results.manifest["seed"]) == (12, 0)


def test_the_course_of_runs_can_be_thinned_and_nothing_else_changes(results, tmp_path):
    thin = go(tmp_path, series=CHUNK + 10)
    assert thin.series["run"].nunique() == CHUNK + 10
    assert thin.bands.equals(results.bands)
    assert thin.runs.equals(results.runs)
    assert f"the first {CHUNK + 10} runs" in (thin.folder / "README.txt").read_text(encoding="utf-8")
    none = run(fake_scenario(runs=30), out=tmp_path, engine=FakePrepared, series=0)
    assert not (none.folder / "series.parquet").exists()


def test_quarters_and_measures_can_be_left_out_of_the_course_and_nothing_else_changes(results, tmp_path):
    thin = go(tmp_path, thin=4, measures=("alignment", "outcome"))
    assert thin.folder.name != results.folder.name
    assert thin.series["quarter"].unique().tolist() == ["2025-Q4", "2026-Q4", "2027-Q4", "2028-Q4"]
    assert list(thin.series.columns) == ["run", "quarter", "state", "outcome", *(f"alignment_{p}" for p in thin.powers)]
    assert (thin.manifest["thin"], thin.manifest["measures"]) == (4, ["outcome", "alignment"])
    assert thin.bands.equals(results.bands)
    assert thin.runs.equals(results.runs)
    text = (thin.folder / "README.txt").read_text(encoding="utf-8")
    assert "the course of every run, every 4 quarters" in text
    assert "(kept here: outcome, alignment)" in text
    assert go(tmp_path, thin=4, measures=["outcome", "alignment"]).folder == thin.folder  # their order is no difference


def test_a_measure_or_a_way_with_numbers_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"measures\[0\]: found 'autonmy'; allowed: .*Did you mean 'autonomy'"):
        go(tmp_path, measures=("autonmy",))
    with pytest.raises(InputError, match="numbers: found 'guessed'; allowed: fixed, sampled"):
        go(tmp_path, numbers="guessed")


def test_what_killed_processes_began_to_write_is_tidied_away(results, tmp_path):
    with pytest.raises(Interrupted) as stop:
        go(tmp_path, workers=1, progress=stop_after(CHUNK))
    for place in ("", "series.parquet", "partial"):
        (stop.value.folder / place / ".block-00001.parquet.99.1.draft").write_bytes(b"half")
    assert bytes_of(go(tmp_path).folder) == bytes_of(results.folder)


def test_notes_made_with_other_libraries_are_not_gone_on_with(results, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("sim.batch.notebook.versions", lambda: {"numpy": "0.1"})
        with pytest.raises(Interrupted):
            go(tmp_path, workers=1, progress=stop_after(CHUNK))
    afresh = go(tmp_path)
    assert afresh.manifest["times"]["runs_taken_up"] == 0
    assert bytes_of(afresh.folder) == bytes_of(results.folder)


def test_the_summary_tells_what_the_tables_tell(results):
    told = json.loads((results.folder / "summary.json").read_text(encoding="utf-8"))
    assert (told["runs"], told["seed"], told["end"]) == (RUNS, 7, "2028-Q4")
    assert "not a forecast" in told["note"]
    assert "variance" not in told
    final = results.final_outcomes()
    for state, one in told["states"].items():
        rows = final[final["state"] == state]
        assert one["outcomes"] == pytest.approx(dict(zip(rows["outcome"], rows["share"], strict=True)), rel=1e-5)
        bands = results.bands[(results.bands["state"] == state) & (results.bands["quarter"] == "2028-Q4")]
        for power, band in one["alignment"].items():
            row = bands[(bands["measure"] == "alignment") & (bands["power"] == power)].iloc[0]
            assert band["mean"] == pytest.approx(row["mean"], rel=1e-5)


def test_an_estimate_tells_what_is_kept_and_what_is_free(tmp_path):
    with pytest.raises(Interrupted) as stop:
        go(tmp_path, workers=1, progress=stop_after(CHUNK))
    told = estimate(fake_scenario(runs=RUNS), out=tmp_path, engine=FakePrepared)
    assert told.kept == stop.value.done
    assert told.blocks == 3
    assert told.writable
    assert told.free > 0
    go(tmp_path)
    done = estimate(fake_scenario(runs=RUNS), out=tmp_path, engine=FakePrepared)
    assert (done.finished, done.kept, done.seconds) == (True, RUNS, 0.0)
    sampled = estimate("toy", runs=100, out=tmp_path, numbers="sampled")
    assert sampled.drawn > 300
    assert sampled.size > estimate("toy", runs=100, out=tmp_path).size
    assert estimate("toy", runs=100, out=tmp_path, thin=8, measures=("hhi",)).size < 0.5 * sampled.size


def test_one_scenario_gives_results_and_a_list_gives_a_tuple(tmp_path):
    several = run(
        [fake_scenario("one", runs=5), fake_scenario("two", runs=5)], out=tmp_path, engine=FakePrepared, workers=1
    )
    assert [one.name for one in several] == ["one", "two"]


def test_progress_goes_through_the_stages_and_never_back(tmp_path):
    told = []
    go(tmp_path, progress=told.append)
    stages = [progress.stage for progress in told]
    assert stages[0] in {Stage.PREPARE, Stage.COMPILE}
    assert stages[-1] is Stage.WRITE
    done = [progress.done for progress in told]
    assert done == sorted(done)
    assert {progress.total for progress in told} == {RUNS}


def test_a_run_that_goes_wrong_is_named(tmp_path):
    def prepare(scenario, evidence):
        class Infinite(FakePrepared):
            def one_run(self, number):
                by_power, by_state, offers = super().one_run(number)
                if number == 17:
                    by_power[:] = float("inf")
                return by_power, by_state, offers

        return Infinite(scenario, evidence)

    with pytest.raises(ValueError, match="run 17"):
        run(fake_scenario(runs=40), out=tmp_path, engine=prepare)


def test_two_at_once_in_one_folder_are_kept_apart(tmp_path):
    pytest.importorskip("fcntl")
    reached, finish = threading.Event(), threading.Event()

    def prepare(scenario, evidence):
        class Slow(FakePrepared):
            def run_block(self, first, count):
                reached.set()
                finish.wait(20)
                return super().run_block(first, count)

        return Slow(scenario, evidence)

    thread = threading.Thread(target=lambda: run(fake_scenario(runs=5), out=tmp_path, engine=prepare))
    thread.start()
    try:
        assert reached.wait(20)
        with pytest.raises(InputError, match="another process"):
            run(fake_scenario(runs=5), out=tmp_path, engine=prepare)
    finally:
        finish.set()
        thread.join()


def test_an_unknown_engine_is_refused():
    with pytest.raises(InputError, match=r"engine: found .*; allowed: ensemble, numpy, mesa"):
        run(fake_scenario(), engine="steam")


def test_an_estimate_writes_nothing(tmp_path):
    told = estimate(fake_scenario(runs=1000), out=tmp_path, engine=FakePrepared)
    assert told.runs == 1000
    assert told.seconds > 0
    assert not told.finished
    assert list(tmp_path.iterdir()) == []


def test_an_estimate_of_the_disk_is_of_the_right_order(results, tmp_path):
    told = estimate(fake_scenario(runs=RUNS), out=tmp_path, engine=FakePrepared)
    written = sum(path.stat().st_size for path in results.folder.rglob("*.parquet") if path.is_file())
    assert written / 3 < told.size < written * 3


def test_csv_on_request(tmp_path):
    results = run(fake_scenario(runs=6), out=tmp_path, engine=FakePrepared)
    paths = results.write_csv()
    assert {path.name for path in paths} == {
        f"{name}.csv" for name in ("runs", "series", "bands", "outcomes", "offers")
    }
    assert len(pd.read_csv(results.folder / "runs.csv")) == 6


def test_the_identity_holds_no_path_of_this_machine(results):
    told = json.dumps(results.manifest)
    assert str(results.folder.parent) not in told
    assert str(runner.__file__) not in told


# --- with the engine itself ---


def test_the_engine_gives_the_same_bytes_for_any_workers_and_lanes(tmp_path):
    from sim.engine.ensemble import prepare

    def with_lanes(lanes):
        def prepared(scenario, evidence):
            ready = prepare(scenario, evidence)

            class Narrow:
                def run_block(self, first, count):
                    return ready.run_block(first, count, lanes=lanes)

            return Narrow()

        return prepared

    told = [
        bytes_of(
            run("toy", runs=70, out=tmp_path / f"{lanes}-{workers}", engine=with_lanes(lanes), workers=workers).folder
        )
        for lanes, workers in ((64, 1), (64, 2), (7, 2), (1, 1))
    ]
    assert told[0] == told[1] == told[2] == told[3]


def test_a_folder_that_cannot_be_written_is_told_plainly(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder", encoding="utf-8")
    with pytest.raises(InputError, match="results cannot be written there"):
        go(in_the_way)


def test_a_full_disk_is_told_plainly_and_keeps_what_was_finished(tmp_path, monkeypatch):
    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("sim.batch.folder.write_table", full)
        with pytest.raises(InputError, match="No space left on device"):
            go(tmp_path, workers=1)
    assert go(tmp_path, workers=1).manifest["runs"] == RUNS
