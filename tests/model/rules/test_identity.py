import pytest

from helpers.rulebook import falls, ignores, rises, stays_between
from sim.model.rules.identity import (
    culture_next,
    kinship_value,
    leverage_left,
    nationalism_next,
    norms_next,
    rallied,
    story_next,
    told_trust,
)


def test_a_nation_is_built_year_by_year_and_faster_under_pressure():
    rises(nationalism_next, "nationalism", "pressed", "nation_building", "sovereignty_rally")
    ignores(nationalism_next, "pressed", sovereignty_rally=0.0)
    stays_between(0.0, 1.0, nationalism_next)
    # a quarter of 0.08 a year, on the half that is left to go; under pressure a tenth of that half more
    assert nationalism_next(0.5, 0.0, 0.08, 0.2) == pytest.approx(0.51)
    assert nationalism_next(0.5, 0.5, 0.08, 0.2) == pytest.approx(0.56)


def test_what_is_built_is_never_lost_and_never_passes_completion():
    assert nationalism_next(0.5, 1.0, 0.0, 0.0) == 0.5
    assert nationalism_next(1.0, 1.0, 0.08, 0.2) == 1.0


def test_a_nation_sure_of_itself_leaves_outsiders_less_leverage():
    falls(leverage_left, "nationalism", "identity_shield")
    ignores(leverage_left, "nationalism", identity_shield=0.0)
    ignores(leverage_left, "identity_shield", nationalism=0.0)
    stays_between(0.0, 1.0, leverage_left)
    assert leverage_left(0.5, 0.4) == pytest.approx(0.8)
    assert leverage_left(1.0, 1.0) == 0.0


def test_danger_from_abroad_rallies_people():
    rises(rallied, "stability", "border", "threat_rally")
    ignores(rallied, "border", threat_rally=0.0)
    stays_between(0.0, 1.0, rallied)
    assert rallied(0.6, 0.5, 0.5) == pytest.approx(0.7)
    assert rallied(0.6, 0.0, 0.5) == 0.6


def test_cultural_pull_wears_down_slowly_where_a_nation_is_built():
    rises(culture_next, "culture")
    falls(culture_next, "nationalism", "weakness", "de_russification")
    ignores(culture_next, "nationalism", "weakness", de_russification=0.0)
    ignores(culture_next, "weakness", nationalism=0.0)
    stays_between(0.0, 1.0, culture_next)
    # 0.08 a year at half a nation is 0.04, a quarter of that is 0.01; a power wholly strained loses twice as much
    assert culture_next(0.5, 0.5, 0.0, 0.08) == pytest.approx(0.495)
    assert culture_next(0.5, 0.5, 1.0, 0.08) == pytest.approx(0.49)


def test_language_and_kinship_draw():
    rises(kinship_value, "culture", "kinship", "nationalism", "cultural_pull", "turkic_pull")
    ignores(kinship_value, "culture", cultural_pull=0.0)
    ignores(kinship_value, "kinship", "nationalism", turkic_pull=0.0)
    assert kinship_value(0.6, 0.0, 0.5, 0.25, 0.4) == pytest.approx(0.15)
    assert kinship_value(0.0, 0.5, 0.5, 0.25, 0.4) == pytest.approx(0.1)


def test_kinship_draws_those_in_search_of_an_identity_alone():
    ignores(kinship_value, "kinship", nationalism=0.0)
    ignores(kinship_value, "nationalism", kinship=0.0)
    assert kinship_value(0.0, 1.0, 0.0, 0.25, 0.4) == 0.0


def story(**given):
    usual = {
        "story": 0.5,
        "works": 0.5,
        "attack": 0.0,
        "exchange": 0.0,
        "story_fade": 0.8,
        "narrative": 0.2,
        "awareness_gap": 0.1,
    }
    return story_next(**(usual | given))


def test_a_story_of_danger_spreads_with_the_works_and_with_rivals_words():
    rises(story_next, "works", "attack", "narrative", "awareness_gap", "story_fade")
    falls(story_next, "exchange")
    stays_between(0.0, 1.0, story_next)
    # 0.4 is left of it; doubt tells 0.05, rivals 0.15, to those who have not heard
    assert story(attack=0.0) == pytest.approx(0.43)
    assert story(attack=1.0) == pytest.approx(0.49)
    assert story(attack=1.0, exchange=0.5) == pytest.approx(0.445)


def test_a_story_that_nobody_tells_fades():
    ignores(story_next, "attack", narrative=0.0)
    ignores(story_next, "works", "attack", "exchange", narrative=0.0, awareness_gap=0.0)
    ignores(story_next, "attack", "narrative", "awareness_gap", exchange=1.0)
    ignores(story_next, "attack", "exchange", works=0.0)
    assert story(works=0.0, attack=5.0) == pytest.approx(0.4)


def test_a_story_told_more_widely_before_is_never_less_known_after_the_same_words():
    rises(story_next, "story")
    loud = {"works": 1.0, "attack": 5.0, "narrative": 0.4}
    assert story(story=1.0, **loud) >= story(story=0.0, **loud)


def test_dealing_with_those_who_ask_nothing_erodes_norms():
    falls(norms_next, "contact", "norm_diffusion")
    rises(norms_next, "norms", "usual")
    ignores(norms_next, "contact", norm_diffusion=0.0)
    stays_between(0.0, 1.0, norms_next)
    assert norms_next(0.5, 0.5, 0.5, 0.1, 0.1) == pytest.approx(0.475)


@pytest.mark.parametrize(("norms", "after"), [(0.5, 0.5), (0.3, 0.32), (0.8, 0.77)])
def test_norms_return_to_their_usual_resonance(norms, after):
    assert norms_next(norms, 0.5, 0.0, 0.1, 0.1) == pytest.approx(after)


def told(**given):
    usual = {
        "trust": 0.6,
        "story": 0.0,
        "governance": 0.5,
        "norms": 0.4,
        "usual": 0.4,
        "story_trust": 0.4,
        "norm_trust": 0.5,
    }
    return told_trust(**(usual | given))


def test_a_power_whose_works_are_told_as_a_danger_is_trusted_less():
    rises(told_trust, "trust")
    falls(told_trust, "story", "story_trust")
    ignores(told_trust, "story", story_trust=0.0)
    stays_between(0.0, 1.0, told_trust)
    assert told() == pytest.approx(0.6)
    assert told(story=0.5) == pytest.approx(0.4)
    assert told(story=1.0, trust=0.3) == 0.0


def test_a_power_that_stands_for_norms_loses_with_them():
    rises(told_trust, "norms")
    falls(told_trust, "governance", "usual", "norm_trust")
    ignores(told_trust, "governance", "norms", "usual", norm_trust=0.0)
    ignores(told_trust, "norms", governance=0.0)
    assert told(norms=0.2) == pytest.approx(0.55)


def test_norms_that_resonate_more_than_usual_add_no_trust():
    ignores(told_trust, "norms", "governance", norms=(0.5, 1.0), usual=(0.0, 0.5))
    assert told(norms=0.9) == pytest.approx(0.6)
