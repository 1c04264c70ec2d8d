import math

import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.choice import (
    absorptive_scale,
    acceptance,
    agenda_price,
    alike,
    balancing_value,
    belief,
    benefit,
    dependence_cost,
    displeasure_price,
    entrenched_value,
    exclusivity_price,
    governance_price,
    loyalty_price,
    order_value,
    parallel_value,
    permitted,
    priority,
    recent_gain,
    resentment_price,
    reservation,
    second_tier_value,
    settled,
    share_after,
    share_then,
    shelter_value,
    summit_value,
    thin_left,
    trust_value,
    union_price,
    unmet,
    unseen,
    vacuum_value,
)


def test_a_small_economy_can_use_only_so_much():
    rises(absorptive_scale, "gdp", is_security=0.0)
    rises(absorptive_scale, "absorption")
    assert absorptive_scale(200.0, 0.0, 0.01) == pytest.approx(2.0)


def test_security_is_measured_alike_for_all():
    ignores(absorptive_scale, "gdp", is_security=1.0)
    assert absorptive_scale(200.0, 1.0, 0.1) == 0.1


def test_what_is_on_order_closes_part_of_a_need():
    rises(unmet, "need", "span")
    falls(unmet, "backlog")
    stays_between(0.0, 1.0, unmet)
    assert unmet(0.6, 0.0, 2.0) == 0.6
    assert unmet(0.6, 2.0, 2.0) == pytest.approx(0.3)


def test_survival_comes_first():
    rises(priority, "regime_security", "security_premium", is_security=1.0)
    ignores(priority, "regime_security", "is_security", security_premium=0.0)
    ignores(priority, "regime_security", is_security=0.0)
    assert priority(1.0, 0.5, 0.8) == pytest.approx(1.4)
    assert priority(0.0, 0.5, 0.8) == 1.0


def test_a_power_that_is_trusted_and_steady_is_believed():
    rises(belief, "trust")
    falls(belief, "volatility")
    ignores(belief, "trust", delivery_doubt=0.0)
    ignores(belief, "volatility", volatility_discount=0.0)
    stays_between(0.0, 1.0, belief)
    assert belief(1.0, 0.0, 0.5, 0.2) == 1.0
    assert belief(0.4, 0.5, 0.5, 0.2) == pytest.approx(0.6)


def gained(**given):
    usual = {
        "need": 0.5,
        "size": 2.0,
        "span": 2.0,
        "packaged": 0.0,
        "believed": 0.8,
        "weight": 1.0,
        "local": 0.0,
        "gain": 1.5,
        "local_gain": 0.5,
    }
    return benefit(**(usual | given))


def test_states_take_what_serves_their_needs():
    rises(benefit, "need", "size", "believed", "weight", "local")
    falls(benefit, "packaged", "span")
    ignores(benefit, "need", "size", "believed", gain=0.0)
    ignores(benefit, "local", local_gain=0.0)
    # 1.5 x 0.5 x half of the most it could bring x 0.8
    assert gained() == pytest.approx(0.3)
    assert gained(local=0.4) == pytest.approx(0.36)
    assert gained(packaged=1.0) == pytest.approx(0.15)


def test_more_of_the_same_adds_ever_less():
    first, second, third = (gained(size=step) for step in (2.0, 4.0, 6.0))
    assert first > second - first > third - second > 0.0


def test_nothing_is_gained_where_nothing_is_needed_offered_or_believed():
    for missing in ("need", "size", "believed"):
        assert gained(**{missing: 0.0}) == 0.0


def test_accepting_concentrates_ties():
    rises(share_after, "dependence", "then", "packaged", packaged=(0.0, 0.3), dependence=(0.0, 0.5))
    rises(share_after, "kind_weight", share=0.1, then=0.6)
    falls(share_after, "share")
    ignores(share_after, "then", kind_weight=0.0)
    stays_between(0.0, 0.99, share_after)
    # from a fifth of a kind to three fifths; the kind counts a quarter
    assert share_after(0.3, 0.2, 0.6, 0.25, 0.05) == pytest.approx(0.45)
    assert share_after(0.3, 0.2, 0.2, 0.25, 0.0) == pytest.approx(0.3)


def test_a_work_counts_by_what_stands_at_the_horizon():
    rises(share_then, "share", "own", "size", ordered=50.0)
    falls(share_then, "ordered", share=0.5, endures=0.5)
    ignores(share_then, "own", "ordered", "size", endures=0.0)
    # all of it stands: 0.8 of 4 and 4 of the offer, in 8
    assert share_then(0.2, 4.0, 0.0, 0.0, 4.0, 1.0) == pytest.approx(0.6)
    # half of it stands, and of 4 that others build
    assert share_then(0.2, 4.0, 0.0, 4.0, 4.0, 0.5) == pytest.approx(2.8 / 8.0)
    assert share_then(0.0, 0.0, 0.0, 0.0, 0.0, 1.0) == 0.0


def test_talks_leave_less_unseen_and_less_doubt():
    falls(unseen, "agreed", "talks_reveal", agreed=(0.1, 1.0), talks_reveal=(0.1, 0.9))
    ignores(unseen, "agreed", talks_reveal=0.0)
    assert unseen(0.06, 1.0, 0.5) == pytest.approx(0.03)
    assert unseen(0.06, 0.0, 0.5) == 0.06
    ignores(settled, "agreed", talks_reveal=0.0)
    stays_between(0.0, 1.0, settled)
    assert settled(0.4, 1.0, 0.5) == pytest.approx(0.7)
    assert settled(0.4, 0.0, 0.5) == 0.4


def cost(after, trade_war=0.0, aversion=2.0, fear=0.5):
    return dependence_cost(after, trade_war, aversion, 0.4, fear)


def test_dependence_costs_nothing_up_to_the_tolerance():
    for after in (0.0, 0.2, 0.4):
        assert cost(after) == 0.0
        assert cost(after, trade_war=1.0) == 0.0
    assert cost(0.41) > 0.0


def test_dependence_on_one_power_costs_ever_more():
    rises(dependence_cost, "after", "trade_war", "dependence_aversion", "spillover_fear")
    falls(dependence_cost, "tolerance")
    ignores(dependence_cost, "after", "trade_war", dependence_aversion=0.0)
    # what is left beside the power halves twice: ln 2, ln 4
    assert cost(0.7) == pytest.approx(2.0 * math.log(2.0))
    assert cost(0.85) == pytest.approx(2.0 * math.log(4.0))


def test_a_trade_war_makes_dependence_dearer():
    ignores(dependence_cost, "trade_war", spillover_fear=0.0)
    assert cost(0.7, trade_war=1.0) == pytest.approx(3.0 * math.log(2.0))


def test_an_exclusive_clause_costs_what_is_held_with_the_others():
    rises(exclusivity_price, "exclusivity", "at_stake", "exclusivity_cost", "principle_cost")
    falls(exclusivity_price, "sided")
    ignores(exclusivity_price, "at_stake", exclusivity_cost=0.0)
    ignores(exclusivity_price, "exclusivity", exclusivity_cost=0.0, principle_cost=0.0)
    ignores(exclusivity_price, "exclusivity", sided=1.0)
    assert exclusivity_price(0.5, 0.4, 0.0, 1.0, 0.2) == pytest.approx(0.3)
    assert exclusivity_price(0.5, 0.0, 0.0, 1.0, 0.2) == pytest.approx(0.1)
    assert exclusivity_price(0.5, 0.4, 1.0, 1.0, 0.2) == 0.0


def test_a_side_once_taken_makes_its_rival_dearer():
    rises(loyalty_price, "sided_elsewhere", "side_loyalty")
    ignores(loyalty_price, "sided_elsewhere", side_loyalty=0.0)
    assert loyalty_price(0.5, 0.6) == pytest.approx(0.3)


def test_rivals_make_a_state_pay_in_other_fields():
    rises(displeasure_price, "levers_at_stake", "issue_linkage")
    ignores(displeasure_price, "levers_at_stake", issue_linkage=0.0)
    assert displeasure_price(0.25, 0.4) == pytest.approx(0.1)


def test_terms_about_government_worry_incumbents():
    rises(governance_price, "asked", "sensitivity", "regime_security", "governance_cost")
    ignores(governance_price, "asked", governance_cost=0.0)
    ignores(governance_price, "asked", sensitivity=0.0)
    assert governance_price(0.5, 0.8, 0.5, 0.4) == pytest.approx(0.08)


def test_a_second_power_is_worth_most_beside_a_dominant_first():
    rises(balancing_value, "overlapping_invite")
    rises(balancing_value, "top")
    falls(balancing_value, "own")
    ignores(balancing_value, "top", "own", overlapping_invite=0.0)
    assert balancing_value(0.5, 0.1, 0.5) == pytest.approx(0.1)
    assert balancing_value(0.5, 0.5, 0.5) == 0.0


def test_what_stands_already_makes_the_next_step_easier():
    rises(entrenched_value, "share", "entrenchment")
    ignores(entrenched_value, "share", entrenchment=0.0)
    assert entrenched_value(0.5, 0.4) == pytest.approx(0.2)


def test_pressed_by_one_power_a_state_turns_to_its_rival():
    rises(shelter_value, "pressing", "is_security", "counter_upgrade", "security_shelter")
    ignores(shelter_value, "pressing", "is_security", counter_upgrade=0.0)
    ignores(shelter_value, "is_security", security_shelter=0.0)
    assert shelter_value(0.5, 0.0, 0.6, 0.5) == pytest.approx(0.3)
    assert shelter_value(0.5, 1.0, 0.6, 0.5) == pytest.approx(0.45)


def test_trust_adds_and_mistrust_takes_away():
    rises(trust_value, "trust")
    ignores(trust_value, "trust", trust_weight=0.0)
    assert trust_value(0.5, 0.4) == 0.0
    assert trust_value(0.75, 0.4) == pytest.approx(0.1)
    assert trust_value(0.25, 0.4) == pytest.approx(-0.1)


def test_a_state_keeps_step_with_those_it_took_less_from():
    rises(parallel_value, "others", "parallel_deepening")
    falls(parallel_value, "own")
    ignores(parallel_value, "others", "own", parallel_deepening=0.0)
    assert parallel_value(0.5, 0.1, 0.5) == pytest.approx(0.2)
    assert parallel_value(0.1, 0.5, 0.5) == 0.0


def test_resentment_takes_away():
    rises(resentment_price, "resentment", "resentment_weight")
    ignores(resentment_price, "resentment", resentment_weight=0.0)
    assert resentment_price(0.5, 0.2) == pytest.approx(0.1)


def test_an_agenda_against_outside_militaries_touches_security_alone():
    rises(agenda_price, "resisted", "agenda_weight", "is_security")
    ignores(agenda_price, "resisted", agenda_weight=0.0)
    ignores(agenda_price, "resisted", is_security=0.0)
    assert agenda_price(0.4, 1.0, 0.5) == pytest.approx(0.2)


def test_a_summit_brings_prestige():
    rises(summit_value, "summit", "summit_prestige")
    ignores(summit_value, "summit", summit_prestige=0.0)
    assert summit_value(0.0, 0.3) == 0.0
    assert summit_value(1.0, 0.3) == 0.3


def test_a_weak_base_caps_how_much_is_refused():
    rises(reservation, "capability", "outside_option")
    falls(reservation, "capability_cap")
    ignores(reservation, "capability", capability_cap=0.0)
    ignores(reservation, "capability", "capability_cap", outside_option=0.0)
    assert reservation(1.0, 0.2, 0.5) == 0.2
    assert reservation(0.5, 0.2, 0.5) == pytest.approx(0.15)
    assert reservation(0.0, 0.2, 1.0) == 0.0


@pytest.mark.parametrize(
    ("size", "gain", "neutrality", "is_security", "allowed"),
    [
        (0.3, 0.1, 1.0, 1.0, 0.0),  # a neutral state joins no alliance
        (0.25, 0.1, 1.0, 1.0, 1.0),  # what is not above the bar is none
        (0.3, 0.1, 0.9, 1.0, 1.0),  # nor is a less neutral state held back
        (0.3, 0.1, 1.0, 0.0, 1.0),  # nor is money an alliance
        (0.1, 0.0, 0.0, 0.0, 0.0),  # nothing is signed that brings nothing
    ],
)
def test_what_may_be_signed_at_all(size, gain, neutrality, is_security, allowed):
    assert permitted(size, gain, neutrality, is_security, alliance_size=0.25) == allowed


def test_a_gain_is_remembered_for_a_while():
    rises(recent_gain, "recent", "gain", "gain_memory")
    assert recent_gain(0.5, 0.2, 0.8) == pytest.approx(0.6)
    assert recent_gain(0.5, 0.0, 0.0) == 0.0


def test_leaders_choose_by_interest():
    rises(acceptance, "utility", "permitted", utility=(-0.5, 0.5))
    falls(acceptance, "reservation", utility=(-0.5, 0.5))
    stays_between(0.0, 1.0, acceptance)
    assert acceptance(0.3, 0.3, 1.0, 0.1) == 0.5
    # odds of three to one
    assert acceptance(0.3 + 0.1 * math.log(3.0), 0.3, 1.0, 0.1) == pytest.approx(0.75)
    assert acceptance(5.0, 0.0, 0.0, 0.1) == 0.0


def test_the_less_remains_unseen_the_surer_the_answer():
    falls(acceptance, "temperature", utility=(0.4, 1.0), permitted=1.0)
    rises(acceptance, "temperature", utility=(-1.0, 0.0), permitted=1.0)


def test_money_spread_thin_sways_little():
    rises(thin_left, "relative")
    falls(thin_left, "thin_money", "thin_floor")
    ignores(thin_left, "relative", "thin_floor", thin_money=0.0)
    stays_between(0.0, 1.0, thin_left)
    assert thin_left(0.0, 0.5, 0.1) == pytest.approx(0.5)
    # at the floor half of the loss is gone
    assert thin_left(0.1, 0.5, 0.1) == pytest.approx(0.75)


def test_money_that_is_not_thin_counts_in_full():
    assert thin_left(1e9, 0.8, 0.1) == pytest.approx(1.0)


def test_the_usual_order_of_partners_adds_and_takes_away():
    rises(order_value, "affinity")
    ignores(order_value, "affinity", priority_order=0.0)
    assert order_value(0.5, 0.4) == 0.0
    assert order_value(1.0, 0.4) == pytest.approx(0.2)
    assert order_value(0.0, 0.4) == pytest.approx(-0.2)


def test_a_customs_union_makes_it_costly_to_turn_elsewhere():
    rises(union_price, "bound", "union_cost")
    falls(union_price, "own", "is_security")
    ignores(union_price, "bound", "own", union_cost=0.0)
    ignores(union_price, "bound", "own", is_security=1.0)
    ignores(union_price, "bound", own=1.0)
    assert union_price(0.8, 0.25, 0.0, 0.5) == pytest.approx(0.3)
    assert union_price(0.8, 0.25, 1.0, 0.5) == 0.0


def test_a_guarantor_tied_down_makes_states_look_for_another():
    rises(vacuum_value, "strained", "is_security", "vacuum_pull")
    ignores(vacuum_value, "strained", vacuum_pull=0.0)
    ignores(vacuum_value, "strained", is_security=0.0)
    assert vacuum_value(0.4, 1.0, 0.5) == pytest.approx(0.2)


def test_middle_powers_are_wanted_as_the_great_ones_quarrel_or_loom_large():
    rises(second_tier_value, "tier", "heat", "top", "second_tier")
    ignores(second_tier_value, "tier", "heat", "top", second_tier=0.0)
    ignores(second_tier_value, "heat", "top", tier=0.0)
    # 0.4 x (1 - 0.5 x 0.5)
    assert second_tier_value(1.0, 0.5, 0.5, 0.4) == pytest.approx(0.3)
    assert second_tier_value(1.0, 1.0, 0.0, 0.4) == pytest.approx(0.4)
    assert second_tier_value(1.0, 0.0, 0.0, 0.4) == 0.0


def test_soft_works_hardly_stand_in_for_hard_ones():
    falls(alike, "soft_hard")
    falls(alike, "hardness", hardness=(0.5, 1.0), other=(0.0, 0.5))
    rises(alike, "hardness", hardness=(0.0, 0.5), other=(0.5, 1.0))
    ignores(alike, "hardness", "other", soft_hard=0.0)
    stays_between(0.0, 1.0, alike)
    assert alike(1.0, 0.0, 1.0) == 0.0
    assert alike(0.75, 0.25, 0.8) == pytest.approx(0.6)


@pytest.mark.parametrize(("one", "other"), [(0.0, 1.0), (0.3, 0.9), (0.5, 0.5)])
def test_works_stand_in_for_each_other_both_ways_alike(one, other):
    assert alike(one, other, 0.8) == alike(other, one, 0.8)
    assert alike(one, one, 0.8) == 1.0
