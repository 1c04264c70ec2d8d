import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.terms import (
    bargaining_power,
    exclusivity_asked,
    exclusivity_signed,
    governance_asked,
    local_content,
    processing_granted,
    suitor_weight,
    terms_left,
)


def test_hot_rivals_ask_for_more_exclusive_terms():
    rises(exclusivity_asked, "style", "heat", "conditionality", "rivalry_exclusivity")
    ignores(exclusivity_asked, "style", "heat", conditionality=0.0)
    ignores(exclusivity_asked, "heat", rivalry_exclusivity=0.0)
    ignores(exclusivity_asked, "heat", style=0.0)
    ignores(exclusivity_asked, "heat", "style", clause_by_kind=0.0)
    stays_between(0.0, 1.0, exclusivity_asked)
    assert exclusivity_asked(0.5, 0.4, 1.0, 0.5, 1.0) == pytest.approx(0.6)
    assert exclusivity_asked(0.5, 0.4, 1.0, 0.5, 0.25) == pytest.approx(0.15)
    assert exclusivity_asked(0.9, 1.0, 1.0, 0.5, 1.0) == 1.0


def test_some_powers_ask_about_government_and_others_do_not():
    rises(governance_asked, "style", "conditionality", "strings_by_kind")
    ignores(governance_asked, "style", conditionality=0.0)
    stays_between(0.0, 1.0, governance_asked)
    assert governance_asked(0.75, 0.8, 1.0) == pytest.approx(0.6)
    assert governance_asked(0.75, 0.8, 0.25) == pytest.approx(0.15)
    assert governance_asked(0.75, 2.0, 1.0) == 1.0


def test_what_has_been_agreed_before_has_been_bargained_to_the_end():
    rises(terms_left, "asked", concession=(0.2, 0.9))
    falls(terms_left, "agreed", "bargaining", agreed=(0.0, 1.0), concession=(0.2, 0.9))
    stays_between(0.0, 1.0, terms_left)
    assert terms_left(0.8, 0.5, 0.0, 0.7) == pytest.approx(0.52)
    assert terms_left(0.8, 0.5, 1.0, 0.7) == pytest.approx(0.24)


def test_a_larger_offer_makes_a_more_serious_suitor():
    rises(suitor_weight, "offered")
    falls(suitor_weight, "scale")
    stays_between(0.0, 1.0, suitor_weight)
    assert suitor_weight(0.0, 2.0) == 0.0
    assert suitor_weight(2.0, 2.0) == 0.5
    assert suitor_weight(6.0, 2.0) == 0.75


def power(**given):
    usual = {
        "rival_suitors": 0.0,
        "breadth": 0.0,
        "capability": 0.0,
        "shown": 0.0,
        "track": 0.0,
        "overlapping_spheres": 1.0,
        "suitor_part": 0.5,
        "breadth_part": 0.3,
        "pressure_showing": 0.4,
        "track_chip": 0.2,
    }
    return bargaining_power(**(usual | given))


def test_suitors_breadth_and_means_make_bargaining_power():
    rises(bargaining_power, "rival_suitors", "breadth", "capability", shown=0.0, track=0.0)
    stays_between(0.0, 1.0, bargaining_power)
    assert power() == 0.0
    assert power(rival_suitors=1.0) == pytest.approx(0.25)
    assert power(breadth=0.5) == pytest.approx(0.15)
    assert power(capability=0.5) == pytest.approx(0.1)
    assert power(rival_suitors=1.0, breadth=0.5, capability=0.5) == pytest.approx(0.5)


def test_alternatives_shown_and_a_second_track_serve_as_chips():
    rises(bargaining_power, "shown", "track", shown=(0.0, 1.0), track=(0.0, 1.0))
    assert power(shown=0.5) == pytest.approx(0.2)
    assert power(track=0.5) == pytest.approx(0.1)
    assert power(shown=5.0) == 1.0


def test_bargaining_power_loses_what_is_switched_off():
    ignores(bargaining_power, "rival_suitors", "breadth", "capability", overlapping_spheres=0.0)
    ignores(bargaining_power, "shown", pressure_showing=0.0)
    ignores(bargaining_power, "track", track_chip=0.0)


def test_bargaining_power_lowers_what_is_conceded():
    rises(exclusivity_signed, "asked")
    falls(exclusivity_signed, "bargaining", "concession")
    ignores(exclusivity_signed, "bargaining", concession=0.0)
    stays_between(0.0, 1.0, exclusivity_signed)
    assert exclusivity_signed(0.8, 0.0, 0.5) == 0.8
    assert exclusivity_signed(0.8, 0.5, 0.5) == pytest.approx(0.6)


def test_bargaining_power_obtains_local_work():
    rises(local_content, "bargaining", "local_share")
    ignores(local_content, "bargaining", local_share=0.0)
    stays_between(0.0, 1.0, local_content)
    assert local_content(0.5, 0.4) == pytest.approx(0.2)


def test_a_state_that_asks_for_processing_obtains_part_of_it():
    rises(processing_granted, "local", "processing", "summit", "agenda_shaping")
    ignores(processing_granted, "processing", "summit", agenda_shaping=0.0)
    ignores(processing_granted, "summit", processing=0.0)
    stays_between(0.0, 1.0, processing_granted)
    # of the four fifths that are not local yet, a quarter; twice that where an agenda is open
    assert processing_granted(0.2, 0.5, 0.0, 0.5) == pytest.approx(0.4)
    assert processing_granted(0.2, 0.5, 1.0, 0.5) == pytest.approx(0.6)
    assert processing_granted(0.2, 1.0, 1.0, 0.75) == 1.0
