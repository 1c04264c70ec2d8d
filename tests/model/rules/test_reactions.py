import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.reactions import (
    carrot_next,
    contradiction_of,
    counter_plan,
    drills_added,
    format_next,
    grievance_of,
    pressure_next,
    purse_next,
    standing_next,
    stick_left,
)


def test_a_rival_s_gain_draws_counter_offers():
    rises(carrot_next, "carrot", "style", provoked=(0.0, 1.0))
    rises(carrot_next, "provoked", "carrot_fade", "carrot_limit")
    ignores(carrot_next, "provoked", "style", propagation=0.0)
    ignores(carrot_next, "provoked", style=0.0)
    stays_between(0.0, 5.0, carrot_next)
    assert carrot_next(1.0, 0.5, 0.8, 0.6, 1.0, 3.0) == pytest.approx(1.0)
    assert carrot_next(1.0, 9.0, 0.8, 0.6, 1.0, 3.0) == 3.0
    assert carrot_next(1.0, 0.0, 0.8, 0.6, 1.0, 3.0) == pytest.approx(0.6)


def test_a_guarantor_answers_military_steps_with_drills():
    rises(drills_added, "security_provoked", "ability", "agenda", "counter_exercise")
    ignores(drills_added, "security_provoked", "ability", "agenda", counter_exercise=0.0)
    ignores(drills_added, "security_provoked", agenda=0.0)
    assert drills_added(0.1, 0.5, 0.8, 2.0) == pytest.approx(0.08)


def pressure(**given):
    usual = {
        "pressure": 0.5,
        "provoked": 0.2,
        "style": 0.5,
        "lever": 0.8,
        "visited": 0.0,
        "pressure_fade": 0.6,
        "propagation": 1.0,
        "lever_use": 2.0,
        "reassurance": 0.25,
    }
    return pressure_next(**(usual | given))


def test_a_power_presses_with_the_levers_it_has():
    rises(pressure_next, "pressure", "provoked", "style", "lever", provoked=(0.0, 1.0))
    stays_between(0.0, 1.0, pressure_next)
    # 0.3 is left, and 2 x 0.5 x 0.8 x 0.2 is new
    assert pressure() == pytest.approx(0.46)
    assert pressure(provoked=5.0) == 1.0


def test_without_levers_or_cause_pressure_only_fades():
    ignores(pressure_next, "provoked", "style", "lever", lever_use=0.0)
    ignores(pressure_next, "provoked", "style", "lever", propagation=0.0)
    ignores(pressure_next, "provoked", lever=0.0)
    assert pressure(lever=0.0) == pytest.approx(0.3)


def test_a_visit_in_time_softens_the_answer():
    falls(pressure_next, "visited", "reassurance")
    ignores(pressure_next, "visited", reassurance=0.0)
    assert pressure(visited=1.0) == pytest.approx(0.345)


def test_promises_clash_where_powers_are_rivals():
    rises(contradiction_of, "own", "other", rivalry=(0.0, 1.0))
    rises(contradiction_of, "rivalry")
    ignores(contradiction_of, "own", "other", rivalry=(-1.0, 0.0))
    stays_between(0.0, 1.0, contradiction_of)
    assert contradiction_of(0.5, 0.4, 0.6) == pytest.approx(0.12)
    assert contradiction_of(0.5, 0.4, -0.6) == 0.0


def standing(**given):
    usual = {
        "standing": 0.6,
        "usual": 0.6,
        "contradiction": 0.0,
        "slighted": 0.0,
        "visited": 0.0,
        "standing_recovery": 0.1,
        "backlash": 0.5,
        "slight": 0.2,
        "visit_repair": 0.4,
    }
    return standing_next(**(usual | given))


def test_clashing_promises_and_slights_cost_standing():
    falls(standing_next, "contradiction", "slighted", visited=0.0)
    falls(standing_next, "backlash", "slight", visited=0.0)
    ignores(standing_next, "contradiction", backlash=0.0)
    ignores(standing_next, "slighted", slight=0.0)
    stays_between(0.0, 1.0, standing_next)
    # down by 0.5 x 0.4, and a tenth of the way back
    assert standing(contradiction=0.4) == pytest.approx(0.42)
    # down by 0.2 x 0.5, and a tenth of the way back
    assert standing(slighted=0.5) == pytest.approx(0.51)


def test_standing_returns_to_its_usual_level():
    rises(standing_next, "standing", "usual", visited=0.0)
    assert standing() == pytest.approx(0.6)
    assert standing(standing=0.8) == pytest.approx(0.78)


def test_a_visit_restores_part_of_what_was_lost():
    rises(standing_next, "visited", "visit_repair")
    ignores(standing_next, "visited", visit_repair=0.0)
    # down to 0.4; a tenth of the way back by itself and four more by the visit
    assert standing(contradiction=0.4, visited=1.0) == pytest.approx(0.5)
    assert standing(standing=0.8, visited=1.0) == pytest.approx(0.78)


def test_a_visit_never_restores_more_than_was_lost():
    stays_between(0.0, 0.5, standing_next, usual=0.5, standing=(0.0, 0.5))


def test_who_hurt_a_power_more_never_stands_better_after_a_visit():
    falls(standing_next, "contradiction", visited=1.0)


def test_a_purse_fills_and_is_spent():
    rises(purse_next, "purse", "budget", "income", spent=0.0, purse=(0.0, 50.0))
    falls(purse_next, "spent")
    assert purse_next(3.0, 2.0, 1.0, 1.5, 8.0) == pytest.approx(5.0)


def test_a_purse_is_never_below_nought_and_never_piles_up():
    stays_between(0.0, 16.0, purse_next, budget=1.0, income=1.0)
    assert purse_next(3.0, 2.0, 9.0, 1.0, 8.0) == 0.0
    assert purse_next(30.0, 2.0, 0.0, 1.0, 4.0) == 8.0


def test_a_summit_is_fresh_and_fades():
    rises(format_next, "freshness", "hosted", "format_fade")
    stays_between(0.0, 1.0, format_next)
    assert format_next(0.5, 1.0, 0.8) == 1.0
    assert format_next(0.5, 0.0, 0.8) == pytest.approx(0.4)


def test_who_counts_a_rival_s_gain_as_a_loss_answers_with_works():
    rises(counter_plan, "provoked", "zero_sum", "counter_initiative")
    ignores(counter_plan, "provoked", "zero_sum", counter_initiative=0.0)
    ignores(counter_plan, "provoked", zero_sum=0.0)
    assert counter_plan(0.2, 0.5, 3.0) == pytest.approx(0.3)
    assert counter_plan(0.0, 0.5, 3.0) == 0.0


def test_who_shuns_confrontation_presses_less():
    rises(stick_left, "style")
    falls(stick_left, "restraint", "non_confrontation")
    ignores(stick_left, "restraint", non_confrontation=0.0)
    ignores(stick_left, "non_confrontation", restraint=0.0)
    stays_between(0.0, 1.0, stick_left)
    assert stick_left(0.5, 0.8, 0.5) == pytest.approx(0.3)
    assert stick_left(0.5, 1.0, 1.0) == 0.0


def test_powers_mind_gains_of_rivals_refusals_and_sides():
    rises(grievance_of, "slighted", "rebuffed", "sided_elsewhere", sided=0.0)
    falls(grievance_of, "sided")
    ignores(grievance_of, "rebuffed", rebuff_anger=0.0)
    ignores(grievance_of, "sided_elsewhere", side_anger=0.0)
    assert grievance_of(0.2, 0.5, 0.0, 0.5, 0.2, 0.1) == pytest.approx(0.35)
    assert grievance_of(0.2, 0.5, 1.0, 0.5, 0.2, 0.1) == 0.0
