import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.region import (
    clash_of,
    clash_threat,
    cohesion_next,
    common_voice,
    friction_next,
    joint_relief,
    solidarity_price,
)


def test_what_is_unsettled_between_neighbours_breaks_out_now_and_then():
    rises(clash_of, "friction", "clash_rate")
    falls(clash_of, "luck")
    stays_between(0.0, 1.0, clash_of)
    # odds of a clash: 0.2 x 0.5 = 0.1
    assert clash_of(0.5, 0.09, 0.2) == 1.0
    assert clash_of(0.5, 0.11, 0.2) == 0.0


def test_nobody_clashes_where_nothing_stands_between_them_or_the_rate_is_nought():
    stays_between(0.0, 0.0, clash_of, friction=0.0)
    stays_between(0.0, 0.0, clash_of, clash_rate=0.0)


def friction(**given):
    usual = {
        "friction": 0.5,
        "clash": 0.0,
        "thaw": 0.0,
        "friction_fade": 0.02,
        "clash_scar": 0.2,
        "leader_thaw": 0.4,
    }
    return friction_next(**(usual | given))


def test_a_clash_leaves_a_scar():
    rises(friction_next, "friction", "clash", "clash_scar")
    falls(friction_next, "friction_fade")
    ignores(friction_next, "clash", clash_scar=0.0)
    stays_between(0.0, 1.0, friction_next)
    assert friction() == pytest.approx(0.49)
    assert friction(clash=1.0) == pytest.approx(0.59)


def test_a_reforming_leader_takes_friction_away():
    falls(friction_next, "thaw", "leader_thaw")
    ignores(friction_next, "thaw", leader_thaw=0.0)
    assert friction(thaw=0.5, friction_fade=0.0) == pytest.approx(0.4)
    assert friction(thaw=1.0, friction_fade=0.0, leader_thaw=1.0) == 0.0


def cohesion(**given):
    usual = {
        "cohesion": 0.5,
        "usual": 0.5,
        "danger": 0.0,
        "track": 0.0,
        "thaw": 0.0,
        "rents": 0.0,
        "quarrel": 0.0,
        "cohesion_reversion": 0.1,
        "banding": 0.2,
        "track_bond": 0.04,
        "leader_thaw": 0.4,
        "rivalry_rents": 0.1,
        "friction_drag": 0.2,
    }
    return cohesion_next(**(usual | given))


def test_cohesion_stays_between_its_ends():
    stays_between(0.0, 1.0, cohesion_next)


@pytest.mark.parametrize(("level", "after"), [(0.5, 0.5), (0.2, 0.23), (1.0, 0.95)])
def test_cohesion_returns_to_its_usual_level(level, after):
    rises(cohesion_next, "usual")
    assert cohesion(cohesion=level) == pytest.approx(after)


def test_danger_tracks_and_a_thaw_bring_neighbours_together():
    rises(cohesion_next, "danger", "track", "thaw", "banding", "track_bond", "leader_thaw")
    ignores(cohesion_next, "danger", banding=0.0)
    ignores(cohesion_next, "track", track_bond=0.0)
    ignores(cohesion_next, "thaw", leader_thaw=0.0)
    # half of the way is left to go
    assert cohesion(danger=1.0) == pytest.approx(0.6)
    assert cohesion(danger=0.5, track=1.0, thaw=0.5) == pytest.approx(0.67)


def test_gains_from_rivals_and_quarrels_pull_neighbours_apart():
    falls(cohesion_next, "rents", "quarrel", "rivalry_rents", "friction_drag")
    ignores(cohesion_next, "rents", rivalry_rents=0.0)
    ignores(cohesion_next, "quarrel", friction_drag=0.0)
    assert cohesion(rents=0.5) == pytest.approx(0.475)
    assert cohesion(rents=1.0, quarrel=0.5) == pytest.approx(0.4)


def test_who_stood_closer_before_never_stands_further_apart_after_the_same_quarter():
    rises(cohesion_next, "cohesion")
    strong = {"danger": 1.0, "thaw": 1.0, "quarrel": 1.0, "banding": 0.3, "leader_thaw": 0.8, "friction_drag": 0.15}
    assert cohesion(cohesion=0.9, **strong) >= cohesion(cohesion=0.1, **strong)


def test_neighbours_who_stand_by_a_state_ease_its_danger():
    falls(joint_relief, "cohesion", "joint_security")
    rises(joint_relief, "threat")
    ignores(joint_relief, "cohesion", joint_security=0.0)
    stays_between(0.0, 1.0, joint_relief)
    assert joint_relief(0.8, 0.5, 0.5) == pytest.approx(0.6)
    assert joint_relief(0.8, 0.0, 0.5) == 0.8


def test_a_clash_drives_to_outside_protection():
    rises(clash_threat, "threat", "clash", "friction_demand")
    ignores(clash_threat, "clash", friction_demand=0.0)
    stays_between(0.0, 1.0, clash_threat)
    # 1 - (1 - 0.5)(1 - 0.4 x 0.5)
    assert clash_threat(0.5, 0.5, 0.4) == pytest.approx(0.6)
    assert clash_threat(0.0, 1.0, 0.4) == pytest.approx(0.4)
    assert clash_threat(1.0, 1.0, 0.4) == 1.0


def test_neighbours_who_bargain_together_obtain_more():
    rises(common_voice, "bargaining", "cohesion", "collective_bargaining")
    ignores(common_voice, "cohesion", collective_bargaining=0.0)
    stays_between(0.0, 1.0, common_voice)
    assert common_voice(0.4, 0.5, 0.5) == pytest.approx(0.55)
    assert common_voice(0.4, 0.0, 0.5) == 0.4
    assert common_voice(1.0, 1.0, 0.5) == 1.0


def test_who_presses_a_neighbour_is_dearer_to_deal_with():
    rises(solidarity_price, "neighbours_pressed", "solidarity")
    ignores(solidarity_price, "neighbours_pressed", solidarity=0.0)
    assert solidarity_price(0.2, 1.5) == pytest.approx(0.3)
    assert solidarity_price(0.0, 1.5) == 0.0
