"""Numbers given in Python pass the checks of a scenario file, in the same words."""

import dataclasses

import numpy as np
import pytest

from sim.evidence.evidence import load_evidence
from sim.io.arguments import Arguments
from sim.io.errors import InputError
from sim.scenario.arguments import check_setting, given_numbers
from sim.scenario.events import Event, EventKind
from sim.scenario.scenario import load_scenario
from sim.scenario.units import Range

NAME = "choice.dependence_aversion"
EVIDENCE = load_evidence("toy")
NUMBER = EVIDENCE.numbers[NAME]


def given(numbers):
    arguments = Arguments("sim.Model")
    found = given_numbers(arguments, numbers, EVIDENCE)
    arguments.refuse_if_wrong()
    return found


def said_in_python(value):
    with pytest.raises(InputError) as wrong:
        given({NAME: value})
    return str(wrong.value).removeprefix(f"sim.Model: numbers.{NAME}: ")


def said_in_a_file(written, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"title: T\nquestion: Q?\nextends: toy\nnumbers:\n  {NAME}: {written}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as wrong:
        load_scenario(path)
    return str(wrong.value).partition(f"numbers.{NAME}: ")[2]


@pytest.mark.parametrize("value", [NUMBER.low, NUMBER.high, np.float64(NUMBER.value), np.float32(1.5), 1, np.int64(1)])
def test_what_lies_in_the_range_is_taken(value):
    assert given({NAME: value}) == {NAME: float(value)}


@pytest.mark.parametrize(
    ("value", "written"),
    [(99.0, "99.0"), (-1, "-1"), (float("nan"), ".nan"), (True, "true"), ("much", "much"), ("3 apples", "3 apples")],
)
def test_the_answer_is_that_of_a_file(value, written, tmp_path):
    ours, theirs = said_in_python(value), said_in_a_file(written, tmp_path)
    assert ours.replace(str(value), written) == theirs  # but for how Python and YAML write it


def test_a_misspelt_name_is_told_with_the_nearest():
    with pytest.raises(InputError, match=r"unknown number 'choice.dependence_aversoin'.*'choice.dependence_aversion'"):
        given({"choice.dependence_aversoin": 0})


@pytest.mark.parametrize("numbers", [[1, 2], "choice", 3, {3: 1.0}])
def test_what_is_no_table_of_numbers_is_told(numbers):
    with pytest.raises(InputError, match=r"sim\.Model: numbers: found"):
        given(numbers)


@pytest.mark.parametrize("value", [None, float("inf"), np.nan, object(), [1.0, 2.0]])
def test_what_is_no_number_is_told(value):
    assert said_in_python(value).startswith("found")


def test_a_reason_lets_a_value_leave_its_range():
    assert given({NAME: {"value": 99.0, "beyond": "to see"}}) == {NAME: 99.0}
    assert "beyond" in said_in_python({"value": 99.0})
    assert said_in_python({"value": 99.0, "beyond": ""})


def test_one_value_a_run_may_be_given():
    values = np.array([1.0, 1.5])
    assert given({NAME: values})[NAME].tolist() == [1.0, 1.5]
    assert given({NAME: {"value": np.array([1.0, 99.0]), "beyond": "to see"}})[NAME].tolist() == [1.0, 99.0]


@pytest.mark.parametrize(
    "values",
    [np.array([1.0, 99.0]), np.array([1.0, np.nan]), np.ones((2, 2)), np.array([]), np.array(["a"]), np.array([True])],
)
def test_one_value_a_run_is_checked_too(values):
    assert said_in_python(values).startswith("found")


def test_a_range_belongs_to_a_scenario():
    assert "ranges are drawn for the runs of a scenario" in said_in_python({"between": [1.0, 2.0]})


def test_the_two_powers_of_a_rivalry_may_stand_in_either_order():
    one, two = sorted(power.code for power in EVIDENCE.powers)[:2]
    assert list(given({f"rivalry.{two}.{one}.economic": 0.1})) == [f"rivalry.{one}.{two}.economic"]


@pytest.mark.parametrize(
    "changes",
    [
        {"numbers": {NAME: 99.0}},
        {"numbers": {NAME: float("nan")}},
        {"numbers": {"choice.nothing": 1.0}},
        {"numbers": {NAME: float("inf")}, "beyond": {NAME: "to see"}},
        {"sampled": {"choice.nothing": Range(low=0.0, high=1.0)}},
        {"without": ("no-system",)},
    ],
)
def test_a_scenario_changed_in_python_is_checked(changes):
    arguments = Arguments("prepare")
    check_setting(dataclasses.replace(load_scenario("toy"), **changes), EVIDENCE, arguments)
    with pytest.raises(InputError, match="prepare: toy"):
        arguments.refuse_if_wrong()


# --- events that set and hold, made in Python ------------------------------------------------------------------------

START = load_scenario("toy").start


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            {"fields": {"number": ("choice.dependence_aversoin",), "to": (1.0,)}},
            "Did you mean 'choice.dependence_aversion'?",
        ),
        ({"fields": {"number": ("measures.leaning_share",), "to": (1.0,)}}, "a number of the world"),
        ({"fields": {"number": (NAME,), "to": ("much",)}}, "found 'much'; allowed: a number"),
        ({"fields": {"number": (NAME,), "to": ()}}, "a tuple of names of numbers, and a tuple of as many values"),
        ({"fields": {"number": (NAME,), "to": (1.0,)}, "until": START - 1}, f"a whole number from {START} to"),
    ],
)
def test_an_event_made_in_python_sets_what_a_file_could_set(event, said):
    made = Event(at=START, kind=EventKind.SET, **event)
    arguments = Arguments("sim.run")
    check_setting(dataclasses.replace(load_scenario("toy"), events=(made,)), EVIDENCE, arguments)
    with pytest.raises(InputError) as wrong:
        arguments.refuse_if_wrong()
    assert said in str(wrong.value)


def test_only_what_lasts_has_an_end_in_python():
    made = Event(at=START, until=START, kind=EventKind.VISIT, fields={"by": "ALD", "to": "OST"})
    arguments = Arguments("sim.run")
    check_setting(dataclasses.replace(load_scenario("toy"), events=(made,)), EVIDENCE, arguments)
    with pytest.raises(InputError, match="save where an event lasts"):
        arguments.refuse_if_wrong()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("by_reading", {"no-such-number": None}, "toy.by_reading"),
        ("path", 5, "toy.path: found '5'; allowed: a path"),
        ("evidence", ("no-such-fact",), "no-such-fact"),
        ("evidence", b"x", "toy.evidence: found '<bytes>'; allowed: a tuple"),
        ("extends", (5,), "toy.extends[0]: found '5'; allowed: text"),
    ],
)
def test_a_field_of_a_scenario_made_in_python_holds_what_it_is_for(field, value, said):
    arguments = Arguments("sim.run")
    check_setting(dataclasses.replace(load_scenario("toy"), **{field: value}), EVIDENCE, arguments)
    with pytest.raises(InputError) as wrong:
        arguments.refuse_if_wrong()
    assert said in str(wrong.value)
