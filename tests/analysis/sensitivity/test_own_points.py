"""Points out of a table, and problems of SALib read and written."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.analysis.sensitivity.design_kinds import DesignKind
from sim.analysis.sensitivity.designs import lay_out, salib, salib_problem
from sim.analysis.sensitivity.experiment import load_experiment
from sim.analysis.sensitivity.plan import plan_sweep
from sim.analysis.sensitivity.runner import smallest, sweep
from sim.cli.main import main
from sim.io.errors import InputError

SPEC = {
    "title": "Points of one's own",
    "question": "Do they come out as they went in?",
    "scenario": "toy",
    "factors": ["choice.dependence_aversion", "choice.tolerance", {"switch": "compensating-visit"}],
    "design": {"kind": "table", "file": "points.csv"},
    "outcomes": {"partners": {"measure": "effective_partners"}},
}
HEAD = "choice.tolerance,choice.dependence_aversion,compensating-visit\n"
ROWS = HEAD + "0.2,0.5,0\n0.3,1,1\n0.25,0.75,1\n"


def experiment_with(folder, table=ROWS, name="points.csv", **changes):
    (folder / name).write_text(table, encoding="utf-8")
    path = folder / "experiment.yaml"
    path.write_text(yaml.safe_dump(SPEC | changes, sort_keys=False), encoding="utf-8")
    return path


def refused(path):
    with pytest.raises(InputError) as caught:
        load_experiment(path)
    return str(caught.value)


class Sum:
    """An evaluator that adds up its factors."""

    name = "sum"
    outcomes = ("sum",)

    def __call__(self, values, replicate):
        return np.sum([value for factor, value in values.items() if factor != "dummy"], axis=0)[:, None]


def test_points_are_those_of_the_table_in_its_order(tmp_path):
    experiment = load_experiment(experiment_with(tmp_path))
    sample = lay_out(experiment.factors, experiment.design, seed=0)
    assert sample.names == ("choice.dependence_aversion", "choice.tolerance", "compensating-visit", "dummy")
    assert sample.values[:, :3].tolist() == [[0.5, 0.2, 0.0], [1.0, 0.3, 1.0], [0.75, 0.25, 1.0]]
    assert experiment.rows() == 3
    assert lay_out(experiment.factors, experiment.design, seed=0).values.tolist() == sample.values.tolist()


def test_a_sweep_over_a_table_is_played_kept_and_analysed(tmp_path):
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "point": range(40),
            "choice.dependence_aversion": rng.uniform(0, 1, 40),
            "choice.tolerance": rng.uniform(0.1, 0.3, 40),
            "compensating-visit": rng.integers(0, 2, 40),
            "dummy": rng.random(40),
        }
    )
    path = experiment_with(tmp_path, table.to_csv(index=False), replicates=2)
    done = sweep(path, out=tmp_path / "out", evaluator=Sum())
    assert done.kind is DesignKind.TABLE
    factors = ["choice.dependence_aversion", "choice.tolerance", "compensating-visit"]
    assert np.array_equal(done.design[factors].to_numpy(), table[factors].to_numpy())
    assert done.means["sum"].to_numpy() == pytest.approx(table[factors].sum(axis=1).to_numpy())
    top = done.indices.sort_values("value").iloc[-1]
    assert (top["index"], top["factor"]) == ("rank_correlation", "compensating-visit")


def test_a_design_that_was_kept_is_a_table_again(tmp_path):
    drawn = {"kind": "latin-hypercube", "points": 12}
    first = sweep(SPEC | {"design": drawn}, out=tmp_path, evaluator=Sum())
    first.write_csv(["design"])
    table = {"kind": "table", "file": str(first.folder / "design.csv")}
    again = sweep(SPEC | {"design": table}, out=tmp_path, evaluator=Sum())
    assert again.folder != first.folder
    assert again.means["sum"].tolist() == first.means["sum"].tolist()


def test_other_points_are_another_question(tmp_path):
    hashes = set()
    for table in (ROWS, ROWS.replace("0.75", "0.76"), ROWS):
        path = experiment_with(tmp_path, table)
        hashes.add(plan_sweep("sweep", path, None, None, None, None, tmp_path, None)[0].hash)
    assert len(hashes) == 2


def test_the_first_points_alone(tmp_path):
    path = experiment_with(tmp_path)
    experiment = load_experiment(path)
    plan, _ = plan_sweep("sweep", experiment, 2, None, None, None, tmp_path, None)
    assert plan.experiment.design.own.values.tolist() == experiment.design.own.values[:2].tolist()
    assert smallest(experiment).design.points == 3
    with pytest.raises(InputError, match=r"found 4; .*allowed: 2 to 3"):
        plan_sweep("sweep", experiment, 4, None, None, None, tmp_path, None)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "the file is empty"),
        (HEAD + "0.2,0.5,0\n", "found 1 rows in points.csv; allowed: two points or more"),
        (ROWS + "0.2,0.5\n", "found 2 cells; allowed: 3 cells"),
        (ROWS + "0.2,much,0\n", "points.csv:5: choice.dependence_aversion: found 'much'; allowed: a number from"),
        (ROWS + "0.2,99,0\n", "points.csv:5: choice.dependence_aversion: found '99'; allowed: a number from"),
        (ROWS + "0.2,0.5,0.5\n", "points.csv:5: compensating-visit: found '0.5'; allowed: 0, 1"),
        (ROWS + "nan,0.5,0\n", "points.csv:5: choice.tolerance: found 'nan'"),
        (ROWS.replace("choice.tolerance", "choice.tolerence"), "Did you mean 'choice.tolerance'"),
        (ROWS.replace(",compensating-visit", ",dummy"), "the column 'compensating-visit' is missing"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_line(tmp_path, table, said):
    assert said in refused(experiment_with(tmp_path, table))


@pytest.mark.parametrize("name", ["../points.csv", "/etc/passwd", "..", "sub/points.csv", ""])
def test_a_table_lies_beside_the_file_that_names_it(tmp_path, name):
    said = refused(experiment_with(tmp_path, design={"kind": "table", "file": name}))
    assert "allowed: the name of a file" in said


def test_a_table_that_is_not_there_and_one_beside_a_screen(tmp_path):
    assert "cannot be read" in refused(experiment_with(tmp_path, design={"kind": "table", "file": "other.csv"}))
    screen = {"trajectories": 4, "keep": 2}
    assert "beside 'screen'" in refused(experiment_with(tmp_path, screen=screen))


# --- problems --------------------------------------------------------------------------------------------------------


def test_a_problem_goes_out_to_salib_and_its_points_come_back(tmp_path, capsys):
    numbers = ["choice.dependence_aversion", "choice.tolerance"]
    path = experiment_with(tmp_path, factors=numbers, design={"kind": "sobol", "points": 8})
    assert main(["sweep", str(path), "--problem", str(tmp_path / "problem.json")]) == 0
    assert "problem.json" in capsys.readouterr().out
    problem = json.loads((tmp_path / "problem.json").read_text(encoding="utf-8"))
    assert problem == salib_problem(load_experiment(path).factors)
    points = salib("sample.latin").sample(problem, 20, seed=1)
    pd.DataFrame(points, columns=problem["names"]).to_csv(tmp_path / "points.csv", index=False)
    for factors in (numbers, [{"problem": "problem.json"}]):
        mine = load_experiment(
            experiment_with(tmp_path, (tmp_path / "points.csv").read_text(encoding="utf-8"), factors=factors)
        )
        assert np.array_equal(mine.design.own.values, points)


def test_bounds_of_a_problem_are_limits_of_factors(tmp_path):
    problem = {"num_vars": 1, "names": ["choice.tolerance"], "bounds": [[0.15, 0.25]]}
    (tmp_path / "p.json").write_text(json.dumps(problem), encoding="utf-8")
    path = experiment_with(tmp_path, factors=[{"problem": "p.json"}], design={"kind": "latin-hypercube", "points": 9})
    (factor,) = load_experiment(path).factors
    assert (factor.name, factor.low, factor.high) == ("choice.tolerance", 0.15, 0.25)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ([], "found a list; allowed: a group of keys"),
        ({}, "allowed: a problem of SALib: names and bounds"),
        ({"names": ["choice.tolerance"], "bounds": []}, "allowed: a problem of SALib: names and bounds"),
        ({"names": ["choice.tolerence"], "bounds": [[0, 1]]}, "Did you mean 'choice.tolerance'"),
        ({"names": ["choice.tolerance"], "bounds": [[0.3, 0.1]]}, "two numbers, the lower one first"),
        ({"names": ["choice.tolerance"], "bounds": [[0, "x"]]}, "two numbers, the lower one first"),
        ({"names": ["choice.tolerance"], "bounds": [[-9, 9]]}, "to go outside on purpose add beyond"),
        ({"names": ["choice.tolerance"], "bounds": [[0.1, 0.3]], "dists": ["norm"]}, "'dists' in p.json"),
        ({"names": ["choice.tolerance"], "bounds": [[0.1, 0.3]], "groups": ["g"]}, "'groups' in p.json"),
    ],
)
def test_a_problem_that_no_factor_can_be_is_refused(tmp_path, problem, said):
    (tmp_path / "p.json").write_text(json.dumps(problem), encoding="utf-8")
    path = experiment_with(tmp_path, factors=[{"problem": "p.json"}], design={"kind": "latin-hypercube", "points": 9})
    assert said in refused(path)
