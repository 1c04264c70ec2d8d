import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.camps import (
    accommodated,
    allied_heat,
    calmed,
    coordination_of,
    deferred,
    discord_next,
    opening,
    wedge_step,
    works_together,
)


def test_powers_coordinate_as_far_as_their_rivalry_lies_below_nought():
    falls(coordination_of, "rivalry")
    ignores(coordination_of, "rivalry", rivalry=(0.0, 1.0))
    stays_between(0.0, 1.0, coordination_of)
    assert coordination_of(-0.3) == 0.3
    assert coordination_of(0.0) == 0.0
    assert coordination_of(0.7) == 0.0


def test_a_partner_s_gain_is_minded_less():
    rises(accommodated, "provoked")
    falls(accommodated, "coordination", "accommodation")
    ignores(accommodated, "coordination", accommodation=0.0)
    ignores(accommodated, "accommodation", coordination=0.0)
    stays_between(0.0, 5.0, accommodated)
    assert accommodated(0.5, 0.2, 2.0) == pytest.approx(0.3)
    assert accommodated(0.5, 0.8, 2.0) == 0.0


def test_security_is_left_to_the_partner_who_leads_it():
    falls(deferred, "held_by_partner", "deference")
    ignores(deferred, "held_by_partner", deference=0.0)
    stays_between(0.0, 1.0, deferred)
    assert deferred(0.0, 4.0) == 1.0
    assert deferred(0.1, 4.0) == pytest.approx(0.6)
    assert deferred(0.5, 4.0) == 0.0


def test_more_is_brought_about_together_with_the_guarantor():
    rises(works_together, "credibility", "held_by_partner", "coordination_gain")
    ignores(works_together, "held_by_partner", coordination_gain=0.0)
    stays_between(0.0, 1.0, works_together)
    assert works_together(0.6, 0.5, 0.8) == pytest.approx(0.76)
    assert works_together(0.6, 0.0, 0.8) == 0.6


def test_coordination_next_door_calms():
    rises(calmed, "stability", "backing", "coordination_calm")
    ignores(calmed, "backing", coordination_calm=0.0)
    stays_between(0.0, 1.0, calmed)
    assert calmed(0.5, 0.25, 0.8) == pytest.approx(0.6)
    assert calmed(0.5, 0.0, 0.8) == 0.5


def wedge(**given):
    usual = {
        "common_rival": 0.5,
        "called": 0.0,
        "tried": 0.5,
        "won": 0.5,
        "wedge_rate": 0.2,
        "wedge_success": 0.25,
        "wedge_effect": 0.3,
        "wedge_backfire": 0.05,
    }
    return wedge_step(**(usual | given))


def test_who_faces_two_rivals_at_once_tries_to_part_them_now_and_then():
    won = {"won": 0.0, "wedge_success": (0.1, 0.5)}
    rises(wedge_step, "common_rival", "wedge_rate", "called", "wedge_effect", **won)
    falls(wedge_step, "tried", **won)
    # odds of an attempt: 0.2 x 0.5 = 0.1
    assert wedge(tried=0.09, won=0.1) == 0.3
    assert wedge(tried=0.11, won=0.1) == 0.0


def test_an_attempt_mostly_fails_and_then_they_close_ranks():
    rises(wedge_step, "wedge_success")
    falls(wedge_step, "won", "wedge_backfire")
    stays_between(-0.1, 0.4, wedge_step)
    assert wedge(tried=0.05, won=0.24) == 0.3
    assert wedge(tried=0.05, won=0.26) == -0.05


def test_nobody_tries_where_there_is_no_common_rival_or_the_rate_is_nought():
    stays_between(0.0, 0.0, wedge_step, called=0.0, wedge_rate=0.0)
    stays_between(0.0, 0.0, wedge_step, called=0.0, common_rival=0.0)


def test_an_attempt_that_a_scenario_imposes_takes_place_whatever_the_odds():
    ignores(wedge_step, "common_rival", "tried", "wedge_rate", called=1.0)
    assert wedge(called=1.0, common_rival=0.0, tried=0.99, won=0.1) == 0.3


def discord(**given):
    usual = {
        "discord": 0.2,
        "volatility": 0.5,
        "noise": 0.0,
        "quarrel": 0.0,
        "discord_level": 0.4,
        "discord_persistence": 0.8,
        "discord_swing": 0.1,
    }
    return discord_next(**(usual | given))


def test_an_erratic_power_quarrels_with_its_own_side():
    rises(discord_next, "discord", "noise")
    rises(discord_next, "volatility", "discord_level", noise=(0.0, 37.0))
    rises(discord_next, "discord_swing", noise=(0.0, 37.0))
    falls(discord_next, "discord_swing", noise=(-37.0, 0.0))
    ignores(discord_next, "noise", volatility=0.0)
    ignores(discord_next, "noise", discord_swing=0.0)
    stays_between(0.0, 1.0, discord_next)


@pytest.mark.parametrize(
    ("level", "noise", "after"),
    [(0.2, 0.0, 0.2), (0.7, 0.0, 0.6), (0.2, 2.0, 0.3), (0.2, -30.0, 0.0), (0.2, 30.0, 1.0)],
)
def test_quarrels_return_to_their_usual_share(level, noise, after):
    # the usual share is 0.4 x 0.5; four fifths of the distance are left; one step of luck is 0.1 x 0.5
    assert discord(discord=level, noise=noise) == pytest.approx(after)


def test_a_quarrel_that_a_scenario_imposes_is_the_least_there_is():
    rises(discord_next, "quarrel")
    assert discord(quarrel=0.6) == 0.6
    assert discord(quarrel=0.1) == pytest.approx(0.2)


def test_allies_make_a_rivalry_their_own_unless_the_bloc_quarrels():
    rises(allied_heat, "heat", "allies_heat", "containment")
    falls(allied_heat, "discord", "indiscipline")
    ignores(allied_heat, "allies_heat", containment=0.0)
    ignores(allied_heat, "discord", indiscipline=0.0)
    ignores(allied_heat, "allies_heat", discord=1.0, indiscipline=1.0)
    stays_between(0.0, 1.0, allied_heat)
    assert allied_heat(0.3, 0.4, 0.0, 0.5, 1.0) == pytest.approx(0.5)
    assert allied_heat(0.3, 0.4, 0.5, 0.5, 1.0) == pytest.approx(0.4)
    assert allied_heat(0.3, 0.4, 1.0, 0.5, 1.0) == pytest.approx(0.3)
    assert allied_heat(0.8, 2.0, 0.0, 0.5, 1.0) == 1.0


def test_middle_powers_come_in_while_the_great_ones_are_absorbed():
    rises(opening, "tier", "distraction", "entrant_opening")
    ignores(opening, "tier", "distraction", entrant_opening=0.0)
    ignores(opening, "distraction", tier=0.0)
    ignores(opening, "tier", distraction=0.0)
    assert opening(1.0, 0.5, 2.0) == pytest.approx(2.0)
    assert opening(0.0, 0.5, 2.0) == 1.0
