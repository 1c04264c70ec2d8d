import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.economy import (
    built_by,
    drag_of,
    gap_next,
    growth_luck,
    growth_of,
    income_next,
    price_step,
    stability_next,
    tide_next,
)


def test_the_price_steps_by_luck_and_by_what_a_scenario_says():
    rises(price_step, "luck", "called", "price_swing", luck=(0.1, 8.0))
    assert price_step(1.0, 0.0, 0.3) == pytest.approx(0.15)
    assert price_step(0.0, -0.5, 0.3) == -0.5


def test_good_years_follow_good_years():
    rises(tide_next, "tide", "own")
    ignores(tide_next, "own", "common", growth_noise=0.0)
    ignores(tide_next, "own", "common", tide_part=0.0)
    ignores(tide_next, "common", growth_common=0.0)
    assert tide_next(0.02, 0.0, 0.0, 0.03, 1.0, 0.4, 0.5, 0.9) == pytest.approx(0.018)
    # with a persistence of 0.6, four fifths of the spread are fresh
    assert tide_next(0.0, 1.0, 0.0, 0.03, 1.0, 0.0, 1.0, 0.6) == pytest.approx(0.024)


def test_growth_has_good_and_bad_quarters_a_part_of_which_is_common():
    rises(growth_luck, "own", "common", own=(-1.0, 1.0), common=(-1.0, 1.0))
    ignores(growth_luck, "own", "common", growth_noise=0.0)
    assert growth_luck(1.0, 0.0, 0.04, 1.0, 0.0, 0.0, 4.0) == pytest.approx(0.02)
    assert growth_luck(0.0, 1.0, 0.04, 1.0, 0.6, 0.0, 4.0) == pytest.approx(0.012)
    assert growth_luck(1.0, 0.0, 0.04, 1.0, 0.0, 0.75, 4.0) == pytest.approx(0.01)
    assert growth_luck(50.0, 0.0, 0.04, 1.0, 0.0, 0.0, 4.0) == pytest.approx(0.08)


def test_growth_is_trend_tide_luck_price_and_works_beyond_the_usual():
    rises(growth_of, "trend", "tide", "exported_price", "built", "made_up")
    falls(growth_of, "usual")
    ignores(growth_of, "exported_price", price_income=0.0)
    assert growth_of(0.04, 0.0, 0.0, 0.0, 0.0025, 0.01, 0.0, 0.1) == pytest.approx(0.01)
    assert growth_of(0.04, 0.02, 0.001, 0.1, 0.0, 0.0, 0.002, 0.1) == pytest.approx(0.028)


def test_a_delivery_adds_to_output_in_proportion():
    rises(built_by, "delivered", "works_income")
    falls(built_by, "gdp", delivered=(1.0, 50.0))
    assert built_by(1.0, 100.0, 0.4) == pytest.approx(0.004)
    assert built_by(5.0, 100.0, 0.0) == 0.0


def test_what_is_shut_or_pressed_holds_output_down():
    rises(drag_of, "rent", "energy_lost", "shut", "pressed", "unrest")
    stays_between(0.0, 0.5, drag_of)
    assert drag_of(0.5, 0.5, 0.0, 0.0, 0.0, 0.4, 0.3, 0.2, 0.05) == pytest.approx(0.1)
    assert drag_of(0.0, 0.0, 0.1, 0.1, 1.0, 0.4, 0.3, 0.2, 0.05) == pytest.approx(0.1)
    assert drag_of(1.0, 1.0, 5.0, 0.0, 0.0, 0.4, 0.3, 0.2, 0.05) == 0.5


def test_output_lets_go_of_what_held_it_down():
    rises(income_next, "gdp", "growth", "drag_before")
    falls(income_next, "slump", "drag")
    held = income_next(100.0, 0.0, 0.0, 0.2, 0.0)
    assert held == pytest.approx(80.0)
    assert income_next(held, 0.0, 0.0, 0.0, 0.2) == pytest.approx(100.0)
    assert income_next(100.0, 0.01, 0.1, 0.0, 0.0) == pytest.approx(90.9)
    assert income_next(100.0, -15.0, 0.0, 0.0, 0.0) == pytest.approx(1.0)


def test_a_part_of_what_was_lost_is_made_up():
    rises(gap_next, "gap", "slump", "recovered")
    falls(gap_next, "made_up")
    stays_between(0.0, 2.0, gap_next)
    assert gap_next(0.02, 0.1, 0.005, 0.4) == pytest.approx(0.055)
    assert gap_next(0.0, 0.0, 0.1, 0.4) == 0.0


def firm(**given):
    usual = {
        "stability": 0.6,
        "usual": 0.6,
        "surprise": 0.0,
        "neglect": 0.0,
        "works": 0.0,
        "pressed": 0.0,
        "unrest": 0.0,
        "stability_return": 0.1,
        "growth_calm": 0.5,
        "need_strain": 0.04,
        "works_calm": 0.02,
        "pressure_strain": 0.03,
        "unrest_scar": 0.05,
    }
    return stability_next(**(usual | given))


def test_governments_stand_on_what_they_deliver():
    rises(stability_next, "stability", "usual", "surprise", "works")
    falls(stability_next, "neglect", "pressed", "unrest")
    stays_between(0.0, 1.0, stability_next)
    assert firm() == pytest.approx(0.6)
    assert firm(stability=0.4) == pytest.approx(0.42)
    assert firm(surprise=-0.02) == pytest.approx(0.59)
    assert firm(neglect=0.5) == pytest.approx(0.58)
    assert firm(works=1.0) == pytest.approx(0.61)
    assert firm(pressed=1.0) == pytest.approx(0.57)
    assert firm(unrest=1.0) == pytest.approx(0.55)
