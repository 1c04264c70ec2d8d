import math

import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.routes import (
    buyer_bond,
    carriage_left,
    corridor_pull,
    ore_worth,
    outlet_next,
    outlet_value,
    passage,
    plant_ordered,
    plants_next,
    slowed,
    transit_lever,
    widened_next,
)


def test_freight_goes_where_carriage_is_cheap_and_there_is_room():
    rises(corridor_pull, "capacity")
    falls(corridor_pull, "cost", "route_choice")
    ignores(corridor_pull, "cost", route_choice=0.0)
    assert corridor_pull(80.0, 1.3, 0.0) == 80.0
    assert corridor_pull(80.0, 1.0, math.log(2.0)) == pytest.approx(40.0)
    assert corridor_pull(80.0, 2.0, math.log(2.0)) == pytest.approx(20.0)


def test_a_dearer_corridor_that_carries_more_may_draw_as_much():
    assert corridor_pull(40.0, 2.0, math.log(2.0)) == pytest.approx(corridor_pull(20.0, 1.0, math.log(2.0)))


def test_a_corridor_carries_no_more_than_its_narrowest_place():
    falls(passage, "load", "bottleneck")
    rises(passage, "capacity")
    stays_between(0.0, 1.0, passage)


def test_without_bottlenecks_everything_passes():
    ignores(passage, "load", "capacity", bottleneck=0.0)
    assert passage(500.0, 2.0, 0.0) == 1.0


@pytest.mark.parametrize(("load", "part"), [(0.0, 1.0), (50.0, 16.0 / 17.0), (100.0, 0.5), (200.0, 1.0 / 17.0)])
def test_little_is_lost_up_to_half_the_capacity_and_most_beyond_it(load, part):
    # the bottleneck counts in full: full^4 / (1 + full^4) is lost
    assert passage(load, 100.0, 1.0) == pytest.approx(part)
    assert passage(load, 100.0, 0.5) == pytest.approx(0.5 + 0.5 * part)


def test_a_crowded_corridor_slows_growth_and_hastens_no_fall():
    rises(slowed, "growth")
    rises(slowed, "passage", growth=(0.0, 0.2))
    ignores(slowed, "passage", growth=(-0.2, 0.0))
    assert slowed(0.4, 1.0) == 0.4
    assert slowed(0.4, 0.25) == pytest.approx(0.1)
    assert slowed(0.4, 0.0) == 0.0
    assert slowed(-0.4, 0.25) == -0.4


def test_works_widen_the_corridors_that_a_state_reaches():
    rises(widened_next, "widened", "access", "works", "corridor_widening")
    ignores(widened_next, "access", "works", corridor_widening=0.0)
    ignores(widened_next, "works", access=0.0)
    assert widened_next(0.1, 0.5, 2.0, 0.15) == pytest.approx(0.25)
    assert widened_next(0.1, 0.5, 0.0, 0.15) == 0.1


def test_a_new_route_moves_leverage_away_from_whoever_controls_the_old():
    rises(transit_lever, "lever", "crossing")
    falls(transit_lever, "crossing_start")
    ignores(transit_lever, "crossing", "crossing_start", transit_shift=0.0)
    stays_between(0.0, 1.0, transit_lever)
    assert transit_lever(0.6, 0.3, 0.3, 1.0) == 0.6
    assert transit_lever(0.6, 0.1, 0.3, 1.0) == pytest.approx(0.4)
    assert transit_lever(0.6, 0.4, 0.3, 2.0) == pytest.approx(0.8)
    assert transit_lever(0.1, 0.0, 0.9, 1.0) == 0.0


def test_the_more_leverage_moves_the_more_a_shift_of_freight_counts():
    rises(transit_lever, "transit_shift", crossing=(0.5, 1.0), crossing_start=(0.0, 0.5))
    falls(transit_lever, "transit_shift", crossing=(0.0, 0.5), crossing_start=(0.5, 1.0))


def test_what_comes_from_far_is_worth_less_here():
    falls(carriage_left, "haul", "distance_cost")
    ignores(carriage_left, "haul", distance_cost=0.0)
    ignores(carriage_left, "distance_cost", haul=0.0)
    stays_between(0.0, 1.0, carriage_left)
    assert carriage_left(0.5, 0.6) == pytest.approx(0.7)
    assert carriage_left(1.0, 1.0) == 0.0


def test_a_pipeline_binds_the_seller_to_the_buyer():
    rises(buyer_bond, "rent", "sold", "energy_bond")
    ignores(buyer_bond, "rent", "sold", energy_bond=0.0)
    ignores(buyer_bond, "sold", rent=0.0)
    assert buyer_bond(0.8, 0.5, 0.5) == pytest.approx(0.2)


def test_who_sells_to_one_buyer_looks_for_more():
    rises(outlet_value, "rent", "top", "route_seeking")
    falls(outlet_value, "sold")
    ignores(outlet_value, "top", "sold", route_seeking=0.0)
    ignores(outlet_value, "top", "sold", rent=0.0)
    assert outlet_value(0.8, 0.7, 0.2, 0.5) == pytest.approx(0.2)


def test_the_largest_buyer_offers_no_further_outlet():
    stays_between(0.0, 1.5, outlet_value)
    assert outlet_value(0.8, 0.7, 0.7, 0.5) == 0.0
    assert outlet_value(0.8, 0.2, 0.7, 0.5) == 0.0


def test_an_outlet_opens_with_the_works_that_lead_to_it():
    rises(outlet_next, "outlet", "works", "outlet_building")
    ignores(outlet_next, "works", outlet_building=0.0)
    assert outlet_next(0.2, 0.5, 0.1) == pytest.approx(0.25)


def test_ore_that_nobody_can_refine_elsewhere_is_worth_less():
    rises(ore_worth, "refining", "plants")
    falls(ore_worth, "refining_choke")
    ignores(ore_worth, "refining", "plants", refining_choke=0.0)
    stays_between(0.0, 1.0, ore_worth)
    assert ore_worth(0.0, 0.0, 0.7) == pytest.approx(0.3)
    assert ore_worth(0.5, 0.2, 0.5) == pytest.approx(0.8)


def test_plants_on_either_side_open_the_bottleneck():
    ignores(ore_worth, "plants", "refining_choke", refining=1.0)
    ignores(ore_worth, "refining", "refining_choke", plants=1.0)
    assert ore_worth(1.0, 0.0, 1.0) == 1.0
    assert ore_worth(0.0, 1.0, 1.0) == 1.0


def test_plants_come_where_processing_at_home_was_bargained_for():
    rises(plant_ordered, "works", "local", "plant_share")
    ignores(plant_ordered, "works", local=0.0)
    ignores(plant_ordered, "works", "local", plant_share=0.0)
    assert plant_ordered(0.5, 0.4, 0.25) == pytest.approx(0.05)


def test_plants_open_and_wear():
    rises(plants_next, "plants", "opened")
    falls(plants_next, "plant_wear")
    stays_between(0.0, 1.0, plants_next)
    assert plants_next(0.5, 0.1, 0.02) == pytest.approx(0.59)
    assert plants_next(0.5, 0.0, 0.0) == 0.5
    assert plants_next(0.9, 0.5, 0.02) == 1.0
