"""Experiments are read with every mistake told at its place, and designs have the size they say."""

import tomllib

import numpy as np
import pytest
import yaml

from sim.analysis.sensitivity.design_kinds import Design, DesignKind, Screen
from sim.analysis.sensitivity.designs import lay_out, salib_problem, value_at
from sim.analysis.sensitivity.experiment import load_experiment
from sim.analysis.sensitivity.experiment_files import FILE, experiment_path, list_experiments
from sim.analysis.sensitivity.factors import DUMMY, Factor, FactorKind
from sim.evidence.evidence import load_evidence
from sim.evidence.influence import INFLUENCE
from sim.io.errors import InputError

SOUND = {
    "title": "A try",
    "question": "Does it work?",
    "scenario": "toy",
    "factors": ["choice.dependence_aversion", "climate.rivalry_level"],
    "design": {"kind": "morris", "trajectories": 4},
    "outcomes": {"partners": {"measure": "effective_partners"}},
}


def changed(**changes):
    return {key: value for key, value in (SOUND | changes).items() if value is not None}


def problem(tmp_path, text):
    """What is said about the text of an experiment's file, which lies in a folder of its own."""
    path = tmp_path / FILE
    path.write_text(text if isinstance(text, str) else yaml.safe_dump(text, sort_keys=False), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_experiment(path)
    return [str(one).removeprefix(f"{path}:") for one in caught.value.problems]


# --- what is shipped -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list_experiments())
def test_every_shipped_experiment_is_sound(name):
    experiment = load_experiment(name)
    assert experiment.name == name
    assert experiment.scenario is not None
    assert experiment.factors
    assert experiment.outcomes


def test_questions_and_influence_travel_with_the_package(request):
    root = request.config.rootpath
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    kept = [
        path.relative_to(root).as_posix() for name in (FILE, INFLUENCE) for path in root.glob(f"experiments/*/{name}")
    ]
    assert {path: carried.get(path) for path in kept} == {path: f"sim/_data/{path}" for path in kept}
    assert all((root / path).exists() for path in carried)


def test_an_experiment_is_found_by_name_number_folder_and_file():
    name = list_experiments()[0]
    path = experiment_path(name)
    assert path.is_file()
    assert experiment_path(name[:4]) == path
    assert experiment_path(path.parent) == path
    assert experiment_path(path) == path
    assert experiment_path("baseline") is None


# --- what is read ----------------------------------------------------------------------------------------------------


def test_a_mapping_will_do_and_ranges_come_from_the_evidence():
    experiment = load_experiment(SOUND)
    number = load_evidence("toy").numbers["choice.dependence_aversion"]
    factor = experiment.factors[0]
    assert (factor.low, factor.high, factor.base) == (number.low, number.high, number.value)
    assert experiment.design == Design(kind=DesignKind.MORRIS, points=4)
    assert experiment.seed == experiment.scenario.seed
    assert experiment.replicates == 1


def test_a_pattern_stands_for_every_number_that_matches_it_but_those_left_out():
    everything = load_experiment(changed(factors=["*"])).factors
    assert {f.name for f in everything} == {n.name for n in load_evidence("toy").numbers.values() if n.low < n.high}
    some = load_experiment(changed(factors=[{"numbers": ["choice.*"], "except": ["choice.absorption.*"]}])).factors
    names = [factor.name for factor in some]
    assert "choice.gain" in names
    assert not any(name.startswith("choice.absorption") for name in names)


def test_switches_scales_and_levels():
    evidence = load_evidence("toy")
    power = evidence.powers[0].code
    factors = load_experiment(
        changed(
            factors=[
                {"switch": "compensating-visit"},
                {"scale": [f"powers.{power}.budget.*"], "name": "means", "levels": [0.9, 1.1]},
                {"number": "choice.dependence_aversion", "levels": [0.5, 1.0, 2.0]},
            ]
        )
    ).factors
    switch, scale, number = factors
    assert (switch.kind, switch.levels) == (FactorKind.SWITCH, (0.0, 1.0))
    assert switch.targets == evidence.systems["compensating-visit"].strengths
    assert scale.kind is FactorKind.SCALE
    assert len(scale.targets) == len(evidence.kinds)
    assert (number.low, number.high, number.levels) == (0.5, 2.0, (0.5, 1.0, 2.0))


def test_a_range_may_be_left_for_a_reason():
    item = {"number": "climate.rivalry_level", "low": 0, "high": 4, "beyond": "to see the end"}
    factor = load_experiment(changed(factors=[item])).factors[0]
    assert (factor.high, factor.beyond) == (4.0, "to see the end")


def test_questions_for_each_and_every_are_written_out():
    asks = load_experiment(
        changed(
            outcomes={
                "share": {"measure": "alignment", "power": "each", "state": "each"},
                "word": {"word": "each"},
                "course": {"measure": "threat", "at": "every"},
                "signed": {"total": "value_signed", "kind": "security"},
                "paid": {"total": "value_signed", "kind": "money"},
            }
        )
    ).outcomes
    evidence = load_evidence("toy")
    scenario = load_experiment(SOUND).scenario
    by_group = {group: [ask for ask in asks if ask.group == group] for group in ("share", "word", "course", "signed")}
    assert len(by_group["share"]) == len(evidence.states) * len(evidence.powers)
    assert [ask.name for ask in by_group["word"]][:2] == ["word.multi-vector", "word.leaning"]
    assert len(by_group["course"]) == scenario.quarters
    assert by_group["course"][0].name.startswith("course@20")
    assert by_group["signed"][0].kind == "security"


# --- what is wrong ---------------------------------------------------------------------------------------------------

MISTAKES = {
    "missing": (changed(outcomes=None), ["1: 'outcomes' is missing"]),
    "unknown key": (changed(designs=1), ["unknown key 'designs'", "Did you mean 'design'"]),
    "scenario": (changed(scenario="toi"), ["scenario: found 'toi'", "Did you mean 'toy'"]),
    "sum of values in two units": (
        changed(outcomes={"signed": {"total": "value_signed"}}),
        [
            "outcomes.signed.kind",
            "money for most and index points for security",
            "allowed: money, or one kind of offer",
        ],
    ),
    "number": (changed(factors=["choice.dependence_aversio"]), ["Did you mean 'choice.dependence_aversion'"]),
    "pattern": (changed(factors=["chioce.*"]), ["which no number matches", "Did you mean 'choice.*'"]),
    "twice": (changed(factors=["choice.gain", "choice.*"]), ["'choice.gain' is a factor already"]),
    "no factors": (changed(factors=[]), ["found an empty list; allowed: at least one factor"]),
    "beyond": (
        changed(factors=[{"number": "choice.dependence_aversion", "high": 9}]),
        ["factors[0].high: found '9'", 'add beyond: "the reason"'],
    ),
    "upside down": (
        changed(factors=[{"number": "choice.dependence_aversion", "low": 2, "high": 1}]),
        ["found low 2 and high 1; allowed: low < high"],
    ),
    "levels and limits": (
        changed(factors=[{"number": "choice.dependence_aversion", "low": 1, "levels": [1, 2]}]),
        ["'low' and 'levels' exclude each other"],
    ),
    "falling levels": (
        changed(factors=[{"number": "choice.dependence_aversion", "levels": [2, 1]}]),
        ["found 1 after 2; allowed: levels that rise"],
    ),
    "switch": (changed(factors=[{"switch": "compensating-visits"}]), ["Did you mean 'compensating-visit'"]),
    "two forms": (
        changed(factors=[{"switch": "compensating-visit", "number": "choice.gain"}]),
        ["found number, switch together"],
    ),
    "scale name": (
        changed(factors=[{"scale": ["choice.gain"], "name": "choice.gain", "low": 0.9, "high": 1.1}]),
        ["allowed: a name that no number and no system has"],
    ),
    "scale too far": (
        changed(factors=[{"scale": ["choice.gain"], "name": "gains", "low": 0.5, "high": 50}]),
        ["found choice.gain scaled to"],
    ),
    "design": (changed(design={"kind": "sobel", "points": 8}), ["design.kind: found 'sobel'", "Did you mean 'sobol'"]),
    "not a power": (
        changed(design={"kind": "sobol", "points": 1000}),
        ["design.points: found '1000'; allowed: a power of two, such as 512 or 1024"],
    ),
    "design key": (changed(design={"kind": "sobol", "trajectories": 4}), ["unknown key 'trajectories'", "'points' is"]),
    "odd levels": (
        changed(design={"kind": "morris", "trajectories": 4, "levels": 5}),
        ["design.levels: found '5'; allowed: an even number of levels"],
    ),
    "fast with levels": (
        changed(design={"kind": "fast", "points": 65}, factors=[{"switch": "compensating-visit"}, "choice.gain"]),
        ["levels of compensating-visit"],
    ),
    "too many": (
        changed(
            design={"kind": "grid", "points": 1000}, factors=["choice.gain", "choice.tolerance", "choice.trust_weight"]
        ),
        [",000,000 points; allowed: at most"],
    ),
    "replicates": (changed(replicates=0), ["replicates: found '0'; allowed: a whole number from 1"]),
    "measure": (
        changed(outcomes={"x": {"measure": "effective_partner"}}),
        ["outcomes.x.measure: found 'effective_partner'", "Did you mean 'effective_partners'"],
    ),
    "power missing": (changed(outcomes={"x": {"measure": "alignment"}}), ["'power' is missing"]),
    "power too much": (changed(outcomes={"x": {"measure": "threat", "power": "all"}}), ["leave 'power' out"]),
    "state": (changed(outcomes={"x": {"measure": "threat", "state": "XYZ"}}), ["outcomes.x.state: found 'XYZ'"]),
    "word": (changed(outcomes={"x": {"word": "multivector"}}), ["Did you mean 'multi-vector'"]),
    "when": (changed(outcomes={"x": {"measure": "threat", "at": "1999-Q1"}}), ["outcomes.x.at: found '1999-Q1'"]),
    "name": (changed(outcomes={"p/q": {"measure": "threat"}}), ["found the name 'p/q'"]),
    "taken": (changed(outcomes={"point": {"measure": "threat"}}), ["a column of the tables has it"]),
    "same name": (
        changed(outcomes={"choice.dependence_aversion": {"measure": "threat"}}),
        ["a name that no factor has"],
    ),
    "discover": (
        changed(discover=[{"outcome": "partner", "at_least": 1, "at_most": 2}]),
        ["found both; allowed: one of at_least and at_most", "Did you mean 'partners'"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_at_its_place(name, tmp_path):
    text, wanted = MISTAKES[name]
    said = "\n".join(problem(tmp_path, text))
    for words in wanted:
        assert words in said


def test_several_mistakes_are_told_together_and_with_their_lines(tmp_path):
    said = problem(
        tmp_path,
        "title: t\nquestion: q\nscenario: toy\nreplicates: many\nfactors:\n  - choice.gains\n"
        "design: {kind: morris, trajectories: 1}\noutcomes:\n  x: {measure: treat}\n",
    )
    assert [one.split(":")[0] for one in said] == ["4", "6", "7", "9"]


# --- designs ---------------------------------------------------------------------------------------------------------

DESIGNS = [
    Design(kind=DesignKind.ONE_AT_A_TIME, points=3),
    Design(kind=DesignKind.GRID, points=3),
    Design(kind=DesignKind.LATIN_HYPERCUBE, points=20),
    Design(kind=DesignKind.SOBOL, points=8),
    Design(kind=DesignKind.SOBOL, points=8, second_order=False),
    Design(kind=DesignKind.MORRIS, points=4),
    Design(kind=DesignKind.FAST, points=65),
]
FACTORS = (Factor(name="a", low=-1.0, high=3.0, base=0.0), Factor(name="b", low=10.0, high=11.0, base=10.5))
STEPPED = (*FACTORS, Factor(name="c", kind=FactorKind.SWITCH, levels=(0.0, 1.0), base=1.0))


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: f"{design.kind.word}-{design.second_order}")
class TestDesign:
    def factors(self, design):
        return FACTORS if design.kind is DesignKind.FAST else STEPPED

    def test_it_has_as_many_points_as_it_says(self, design):
        from dataclasses import replace

        experiment = replace(load_experiment(SOUND), factors=self.factors(design), design=design)
        assert lay_out(self.factors(design), design, 0).rows == experiment.rows()

    def test_every_value_lies_within_its_limits_and_levels(self, design):
        sample = lay_out(self.factors(design), design, 0)
        for place, factor in enumerate(sample.factors):
            values = sample.values[:, place]
            assert values.min() >= factor.low
            assert values.max() <= factor.high
            if factor.levels:
                assert set(values) == set(factor.levels)

    def test_a_dummy_stands_last(self, design):
        sample = lay_out(self.factors(design), design, 0)
        assert sample.names[-1] == DUMMY
        assert np.ptp(sample.values[:, -1]) > 0

    def test_the_same_seed_gives_the_same_points_and_zero_is_a_seed(self, design):
        points = {seed: lay_out(self.factors(design), design, seed).values for seed in (0, 1)}
        assert np.array_equal(points[0], lay_out(self.factors(design), design, 0).values)
        if design.kind is not DesignKind.ONE_AT_A_TIME:
            assert not np.array_equal(points[0], points[1])


def test_a_screening_does_not_share_its_draws_with_the_design():
    design = Design(kind=DesignKind.MORRIS, points=4)
    alike = [lay_out(FACTORS, design, 0, screening=screening).values for screening in (False, True)]
    assert not np.array_equal(*alike)


def test_levels_get_equal_parts_of_the_way():
    factor = Factor(name="x", low=1.0, high=3.0, levels=(1.0, 2.0, 3.0))
    found = value_at(factor, np.array([0.0, 0.33, 0.34, 0.66, 0.67, 1.0]))
    assert found.tolist() == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]


def test_a_problem_can_be_taken_elsewhere():
    problem = salib_problem(FACTORS)
    assert problem == {"num_vars": 2, "names": ["a", "b"], "bounds": [[-1.0, 3.0], [10.0, 11.0]]}


def test_a_screened_experiment_counts_both_passes():
    from dataclasses import replace

    experiment = replace(
        load_experiment(changed(factors=["choice.*"])),
        screen=Screen(trajectories=3, levels=4, keep=5),
        design=Design(kind=DesignKind.SOBOL, points=8),
    )
    assert experiment.rows(screen=True) == 3 * (len(experiment.factors) + 2)
    assert experiment.rows() == 8 * (2 * 6 + 2)
