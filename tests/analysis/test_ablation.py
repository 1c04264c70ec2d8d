import dataclasses
import errno
import json

import numpy as np
import pandas as pd
import pytest

from sim.analysis.ablation import _Ablation, effects
from sim.analysis.ablation_results import (
    EFFECTS_FORMAT,
    POLICY,
    clearest,
    read_effects,
    silent,
    strongest_systems,
    summary,
    write_effects,
)
from sim.analysis.effect_tables import ON_SHOW
from sim.analysis.paired import Resampling, finals_of_block, holm, paired
from sim.batch.outcomes import thresholds
from sim.cli import main
from sim.cli.report import print_ablation
from sim.engine.ensemble import prepare
from sim.evidence.evidence import load_evidence
from sim.figures.ablation import draw_ablation
from sim.io.errors import InputError
from sim.io.text import CAUTION
from sim.scenario.scenario import load_scenario

RUNS = 60
SYSTEMS = ("over-dependence-aversion", "unrest-and-intervention", "format-mirroring", "russian-counter-exercises")


@pytest.fixture(scope="module")
def toy():
    return load_scenario("toy")


@pytest.fixture(scope="module")
def table(toy):
    return effects(["toy", "tariff-shock"], RUNS, systems=SYSTEMS)


@pytest.fixture(scope="module")
def whole(toy):
    return effects(toy, 12)


def test_every_system_is_switched_off_in_turn(whole):
    assert list(dict.fromkeys(whole["system"])) == list(load_evidence("toy").systems)
    assert whole.groupby("system").size().nunique() == 1


def test_a_difference_is_that_of_two_batches_with_the_same_luck(table, toy):
    name = "over-dependence-aversion"
    finals = []
    for scenario in (toy, dataclasses.replace(toy, without=(name,))):
        ready = prepare(scenario)
        finals.append(finals_of_block(ready.run_block(0, RUNS), thresholds(ready.values)))
    mine = table[(table["scenario"] == "toy") & (table["system"] == name)]
    told = mine[(mine["measure"] == "effective_partners") & (mine["state"] == "ALD")].iloc[0]
    one, two = (final.column("ALD", "effective_partners") for final in finals)
    assert told["reference"] == pytest.approx(one.mean())
    assert told["difference"] == pytest.approx((two - one).mean(), abs=1e-9)
    changed = mine[(mine["measure"] == "outcome_changed") & (mine["state"] == "ALD")].iloc[0]
    assert changed["difference"] == pytest.approx((finals[0].words[:, 0] != finals[1].words[:, 0]).mean())


def test_a_scenario_leaves_out_what_it_has_switched_off_already(toy):
    calm = dataclasses.replace(toy, name="calm", without=("format-mirroring",))
    found = effects(calm, 4, systems=("format-mirroring", "trust-backlash"))
    assert set(found["system"]) == {"trust-backlash"}
    with pytest.raises(InputError, match="switched off already"):
        effects(calm, 4, systems=("format-mirroring",))


def test_a_system_that_does_nothing_is_told_from_one_without_clear_effect(toy):
    """With its strengths at nought a system is idle, and every one of its differences is nought exactly."""
    strengths = load_evidence("toy").systems["format-mirroring"].strengths
    idle = dataclasses.replace(toy, name="idle", numbers=dict.fromkeys(strengths, 0.0))
    found = effects([idle, "toy"], 20, systems=("format-mirroring", "over-dependence-aversion"))
    still = found[(found["scenario"] == "idle") & (found["system"] == "format-mirroring")]
    assert (still["touched"] == 0.0).all()
    assert (still["difference"] == 0.0).all()
    assert not still["clear"].any()
    assert silent(found[found["scenario"] == "idle"]) == ["format-mirroring"]
    assert (found.loc[found["scenario"] == "toy", "touched"] > 0.0).all()


def test_chance_alone_seldom_calls_anything_clear(toy):
    """Unrelated runs differ in some outcome at 5 % almost always; corrected, in about one family of twenty."""
    families, runs = 60, 60
    ready = prepare(toy)
    values = finals_of_block(ready.run_block(0, 2 * families * runs), thresholds(ready.values)).values
    halves = values.reshape(families, 2, runs, -1)
    resampling = Resampling(runs, 1, resamples=2)
    chances = [paired(half[0], half[1], resampling).p for half in halves]
    assert np.mean([(p < 0.05).any() for p in chances]) > 0.8
    assert np.mean([(holm(p) < 0.05).any() for p in chances]) < 0.15


def test_the_same_whatever_the_workers(table):
    again = effects(["toy", "tariff-shock"], RUNS, systems=SYSTEMS, workers=1)
    pd.testing.assert_frame_equal(table, again, check_exact=True)


def test_the_clearest_scenario_of_each_system_is_named(table):
    best = clearest(table).set_index("system")
    every = summary(table)
    assert list(best.index) == [name for name in load_evidence().systems if name in SYSTEMS]
    for system, row in best.iterrows():
        mine = every[every["system"] == system]
        assert len(mine) == 2
        assert row["clear"] == mine["clear"].max()
    assert best.loc["over-dependence-aversion", "clear"] > 0


def test_of_a_state_the_outcome_that_differs_most_is_picked(table):
    most = strongest_systems(table)
    for row in most.itertuples():
        same = (table["scenario"] == row.scenario) & (table["system"] == row.system) & (table["state"] == row.state)
        alignment = table[same & (table["measure"] == "alignment")]
        assert abs(row.effect) >= alignment["effect"].abs().max()
    assert "outcome_changed" not in set(most["measure"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"runs": 1}, "a whole number from 2 to"),
        ({"runs": 5, "systems": ["format-mirrorin"]}, "Did you mean 'format-mirroring'"),
    ],
)
def test_wrong_input_is_refused(arguments, said):
    with pytest.raises(InputError, match=said):
        effects("toy", **arguments)


# --- files, figures, table -------------------------------------------------------------------------------------------


def test_the_short_table_is_small_and_comes_back_as_it_was_written(table, tmp_path):
    path = tmp_path / "effects.json"
    write_effects(table, path)
    first = path.read_bytes()
    write_effects(effects(["toy", "tariff-shock"], RUNS, systems=SYSTEMS), path)
    assert path.read_bytes() == first
    found = read_effects(path)
    assert (found.runs, found.scenarios) == (RUNS, ("toy", "tariff-shock"))
    kept = summary(table)
    assert found.summary["system"].tolist() == kept["system"].tolist()
    assert found.summary["difference"].to_numpy() == pytest.approx(kept["difference"].to_numpy(), rel=1e-5)
    assert clearest(found.summary)["scenario"].tolist() == clearest(table)["scenario"].tolist()
    assert set(found.states["system"]) == set(SYSTEMS)
    assert set(POLICY) < set(ON_SHOW) == set(found.states["measure"])
    assert json.loads(first)["note"] == CAUTION


def test_effects_of_the_first_format_are_read_under_the_names_of_today(table, tmp_path):
    path, old = tmp_path / "effects.json", tmp_path / "old.json"
    write_effects(table, path)
    text = path.read_text(encoding="utf-8").replace(f'"format": {EFFECTS_FORMAT}', '"format": 1')
    for name, before in {
        "balancing_ended": "ended",
        "outcome_changed": "outcome changed",
        "mean_trust": "trust",
    }.items():
        assert f'"{name}"' in text
        text = text.replace(f'"{name}"', f'"{before}"')
    told = json.loads(text)
    del told["seal"]  # which came later
    old.write_text(json.dumps(told), encoding="utf-8")
    pd.testing.assert_frame_equal(read_effects(old).states, read_effects(path).states)
    pd.testing.assert_frame_equal(read_effects(old).summary, read_effects(path).summary)


@pytest.mark.parametrize("text", ["", "{}", '{"format": 99}', "[1]"], ids=["empty", "bare", "later", "list"])
def test_a_file_that_is_none_is_told(text, tmp_path):
    path = tmp_path / "effects.json"
    with pytest.raises(InputError, match="multivector ablate -o"):
        read_effects(path)
    path.write_text(text)
    with pytest.raises(InputError, match="no file of effects"):
        read_effects(path)


def test_a_figure_is_drawn_for_every_scenario(table, tmp_path):
    paths = draw_ablation(table, tmp_path)
    assert [path.name for path in paths] == ["ablation-toy.png", "ablation-tariff-shock.png"]
    text = (tmp_path / "ablation-toy.svg").read_text(encoding="utf-8")
    assert CAUTION in text
    assert "60 runs with and without" in text
    beside = pd.read_csv(tmp_path / "ablation-toy.csv")
    assert set(beside["panel"]) == {"partners", "strongest"}
    assert np.isfinite(beside["difference"]).all()


def test_the_table_ends_with_the_systems_that_have_no_clear_effect(table, capsys):
    quiet = table[table["system"] == "russian-counter-exercises"].assign(clear=False)
    print_ablation(pd.concat([table[table["system"] == "format-mirroring"], quiet]), 0.95)
    out = capsys.readouterr().out
    assert "Holm" in out
    assert "No effect that can be told from nought in any of these scenarios: russian-counter-exercises." in " ".join(
        out.split()
    )
    assert "toy without format-mirroring, less toy" in out  # few systems are shown in full


def test_the_command_writes_a_folder_or_the_short_table_alone(tmp_path, capsys):
    options = ["--runs", "12", "--system", "trust-backlash", "--system", "format-mirroring"]
    assert main.main(["ablate", "toy", *options, "-o", str(tmp_path / "short.json")]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["short.json"]
    assert main.main(["ablate", "toy", *options, "-o", str(tmp_path), "--no-figures"]) == 0
    assert "What each system does" in capsys.readouterr().out
    folder = next(tmp_path.glob("ablate-toy-*"))
    assert {path.name for path in folder.iterdir()} == {"effects.csv", "effects.json", "summary.csv", "manifest.json"}
    assert (folder / "effects.json").read_bytes() == (tmp_path / "short.json").read_bytes()


@pytest.mark.parametrize("name", ["folder", "short.json"])
def test_the_command_stopped_goes_on_and_says_how(name, tmp_path, capsys, monkeypatch):
    options = ["--runs", "12", "--system", "trust-backlash", "--system", "format-mirroring", "--workers", "1"]
    asked = ["ablate", "toy", *options, "--no-figures", "-o", str(tmp_path / name)]
    made, real = [], _Ablation._table

    def table(self, system, *others):
        made.append(system)
        if len(made) == 2:
            raise KeyboardInterrupt
        return real(self, system, *others)

    monkeypatch.setattr(_Ablation, "_table", table)
    assert main.main(asked) == 130
    said = capsys.readouterr().err
    assert "Interrupted; 12 of 36 runs are finished and kept in" in said
    assert f"multivector {' '.join(asked)}" in said
    assert main.main(asked) == 0
    assert len(made) == 3
    left = tmp_path / name if name == "folder" else tmp_path
    assert not list(left.rglob("partial"))
    assert len(list(left.iterdir())) == 1


def test_effects_that_cannot_be_written_are_told_and_not_run_again(tmp_path, capsys, monkeypatch):
    asked = ["ablate", "toy", "--runs", "12", "--system", "trust-backlash", "--no-figures", "-o", str(tmp_path)]

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("sim.analysis.ablation_results.write_text", full)
        assert main.main(asked) == 2
    assert (
        "results cannot be written there (No space left on device); what was noted is kept" in capsys.readouterr().err
    )
    monkeypatch.setattr(_Ablation, "_table", pytest.fail)
    assert main.main(asked) == 0
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["tooy"], "Did you mean 'toy'"), (["toy", "--system", "trust-backlas"], "Did you mean 'trust-backlash'")],
)
def test_the_command_tells_what_is_wrong(arguments, said, tmp_path, capsys):
    assert main.main(["ablate", *arguments, "-o", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
