import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.climate import (
    border_next,
    downturn_next,
    rivalry_next,
    shock_next,
    strain_next,
    unrest_next,
    vigour_left,
)


def rivalry(**given):
    usual = {
        "rivalry": 0.5,
        "anchor": 0.6,
        "parity_change": 0.0,
        "dialogue": 0.0,
        "noise": 0.0,
        "rivalry_reversion": 0.1,
        "power_shift": 1.0,
        "dialogue_damping": 0.25,
        "rivalry_volatility": 0.02,
    }
    return rivalry_next(**(usual | given))


def test_rivalry_stays_between_its_ends():
    stays_between(-1.0, 1.0, rivalry_next)


def test_rivalry_grows_as_the_weaker_side_catches_up():
    rises(rivalry_next, "rivalry", "parity_change", "noise")
    # usual level 0.6 + 1 x 0.2 x 0.6 = 0.72; a tenth of the way from 0.5
    assert rivalry(parity_change=0.2) == pytest.approx(0.522)


def test_powers_that_coordinate_are_untouched_by_the_shift():
    ignores(rivalry_next, "parity_change", "noise", anchor=(-1.0, 0.0))
    ignores(rivalry_next, "parity_change", power_shift=0.0)
    ignores(rivalry_next, "noise", rivalry_volatility=0.0)


def test_rivalry_returns_to_its_usual_level():
    rises(rivalry_next, "anchor", noise=0.0, parity_change=0.0)
    assert rivalry(rivalry=0.6) == pytest.approx(0.6)
    assert rivalry(rivalry=0.4) == pytest.approx(0.42)
    assert rivalry(rivalry=0.8) == pytest.approx(0.78)


def test_leaders_who_talk_damp_a_rivalry_but_no_partnership():
    falls(rivalry_next, "dialogue")
    ignores(rivalry_next, "dialogue", dialogue_damping=0.0)
    ignores(rivalry_next, "dialogue", rivalry=(-1.0, 0.0), anchor=(-1.0, 0.0))
    assert rivalry(rivalry=0.6, dialogue=1.0) == pytest.approx(0.45)


def test_unrest_stays_between_its_ends():
    stays_between(0.0, 1.0, unrest_next)


def test_unrest_breaks_out_more_often_where_the_state_is_fragile():
    falls(unrest_next, "stability", "onset", unrest_rate=0.5)
    rises(unrest_next, "unrest", "severity", "crisis", unrest_rate=0.5)
    rises(unrest_next, "unrest_rate", unrest_rate=(0.0, 1.0))
    # odds of an outbreak: 0.4 x (1 - 0.5) = 0.2
    fragile = {"unrest": 0.0, "severity": 0.7, "stability": 0.5, "crisis": 0.0, "unrest_rate": 0.4, "unrest_fade": 0.5}
    assert unrest_next(onset=0.19, **fragile) == 0.7
    assert unrest_next(onset=0.21, **fragile) == 0.0


def test_nothing_breaks_out_where_the_rate_is_nought_or_the_state_is_firm():
    ignores(unrest_next, "onset", "severity", "stability", unrest_rate=0.0)
    ignores(unrest_next, "onset", "severity", stability=1.0)


def test_unrest_fades_unless_something_stronger_comes():
    assert unrest_next(0.8, 0.9, 0.7, 1.0, 0.0, 0.05, 0.5) == pytest.approx(0.4)
    assert unrest_next(0.8, 0.9, 0.7, 1.0, 0.6, 0.05, 0.5) == 0.6
    assert unrest_next(0.8, 0.9, 0.7, 1.0, 0.3, 0.05, 0.5) == pytest.approx(0.4)


def test_the_border_stays_between_its_ends():
    stays_between(0.0, 1.0, border_next)


def test_the_most_exposed_feel_the_border_most():
    rises(border_next, "border", "noise")
    rises(border_next, "exposure", noise=(0.0, 37.0))
    ignores(border_next, "noise", exposure=0.0)
    ignores(border_next, "noise", border_volatility=0.0)


@pytest.mark.parametrize(("noise", "border"), [(0.0, 0.45), (1.0, 0.53), (-1.0, 0.37), (30.0, 1.0), (-30.0, 0.0)])
def test_the_border_returns_to_its_usual_level(noise, border):
    # usual level 0.5 x 0.8 = 0.4; half of the distance from 0.5 is still there; one shock is 0.1 x 0.8
    assert border_next(0.5, 0.8, noise, 0.5, 0.5, 0.1) == pytest.approx(border)


def test_a_downturn_is_felt_where_growth_falls_short_of_the_usual():
    rises(downturn_next, "downturn", "trend", "downturn_memory", "downturn_sense")
    falls(downturn_next, "growth")
    ignores(downturn_next, "growth", "trend", downturn_sense=0.0)
    stays_between(0.0, 1.0, downturn_next)
    # a quarter of 4 % a year is 1 %; a fall by 1 % is 2 % short of it
    assert downturn_next(0.0, -0.01, 0.04, 0.8, 10.0) == pytest.approx(0.2)
    assert downturn_next(0.5, -0.01, 0.04, 0.8, 10.0) == pytest.approx(0.6)
    assert downturn_next(0.5, -0.9, 0.04, 0.8, 10.0) == 1.0


def test_a_downturn_is_forgotten_in_usual_times_and_no_faster_in_a_boom():
    ignores(downturn_next, "growth", growth=(0.05, 0.2))
    assert downturn_next(0.5, 0.01, 0.04, 0.8, 10.0) == pytest.approx(0.4)
    assert downturn_next(0.5, 0.05, 0.04, 0.8, 10.0) == pytest.approx(0.4)


def test_shocks_that_follow_each_other_add_up():
    rises(shock_next, "shock", "unrest", "border", "downturn", "shock_fade")
    stays_between(0.0, 1.0, shock_next)
    assert shock_next(0.5, 0.0, 0.0, 0.0, 0.8) == pytest.approx(0.4)
    # 1 - (1 - 0.4)(1 - 0.5)(1 - 0.2)(1 - 0.5)
    assert shock_next(0.5, 0.5, 0.2, 0.5, 0.8) == pytest.approx(0.88)
    for one_is_enough in ("unrest", "border", "downturn"):
        quiet = {"shock": 0.0, "unrest": 0.0, "border": 0.0, "downturn": 0.0}
        assert shock_next(**(quiet | {one_is_enough: 1.0}), shock_fade=0.8) == 1.0


def test_a_border_quieter_than_usual_takes_no_shock_away():
    ignores(shock_next, "border", border=(-1.0, 0.0))
    assert shock_next(0.5, 0.0, -0.4, 0.0, 0.8) == pytest.approx(0.4)


def test_a_war_that_goes_on_strains_and_peace_restores():
    rises(strain_next, "strain", "war")
    rises(strain_next, "strain_build", war=(0.1, 1.0))
    falls(strain_next, "strain_recovery", war=(0.0, 0.9))
    ignores(strain_next, "strain_recovery", war=1.0)
    ignores(strain_next, "strain_build", war=0.0)
    stays_between(0.0, 1.0, strain_next)


@pytest.mark.parametrize(
    ("strain", "war", "after"), [(0.5, 1.0, 0.55), (0.5, 0.0, 0.45), (0.0, 1.0, 0.1), (0.0, 0.0, 0.0)]
)
def test_a_power_is_strained_by_war_alone(strain, war, after):
    # a tenth of what is left to lose, or a tenth of what was lost
    assert strain_next(strain, war, 0.1, 0.1) == pytest.approx(after)


def test_a_strained_power_has_less_to_offer():
    falls(vigour_left, "strain", "war_drain")
    ignores(vigour_left, "strain", war_drain=0.0)
    ignores(vigour_left, "war_drain", strain=0.0)
    stays_between(0.0, 1.0, vigour_left)
    assert vigour_left(0.5, 0.6) == pytest.approx(0.7)
    assert vigour_left(1.0, 1.0) == 0.0
