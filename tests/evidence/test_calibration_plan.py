"""The plan of a calibration: read as it is shipped, and every mistake told with its line."""

import re

import pytest

from sim.evidence.calibration import ARMS_EXPONENT, ESTIMATED, FEWEST_POINTS, load_plan
from sim.evidence.evidence import load_evidence
from sim.io.errors import InputError


@pytest.fixture
def shipped(request):
    return (request.config.rootpath / "seeds/history/calibration.yaml").read_text(encoding="utf-8")


def told(folder, text):
    (folder / "calibration.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_plan(folder)
    return str(caught.value)


def test_it_is_read_as_it_was_decided():
    plan, numbers = load_plan(), load_evidence().numbers
    assert (plan.first, plan.last) == (2010, 2019)
    assert plan.years == tuple(range(2010, 2020))
    assert (plan.waves.number, plan.waves.points, plan.waves.runs) == (3, 600, 160)
    assert (plan.seeds.design, plan.seeds.sampler, plan.seeds.checks) == (2010, 2019, 2014)
    assert plan.checks.truths >= 200
    assert (plan.checks.least, plan.checks.most) == (0.84, 0.96)
    assert len(plan.names) == 17
    assert [prior.name for prior in plan.priors if prior.name not in numbers] == [ARMS_EXPONENT]
    for prior in plan.priors:
        assert prior.low < prior.high
        assert set(prior.targets) <= set(plan.targets)
        assert prior.why
        if prior.name in numbers:
            assert numbers[prior.name].low <= numbers[prior.name].value <= numbers[prior.name].high


def test_every_target_is_one_that_can_be_estimated_and_says_what_it_is():
    plan = load_plan()
    assert tuple(plan.targets) == ESTIMATED
    assert all(plan.targets.values())


def test_every_target_is_named_by_a_number():
    plan = load_plan()
    assert {target for prior in plan.priors for target in prior.targets} == set(plan.targets)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "delivery.own_income:",
            "delivery.own_incom:",
            ("found 'delivery.own_incom'", "Did you mean 'delivery.own_income'?"),
        ),
        (ARMS_EXPONENT, "observation.arms_exponents", (f"Did you mean '{ARMS_EXPONENT}'?",)),
        ("[slope-own]", "[slope-onw]", ("own_income.targets[0]: found 'slope-onw'", "Did you mean 'slope-own'?")),
        ("[slope-own]", "[slope-own, slope-own]", ("named twice",)),
        ("[slope-own]", "[]", ("own_income.targets: found none; allowed: at least one target",)),
        ("targets:\n  drift:", "targets:\n  drfit: x\n  drift:", ("targets.drfit: found", "Did you mean 'drift'?")),
        ("low: 0.4\n    high: 1.2", "low: 1.2\n    high: 0.4", ("partner_income.high: found '0.4'", "above low (1.2)")),
        ("low: 0.4\n", "low: true\n", ("partner_income.low: found 'true'; allowed: a number",)),
        ("low: 0.4\n", "low: .nan\n", ("a finite number",)),
        ("number: 3", "number: three", ("waves.number: found 'three'; allowed: a whole number from 1 to 20",)),
        ("number: 3", "number: 2.5", ("waves.number: found '2.5'",)),
        ("points: 600", "points: 20", (f"allowed: a whole number from {FEWEST_POINTS} to",)),
        ("allowance", "allowence", ("waves: 'allowance' is missing", "Did you mean 'allowance'?")),
        ("walkers: 68", "walkers: 30", ("sampler.walkers: found '30'; allowed: at least 34",)),
        ("discarded: 500", "discarded: 2000", ("sampler.discarded: found '2000'; allowed: fewer than steps",)),
        ("draws: 2000", "draws: 900000", ("sampler.draws: found '900000'; allowed: at most 102000",)),
        ("least: 0.84, most: 0.96", "least: 0.96, most: 0.84", ("checks.most: found '0.84'", "above least (0.96)")),
        ("last: 2019", "last: 2012", ("last: found '2012'; allowed: 2014 or later: 5 years are needed",)),
        ("last: 2019", "last: 2001", ("last: found '2001'",)),
        ("last: 2019", "last: true", ("last: found 'true'; allowed: a whole number",)),
        ("first: 2010", "first: 2010.0", ("first: found '2010.0'",)),
        ("design: 2010", "design: -1", ("seeds.design: found '-1'",)),
        ("last: 2019", "last: 2019\nlast: 2018", ("a second time",)),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, shipped, before, after, expected):
    assert before in shipped
    said = told(tmp_path, shipped.replace(before, after, 1))
    assert re.search(r"calibration\.yaml:\d+: ", said)
    for words in expected:
        assert words in said


def test_all_mistakes_are_told_together(tmp_path, shipped):
    said = told(tmp_path, shipped.replace("walkers: 68", "walkers: 30").replace("last: 2019", "last: 2011"))
    assert "sampler.walkers" in said
    assert "last: found '2011'" in said


def test_nothing_to_fit_is_told(tmp_path, shipped):
    head, rest = shipped.split("numbers:\n")
    said = told(tmp_path, f"{head}numbers: {{}}\n\ntargets:\n{rest.split('targets:' + chr(10))[-1]}")
    assert "numbers: found none; allowed: at least one number" in said


@pytest.mark.parametrize("text", ["", "- 1\n", "numbers: [", "scenario: x\n"])
def test_what_is_no_plan_is_told(tmp_path, text):
    assert "calibration.yaml" in told(tmp_path, text)


def test_a_folder_without_a_plan_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load_plan(tmp_path)
