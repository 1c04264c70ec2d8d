"""Known answers come out through our own path: design, evaluator, analysis."""

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.sensitivity.design_kinds import Design, DesignKind
from sim.analysis.sensitivity.designs import lay_out
from sim.analysis.sensitivity.experiment import Experiment
from sim.analysis.sensitivity.factors import DUMMY, Factor
from sim.analysis.sensitivity.indices import INDICES, TABLES, analyse, check_output, strongest_factors
from sim.analysis.sensitivity.noise import TARGET, noise_shares
from sim.analysis.sensitivity.own_points import OwnPoints
from sim.analysis.sensitivity.runner import sweep
from sim.io.errors import InputError

KINDS = list(DesignKind)


class Function:
    """An evaluator without a model: outcomes that are functions of the factors alone, or with luck added."""

    def __init__(self, function, luck=0.0):
        self.function, self.luck = function, luck
        self.outcomes = ("y",)

    def __call__(self, values, replicate):
        x = np.column_stack([value for name, value in values.items() if name != DUMMY])
        noise = np.random.default_rng(11).normal(size=1000)[replicate]
        return (self.function(x) + self.luck * noise)[:, None]


def ishigami(x):
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_answers():
    a, b = 7.0, 0.1
    one = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    two = a**2 / 8
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    first = {"x1": one / whole, "x2": two / whole, "x3": 0.0}
    total = {"x1": (one + both) / whole, "x2": two / whole, "x3": both / whole}
    return first, total, {("x1", "x3"): both / whole}


WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def sobol_g(x):
    return np.prod((np.abs(4 * x - 2) + WEIGHTS) / (1 + WEIGHTS), axis=1)


def sobol_g_answers():
    part = 1 / (3 * (1 + WEIGHTS) ** 2)
    whole = np.prod(1 + part) - 1
    names = [f"x{place + 1}" for place in range(len(WEIGHTS))]
    first = dict(zip(names, part / whole, strict=True))
    total = {n: p * np.prod(1 + part) / (1 + p) / whole for n, p in zip(names, part, strict=True)}
    return first, total


def cube(count, low=0.0, high=1.0):
    return tuple(Factor(name=f"x{place + 1}", low=low, high=high) for place in range(count))


CASES = {
    "ishigami": (ishigami, cube(3, -np.pi, np.pi), ishigami_answers()[:2]),
    "sobol-g": (sobol_g, cube(len(WEIGHTS)), sobol_g_answers()),
}


def study(factors, design, seed=0, replicates=1):
    return Experiment(
        name="known", title="Known", question="?", factors=factors, design=design, seed=seed, replicates=replicates
    )


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """Indices of the known functions by case, design and seed."""
    found = {}
    out = tmp_path_factory.mktemp("known")
    sizes = {DesignKind.SOBOL: 2048, DesignKind.FAST: 1025}
    for case, (function, factors, _) in CASES.items():
        for kind, points in sizes.items():
            for seed in (0, 1):
                design = Design(kind=kind, points=points, curves=4)
                done = sweep(study(factors, design, seed), evaluator=Function(function), out=out / case)
                found[case, kind, seed] = done
    return found


def intervals(done, index):
    rows = done.indices[done.indices["index"] == index].set_index("factor")
    return {name: (row["low"], row["value"], row["high"]) for name, row in rows.iterrows()}


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("case", CASES)
def test_sobol_indices_hold_the_analytic_ones_in_their_intervals(case, seed, solved):
    done = solved[case, DesignKind.SOBOL, seed]
    for index, answers in zip(("first", "total"), CASES[case][2], strict=True):
        for name, wanted in answers.items():
            low, value, high = intervals(done, index)[name]
            # the interval is one of 95 %: among many one may miss, so half of it is allowed on either side
            slack = 0.25 * (high - low) + 1e-3
            assert low - slack <= wanted <= high + slack, (index, name, low, value, high)
            assert abs(value - wanted) < 0.04


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("case", CASES)
def test_extended_fast_comes_close_to_the_analytic_ones(case, seed, solved):
    done = solved[case, DesignKind.FAST, seed]
    for index, answers in zip(("first", "total"), CASES[case][2], strict=True):
        for name, wanted in answers.items():
            assert abs(intervals(done, index)[name][1] - wanted) < 0.05, (index, name)


def test_an_interaction_is_found_and_only_that_one(solved):
    done = solved["ishigami", DesignKind.SOBOL, 0]
    rows = done.interactions.set_index(["factor_a", "factor_b"])
    assert rows.loc[("x1", "x3"), "low"] > 0
    assert abs(rows.loc[("x1", "x3"), "value"] - ishigami_answers()[2]["x1", "x3"]) < 0.05
    others = rows.drop(("x1", "x3"))
    assert (others["low"] <= 0).all()
    assert (others["high"] >= 0).all()


@pytest.mark.parametrize("kind", [DesignKind.SOBOL, DesignKind.FAST])
@pytest.mark.parametrize("case", CASES)
def test_the_dummy_gets_an_interval_that_covers_zero(case, kind, solved):
    for index in ("first", "total"):
        low, _, high = intervals(solved[case, kind, 0], index)[DUMMY]
        assert low <= 0 <= high


def test_seeds_differ_and_the_same_seed_does_not(solved, tmp_path):
    zero, one = (solved["ishigami", DesignKind.SOBOL, seed].indices["value"] for seed in (0, 1))
    assert not np.allclose(zero, one)
    function, factors, _ = CASES["ishigami"]
    again = sweep(
        study(factors, Design(kind=DesignKind.SOBOL, points=2048)), evaluator=Function(function), out=tmp_path
    )
    first = solved["ishigami", DesignKind.SOBOL, 0]
    assert again.indices.equals(first.indices)


@pytest.mark.parametrize("kind", KINDS)
def test_every_design_is_analysed_with_known_indices_and_intervals(kind):
    points = {DesignKind.SOBOL: 64, DesignKind.FAST: 65, DesignKind.LATIN_HYPERCUBE: 200, DesignKind.MORRIS: 12}
    design = Design(kind=kind, points=points.get(kind, 4))
    if kind is DesignKind.TABLE:
        design = replace(design, points=200, own=OwnPoints(np.random.default_rng(1).random((200, 3))))
    sample = lay_out(cube(3), design, 0)
    luck = np.random.default_rng(0).normal(size=(sample.rows, 4))
    output = (sample.values[:, 0] * 3 + sample.values[:, 1])[:, None] + 0.01 * luck
    found = analyse(sample, {"y": output}, 0)
    assert set(found.indices["index"]) <= set(INDICES)
    assert found.refused.empty
    assert np.isfinite(found.indices["value"]).all()
    known = found.indices[found.indices["low"].notna()]
    assert (known["low"] <= known["value"] + 1e-12).all()
    assert (known["value"] <= known["high"] + 1e-12).all()
    assert (found.convergence["half_width"] >= 0).all()
    largest = found.indices.loc[found.indices["value"].abs().idxmax(), "factor"]
    assert largest == "x1"


def test_elementary_effects_of_a_plane_are_its_slopes():
    sample = lay_out(cube(3), Design(kind=DesignKind.MORRIS, points=8), 0)
    found = analyse(sample, {"y": (sample.values[:, :3] @ [3.0, -2.0, 0.0])[:, None]}, 0)
    rows = found.indices.set_index(["factor", "index"])["value"]
    assert rows["x1", "mu_star"] == pytest.approx(3.0)
    assert rows["x2", "mu"] == pytest.approx(-2.0)
    assert rows["x3", "mu_star"] == pytest.approx(0.0, abs=1e-12)
    assert rows["x1", "sigma"] == pytest.approx(0.0, abs=1e-9)
    assert rows[DUMMY, "mu_star"] == pytest.approx(0.0, abs=1e-12)


def test_a_tornado_has_the_differences_from_the_base():
    factors = (Factor(name="a", low=0.0, high=4.0, base=1.0), Factor(name="b", low=0.0, high=1.0, base=0.5))
    sample = lay_out(factors, Design(kind=DesignKind.ONE_AT_A_TIME, points=2), 0)
    luck = np.random.default_rng(0).normal(size=6)  # common to all points, and so no part of any difference
    found = analyse(sample, {"y": sample.values[:, [0]] ** 2 + luck}, 0)
    rows = found.indices.set_index(["factor", "at"])
    assert rows.loc[("a", 0.0), "value"] == pytest.approx(-1.0)
    assert rows.loc[("a", 4.0), "value"] == pytest.approx(15.0)
    assert rows.loc[("b", 1.0), "value"] == pytest.approx(0.0, abs=1e-12)
    assert rows.loc[("a", 4.0), "high"] - rows.loc[("a", 4.0), "low"] < 1e-9


def test_a_grid_says_what_lies_between_levels_and_how_far_apart_the_ends_are():
    sample = lay_out(cube(2), Design(kind=DesignKind.GRID, points=5), 0)
    luck = np.random.default_rng(0).normal(size=6)
    found = analyse(sample, {"y": 2 * sample.values[:, [0]] + luck}, 0)
    rows = found.indices.set_index(["factor", "index"])
    assert rows.loc[("x1", "main_effect"), "value"] == pytest.approx(1.0)
    assert rows.loc[("x2", "main_effect"), "value"] == pytest.approx(0.0, abs=1e-12)
    assert rows.loc[("x1", "swing"), "value"] == pytest.approx(2.0)


# --- what is refused -------------------------------------------------------------------------------------------------

SAMPLE = lay_out(cube(2), Design(kind=DesignKind.SOBOL, points=8), 0)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda y: np.full_like(y, 0.5), "'y' cannot be analysed: it is 0.5 at every one of 64 points"),
        (lambda y: np.where(np.arange(len(y))[:, None] == 7, np.nan, y), "1 of 64 points gave no finite number"),
        (lambda y: np.where(np.arange(len(y))[:, None] > 60, np.inf, y), "the first of them point 61"),
    ],
    ids=["constant", "nan", "infinite"],
)
def test_an_output_that_means_nothing_is_refused_by_name(spoil, said):
    good = SAMPLE.values[:, [0, 1]]
    with pytest.raises(InputError) as caught:
        check_output("y", spoil(good), SAMPLE)
    assert said in str(caught.value)
    found = analyse(SAMPLE, {"y": spoil(good), "z": good}, 0)
    assert said in found.refused.set_index("outcome").loc["y", "why"]
    assert set(found.indices["outcome"]) == {"z"}


def test_what_happens_at_mixed_points_only_is_too_rare_to_be_analysed():
    output = np.zeros((SAMPLE.rows, 1))
    output[3] = 1.0
    found = analyse(SAMPLE, {"y": output}, 0)
    assert "too rare for so small a sample" in found.refused["why"].iloc[0]


# --- luck and size ---------------------------------------------------------------------------------------------------


def test_variance_is_divided_as_it_was_put_together():
    draws = np.random.default_rng(1)
    points, luck = draws.normal(0, 2.0, (4000, 1)), draws.normal(0, 1.0, (1, 60))
    shares = noise_shares(points + luck + draws.normal(0, 0.5, (4000, 60)))
    whole = 4.0 + 1.0 + 0.25
    assert shares["parameters"] == pytest.approx(4.0 / whole, abs=0.06)
    assert shares["luck_alone"] == pytest.approx(1.0 / whole, abs=0.06)
    assert shares["together"] == pytest.approx(0.25 / whole, abs=0.02)
    assert shares["low"] <= shares["luck_alone"] + shares["together"] <= shares["high"]
    assert shares["parameters"] + shares["luck_alone"] + shares["together"] == pytest.approx(1.0)


def test_the_replicates_that_would_be_needed_are_told():
    draws = np.random.default_rng(2)
    few = noise_shares(draws.normal(0, 1.0, (4000, 1)) + draws.normal(0, 1.0, (4000, 4)))
    assert few["left"] == pytest.approx(0.2, abs=0.02)  # a quarter of one part of luck beside one of parameters
    assert few["replicates_needed"] == pytest.approx(19, abs=2)
    assert np.isnan(noise_shares(draws.normal(size=(50, 1)))["luck_alone"])


def test_a_sample_that_is_too_small_says_how_large_it_should_be():
    function, factors, _ = CASES["ishigami"]
    width = {}
    for points in (64, 2048):
        sample = lay_out(factors, Design(kind=DesignKind.SOBOL, points=points), 0)
        width[points] = analyse(sample, {"y": function(sample.values)[:, None]}, 0).convergence.iloc[-1]
    assert not width[64]["enough"]
    assert width[64]["points_needed"] > 64
    assert np.log2(width[64]["points_needed"]) % 1 == 0
    assert width[2048]["half_width"] < width[64]["half_width"]
    assert width[64]["target"] == TARGET


def test_a_screening_keeps_what_is_strongest_for_any_outcome():
    sample = lay_out(cube(4), Design(kind=DesignKind.MORRIS, points=10), 0)
    x = sample.values
    outputs = {"large": 1000 * x[:, [0]] + x[:, [1]], "small": 0.001 * x[:, [2]] + 1e-9 * x[:, [3]]}
    kept = strongest_factors(analyse(sample, outputs, 0), outputs, 2)
    assert set(kept) == {"x1", "x3"}
    assert DUMMY not in strongest_factors(analyse(sample, outputs, 0), outputs, 10)


def test_luck_added_to_every_point_alike_moves_no_index(tmp_path):
    function, factors, _ = CASES["ishigami"]
    design = Design(kind=DesignKind.SOBOL, points=64)
    calm = sweep(study(factors, design, replicates=4), evaluator=Function(function), out=tmp_path / "a")
    wild = sweep(study(factors, design, replicates=4), evaluator=Function(function, luck=5.0), out=tmp_path / "b")
    assert np.allclose(calm.indices["value"], wild.indices["value"], atol=1e-9)
    assert wild.noise["luck_alone"].iloc[0] > 0.2


def test_tables_have_their_columns_also_when_they_are_empty():
    nothing = analyse(SAMPLE, {"y": np.zeros((SAMPLE.rows, 2))}, 0)
    for table in TABLES:
        assert "outcome" in getattr(nothing, table).columns
    assert nothing.indices.empty


def test_what_is_wrong_with_the_shape_of_answers_is_told(tmp_path):
    class Wrong(Function):
        def __call__(self, values, replicate):
            return np.zeros((1, 1))

    with pytest.raises(ValueError, match="answers of shape"):
        sweep(study(cube(2), Design(kind=DesignKind.SOBOL, points=8)), evaluator=Wrong(ishigami), out=tmp_path)


def test_without_salib_the_way_to_get_it_is_told(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("sim.io.extras.import_module", missing)
    with pytest.raises(InputError, match=r"multivector\[sweep\]"):
        lay_out(cube(2), Design(kind=DesignKind.SOBOL, points=8), 0)
    grid = replace(SAMPLE.design, kind=DesignKind.GRID, points=2)
    assert lay_out(cube(2), grid, 0).rows == 4  # needs none
