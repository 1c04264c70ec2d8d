"""Sweeps on the model: what they keep, on which luck, and that they can be stopped at any point."""

import dataclasses
import json
import shutil

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.analysis.sensitivity import folder, plan
from sim.analysis.sensitivity.design_kinds import Design, DesignKind
from sim.analysis.sensitivity.evaluator import Ensemble
from sim.analysis.sensitivity.experiment import load_experiment
from sim.analysis.sensitivity.experiment_files import list_experiments
from sim.analysis.sensitivity.runner import estimate_sweep, smallest, sweep
from sim.analysis.sensitivity.sweep_results import load_sweep
from sim.batch.outcomes import final_columns, summarise, thresholds
from sim.batch.results import load_results
from sim.batch.verify import check_results
from sim.batch.worker import Interrupted, Stage
from sim.cli import main
from sim.engine.ensemble import prepare
from sim.evidence.evidence import load_evidence
from sim.evidence.numbers import OFFER_KINDS
from sim.io.errors import InputError
from sim.scenario.scenario import load_scenario

SPEC = {
    "title": "A try",
    "question": "Does it work?",
    "scenario": "toy",
    "seed": 5,
    "replicates": 3,
    "factors": ["choice.dependence_aversion", {"switch": "compensating-visit"}],
    "design": {"kind": "latin-hypercube", "points": 10},
    "outcomes": {
        "partners": {"measure": "effective_partners", "state": "each"},
        "balancing": {"word": "balancing"},
        "signed": {"total": "value_signed", "kind": "money"},
    },
}


def spec(**changes):
    return SPEC | changes


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of a few points, so that a small sweep has several."""
    monkeypatch.setattr(plan, "BLOCK", 12)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "BLOCK", 12)
        return sweep(SPEC, out=tmp_path_factory.mktemp("sweep"))


def by_hand(scenario, evidence, **numbers):
    """What a batch writes down at the end of three runs of a scenario with some numbers changed."""
    changed = dataclasses.replace(scenario, numbers={**scenario.numbers, **numbers}, seed=5)
    block = prepare(changed, evidence).run_block(0, 3)
    values = {name: number.value for name, number in evidence.numbers.items()} | dict(changed.numbers)
    return block, final_columns(summarise(block, thresholds(values)), block)


# --- what a point is -------------------------------------------------------------------------------------------------


def test_every_point_is_a_batch_with_its_numbers_on_the_same_luck(done):
    evidence, scenario = load_evidence("toy"), load_scenario("toy")
    for row in done.design.itertuples():
        off = () if row[3] > 0 else ("compensating-visit",)
        mine = dataclasses.replace(scenario, without=(*scenario.without, *off))
        block, final = by_hand(mine, evidence, **{"choice.dependence_aversion": row[2]})
        runs = done.runs[done.runs["point"] == row[1]]
        for place, state in enumerate(block.states):
            assert np.array_equal(runs[f"partners.{state}"], final["effective_partners"][:, place])


def test_a_scale_multiplies_and_weights_still_sum_to_one():
    evidence = load_evidence("toy")
    power, state = evidence.powers[0].code, evidence.states[0].code
    scale = {"scale": [f"powers.{power}.budget.*"], "name": "means", "low": 0.0, "high": 1.2, "beyond": "a try"}
    experiment = load_experiment(spec(factors=[scale, f"states.{state}.weight.*", "choice.gain"]))
    draws = np.random.default_rng(0)
    values = {f.name: draws.uniform(f.low, f.high, 7) for f in experiment.factors} | {"dummy": draws.random(7)}
    numbers = Ensemble(experiment).numbers(values, np.zeros(7, dtype=np.int64))
    name = f"powers.{power}.budget.{OFFER_KINDS[0]}"
    assert np.allclose(numbers[name], evidence.numbers[name].value * values["means"])
    weights = np.array([numbers[f"states.{state}.weight.{kind}"] for kind in OFFER_KINDS])
    assert np.allclose(weights.sum(axis=0), 1.0, rtol=0, atol=1e-12)
    raw = np.array([values[f"states.{state}.weight.{kind}"] for kind in OFFER_KINDS])
    assert np.allclose(weights, raw / raw.sum(axis=0))
    assert numbers["choice.tolerance"] == evidence.numbers["choice.tolerance"].value
    assert "dummy" not in numbers


def test_what_is_switched_off_is_off_whatever_strength_it_was_given():
    evidence = load_evidence("toy")
    system = evidence.systems["over-dependence-aversion"]
    strength = system.strengths[0]
    experiment = load_experiment(spec(factors=[{"switch": system.id}, strength]))
    values = {system.id: np.array([0.0, 1.0]), strength: np.array([2.0, 2.0])}
    assert Ensemble(experiment).numbers(values, np.zeros(2, dtype=np.int64))[strength].tolist() == [0.0, 2.0]


def test_replicates_have_the_luck_of_their_number():
    evaluate = Ensemble(load_experiment(SPEC))
    values = {factor.name: np.full(4, factor.base) for factor in evaluate.factors.values()}
    found = evaluate(values, np.array([0, 1, 0, 2]))
    assert np.array_equal(found[0], found[2])
    assert not np.array_equal(found[0], found[1])
    ready = dataclasses.replace(evaluate.prepared, luck_of=np.array([2]))
    alone = ready.run_block(0, 1)
    usual = prepare(load_scenario("toy"), seed=5).run_block(2, 1)
    assert np.array_equal(alone.by_power, usual.by_power)


def test_what_a_scenario_leaves_to_luck_is_drawn_once_a_replicate():
    experiment = load_experiment(spec(scenario="rough-decade", factors=["choice.gain"]))
    scenario, evidence = experiment.scenario, load_evidence()
    assert scenario.sampled
    assert any(event.chance < 1.0 for event in scenario.events)
    evaluate = Ensemble(experiment)
    found = evaluate({"choice.gain": np.full(6, evidence.numbers["choice.gain"].value)}, np.array([0, 1, 2, 2, 1, 0]))
    block = prepare(scenario, evidence, seed=5).run_block(0, 3)
    place = evaluate.outcomes.index(f"partners.{block.states[0]}")
    final = summarise(block, thresholds(evaluate.prepared.values)).state["effective_partners"][:, 0]
    assert np.array_equal(found[:, place], final[[0, 1, 2, 2, 1, 0]])


def test_a_factor_that_moves_nothing_shows_exactly_nothing(tmp_path):
    done = sweep(spec(design={"kind": "sobol", "points": 8}), out=tmp_path)
    dummy = done.indices[done.indices["factor"] == "dummy"]
    assert not dummy.empty
    assert (dummy["value"].abs() < 1e-12).all()


# --- blocks, workers, interruption -----------------------------------------------------------------------------------


def files_of(folder):
    """Everything in a folder but the manifest, which knows the day."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.suffix != ".json"}


@pytest.mark.parametrize("workers", [1, 3])
def test_the_bytes_do_not_depend_on_the_workers(workers, done, tmp_path):
    again = sweep(SPEC, out=tmp_path, workers=workers)
    assert again.folder.name == done.folder.name
    assert files_of(again.folder) == files_of(done.folder)


class Stopping:
    """An ensemble during which somebody presses Ctrl-C."""

    def __init__(self, experiment, after):
        self.inner, self.left = Ensemble(experiment), after
        self.outcomes = self.inner.outcomes

    def __call__(self, values, replicate):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return self.inner(values, replicate)


@pytest.mark.parametrize("after", [1, 2])
def test_a_sweep_that_was_stopped_goes_on_and_ends_with_the_same_bytes(after, done, tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "Ensemble", lambda experiment: Stopping(experiment, after))
    with pytest.raises(Interrupted) as stop:
        sweep(SPEC, out=tmp_path, workers=1)
    assert stop.value.done == after * 12
    assert not (stop.value.folder / "manifest.json").exists()
    with pytest.raises(InputError, match="an unfinished sweep"):
        load_sweep(stop.value.folder)
    monkeypatch.setattr(folder, "Ensemble", lambda experiment: Stopping(experiment, -1))
    again = sweep(SPEC, out=tmp_path)
    assert again.manifest["times"]["runs_taken_up"] == after * 12
    assert files_of(again.folder) == files_of(done.folder)
    assert not (again.folder / "partial").exists()


def test_a_block_that_is_not_as_it_was_is_made_again(done, tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "Ensemble", lambda experiment: Stopping(experiment, 2))
    with pytest.raises(Interrupted) as stop:
        sweep(SPEC, out=tmp_path, workers=1)
    monkeypatch.undo()
    monkeypatch.setattr(plan, "BLOCK", 12)
    part = sorted((stop.value.folder / "partial").glob("*.arrow"))[0]
    part.write_bytes(part.read_bytes()[:-40])
    again = sweep(SPEC, out=tmp_path)
    assert again.manifest["times"]["runs_taken_up"] == 12
    assert files_of(again.folder) == files_of(done.folder)


def test_a_finished_sweep_is_opened_and_not_run_again(done, monkeypatch):
    monkeypatch.setattr(folder, "Ensemble", lambda experiment: pytest.fail("it was run again"))
    again = sweep(SPEC, out=done.folder.parent)
    assert again.manifest == done.manifest


def test_progress_is_told_in_runs(tmp_path):
    told = []
    sweep(SPEC, out=tmp_path, progress=told.append)
    running = [one for one in told if one.stage is Stage.RUN]
    assert running[0].done == 0
    assert running[-1].done == running[-1].total == 30
    assert told[-1].stage is Stage.WRITE


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"title": "Another title"}, True),
        ({"seed": 6}, False),
        ({"replicates": 2}, False),
        ({"factors": ["choice.dependence_aversion"]}, False),
        ({"outcomes": {"balancing": {"word": "balancing"}}}, False),
    ],
)
def test_what_results_depend_on_gives_another_folder(change, same, done, tmp_path):
    planned, _ = plan.plan_sweep("sim.sweep", spec(**change), None, None, None, None, tmp_path, None)
    assert (planned.folder.name == done.folder.name) is same


def test_seeds_zero_and_one_both_work_and_differ(tmp_path):
    found = [sweep(SPEC, seed=seed, out=tmp_path) for seed in (0, 1)]
    assert found[0].manifest["seed"] == 0
    assert not np.array_equal(found[0].runs["signed"], found[1].runs["signed"])
    assert not np.array_equal(found[0].design, found[1].design)


# --- what is left ----------------------------------------------------------------------------------------------------


def test_the_manifest_lists_every_file_with_its_hash(done):
    from sim.io.writers import file_hash

    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    listed = {file["name"]: file["sha256"] for file in manifest["files"]}
    there = {path.name for path in done.folder.iterdir()} - {"manifest.json"}
    assert set(listed) == there
    assert all(file_hash(done.folder / name) == digest for name, digest in listed.items())
    assert manifest["runs"] == len(done.runs) == 30
    assert manifest["identity"]["evidence"]
    assert "not a forecast" in (done.folder / "README.txt").read_text(encoding="utf-8")


def test_a_sweep_is_checked_against_its_hashes_like_a_batch(done, tmp_path, capsys):
    whole = check_results(done.folder)
    assert (whole.title, whole.runs, whole.files) == ("A try", 30, len(done.manifest["files"]))
    assert main.main(["check", str(done.folder)]) == 0
    assert "A try (30 runs" in capsys.readouterr().out
    spoilt = tmp_path / done.folder.name
    shutil.copytree(done.folder, spoilt)
    (spoilt / "indices.parquet").write_bytes(b"nonsense")
    manifest = spoilt / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("A try", "A trick"), encoding="utf-8")
    with pytest.raises(InputError) as told:
        check_results(spoilt)
    places = {problem.file.rsplit("/", 1)[-1] for problem in told.value.problems}
    assert places == {"manifest.json", "indices.parquet"}


def test_a_sweep_taken_for_a_batch_is_told_and_nobody_is_asked_to_delete_it(done):
    with pytest.raises(InputError, match="found a sweep; it is opened with") as told:
        load_results(done.folder)
    assert "delete" not in str(told.value)


def test_its_tables_are_written_as_csv_on_request(done, tmp_path):
    shutil.copytree(done.folder, tmp_path / "copy")
    paths = load_sweep(tmp_path / "copy").write_csv(["design", "runs", "refused"])
    assert [path.name for path in paths] == ["design.csv", "runs.csv", "refused.csv"]
    assert len(pd.read_csv(paths[1])) == 30


def test_only_what_was_asked_is_kept(done):
    assert list(done.runs.columns) == ["point", "replicate", *done.outcomes]
    assert done.outcomes[-2:] == ("balancing", "signed")


def test_tables_and_labelled_arrays_say_the_same(done):
    pytest.importorskip("xarray")
    data = done.to_xarray()
    assert dict(data.sizes) == {"point": 10, "replicate": 3}
    assert np.array_equal(data["signed"].to_numpy().ravel(), done.runs["signed"])
    assert np.allclose(data["signed"].mean("replicate"), done.means["signed"])
    assert np.array_equal(data["choice.dependence_aversion"], done.design["choice.dependence_aversion"])


def test_a_screening_leaves_its_tables_and_the_design_has_what_it_kept(tmp_path):
    screened = spec(
        factors=["choice.*"], screen={"trajectories": 2, "keep": 3}, design={"kind": "sobol", "points": 8}, replicates=2
    )
    done = sweep(screened, out=tmp_path)
    assert len(done.factors) == 4
    assert list(done.design.columns) == ["point", *done.factors]
    effects = done.screening[done.screening["index"] == "mu_star"]
    largest = effects.groupby("factor")["value"].max()
    assert (largest[[name for name in done.factors if name != "dummy"]] > 0).all()
    assert pq.read_table(done.folder / "screen-outcomes.parquet").num_rows == 2 * (effects["factor"].nunique() + 1) * 2
    assert done.number_of_runs == load_experiment(screened).rows(screen=True) * 2 + len(done.runs)


def test_the_front_door_leads_here():
    assert sim.sweep is sweep


def test_an_estimate_counts_runs_and_writes_nothing(tmp_path):
    told = estimate_sweep(SPEC, out=tmp_path)
    assert (told.points, told.runs, told.finished) == (10, 30, False)
    assert told.seconds > 0
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_does_not_suit_the_design_is_refused(tmp_path):
    with pytest.raises(InputError, match="a power of two"):
        sweep(spec(design={"kind": "sobol", "points": 8}), points=12, out=tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        sweep(SPEC, out=tmp_path / "file")


def test_a_run_that_went_wrong_is_named_and_the_rest_is_kept(tmp_path, monkeypatch):
    class Spoilt(Stopping):
        def __call__(self, values, replicate):
            found = self.inner(values, replicate)
            found[:, -1] = np.where(values["choice.dependence_aversion"] > 1.0, np.nan, found[:, -1])
            return found

    monkeypatch.setattr(folder, "Ensemble", lambda experiment: Spoilt(experiment, 0))
    done = sweep(SPEC, out=tmp_path)
    why = done.refused.set_index("outcome").loc["signed", "why"]
    assert "gave no finite number" in why
    assert "signed" not in set(done.indices["outcome"])
    assert set(done.indices["outcome"]) >= {"partners.ALD"}


# --- what is shipped -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list_experiments())
def test_every_shipped_experiment_runs_from_end_to_end_at_small_size(name, tmp_path, monkeypatch):
    monkeypatch.undo()
    done = sweep(smallest(load_experiment(name)), out=tmp_path)
    assert done.manifest["points"] == len(done.design)
    assert len(done.runs) == len(done.design) * 2
    assert not done.indices.empty


def test_smallest_sizes_suit_every_design():
    for kind in DesignKind:
        experiment = dataclasses.replace(load_experiment(SPEC), design=Design(kind=kind, points=100))
        assert plan.resized(experiment.design, smallest(experiment).design.points).points <= 100
