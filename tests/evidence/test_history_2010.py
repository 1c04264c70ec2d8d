"""The world of 2010: it is read, starts where the record was, and knows nothing of what came after 2019."""

import re

import pytest

from sim.evidence.evidence import load_evidence
from sim.evidence.history import load_history
from sim.evidence.numbers import Basis
from sim.evidence.support import later_than

END = "2019-12-31"
FITTED = (
    "delivery.partner_income",
    "delivery.own_income",
    "delivery.flywheel",
    "delivery.price_pass",
    "delivery.link_gain",
    "delivery.trade_steering",
    "delivery.partner_luck",
    "delivery.wear.security",
    "coefficients.major_step_by_quarters",
    "coefficients.middle_step_by_quarters",
    "coefficients.distant_step_by_quarters",
    "flows.union_trade",
    "economy.growth_noise",
    "diplomacy.agreement_swing",
    "diplomacy.agreement_pull",
    "diplomacy.vote_weight",
)
"""What is fitted to the record later; the range of the home world is what is believed before."""


@pytest.fixture(scope="module")
def world():
    return load_evidence("history-2010")


@pytest.fixture(scope="module")
def home():
    return load_evidence()


@pytest.fixture(scope="module")
def record():
    """What the record has for 2010, by measure, state and partner."""
    return {(row.measure, row.state, row.partner): row.value for row in load_history().rows if row.period == 2010}


def test_it_has_the_actors_and_the_numbers_of_the_home_world(world, home):
    assert world.states == home.states
    assert world.powers == home.powers
    assert world.numbers.keys() - home.numbers.keys() == {"coefficients.growth_persistence"}
    assert not home.numbers.keys() - world.numbers.keys()


def test_it_knows_nothing_of_what_came_after_2019(world, home):
    assert not later_than(END, world)
    assert len(later_than(END, home)) > 1000  # so that the question is one


def test_no_row_looks_ahead_in_what_it_says(world):
    changed = [number for number in world.numbers.values() if number.file.endswith("history-2010/changes.csv")]
    assert len(changed) > 800
    for number in changed:
        named = f"{number.formula} {' '.join(number.evidence)}"
        assert all(int(year) <= 2019 for year in re.findall(r"\b(?:19|20)\d\d\b", named)), number.name


def test_output_is_that_of_2010(world, record):
    for state in world.states:
        written = world.numbers[f"states.{state.code}.gdp"].value
        assert written == pytest.approx(record["output", state.code, ""], rel=0.005), state.code
    for power in world.powers:
        written = world.numbers[f"powers.{power.code}.might"].value
        assert written == pytest.approx(record["output", "", power.code] / 1000.0, rel=0.005), power.code


def test_turnover_is_that_of_2010(world, record):
    """Trade with the powers and with the rest is all the trade of the record, so that parts of it can be compared."""
    for state in world.states:
        powers = sum(world.numbers[f"ties.{state.code}.{power.code}.trade"].value for power in world.powers)
        whole = powers + world.numbers[f"states.{state.code}.other.deal"].value
        assert whole == pytest.approx(record["turnover", state.code, ""] / 1000.0, rel=0.005), state.code


def test_growth_is_drawn_from_that_of_the_ten_years_before_towards_the_worlds(world):
    lasts, usual = (world.numbers[name].value for name in ("coefficients.growth_persistence", "delivery.world_growth"))
    rows = [row for row in load_history().rows if row.measure == "growth" and row.period < 2010]
    for code in sorted({row.state or row.partner for row in rows}):
        values = [row.value for row in rows if code in (row.state, row.partner)]
        number = world.numbers.get(f"states.{code}.growth") or world.numbers[f"powers.{code}.growth"]
        assert len(values) == 10
        expected = lasts * sum(values) / 1000.0 + (1.0 - lasts) * usual
        assert number.value == pytest.approx(expected, abs=0.0003), code
        assert number.low < number.value - 0.025  # one decade hardly tells the next


def test_uzbekistan_is_still_in_the_pact(world, home):
    now, later = (one.numbers["states.UZB.neutrality"] for one in (world, home))
    assert now.value < later.value
    assert world.numbers["states.TKM.neutrality"].value == 1.0


def test_what_will_be_fitted_has_the_range_of_the_home_world(world, home):
    for name in FITTED:
        now, then = world.numbers[name], home.numbers[name]
        assert (now.value, now.low, now.high) == (then.value, then.low, then.high), name


def test_what_nobody_knows_is_wide(world):
    traits = [
        number
        for name, number in world.numbers.items()
        if number.basis is Basis.ASSUMED
        and number.unit == "0..1"
        and number.file.endswith("history-2010/changes.csv")
        and "nobody knows" in number.reason
    ]
    assert len(traits) > 40
    assert all(number.high - number.low >= 0.5 - 1e-9 for number in traits)
