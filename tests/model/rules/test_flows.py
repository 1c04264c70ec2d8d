"""Ways that close and open, oil and gas by pipe, sanctions, and the wall of a customs union."""

import math

import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.flows import (
    blamed,
    cut_off,
    detour_next,
    diverted,
    drawn_in,
    energy_part,
    fitting,
    getting_through,
    imposed_pressure,
    level_next,
    passed_on,
    routed_next,
    shunned,
    shut_next,
    union_gain,
    ways_gain,
)


class TestWays:
    def test_only_what_is_taken_away_stops_trade(self):
        rises(fitting, "capacity")
        falls(fitting, "load", "built")
        stays_between(0.0, 1.0, fitting)
        assert fitting(100.0, 140.0, 140.0) == 1.0
        assert fitting(200.0, 140.0, 140.0) == 1.0  # overloaded before, and nothing has changed
        assert fitting(100.0, 120.0, 140.0) == 1.0  # there was room to spare
        assert fitting(100.0, 50.0, 140.0) == 0.5
        assert fitting(200.0, 70.0, 140.0) == 0.5

    def test_a_way_that_nobody_uses_stops_nothing(self):
        assert fitting(0.0, 0.0, 140.0) == 1.0

    def test_what_is_shut_stops_at_once_and_comes_back_by_and_by(self):
        rises(shut_next, "shut", "closed")
        stays_between(0.0, 1.0, shut_next)
        assert shut_next(0.0, 1.0, 0.9, 0.35) == 0.9
        assert shut_next(0.9, 0.0, 0.9, 0.25) == pytest.approx(0.675)
        assert shut_next(0.9, 0.5, 0.9, 1.0) == pytest.approx(0.45)

    def test_without_closure_nothing_stops(self):
        assert shut_next(0.0, 1.0, 0.0, 0.35) == 0.0

    def test_freight_moves_no_faster_than_there_is_room(self):
        ignores(routed_next, "drawn", room=0.0)
        ignores(routed_next, "drawn", rerouting=0.0)
        rises(routed_next, "drawn")
        stays_between(0.0, 1.0, routed_next)
        assert routed_next(0.2, 0.8, 1.0, 1.0) == pytest.approx(0.8)
        assert routed_next(0.2, 0.8, 0.5, 0.5) == pytest.approx(0.35)

    def test_parts_stay_parts_of_one_whole(self):
        before, drawn = (0.5, 0.3, 0.2), (0.1, 0.1, 0.8)
        after = [routed_next(*pair, 0.7, 0.12) for pair in zip(before, drawn, strict=True)]
        assert math.fsum(after) == pytest.approx(1.0)

    def test_better_ways_carry_new_trade(self):
        rises(ways_gain, "ways")
        falls(ways_gain, "ways_start")
        ignores(ways_gain, "ways", "ways_start", corridor_trade=0.0)
        assert ways_gain(6.0, 2.0, 0.1) == pytest.approx(0.05)
        assert ways_gain(5.0, 5.0, 0.1) == 0.0
        assert ways_gain(1.0, 0.0, 0.1) == pytest.approx(0.1)  # where there was no way at all
        assert ways_gain(0.0, 0.0, 0.1) == 0.0


class TestEnergy:
    def test_oil_and_gas_are_the_larger_part_the_more_of_them_is_sold_there(self):
        rises(energy_part, "rent", "sold", "turnover", "export_part")
        falls(energy_part, "trade", trade=(0.01, 200.0))
        stays_between(0.0, 1.0, energy_part)
        assert energy_part(0.5, 0.5, 100.0, 50.0, 0.5) == pytest.approx(0.25)
        assert energy_part(0.5, 0.5, 100.0, 0.0, 0.5) == 0.0

    def test_oil_by_pipe_does_not_stop_at_the_border_nor_trains_with_the_pipe(self):
        falls(getting_through, "ways_shut", "border_shut", "lost")
        stays_between(0.0, 1.0, getting_through)
        ignores(getting_through, "ways_shut", "border_shut", energy=1.0, piped=1.0)
        ignores(getting_through, "lost", "piped", energy=0.0)
        assert getting_through(0.0, 0.0, 0.6, 0.8, 0.0) == pytest.approx(1.0)
        assert getting_through(0.0, 0.0, 0.6, 0.8, 0.8) == pytest.approx(0.52)
        assert getting_through(1.0, 0.0, 0.6, 0.8, 0.0) == pytest.approx(0.48)
        assert getting_through(0.5, 0.5, 0.0, 0.0, 0.0) == pytest.approx(0.25)

    def test_a_part_of_what_is_shut_in_finds_another_way(self):
        rises(detour_next, "shut", "left", "energy_detour")
        rises(detour_next, "energy_rerouting", detoured=0.0)
        assert detour_next(0.0, 0.4, 0.6, 0.5, 0.25) == pytest.approx(0.05)
        assert detour_next(0.2, 0.4, 0.6, 0.5, 0.25) == pytest.approx(0.2)
        assert detour_next(0.0, 0.8, 0.2, 0.5, 0.25) == pytest.approx(0.025)  # the ways left are few

    def test_without_detours_what_is_shut_in_stays_in(self):
        assert detour_next(0.0, 0.4, 0.6, 0.0, 0.25) == 0.0

    def test_never_more_is_brought_out_by_others_than_is_shut_in(self):
        assert detour_next(0.3, 0.1, 0.9, 0.5, 0.25) == 0.1
        assert detour_next(0.3, 0.0, 1.0, 0.5, 0.25) == 0.0


class TestUnions:
    def test_a_union_draws_trade_in_and_keeps_others_out(self):
        rises(union_gain, "own", "union_trade")
        falls(union_gain, "others", "union_wall")
        ignores(union_gain, "own", union_trade=0.0)
        ignores(union_gain, "others", union_wall=0.0)
        assert union_gain(1.0, 0.0, 0.3, 0.1) == 0.3
        assert union_gain(0.0, 1.0, 0.3, 0.1) == -0.1

    def test_trade_goes_to_its_new_level_over_some_quarters(self):
        rises(level_next, "level", "aimed")
        assert level_next(0.1, 0.1, 0.2) == 0.1
        assert level_next(0.0, 0.5, 0.2) == pytest.approx(0.1)


class TestSanctions:
    def test_goods_go_round_most_easily_where_no_border_is_left(self):
        rises(passed_on, "sanction", "union", "sanction_transit", "transit_ease")
        ignores(passed_on, "sanction", "union", sanction_transit=0.0)
        assert passed_on(1.0, 1.0, 0.2, 0.3) == pytest.approx(0.2)
        assert passed_on(1.0, 0.0, 0.2, 0.3) == pytest.approx(0.06)

    def test_what_is_passed_on_is_bought_first(self):
        rises(drawn_in, "passed")
        falls(drawn_in, "sources", sources=(0.01, 200.0))
        stays_between(0.0, 1.0, drawn_in)
        assert drawn_in(2.0, 8.0) == 0.25
        assert drawn_in(2.0, 0.0) == 0.0

    def test_fear_keeps_trade_away(self):
        rises(shunned, "outcast", "over_compliance")
        ignores(shunned, "outcast", over_compliance=0.0)

    def test_a_sanction_against_a_state_bites(self):
        rises(cut_off, "sanctioned", "sanction_bite")
        ignores(cut_off, "sanctioned", sanction_bite=0.0)

    def test_part_of_what_is_cut_off_goes_to_others_and_none_of_it_back(self):
        rises(diverted, "lost", "sanction_detour")
        falls(diverted, "own", "turnover")
        assert diverted(10.0, 0.0, 100.0, 0.5) == pytest.approx(0.05)
        assert diverted(10.0, 10.0, 100.0, 0.5) == 0.0


class TestBlame:
    def test_who_keeps_a_way_shut_presses(self):
        rises(imposed_pressure, "imposed", "closing_pressure")
        ignores(imposed_pressure, "imposed", closing_pressure=0.0)
        stays_between(0.0, 1.0, imposed_pressure)

    def test_who_shuts_it_is_resented(self):
        rises(blamed, "resentment", "rise", "closing_blame")
        ignores(blamed, "rise", closing_blame=0.0)
        stays_between(0.0, 1.0, blamed)
        assert blamed(0.2, 0.5, 1.0) == pytest.approx(0.6)
