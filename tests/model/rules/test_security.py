import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.security import (
    help_given,
    pact_stock,
    prestige_earned,
    threat_felt,
    unrest_after_help,
    words_of_support,
)


def test_threat_comes_from_home_and_from_the_border():
    rises(threat_felt, "unrest", "border", "unrest_demand", "border_demand")
    stays_between(0.0, 1.0, threat_felt)
    # 1 - (1 - 0.5 x 0.8)(1 - 1 x 0.5) = 1 - 0.6 x 0.5
    assert threat_felt(0.8, 0.5, 0.5, 1.0) == pytest.approx(0.7)


def test_each_threat_is_enough_on_its_own():
    assert threat_felt(1.0, 0.0, 1.0, 1.0) == 1.0
    assert threat_felt(0.0, 1.0, 1.0, 1.0) == 1.0
    assert threat_felt(0.0, 0.0, 1.0, 1.0) == 0.0


def test_a_threat_that_drives_no_demand_is_not_felt():
    ignores(threat_felt, "unrest", unrest_demand=0.0)
    ignores(threat_felt, "border", border_demand=0.0)


def test_help_comes_to_those_in_trouble_from_those_who_are_bound():
    rises(help_given, "unrest", "security_share", "ability")
    falls(help_given, "luck", "call_level")
    stays_between(0.0, 1.0, help_given)


def test_a_power_without_a_tie_is_not_asked():
    assert help_given(1.0, 0.0, 1.0, 0.5, 0.5, 2.0**-53, 0.4, 1.0) == 0.0


def test_a_guarantor_that_was_turned_away_hesitates():
    rises(help_given, "standing")
    falls(help_given, "usual_standing", "grudge")
    ignores(help_given, "standing", grudge=0.0)
    # odds 0.8 x 0.5, of which 2 x 0.2 are lost: 0.24
    assert help_given(0.6, 0.5, 0.8, 0.4, 0.6, 0.23, 0.4, 2.0) == 0.6
    assert help_given(0.6, 0.5, 0.8, 0.4, 0.6, 0.25, 0.4, 2.0) == 0.0


@pytest.mark.parametrize(
    ("unrest", "luck", "helped"),
    [(0.6, 0.39, 0.6), (0.6, 0.41, 0.0), (0.4, 0.1, 0.0), (0.3, 0.1, 0.0)],
)
def test_help_is_asked_above_the_call_level_and_comes_by_the_odds_of_the_tie(unrest, luck, helped):
    # odds 0.8 x 0.5 = 0.4; nobody calls at or below 0.4
    assert help_given(unrest, 0.5, 0.8, 0.5, 0.5, luck, 0.4, 1.0) == helped


def test_help_ends_unrest():
    falls(unrest_after_help, "helped", "intervention_relief")
    rises(unrest_after_help, "unrest")
    ignores(unrest_after_help, "helped", intervention_relief=0.0)
    stays_between(0.0, 1.0, unrest_after_help)
    assert unrest_after_help(0.8, 0.5, 0.75) == pytest.approx(0.5)
    assert unrest_after_help(0.8, 3.0, 0.75) == pytest.approx(0.2)


def test_success_lifts_the_guarantor_most_where_it_helped():
    rises(prestige_earned, "helped_here", "helped_elsewhere", "intervention_lift", "neighbour_part")
    ignores(prestige_earned, "helped_here", "helped_elsewhere", intervention_lift=0.0)
    ignores(prestige_earned, "helped_elsewhere", neighbour_part=0.0)
    assert prestige_earned(0.6, 0.0, 0.5, 0.2) == pytest.approx(0.3)
    assert prestige_earned(0.0, 0.6, 0.5, 0.2) == pytest.approx(0.06)
    assert prestige_earned(0.6, 0.6, 0.5, 0.2) == pytest.approx(0.36)


def test_words_are_thanked_where_they_ask_nothing():
    rises(words_of_support, "unrest", "incumbent_support")
    falls(words_of_support, "governance")
    ignores(words_of_support, "unrest", incumbent_support=0.0)
    ignores(words_of_support, "unrest", governance=1.0)
    assert words_of_support(0.5, 0.25, 0.2) == pytest.approx(0.075)


def test_a_pact_is_worth_a_tie_to_whom_it_admits():
    rises(pact_stock, "stock", "joins")
    falls(pact_stock, "neutrality")
    ignores(pact_stock, "joins", "neutrality", pact_tie=0.0, stock=0.5)
    assert pact_stock(0.4, 1.0, 0.5, 0.3) == pytest.approx(0.7)
    assert pact_stock(0.4, 1.0, 1.0, 0.3) == pytest.approx(0.4)
    assert pact_stock(0.4, -1.0, 1.0, 0.3) == pytest.approx(0.1)
    assert pact_stock(0.1, -1.0, 0.0, 0.3) == 0.0
