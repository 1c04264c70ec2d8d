import math

import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.diplomacy import (
    ABSTAINS,
    NO,
    STAYS_AWAY,
    YES,
    agreement_next,
    agreement_voted,
    asked_part,
    provocation_of,
    usual_agreement,
    visit_probability,
    visit_worth,
    vote_lean,
    vote_of,
    vote_offence,
)


def test_a_gain_with_one_power_provokes_its_rivals():
    rises(provocation_of, "rivalry")
    rises(provocation_of, "gain", rivalry=(0.0, 1.0))
    assert provocation_of(0.5, 0.6) == pytest.approx(0.3)


def test_powers_that_coordinate_are_not_provoked():
    ignores(provocation_of, "gain", rivalry=(-1.0, 0.0))
    assert provocation_of(0.5, -0.6) == 0.0


def test_leaders_travel_to_the_provoked_power_they_depend_on():
    rises(visit_probability, "calendar", "provoked", "dependence", "compensating_visit")
    stays_between(0.0, 1.0, visit_probability)
    # half of the visits are not in the calendar; of those, 2 x 0.3 x 0.5 are made up
    assert visit_probability(0.5, 0.3, 0.5, 2.0) == pytest.approx(0.65)


def test_without_balancing_only_the_calendar_is_left():
    ignores(visit_probability, "provoked", "dependence", compensating_visit=0.0)
    ignores(visit_probability, "provoked", dependence=0.0)
    assert visit_probability(0.25, 5.0, 0.9, 0.0) == 0.25


def test_a_visit_in_the_calendar_takes_place_whatever_happens():
    ignores(visit_probability, "provoked", "dependence", calendar=1.0)
    assert visit_probability(1.0, 0.0, 0.0, 2.0) == 1.0


def test_agreement_pulls_a_vote():
    rises(asked_part, "agreement", ballot=1.0)
    falls(asked_part, "agreement", ballot=-1.0)
    ignores(asked_part, "agreement", ballot=0.0)
    assert asked_part(0.75, 1.0) == 0.5
    assert asked_part(0.75, -1.0) == -0.5
    rises(vote_lean, "asked")
    ignores(vote_lean, "asked", vote_weight=0.0)
    assert vote_lean(1.0, 2.0, 3.0) == pytest.approx(1.5)
    assert vote_lean(0.0, 0.0, 3.0) == 0.0


def votes(**given):
    """The share of each vote over evenly spread luck: yes, no, abstains, stays away."""
    usual = {"lean": 0.0, "neutrality": 0.0, "un_neutrality": math.log(2.0), "absent_part": 0.5}
    cast = [vote_of(luck=(n + 0.5) / 1000, **(usual | given)) for n in range(1000)]
    return [cast.count(vote) / len(cast) for vote in (YES, NO, ABSTAINS, STAYS_AWAY)]


def test_every_vote_is_one_of_four():
    stays_between(YES, STAYS_AWAY, vote_of)
    assert sum(votes()) == 1.0
    assert sum(votes(lean=2.0, neutrality=0.7)) == 1.0


def test_on_a_vote_that_divides_the_powers_states_stand_aside():
    rises(vote_of, "luck", "un_neutrality")
    # one part each for yes and no, two for neither, half of which stay away
    assert votes() == pytest.approx([0.25, 0.25, 0.25, 0.25])
    # seven parts in nine
    assert sum(votes(un_neutrality=math.log(7.0))[2:]) == pytest.approx(7.0 / 9.0, abs=0.001)


def test_standing_aside_is_worth_no_more_than_either_side_where_neutrality_is_off():
    assert votes(un_neutrality=0.0) == pytest.approx([1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0], abs=0.001)


def test_a_vote_follows_what_is_held_with_both_sides():
    # e^lean is two: two parts for yes, half a part for no, two for neither
    assert votes(lean=math.log(2.0))[:2] == pytest.approx([2.0 / 4.5, 0.5 / 4.5], abs=0.001)
    assert votes(lean=-math.log(2.0))[:2] == pytest.approx([0.5 / 4.5, 2.0 / 4.5], abs=0.001)
    assert votes(lean=16.0)[0] == 1.0
    assert votes(lean=-16.0)[1] == 1.0


def test_the_neutral_by_law_stay_away():
    rises(vote_of, "absent_part", "neutrality")
    ignores(vote_of, "absent_part", neutrality=1.0)
    assert votes(neutrality=1.0) == pytest.approx([0.25, 0.25, 0.0, 0.5])
    assert votes(absent_part=0.0) == pytest.approx([0.25, 0.25, 0.5, 0.0])


@pytest.mark.parametrize(
    ("vote", "ballot", "offence"),
    [
        (YES, -1.0, 0.4),  # it asked for a no
        (NO, 1.0, 0.4),  # it asked for a yes
        (YES, 1.0, 0.0),
        (NO, -1.0, 0.0),
        (ABSTAINS, 1.0, 0.0),  # who stands aside offends nobody
        (ABSTAINS, -1.0, 0.0),
        (STAYS_AWAY, 1.0, 0.0),
        (STAYS_AWAY, -1.0, 0.0),
        (YES, 0.0, 0.0),  # nor does a vote about which a power does not care
        (NO, 0.0, 0.0),
        (0.0, 1.0, 0.0),  # nor is there offence without a vote
    ],
)
def test_a_vote_against_a_power_offends_it(vote, ballot, offence):
    assert vote_offence(vote, ballot, 0.4) == offence


def test_offence_is_taken_as_far_as_votes_anger():
    rises(vote_offence, "vote_anger", vote=NO, ballot=1.0)
    falls(vote_offence, "ballot", vote=YES)
    rises(vote_offence, "ballot", vote=NO)
    ignores(vote_offence, "vote", "ballot", vote_anger=0.0)


def test_who_is_visited_with_everybody_else_is_honoured_less():
    rises(visit_worth, "visited")
    falls(visit_worth, "visits", "visit_crowding", visits=(2.0, 7.0), visited=1.0)
    stays_between(0.0, 1.0, visit_worth)
    assert visit_worth(1.0, 1.0, 1.0) == 1.0
    assert visit_worth(1.0, 4.0, 1.0) == 0.25
    assert visit_worth(0.0, 3.0, 1.0) == 0.0
    assert visit_worth(1.0, 4.0, 0.0) == 1.0


def test_agreement_follows_ties_a_little_and_comes_back():
    rises(usual_agreement, "start", "dependence")
    falls(usual_agreement, "dependence_start")
    ignores(usual_agreement, "dependence", "dependence_start", agreement_pull=0.0)
    stays_between(0.0, 1.0, usual_agreement)
    assert usual_agreement(0.7, 0.4, 0.2, 0.1) == pytest.approx(0.72)
    assert agreement_next(0.5, 0.7, 0.0, 0.3, 0.1) == pytest.approx(0.56)


def test_agreement_moves_more_where_there_is_more_to_disagree_about():
    rises(agreement_next, "usual", "luck")
    ignores(agreement_next, "luck", agreement_swing=0.0)
    stays_between(0.0, 1.0, agreement_next)
    far = agreement_next(0.19, 0.19, 1.0, 0.3, 0.1) - 0.19
    near = agreement_next(0.84, 0.84, 1.0, 0.3, 0.1) - 0.84
    assert (far, near) == (pytest.approx(0.09), pytest.approx(0.04))


def test_agreement_is_what_votes_add_up_to():
    ignores(agreement_voted, "vote", "ballot", vote_mark=0.0)
    ignores(agreement_voted, "vote", ballot=0.0)
    assert agreement_voted(0.6, YES, 1.0, 0.1) == pytest.approx(0.64)
    assert agreement_voted(0.6, NO, -1.0, 0.1) == pytest.approx(0.64)
    assert agreement_voted(0.6, NO, 1.0, 0.1) == pytest.approx(0.54)
    assert agreement_voted(0.6, ABSTAINS, 1.0, 0.1) == pytest.approx(0.59)
    assert agreement_voted(0.6, STAYS_AWAY, 1.0, 0.1) == 0.6
    assert agreement_voted(0.6, 0.0, 1.0, 0.1) == 0.6
