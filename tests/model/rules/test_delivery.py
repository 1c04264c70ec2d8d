import math

import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.delivery import (
    building_years,
    endures_part,
    entangled,
    goodwill_next,
    home_built,
    kept_share,
    lot_due,
    lots_part,
    mass_of,
    need_next,
    side_trade_lost,
    steered_away,
    trade_luck,
    trade_next,
    trade_trend,
    training_part,
    union_fit,
    wear_left,
)


def test_powers_differ_in_what_they_deliver():
    rises(kept_share, "credibility", "noise")
    falls(kept_share, "delivery_risk", noise=0.0)
    stays_between(0.0, 1.0, kept_share)
    assert kept_share(0.7, 0.0, 0.0, 1.0, 0.2) == pytest.approx(0.7)
    assert kept_share(0.7, 0.0, 0.0, 0.5, 0.2) == pytest.approx(0.85)


def test_erratic_powers_swing_from_quarter_to_quarter():
    rises(kept_share, "volatility", noise=(0.0, 37.0))
    falls(kept_share, "volatility", noise=(-37.0, 0.0))
    ignores(kept_share, "noise", volatility=0.0)
    ignores(kept_share, "noise", volatility_swing=0.0)
    assert kept_share(0.7, 0.5, 1.0, 1.0, 0.2) == pytest.approx(0.8)
    assert kept_share(0.7, 0.5, -1.0, 1.0, 0.2) == pytest.approx(0.6)


def test_everything_is_delivered_where_there_is_no_risk():
    ignores(kept_share, "credibility", "volatility", "noise", delivery_risk=0.0)
    assert kept_share(0.2, 1.0, -5.0, 0.0, 0.5) == 1.0


def test_works_that_earn_are_kept_up():
    falls(wear_left, "wear", upkeep=(0.0, 0.6))
    rises(wear_left, "upkeep", "lifeline_upkeep")
    ignores(wear_left, "upkeep", lifeline_upkeep=0.0)
    assert wear_left(0.1, 0.0, 1.0) == pytest.approx(0.9)
    assert wear_left(0.1, 0.5, 1.0) == pytest.approx(0.95)
    assert wear_left(0.1, 1.0, 1.0) == 1.0


def test_what_is_left_of_a_stock_is_a_part_of_it():
    stays_between(0.0, 1.0, wear_left)


def test_a_state_builds_at_home():
    rises(home_built, "start", "worn", "income", "home_building")
    ignores(home_built, "start", "worn", "income", home_building=0.0)
    assert home_built(50.0, 0.02, 1.1, 0.5) == pytest.approx(0.55)


def test_home_building_alone_holds_a_stock_where_it_was():
    worn = 0.02
    assert 50.0 * (1.0 - worn) + home_built(50.0, worn, 1.0, 1.0) == pytest.approx(50.0)


def test_networks_bind():
    rises(entangled, "alignment", "works_share", "lifeline")
    ignores(entangled, "works_share", lifeline=0.0)
    stays_between(0.0, 0.99, entangled)
    assert entangled(0.4, 0.0, 0.5) == 0.4
    assert entangled(0.4, 0.5, 0.5) == pytest.approx(0.5)
    assert entangled(0.9, 1.0, 0.5) == 0.99


def test_who_fears_to_depend_steers_new_business_elsewhere():
    rises(steered_away, "dependence", "dependence_aversion", "trade_steering", dependence=(0.3, 0.99))
    falls(steered_away, "tolerance")
    ignores(steered_away, "dependence", trade_steering=0.0)
    ignores(steered_away, "dependence", dependence_aversion=0.0)
    ignores(steered_away, "dependence", dependence=(0.0, 0.15))
    # at 0.7 the cost of depending is 2 ln 2
    assert steered_away(0.7, 2.0, 0.4, 0.05) == pytest.approx(0.1 * math.log(2.0))


def test_a_side_costs_trade_with_its_rivals():
    rises(side_trade_lost, "sided_elsewhere", "side_trade")
    assert side_trade_lost(0.0, 0.1) == 0.0
    assert side_trade_lost(0.5, 0.06) == pytest.approx(0.03)


def test_a_partner_counts_by_its_output_and_what_a_war_leaves_of_its_means():
    rises(mass_of, "might", "vigour", "dealing", vigour=(0.2, 1.0), dealing=(0.2, 5.0))
    assert mass_of(2.0, 0.5, 1.0) == 1.0
    assert mass_of(2.0, 1.0, 0.0) == pytest.approx(0.02)  # a hundredth is always left


def trend(**given):
    usual = {
        "income_growth": 0.0,
        "partner_growth": 0.0,
        "exported_price": 0.0,
        "fit": 0.0,
        "works": 0.0,
        "flywheel": 1.0,
        "own_income": 0.6,
        "partner_income": 0.8,
        "price_pass": 0.5,
        "link_gain": 0.04,
    }
    return trade_trend(**(usual | given))


def test_trade_answers_both_incomes_the_price_fit_and_links():
    rises(trade_trend, "income_growth", "partner_growth", "exported_price", "fit", "works")
    assert trend() == 0.0
    assert trend(income_growth=0.01) == pytest.approx(0.006)
    assert trend(partner_growth=0.01) == pytest.approx(0.008)
    assert trend(exported_price=0.1) == pytest.approx(0.05)
    assert trend(fit=0.08) == pytest.approx(0.02)
    assert trend(works=0.5) == pytest.approx(0.02)


def test_a_flywheel_at_rest_leaves_trade_where_it_is():
    ignores(trade_trend, "income_growth", "partner_growth", "exported_price", "fit", "works", flywheel=0.0)
    assert trend(income_growth=0.05, fit=0.1, works=2.0, flywheel=0.0) == 0.0


def test_luck_moves_trade_by_the_spread_of_the_pair():
    rises(trade_luck, "own", own=(-3.0, 3.0), common=0.0, partner_luck=0.0)
    ignores(trade_luck, "own", "common", trade_noise=0.0)
    ignores(trade_luck, "common", partner_luck=0.0)
    # a spread of a fifth a year is a tenth a quarter; half of its square is taken off
    assert trade_luck(0.2, 1.0, 0.0, 1.0, 0.0, 6.0) == pytest.approx(0.1 - 0.005)
    assert trade_luck(0.2, 0.0, 1.0, 1.0, 0.6, 6.0) == pytest.approx(0.06 - 0.005)
    assert trade_luck(0.2, 100.0, 0.0, 1.0, 0.0, 6.0) == pytest.approx(0.6 - 0.005)
    assert trade_luck(0.2, 0.0, 0.0, 0.0, 0.3, 6.0) == 0.0


def test_trade_moves_in_proportion_and_a_tariff_cuts_the_part_it_touches():
    rises(trade_next, "trade", "step", tariff_rise=0.0)
    falls(trade_next, "tariff_rise")
    ignores(trade_next, "tariff_rise", tariff_bite=0.0)
    ignores(trade_next, "tariff_rise", tariff_exposure=0.0)
    assert trade_next(20.0, 0.0, 0.0, 0.1, 2.0) == 20.0
    assert trade_next(20.0, math.log(1.1), 0.0, 0.1, 2.0) == pytest.approx(22.0)
    # a tenth of trade is touched; twice a quarter of that is lost
    assert trade_next(20.0, 0.0, 0.25, 0.1, 2.0) == pytest.approx(19.0)


def test_trade_never_falls_below_nought():
    stays_between(0.0, 1e4, trade_next)
    assert trade_next(20.0, 0.0, 10.0, 0.1, 2.0) == 0.0


def test_visible_works_earn_goodwill_that_fades():
    rises(goodwill_next, "goodwill", "works", "livelihood", "goodwill_fade")
    ignores(goodwill_next, "works", livelihood=0.0)
    stays_between(0.0, 1.0, goodwill_next)
    # what is left of the old, and half of what works could earn at best
    assert goodwill_next(0.5, 1.0, 0.9, 0.2) == pytest.approx(0.55)
    assert goodwill_next(0.5, 0.0, 0.9, 0.2) == pytest.approx(0.45)


def test_needs_fall_as_works_are_finished():
    falls(need_next, "finished")
    rises(need_next, "need", "base", "threat")
    ignores(need_next, "finished", need_relief=0.0)
    stays_between(0.0, 1.0, need_next)
    assert need_next(0.6, 0.6, 0.0, 1.0, 0.1, 0.5) == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("need", "threat", "after"), [(0.6, 0.0, 0.6), (0.4, 0.0, 0.42), (0.6, 0.5, 0.62), (0.9, 0.0, 0.87)]
)
def test_needs_return_and_threat_raises_them(need, threat, after):
    # the usual need is 0.6, and 0.6 + 0.4 x 0.5 = 0.8 under that threat; a tenth of the way a quarter
    assert need_next(need, 0.6, threat, 0.0, 0.1, 0.5) == pytest.approx(after)


def test_a_union_deepens_as_outsiders_gain():
    rises(union_fit, "fit", "union", "others_gain", "union_deepening")
    ignores(union_fit, "union", "others_gain", union_deepening=0.0)
    ignores(union_fit, "others_gain", union=0.0)
    # half of the most that others' gains could bring about
    assert union_fit(0.02, 0.8, 1.0, 0.05) == pytest.approx(0.04)
    assert union_fit(0.02, 0.8, 0.0, 0.05) == 0.02


def test_a_mine_takes_ten_years_and_a_contract_of_trade_quarters():
    falls(building_years, "stage", "last_stage")
    assert building_years(0.05, 0.05) == pytest.approx(10.0)
    assert building_years(0.5, 0.1) == pytest.approx(3.0)


def test_arms_come_in_lots_and_training_year_by_year():
    assert lot_due(0.05, 0.1) == 1.0
    assert lot_due(0.15, 0.1) == 0.0
    ignores(lots_part, "lot", lot_part=0.0)
    assert lots_part(1.0, 0.5) == 0.5
    falls(training_part, "lot_part")
    # on the mean as much comes whatever part of it is arms
    assert 0.1 * lots_part(1.0, 0.8) + training_part(0.1, 0.8) == pytest.approx(0.1)


def test_what_takes_years_stands_in_part_at_the_horizon():
    rises(endures_part, "horizon", passing=0.0)
    falls(endures_part, "years", passing=0.0)
    falls(endures_part, "years", passing=1.0)
    ignores(endures_part, "horizon", passing=1.0)
    stays_between(0.0, 1.0, endures_part)
    # two stages of which each takes half of the time: after that time 1 - 3 / e^2 of it stands
    assert endures_part(4.0, 4.0, 0.0) == pytest.approx(1.0 - 3.0 * math.exp(-2.0))
    assert endures_part(2.0, 4.0, 1.0) == 0.5
    assert endures_part(0.5, 4.0, 1.0) == 1.0
