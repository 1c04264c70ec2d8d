import json
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

import sim
from helpers.fake_engine import POWERS, FakePrepared, fake_scenario
from sim.analysis.comparison import compare, compare_results, is_results
from sim.analysis.paired import Label
from sim.analysis.result_pairs import starting_values
from sim.batch.rows import naive_words
from sim.batch.runner import run
from sim.cli import main
from sim.cli.report import print_comparison
from sim.cli.run_report import print_results
from sim.figures.comparison import draw_differences, effect_map, flow
from sim.figures.style import look
from sim.io.errors import InputError
from sim.io.text import CAUTION, signed
from sim.model.variables import power_place, state_place

RUNS = 60
LIFT = 0.03  # what the scenario called `lifted` adds to trust in the second power


class Lifted(FakePrepared):
    """The same luck, with more trust in one power and less in another, and one offer more accepted in even runs."""

    def one_run(self, number):
        by_power, by_state, offers = super().one_run(number)
        by_power = by_power.copy()
        trust = by_power[..., 1, power_place.trust]
        trust[:] = np.minimum(trust + LIFT, 1.0)
        by_state = by_state.copy()
        by_state[..., state_place.accepted] += number % 2 == 0
        if number % 10 == 0:
            by_state[:, 0, state_place.sided] = 2.0  # takes the side of the second power
        return by_power, by_state, offers


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def reference(folder):
    return run(fake_scenario("plain", runs=RUNS), out=folder, engine=FakePrepared)


@pytest.fixture(scope="module")
def lifted(folder):
    return run(fake_scenario("lifted", runs=RUNS), out=folder, engine=Lifted)


@pytest.fixture(scope="module")
def comparison(reference, lifted):
    return compare_results([reference, lifted])


def row(comparison, measure, state="ALD", power=""):
    effects = comparison.effects
    found = effects[(effects["measure"] == measure) & (effects["state"] == state) & (effects["power"] == power)]
    assert len(found) == 1
    return found.iloc[0]


def test_a_difference_that_was_put_in_is_found_and_nothing_else(comparison):
    trust = row(comparison, "trust", power="OST")
    assert trust["difference"] == pytest.approx(LIFT, abs=0.005)
    assert trust["low"] <= trust["difference"] <= trust["high"]
    assert trust["clear"]
    assert row(comparison, "trust", power="NOR")["difference"] == 0.0
    assert row(comparison, "mean_trust")["difference"] == pytest.approx(LIFT / len(POWERS), abs=0.002)
    assert row(comparison, "accepted")["moved"] == 0.5
    untouched = comparison.effects[comparison.effects["measure"].isin(["alignment", "hhi", "delivered", "visits"])]
    assert (untouched["difference"] == 0.0).all()
    assert not untouched["clear"].any()


def test_means_are_those_of_the_results(comparison, reference, lifted):
    told = row(comparison, "balance")
    assert told["reference"] == pytest.approx(reference.runs["balance_ALD"].mean())
    assert told["mean"] == pytest.approx(lifted.runs["balance_ALD"].mean())
    partners = row(comparison, "effective_partners", "BEK")
    bands = reference.bands
    first = bands[(bands["measure"] == "effective_partners") & (bands["quarter"] == "2025-Q1")]
    assert partners["start"] == pytest.approx(first.set_index("state")["mean"]["BEK"], abs=1e-5)


def test_changed_words_are_counted_run_by_run(comparison, reference, lifted):
    before, after = reference.runs["outcome_ALD"], lifted.runs["outcome_ALD"]
    mine = comparison.changes[comparison.changes["state"] == "ALD"]
    assert mine["runs"].sum() == RUNS
    for change in mine.itertuples():
        assert change.runs == ((before == change.before) & (after == change.after)).sum()
    assert comparison.changed("lifted")["ALD"] == pytest.approx((before != after).mean())
    assert comparison.changed("lifted")["ALD"] > 0
    assert comparison.changed("lifted")["BEK"] == 0


def test_nothing_changes_is_how_each_state_stood_in_the_first_quarter(reference):
    first = reference.outcomes[reference.outcomes["quarter"] == "2025-Q1"]
    for state, (word, share) in naive_words(reference).items():
        mine = first[first["state"] == state].set_index("outcome")["share"]
        assert share == pytest.approx(mine.max())
        assert mine[word] == pytest.approx(mine.max())
    starts = starting_values(reference)
    assert Label("ALD", "alignment", "SUD") in starts
    assert Label("ALD", "visits", "") not in starts  # a sum over a run has no value at its start
    trust = [starts[Label("ALD", "trust", power)] for power in reference.powers]
    assert starts[Label("ALD", "mean_trust", "")] == pytest.approx(np.mean(trust))


def test_the_course_is_compared_quarter_by_quarter(comparison, reference, lifted):
    course = comparison.course
    assert set(course["quarter"]) == set(reference.manifest["quarters"])
    assert set(course["measure"]) == {"effective_partners", "alignment"}
    assert (course["difference"] == 0.0).all()  # neither was touched
    assert (course["runs"] == RUNS).all()


def test_a_scenario_that_begins_later_is_compared_over_the_quarters_they_share(folder, reference):
    late = run(fake_scenario("late", start=2026 * 4, runs=RUNS), out=folder, engine=FakePrepared)
    found = compare_results([reference, late])
    assert set(found.course["quarter"]) == set(late.manifest["quarters"])
    assert any("begins in 2026-Q1" in note for note in found.notes)
    series = reference.series
    shared = series[series["quarter"].astype(str) >= "2026"]
    sums = shared[shared["state"] == "ALD"].groupby("run")["offers"].sum()
    assert row(found, "offers")["reference"] == pytest.approx(sums.mean())
    assert row(found, "offers")["mean"] == pytest.approx(late.runs["offers_ALD"].mean())
    assert "pressed_quarters" not in set(
        found.effects["measure"]
    )  # counted over the whole run, and not kept by quarter


def test_without_a_course_sums_of_unequal_runs_are_left_out(folder):
    early = run(fake_scenario("early", runs=20), out=folder, engine=FakePrepared, series=1)
    late = run(fake_scenario("later", start=2026 * 4, runs=20), out=folder, engine=FakePrepared, series=1)
    found = compare_results([early, late])
    assert "offers" not in set(found.effects["measure"])
    assert "alignment" in set(found.effects["measure"])
    assert any("left out" in note for note in found.notes)
    assert found.course.empty


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 8}, "found seed 8"),
        ({"end": 2027 * 4}, "found runs that end in 2027-Q1"),
        ({"runs": 1}, "found 1 run"),
    ],
    ids=["other luck", "another end", "one run"],
)
def test_what_cannot_be_paired_is_refused(folder, reference, changes, said):
    other = run(fake_scenario("other", **({"runs": RUNS} | changes)), out=folder, engine=FakePrepared)
    with pytest.raises(InputError, match=said):
        compare_results([reference, other])


def test_one_is_not_enough(reference):
    with pytest.raises(InputError, match="two or more"):
        compare(reference)


def test_the_first_runs_are_paired_where_one_has_more(folder, reference):
    fewer = run(fake_scenario("fewer", runs=40), out=folder, engine=FakePrepared)
    found = compare_results([reference, fewer])
    assert found.runs == 40
    assert (found.effects["difference"] == 0.0).all()
    assert any("first 40" in note for note in found.notes)


def test_few_runs_are_called_few(folder, reference):
    few = run(fake_scenario("few", runs=5), out=folder, engine=FakePrepared)
    assert any("only 5 runs" in note for note in compare_results([reference, few]).notes)


def test_two_with_one_name_are_told_apart_by_their_folders(folder, reference):
    again = run(fake_scenario("plain", runs=RUNS), out=folder, engine=Lifted, series=10)
    found = compare_results([reference, again])
    assert found.names == (reference.folder.name, again.folder.name)


# --- files and figures -----------------------------------------------------------------------------------------------


def test_files_say_the_same_and_come_out_the_same(comparison, reference, lifted, tmp_path):
    one = comparison.write(tmp_path / "one")
    two = compare_results([reference, lifted]).write(tmp_path / "two")
    names = sorted(path.name for path in one.iterdir())
    assert names == ["changes.csv", "comparison.json", "course.csv", "effects.csv", "manifest.json"]
    for name in names[:-1]:  # the manifest knows its folder
        assert (one / name).read_bytes() == (two / name).read_bytes()
    told = json.loads((one / "comparison.json").read_text(encoding="utf-8"))
    table = pd.read_csv(one / "effects.csv", keep_default_na=False, na_values=[""])
    assert len(told["effects"]) == len(table) == len(comparison.effects)
    assert told["effects"][5]["difference"] == pytest.approx(comparison.effects["difference"][5], rel=1e-5)
    assert told["note"] == CAUTION
    assert told["nothing_changes"] == comparison.unchanged_words()


@pytest.fixture(scope="module")
def drawn(comparison, tmp_path_factory):
    return draw_differences(comparison, tmp_path_factory.mktemp("figures"))


@pytest.mark.parametrize("name", ["differences", "effects", "flows", "course"])
def test_every_figure_says_what_it_is_and_has_its_data_beside_it(name, drawn):
    text = (drawn / f"{name}.svg").read_text(encoding="utf-8")
    assert ET.fromstring(text).tag.endswith("svg")
    assert CAUTION in text
    assert "60 runs with the same luck" in text
    assert (drawn / f"{name}.png").stat().st_size > 10_000
    assert len(pd.read_csv(drawn / f"{name}.csv")) > 1


def test_a_flow_has_a_band_for_every_pair_of_words_that_differ():
    from matplotlib.figure import Figure

    data = pd.DataFrame(
        {
            "before": ["multi-vector", "multi-vector", "leaning-OST"],
            "after": ["multi-vector", "leaning-OST", "sided-SUD"],
            "runs": [50, 6, 4],
        }
    )
    how = look({"OST": "Ostria", "SUD": "Sudmark"})
    axes = flow(data, Figure().subplots(), how)
    bands = [patch for patch in axes.patches if type(patch).__name__ == "PathPatch"]
    assert len(bands) == 2
    assert {text.get_text() for text in axes.texts} == {
        "multi-vector  6", "leaning-OST  4", "leaning-OST  6", "sided-SUD  4",
    }  # fmt: skip
    still = flow(data.head(1), Figure().subplots(), how)
    assert "no run ends" in still.texts[0].get_text()


def test_a_effect_map_is_pale_where_nothing_differs():
    from matplotlib.figure import Figure

    values = pd.DataFrame([[0.0, 1.0], [np.nan, -1.0]], index=["a", "b"], columns=["X", "Y"])
    picture = effect_map(values, Figure().subplots(), 1.0, values.map(lambda value: f"{value}"))
    colours = picture.to_rgba(np.array([0.0, 1.0, -1.0]))
    assert colours[0, :3].min() > 0.9
    assert colours[1, :3].mean() < 0.6
    assert not np.allclose(colours[1], colours[2])


# --- the front -------------------------------------------------------------------------------------------------------


def test_the_table_says_what_differs_and_what_nothing_changes_would_say(comparison, capsys):
    print_comparison(comparison)
    out = capsys.readouterr().out
    for word in ("lifted against plain", "60 runs with the same luck", "not a forecast", "nothing changes", "Aldara"):
        assert word in out
    assert "(Holm)" in out


def test_the_table_of_a_run_has_the_naive_answer_beside_the_model(reference, capsys):
    print_results(reference)
    out = capsys.readouterr().out
    heads = out.partition("How the runs end")[2].split("Aldara")[0].split()
    assert {'"nothing', 'changes"', "right"} <= set(heads)
    assert "from" in out


@pytest.mark.parametrize(("value", "said"), [(-0.004, "0.00"), (0.126, "+0.13"), (-3.0, "−3.00"), (412.3, "+412")])
def test_differences_are_written_with_their_sign(value, said):
    assert signed(value) == said


def test_the_command_compares_scenarios_and_folders_alike(tmp_path, capsys):
    options = ["--runs", "30", "-o", str(tmp_path), "--no-figures"]
    other = tmp_path / "toy-calm.yaml"
    other.write_text("title: Calm\nquestion: And without the levers?\nextends: toy\nwithout: [trust-backlash]\n")
    assert main.main(["compare", "toy", str(other), *options]) == 0
    out = capsys.readouterr().out
    assert "toy-calm against toy" in out
    folders = [line.split()[-1] for line in out.splitlines() if line.startswith("results ")]
    first = next(tmp_path.glob("compare-*/comparison.json"))
    before = first.read_bytes()
    assert main.main(["compare", *folders, "--no-figures"]) == 0
    assert "toy-calm against toy" in capsys.readouterr().out
    assert first.read_bytes() == before
    assert is_results(folders[0])
    assert not is_results("toy")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["toy"], "two or more"),
        (["toy", "tooy"], "Did you mean 'toy'"),
        (["toy", "baseline"], "only runs with the same last quarter"),
        (["toy", "no/such/folder.yaml"], "no/such/folder.yaml"),
    ],
)
def test_wrong_input_is_told_without_a_traceback(arguments, said, tmp_path, capsys):
    assert main.main(["compare", *arguments, "-o", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_finished_results_cannot_be_given_other_runs(reference, lifted, capsys):
    assert main.main(["compare", str(reference.folder), str(lifted.folder), "--seed", "3"]) == 2
    assert "--seed" in capsys.readouterr().err


def test_the_front_door_gives_pandas(tmp_path):
    found = sim.compare("toy", "toy", runs=10, out=tmp_path)
    assert isinstance(found.effects, pd.DataFrame)
    assert (found.effects["difference"] == 0.0).all()
