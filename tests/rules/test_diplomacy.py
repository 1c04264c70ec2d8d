import pytest
from rules.rulebook import ignores, rises, stays_between

from sim.rules.diplomacy import provocation_of, visit_odds


def test_a_gain_with_one_power_provokes_its_rivals():
    rises(provocation_of, "rivalry")
    rises(provocation_of, "gain", rivalry=(0.0, 1.0))
    assert provocation_of(0.5, 0.6) == pytest.approx(0.3)


def test_powers_that_coordinate_are_not_provoked():
    ignores(provocation_of, "gain", rivalry=(-1.0, 0.0))
    assert provocation_of(0.5, -0.6) == 0.0


def test_leaders_travel_to_the_provoked_power_they_depend_on():
    rises(visit_odds, "calendar", "provoked", "dependence", "compensating_visit")
    stays_between(0.0, 1.0, visit_odds)
    # half of the visits are not in the calendar; of those, 2 x 0.3 x 0.5 are made up
    assert visit_odds(0.5, 0.3, 0.5, 2.0) == pytest.approx(0.65)


def test_without_balancing_only_the_calendar_is_left():
    ignores(visit_odds, "provoked", "dependence", compensating_visit=0.0)
    ignores(visit_odds, "provoked", dependence=0.0)
    assert visit_odds(0.25, 5.0, 0.9, 0.0) == 0.25


def test_a_visit_in_the_calendar_takes_place_whatever_happens():
    ignores(visit_odds, "provoked", "dependence", calendar=1.0)
    assert visit_odds(1.0, 0.0, 0.0, 2.0) == 1.0
