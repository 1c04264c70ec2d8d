import math

import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.offers import (
    attraction,
    collective_effort,
    effort_by_niche,
    effort_by_purse,
    effort_by_side,
    effort_in_rivalry,
    gateway_effort,
    generous_size,
    guess_fading,
    guess_next,
    held_back,
    host_probability,
    market_factor,
    offer_probability,
    offer_size,
    reentry_effort,
    sequenced,
    within_network,
    within_purse,
)


def test_powers_go_where_their_strength_meets_a_need():
    rises(attraction, "need", "standing", "ability", "market", "market_pull")
    ignores(attraction, "need", "standing", "ability", "market", need_match=0.0)
    ignores(attraction, "market", market_pull=0.0)
    # 4 x (0.5 x 0.8 x 0.5 + 0.3 x 2 / 3)
    assert attraction(0.5, 0.8, 0.5, 2.0, 4.0, 0.3) == pytest.approx(1.6)


def test_one_missing_side_of_the_match_leaves_only_the_market():
    for missing in ("need", "standing", "ability"):
        match = {"need": 1.0, "standing": 1.0, "ability": 1.0, missing: 0.0}
        assert attraction(**match, market=1.0, need_match=4.0, market_pull=0.5) == 1.0


def test_a_power_spends_its_effort_in_its_niche():
    rises(effort_by_niche, "niche")
    assert effort_by_niche(0.0, 1.5) == 1.0
    assert effort_by_niche(-1.0, 0.0) == 1.0
    assert effort_by_niche(0.5, 2.0) == pytest.approx(math.e)
    assert effort_by_niche(-0.5, 2.0) == pytest.approx(1.0 / math.e)


def test_rivalry_speeds_effort():
    rises(effort_in_rivalry, "heat", "rivalry_spending")
    ignores(effort_in_rivalry, "heat", rivalry_spending=0.0)
    assert effort_in_rivalry(0.0, 0.5) == 1.0
    assert effort_in_rivalry(0.6, 0.5) == pytest.approx(1.3)


def test_unspent_money_looks_for_projects():
    rises(effort_by_purse, "purse", purse=(0.0, 10.0), full=(10.0, 20.0))
    falls(effort_by_purse, "full", purse=(0.0, 10.0), full=(10.0, 20.0))
    ignores(effort_by_purse, "purse", "full", purse_push=0.0)
    assert effort_by_purse(4.0, 8.0, 0.5) == 1.0
    assert effort_by_purse(8.0, 8.0, 0.5) == pytest.approx(math.exp(0.5))
    assert effort_by_purse(0.0, 8.0, 0.5) == pytest.approx(math.exp(-0.5))


def test_who_can_save_nothing_has_an_empty_purse():
    assert effort_by_purse(0.0, 0.0, 0.5) == pytest.approx(math.exp(-0.5))


def test_an_answer_and_a_summit_bring_more_offers():
    rises(offer_probability, "expected", "carrot", "summit", expected=(0.0, 1.0))
    ignores(offer_probability, "summit", summit_boost=0.0)
    stays_between(0.0, 1.0, offer_probability)
    assert offer_probability(0.0, 2.0, 1.0, 3.0) == 0.0
    # 0.1 x 1.5 x 3 = 0.45 offers are expected, and they come in bunches
    assert offer_probability(0.1, 0.5, 1.0, 2.0) == pytest.approx(0.45 / 1.45)


def test_larger_states_draw_larger_offers():
    rises(market_factor, "market")
    assert market_factor(1.0, 0.7) == 1.0
    assert market_factor(5.0, 0.0) == 1.0
    assert market_factor(4.0, 0.5) == pytest.approx(2.0)
    assert market_factor(0.25, 0.5) == pytest.approx(0.5)


def size(**given):
    usual = {
        "median": 2.0,
        "luck": 0.5,
        "market_factor": 1.5,
        "package": 0.0,
        "size_spread": 0.5,
        "size_limit": 2.0,
        "mega_deal": 3.0,
    }
    return offer_size(**(usual | given))


def test_the_offer_of_middling_luck_is_the_median_for_the_market():
    assert size() == pytest.approx(3.0)


def test_sizes_are_very_unequal():
    rises(offer_size, "median", "luck", "market_factor")
    # odds of 9 to 1, to the power one half: a factor of three either way
    assert size(luck=0.9) == pytest.approx(9.0)
    assert size(luck=0.1) == pytest.approx(1.0)


def test_no_size_passes_the_limit():
    assert size(luck=1.0 - 2.0**-53) == pytest.approx(3.0 * math.exp(2.0))
    assert size(luck=2.0**-53) == pytest.approx(3.0 * math.exp(-2.0))


def test_a_summit_of_a_dealing_power_brings_one_large_package():
    rises(offer_size, "package", "mega_deal")
    ignores(offer_size, "package", mega_deal=0.0)
    assert size(package=0.5) == pytest.approx(3.0 * 2.5)


def test_one_supplier_among_many_is_paid_less():
    falls(within_network, "network", "network_ceiling")
    rises(within_network, "size", "median")
    ignores(within_network, "network", network_ceiling=0.0)
    assert within_network(4.0, 2.0, 0.0, 1.0) == 4.0
    assert within_network(4.0, 2.0, 0.5, 1.0) == pytest.approx(2.0)


def test_a_network_puts_a_ceiling_on_what_is_paid():
    # however large the offer, no more than median / (ceiling x network)
    assert within_network(1e9, 2.0, 0.5, 1.0) == pytest.approx(4.0)


def test_nothing_is_offered_beyond_the_purse():
    rises(within_purse, "purse", "size")
    falls(within_purse, "total")
    assert within_purse(3.0, 4.0, 5.0) == 3.0
    assert within_purse(3.0, 4.0, 4.0) == 3.0
    assert within_purse(3.0, 4.0, 2.0) == pytest.approx(1.5)
    assert within_purse(3.0, 4.0, 0.0) == 0.0
    assert within_purse(3.0, 4.0, -1.0) == 0.0


def test_offers_that_are_cut_add_up_to_the_purse():
    sizes = (3.0, 1.0, 0.5, 5.5)
    assert sum(within_purse(one, sum(sizes), 4.0) for one in sizes) == pytest.approx(4.0)


def test_formats_of_others_are_copied():
    rises(host_probability, "summit_rate", "rival_format", "format_mirroring")
    falls(host_probability, "own_format")
    ignores(host_probability, "own_format", "rival_format", format_mirroring=0.0)
    ignores(host_probability, "rival_format", own_format=1.0)
    stays_between(0.0, 1.0, host_probability)


@pytest.mark.parametrize(("own", "rival", "odds"), [(0.0, 1.0, 0.3), (0.5, 1.0, 0.2), (1.0, 1.0, 0.1), (0.0, 0.0, 0.1)])
def test_whoever_has_just_met_the_region_copies_nobody(own, rival, odds):
    assert host_probability(0.1, own, rival, 0.2) == pytest.approx(odds)


def test_a_patient_power_widens_security_work_once_economic_ties_are_deep():
    rises(sequenced, "depth")
    falls(sequenced, "restraint", "sequencing")
    ignores(sequenced, "depth", "restraint", sequencing=0.0)
    ignores(sequenced, "depth", restraint=0.0)
    ignores(sequenced, "restraint", "sequencing", depth=1.0)
    stays_between(0.0, 1.0, sequenced)
    assert sequenced(0.5, 0.8, 0.5) == pytest.approx(0.8)
    assert sequenced(0.0, 1.0, 1.0) == 0.0


def test_danger_at_the_border_gives_an_absent_power_an_opening():
    rises(reentry_effort, "border", "reentry", "security_reentry")
    ignores(reentry_effort, "border", "reentry", security_reentry=0.0)
    ignores(reentry_effort, "border", reentry=0.0)
    assert reentry_effort(0.5, 0.8, 2.0) == pytest.approx(1.8)
    assert reentry_effort(0.0, 0.8, 2.0) == 1.0


def test_routes_that_rivals_control_draw_money_for_others():
    rises(gateway_effort, "captive", "gateway", "route_finance")
    ignores(gateway_effort, "captive", "gateway", route_finance=0.0)
    ignores(gateway_effort, "captive", gateway=0.0)
    assert gateway_effort(0.5, 0.8, 1.5) == pytest.approx(1.6)
    assert gateway_effort(0.0, 0.8, 1.5) == 1.0


def test_a_track_with_all_at_once_brings_more_offers_while_it_is_fresh():
    rises(collective_effort, "collective", "freshness", "collective_track")
    ignores(collective_effort, "collective", "freshness", collective_track=0.0)
    ignores(collective_effort, "collective", freshness=0.0)
    assert collective_effort(0.8, 0.5, 0.5) == pytest.approx(1.2)
    assert collective_effort(0.8, 0.0, 0.5) == 1.0


def test_the_more_rivals_court_the_more_is_given():
    rises(generous_size, "median", "courted", "generosity", "rivalry_generosity")
    ignores(generous_size, "courted", "generosity", rivalry_generosity=0.0)
    ignores(generous_size, "courted", generosity=0.0)
    # half of the most that courting could add: 2 x (1 + 2 x 0.5 x 0.5)
    assert generous_size(2.0, 1.0, 0.5, 2.0) == pytest.approx(3.0)
    assert generous_size(2.0, 0.0, 0.5, 2.0) == 2.0


def test_generosity_has_a_ceiling():
    assert generous_size(2.0, 1e9, 0.5, 2.0) == pytest.approx(4.0)


def test_a_side_opens_one_door_and_closes_the_other():
    rises(effort_by_side, "sided", "side_favour")
    falls(effort_by_side, "sided_elsewhere", "side_shun")
    ignores(effort_by_side, "sided", side_favour=0.0)
    ignores(effort_by_side, "sided_elsewhere", side_shun=0.0)
    assert effort_by_side(0.0, 0.0, 0.5, 0.8) == 1.0
    assert effort_by_side(1.0, 0.0, 0.5, 0.8) == 1.5
    assert effort_by_side(0.0, 0.5, 0.5, 0.8) == pytest.approx(0.6)


def test_what_is_known_to_be_unwelcome_is_held_back():
    assert held_back(0.4, 0.7, 0.1, 0.75) == 1.0
    assert held_back(0.4, 0.3, 0.1, 0.75) == 0.0  # it would be welcome
    assert held_back(0.4, 0.7, 0.9, 0.75) == 0.0  # nobody asked
    ignores(held_back, "guess", "mind", "heard", sounding=0.0)


def test_powers_learn_from_answers_and_forget():
    rises(guess_next, "guess", "odds", answer_weight=(0.1, 0.8))
    ignores(guess_next, "odds", answer_weight=0.0)
    stays_between(0.0, 1.0, guess_next)
    assert guess_next(0.5, 0.0, 0.4) == pytest.approx(0.3)
    rises(guess_fading, "guess", "first_guess", guess_fade=(0.85, 0.99))
    stays_between(0.0, 1.0, guess_fading)
    assert guess_fading(0.1, 0.5, 0.5) == pytest.approx(0.3)
    assert guess_fading(0.1, 0.5, 1.0) == pytest.approx(0.1)
