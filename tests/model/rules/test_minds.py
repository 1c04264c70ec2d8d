import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.minds import (
    after_leader,
    commitment_next,
    learning_speed,
    prestige_next,
    promises_next,
    resentment_next,
    security_first,
    side_taken,
    standing_after_leader,
    trust_next,
)


def test_promises_are_remembered_and_slowly_forgotten():
    rises(promises_next, "memory", "event")
    falls(promises_next, "forgetting")
    assert promises_next(2.0, 0.5, 0.1) == pytest.approx(2.3)
    assert promises_next(2.0, 0.0, 0.0) == 2.0


def trust(**given):
    usual = {
        "start": 0.5,
        "kept": 0.0,
        "broken": 0.0,
        "resentment": 0.0,
        "goodwill": 0.0,
        "prestige": 0.0,
        "trust_learning": 1.0,
        "broken_weight": 2.0,
        "trust_inertia": 4.0,
        "resentment_trust": 0.3,
        "goodwill_trust": 0.2,
    }
    return trust_next(**(usual | given))


def test_kept_promises_build_trust_and_broken_ones_cost_it():
    rises(trust_next, "start", "kept")
    falls(trust_next, "broken", "broken_weight")
    stays_between(0.0, 1.0, trust_next)
    assert trust() == 0.5
    # (4 x 0.5 + 4) / (4 + 4)
    assert trust(kept=4.0) == pytest.approx(0.75)
    # 2 / (4 + 2 x 2)
    assert trust(broken=2.0) == pytest.approx(0.25)


def test_a_broken_promise_costs_more_than_a_kept_one_earns():
    earned, lost = trust(kept=1.0) - 0.5, 0.5 - trust(broken=1.0)
    assert lost > earned > 0.0


def test_trust_that_learns_nothing_stays_as_it_began():
    ignores(trust_next, "kept", "broken", trust_learning=0.0)
    assert trust(kept=10.0, broken=5.0, trust_learning=0.0) == 0.5


def test_resentment_costs_trust_and_goodwill_and_rescue_earn_it():
    rises(trust_next, "goodwill", "prestige")
    falls(trust_next, "resentment")
    ignores(trust_next, "resentment", resentment_trust=0.0)
    ignores(trust_next, "goodwill", goodwill_trust=0.0)
    assert trust(resentment=0.5) == pytest.approx(0.35)
    assert trust(goodwill=0.5) == pytest.approx(0.6)
    assert trust(prestige=0.1) == pytest.approx(0.6)


def test_prestige_passes():
    rises(prestige_next, "prestige", "earned", "prestige_fade")
    stays_between(0.0, 1.0, prestige_next)
    assert prestige_next(0.5, 0.0, 0.9) == pytest.approx(0.45)
    assert prestige_next(0.5, 0.2, 0.9) == pytest.approx(0.65)
    assert prestige_next(0.9, 0.9, 0.9) == 1.0


def test_tariffs_and_threats_are_resented():
    rises(resentment_next, "resentment", "tariff_rise", "pressure", "tariff_resentment", "coercion_resentment")
    ignores(resentment_next, "tariff_rise", tariff_resentment=0.0)
    ignores(resentment_next, "pressure", coercion_resentment=0.0)
    stays_between(0.0, 1.0, resentment_next)
    assert resentment_next(0.5, 0.1, 0.4, 0.8, 2.0, 0.25) == pytest.approx(0.7)


def test_a_tariff_that_is_cut_does_not_please():
    ignores(resentment_next, "tariff_rise", tariff_rise=(-1.0, 0.0))
    assert resentment_next(0.5, -0.2, 0.0, 0.8, 2.0, 0.25) == pytest.approx(0.4)


def test_exclusive_clauses_bind_for_a_time():
    rises(commitment_next, "promised", "commitment_fade")
    stays_between(0.0, 1.0, commitment_next)
    assert commitment_next(0.5, 0.0, 0.8) == pytest.approx(0.4)
    assert commitment_next(0.0, 0.3, 0.8) == pytest.approx(0.3)


def test_who_owed_more_before_never_owes_less_after_the_same_promise():
    rises(commitment_next, "commitment")


def test_who_has_promised_everything_and_promises_it_again_owes_everything():
    assert commitment_next(1.0, 1.0, 0.8) == pytest.approx(1.0)


def side(**given):
    usual = {
        "sided": 0.0,
        "pull": 0.9,
        "heat": 1.0,
        "neutrality": 0.5,
        "side_threshold": 0.7,
        "side_release": 0.5,
        "side_switch": 1.0,
    }
    return side_taken(**(usual | given))


def test_a_side_is_taken_past_a_high_threshold():
    rises(side_taken, "pull", "heat", "side_switch")
    rises(side_taken, "sided", pull=(0.4, 0.7), heat=1.0, neutrality=0.0, side_switch=1.0)
    falls(side_taken, "side_threshold", "side_release")
    assert side(heat=0.8) == 1.0
    assert side(heat=0.7) == 0.0


@pytest.mark.parametrize(("pull", "sided"), [(0.69, 1.0), (0.36, 1.0), (0.34, 0.0)])
def test_a_side_once_taken_is_kept_until_the_pull_is_weak(pull, sided):
    # taken above 0.7, kept above half of that
    assert side(sided=1.0, pull=pull) == sided
    assert side(sided=0.0, pull=pull) == 0.0


def test_the_neutral_take_no_side():
    ignores(side_taken, "pull", "heat", "sided", neutrality=1.0)
    assert side(neutrality=0.99) == 1.0
    assert side(neutrality=1.0) == 0.0


def test_no_side_is_taken_where_sides_are_never_taken():
    stays_between(0.0, 0.0, side_taken, side_switch=0.0)
    stays_between(0.0, 0.0, side_taken, heat=0.0)


def test_stacked_shocks_prompt_a_rethink():
    rises(learning_speed, "trust_learning", "shock", "shock_rethink")
    ignores(learning_speed, "shock", shock_rethink=0.0)
    ignores(learning_speed, "shock", trust_learning=0.0)
    assert learning_speed(0.8, 0.5, 1.0) == pytest.approx(1.2)
    assert learning_speed(0.8, 0.0, 1.0) == 0.8


def test_shocks_put_safety_first():
    rises(security_first, "regime_security", "shock", "shock_rethink")
    ignores(security_first, "shock", shock_rethink=0.0)
    stays_between(0.0, 1.0, security_first)
    assert security_first(0.6, 0.5, 1.0) == pytest.approx(0.8)
    assert security_first(0.6, 0.0, 1.0) == 0.6
    assert security_first(0.6, 1.0, 2.0) == 1.0


def test_with_a_leader_goes_what_was_personal():
    rises(after_leader, "memory")
    falls(after_leader, "extent", "leader_break")
    ignores(after_leader, "extent", leader_break=0.0)
    assert after_leader(2.0, 0.5, 0.4) == pytest.approx(1.6)
    assert after_leader(2.0, 1.0, 1.0) == 0.0


def test_a_new_leader_is_met_with_the_usual_opinion():
    rises(standing_after_leader, "standing", "usual")
    ignores(standing_after_leader, "usual", "extent", leader_break=0.0)
    stays_between(0.0, 1.0, standing_after_leader)
    assert standing_after_leader(0.2, 0.6, 1.0, 0.5) == pytest.approx(0.4)
    assert standing_after_leader(0.9, 0.6, 0.5, 0.4) == pytest.approx(0.84)
