"""What facts say of steps and swings is what the record says, estimated anew: to the two digits they are given in."""

import pytest

from sim.analysis.record import record_of
from sim.evidence.evidence import load_evidence
from sim.evidence.history import load_history
from tests.helpers.trade_steps import CLASSES, elasticities, growth_swings, rest_steps, trade_steps

STATES = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
POWERS = ("CHN", "RUS", "EU", "TUR", "USA", "JPN", "IND")
NAMES = dict(zip(CLASSES, ("major", "middle", "distant"), strict=True))
HALF = 0.0055  # of the last digit, and a little for other versions of the libraries


@pytest.fixture(scope="module")
def record():
    return record_of(load_history(), STATES, POWERS)


@pytest.fixture(scope="module")
def said():
    """The value of a fact."""
    facts = load_evidence().facts
    return lambda name: facts[name].value


@pytest.fixture(scope="module")
def steps(record):
    return trade_steps(record)


def test_every_pair_steps_as_its_fact_says(steps, said):
    found = {pair: one.step for pair, one in steps[0].items()}
    assert len(found) == 35
    facts = {pair: said("trade-steps-{}-{}-2000-2019".format(*pair).lower()) for pair in found}
    assert found == pytest.approx(facts, abs=HALF)


def test_every_class_steps_as_its_fact_says(steps, said):
    found = {name: steps[1][powers].step for powers, name in NAMES.items()}
    assert found == pytest.approx({name: said(f"trade-steps-{name}-2000-2019") for name in found}, abs=HALF)


def test_trade_with_all_others_steps_as_its_fact_says(record, said):
    found = rest_steps(record)
    assert found == pytest.approx({state: said(f"rest-steps-{state.lower()}-2000-2019") for state in found}, abs=HALF)


def test_growth_swings_as_its_fact_says(record, said):
    found = growth_swings(record)
    facts = {state: said(f"growth-swing-{state.lower()}-2000-2019") for state in found}
    assert found == pytest.approx(facts, abs=0.1 * HALF)


def test_what_explains_trade_is_what_the_facts_say(record, said):
    _, partner, oil, _ = elasticities(record)
    facts = (said("trade-answers-both-incomes"), said("oil-price-moves-trade"))
    assert (partner, oil) == pytest.approx(facts, abs=HALF)
